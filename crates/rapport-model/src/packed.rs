//! Rows packed column by column, as the first download carries them: both ends know the schema, so no row names its fields.
//!
//! It owns the bytes of a table of rows and what they mean; which rows, for whom, and how they are compressed is decided elsewhere.
//! A column is empty, one value for all rows, or its values: numbers as differences, texts as lengths and letters or as places in
//! a list of words, ids as differences of their time and what is random in them.

mod bytes;
mod column;
mod packer;

pub use column::Column;
pub use packer::Packer;

use crate::cell::{Cell, Row};
use crate::record::{BoxedRecord, META_COLUMNS};
use crate::{Error, Kind, Result};
use bytes::Bytes;

/// Rows of one table at most; no honest block holds more.
const ROWS_MAX: usize = 1 << 20;

/// Columns of one table at most.
const COLUMNS_MAX: usize = 1 << 10;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Int = 0,
    Text = 1,
    /// 16 bytes.
    Id = 2,
}

impl Type {
    fn of_sql(sql: &str) -> Type {
        match sql {
            "TEXT" => Type::Text,
            "BLOB" => Type::Id,
            _ => Type::Int,
        }
    }

    fn read(byte: u8) -> Result<Type> {
        [Type::Int, Type::Text, Type::Id].into_iter().find(|one| *one as u8 == byte).ok_or_else(damaged)
    }
}

/// Names and types of a kind's columns, in row order.
fn typed_columns(kind: Kind) -> impl Iterator<Item = (&'static str, Type)> {
    let meta = META_COLUMNS.iter().map(|(name, sql, _)| (*name, Type::of_sql(sql)));
    meta.chain(kind.fields().iter().map(|field| (field.name, Type::of_sql(field.sql))))
}

fn damaged() -> Error {
    Error::internal("packed rows arrived damaged")
}

/// Rows of one kind as they arrived.
#[derive(Debug, PartialEq)]
pub struct Table {
    /// Its text: a newer server may have kinds that this end does not know.
    pub kind: String,
    pub rows: usize,
    /// Columns that the reader may see, by name.
    columns: Vec<(String, Column)>,
}

impl Table {
    /// Every table of a block.
    pub fn read_all(bytes: &[u8]) -> Result<Vec<Table>> {
        let mut bytes = Bytes::new(bytes);
        let mut out = Vec::new();
        while !bytes.is_empty() {
            out.push(Table::read(&mut bytes)?);
        }
        Ok(out)
    }

    fn read(bytes: &mut Bytes<'_>) -> Result<Table> {
        let kind = bytes.text()?.to_owned();
        let (rows, count) = (bytes.size(ROWS_MAX)?, bytes.size(COLUMNS_MAX)?);
        let mut columns = Vec::with_capacity(count);
        for _ in 0..count {
            let name = bytes.text()?.to_owned();
            columns.push((name, Column::read(bytes, rows)?));
        }
        Ok(Table { kind, rows, columns })
    }

    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|(held, _)| held == name).map(|(_, column)| column)
    }

    /// The table as rows of a kind: every column of it, with the declared default where this table has none.
    pub fn rows_of(&self, kind: Kind) -> Rows<'_> {
        let blank = kind.blank();
        let defaults = blank.cells().into_iter().map(Cell::into_owned);
        let columns = kind.columns().zip(defaults).map(|(name, default)| self.column(name).ok_or(default)).collect();
        Rows { kind, columns, rows: self.rows }
    }
}

/// Rows of a kind, of which every column can be asked for.
pub struct Rows<'a> {
    pub kind: Kind,
    pub rows: usize,
    columns: Vec<std::result::Result<&'a Column, Cell<'static>>>,
}

impl Rows<'_> {
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// Whether a column holds the same in every row.
    pub fn is_same(&self, column: usize) -> bool {
        self.columns.get(column).is_none_or(|held| held.as_ref().is_ok_and(|column| column.is_same()) || held.is_err())
    }

    pub fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        match self.columns.get(column) {
            Some(Ok(held)) => held.cell(row),
            Some(Err(default)) => default.clone(),
            None => Cell::Null,
        }
    }

    pub fn record(&self, row: usize) -> Result<BoxedRecord> {
        self.kind.read(&OneRow { rows: self, row }, 0)
    }
}

struct OneRow<'a> {
    rows: &'a Rows<'a>,
    row: usize,
}

impl Row for OneRow<'_> {
    fn cell(&self, index: usize) -> Result<Cell<'_>> {
        Ok(self.rows.cell(self.row, index))
    }
}

#[cfg(test)]
#[path = "packed_tests.rs"]
mod tests;
