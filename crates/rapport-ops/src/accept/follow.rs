//! What follows from what was written: the computed fields of the customers it hangs on.

use crate::world::Slot;
use rapport_model::{BoxedRecord, Contact, Customer, Id, Kind, Millis, Result, customer_of};
use rapport_store::Tx;
use rapport_store::derived::Derived;
use rapport_store::log::Sequence;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What was written, and the customers whose computed fields follow.
pub(super) struct Touched {
    written: Vec<Slot>,
    /// Customers that were there before, or that more than contacts came with.
    pub customers: Vec<Id>,
    /// Customers that were made just now. All that hangs on them was written with them, so they were stored as they have to be.
    made: Vec<Derived>,
}

impl Touched {
    /// By these; what is quiet bears on nothing.
    pub fn by(written: Vec<Slot>, made: Vec<Derived>, quiet: &HashSet<Id>) -> Touched {
        let loud = written.iter().filter(|slot| !quiet.contains(&slot.record.meta().id));
        let mut customers: BTreeSet<Id> =
            loud.flat_map(|slot| customer_of(slot.record.as_ref()).into_iter().chain(slot.hung_on)).collect();
        let new: HashSet<Id> = made.iter().map(|one| one.customer().meta.id).collect();
        customers.retain(|id| !new.contains(id));
        Touched { written, customers: customers.into_iter().collect(), made }
    }

    /// A record as it stands now.
    pub fn record(&self, tx: &mut Tx<'_>, kind: Kind, id: Id) -> Result<BoxedRecord> {
        let is_it = |slot: &&Slot| slot.record.kind() == kind && slot.record.meta().id == id;
        match self.written.iter().find(is_it) {
            Some(slot) if !self.customers.contains(&id) => Ok(slot.record.clone()),
            _ => tx.get(kind, id),
        }
    }

    /// What was written, as it stands now; customers whose computed fields may have moved behind it are left out.
    pub fn into_records(self) -> HashMap<(Kind, Id), BoxedRecord> {
        let Touched { written, customers, .. } = self;
        let stands = |record: &BoxedRecord| customers.binary_search(&record.meta().id).is_err();
        let records = written.into_iter().map(|slot| slot.record).filter(stands);
        records.map(|record| ((record.kind(), record.meta().id), record)).collect()
    }

    /// Customers that may have moved, as they stand now.
    pub fn customers(&self, tx: &mut Tx<'_>) -> Result<Vec<Customer>> {
        let found = tx.find_many(Kind::Customers, &self.customers)?;
        let moved = found.values().filter_map(|record| record.of::<Customer>());
        Ok(moved.chain(self.made.iter().map(Derived::customer)).cloned().collect())
    }
}

/// Computes the fields of customers that are made just now with contacts at most, before they are written.
pub(super) fn complete(dirty: &mut [Slot]) -> Vec<Derived> {
    let mut contacts: BTreeMap<Id, Vec<Contact>> = BTreeMap::new();
    let mut others = HashSet::new();
    for slot in dirty.iter() {
        let Some(owner) = customer_of(slot.record.as_ref()) else { continue };
        match (slot.record.kind(), slot.record.of::<Contact>()) {
            (_, Some(contact)) => contacts.entry(owner).or_default().push(contact.clone()),
            (Kind::Customers, None) => {}
            (_, None) => {
                others.insert(owner);
            }
        }
    }
    let mut made = Vec::new();
    for slot in dirty.iter_mut().filter(|slot| !slot.stored && !others.contains(&slot.record.meta().id)) {
        let Some(customer) = slot.record.of_mut::<Customer>() else { continue };
        let derived = Derived::new(customer.clone(), contacts.remove(&customer.meta.id).unwrap_or_default());
        customer.clone_from(derived.customer());
        made.push(derived);
    }
    made
}

/// Computes the derived fields of these customers anew, and notes those that moved.
pub(super) fn refresh(tx: &mut Tx<'_>, touched: &Touched, sequence: &mut Sequence, now: Millis) -> Result<()> {
    tx.introduce(&touched.made)?;
    let moved = tx.refresh_customers(&touched.customers, now)?;
    if moved.is_empty() { Ok(()) } else { tx.customers_moved(&moved, sequence.draw()) }
}
