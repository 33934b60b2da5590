//! Server: devices and links of one person, and the handovers of those who leave.

use crate::accounts::{Account, Device};
use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::wire::About;
use rapport_model::{Cell, Column, Error, Id, Kind, Millis, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A handover as it is kept: what was asked for, how far it is, and since when it is done.
#[derive(Clone, Debug)]
pub struct Handing<P, S> {
    pub plan: P,
    pub state: S,
    pub done_at: Option<Millis>,
}

impl Tx<'_> {
    /// The account of a user.
    pub fn account_of(&mut self, user: Id) -> Result<Option<Account>> {
        let sql = "SELECT user_id, email_key, secret FROM accounts WHERE {org_is}user_id = ?1";
        self.first(sql, &[user.to_cell()], |row| {
            Ok(Account { user_id: read(row, 0)?, email_key: read(row, 1)?, secret: read(row, 2)? })
        })
    }

    /// The devices of a user, newest first, signed-out ones included.
    pub fn devices_of(&mut self, user: Id) -> Result<Vec<Device>> {
        let sql = "SELECT id FROM devices WHERE {org_is}user_id = ?1 ORDER BY created_at DESC, id DESC";
        let ids = self.rows(sql, &[user.to_cell()], |row| read::<Id>(row, 0))?;
        ids.into_iter().filter_map(|id| self.device_find(id).transpose()).collect()
    }

    /// The devices of everybody, the latest heard of first.
    pub fn devices_all(&mut self) -> Result<Vec<Device>> {
        let ids = self
            .rows("SELECT id FROM devices WHERE {org_is}1 = 1 ORDER BY seen_at DESC, id DESC", &[], |row| read::<Id>(row, 0))?;
        ids.into_iter().filter_map(|id| self.device_find(id).transpose()).collect()
    }

    /// Keeps what a device says of itself.
    pub fn device_about_put(&mut self, device: Id, about: &About, now: Millis) -> Result<()> {
        let about = serde_json::to_string(about).map_err(Error::internal)?;
        let sql = "UPDATE devices SET about = ?1, about_at = ?2 WHERE {org_is}id = ?3";
        self.execute(sql, &[about.to_cell(), now.to_cell(), device.to_cell()]).map(drop)
    }

    /// What a device said of itself, and when; `None` = nothing yet.
    pub fn device_about(&mut self, device: Id) -> Result<Option<(About, Millis)>> {
        let sql = "SELECT about, about_at FROM devices WHERE {org_is}id = ?1 AND about_at IS NOT NULL";
        let found = self.first(sql, &[device.to_cell()], |row| Ok((read::<String>(row, 0)?, read::<Millis>(row, 1)?)))?;
        found.map(|(text, at)| Ok((serde_json::from_str(&text).map_err(Error::internal)?, at))).transpose()
    }

    /// Signs out the devices of a user, but for `keep`. Returns how many were signed in.
    pub fn devices_revoke(&mut self, user: Id, keep: Option<Id>, now: Millis) -> Result<usize> {
        let sql = "UPDATE devices SET revoked_at = ?1 WHERE {org_is}user_id = ?2 AND id <> ?3 AND revoked_at IS NULL";
        self.execute(sql, &[now.to_cell(), user.to_cell(), keep.unwrap_or(Id::NIL).to_cell()])
    }

    /// Takes back the links that a user has not used.
    pub fn enrolments_forget(&mut self, user: Id) -> Result<usize> {
        self.execute("DELETE FROM enrolments WHERE {org_is}user_id = ?1", &[user.to_cell()])
    }

    /// Records of a kind that belong to a user, after an id, in order of their ids; trashed ones included.
    pub fn assigned_to(&mut self, kind: Kind, user: Id, after: Id, limit: usize) -> Result<Vec<Id>> {
        if !matches!(kind, Kind::Customers | Kind::Interactions) {
            return Err(Error::internal(format_args!("{} belong to nobody", kind.text())));
        }
        let sql = format!("SELECT id FROM {} WHERE {{org_is}}assigned_to = ?1 AND id > ?2 ORDER BY id LIMIT ?3", kind.text());
        let limit = Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX));
        self.rows(&sql, &[user.to_cell(), after.to_cell(), limit], |row| read(row, 0))
    }

    pub fn handover_put<P: Serialize, S: Serialize>(&mut self, user: Id, handing: &Handing<P, S>) -> Result<()> {
        let sql = "INSERT INTO handovers ({org_key}user_id, plan, state, done_at) VALUES ({org_value}?1, ?2, ?3, ?4) \
                   ON CONFLICT ({org_key}user_id) DO UPDATE SET plan = excluded.plan, state = excluded.state, \
                   done_at = excluded.done_at";
        let text = |value: Result<String, serde_json::Error>| value.map_err(Error::internal);
        let (plan, state) = (text(serde_json::to_string(&handing.plan))?, text(serde_json::to_string(&handing.state))?);
        let params = [user.to_cell(), plan.to_cell(), state.to_cell(), handing.done_at.to_cell()];
        self.execute(sql, &params).map(drop)
    }

    pub fn handover_find<P: DeserializeOwned, S: DeserializeOwned>(&mut self, user: Id) -> Result<Option<Handing<P, S>>> {
        let sql = "SELECT plan, state, done_at FROM handovers WHERE {org_is}user_id = ?1";
        self.first(sql, &[user.to_cell()], |row| {
            Ok(Handing {
                plan: serde_json::from_str(&read::<String>(row, 0)?).map_err(Error::internal)?,
                state: serde_json::from_str(&read::<String>(row, 1)?).map_err(Error::internal)?,
                done_at: read(row, 2)?,
            })
        })
    }

    /// Users whose handover was begun and not finished.
    pub fn handovers_open(&mut self) -> Result<Vec<Id>> {
        self.rows("SELECT user_id FROM handovers WHERE {org_is}done_at IS NULL ORDER BY user_id", &[], |row| read(row, 0))
    }
}
