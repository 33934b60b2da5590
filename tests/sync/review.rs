//! Stories in which work could be lost or doubled, found by reading the code. They were written together with their fixes.

use crate::support::office::{Device, Fault, Office};
use rapport_model::mutation::{Change, Ending, Mutation, Op, UnitEdit};
use rapport_model::{Actor, Code, Id, Kind, Millis, Role, Source, User};
use rapport_ops::accept;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn deactivate(office: &Office, device: &Device, user: Id, active: bool) {
    let clock = device.clock.clone();
    office
        .server
        .write(move |tx| {
            let mut user = tx.get_as::<User>(user)?;
            user.is_active = active;
            let actor = Actor { user: user.meta.id, role: Role::Admin, device: Id::NIL };
            let at = accept::Context { actor, now: clock.now(), source: clock.as_ref() };
            accept::write_server(tx, &at, vec![Box::new(user)])
        })
        .expect("written");
}

/// Marit makes a customer for Jonas, who was deactivated meanwhile; the server refuses it.
fn refused_create(office: &Office) -> (Device, Id) {
    let marit = office.device(office.marit);
    deactivate(office, &marit, office.jonas, false);
    let id = marit.clock.id();
    marit.meet(&[Some(Fault::Lost)]);
    marit.save(Kind::Customers, id, &[("name", json!("Acme")), ("assignedTo", json!(office.jonas))]).expect("saved");
    marit.log_call(id, "First call");
    assert!(marit.try_sync().is_err());
    let report = marit.sync();
    assert_eq!((report.refused, report.held), (1, 1));
    assert_eq!(marit.customer(id).name, "Acme", "it stays visible");
    (marit, id)
}

fn resolve(device: &Device, choice: &'static str) -> rapport_model::Result<()> {
    let card = device.cards()[0].meta.id;
    let (actor, now) = (Actor { user: device.user, role: Role::Admin, device: Id::NIL }, device.clock.now());
    device.store.write(move |tx| rapport_ops::cards::resolve(tx, actor, now, card, choice))
}

#[test]
fn a_refused_create_can_be_corrected_and_its_call_follows() {
    let office = Office::open();
    let (marit, id) = refused_create(&office);
    marit.save(Kind::Customers, id, &[("assignedTo", json!(office.marit))]).expect("corrected");
    marit.sync();
    marit.sync();
    assert_eq!((office.customer(id).name.as_str(), office.customer(id).assigned_to), ("Acme", Some(office.marit)));
    assert_eq!(marit.waiting(), (0, 0), "the call that waited for it went too");
}

#[test]
fn a_refused_create_can_be_tried_again_once_the_reason_is_gone() {
    let office = Office::open();
    let (marit, id) = refused_create(&office);
    assert_eq!(resolve(&marit, "mine").map_err(|e| e.code), Err(Code::InvalidAssignment), "the rule still speaks");
    deactivate(&office, &marit, office.jonas, true);
    marit.sync();
    resolve(&marit, "mine").expect("taken up again");
    marit.sync();
    marit.sync();
    assert_eq!(office.customer(id).assigned_to, Some(office.jonas));
    assert_eq!((marit.waiting(), marit.cards().len()), ((0, 0), 0));
}

/// Saves one unit as a form that saw `base` at `version`.
fn save_as_seen(device: &Device, id: Id, unit: &str, value: Value, base: Value, version: i64) {
    let edit = UnitEdit { value, base, base_version: version, updated_at: Millis(0), seen: Millis(0) };
    let units = BTreeMap::from([(unit.to_owned(), edit)]);
    device.change(vec![Change { kind: "customers".into(), id, op: Op::Put, units }]).expect("saved");
}

#[test]
fn a_form_that_saw_nothing_does_not_claim_to_have_seen_what_was_pulled_under_it() {
    let office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let acme = marit.create("Acme");
    marit.sync();
    jonas.sync();
    let seen = marit.customer(acme).meta.version;
    jonas.save(Kind::Customers, acme, &[("notes", json!("Jonas was here")), ("assignedTo", json!(office.jonas))]).expect("saved");
    jonas.sync();
    marit.sync();
    save_as_seen(&marit, acme, "notes", json!("Marit too"), Value::Null, seen);
    save_as_seen(&marit, acme, "assignedTo", json!(office.marit), Value::Null, seen);
    marit.sync();
    let notes = office.customer(acme).notes.expect("notes");
    assert!(notes.contains("Jonas was here") && notes.contains("Marit too"), "{notes}");
    assert_eq!(office.customer(acme).assigned_to, Some(office.jonas), "the first claim stands");
}

