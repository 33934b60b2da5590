//! What the server does by itself: years pass in a moment.

use crate::support::{World, folder, new_org};
use rapport_model::customer::Status;
use rapport_model::quote::QuoteStatus;
use rapport_model::wire::{PROTOCOL, PullRequest, What};
use rapport_model::{
    BoxedRecord, Card, Contact, Customer, Day, Error, Id, Interaction, Meta, Millis, Order, Quote, Result, Source, User,
};
use rapport_ops::accept::{self, Context};
use rapport_ops::jobs::{self, DAY_MS, LEASE_MS, Report, Step};
use rapport_server::{Folder, account, verify};
use rapport_store::Store;
use rapport_store::source::System;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// 2026-05-12 10:00 UTC.
const START: i64 = 1_778_580_000_000;

struct Hand(AtomicI64);

impl Source for Hand {
    fn now(&self) -> Millis {
        Millis(self.0.load(Ordering::SeqCst))
    }

    fn id(&self) -> Id {
        System.id()
    }
}

/// An organisation in Berlin without a server around it.
struct House {
    folder: Folder,
    store: Store,
    clock: Arc<Hand>,
    ada: Id,
    _dir: tempfile::TempDir,
}

impl House {
    fn open() -> House {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(Hand(AtomicI64::new(START)));
        let source: Arc<dyn Source> = clock.clone();
        let folder = folder(dir.path());
        let org = account::create_org(&folder, &source, &new_org("Acme", "ada@acme.example")).unwrap();
        let store = folder.open_org(org).unwrap();
        let ada = store.read(|tx| tx.all::<User>()).unwrap()[0].meta.id;
        House { folder, store, clock, ada, _dir: dir }
    }

    fn pass(&self, ms: i64) {
        self.clock.0.fetch_add(ms, Ordering::SeqCst);
    }

    fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut rapport_store::Tx<'_>, &Context<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let clock = self.clock.clone();
        self.store.write(move |tx| f(tx, &Context { actor: jobs::actor(), now: clock.now(), source: &*clock }))
    }

    fn put(&self, records: Vec<BoxedRecord>) {
        self.write(move |tx, at| {
            let customers: Vec<Id> = records.iter().filter_map(|r| rapport_model::customer_of(r.as_ref())).collect();
            accept::write_server(tx, at, records)?;
            tx.refresh_customers(&customers, at.now)
        })
        .unwrap();
    }

    fn meta(&self, days_ago: i64) -> Meta {
        let at = Millis(self.clock.now().0 - days_ago * DAY_MS);
        Meta { id: System.id(), created_at: at, updated_at: at, created_by: self.ada, ..Meta::default() }
    }

    fn customer(&self, name: &str, status: Status, days_ago: i64) -> Customer {
        let (meta, assigned_to) = (self.meta(days_ago), Some(self.ada));
        let mut customer = Customer { meta, name: name.into(), status, assigned_to, ..Customer::default() };
        customer.is_active = status != Status::Inactive;
        customer.compute_own();
        customer
    }

    fn step(&self, runner: u8, job: &'static str) -> Step {
        self.write(move |tx, at| jobs::step(tx, at, Id::from_bytes([runner; 16]), jobs::find(job)?)).unwrap()
    }

    /// Runs a job to its end; returns what it did.
    fn run(&self, job: &'static str) -> Report {
        while self.step(1, job) == Step::More {}
        self.report(job)
    }

    fn report(&self, job: &'static str) -> Report {
        let row = self.store.read(move |tx| tx.job_find(job)).unwrap().unwrap();
        assert!(row.finished_at.is_some() && row.error.is_empty(), "{row:?}");
        serde_json::from_value(row.report).unwrap()
    }

    fn get<T: rapport_model::Declared>(&self, id: Id) -> Option<T> {
        self.store.read(move |tx| tx.find_as::<T>(id)).unwrap()
    }

    fn cards(&self) -> Vec<Card> {
        self.store.read(|tx| tx.all::<Card>()).unwrap()
    }
}

fn count(report: &Report, what: &str) -> i64 {
    report.counts.get(what).copied().unwrap_or(0)
}

