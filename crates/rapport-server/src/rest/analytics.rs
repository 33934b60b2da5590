//! Analytics and the activity report, as JSON or CSV, and the answers that are kept of them.

use super::{bad, pairs};
use crate::caller::Caller;
use crate::http::{Answer, Shared};
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use rapport_model::{Code, Error, Id, Millis, Result, Sight};
use rapport_ops::analytics::scope::What;
use rapport_ops::analytics::{Asked, Question, answer, csv::csv, question};
use rapport_store::Tx;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What all of them are asked with.
pub const QUERY: &[(&str, &str)] = &[
    ("from", "number"),
    ("to", "number"),
    ("tz", "string"),
    ("ownerId", "string"),
    ("dormantDays", "number"),
    ("format", "\"json\" | \"csv\""),
];

/// What they answer.
pub const VALUE: &str = "{ asOf: number; from: number; to: number; tz: string; ownerId: string | null; \
    totals: Record<string, unknown>[]; byType: Record<string, unknown>[]; bySource: Record<string, unknown>[]; \
    byMonth: Record<string, unknown>[]; pipeline: Record<string, unknown>[]; predictedValue: Record<string, unknown>; \
    churnRisk: Record<string, unknown>; score: Record<string, unknown> }";
pub const LEADS: &str = "{ asOf: number; from: number; to: number; tz: string; ownerId: string | null; \
    byStatus: Record<string, unknown>[]; archived: number; funnel: Record<string, unknown>; \
    timeToQualify: Record<string, unknown>; lostReasons: Record<string, unknown>[]; stageDwell: Record<string, unknown>[]; \
    score: Record<string, unknown> }";
pub const INTERACTIONS: &str = "{ asOf: number; from: number; to: number; tz: string; ownerId: string | null; total: number; \
    planned: number; byType: Record<string, unknown>[]; byUser?: Record<string, unknown>[]; byDay: Record<string, unknown>[]; \
    byOutcome?: Record<string, unknown>[]; followUps: Record<string, unknown>; undatedFollowUps: number; \
    medianCadenceDays: number | null; cadence: Record<string, unknown>; dormant: Record<string, unknown> }";
pub const REPORT: &str = "{ asOf: number; from: number; to: number; tz: string; ownerId: string | null; \
    owners: Record<string, unknown>[] }";

pub fn route(what: What) -> MethodRouter<Shared> {
    get(move |State(office): State<Shared>, caller: Caller, request: Request| tell(what, office, caller, request))
}

/// Answers kept at once, and the bytes of them together.
const KEPT_MAX: usize = 512;
const KEPT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What stands on a clock (planned, overdue, dormant) is computed anew after this long.
const FRESH_MS: i64 = 60_000;

/// All that an answer depends on. The life and version of the org's data are read in the transaction that would compute it, so
/// that no answer is older than a write that was acknowledged.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    life: Id,
    version: i64,
    minute: i64,
    csv: bool,
    question: Question,
}

/// Answers by question; the longest unused make room.
#[derive(Default)]
pub struct Kept(Mutex<Held>);

#[derive(Default)]
struct Held {
    clock: u64,
    bytes: usize,
    answers: HashMap<Key, (u64, Bytes)>,
}

impl Kept {
    fn find(&self, key: &Key) -> Option<Bytes> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.clock += 1;
        let now = held.clock;
        let (used, body) = held.answers.get_mut(key)?;
        *used = now;
        Some(body.clone())
    }

    fn keep(&self, key: Key, body: Bytes) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.clock += 1;
        let now = held.clock;
        held.bytes += body.len();
        if let Some((_, old)) = held.answers.insert(key, (now, body)) {
            held.bytes -= old.len();
        }
        while held.answers.len() > KEPT_MAX || held.bytes > KEPT_BYTES_MAX {
            let oldest = held.answers.iter().min_by_key(|(_, (used, _))| *used).map(|(key, _)| key.clone());
            let Some((_, old)) = oldest.and_then(|key| held.answers.remove(&key)) else { return };
            held.bytes -= old.len();
        }
    }
}

async fn tell(what: What, office: Shared, caller: Caller, request: Request) -> Answer<Response> {
    let (asked, format) = parse(pairs(&request)?)?;
    let csv = format.unwrap_or_else(|| prefers_csv(request.headers()));
    let body = match from_replica(&office, &caller, what, &asked, csv).await? {
        Some(body) => body,
        None => from_database(office, &caller, what, asked, csv).await?,
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    let kind = if csv { "text/csv; charset=utf-8; header=present" } else { "application/json" };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(VARY, HeaderValue::from_static("accept"));
    if csv {
        headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static(file(what)));
    }
    Ok(response)
}

impl Key {
    /// Of a question that is answered in this snapshot.
    fn of(tx: &mut Tx<'_>, question: Question, now: Millis, csv: bool) -> Result<Key> {
        let sequence = tx.sequence()?;
        let minute = now.0.div_euclid(FRESH_MS);
        Ok(Key { life: sequence.epoch_id, version: sequence.version(), minute, csv, question })
    }
}

async fn from_database(office: Shared, caller: &Caller, what: What, asked: Asked, csv: bool) -> Result<Bytes> {
    let now = office.now();
    let read = move |tx: &mut Tx<'_>, sight: &Sight| {
        let question = question(tx, sight, what, &asked, now)?;
        let key = Key::of(tx, question, now, csv)?;
        if let Some(body) = office.analytics.find(&key) {
            return Ok(body);
        }
        office.metrics.analytics_read("primary");
        let body = encode(&answer(tx, &key.question, now)?, csv)?;
        office.analytics.keep(key, body.clone());
        Ok(body)
    };
    caller.read(read).await
}

