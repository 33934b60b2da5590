use super::*;
use crate::mutation::Op;
use crate::{Customer, Role};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

const NOW: Millis = Millis(1_000_000);

fn actor(n: u8) -> Actor {
    Actor { user: Id::from_bytes([n; 16]), role: Role::Sales, device: Id::from_bytes([n; 16]) }
}

fn change(edits: &[(&str, Value, Value, i64, i64)]) -> Change {
    let units = edits
        .iter()
        .map(|(unit, value, base, base_version, at)| {
            let edit = UnitEdit {
                value: value.clone(),
                base: base.clone(),
                base_version: *base_version,
                updated_at: Millis(*at),
                seen: Millis(0),
            };
            ((*unit).to_owned(), edit)
        })
        .collect::<BTreeMap<_, _>>();
    Change { kind: "customers".into(), id: Id::NIL, op: Op::Put, units }
}

fn start() -> (Customer, Stamps) {
    let stamp = Stamp { version: 1, updated_at: Millis(10), device: Id::from_bytes([9; 16]), user: Id::from_bytes([9; 16]) };
    let customer =
        Customer { name: "Acme".into(), phone: Some("1".into()), notes: Some("a\nb\nc".into()), ..Customer::default() };
    (customer, Stamps::created(stamp))
}

fn apply(state: &mut (Customer, Stamps), change: &Change, who: u8, version: i64) -> Judged {
    let at = Context { author: actor(who), version, child_touched: false, waited: false, now: NOW };
    merge(&mut state.0, &mut state.1, change, &at).expect("mergeable")
}

#[test]
fn different_fields_ask_no_question() {
    let mut s = start();
    apply(&mut s, &change(&[("phone", json!("2"), json!("1"), 1, 20)]), 1, 2);
    let judged = apply(&mut s, &change(&[("email", json!("a@b.example"), json!(null), 1, 15)]), 2, 3);
    assert_eq!((s.0.phone.as_deref(), s.0.email.as_deref()), (Some("2"), Some("a@b.example")));
    assert!(!judged.joined && judged.cards.is_empty());
    assert_eq!(s.0.meta.updated_at, Millis(20));
}

#[test]
fn the_later_wins_and_both_values_are_logged() {
    for (first_at, second_at, stands, lost) in [(20, 30, "3", "2"), (30, 20, "2", "3"), (20, 20, "3", "2")] {
        let mut s = start();
        apply(&mut s, &change(&[("phone", json!("2"), json!("1"), 1, first_at)]), 1, 2);
        let judged = apply(&mut s, &change(&[("phone", json!("3"), json!("1"), 1, second_at)]), 2, 3);
        assert_eq!(s.0.phone.as_deref(), Some(stands));
        let line = &judged.log[0];
        assert_eq!((line.before.clone(), line.after.clone(), line.overridden), (json!(lost), json!(stands), true));
        assert!(judged.joined && judged.cards.is_empty());
    }
}

#[test]
fn own_edits_and_edits_after_reading_are_no_dispute() {
    let mut s = start();
    apply(&mut s, &change(&[("phone", json!("2"), json!("1"), 1, 30)]), 1, 2);
    let own = apply(&mut s, &change(&[("phone", json!("3"), json!("1"), 1, 20)]), 1, 3);
    let read = apply(&mut s, &change(&[("phone", json!("4"), json!("3"), 3, 5)]), 2, 4);
    assert_eq!((s.0.phone.as_deref(), own.joined, read.joined), (Some("4"), false, false));
    assert_eq!(s.0.meta.updated_at, Millis(30));
}

/// It waited for something that was missing; what its author wrote in the field meanwhile arrived before it.
#[test]
fn an_edit_that_was_held_does_not_replace_what_its_author_wrote_later() {
    let mut s = start();
    apply(&mut s, &change(&[("phone", json!("later"), json!("1"), 1, 30)]), 1, 2);
    let earlier = change(&[("phone", json!("earlier"), json!("1"), 1, 20)]);
    let at = Context { author: actor(1), version: 3, child_touched: false, waited: true, now: NOW };
    let judged = merge(&mut s.0, &mut s.1, &earlier, &at).expect("mergeable");
    assert_eq!((s.0.phone.as_deref(), judged.joined, judged.cards.len()), (Some("later"), false, 0));
    assert_eq!((&judged.log[0].before, judged.log[0].overridden), (&json!("earlier"), true), "it is not forgotten");
}

