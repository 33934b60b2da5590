//! Device: rows of a download into the tables, in bulk; what rests meanwhile, what has come, what nobody sent.

use crate::backend::Columns;
use crate::sql;
use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::derive::{SearchText, search_text};
use rapport_model::packed::Rows;
use rapport_model::{Cell, Column, Contact, Customer, Error, Id, Kind, Result};
use std::collections::HashMap;
use std::sync::mpsc::sync_channel;

/// Kinds whose indexes are made after their rows. The others are few.
const MANY: &[Kind] = &[Kind::Customers, Kind::Contacts, Kind::Items, Kind::Quotes, Kind::Orders, Kind::Interactions];

/// Customers whose texts are put together at a time.
const PART_CUSTOMERS: usize = 500;

/// Some of the rows that arrived.
struct Picked<'a> {
    rows: &'a Rows<'a>,
    picked: &'a [usize],
}

impl Columns for Picked<'_> {
    fn rows(&self) -> usize {
        self.picked.len()
    }

    fn columns(&self) -> usize {
        self.rows.columns()
    }

    fn is_same(&self, column: usize) -> bool {
        self.rows.is_same(column)
    }

    fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        self.picked.get(row).map_or(Cell::Null, |row| self.rows.cell(*row, column))
    }
}

/// A customer and its contacts, as far as they are searched.
type Found = (Id, Customer, Vec<Contact>);

/// What customers are found by; trashed ones are not found.
fn searched(found: &[Found]) -> Vec<(Id, Option<SearchText>)> {
    let live = found.iter().filter(|(_, customer, _)| customer.meta.deleted_at.is_none());
    live.map(|(id, customer, contacts)| (*id, Some(search_text(customer, contacts)))).collect()
}

