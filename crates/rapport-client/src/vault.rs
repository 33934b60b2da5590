//! Where a profile's secrets live: the key of its database, its refresh token, the marker of its device's life.
//!
//! Four places: the system's keyring, a key file for machines without one, a file sealed by a passphrase, and memory for
//! tests. Calls block; async callers go through a blocking thread.

mod key_file;
mod sealed;
mod system;

use rapport_model::{Error, Id, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use zeroize::Zeroizing;

pub use sealed::{Sealed, check_passphrase};

/// What is kept for a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// The 32 bytes that open the store.
    Key,
    /// The refresh token.
    Refresh,
    /// The device's epoch and the last number it sealed, so that a restored or copied store can be told.
    Epoch,
    /// What seals work that leaves this device in a file; the server makes it again by itself.
    Work,
}

impl Name {
    const ALL: [Name; 4] = [Name::Key, Name::Refresh, Name::Epoch, Name::Work];

    fn text(self) -> &'static str {
        match self {
            Name::Key => "key",
            Name::Refresh => "refresh",
            Name::Epoch => "epoch",
            Name::Work => "work",
        }
    }
}

/// Bytes that never show in a log and are wiped when dropped.
#[derive(Clone, PartialEq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    pub fn new(bytes: Vec<u8>) -> Secret {
        Secret(Zeroizing::new(bytes))
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

/// Which kind of vault a profile uses; noted in its description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum VaultKind {
    Keyring,
    KeyFile,
    Passphrase,
    Memory,
}

/// Secrets in memory, shared by every vault made from it; for tests.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<BTreeMap<String, Secret>>>);

/// The secrets of one profile.
#[derive(Clone)]
pub enum Vault {
    Keyring(Id),
    KeyFile(PathBuf, Id),
    Passphrase(Arc<Sealed>),
    Memory(Memory, Id),
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault::{:?}", self.kind())
    }
}

/// `<profile id>/<name>`: one user name in the keyring, one key in a key file.
fn entry(profile: Id, name: Name) -> String {
    format!("{profile}/{}", name.text())
}

impl Vault {
    pub fn kind(&self) -> VaultKind {
        match self {
            Vault::Keyring(_) => VaultKind::Keyring,
            Vault::KeyFile(..) => VaultKind::KeyFile,
            Vault::Passphrase(_) => VaultKind::Passphrase,
            Vault::Memory(..) => VaultKind::Memory,
        }
    }

    /// The secret, `None` if there is none.
    pub fn get(&self, name: Name) -> Result<Option<Secret>> {
        match self {
            Vault::Keyring(profile) => system::get(entry(*profile, name)),
            Vault::KeyFile(path, profile) => key_file::get(path, &entry(*profile, name)),
            Vault::Passphrase(sealed) => sealed.get(name.text()),
            Vault::Memory(memory, profile) => Ok(memory.map()?.get(&entry(*profile, name)).cloned()),
        }
    }

    /// Keeps a secret; when this returns, it is on disk.
    pub fn set(&self, name: Name, secret: &Secret) -> Result<()> {
        match self {
            Vault::Keyring(profile) => system::set(entry(*profile, name), secret.clone()),
            Vault::KeyFile(path, profile) => key_file::set(path, &entry(*profile, name), Some(secret)),
            Vault::Passphrase(sealed) => sealed.set(name.text(), Some(secret)),
            Vault::Memory(memory, profile) => {
                memory.map()?.insert(entry(*profile, name), secret.clone());
                Ok(())
            }
        }
    }

    pub fn remove(&self, name: Name) -> Result<()> {
        match self {
            Vault::Keyring(profile) => system::remove(entry(*profile, name)),
            Vault::KeyFile(path, profile) => key_file::set(path, &entry(*profile, name), None),
            Vault::Passphrase(sealed) => sealed.set(name.text(), None),
            Vault::Memory(memory, profile) => {
                memory.map()?.remove(&entry(*profile, name));
                Ok(())
            }
        }
    }

    /// Takes every secret of the profile away; without its key the store is noise.
    pub fn clear(&self) -> Result<()> {
        Name::ALL.into_iter().try_for_each(|name| self.remove(name))
    }

    /// Keeps a secret and reads it back before anything depends on it.
    pub fn set_proven(&self, name: Name, secret: &Secret) -> Result<()> {
        self.set(name, secret)?;
        match self.get(name)? {
            Some(kept) if kept == *secret => Ok(()),
            _ => Err(system::forgets()),
        }
    }
}

impl Memory {
    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.map().is_ok_and(|map| map.is_empty())
    }

    fn map(&self) -> Result<std::sync::MutexGuard<'_, BTreeMap<String, Secret>>> {
        self.0.lock().map_err(|_| Error::internal("the vault in memory is poisoned"))
    }
}

/// Asks the system's keyring whether it keeps secrets at all; it may show its password prompt now.
pub fn probe_keyring(profile: Id) -> Result<()> {
    let vault = Vault::Keyring(profile);
    vault.set_proven(Name::Epoch, &Secret::new(b"{}".to_vec()))?;
    vault.remove(Name::Epoch)
}

/// A fresh key of 32 random bytes.
pub fn fresh_key() -> Result<Secret> {
    let mut bytes = vec![0u8; 32];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(Secret::new(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: Id = Id::from_bytes([3; 16]);

    fn behaves(vault: &Vault) {
        let secret = Secret::new(vec![0, 1, 2, 255]);
        assert_eq!(vault.get(Name::Key).expect("get"), None);
        vault.set_proven(Name::Key, &secret).expect("set");
        vault.set(Name::Refresh, &Secret::new(b"token".to_vec())).expect("set");
        assert_eq!(vault.get(Name::Key).expect("get"), Some(secret));
        vault.remove(Name::Refresh).expect("removed");
        assert_eq!(vault.get(Name::Refresh).expect("get"), None);
        vault.remove(Name::Refresh).expect("removed twice is fine");
        vault.clear().expect("cleared");
        assert_eq!(vault.get(Name::Key).expect("get"), None);
    }

    #[test]
    fn every_kind_of_vault_keeps_and_forgets() {
        let folder = tempfile::tempdir().expect("folder");
        behaves(&Vault::Memory(Memory::default(), PROFILE));
        behaves(&Vault::KeyFile(folder.path().join("keys.json"), PROFILE));
        let sealed = Sealed::create(&folder.path().join("vault.json"), PROFILE, "correct horse").expect("made");
        behaves(&Vault::Passphrase(Arc::new(sealed)));
    }

    /// With a session bus and an unlocked keyring; `RAPPORT_TEST_KEYRING=1` says that there is one.
    #[test]
    fn the_systems_keyring_keeps_and_forgets() {
        if std::env::var_os("RAPPORT_TEST_KEYRING").is_some() {
            behaves(&Vault::Keyring(fresh_profile()));
        }
    }

    fn fresh_profile() -> Id {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("random");
        Id::from_bytes(bytes)
    }

    #[test]
    fn secrets_never_show() {
        let vault = Vault::KeyFile("x".into(), PROFILE);
        assert_eq!(format!("{:?} {vault:?}", Secret::new(b"token".to_vec())), "[secret] Vault::KeyFile");
    }
}
