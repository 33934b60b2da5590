//! Answers to requests that carried a key, so that a request that comes twice has one effect.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::{Cell, Column, Id, Millis, Result};

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
        self.execute("DELETE FROM answers WHERE {org_is}at < ?1", &[since.to_cell()])?;
        let sql = "SELECT digest, answer FROM answers WHERE {org_is}user_id = ?1 AND request_key = ?2";
        let params = [user.to_cell(), Cell::Text(key.into())];
        self.first(sql, &params, |row| Ok(Kept { digest: read(row, 0)?, answer: read(row, 1)? }))
    }

    pub fn answer_put(&mut self, user: Id, key: &str, kept: &Kept, at: Millis) -> Result<()> {
        let sql =
            "INSERT INTO answers ({org_key}user_id, request_key, digest, answer, at) VALUES ({org_value}?1, ?2, ?3, ?4, ?5)";
        let params = [user.to_cell(), Cell::Text(key.into()), kept.digest.to_cell(), kept.answer.to_cell(), Cell::Int(at.0)];
        self.execute(sql, &params).map(drop)
    }
}
