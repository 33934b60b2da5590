//! Pages of a list: filters, sort, search, and what changed since.

use super::told::{Shown, View};
use super::{Place, bad, pairs};
use crate::bodies::Bodies;
use crate::caller::Caller;
use crate::http::Answer;
use axum::Json;
use axum::extract::Request;
use rapport_model::text::sort_key;
use rapport_model::{BoxedRecord, Cursor, Customer, Error, FieldKind, Kind, Millis, Record, Result};
use rapport_store::Tx;
use rapport_store::list::{PAGE_ROWS_MAX, Query, check_asked};
use rapport_store::migrate::SCHEMA_EPOCH;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

/// Rows of a page when nobody says how many.
pub const PAGE_ROWS: usize = 100;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    /// Each as it was written where it was read.
    items: Vec<Box<RawValue>>,
    next: Option<String>,
    /// Counted with the first page only.
    total: Option<i64>,
    /// Ask with this next time, to get what the server accepted since this list was begun; with the first page only, since
    /// rows of earlier pages may change while later ones are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_since: Option<String>,
}

/// Names that a URL gives once; a field may be given several times.
pub const ONCE: &[&str] = &["limit", "cursor", "sort", "q", "includeInactive", "changedSince", "updatedSince"];

/// What a URL asks for.
#[derive(Default)]
struct Asked {
    query: Query,
    text: Option<String>,
    changed_since: Option<String>,
    /// Only what the server accepted at or after this instant.
    updated_since: Option<Millis>,
}

fn parse(kind: Kind, pairs: Vec<(String, String)>) -> Result<Asked> {
    let mut asked = Asked::default();
    asked.query.limit = PAGE_ROWS;
    for (name, value) in pairs {
        match name.as_str() {
            "limit" => asked.query.limit = limit(&value)?,
            "cursor" => asked.query.cursor = Some(value),
            "sort" => asked.query.sort = value,
            "q" => asked.text = Some(value).filter(|text| !text.trim().is_empty()),
            "includeInactive" => asked.query.include_inactive = flag(&name, &value)?,
            "changedSince" => asked.changed_since = Some(value),
            "updatedSince" => {
                let at = value.parse().ok().and_then(|ms: i64| serde_json::from_value::<Millis>(ms.into()).ok());
                asked.updated_since = Some(at.ok_or_else(|| bad(&name, "updatedSince is a number of ms since 1970, UTC."))?);
            }
            _ => add_filter(kind, &mut asked.query, name, value)?,
        }
    }
    Ok(asked)
}

/// A filter; a name given several times means any of its values, an empty value means "none".
fn add_filter(kind: Kind, query: &mut Query, name: String, value: String) -> Result<()> {
    let field = kind
        .field(&name)
        .ok_or_else(|| bad(&name, &format!("{} cannot be filtered by \"{name}\"; it has no such field.", kind.text())))?;
    let value = match field.kind {
        _ if value.is_empty() => Value::Null,
        FieldKind::Bool => Value::Bool(flag(&name, &value)?),
        _ => Value::String(value),
    };
    let merged = match query.filter.remove(&name) {
        None => value,
        Some(Value::Array(mut values)) => {
            values.push(value);
            Value::Array(values)
        }
        Some(one) => Value::Array(vec![one, value]),
    };
    query.filter.insert(name, merged);
    Ok(())
}

pub fn limit(value: &str) -> Result<usize> {
    let limit = value.parse().ok().filter(|n| (1..=PAGE_ROWS_MAX).contains(n));
    limit.ok_or_else(|| bad("limit", &format!("limit is a number from 1 to {PAGE_ROWS_MAX}.")))
}

fn flag(name: &str, value: &str) -> Result<bool> {
    value.parse().map_err(|_| bad(name, &format!("{name} is true or false.")))
}

pub async fn page(kind: Kind, caller: Caller, place: Place, request: Request) -> Answer<Json<Listed>> {
    let asked = parse(kind, pairs(&request)?)?;
    let (now, bodies) = (caller.now(), caller.bodies.clone());
    let listed = caller
        .read(move |tx, sight| {
            place.parent(tx, sight)?;
            let view = View::of(tx, sight, now)?;
            list(tx, kind, place, asked, &view, &bodies)
        })
        .await?;
    Ok(Json(listed))
}

fn list(tx: &mut Tx<'_>, kind: Kind, place: Place, mut asked: Asked, view: &View, bodies: &Bodies) -> Result<Listed> {
    asked.query.sight = Some(view.sight.clone());
    let sequence = tx.sequence()?;
    let here = Cursor { version: sequence.version(), ..Cursor::start(sequence.epoch_id, SCHEMA_EPOCH) };
    asked.query = view.today.query(asked.query);
    if let Some(since) = &asked.changed_since {
        asked.query.changed_since = Some(version_since(since, &here)?);
    }
    if let Some(at) = asked.updated_since {
        // Nothing was accepted since: no version is that high.
        asked.query.accepted_since = Some(tx.first_accepted(at)?.unwrap_or(i64::MAX));
    }
    for (name, value) in place.forced() {
        asked.query.filter.insert(name.to_owned(), value);
    }
    let changed_since = asked.query.cursor.is_none().then(|| here.to_string());
    if let Some(text) = &asked.text {
        if place.customer.is_none() && kind.lists().number.is_some() {
            asked.query.number = Some(text.trim().to_owned());
        } else {
            let items = search(tx, kind, text, &asked.query, view)?;
            let total = i64::try_from(items.len()).ok();
            return Ok(Listed { items, next: None, total, changed_since });
        }
    }
    asked.query.with_primaries = kind == Kind::Customers;
    let page = tx.list_with(kind, &asked.query, |row| {
        bodies.of(row, view.sight.role, view.today, || item(row.record()?.as_ref(), row.contact()?.as_deref(), view))
    })?;
    Ok(Listed { items: page.items, next: page.next, total: page.total, changed_since })
}

