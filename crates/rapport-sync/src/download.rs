//! The first download: blocks of packed rows into the store, a few at a time, committed with how far it is.
//!
//! It owns the way from nothing to a whole copy of what the device may hold. Whoever is cut off or killed goes on behind the last
//! block that was committed. What was written on the server meanwhile is brought by pulling, which goes on where the download was
//! begun. What waits to be sent stays, and lies on top.

use crate::apply::{let_go, see_stamp, take_base};
use crate::brake::Brake;
use crate::round::{Progress, Report};
use crate::seal::key;
use crate::transport::{Blocks, Transport};
use rapport_model::cell::Column;
use rapport_model::packed::{Rows, Table};
use rapport_model::wire::snapshot::{BlockHead, SnapshotRequest};
use rapport_model::{Code, Cursor, Error, Id, Kind, Millis, Result, Source};
use rapport_store::migrate::SCHEMA_EPOCH;
use rapport_store::{Store, Tx};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Parts of the customers that are put into the search in one transaction.
const SEARCH_PARTS: usize = 20;

/// Customers whose computed fields are put right in one transaction, where a store is loaded anew.
const REFRESH_CUSTOMERS: usize = 500;

/// Blocks that are written in one transaction: each of them touches much of the index by id.
const BLOCKS_TOGETHER: usize = 4;

/// Blocks that are open and wait for the writer.
const OPEN_BLOCKS: usize = 2;

/// Downloads that begin again because the device may hold something else by now, at most.
const RESETS_MAX: u32 = 3;

/// How far a download is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Kept {
    /// Where the next block begins; `None` = at the beginning, or, if they are all here, nowhere.
    next: Option<String>,
    /// Where pulling goes on, once the blocks are here.
    cursor: String,
    whole: bool,
    /// The store holds rows already.
    anew: bool,
    /// How far the store was before it was loaded anew. If the server is the same one still, what does not arrive is not the
    /// device's to hold any more; if it was restored from a backup, it may be what the server has lost.
    since: Option<String>,
    done: i64,
    total: i64,
    /// The last customer that is found by the search.
    searched: Option<Id>,
}

/// A block that was opened.
type Opened = (BlockHead, Vec<Table>);

/// Loads what is missing of a first download. Returns whether pulling goes on from a cursor; `false` = this server has no blocks for
/// this device, which pulls everything.
pub(crate) async fn load(
    store: &Store,
    transport: &dyn Transport,
    source: &Arc<dyn Source>,
    report: &mut Report,
    tell: Progress<'_>,
    brake: &mut Brake,
) -> Result<bool> {
    let kept = store.read_async(|tx| tx.progress::<Kept>(key::DOWNLOAD)).await?;
    let mut kept = kept.unwrap_or_default();
    let mut resets = 0;
    while !kept.whole {
        let asked_at = source.now();
        let request = SnapshotRequest::new(SCHEMA_EPOCH, kept.next.clone());
        let blocks = match transport.snapshot(request).await {
            Err(error) if kept.next.is_none() && has_none(&error) => return Ok(false),
            other => other?,
        };
        let mut opened = open(blocks);
        let before = kept.done;
        // The first one alone: there is something to work with at once.
        while let Some(blocks) = opened.next(if kept.next.is_some() { BLOCKS_TOGETHER } else { 1 }).await {
            let blocks = blocks?;
            let Some((head, _)) = blocks.last() else { break };
            report.skew_ms = crate::round::skew(asked_at, source.now(), head.server_time);
            if head.reset {
                resets += 1;
                if resets > RESETS_MAX {
                    return Err(Error::internal("the server keeps asking to begin the download again"));
                }
                let since = Some(kept.cursor).filter(|cursor| !cursor.is_empty()).or(kept.since);
                kept = store.write_soon_async(|tx| begin_again(tx, since)).await?;
                break;
            }
            let was = kept.done;
            kept = take(store, kept, blocks).await?;
            report.pulled += kept.done - was;
            tell(kept.done, kept.total);
        }
        if !kept.whole && kept.done == before && resets == 0 {
            return Err(Error::new(
                Code::Offline,
                "The download was cut off. What was loaded is kept, and it goes on from there.",
            ));
        }
    }
    finish(store, kept, source.now(), transport, brake).await?;
    Ok(true)
}

