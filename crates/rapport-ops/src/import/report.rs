//! What an import says of itself: counts, and a reason for everything that was not taken.

use super::remark::Note;
use rapport_model::Id;
use serde::Serialize;

/// Why a card is no customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason {
    /// Nothing stands between BEGIN and END.
    EmptyCard,
    /// No name, and no e-mail address or phone number that could stand for one.
    NoName,
    /// Longer than [`super::lines::CARD_BYTES_MAX`].
    CardTooLarge,
    /// A list of other cards.
    GroupCard,
    /// A cell holds what its field does not take.
    BadValue,
}

impl Reason {
    /// The sentence for the report.
    pub fn message(self) -> &'static str {
        match self {
            Reason::EmptyCard => "The card is empty.",
            Reason::NoName => {
                "The card has no name, no e-mail address and no phone number. Give it a name in the address book and export again."
            }
            Reason::CardTooLarge => {
                "The card is longer than 4 MB. Remove its picture or sound in the address book and export again."
            }
            Reason::BadValue => "A value does not fit its field.",
            Reason::GroupCard => "The card is a list of other cards, not a person or a company.",
        }
    }
}

/// A card that was not taken.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    /// 1 for the first card of the file.
    pub index: usize,
    /// The line of its BEGIN in the file.
    pub line: usize,
    /// What it calls itself, or "".
    pub name: String,
    pub reason: Reason,
    pub message: String,
}

impl Skipped {
    pub fn new(index: usize, line: usize, name: &str, reason: Reason) -> Skipped {
        Skipped { index, line, name: name.to_owned(), reason, message: reason.message().to_owned() }
    }
}

/// How many records were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
pub struct Taken {
    pub customers: usize,
    pub contacts: usize,
}

/// The report of one import. Cards = cards that made or joined a new customer + merged + already + skipped.
#[derive(Clone, Debug, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub file_name: String,
    pub cards: usize,
    pub taken: Taken,
    /// Cards of customers that were there and got something new.
    pub merged: usize,
    /// Cards that hold nothing new.
    pub already: usize,
    pub skipped: Vec<Skipped>,
    pub notes: Vec<Note>,
    /// Of the batch that was saved; set by who saves it.
    pub batch_id: Option<Id>,
}
