//! Two customers that are one, merged on a device: everything goes along everywhere, and comes back when they are parted.

use crate::support::office::{Device, Office};
use rapport_model::mutation::Change;
use rapport_model::{Contact, Id, Interaction, Kind, Result, Source, customer_of};
use rapport_ops::{Ctx, commands};
use serde_json::{Value, json};

fn call(device: &Device, name: &str, args: Value) -> Result<Value> {
    commands::run(name, args, &Ctx { store: device.store.clone(), actor: device.actor(), source: device.clock.clone() })
}

fn merge(device: &Device, into: Id, from: Id, fields: Value) -> Vec<Change> {
    let done = call(device, "customers.merge", json!({ "into": into, "from": from, "fields": fields })).expect("merged");
    serde_json::from_value(done["undo"].clone()).expect("undo")
}

fn owner(device: &Device, kind: Kind, id: Id) -> Option<Id> {
    device.find(kind, id).and_then(|record| customer_of(record.as_ref()))
}

fn primaries(device: &Device, customer: Id) -> Vec<String> {
    let contacts = device.store.read(move |tx| tx.children::<Contact>(customer)).expect("contacts");
    contacts.into_iter().filter(|contact| contact.is_primary).map(|contact| contact.last_name).collect()
}

/// Acme and ACME Ltd, each with somebody to talk to and a call.
struct Twice {
    acme: Id,
    ltd: Id,
    person: Id,
    call: Id,
}

fn twice(device: &Device) -> Twice {
    let (acme, ltd) = (device.create("Acme"), device.create("ACME Ltd"));
    device.save(Kind::Customers, ltd, &[("phone", json!("0791 23"))]).expect("saved");
    device.create_contact(acme, "Hoffmann");
    let person = device.create_contact(ltd, "Weber");
    let call = device.log_call(ltd, "Asked for frames");
    Twice { acme, ltd, person, call }
}

#[test]
fn what_hangs_on_the_other_goes_along_on_every_device() {
    let office = Office::open();
    let (marit, other) = (office.device(office.marit), office.device(office.marit));
    let Twice { acme, ltd, person, call } = twice(&marit);
    marit.sync();
    other.sync();
    merge(&marit, acme, ltd, json!({}));
    marit.sync();
    other.sync();
    for device in [&marit, &other] {
        assert_eq!(owner(device, Kind::Contacts, person), Some(acme));
        assert_eq!(owner(device, Kind::Interactions, call), Some(acme));
        assert_eq!(primaries(device, acme), ["Hoffmann"]);
        assert_eq!(device.customer(acme).phone.as_deref(), Some("0791 23"), "what was missing came along");
        assert!(device.customer(ltd).meta.deleted_at.is_some());
        let found = device.store.read(|tx| tx.search_customers("weber", 10, None)).expect("search");
        assert_eq!(found, [acme]);
    }
    office.assert_agree(&[&marit, &other]);
    assert_eq!((marit.waiting(), marit.cards().len()), ((0, 0), 0));
}

#[test]
fn a_merge_is_undone_and_redone_as_if_nothing_had_been() {
    let office = Office::open();
    let marit = office.device(office.marit);
    let Twice { acme, ltd, person, call } = twice(&marit);
    marit.sync();
    let before = marit.customer(acme);
    let undo = merge(&marit, acme, ltd, json!({ "name": "other" }));
    assert_eq!(marit.customer(acme).name, "ACME Ltd");
    let redo = marit.change(undo).expect("undone").undo;
    marit.sync();
    assert_eq!((marit.customer(acme).name, marit.customer(acme).phone), (before.name, before.phone));
    assert_eq!((owner(&marit, Kind::Contacts, person), owner(&marit, Kind::Interactions, call)), (Some(ltd), Some(ltd)));
    assert_eq!((primaries(&marit, acme), primaries(&marit, ltd)), (vec!["Hoffmann".into()], vec!["Weber".into()]));
    assert!(marit.customer(ltd).merged.is_none() && office.customer(ltd).meta.deleted_at.is_none());
    marit.change(redo).expect("redone");
    marit.sync();
    assert_eq!(owner(&marit, Kind::Interactions, call), Some(acme));
    office.assert_agree(&[&marit]);
}

#[test]
fn weeks_later_another_device_parts_them_again() {
    let office = Office::open();
    let (marit, other) = (office.device(office.marit), office.device(office.marit));
    let Twice { acme, ltd, person, call: logged } = twice(&marit);
    merge(&marit, acme, ltd, json!({ "name": "other" }));
    marit.sync();
    other.sync();
    let later = other.log_call(acme, "After the merge");
    let history = call(&other, "records.history", json!({ "kind": "customers", "id": acme })).expect("history");
    assert_eq!((&history["merged"][0]["name"], &history["merged"][0]["moved"]), (&json!("ACME Ltd"), &json!(2)));
    call(&other, "customers.part", json!({ "id": ltd })).expect("parted");
    other.sync();
    marit.sync();
    for device in [&marit, &other] {
        assert_eq!((device.customer(acme).name, device.customer(ltd).name), ("Acme".to_owned(), "ACME Ltd".to_owned()));
        assert_eq!(owner(device, Kind::Contacts, person), Some(ltd));
        assert_eq!(owner(device, Kind::Interactions, logged), Some(ltd));
        assert_eq!(owner(device, Kind::Interactions, later), Some(acme), "what came later stays");
        let date = device.find(Kind::Interactions, later).and_then(|call| call.of::<Interaction>().map(|i| i.interaction_date));
        assert_eq!(device.customer(acme).last_contact, date, "derived anew");
    }
    office.assert_agree(&[&marit, &other]);
}