/// Whether a server has no blocks for this device: it is older, or its rows have other columns.
fn has_none(error: &Error) -> bool {
    error.code == Code::NotFound || (error.code == Code::InvalidValue && error.field.as_deref() == Some("schema"))
}

/// Opens blocks on a thread of their own while the ones before them are written.
fn open(mut blocks: Blocks) -> Incoming {
    let (to, from) = mpsc::channel(OPEN_BLOCKS);
    tokio::task::spawn_blocking(move || {
        while let Some(block) = blocks.blocking_recv() {
            let opened = block.and_then(|block| Ok((block.open()?, block.head)));
            // Nobody waits for it any more: the round has ended.
            if to.blocking_send(opened.map(|(tables, head)| (head, tables))).is_err() {
                return;
            }
        }
    });
    Incoming { from, ahead: None }
}

/// Blocks as they come.
struct Incoming {
    from: mpsc::Receiver<Result<Opened>>,
    /// One that could not be put with those before it.
    ahead: Option<Result<Opened>>,
}

impl Incoming {
    /// The next blocks, so many at most; one that begins anew comes alone. What failed comes behind what came before it.
    async fn next(&mut self, count: usize) -> Option<Result<Vec<Opened>>> {
        let mut blocks: Vec<Opened> = Vec::with_capacity(count);
        while blocks.len() < count {
            let next = match self.ahead.take() {
                Some(next) => next,
                None => match self.from.recv().await {
                    Some(next) => next,
                    None => break,
                },
            };
            match next {
                Ok(block) if !block.0.reset => blocks.push(block),
                Ok(block) if blocks.is_empty() => return Some(Ok(vec![block])),
                Err(error) if blocks.is_empty() => return Some(Err(error)),
                other => {
                    self.ahead = Some(other);
                    break;
                }
            }
        }
        (!blocks.is_empty()).then_some(Ok(blocks))
    }
}

/// Some blocks: their rows and how far the download is, in one transaction. A power cut may take them back; they are loaded again.
async fn take(store: &Store, kept: Kept, blocks: Vec<Opened>) -> Result<Kept> {
    store
        .write_soon_async(move |tx| {
            let mut kept = kept;
            if kept.next.is_none() {
                kept.anew |= tx.has_customers()?;
                tx.arrived_forget()?;
                if !kept.anew {
                    tx.rest_indexes()?;
                }
            }
            let waits = tx.outbox_counts()?.1 > 0 || kept.anew;
            let mut highest = Millis(0);
            for table in blocks.iter().flat_map(|(_, tables)| tables) {
                // A kind of a newer server has no table here; a later version fetches it by its schema epoch.
                let Some(kind) = Kind::parse(&table.kind) else { continue };
                let rows = table.rows_of(kind);
                highest = highest.max(take_rows(tx, &rows, waits, kept.anew)?);
            }
            see_stamp(tx, highest)?;
            let Some((head, _)) = blocks.into_iter().next_back() else { return Ok(kept) };
            let whole = head.next.is_none();
            kept = Kept { next: head.next, cursor: head.cursor, whole, done: head.done, total: head.total, ..kept };
            tx.set_progress(key::DOWNLOAD, &kept)?;
            tx.touch_all();
            Ok(kept)
        })
        .await
}

