//! The server's order of things: the org's sequence, the log of accepted writes, and the stored outcomes.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::mutation::Outcome;
use rapport_model::version::Version;
use rapport_model::wire::What;
use rapport_model::{Cell, Column, Error, Id, Kind, Millis, Result};
use std::collections::HashMap;

/// The org's sequence row: one life of this database, and its last number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sequence {
    pub epoch: i64,
    /// Random; what a cursor is checked against.
    pub epoch_id: Id,
    pub last: i64,
}

impl Sequence {
    /// The next version.
    pub fn draw(&mut self) -> i64 {
        self.last += 1;
        Version::new(self.epoch, self.last).0
    }

    pub fn version(&self) -> i64 {
        Version::new(self.epoch, self.last).0
    }
}

/// One accepted write.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    pub version: i64,
    pub kind: Kind,
    pub record_id: Id,
    pub what: What,
    pub mutation_id: Option<Id>,
    /// For a leave: where the record was; "" otherwise.
    pub place: String,
}

const SEQUENCE: &str = "SELECT epoch, epoch_id, last FROM sequence WHERE {org_is}one = 1";

/// The same, and the latest instant in the log.
const SEQUENCE_TO_DRAW: &str = "SELECT epoch, epoch_id, last, \
    (SELECT at FROM log WHERE {org_is}1 = 1 ORDER BY at DESC LIMIT 1) FROM sequence WHERE {org_is}one = 1";

