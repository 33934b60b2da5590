//! Secrets in one plain file that only its user may read: for servers, tests and machines without a keyring.

use super::Secret;
use crate::disk;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rapport_model::{Code, Error, Result};
use std::collections::BTreeMap;
use std::path::Path;

type Entries = BTreeMap<String, String>;

pub(super) fn get(path: &Path, entry: &str) -> Result<Option<Secret>> {
    let entries: Entries = disk::read_json(path)?.unwrap_or_default();
    let Some(text) = entries.get(entry) else { return Ok(None) };
    STANDARD.decode(text).map(|bytes| Some(Secret::new(bytes))).map_err(|_| damaged(path))
}

pub(super) fn set(path: &Path, entry: &str, secret: Option<&Secret>) -> Result<()> {
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        disk::make_folder(folder)?;
    }
    // Two programs may keep different profiles in one file; whoever changes it holds its lock.
    let lock_path = path.with_extension("lock");
    let lock = disk::open_private(&lock_path).map_err(|e| disk::cannot_write(&lock_path, &e))?;
    lock.lock().map_err(|e| disk::cannot_write(&lock_path, &e))?;
    let mut entries: Entries = disk::read_json(path)?.unwrap_or_default();
    match secret {
        Some(secret) => entries.insert(entry.to_owned(), STANDARD.encode(secret.bytes())),
        None => entries.remove(entry),
    };
    disk::write_json(path, &entries)
}

fn damaged(path: &Path) -> Error {
    let path = path.display();
    Error::new(
        Code::WrongKey,
        format!(
            "The key file {path} is damaged, so the data cannot be opened. The data is unchanged. Restore the key file from a copy."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_key_is_told_and_the_data_is_safe() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("keys.json");
        std::fs::write(&path, r#"{"a/key":"not base 64!"}"#).expect("written");
        let error = get(&path, "a/key").expect_err("damaged");
        assert_eq!(error.code, Code::WrongKey);
        assert!(error.message.contains("The data is unchanged. Restore the key file from a copy."), "{error}");
    }
}
