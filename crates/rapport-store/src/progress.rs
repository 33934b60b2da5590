//! How far a device has come: cursor, clock, epoch, counters; committed with the rows they speak of.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::{Cell, Column, Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Where the kept clock lies.
pub const CLOCK: &str = "clock";

impl Tx<'_> {
    pub fn progress<T: DeserializeOwned>(&mut self, key: &str) -> Result<Option<T>> {
        let text =
            self.first("SELECT value FROM progress WHERE key = ?1", &[Cell::Text(key.into())], |row| read::<String>(row, 0))?;
        text.map(|text| serde_json::from_str(&text).map_err(Error::internal)).transpose()
    }

    pub fn forget_progress(&mut self, key: &str) -> Result<()> {
        self.execute("DELETE FROM progress WHERE key = ?1", &[Cell::Text(key.into())]).map(drop)
    }

    pub fn set_progress<T: Serialize>(&mut self, key: &str, value: &T) -> Result<()> {
        let text = serde_json::to_string(value).map_err(Error::internal)?;
        let sql = "INSERT INTO progress (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.execute(sql, &[Cell::Text(key.into()), text.to_cell()]).map(drop)
    }
}
