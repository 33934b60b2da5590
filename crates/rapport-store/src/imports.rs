//! How the imports of this device are taken back: what undoes each of their mutations, in order.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::mutation::Change;
use rapport_model::{Cell, Column, Error, Id, Result};
use std::collections::HashSet;

/// Imports that can be taken back; older ones stand.
const IMPORTS_KEPT: usize = 10;

impl Tx<'_> {
    /// Keeps what undoes one mutation of an import.
    pub fn import_undo_add(&mut self, batch: Id, undo: &[Change]) -> Result<()> {
        let text = serde_json::to_string(undo).map_err(Error::internal)?;
        let sql = "INSERT INTO import_undo (seq, batch_id, changes) \
                   VALUES ((SELECT COALESCE(MAX(seq), 0) + 1 FROM import_undo), ?1, ?2)";
        self.execute(sql, &[batch.to_cell(), text.to_cell()]).map(drop)
    }

    /// What undoes an import, the last mutation first.
    pub fn import_undo(&mut self, batch: Id) -> Result<Vec<Vec<Change>>> {
        let sql = "SELECT changes FROM import_undo WHERE batch_id = ?1 ORDER BY seq DESC";
        let texts = self.rows(sql, &[batch.to_cell()], |row| read::<String>(row, 0))?;
        texts.iter().map(|text| serde_json::from_str(text).map_err(Error::internal)).collect()
    }

    /// The imports that can be taken back, the last one first.
    pub fn imports_undoable(&mut self) -> Result<Vec<Id>> {
        let sql = "SELECT batch_id FROM import_undo GROUP BY batch_id ORDER BY MAX(seq) DESC";
        self.rows(sql, &[], |row| read(row, 0))
    }

    /// Forgets what the undoing of imports knows of these records.
    pub fn import_undo_drop(&mut self, ids: &HashSet<Id>) -> Result<()> {
        let found = self.rows("SELECT seq, changes FROM import_undo ORDER BY seq", &[], |row| {
            Ok((read::<i64>(row, 0)?, read::<String>(row, 1)?))
        })?;
        for (seq, text) in found {
            let mut changes: Vec<Change> = serde_json::from_str(&text).map_err(Error::internal)?;
            let before = changes.len();
            changes.retain(|change| !ids.contains(&change.id));
            if changes.len() < before {
                let text = serde_json::to_string(&changes).map_err(Error::internal)?;
                self.execute("UPDATE import_undo SET changes = ?1 WHERE seq = ?2", &[text.to_cell(), Cell::Int(seq)])?;
            }
        }
        Ok(())
    }

    pub fn import_undo_forget(&mut self, batch: Id) -> Result<()> {
        self.execute("DELETE FROM import_undo WHERE batch_id = ?1", &[batch.to_cell()]).map(drop)
    }

    /// Forgets how the oldest imports are taken back.
    pub fn import_undo_trim(&mut self) -> Result<()> {
        let old: Vec<Vec<Cell<'static>>> =
            self.imports_undoable()?.into_iter().skip(IMPORTS_KEPT).map(|batch| vec![batch.to_cell().into_owned()]).collect();
        self.raw().put_many("DELETE FROM import_undo WHERE batch_id = ?1", &old)
    }
}
