//! The rows that a batch names, held in memory while it is judged: one read per kind before, one write per table after.

use rapport_model::access;
use rapport_model::number::Series;
use rapport_model::rules::Lookup;
use rapport_model::stamp::Stamps;
use rapport_model::{BoxedRecord, Customer, Error, Id, Kind, Org, Result, customer_of};
use rapport_store::Tx;
use rapport_store::lookup::SERVER_CODE;
use rapport_store::tombstones::Tombstone;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// One record as judged so far.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub record: BoxedRecord,
    pub stamps: Stamps,
    /// The mutation that names it and wrote it last, while it is not written back; nil if the server did so of itself.
    pub dirty: Option<Id>,
    /// Whether the store has it, maybe in another state.
    pub stored: bool,
    /// Where a customer was when it was read.
    pub place: Option<String>,
    /// The customer that a child hung on when it was read.
    pub hung_on: Option<Id>,
}

impl Slot {
    fn read(record: BoxedRecord, stamps: Stamps) -> Slot {
        let place = record.of::<Customer>().map(access::place);
        let hung_on = customer_of(record.as_ref()).filter(|owner| *owner != record.meta().id);
        Slot { record, stamps, dirty: None, stored: true, place, hung_on }
    }

    /// The place that a customer has left.
    pub fn left(&self) -> Option<String> {
        let now = self.record.of::<Customer>().map(access::place)?;
        self.place.clone().filter(|was| *was != now)
    }
}

/// Rows by kind and id. A trial is a copy of what one mutation changes; it is kept only if the mutation is accepted.
pub(crate) struct World<'a, 'b> {
    pub tx: &'a mut Tx<'b>,
    slots: HashMap<(Kind, Id), Option<Slot>>,
    trial: BTreeMap<(Kind, Id), Slot>,
    /// The tombstones of those that were wanted and are not there, or none.
    stones: HashMap<Id, Option<Tombstone>>,
    /// Records as they were before, while somebody listens to what becomes of them.
    pub seen: Option<HashMap<(Kind, Id), BoxedRecord>>,
}

impl<'a, 'b> World<'a, 'b> {
    /// Reads every row of `wanted`, one query per kind.
    pub fn load(tx: &'a mut Tx<'b>, wanted: &BTreeSet<(Kind, Id)>) -> Result<World<'a, 'b>> {
        let mut seen = tx.webhooks_listen()?.then(HashMap::new);
        let mut slots: HashMap<(Kind, Id), Option<Slot>> = wanted.iter().map(|key| (*key, None)).collect();
        for kind in Kind::ALL {
            let ids: Vec<Id> = wanted.iter().filter(|(k, _)| k == kind).map(|(_, id)| *id).collect();
            if ids.is_empty() {
                continue;
            }
            for (id, (record, stamps)) in tx.find_stamped(*kind, &ids)? {
                seen.as_mut().map(|seen| seen.insert((*kind, id), record.clone()));
                slots.insert((*kind, id), Some(Slot::read(record, stamps)));
            }
        }
        let missing: Vec<Id> = slots.iter().filter(|(_, slot)| slot.is_none()).map(|((_, id), _)| *id).collect();
        let mut stones: HashMap<Id, Option<Tombstone>> = missing.iter().map(|id| (*id, None)).collect();
        stones.extend(tx.tombstones_among(&missing)?.into_iter().map(|stone| (stone.record_id, Some(stone))));
        Ok(World { tx, slots, trial: BTreeMap::new(), stones, seen })
    }

    /// What is left of a record that is gone for good.
    pub fn stone(&mut self, id: Id) -> Result<Option<Tombstone>> {
        match self.stones.get(&id) {
            Some(known) => Ok(known.clone()),
            None => self.tx.tombstone_find(id),
        }
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
        if let (Some(seen), Some((record, _))) = (&mut self.seen, &found) {
            seen.insert((kind, id), record.clone());
        }
        let slot = found.map(|(record, stamps)| Slot::read(record, stamps));
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
        self.hanging_on(Kind::Contacts, customer)
    }

    /// What hangs on a customer, trashed records included.
    pub fn children(&mut self, customer: Id) -> Result<Vec<Slot>> {
        let mut out = Vec::new();
        for kind in Kind::CHILDREN {
            out.append(&mut self.hanging_on(*kind, customer)?);
        }
        Ok(out)
    }

    fn hanging_on(&mut self, kind: Kind, customer: Id) -> Result<Vec<Slot>> {
        let mut out = Vec::new();
        for id in self.having(kind, "customerId", &json!(customer))? {
            out.extend(self.get(kind, id)?);
        }
        Ok(out)
    }

    /// Whether a record is being made here, so that nothing of what is stored names it.
    fn is_being_made(&self, kind: Kind, id: Id) -> bool {
        let slot = self.trial.get(&(kind, id)).or_else(|| self.slots.get(&(kind, id))?.as_ref());
        slot.is_some_and(|slot| !slot.stored)
    }
}

impl Lookup for World<'_, '_> {
    fn record(&mut self, kind: Kind, id: Id) -> Result<Option<BoxedRecord>> {
        Ok(self.get(kind, id)?.map(|slot| slot.record))
    }

    fn having(&mut self, kind: Kind, field: &str, value: &Value) -> Result<Vec<Id>> {
        let index = kind.index_of(field).ok_or_else(|| Error::internal(format_args!("{} have no {field}", kind.text())))?;
        let fits = |slot: &Slot| slot.record.get(index) == *value;
        let owner = value.as_str().filter(|_| field == "customerId").and_then(|id| id.parse().ok());
        let stored = match owner {
            Some(owner) if self.is_being_made(Kind::Customers, owner) => Vec::new(),
            _ => self.tx.having(kind, field, value)?,
        };
        let mut ids: BTreeSet<Id> = stored.into_iter().collect();
        // What was judged so far goes before what is stored.
        let judged =
            self.slots.iter().filter(|(key, _)| key.0 == kind).map(|(key, slot)| (key.1, slot.as_ref().is_some_and(fits)));
        let tried = self.trial.iter().filter(|(key, _)| key.0 == kind).map(|(key, slot)| (key.1, fits(slot)));
        for (id, fits) in judged.chain(tried) {
            if fits {
                ids.insert(id)
            } else {
                ids.remove(&id)
            };
        }
        Ok(ids.into_iter().collect())
    }

    fn referenced(&mut self, kind: Kind, system: &str, id: &str) -> Result<Vec<Id>> {
        let carries = |slot: &Slot| {
            let index = kind.index_of("externalRefs");
            let refs = index.map(|index| slot.record.get(index)).unwrap_or_default();
            refs.as_array().into_iter().flatten().any(|one| one["system"] == system && one["id"] == id)
        };
        let mut ids: BTreeSet<Id> = self.tx.referenced(kind, system, id)?.into_iter().collect();
        let judged = self.slots.iter().filter(|(key, _)| key.0 == kind).filter_map(|(key, slot)| Some((key.1, slot.as_ref()?)));
        let tried = self.trial.iter().filter(|(key, _)| key.0 == kind).map(|(key, slot)| (key.1, slot));
        for (id, slot) in judged.chain(tried) {
            if carries(slot) {
                ids.insert(id)
            } else {
                ids.remove(&id)
            };
        }
        Ok(ids.into_iter().collect())
    }

    fn org(&mut self) -> Result<Org> {
        self.tx.own_org()
    }

    fn next_number(&mut self, series: Series, year: i32) -> Result<String> {
        self.tx.number_draw(series, year, SERVER_CODE)
    }
}
