//! Work that leaves this device in a file: carried by hand to a server that cannot be reached, or rescued before a device that was
//! signed out is wiped.

use super::identity::Noted;
use super::leave::forget;
use super::ready::Ready;
use super::{Client, State};
use crate::disk;
use crate::event::Event;
use crate::profile::Current;
use crate::tokens::blocking;
use crate::vault::Name;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rapport_model::mutation::Change;
use rapport_model::{Card, Code, Error, Result};
use rapport_ops::parcel::{self, Head, KEY_BYTES, Why, Work};
use rapport_store::Tx;
use rapport_sync::Marker;
use rapport_sync::seal::{Batch, seal_all};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

impl Client {
    /// `sync.carry`: everything that waits, in a file for `rapport-server take-in`. It stays in line; the server knows it again.
    pub(super) async fn carry(&self, path: &str) -> Result<Value> {
        let ready = self.ready()?;
        if ready.remote.is_none() {
            let message = "This data is on this device alone, so there is no server to carry it to. It is safe.";
            return Err(Error::new(Code::InvalidValue, message));
        }
        let (work, bytes) = self.pack(&ready, Why::Carried).await?;
        if work.mutations.is_empty() {
            return Err(Error::new(Code::InvalidValue, "Nothing waits here that could be carried. No file was written."));
        }
        let to = path.to_owned();
        blocking(move || disk::write_atomically(Path::new(&to), &bytes)).await?;
        let records: usize = work.mutations.iter().map(|mutation| mutation.changes.len()).sum();
        Ok(json!({ "path": path, "mutations": work.mutations.len(), "changes": records }))
    }

    /// What waits, and the file with it.
    async fn pack(&self, ready: &Arc<Ready>, why: Why) -> Result<(Work, Vec<u8>)> {
        let source = self.inner.options.source.clone();
        let vault = ready.vault.clone();
        let key = blocking(move || vault.get(Name::Work)).await?.and_then(|secret| {
            let bytes = URL_SAFE_NO_PAD.decode(secret.bytes()).ok()?;
            <[u8; KEY_BYTES]>::try_from(bytes).ok()
        });
        let key = key.ok_or_else(|| {
            let message = "This device has no key to seal work with yet; it gets one with its next contact with the server. Nothing was written.";
            Error::new(Code::InvalidValue, message)
        })?;
        let clock = source.clone();
        let (batch, refused) = ready.store.write_async(move |tx| Ok((seal_all(tx, clock.as_ref())?, refused(tx)?))).await?;
        let Batch { parts, mark } = batch;
        // Before it is used: a store that is restored to before this shall know so.
        Noted::new(ready.vault.clone(), ready.store.clone()).note(mark).await?;
        let work = Work { mutations: parts.concat(), refused: if why == Why::Rescued { refused } else { Vec::new() } };
        let profile = &ready.profile;
        let head = Head { org: profile.org, user: profile.user, device: profile.device_id, why, at: source.now() };
        let mut nonce = [0u8; 24];
        getrandom::fill(&mut nonce).map_err(Error::internal)?;
        let bytes = parcel::seal(&head, &work, &key, nonce)?;
        Ok((work, bytes))
    }

    /// The server says that this device was signed out, or its user: what waits is saved in a file that an administrator opens,
    /// then everything of the profile goes. Without a place for that file nothing goes.
    pub(super) async fn wipe(&self) -> Result<()> {
        let _turn = self.inner.turn.lock().await;
        let Ok(ready) = self.ready() else { return Ok(()) };
        ready.stop().await;
        let rescued = self.rescue(&ready).await;
        let rescued = match rescued {
            Ok(rescued) => rescued,
            Err(error) => {
                tracing::error!(code = %error.code, "what waits could not be saved, so this device is not wiped");
                return Err(error);
            }
        };
        self.replace(State::None);
        let folder = self.inner.folder.clone();
        blocking(move || {
            forget(&folder, ready)?;
            let last = folder.current().unwrap_or_default();
            folder.set_current(&Current { revoked: true, rescued, ..last })
        })
        .await?;
        tracing::warn!("this device was signed out by the server; its data is wiped");
        self.say(Event::Session);
        Ok(())
    }

    /// Saves what waits, if anything does. Returns where.
    async fn rescue(&self, ready: &Arc<Ready>) -> Result<Option<String>> {
        if ready.store.read_async(|tx| Ok(tx.outbox_counts()?.1 == 0 && refused(tx)?.is_empty())).await? {
            return Ok(None);
        }
        let (_, bytes) = self.pack(ready, Why::Rescued).await?;
        let folder = self.inner.folder.path().join("rescued");
        let name = format!("rapport-{}-{}.json", ready.profile.device_code, self.inner.options.source.now().0);
        blocking(move || {
            disk::make_folder(&folder)?;
            let path = folder.join(name);
            disk::write_atomically(&path, &bytes)?;
            Ok(Some(path.display().to_string()))
        })
        .await
    }

    /// Wipes if an error says so.
    pub(super) async fn heed(&self, error: &Error) {
        if error.code == Code::DeviceRevoked
            && let Err(error) = self.wipe().await
        {
            tracing::error!(code = %error.code, "this device could not be wiped; it is tried again with the next contact");
        }
    }
}

/// Changes that the server did not take and that nobody has decided on.
fn refused(tx: &mut Tx<'_>) -> Result<Vec<Change>> {
    let mut cards = tx.all::<Card>()?;
    cards.retain(|card| card.kind == "refused" && card.meta.version == 0 && card.resolved_at.is_none());
    Ok(cards.into_iter().filter_map(|card| serde_json::from_value(card.mine.0).ok()).collect())
}
