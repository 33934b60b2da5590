//! Every figure against a reference that counts by brute force over random rows.

use super::facts::{Facts, Frame};
use super::figure::Amount;
use super::scope::{What, Whose, whose};
use super::zone::{Zone, written};
use super::{interactions, leads, report, value};
use proptest::prelude::*;
use rapport_model::customer::{CustomerType, Status};
use rapport_model::interaction::{CONTACT_TYPES, InteractionType};
use rapport_model::quote::QuoteStatus;
use rapport_model::{Actor, Day, Id, Millis, Money, Quantity, Quote, Role, Sight};
use rapport_store::analytics::{AnswerRow, CustomerRow, FollowUpRow, InteractionRow, OrderRow, Period, StatusRow};
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 86_400_000;
/// 2026-03-20 00:00 UTC: nine days before the clocks change in Berlin.
const START: i64 = 1_773_964_800_000;
const STATUSES: [Status; 4] = [Status::Prospect, Status::Lead, Status::Active, Status::Inactive];
const TYPES: [InteractionType; 4] =
    [InteractionType::Call, InteractionType::Visit, InteractionType::Quote, InteractionType::Order];
const CURRENCIES: [&str; 3] = ["EUR", "JPY", "KWD"];

fn id(n: usize) -> Id {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&(n as u64).to_be_bytes());
    Id::from_bytes(bytes)
}

fn all() -> Whose {
    let admin = Actor { user: Id::NIL, role: Role::Admin, device: Id::NIL };
    whose(&Sight::everything(admin), What::Report, None).expect("an administrator may")
}

/// Half hours around the change of the clocks, on whole ones often, so that edges are met.
fn at() -> impl Strategy<Value = Millis> {
    (0i64..40 * 48).prop_map(|half| Millis(START + half * 1_800_000))
}

fn maybe_at() -> impl Strategy<Value = Option<Millis>> {
    proptest::option::weighted(0.6, at())
}

prop_compose! {
    fn customer(n: usize)(
        owner in proptest::option::of(0usize..3), created_at in at(), status in 0usize..4, kind in 0usize..2,
        source in proptest::option::of(prop_oneof![Just("web"), Just(" web "), Just("fair")]),
        firsts in (maybe_at(), maybe_at(), maybe_at()), reason in proptest::option::of(prop_oneof![Just("price"), Just("time")]),
        archived_at in proptest::option::weighted(0.2, at()), last_contact in maybe_at(),
    ) -> CustomerRow {
        CustomerRow {
            id: id(100 + n), owner: owner.map(id), created_at, status: STATUSES[status],
            r#type: [CustomerType::Business, CustomerType::Individual][kind], source: source.map(str::to_owned),
            converted_at: firsts.0, qualified_at: firsts.1, churned_at: firsts.2, reason: reason.map(str::to_owned),
            archived_at, last_contact,
        }
    }
}

