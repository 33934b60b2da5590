//! What customers that may be there twice are found by, and which of them were merged into another.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::likeness::Facts;
use rapport_model::{Column, Contact, Customer, Id, Kind, Result};
use std::collections::HashMap;

const PEOPLE: &str = "SELECT customer_id, first_name, last_name, email, phone, mobile FROM contacts \
    WHERE {org_is}deleted_at IS NULL AND is_active = 1";

const CUSTOMERS: &str = "SELECT id, name, company_name, email, phone, website, address FROM customers \
    WHERE {org_is}deleted_at IS NULL AND archived_at IS NULL ORDER BY id";

impl Tx<'_> {
    /// What every customer says of itself, ready to be held against others.
    pub fn facts_of_all(&mut self) -> Result<(Vec<Id>, Vec<Facts>)> {
        let mut people: HashMap<Id, Vec<Contact>> = HashMap::new();
        self.raw().query(PEOPLE, &[], &mut |row| {
            let contact = Contact {
                first_name: read(row, 1)?,
                last_name: read(row, 2)?,
                email: read(row, 3)?,
                phone: read(row, 4)?,
                mobile: read(row, 5)?,
                ..Contact::default()
            };
            people.entry(read(row, 0)?).or_default().push(contact);
            Ok(())
        })?;
        let (mut ids, mut facts) = (Vec::new(), Vec::new());
        self.raw().query(CUSTOMERS, &[], &mut |row| {
            let id: Id = read(row, 0)?;
            let customer = Customer {
                name: read(row, 1)?,
                company_name: read(row, 2)?,
                email: read(row, 3)?,
                phone: read(row, 4)?,
                website: read(row, 5)?,
                address: read(row, 6)?,
                ..Customer::default()
            };
            facts.push(Facts::of(&customer, people.get(&id).map_or(&[], Vec::as_slice)));
            ids.push(id);
            Ok(())
        })?;
        Ok((ids, facts))
    }

    /// Customers in the trash that live on in this one, the latest first.
    pub fn merged_into(&mut self, customer: Id) -> Result<Vec<Customer>> {
        let sql = "SELECT id FROM customers WHERE {org_is}deleted_at IS NOT NULL AND merged IS NOT NULL \
                   ORDER BY deleted_at DESC, id";
        let ids: Vec<Id> = self.rows(sql, &[], |row| Id::from_cell(row.cell(0)?))?;
        let mut found = self.find_many(Kind::Customers, &ids)?;
        let all = ids.iter().filter_map(|id| found.remove(id)?.of::<Customer>().cloned());
        Ok(all.filter(|one| one.merged.as_ref().is_some_and(|merged| merged.into == customer)).collect())
    }
}
