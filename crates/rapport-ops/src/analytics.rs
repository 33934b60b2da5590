//! Figures of a period: value, leads, interactions, and the activity report.
//!
//! The store hands over narrow rows, `scope` says whose customers count, pure functions do the arithmetic. Money is exact and
//! never added across currencies. What needs statistics is null and says so.

pub mod csv;
pub mod facts;
pub mod figure;
pub mod interactions;
pub mod leads;
pub mod report;
pub mod scope;
#[cfg(test)]
mod tests;
pub mod value;
pub mod zone;

use facts::{Facts, Frame};
use rapport_model::time::AHEAD_MS;
use rapport_model::{Code, Day, Error, Id, Millis, Result, Sight, User};
use rapport_store::Tx;
use rapport_store::analytics::Period;
use scope::{What, Whose, whose};
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;
use zone::Zone;

/// Days without contact after which a customer is dormant, unless somebody says otherwise.
pub const DORMANT_DAYS: i64 = 90;

/// Days of a period at most.
const PERIOD_DAYS_MAX: i64 = 25 * 366;

/// Days of a period when nobody says since when.
const PERIOD_DAYS: i64 = 365;

/// What a URL asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Asked {
    pub from: Option<Millis>,
    pub to: Option<Millis>,
    pub tz: Option<String>,
    pub owner: Option<Id>,
    pub dormant_days: Option<i64>,
}

/// A question that may be answered: all that its answer depends on, beside the data and the clock.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    pub what: What,
    pub whose: Whose,
    pub period: Period,
    pub zone: Zone,
    pub dormant_days: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    as_of: Millis,
    from: Millis,
    to: Millis,
    tz: &'static str,
    owner_id: Option<Id>,
}

/// Judges what is asked: 403 for what is not the caller's to know, 400 for what cannot be answered.
pub fn question(tx: &mut Tx<'_>, sight: &Sight, what: What, asked: &Asked, now: Millis) -> Result<Question> {
    let whose = whose(sight, what, asked.owner)?;
    let zone = match &asked.tz {
        Some(name) => Zone::parse(name)?,
        None => Zone::parse(&tx.own_org()?.time_zone)?,
    };
    let bad = |field: &str, message: &str| Err(Error::field(Code::InvalidValue, field, message));
    let to = asked.to.unwrap_or_else(|| zone.start(zone.day(now).plus(1)));
    let from = asked.from.unwrap_or_else(|| zone.start(zone.day(to).plus(-PERIOD_DAYS)));
    if from >= to {
        return bad("from", "from lies before to; from is in the period, to is not.");
    }
    if to.0.saturating_sub(from.0) > PERIOD_DAYS_MAX * 86_400_000 {
        return bad("from", "A period has 25 years at most.");
    }
    let dormant_days = asked.dormant_days.unwrap_or(DORMANT_DAYS);
    if !(1..=3650).contains(&dormant_days) {
        return bad("dormantDays", "dormantDays is a number from 1 to 3650.");
    }
    Ok(Question { what, whose, period: Period { from, to }, zone, dormant_days })
}

/// Answers a question as of now.
pub fn answer(tx: &mut Tx<'_>, question: &Question, now: Millis) -> Result<Value> {
    let frame = Frame { period: question.period, zone: question.zone, now };
    let mut facts = Facts::of(tx.customer_rows(question.whose.owner)?, &question.whose);
    let body = match question.what {
        What::Value => {
            load_orders(tx, &mut facts, &frame)?;
            facts.quotes = facts.keep(tx.open_quote_rows()?, |row| row.customer_id);
            json(value::value(&facts, &frame))?
        }
        What::Leads => {
            load_statuses(tx, &mut facts, &frame)?;
            json(leads::leads(&facts, &frame))?
        }
        What::Interactions => {
            load_work(tx, &mut facts, &frame, frame.period)?;
            facts.undated = facts.keep(tx.undated_rows()?, |id| *id);
            let mut told = interactions::interactions(&facts, &frame, &question.whose, question.dormant_days);
            name_customers(tx, &mut told)?;
            json(told)?
        }
        What::Report => {
            load_orders(tx, &mut facts, &frame)?;
            load_statuses(tx, &mut facts, &frame)?;
            // A customer that came at the end of the period may be answered after it.
            load_work(tx, &mut facts, &frame, Period { to: frame.period.to.max(Millis(now.0 + AHEAD_MS + 1)), ..frame.period })?;
            facts.answers = facts.keep(tx.answer_rows(&frame.period)?, |row| row.customer);
            facts.assigned = tx.assigned_rows(&frame.period)?;
            let mut told = report::report(&facts, &frame, &question.whose);
            name_owners(tx, &mut told)?;
            json(told)?
        }
    };
    headed(question, now, body)
}

fn json(body: impl Serialize) -> Result<Value> {
    serde_json::to_value(body).map_err(Error::internal)
}

fn headed(question: &Question, now: Millis, body: Value) -> Result<Value> {
    let Period { from, to } = question.period;
    let head = Head { as_of: now, from, to, tz: question.zone.name(), owner_id: question.whose.owner };
    let (mut out, body) = (json(head)?, body);
    if let (Value::Object(out), Value::Object(body)) = (&mut out, body) {
        out.extend(body);
    }
    Ok(out)
}

fn load_orders(tx: &mut Tx<'_>, facts: &mut Facts, frame: &Frame) -> Result<()> {
    facts.orders = facts.keep(tx.order_rows(&frame.period)?, |row| row.customer);
    Ok(())
}

fn load_statuses(tx: &mut Tx<'_>, facts: &mut Facts, frame: &Frame) -> Result<()> {
    for row in facts.keep(tx.status_rows(frame.period.to)?, |row| row.customer) {
        facts.statuses.entry(row.customer).or_default().push(row);
    }
    Ok(())
}

fn load_work(tx: &mut Tx<'_>, facts: &mut Facts, frame: &Frame, period: Period) -> Result<()> {
    facts.interactions = facts.keep(tx.interaction_rows(&period)?, |row| row.customer);
    let (from, to): (Day, Day) = frame.days();
    facts.follow_ups = facts.keep(tx.follow_up_rows(from, to)?, |row| row.customer);
    Ok(())
}

fn name_customers(tx: &mut Tx<'_>, told: &mut interactions::Interactions) -> Result<()> {
    let keys: Vec<Id> = told.cadence.items.iter().map(|c| c.key).chain(told.dormant.items.iter().map(|d| d.key)).collect();
    let names = tx.customer_names(&keys)?;
    let name = |key: &Id| names.get(key).cloned().unwrap_or_default();
    told.cadence.items.iter_mut().for_each(|c| c.name = name(&c.key));
    told.dormant.items.iter_mut().for_each(|d| d.name = name(&d.key));
    Ok(())
}

fn name_owners(tx: &mut Tx<'_>, told: &mut report::Report) -> Result<()> {
    let names: HashMap<Id, String> = tx.all::<User>()?.into_iter().map(|user| (user.meta.id, user.name)).collect();
    for owner in &mut told.owners {
        owner.name = owner.key.and_then(|key| names.get(&key).cloned()).unwrap_or_default();
    }
    Ok(())
}