#[test]
fn a_second_edit_of_a_text_keeps_what_a_colleague_wrote_between() {
    let office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let (acme, other) = (marit.create("Acme"), marit.create("Other"));
    marit.save(Kind::Customers, acme, &[("notes", json!("x"))]).expect("saved");
    marit.sync();
    jonas.sync();
    marit.save(Kind::Customers, acme, &[("notes", json!("x\nA"))]).expect("saved");
    marit.save(Kind::Customers, other, &[("phone", json!("1"))]).expect("saved");
    marit.save(Kind::Customers, acme, &[("notes", json!("x\nA\nA2"))]).expect("saved");
    jonas.save(Kind::Customers, acme, &[("notes", json!("x\nB"))]).expect("saved");
    jonas.sync();
    marit.sync();
    let notes = office.customer(acme).notes.expect("notes");
    for line in ["x", "A", "A2", "B"] {
        assert_eq!(notes.lines().filter(|l| *l == line).count(), 1, "{line}: {notes}");
    }
}

#[test]
fn a_delete_that_did_not_see_a_call_loses_against_it_in_either_order() {
    for delete_first in [true, false] {
        let office = Office::open();
        let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
        let acme = marit.create("Acme");
        marit.log_call(acme, "One that both saw");
        marit.sync();
        jonas.sync();
        marit.delete(Kind::Customers, acme).expect("deleted");
        jonas.log_call(acme, "They called");
        let order = if delete_first { [&marit, &jonas] } else { [&jonas, &marit] };
        for device in order {
            device.meet(&[]);
            device.sync();
        }
        assert_eq!(office.customer(acme).meta.deleted_at, None, "delete first: {delete_first}");
    }
    let office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let acme = marit.create("Acme");
    marit.sync();
    jonas.sync();
    jonas.log_call(acme, "One that she saw");
    jonas.sync();
    marit.sync();
    marit.delete(Kind::Customers, acme).expect("deleted");
    marit.sync();
    assert!(office.customer(acme).meta.deleted_at.is_some(), "what she saw does not stand in the way");
}

#[test]
fn an_edit_that_was_taken_back_is_no_edit() {
    let office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let acme = marit.create("Acme");
    marit.save(Kind::Customers, acme, &[("phone", json!("a"))]).expect("saved");
    marit.sync();
    jonas.sync();
    jonas.save(Kind::Customers, acme, &[("phone", json!("c"))]).expect("saved");
    office.pass(60_000);
    let saved = marit.save(Kind::Customers, acme, &[("phone", json!("b"))]).expect("saved");
    marit.change(saved.undo).expect("undone");
    assert_eq!(marit.waiting(), (0, 0));
    jonas.sync();
    marit.sync();
    assert_eq!(office.customer(acme).phone.as_deref(), Some("c"));
    office.assert_agree(&[&marit]);
}

#[test]
fn undo_of_a_new_customer_with_a_contact_reaches_the_server() {
    let office = Office::open();
    let marit = office.device(office.marit);
    let (acme, petra) = (marit.clock.id(), marit.clock.id());
    let put = |kind: &str, id, fields: &[(&str, Value)]| {
        let edit = |value: &Value| UnitEdit {
            value: value.clone(),
            base: Value::Null,
            base_version: 0,
            updated_at: Millis(0),
            seen: Millis(0),
        };
        let units = fields.iter().map(|(unit, value)| ((*unit).to_owned(), edit(value))).collect();
        Change { kind: kind.into(), id, op: Op::Put, units }
    };
    let made = marit
        .change(vec![
            put("customers", acme, &[("name", json!("Acme"))]),
            put("contacts", petra, &[("customerId", json!(acme)), ("lastName", json!("Hoffmann"))]),
        ])
        .expect("saved");
    marit.sync();
    marit.change(made.undo).expect("undone");
    assert_eq!(marit.sync().refused, 0);
    assert!(office.customer(acme).meta.deleted_at.is_some());
    assert!(marit.cards().is_empty());
}

