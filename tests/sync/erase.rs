//! Erased on the server, gone from every laptop.

use crate::support::office::Office;
use rapport_model::{Actor, Card, Id, Kind, Role, Source};
use rapport_ops::accept;
use rapport_store::Store;
use serde_json::json;

/// What a store still says about a record: rows, history, cards, search.
fn traces(store: &Store, ids: Vec<(Kind, Id)>, word: &'static str) -> usize {
    store
        .read(move |tx| {
            let mut count = tx.search_customers(word, 10, None)?.len();
            for (kind, id) in &ids {
                count += usize::from(tx.find(*kind, *id)?.is_some()) + tx.history_of(*id)?.len();
                count += tx.all::<Card>()?.iter().filter(|card| card.record_id == *id).count();
            }
            Ok(count)
        })
        .expect("read")
}

/// An administrator erases a customer. Returns how many records are gone.
fn erase(office: &Office, customer: Id) -> usize {
    let (clock, user) = (office.clock.clone(), office.marit);
    let erased = office.server.write(move |tx| {
        let actor = Actor { user, role: Role::Admin, device: Id::NIL };
        accept::erase(tx, &accept::Context { actor, now: clock.now(), source: clock.as_ref() }, customer)
    });
    erased.expect("erased")
}

#[test]
fn what_is_erased_leaves_rows_history_cards_and_search_on_server_and_laptops() {
    let office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let acme = marit.create("Plantedname");
    let (contact, call) = (marit.create_contact(acme, "Hoffmann"), marit.log_call(acme, "Secret"));
    marit.sync();
    jonas.sync();
    // Two people choose an owner: history, a card, and an outcome that tells the lost value.
    marit.save(Kind::Customers, acme, &[("assignedTo", json!(office.marit))]).expect("saved");
    jonas.save(Kind::Customers, acme, &[("assignedTo", json!(office.jonas))]).expect("saved");
    for device in [&marit, &jonas, &marit, &jonas] {
        device.sync();
    }
    let ids = vec![(Kind::Customers, acme), (Kind::Contacts, contact), (Kind::Interactions, call)];
    for store in [&office.server, &marit.store, &jonas.store] {
        assert!(traces(store, ids.clone(), "Plantedname") > 3);
    }
    assert_eq!(erase(&office, acme), 3);
    marit.sync();
    jonas.sync();
    for store in [&office.server, &marit.store, &jonas.store] {
        assert_eq!(traces(store, ids.clone(), "Plantedname"), 0);
    }
    office.assert_agree(&[&marit, &jonas]);
    // An edit of what is gone is refused and shown, and brings nothing back.
    let other = marit.create("Other");
    marit.sync();
    jonas.sync();
    jonas.save(Kind::Customers, other, &[("phone", json!("1"))]).expect("saved");
    erase(&office, other);
    assert_eq!(jonas.sync().refused, 1);
    let again = jonas.save(Kind::Customers, other, &[("name", json!("Other"))]);
    assert!(again.is_err() || jonas.sync().refused == 1, "its id is not used again");
    assert!(office.on_server(Kind::Customers, other).is_none());
    assert_eq!(jonas.waiting(), (0, 0));
}

#[test]
fn what_is_erased_goes_from_a_laptop_that_was_changing_it_and_she_is_told() {
    let office = Office::open();
    let jonas = office.device(office.jonas);
    let acme = jonas.create("Plantedname");
    let contact = jonas.create_contact(acme, "Plantedname");
    jonas.sync();
    jonas.save(Kind::Customers, acme, &[("phone", json!("Plantedname 1"))]).expect("saved");
    jonas.save(Kind::Contacts, contact, &[("phone", json!("Plantedname 2"))]).expect("saved");
    // What an import would put back is a copy, too.
    let batch = office.clock.id();
    let earlier = jonas.save(Kind::Customers, acme, &[("website", json!("https://plantedname.example"))]).expect("saved").undo;
    jonas.store.write(move |tx| tx.import_undo_add(batch, &earlier)).expect("kept");
    let late = jonas.log_call(acme, "Plantedname called");
    jonas.save(Kind::Interactions, late, &[("outcome", json!("Plantedname again"))]).expect("saved");
    jonas.create("Another");
    jonas.save(Kind::Interactions, late, &[("outcome", json!("Plantedname once more"))]).expect("saved");
    erase(&office, acme);
    // The second edit of the customer and the last of the call go with the first: what would they wait for?
    assert_eq!(jonas.sync().refused, 3);
    jonas.sync();
    let ids = vec![(Kind::Customers, acme), (Kind::Contacts, contact), (Kind::Interactions, late)];
    assert_eq!(traces(&jonas.store, ids, "Plantedname"), 0);
    let told: Vec<String> = jonas.cards().into_iter().map(|card| card.kind).collect();
    assert_eq!(told, ["erased"; 5], "each change of hers is told of, without its words");
    let copies = jonas.store.read(move |tx| Ok((tx.import_undo(batch)?, tx.remembered_count()?))).expect("read");
    assert_eq!(copies, (vec![vec![]], 1), "of what was sent only the other customer is remembered");
    assert_eq!(jonas.waiting(), (0, 0));
}

#[test]
fn what_is_made_offline_for_a_customer_that_is_gone_for_good_is_refused_and_shown_instead_of_waiting() {
    let office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let acme = marit.create("Acme");
    marit.sync();
    jonas.sync();
    marit.delete(Kind::Customers, acme).expect("deleted");
    marit.sync();
    jonas.log_call(acme, "Made offline");
    let (clock, user) = (office.clock.clone(), office.marit);
    let purged = office.server.write(move |tx| {
        let actor = Actor { user, role: Role::Admin, device: Id::NIL };
        let at = accept::Context { actor, now: clock.now(), source: clock.as_ref() };
        accept::purge(tx, &at, &[(Kind::Customers, acme)], accept::Why::Purged)
    });
    assert_eq!(purged, Ok(1));
    assert_eq!(jonas.sync().refused, 1);
    let card = jonas.cards().into_iter().next().expect("a card");
    assert_eq!((card.kind.as_str(), card.code.as_str()), ("refused", "GONE"));
    assert_eq!(card.mine.0["units"]["subject"]["value"], "Made offline");
    assert_eq!(jonas.waiting(), (0, 0));
}

#[test]
fn what_was_made_for_a_customer_that_was_merged_meanwhile_reaches_the_one_that_stays() {
    let office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let (stays, goes) = (marit.create("Acme"), marit.create("Acme Ltd"));
    let early = marit.log_call(goes, "Before");
    marit.sync();
    jonas.sync();
    let late = jonas.log_call(goes, "Offline, meanwhile");
    let (clock, user) = (marit.clock.clone(), office.marit);
    office
        .server
        .write(move |tx| {
            let actor = Actor { user, role: Role::Admin, device: Id::NIL };
            let at = accept::Context { actor, now: clock.now(), source: clock.as_ref() };
            accept::join(tx, &at, stays, goes, &std::collections::BTreeMap::new())
        })
        .expect("merged");
    let report = jonas.sync();
    assert_eq!((report.refused, report.held, jonas.waiting()), (0, 0, (0, 0)));
    marit.sync();
    for call in [early, late] {
        let of = |r: rapport_model::BoxedRecord| r.of::<rapport_model::Interaction>().map(|call| call.customer_id);
        assert_eq!(office.on_server(Kind::Interactions, call).and_then(of), Some(stays));
    }
    assert!(jonas.find(Kind::Customers, goes).is_none());
    office.assert_agree(&[&marit, &jonas]);
}
