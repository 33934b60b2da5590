//! The tokens of machines, kept in the org's own file.

use crate::store::Tx;
use rapport_model::access::Scope;
use rapport_model::cell::read;
use rapport_model::{Cell, Column, Id, Millis, Result, Row};

/// What is kept of a token. The token itself is not.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    pub id: Id,
    /// SHA-256, in hex.
    pub hash: String,
    /// Whom it acts as.
    pub user_id: Id,
    pub name: String,
    pub scope: Scope,
    pub created_at: Millis,
    pub expires_at: Millis,
    /// About when it was last used; not every use is noted.
    pub used_at: Option<Millis>,
    pub revoked_at: Option<Millis>,
}

const TOKEN: &str = "id, hash, user_id, name, scope, created_at, expires_at, used_at, revoked_at";

fn token(row: &dyn Row) -> Result<Token> {
    Ok(Token {
        id: read(row, 0)?,
        hash: read(row, 1)?,
        user_id: read(row, 2)?,
        name: read(row, 3)?,
        scope: read(row, 4)?,
        created_at: read(row, 5)?,
        expires_at: read(row, 6)?,
        used_at: read(row, 7)?,
        revoked_at: read(row, 8)?,
    })
}

impl Tx<'_> {
    pub fn token_add(&mut self, token: &Token) -> Result<()> {
        let sql = format!("INSERT INTO tokens ({{org_key}}{TOKEN}) VALUES ({{org_value}}?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        let params = [
            token.id.to_cell(),
            token.hash.to_cell(),
            token.user_id.to_cell(),
            token.name.to_cell(),
            token.scope.to_cell(),
            token.created_at.to_cell(),
            token.expires_at.to_cell(),
            token.used_at.to_cell(),
            token.revoked_at.to_cell(),
        ];
        self.execute(&sql, &params).map(drop)
    }

    pub fn token_by_hash(&mut self, hash: &str) -> Result<Option<Token>> {
        self.first(&format!("SELECT {TOKEN} FROM tokens WHERE {{org_is}}hash = ?1"), &[Cell::Text(hash.into())], token)
    }

    /// Every token of the org, also those that ran out or were revoked, in the order of their making.
    pub fn tokens(&mut self) -> Result<Vec<Token>> {
        self.rows(&format!("SELECT {TOKEN} FROM tokens WHERE {{org_is}}1 = 1 ORDER BY created_at, id"), &[], token)
    }

    pub fn token_used(&mut self, id: Id, at: Millis) -> Result<()> {
        self.execute("UPDATE tokens SET used_at = ?1 WHERE {org_is}id = ?2", &[at.to_cell(), id.to_cell()]).map(drop)
    }

    /// Ends a token, if there is one of this id; one that was revoked before stays revoked since then.
    pub fn token_revoke(&mut self, id: Id, at: Millis) -> Result<bool> {
        let sql = "UPDATE tokens SET revoked_at = COALESCE(revoked_at, ?1) WHERE {org_is}id = ?2";
        Ok(self.execute(sql, &[at.to_cell(), id.to_cell()])? > 0)
    }

    /// Ends every token that acts as a user. Returns how many were good until now.
    pub fn tokens_revoke(&mut self, user: Id, at: Millis) -> Result<usize> {
        let sql = "UPDATE tokens SET revoked_at = ?1 WHERE {org_is}user_id = ?2 AND revoked_at IS NULL";
        self.execute(sql, &[at.to_cell(), user.to_cell()])
    }
}
