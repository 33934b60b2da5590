//! What is to be done: the Today screen, and the calendar with its file for other programs.
//!
//! Follow-ups stay on their day, and at their time on the wall, in every time zone; meetings are instants and are placed by who shows them.

pub mod calendar;
pub mod ics;
pub mod news;

use crate::Ctx;
use crate::queries::object;
use crate::sales::named;
use crate::today::Today;
use rapport_model::derive::follow_up_subject;
use rapport_model::{Day, Id, Kind, Result, User};
use rapport_store::Tx;
use rapport_store::follow_ups::{Due, FollowUp};
use rapport_store::list::Query;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Follow-ups that Today shows.
const FOLLOW_UPS_MAX: usize = 300;
/// Days before its last one on which a quote is about to expire.
const EXPIRING_DAYS: i64 = 7;
/// Rows of a list at the side.
const SIDE_ROWS: usize = 8;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TodayArgs {
    /// Her team's follow-ups, too.
    #[serde(default)]
    team: bool,
}

/// `today.page`: one snapshot of everything that Today shows. `day` is the organisation's.
pub fn today(args: TodayArgs, ctx: &Ctx) -> Result<Value> {
    let (me, now) = (ctx.actor.user, ctx.source.now());
    let since = news::away_since(&ctx.store, now)?;
    ctx.store.read(move |tx| {
        let today = Today::of(tx, now)?;
        let users = if args.team { team_of(tx, me)? } else { vec![me] };
        let due = Due { users, limit: FOLLOW_UPS_MAX, ..Due::default() };
        let found = tx.follow_ups(&due)?;
        let counts = tx.follow_up_counts(&due, today.0)?;
        let ending = tx.quotes_ending(me, today.0, today.0.plus(EXPIRING_DAYS), SIDE_ROWS)?;
        let mut quotes = tx.find_many(Kind::Quotes, &ending)?;
        let quotes: Vec<_> = ending.iter().filter_map(|id| quotes.remove(id)).collect();
        let records: Vec<_> = quotes.iter().map(AsRef::as_ref).collect();
        Ok(object([
            ("day", json!(today.0)),
            ("followUps", Value::Array(found.iter().take(FOLLOW_UPS_MAX).map(shown).collect())),
            ("counts", json!({ "overdue": counts[0], "today": counts[1], "upcoming": counts[2], "undated": counts[3] })),
            ("expiring", named(tx, Kind::Quotes, &records, today)?),
            ("needsPrimary", needs_primary(tx, me)?),
            ("since", json!(since)),
            ("news", news::news(tx, me, since, today)?),
        ]))
    })
}

fn team_of(tx: &mut Tx<'_>, me: Id) -> Result<Vec<Id>> {
    let users = tx.all::<User>()?;
    let team = users.iter().find(|user| user.meta.id == me).and_then(|user| user.team_id);
    let mut out: Vec<Id> = users.iter().filter(|user| team.is_some() && user.team_id == team).map(|user| user.meta.id).collect();
    if !out.contains(&me) {
        out.push(me);
    }
    Ok(out)
}

pub(crate) fn shown(one: &FollowUp) -> Value {
    json!({
        "kind": one.kind.text(),
        "id": one.id,
        "customerId": one.customer,
        "customerName": one.customer_name,
        "day": one.day(),
        "minute": one.minute(),
        "type": one.r#type.map(|kind| kind.text()),
        "about": one.subject.as_ref().map(|subject| follow_up_subject(subject, one.notes.as_deref())),
        "assignedTo": one.assigned_to,
    })
}

/// Her customers that are active and have nobody to talk to.
fn needs_primary(tx: &mut Tx<'_>, me: Id) -> Result<Value> {
    let filter = Map::from_iter([
        ("assignedTo".to_owned(), json!(me)),
        ("isActive".to_owned(), true.into()),
        ("needsPrimary".to_owned(), true.into()),
    ]);
    let page = tx.list(Kind::Customers, &Query { filter, limit: SIDE_ROWS, ..Query::default() })?;
    let items: Vec<Value> = page
        .items
        .iter()
        .filter_map(|record| record.of::<rapport_model::Customer>())
        .map(|c| json!({ "id": c.meta.id, "name": c.name, "createdAt": c.meta.created_at }))
        .collect();
    Ok(json!({ "items": items, "total": page.total }))
}

/// Follow-ups of these users on these days, both included.
pub(crate) fn due_between(tx: &mut Tx<'_>, users: Vec<Id>, from: Day, to: Day, limit: usize) -> Result<Vec<FollowUp>> {
    tx.follow_ups(&Due { users, from: Some(from), to: Some(to), limit, ..Due::default() })
}
