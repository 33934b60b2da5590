//! The list of record types: one word from table to folder to query key.

use crate::record::{BoxedRecord, Declared, META_COLUMNS, read_record};
use crate::{Card, Contact, Customer, Field, Interaction, Org, Result, Row, Team, User};
use serde::{Deserialize, Serialize};
use serde_json::Value;

macro_rules! kinds {
    ($($variant:ident $type:ident $text:literal),+ $(,)?) => {
        /// A record type. Its text is the table, the JSON kind and the path segment.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Kind { $(#[serde(rename = $text)] $variant),+ }

        impl Kind {
            /// Parents before children.
            pub const ALL: &'static [Kind] = &[$(Kind::$variant),+];

            pub fn text(self) -> &'static str {
                match self { $(Kind::$variant => $text),+ }
            }

            pub fn parse(text: &str) -> Option<Kind> {
                match text { $($text => Some(Kind::$variant),)+ _ => None }
            }

            /// The name of the struct and of the TypeScript interface.
            pub fn type_name(self) -> &'static str {
                match self { $(Kind::$variant => stringify!($type)),+ }
            }

            pub fn fields(self) -> &'static [Field] {
                match self { $(Kind::$variant => $type::FIELDS),+ }
            }

            /// An empty record with the declared defaults.
            pub fn blank(self) -> BoxedRecord {
                match self { $(Kind::$variant => Box::new($type::default())),+ }
            }

            /// The record of one row whose columns are [`Kind::columns`], starting at `at`.
            pub fn read(self, row: &dyn Row, at: usize) -> Result<BoxedRecord> {
                Ok(match self { $(Kind::$variant => Box::new(read_record::<$type>(row, at)?)),+ })
            }
        }
    };
}

kinds! {
    Orgs Org "orgs",
    Teams Team "teams",
    Users User "users",
    Customers Customer "customers",
    Contacts Contact "contacts",
    Interactions Interaction "interactions",
    Cards Card "cards",
}

impl Kind {
    /// The kinds that people write; the others are written by the server.
    pub const WRITABLE: &'static [Kind] = &[Kind::Customers, Kind::Contacts, Kind::Interactions, Kind::Cards];

    /// Every column of the table on both ends, in row order.
    pub fn columns(self) -> impl Iterator<Item = &'static str> {
        META_COLUMNS.iter().map(|(name, _, _)| *name).chain(self.fields().iter().map(|field| field.name))
    }

    /// The position of the field with this JSON name.
    pub fn index_of(self, json: &str) -> Option<usize> {
        self.fields().iter().position(|field| field.json == json)
    }

    pub fn field(self, json: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.json == json)
    }

    /// A record from its JSON form.
    pub fn from_json(self, json: Value) -> Result<BoxedRecord> {
        let Value::Object(map) = json else {
            return Err(crate::Error::new(crate::Code::Malformed, "A record is a JSON object."));
        };
        let mut record = self.blank();
        record.fill(map)?;
        Ok(record)
    }

    /// Whether records of this kind hang on a customer.
    pub fn is_child(self) -> bool {
        matches!(self, Kind::Contacts | Kind::Interactions)
    }
}
