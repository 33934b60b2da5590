//! What somebody does on a laptop, and what is seen there.

use super::{Device, Fault};
use rapport_model::access::Actor;
use rapport_model::mutation::{Change, Op, UnitEdit};
use rapport_model::{BoxedRecord, Customer, Id, Kind, Millis, Result, Source};
use rapport_ops::save::{How, Saved, save};
use rapport_sync::{Report, sync_once};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

impl Device {
    /// Saves as a form would: what it saw is what stands.
    pub fn save(&self, kind: Kind, id: Id, fields: &[(&str, Value)]) -> Result<Saved> {
        let (units, op) = (self.units(kind, id, fields), Op::Put);
        self.change(vec![Change { kind: kind.text().into(), id, op, units }])
    }

    fn units(&self, kind: Kind, id: Id, fields: &[(&str, Value)]) -> BTreeMap<String, UnitEdit> {
        let seen = self.find(kind, id);
        let version = seen.as_ref().map_or(0, |r| r.meta().version);
        let edit = |unit: &str, value: &Value| {
            let base = seen.as_ref().and_then(|r| rapport_model::unit::get(r.as_ref(), unit).ok()).unwrap_or_default();
            UnitEdit { value: value.clone(), base, base_version: version, updated_at: Millis(0), seen: Millis(0) }
        };
        fields.iter().map(|(unit, value)| ((*unit).to_owned(), edit(unit, value))).collect()
    }

    pub fn change(&self, changes: Vec<Change>) -> Result<Saved> {
        let actor = self.wire.actor();
        let now = self.clock.now();
        self.store.write(move |tx| save(tx, actor, now, changes, None, How::Form))
    }

    pub fn actor(&self) -> Actor {
        self.wire.actor()
    }

    pub fn delete(&self, kind: Kind, id: Id) -> Result<Saved> {
        self.change(vec![Change { kind: kind.text().into(), id, op: Op::Delete, units: BTreeMap::new() }])
    }

    /// A new customer, by name.
    pub fn create(&self, name: &str) -> Id {
        let id = self.clock.id();
        self.save(Kind::Customers, id, &[("name", json!(name))]).expect("created");
        id
    }

    pub fn create_contact(&self, customer: Id, last_name: &str) -> Id {
        let id = self.clock.id();
        let fields = [("customerId", json!(customer)), ("firstName", json!("")), ("lastName", json!(last_name))];
        self.save(Kind::Contacts, id, &fields).expect("created");
        id
    }

    pub fn log_call(&self, customer: Id, subject: &str) -> Id {
        let id = self.clock.id();
        let fields = [("customerId", json!(customer)), ("type", json!("call")), ("subject", json!(subject))];
        self.save(Kind::Interactions, id, &fields).expect("logged");
        id
    }

    pub fn find(&self, kind: Kind, id: Id) -> Option<BoxedRecord> {
        self.store.read(move |tx| tx.find(kind, id)).expect("read")
    }

    pub fn customer(&self, id: Id) -> Customer {
        self.find(Kind::Customers, id).and_then(|r| r.of::<Customer>().cloned()).expect("a customer on the device")
    }

    pub fn waiting(&self) -> (i64, i64) {
        self.store.read(|tx| tx.outbox_counts()).expect("counts")
    }

    pub fn cards(&self) -> Vec<rapport_model::Card> {
        let mut cards = self.store.read(|tx| tx.all::<rapport_model::Card>()).expect("cards");
        cards.retain(|c| c.resolved_at.is_none());
        cards
    }

    /// Questions that it asked besides push, pull and download.
    pub fn asked(&self) -> u64 {
        self.wire.asked.load(Ordering::SeqCst)
    }

    /// What happens once before its next question.
    pub fn before_asking(&self, f: impl FnOnce() + Send + 'static) {
        *self.wire.before_asking.lock().expect("before") = Some(Box::new(f));
    }

    /// What happens once before its next push arrives.
    pub fn before_push(&self, f: impl FnOnce() + Send + 'static) {
        *self.wire.before_push.lock().expect("before") = Some(Box::new(f));
    }

    /// What happens once while its next answer travels.
    pub fn behind_push(&self, f: impl FnOnce() + Send + 'static) {
        *self.wire.behind_push.lock().expect("behind") = Some(Box::new(f));
    }

    /// Its pages are small from now on.
    pub fn page_rows(&self, rows: u64) {
        self.wire.rows.store(rows, Ordering::SeqCst);
    }

    /// The next messages of this device meet these faults.
    pub fn meet(&self, faults: &[Option<Fault>]) {
        self.faults.lock().expect("faults").extend(faults);
    }

    pub fn forget_faults(&self) {
        self.faults.lock().expect("faults").clear();
    }

    pub fn try_sync(&self) -> Result<Report> {
        self.runtime.block_on(sync_once(&self.store, &self.wire, self.clock.clone()))
    }

    pub fn sync(&self) -> Report {
        self.try_sync().expect("synced")
    }
}