#[test]
fn an_owner_hears_once_of_a_quote_when_its_day_is_over_in_berlin() {
    let house = House::open();
    let customer = house.customer("Acme", Status::Lead, 0);
    let quote = |status| Quote {
        meta: house.meta(0),
        customer_id: customer.meta.id,
        status,
        quote_number: "Q26-S0-0001".into(),
        valid_until: Some(Day::of(Millis(START))),
        ..Quote::default()
    };
    let (sent, draft) = (quote(QuoteStatus::Viewed), quote(QuoteStatus::Draft));
    let id = sent.meta.id;
    house.put(vec![Box::new(customer), Box::new(sent), Box::new(draft)]);
    // 23:59 in Berlin is 21:59 UTC.
    house.pass(12 * 3_600_000 - 60_000);
    assert_eq!(count(&house.run("quoteExpiry"), "told"), 0);
    house.pass(60_000);
    assert_eq!(count(&house.run("quoteExpiry"), "told"), 1);
    let cards = house.cards();
    assert_eq!((cards.len(), cards[0].user_id, cards[0].record_id), (1, house.ada, id));
    assert!(cards[0].message.contains("Q26-S0-0001"), "{}", cards[0].message);
    for _ in 0..365 {
        house.pass(DAY_MS);
        assert_eq!(count(&house.run("quoteExpiry"), "told"), 0);
    }
    assert_eq!(house.get::<Quote>(id).unwrap().status, QuoteStatus::Viewed, "the status is never written");
}

#[test]
fn customers_are_proposed_for_a_month_before_they_are_archived() {
    let house = House::open();
    let quiet = house.customer("Quiet", Status::Inactive, 800);
    let woken = house.customer("Woken", Status::Inactive, 800);
    let recent = house.customer("Recent", Status::Inactive, 700);
    let waiting = house.customer("Waiting", Status::Inactive, 800);
    let active = house.customer("Active", Status::Active, 800);
    let ids = [&quiet, &woken, &recent, &waiting, &active].map(|c| c.meta.id);
    let open = Interaction {
        meta: house.meta(799),
        customer_id: ids[3],
        subject: "Undated".into(),
        assigned_to: house.ada,
        requires_follow_up: true,
        interaction_date: Millis(START - 799 * DAY_MS),
        ..Interaction::default()
    };
    house.put(vec![Box::new(quiet), Box::new(woken), Box::new(recent), Box::new(waiting), Box::new(active), Box::new(open)]);
    let archived = || ids.map(|id| house.get::<Customer>(id).unwrap().archived_at.is_some());
    assert_eq!(count(&house.run("archive"), "proposed"), 2);
    house.pass(29 * DAY_MS);
    let order = Order { meta: house.meta(0), customer_id: ids[1], order_date: house.clock.now(), ..Order::default() };
    house.put(vec![Box::new(order)]);
    let report = house.run("archive");
    assert_eq!((count(&report, "takenBack"), count(&report, "archived")), (1, 0));
    house.pass(DAY_MS);
    assert_eq!(count(&house.run("archive"), "archived"), 1);
    assert_eq!(archived(), [true, false, false, false, false]);
    let quiet = house.get::<Customer>(ids[0]).unwrap();
    assert!(!quiet.is_active);
    let logged = house.store.read(move |tx| tx.log_after(quiet.meta.version - 1, 1)).unwrap();
    assert_eq!((logged[0].record_id, logged[0].what), (ids[0], What::Record), "devices learn of it");
    assert_eq!(verify::verify(&house.folder).unwrap(), Vec::<String>::new());
}

