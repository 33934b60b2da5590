//! Opening what is on this device: at start, after an unlock, after a sign-in.

use super::identity::{self, Noted};
use super::ready::{Reach, Ready, Who};
use super::{Client, State};
use crate::auth::Remote;
use crate::event::Event;
use crate::profile::{Folder, Lock, Profile};
use crate::tokens::{Keeper, blocking};
use crate::vault::{Name, Sealed, Secret, Vault, VaultKind};
use rapport_model::{Code, Error, Id, Result};
use rapport_store::migrate::Schema;
use rapport_store::{Key, Shelf, Sqlite, Store};
use rapport_sync::{Driver, HttpTransport};
use std::path::Path;
use std::sync::Arc;
use zeroize::Zeroizing;

/// A profile with its vault and its store open.
pub(super) struct Opened {
    pub profile: Profile,
    pub lock: Arc<Lock>,
    pub vault: Vault,
    pub store: Store,
}

impl Client {
    /// Opens what was used last. What refuses becomes a state, not an error. The caller holds the turn.
    pub(super) async fn reopen(&self, passphrase: Option<Zeroizing<String>>) -> Result<()> {
        if self.ready().is_ok() {
            return Ok(());
        }
        // One that is locked keeps its lock.
        let held = self.with_state(|state| match state {
            State::Locked(_, lock) => Some(lock.clone()),
            _ => None,
        });
        let client = self.clone();
        let (state, refused) = blocking(move || Ok(client.look(held, passphrase))).await?;
        let state = match state {
            Found::Opened(opened) => State::Ready(self.enter(opened, None).await?),
            Found::State(state) => state,
        };
        self.replace(state);
        self.say(Event::Session);
        refused.map_or(Ok(()), Err)
    }

    /// Blocks. The error is for whoever typed the passphrase; the state stays as it was.
    fn look(&self, held: Option<Arc<Lock>>, passphrase: Option<Zeroizing<String>>) -> (Found, Option<Error>) {
        let folder = &self.inner.folder;
        folder.sweep();
        let profile = match current_profile(folder) {
            Ok(Some(profile)) => profile,
            Ok(None) => return (Found::State(State::None), None),
            Err(error) => return (Found::State(State::Shut(unknown_profile(), error)), None),
        };
        let shut = |profile, error| (Found::State(State::Shut(profile, error)), None);
        let lock = match held.map_or_else(|| folder.lock(profile.id), Ok) {
            Ok(lock) => lock,
            Err(error) => return shut(profile, error),
        };
        if profile.vault == VaultKind::Passphrase && passphrase.is_none() {
            return (Found::State(State::Locked(profile, lock)), None);
        }
        let opened = self.vault_of(&profile, passphrase.as_deref().map(String::as_str)).and_then(|vault| {
            let key = key_of(&vault)?;
            Ok((open_store(&folder.store(profile.id), &key)?, vault))
        });
        match opened {
            Ok((store, vault)) => (Found::Opened(Opened { profile, lock, vault, store }), None),
            Err(error) if error.code == Code::WrongPassphrase => (Found::State(State::Locked(profile, lock)), Some(error)),
            Err(error) => shut(profile, error),
        }
    }

    /// The vault of a profile that is on this device.
    pub(super) fn vault_of(&self, profile: &Profile, passphrase: Option<&str>) -> Result<Vault> {
        let id = profile.id;
        match profile.vault {
            VaultKind::Keyring => Ok(Vault::Keyring(id)),
            VaultKind::KeyFile => match &self.inner.options.key_file {
                Some(path) => Ok(Vault::KeyFile(path.clone(), id)),
                None => Err(key_missing("The key of this data is in a key file. Give its path with --key-file.")),
            },
            VaultKind::Memory => match &self.inner.options.memory {
                Some(memory) => Ok(Vault::Memory(memory.clone(), id)),
                None => Err(key_missing("The key of this data was kept in memory by a test.")),
            },
            VaultKind::Passphrase => {
                let passphrase = passphrase.ok_or_else(|| {
                    Error::field(
                        Code::WrongPassphrase,
                        "passphrase",
                        "The data on this device is locked by your passphrase. It is unchanged. Give the passphrase.",
                    )
                })?;
                let sealed = Sealed::unlock(&self.inner.folder.vault(id), id, passphrase)?;
                Ok(Vault::Passphrase(Arc::new(sealed)))
            }
        }
    }

