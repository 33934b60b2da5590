//! The typed row codec: a value is a borrowed cell on its way into a row and out of it.

use crate::money::Factor;
use crate::{Day, Error, Id, Millis, Money, Percent, Quantity, Result};
use std::borrow::Cow;

/// One column value, borrowed where it can be.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(Cow<'a, str>),
    Blob(Cow<'a, [u8]>),
}

impl Cell<'_> {
    pub fn into_owned(self) -> Cell<'static> {
        match self {
            Cell::Null => Cell::Null,
            Cell::Int(n) => Cell::Int(n),
            Cell::Real(n) => Cell::Real(n),
            Cell::Text(t) => Cell::Text(Cow::Owned(t.into_owned())),
            Cell::Blob(b) => Cell::Blob(Cow::Owned(b.into_owned())),
        }
    }
}

/// One row of an answer; columns count from 0.
pub trait Row {
    fn cell(&self, index: usize) -> Result<Cell<'_>>;
}

/// Reads one column as its type.
pub fn read<T: Column>(row: &dyn Row, index: usize) -> Result<T> {
    T::from_cell(row.cell(index)?)
}

/// A type that fits one column.
pub trait Column: Sized {
    /// The column type in the portable SQL subset.
    const SQL: &'static str;
    const NULLABLE: bool = false;
    fn to_cell(&self) -> Cell<'_>;
    fn from_cell(cell: Cell<'_>) -> Result<Self>;
}

fn wrong(expected: &str, cell: &Cell<'_>) -> Error {
    let got = match cell {
        Cell::Null => "nothing",
        Cell::Int(_) => "a number",
        Cell::Real(_) => "a real number",
        Cell::Text(_) => "a text",
        Cell::Blob(_) => "bytes",
    };
    Error::internal(format_args!("a row holds {got} where {expected} belongs"))
}

impl Column for String {
    const SQL: &'static str = "TEXT";

    fn to_cell(&self) -> Cell<'_> {
        Cell::Text(Cow::Borrowed(self))
    }

    fn from_cell(cell: Cell<'_>) -> Result<Self> {
        match cell {
            Cell::Text(text) => Ok(text.into_owned()),
            other => Err(wrong("a text", &other)),
        }
    }
}

impl Column for i64 {
    const SQL: &'static str = "BIGINT";

    fn to_cell(&self) -> Cell<'_> {
        Cell::Int(*self)
    }

    fn from_cell(cell: Cell<'_>) -> Result<Self> {
        match cell {
            Cell::Int(n) => Ok(n),
            other => Err(wrong("a number", &other)),
        }
    }
}

impl Column for bool {
    const SQL: &'static str = "BOOLEAN";

    fn to_cell(&self) -> Cell<'_> {
        Cell::Int(i64::from(*self))
    }

    fn from_cell(cell: Cell<'_>) -> Result<Self> {
        i64::from_cell(cell).map(|n| n != 0)
    }
}

impl Column for Id {
    const SQL: &'static str = "BLOB";

    fn to_cell(&self) -> Cell<'_> {
        Cell::Blob(Cow::Borrowed(self.as_bytes()))
    }

    fn from_cell(cell: Cell<'_>) -> Result<Self> {
        match &cell {
            Cell::Blob(bytes) => Id::from_slice(bytes).ok_or_else(|| wrong("an id of 16 bytes", &cell)),
            other => Err(wrong("an id", other)),
        }
    }
}

macro_rules! number_column {
    ($($type:ty: $to:expr, $from:expr;)+) => {$(
        impl Column for $type {
            const SQL: &'static str = "BIGINT";

            fn to_cell(&self) -> Cell<'_> {
                Cell::Int($to(*self))
            }

            fn from_cell(cell: Cell<'_>) -> Result<Self> {
                i64::from_cell(cell).map($from)
            }
        }
    )+};
}

number_column! {
    Millis: |at: Millis| at.0, Millis;
    Day: |day: Day| day.ms(), |ms| Day::of(Millis(ms));
    Money: |money: Money| money.0, Money;
    Quantity: |quantity: Quantity| quantity.0, Quantity;
    Percent: |percent: Percent| percent.0, Percent;
    Factor: |factor: Factor| factor.0, Factor;
}

impl<T: Column> Column for Option<T> {
    const SQL: &'static str = T::SQL;
    const NULLABLE: bool = true;

    fn to_cell(&self) -> Cell<'_> {
        self.as_ref().map_or(Cell::Null, Column::to_cell)
    }

    fn from_cell(cell: Cell<'_>) -> Result<Self> {
        match cell {
            Cell::Null => Ok(None),
            cell => T::from_cell(cell).map(Some),
        }
    }
}

/// Makes serde types columns of JSON text.
#[macro_export]
macro_rules! json_column {
    ($($type:ty),+ $(,)?) => {$(
        impl $crate::Column for $type {
            const SQL: &'static str = "TEXT";

            fn to_cell(&self) -> $crate::Cell<'_> {
                // Maps with text keys and plain values always serialise.
                $crate::Cell::Text(serde_json::to_string(self).unwrap_or_default().into())
            }

            fn from_cell(cell: $crate::Cell<'_>) -> $crate::Result<Self> {
                match cell {
                    $crate::Cell::Text(text) => serde_json::from_str(&text).map_err($crate::Error::internal),
                    _ => Err($crate::Error::internal("a row holds no JSON where JSON belongs")),
                }
            }
        }
    )+};
}

json_column!(Vec<String>, serde_json::Map<String, serde_json::Value>);

/// A closed list of words: an enum, its column, its JSON and its list of names.
#[macro_export]
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            pub const NAMES: &'static [&'static str] = &[$($text),+];

            pub fn text(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }

            pub fn parse(text: &str) -> Option<$name> {
                match text { $($text => Some($name::$variant),)+ _ => None }
            }
        }

        impl $crate::Column for $name {
            const SQL: &'static str = "TEXT";

            fn to_cell(&self) -> $crate::Cell<'_> {
                $crate::Cell::Text(self.text().into())
            }

            fn from_cell(cell: $crate::Cell<'_>) -> $crate::Result<Self> {
                match &cell {
                    $crate::Cell::Text(text) => $name::parse(text),
                    _ => None,
                }
                .ok_or_else(|| $crate::Error::internal(concat!("a row holds an unknown ", stringify!($name))))
            }
        }
    };
}
