//! The rows that a batch names, held in memory while it is judged: one read per kind before, one write per table after.

use crate::rules::Lookup;
use rapport_model::stamp::Stamps;
use rapport_model::{BoxedRecord, Contact, Customer, Declared, Id, Interaction, Kind, Result};
use rapport_store::Tx;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// One record as judged so far.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub record: BoxedRecord,
    pub stamps: Stamps,
    /// The mutation that wrote it last, while it is not written back.
    pub dirty: Option<Id>,
}

/// Rows by kind and id. A trial is a copy of what one mutation changes; it is kept only if the mutation is accepted.
pub(crate) struct World<'a, 'b> {
    pub tx: &'a mut Tx<'b>,
    slots: HashMap<(Kind, Id), Option<Slot>>,
    trial: BTreeMap<(Kind, Id), Slot>,
}

impl<'a, 'b> World<'a, 'b> {
    /// Reads every row of `wanted`, one query per kind.
    pub fn load(tx: &'a mut Tx<'b>, wanted: &BTreeSet<(Kind, Id)>) -> Result<World<'a, 'b>> {
        let mut slots: HashMap<(Kind, Id), Option<Slot>> = wanted.iter().map(|key| (*key, None)).collect();
        for kind in Kind::ALL {
            let ids: Vec<Id> = wanted.iter().filter(|(k, _)| k == kind).map(|(_, id)| *id).collect();
            if ids.is_empty() {
                continue;
            }
            for (id, (record, stamps)) in tx.find_stamped(*kind, &ids)? {
                slots.insert((*kind, id), Some(Slot { record, stamps, dirty: None }));
            }
        }
        Ok(World { tx, slots, trial: BTreeMap::new() })
    }

    /// The record as the running mutation sees it.
    pub fn get(&mut self, kind: Kind, id: Id) -> Result<Option<Slot>> {
        if let Some(slot) = self.trial.get(&(kind, id)) {
            return Ok(Some(slot.clone()));
        }
        if let Some(slot) = self.slots.get(&(kind, id)) {
            return Ok(slot.clone());
        }
        let found = self.tx.find_stamped(kind, &[id])?.remove(&id);
        let slot = found.map(|(record, stamps)| Slot { record, stamps, dirty: None });
        self.slots.insert((kind, id), slot.clone());
        Ok(slot)
    }

    /// Changes a record within the running mutation.
    pub fn put(&mut self, slot: Slot) {
        self.trial.insert((slot.record.kind(), slot.record.meta().id), slot);
    }

    /// Keeps what the running mutation changed.
    pub fn keep(&mut self) {
        for (key, slot) in std::mem::take(&mut self.trial) {
            self.slots.insert(key, Some(slot));
        }
    }

    /// Forgets what the running mutation changed.
    pub fn forget(&mut self) {
        self.trial.clear();
    }

    /// Everything that was changed and kept, parents before children.
    pub fn dirty(&self) -> Vec<&Slot> {
        let mut out: Vec<&Slot> = self.slots.values().flatten().filter(|slot| slot.dirty.is_some()).collect();
        out.sort_by_key(|slot| (slot.record.kind(), slot.record.meta().version));
        out
    }

    /// The contacts of a customer as judged so far.
    pub fn contacts(&mut self, customer: Id) -> Result<Vec<Slot>> {
        self.hanging_on::<Contact>(customer, |c| c.customer_id)
    }

    /// What hangs on a customer and is not in the trash.
    pub fn children(&mut self, customer: Id) -> Result<Vec<Slot>> {
        let mut out = self.contacts(customer)?;
        out.extend(self.hanging_on::<Interaction>(customer, |i| i.customer_id)?);
        out.retain(|slot| slot.record.meta().deleted_at.is_none());
        Ok(out)
    }

    fn hanging_on<T: Declared>(&mut self, customer: Id, owner: impl Fn(&T) -> Id) -> Result<Vec<Slot>> {
        let mut ids: BTreeSet<Id> = self.tx.children::<T>(customer)?.iter().map(|c| c.meta().id).collect();
        let held = self.slots.values().flatten().chain(self.trial.values());
        ids.extend(held.filter_map(|s| s.record.of::<T>()).filter(|c| owner(c) == customer).map(|c| c.meta().id));
        let mut out = Vec::with_capacity(ids.len());
        for id in ids {
            out.extend(self.get(T::KIND, id)?);
        }
        Ok(out)
    }
}

impl Lookup for World<'_, '_> {
    fn record(&mut self, kind: Kind, id: Id) -> Result<Option<BoxedRecord>> {
        Ok(self.get(kind, id)?.map(|slot| slot.record))
    }

    fn named(&mut self, key: &str) -> Result<Vec<Id>> {
        let mut ids: BTreeSet<Id> = self.tx.customers_by_name_key(key)?.iter().map(|c| c.meta().id).collect();
        let held = self.slots.values().flatten().chain(self.trial.values());
        let mut changed: BTreeSet<Id> = BTreeSet::new();
        for slot in held {
            if slot.record.of::<Customer>().is_some() {
                changed.insert(slot.record.meta().id);
            }
        }
        ids.extend(&changed);
        let mut out = Vec::new();
        for id in ids {
            let Some(slot) = self.get(Kind::Customers, id)? else { continue };
            let same = slot.record.of::<Customer>().is_some_and(|c| c.name_key == key && c.meta.deleted_at.is_none());
            if same {
                out.push(id);
            }
        }
        Ok(out)
    }
}
