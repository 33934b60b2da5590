//! Pages of a list: filters, sort, search, and what changed since.

use super::{Place, shown};
use crate::caller::Caller;
use crate::http::Answer;
use axum::Json;
use axum::extract::{Query as UrlQuery, Request};
use rapport_model::{BoxedRecord, Code, Cursor, Error, FieldKind, Kind, Millis, Result};
use rapport_store::Tx;
use rapport_store::list::{PAGE_ROWS_MAX, Query};
use rapport_store::migrate::SCHEMA_EPOCH;
use serde::Serialize;
use serde_json::Value;

/// Rows of a page when nobody says how many.
const PAGE_ROWS: usize = 100;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    items: Vec<Value>,
    next: Option<String>,
    /// Counted with the first page only.
    total: Option<i64>,
    /// Ask with this next time, to get what the server accepted since this list was begun; with the first page only, since
    /// rows of earlier pages may change while later ones are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_since: Option<String>,
}

/// What a URL asks for.
#[derive(Default)]
struct Asked {
    query: Query,
    text: Option<String>,
    changed_since: Option<String>,
}

fn bad(name: &str, what: &str) -> Error {
    Error::field(Code::InvalidValue, name, what)
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
                let at = value.parse().map_err(|_| bad(&name, "updatedSince is a number of ms since 1970, UTC."))?;
                asked.query.updated_since = Some(Millis(at));
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

fn limit(value: &str) -> Result<usize> {
    let limit = value.parse().ok().filter(|n| (1..=PAGE_ROWS_MAX).contains(n));
    limit.ok_or_else(|| bad("limit", &format!("limit is a number from 1 to {PAGE_ROWS_MAX}.")))
}

fn flag(name: &str, value: &str) -> Result<bool> {
    value.parse().map_err(|_| bad(name, &format!("{name} is true or false.")))
}

pub async fn page(kind: Kind, caller: Caller, place: Place, request: Request) -> Answer<Json<Listed>> {
    let UrlQuery(pairs) = UrlQuery::<Vec<(String, String)>>::try_from_uri(request.uri())
        .map_err(|e| Error::new(Code::Malformed, format!("The query cannot be read: {e}.")))?;
    let asked = parse(kind, pairs)?;
    let listed = caller
        .read(move |tx, _| {
            place.parent(tx)?;
            list(tx, kind, place, asked)
        })
        .await?;
    Ok(Json(listed))
}

fn list(tx: &mut Tx<'_>, kind: Kind, place: Place, mut asked: Asked) -> Result<Listed> {
    let sequence = tx.sequence()?;
    let here = Cursor { version: sequence.version(), ..Cursor::start(sequence.epoch_id, SCHEMA_EPOCH) };
    if let Some(since) = &asked.changed_since {
        asked.query.changed_since = Some(version_since(since, &here)?);
    }
    for (name, value) in place.forced() {
        asked.query.filter.insert(name.to_owned(), value);
    }
    let changed_since = asked.query.cursor.is_none().then(|| here.to_string());
    if let Some(text) = &asked.text {
        let items = search(tx, kind, text, &asked.query)?;
        let total = i64::try_from(items.len()).ok();
        return Ok(Listed { items, next: None, total, changed_since });
    }
    let page = tx.list(kind, &asked.query)?;
    let items = page.items.iter().map(|record| shown(record.as_ref())).collect();
    Ok(Listed { items, next: page.next, total: page.total, changed_since })
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

/// The best matches of a text, as far as they pass the filters; one page, in the order of the search.
fn search(tx: &mut Tx<'_>, kind: Kind, text: &str, query: &Query) -> Result<Vec<Value>> {
    if kind != Kind::Customers {
        return Err(bad("q", "Only customers can be searched by q; it looks at their contacts as well."));
    }
    if query.cursor.is_some() || !query.sort.is_empty() || query.changed_since.is_some() {
        return Err(bad("q", "q gives one page of best matches; cursor, sort and changedSince do not go with it."));
    }
    let ids = tx.search_customers(text, PAGE_ROWS_MAX)?;
    let mut found = tx.find_many(kind, &ids)?;
    let hits = ids.iter().filter_map(|id| found.remove(id));
    let passing = hits.filter(|record| passes(record, query)).take(query.limit);
    Ok(passing.map(|record| shown(record.as_ref())).collect())
}

fn passes(record: &BoxedRecord, query: &Query) -> bool {
    let kind = record.kind();
    let get = |name: &str| kind.index_of(name).map(|index| record.get(index)).unwrap_or_default();
    let in_use = query.include_inactive
        || query.filter.contains_key("isActive")
        || query.filter.contains_key("status")
        || get("isActive") == Value::Bool(true);
    let recent = query.updated_since.is_none_or(|since| record.meta().updated_at >= since);
    let fits = |(name, wanted): (&String, &Value)| match wanted {
        Value::Array(any) => any.contains(&get(name)),
        one => get(name) == *one,
    };
    in_use && recent && record.meta().deleted_at.is_none() && query.filter.iter().all(fits)
}
