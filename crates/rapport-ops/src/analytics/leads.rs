//! How customers come and go: where they stand, who went on, how long it took, why they were lost.

use super::facts::{Facts, Frame};
use super::figure::{Counted, DAY_MS, median, p90, ranked, share};
use super::value::{NOT_YET, NotYet};
use rapport_model::customer::Status;
use rapport_model::{Percent, Quantity};
use rapport_store::analytics::CustomerRow;
use serde::Serialize;
use std::collections::BTreeMap;

const ALL: [Status; 4] = [Status::Prospect, Status::Lead, Status::Active, Status::Inactive];

/// Who came into a stage within the period, and how many of them have gone on before its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    pub key: &'static str,
    pub entered: i64,
    pub went_on: i64,
    /// Per cent; null if nobody entered.
    pub rate: Option<Percent>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Funnel {
    pub created: i64,
    /// Became leads, active, lost for the first time.
    pub converted: i64,
    pub qualified: i64,
    pub churned: i64,
    pub steps: Vec<Step>,
}

/// Days from the making of a customer until it was first active.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Times {
    pub count: i64,
    pub median_days: Option<Quantity>,
    pub p90_days: Option<Quantity>,
}

/// How long customers stayed in a status that they left within the period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Dwell {
    pub key: &'static str,
    pub passages: i64,
    pub median_days: Option<Quantity>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Leads {
    /// As of now, without the archived.
    pub by_status: Vec<Counted>,
    pub archived: i64,
    pub funnel: Funnel,
    pub time_to_qualify: Times,
    /// "" = no reason was given.
    pub lost_reasons: Vec<Counted>,
    pub stage_dwell: Vec<Dwell>,
    pub score: NotYet,
}

pub fn leads(facts: &Facts, frame: &Frame) -> Leads {
    let all: Vec<&CustomerRow> = facts.customers.values().collect();
    let present = |status| count(&all, |c| c.archived_at.is_none() && c.status == status);
    Leads {
        by_status: ALL.into_iter().map(|s| Counted { key: s.text().to_owned(), count: present(s) }).collect(),
        archived: count(&all, |c| c.archived_at.is_some()),
        funnel: funnel(&all, frame),
        time_to_qualify: times(&all, frame),
        lost_reasons: lost(facts, frame),
        stage_dwell: dwell(facts, frame),
        score: NOT_YET,
    }
}

fn count(all: &[&CustomerRow], test: impl Fn(&CustomerRow) -> bool) -> i64 {
    i64::try_from(all.iter().filter(|c| test(c)).count()).unwrap_or(i64::MAX)
}

fn funnel(all: &[&CustomerRow], frame: &Frame) -> Funnel {
    let (period, end) = (frame.period, frame.period.to);
    let within = |at: Option<_>| at.is_some_and(|at| period.holds(at));
    let by_end = |at: Option<_>| at.is_some_and(|at| at < end);
    let step = |key, entered, went_on| Step { key, entered, went_on, rate: share(went_on, entered) };
    let created = count(all, |c| period.holds(c.created_at));
    let converted = count(all, |c| within(c.converted_at));
    let to_lead = count(all, |c| period.holds(c.created_at) && by_end(c.converted_at));
    let to_active = count(all, |c| within(c.converted_at) && by_end(c.qualified_at));
    Funnel {
        created,
        converted,
        qualified: count(all, |c| within(c.qualified_at)),
        churned: count(all, |c| within(c.churned_at)),
        steps: vec![step("prospectToLead", created, to_lead), step("leadToActive", converted, to_active)],
    }
}

fn times(all: &[&CustomerRow], frame: &Frame) -> Times {
    let took = |c: &&CustomerRow| {
        let at = c.qualified_at.filter(|at| frame.period.holds(*at))?;
        Some((at.0 - c.created_at.0).max(0))
    };
    let mut took: Vec<i64> = all.iter().filter_map(took).collect();
    Times {
        count: i64::try_from(took.len()).unwrap_or(i64::MAX),
        median_days: median(&mut took, DAY_MS),
        p90_days: p90(&mut took, DAY_MS),
    }
}

/// Every time that a customer became inactive within the period, also a prospect or lead. One that has no history counts by
/// its first loss.
fn lost(facts: &Facts, frame: &Frame) -> Vec<Counted> {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    let mut note = |reason: Option<&String>| {
        *counts.entry(reason.map_or("", |r| r.trim()).to_owned()).or_default() += 1;
    };
    for customer in facts.customers.values() {
        match facts.statuses.get(&customer.id) {
            Some(changes) => {
                let losses = changes.iter().filter(|c| c.after == Status::Inactive && frame.period.holds(c.at));
                losses.for_each(|change| note(change.reason.as_ref()));
            }
            None if customer.churned_at.is_some_and(|at| frame.period.holds(at)) => note(customer.reason.as_ref()),
            None => {}
        }
    }
    ranked(counts)
}

fn dwell(facts: &Facts, frame: &Frame) -> Vec<Dwell> {
    let mut stays: BTreeMap<Status, Vec<i64>> = BTreeMap::new();
    for customer in facts.customers.values() {
        for pair in facts.stages(customer).windows(2) {
            let [(since, status), (until, _)] = pair else { continue };
            if frame.period.holds(*until) {
                stays.entry(*status).or_default().push(until.0 - since.0);
            }
        }
    }
    let told = |status: Status| {
        let mut stays = stays.remove(&status).unwrap_or_default();
        let passages = i64::try_from(stays.len()).unwrap_or(i64::MAX);
        Dwell { key: status.text(), passages, median_days: median(&mut stays, DAY_MS) }
    };
    ALL.into_iter().map(told).collect()
}