#[test]
fn the_trash_is_emptied_after_thirty_days_and_tombstones_last_a_year() {
    let house = House::open();
    let kept = house.customer("Kept", Status::Lead, 0);
    let mut gone = house.customer("Gone", Status::Lead, 0);
    gone.meta.deleted_at = Some(Millis(START));
    let contact = |customer: &Customer| Contact {
        meta: house.meta(0),
        customer_id: customer.meta.id,
        last_name: "Hoffmann".into(),
        is_primary: true,
        ..Contact::default()
    };
    let (child, stays) = (contact(&gone), contact(&kept));
    let mut trashed = contact(&kept);
    (trashed.is_primary, trashed.meta.deleted_at) = (false, Some(Millis(START)));
    let call = Interaction {
        meta: house.meta(0),
        customer_id: kept.meta.id,
        contact_id: Some(trashed.meta.id),
        assigned_to: house.ada,
        subject: "With who left".into(),
        ..Interaction::default()
    };
    let ids = [gone.meta.id, child.meta.id, trashed.meta.id];
    house.put(vec![Box::new(kept), Box::new(gone), Box::new(child), Box::new(stays), Box::new(trashed), Box::new(call)]);
    let pull = |cursor: Option<String>| {
        let request = PullRequest { protocol: PROTOCOL, cursor, limit: 100, ..PullRequest::default() };
        house.store.read(move |tx| accept::pull(tx, &jobs::actor(), &request, Millis(0))).unwrap()
    };
    let before = pull(None).cursor;
    house.pass(30 * DAY_MS);
    assert_eq!(count(&house.run("trash"), "purged"), 0, "on the thirtieth day it can still be restored");
    house.pass(1);
    assert_eq!(count(&house.run("trash"), "purged"), 3);
    assert!(house.get::<Customer>(ids[0]).is_none() && house.get::<Contact>(ids[1]).is_none());
    let entries = pull(Some(before.clone())).entries;
    let told: Vec<Id> = entries.iter().filter(|e| e.what == What::Tombstone).map(|e| e.id).collect();
    assert_eq!(told.len(), 3);
    assert!(ids.iter().all(|id| told.contains(id)));
    assert_eq!(pull(None).entries.iter().filter(|e| e.what == What::Record).count(), 5, "a new device gets what is left");
    assert_eq!(verify::verify(&house.folder).unwrap(), Vec::<String>::new());
    house.pass(365 * DAY_MS);
    assert_eq!(count(&house.run("cleanUp"), "tombstones"), 0);
    house.pass(1);
    assert_eq!(count(&house.run("cleanUp"), "tombstones"), 3);
    assert!(pull(Some(before)).reset, "who was away for longer starts anew");
    assert!(!pull(Some(pull(None).cursor)).reset);
    let sound = verify::verify(&house.folder).unwrap();
    assert!(sound.iter().all(|line| line.contains("interaction")), "{sound:?}");
}

/// Many customers, some of which say something that their records do not.
fn with_wrong_figures() -> House {
    let house = House::open();
    let customers: Vec<BoxedRecord> =
        (0..450).map(|n| Box::new(house.customer(&format!("Customer {n}"), Status::Lead, 0)) as BoxedRecord).collect();
    let ids: Vec<Id> = customers.iter().map(|c| c.meta().id).collect();
    house.put(customers);
    house
        .write(move |tx, _| {
            for id in ids.iter().step_by(100) {
                let wrong = Customer { last_contact: Some(Millis(7)), next_step: Some("Nothing".into()), ..tx.get_as(*id)? };
                tx.put(&wrong)?;
            }
            Ok(())
        })
        .unwrap();
    house
}

#[test]
fn wrong_figures_are_mended_and_told() {
    let house = with_wrong_figures();
    let report = house.run("values");
    assert_eq!((count(&report, "checked"), count(&report, "mended")), (450, 5));
    assert!(report.remarks[0].contains("lastContact") && report.remarks[0].contains("nextStep"), "{report:?}");
    assert_eq!(count(&house.run("values"), "mended"), 0);
}

#[test]
fn a_runner_that_dies_anywhere_is_followed_by_another_and_two_never_run_at_once() {
    let (steady, torn) = (with_wrong_figures(), with_wrong_figures());
    let wanted = steady.run("values");
    let mut runner = 1;
    loop {
        // It dies within the step: nothing of the step is there.
        let holder = Id::from_bytes([runner; 16]);
        let died = torn.write(move |tx, at| {
            jobs::step(tx, at, holder, jobs::find("values")?)?;
            Err::<(), _>(Error::internal("the power went"))
        });
        assert!(died.is_err());
        let step = torn.step(runner, "values");
        if step == Step::Done {
            break;
        }
        assert_eq!(torn.step(runner + 1, "values"), Step::Taken, "the other one waits");
        assert_eq!(torn.step(runner + 1, "trash"), Step::Taken, "with every job");
        torn.pass(LEASE_MS - 1);
        assert_eq!(torn.step(runner + 1, "values"), Step::Taken, "until the lease is over");
        torn.pass(1);
        runner += 1;
    }
    assert!(runner > 4, "several runners had a part in it: {runner}");
    let counts = |report: &Report| report.counts.clone();
    assert_eq!(counts(&torn.report("values")), counts(&wanted), "nothing was left out and nothing done twice");
}

