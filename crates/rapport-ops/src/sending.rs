//! What waits on this device, and what was decided by itself when two people changed the same.

use crate::commands::{Ctx, NoArgs};
use rapport_model::{BoxedRecord, Id, Kind, Result, customer_of, title, unit};
use rapport_store::Tx;
use rapport_store::history::ChangeLine;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};

/// Rows of an answer at most.
const ROWS_MAX: usize = 200;

/// `sync.waiting`: the records that wait to be sent, the longest waiting first.
pub fn waiting(_: NoArgs, ctx: &Ctx) -> Result<Value> {
    ctx.store.read(|tx| {
        let mut rows = tx.outbox_waiting(ROWS_MAX)?;
        // Files whose description the server has already.
        let told: HashSet<Id> = rows.iter().map(|row| row.id).collect();
        rows.extend(tx.copies_waiting()?.into_iter().filter(|row| !told.contains(&row.id)));
        rows.truncate(ROWS_MAX);
        let records = records(tx, rows.iter().map(|row| (row.kind, row.id)))?;
        let items: Vec<Value> = rows
            .iter()
            .map(|row| {
                let record = records.get(&(row.kind, row.id)).map(AsRef::as_ref);
                json!({
                    "kind": row.kind, "id": row.id, "customerId": record.and_then(customer_of), "name": record.map(title),
                    "since": row.since, "held": row.held,
                })
            })
            .collect();
        Ok(json!({ "items": items, "total": tx.waiting_count()? }))
    })
}

/// `sync.merges`: values that did not stand, newest first; each can be taken back by an edit on top of what stands.
pub fn merges(_: NoArgs, ctx: &Ctx) -> Result<Value> {
    ctx.store.read(|tx| {
        let lines = tx.history_overridden(ROWS_MAX)?;
        let records = records(tx, lines.iter().filter_map(|line| Some((line.kind?, line.record_id))))?;
        let told = |line: &ChangeLine| {
            let kind = line.kind?;
            let record = records.get(&(kind, line.record_id)).map(AsRef::as_ref);
            let stands = record.and_then(|record| unit::get(record, &line.unit).ok());
            Some(json!({
                "id": line.id, "kind": kind, "recordId": line.record_id, "customerId": record.and_then(customer_of),
                "name": record.map(title), "unit": line.unit, "lost": line.before, "stands": stands, "by": line.by,
                "lostBy": line.lost_by, "at": line.at,
            }))
        };
        Ok(json!({ "items": lines.iter().filter_map(told).collect::<Vec<Value>>() }))
    })
}

/// The records that are here.
fn records(tx: &mut Tx<'_>, of: impl Iterator<Item = (Kind, Id)>) -> Result<BTreeMap<(Kind, Id), BoxedRecord>> {
    let mut ids: BTreeMap<Kind, Vec<Id>> = BTreeMap::new();
    of.for_each(|(kind, id)| ids.entry(kind).or_default().push(id));
    let mut out = BTreeMap::new();
    for (kind, ids) in ids {
        out.extend(tx.find_many(kind, &ids)?.into_iter().map(|(id, record)| ((kind, id), record)));
    }
    Ok(out)
}
