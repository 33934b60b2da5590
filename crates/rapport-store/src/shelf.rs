//! Contents of attachments beside a device's store: one file each, sealed with a key that only the store holds.
//!
//! Names say nothing of what is inside: a file is called by a keyed digest. What is half written is never taken for a file.

use crate::store::{Store, Tx};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rapport_model::{Code, Error, Result};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use zeroize::Zeroizing;

/// Where the store keeps the key.
const KEY: &str = "contents.key";

const NONCE_BYTES: usize = 24;

/// In front of the name of a file that is being written.
const PART: &str = "part-";

/// The files of one profile. Clones are the same shelf.
#[derive(Clone)]
pub struct Shelf {
    folder: PathBuf,
    key: Arc<Zeroizing<[u8; 32]>>,
    turn: Arc<Mutex<()>>,
}

/// The digest of a content, in hex.
pub fn digest_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Shelf {
    /// Opens the shelf of a store; its key is made at the first time. Blocks.
    pub fn open(store: &Store, folder: PathBuf) -> Result<Shelf> {
        let mut fresh = Zeroizing::new([0u8; 32]);
        getrandom::fill(fresh.as_mut()).map_err(Error::internal)?;
        let key = store.write(move |tx| match tx.progress::<[u8; 32]>(KEY)? {
            Some(kept) => Ok(Zeroizing::new(kept)),
            None => tx.set_progress(KEY, &*fresh).map(|()| fresh),
        })?;
        make_folder(&folder)?;
        Ok(Shelf { folder, key: Arc::new(key), turn: Arc::default() })
    }

    /// Lays a content down and writes in the store that it is here, so that no sweep comes between the two. Blocks.
    pub fn lay_down<T: Send + 'static>(
        &self,
        store: &Store,
        sha256: &str,
        bytes: &[u8],
        note: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let _turn = self.turn();
        self.put(sha256, bytes)?;
        store.write(note)
    }

    /// Asks the store which contents stay and removes all others. Blocks.
    pub fn clear_up(
        &self,
        store: &Store,
        stays: impl FnOnce(&mut Tx<'_>) -> Result<Vec<String>> + Send + 'static,
    ) -> Result<usize> {
        let _turn = self.turn();
        let stays = store.write(stays)?;
        self.sweep(stays.iter().map(String::as_str))
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn name(&self, sha256: &str) -> String {
        let mut keyed = Sha256::new();
        keyed.update(self.key.as_slice());
        keyed.update(sha256.as_bytes());
        hex(&keyed.finalize())
    }

    fn place(&self, sha256: &str) -> PathBuf {
        self.folder.join(self.name(sha256))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(**self.key).into())
    }

    pub fn holds(&self, sha256: &str) -> bool {
        self.place(sha256).is_file()
    }

    /// Lays a content down; when this returns it is on disk.
    fn put(&self, sha256: &str, bytes: &[u8]) -> Result<()> {
        if self.holds(sha256) {
            return Ok(());
        }
        let mut nonce = [0u8; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(Error::internal)?;
        let payload = Payload { msg: bytes, aad: sha256.as_bytes() };
        let sealed =
            self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| Error::internal("a file was not sealed"))?;
        let name = self.name(sha256);
        let part = self.folder.join(format!("{PART}{name}"));
        make_folder(&self.folder)?;
        let written = create_private(&part)
            .and_then(|mut file| {
                file.write_all(&nonce)?;
                file.write_all(&sealed)?;
                file.sync_all()
            })
            .and_then(|()| fs::rename(&part, self.folder.join(name)));
        written.map_err(|error| {
            // Half a file is worse than none.
            let _ = fs::remove_file(&part);
            cannot_keep(&error)
        })
    }

    /// A content; `None` = it does not lie here. One that was altered is not given.
    pub fn get(&self, sha256: &str) -> Result<Option<Vec<u8>>> {
        let sealed = match fs::read(self.place(sha256)) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(damaged(&error.to_string())),
        };
        let Some((nonce, sealed)) = sealed.split_first_chunk::<NONCE_BYTES>() else { return Err(damaged("it is cut off")) };
        let payload = Payload { msg: sealed, aad: sha256.as_bytes() };
        let bytes = self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| damaged("it was altered"))?;
        Ok(Some(bytes))
    }

    pub fn remove(&self, sha256: &str) -> Result<()> {
        match fs::remove_file(self.place(sha256)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(cannot_keep(&error)),
            _ => Ok(()),
        }
    }

    /// Removes every file that none of these names, and what was left half written. Returns how many.
    fn sweep<'a>(&self, kept: impl Iterator<Item = &'a str>) -> Result<usize> {
        let kept: HashSet<String> = kept.map(|sha256| self.name(sha256)).collect();
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            // Nothing was laid down yet, or somebody cleared it.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(cannot_keep(&error)),
        };
        let mut gone = 0;
        for entry in entries.flatten() {
            if !kept.contains(entry.file_name().to_string_lossy().as_ref()) && fs::remove_file(entry.path()).is_ok() {
                gone += 1;
            }
        }
        Ok(gone)
    }
}

