//! The calendar: follow-ups by day and time on the wall, and somebody's meetings and planned calls by instant.

use super::{due_between, ics, shown};
use crate::Ctx;
use crate::queries::object;
use rapport_model::interaction::InteractionType;
use rapport_model::time::AHEAD_MS;
use rapport_model::{Code, Day, Error, Id, Millis, Result};
use rapport_store::Tx;
use rapport_store::follow_ups::FollowUp;
use rapport_store::screens::{PlannedRow, ROWS_MAX};
use serde::Deserialize;
use serde_json::{Value, json};

const DAY_MS: i64 = 86_400_000;
/// Days of one question at most; a year's file with what lies behind it.
const DAYS_MAX: i64 = 450;
/// What the file holds: from so many days back to so many ahead.
const FILE_DAYS: (i64, i64) = (-30, 365);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RangeArgs {
    from: Day,
    /// The last day.
    to: Day,
}

/// `calendar.range`. Instants of the day before and after come along: which day they fall on depends on where she is.
pub fn range(args: RangeArgs, ctx: &Ctx) -> Result<Value> {
    let RangeArgs { from, to } = args;
    let days = (to.ms() - from.ms()) / DAY_MS;
    if !(0..=DAYS_MAX).contains(&days) {
        return Err(Error::field(Code::InvalidValue, "to", format!("Ask for 1 to {DAYS_MAX} days at a time.")));
    }
    let (me, now) = (ctx.actor.user, ctx.source.now());
    ctx.store.read(move |tx| {
        let due = due_between(tx, vec![me], from, to, ROWS_MAX)?;
        let meetings = meetings(tx, me, (from, to), &due, now)?;
        Ok(object([
            ("followUps", Value::Array(due.iter().map(shown).collect())),
            ("meetings", Value::Array(meetings.iter().map(|row| met(row, now)).collect())),
        ]))
    })
}

/// What belongs into a calendar: whatever is planned, and the meetings and visits that were.
fn meetings(tx: &mut Tx<'_>, me: Id, (from, to): (Day, Day), due: &[FollowUp], now: Millis) -> Result<Vec<PlannedRow>> {
    let mut rows = tx.planned_rows(me, Millis(from.plus(-1).ms()), Millis(to.plus(2).ms()))?;
    let ahead = |row: &PlannedRow| row.at.0 > now.0 + AHEAD_MS;
    rows.retain(|row| ahead(row) || matches!(row.r#type, InteractionType::Meeting | InteractionType::Visit));
    rows.retain(|row| !(ahead(row) && is_its_follow_up(row, due)));
    Ok(rows)
}

/// A follow-up without a talk before it is a call planned for its day: it stands there once, as the follow-up.
fn is_its_follow_up(row: &PlannedRow, due: &[FollowUp]) -> bool {
    let near = |one: &FollowUp| one.date.is_some_and(|date| (date.0 - row.at.0).abs() <= DAY_MS);
    row.r#type == InteractionType::Call && due.iter().any(|one| one.id == row.id && near(one))
}

fn met(row: &PlannedRow, now: Millis) -> Value {
    json!({
        "id": row.id, "customerId": row.customer, "customerName": row.customer_name, "type": row.r#type.text(),
        "subject": row.subject, "at": row.at, "duration": row.duration, "planned": row.at.0 > now.0 + AHEAD_MS,
    })
}

/// `calendar.file`: the calendar of the next year as an iCalendar text.
pub fn file(ctx: &Ctx) -> Result<String> {
    let (me, now) = (ctx.actor.user, ctx.source.now());
    ctx.store.read(move |tx| {
        let today = crate::today::Today::of(tx, now)?.0;
        let (from, to) = (today.plus(FILE_DAYS.0), today.plus(FILE_DAYS.1));
        let due = due_between(tx, vec![me], from, to, ROWS_MAX)?;
        let meetings = meetings(tx, me, (from, to), &due, now)?;
        Ok(ics::calendar(&due, &meetings, now))
    })
}
