//! Packing: cells of one row after the other, kept by column until the table is written.

use super::bytes::{folded, put_bits, put_number, put_size, put_text};
use super::column::form;
use super::{Type, typed_columns};
use crate::cell::Cell;
use crate::{Error, Kind, Result};
use std::collections::HashMap;

/// Different words of a column at most that are written once and pointed at.
const WORDS_MAX: usize = 64;

/// Collects rows of one kind.
pub struct Packer {
    kind: Kind,
    columns: Vec<Building>,
    rows: usize,
    bytes: usize,
}

/// A column of which values are still to come.
struct Building {
    name: &'static str,
    /// Hidden from whom the rows are for: it is not written at all.
    hidden: bool,
    nulls: Vec<bool>,
    values: Values,
}

enum Values {
    Ints(Vec<i64>),
    Texts { letters: Vec<u8>, ends: Vec<usize> },
    Ids(Vec<[u8; 16]>),
}

impl Packer {
    /// `hides` says by name which columns are left out.
    pub fn new(kind: Kind, hides: impl Fn(&str) -> bool) -> Packer {
        let building = |(name, of): (&'static str, Type)| Building {
            name,
            hidden: hides(name),
            nulls: Vec::new(),
            values: match of {
                Type::Int => Values::Ints(Vec::new()),
                Type::Text => Values::Texts { letters: Vec::new(), ends: Vec::new() },
                Type::Id => Values::Ids(Vec::new()),
            },
        };
        Packer { kind, columns: typed_columns(kind).map(building).collect(), rows: 0, bytes: 0 }
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// About as many bytes as they will be, not compressed; never less.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds a row of which `cell` gives each column.
    pub fn push<'a>(&mut self, mut cell: impl FnMut(usize) -> Result<Cell<'a>>) -> Result<()> {
        for (index, column) in self.columns.iter_mut().enumerate().filter(|(_, column)| !column.hidden) {
            self.bytes += column.push(&cell(index)?)?;
        }
        self.rows += 1;
        Ok(())
    }

    /// Writes the table behind what is there. Without rows there is nothing to write.
    pub fn write(self, out: &mut Vec<u8>) {
        if self.rows == 0 {
            return;
        }
        put_text(out, self.kind.text().as_bytes());
        put_size(out, self.rows);
        put_size(out, self.columns.iter().filter(|column| !column.hidden).count());
        for column in self.columns.iter().filter(|column| !column.hidden) {
            put_text(out, column.name.as_bytes());
            column.write(out);
        }
    }
}

impl Building {
    /// Returns by how many bytes it grew.
    fn push(&mut self, cell: &Cell<'_>) -> Result<usize> {
        self.nulls.push(matches!(cell, Cell::Null));
        let bytes = match (&mut self.values, cell) {
            (_, Cell::Null) => 1,
            (Values::Ints(values), Cell::Int(value)) => {
                values.push(*value);
                10
            }
            (Values::Texts { letters, ends }, Cell::Text(text)) => {
                letters.extend_from_slice(text.as_bytes());
                ends.push(letters.len());
                text.len() + 4
            }
            (Values::Ids(values), Cell::Blob(bytes)) => {
                values.push(bytes.as_ref().try_into().map_err(|_| Error::internal("an id that has not 16 bytes"))?);
                21
            }
            _ => return Err(Error::internal(format_args!("{} holds what its declaration does not say", self.name))),
        };
        Ok(bytes)
    }

    fn write(&self, out: &mut Vec<u8>) {
        match &self.values {
            Values::Ints(values) => {
                let head = Head { of: Type::Int, nulls: &self.nulls, same: values.first().filter(|v| all(values, v)) };
                if head.write(out, |out, value| put_number(out, folded(*value))) {
                    out_each(out, &self.nulls);
                    put_ints(out, values.iter().copied());
                }
            }
            Values::Ids(values) => {
                let head = Head { of: Type::Id, nulls: &self.nulls, same: values.first().filter(|v| all(values, v)) };
                if head.write(out, |out, value| out.extend_from_slice(&value[..])) {
                    out_each(out, &self.nulls);
                    put_ids(out, values);
                }
            }
            Values::Texts { letters, ends } => {
                let texts = split(letters, ends);
                let head = Head { of: Type::Text, nulls: &self.nulls, same: texts.first().filter(|v| all(&texts, v)) };
                if head.write(out, |out, value| put_text(out, value)) {
                    put_texts(out, &self.nulls, letters, &texts);
                }
            }
        }
    }
}

