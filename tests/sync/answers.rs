//! What an answer brings is not sent a second time, and what it does not bring is.

use crate::support::office::{Fault, Office};
use rapport_model::Kind;
use serde_json::json;

#[test]
fn what_a_push_wrote_is_not_sent_again() {
    let office = Office::open();
    let marit = office.device(office.marit);
    let acme = marit.create("Acme");
    marit.log_call(acme, "Asked for frames");
    let report = marit.sync();
    assert_eq!((report.pushed, report.pulled), (2, 0));
    marit.save(Kind::Customers, acme, &[("phone", json!("1"))]).expect("saved");
    let report = marit.sync();
    assert_eq!((report.pushed, report.pulled), (1, 0));
    assert_eq!(marit.sync().pulled, 0, "nor with the next round");
    office.assert_agree(&[&marit]);
}

#[test]
fn what_a_colleague_wrote_before_the_push_arrived_comes() {
    let office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let (acme, other) = (marit.create("Acme"), marit.create("Borealis"));
    marit.sync();
    jonas.sync();
    for id in [acme, other] {
        jonas.save(Kind::Customers, id, &[("website", json!("his.example"))]).expect("saved");
    }
    marit.save(Kind::Customers, acme, &[("phone", json!("1"))]).expect("saved");
    marit.before_push(move || {
        jonas.sync();
    });
    let report = marit.sync();
    assert_eq!((report.pushed, report.pulled), (1, 1), "the one that both wrote came with the answer");
    for id in [acme, other] {
        assert_eq!(marit.customer(id).website.as_deref(), Some("his.example"));
    }
    office.assert_agree(&[&marit]);
}

#[test]
fn an_answer_that_was_lost_is_made_up_for_by_the_next_push() {
    let office = Office::open();
    let marit = office.device(office.marit);
    let acme = marit.create("Acme");
    marit.sync();
    marit.save(Kind::Customers, acme, &[("phone", json!("1"))]).expect("saved");
    marit.meet(&[None, Some(Fault::AnswerLost)]);
    marit.try_sync().expect_err("the answer is lost");
    marit.forget_faults();
    marit.sync();
    assert_eq!(marit.waiting(), (0, 0));
    office.assert_agree(&[&marit]);
}

#[test]
fn more_than_one_push_is_answered_in_order_and_all_of_it_is_taken() {
    let office = Office::open();
    let marit = office.device(office.marit);
    let acme = marit.create("Acme");
    for n in 0..1_200 {
        marit.log_call(acme, &format!("Call {n}"));
    }
    // The second of three pushes is lost; what was answered before it is taken.
    marit.meet(&[None, None, Some(Fault::Lost)]);
    marit.try_sync().expect_err("cut");
    assert_eq!(marit.waiting().1, 1_201 - 500);
    marit.forget_faults();
    let report = marit.sync();
    assert_eq!((report.pushed, marit.waiting()), (1_201 - 500, (0, 0)));
    office.assert_agree(&[&marit]);
}
