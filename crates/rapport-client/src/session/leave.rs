//! Signing out: the device keeps nothing, and nothing that waits is lost without being told.

use super::ready::Ready;
use super::sample::SAMPLE;
use super::{Client, State};
use crate::event::Event;
use crate::profile::{Current, Folder};
use crate::tokens::blocking;
use rapport_model::{Card, Code, Error, Kind, Result};
use rapport_store::list::Query;
use rapport_store::{Store, Tx};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Telling the server is a courtesy; it must not keep anybody waiting.
const LOGOUT_WAIT: Duration = Duration::from_secs(5);

impl Client {
    /// `session.signOut`.
    pub(super) async fn sign_out(&self, discard_waiting: bool) -> Result<Value> {
        let _turn = self.inner.turn.lock().await;
        let ready = match self.ready() {
            Ok(ready) => ready,
            Err(_) if self.with_state(|state| matches!(state, State::None)) => return self.status().await,
            // What cannot be opened cannot be counted either, so it is not deleted.
            Err(error) => return Err(error),
        };
        let (store, local) = (ready.store.clone(), ready.remote.is_none());
        let alone = blocking(move || Alone::count(&store, local)).await?;
        if alone.waiting > 0 && !discard_waiting {
            return Err(alone.told(local));
        }
        ready.stop().await;
        if let Some(reach) = &ready.remote
            && tokio::time::timeout(LOGOUT_WAIT, reach.keeper.logout()).await.is_err()
        {
            tracing::info!("the server was not told of the sign-out in time");
        }
        self.replace(State::None);
        let folder = self.inner.folder.clone();
        blocking(move || forget(&folder, ready)).await?;
        self.say(Event::Session);
        self.status().await
    }
}

/// What exists on this device alone.
struct Alone {
    waiting: i64,
    /// Those of them that the server did not take; they live in cards of this device.
    refused: i64,
}

impl Alone {
    fn count(store: &Store, local: bool) -> Result<Alone> {
        if store.read(|tx| tx.progress::<bool>(SAMPLE))?.unwrap_or_default() {
            return Ok(Alone { waiting: 0, refused: 0 });
        }
        if local {
            return store.read(all_records);
        }
        store.read(|tx| {
            let cards = tx.all::<Card>()?;
            let refused = cards.iter().filter(|c| c.kind == "refused" && c.meta.version == 0 && c.resolved_at.is_none());
            let refused = i64::try_from(refused.count()).unwrap_or(i64::MAX);
            Ok(Alone { waiting: tx.waiting_count()? + refused, refused })
        })
    }

    fn told(&self, local: bool) -> Error {
        let Alone { waiting, refused } = self;
        let message = if local {
            format!(
                "{waiting} records are on this device alone and would be lost. Nothing was changed. Connect to a server first, or discard them."
            )
        } else if *refused > 0 {
            format!(
                "{waiting} changes are on this device alone and would be lost; {refused} of them the server did not take. Nothing was \
                 changed. Settle the cards of those and synchronise, or discard all."
            )
        } else {
            format!(
                "{waiting} records wait to be sent and would be lost. Nothing was changed. Synchronise first, or discard them."
            )
        };
        let details =
            if *refused > 0 { json!({ "waiting": waiting, "refused": refused }) } else { json!({ "waiting": waiting }) };
        Error::new(Code::WorkWaiting, message).with(details)
    }
}

fn all_records(tx: &mut Tx<'_>) -> Result<Alone> {
    let mut waiting = 0;
    for kind in [Kind::Customers, Kind::Contacts, Kind::Interactions, Kind::Attachments] {
        let query = Query { limit: 1, include_inactive: true, ..Query::default() };
        waiting += tx.list(kind, &query)?.total.unwrap_or(0);
    }
    Ok(Alone { waiting, refused: 0 })
}

/// Blocks. First nothing leads to the profile any more, then its key is gone, then its files.
pub(super) fn forget(folder: &Folder, ready: Arc<Ready>) -> Result<()> {
    let last = folder.current().unwrap_or_default();
    folder.set_current(&Current { profile: None, signed_out: true, ..last })?;
    let (id, vault, lock) = (ready.profile.id, ready.vault.clone(), ready.lock.clone());
    ready.store.close();
    drop(ready);
    vault.clear()?;
    folder.delete(id, lock)
}
