//! SQLite, encrypted by SQLCipher on devices, plain on the server. One file is one organisation.

mod load;
mod search;
mod tidy;

use super::{Backend, Columns, Connection, How, RawTx};
use crate::memo::Memo;
use rapport_model::derive::SearchText;
use rapport_model::{Cell, Code, Column, Error, Id, Result, Row};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{OpenFlags, OptionalExtension, ToSql};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Statements that this process has run, for the figures of an operator.
static STATEMENTS: AtomicU64 = AtomicU64::new(0);

/// Statements on rows that this process has run so far, in all databases.
pub fn statements() -> u64 {
    STATEMENTS.load(Ordering::Relaxed)
}

pub(super) fn count(statements: usize) {
    STATEMENTS.fetch_add(u64::try_from(statements).unwrap_or(u64::MAX), Ordering::Relaxed);
}

/// Bytes of a plain file that are read where the system keeps them, by all connections alike: no cache of a connection's own that
/// every commit of another one empties. An encrypted file has to be read through a cache.
const MAPPED_BYTES: i64 = 4 << 30;

/// A database key of 32 bytes. It is used as it is, without key derivation, so opening takes no time.
#[derive(Clone)]
pub struct Key(pub [u8; 32]);

/// Where the file is, and what opens it.
#[derive(Clone)]
pub struct Sqlite {
    pub path: PathBuf,
    /// `None` = a plain file (the server's, whose disk is the administrator's to encrypt).
    pub key: Option<Key>,
}

impl Backend for Sqlite {
    fn connect(&self, readonly: bool) -> Result<Box<dyn Connection>> {
        let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let connection = rusqlite::Connection::open_with_flags(&self.path, flags).map_err(from_sqlite)?;
        connection.set_prepared_statement_cache_capacity(256);
        match &self.key {
            Some(key) => unlock(&connection, key)?,
            None => connection.pragma_update(None, "mmap_size", MAPPED_BYTES).map_err(from_sqlite)?,
        }
        tune(&connection, if self.key.is_some() { 16 } else { 4 }).map_err(from_sqlite)?;
        search::name_terms(&connection).map_err(from_sqlite)?;
        if readonly {
            connection.pragma_update(None, "query_only", true).map_err(from_sqlite)?;
        } else {
            // Keys are random, so a download touches all of every index; held in memory they are not decrypted again and again.
            let cache_mib = if self.key.is_some() { 32 } else { 16 };
            connection.pragma_update(None, "cache_size", -1024 * cache_mib).map_err(from_sqlite)?;
            search::set_up(&connection).map_err(from_sqlite)?;
        }
        Ok(Box::new(SqliteConnection { connection, recall: readonly.then(Recall::default), syncs: true }))
    }
}

fn unlock(connection: &rusqlite::Connection, key: &Key) -> Result<()> {
    let hex: String = key.0.iter().map(|byte| format!("{byte:02x}")).collect();
    // A wrong key is told as our own error; SQLCipher's notes on stderr would add nothing.
    let _: Option<String> =
        connection.query_row("PRAGMA cipher_log_level=NONE", [], |row| row.get(0)).optional().map_err(from_sqlite)?;
    let keyed = || -> rusqlite::Result<()> {
        // As defaults, so that a backup's new file is written in the same format.
        connection.pragma_update(None, "cipher_default_page_size", 8192)?;
        connection.pragma_update(None, "cipher_default_hmac_algorithm", "HMAC_SHA256")?;
        connection.pragma_update(None, "key", format!("x'{hex}'"))?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
    };
    keyed().map_err(from_sqlite)
}

fn tune(connection: &rusqlite::Connection, cache_mib: i64) -> rusqlite::Result<()> {
    connection.busy_timeout(tidy::BUSY_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "wal_autocheckpoint", tidy::LOG_PAGES_MAX)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -1024 * cache_mib)?;
    connection.pragma_update(None, "secure_delete", "ON")
}

/// Maps a database error to ours: what failed, what is safe, what to do.
fn from_sqlite(error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode as Sql;
    let code = error.sqlite_error_code();
    match code {
        Some(Sql::NotADatabase) => Error::new(
            Code::WrongKey,
            "The data on this device cannot be opened with the key that was found. The file is unchanged. Restore the key, or start anew beside it.",
        ),
        Some(Sql::DatabaseCorrupt) => Error::new(
            Code::StoreDamaged,
            "The data file on this device is damaged. What was sent to the server is safe there. Set the file aside and load it again.",
        ),
        Some(Sql::DiskFull) => {
            Error::new(Code::DiskFull, "The disk is full, so the last change was not saved. Free some space and save again.")
        }
        Some(Sql::DatabaseBusy | Sql::DatabaseLocked) => {
            Error::new(Code::Busy, "The data is in use by another program for too long. Nothing was lost. Try again.")
        }
        Some(Sql::CannotOpen | Sql::PermissionDenied | Sql::ReadOnly) => Error::new(
            Code::StoreDamaged,
            format!("The data file cannot be opened: {error}. Check the folder and its permissions."),
        ),
        _ => Error::internal(error),
    }
}

