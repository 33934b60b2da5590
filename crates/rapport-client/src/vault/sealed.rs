//! Secrets sealed by a passphrase, in a file beside the store: Argon2id (RFC 9106) makes the key, XChaCha20-Poly1305 seals.

use super::Secret;
use crate::disk;
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rapport_model::{Code, Error, Id, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use zeroize::Zeroizing;

/// What OWASP recommends at least: 19 MiB, two passes, one lane.
const KDF: Kdf = Kdf { memory_kib: 19 * 1024, passes: 2, lanes: 1 };

/// A file that asks for more is damaged or hostile.
const KDF_MAX: Kdf = Kdf { memory_kib: 1024 * 1024, passes: 64, lanes: 16 };

/// Characters that a passphrase has at least.
pub const PASSPHRASE_CHARS_MIN: usize = 8;

/// How the key is made from the passphrase; kept in the file, so that it can grow.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kdf {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

#[derive(Clone, Serialize, Deserialize)]
struct File {
    format: u32,
    kdf: Kdf,
    salt: String,
    nonce: String,
    sealed: String,
}

const FORMAT: u32 = 1;

/// An unlocked vault. It keeps the derived key, not the passphrase, so that a new refresh token can be sealed.
pub struct Sealed {
    path: PathBuf,
    profile: Id,
    kdf: Kdf,
    salt: [u8; 16],
    key: Zeroizing<[u8; 32]>,
    /// Reads and writes of the file, one at a time.
    turn: Mutex<()>,
}

type Entries = BTreeMap<String, String>;

impl Sealed {
    /// Makes an empty vault, replacing one that is there.
    pub fn create(path: &Path, profile: Id, passphrase: &str) -> Result<Sealed> {
        check_passphrase(passphrase)?;
        let salt = random::<16>()?;
        let vault = Sealed::with(path, profile, passphrase, KDF, salt)?;
        vault.write(&Entries::new())?;
        Ok(vault)
    }

    /// Opens the vault, or says that the passphrase is wrong.
    pub fn unlock(path: &Path, profile: Id, passphrase: &str) -> Result<Sealed> {
        let file: File = disk::read_json(path)?.ok_or_else(|| damaged(path))?;
        let salt = decode(&file.salt).and_then(|s| s.try_into().ok()).ok_or_else(|| damaged(path))?;
        let asks = file.kdf;
        let sane = file.format == FORMAT
            && asks.memory_kib <= KDF_MAX.memory_kib
            && asks.passes <= KDF_MAX.passes
            && asks.lanes <= KDF_MAX.lanes;
        if !sane {
            return Err(damaged(path));
        }
        let vault = Sealed::with(path, profile, passphrase, asks, salt)?;
        vault.read()?;
        Ok(vault)
    }

    fn with(path: &Path, profile: Id, passphrase: &str, kdf: Kdf, salt: [u8; 16]) -> Result<Sealed> {
        let params = Params::new(kdf.memory_kib, kdf.passes, kdf.lanes, Some(32)).map_err(|_| damaged(path))?;
        let mut key = Zeroizing::new([0u8; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &salt, key.as_mut())
            .map_err(Error::internal)?;
        Ok(Sealed { path: path.to_owned(), profile, kdf, salt, key, turn: Mutex::new(()) })
    }

    pub(super) fn get(&self, name: &str) -> Result<Option<Secret>> {
        let _turn = self.turn.lock().map_err(|_| Error::internal("the vault is poisoned"))?;
        let entries = self.read()?;
        let Some(text) = entries.get(name) else { return Ok(None) };
        decode(text).map(|bytes| Some(Secret::new(bytes))).ok_or_else(|| damaged(&self.path))
    }

    pub(super) fn set(&self, name: &str, secret: Option<&Secret>) -> Result<()> {
        let _turn = self.turn.lock().map_err(|_| Error::internal("the vault is poisoned"))?;
        let mut entries = self.read()?;
        match secret {
            Some(secret) => entries.insert(name.to_owned(), STANDARD.encode(secret.bytes())),
            None => entries.remove(name),
        };
        self.write(&entries)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.key).into())
    }

    /// A vault moved to another profile does not open there.
    fn bound_to(&self) -> String {
        format!("rapport vault {FORMAT} {}", self.profile)
    }

    fn read(&self) -> Result<Entries> {
        let file: File = disk::read_json(&self.path)?.ok_or_else(|| damaged(&self.path))?;
        let nonce: [u8; 24] = decode(&file.nonce).and_then(|n| n.try_into().ok()).ok_or_else(|| damaged(&self.path))?;
        let sealed = decode(&file.sealed).ok_or_else(|| damaged(&self.path))?;
        let bound = self.bound_to();
        let payload = Payload { msg: &sealed, aad: bound.as_bytes() };
        let plain = self.cipher().decrypt(&XNonce::from(nonce), payload).map_err(|_| wrong_passphrase())?;
        serde_json::from_slice(&Zeroizing::new(plain)).map_err(|_| damaged(&self.path))
    }

    fn write(&self, entries: &Entries) -> Result<()> {
        let nonce = random::<24>()?;
        let plain = Zeroizing::new(serde_json::to_vec(entries).map_err(Error::internal)?);
        let bound = self.bound_to();
        let payload = Payload { msg: &plain, aad: bound.as_bytes() };
        let sealed =
            self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| Error::internal("the vault could not be sealed"))?;
        let file = File {
            format: FORMAT,
            kdf: self.kdf,
            salt: STANDARD.encode(self.salt),
            nonce: STANDARD.encode(nonce),
            sealed: STANDARD.encode(sealed),
        };
        disk::write_json(&self.path, &file)
    }
}

