//! Contents of attachments, beside the rounds: what was added here is sent, what is wanted here is fetched, one at a time.
//!
//! An edit never waits for a file. What fails is tried again later and later; what the server refuses is noted with its reason.

use crate::seal::key;
use crate::transport::Transport;
use rapport_model::{Code, Error, Id, Millis, Result, Source};
use rapport_store::copies::{Copy, Errand};
use rapport_store::shelf::digest_of;
use rapport_store::{Shelf, Store, Tx};
use serde::Deserialize;

/// Where the store keeps how many bytes of contents may lie here.
pub const BUDGET: &str = "contents.budget";

/// Bytes of contents that lie on a device if nobody said otherwise.
pub const BUDGET_BYTES: i64 = 500 * 1024 * 1024;

/// Between tries after a failure: doubled each time.
const RETRY_MS_MIN: i64 = 30 * 1000;
const RETRY_MS_MAX: i64 = 6 * 60 * 60 * 1000;

/// Contents that are asked for by themselves in one go.
const WANTED_MAX: usize = 50;

/// What an exchange did, in files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exchanged {
    pub sent: usize,
    pub fetched: usize,
    pub failed: usize,
}

/// Sends and fetches until nothing is due. Ends with an error where the server cannot be reached.
pub async fn exchange(store: &Store, shelf: &Shelf, transport: &dyn Transport, source: &dyn Source) -> Result<Exchanged> {
    let mut done = Exchanged::default();
    tidy(store, shelf).await?;
    let now = source.now();
    store.write_async(move |tx| want(tx, now)).await?;
    loop {
        let now = source.now();
        // What only this device has goes first, also what was added while something was fetched.
        let due = store.read_async(move |tx| Ok((tx.copy_to_send(now)?, tx.copy_to_fetch(now)?))).await?;
        let (errand, ended) = match due {
            (Some(errand), _) => {
                let ended = send(store, shelf, transport, &errand, now).await;
                done.sent += usize::from(ended.is_ok());
                (errand, ended)
            }
            (None, Some(errand)) => {
                let ended = fetch(store, shelf, transport, &errand, now).await.map(drop);
                done.fetched += usize::from(ended.is_ok());
                (errand, ended)
            }
            (None, None) => break,
        };
        if let Err(error) = ended {
            done.failed += 1;
            fail(store, &errand, error, now).await?;
        }
    }
    // What was sent may go now, what was fetched may be too much.
    if done.sent + done.fetched > 0 {
        tidy(store, shelf).await?;
    }
    Ok(done)
}

async fn send(store: &Store, shelf: &Shelf, transport: &dyn Transport, errand: &Errand, now: Millis) -> Result<()> {
    let (shelf, sha256) = (shelf.clone(), errand.copy.sha256.clone());
    let bytes = blocking(move || shelf.get(&sha256)).await?;
    let Some(bytes) = bytes else {
        return Err(Error::new(Code::NotFound, "The file is not on this device any more. Add it again."));
    };
    transport.put_content(errand.customer, errand.attachment, errand.mime.clone(), bytes).await?;
    update(store, &errand.copy.sha256, move |copy| {
        *copy = Copy { unsent: false, tries: 0, next_at: Millis(0), used_at: now, ..std::mem::take(copy) };
        copy.refusal.clear();
    })
    .await
}

/// Fetches one content and lays it down. It is what its record says, or it is not taken.
pub async fn fetch(store: &Store, shelf: &Shelf, transport: &dyn Transport, errand: &Errand, now: Millis) -> Result<Vec<u8>> {
    let bytes = transport.get_content(errand.customer, errand.attachment).await?;
    let (store, shelf, sha256) = (store.clone(), shelf.clone(), errand.copy.sha256.clone());
    blocking(move || {
        if digest_of(&bytes) != sha256 {
            return Err(Error::new(Code::Offline, "The file arrived damaged. It is fetched again."));
        }
        let (size, digest) = (i64::try_from(bytes.len()).unwrap_or(i64::MAX), sha256.clone());
        shelf.lay_down(&store, &sha256, &bytes, move |tx| {
            change(tx, digest, |copy| {
                *copy = Copy { here: true, wanted: true, bytes: size, tries: 0, used_at: now, ..std::mem::take(copy) };
                copy.refusal.clear();
            })
        })?;
        Ok(bytes)
    })
    .await
}

