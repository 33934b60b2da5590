//! A device's work that the server has not answered yet, and the server's own state of the rows it lies on.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::mutation::Change;
use rapport_model::{Cell, Column, Error, Id, Kind, Millis, Result, Row};
use serde_json::Value;
use std::collections::HashSet;

/// One mutation that waits.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// Local order; causal order of sending.
    pub seq: i64,
    pub batch_id: Option<Id>,
    pub changes: Vec<Change>,
    /// Given at sealing; from then on the mutation never changes.
    pub seal: Option<Seal>,
    /// The server could not judge it yet; it goes again with the next push.
    pub held: bool,
    /// A part of it is not here any more: it is what a restored server may have lost, and its other records have left.
    pub parted: bool,
}

/// One record that waits, since when by this device's clock, and whether the server could not judge it yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingRecord {
    pub kind: Kind,
    pub id: Id,
    pub since: Millis,
    pub held: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Seal {
    pub mutation_id: Id,
    pub n: i64,
    pub prev: String,
}

/// The server's state of a record that has pending edits; `record` is `None` if the server has none.
#[derive(Clone, Debug, PartialEq)]
pub struct Base {
    pub version: i64,
    pub record: Option<Value>,
}

const COLUMNS: &str = "seq, batch_id, changes, mutation_id, n, prev, held, parted";

fn waiting(row: &dyn Row) -> Result<Waiting> {
    let changes: String = read(row, 2)?;
    let mutation_id: Option<Id> = read(row, 3)?;
    let seal = match mutation_id {
        Some(mutation_id) => Some(Seal { mutation_id, n: read(row, 4)?, prev: read(row, 5)? }),
        None => None,
    };
    Ok(Waiting {
        seq: read(row, 0)?,
        batch_id: read(row, 1)?,
        changes: serde_json::from_str(&changes).map_err(Error::internal)?,
        seal,
        held: read(row, 6)?,
        parted: read(row, 7)?,
    })
}

fn as_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

