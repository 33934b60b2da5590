//! What a database has to offer. SQLite and PostgreSQL are behind it; the statements are the portable subset of `migrations/README.md`.
//!
//! A statement may hold four tokens that put an organisation's id where a shared database needs it and nothing where one file
//! is one organisation: `{org_column}` in a table, `{org_key}` in key and insert columns, `{org_value}` among inserted values
//! and `{org_is}` at the head of a condition. A fifth, `{late}`, stands before a column that is judged row by row: the index of
//! the order serves such a list, and without statistics SQLite would sort everything instead.

pub mod postgres;
pub mod sqlite;

use crate::memo::Memo;
use crate::store::Touched;
use rapport_model::derive::SearchText;
use rapport_model::{Cell, Id, Result, Row};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::Sender;

/// Opens connections to one organisation's data.
pub trait Backend: Send + Sync + 'static {
    fn connect(&self, readonly: bool) -> Result<Box<dyn Connection>>;
    /// How often a write is made whose way others are in.
    fn tries(&self) -> usize {
        1
    }
    /// Has a store hear of what other processes commit. Returns what it calls when it has committed something itself.
    fn join(&self, _ear: &Sender<Arc<Touched>>) -> Option<Arc<dyn Fn() + Send + Sync>> {
        None
    }
}

/// Values of many rows, by column.
pub trait Columns {
    fn rows(&self) -> usize;
    fn columns(&self) -> usize;
    /// Whether a column holds the same in every row.
    fn is_same(&self, column: usize) -> bool;
    fn cell(&self, row: usize, column: usize) -> Cell<'_>;
}

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Read,
    /// On the disk once it is committed.
    Write,
    /// Consistent in any case, but a power cut may take it back together with all that was committed so behind the last `Write`.
    /// For what would only be fetched anew.
    WriteSoon,
}

impl How {
    pub fn writes(self) -> bool {
        self != How::Read
    }
}

/// One connection, used by one thread at a time.
pub trait Connection: Send {
    fn begin(&mut self, how: How) -> Result<()>;
    fn commit(&mut self) -> Result<()>;
    /// Whether the last transaction was undone because another one was in its way, so that it may be made again.
    fn is_in_conflict(&self) -> bool {
        false
    }
    /// Whether it takes a message to another process to end what only read: nobody waits for that.
    fn ends_far_away(&self) -> bool {
        false
    }
    /// Undoes the open transaction, if there is one.
    fn rollback(&mut self);
    fn tx(&mut self) -> &mut dyn RawTx;
    /// Outside a transaction, while nobody waits: one small step of what commits put off. Returns whether there is more to do.
    fn tidy(&mut self) -> Result<bool>;
}

/// What can be said inside a transaction. Parameters are `?1…`, each once and ascending.
pub trait RawTx {
    /// Returns the number of rows changed.
    fn execute(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<usize>;
    fn query(&mut self, sql: &str, params: &[Cell<'_>], each: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<()>;
    /// Runs one insert for many rows; the backend picks the fastest way it has.
    fn put_many(&mut self, sql: &str, rows: &[Vec<Cell<'_>>]) -> Result<()>;
    /// The same for values that lie by column.
    fn load(&mut self, sql: &str, rows: &dyn Columns) -> Result<()> {
        let row = |n: usize| (0..rows.columns()).map(|column| rows.cell(n, column)).collect();
        self.put_many(sql, &(0..rows.rows()).map(row).collect::<Vec<Vec<Cell<'_>>>>())
    }
    /// Device: drops the indexes of a table, and notes how they are made again.
    fn rest_indexes(&mut self, _table: &str) -> Result<()> {
        Ok(())
    }
    /// Device: makes them again.
    fn restore_indexes(&mut self, _table: &str) -> Result<()> {
        Ok(())
    }
    /// Runs one select by id (`?1`) for many ids.
    fn get_many(&mut self, sql: &str, ids: &[Id], each: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<()>;
    /// Runs the statements of a migration.
    fn run_script(&mut self, sql: &str) -> Result<()>;
    /// Full text: replaces what customers are found by; `None` takes one out. Each is named once.
    fn search_put_many(&mut self, texts: &[(Id, Option<SearchText>)]) -> Result<()>;
    /// The same for customers that were not found by anything yet.
    fn search_put_first(&mut self, texts: &[(Id, Option<SearchText>)]) -> Result<()> {
        self.search_put_many(texts)
    }
    /// Full text: customers `c` in which every word starts a word, or the digits start a number, and that meet a condition
    /// ("" = any) with its parameters; at most `limit`.
    fn search(&mut self, words: &[String], digits: &str, within: &str, params: &[Cell<'_>], limit: usize) -> Result<Vec<Id>>;
    /// Whether a write that names few columns leaves the indexes of the others alone, and one that names all does not.
    fn writes_named_columns(&self) -> bool {
        false
    }
    /// The steps that the database plans for a query.
    fn explain(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<Vec<String>>;
    /// Every table's columns as (table, column), sorted; for the proof that the schema is the declaration.
    fn columns(&mut self) -> Result<Vec<(String, String)>>;
    /// What this connection read before and still holds in the present snapshot; `None` while it writes.
    fn memo(&mut self) -> Result<Option<&mut Memo>>;
    /// On a replica: how old the snapshot may be.
    fn behind(&self) -> Option<Duration> {
        None
    }
    /// Checks pages, indexes and, where there is encryption, every page's seal. Empty = sound.
    fn verify(&mut self) -> Result<Vec<String>>;
    /// Device: a step of taking the traces of what was removed out of index and log; the first one begins. Returns whether there is
    /// more to do.
    fn scrub(&mut self, _first: bool) -> Result<bool> {
        Ok(false)
    }
    /// Writes a compact copy of the whole database, encrypted with the same key, to a file that does not exist yet.
    fn backup(&mut self, to: &Path) -> Result<()>;
}
