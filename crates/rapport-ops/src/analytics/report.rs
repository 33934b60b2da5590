//! The activity report: what each owner did, and what became of it.

use super::facts::{Facts, Frame};
use super::figure::{HOUR_MS, Revenue, Sums, add, median, p90, revenues, share};
use super::interactions::{FollowUps, follow_ups};
use super::scope::Whose;
use rapport_model::customer::Status;
use rapport_model::{Id, Millis, Percent, Quantity};
use rapport_store::analytics::CustomerRow;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// From the making of a customer, or from when it was given to its owner, to the first contact after that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// Customers that came within the period and were contacted.
    pub answered: i64,
    pub waiting: i64,
    pub median_hours: Option<Quantity>,
    pub p90_hours: Option<Quantity>,
}

/// Quotes answered within the period.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Wins {
    pub answered: i64,
    pub accepted: i64,
    pub rate: Option<Percent>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Owner {
    /// null = customers without an owner.
    pub key: Option<Id>,
    pub name: String,
    pub customers: i64,
    pub interactions: i64,
    pub response_time: Response,
    pub follow_ups: FollowUps,
    pub wins: Wins,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revenue: Option<Vec<Revenue>>,
    /// Of customers that were active at both ends of the period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revenue_kept: Option<Vec<Revenue>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    pub owners: Vec<Owner>,
}

/// Everything counts for who owns the customer now.
pub fn report(facts: &Facts, frame: &Frame, whose: &Whose) -> Report {
    let contacts = facts.contacts(frame);
    let mut parts: BTreeMap<Option<Id>, Vec<&CustomerRow>> = BTreeMap::new();
    for customer in facts.customers.values() {
        parts.entry(customer.owner).or_default().push(customer);
    }
    let by_owner = Grouped::of(facts, frame);
    let told = |(key, customers): (Option<Id>, Vec<&CustomerRow>)| Owner {
        key,
        name: String::new(),
        customers: i64::try_from(customers.iter().filter(|c| c.archived_at.is_none()).count()).unwrap_or(i64::MAX),
        interactions: by_owner.interactions.get(&key).copied().unwrap_or_default(),
        response_time: response(&customers, facts, frame, &contacts),
        follow_ups: follow_ups(facts.follow_ups.iter().filter(|f| facts.owner(f.customer) == Some(key)), frame),
        wins: by_owner.wins.get(&key).cloned().unwrap_or_default(),
        revenue: whose.figures.then(|| revenues(by_owner.revenue.get(&key).cloned().unwrap_or_default())),
        revenue_kept: whose.figures.then(|| revenues(by_owner.kept.get(&key).cloned().unwrap_or_default())),
    };
    Report { owners: parts.into_iter().map(told).collect() }
}

impl Facts {
    /// Who owns a customer that counts.
    fn owner(&self, customer: Id) -> Option<Option<Id>> {
        self.customers.get(&customer).map(|c| c.owner)
    }
}

/// Figures by owner that come out of one pass each.
#[derive(Default)]
struct Grouped {
    interactions: HashMap<Option<Id>, i64>,
    wins: HashMap<Option<Id>, Wins>,
    revenue: HashMap<Option<Id>, Sums>,
    kept: HashMap<Option<Id>, Sums>,
}

impl Grouped {
    fn of(facts: &Facts, frame: &Frame) -> Grouped {
        let mut out = Grouped::default();
        for row in facts.interactions.iter().filter(|row| frame.period.holds(row.at) && !frame.is_planned(row.at)) {
            if let Some(owner) = facts.owner(row.customer) {
                *out.interactions.entry(owner).or_default() += 1;
            }
        }
        for answer in &facts.answers {
            let Some(owner) = facts.owner(answer.customer) else { continue };
            let wins = out.wins.entry(owner).or_default();
            wins.answered += 1;
            wins.accepted += i64::from(answer.accepted);
            wins.rate = share(wins.accepted, wins.answered);
        }
        for order in &facts.orders {
            let Some(customer) = facts.customers.get(&order.customer) else { continue };
            add(out.revenue.entry(customer.owner).or_default(), &order.currency, &order.currency, order.net);
            if kept(facts, customer, frame) {
                add(out.kept.entry(customer.owner).or_default(), &order.currency, &order.currency, order.net);
            }
        }
        out
    }
}

/// Active when the period began and when it ended (or now, if it has not ended).
fn kept(facts: &Facts, customer: &CustomerRow, frame: &Frame) -> bool {
    let first = Millis(frame.period.from.0 + 1);
    let active = |at| facts.status_before(customer, at) == Some(Status::Active);
    active(first) && active(frame.period.to)
}

fn response(customers: &[&CustomerRow], facts: &Facts, frame: &Frame, contacts: &HashMap<Id, Vec<Millis>>) -> Response {
    let mut took = Vec::new();
    let mut waiting = 0;
    for customer in customers {
        let since = facts.assigned.get(&customer.id).copied().unwrap_or(customer.created_at);
        if !frame.period.holds(since) {
            continue;
        }
        let after = contacts.get(&customer.id).and_then(|all| all.get(all.partition_point(|at| *at < since)));
        match after {
            Some(at) => took.push(at.0 - since.0),
            None => waiting += 1,
        }
    }
    Response {
        answered: i64::try_from(took.len()).unwrap_or(i64::MAX),
        waiting,
        median_hours: median(&mut took, HOUR_MS),
        p90_hours: p90(&mut took, HOUR_MS),
    }
}
