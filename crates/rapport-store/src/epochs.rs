//! Server: how far each life of a device's store has sealed, and what is on a backup.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::{Cell, Column, Id, Millis, Result};

/// One life of a device's store, as far as the server has heard of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Epoch {
    pub epoch: Id,
    pub user_id: Id,
    pub device_id: Id,
    /// The highest number that came, and its hash.
    pub n: i64,
    pub hash: String,
    pub at: Millis,
}

impl Tx<'_> {
    pub fn epoch_find(&mut self, epoch: Id) -> Result<Option<Epoch>> {
        let sql = "SELECT epoch, user_id, device_id, n, hash, at FROM epochs WHERE {org_is}epoch = ?1";
        self.first(sql, &[epoch.to_cell()], |row| {
            let (epoch, user_id, device_id) = (read(row, 0)?, read(row, 1)?, read(row, 2)?);
            Ok(Epoch { epoch, user_id, device_id, n: read(row, 3)?, hash: read(row, 4)?, at: read(row, 5)? })
        })
    }

    pub fn epoch_put(&mut self, epoch: &Epoch) -> Result<()> {
        let sql = "INSERT INTO epochs ({org_key}epoch, user_id, device_id, n, hash, at) \
                   VALUES ({org_value}?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT ({org_key}epoch) DO UPDATE SET \
                   user_id = excluded.user_id, device_id = excluded.device_id, n = excluded.n, hash = excluded.hash, at = excluded.at";
        let params = [
            epoch.epoch.to_cell(),
            epoch.user_id.to_cell(),
            epoch.device_id.to_cell(),
            Cell::Int(epoch.n),
            epoch.hash.to_cell(),
            epoch.at.to_cell(),
        ];
        self.execute(sql, &params).map(drop)
    }

    /// What was acknowledged before is on a backup; `None` = nobody made one.
    pub fn durable_at(&mut self) -> Result<Option<Millis>> {
        let at = self.first("SELECT durable_at FROM sequence WHERE {org_is}one = 1", &[], |row| read::<Millis>(row, 0))?;
        Ok(at.filter(|at| at.0 > 0))
    }

    /// Notes that a backup has what was acknowledged before an instant.
    pub fn set_durable_at(&mut self, at: Millis) -> Result<()> {
        let sql = "UPDATE sequence SET durable_at = ?1 WHERE {org_is}one = 1 AND durable_at < ?2";
        self.execute(sql, &[at.to_cell(), at.to_cell()]).map(drop)
    }
}
