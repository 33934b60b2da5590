//! The nouns of Rapport and the rules that hold for them.
//!
//! Every record type is declared once, with [`record!`]; SQL text, row codec, JSON, checks, TypeScript and form metadata are
//! loops over that declaration. No I/O, no async, no clock and no randomness in here: time and ids are handed in.

pub mod access;
pub mod card;
pub mod catalogue;
pub mod cell;
pub mod change;
pub mod clock;
pub mod contact;
pub mod customer;
pub mod defect;
pub mod derive;
pub mod desk;
pub mod error;
pub mod field;
pub mod figures;
pub mod id;
pub mod interaction;
pub mod kind;
pub mod likeness;
pub mod lines;
pub mod lists;
pub mod merge;
pub mod money;
pub mod mutation;
pub mod number;
pub mod order;
pub mod packed;
pub mod people;
pub mod qualification;
pub mod quote;
pub mod record;
pub mod release;
pub mod rules;
pub mod source;
pub mod stamp;
pub mod text;
pub mod time;
pub mod typescript;
pub mod unit;
pub mod verbs;
pub mod version;
pub mod wire;

pub use access::{Actor, Role, Sight};
pub use card::Card;
pub use catalogue::{Attachment, Item};
pub use cell::{Cell, Column, Row};
pub use contact::Contact;
pub use customer::Customer;
pub use desk::{ImportBatch, SavedView, Setting, Snippet, Template};
pub use error::{Code, Error, ErrorBody, Result};
pub use field::{Facet, Field, FieldKind, Merge, Owner};
pub use figures::{CustomerValue, LeadScore};
pub use id::Id;
pub use interaction::Interaction;
pub use kind::{Kind, customer_of, title};
pub use lines::Line;
pub use money::{Money, Percent, Quantity};
pub use order::Order;
pub use people::{Org, Team, User};
pub use quote::Quote;
pub use record::{BoxedRecord, Declared, Meta, Record};
pub use source::Source;
pub use time::{Day, Millis};
pub use version::{Cursor, Version};
