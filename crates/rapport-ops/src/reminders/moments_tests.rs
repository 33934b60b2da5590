use super::*;
use chrono_tz::Tz;
use chrono_tz::{America::Los_Angeles, Europe::Oslo, Pacific::Apia, Pacific::Auckland};
use proptest::prelude::*;

fn at(text: &str) -> Millis {
    Millis(DateTime::parse_from_rfc3339(text).expect("an instant").timestamp_millis())
}

fn day(text: &str) -> Day {
    Day::of(at(&format!("{text}T00:00:00Z")))
}

fn thing(n: u8, due: Due) -> Thing {
    let id = Id::from_bytes([n; 16]);
    Thing { kind: Kind::Interactions, id, customer: id, customer_name: format!("Customer {n}"), about: None, due }
}

/// What is told from look to look, as the scheduler does it: everything told is noted, the memory goes through JSON as over a restart.
fn looks(things: &[Thing], wish: &Wish, zone: Tz, clock: impl IntoIterator<Item = Millis>) -> Vec<(u8, Millis)> {
    let (mut told, mut said) = (Told::default(), Vec::new());
    for now in clock {
        for thing in due_now(things.to_vec(), &told, wish, now, &zone) {
            told.note(&thing, now);
            said.push((thing.id.as_bytes()[0], now));
        }
        told.forget_old(now);
        told = serde_json::from_str(&serde_json::to_string(&told).expect("JSON")).expect("the same");
    }
    said
}

fn every(minutes: i64, from: &str, to: &str) -> Vec<Millis> {
    (at(from).0..=at(to).0).step_by(usize::try_from(minutes * MINUTE_MS).expect("a step")).map(Millis).collect()
}

#[test]
fn a_day_is_told_once_in_the_morning_where_she_is() {
    let things = [thing(1, Due::Day(day("2026-05-05")))];
    for (zone, morning) in
        [(Oslo, "2026-05-05T07:00:00Z"), (Los_Angeles, "2026-05-05T16:00:00Z"), (Auckland, "2026-05-04T21:00:00Z")]
    {
        let said = looks(&things, &Wish::default(), zone, every(1, "2026-05-04T00:00:00Z", "2026-05-07T00:00:00Z"));
        assert_eq!(said, [(1, at(morning))], "{zone}");
        assert_eq!(day_of(at(morning), &zone), day("2026-05-05"));
    }
}

#[test]
fn a_time_is_told_at_that_time_where_she_is_and_late_rather_than_never() {
    let half_past_two = [thing(1, Due::Wall(at("2026-05-05T14:30:00Z")))];
    for (zone, moment) in
        [(Oslo, "2026-05-05T12:30:00Z"), (Los_Angeles, "2026-05-05T21:30:00Z"), (Auckland, "2026-05-05T02:30:00Z")]
    {
        let said = looks(&half_past_two, &Wish::default(), zone, every(1, "2026-05-04T00:00:00Z", "2026-05-07T00:00:00Z"));
        assert_eq!(said, [(1, at(moment))], "{zone}");
    }
    let late = looks(&half_past_two, &Wish::default(), Oslo, every(1, "2026-05-09T06:00:00Z", "2026-05-09T07:00:00Z"));
    assert_eq!(late, [(1, at("2026-05-09T06:00:00Z"))], "the laptop was off");
}

#[test]
fn a_follow_up_whose_time_has_come_is_told_alone_and_one_that_was_missed_with_the_others() {
    let things = || {
        let days = (1..=5).map(|n| thing(n, Due::Day(day("2026-05-05"))));
        days.chain([thing(9, Due::Wall(at("2026-05-05T14:30:00Z")))]).collect::<Vec<_>>()
    };
    let lengths = |now| gathered(things(), at(now), &Oslo).iter().map(|note| note.things().len()).collect::<Vec<_>>();
    assert_eq!(lengths("2026-05-05T12:30:00Z"), [1, 5]);
    assert_eq!(lengths("2026-05-06T07:00:00Z"), [6]);
}

#[test]
fn no_change_of_the_clocks_doubles_or_loses_one() {
    // In Oslo the hour from two to three is left out on 29 March and comes twice on 25 October; Samoa left out a whole day.
    let half_past_two = Wish { at_minute: 150, ..Wish::default() };
    for (zone, one, from, to, told) in [
        (Oslo, "2026-03-29", "2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z", "2026-03-29T01:00:00Z"),
        (Oslo, "2026-10-25", "2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z", "2026-10-25T00:30:00Z"),
        (Apia, "2011-12-30", "2011-12-29T00:00:00Z", "2012-01-02T00:00:00Z", "2011-12-30T10:00:00Z"),
    ] {
        let said = looks(&[thing(1, Due::Day(day(one)))], &half_past_two, zone, every(1, from, to));
        assert_eq!(said.len(), 1, "{zone} {one}: {said:?}");
        assert!(said[0].1 >= at(told) && said[0].1.0 <= at(told).0 + 31 * MINUTE_MS, "{zone} {one}: {said:?}");
    }
}