struct SqliteConnection {
    connection: rusqlite::Connection,
    /// What a reading connection holds.
    recall: Option<Recall>,
    /// Whether commits wait for the disk.
    syncs: bool,
}

#[derive(Default)]
struct Recall {
    memo: Memo,
    /// The state of the file that the memo is of: a number that moves with every commit of somebody else.
    version: Option<i64>,
    /// Whether the present snapshot was compared with it.
    checked: bool,
}

impl Connection for SqliteConnection {
    fn begin(&mut self, how: How) -> Result<()> {
        self.recall.iter_mut().for_each(|recall| recall.checked = false);
        if how.writes() && self.syncs != (how == How::Write) {
            self.syncs = how == How::Write;
            let level = if self.syncs { "FULL" } else { "NORMAL" };
            self.connection.pragma_update(None, "synchronous", level).map_err(from_sqlite)?;
        }
        self.connection.execute_batch(if how.writes() { "BEGIN IMMEDIATE" } else { "BEGIN" }).map_err(from_sqlite)
    }

    fn commit(&mut self) -> Result<()> {
        self.connection.execute_batch("COMMIT").map_err(from_sqlite)
    }

    fn rollback(&mut self) {
        if !self.connection.is_autocommit() && self.connection.execute_batch("ROLLBACK").is_err() {
            tracing::error!("a transaction could not be rolled back");
        }
    }

    fn tx(&mut self) -> &mut dyn RawTx {
        self
    }

    fn tidy(&mut self) -> Result<bool> {
        tidy::step(&self.connection).map_err(from_sqlite)
    }
}

/// One file is one organisation: its tokens stand for nothing. A sign in front of a column keeps it from being looked up.
fn plain(sql: &str) -> Cow<'_, str> {
    if !sql.contains('{') {
        return Cow::Borrowed(sql);
    }
    let mut out = sql.to_owned();
    for (token, text) in [("{org_column}", ""), ("{org_key}", ""), ("{org_value}", ""), ("{org_is}", ""), ("{late}", "+")] {
        if out.contains(token) {
            out = out.replace(token, text);
        }
    }
    Cow::Owned(out)
}

struct Param<'a>(&'a Cell<'a>);

impl ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Cell::Null => ValueRef::Null,
            Cell::Int(n) => ValueRef::Integer(*n),
            Cell::Real(n) => ValueRef::Real(*n),
            Cell::Text(text) => ValueRef::Text(text.as_bytes()),
            Cell::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

struct SqliteRow<'a, 'b>(&'a rusqlite::Row<'b>);

impl Row for SqliteRow<'_, '_> {
    fn cell(&self, index: usize) -> Result<Cell<'_>> {
        Ok(match self.0.get_ref(index).map_err(from_sqlite)? {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(n) => Cell::Int(n),
            ValueRef::Real(n) => Cell::Real(n),
            // Checking alone is several times as fast as looking for what to replace.
            ValueRef::Text(bytes) => {
                Cell::Text(std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed))
            }
            ValueRef::Blob(bytes) => Cell::Blob(Cow::Borrowed(bytes)),
        })
    }
}