#[test]
fn a_lost_status_makes_a_card_with_three_values() {
    let mut s = start();
    apply(&mut s, &change(&[("status", json!({"status": "lead"}), json!({"status": "prospect"}), 1, 20)]), 1, 2);
    let judged = apply(&mut s, &change(&[("status", json!({"status": "active"}), json!({"status": "prospect"}), 1, 30)]), 2, 3);
    assert_eq!(s.0.status, crate::customer::Status::Active);
    let card = &judged.cards[0];
    assert_eq!((card.loser, card.winner), (actor(1).user, actor(2).user));
    assert_eq!((card.mine["status"].as_str(), card.theirs["status"].as_str()), (Some("lead"), Some("active")));
    assert_eq!(card.original["status"], json!("prospect"));
}

#[test]
fn the_earlier_accepted_claim_stands() {
    let mut s = start();
    let claim = |who: u8, at| change(&[("assignedTo", json!(actor(who).user), Value::Null, 1, at)]);
    apply(&mut s, &claim(1, 20), 1, 2);
    let judged = apply(&mut s, &claim(2, 900), 2, 3);
    assert_eq!(s.0.assigned_to, Some(actor(1).user));
    assert_eq!(judged.cards[0].loser, actor(2).user);
}

#[test]
fn the_later_words_stand_last_in_whichever_order_they_arrive() {
    let edit = |text: &str, at| change(&[("notes", json!(text), json!("a\nb\nc"), 1, at)]);
    for arrivals in [[("earlier", 20), ("later", 30)], [("later", 30), ("earlier", 20)]] {
        let mut s = start();
        for (n, (text, at)) in (1..).zip(arrivals) {
            apply(&mut s, &edit(text, at), n, i64::from(n) + 1);
        }
        assert_eq!(s.0.notes.as_deref(), Some("earlier\nlater"), "{arrivals:?}");
    }
}

#[test]
fn long_text_joins_and_never_loses_words() {
    let mut s = start();
    apply(&mut s, &change(&[("notes", json!("a1\nb\nc"), json!("a\nb\nc"), 1, 20)]), 1, 2);
    apply(&mut s, &change(&[("notes", json!("a\nb\nc2"), json!("a\nb\nc"), 1, 30)]), 2, 3);
    assert_eq!(s.0.notes.as_deref(), Some("a1\nb\nc2"));
    apply(&mut s, &change(&[("notes", json!("a\nmine\nc"), json!("a\nb\nc"), 1, 40)]), 3, 4);
    let notes = s.0.notes.expect("notes");
    assert!(notes.contains("a1") && notes.contains("c2") && notes.contains("mine"), "{notes}");
}

#[test]
fn a_stamp_from_the_future_is_cut() {
    let mut s = start();
    apply(&mut s, &change(&[("phone", json!("2"), json!("1"), 1, i64::MAX)]), 1, 2);
    assert_eq!(s.1.of("phone").updated_at, NOW);
}

#[test]
fn edit_and_delete_end_the_same_in_either_order() {
    let edit = change(&[("phone", json!("2"), json!("1"), 1, 20)]);
    let mut delete = change(&[("deletedAt", json!(30), Value::Null, 1, 30)]);
    delete.op = Op::Delete;
    for edit_first in [true, false] {
        let mut s = start();
        let judged = if edit_first {
            apply(&mut s, &edit, 1, 2);
            apply(&mut s, &delete, 2, 3)
        } else {
            apply(&mut s, &delete, 2, 2);
            apply(&mut s, &edit, 1, 3)
        };
        assert_eq!((s.0.phone.as_deref(), s.0.meta.deleted_at), (Some("2"), None));
        assert_eq!(judged.cards[0].loser, actor(2).user);
    }
    let mut s = start();
    apply(&mut s, &delete, 2, 2);
    assert_eq!(s.0.meta.deleted_at, Some(Millis(30)));
}