impl Tx<'_> {
    /// Puts a mutation at the end of the line.
    pub fn outbox_add(&mut self, batch_id: Option<Id>, changes: &[Change]) -> Result<i64> {
        let seq = self.progress::<i64>("outboxSeq")?.unwrap_or(0) + 1;
        self.set_progress("outboxSeq", &seq)?;
        let sql = "INSERT INTO outbox (seq, batch_id, changes, held) VALUES (?1, ?2, ?3, ?4)";
        self.execute(sql, &[Cell::Int(seq), batch_id.to_cell(), as_json(&changes)?.to_cell(), Cell::Int(0)])?;
        for change in changes {
            let sql = "INSERT INTO outbox_records (seq, kind, record_id) VALUES (?1, ?2, ?3)";
            self.execute(sql, &[Cell::Int(seq), change.kind.to_cell(), change.id.to_cell()])?;
        }
        Ok(seq)
    }

    /// Replaces the changes of a mutation that is not sealed.
    pub fn outbox_replace(&mut self, seq: i64, changes: &[Change]) -> Result<()> {
        let sql = "UPDATE outbox SET changes = ?1 WHERE seq = ?2 AND mutation_id IS NULL";
        self.execute(sql, &[as_json(&changes)?.to_cell(), Cell::Int(seq)]).map(drop)
    }

    /// The last mutation in line.
    pub fn outbox_last(&mut self) -> Result<Option<Waiting>> {
        self.first(&format!("SELECT {COLUMNS} FROM outbox ORDER BY seq DESC LIMIT 1"), &[], waiting)
    }

    /// The next mutations in line, oldest first; held ones behind the others, so that they hold up nothing.
    pub fn outbox_next(&mut self, limit: usize) -> Result<Vec<Waiting>> {
        let limit = Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX));
        self.rows(&format!("SELECT {COLUMNS} FROM outbox ORDER BY held, seq LIMIT ?1"), &[limit], waiting)
    }

    /// Seals a mutation: its changes with their stamps, its id, its place in the chain.
    pub fn outbox_seal(&mut self, seq: i64, changes: &[Change], seal: &Seal) -> Result<()> {
        let sql = "UPDATE outbox SET changes = ?1, mutation_id = ?2, n = ?3, prev = ?4 WHERE seq = ?5";
        let params = [
            as_json(&changes)?.to_cell().into_owned(),
            seal.mutation_id.to_cell(),
            Cell::Int(seal.n),
            seal.prev.to_cell(),
            Cell::Int(seq),
        ];
        self.execute(sql, &params).map(drop)
    }

    /// Marks a mutation that the server holds.
    pub fn outbox_hold(&mut self, seq: i64) -> Result<()> {
        self.execute("UPDATE outbox SET held = ?1 WHERE seq = ?2", &[Cell::Int(1), Cell::Int(seq)]).map(drop)
    }

    /// Nothing is held any more: everything goes again, in the order in which it was done.
    pub fn outbox_release(&mut self) -> Result<()> {
        self.execute("UPDATE outbox SET held = ?1", &[Cell::Int(0)]).map(drop)
    }

    /// The mutations that are sealed, oldest first.
    pub fn outbox_sealed(&mut self) -> Result<Vec<Waiting>> {
        self.rows(&format!("SELECT {COLUMNS} FROM outbox WHERE mutation_id IS NOT NULL ORDER BY seq"), &[], waiting)
    }

    pub fn outbox_by_mutation(&mut self, mutation_id: Id) -> Result<Option<Waiting>> {
        self.first(&format!("SELECT {COLUMNS} FROM outbox WHERE mutation_id = ?1"), &[mutation_id.to_cell()], waiting)
    }

    /// Takes an answered mutation out of the line.
    pub fn outbox_remove(&mut self, seq: i64) -> Result<()> {
        self.execute("DELETE FROM outbox_records WHERE seq = ?1", &[Cell::Int(seq)])?;
        self.execute("DELETE FROM outbox WHERE seq = ?1", &[Cell::Int(seq)]).map(drop)
    }

    /// The waiting mutations that name a record, oldest first.
    pub fn outbox_of(&mut self, kind: Kind, id: Id) -> Result<Vec<Waiting>> {
        let sql = format!(
            "SELECT {} FROM outbox o JOIN outbox_records r ON r.seq = o.seq WHERE r.kind = ?1 AND r.record_id = ?2 ORDER BY o.seq",
            COLUMNS.split(", ").map(|c| format!("o.{c}")).collect::<Vec<_>>().join(", ")
        );
        self.rows(&sql, &[Cell::Text(kind.text().into()), id.to_cell()], waiting)
    }

    /// Records that wait, the longest waiting first.
    pub fn outbox_waiting(&mut self, limit: usize) -> Result<Vec<WaitingRecord>> {
        let sql = "SELECT kind, record_id, MIN(seq) FROM outbox_records GROUP BY kind, record_id ORDER BY MIN(seq) LIMIT ?1";
        let limit = Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX));
        let first = self.rows(sql, &[limit], |row| Ok((read::<String>(row, 0)?, read::<Id>(row, 1)?, read::<i64>(row, 2)?)))?;
        let mut out = Vec::with_capacity(first.len());
        for (kind, id, seq) in first {
            let sql = format!("SELECT {COLUMNS} FROM outbox WHERE seq = ?1");
            let (Some(kind), Some(one)) = (Kind::parse(&kind), self.first(&sql, &[Cell::Int(seq)], waiting)?) else { continue };
            let typed = one.changes.iter().filter(|change| change.id == id).flat_map(|change| change.units.values());
            let since = typed.map(|edit| edit.updated_at).min().unwrap_or_default();
            out.push(WaitingRecord { kind, id, since, held: one.held });
        }
        Ok(out)
    }

    /// Records that wait, and mutations that wait.
    pub fn outbox_counts(&mut self) -> Result<(i64, i64)> {
        let records = "SELECT COUNT(*) FROM (SELECT DISTINCT kind, record_id FROM outbox_records) AS waiting";
        let mutations = "SELECT COUNT(*) FROM outbox";
        let count = |row: &dyn Row| read::<i64>(row, 0);
        Ok((self.first(records, &[], count)?.unwrap_or(0), self.first(mutations, &[], count)?.unwrap_or(0)))
    }

    /// The server's state under a record with pending edits; `None` = no edits are pending.
    pub fn base_find(&mut self, kind: Kind, id: Id) -> Result<Option<Base>> {
        let sql = "SELECT version, record FROM base_rows WHERE kind = ?1 AND record_id = ?2";
        self.first(sql, &[Cell::Text(kind.text().into()), id.to_cell()], |row| {
            let record: Option<String> = read(row, 1)?;
            let record = record.map(|text| serde_json::from_str(&text).map_err(Error::internal)).transpose()?;
            Ok(Base { version: read(row, 0)?, record })
        })
    }

    /// Its version alone.
    pub fn base_version(&mut self, kind: Kind, id: Id) -> Result<Option<i64>> {
        let sql = "SELECT version FROM base_rows WHERE kind = ?1 AND record_id = ?2";
        self.first(sql, &[Cell::Text(kind.text().into()), id.to_cell()], |row| read(row, 0))
    }

    pub fn base_put(&mut self, kind: Kind, id: Id, base: &Base) -> Result<()> {
        let record = base.record.as_ref().map(as_json).transpose()?;
        let sql = "INSERT INTO base_rows (kind, record_id, version, record) VALUES (?1, ?2, ?3, ?4) \
                   ON CONFLICT (kind, record_id) DO UPDATE SET version = excluded.version, record = excluded.record";
        let params = [Cell::Text(kind.text().into()), id.to_cell(), Cell::Int(base.version), record.to_cell()];
        self.execute(sql, &params).map(drop)
    }

    pub fn base_remove(&mut self, kind: Kind, id: Id) -> Result<()> {
        let sql = "DELETE FROM base_rows WHERE kind = ?1 AND record_id = ?2";
        self.execute(sql, &[Cell::Text(kind.text().into()), id.to_cell()]).map(drop)
    }

    /// Which of these records have pending edits.
    pub fn waiting_among(&mut self, kind: Kind, ids: &[Id]) -> Result<HashSet<Id>> {
        self.named_among("base_rows", kind, ids)
    }

    /// Which of these records are named by a waiting mutation.
    pub fn outbox_among(&mut self, kind: Kind, ids: &[Id]) -> Result<HashSet<Id>> {
        self.named_among("outbox_records", kind, ids)
    }

    fn named_among(&mut self, table: &str, kind: Kind, ids: &[Id]) -> Result<HashSet<Id>> {
        let mut out = HashSet::new();
        let sql = format!("SELECT record_id FROM {table} WHERE record_id = ?1 AND kind = '{}'", kind.text());
        self.raw().get_many(&sql, ids, &mut |row| {
            out.insert(read(row, 0)?);
            Ok(())
        })?;
        Ok(out)
    }
}
