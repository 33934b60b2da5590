//! Server: what each user may hold, since which version. What the text says is not known here.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::{Cell, Column, Id, Result};
use std::collections::HashMap;

impl Tx<'_> {
    /// The version since which a user may hold what she may hold now; 0 = since always.
    pub fn entitlement_of(&mut self, user: Id) -> Result<i64> {
        self.recalled("entitlement", user.as_bytes(), |tx| {
            let sql = "SELECT version FROM entitlements WHERE {org_is}user_id = ?1 ORDER BY version DESC LIMIT 1";
            Ok(tx.first(sql, &[user.to_cell()], |row| read::<i64>(row, 0))?.unwrap_or(0))
        })
    }

    /// What a user might hold since a version.
    pub fn entitlement_find(&mut self, user: Id, version: i64) -> Result<Option<String>> {
        let sql = "SELECT sight FROM entitlements WHERE {org_is}user_id = ?1 AND version = ?2";
        self.first(sql, &[user.to_cell(), Cell::Int(version)], |row| read(row, 0))
    }

    /// The versions between two at which what a user may hold changed.
    pub fn entitlements_between(&mut self, user: Id, after: i64, before: i64) -> Result<Vec<i64>> {
        let sql =
            "SELECT version FROM entitlements WHERE {org_is}user_id = ?1 AND version > ?2 AND version < ?3 ORDER BY version";
        self.rows(sql, &[user.to_cell(), Cell::Int(after), Cell::Int(before)], |row| read(row, 0))
    }

    /// The latest of every user.
    pub fn entitlements(&mut self) -> Result<HashMap<Id, String>> {
        let sql = "SELECT user_id, sight FROM entitlements WHERE {org_is}1 = 1 ORDER BY user_id, version";
        Ok(self.rows(sql, &[], |row| Ok((read(row, 0)?, read(row, 1)?)))?.into_iter().collect())
    }

    pub fn entitlement_add(&mut self, user: Id, version: i64, sight: &str) -> Result<()> {
        let sql = "INSERT INTO entitlements ({org_key}user_id, version, sight) VALUES ({org_value}?1, ?2, ?3) \
                   ON CONFLICT ({org_key}user_id, version) DO UPDATE SET sight = excluded.sight";
        self.execute(sql, &[user.to_cell(), Cell::Int(version), Cell::Text(sight.into())]).map(drop)
    }
}
