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
use rapport_model::{
    BoxedRecord, Code, Customer, Day, Error, Facet, Id, Interaction, Kind, Millis, Result, Sight, User, customer_of,
};
use rapport_store::Tx;
use rapport_store::follow_ups::{Behind, Due};
use serde_json::{Value, json};
use std::collections::HashMap;

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
    let mut records = tx.follow_ups(&due)?;
    let more = records.len() > due.limit;
    records.truncate(due.limit);
    let next = records.last().filter(|_| more).map(|last| write_cursor(place_of(last.as_ref())));
    let counts = match due.behind {
        Some(_) => Value::Null,
        None => GROUPS.iter().map(|group| (*group).to_owned()).zip(tx.follow_up_counts(&due, today)?.map(Value::from)).collect(),
    };
    let mut out = json!({ "overdue": [], "today": [], "upcoming": [], "undated": [], "counts": counts, "next": next,
        "day": today, "tz": zone, "asOf": now });
    let customers: Vec<Id> = records.iter().filter_map(|record| customer_of(record.as_ref())).collect();
    let customers = tx.find_many(Kind::Customers, &customers)?;
    for record in &records {
        let day = place_of(record.as_ref()).0;
        let group = match day {
            None => 3,
            Some(day) if day < today => 0,
            Some(day) if day == today => 1,
            Some(_) => 2,
        };
        if let Some(items) = out[GROUPS[group]].as_array_mut() {
            items.push(shown(record.as_ref(), &customers));
        }
    }
    Ok(Told::json(out))
}

/// Where a follow-up stands in the order.
fn place_of(record: &dyn rapport_model::Record) -> Behind {
    let day = match (record.of::<Interaction>(), record.of::<Customer>()) {
        (Some(interaction), _) => interaction.follow_up_date,
        (None, Some(customer)) => customer.next_follow_up_by_hand,
        _ => None,
    };
    (day, record.meta().id)
}

fn shown(record: &dyn rapport_model::Record, customers: &HashMap<Id, BoxedRecord>) -> Value {
    let customer = customer_of(record).and_then(|id| customers.get(&id)).and_then(|c| c.of::<Customer>());
    let interaction = record.of::<Interaction>();
    json!({
        "kind": record.kind().text(),
        "id": record.meta().id,
        "customerId": customer_of(record),
        "customerName": customer.map(|customer| customer.name.as_str()),
        "date": place_of(record).0,
        "hasTime": interaction.is_some_and(|one| one.follow_up_has_time),
        "about": interaction.map(|one| follow_up_subject(&one.subject, one.follow_up_notes.as_deref())),
        "assignedTo": interaction.map(|one| one.assigned_to).or(customer.and_then(|customer| customer.assigned_to)),
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
