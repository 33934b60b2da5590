//! Messages get lost, doubled and cut; one effect each, nothing lost.

use crate::support::office::{Fault, Office};
use rapport_model::Kind;
use serde_json::json;

#[test]
fn five_hundred_edits_of_two_weeks_reach_the_server_once_over_a_bad_wire() {
    let office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let mut customers = Vec::new();
    for n in 0..100 {
        customers.push(marit.create(&format!("Customer {n}")));
        office.pass(20 * 60_000);
    }
    for round in 0..4 {
        for customer in &customers {
            marit.save(Kind::Customers, *customer, &[("phone", json!(format!("round {round}")))]).expect("saved");
            office.pass(60_000);
        }
    }
    assert_eq!(marit.waiting().0, 100);
    let bad = [Fault::AnswerLost, Fault::Lost, Fault::Doubled].map(Some);
    for _ in 0..3 {
        marit.meet(&[None, bad[0]]);
        assert!(marit.try_sync().is_err());
        marit.meet(&[bad[1]]);
        assert!(marit.try_sync().is_err());
    }
    marit.meet(&[None, bad[2]]);
    marit.sync();
    jonas.sync();
    assert_eq!(marit.waiting(), (0, 0));
    office.assert_agree(&[&marit, &jonas]);
    let on_server = office.server.read(|tx| tx.ids(Kind::Customers)).expect("ids");
    assert_eq!(on_server.len(), 100);
    let first = customers[0];
    let log = office.server.read(move |tx| tx.history_of(first)).expect("history");
    let phones: Vec<_> = log.iter().rev().map(|l| l.after.clone()).collect();
    assert_eq!(phones, [0, 1, 2, 3].map(|n| json!(format!("round {n}"))), "each edit once, in order");
}

#[test]
fn a_lost_answer_is_answered_the_same_again() {
    let office = Office::open();
    let marit = office.device(office.marit);
    let acme = marit.create("Acme");
    marit.meet(&[None, Some(Fault::AnswerLost)]);
    assert!(marit.try_sync().is_err());
    let version = office.customer(acme).meta.version;
    // The edit goes on while the answer is unknown.
    marit.save(Kind::Customers, acme, &[("phone", json!("1"))]).expect("saved");
    marit.sync();
    assert_eq!(marit.waiting(), (0, 0));
    assert!(office.customer(acme).meta.version > version);
    assert_eq!(office.customer(acme).name, "Acme");
    assert_eq!(office.server.read(|tx| tx.ids(Kind::Customers)).expect("ids").len(), 1);
    office.assert_agree(&[&marit]);
}

#[test]
fn what_is_sealed_never_changes() {
    let office = Office::open();
    let marit = office.device(office.marit);
    let acme = marit.create("Acme");
    marit.meet(&[None, Some(Fault::Lost)]);
    assert!(marit.try_sync().is_err());
    let sealed = marit.store.read(|tx| tx.outbox_next(10)).expect("outbox");
    assert!(sealed[0].seal.is_some());
    marit.save(Kind::Customers, acme, &[("phone", json!("1"))]).expect("saved");
    let after = marit.store.read(|tx| tx.outbox_next(10)).expect("outbox");
    assert_eq!((after.len(), &after[0]), (2, &sealed[0]));
    marit.sync();
    assert_eq!(office.customer(acme).phone.as_deref(), Some("1"));
}

#[test]
fn a_restored_server_is_read_from_the_beginning_and_the_outbox_stays() {
    let office = Office::open();
    let marit = office.device(office.marit);
    let acme = marit.create("Acme");
    marit.sync();
    let clock = marit.clock.clone();
    office
        .server
        .write(move |tx| {
            use rapport_model::Source;
            let epoch = tx.sequence()?.epoch;
            tx.sequence_new_epoch(rapport_model::version::next_epoch(epoch, clock.now()), clock.id())
        })
        .expect("new epoch");
    marit.save(Kind::Customers, acme, &[("phone", json!("1"))]).expect("saved");
    marit.sync();
    assert_eq!(office.customer(acme).phone.as_deref(), Some("1"));
    assert_eq!(marit.waiting(), (0, 0));
    office.assert_agree(&[&marit]);
}

#[test]
fn one_record_that_cannot_be_read_holds_up_no_other() {
    use rapport_model::wire::{Entry, PullAnswer, What};
    use rapport_model::{Millis, Source};
    let office = Office::open();
    let marit = office.device(office.marit);
    let acme = marit.create("Acme");
    marit.sync();
    let other = marit.clock.id();
    let entry = |id, version, record| Entry {
        what: What::Record,
        kind: "customers".into(),
        id,
        version,
        mutation_id: None,
        record,
        anew: false,
    };
    let version = marit.customer(acme).meta.version;
    let entries = vec![
        entry(acme, version + 1, json!({ "_id": acme, "name": 7 })),
        entry(other, version + 2, json!({ "_id": other, "name": "Readable" })),
    ];
    let cursor = "1.x".to_owned();
    let answer = PullAnswer {
        entries,
        cursor,
        more: false,
        left: 0,
        reset: false,
        restored: false,
        server_time: Millis(0),
        durable_at: None,
    };
    marit
        .store
        .write(move |tx| rapport_sync::apply::apply_page(tx, rapport_sync::apply::Page::read(answer), Millis(9)))
        .expect("applied");
    assert_eq!((marit.customer(acme).name.as_str(), marit.customer(other).name.as_str()), ("Acme", "Readable"));
    let cards = marit.cards();
    assert_eq!((cards.len(), cards[0].kind.as_str(), cards[0].record_id), (1, "unreadable", acme));
}
