//! What a device knows of the contents of attachments: which lie here, which are to be fetched, which the server has not yet.

use crate::outbox::WaitingRecord;
use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::{Cell, Column, Id, Kind, Millis, Result, Row};
use std::collections::{HashMap, HashSet};

/// One content on this device.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Copy {
    pub sha256: String,
    pub bytes: i64,
    /// Its file lies here.
    pub here: bool,
    /// It is to lie here.
    pub wanted: bool,
    /// Somebody asked for it: it stays, however much lies here.
    pub kept: bool,
    /// The server has it not yet.
    pub unsent: bool,
    pub used_at: Millis,
    /// Failures in a row, and when it is tried again.
    pub tries: i64,
    pub next_at: Millis,
    /// The code of the last failure; empty = none.
    pub refusal: String,
}

/// A content that is to be sent or fetched, and an attachment that the server knows it by.
#[derive(Clone, Debug, PartialEq)]
pub struct Errand {
    pub copy: Copy,
    pub attachment: Id,
    pub customer: Id,
    pub mime: String,
}

const COLUMNS: [&str; 10] = ["sha256", "bytes", "here", "wanted", "kept", "unsent", "used_at", "tries", "next_at", "refusal"];

fn copy(row: &dyn Row) -> Result<Copy> {
    Ok(Copy {
        sha256: read(row, 0)?,
        bytes: read(row, 1)?,
        here: read(row, 2)?,
        wanted: read(row, 3)?,
        kept: read(row, 4)?,
        unsent: read(row, 5)?,
        used_at: read(row, 6)?,
        tries: read(row, 7)?,
        next_at: read(row, 8)?,
        refusal: read(row, 9)?,
    })
}

fn errand(row: &dyn Row) -> Result<Errand> {
    Ok(Errand { copy: copy(row)?, attachment: read(row, 10)?, customer: read(row, 11)?, mime: read(row, 12)? })
}

fn columns(of: &str) -> String {
    COLUMNS.map(|name| format!("{of}{name}")).join(", ")
}