async fn update(store: &Store, sha256: &str, how: impl FnOnce(&mut Copy) + Send + 'static) -> Result<()> {
    let sha256 = sha256.to_owned();
    store.write_async(move |tx| change(tx, sha256, how)).await
}

/// Changes what is known of a content; nothing was known of it if it is new.
pub fn change(tx: &mut Tx<'_>, sha256: String, how: impl FnOnce(&mut Copy)) -> Result<()> {
    let mut copy = tx.copy_find(&sha256)?.unwrap_or(Copy { sha256, ..Copy::default() });
    how(&mut copy);
    tx.copy_put(&copy)
}

/// Notes why it failed, and when it is tried again. What holds up everything ends the exchange.
async fn fail(store: &Store, errand: &Errand, error: Error, now: Millis) -> Result<()> {
    let all = matches!(error.code, Code::Offline | Code::Busy | Code::TooManyRequests | Code::DiskFull);
    if error.code.status() == 401 {
        return Err(error);
    }
    tracing::info!(code = %error.code, "a file was not exchanged");
    let code = error.code;
    update(store, &errand.copy.sha256, move |copy| {
        copy.tries = copy.tries.saturating_add(1);
        let wait_ms = RETRY_MS_MIN.saturating_mul(1 << (copy.tries - 1).clamp(0, 12)).min(RETRY_MS_MAX);
        // A line that is gone is tried with the next round.
        copy.next_at = if all { Millis(0) } else { Millis(now.0.saturating_add(wait_ms)) };
        code.text().clone_into(&mut copy.refusal);
    })
    .await?;
    if all { Err(error) } else { Ok(()) }
}

/// Bytes that may lie here.
pub fn budget(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(tx.progress::<i64>(BUDGET)?.unwrap_or(BUDGET_BYTES))
}

/// Whose store this is, as the session noted it.
#[derive(Deserialize)]
struct Kept {
    user: Id,
}

/// Files of one's own customers are wanted by themselves, the newest first, as long as there is room.
fn want(tx: &mut Tx<'_>, now: Millis) -> Result<()> {
    let Some(Kept { user }) = tx.progress::<Kept>(key::ACTOR)? else { return Ok(()) };
    let coming: i64 = tx.copies()?.iter().filter(|copy| copy.wanted && !copy.here).map(|copy| copy.bytes).sum();
    let mut room = budget(tx)? - tx.copies_bytes()? - coming;
    for (sha256, bytes, made) in tx.copies_to_want(user, WANTED_MAX)? {
        if bytes > room {
            break;
        }
        room -= bytes;
        tx.copy_put(&Copy { sha256, bytes, wanted: true, used_at: made.min(now), ..Copy::default() })?;
    }
    Ok(())
}

/// Lets go of what no attachment names any more, and of what lay untouched the longest if there is more than there may be.
pub async fn tidy(store: &Store, shelf: &Shelf) -> Result<()> {
    let (store, shelf) = (store.clone(), shelf.clone());
    blocking(move || shelf.clear_up(&store, let_go)).await.map(drop)
}

/// Decides what goes. Returns what stays on the shelf.
fn let_go(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let all = tx.copies()?;
    let mut named = std::collections::HashSet::new();
    let digests: Vec<String> = all.iter().map(|copy| copy.sha256.clone()).collect();
    for some in digests.chunks(200) {
        named.extend(tx.contents_named(some)?);
    }
    let mut over = tx.copies_bytes()? - budget(tx)?;
    let mut stays = Vec::new();
    for copy in all {
        if !named.contains(&copy.sha256) {
            over -= if copy.here { copy.bytes } else { 0 };
            tx.copy_forget(&copy.sha256)?;
        } else if copy.here && over > 0 && !copy.kept && !copy.unsent {
            over -= copy.bytes;
            tx.copy_put(&Copy { here: false, wanted: false, ..copy })?;
        } else if copy.here {
            stays.push(copy.sha256);
        }
    }
    Ok(stays)
}

/// Files are read and sealed off the async threads.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}
