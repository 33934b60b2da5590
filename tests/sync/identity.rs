//! Who a device is: restored backups, copied disks, a server that lives on from an older backup. Nothing is lost, nothing is done
//! twice.

use crate::support::office::{Fault, Office};
use rapport_model::mutation::{Change, Mutation, Op, UnitEdit};
use rapport_model::wire::{ChainEnd, PROTOCOL, PullRequest};
use rapport_model::{Actor, Code, Id, Kind, Millis, Role, Source};
use rapport_ops::accept;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn epoch(store: &rapport_store::Store) -> Option<Id> {
    store.read(|tx| tx.progress("deviceEpoch")).expect("epoch")
}

#[test]
fn a_restored_laptop_goes_on_as_a_new_device_and_loses_nothing() {
    let office = Office::open();
    let marit = office.device(office.marit);
    marit.create("Before");
    marit.sync();
    let old = office.copy_of(&marit);
    let after = marit.create("After the backup");
    marit.sync();
    // The disk breaks; the backup is put back, and she works on it before there is a network.
    let again = old.create("On the backup");
    let was = epoch(&old.store);
    old.sync();
    assert_ne!(epoch(&old.store), was, "a new epoch");
    assert!(office.on_server(Kind::Customers, again).is_some() && old.find(Kind::Customers, after).is_some());
    assert_eq!(old.waiting(), (0, 0));
    office.assert_agree(&[&old]);
    let now = epoch(&old.store);
    old.create("And on");
    old.sync();
    assert_eq!(epoch(&old.store), now, "once is enough");
}

#[test]
fn a_copied_disk_makes_two_devices_and_what_both_had_waiting_has_one_effect() {
    let office = Office::open();
    let marit = office.device(office.marit);
    let acme = marit.create("Acme");
    marit.sync();
    // A call is sealed and sent, its answer is lost; then the disk is copied.
    let call = marit.log_call(acme, "Offer");
    marit.meet(&[None, Some(Fault::AnswerLost)]);
    assert!(marit.try_sync().is_err());
    let copy = office.copy_of(&marit);
    let (mine, theirs) = (marit.create("Of the one"), copy.create("Of the other"));
    marit.sync();
    copy.sync();
    marit.sync();
    for id in [mine, theirs] {
        assert!(office.on_server(Kind::Customers, id).is_some());
    }
    assert_ne!(epoch(&marit.store), epoch(&copy.store));
    let code = |store: &rapport_store::Store| store.read(|tx| tx.progress::<String>("deviceCode")).expect("code");
    assert_eq!(code(&copy.store).map(|code| code.len()), Some(3), "numbers of its own from now on");
    let lines = office.server.read(move |tx| tx.history_of(call)).expect("history");
    assert!(lines.len() <= 1, "one effect: {lines:?}");
    office.assert_agree(&[&marit, &copy]);
    assert_eq!((marit.waiting(), copy.waiting()), ((0, 0), (0, 0)));
}

#[test]
fn a_server_that_was_restored_gets_back_what_it_had_acknowledged() {
    let mut office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let acme = marit.create("Acme");
    marit.sync();
    jonas.sync();
    let backup = office.backup();
    office.pass(60_000);
    marit.save(Kind::Customers, acme, &[("phone", json!("0791 23"))]).expect("saved");
    let lost = jonas.create("Made after the backup");
    let contact = jonas.create_contact(lost, "Hoffmann");
    for device in [&marit, &jonas, &marit] {
        device.sync();
    }
    // Marit works for the customer that only Jonas offers again.
    let call = marit.log_call(lost, "Offer");
    office.restore(&backup);
    assert!(office.on_server(Kind::Customers, lost).is_none());
    for _ in 0..2 {
        marit.sync();
        jonas.sync();
    }
    assert_eq!(office.customer(acme).phone.as_deref(), Some("0791 23"), "offered again");
    for (kind, id) in [(Kind::Customers, lost), (Kind::Contacts, contact), (Kind::Interactions, call)] {
        assert!(office.on_server(kind, id).is_some(), "{kind:?} is back");
    }
    assert_eq!((marit.waiting(), jonas.waiting()), ((0, 0), (0, 0)));
    marit.sync();
    office.assert_agree(&[&marit, &jonas]);
}

#[test]
fn what_a_restored_server_never_gets_back_does_not_stay_on_the_laptops() {
    let mut office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let acme = marit.create("Acme");
    marit.sync();
    let backup = office.backup();
    let lost = jonas.create("Gone with the disk");
    jonas.save(Kind::Customers, acme, &[("phone", json!("0791 23"))]).unwrap_or_default();
    jonas.sync();
    marit.sync();
    assert!(marit.find(Kind::Customers, lost).is_some());
    // Jonas' laptop is gone, too: nobody has it waiting.
    office.restore(&backup);
    marit.sync();
    assert!(marit.find(Kind::Customers, lost).is_none(), "equal to the server");
    office.assert_agree(&[&marit]);
}

