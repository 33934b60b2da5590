//! The versions of rows, customer by customer, at both ends: what sums are made of.

use crate::list::Where;
use crate::snapshot::held;
use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::{Cell, Column, Facet, Id, Kind, Result, Sight};

/// A row: the customer that it hangs on, its id, its version.
pub type Versioned = (Id, Id, i64);

fn rows(limit: usize) -> Cell<'static> {
    Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX))
}

/// The column that leads to the customer.
fn owner(kind: Kind) -> &'static str {
    if kind == Kind::Customers { "id" } else { "customer_id" }
}

/// The last id there is.
pub const LAST: Id = Id::from_bytes([0xff; 16]);

impl Tx<'_> {
    /// Server: the customers that devices of this sight hold, behind an id, in order of ids.
    pub fn held_customers(&mut self, sight: &Sight, after: Id, limit: usize) -> Result<Vec<Versioned>> {
        let mut filter = Where::default();
        filter.and("id > ?", vec![after.to_cell().into_owned()]);
        held(sight, &mut filter);
        let mut params = filter.params;
        params.push(rows(limit));
        let sql =
            format!("SELECT id, version FROM customers WHERE {{org_is}}{} ORDER BY id LIMIT ?{}", filter.text, params.len());
        self.rows(&sql, &params, |row| Ok((read(row, 0)?, read(row, 0)?, read(row, 1)?)))
    }

    /// Server: the rows of a kind that such devices hold of customers behind one and up to another.
    pub fn held_rows(&mut self, sight: &Sight, kind: Kind, after: Id, through: Id) -> Result<Vec<Versioned>> {
        if sight.hides_kind(kind) {
            return Ok(Vec::new());
        }
        let mut filter = Where::default();
        let range = vec![after.to_cell().into_owned(), through.to_cell().into_owned()];
        filter.and("id > ? AND id <= ?", range);
        held(sight, &mut filter);
        let customers = format!("SELECT id AS holder FROM customers WHERE {{org_is}}{}", filter.text);
        let drafts = kind == Kind::Quotes && sight.hides(Facet::Draft);
        let shown = if drafts { "status <> 'draft'" } else { "1 = 1" };
        let sql = format!(
            "SELECT c.holder, r.id, r.version FROM ({customers}) c JOIN (SELECT id, version, customer_id FROM {} WHERE \
             {{org_is}}{shown}) r ON r.customer_id = c.holder",
            kind.text(),
        );
        self.rows(&sql, &filter.params, |row| Ok((read(row, 0)?, read(row, 1)?, read(row, 2)?)))
    }

    /// Device: the rows of the server that are here, of customers behind one and up to another. What exists here alone, and what
    /// the server took back under an edit, is not among them.
    pub fn own_rows(&mut self, kind: Kind, after: Id, through: Id) -> Result<Vec<Versioned>> {
        let (table, owner) = (kind.text(), owner(kind));
        let sql = format!(
            "SELECT r.{owner}, r.id, COALESCE(b.version, r.version) FROM {table} r LEFT JOIN base_rows b ON b.kind = '{table}' AND \
             b.record_id = r.id WHERE r.{owner} > ?1 AND r.{owner} <= ?2 AND COALESCE(b.version, r.version) > 0 AND \
             (b.record_id IS NULL OR b.record IS NOT NULL)"
        );
        self.rows(&sql, &[after.to_cell(), through.to_cell()], |row| Ok((read(row, 0)?, read(row, 1)?, read(row, 2)?)))
    }

    /// The ids of a customer's records of a kind, behind one of them.
    pub fn family_ids(&mut self, kind: Kind, customer: Id, after: Id, limit: usize) -> Result<Vec<Id>> {
        let sql = format!("SELECT id FROM {} WHERE {{org_is}}{} = ?1 AND id > ?2 ORDER BY id LIMIT ?3", kind.text(), owner(kind));
        self.rows(&sql, &[customer.to_cell(), after.to_cell(), rows(limit)], |row| read(row, 0))
    }
}