/// A record as lists show it: a customer with its primary contact.
fn item(record: &dyn Record, contact: Option<&dyn Record>, view: &View) -> Result<Box<RawValue>> {
    let contact = contact.filter(|contact| view.sight.sees(*contact, record.of::<Customer>()));
    let contact = (record.kind() == Kind::Customers).then_some(contact);
    to_raw_value(&Shown { record, view, contact }).map_err(Error::internal)
}

/// The version that a `changedSince` stands for; one of an earlier life of the server says nothing about this one.
fn version_since(text: &str, here: &Cursor) -> Result<i64> {
    let cursor = Cursor::parse(text)
        .map_err(|_| bad("changedSince", "changedSince is not one that this server gave. Read the whole list."))?;
    if cursor.epoch_id != here.epoch_id || cursor.schema != here.schema {
        let message = "The server was restored or renewed since. Read the whole list again, then go on from its changedSince.";
        return Err(bad("changedSince", message));
    }
    Ok(cursor.version)
}

/// Rows that `q` looks at under one customer at most.
const SEARCHED_ROWS_MAX: usize = 5000;

/// The best matches of a text, as far as they pass the filters; one page, in the order of the search.
fn search(tx: &mut Tx<'_>, kind: Kind, text: &str, query: &Query, view: &View) -> Result<Vec<Box<RawValue>>> {
    check_asked(kind, query)?;
    if query.cursor.is_some() || !query.sort.is_empty() || query.changed_since.is_some() {
        return Err(bad("q", "q gives one page of best matches; cursor, sort and changedSince do not go with it."));
    }
    if kind == Kind::Customers {
        let ids = tx.search_customers(text, PAGE_ROWS_MAX, Some(&view.sight))?;
        let mut found = tx.find_many(kind, &ids)?;
        let hits = ids.iter().filter_map(|id| found.remove(id));
        let passing: Vec<BoxedRecord> = hits.filter(|record| passes(record, query)).take(query.limit).collect();
        let primary = |record: &BoxedRecord| record.of::<Customer>().and_then(|customer| customer.primary_contact_id);
        let contacts = tx.find_many(Kind::Contacts, &passing.iter().filter_map(primary).collect::<Vec<_>>())?;
        let of = |record: &BoxedRecord| primary(record).and_then(|id| contacts.get(&id)).map(|contact| contact.as_ref());
        return passing.iter().map(|record| item(record.as_ref(), of(record), view)).collect();
    }
    let fields = kind.lists().found_by;
    if fields.is_empty() {
        return Err(bad("q", &format!("{} cannot be searched by q.", kind.text())));
    }
    let key = sort_key(text);
    let mut rows = Query { limit: PAGE_ROWS_MAX, ..query.clone() };
    let (mut out, mut seen) = (Vec::new(), 0);
    loop {
        let page = tx.list(kind, &rows)?;
        seen += page.items.len();
        let hits = page.items.iter().filter(|record| begins(record.as_ref(), fields, &key));
        let room = query.limit - out.len();
        out.extend(hits.take(room).map(|record| item(record.as_ref(), None, view)).collect::<Result<Vec<_>>>()?);
        rows.cursor = page.next;
        if out.len() >= query.limit || rows.cursor.is_none() || seen >= SEARCHED_ROWS_MAX {
            return Ok(out);
        }
    }
}

/// Whether one of the fields, or a word in it, begins with `key`.
fn begins(record: &dyn Record, fields: &[&str], key: &str) -> bool {
    let texts = fields.iter().filter_map(|name| record.kind().index_of(name)).map(|index| record.get(index));
    texts.filter_map(|value| value.as_str().map(sort_key)).any(|text| {
        let words = text.match_indices(' ').map(|(at, _)| at + 1).chain([0]);
        words.into_iter().any(|at| text[at..].starts_with(key))
    })
}

fn passes(record: &BoxedRecord, query: &Query) -> bool {
    let kind = record.kind();
    let get = |name: &str| kind.index_of(name).map(|index| record.get(index)).unwrap_or_default();
    let in_use = query.include_inactive
        || query.filter.contains_key("isActive")
        || query.filter.contains_key("status")
        || get("isActive") == Value::Bool(true);
    let recent = query.accepted_since.is_none_or(|since| record.meta().version >= since);
    let fits = |(name, wanted): (&String, &Value)| match wanted {
        Value::Array(any) => any.contains(&get(name)),
        one => get(name) == *one,
    };
    in_use && recent && record.meta().deleted_at.is_none() && query.filter.iter().all(fits)
}
