//! What a reader should know of an import beside its counts: a code and what it is about, for an interface with words of its own, and
//! the English sentence for everybody else.

use serde::Serialize;

/// One thing to know.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "code", content = "data", rename_all = "camelCase")]
pub enum Remark {
    /// A file for cards that has none.
    NoCard,
    /// Lines outside of any card; `line` is the first of them.
    Stray {
        count: usize,
        line: usize,
    },
    /// Rows above the names of the columns.
    Titles {
        count: usize,
    },
    /// More sheets than the one that was read.
    Sheets {
        count: usize,
        name: String,
    },
    /// Values of 0 or less, left empty.
    Zero {
        column: String,
        count: usize,
    },
    UnknownStatus {
        count: usize,
    },
    UnknownOwner {
        count: usize,
    },
    /// A picture or a sound in the card.
    Embedded {
        what: String,
        mime: String,
        bytes: usize,
    },
    /// A text that found no room.
    Full {
        count: usize,
    },
    /// Another customer has the name, so this one got another.
    NameTaken {
        name: String,
        free: String,
    },
    /// The card names its customer otherwise.
    Recognised {
        said: String,
        customer: String,
    },
    /// More of these than are told.
    More {
        count: usize,
    },
    /// Stopped before the end.
    Cancelled {
        count: usize,
    },
}

impl Remark {
    fn message(&self) -> String {
        match self {
            Remark::NoCard => "There is no card in this file: no line says BEGIN:VCARD.".to_owned(),
            Remark::Stray { count, line } => {
                format!("{count} lines stand outside of any card and were left out, the first is line {line}.")
            }
            Remark::Titles { count } => format!("{count} rows above the names of the columns were left out."),
            Remark::Sheets { count, name } => format!("The workbook has {count} more sheets; \"{name}\" was read."),
            Remark::Zero { column, count } => format!("{column}: {count} values of 0 or less are left empty."),
            Remark::UnknownStatus { count } => {
                format!("{count} rows have a status that is not known here; they become prospects.")
            }
            Remark::UnknownOwner { count } => {
                format!("{count} rows name an owner who is not in your company; they become yours.")
            }
            Remark::Embedded { what, mime, bytes } => {
                format!("{what} ({mime}, {}) is noted, its data stays in the file.", size(*bytes))
            }
            Remark::Full { count } => format!("the notes are full; a text of {count} characters stays in the file."),
            Remark::NameTaken { name, free } => format!("there is another customer called {name}; this one is {free}."),
            Remark::Recognised { said, customer } => {
                format!("the card says {said}; it was recognised as {customer} and stays there.")
            }
            Remark::More { count } => format!("And {count} more remarks of these kinds."),
            Remark::Cancelled { count } => {
                format!("Cancelled: {count} customers were not taken. What was taken can be taken back.")
            }
        }
    }
}

pub fn size(bytes: usize) -> String {
    if bytes < 1000 { format!("{bytes} bytes") } else { format!("{} kB", bytes / 1000) }
}

/// A remark as the report has it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    /// The card that it is about; `None` = the file.
    pub card: Option<OfCard>,
    #[serde(flatten)]
    pub remark: Remark,
    pub message: String,
}

/// A card of a file: 1 for the first, and what it calls itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OfCard {
    pub index: usize,
    pub label: String,
}

impl From<Remark> for Note {
    fn from(remark: Remark) -> Note {
        Note { card: None, message: remark.message(), remark }
    }
}

impl Note {
    pub fn of_card(index: usize, label: String, remark: Remark) -> Note {
        let message = format!("Card {index} ({label}): {}", remark.message());
        Note { card: Some(OfCard { index, label }), message, remark }
    }
}
