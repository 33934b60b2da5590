//! Who a device is: restored backups, copied disks, a server that lives on from an older backup. Nothing is lost, nothing is done
//! twice.

use crate::support::office::{Device, Fault, Office};
use rapport_model::mutation::{Change, Mutation, Op, UnitEdit};
use rapport_model::wire::{ChainEnd, PROTOCOL, PullRequest};
use rapport_model::{Actor, Code, Id, Kind, Millis, Role, Source};
use rapport_ops::accept;
use rapport_ops::save::{How, save};
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

/// The answer is lost, and her own row says that the server took it: that is as good as the answer.
#[test]
fn what_its_own_row_answered_is_offered_to_a_restored_server_as_well() {
    let mut office = Office::open();
    let marit = office.device(office.marit);
    let acme = marit.create("Acme");
    marit.sync();
    let backup = office.backup();
    office.pass(60_000);
    marit.save(Kind::Customers, acme, &[("phone", json!("0791 23"))]).expect("saved");
    marit.meet(&[None, Some(Fault::AnswerLost)]);
    assert!(marit.try_sync().is_err(), "the answer is lost");
    marit.sync();
    assert_eq!(marit.waiting(), (0, 0), "her row has said it");
    office.restore(&backup);
    marit.sync();
    marit.sync();
    assert_eq!(office.customer(acme).phone.as_deref(), Some("0791 23"), "offered again");
}

