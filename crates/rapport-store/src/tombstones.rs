//! Records that are gone for good, and what is forgotten with them.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::{Cell, Column, Error, Id, Kind, Millis, Result};
use std::collections::BTreeSet;

/// What became of a record that is gone.
#[derive(Clone, Debug, PartialEq)]
pub struct Tombstone {
    pub kind: Kind,
    pub record_id: Id,
    pub version: i64,
    pub at: Millis,
    pub by: Id,
    /// purged, erased or merged.
    pub why: String,
    pub survivor: Option<Id>,
}

const TOMBSTONE: &str = "record_id, kind, version, at, by_user, why, survivor";

fn tombstone(row: &dyn rapport_model::Row) -> Result<Tombstone> {
    let kind: String = read(row, 1)?;
    Ok(Tombstone {
        record_id: read(row, 0)?,
        kind: Kind::parse(&kind).ok_or_else(|| Error::internal("a tombstone of an unknown kind"))?,
        version: read(row, 2)?,
        at: read(row, 3)?,
        by: read(row, 4)?,
        why: read(row, 5)?,
        survivor: read(row, 6)?,
    })
}

fn rows(limit: usize) -> Cell<'static> {
    Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX))
}

impl Tx<'_> {
    pub fn tombstone_put(&mut self, stone: &Tombstone) -> Result<()> {
        let sql = format!(
            "INSERT INTO tombstones ({{org_key}}{TOMBSTONE}) VALUES ({{org_value}}?1, ?2, ?3, ?4, ?5, ?6, ?7) \
             ON CONFLICT ({{org_key}}record_id) DO UPDATE SET kind = excluded.kind, version = excluded.version, at = excluded.at, \
             by_user = excluded.by_user, why = excluded.why, survivor = excluded.survivor"
        );
        let params = [
            stone.record_id.to_cell(),
            Cell::Text(stone.kind.text().into()),
            Cell::Int(stone.version),
            stone.at.to_cell(),
            stone.by.to_cell(),
            stone.why.to_cell(),
            stone.survivor.to_cell(),
        ];
        self.execute(&sql, &params).map(drop)
    }

    pub fn tombstone_find(&mut self, record: Id) -> Result<Option<Tombstone>> {
        let sql = format!("SELECT {TOMBSTONE} FROM tombstones WHERE {{org_is}}record_id = ?1");
        self.first(&sql, &[record.to_cell()], tombstone)
    }

    /// The record that a merged one lives on in, however often that was merged again; itself if it was not.
    pub fn survivor_of(&mut self, record: Id) -> Result<Id> {
        let mut id = record;
        // A record that is here is nobody's alias, so the chain ends; the limit is for a damaged file.
        for _ in 0..100 {
            match self.tombstone_find(id)?.and_then(|stone| stone.survivor) {
                Some(next) => id = next,
                None => break,
            }
        }
        Ok(id)
    }

    /// The tombstones of those of these records that are gone.
    pub fn tombstones_among(&mut self, records: &[Id]) -> Result<Vec<Tombstone>> {
        let sql = format!("SELECT {TOMBSTONE} FROM tombstones WHERE {{org_is}}record_id = ?1");
        let mut out = Vec::new();
        self.raw().get_many(&sql, records, &mut |row| {
            out.push(tombstone(row)?);
            Ok(())
        })?;
        Ok(out)
    }

    /// Tombstones set before an instant, oldest first. Where a merged record lives on is never forgotten.
    pub fn tombstones_before(&mut self, at: Millis, limit: usize) -> Result<Vec<Tombstone>> {
        let sql = format!(
            "SELECT {TOMBSTONE} FROM tombstones WHERE {{org_is}}at < ?1 AND survivor IS NULL ORDER BY at, record_id LIMIT ?2"
        );
        self.rows(&sql, &[at.to_cell(), rows(limit)], tombstone)
    }

    /// Forgets tombstones and their log; who has read less than them has to read everything.
    pub fn tombstones_forget(&mut self, stones: &[Tombstone]) -> Result<()> {
        let ids: Vec<Vec<Cell<'_>>> = stones.iter().map(|stone| vec![stone.record_id.to_cell()]).collect();
        self.raw().put_many("DELETE FROM log WHERE {org_is}record_id = ?1", &ids)?;
        self.raw().put_many("DELETE FROM tombstones WHERE {org_is}record_id = ?1", &ids)?;
        let Some(highest) = stones.iter().map(|stone| stone.version).max() else { return Ok(()) };
        let sql = "UPDATE sequence SET floor = ?1 WHERE {org_is}one = 1 AND floor < ?2";
        self.execute(sql, &[Cell::Int(highest), Cell::Int(highest)]).map(drop)
    }

    /// The version below which a cursor says too little.
    pub fn log_floor(&mut self) -> Result<i64> {
        let sql = "SELECT floor FROM sequence WHERE {org_is}one = 1";
        Ok(self.first(sql, &[], |row| read::<i64>(row, 0))?.unwrap_or(0))
    }

    /// Records of a kind that are in the trash since before an instant, oldest first.
    pub fn trash_before(&mut self, kind: Kind, at: Millis, limit: usize) -> Result<Vec<Id>> {
        let sql = format!(
            "SELECT id FROM {} WHERE {{org_is}}deleted_at IS NOT NULL AND deleted_at < ?1 ORDER BY deleted_at, id LIMIT ?2",
            kind.text()
        );
        self.rows(&sql, &[at.to_cell(), rows(limit)], |row| read(row, 0))
    }

    /// Device: forgets what is kept beside a record that the server does not have any more.
    pub fn forget_beside(&mut self, kind: Kind, id: Id, cards: bool) -> Result<()> {
        self.execute("DELETE FROM changes WHERE {org_is}record_id = ?1", &[id.to_cell()])?;
        if cards {
            for card in self.cards_about(id)? {
                self.remove(Kind::Cards, card)?;
            }
        }
        if kind == Kind::Customers {
            for computed in Kind::COMPUTED {
                self.remove(*computed, id)?;
            }
            self.drop_search(id)?;
        }
        Ok(())
    }

    /// Takes a record out of its table with everything that is kept beside it: history, keys of other systems, marks, and for a
    /// customer its figures and what it is found by.
    pub fn forget_record(&mut self, kind: Kind, id: Id) -> Result<()> {
        self.execute("DELETE FROM changes WHERE {org_is}record_id = ?1", &[id.to_cell()])?;
        self.retire_record(kind, id)
    }

    /// The same, but its history stays: it lives on under another id.
    pub fn retire_record(&mut self, kind: Kind, id: Id) -> Result<()> {
        self.remove(kind, id)?;
        for table in ["refs", "marks"] {
            self.execute(&format!("DELETE FROM {table} WHERE {{org_is}}record_id = ?1"), &[id.to_cell()])?;
        }
        if kind == Kind::Customers {
            for computed in Kind::COMPUTED {
                self.remove(*computed, id)?;
            }
            self.drop_search(id)?;
        }
        Ok(())
    }

    /// Takes values of these records out of the stored answers to mutations. The history says which mutations touched them, so it
    /// must still be there.
    pub fn outcomes_redact(&mut self, records: &[Id]) -> Result<()> {
        let mut mutations = BTreeSet::new();
        let sql = "SELECT record_id, mutation_id FROM changes WHERE {org_is}record_id = ?1 AND mutation_id IS NOT NULL";
        self.raw().get_many(sql, records, &mut |row| {
            mutations.insert(read::<Id>(row, 1)?);
            Ok(())
        })?;
        let mutations: Vec<Id> = mutations.into_iter().collect();
        for (id, mut outcome) in self.outcomes(&mutations)? {
            let before = outcome.overridden.len();
            outcome.overridden.retain(|lost| !records.contains(&lost.id));
            if outcome.overridden.len() < before {
                let text = serde_json::to_string(&outcome).map_err(Error::internal)?;
                let sql = "UPDATE outcomes SET outcome = ?1 WHERE {org_is}mutation_id = ?2";
                self.execute(sql, &[text.to_cell(), id.to_cell()])?;
            }
        }
        Ok(())
    }

    /// The cards that speak of a record.
    pub fn cards_about(&mut self, record: Id) -> Result<Vec<Id>> {
        self.rows("SELECT id FROM cards WHERE {org_is}record_id = ?1 ORDER BY id", &[record.to_cell()], |row| read(row, 0))
    }
}