/// The same from a replica, if there is one that can be used. Who asks and what she sees is always read from the database itself. Where
/// the replica has the organisation's last write, the answer is as good as from there; else it says as of when it is.
async fn from_replica(office: &Shared, caller: &Caller, what: What, asked: &Asked, csv: bool) -> Result<Option<Bytes>> {
    let Some(replica) = &office.replica else { return Ok(None) };
    let (now, asked) = (office.now(), asked.clone());
    let judge = move |tx: &mut Tx<'_>, sight: &Sight| {
        let question = question(tx, sight, what, &asked, now)?;
        Key::of(tx, question, now, csv)
    };
    let latest = caller.read(judge).await?;
    if let Some(body) = office.analytics.find(&latest) {
        return Ok(Some(body));
    }
    let shared = office.clone();
    let read = move |tx: &mut Tx<'_>| {
        let mut key = Key::of(tx, latest.question.clone(), now, csv)?;
        if key.life != latest.life {
            return Err(Error::new(Code::Busy, "The replica is one of another life of the data."));
        }
        let mut as_of = now;
        if key.version < latest.version {
            as_of = tx.behind().map_or(now, |behind| Millis(now.0 - ms(behind)));
            key.minute = as_of.0.div_euclid(FRESH_MS);
            if let Some(body) = shared.analytics.find(&key) {
                return Ok(body);
            }
        }
        shared.metrics.analytics_read("replica");
        let body = encode(&answer(tx, &key.question, as_of)?, csv)?;
        shared.analytics.keep(key, body.clone());
        Ok(body)
    };
    Ok(replica.read(caller.org, read).await)
}

/// Rounded up, so that nothing is told to be fresher than it is.
fn ms(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 2) + 1
}

fn encode(answer: &serde_json::Value, as_csv: bool) -> Result<Bytes> {
    let bytes = if as_csv { csv(answer)? } else { serde_json::to_vec(answer).map_err(Error::internal)? };
    Ok(bytes.into())
}

fn file(what: What) -> &'static str {
    match what {
        What::Value => "attachment; filename=\"value.csv\"",
        What::Leads => "attachment; filename=\"leads.csv\"",
        What::Interactions => "attachment; filename=\"interactions.csv\"",
        What::Report => "attachment; filename=\"activity.csv\"",
    }
}

/// What a URL asks for, and whether it says CSV or JSON.
fn parse(pairs: Vec<(String, String)>) -> Result<(Asked, Option<bool>)> {
    let (mut asked, mut format) = (Asked::default(), None);
    for (name, value) in pairs {
        let instant = || {
            let at = value.parse().ok().and_then(|ms: i64| serde_json::from_value::<Millis>(ms.into()).ok());
            at.ok_or_else(|| bad(&name, &format!("{name} is a number of ms since 1970, UTC.")))
        };
        match name.as_str() {
            "from" => asked.from = Some(instant()?),
            "to" => asked.to = Some(instant()?),
            "tz" => asked.tz = Some(value),
            "ownerId" => asked.owner = Some(value.parse().map_err(|_| bad(&name, "ownerId is the id of a user."))?),
            "dormantDays" => {
                let days = value.parse().map_err(|_| bad(&name, "dormantDays is a number from 1 to 3650."))?;
                asked.dormant_days = Some(days);
            }
            "format" if value == "csv" || value == "json" => format = Some(value == "csv"),
            "format" => return Err(bad(&name, "format is csv or json.")),
            _ => return Err(bad(&name, "Ask with from, to, tz, ownerId, dormantDays and format.")),
        }
    }
    Ok((asked, format))
}

/// Whether CSV is named before JSON.
fn prefers_csv(headers: &HeaderMap) -> bool {
    let texts = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut types = texts.flat_map(|text| text.split(',')).map(|one| one.split(';').next().unwrap_or_default().trim());
    types.find(|one| matches!(*one, "text/csv" | "application/json" | "*/*")) == Some("text/csv")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_type_that_is_known_decides() {
        for (accept, wanted) in [
            ("text/csv", true),
            ("text/html, text/csv;q=0.9, application/json", true),
            ("application/json, text/csv", false),
            ("*/*", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(prefers_csv(&headers), wanted, "{accept}");
        }
    }

    fn key(version: i64) -> Key {
        let asked = Asked { from: Some(Millis(0)), to: Some(Millis(1)), tz: Some("UTC".into()), ..Asked::default() };
        let zone = rapport_ops::analytics::zone::Zone::parse("UTC").expect("a zone");
        let admin = rapport_model::Actor { user: Id::NIL, role: rapport_model::Role::Admin, device: Id::NIL };
        let whose =
            rapport_ops::analytics::scope::whose(&rapport_model::Sight::everything(admin), What::Value, None).expect("all");
        let period = rapport_store::analytics::Period { from: Millis(0), to: Millis(1) };
        let question = Question { what: What::Value, whose, period, zone, dormant_days: asked.dormant_days.unwrap_or(90) };
        Key { life: Id::NIL, version, minute: 0, csv: false, question }
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let kept = Kept::default();
        let body = Bytes::from(vec![0; KEPT_BYTES_MAX / 4]);
        (0..4).for_each(|n| kept.keep(key(n), body.clone()));
        assert!(kept.find(&key(0)).is_some(), "used again");
        kept.keep(key(4), body.clone());
        let there: Vec<bool> = (0..5).map(|n| kept.find(&key(n)).is_some()).collect();
        assert_eq!(there, [true, false, true, true, true], "the longest unused made room");
        let small = Kept::default();
        (0..=KEPT_MAX).for_each(|n| small.keep(key(n as i64), Bytes::from_static(b"x")));
        let held = small.0.lock().expect("a lock");
        assert_eq!((held.answers.len(), held.bytes), (KEPT_MAX, KEPT_MAX));
    }
}
