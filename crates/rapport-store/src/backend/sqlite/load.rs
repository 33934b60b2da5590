//! Many rows at once: values of a column that never change are bound once, and indexes rest while rows come in.

use super::{Param, from_sqlite, plain};
use crate::backend::Columns;
use rapport_model::Result;
use rusqlite::Connection;

/// Runs one insert for every row.
pub(super) fn load(connection: &Connection, sql: &str, rows: &dyn Columns) -> Result<()> {
    let mut statement = connection.prepare_cached(&plain(sql)).map_err(from_sqlite)?;
    let columns = 0..rows.columns();
    let (same, each): (Vec<usize>, Vec<usize>) = columns.partition(|column| rows.is_same(*column));
    for n in 0..rows.rows() {
        let bound = if n == 0 { same.as_slice() } else { &[] };
        for column in bound.iter().chain(&each) {
            statement.raw_bind_parameter(column + 1, Param(&rows.cell(n, *column))).map_err(from_sqlite)?;
        }
        statement.raw_execute().map_err(from_sqlite)?;
    }
    Ok(())
}

/// Drops the indexes of a table and notes how they are made again.
pub(super) fn rest_indexes(connection: &Connection, table: &str) -> rusqlite::Result<()> {
    let note = "INSERT INTO resting_indexes (name, kind, definition) SELECT name, tbl_name, sql FROM sqlite_schema \
                WHERE type = 'index' AND tbl_name = ?1 AND sql IS NOT NULL ON CONFLICT (name) DO NOTHING";
    connection.execute(note, [table])?;
    let mut names = connection.prepare("SELECT name FROM resting_indexes WHERE kind = ?1")?;
    let names = names.query_map([table], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    names.iter().try_for_each(|name| connection.execute_batch(&format!("DROP INDEX IF EXISTS {name}")))
}

/// Makes the indexes of a table again.
pub(super) fn restore_indexes(connection: &Connection, table: &str) -> rusqlite::Result<()> {
    let mut texts = connection.prepare("SELECT definition FROM resting_indexes WHERE kind = ?1 ORDER BY name")?;
    let texts = texts.query_map([table], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    texts.iter().try_for_each(|text| connection.execute_batch(text))?;
    connection.execute("DELETE FROM resting_indexes WHERE kind = ?1", [table]).map(drop)
}
