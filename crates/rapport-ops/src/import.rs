//! Import of address books: bytes of a .vcf file to a plan of what to save. Pure: no I/O, no clock, no ids of its own.
//!
//! `read` decodes, splits and maps every card to a [`Draft`]; `plan` compares the drafts with what is known. Nothing on a card
//! is dropped: what has no field of its own is kept as "Label: value" lines in the notes, and one bad card never stops the rest.

pub mod absorb;
pub mod columns;
pub mod decode;
pub mod draft;
pub mod identity;
pub mod lines;
pub mod map;
pub mod plan;
pub mod pool;
pub mod property;
pub mod remark;
pub mod report;
pub mod rows;
pub mod sheet;
pub mod values;
mod workbook;

#[cfg(test)]
mod fixture_tests;
#[cfg(test)]
mod map_tests;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod plan_tests;
#[cfg(test)]
mod random_tests;

pub use draft::Draft;
pub use plan::{Change, Completion, Creation, Plan, plan};
pub use pool::{Known, KnownCustomer};
pub use remark::{Note, Remark};
pub use report::{Reason, Report, Skipped, Taken};

/// Bytes of a file at most.
pub const FILE_BYTES_MAX: usize = 50 * 1024 * 1024;

/// What a file holds: a draft per usable card, a reason per other one.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Reading {
    pub file_name: String,
    /// Cards found, usable or not.
    pub cards: usize,
    pub drafts: Vec<Draft>,
    pub skipped: Vec<Skipped>,
    /// What was found outside of cards, or could not be taken over as it is.
    pub notes: Vec<Note>,
}

/// Reads a vCard file of any encoding; see [`decode::decode`].
pub fn read(file_name: &str, bytes: &[u8]) -> Reading {
    read_text(file_name, &decode::decode(bytes))
}

/// Reads the text of a vCard file.
pub fn read_text(file_name: &str, text: &str) -> Reading {
    let split = lines::split(text);
    let mut out = Reading { file_name: file_name.to_owned(), cards: split.cards.len(), ..Reading::default() };
    if split.cards.is_empty() {
        out.notes.push(Remark::NoCard.into());
    }
    if let Some(first) = split.stray.first() {
        out.notes.push(Remark::Stray { count: split.stray.len(), line: *first }.into());
    }
    for card in &split.cards {
        match map::draft(card) {
            Ok(draft) => out.drafts.push(draft),
            Err(skipped) => out.skipped.push(skipped),
        }
    }
    out
}
