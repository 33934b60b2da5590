//! Who talks with whom, how often, and whether what was promised was done.

use super::facts::{Facts, Frame};
use super::figure::{Counted, DAY_MS, median, ranked, share};
use super::scope::Whose;
use super::zone::{days, written};
use rapport_model::customer::Status;
use rapport_model::{Id, Millis, Percent, Quantity};
use rapport_store::analytics::FollowUpRow;
use serde::Serialize;
use std::collections::BTreeMap;

/// Customers that one list names at most; how many there are is told beside it.
pub const NAMED_MAX: usize = 500;

/// Follow-ups whose day is in the period.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FollowUps {
    pub due: i64,
    pub done_in_time: i64,
    pub done_late: i64,
    /// Not done, and their day is over.
    pub open_overdue: i64,
    /// Not done, and there is time.
    pub open: i64,
    /// Done in time, of those that are done or overdue, in per cent.
    pub punctuality: Option<Percent>,
}

/// Days between contacts with one customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cadence {
    pub key: Id,
    pub name: String,
    pub contacts: i64,
    pub median_days: Option<Quantity>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Dormant {
    pub key: Id,
    pub name: String,
    /// null = there never was a contact.
    pub last_contact: Option<Millis>,
    /// Whole days without contact; without any, since it was made.
    pub days: i64,
}

/// The first of a list, and how many it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named<T> {
    pub total: i64,
    pub items: Vec<T>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Interactions {
    pub total: i64,
    /// In the period too, but still ahead: no contact yet, in no other figure.
    pub planned: i64,
    pub by_type: Vec<Counted>,
    /// By whom it was assigned to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_user: Option<Vec<Counted>>,
    /// Every day of the period up to today, also those without any.
    pub by_day: Vec<Counted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_outcome: Option<Vec<Counted>>,
    pub follow_ups: FollowUps,
    /// Open follow-ups without a date, as of now.
    pub undated_follow_ups: i64,
    /// The middle of the customers' own medians.
    pub median_cadence_days: Option<Quantity>,
    /// The most seldom first; customers with two contacts or more.
    pub cadence: Named<Cadence>,
    /// Active, as of now; the longest first.
    pub dormant: Named<Dormant>,
}

pub fn interactions(facts: &Facts, frame: &Frame, whose: &Whose, dormant_days: i64) -> Interactions {
    let (mut by_type, mut by_user, mut by_day, mut by_outcome) =
        (BTreeMap::new(), BTreeMap::new(), BTreeMap::<String, i64>::new(), BTreeMap::new());
    let last = frame.period.to.min(Millis(frame.now.0 + 1));
    if frame.period.from < last {
        let end = frame.zone.day(Millis(last.0 - 1)).plus(1);
        by_day.extend(days(frame.zone.day(frame.period.from), end).map(|day| (written(day), 0)));
    }
    let (mut total, mut planned) = (0, 0);
    for row in &facts.interactions {
        if frame.is_planned(row.at) {
            planned += 1;
            continue;
        }
        total += 1;
        *by_type.entry(row.r#type.text().to_owned()).or_default() += 1;
        *by_user.entry(row.user.to_string()).or_default() += 1;
        *by_day.entry(written(frame.zone.day(row.at))).or_default() += 1;
        *by_outcome.entry(row.outcome.as_deref().unwrap_or_default().trim().to_owned()).or_default() += 1;
    }
    let (median_cadence_days, cadence) = cadence(facts, frame);
    Interactions {
        total,
        planned,
        by_type: ranked(by_type),
        by_user: whose.people.then(|| ranked(by_user)),
        by_day: by_day.into_iter().map(|(key, count)| Counted { key, count }).collect(),
        by_outcome: whose.people.then(|| ranked(by_outcome)),
        follow_ups: follow_ups(facts.follow_ups.iter(), frame),
        undated_follow_ups: i64::try_from(facts.undated.len()).unwrap_or(i64::MAX),
        median_cadence_days,
        cadence,
        dormant: dormant(facts, frame, dormant_days),
    }
}

/// A follow-up is done in time on its day or before, by the calendar of the zone.
pub fn follow_ups<'a>(rows: impl Iterator<Item = &'a FollowUpRow>, frame: &Frame) -> FollowUps {
    let today = frame.today();
    let mut out = FollowUps::default();
    for row in rows {
        out.due += 1;
        match row.done_at.map(|at| frame.zone.day(at)) {
            Some(day) if day <= row.due => out.done_in_time += 1,
            Some(_) => out.done_late += 1,
            None if row.due < today => out.open_overdue += 1,
            None => out.open += 1,
        }
    }
    out.punctuality = share(out.done_in_time, out.done_in_time + out.done_late + out.open_overdue);
    out
}

fn named<T>(mut all: Vec<T>, order: impl Fn(&T, &T) -> std::cmp::Ordering) -> Named<T> {
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    all.sort_by(order);
    all.truncate(NAMED_MAX);
    Named { total, items: all }
}

fn cadence(facts: &Facts, frame: &Frame) -> (Option<Quantity>, Named<Cadence>) {
    let mut all = Vec::new();
    let mut middles = Vec::new();
    for (key, contacts) in facts.contacts(frame) {
        let mut gaps: Vec<i64> = contacts.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
        let Some(median_days) = median(&mut gaps, DAY_MS) else { continue };
        // Twice the middle, so that it stays whole.
        middles.push(gaps[(gaps.len() - 1) / 2] + gaps[gaps.len() / 2]);
        let contacts = i64::try_from(contacts.len()).unwrap_or(i64::MAX);
        all.push(Cadence { key, name: String::new(), contacts, median_days: Some(median_days) });
    }
    let list = named(all, |a, b| b.median_days.cmp(&a.median_days).then(a.key.cmp(&b.key)));
    (median(&mut middles, 2 * DAY_MS), list)
}

/// Active customers without contact for at least so many whole days.
fn dormant(facts: &Facts, frame: &Frame, days: i64) -> Named<Dormant> {
    let present = facts.customers.values().filter(|c| c.status == Status::Active && c.archived_at.is_none());
    let all = present.filter_map(|customer| {
        let since = customer.last_contact.unwrap_or(customer.created_at);
        let silent = (frame.now.0 - since.0).div_euclid(86_400_000);
        let told = Dormant { key: customer.id, name: String::new(), last_contact: customer.last_contact, days: silent };
        (silent >= days).then_some(told)
    });
    named(all.collect(), |a, b| b.days.cmp(&a.days).then(a.key.cmp(&b.key)))
}
