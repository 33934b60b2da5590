//! Answers to requests that carried a key, so that a request that comes twice has one effect.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::{Cell, Column, Id, Millis, Result};
use std::collections::HashSet;

/// An answer that is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Of the request that it answered.
    pub digest: String,
    pub answer: String,
}

impl Tx<'_> {
    /// The answer that somebody's key stands for, if it was given at or after `since`; older ones are forgotten.
    pub fn answer_find(&mut self, user: Id, key: &str, since: Millis) -> Result<Option<Kept>> {
        self.answers_forget(since)?;
        let sql = "SELECT digest, answer FROM answers WHERE {org_is}user_id = ?1 AND request_key = ?2";
        let params = [user.to_cell(), Cell::Text(key.into())];
        self.first(sql, &params, |row| Ok(Kept { digest: read(row, 0)?, answer: read(row, 1)? }))
    }

    /// Forgets answers that were given before an instant. Returns how many.
    pub fn answers_forget(&mut self, before: Millis) -> Result<usize> {
        self.execute("DELETE FROM answers WHERE {org_is}at < ?1", &[before.to_cell()])
    }

    /// Empties the kept answers that speak of one of these records; their keys stay used.
    pub fn answers_redact(&mut self, records: &[Id]) -> Result<()> {
        let kept = self.rows("SELECT user_id, request_key, answer FROM answers WHERE {org_is}1 = 1", &[], |row| {
            Ok((read::<Id>(row, 0)?, read::<String>(row, 1)?, read::<String>(row, 2)?))
        })?;
        let ids: HashSet<String> = records.iter().map(ToString::to_string).collect();
        for (user, key, answer) in kept {
            // An id stands between quotes or at the end of an address; it is never part of a longer word.
            if answer.split(['"', '/', '\\']).any(|part| ids.contains(part)) {
                let sql = "UPDATE answers SET answer = '' WHERE {org_is}user_id = ?1 AND request_key = ?2";
                self.execute(sql, &[user.to_cell(), key.to_cell()])?;
            }
        }
        Ok(())
    }

    pub fn answer_put(&mut self, user: Id, key: &str, kept: &Kept, at: Millis) -> Result<()> {
        let sql =
            "INSERT INTO answers ({org_key}user_id, request_key, digest, answer, at) VALUES ({org_value}?1, ?2, ?3, ?4, ?5)";
        let params = [user.to_cell(), Cell::Text(key.into()), kept.digest.to_cell(), kept.answer.to_cell(), Cell::Int(at.0)];
        self.execute(sql, &params).map(drop)
    }
}