fn all<T: PartialEq>(values: &[T], first: &T) -> bool {
    values.iter().all(|value| value == first)
}

fn split<'a>(letters: &'a [u8], ends: &[usize]) -> Vec<&'a [u8]> {
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts.zip(ends).filter_map(|(start, end)| letters.get(start..*end)).collect()
}

/// Type and form of a column.
struct Head<'a, T> {
    of: Type,
    nulls: &'a [bool],
    /// The value that all rows share.
    same: Option<&'a T>,
}

impl<T> Head<'_, T> {
    /// Returns whether the values are still to be written.
    fn write(&self, out: &mut Vec<u8>, one: impl Fn(&mut Vec<u8>, &T)) -> bool {
        out.push(self.of as u8);
        if self.nulls.iter().all(|null| *null) {
            out.push(form::EMPTY);
            return false;
        }
        if let Some(value) = self.same
            && !self.nulls.contains(&true)
        {
            out.push(form::SAME);
            one(out, value);
            return false;
        }
        true
    }
}

fn put_nulls(out: &mut Vec<u8>, nulls: &[bool]) {
    let some = nulls.contains(&true);
    out.push(u8::from(some));
    if some {
        put_bits(out, nulls);
    }
}

fn out_each(out: &mut Vec<u8>, nulls: &[bool]) {
    out.push(form::EACH);
    put_nulls(out, nulls);
}

fn put_ints(out: &mut Vec<u8>, values: impl Iterator<Item = i64>) {
    let mut before = 0_i64;
    for value in values {
        put_number(out, folded(value.wrapping_sub(before)));
        before = value;
    }
}

fn put_ids(out: &mut Vec<u8>, values: &[[u8; 16]]) {
    let repeats: Vec<bool> = (0..values.len()).map(|n| n > 0 && values[n] == values[n - 1]).collect();
    put_bits(out, &repeats);
    let distinct = || values.iter().zip(&repeats).filter(|(_, repeat)| !**repeat).map(|(id, _)| id);
    put_ints(out, distinct().map(|id| id[..6].iter().fold(0, |time, byte| time << 8 | i64::from(*byte))));
    distinct().for_each(|id| out.extend_from_slice(&id[6..]));
}

fn put_texts(out: &mut Vec<u8>, nulls: &[bool], letters: &[u8], texts: &[&[u8]]) {
    if let Some((words, places)) = few_words(texts) {
        out.push(form::WORDS);
        put_nulls(out, nulls);
        out.push(u8::try_from(words.len()).unwrap_or(u8::MAX));
        words.iter().for_each(|word| put_text(out, word));
        out.extend_from_slice(&places);
        return;
    }
    out_each(out, nulls);
    texts.iter().for_each(|text| put_size(out, text.len()));
    out.extend_from_slice(letters);
}

/// The words of a column and the place of each row's, if there are few.
fn few_words<'a>(texts: &[&'a [u8]]) -> Option<(Vec<&'a [u8]>, Vec<u8>)> {
    let mut words: Vec<&[u8]> = Vec::new();
    let mut known: HashMap<&[u8], u8> = HashMap::new();
    let mut places = Vec::with_capacity(texts.len());
    for text in texts {
        let place = match known.get(text) {
            Some(place) => *place,
            None if words.len() >= WORDS_MAX => return None,
            None => {
                let place = u8::try_from(words.len()).ok()?;
                known.insert(text, place);
                words.push(text);
                place
            }
        };
        places.push(place);
    }
    Some((words, places))
}
