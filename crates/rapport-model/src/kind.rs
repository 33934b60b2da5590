//! The list of record types: one word from table to folder to query key.

use crate::record::{BoxedRecord, Declared, META_COLUMNS, Record, read_record};
use crate::{
    Attachment, Card, Contact, Customer, CustomerValue, Field, Id, ImportBatch, Interaction, Item, LeadScore, Order, Org, Quote,
    Result, Row, SavedView, Setting, Snippet, Team, Template, User,
};
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
    Items Item "items",
    Quotes Quote "quotes",
    Orders Order "orders",
    Interactions Interaction "interactions",
    Attachments Attachment "attachments",
    CustomerValues CustomerValue "customer_values",
    LeadScores LeadScore "lead_scores",
    SavedViews SavedView "saved_views",
    Snippets Snippet "snippets",
    Templates Template "templates",
    ImportBatches ImportBatch "import_batches",
    Settings Setting "settings",
    Cards Card "cards",
}

impl Kind {
    /// What hangs on a customer and is written by people.
    pub const CHILDREN: &'static [Kind] = &[Kind::Contacts, Kind::Quotes, Kind::Orders, Kind::Interactions, Kind::Attachments];

    /// Computed on every end from other records; they travel in no mutation and stand in no log.
    pub const COMPUTED: &'static [Kind] = &[Kind::CustomerValues, Kind::LeadScores];

    /// Whether people write records of this kind; the others are written by the server.
    pub fn is_writable(self) -> bool {
        !matches!(self, Kind::Orgs | Kind::Teams | Kind::Users) && !Kind::COMPUTED.contains(&self)
    }

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
        Kind::CHILDREN.contains(&self)
    }
}

/// The customer that a record hangs on; a customer hangs on itself.
pub fn customer_of(record: &dyn Record) -> Option<Id> {
    match record.kind() {
        Kind::Customers => Some(record.meta().id),
        Kind::Contacts => record.of::<Contact>().map(|r| r.customer_id),
        Kind::Interactions => record.of::<Interaction>().map(|r| r.customer_id),
        Kind::Quotes => record.of::<Quote>().map(|r| r.customer_id),
        Kind::Orders => record.of::<Order>().map(|r| r.customer_id),
        Kind::Attachments => record.of::<Attachment>().map(|r| r.customer_id),
        Kind::CustomerValues | Kind::LeadScores => Some(record.meta().id),
        _ => None,
    }
}

/// What a record is called in a message.
pub fn title(record: &dyn Record) -> String {
    match record.kind() {
        Kind::Contacts => record.of::<Contact>().map(Contact::full_name).unwrap_or_default(),
        kind => {
            let names = ["name", "quoteNumber", "orderNumber", "subject", "sku", "shortcut"];
            let name = names.iter().find_map(|name| kind.index_of(name)).map(|index| record.get(index));
            name.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_else(|| kind.text().to_owned())
        }
    }
}
