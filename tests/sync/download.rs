//! The first download: what it holds for whom, cut off at any block, garbled, begun again, with work that waits.

use crate::support::office::{Device, Fault, Office};
use rapport_model::customer::Status;
use rapport_model::interaction::InteractionType;
use rapport_model::quote::QuoteStatus;
use rapport_model::wire::snapshot::{BLOCK_BYTES_MAX, SnapshotRequest};
use rapport_model::{
    Actor, BoxedRecord, Contact, Customer, Id, Interaction, Kind, Meta, Millis, Money, Quote, Role, Sight, Source, Team, User,
    customer_of,
};
use rapport_ops::accept::{self, Context};
use rapport_store::Tx;
use rapport_store::list::Query;
use rapport_store::migrate::SCHEMA_EPOCH;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn on_server<T: Send + 'static>(
    office: &Office,
    f: impl FnOnce(&mut Tx<'_>, &Context<'_>) -> rapport_model::Result<T> + Send + 'static,
) -> T {
    let (clock, user) = (office.clock.clone(), office.marit);
    let done = office.server.write(move |tx| {
        let actor = Actor { user, role: Role::Admin, device: Id::NIL };
        f(tx, &Context { actor, now: clock.now(), source: clock.as_ref() })
    });
    done.expect("done on the server")
}

fn write(office: &Office, records: Vec<BoxedRecord>) {
    let customers: Vec<Id> = records.iter().filter(|r| r.kind() == Kind::Customers).map(|r| r.meta().id).collect();
    on_server(office, move |tx, at| {
        accept::write_server(tx, at, records)?;
        tx.refresh_customers(&customers, at.now).map(drop)
    });
}

fn meta(office: &Office) -> Meta {
    office.pass(1);
    let now = office.clock.now();
    Meta { id: office.clock.id(), created_at: now, updated_at: now, created_by: office.marit, ..Meta::default() }
}

/// Customers of this owner with a contact and a call each; enough letters for many blocks.
fn fill(office: &Office, owner: Option<Id>, count: usize) -> Vec<Id> {
    let mut records: Vec<BoxedRecord> = Vec::new();
    let mut ids = Vec::new();
    for n in 0..count {
        let customer = Customer {
            meta: meta(office),
            name: format!("Customer {n} {}", office.clock.id()),
            status: Status::Lead,
            assigned_to: owner,
            notes: Some(format!("{n} {}", "long ".repeat(120))),
            ..Customer::default()
        };
        let id = customer.meta.id;
        records.push(Box::new(Contact {
            meta: meta(office),
            customer_id: id,
            last_name: format!("Contact {n}"),
            ..Contact::default()
        }));
        records.push(Box::new(Interaction {
            meta: meta(office),
            customer_id: id,
            subject: format!("Call {n}"),
            r#type: InteractionType::Call,
            interaction_date: Millis(office.clock.now().0 - 1000),
            assigned_to: owner.unwrap_or(office.marit),
            ..Interaction::default()
        }));
        records.push(Box::new(customer));
        ids.push(id);
    }
    write(office, records);
    ids
}

fn ids(device: &Device, kind: Kind) -> Vec<Id> {
    device.store.read(move |tx| tx.ids(kind)).expect("ids")
}

/// Every block of a download, read and put together by kind.
fn downloaded(office: &Office, sight: &Sight) -> (BTreeMap<(Kind, Id), BoxedRecord>, Vec<u8>, usize) {
    let (mut rows, mut letters, mut from, mut blocks) = (BTreeMap::new(), Vec::new(), None, 0);
    loop {
        let (sight, now) = (sight.clone(), office.clock.now());
        let request = SnapshotRequest::new(SCHEMA_EPOCH, from);
        let unsealed = office.server.read(move |tx| rapport_ops::snapshot::snapshot(tx, &sight, &request, now)).expect("a block");
        assert!(unsealed.rows().len() <= BLOCK_BYTES_MAX);
        letters.extend_from_slice(unsealed.rows());
        let block = unsealed.seal().expect("sealed");
        blocks += 1;
        for table in block.open().expect("opened") {
            let kind = Kind::parse(&table.kind).expect("a kind");
            let read = table.rows_of(kind);
            for n in 0..read.rows {
                let record = read.record(n).expect("a record");
                assert!(rows.insert((kind, record.meta().id), record).is_none(), "nothing comes twice");
            }
        }
        from = block.head.next;
        if from.is_none() {
            return (rows, letters, blocks);
        }
    }
}