    /// Makes an opened profile the session. `access` comes fresh from a sign-in.
    pub(super) async fn enter(&self, opened: Opened, access: Option<(Zeroizing<String>, i64)>) -> Result<Arc<Ready>> {
        let Opened { profile, lock, vault, store } = opened;
        let options = &self.inner.options;
        let (noted, kept, source) = (vault.clone(), store.clone(), options.source.clone());
        blocking(move || identity::opened(&noted, &kept, source.as_ref())).await?;
        let described = profile.clone();
        let who = store.read_async(move |tx| Who::read(tx, &described)).await?;
        let (files, kept) = (self.inner.folder.contents(profile.id), store.clone());
        let opened = self.inner.folder.opened(profile.id);
        let shelf = blocking(move || {
            // Copies that other programs were given are not left lying about.
            let _ = std::fs::remove_dir_all(opened);
            Shelf::open(&kept, files)
        })
        .await?;
        let remote = match &profile.server {
            None => None,
            Some(server) => {
                let (http, heard) = (rapport_sync::http_client(options.ca.as_deref())?, self.inner.heard.clone());
                let keeper = Arc::new(Keeper::new(Remote::new(http.clone(), server.clone(), heard.clone()), vault.clone()));
                if let Some((token, expires_in_ms)) = access {
                    keeper.take(token, expires_in_ms).await;
                }
                let transport = Arc::new(HttpTransport::new(http, server.clone(), keeper.clone()));
                Some(Reach { keeper, transport, heard })
            }
        };
        let driver = match &remote {
            Some(reach) if options.drive => {
                let marker = Arc::new(Noted::new(vault.clone(), store.clone()));
                let (shelf, transport) = (Some(shelf.clone()), reach.transport.clone());
                Some(Driver::start(store.clone(), shelf, transport, options.source.clone(), marker))
            }
            _ => None,
        };
        let ready = Arc::new(Ready::new(Opened { profile, lock, vault, store }, shelf, remote, driver, who));
        ready.listen(self);
        Ok(ready)
    }
}

enum Found {
    Opened(Opened),
    State(State),
}

fn current_profile(folder: &Folder) -> Result<Option<Profile>> {
    match folder.current()?.profile {
        Some(id) => folder.read(id),
        None => Ok(None),
    }
}

/// What stands for a profile whose description cannot be read.
fn unknown_profile() -> Profile {
    Profile {
        id: Id::NIL,
        server: None,
        org: Id::NIL,
        user: Id::NIL,
        email: String::new(),
        device_id: Id::NIL,
        device_code: String::new(),
        vault: VaultKind::Keyring,
    }
}

/// The database key out of a vault that has to have it.
pub(super) fn key_of(vault: &Vault) -> Result<Secret> {
    vault.get(Name::Key)?.ok_or_else(|| {
        key_missing("The key of the data on this device is not where it was kept. The data is unchanged. Restore the key, or sign in again to start anew beside it.")
    })
}

fn key_missing(message: &str) -> Error {
    Error::new(Code::WrongKey, message)
}

/// Opens a device's store with its key.
pub(super) fn open_store(path: &Path, key: &Secret) -> Result<Store> {
    let key: [u8; 32] = key
        .bytes()
        .try_into()
        .map_err(|_| key_missing("The key of the data on this device is damaged. The data is unchanged. Restore the key, or sign in again to start anew beside it."))?;
    Store::open(Sqlite { path: path.to_owned(), key: Some(Key(key)) }, Schema::Client)
}
