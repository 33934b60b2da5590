//! The comparison's queries in the device's store, rows made into objects.

use super::document::document;
use rapport_model::{BoxedRecord, Contact, Id, Interaction, Kind, Quote, Result};
use rapport_store::list::{PAGE_ROWS_MAX, Query};
use rapport_store::{Store, Tx};
use serde_json::{Map, Value};
use std::time::Instant;

/// What a query found, and how long it took.
pub struct Found {
    pub ms: f64,
    pub ids: Vec<String>,
}

/// Runs a query by its name; `None` = there is no such query here.
pub fn run(store: &Store, name: &str, params: &Value) -> Result<Option<Found>> {
    let params = params.clone();
    match name {
        "list" => list(store, &params).map(Some),
        "prefixName" | "prefix" => timed(store, move |tx| searched(tx, text(&params, "q"), limit(&params))),
        "fts" => timed(store, move |tx| {
            let words: Vec<&str> = params["words"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            searched(tx, &words.join(" "), limit(&params))
        }),
        "fuzzy" => {
            // Learnt by whoever looks first, and kept from then on.
            store.learn_names()?;
            timed(store, move |tx| searched(tx, text(&params, "q"), limit(&params)))
        }
        "get" => timed(store, move |tx| Ok(tx.find(Kind::Customers, id(&params)?)?.into_iter().collect())),
        "timeline" => timed(store, move |tx| timeline(tx, id(&params)?)),
        _ => Ok(None),
    }
}

fn text<'a>(params: &'a Value, name: &str) -> &'a str {
    params[name].as_str().unwrap_or_default()
}

fn limit(params: &Value) -> usize {
    params["limit"].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(20)
}

fn id(params: &Value) -> Result<Id> {
    serde_json::from_value(params["id"].clone()).map_err(rapport_model::Error::internal)
}

/// From asking the store until the objects are there.
fn timed(store: &Store, find: impl FnOnce(&mut Tx<'_>) -> Result<Vec<BoxedRecord>> + Send + 'static) -> Result<Option<Found>> {
    let clock = Instant::now();
    let objects: Vec<Value> = store.read(move |tx| Ok(find(tx)?.iter().map(|record| document(record.as_ref())).collect()))?;
    let ms = clock.elapsed().as_secs_f64() * 1000.0;
    let ids = objects.iter().filter_map(|object| object["_id"].as_str().map(str::to_owned)).collect();
    Ok(Some(Found { ms, ids }))
}

/// A page by status and owner, sorted by name. Our pages go on from the one before them, so how one comes to a page far down the list
/// is not timed; the page itself is.
fn list(store: &Store, params: &Value) -> Result<Found> {
    let mut filter = Map::new();
    filter.insert("status".into(), params["status"].clone());
    filter.insert("assignedTo".into(), super::document::units(Kind::Customers, "assignedTo", &params["assignedTo"]).remove(0).1);
    let mut query = Query { filter, sort: "name".into(), include_inactive: true, ..Query::default() };
    let mut offset = params["offset"].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    while offset > 0 {
        let asked = Query { limit: offset.min(PAGE_ROWS_MAX), ..query.clone() };
        let page = store.read(move |tx| tx.list(Kind::Customers, &asked))?;
        offset -= page.items.len().min(offset);
        query.cursor = page.next;
        if query.cursor.is_none() {
            break;
        }
    }
    query.limit = limit(params);
    let found = timed(store, move |tx| Ok(tx.list(Kind::Customers, &query)?.items))?;
    found.ok_or_else(|| rapport_model::Error::internal("a list without an answer"))
}

fn searched(tx: &mut Tx<'_>, words: &str, limit: usize) -> Result<Vec<BoxedRecord>> {
    let ids = tx.search_customers(words, limit, None)?;
    let mut found = tx.find_many(Kind::Customers, &ids)?;
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

fn timeline(tx: &mut Tx<'_>, customer: Id) -> Result<Vec<BoxedRecord>> {
    let mut out: Vec<BoxedRecord> = tx.find(Kind::Customers, customer)?.into_iter().collect();
    let mut contacts = tx.children::<Contact>(customer)?;
    contacts.sort_by_key(|one| one.meta.id);
    let mut interactions = tx.children::<Interaction>(customer)?;
    interactions.sort_by_key(|one| (std::cmp::Reverse(one.interaction_date), one.meta.id));
    let mut quotes = tx.children::<Quote>(customer)?;
    quotes.sort_by_key(|one| one.meta.id);
    out.extend(contacts.into_iter().map(|one| Box::new(one) as BoxedRecord));
    out.extend(interactions.into_iter().map(|one| Box::new(one) as BoxedRecord));
    out.extend(quotes.into_iter().map(|one| Box::new(one) as BoxedRecord));
    Ok(out)
}