#[test]
fn an_edit_on_top_of_a_waiting_one_saw_no_more_than_that() {
    let office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let (acme, other) = (marit.create("Acme"), marit.create("Other"));
    marit.sync();
    jonas.sync();
    marit.save(Kind::Customers, acme, &[("assignedTo", json!(office.marit))]).expect("saved");
    marit.save(Kind::Customers, other, &[("phone", json!("1"))]).expect("saved");
    marit.save(Kind::Customers, acme, &[("phone", json!("marit 1"))]).expect("saved");
    // Later than her first edit, which loses; earlier than her second, which wins.
    office.pass(60_000);
    jonas.save(Kind::Customers, acme, &[("industry", json!("Optics")), ("phone", json!("jonas"))]).expect("saved");
    jonas.sync();
    office.pass(60_000);
    // The pull arrives, the push does not.
    marit.meet(&[None, Some(Fault::Lost)]);
    assert!(marit.try_sync().is_err());
    marit.save(Kind::Customers, acme, &[("phone", json!("marit 2"))]).expect("saved");
    marit.sync();
    let log = office.server.read(move |tx| tx.history_of(acme)).expect("history");
    let lost: Vec<_> = log.iter().filter(|l| l.overridden && l.unit == "phone").map(|l| l.before.clone()).collect();
    assert!(lost.contains(&json!("jonas")), "{lost:?}");
}

#[test]
fn two_customers_of_one_name_can_both_be_edited_until_one_is_renamed() {
    let office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let mine = marit.create("Acme");
    jonas.create("Acme");
    jonas.sync();
    marit.meet(&[None, Some(Fault::Lost)]);
    assert!(marit.try_sync().is_err());
    marit.save(Kind::Customers, mine, &[("phone", json!("1"))]).expect("a phone number is no name");
    marit.sync();
    assert_eq!(office.customer(mine).name, "Acme (2)");
}

#[test]
fn a_call_that_brings_a_trashed_namesake_back_does_not_make_two_of_one_name() {
    let office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let first = marit.create("Acme");
    marit.sync();
    jonas.sync();
    marit.delete(Kind::Customers, first).expect("deleted");
    marit.sync();
    let second = marit.create("Acme");
    marit.sync();
    jonas.log_call(first, "They called");
    jonas.sync();
    assert_eq!(office.customer(first).meta.deleted_at, None);
    assert_eq!((office.customer(second).name.as_str(), office.customer(first).name.as_str()), ("Acme", "Acme (2)"));
}

#[test]
fn what_hangs_on_something_unknown_waits_for_it() {
    let office = Office::open();
    let (marit, id) = refused_create(&office);
    let calls = marit.store.read(move |tx| tx.children::<rapport_model::Interaction>(id)).expect("calls");
    let call = calls[0].meta.id;
    marit.save(Kind::Interactions, call, &[("subject", json!("Corrected"))]).expect("saved");
    let report = marit.sync();
    assert_eq!(report.refused, 0, "an edit of what waits, waits");
    let petra = marit.create_contact(id, "Hoffmann");
    marit.save(Kind::Interactions, call, &[("contactId", json!(petra))]).expect("saved");
    assert_eq!(marit.sync().refused, 0);
    marit.save(Kind::Customers, id, &[("assignedTo", json!(office.marit))]).expect("corrected");
    for _ in 0..4 {
        marit.sync();
    }
    assert_eq!(marit.waiting(), (0, 0));
    let call =
        office.on_server(Kind::Interactions, call).and_then(|r| r.of::<rapport_model::Interaction>().cloned()).expect("there");
    assert_eq!((call.subject.as_str(), call.contact_id), ("Corrected", Some(petra)));
}

/// A customer for somebody who was deactivated meanwhile, sent with its answer lost; an edit of it follows.
fn refused_with_an_edit_behind(office: &Office) -> (Device, Id) {
    let marit = office.device(office.marit);
    let other = marit.create("Other");
    marit.sync();
    deactivate(office, &marit, office.jonas, false);
    let id = marit.clock.id();
    marit.meet(&[Some(Fault::Lost)]);
    marit.save(Kind::Customers, id, &[("name", json!("Acme")), ("assignedTo", json!(office.jonas))]).expect("saved");
    marit.save(Kind::Customers, other, &[("phone", json!("1"))]).expect("saved");
    marit.save(Kind::Customers, id, &[("phone", json!("2"))]).expect("saved");
    assert!(marit.try_sync().is_err());
    (marit, id)
}