impl Tx<'_> {
    /// Writes rows as the server has them, by their places among those that arrived. One that is here in a newer state stays.
    pub fn load_rows(&mut self, rows: &Rows<'_>, picked: &[usize]) -> Result<()> {
        let kind = rows.kind;
        let statement = format!("{} WHERE excluded.version >= {}.version", sql::of(kind).put, kind.text());
        self.raw().load(&statement, &Picked { rows, picked })?;
        let Some(refs) = kind.columns().position(|column| column == "external_refs") else { return Ok(()) };
        for row in picked {
            if !matches!(rows.cell(*row, refs), Cell::Text(text) if text == "[]") {
                let record = rows.record(*row)?;
                self.note_refs(kind, &[record.as_ref()])?;
            }
        }
        Ok(())
    }

    /// Whether there are customers here.
    pub fn has_customers(&mut self) -> Result<bool> {
        Ok(self.first("SELECT id FROM customers WHERE {org_is}1 = 1 LIMIT 1", &[], |row| read::<Id>(row, 0))?.is_some())
    }

    /// Lets the indexes of the large kinds rest until [`Tx::restore_indexes`].
    pub fn rest_indexes(&mut self) -> Result<()> {
        MANY.iter().try_for_each(|kind| self.raw().rest_indexes(kind.text()))
    }

    /// Makes the indexes of a kind again, if they rest.
    pub fn restore_indexes(&mut self, kind: Kind) -> Result<()> {
        self.raw().restore_indexes(kind.text())
    }

    /// Notes records that arrived; what is here and was never noted is not the server's any more.
    pub fn arrived_add(&mut self, kind: Kind, ids: &[Id]) -> Result<()> {
        let rows: Vec<Vec<Cell<'_>>> = ids.iter().map(|id| vec![Cell::Text(kind.text().into()), id.to_cell()]).collect();
        let sql = "INSERT INTO arrived (kind, record_id) VALUES (?1, ?2) ON CONFLICT (kind, record_id) DO NOTHING";
        self.raw().put_many(sql, &rows)
    }

    pub fn arrived_forget(&mut self) -> Result<()> {
        self.execute("DELETE FROM arrived", &[]).map(drop)
    }

    /// Records of a kind that the server once sent and that did not arrive; those with work on them are left out.
    pub fn not_arrived(&mut self, kind: Kind) -> Result<Vec<Id>> {
        let among = |table: &str| format!("SELECT record_id FROM {table} WHERE kind = '{}' AND record_id = r.id", kind.text());
        let sql = format!(
            "SELECT r.id FROM {} r WHERE r.version > 0 AND NOT EXISTS ({}) AND NOT EXISTS ({}) AND NOT EXISTS ({}) ORDER BY r.id",
            kind.text(),
            among("arrived"),
            among("base_rows"),
            among("outbox_records"),
        );
        self.rows(&sql, &[], |row| read(row, 0))
    }

    /// Puts customers into the search, so many parts from behind an id. Returns the last one; `None` when all are in. What a part is
    /// found by is put together on a thread of its own while the part before it is written.
    pub fn search_fill(&mut self, after: Id, parts: usize) -> Result<Option<Id>> {
        std::thread::scope(|scope| {
            let (to_read, read) = sync_channel::<Vec<Found>>(1);
            let (to_write, texts) = sync_channel(1);
            scope.spawn(move || read.iter().try_for_each(|found| to_write.send(searched(&found))));
            let gone = || Error::internal("the search's texts were not put together");
            let (mut last, mut waiting) = (Some(after), 0);
            for _ in 0..parts {
                let Some(from) = last else { break };
                let found = self.searched_after(from, PART_CUSTOMERS)?;
                last = found.last().map(|(id, _, _)| *id).filter(|_| found.len() == PART_CUSTOMERS);
                to_read.send(found).map_err(|_| gone())?;
                if waiting > 0 {
                    self.raw().search_put_many(&texts.recv().map_err(|_| gone())?)?;
                }
                waiting = 1;
            }
            drop(to_read);
            texts.iter().try_for_each(|texts| self.raw().search_put_many(&texts))?;
            Ok(last)
        })
    }

    /// Only what is searched of them is read.
    fn searched_after(&mut self, after: Id, limit: usize) -> Result<Vec<Found>> {
        let sql = "SELECT id, deleted_at, name, company_name, email, website, city, tags, phone FROM customers \
                   WHERE {org_is}id > ?1 ORDER BY id LIMIT ?2";
        let limit = Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX));
        let mut found: Vec<Found> = self.rows(sql, &[after.to_cell(), limit], |row| {
            let mut customer = Customer { name: read(row, 2)?, company_name: read(row, 3)?, ..Customer::default() };
            customer.meta.deleted_at = read(row, 1)?;
            (customer.email, customer.website, customer.city) = (read(row, 4)?, read(row, 5)?, read(row, 6)?);
            (customer.tags, customer.phone) = (read(row, 7)?, read(row, 8)?);
            Ok((read(row, 0)?, customer, Vec::new()))
        })?;
        let (Some((first, _, _)), Some((last, _, _))) = (found.first(), found.last()) else { return Ok(found) };
        let sql = "SELECT customer_id, first_name, last_name, email, phone, mobile FROM contacts WHERE {org_is}customer_id >= ?1 \
                   AND customer_id <= ?2 AND deleted_at IS NULL AND is_active ORDER BY customer_id, created_at, id";
        let params = [first.to_cell().into_owned(), last.to_cell().into_owned()];
        let mut contacts: HashMap<Id, Vec<Contact>> = HashMap::with_capacity(found.len());
        self.raw().query(sql, &params, &mut |row| {
            let contact = Contact {
                first_name: read(row, 1)?,
                last_name: read(row, 2)?,
                email: read(row, 3)?,
                phone: read(row, 4)?,
                mobile: read(row, 5)?,
                ..Contact::default()
            };
            contacts.entry(read(row, 0)?).or_default().push(contact);
            Ok(())
        })?;
        for (id, _, held) in &mut found {
            *held = contacts.remove(id).unwrap_or_default();
        }
        Ok(found)
    }
}
