//! Which contents of attachments are still named by a record.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::{Column, Id, Result};
use std::collections::HashSet;

impl Tx<'_> {
    /// The digests of what hangs on a customer, of what lies in the trash too.
    pub fn contents_of(&mut self, customer: Id) -> Result<Vec<String>> {
        let sql = "SELECT DISTINCT sha256 FROM attachments WHERE {org_is}customer_id = ?1 AND sha256 <> '' ORDER BY sha256";
        self.rows(sql, &[customer.to_cell()], |row| read(row, 0))
    }

    /// Those of these digests that some attachment names, in the trash or not.
    pub fn contents_named(&mut self, digests: &[String]) -> Result<HashSet<String>> {
        let places: Vec<String> = (1..=digests.len()).map(|n| format!("?{n}")).collect();
        let sql = format!("SELECT DISTINCT sha256 FROM attachments WHERE {{org_is}}sha256 IN ({})", places.join(", "));
        let params: Vec<_> = digests.iter().map(Column::to_cell).collect();
        Ok(self.rows(&sql, &params, |row| read(row, 0))?.into_iter().collect())
    }
}
