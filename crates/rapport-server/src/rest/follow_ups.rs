//! Open follow-ups in groups: overdue, today, upcoming, undated. From interactions, and from days set on customers by hand.

use super::told::Told;
use super::{bad, list, pairs};
use crate::caller::Caller;
use crate::http::Answer;
use axum::extract::Request;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rapport_model::derive::follow_up_subject;
use rapport_model::figures::day_in;
use rapport_model::{Code, Day, Error, Facet, Id, Millis, Result, Sight, User};
use rapport_store::Tx;
use rapport_store::follow_ups::{Behind, Due, FollowUp};
use serde_json::{Value, json};

/// What [`due`] answers.
pub const ANSWER: &str = "{ overdue: Record<string, unknown>[]; today: Record<string, unknown>[]; upcoming: Record<string, unknown>[]; \
     undated: Record<string, unknown>[]; counts: { overdue: number; today: number; upcoming: number; undated: number } | null; \
     next: string | null; day: number; tz: string; asOf: number }";

const GROUPS: [&str; 4] = ["overdue", "today", "upcoming", "undated"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Mine,
    Team,
    All,
}

struct Asked {
    due: Due,
    whose: Whose,
    zone: Option<String>,
}

fn parse(pairs: Vec<(String, String)>) -> Result<Asked> {
    let mut asked = Asked { due: Due { limit: list::PAGE_ROWS, ..Due::default() }, whose: Whose::Mine, zone: None };
    for (name, value) in pairs {
        let day = || -> Result<Day> {
            let wrong = || bad(&name, &format!("{name} is a day, in ms since 1970, UTC."));
            let ms: i64 = value.parse().map_err(|_| wrong())?;
            serde_json::from_value(ms.into()).map_err(|_| wrong())
        };
        match name.as_str() {
            "limit" => asked.due.limit = list::limit(&value)?,
            "cursor" => asked.due.behind = Some(parse_cursor(&value)?),
            "from" => asked.due.from = Some(day()?),
            "to" => asked.due.to = Some(day()?),
            "tz" if value.parse::<chrono_tz::Tz>().is_ok() => asked.zone = Some(value),
            "tz" => return Err(bad("tz", "tz is the IANA name of a time zone, such as Europe/Berlin.")),
            "scope" => {
                asked.whose = match value.as_str() {
                    "mine" => Whose::Mine,
                    "team" => Whose::Team,
                    "all" => Whose::All,
                    _ => return Err(bad("scope", "scope is mine, team or all.")),
                }
            }
            _ => return Err(bad(&name, "Follow-ups take from, to, tz, scope, limit and cursor.")),
        }
    }
    Ok(asked)
}

/// Whose follow-ups an actor asks for; empty = everybody's that she sees.
fn users(tx: &mut Tx<'_>, actor: &Sight, whose: Whose) -> Result<Vec<Id>> {
    let users = match whose {
        Whose::Mine => Vec::new(),
        Whose::Team => {
            let users = tx.all::<User>()?;
            let team = users.iter().find(|user| user.meta.id == actor.user).and_then(|user| user.team_id);
            users.iter().filter(|user| team.is_some() && user.team_id == team).map(|user| user.meta.id).collect()
        }
        Whose::All => return Ok(Vec::new()),
    };
    Ok(if users.is_empty() { vec![actor.user] } else { users })
}

pub async fn due(caller: Caller, request: Request) -> Answer<Told> {
    let asked = parse(pairs(&request)?)?;
    let now = caller.now();
    Ok(caller.read(move |tx, actor| answer(tx, actor, asked, now)).await?)
}

fn answer(tx: &mut Tx<'_>, actor: &Sight, asked: Asked, now: Millis) -> Result<Told> {
    if actor.hides(Facet::Text) {
        return Err(Error::new(Code::Forbidden, "Your role has no follow-ups."));
    }
    let zone = match asked.zone {
        Some(zone) => zone,
        None => tx.own_org()?.time_zone,
    };
    let today = day_in(&zone, now);
    let due = Due { users: users(tx, actor, asked.whose)?, sight: Some(actor.clone()), ..asked.due };
    let mut found = tx.follow_ups(&due)?;
    let more = found.len() > due.limit;
    found.truncate(due.limit);
    let next = found.last().filter(|_| more).map(|last| write_cursor(last.place()));
    let counts = match due.behind {
        Some(_) => Value::Null,
        None => GROUPS.iter().map(|group| (*group).to_owned()).zip(tx.follow_up_counts(&due, today)?.map(Value::from)).collect(),
    };
    let mut out = json!({ "overdue": [], "today": [], "upcoming": [], "undated": [], "counts": counts, "next": next,
        "day": today, "tz": zone, "asOf": now });
    for one in &found {
        let group = match one.day() {
            None => 3,
            Some(day) if day < today => 0,
            Some(day) if day == today => 1,
            Some(_) => 2,
        };
        if let Some(items) = out[GROUPS[group]].as_array_mut() {
            items.push(shown(one));
        }
    }
    Ok(Told::json(out))
}

fn shown(one: &FollowUp) -> Value {
    json!({
        "kind": one.kind.text(),
        "id": one.id,
        "customerId": one.customer,
        "customerName": one.customer_name,
        "date": one.date,
        "hasTime": one.has_time,
        "about": one.subject.as_ref().map(|subject| follow_up_subject(subject, one.notes.as_deref())),
        "assignedTo": one.assigned_to,
    })
}

fn write_cursor(behind: Behind) -> String {
    URL_SAFE_NO_PAD.encode(json!(behind).to_string())
}

fn parse_cursor(text: &str) -> Result<Behind> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let behind: Option<Behind> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    behind.ok_or_else(|| -> Error { bad("cursor", "The cursor is not one that this list gave. Start from the first page.") })
}
