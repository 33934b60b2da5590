//! What has left this device leaves no trace in its files: search index, free pages and log are cleaned behind it, at most every ten
//! minutes, in steps that let the user's own saves come in between.

use crate::seal::key;
use rapport_model::{Error, Millis, Result, defect};
use rapport_store::Store;
use serde::{Deserialize, Serialize};

/// Between two cleanings.
const SCRUB_EVERY_MS: i64 = 10 * 60 * 1000;

/// Steps of one cleaning at most; a large index goes on with the next round.
const STEPS_MAX: usize = 2_000;

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Due {
    due: bool,
    /// When it was done last.
    at: Millis,
}

/// Something goes.
pub(crate) async fn mark(store: &Store) -> Result<()> {
    store
        .write_async(|tx| {
            let held = tx.progress::<Due>(key::SCRUB)?.unwrap_or_default();
            if held.due { Ok(()) } else { tx.set_progress(key::SCRUB, &Due { due: true, ..held }) }
        })
        .await
}

/// Cleans, if something went and it is time.
pub(crate) async fn scrub(store: &Store, now: Millis) -> Result<()> {
    let due = store.read_async(|tx| tx.progress::<Due>(key::SCRUB)).await?.unwrap_or_default();
    let is_soon = (0..SCRUB_EVERY_MS).contains(&(now.0 - due.at.0));
    if !due.due || is_soon || defect::on("traces stay") {
        return Ok(());
    }
    for step in 0..STEPS_MAX {
        let held = store.clone();
        let stepped = tokio::task::spawn_blocking(move || held.maintain(move |raw| raw.scrub(step == 0)));
        if !stepped.await.map_err(Error::internal)?? {
            return store.write_async(move |tx| tx.set_progress(key::SCRUB, &Due { due: false, at: now })).await;
        }
    }
    Ok(())
}