/// Writes the rows of one table; those under pending edits become the base of what is shown. Returns the highest stamp in it.
fn take_rows(tx: &mut Tx<'_>, rows: &Rows<'_>, waits: bool, anew: bool) -> Result<Millis> {
    let column = |name: &str| rows.kind.columns().position(|column| column == name).unwrap_or_default();
    let (id, updated_at) = (column("id"), column("updated_at"));
    let mut highest = Millis(0);
    for row in 0..rows.rows {
        highest = highest.max(Millis::from_cell(rows.cell(row, updated_at))?);
    }
    if !waits {
        let all: Vec<usize> = (0..rows.rows).collect();
        tx.load_rows(rows, &all)?;
        return Ok(highest);
    }
    let ids = (0..rows.rows).map(|row| Id::from_cell(rows.cell(row, id))).collect::<Result<Vec<_>>>()?;
    let mut edited: HashSet<Id> = tx.waiting_among(rows.kind, &ids)?;
    edited.extend(tx.outbox_among(rows.kind, &ids)?);
    let (under, plain): (Vec<usize>, Vec<usize>) = (0..rows.rows).partition(|row| edited.contains(&ids[*row]));
    tx.load_rows(rows, &plain)?;
    for row in under {
        let record = rows.record(row)?;
        // What is computed of them is made anew when all is here.
        take_base(tx, rows.kind, ids[row], record.meta().version, Some(record.to_json()), &mut BTreeSet::new())?;
    }
    if anew {
        tx.arrived_add(rows.kind, &ids)?;
    }
    Ok(highest)
}

/// From the beginning, over what is here.
fn begin_again(tx: &mut Tx<'_>, since: Option<String>) -> Result<Kept> {
    let kept = Kept { anew: true, since, ..Kept::default() };
    tx.set_progress(key::DOWNLOAD, &kept)?;
    Ok(kept)
}

/// A store that was whole is loaded anew.
pub(crate) fn anew(tx: &mut Tx<'_>) -> Result<()> {
    let since = tx.progress::<String>(key::CURSOR)?;
    tx.forget_progress(key::CURSOR)?;
    begin_again(tx, since).map(drop)
}

/// Whether two cursors are of one life of the server.
fn same_life(since: Option<&str>, now: &str) -> bool {
    let life = |cursor: &str| Cursor::parse(cursor).map(|cursor| cursor.epoch_id);
    since.is_some_and(|since| matches!((life(since), life(now)), (Ok(before), Ok(now)) if before == now))
}

/// All blocks are here: indexes, search, what did not arrive; then pulling goes on.
async fn finish(store: &Store, kept: Kept, now: Millis, transport: &dyn Transport, brake: &mut Brake) -> Result<()> {
    store.write_soon_async(|tx| Kind::ALL.iter().try_for_each(|kind| tx.restore_indexes(*kind))).await?;
    let mut kept = kept;
    let mut more = true;
    while more {
        (kept, more) = store.write_soon_async(move |tx| search_some(tx, kept, now)).await?;
    }
    let sweeps = same_life(kept.since.as_deref(), &kept.cursor);
    if sweeps {
        brake.pass(store, transport, store.read_async(not_sent).await?).await?;
    }
    store
        .write_async(move |tx| {
            if sweeps {
                not_sent(tx)?.into_iter().try_for_each(|(kind, id)| let_go(tx, kind, id))?;
            }
            tx.arrived_forget()?;
            tx.forget_progress(key::DOWNLOAD)?;
            tx.set_progress(key::CURSOR, &kept.cursor)?;
            tx.touch_all();
            Ok(())
        })
        .await
}

/// Puts the next customers into the search. Returns how far it is, and whether there are more.
fn search_some(tx: &mut Tx<'_>, kept: Kept, now: Millis) -> Result<(Kept, bool)> {
    let after = kept.searched.unwrap_or(Id::NIL);
    let last = if kept.anew {
        // There may be edits on top: what they bear on is computed here.
        let ids = tx.ids_after(Kind::Customers, after, REFRESH_CUSTOMERS)?;
        tx.refresh_customers(&ids, now)?;
        ids.last().copied().filter(|_| ids.len() == REFRESH_CUSTOMERS)
    } else {
        tx.search_fill(after, SEARCH_PARTS)?
    };
    let kept = Kept { searched: last.or(kept.searched), ..kept };
    tx.set_progress(key::DOWNLOAD, &kept)?;
    Ok((kept, last.is_some()))
}

/// What the server once sent and does not send any more.
fn not_sent(tx: &mut Tx<'_>) -> Result<Vec<(Kind, Id)>> {
    let mut out = Vec::new();
    for kind in Kind::ALL.iter().rev().filter(|kind| !Kind::COMPUTED.contains(kind)) {
        out.extend(tx.not_arrived(*kind)?.into_iter().map(|id| (*kind, id)));
    }
    Ok(out)
}