#[test]
fn work_for_what_a_restored_server_has_lost_brings_it_back_from_any_copy() {
    let mut office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let backup = office.backup();
    let lost = jonas.create("Gone with the disk");
    jonas.sync();
    marit.sync();
    let call = marit.log_call(lost, "Offer");
    // Jonas' laptop is gone, too.
    office.restore(&backup);
    marit.sync();
    marit.sync();
    assert_eq!(office.customer(lost).name, "Gone with the disk", "from Marit's copy");
    assert!(office.on_server(Kind::Interactions, call).is_some());
    assert_eq!(marit.waiting(), (0, 0));
    office.assert_agree(&[&marit]);
}

#[test]
fn what_is_on_the_servers_backup_is_not_remembered_any_longer() {
    let office = Office::open();
    let marit = office.device(office.marit);
    marit.create("Acme");
    marit.sync();
    let remembered = || marit.store.read(|tx| tx.remembered_count()).expect("count");
    assert_eq!(remembered(), 1);
    office.pass(1000);
    let now = office.clock.now();
    office.server.write(move |tx| tx.set_durable_at(now)).expect("noted");
    marit.sync();
    assert_eq!(remembered(), 0);
    marit.create("Other");
    marit.sync();
    assert_eq!(remembered(), 1);
    office.pass(31 * 24 * 60 * 60 * 1000);
    marit.sync();
    assert_eq!(remembered(), 0, "a month is long enough where nobody makes backups");
}

fn push_as(office: &Office, user: Id, mutations: Vec<Mutation>) -> rapport_model::Result<usize> {
    let clock = office.clock.clone();
    office.server.write(move |tx| {
        let actor = Actor { user, role: Role::Admin, device: Id::NIL };
        let at = accept::Context { actor, now: clock.now(), source: clock.as_ref() };
        Ok(accept::push(tx, &at, mutations)?.len())
    })
}

fn create(office: &Office, epoch: Id, n: i64, prev: &str, name: &str) -> Mutation {
    let edit = |value: Value| UnitEdit { value, base: Value::Null, base_version: 0, updated_at: Millis(1), seen: Millis(0) };
    let units = BTreeMap::from([("name".to_owned(), edit(json!(name)))]);
    let change = Change { kind: "customers".into(), id: office.clock.id(), op: Op::Put, units };
    Mutation { mutation_id: office.clock.id(), epoch, n, prev: prev.into(), batch_id: None, changes: vec![change] }
}

#[test]
fn a_chain_that_does_not_fit_is_refused_whole_and_somebody_elses_is_forbidden() {
    let office = Office::open();
    let epoch = office.clock.id();
    let first = create(&office, epoch, 1, "", "First");
    let hash = first.hash().expect("a hash");
    assert_eq!(push_as(&office, office.marit, vec![first.clone()]), Ok(1));
    assert_eq!(push_as(&office, office.marit, vec![first]), Ok(1), "again is no fork");
    let code = |result: rapport_model::Result<usize>| result.map_err(|error| error.code);
    let other = create(&office, epoch, 1, "", "Another first");
    assert_eq!(code(push_as(&office, office.marit, vec![other])), Err(Code::NewEpoch));
    let bent = create(&office, epoch, 2, "00", "Bent");
    assert_eq!(code(push_as(&office, office.marit, vec![bent])), Err(Code::NewEpoch));
    let next = create(&office, epoch, 2, &hash, "Next");
    assert_eq!(code(push_as(&office, office.jonas, vec![next.clone()])), Err(Code::Forbidden));
    assert_eq!(push_as(&office, office.marit, vec![next]), Ok(1));
    let pull = |chain: ChainEnd, cursor: Option<String>| {
        let (now, actor) = (office.clock.now(), Actor { user: office.marit, role: Role::Admin, device: Id::NIL });
        let request = PullRequest { protocol: PROTOCOL, cursor, limit: 10, chain: Some(chain), ..PullRequest::default() };
        office.server.read(move |tx| accept::pull(tx, &actor, &request, now)).map(|answer| answer.cursor).map_err(|e| e.code)
    };
    let end = |n, hash: &str| ChainEnd { epoch, n, hash: hash.into() };
    assert_eq!(pull(end(1, &hash[..16]), None), Err(Code::NewEpoch), "behind");
    assert_eq!(pull(end(2, "0000"), None), Err(Code::NewEpoch), "another one");
    let cursor = pull(end(3, "ffff"), None).expect("ahead is no fork");
    let mut parts: Vec<&str> = cursor.split('.').collect();
    parts[3] = "9007199254740000";
    assert_eq!(pull(end(3, "ffff"), Some(parts.join("."))), Err(Code::CursorUnknown), "of the future");
}