#[test]
fn an_edit_that_was_on_its_way_behind_a_refused_create_goes_with_its_correction() {
    for by_card in [false, true] {
        let office = Office::open();
        let (marit, id) = refused_with_an_edit_behind(&office);
        let report = marit.sync();
        assert_eq!((report.refused, report.held), (1, 1), "the create is refused, the edit waits");
        let shown = marit.customer(id);
        assert_eq!((shown.name.as_str(), shown.phone.as_deref()), ("Acme", Some("2")), "it stays visible");
        if by_card {
            deactivate(&office, &marit, office.jonas, true);
            marit.sync();
            resolve(&marit, "mine").expect("taken up again");
        } else {
            // What she typed last stands, also over the edit that still waits.
            let corrected = [("assignedTo", json!(office.marit)), ("phone", json!("3"))];
            marit.save(Kind::Customers, id, &corrected).expect("corrected");
        }
        for _ in 0..3 {
            marit.sync();
        }
        assert_eq!(marit.waiting(), (0, 0), "by the card: {by_card}");
        let there = office.customer(id);
        let (phone, owner) = if by_card { ("2", office.jonas) } else { ("3", office.marit) };
        assert_eq!((there.name.as_str(), there.phone.as_deref(), there.assigned_to), ("Acme", Some(phone), Some(owner)));
        office.assert_agree(&[&marit]);
    }
}

#[test]
fn who_lets_go_of_a_refused_create_lets_go_of_the_edits_behind_it() {
    let office = Office::open();
    let (marit, id) = refused_with_an_edit_behind(&office);
    marit.sync();
    resolve(&marit, "dismiss").expect("let go");
    assert!(marit.find(Kind::Customers, id).is_none());
    marit.sync();
    assert_eq!((marit.waiting(), marit.cards().len()), ((0, 0), 0));
    office.assert_agree(&[&marit]);
}

#[test]
fn a_call_with_a_contact_that_is_still_to_come_waits_for_it() {
    let office = Office::open();
    let marit = office.device(office.marit);
    let acme = marit.create("Acme");
    marit.sync();
    let (call, petra, epoch) = (marit.clock.id(), marit.clock.id(), marit.clock.id());
    let edit =
        |value: Value| UnitEdit { value, base: Value::Null, base_version: 0, updated_at: marit.clock.now(), seen: Millis(0) };
    let made = |n: i64, kind: &str, id: Id, fields: Vec<(&str, Value)>| {
        let units = fields.into_iter().map(|(unit, value)| (unit.to_owned(), edit(value))).collect();
        let changes = vec![Change { kind: kind.into(), id, op: Op::Put, units }];
        Mutation { mutation_id: marit.clock.id(), epoch, n, prev: String::new(), batch_id: None, parted: false, changes }
    };
    let of_call = vec![
        ("customerId", json!(acme)),
        ("type", json!("call")),
        ("subject", json!("With Petra")),
        ("interactionDate", json!(marit.clock.now())),
        ("assignedTo", json!(office.marit)),
        ("contactId", json!(petra)),
    ];
    let of_call = made(1, "interactions", call, of_call);
    let of_petra = made(2, "contacts", petra, vec![("customerId", json!(acme)), ("lastName", json!("Hoffmann"))]);
    let push = |mutation: &Mutation| {
        let (clock, mutations) = (marit.clock.clone(), vec![mutation.clone()]);
        let actor = Actor { user: office.marit, role: Role::Sales, device: epoch };
        let push = move |tx: &mut rapport_store::Tx<'_>| {
            accept::push(tx, &accept::Context { actor, now: clock.now(), source: clock.as_ref() }, mutations)
        };
        office.server.write(push).expect("judged").remove(0)
    };
    let early = push(&of_call);
    assert_eq!((early.ending, early.need), (Ending::Held, vec![petra]));
    assert_eq!(push(&of_petra).ending, Ending::Applied);
    assert_eq!(push(&of_call).ending, Ending::Applied, "the same, judged again");
}

#[test]
fn a_company_with_more_cards_than_a_mutation_holds_is_imported_whole() {
    let office = Office::open();
    let marit = office.device(office.marit);
    let book: String = (0..450)
        .map(|n| format!("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Person {n}\r\nN:{n};Person;;;\r\nORG:Big Company\r\nEND:VCARD\r\n"))
        .collect();
    let ctx = rapport_ops::Ctx {
        store: marit.store.clone(),
        actor: Actor { user: marit.user, role: Role::Admin, device: Id::NIL },
        source: marit.clock.clone(),
    };
    let report =
        rapport_ops::take::file(&ctx, &rapport_ops::take::File { name: "big.vcf", bytes: book.as_bytes(), mapping: None }, false)
            .expect("imported");
    assert_eq!(report["taken"], json!({ "customers": 1, "contacts": 450 }));
    marit.sync();
    assert_eq!((marit.waiting(), marit.cards().len()), ((0, 0), 0));
    assert_eq!(office.server.read(|tx| tx.ids(Kind::Contacts)).expect("ids").len(), 450);
}