/// Marit wrote the phone number at 40. Jonas saw that and deletes; what somebody else wrote meanwhile nobody had seen, whether it is
/// older than hers, newer, or the same. It is an edit against a delete in either order.
#[test]
fn a_delete_meets_an_edit_that_loses_as_one_that_wins_in_either_order() {
    let seen = change(&[("phone", json!("9"), json!("1"), 1, 40)]);
    for (value, at, stands) in [("2", 20, "9"), ("2", 60, "2"), ("9", 20, "9"), ("9", 60, "9")] {
        let edit = change(&[("phone", json!(value), json!("1"), 1, at)]);
        let mut delete = change(&[("deletedAt", json!(50), Value::Null, 2, 50)]);
        delete.op = Op::Delete;
        for edit_first in [true, false] {
            let mut s = start();
            apply(&mut s, &seen, 3, 2);
            let arrivals = if edit_first { [(&edit, 1), (&delete, 2)] } else { [(&delete, 2), (&edit, 1)] };
            let judged: Vec<Judged> =
                (3..).zip(arrivals).map(|(version, (change, who))| apply(&mut s, change, who, version)).collect();
            let told = format!("{value} at {at}, edit first: {edit_first}");
            assert_eq!((s.0.phone.as_deref(), s.0.meta.deleted_at), (Some(stands), None), "{told}");
            assert_eq!(judged[1].cards[0].loser, actor(2).user, "{told}");
            let is_kept = value == stands || judged.iter().flat_map(|one| &one.log).any(|line| line.before == json!(value));
            assert!(is_kept, "what lost is in the log: {told}");
        }
    }
}

/// Somebody who wrote the field last and deletes: of two edits between that she had not seen, the one is her own other one's loser.
#[test]
fn what_lost_is_not_forgotten_by_what_loses_behind_it() {
    let mut s = start();
    apply(&mut s, &change(&[("phone", json!("9"), json!("1"), 1, 40)]), 3, 2);
    apply(&mut s, &change(&[("phone", json!("2"), json!("1"), 1, 20)]), 1, 3);
    apply(&mut s, &change(&[("phone", json!("3"), json!("1"), 1, 30)]), 2, 4);
    let mut delete = change(&[("deletedAt", json!(50), Value::Null, 2, 50)]);
    delete.op = Op::Delete;
    apply(&mut s, &delete, 2, 5);
    assert_eq!(s.0.meta.deleted_at, None, "she had not seen what the first one wrote");
}

proptest! {
    /// Plain units, tags, owner and deletes end the same for every order of arrival of concurrent changes.
    #[test]
    fn every_order_of_arrival_ends_the_same(
        stamps in proptest::collection::vec(11i64..1000, 4),
        picks in proptest::collection::vec(0usize..4, 4),
        order in Just([0usize, 1, 2, 3]).prop_shuffle(),
    ) {
        let units = ["phone", "tags/vip", "industry", "type"];
        let value = |unit: &str, n: usize| match unit {
            "tags/vip" => if n.is_multiple_of(2) { json!(true) } else { Value::Null },
            "type" => json!(["individual", "business", "enterprise", "business"][n]),
            _ => json!(n.to_string()),
        };
        let changes: Vec<Change> = (0..4)
            .map(|n| change(&[(units[picks[n]], value(units[picks[n]], n), Value::Null, 1, stamps[n])]))
            .collect();
        let run = |order: &[usize]| {
            let mut s = start();
            for (arrival, n) in order.iter().enumerate() {
                apply(&mut s, &changes[*n], u8::try_from(*n).unwrap_or(0) + 1, 2 + i64::try_from(arrival).unwrap_or(0));
            }
            let mut customer = s.0;
            customer.meta.version = 0;
            customer
        };
        prop_assert_eq!(run(&[0, 1, 2, 3]), run(&order));
    }
}