/// A small generator of choices, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % n) as usize
    }
}

/// Records of all owners and states, words planted in every field that some role must not see.
fn plant(office: &Office, dice: &mut Dice, owners: &[Option<Id>]) -> Vec<Id> {
    let mut records: Vec<BoxedRecord> = Vec::new();
    let mut customers = Vec::new();
    for n in 0..60 {
        let mut customer = Customer {
            meta: meta(office),
            name: format!("plant{n}x"),
            status: [Status::Prospect, Status::Lead, Status::Active, Status::Inactive][dice.below(4)],
            assigned_to: owners[dice.below(owners.len() as u64)],
            notes: Some(format!("plant{n}xprivate")),
            value_estimate: Some(Money(77_000_000_000 + n)),
            archived_at: (dice.below(6) == 0).then_some(Millis(5)),
            tags: vec![format!("plant{n}xprivate")],
            ..Customer::default()
        };
        customer.meta.extra.insert("newer".into(), json!(format!("plant{n}xextra")));
        customer.meta.deleted_at = (dice.below(8) == 0).then_some(Millis(7));
        let id = customer.meta.id;
        customers.push(id);
        for _ in 0..dice.below(4) {
            let contact = Contact { meta: meta(office), customer_id: id, last_name: format!("plant{n}x"), ..Contact::default() };
            let call = Interaction {
                meta: meta(office),
                customer_id: id,
                subject: format!("plant{n}x"),
                description: format!("plant{n}xwords"),
                outcome: Some(format!("plant{n}xwords")),
                assigned_to: office.marit,
                shared: dice.below(2) == 0,
                interaction_date: Millis(1000 + dice.below(3) as i64),
                ..Interaction::default()
            };
            let quote = Quote {
                meta: meta(office),
                customer_id: id,
                subject: format!("plant{n}x"),
                status: [QuoteStatus::Draft, QuoteStatus::Sent][dice.below(2)],
                notes: Some(format!("plant{n}xprivate")),
                ..Quote::default()
            };
            records.extend([Box::new(contact) as BoxedRecord, Box::new(call), Box::new(quote)]);
        }
        records.push(Box::new(customer));
    }
    write(office, records);
    customers
}

#[test]
fn a_download_holds_exactly_what_its_holder_may_see() {
    for seed in 1..=6 {
        let office = Office::open();
        let mut dice = Dice(seed);
        let mates = [office.sales, office.rival];
        let team = Team { meta: meta(&office), name: "North".into(), ..Team::default() };
        let mut people: Vec<BoxedRecord> = vec![Box::new(team.clone())];
        for id in mates {
            let user = office.on_server(Kind::Users, id).and_then(|u| u.of::<User>().cloned()).expect("a user");
            people.push(Box::new(User { team_id: (seed % 2 == 0).then_some(team.meta.id), ..user }));
        }
        write(&office, people);
        let owners = [None, Some(office.sales), Some(office.rival), Some(office.marit)];
        let customers = plant(&office, &mut dice, &owners);
        let named: Vec<Id> = customers.iter().copied().filter(|_| dice.below(3) == 0).collect();
        let brand = User { meta: meta(&office), name: "Brand".into(), role: Role::Brand, customer_ids: named, ..User::default() };
        let brand_id = brand.meta.id;
        write(&office, vec![Box::new(brand)]);
        for (user, role) in
            [(office.marit, Role::Admin), (office.sales, Role::Sales), (office.support, Role::Support), (brand_id, Role::Brand)]
        {
            let actor = Actor { user, role, device: office.clock.id() };
            let sight = office.server.read(move |tx| tx.sight(&actor)).expect("a sight");
            let (rows, letters, _) = downloaded(&office, &sight);
            let expected = carried(&office, &sight);
            let told = |rows: &BTreeMap<(Kind, Id), BoxedRecord>| -> BTreeMap<(Kind, Id), Value> {
                rows.iter().map(|(key, record)| (*key, record.to_json())).collect()
            };
            assert_eq!(told(&rows), told(&expected), "{role:?}, seed {seed}");
            // No byte of what is not hers, in no form.
            let seen: String = expected.values().map(|record| record.to_json().to_string()).collect();
            for word in planted(60) {
                let in_bytes = letters.windows(word.len()).any(|bytes| bytes == word.as_bytes());
                assert!(!in_bytes || seen.contains(&word), "{role:?}, seed {seed}: {word}");
            }
        }
    }
}

