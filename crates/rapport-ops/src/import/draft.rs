//! What one card says, as facts that can be put onto a new customer as well as onto one that is there.

use super::remark::Remark;
use rapport_model::customer::Address;
use serde_json::Value;

/// Who the card is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A person of their own: customer and contact in one.
    Individual,
    /// A company, or a person in one.
    Business,
}

/// The name of a person.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Person {
    pub first: String,
    pub last: String,
}

impl Person {
    pub fn full(&self) -> String {
        [self.first.as_str(), self.last.as_str()].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// Where a fact belongs.
#[derive(Clone, Debug, PartialEq)]
pub enum Slot {
    Email,
    Phone,
    Mobile,
    /// A number nobody answers; never the phone of a contact.
    Fax,
    Title,
    Department,
    Website,
    /// `shared` = the customer's; otherwise of the person alone (the home address on a company's card).
    Address {
        address: Address,
        shared: bool,
    },
    Tag,
    /// Free text.
    Note,
    /// What has no field: kept as "label: value".
    Line,
}

/// One thing that the card says.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    pub slot: Slot,
    /// What the card calls it: "work", "Invoices", "Birthday"; may be "".
    pub label: String,
    pub value: String,
}

/// One card, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// 1 for the first card of the file.
    pub index: usize,
    /// The line of its BEGIN in the file.
    pub line: usize,
    pub subject: Subject,
    /// The customer's name.
    pub name: String,
    /// `None` for a company without a person.
    pub person: Option<Person>,
    pub uid: Option<String>,
    pub facts: Vec<Fact>,
    /// For the report.
    pub remarks: Vec<Remark>,
    /// Of a table: fields of the customer and of the person by their JSON names. They make a new record and fill what is empty
    /// on one that is there.
    pub fields: Vec<(&'static str, Value)>,
    pub contact_fields: Vec<(&'static str, Value)>,
}

impl Draft {
    /// What the report calls the card.
    pub fn label(&self) -> String {
        self.person.as_ref().map(Person::full).filter(|name| !name.is_empty()).unwrap_or_else(|| self.name.clone())
    }
}
