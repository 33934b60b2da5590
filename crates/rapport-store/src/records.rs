//! Records by id, one and many, in and out.

use crate::sql;
use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::derive::bears;
use rapport_model::stamp::Stamps;
use rapport_model::{BoxedRecord, Cell, Code, Column, Declared, Error, Id, Kind, Record, Result};
use std::collections::HashMap;

impl Tx<'_> {
    /// The record, trashed ones included.
    pub fn find(&mut self, kind: Kind, id: Id) -> Result<Option<BoxedRecord>> {
        self.first(&sql::of(kind).get, &[id.to_cell()], |row| kind.read(row, 0))
    }

    /// The record, or 404.
    pub fn get(&mut self, kind: Kind, id: Id) -> Result<BoxedRecord> {
        self.find(kind, id)?.ok_or_else(|| not_found(kind, id))
    }

    pub fn find_as<T: Declared>(&mut self, id: Id) -> Result<Option<T>> {
        Ok(self.find(T::KIND, id)?.and_then(|record| record.of::<T>().cloned()))
    }

    pub fn get_as<T: Declared>(&mut self, id: Id) -> Result<T> {
        self.find_as(id)?.ok_or_else(|| not_found(T::KIND, id))
    }

    pub fn find_many(&mut self, kind: Kind, ids: &[Id]) -> Result<HashMap<Id, BoxedRecord>> {
        let mut out = HashMap::with_capacity(ids.len());
        self.raw().get_many(&sql::of(kind).get, ids, &mut |row| {
            let record = kind.read(row, 0)?;
            out.insert(record.meta().id, record);
            Ok(())
        })?;
        Ok(out)
    }

    /// The versions of those of these records that are here.
    pub fn versions(&mut self, kind: Kind, ids: &[Id]) -> Result<HashMap<Id, i64>> {
        let mut out = HashMap::with_capacity(ids.len());
        let statement = format!("SELECT id, version FROM {} WHERE {{org_is}}id = ?1", kind.text());
        self.raw().get_many(&statement, ids, &mut |row| {
            out.insert(read(row, 0)?, read(row, 1)?);
            Ok(())
        })?;
        Ok(out)
    }

    /// Writes a record as it is: no rule, no outbox, no derived field.
    pub fn put(&mut self, record: &dyn Record) -> Result<()> {
        self.put_many(record.kind(), &[record])
    }

    pub fn put_many(&mut self, kind: Kind, records: &[&dyn Record]) -> Result<()> {
        let rows: Vec<_> = records.iter().map(|record| record.cells()).collect();
        self.raw().put_many(&sql::of(kind).put, &rows)?;
        self.note_refs(kind, records)?;
        records.iter().for_each(|record| self.touch(kind, record.meta().id));
        Ok(())
    }

    /// Writes records as the server has them; of one that is here only what differs. Returns those that bear on their customers now or
    /// did before: new ones, and changed ones.
    pub fn put_newer(&mut self, kind: Kind, records: &[&dyn Record]) -> Result<Vec<Id>> {
        // Of several of one record the last stands.
        let last: HashMap<Id, &dyn Record> = records.iter().map(|record| (record.meta().id, *record)).collect();
        let ids: Vec<Id> = last.keys().copied().collect();
        let held = self.find_many(kind, &ids)?;
        let mut new = Vec::with_capacity(last.len() - held.len());
        let mut bearing = Vec::new();
        for (id, record) in last {
            let before = held.get(&id);
            if let Some(before) = before
                && !self.put_over_bearing(before.as_ref(), record)?
            {
                continue;
            }
            bearing.push(id);
            if before.is_none() {
                new.push(record);
            }
        }
        self.put_many(kind, &new)?;
        Ok(bearing)
    }

    /// Writes what differs between a record as it was read in this transaction and as it shall be. Columns that stay leave
    /// their indexes alone, which is most of what a write costs.
    pub fn put_over(&mut self, before: &dyn Record, after: &dyn Record) -> Result<()> {
        self.put_differing(before, after, None).map(drop)
    }

    /// The same, and says whether anything moved that bears on its customer.
    pub fn put_over_bearing(&mut self, before: &dyn Record, after: &dyn Record) -> Result<bool> {
        let moved = self.put_differing(before, after, None)?;
        Ok(moved.into_iter().any(|column| bears(after.kind(), column)))
    }

    /// Returns the columns that differed.
    fn put_differing(&mut self, before: &dyn Record, after: &dyn Record, stamps: Option<&Stamps>) -> Result<Vec<&'static str>> {
        let kind = after.kind();
        let (was, mut is) = (before.cells(), after.cells());
        let mut moved = Vec::new();
        let mut sets = Vec::new();
        let mut params = Vec::new();
        for (column, (old, new)) in kind.columns().zip(was.iter().zip(&mut is)) {
            if old != new {
                params.push(std::mem::replace(new, Cell::Null));
                sets.push(format!("{column} = ?{}", params.len()));
                moved.push(column);
            }
        }
        if let Some(stamps) = stamps {
            params.push(stamps.to_cell());
            sets.push(format!("stamps = ?{}", params.len()));
        }
        let id = after.meta().id;
        if !sets.is_empty() {
            params.push(id.to_cell());
            let statement = format!("UPDATE {} SET {} WHERE {{org_is}}id = ?{}", kind.text(), sets.join(", "), params.len());
            self.execute(&statement, &params)?;
            if moved.contains(&"external_refs") {
                self.note_refs(kind, &[after])?;
            }
        }
        self.touch(kind, id);
        Ok(moved)
    }

    /// Takes a record out of the table for good.
    pub fn remove(&mut self, kind: Kind, id: Id) -> Result<()> {
        self.execute(&format!("DELETE FROM {} WHERE {{org_is}}id = ?1", kind.text()), &[id.to_cell()])?;
        self.execute("DELETE FROM refs WHERE {org_is}record_id = ?1", &[id.to_cell()])?;
        self.touch(kind, id);
        Ok(())
    }

    /// Server: records with the stamps of their units.
    pub fn find_stamped(&mut self, kind: Kind, ids: &[Id]) -> Result<HashMap<Id, (BoxedRecord, Stamps)>> {
        let mut out = HashMap::with_capacity(ids.len());
        let stamps_at = kind.columns().count();
        self.raw().get_many(&sql::of(kind).get_stamped, ids, &mut |row| {
            let record = kind.read(row, 0)?;
            out.insert(record.meta().id, (record, read(row, stamps_at)?));
            Ok(())
        })?;
        Ok(out)
    }

    /// Server: writes records with the stamps of their units. Returns those of which nothing moved that bears on their customers, as
    /// far as it was looked at.
    pub fn put_stamped(&mut self, kind: Kind, records: &[(&dyn Record, &Stamps)]) -> Result<Vec<Id>> {
        let ids: Vec<Id> = records.iter().map(|(record, _)| record.meta().id).collect();
        let mut held = if self.raw().writes_named_columns() { self.find_many(kind, &ids)? } else { HashMap::new() };
        let mut whole = Vec::with_capacity(records.len());
        let mut quiet = Vec::new();
        for (record, stamps) in records {
            // What is named twice is not as it was read the second time.
            match held.remove(&record.meta().id) {
                Some(before) => {
                    let moved = self.put_differing(before.as_ref(), *record, Some(stamps))?;
                    if !moved.into_iter().any(|column| bears(kind, column)) {
                        quiet.push(record.meta().id);
                    }
                }
                None => whole.push((*record, *stamps)),
            }
        }
        let ids: Vec<Vec<Cell<'_>>> = whole.iter().map(|(record, _)| vec![record.meta().id.to_cell()]).collect();
        self.forget_refs(kind, &ids)?;
        self.add_stamped(kind, &whole)?;
        Ok(quiet)
    }

    /// Server: writes records that are not here yet, with the stamps of their units.
    pub fn add_stamped(&mut self, kind: Kind, records: &[(&dyn Record, &Stamps)]) -> Result<()> {
        let mut rows = Vec::with_capacity(records.len());
        for (record, stamps) in records {
            let mut cells = record.cells();
            cells.push(stamps.to_cell());
            rows.push(cells);
        }
        self.raw().put_many(&sql::of(kind).put_stamped, &rows)?;
        let plain: Vec<&dyn Record> = records.iter().map(|(record, _)| *record).collect();
        self.add_refs(kind, &plain)?;
        plain.iter().for_each(|record| self.touch(kind, record.meta().id));
        Ok(())
    }

    /// Customers that are not deleted and carry one of these name keys.
    pub fn customers_by_name_key(&mut self, key: &str) -> Result<Vec<BoxedRecord>> {
        let statement = format!(
            "SELECT {} FROM customers WHERE {{org_is}}name_key = ?1 AND deleted_at IS NULL",
            sql::of(Kind::Customers).columns
        );
        self.rows(&statement, &[key.to_owned().to_cell()], |row| Kind::Customers.read(row, 0))
    }

    /// The records of one customer, in order of creation, trashed ones included.
    pub fn children<T: Declared>(&mut self, customer: Id) -> Result<Vec<T>> {
        let kind = T::KIND;
        let statement = format!(
            "SELECT {} FROM {} WHERE {{org_is}}customer_id = ?1 ORDER BY created_at, id",
            sql::of(kind).columns,
            kind.text()
        );
        self.rows(&statement, &[customer.to_cell()], |row| rapport_model::record::read_record::<T>(row, 0))
    }

    /// Every record of a kind that is small by nature: users, teams, orgs, open cards.
    pub fn all<T: Declared>(&mut self) -> Result<Vec<T>> {
        let statement = format!(
            "SELECT {} FROM {} WHERE {{org_is}}deleted_at IS NULL ORDER BY id LIMIT 10000",
            sql::of(T::KIND).columns,
            T::KIND.text()
        );
        self.rows(&statement, &[], |row| rapport_model::record::read_record::<T>(row, 0))
    }
}