fn planted(count: usize) -> Vec<String> {
    let words = |n: usize| ["", "private", "words", "extra"].map(|end| format!("plant{n}x{end}"));
    (0..count).flat_map(words).collect()
}

/// What `Sight` says, record by record, as a device reads it.
fn carried(office: &Office, sight: &Sight) -> BTreeMap<(Kind, Id), BoxedRecord> {
    let sight = sight.clone();
    let all = office.server.read(move |tx| {
        let mut all = BTreeMap::new();
        for kind in Kind::ALL {
            let ids = tx.ids(*kind)?;
            for (id, record) in tx.find_many(*kind, &ids)? {
                let customer = customer_of(record.as_ref()).map(|id| tx.find_as::<Customer>(id)).transpose()?.flatten();
                if sight.carries(record.as_ref(), customer.as_ref()) {
                    let mut json = record.to_json();
                    sight.project(record.as_ref(), &mut json);
                    all.insert((*kind, id), kind.from_json(json)?);
                }
            }
        }
        Ok(all)
    });
    all.expect("read")
}

#[test]
fn own_customers_come_first_and_can_be_worked_with_at_once() {
    let office = Office::open();
    let own = fill(&office, Some(office.sales), 300);
    fill(&office, None, 600);
    let device = office.empty_device(office.sales);
    device.meet(&[None, Some(Fault::AnswerLost), Some(Fault::Lost)]);
    assert!(device.try_sync().is_err(), "cut off behind the first block");
    let here = ids(&device, Kind::Customers);
    assert!((300..=500).contains(&here.len()) && own.iter().all(|id| here.contains(id)), "{}", here.len());
    let query = Query { sort: "name".into(), limit: 100, ..Query::default() };
    let page = device.store.read(move |tx| tx.list(Kind::Customers, &query)).expect("a list");
    assert_eq!(page.items.len(), 100);
    device.save(Kind::Customers, own[7], &[("phone", json!("0791 23"))]).expect("saved");
    let made = device.create("Made meanwhile");
    device.sync();
    assert_eq!(device.waiting(), (0, 0));
    assert_eq!(office.customer(own[7]).phone.as_deref(), Some("0791 23"));
    assert_eq!(office.customer(made).name, "Made meanwhile");
    assert_eq!(ids(&device, Kind::Customers).len(), 901);
    let found = device.store.read(|tx| tx.search_customers("made mean", 10, None)).expect("search");
    assert_eq!(found, [made]);
}

#[test]
fn a_download_that_is_cut_at_every_block_ends_whole_while_others_write() {
    let office = Office::open();
    let customers = fill(&office, Some(office.marit), 1500);
    let device = office.empty_device(office.jonas);
    let mut cuts = 0;
    loop {
        let fault = [Fault::AnswerLost, Fault::Garbled, Fault::Cut][cuts % 3];
        device.meet(&[None, Some(fault), Some(Fault::Lost)]);
        let done = device.try_sync();
        device.forget_faults();
        if done.is_ok() {
            break;
        }
        // Rows that came and rows that are still to come are written, made and thrown away meanwhile.
        let (early, late, gone) = (customers[1499 - cuts], customers[cuts], customers[700 + cuts]);
        on_server(&office, move |tx, at| {
            let mut records = Vec::new();
            for id in [early, late] {
                let mut customer = tx.get_as::<Customer>(id)?;
                customer.phone = Some("changed meanwhile".into());
                records.push(Box::new(customer) as BoxedRecord);
            }
            accept::write_server(tx, at, records)?;
            let family = accept::family(tx, gone)?;
            accept::purge(tx, at, &family, accept::Why::Purged).map(drop)
        });
        fill(&office, Some(office.marit), 2);
        cuts += 1;
        assert!(cuts < 50, "it gets nowhere");
    }
    assert!(cuts >= 3, "several blocks: {cuts}");
    device.sync();
    office.assert_agree(&[&device]);
    let damage = device.store.maintain(|raw| raw.verify()).expect("verified");
    assert!(damage.is_empty(), "{damage:?}");
    let (search, indexes) = device
        .store
        .read(|tx| {
            Ok((
                tx.search_customers("changed", 5, None)?,
                tx.explain_list(Kind::Customers, &Query { sort: "name".into(), ..Query::default() })?,
            ))
        })
        .expect("read");
    assert!(search.is_empty(), "a phone is no word");
    assert!(indexes.iter().any(|step| step.contains("customers_name")), "the indexes are back: {indexes:?}");
}