/// She logs a call and takes it back, while the customer is given to somebody else. The server takes the call, and as it is not hers to
/// see any more, refuses that she deletes it: what it took she can still offer again.
#[test]
fn what_was_taken_and_is_out_of_sight_is_offered_to_a_restored_server_as_well() {
    let mut office = Office::open();
    let (marit, sales) = (office.device(office.marit), office.device(office.sales));
    let acme = sales.create("Acme");
    sales.sync();
    marit.sync();
    let backup = office.backup();
    office.pass(60_000);
    let call = sales.log_call(acme, "Offer");
    sales.delete(Kind::Interactions, call).expect("taken back");
    marit.save(Kind::Customers, acme, &[("assignedTo", json!(office.rival))]).expect("given away");
    marit.sync();
    sales.sync();
    assert!(office.on_server(Kind::Interactions, call).is_some());
    assert_eq!(sales.cards().len(), 1, "the delete is refused");
    office.restore(&backup);
    sales.sync();
    sales.sync();
    assert!(office.on_server(Kind::Interactions, call).is_some(), "offered again");
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
fn what_a_restored_server_has_lost_and_somebody_wrote_over_stands_in_the_history() {
    let mut office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let acme = marit.create("Acme");
    marit.save(Kind::Customers, acme, &[("industry", json!("optics"))]).expect("saved");
    marit.sync();
    let backup = office.backup();
    office.pass(60_000);
    marit.save(Kind::Customers, acme, &[("industry", json!("lasers"))]).expect("saved");
    marit.sync();
    jonas.sync();
    jonas.save(Kind::Customers, acme, &[("industry", json!("medicine"))]).expect("saved");
    // Marit's laptop is gone: nobody offers "lasers" again, but Jonas had seen it.
    office.restore(&backup);
    jonas.sync();
    assert_eq!(office.customer(acme).industry.as_deref(), Some("medicine"));
    let history = office.server.read(move |tx| tx.history_of(acme)).expect("history");
    for word in ["optics", "lasers"] {
        assert!(history.iter().any(|line| line.before == json!(word)), "{word} in {history:?}");
    }
    let industries = || history.iter().filter(|line| line.unit == "industry").count();
    assert_eq!(industries(), 2, "{history:?}");
    // Had it not been restored, what she saw is there anyway.
    jonas.save(Kind::Customers, acme, &[("industry", json!("printing"))]).expect("saved");
    jonas.sync();
    let lines = office.server.read(move |tx| tx.history_of(acme)).expect("history");
    assert_eq!(lines.iter().filter(|line| line.unit == "industry").count(), 3, "{lines:?}");
}

#[test]
fn an_edit_of_what_a_restored_server_has_lost_brings_it_back() {
    let mut office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let backup = office.backup();
    let lost = jonas.create("Gone with the disk");
    jonas.sync();
    marit.sync();
    marit.save(Kind::Customers, lost, &[("industry", json!("optics"))]).expect("saved");
    // Jonas' laptop is gone, too.
    office.restore(&backup);
    marit.sync();
    assert_eq!(marit.customer(lost).industry.as_deref(), Some("optics"), "shown all the time");
    marit.sync();
    let found = office.customer(lost);
    assert_eq!((found.name.as_str(), found.industry.as_deref()), ("Gone with the disk", Some("optics")));
    assert_eq!((marit.waiting(), marit.cards().len()), ((0, 0), 0));
    office.assert_agree(&[&marit]);
}

/// The first contact with the restored server breaks off when her rows have begun to be read anew, and she works on.
#[test]
fn an_edit_while_everything_is_read_anew_brings_back_what_is_lost_as_well() {
    let mut office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let backup = office.backup();
    let lost = jonas.create("Gone with the disk");
    jonas.sync();
    marit.sync();
    // Jonas' laptop is gone, too.
    office.restore(&backup);
    marit.meet(&[None, Some(Fault::Lost)]);
    assert!(marit.try_sync().is_err(), "broken off");
    marit.save(Kind::Customers, lost, &[("industry", json!("optics"))]).expect("saved");
    marit.sync();
    marit.sync();
    let found = office.customer(lost);
    assert_eq!((found.name.as_str(), found.industry.as_deref()), ("Gone with the disk", Some("optics")));
    assert_eq!((marit.waiting(), marit.cards().len()), ((0, 0), 0));
    office.assert_agree(&[&marit]);
}

fn saved_together(device: &Device, ids: &[Id], batch: Option<Id>) {
    let edit = |id: &Id| {
        let version = device.customer(*id).meta.version;
        let (value, base) = (json!("together"), Value::Null);
        let edit = UnitEdit { value, base, base_version: version, updated_at: Millis(0), seen: Millis(0) };
        Change { kind: "customers".into(), id: *id, op: Op::Put, units: BTreeMap::from([("companyName".to_owned(), edit)]) }
    };
    let (actor, now, changes) = (device.actor(), device.clock.now(), ids.iter().map(edit).collect());
    device.store.write(move |tx| save(tx, actor, now, changes, batch, How::Form)).expect("saved");
}

/// A change of two customers; then one of them is not the author's any more, and the server is restored to before both. Whose
/// laptop offers again what it had acknowledged, and what of it the server has then.
fn lost_in_part(batch: bool) -> (Office, Device, Id) {
    let mut office = Office::open();
    let (marit, sales) = (office.device(office.marit), office.device(office.sales));
    let (one, two) = (sales.create("Acme"), sales.create("Borealis"));
    sales.sync();
    let backup = office.backup();
    let batch = batch.then(|| office.clock.id());
    saved_together(&sales, &[one, two], batch);
    sales.sync();
    marit.sync();
    assert_eq!(office.customer(two).company_name.as_deref(), Some("together"));
    let rival = office.rival;
    marit.save(Kind::Customers, two, &[("assignedTo", json!(rival))]).expect("given away");
    marit.sync();
    sales.sync();
    assert!(sales.find(Kind::Customers, two).is_none(), "not hers any more");
    office.restore(&backup);
    for _ in 0..2 {
        sales.sync();
    }
    assert_eq!(office.customer(two).company_name, None, "what left her laptop is not offered again");
    (office, sales, one)
}

#[test]
fn what_was_saved_as_a_whole_does_not_come_back_in_part() {
    let (office, sales, one) = lost_in_part(false);
    assert_eq!(office.customer(one).company_name, None, "not half of it");
    let cards = sales.cards();
    let card = cards.iter().find(|card| card.record_id == one).expect("shown to its author");
    assert_eq!((card.kind.as_str(), card.code.as_str()), ("refused", Code::Gone.text()));
    assert!(card.mine.0.to_string().contains("together"), "with what she had written");
    assert_eq!(sales.waiting(), (0, 0));
    office.assert_agree(&[&sales]);
}

#[test]
fn of_a_batch_every_record_comes_back_that_is_still_here() {
    let (office, sales, one) = lost_in_part(true);
    assert_eq!(office.customer(one).company_name.as_deref(), Some("together"));
    assert!(sales.cards().is_empty() && sales.waiting() == (0, 0));
    office.assert_agree(&[&sales]);
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
    Mutation { mutation_id: office.clock.id(), epoch, n, prev: prev.into(), batch_id: None, parted: false, changes: vec![change] }
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