fn not_found(kind: Kind, id: Id) -> Error {
    Error::new(Code::NotFound, format!("There is no {} {id} here.", kind.type_name().to_lowercase()))
}

impl Tx<'_> {
    /// Which customers carry references of other systems: (customer, references). One pass over the table, for imports.
    pub fn customer_refs(&mut self) -> Result<Vec<(Id, Vec<rapport_model::customer::ExternalRef>)>> {
        let sql = "SELECT id, external_refs FROM customers WHERE {org_is}external_refs <> '[]' AND deleted_at IS NULL";
        self.rows(sql, &[], |row| Ok((read(row, 0)?, read(row, 1)?)))
    }
}

impl Tx<'_> {
    /// Every id of a kind; for digests, exports and tests.
    pub fn ids(&mut self, kind: Kind) -> Result<Vec<Id>> {
        self.rows(&format!("SELECT id FROM {} WHERE {{org_is}}1 = 1 ORDER BY id", kind.text()), &[], |row| read(row, 0))
    }
}

impl Tx<'_> {
    /// The records of a kind behind an id, in order of ids: everything, a part at a time.
    pub fn records_after(&mut self, kind: Kind, after: Id, limit: usize) -> Result<Vec<BoxedRecord>> {
        let statement =
            format!("SELECT {} FROM {} WHERE {{org_is}}id > ?1 ORDER BY id LIMIT ?2", sql::of(kind).columns, kind.text());
        let limit = Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX));
        self.rows(&statement, &[after.to_cell(), limit], |row| kind.read(row, 0))
    }

    /// Device: what was read from the server counts for nothing any more until it comes again; see [`Tx::outdated`].
    pub fn outdate(&mut self) -> Result<()> {
        for kind in Kind::ALL {
            self.execute(&format!("UPDATE {} SET version = -1 WHERE {{org_is}}version > 0", kind.text()), &[])?;
        }
        self.execute("UPDATE base_rows SET version = -1 WHERE version > 0", &[]).map(drop)
    }

    /// Device: records of a kind that did not come again.
    pub fn outdated(&mut self, kind: Kind) -> Result<Vec<Id>> {
        let sql = format!("SELECT id FROM {} WHERE {{org_is}}version = -1 ORDER BY id", kind.text());
        self.rows(&sql, &[], |row| read(row, 0))
    }

    /// Device: how many records of the server are held.
    pub fn held_count(&mut self) -> Result<i64> {
        let mut count = 0;
        for kind in [Kind::Customers].iter().chain(Kind::CHILDREN) {
            let sql = format!("SELECT COUNT(*) FROM {} WHERE {{org_is}}1 = 1", kind.text());
            count += self.first(&sql, &[], |row| read::<i64>(row, 0))?.unwrap_or(0);
        }
        Ok(count)
    }
}