prop_compose! {
    /// Rows of eight customers; some hang on a ninth that does not count.
    fn rows()(
        customers in (0usize..8).prop_flat_map(|count| (0..count).map(customer).collect::<Vec<_>>()),
        orders in prop::collection::vec((0usize..9, at(), 0usize..3, -50_000i64..2_000_000_000_000), 0..30),
        work in prop::collection::vec((0usize..9, at(), 0usize..4, 0usize..3, proptest::option::of(Just("won"))), 0..60),
        dues in prop::collection::vec((0usize..9, 0i64..40, maybe_at()), 0..30),
        answers in prop::collection::vec((0usize..9, at(), any::<bool>()), 0..20),
        quotes in prop::collection::vec((0usize..9, proptest::option::of(-20i64..60), 0usize..4, 0i64..9_000_000, any::<bool>()), 0..20),
        statuses in prop::collection::vec((0usize..9, at(), 0usize..4), 0..20),
        assigned in prop::collection::btree_map(0usize..9, at(), 0..4),
    ) -> Facts {
        let of = |n: usize| id(100 + n);
        let mut facts = Facts::of(customers, &all());
        facts.orders = facts.keep(orders.into_iter().map(|(c, at, currency, net)| OrderRow {
            customer: of(c), at, currency: CURRENCIES[currency].into(), net: Money(net),
        }).collect(), |r| r.customer);
        facts.interactions = facts.keep(work.into_iter().map(|(c, at, t, u, outcome)| InteractionRow {
            customer: of(c), at, r#type: TYPES[t], user: id(u), outcome: outcome.map(str::to_owned),
        }).collect(), |r| r.customer);
        facts.follow_ups = facts.keep(dues.into_iter().map(|(c, due, done_at)| FollowUpRow {
            customer: of(c), due: Day::of(Millis(START)).plus(due), done_at,
        }).collect(), |r| r.customer);
        facts.answers = facts.keep(answers.into_iter().map(|(c, at, accepted)| AnswerRow { customer: of(c), at, accepted }).collect(), |r| r.customer);
        facts.quotes = facts.keep(quotes.into_iter().map(|(c, last, status, total, superseded)| Quote {
            customer_id: of(c), valid_until: last.map(|d| Day::of(Millis(START)).plus(d)),
            status: [QuoteStatus::Sent, QuoteStatus::Viewed, QuoteStatus::Sent, QuoteStatus::Viewed][status],
            total_amount: Some(Money(total)), currency: CURRENCIES[status % 3].into(),
            superseded_by: superseded.then(|| id(1)), ..Quote::default()
        }).collect(), |r| r.customer_id);
        let mut lines = statuses;
        lines.sort_by_key(|(_, at, _)| *at);
        for (c, at, to) in lines.into_iter().filter(|(c, _, _)| facts.customers.contains_key(&of(*c))) {
            let held = facts.statuses.get(&of(c)).and_then(|l: &Vec<StatusRow>| l.last()).map_or(Status::Prospect, |l| l.after);
            if held != STATUSES[to] {
                let line = StatusRow { customer: of(c), at, before: held, after: STATUSES[to], reason: Some(" price".into()) };
                facts.statuses.entry(of(c)).or_default().push(line);
            }
        }
        facts.assigned = assigned.into_iter().map(|(c, at)| (of(c), at)).collect();
        facts
    }
}

fn frame() -> impl Strategy<Value = Frame> {
    (0i64..30 * 24, 1i64..20 * 24, 0i64..45 * 24, 0usize..3).prop_map(|(from, hours, now, zone)| {
        let zone = Zone::parse(["Europe/Berlin", "UTC", "America/Santiago"][zone]).expect("a zone");
        let from = START + from * 3_600_000;
        Frame {
            period: Period { from: Millis(from), to: Millis(from + hours * 3_600_000) },
            zone,
            now: Millis(START + now * 3_600_000),
        }
    })
}

/// The middle by its definition: as many at or below as at or above.
fn middle(mut values: Vec<i64>) -> Option<(i64, i64)> {
    values.sort_unstable();
    let n = values.len();
    (n > 0).then(|| if n % 2 == 1 { (values[n / 2] * 2, 2) } else { (values[n / 2 - 1] + values[n / 2], 2) })
}

fn days(values: Vec<i64>, unit: i64) -> Option<Quantity> {
    middle(values).map(|(sum, n)| {
        Quantity(i64::try_from(rapport_model::money::divide(i128::from(sum) * 1000, i128::from(n * unit))).expect("fits"))
    })
}

fn within(frame: &Frame, at: Option<Millis>) -> bool {
    at.is_some_and(|at| at >= frame.period.from && at < frame.period.to)
}