impl Tx<'_> {
    /// Starts an org's sequence.
    pub fn sequence_start(&mut self, epoch: i64, epoch_id: Id) -> Result<()> {
        let sql = "INSERT INTO sequence ({org_key}one, epoch, epoch_id, last) VALUES ({org_value}1, ?1, ?2, 0)";
        self.execute(sql, &[Cell::Int(epoch), epoch_id.to_cell()]).map(drop)
    }

    /// The org's sequence, to be drawn from: since this transaction began to write, nobody else of this org has written or will.
    pub fn sequence_take(&mut self) -> Result<Sequence> {
        let found = self.first(SEQUENCE_TO_DRAW, &[], |row| Ok((sequence(row)?, read::<Option<Millis>>(row, 3)?)))?;
        let (sequence, latest) = found.ok_or_else(no_sequence)?;
        self.logged_until = latest;
        Ok(sequence)
    }

    /// Writes back how far it was drawn.
    pub fn sequence_put(&mut self, sequence: &Sequence) -> Result<()> {
        self.execute("UPDATE sequence SET last = ?1 WHERE {org_is}one = 1", &[Cell::Int(sequence.last)]).map(drop)
    }

    /// Begins a new life of this database, numbering above all earlier ones; how far the one before had come is kept.
    pub fn sequence_new_epoch(&mut self, epoch: i64, epoch_id: Id) -> Result<()> {
        let before = self.sequence_take()?;
        self.life_ended(before.epoch, before.last)?;
        let sql = "UPDATE sequence SET epoch = ?1, epoch_id = ?2, last = 0 WHERE {org_is}one = 1";
        self.execute(sql, &[Cell::Int(epoch), epoch_id.to_cell()]).map(drop)
    }

    pub fn sequence(&mut self) -> Result<Sequence> {
        self.recalled("sequence", &[], |tx| tx.first(SEQUENCE, &[], sequence)?.ok_or_else(no_sequence))
    }

    /// Adds what was accepted at `at`. Instants in the log never go back, whatever the clock does.
    pub fn log_add(&mut self, entries: &[LogEntry], at: Millis) -> Result<()> {
        if self.logged_until.is_none() {
            let latest = "SELECT at FROM log WHERE {org_is}1 = 1 ORDER BY at DESC LIMIT 1";
            self.logged_until = self.first(latest, &[], |row| read(row, 0))?;
        }
        let at = self.logged_until.map_or(at, |latest| latest.max(at));
        self.logged_until = Some(at);
        let rows: Vec<Vec<Cell<'_>>> = entries
            .iter()
            .map(|e| {
                let (kind, what) = (Cell::Text(e.kind.text().into()), Cell::Text(e.what.text().into()));
                let row = [Cell::Int(e.version), kind, e.record_id.to_cell(), what, e.mutation_id.to_cell()];
                row.into_iter().chain([Cell::Int(at.0), e.place.to_cell()]).collect()
            })
            .collect();
        let sql = "INSERT INTO log ({org_key}version, kind, record_id, what, mutation_id, at, place) \
                   VALUES ({org_value}?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        self.raw().put_many(sql, &rows)
    }

    /// The version of the first write that was accepted at or after an instant; `None` if there is none.
    pub fn first_accepted(&mut self, at: Millis) -> Result<Option<i64>> {
        let sql = "SELECT version FROM log WHERE {org_is}at >= ?1 ORDER BY at, version LIMIT 1";
        self.first(sql, &[Cell::Int(at.0)], |row| read(row, 0))
    }

    /// Notes that computed fields of these customers moved, without a write of their own: lists of what changed tell them, while
    /// their version, and with it every edit that is under way, stays good.
    pub fn customers_moved(&mut self, customers: &[Id], version: i64) -> Result<()> {
        let rows: Vec<Vec<Cell<'_>>> = customers.iter().map(|id| vec![Cell::Int(version), id.to_cell()]).collect();
        self.raw().put_many("UPDATE customers SET moved = ?1 WHERE {org_is}id = ?2", &rows)
    }

    /// Entries after a version, in order.
    pub fn log_after(&mut self, version: i64, limit: usize) -> Result<Vec<LogEntry>> {
        let sql = "SELECT version, kind, record_id, what, mutation_id, place FROM log WHERE {org_is}version > ?1 ORDER BY version LIMIT ?2";
        let limit = Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX));
        self.rows(sql, &[Cell::Int(version), limit], |row| {
            let (kind, what): (String, String) = (read(row, 1)?, read(row, 3)?);
            Ok(LogEntry {
                version: read(row, 0)?,
                kind: Kind::parse(&kind).ok_or_else(|| Error::internal("the log names an unknown kind"))?,
                record_id: read(row, 2)?,
                what: What::parse(&what).ok_or_else(|| Error::internal("the log names an unknown event"))?,
                mutation_id: read(row, 4)?,
                place: read(row, 5)?,
            })
        })
    }

    /// Entries after a version.
    pub fn log_count_after(&mut self, version: i64) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM log WHERE {org_is}version > ?1";
        Ok(self.first(sql, &[Cell::Int(version)], |row| read::<i64>(row, 0))?.unwrap_or(0))
    }

    /// The stored outcomes of mutations that were judged before.
    pub fn outcomes(&mut self, mutations: &[Id]) -> Result<HashMap<Id, Outcome>> {
        let mut out = HashMap::new();
        let sql = "SELECT mutation_id, outcome FROM outcomes WHERE {org_is}mutation_id = ?1";
        self.raw().get_many(sql, mutations, &mut |row| {
            let text: String = read(row, 1)?;
            out.insert(read(row, 0)?, serde_json::from_str(&text).map_err(Error::internal)?);
            Ok(())
        })?;
        Ok(out)
    }

    /// Whose these mutations are that were judged, and their places in the chains: (mutation, epoch, place).
    pub fn judged_among(&mut self, mutations: &[Id]) -> Result<Vec<(Id, Id, i64)>> {
        let mut out = Vec::with_capacity(mutations.len());
        let sql = "SELECT mutation_id, device, n FROM outcomes WHERE {org_is}mutation_id = ?1";
        self.raw().get_many(sql, mutations, &mut |row| {
            out.push((read(row, 0)?, read(row, 1)?, read(row, 2)?));
            Ok(())
        })?;
        Ok(out)
    }

    /// Stores outcomes in the transaction of their effects.
    pub fn outcomes_add(&mut self, device: Id, at: Millis, outcomes: &[(i64, &Outcome)]) -> Result<()> {
        let texts =
            outcomes.iter().map(|(_, o)| serde_json::to_string(o).map_err(Error::internal)).collect::<Result<Vec<_>>>()?;
        let rows: Vec<Vec<Cell<'_>>> = outcomes
            .iter()
            .zip(&texts)
            .map(|((n, o), text)| vec![o.mutation_id.to_cell(), device.to_cell(), Cell::Int(*n), text.to_cell(), at.to_cell()])
            .collect();
        let sql = "INSERT INTO outcomes ({org_key}mutation_id, device, n, outcome, at) VALUES ({org_value}?1, ?2, ?3, ?4, ?5) \
                   ON CONFLICT ({org_key}mutation_id) DO UPDATE SET outcome = excluded.outcome, at = excluded.at";
        self.raw().put_many(sql, &rows)
    }
}

fn sequence(row: &dyn rapport_model::Row) -> Result<Sequence> {
    Ok(Sequence { epoch: read(row, 0)?, epoch_id: read(row, 1)?, last: read(row, 2)? })
}

fn no_sequence() -> Error {
    Error::internal("the organisation has no sequence row")
}