fn make_folder(path: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|e| cannot_keep(&e))
}

fn create_private(path: &Path) -> std::io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn cannot_keep(error: &std::io::Error) -> Error {
    if error.kind() == ErrorKind::StorageFull {
        return Error::new(Code::DiskFull, "The disk is full, so the file was not kept. Free some space and try again.");
    }
    Error::new(Code::StoreDamaged, format!("The file could not be kept on this device: {error}. Nothing else was changed."))
}

fn damaged(why: &str) -> Error {
    let message = format!("The copy on this device cannot be read: {why}. Remove the copy; it is fetched again from the server.");
    Error::new(Code::StoreDamaged, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sqlite;
    use crate::migrate::Schema;

    fn shelf(folder: &Path) -> Shelf {
        let store = Store::open(Sqlite { path: folder.join("store.db"), key: None }, Schema::Client).expect("a store");
        Shelf::open(&store, folder.join("files")).expect("a shelf")
    }

    #[test]
    fn what_is_laid_down_is_sealed_and_comes_back_and_what_nobody_names_goes() {
        let folder = tempfile::tempdir().expect("folder");
        let shelf_of = shelf(folder.path());
        let (text, other) = (b"The price is 4,280 euros".repeat(1000), b"other".to_vec());
        let (sha, other_sha) = (digest_of(&text), digest_of(&other));
        shelf_of.put(&sha, &text).expect("kept");
        shelf_of.put(&other_sha, &other).expect("kept");
        drop(shelf_of);
        let shelf_of = shelf(folder.path());
        assert_eq!(shelf_of.get(&sha).expect("read"), Some(text));
        for entry in fs::read_dir(folder.path().join("files")).expect("folder").flatten() {
            let bytes = fs::read(entry.path()).expect("read");
            assert!(!bytes.windows(5).any(|part| part == b"price"), "nobody reads it on disk");
            assert_ne!(entry.file_name().to_string_lossy(), sha, "its name does not say what it is");
        }
        fs::write(folder.path().join("files/part-x"), b"half").expect("what a crash leaves");
        assert_eq!(shelf_of.sweep([sha.as_str()].into_iter()).expect("swept"), 2);
        assert_eq!((shelf_of.get(&other_sha).expect("read"), shelf_of.holds(&sha)), (None, true));
    }

    #[test]
    fn a_copy_that_was_altered_is_not_given() {
        let folder = tempfile::tempdir().expect("folder");
        let shelf = shelf(folder.path());
        let sha = digest_of(b"mine");
        shelf.put(&sha, b"mine").expect("kept");
        let path = shelf.place(&sha);
        let mut bytes = fs::read(&path).expect("read");
        *bytes.last_mut().expect("a byte") ^= 1;
        fs::write(&path, &bytes).expect("altered");
        assert_eq!(shelf.get(&sha).expect_err("altered").code, Code::StoreDamaged);
        fs::write(&path, &bytes[..10]).expect("cut");
        assert_eq!(shelf.get(&sha).expect_err("cut").code, Code::StoreDamaged);
        shelf.remove(&sha).expect("removed");
        assert_eq!(shelf.get(&sha).expect("read"), None);
    }
}
