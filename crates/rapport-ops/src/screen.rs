//! What screens read beside lists: the ids of a whole view, the lanes of a board, the history of one record.

use crate::queries::{ListArgs, kind_of, object};
use crate::today::Today;
use rapport_model::{Id, Kind, Millis, Result};
use rapport_store::Tx;
use rapport_store::list::{PAGE_ROWS_MAX, Query};
use serde_json::{Map, Value, json};

/// Ids that one view gives at most; more cannot be edited at once anyway.
const IDS_MAX: usize = crate::bulk::RECORDS_MAX;

/// What a list asks for, without its place and its page.
fn query_of(filter: &mut Map<String, Value>) -> (Query, Option<String>) {
    let is = |filter: &mut Map<String, Value>, name: &str| filter.shift_remove(name) == Some(Value::Bool(true));
    let text = filter.shift_remove("q").and_then(|q| q.as_str().map(str::to_owned)).filter(|q| !q.trim().is_empty());
    let (include_inactive, trashed) = (is(filter, "includeInactive"), is(filter, "trashed"));
    let query = Query { filter: std::mem::take(filter), include_inactive, trashed, limit: PAGE_ROWS_MAX, ..Query::default() };
    (query, text)
}

/// `records.ids`: every record of a view, in its order.
pub fn ids(tx: &mut Tx<'_>, mut args: ListArgs, now: Millis) -> Result<Value> {
    let today = Today::of(tx, now)?;
    let kind = kind_of(&args.kind)?;
    let (query, text) = query_of(&mut args.filter);
    if let Some(text) = text {
        // A search is one page; what is found is what is shown.
        args.filter = query.filter;
        args.filter.insert("q".to_owned(), text.into());
        args.limit = Some(PAGE_ROWS_MAX);
        let found = crate::queries::list(tx, args, now)?;
        let ids: Vec<Value> = found["items"].as_array().into_iter().flatten().map(|record| record["_id"].clone()).collect();
        return Ok(object([("total", ids.len().into()), ("ids", Value::Array(ids))]));
    }
    let mut query = today.query(Query { sort: args.sort, ..query });
    let (mut ids, mut total): (Vec<Id>, _) = (Vec::new(), None);
    loop {
        let page = tx.list_with(kind, &query, |row| Ok(row.record()?.meta().id))?;
        total = total.or(page.total);
        ids.extend(page.items);
        query.cursor = page.next;
        if query.cursor.is_none() || ids.len() >= IDS_MAX {
            break;
        }
    }
    ids.truncate(IDS_MAX);
    Ok(object([("ids", json!(ids)), ("total", total.into())]))
}

/// `customers.lanes`: count and value of each status within a view; the value in the organisation's currency.
pub fn lanes(tx: &mut Tx<'_>, mut filter: Map<String, Value>) -> Result<Value> {
    let (query, _) = query_of(&mut filter);
    let lanes = tx.customer_lanes(&query)?;
    let lane = |lane: rapport_store::lanes::Lane| json!({ "status": lane.status, "count": lane.customers, "value": lane.value });
    Ok(object([("lanes", lanes.into_iter().map(lane).collect())]))
}

/// `records.history`: what became of one record, newest first, and when it was made.
pub fn history(tx: &mut Tx<'_>, kind: Kind, id: Id) -> Result<Value> {
    let record = tx.get(kind, id)?;
    let lines = tx.history_of(id)?;
    let meta = record.meta();
    let merged = if kind == Kind::Customers { tx.merged_into(id)? } else { Vec::new() };
    let merged = merged.iter().map(|one| {
        let moved: usize = one.merged.iter().flat_map(|merged| merged.moved.values()).map(Vec::len).sum();
        json!({ "id": one.meta.id, "name": one.name, "at": one.meta.deleted_at, "moved": moved })
    });
    Ok(object([
        ("merged", Value::Array(merged.collect())),
        ("lines", json!(lines)),
        ("madeAt", meta.created_at.0.into()),
        ("madeBy", json!(meta.created_by)),
        ("version", meta.version.into()),
    ]))
}
