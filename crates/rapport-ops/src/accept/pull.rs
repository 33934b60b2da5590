//! Pull: the log after a cursor, newest state of each record only.

use super::chain;
use super::fill::Moving;
use rapport_model::wire::{Entry, PROTOCOL_MIN, PULL_ENTRIES_MAX, PullAnswer, PullRequest, What};
use rapport_model::{
    Actor, BoxedRecord, Code, Cursor, Customer, Error, Id, Kind, Millis, Record, Result, Sight, customer_of, defect,
};
use rapport_store::Tx;
use rapport_store::log::LogEntry;
use rapport_store::migrate::SCHEMA_EPOCH;
use rapport_store::tombstones::Tombstone;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A page of what is new for a device: the log after its cursor, and behind the log what a change of its user's role, team or
/// named customers brings and takes. All of it is read in one snapshot.
pub fn pull(tx: &mut Tx<'_>, actor: &Actor, request: &PullRequest, now: Millis) -> Result<PullAnswer> {
    if request.protocol < PROTOCOL_MIN {
        let message =
            "This Rapport is too old to receive changes. Your work is safe and can still be sent. Install the new version.";
        return Err(Error::new(Code::ClientTooOld, message));
    }
    if let Some(chain) = &request.chain {
        chain::compare(tx, actor, chain)?;
    }
    let sequence = tx.sequence()?;
    let entitled = tx.entitlement_of(actor.user)?;
    // Rows are served in the older one of the two schemas; when both know more, they are read again.
    let schema = if request.schema > 0 { SCHEMA_EPOCH.min(request.schema) } else { SCHEMA_EPOCH };
    let start = Cursor { entitlement: entitled, ..Cursor::start(sequence.epoch_id, schema) };
    let answer = |entries, cursor: &Cursor, more, left, reset| PullAnswer {
        entries,
        cursor: cursor.to_string(),
        more,
        left,
        reset,
        restored: false,
        server_time: now,
        durable_at: None,
    };
    let asked = request.cursor.as_deref().map(Cursor::parse).transpose()?;
    if let Some(of) = asked.as_ref().filter(|c| c.epoch_id != start.epoch_id || c.schema != start.schema) {
        let restored = of.epoch_id != start.epoch_id;
        return Ok(PullAnswer { restored, ..answer(Vec::new(), &start, true, 0, true) });
    }
    let mut cursor = asked.unwrap_or_else(|| start.clone());
    if cursor.version > sequence.version() || cursor.entitlement > sequence.version() {
        return Err(Error::new(Code::CursorUnknown, "This server never gave that cursor. What is held has to be read anew."));
    }
    let floor = tx.log_floor()?;
    if cursor.version > start.version && cursor.version < floor {
        // What was taken away since then is not known any more, one by one.
        return Ok(answer(Vec::new(), &start, true, 0, true));
    }
    let sight = tx.sight(actor)?;
    let Some(mut moving) = Moving::read(tx, actor, &cursor, entitled)? else {
        // What the device might hold is not known any more, so nobody can say what has to go.
        return Ok(answer(Vec::new(), &start, true, 0, true));
    };
    let limit = request.limit.clamp(1, PULL_ENTRIES_MAX);
    let mut log = tx.log_after(cursor.version, limit + 1)?;
    let more = log.len() > limit;
    log.truncate(limit);
    // What an answer showed when it was given is not what may be seen now, if that has changed since.
    let known = if moving.is_there() { known_of(tx, &log, request)? } else { HashSet::new() };
    cursor.version = log.last().map_or(cursor.version, |entry| entry.version);
    log.retain(|entry| entry.mutation_id.is_none_or(|mutation| !known.contains(&mutation)));
    let mut entries = told_of(tx, &log, &sight, &moving)?;
    if defect::on("cursor skips one") {
        cursor.version += 1;
    }
    if more {
        // What this page brought was sent by the set of now, so the cursor says that the device is on its way to it.
        moving.write(&mut cursor, false);
        let left = tx.log_count_after(cursor.version)?;
        return Ok(answer(entries, &cursor, true, left, false));
    }
    // Who has read to the end has read what was forgotten, too.
    cursor.version = cursor.version.max(floor);
    let done = moving.step(tx, &sight, sequence.version(), limit - entries.len().min(limit), &mut entries)?;
    moving.write(&mut cursor, done);
    let durable_at = tx.durable_at()?.filter(|_| request.chain.is_some());
    Ok(PullAnswer { durable_at, ..answer(entries, &cursor, !done, 0, false) })
}

