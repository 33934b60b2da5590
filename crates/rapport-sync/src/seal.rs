//! Sealing: mutations get their id, their place in the chain and their stamps, committed before they are sent.

use crate::transport::Mark;
use rapport_model::clock::{Clock, KeptClock};
use rapport_model::mutation::{Mutation, UnitEdit};
use rapport_model::wire::{PUSH_BYTES_MAX, PUSH_MUTATIONS_MAX};
use rapport_model::{Error, Id, Millis, Result, Source, defect};
use rapport_store::Tx;
use rapport_store::outbox::{Seal, Waiting};
use serde::{Deserialize, Serialize};

/// The progress keys of sync.
pub mod key {
    pub const EPOCH: &str = "deviceEpoch";
    pub const CHAIN: &str = "chain";
    pub use rapport_store::progress::CLOCK;
    pub const CURSOR: &str = "cursor";
    /// How far a first download is, while there is one.
    pub const DOWNLOAD: &str = "download";
    /// The user whose store this is.
    pub const ACTOR: &str = "actor";
    /// Server time minus device time at the last contact.
    pub const SKEW: &str = "skew";
    /// What the server was told of this device last.
    pub const TOLD: &str = "told";
    pub const LAST_SUCCESS: &str = "lastSuccess";
    /// How far this device is compared with the server, and what was found to differ.
    pub const COMPARED: &str = "compared";
    pub const REPAIRS: &str = "repairs";
    /// Rows were removed, and their traces are still to go.
    pub const SCRUB: &str = "scrub";
    /// Everything is being read anew.
    pub const RESETTING: &str = "resetting";
}

/// The end of the chain of sealed mutations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Chain {
    pub n: i64,
    pub hash: String,
}

/// Sealed mutations, in order.
#[derive(Debug, Default)]
pub struct Batch {
    /// In parts, each of which fits one push.
    pub parts: Vec<Vec<Mutation>>,
    /// How far the store has sealed.
    pub mark: Mark,
}

/// Pushes that are sealed in one transaction.
const PUSHES_AHEAD: usize = 4;

/// Bytes of a batch's changes at which it is full; what frames them stays well below the push limit.
const BATCH_BYTES_MAX: usize = PUSH_BYTES_MAX / 2;

/// The next pushes, sealed. `offset_ms` = server time minus device time as measured at this contact; `limit` = mutations of one push
/// at most, for halving after a 413.
pub fn seal(tx: &mut Tx<'_>, source: &dyn Source, offset_ms: i64, limit: usize) -> Result<Batch> {
    let limit = limit.clamp(1, PUSH_MUTATIONS_MAX);
    let next = tx.outbox_next(limit * PUSHES_AHEAD)?;
    seal_these(tx, source, offset_ms, next, Some(limit))
}

/// Everything that waits, sealed, for a way that is not the wire. The clock is off by what it was at the last contact.
pub fn seal_all(tx: &mut Tx<'_>, source: &dyn Source) -> Result<Batch> {
    let offset_ms = tx.progress::<i64>(key::SKEW)?.unwrap_or(0);
    let mut all = tx.outbox_next(usize::MAX)?;
    all.sort_by_key(|waiting| waiting.seq);
    seal_these(tx, source, offset_ms, all, None)
}

/// `limit` = mutations of one part at most; `None` = one part of everything.
fn seal_these(
    tx: &mut Tx<'_>,
    source: &dyn Source,
    offset_ms: i64,
    waiting: Vec<Waiting>,
    limit: Option<usize>,
) -> Result<Batch> {
    let epoch = match tx.progress::<Id>(key::EPOCH)? {
        Some(epoch) => epoch,
        None => {
            let epoch = source.id();
            tx.set_progress(key::EPOCH, &epoch)?;
            epoch
        }
    };
    let mut chain = tx.progress::<Chain>(key::CHAIN)?.unwrap_or_default();
    let kept = tx.progress::<KeptClock>(key::CLOCK)?.unwrap_or_default();
    let offset_ms = if defect::on("skew not taken out") { 0 } else { offset_ms };
    let mut clock = Clock { offset_ms, last_sealed: kept.last_sealed };
    let mut parts: Vec<Vec<Mutation>> = Vec::new();
    let mut bytes = 0;
    for waiting in waiting {
        if waiting.held && defect::on("held never judged again") {
            continue;
        }
        let mutation = match waiting.seal.as_ref().filter(|_| !defect::on("sealed anew")) {
            Some(seal) => sealed(epoch, &waiting, seal),
            None => seal_one(tx, source, epoch, &waiting, &mut chain, &mut clock)?,
        };
        if defect::on("out of line before the answer") {
            tx.outbox_remove(waiting.seq)?;
        }
        let size = serde_json::to_vec(&mutation).map_err(Error::internal)?.len();
        bytes += size;
        let count = parts.len();
        match parts.last_mut() {
            Some(part) if limit.is_none_or(|limit| part.len() < limit && bytes <= BATCH_BYTES_MAX) => part.push(mutation),
            _ if limit.is_some() && count == PUSHES_AHEAD => break,
            _ => {
                bytes = size;
                parts.push(vec![mutation]);
            }
        }
    }
    tx.set_progress(key::CHAIN, &chain)?;
    tx.set_progress(key::CLOCK, &KeptClock { last_sealed: clock.last_sealed, ..kept })?;
    Ok(Batch { parts, mark: Mark { epoch, n: chain.n } })
}

pub(crate) fn sealed(epoch: Id, waiting: &Waiting, seal: &Seal) -> Mutation {
    Mutation {
        mutation_id: seal.mutation_id,
        epoch,
        n: seal.n,
        prev: seal.prev.clone(),
        batch_id: waiting.batch_id,
        parted: waiting.parted,
        changes: waiting.changes.clone(),
    }
}

fn seal_one(
    tx: &mut Tx<'_>,
    source: &dyn Source,
    epoch: Id,
    waiting: &Waiting,
    chain: &mut Chain,
    clock: &mut Clock,
) -> Result<Mutation> {
    let mut changes = waiting.changes.clone();
    let seen_now = tx.progress::<KeptClock>(key::CLOCK)?.unwrap_or_default().highest_seen;
    // In the order in which they were typed: one that joined later does not lift those before it.
    let mut edits: Vec<(usize, &mut UnitEdit)> = Vec::new();
    for (place, change) in changes.iter_mut().enumerate() {
        edits.extend(change.units.values_mut().map(|edit| (place, edit)));
    }
    edits.sort_by_key(|(place, edit)| (edit.updated_at, *place));
    // Units of a record saved at one reading get one stamp: what was one save stays one moment.
    let mut last: Option<(usize, Millis, Millis)> = None;
    for (place, edit) in edits {
        let raw = edit.updated_at;
        let stamp = match last {
            Some((of, same, stamp)) if of == place && same == raw => stamp,
            _ if defect::on("stamp moved by a pull") => clock.stamp(raw, seen_now),
            _ => clock.stamp(raw, edit.seen),
        };
        last = Some((place, raw, stamp));
        edit.updated_at = stamp;
        edit.seen = Millis(0);
    }
    let seal = Seal { mutation_id: source.id(), n: chain.n + 1, prev: chain.hash.clone() };
    let mutation = sealed(epoch, &Waiting { changes: changes.clone(), ..waiting.clone() }, &seal);
    *chain = Chain { n: seal.n, hash: mutation.hash()? };
    tx.outbox_seal(waiting.seq, &changes, &seal)?;
    Ok(mutation)
}