impl Tx<'_> {
    pub fn copy_find(&mut self, sha256: &str) -> Result<Option<Copy>> {
        let sql = format!("SELECT {} FROM contents WHERE sha256 = ?1", columns(""));
        self.first(&sql, &[Cell::Text(sha256.into())], copy)
    }

    pub fn copies_among(&mut self, digests: &[String]) -> Result<HashMap<String, Copy>> {
        if digests.is_empty() {
            return Ok(HashMap::new());
        }
        let places: Vec<String> = (1..=digests.len()).map(|n| format!("?{n}")).collect();
        let sql = format!("SELECT {} FROM contents WHERE sha256 IN ({})", columns(""), places.join(", "));
        let params: Vec<_> = digests.iter().map(Column::to_cell).collect();
        Ok(self.rows(&sql, &params, copy)?.into_iter().map(|copy| (copy.sha256.clone(), copy)).collect())
    }

    pub fn copies(&mut self) -> Result<Vec<Copy>> {
        let sql = format!("SELECT {} FROM contents ORDER BY used_at, sha256", columns(""));
        self.rows(&sql, &[], copy)
    }

    /// Writes what is known of a content, and tells whoever shows an attachment that has it.
    pub fn copy_put(&mut self, copy: &Copy) -> Result<()> {
        let places: Vec<String> = (1..=COLUMNS.len()).map(|n| format!("?{n}")).collect();
        let sets: Vec<String> = COLUMNS[1..].iter().map(|name| format!("{name} = excluded.{name}")).collect();
        let (names, places, sets) = (columns(""), places.join(", "), sets.join(", "));
        let sql = format!("INSERT INTO contents ({names}) VALUES ({places}) ON CONFLICT (sha256) DO UPDATE SET {sets}");
        let params = [
            copy.sha256.to_cell(),
            copy.bytes.to_cell(),
            copy.here.to_cell(),
            copy.wanted.to_cell(),
            copy.kept.to_cell(),
            copy.unsent.to_cell(),
            copy.used_at.to_cell(),
            copy.tries.to_cell(),
            copy.next_at.to_cell(),
            copy.refusal.to_cell(),
        ];
        self.execute(&sql, &params)?;
        let named = "SELECT id FROM attachments WHERE {org_is}sha256 = ?1";
        for id in self.rows(named, &[copy.sha256.to_cell()], |row| read::<Id>(row, 0))? {
            self.touch(Kind::Attachments, id);
        }
        Ok(())
    }

    pub fn copy_forget(&mut self, sha256: &str) -> Result<()> {
        self.execute("DELETE FROM contents WHERE sha256 = ?1", &[Cell::Text(sha256.into())]).map(drop)
    }

    /// Bytes of all contents that lie here.
    pub fn copies_bytes(&mut self) -> Result<i64> {
        let sql = "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM contents WHERE here";
        Ok(self.first(sql, &[], |row| read(row, 0))?.unwrap_or(0))
    }

    /// The next content to send: its file is here, and the server knows an attachment that names it.
    pub fn copy_to_send(&mut self, now: Millis) -> Result<Option<Errand>> {
        self.errand("c.unsent AND c.here", now)
    }

    /// The next content to fetch.
    pub fn copy_to_fetch(&mut self, now: Millis) -> Result<Option<Errand>> {
        self.errand("c.wanted AND NOT c.here", now)
    }

    fn errand(&mut self, what: &str, now: Millis) -> Result<Option<Errand>> {
        let sql = format!(
            "SELECT {}, a.id, a.customer_id, a.mime FROM contents c JOIN attachments a ON a.sha256 = c.sha256 \
             WHERE {what} AND c.next_at <= ?1 AND a.deleted_at IS NULL AND a.version > 0 \
             ORDER BY c.kept DESC, c.used_at DESC, a.id LIMIT 1",
            columns("c.")
        );
        self.first(&sql, &[now.to_cell()], errand)
    }

    /// Attachments of somebody's own customers whose content nobody has decided on here, the newest first.
    pub fn copies_to_want(&mut self, owner: Id, limit: usize) -> Result<Vec<(String, i64, Millis)>> {
        let sql = "SELECT a.sha256, a.bytes, a.created_at FROM attachments a JOIN customers k ON k.id = a.customer_id \
                   WHERE k.assigned_to = ?1 AND k.deleted_at IS NULL AND a.deleted_at IS NULL AND a.version > 0 AND a.sha256 <> '' \
                   AND NOT EXISTS (SELECT 1 FROM contents c WHERE c.sha256 = a.sha256) \
                   ORDER BY a.created_at DESC, a.id LIMIT ?2";
        let limit = Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX));
        self.rows(sql, &[owner.to_cell(), limit], |row| Ok((read(row, 0)?, read(row, 1)?, read(row, 2)?)))
    }

    /// Attachments that the server knows and whose content it has not, the longest waiting first.
    pub fn copies_waiting(&mut self) -> Result<Vec<WaitingRecord>> {
        let sql = "SELECT MIN(a.id), MIN(c.used_at) FROM contents c JOIN attachments a ON a.sha256 = c.sha256 \
                   WHERE c.unsent AND a.deleted_at IS NULL AND a.version > 0 GROUP BY c.sha256 ORDER BY MIN(c.used_at), c.sha256";
        self.rows(sql, &[], |row| {
            Ok(WaitingRecord { kind: Kind::Attachments, id: read(row, 0)?, since: read(row, 1)?, held: false })
        })
    }

    /// Records that wait, and contents whose record is with the server already: what would be lost with this device.
    pub fn waiting_count(&mut self) -> Result<i64> {
        let contents = self.copies_waiting()?;
        let ids: Vec<Id> = contents.iter().map(|one| one.id).collect();
        let counted: HashSet<Id> = self.outbox_among(Kind::Attachments, &ids)?;
        let alone = ids.iter().filter(|id| !counted.contains(id)).count();
        Ok(self.outbox_counts()?.0 + i64::try_from(alone).unwrap_or(0))
    }
}