#[test]
fn a_restored_server_is_loaded_anew_and_what_waits_stays() {
    let office = Office::open();
    let customers = fill(&office, Some(office.marit), 40);
    let device = office.device(office.jonas);
    let clock = device.clock.clone();
    let edited = customers[3];
    device.save(Kind::Customers, edited, &[("phone", json!("1"))]).expect("saved");
    let made = device.create("Made offline");
    office
        .server
        .write(move |tx| {
            let epoch = tx.sequence()?.epoch;
            tx.sequence_new_epoch(rapport_model::version::next_epoch(epoch, clock.now()), clock.id())
        })
        .expect("a new life");
    device.meet(&[None, None, Some(Fault::Lost)]);
    assert!(device.try_sync().is_err());
    assert_eq!(device.customer(edited).phone.as_deref(), Some("1"), "the edit lies on top all the time");
    device.forget_faults();
    device.sync();
    assert_eq!(device.waiting(), (0, 0));
    assert_eq!(office.customer(edited).phone.as_deref(), Some("1"));
    assert_eq!(office.customer(made).name, "Made offline");
    office.assert_agree(&[&device]);
}

#[test]
fn what_was_purged_and_forgotten_goes_when_the_store_is_loaded_anew() {
    let office = Office::open();
    let customers = fill(&office, Some(office.marit), 30);
    let device = office.device(office.jonas);
    let (gone, edited) = (customers[4], customers[5]);
    device.save(Kind::Customers, edited, &[("phone", json!("1"))]).expect("saved");
    on_server(&office, move |tx, at| {
        let family = accept::family(tx, gone)?;
        accept::purge(tx, at, &family, accept::Why::Purged)?;
        let stones = tx.tombstones_before(Millis(i64::MAX), 1000)?;
        tx.tombstones_forget(&stones)
    });
    device.sync();
    assert!(device.find(Kind::Customers, gone).is_none(), "nobody told of it, and nobody sent it");
    let found = device.store.read(move |tx| tx.children::<Interaction>(gone)).expect("children");
    assert!(found.is_empty());
    assert_eq!(office.customer(edited).phone.as_deref(), Some("1"));
    office.assert_agree(&[&device]);
}

#[test]
fn who_may_hold_something_else_by_now_begins_again_and_keeps_nothing_of_before() {
    let office = Office::open();
    let team = Team { meta: meta(&office), name: "North".into(), ..Team::default() };
    let of_team = |id: Id, team_id: Option<Id>| -> BoxedRecord {
        let user = office.on_server(Kind::Users, id).and_then(|u| u.of::<User>().cloned()).expect("a user");
        Box::new(User { team_id, ..user })
    };
    let id = team.meta.id;
    write(&office, vec![Box::new(team), of_team(office.sales, Some(id)), of_team(office.rival, Some(id))]);
    let own = fill(&office, Some(office.sales), 200);
    fill(&office, Some(office.rival), 600);
    let device = office.empty_device(office.sales);
    device.meet(&[None, Some(Fault::AnswerLost), Some(Fault::Lost)]);
    assert!(device.try_sync().is_err());
    assert!(ids(&device, Kind::Customers).len() > 200, "the mate's, too");
    write(&office, vec![of_team(office.rival, None)]);
    device.sync();
    let mut here = ids(&device, Kind::Customers);
    here.sort();
    let mut own = own;
    own.sort();
    assert_eq!(here, own);
    assert!(ids(&device, Kind::Contacts).len() == 200 && ids(&device, Kind::Interactions).len() == 200);
}
