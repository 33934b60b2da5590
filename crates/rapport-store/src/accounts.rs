//! The server's accounts, devices and enrolments, kept in the org's own file; and the directory that leads to it.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::{Cell, Column, Id, Millis, Result, Row};

/// How somebody signs in.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    pub user_id: Id,
    /// Folded e-mail.
    pub email_key: String,
    /// Argon2id, in PHC form; "" = no password was set yet.
    pub secret: String,
}

/// A signed-in device. Refresh tokens are kept as hashes only.
#[derive(Clone, Debug, PartialEq)]
pub struct Device {
    pub id: Id,
    pub user_id: Id,
    pub name: String,
    /// The code in numbers made on the device, such as `K7`.
    pub code: String,
    pub created_at: Millis,
    pub seen_at: Millis,
    pub revoked_at: Option<Millis>,
    /// The refresh token in use.
    pub current: String,
    /// Those handed out for it and not used yet, with spaces between them; "" = none.
    pub next: String,
    /// The one used before the present one; its re-use revokes the device. "" = none.
    pub previous: String,
}

const DEVICE: &str = "id, user_id, name, code, created_at, seen_at, revoked_at, current_hash, next_hash, previous_hash";

fn device(row: &dyn Row) -> Result<Device> {
    Ok(Device {
        id: read(row, 0)?,
        user_id: read(row, 1)?,
        name: read(row, 2)?,
        code: read(row, 3)?,
        created_at: read(row, 4)?,
        seen_at: read(row, 5)?,
        revoked_at: read(row, 6)?,
        current: read(row, 7)?,
        next: read(row, 8)?,
        previous: read(row, 9)?,
    })
}

impl Tx<'_> {
    pub fn account_put(&mut self, account: &Account) -> Result<()> {
        let sql = "INSERT INTO accounts ({org_key}user_id, email_key, secret) VALUES ({org_value}?1, ?2, ?3) \
                   ON CONFLICT ({org_key}user_id) DO UPDATE SET email_key = excluded.email_key, secret = excluded.secret";
        self.execute(sql, &[account.user_id.to_cell(), account.email_key.to_cell(), account.secret.to_cell()]).map(drop)
    }

    pub fn account_by_email(&mut self, email_key: &str) -> Result<Option<Account>> {
        let sql = "SELECT user_id, email_key, secret FROM accounts WHERE {org_is}email_key = ?1";
        self.first(sql, &[Cell::Text(email_key.into())], account)
    }

    /// Every account of the org; the directory is repaired from it.
    pub fn accounts(&mut self) -> Result<Vec<Account>> {
        self.rows("SELECT user_id, email_key, secret FROM accounts WHERE {org_is}1 = 1 ORDER BY email_key", &[], account)
    }

    pub fn device_put(&mut self, device: &Device) -> Result<()> {
        let sql = format!(
            "INSERT INTO devices ({{org_key}}{DEVICE}) VALUES ({{org_value}}?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
             ON CONFLICT ({{org_key}}id) DO UPDATE SET name = excluded.name, seen_at = excluded.seen_at, \
             revoked_at = excluded.revoked_at, current_hash = excluded.current_hash, next_hash = excluded.next_hash, \
             previous_hash = excluded.previous_hash"
        );
        let params = [
            device.id.to_cell(),
            device.user_id.to_cell(),
            device.name.to_cell(),
            device.code.to_cell(),
            device.created_at.to_cell(),
            device.seen_at.to_cell(),
            device.revoked_at.to_cell(),
            device.current.to_cell(),
            device.next.to_cell(),
            device.previous.to_cell(),
        ];
        self.execute(&sql, &params).map(drop)
    }

    pub fn device_find(&mut self, id: Id) -> Result<Option<Device>> {
        self.first(&format!("SELECT {DEVICE} FROM devices WHERE {{org_is}}id = ?1"), &[id.to_cell()], device)
    }

    pub fn device_code_taken(&mut self, code: &str) -> Result<bool> {
        let sql = "SELECT 1 FROM devices WHERE {org_is}code = ?1";
        Ok(self.first(sql, &[Cell::Text(code.into())], |_| Ok(()))?.is_some())
    }

    /// Keeps a one-time enrolment: the hash of its code, for whom, until when.
    pub fn enrolment_put(&mut self, code_hash: &str, user: Id, expires_at: Millis) -> Result<()> {
        let sql = "INSERT INTO enrolments ({org_key}code_hash, user_id, expires_at) VALUES ({org_value}?1, ?2, ?3)";
        self.execute(sql, &[Cell::Text(code_hash.into()), user.to_cell(), expires_at.to_cell()]).map(drop)
    }

    /// Uses up an enrolment: returns whom it was for if it was valid, and takes it away in any case.
    pub fn enrolment_take(&mut self, code_hash: &str, now: Millis) -> Result<Option<Id>> {
        let sql = "DELETE FROM enrolments WHERE {org_is}code_hash = ?1 RETURNING user_id, expires_at";
        let found = self.first(sql, &[Cell::Text(code_hash.into())], |row| Ok((read::<Id>(row, 0)?, read::<Millis>(row, 1)?)))?;
        Ok(found.filter(|(_, expires_at)| *expires_at > now).map(|(user, _)| user))
    }

    /// Directory: which org an e-mail address signs in to.
    pub fn directory_find(&mut self, email_key: &str) -> Result<Option<Id>> {
        self.first("SELECT org_id FROM directory WHERE email_key = ?1", &[Cell::Text(email_key.into())], |row| read(row, 0))
    }

    /// Directory: leads an e-mail address to an org.
    pub fn directory_put(&mut self, email_key: &str, org: Id) -> Result<()> {
        let sql = "INSERT INTO directory (email_key, org_id) VALUES (?1, ?2) ON CONFLICT (email_key) DO UPDATE SET org_id = excluded.org_id";
        self.execute(sql, &[Cell::Text(email_key.into()), org.to_cell()]).map(drop)
    }

    /// Directory: every address with its org, so that what no org knows any more can be taken out.
    pub fn directory_entries(&mut self) -> Result<Vec<(String, Id)>> {
        let sql = "SELECT email_key, org_id FROM directory ORDER BY email_key";
        self.rows(sql, &[], |row| Ok((read(row, 0)?, read(row, 1)?)))
    }

    /// Directory: an address that leads nowhere any more.
    pub fn directory_remove(&mut self, email_key: &str) -> Result<()> {
        self.execute("DELETE FROM directory WHERE email_key = ?1", &[Cell::Text(email_key.into())]).map(drop)
    }

    /// Directory: a secret of the whole server, made on first use.
    pub fn server_secret(&mut self, name: &str, fresh: [u8; 32]) -> Result<Vec<u8>> {
        let sql = "INSERT INTO secrets (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING";
        self.execute(sql, &[Cell::Text(name.into()), Cell::Blob(fresh.as_slice().into())])?;
        let found =
            self.first("SELECT value FROM secrets WHERE name = ?1", &[Cell::Text(name.into())], |row| match row.cell(0)? {
                Cell::Blob(bytes) => Ok(bytes.into_owned()),
                _ => Err(rapport_model::Error::internal("a secret that is no bytes")),
            })?;
        found.ok_or_else(|| rapport_model::Error::internal("a secret that was not kept"))
    }
}

fn account(row: &dyn Row) -> Result<Account> {
    Ok(Account { user_id: read(row, 0)?, email_key: read(row, 1)?, secret: read(row, 2)? })
}