#[test]
fn a_clock_that_is_set_back_tells_nothing_again() {
    let things = [thing(1, Due::Day(day("2026-05-05"))), thing(2, Due::At(at("2026-05-05T08:00:00Z")))];
    let mut clock = every(1, "2026-05-05T05:00:00Z", "2026-05-05T08:10:00Z");
    clock.extend(every(1, "2026-05-05T05:10:00Z", "2026-05-05T09:30:00Z"));
    let said = looks(&things, &Wish::default(), Oslo, clock);
    assert_eq!(said, [(1, at("2026-05-05T07:00:00Z")), (2, at("2026-05-05T07:45:00Z"))]);
}

#[test]
fn what_a_wrong_clock_told_is_told_again_in_its_time() {
    let things = [thing(1, Due::Day(day("2026-05-05")))];
    // The machine wakes up three weeks ahead, and is put right a minute later.
    let mut clock = vec![at("2026-05-26T09:00:00Z"), at("2026-05-04T12:00:00Z")];
    clock.extend(every(1, "2026-05-04T12:01:00Z", "2026-05-06T12:00:00Z"));
    let said = looks(&things, &Wish::default(), Oslo, clock);
    assert_eq!(said, [(1, at("2026-05-26T09:00:00Z")), (1, at("2026-05-05T07:00:00Z"))]);
}

#[test]
fn a_talk_is_told_before_it_begins_or_within_the_hour_and_never_after() {
    let talk = [thing(1, Due::At(at("2026-05-05T12:00:00Z")))];
    let told = |first: &str| looks(&talk, &Wish::default(), Oslo, every(1, first, "2026-05-05T18:00:00Z"));
    assert_eq!(told("2026-05-05T08:00:00Z"), [(1, at("2026-05-05T11:45:00Z"))]);
    assert_eq!(told("2026-05-05T12:40:00Z"), [(1, at("2026-05-05T12:40:00Z"))], "the laptop was asleep");
    assert!(told("2026-05-05T13:01:00Z").is_empty(), "over");
}

#[test]
fn what_is_moved_is_told_at_its_new_time() {
    let (mut told, wish) = (Told::default(), Wish::default());
    let (old, new) = (thing(1, Due::Day(day("2026-05-05"))), thing(1, Due::Day(day("2026-05-08"))));
    told.note(&old, at("2026-05-05T07:00:00Z"));
    let on = |now: &str| due_now(vec![new.clone()], &told, &wish, at(now), &Oslo).len();
    assert_eq!((on("2026-05-07T12:00:00Z"), on("2026-05-08T07:00:00Z")), (0, 1));
}

#[test]
fn a_week_away_is_one_word_and_drowns_no_appointment() {
    let mut things: Vec<Thing> = (1..=40).map(|n| thing(n, Due::Day(day("2026-05-01").plus(i64::from(n % 7))))).collect();
    things.push(thing(99, Due::At(at("2026-05-08T08:10:00Z"))));
    let due = due_now(things, &Told::default(), &Wish::default(), at("2026-05-08T08:00:00Z"), &Oslo);
    let notes = gathered(due, at("2026-05-08T08:00:00Z"), &Oslo);
    let [Note::One(talk), Note::Several(rest)] = notes.as_slice() else { panic!("{notes:?}") };
    assert_eq!((talk.id.as_bytes()[0], rest.len()), (99, 40));
    let together = |things: Vec<Thing>| gathered(things, Millis(0), &Oslo);
    assert_eq!(together((1..=4).map(|n| thing(n, Due::At(Millis(0)))).collect()).len(), 1, "even talks are no storm");
    assert_eq!(together(vec![thing(1, Due::Day(Day::EPOCH))]), [Note::One(thing(1, Due::Day(Day::EPOCH)))]);
}

#[test]
fn a_wish_from_elsewhere_is_kept_within_a_day() {
    let odd: Wish = serde_json::from_str(r#"{"atMinute": 99999, "leadMinutes": -5, "new": 1}"#).expect("a wish");
    assert_eq!(odd.bounded(), Wish { on: true, at_minute: 1439, lead_minutes: 0 });
}

proptest! {
    /// However the looks fall, each thing is told exactly once, and not before its moment.
    #[test]
    fn whenever_one_looks_each_is_told_once(
        steps in proptest::collection::vec(1i64..180, 30..200),
        days in proptest::collection::vec(0i64..5, 1..20),
        zone in proptest::sample::select(vec![Oslo, Los_Angeles, Auckland]),
    ) {
        let first = at("2026-10-23T00:00:00Z");
        let things: Vec<Thing> =
            days.iter().zip(1u8..).map(|(day, n)| thing(n, Due::Day(Day::of(first).plus(*day)))).collect();
        let mut now = first;
        let mut clock: Vec<Millis> = steps.iter().map(|minutes| { now = Millis(now.0 + minutes * MINUTE_MS); now }).collect();
        clock.push(at("2026-11-02T00:00:00Z"));
        let said = looks(&things, &Wish::default(), zone, clock);
        prop_assert_eq!(said.len(), things.len());
        for (n, when) in said {
            let due = things[usize::from(n) - 1].due;
            prop_assert!(moment(due, &Wish::default(), &zone).expect("a moment") <= when);
        }
    }
}