#[test]
fn what_others_hung_on_it_meanwhile_goes_along() {
    let office = Office::open();
    let (marit, other) = (office.device(office.marit), office.device(office.marit));
    let Twice { acme, ltd, .. } = twice(&marit);
    marit.sync();
    other.sync();
    // One arrives before the merge, one after it; nobody has seen the other's work.
    let first = other.log_call(ltd, "Before it arrived");
    other.sync();
    merge(&marit, acme, ltd, json!({}));
    let second = other.log_call(ltd, "After it arrived");
    marit.sync();
    other.sync();
    marit.sync();
    for device in [&marit, &other] {
        assert_eq!(owner(device, Kind::Interactions, first), Some(acme));
        assert_eq!(owner(device, Kind::Interactions, second), Some(acme));
        assert!(device.customer(ltd).meta.deleted_at.is_some());
    }
    assert_eq!((marit.cards().len(), other.cards().len(), other.waiting()), (0, 0, (0, 0)));
    call(&marit, "customers.part", json!({ "id": ltd })).expect("parted");
    marit.sync();
    other.sync();
    assert_eq!(owner(&other, Kind::Interactions, first), Some(ltd), "and comes back with the rest");
    office.assert_agree(&[&marit, &other]);
}

#[test]
fn a_customer_with_years_of_history_is_merged_too() {
    let office = Office::open();
    let (marit, other) = (office.device(office.marit), office.device(office.marit));
    let (acme, ltd) = (marit.create("Acme"), marit.create("ACME Ltd"));
    let calls: Vec<Id> = (0..450).map(|n| marit.log_call(ltd, &format!("Call {n}"))).collect();
    marit.sync();
    let undo = merge(&marit, acme, ltd, json!({}));
    marit.sync();
    other.sync();
    assert!(calls.iter().all(|call| owner(&other, Kind::Interactions, *call) == Some(acme)));
    for part in undo.chunks(rapport_model::mutation::CHANGES_MAX) {
        marit.change(part.to_vec()).expect("undone");
    }
    marit.sync();
    other.sync();
    assert!(calls.iter().all(|call| owner(&other, Kind::Interactions, *call) == Some(ltd)));
    office.assert_agree(&[&marit, &other]);
}

#[test]
fn what_goes_to_somebody_else_s_customer_leaves_those_who_may_not_see_it() {
    let office = Office::open();
    let (marit, sales) = (office.device(office.marit), office.device(office.sales));
    let (hers, theirs) = (marit.create("Acme"), sales.create("ACME Ltd"));
    marit.save(Kind::Customers, hers, &[("assignedTo", json!(office.rival))]).expect("handed on");
    let note = sales.log_call(theirs, "Planted words");
    sales.sync();
    marit.sync();
    assert!(call(&sales, "customers.merge", json!({ "into": hers, "from": theirs })).is_err(), "she does not have it");
    merge(&marit, hers, theirs, json!({}));
    marit.sync();
    sales.sync();
    assert!(sales.find(Kind::Interactions, note).is_none(), "it left with its customer");
    assert_eq!(owner(&marit, Kind::Interactions, note), Some(hers));
}

#[test]
fn likely_duplicates_are_told_with_reasons_until_somebody_says_they_are_two() {
    let office = Office::open();
    let marit = office.device(office.marit);
    let Twice { acme, ltd, .. } = twice(&marit);
    marit.create("Bäckerei Huber");
    let list = || call(&marit, "customers.duplicates", json!({})).expect("list");
    let found = list();
    assert_eq!((&found["total"], &found["pairs"][0]["reasons"]), (&json!(1), &json!(["sameName"])));
    let sides = &found["pairs"][0]["sides"];
    let (one, other) = (&sides[0], &sides[1]);
    assert_eq!((&one["customer"]["_id"], &one["interactions"]), (&json!(ltd), &json!(1)), "the one with more to it first");
    assert_eq!(other["customer"]["_id"], json!(acme));
    let like = call(&marit, "customers.like", json!({ "name": "Acme GmbH" })).expect("like");
    assert_eq!(like["found"].as_array().map(Vec::len), Some(2));
    assert_eq!(call(&marit, "customers.like", json!({ "name": "Zumtobel" })).expect("like")["found"], json!([]));
    let fields = [
        ("scope", json!("user")),
        ("name", json!("duplicates.apart")),
        ("value", json!([format!("{} {}", acme.min(ltd), acme.max(ltd))])),
    ];
    marit.save(Kind::Settings, marit.clock.id(), &fields).expect("said");
    assert_eq!(list()["total"], json!(0));
}
