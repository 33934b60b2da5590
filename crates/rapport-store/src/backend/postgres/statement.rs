//! Statements as a connection sends them: prepared, with the organisation's id behind their own parameters, many rows at once.

use super::fault::Fault;
use super::sessions::Session;
use super::value::{Many, One};
use postgres::types::ToSql;
use rapport_model::{Cell, Column, Error, Id};
use std::collections::HashSet;

/// Rows that one statement writes.
const ROWS_MAX: usize = 2000;

/// The parameters of a statement, with the organisation's id behind them if it stands in the text.
fn bound<'a>(own: &'a [One<'a>], org: &'a Option<One<'a>>, shared: bool) -> Result<Vec<&'a (dyn ToSql + Sync)>, Fault> {
    let mut all: Vec<&(dyn ToSql + Sync)> = own.iter().map(|one| one as _).collect();
    if shared {
        let org = org.as_ref().ok_or_else(|| Fault::Own(Error::internal("a statement of an organisation in the directory")))?;
        all.push(org);
    }
    Ok(all)
}

pub(super) fn rows(sql: &str, session: &mut Session, own: &[One<'_>], org: Option<Id>) -> Result<Vec<postgres::Row>, Fault> {
    let (statement, shared) = session.prepared(sql, own.len())?;
    let cell = org.map(|org| org.to_cell().into_owned());
    let org = cell.as_ref().map(One);
    Ok(session.client.query(&statement, &bound(own, &org, shared)?)?)
}

pub(super) fn run(sql: &str, session: &mut Session, own: &[One<'_>], org: Option<Id>) -> Result<usize, Fault> {
    let (statement, shared) = session.prepared(sql, own.len())?;
    let cell = org.map(|org| org.to_cell().into_owned());
    let org = cell.as_ref().map(One);
    let changed = session.client.execute(&statement, &bound(own, &org, shared)?)?;
    usize::try_from(changed).map_err(|error| Fault::Own(Error::internal(error)))
}

/// Runs an insert for many rows at once, each column as an array.
pub(super) fn insert(many: &str, session: &mut Session, rows: &[&[Cell<'_>]], org: Option<Id>) -> Result<(), Fault> {
    let width = rows.first().map_or(0, |row| row.len());
    let (statement, shared) = session.prepared(many, width)?;
    let arrays: Vec<Many<'_>> = (0..width).map(|at| Many(rows.iter().filter_map(|row| row.get(at)).collect())).collect();
    let cell = org.map(|org| org.to_cell().into_owned());
    let org = cell.as_ref().map(One);
    let mut all: Vec<&(dyn ToSql + Sync)> = arrays.iter().map(|array| array as _).collect();
    if let (true, Some(org)) = (shared, &org) {
        all.push(org);
    }
    session.client.execute(&statement, &all)?;
    Ok(())
}

/// Parts of rows in which no key, which is the first column, stands twice: one statement does not change a row twice.
pub(super) fn parts<'a, 'b>(rows: &'a [Vec<Cell<'b>>], updates: bool) -> Vec<Vec<&'a [Cell<'b>]>> {
    let mut out: Vec<Vec<&[Cell<'_>]>> = Vec::new();
    let mut seen = HashSet::new();
    for row in rows {
        let key = match row.first() {
            Some(Cell::Blob(bytes)) if updates => Some(bytes.as_ref()),
            _ => None,
        };
        let is_twice = key.is_some_and(|key| !seen.insert(key));
        if is_twice || out.last().is_none_or(|part| part.len() >= ROWS_MAX) {
            seen.clear();
            seen.extend(key);
            out.push(Vec::new());
        }
        out.iter_mut().last().into_iter().for_each(|part| part.push(row));
    }
    out
}