/// The mutations among these that a device has the answers of: what they wrote came with those.
fn known_of(tx: &mut Tx<'_>, log: &[LogEntry], request: &PullRequest) -> Result<HashSet<Id>> {
    let Some(acknowledged) = request.acknowledged else { return Ok(HashSet::new()) };
    let rows = log.iter().filter(|entry| entry.what == What::Record);
    let mutations: Vec<Id> = rows.filter_map(|entry| entry.mutation_id).collect();
    let judged = tx.judged_among(&mutations)?;
    Ok(judged.into_iter().filter(|(_, epoch, n)| acknowledged.holds(*epoch, *n)).map(|(mutation, _, _)| mutation).collect())
}

/// Log entries as this device hears of them.
fn told_of(tx: &mut Tx<'_>, log: &[LogEntry], sight: &Sight, moving: &Moving) -> Result<Vec<Entry>> {
    let mut by_kind: BTreeMap<Kind, Vec<Id>> = BTreeMap::new();
    for entry in log {
        by_kind.entry(entry.kind).or_default().push(entry.record_id);
    }
    let mut records = HashMap::new();
    for (kind, ids) in by_kind {
        records.extend(tx.find_many(kind, &ids)?);
    }
    let gone: Vec<Id> = log.iter().filter(|entry| !records.contains_key(&entry.record_id)).map(|entry| entry.record_id).collect();
    let gone: HashMap<Id, Value> = tx.tombstones_among(&gone)?.into_iter().map(|stone| (stone.record_id, told(&stone))).collect();
    let customers = customers_of(tx, &records)?;
    let mut entries = Vec::with_capacity(log.len());
    for entry in log {
        let record = records.get(&entry.record_id).map(AsRef::as_ref);
        let owner = record.and_then(customer_of);
        let customer = owner.and_then(|id| customers.get(&id)).and_then(|c| c.of::<Customer>());
        let carried = record.is_some_and(|r| sight.carries(r, customer) || defect::on("out of scope is sent"));
        let newest = record.is_some_and(|r| r.meta().version == entry.version);
        let sent = match entry.what {
            // An older entry of a record that was written again comes with its newest one.
            What::Record => newest && carried,
            // A leave goes to those who held it and do not any more. Of one that is gone for good, its last entry tells.
            What::Leave => record.is_some() && !carried && moving.held(sight, &entry.place, owner),
            What::Tombstone | What::Alias => record.is_none() && !defect::on("tombstone dropped"),
        };
        if sent {
            let row = record.filter(|_| entry.what == What::Record).map(|r| shown(sight, r));
            entries.push(Entry {
                what: entry.what,
                kind: entry.kind.text().to_owned(),
                id: entry.record_id,
                version: entry.version,
                mutation_id: entry.mutation_id,
                record: row.or_else(|| gone.get(&entry.record_id).cloned()).unwrap_or_default(),
                anew: false,
            });
        }
    }
    Ok(entries)
}

/// What a device has to know of a record that is gone: why, and where it lives on.
fn told(stone: &Tombstone) -> Value {
    json!({ "why": stone.why, "survivor": stone.survivor })
}

/// The customers that these records hang on.
pub(super) fn customers_of(tx: &mut Tx<'_>, records: &HashMap<Id, BoxedRecord>) -> Result<HashMap<Id, BoxedRecord>> {
    let ids: BTreeSet<Id> = records.values().filter_map(|record| customer_of(record.as_ref())).collect();
    let (here, missing): (Vec<Id>, Vec<Id>) = ids.into_iter().partition(|id| records.contains_key(id));
    let mut out = tx.find_many(Kind::Customers, &missing)?;
    out.extend(here.into_iter().filter_map(|id| Some((id, records.get(&id)?.clone()))));
    Ok(out)
}

/// Whether a device of this actor holds the record.
pub(crate) fn carries(tx: &mut Tx<'_>, sight: &Sight, record: &dyn Record) -> Result<bool> {
    let customer = customer_of(record).map(|id| tx.find_as::<Customer>(id)).transpose()?.flatten();
    Ok(sight.carries(record, customer.as_ref()))
}

/// A record as the actor sees it.
pub(crate) fn shown(sight: &Sight, record: &dyn Record) -> Value {
    let mut json = record.to_json();
    sight.project(record, &mut json);
    json
}
