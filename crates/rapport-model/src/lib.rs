//! The nouns of Rapport and the rules that hold for them.
//!
//! Every record type is declared once, with [`record!`]; SQL text, row codec, JSON, checks, TypeScript and form metadata are
//! loops over that declaration. No I/O, no async, no clock and no randomness in here: time and ids are handed in.

pub mod access;
pub mod card;
pub mod cell;
pub mod clock;
pub mod contact;
pub mod customer;
pub mod derive;
pub mod error;
pub mod field;
pub mod id;
pub mod interaction;
pub mod kind;
pub mod merge;
pub mod money;
pub mod mutation;
pub mod people;
pub mod record;
pub mod source;
pub mod stamp;
pub mod text;
pub mod time;
pub mod typescript;
pub mod unit;
pub mod version;
pub mod wire;

pub use access::{Actor, Role};
pub use card::Card;
pub use cell::{Cell, Column, Row};
pub use contact::Contact;
pub use customer::Customer;
pub use error::{Code, Error, ErrorBody, Result};
pub use field::{Facet, Field, FieldKind, Merge, Owner};
pub use id::Id;
pub use interaction::Interaction;
pub use kind::Kind;
pub use money::Money;
pub use people::{Org, Team, User};
pub use record::{BoxedRecord, Declared, Meta, Record};
pub use source::Source;
pub use time::{Day, Millis};
pub use version::{Cursor, Version};