#[tokio::test]
async fn administrators_see_and_start_jobs() {
    let world = World::start().await;
    let (ada, sam) = (world.ada().await, world.sam().await);
    ada.customer("Acme").await;
    assert_eq!(sam.get("/api/jobs").await.refused(), (403, "FORBIDDEN"));
    assert_eq!(sam.post("/api/jobs/trash/run", serde_json::json!({})).await.refused(), (403, "FORBIDDEN"));
    assert_eq!(ada.post("/api/jobs/coffee/run", serde_json::json!({})).await.refused(), (404, "NOT_FOUND"));
    let done = ada.post("/api/jobs/values/run", serde_json::json!({})).await.ok();
    assert_eq!((&done["state"], &done["report"]["counts"]["checked"]), (&"done".into(), &1.into()));
    let all = ada.get("/api/jobs").await.ok();
    assert_eq!(all["items"].as_array().unwrap().len(), jobs::ALL.len());
    assert_eq!(ada.get("/api/jobs/archive/proposals").await.ok()["items"], serde_json::json!([]));
}

#[tokio::test]
async fn a_customer_goes_into_the_archive_and_comes_back_and_is_erased_by_administrators_alone() {
    let world = World::start().await;
    let (ada, sam) = (world.ada().await, world.sam().await);
    let path = sam.customer("Acme").await;
    let nothing = || serde_json::json!({});
    let archived = sam.post(&format!("{path}/archive"), nothing()).await.ok();
    assert!(archived["archivedAt"].is_i64() && archived["isActive"] == false);
    let again = sam.post(&format!("{path}/archive"), nothing()).await.ok();
    assert_eq!(again["version"], archived["version"], "twice is once");
    let back = sam.post(&format!("{path}/unarchive"), nothing()).await.ok();
    assert!(back["archivedAt"].is_null() && back["isActive"] == true);
    assert_eq!(sam.post(&format!("{path}/erase"), nothing()).await.refused(), (403, "FORBIDDEN"));
    assert_eq!(ada.post(&format!("{path}/erase"), nothing()).await.status, 204);
    assert_eq!(ada.get(&path).await.refused(), (404, "NOT_FOUND"));
    assert_eq!(ada.post(&format!("{path}/erase"), nothing()).await.status, 404);
    assert_eq!(ada.get("/api/customers?q=Acme").await.ok()["items"], serde_json::json!([]));
    ada.customer("Acme").await;
    assert_eq!(ada.get("/api/customers").await.ok()["total"], 1);
}