/// A passphrase that is worth its name.
pub fn check_passphrase(passphrase: &str) -> Result<()> {
    if passphrase.chars().count() >= PASSPHRASE_CHARS_MIN {
        return Ok(());
    }
    Err(Error::field(
        Code::InvalidValue,
        "passphrase",
        format!("A passphrase has at least {PASSPHRASE_CHARS_MIN} characters. A few words in a row are easy to keep."),
    ))
}

fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
}

fn wrong_passphrase() -> Error {
    Error::field(
        Code::WrongPassphrase,
        "passphrase",
        "This passphrase does not open the data on this device. The data is unchanged. Try again.",
    )
}

fn damaged(path: &Path) -> Error {
    let path = path.display();
    Error::new(
        Code::StoreDamaged,
        format!(
            "{path} is damaged, so the passphrase cannot open the data. What was sent to the server is safe there. Restore the file from a copy, or sign in again."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: Id = Id::from_bytes([3; 16]);

    #[test]
    fn only_the_passphrase_opens_it() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("vault.json");
        let secret = Secret::new(b"refresh-token".to_vec());
        Sealed::create(&path, PROFILE, "correct horse").and_then(|v| v.set("refresh", Some(&secret))).expect("kept");
        let text = std::fs::read_to_string(&path).expect("file");
        assert!(!text.contains("refresh") && text.contains("\"memoryKib\": 19456"), "{text}");
        let again = Sealed::unlock(&path, PROFILE, "correct horse").expect("unlocked");
        assert_eq!(again.get("refresh").expect("get"), Some(secret));
        let error = Sealed::unlock(&path, PROFILE, "wrong horse").err().expect("refused");
        assert_eq!(error.code, Code::WrongPassphrase);
        assert_eq!(error.message, "This passphrase does not open the data on this device. The data is unchanged. Try again.");
        let other = Sealed::unlock(&path, Id::from_bytes([4; 16]), "correct horse");
        assert_eq!(other.err().map(|e| e.code), Some(Code::WrongPassphrase));
        assert_eq!(std::fs::read_to_string(&path).expect("file"), text, "a wrong try changes nothing");
    }

    #[test]
    fn a_short_passphrase_and_a_hostile_file_are_refused() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("vault.json");
        let short = Sealed::create(&path, PROFILE, "short").err().expect("refused");
        assert_eq!((short.code, short.field.as_deref()), (Code::InvalidValue, Some("passphrase")));
        Sealed::create(&path, PROFILE, "correct horse").expect("made");
        let text = std::fs::read_to_string(&path).expect("file");
        std::fs::write(&path, text.replace("19456", "4294967295")).expect("written");
        let hostile = Sealed::unlock(&path, PROFILE, "correct horse").err().expect("refused");
        assert_eq!(hostile.code, Code::StoreDamaged);
    }
}