fn bind<'a>(params: &'a [Cell<'a>]) -> impl rusqlite::Params + 'a {
    rusqlite::params_from_iter(params.iter().map(Param))
}

impl RawTx for SqliteConnection {
    fn writes_named_columns(&self) -> bool {
        true
    }

    fn execute(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<usize> {
        count(1);
        let mut statement = self.connection.prepare_cached(&plain(sql)).map_err(from_sqlite)?;
        statement.execute(bind(params)).map_err(from_sqlite)
    }

    fn query(&mut self, sql: &str, params: &[Cell<'_>], each: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<()> {
        count(1);
        let mut statement = self.connection.prepare_cached(&plain(sql)).map_err(from_sqlite)?;
        let mut rows = statement.query(bind(params)).map_err(from_sqlite)?;
        while let Some(row) = rows.next().map_err(from_sqlite)? {
            each(&SqliteRow(row))?;
        }
        Ok(())
    }

    fn put_many(&mut self, sql: &str, rows: &[Vec<Cell<'_>>]) -> Result<()> {
        count(rows.len());
        let mut statement = self.connection.prepare_cached(&plain(sql)).map_err(from_sqlite)?;
        for row in rows {
            statement.execute(bind(row)).map_err(from_sqlite)?;
        }
        Ok(())
    }

    fn load(&mut self, sql: &str, rows: &dyn Columns) -> Result<()> {
        count(rows.rows());
        load::load(&self.connection, sql, rows)
    }

    fn rest_indexes(&mut self, table: &str) -> Result<()> {
        load::rest_indexes(&self.connection, table).map_err(from_sqlite)
    }

    fn restore_indexes(&mut self, table: &str) -> Result<()> {
        load::restore_indexes(&self.connection, table).map_err(from_sqlite)
    }

    fn get_many(&mut self, sql: &str, ids: &[Id], each: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<()> {
        count(ids.len());
        let mut statement = self.connection.prepare_cached(&plain(sql)).map_err(from_sqlite)?;
        for id in ids {
            let mut rows = statement.query(bind(&[id.to_cell()])).map_err(from_sqlite)?;
            while let Some(row) = rows.next().map_err(from_sqlite)? {
                each(&SqliteRow(row))?;
            }
        }
        Ok(())
    }

    fn run_script(&mut self, sql: &str) -> Result<()> {
        self.connection.execute_batch(&plain(sql)).map_err(from_sqlite)
    }

    fn search_put_many(&mut self, texts: &[(Id, Option<SearchText>)]) -> Result<()> {
        search::put_many(&self.connection, texts).map_err(from_sqlite)
    }

    fn search(&mut self, words: &[String], digits: &str, within: &str, params: &[Cell<'_>], limit: usize) -> Result<Vec<Id>> {
        let terms = search::terms(&self.connection, words).map_err(from_sqlite)?.unwrap_or_default();
        let Some(query) = search::query(&terms, digits) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let mut all = params.to_vec();
        all.extend([query.to_cell(), Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX))]);
        self.query(&search::find(within, params.len()), &all, &mut |row| {
            found.push(Id::from_cell(row.cell(0)?)?);
            Ok(())
        })?;
        Ok(found)
    }

    fn explain(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<Vec<String>> {
        let mut steps = Vec::new();
        self.query(&format!("EXPLAIN QUERY PLAN {sql}"), params, &mut |row| {
            steps.push(String::from_cell(row.cell(3)?)?);
            Ok(())
        })?;
        Ok(steps)
    }

    fn columns(&mut self) -> Result<Vec<(String, String)>> {
        let sql = "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY 1, c.cid";
        let mut out = Vec::new();
        self.query(sql, &[], &mut |row| {
            out.push((String::from_cell(row.cell(0)?)?, String::from_cell(row.cell(1)?)?));
            Ok(())
        })?;
        Ok(out)
    }

    fn memo(&mut self) -> Result<Option<&mut Memo>> {
        let Some(recall) = &mut self.recall else { return Ok(None) };
        if !recall.checked {
            // Inside the snapshot: it begins here, if it has not begun before.
            let mut statement = self.connection.prepare_cached("PRAGMA data_version").map_err(from_sqlite)?;
            let version = statement.query_row([], |row| row.get(0)).map_err(from_sqlite)?;
            if recall.version != Some(version) {
                recall.memo.forget();
                recall.version = Some(version);
            }
            recall.checked = true;
        }
        Ok(Some(&mut recall.memo))
    }

    fn verify(&mut self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for pragma in ["PRAGMA integrity_check", "PRAGMA foreign_key_check", "PRAGMA cipher_integrity_check"] {
            self.query(pragma, &[], &mut |row| {
                let line = match row.cell(0)? {
                    Cell::Text(text) => text.into_owned(),
                    other => format!("{other:?}"),
                };
                if line != "ok" {
                    found.push(line);
                }
                Ok(())
            })?;
        }
        Ok(found)
    }

    fn scrub(&mut self, first: bool) -> Result<bool> {
        tidy::scrub(&self.connection, first).map_err(from_sqlite)
    }

    fn backup(&mut self, to: &Path) -> Result<()> {
        let to = to.to_str().ok_or_else(|| Error::internal("a backup path that is not Unicode"))?;
        self.connection.execute("VACUUM INTO ?1", [to]).map(drop).map_err(from_sqlite)
    }
}