#[tokio::test]
async fn two_customers_become_one_and_the_old_address_leads_to_it() {
    let world = World::start().await;
    let ada = world.ada().await;
    let make = |name: &str, more: serde_json::Value| {
        let mut body = serde_json::json!({ "name": name, "status": "lead", "type": "business" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let ada = ada.clone();
        async move { ada.post("/api/customers", body).await }
    };
    let contact = |last: &str| serde_json::json!({ "firstName": "", "lastName": last });
    let this =
        make("Acme", serde_json::json!({ "phone": "1", "tags": ["a"], "notes": "mine", "primaryContact": contact("Hers") }))
            .await;
    let other = make(
        "Acme Ltd",
        serde_json::json!({ "phone": "2", "website": "https://acme.example", "tags": ["b"], "notes": "theirs", "primaryContact": contact("His") }),
    )
    .await;
    let (path, old) = (format!("/api/customers/{}", this.id()), format!("/api/customers/{}", other.id()));
    let merge = format!("{path}/merge");
    let with = |from: &str, fields: serde_json::Value| serde_json::json!({ "from": from, "fields": fields });
    assert_eq!(ada.post(&merge, with(&this.id(), serde_json::json!({}))).await.refused(), (400, "INVALID_VALUE"));
    let wrong = with(&other.id(), serde_json::json!({ "nameKey": "other" }));
    assert_eq!(ada.post(&merge, wrong).await.refused(), (400, "INVALID_VALUE"));
    assert_eq!(ada.get(&old).await.ok()["_id"], other.json["_id"], "a refused merge changes nothing");
    let before = ada.post("/api/sync/pull", serde_json::json!({ "protocol": 1, "cursor": null, "limit": 100 })).await.ok();
    let merged = ada.post(&merge, with(&other.id(), serde_json::json!({ "name": "other" }))).await.ok();
    assert_eq!(
        (&merged["name"], &merged["phone"], &merged["website"]),
        (&"Acme Ltd".into(), &"1".into(), &"https://acme.example".into())
    );
    assert_eq!(merged["tags"], serde_json::json!(["a", "b"]));
    let notes = merged["notes"].as_str().unwrap();
    assert!(notes.contains("mine") && notes.contains("theirs"), "{notes}");
    let contacts = ada.get(&format!("{path}/contacts")).await.ok();
    let contacts = contacts["items"].as_array().unwrap();
    assert_eq!(contacts.len(), 2);
    let primary: Vec<_> = contacts.iter().filter(|c| c["isPrimary"] == true).map(|c| c["lastName"].clone()).collect();
    assert_eq!(primary, ["Hers"]);
    assert_eq!(ada.get(&old).await.ok()["_id"], this.json["_id"]);
    assert_eq!(ada.get("/api/customers").await.ok()["total"], 1);
    let asked = serde_json::json!({ "protocol": 1, "cursor": before["cursor"], "limit": 100 });
    let pulled = ada.post("/api/sync/pull", asked).await.ok();
    let alias = pulled["entries"].as_array().unwrap().iter().find(|e| e["what"] == "alias").unwrap();
    assert_eq!((&alias["id"], &alias["record"]["survivor"]), (&other.json["_id"], &this.json["_id"]));
    let again = ada.post(&merge, with(&other.id(), serde_json::json!({}))).await.ok();
    assert_eq!(again["version"], merged["version"], "twice is once");
    assert_eq!(ada.delete(&old).await.status, 404, "the old address deletes nobody");
    assert_eq!(verify::verify(&world.folder()).unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn only_its_owner_or_an_administrator_archives_or_merges_a_customer() {
    let world = World::start().await;
    let (ada, sam) = (world.ada().await, world.sam().await);
    let make = |name: &str, owner: Option<&str>, status: &str| {
        let body = serde_json::json!({ "name": name, "status": status, "type": "business", "assignedTo": owner });
        let ada = ada.clone();
        async move { ada.post("/api/customers", body).await }
    };
    let his = make("His", Some(sam.user()), "lead").await;
    let pool = make("Anybody's", None, "lead").await;
    let hers = make("Hers", Some(ada.user()), "lead").await;
    let path = |of: &crate::support::Reply, what: &str| format!("/api/customers/{}/{what}", of.id());
    let nothing = || serde_json::json!({});
    for what in ["archive", "unarchive"] {
        assert_eq!(sam.post(&path(&pool, what), nothing()).await.refused(), (403, "FORBIDDEN"), "she only reads it");
        assert_eq!(sam.post(&path(&hers, what), nothing()).await.refused(), (404, "NOT_FOUND"), "she does not see it");
        sam.post(&path(&his, what), nothing()).await.ok();
        ada.post(&path(&his, what), nothing()).await.ok();
    }
    let from = |other: &crate::support::Reply| serde_json::json!({ "from": other.id() });
    assert_eq!(sam.post(&path(&his, "merge"), from(&pool)).await.refused(), (403, "FORBIDDEN"));
    assert_eq!(sam.post(&path(&his, "merge"), from(&hers)).await.refused(), (404, "NOT_FOUND"));
    assert_eq!(sam.post(&path(&pool, "merge"), from(&his)).await.refused(), (403, "FORBIDDEN"));
    assert_eq!(sam.post(&path(&hers, "erase"), nothing()).await.refused(), (403, "FORBIDDEN"));
    ada.post(&path(&his, "merge"), from(&pool)).await.ok();
    ada.delete(&format!("/api/customers/{}", hers.id())).await;
    assert_eq!(ada.post(&path(&hers, "archive"), nothing()).await.refused(), (404, "NOT_FOUND"), "it is in the trash");
    assert_eq!(ada.post(&path(&hers, "erase"), nothing()).await.status, 204);
}

#[test]
fn what_the_server_does_by_itself_sees_everything() {
    let house = House::open();
    let sight = house.store.read(|tx| tx.sight(&jobs::actor())).unwrap();
    assert_eq!(sight, rapport_model::Sight::everything(jobs::actor()));
}
