//! Device: mutations that the server took and might lose again, and rows that it has lost.

use crate::outbox::Waiting;
use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::mutation::Change;
use rapport_model::{Cell, Column, Error, Id, Kind, Millis, Result};
use serde_json::Value;

impl Tx<'_> {
    /// Moves an answered mutation out of the line, and remembers it as taken at `at`, server time.
    pub fn remember(&mut self, waiting: &Waiting, at: Millis) -> Result<()> {
        self.outbox_remove(waiting.seq)?;
        let Some(seal) = &waiting.seal else { return Ok(()) };
        let sql = "INSERT INTO remembered (seq, batch_id, changes, mutation_id, at, parted) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
                   ON CONFLICT (seq) DO UPDATE SET changes = excluded.changes, mutation_id = excluded.mutation_id, \
                   at = excluded.at, parted = excluded.parted";
        let changes = serde_json::to_string(&waiting.changes).map_err(Error::internal)?;
        let params = [
            Cell::Int(waiting.seq),
            waiting.batch_id.to_cell(),
            changes.to_cell(),
            seal.mutation_id.to_cell(),
            at.to_cell(),
            waiting.parted.to_cell(),
        ];
        self.execute(sql, &params)?;
        let names: Vec<Vec<Cell<'_>>> = waiting
            .changes
            .iter()
            .map(|change| vec![Cell::Int(waiting.seq), change.kind.to_cell(), change.id.to_cell()])
            .collect();
        self.raw().put_many("INSERT INTO remembered_records (seq, kind, record_id) VALUES (?1, ?2, ?3)", &names)
    }

    /// How many are remembered.
    pub fn remembered_count(&mut self) -> Result<i64> {
        Ok(self.first("SELECT COUNT(*) FROM remembered", &[], |row| read::<i64>(row, 0))?.unwrap_or(0))
    }

    /// The changes that are remembered, mutation by mutation.
    pub fn remembered(&mut self) -> Result<Vec<Vec<Change>>> {
        let texts = self.rows("SELECT changes FROM remembered ORDER BY seq", &[], |row| read::<String>(row, 0))?;
        texts.iter().map(|text| serde_json::from_str(text).map_err(Error::internal)).collect()
    }

    /// Forgets what was taken before an instant: it is on a backup by now, or too old.
    pub fn remembered_forget(&mut self, before: Millis) -> Result<usize> {
        let sql = "DELETE FROM remembered_records WHERE seq IN (SELECT seq FROM remembered WHERE at < ?1)";
        self.execute(sql, &[before.to_cell()])?;
        self.execute("DELETE FROM lost_rows WHERE at < ?1", &[before.to_cell()])?;
        self.execute("DELETE FROM remembered WHERE at < ?1", &[before.to_cell()])
    }

    /// Puts everything that is remembered back in line, before what waits: the server has lost it, or may have. Returns how much.
    pub fn remembered_offer(&mut self) -> Result<usize> {
        let sql = "INSERT INTO outbox (seq, batch_id, changes, mutation_id, n, prev, held, parted) \
                   SELECT seq, batch_id, changes, mutation_id, 0, '', FALSE, parted FROM remembered WHERE seq NOT IN (SELECT seq FROM outbox)";
        let offered = self.execute(sql, &[])?;
        let sql = "INSERT INTO outbox_records (seq, kind, record_id) SELECT seq, kind, record_id FROM remembered_records";
        self.execute(sql, &[])?;
        self.execute("DELETE FROM remembered_records", &[])?;
        self.execute("DELETE FROM remembered", &[])?;
        Ok(offered)
    }

    /// Forgets what is remembered of a record that this device may not hold any more. What is left of a mutation that spoke of
    /// others, too, is marked: it is not whole any more.
    pub fn remembered_drop(&mut self, id: Id) -> Result<()> {
        let seqs =
            self.rows("SELECT seq FROM remembered_records WHERE record_id = ?1", &[id.to_cell()], |row| read::<i64>(row, 0))?;
        for seq in seqs {
            let sql = "SELECT changes FROM remembered WHERE seq = ?1";
            let Some(text) = self.first(sql, &[Cell::Int(seq)], |row| read::<String>(row, 0))? else { continue };
            let mut changes: Vec<Change> = serde_json::from_str(&text).map_err(Error::internal)?;
            changes.retain(|change| change.id != id);
            self.execute("DELETE FROM remembered_records WHERE seq = ?1 AND record_id = ?2", &[Cell::Int(seq), id.to_cell()])?;
            if changes.is_empty() {
                self.execute("DELETE FROM remembered WHERE seq = ?1", &[Cell::Int(seq)])?;
            } else {
                let text = serde_json::to_string(&changes).map_err(Error::internal)?;
                self.execute(
                    "UPDATE remembered SET changes = ?1, parted = TRUE WHERE seq = ?2",
                    &[text.to_cell(), Cell::Int(seq)],
                )?;
            }
        }
        self.execute("DELETE FROM lost_rows WHERE record_id = ?1", &[id.to_cell()]).map(drop)
    }

    /// A row that the server has lost.
    pub fn lost_row_put(&mut self, kind: Kind, id: Id, record: &Value, at: Millis) -> Result<()> {
        let sql = "INSERT INTO lost_rows (record_id, kind, record, at) VALUES (?1, ?2, ?3, ?4) \
                   ON CONFLICT (record_id) DO UPDATE SET record = excluded.record, at = excluded.at";
        self.execute(sql, &[id.to_cell(), Cell::Text(kind.text().into()), record.to_string().to_cell(), at.to_cell()]).map(drop)
    }

    /// Takes out a row that the server has lost and needs.
    pub fn lost_row_take(&mut self, id: Id) -> Result<Option<(Kind, Value)>> {
        let sql = "DELETE FROM lost_rows WHERE record_id = ?1 RETURNING kind, record";
        let found = self.first(sql, &[id.to_cell()], |row| Ok((read::<String>(row, 0)?, read::<String>(row, 1)?)))?;
        let Some((kind, record)) = found else { return Ok(None) };
        let Some(kind) = Kind::parse(&kind) else { return Ok(None) };
        Ok(Some((kind, serde_json::from_str(&record).map_err(Error::internal)?)))
    }
}
