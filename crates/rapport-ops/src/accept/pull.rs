//! Pull: the log after a cursor, newest state of each record only.

use rapport_model::wire::{Entry, PROTOCOL, PULL_ENTRIES_MAX, PullAnswer, PullRequest};
use rapport_model::{Actor, Card, Code, Cursor, Error, Id, Kind, Millis, Record, Result};
use rapport_store::Tx;
use rapport_store::migrate::SCHEMA_EPOCH;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// A page of the log after the cursor. All of it is read in one snapshot.
pub fn pull(tx: &mut Tx<'_>, actor: &Actor, request: &PullRequest, now: Millis) -> Result<PullAnswer> {
    if request.protocol < PROTOCOL {
        let message =
            "This Rapport is too old to receive changes. Your work is safe and can still be sent. Install the new version.";
        return Err(Error::new(Code::ClientTooOld, message));
    }
    let sequence = tx.sequence()?;
    let start = Cursor::start(sequence.epoch_id, SCHEMA_EPOCH);
    let asked = request.cursor.as_deref().map(Cursor::parse).transpose()?;
    let stranger = asked.as_ref().is_some_and(|c| c.epoch_id != start.epoch_id || c.schema != start.schema);
    if stranger {
        let cursor = start.to_string();
        return Ok(PullAnswer { entries: Vec::new(), cursor, more: true, left: 0, reset: true, server_time: now });
    }
    let mut cursor = asked.unwrap_or(start);
    let limit = request.limit.clamp(1, PULL_ENTRIES_MAX);
    let mut log = tx.log_after(cursor.version, limit + 1)?;
    let more = log.len() > limit;
    log.truncate(limit);
    let mut by_kind: BTreeMap<Kind, Vec<Id>> = BTreeMap::new();
    for entry in &log {
        by_kind.entry(entry.kind).or_default().push(entry.record_id);
    }
    let mut records = HashMap::new();
    for (kind, ids) in by_kind {
        records.extend(tx.find_many(kind, &ids)?);
    }
    let mut entries = Vec::with_capacity(log.len());
    for entry in &log {
        let record = records.get(&entry.record_id);
        // An older entry of a record that was written again comes with its newest one.
        let newest = record.is_none_or(|r| r.meta().version == entry.version);
        if newest && record.is_none_or(|r| may_see(actor, r.as_ref())) {
            entries.push(Entry {
                what: entry.what,
                kind: entry.kind.text().to_owned(),
                id: entry.record_id,
                version: entry.version,
                mutation_id: entry.mutation_id,
                record: record.map_or(Value::Null, |r| r.to_json()),
            });
        }
    }
    cursor.version = log.last().map_or(cursor.version, |entry| entry.version);
    let left = if more { tx.log_count_after(cursor.version)? } else { 0 };
    Ok(PullAnswer { entries, cursor: cursor.to_string(), more, left, reset: false, server_time: now })
}

/// Cards are their user's own.
pub(super) fn may_see(actor: &Actor, record: &dyn Record) -> bool {
    record.of::<Card>().is_none_or(|card| card.user_id == actor.user)
}
