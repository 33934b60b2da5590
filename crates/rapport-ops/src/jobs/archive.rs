//! Customers that nothing happened with for long: proposed for a month, then archived. `org.settings.retention` says how.

use super::{DAY_MS, Run};
use crate::accept::{self, Context};
use rapport_model::figures::day_in;
use rapport_model::{Customer, Day, Id, Kind, Millis, Org, Quote, Result};
use rapport_store::Tx;
use serde::Deserialize;
use serde_json::{Value, json};

/// The job, and the marks of customers that are proposed.
pub const ARCHIVE: &str = "archive";

const CUSTOMERS_MAX: usize = 100;

/// How long somebody may say no.
const NOTICE_MS: i64 = 30 * DAY_MS;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Mode {
    Automatic,
    Propose,
    Off,
}

/// What the organisation wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Retention {
    months: i64,
    mode: Mode,
}

impl Default for Retention {
    fn default() -> Retention {
        Retention { months: 24, mode: Mode::Automatic }
    }
}

impl Retention {
    /// The organisation's choice; one that cannot be read archives nothing.
    pub fn of(org: &Org) -> Retention {
        let off = Retention { mode: Mode::Off, ..Retention::default() };
        match org.settings.get("retention") {
            None | Some(Value::Null) => Retention::default(),
            Some(value) => serde_json::from_value(value.clone()).ok().filter(|r: &Retention| r.months > 0).unwrap_or(off),
        }
    }

    /// What happened before this day is long ago. A month counts 30.4375 days.
    fn long_ago(self, now: Millis) -> Millis {
        Millis(now.0.saturating_sub(self.months.saturating_mul(DAY_MS * 487 / 16)))
    }
}

/// First the proposals that do not hold any more are taken back, then every inactive customer is looked at.
pub fn step(tx: &mut Tx<'_>, at: &Context<'_>, run: &mut Run) -> Result<bool> {
    let org = tx.own_org()?;
    let retention = Retention::of(&org);
    let today = day_in(&org.time_zone, at.now);
    if run.place.is_null() {
        run.place = json!({ "takingBack": true, "after": Id::NIL });
    }
    let taking_back = run.place["takingBack"] == true;
    let after = run.place["after"].as_str().and_then(|text| text.parse().ok()).unwrap_or(Id::NIL);
    let ids: Vec<Id> = if taking_back {
        tx.marks(ARCHIVE, after, CUSTOMERS_MAX)?.into_iter().map(|(id, _)| id).collect()
    } else if retention.mode == Mode::Off {
        Vec::new()
    } else {
        tx.customers_inactive(after, CUSTOMERS_MAX)?
    };
    let mut due = Vec::new();
    for id in &ids {
        let lies = retention.mode != Mode::Off && lies_still(tx, *id, retention.long_ago(at.now), today)?;
        match (taking_back, lies) {
            (true, false) => {
                tx.mark_remove(ARCHIVE, *id)?;
                run.report.count("takenBack", 1);
            }
            (false, true) => match tx.mark_find(ARCHIVE, *id)? {
                None => {
                    tx.mark_put(ARCHIVE, *id, at.now)?;
                    run.report.count("proposed", 1);
                }
                Some(since) if retention.mode == Mode::Automatic && at.now.0 >= since.0 + NOTICE_MS => due.push(*id),
                Some(_) => {}
            },
            _ => {}
        }
    }
    run.report.count("archived", accept::archive(tx, at, &due, true)?);
    due.iter().try_for_each(|id| tx.mark_remove(ARCHIVE, *id))?;
    let more = taking_back || !ids.is_empty();
    let end = ids.last().copied();
    run.place = json!({ "takingBack": taking_back && end.is_some(), "after": end.unwrap_or(Id::NIL) });
    Ok(more)
}

/// Whether nothing happens with a customer: inactive since then, no order, no interaction, nothing open.
fn lies_still(tx: &mut Tx<'_>, id: Id, long_ago: Millis, today: Day) -> Result<bool> {
    let found = tx.find_stamped(Kind::Customers, &[id])?.remove(&id);
    let Some((record, stamps)) = found else { return Ok(false) };
    let Some(customer) = record.of::<Customer>() else { return Ok(false) };
    let idle = customer.status == rapport_model::customer::Status::Inactive
        && customer.archived_at.is_none()
        && customer.meta.deleted_at.is_none();
    let latest = [Some(customer.meta.created_at), customer.last_contact, Some(stamps.of("status").updated_at)];
    let recent = |at: Option<Millis>| at.is_some_and(|at| at >= long_ago);
    if !idle || latest.into_iter().any(recent) || recent(tx.latest_dealing(id)?) || tx.has_open_follow_up(id)? {
        return Ok(false);
    }
    Ok(!tx.children::<Quote>(id)?.iter().any(|quote| quote.is_live(today)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_archives_nothing() {
        let of = |value: Value| {
            let mut org = Org::default();
            org.settings.insert("retention".into(), value);
            Retention::of(&org)
        };
        assert_eq!(Retention::of(&Org::default()), Retention { months: 24, mode: Mode::Automatic });
        assert_eq!(of(json!({ "months": 6 })), Retention { months: 6, mode: Mode::Automatic });
        assert_eq!(of(json!({ "mode": "propose" })).mode, Mode::Propose);
        for wrong in [json!({ "months": 0 }), json!({ "months": "x" }), json!({ "mode": "sometimes" }), json!(7)] {
            assert_eq!(of(wrong).mode, Mode::Off);
        }
    }
}