proptest! {
    #[test]
    fn value_is_what_a_slow_count_says(mut facts in rows(), frame in frame()) {
        // The database hands over the orders of the period alone.
        facts.orders.retain(|o| within(&frame, Some(o.at)));
        let told = value::value(&facts, &frame);
        for currency in CURRENCIES {
            let mine: Vec<&OrderRow> = facts.orders.iter().filter(|o| o.currency == currency).collect();
            let sum: i128 = mine.iter().map(|o| i128::from(o.net.0)).sum();
            let found = told.totals.iter().find(|t| t.currency == currency);
            prop_assert_eq!(found.map(|t| (t.revenue, t.orders)), (!mine.is_empty()).then_some((Amount(sum), mine.len() as i64)));
            for parts in [&told.by_type, &told.by_source, &told.by_month] {
                let parts: Vec<_> = parts.iter().filter(|p| p.currency == currency).collect();
                prop_assert_eq!(parts.iter().map(|p| p.revenue.0).sum::<i128>(), sum, "parts add up to the whole");
                prop_assert_eq!(parts.iter().map(|p| p.orders).sum::<i64>(), mine.len() as i64);
                let keys: BTreeSet<_> = parts.iter().map(|p| &p.key).collect();
                prop_assert_eq!(keys.len(), parts.len(), "no key twice");
            }
            for part in told.by_source.iter().filter(|p| p.currency == currency) {
                let of = |o: &&&OrderRow| facts.customers[&o.customer].source.as_deref().unwrap_or("").trim() == part.key;
                prop_assert_eq!(part.revenue.0, mine.iter().filter(of).map(|o| i128::from(o.net.0)).sum::<i128>());
            }
            let open: i128 = facts.quotes.iter()
                .filter(|q| q.currency == currency && q.superseded_by.is_none() && q.valid_until.is_none_or(|d| d >= frame.today()))
                .map(|q| i128::from(q.total_amount.expect("given").0)).sum();
            prop_assert_eq!(told.pipeline.iter().filter(|p| p.currency == currency).map(|p| p.amount.0).sum::<i128>(), open);
        }
    }

    #[test]
    fn leads_are_what_a_slow_count_says(facts in rows(), frame in frame()) {
        let told = leads::leads(&facts, &frame);
        let all: Vec<&CustomerRow> = facts.customers.values().collect();
        let count = |test: &dyn Fn(&CustomerRow) -> bool| all.iter().filter(|c| test(c)).count() as i64;
        for (status, counted) in STATUSES.into_iter().zip(&told.by_status) {
            prop_assert_eq!(counted.count, count(&|c| c.status == status && c.archived_at.is_none()));
        }
        prop_assert_eq!(told.by_status.iter().map(|s| s.count).sum::<i64>() + told.archived, all.len() as i64);
        let f = &told.funnel;
        prop_assert_eq!(
            [f.created, f.converted, f.qualified, f.churned],
            [count(&|c| within(&frame, Some(c.created_at))), count(&|c| within(&frame, c.converted_at)),
             count(&|c| within(&frame, c.qualified_at)), count(&|c| within(&frame, c.churned_at))]
        );
        for step in &f.steps {
            prop_assert!(step.went_on <= step.entered);
            prop_assert_eq!(step.rate.is_none(), step.entered == 0);
        }
        let took: Vec<i64> = all.iter().filter(|c| within(&frame, c.qualified_at))
            .map(|c| (c.qualified_at.expect("within").0 - c.created_at.0).max(0)).collect();
        let p90 = told.time_to_qualify.p90_days;
        prop_assert_eq!(told.time_to_qualify.median_days, days(took.clone(), DAY));
        if let Some(p90) = p90 {
            let below = took.iter().filter(|ms| rapport_model::money::divide(i128::from(**ms) * 1000, i128::from(DAY)) <= i128::from(p90.0)).count();
            prop_assert!(below * 10 >= took.len() * 9);
        }
        let mut lost = 0;
        for c in &all {
            lost += match facts.statuses.get(&c.id) {
                Some(lines) => lines.iter().filter(|l| l.after == Status::Inactive && within(&frame, Some(l.at))).count(),
                None => usize::from(within(&frame, c.churned_at)),
            };
        }
        prop_assert_eq!(told.lost_reasons.iter().map(|r| r.count).sum::<i64>(), lost as i64);
        for dwell in &told.stage_dwell {
            let mut stays = Vec::new();
            for c in &all {
                for pair in facts.stages(c).windows(2) {
                    if pair[0].1.text() == dwell.key && within(&frame, Some(pair[1].0)) {
                        stays.push(pair[1].0.0 - pair[0].0.0);
                    }
                }
            }
            prop_assert_eq!((dwell.passages, dwell.median_days), (stays.len() as i64, days(stays, DAY)));
        }
    }

    #[test]
    fn interactions_are_what_a_slow_count_says(mut facts in rows(), frame in frame(), silent in 1i64..30) {
        facts.interactions.retain(|i| within(&frame, Some(i.at)));
        let told = interactions::interactions(&facts, &frame, &all(), silent);
        let done: Vec<&InteractionRow> = facts.interactions.iter().filter(|i| i.at.0 <= frame.now.0 + 300_000).collect();
        prop_assert_eq!((told.total, told.planned), (done.len() as i64, (facts.interactions.len() - done.len()) as i64));
        for parts in [&told.by_type, told.by_user.as_ref().expect("told"), &told.by_day, told.by_outcome.as_ref().expect("told")] {
            prop_assert_eq!(parts.iter().map(|p| p.count).sum::<i64>(), told.total);
        }
        for day in &told.by_day {
            let count = done.iter().filter(|i| written(rapport_model::figures::day_in(frame.zone.name(), i.at)) == day.key).count();
            prop_assert_eq!(day.count, count as i64, "{}", day.key);
        }
        prop_assert!(told.by_day.windows(2).all(|pair| pair[0].key < pair[1].key));
        let f = &told.follow_ups;
        let day = |at| rapport_model::figures::day_in(frame.zone.name(), at);
        let count = |test: &dyn Fn(&FollowUpRow) -> bool| facts.follow_ups.iter().filter(|r| test(r)).count() as i64;
        prop_assert_eq!(
            [f.due, f.done_in_time, f.done_late, f.open_overdue],
            [facts.follow_ups.len() as i64, count(&|r| r.done_at.is_some_and(|at| day(at) <= r.due)),
             count(&|r| r.done_at.is_some_and(|at| day(at) > r.due)), count(&|r| r.done_at.is_none() && r.due < day(frame.now))]
        );
        prop_assert_eq!(f.due, f.done_in_time + f.done_late + f.open_overdue + f.open);
        let mut named = 0;
        for c in facts.customers.keys() {
            let mut times: Vec<i64> = done.iter().filter(|i| i.customer == *c && CONTACT_TYPES.contains(&i.r#type)).map(|i| i.at.0).collect();
            times.sort_unstable();
            let gaps: Vec<i64> = times.windows(2).map(|p| p[1] - p[0]).collect();
            let found = told.cadence.items.iter().find(|one| one.key == *c);
            prop_assert_eq!(found.and_then(|one| one.median_days), days(gaps, DAY));
            named += i64::from(found.is_some());
        }
        prop_assert_eq!(told.cadence.total, named);
        let dormant: BTreeSet<Id> = facts.customers.values()
            .filter(|c| c.status == Status::Active && c.archived_at.is_none())
            .filter(|c| c.last_contact.unwrap_or(c.created_at).0 + silent * DAY <= frame.now.0).map(|c| c.id).collect();
        prop_assert_eq!(told.dormant.items.iter().map(|d| d.key).collect::<BTreeSet<_>>(), dormant);
    }

    #[test]
    fn the_report_adds_up_over_owners(mut facts in rows(), frame in frame()) {
        facts.orders.retain(|o| within(&frame, Some(o.at)));
        facts.answers.retain(|a| within(&frame, Some(a.at)));
        facts.assigned.retain(|_, at| within(&frame, Some(*at)));
        let told = report::report(&facts, &frame, &all());
        let owners: BTreeSet<Option<Id>> = facts.customers.values().map(|c| c.owner).collect();
        prop_assert_eq!(told.owners.iter().map(|o| o.key).collect::<BTreeSet<_>>(), owners);
        for owner in &told.owners {
            let mine: BTreeMap<Id, &CustomerRow> = facts.customers.iter().filter(|(_, c)| c.owner == owner.key).map(|(id, c)| (*id, c)).collect();
            let answers: Vec<bool> = facts.answers.iter().filter(|a| mine.contains_key(&a.customer)).map(|a| a.accepted).collect();
            prop_assert_eq!((owner.wins.answered, owner.wins.accepted), (answers.len() as i64, answers.iter().filter(|a| **a).count() as i64));
            let work = facts.interactions.iter().filter(|i| mine.contains_key(&i.customer) && within(&frame, Some(i.at)) && i.at.0 <= frame.now.0 + 300_000);
            prop_assert_eq!(owner.interactions, work.count() as i64);
            prop_assert_eq!(owner.follow_ups.due, facts.follow_ups.iter().filter(|f| mine.contains_key(&f.customer)).count() as i64);
            let (mut took, mut waiting) = (Vec::new(), 0);
            for (id, c) in &mine {
                let since = facts.assigned.get(id).copied().unwrap_or(c.created_at);
                if within(&frame, Some(since)) {
                    let contact = |i: &&InteractionRow| i.customer == *id && i.at >= since && i.at.0 <= frame.now.0 + 300_000 && CONTACT_TYPES.contains(&i.r#type);
                    match facts.interactions.iter().filter(contact).map(|i| i.at.0).min() {
                        Some(at) => took.push(at - since.0),
                        None => waiting += 1,
                    }
                }
            }
            prop_assert_eq!((owner.response_time.answered, owner.response_time.waiting), (took.len() as i64, waiting));
            prop_assert_eq!(owner.response_time.median_hours, days(took, 3_600_000));
            for currency in CURRENCIES {
                let orders = |kept: bool| facts.orders.iter().filter(|o| o.currency == currency && mine.get(&o.customer).is_some_and(|c| !kept || stayed(&facts, c, &frame))).map(|o| i128::from(o.net.0)).sum::<i128>();
                let told = |list: &Option<Vec<super::figure::Revenue>>| list.as_ref().expect("told").iter().filter(|r| r.currency == currency).map(|r| r.revenue.0).sum::<i128>();
                prop_assert_eq!((told(&owner.revenue), told(&owner.revenue_kept)), (orders(false), orders(true)));
            }
        }
    }
}

/// Active when the period begins and in its last instant, read off the list of its stages.
fn stayed(facts: &Facts, customer: &CustomerRow, frame: &Frame) -> bool {
    let stages = facts.stages(customer);
    let at = |at: i64| stages.iter().rev().find(|(since, _)| since.0 <= at).map(|(_, status)| *status);
    at(frame.period.from.0) == Some(Status::Active) && at(frame.period.to.0 - 1) == Some(Status::Active)
}

#[test]
fn an_empty_organisation_has_figures_too() {
    let zone = Zone::parse("Europe/Berlin").expect("a zone");
    let frame = Frame { period: Period { from: Millis(START), to: Millis(START + DAY) }, zone, now: Millis(START + 2 * DAY) };
    let facts = Facts::default();
    assert_eq!(value::value(&facts, &frame).totals, []);
    let leads = leads::leads(&facts, &frame);
    assert_eq!((leads.time_to_qualify.median_days, leads.funnel.steps[0].rate), (None, None));
    let work = interactions::interactions(&facts, &frame, &all(), 90);
    assert_eq!((work.total, work.follow_ups.punctuality, work.by_day.len()), (0, None, 2), "a day by UTC touches two in Berlin");
    assert_eq!(report::report(&facts, &frame, &all()).owners, []);
}
