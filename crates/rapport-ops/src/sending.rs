//! What waits on this device, and what was decided by itself when two people changed the same.

use crate::commands::{Ctx, NoArgs};
use rapport_model::{Id, Kind, Result};
use rapport_store::Tx;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Rows of an answer at most.
const ROWS_MAX: usize = 200;

/// `sync.waiting`: the records that wait to be sent, the longest waiting first.
pub fn waiting(_: NoArgs, ctx: &Ctx) -> Result<Value> {
    ctx.store.read(|tx| {
        let rows = tx.outbox_waiting(ROWS_MAX)?;
        let names = names(tx, rows.iter().map(|row| (row.kind, row.id)))?;
        let items: Vec<Value> = rows
            .iter()
            .map(|row| {
                let named = names.get(&(row.kind, row.id));
                json!({
                    "kind": row.kind, "id": row.id, "customerId": named.and_then(|n| n.1), "name": named.map(|n| &n.0),
                    "since": row.since, "held": row.held,
                })
            })
            .collect();
        Ok(json!({ "items": items, "total": tx.outbox_counts()?.0 }))
    })
}

/// `sync.merges`: values that did not stand, newest first; each can be taken back by an edit on top of what stands.
pub fn merges(_: NoArgs, ctx: &Ctx) -> Result<Value> {
    ctx.store.read(|tx| {
        let lines = tx.history_overridden(ROWS_MAX)?;
        let names = names(tx, lines.iter().filter_map(|line| Some((line.kind?, line.record_id))))?;
        let mut items = Vec::with_capacity(lines.len());
        for line in &lines {
            let Some(kind) = line.kind else { continue };
            let record = tx.find(kind, line.record_id)?;
            let stands = record.as_ref().and_then(|record| rapport_model::unit::get(record.as_ref(), &line.unit).ok());
            let named = names.get(&(kind, line.record_id));
            items.push(json!({
                "id": line.id, "kind": kind, "recordId": line.record_id, "customerId": named.and_then(|n| n.1),
                "name": named.map(|n| &n.0), "unit": line.unit, "lost": line.before, "stands": stands, "by": line.by,
                "lostBy": line.lost_by, "at": line.at,
            }));
        }
        Ok(json!({ "items": items }))
    })
}

/// How records are called, and the customers that they hang on.
type Names = BTreeMap<(Kind, Id), (String, Option<Id>)>;

/// What is not here has no name.
fn names(tx: &mut Tx<'_>, of: impl Iterator<Item = (Kind, Id)>) -> Result<Names> {
    let mut ids: BTreeMap<Kind, Vec<Id>> = BTreeMap::new();
    of.for_each(|(kind, id)| ids.entry(kind).or_default().push(id));
    let mut out = BTreeMap::new();
    for (kind, ids) in ids {
        for record in tx.find_many(kind, &ids)?.into_values() {
            let customer = rapport_model::customer_of(record.as_ref());
            out.insert((kind, record.meta().id), (rapport_model::title(record.as_ref()), customer));
        }
    }
    Ok(out)
}
