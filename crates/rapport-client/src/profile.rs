//! The data folder: one profile per (server, organisation, user), each with one store file, and which one was used last.
//!
//! ```text
//! <data>/current.json                       the profile in use, and what to offer when signing in again
//! <data>/profiles/<profile id>/profile.json written last: a folder without it is a start that did not finish
//!                             /store.db     /vault.json (passphrase only)     /lock     /files/…     /opened/…
//! ```

use crate::disk;
use crate::vault::VaultKind;
use rapport_model::{Code, Error, Id, Result};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder that holds everything of this user's Rapport.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

/// What is known of a profile without opening its store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    pub id: Id,
    /// `https://host[:port]`; `None` = on this device alone.
    pub server: Option<String>,
    pub org: Id,
    pub user: Id,
    pub email: String,
    pub device_id: Id,
    /// The code in numbers made on this device, such as `K7`.
    pub device_code: String,
    pub vault: VaultKind,
}

/// What was used last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Current {
    pub profile: Option<Id>,
    pub last_server: Option<String>,
    pub last_email: Option<String>,
    pub signed_out: bool,
    /// The server signed the last one out, and its data was wiped.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub revoked: bool,
    /// The file with what waited there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rescued: Option<String>,
}

/// Held while a program works with a profile's store; the system frees it when the program ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Folder {
    /// The folder given, else `RAPPORT_DATA_DIR`, else the system's place for an application's data.
    pub fn locate(given: Option<PathBuf>) -> Result<Folder> {
        let from_env = || std::env::var_os("RAPPORT_DATA_DIR").filter(|v| !v.is_empty()).map(PathBuf::from);
        let path = given.or_else(from_env).or_else(system_place).ok_or_else(|| {
            Error::new(
                Code::StoreDamaged,
                "There is no home folder to keep data in. Nothing was changed. Set RAPPORT_DATA_DIR to a folder.",
            )
        })?;
        disk::make_folder(&path.join("profiles"))?;
        Ok(Folder(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn profile(&self, id: Id) -> PathBuf {
        self.0.join("profiles").join(id.to_string())
    }

    pub fn store(&self, id: Id) -> PathBuf {
        self.profile(id).join("store.db")
    }

    pub fn vault(&self, id: Id) -> PathBuf {
        self.profile(id).join("vault.json")
    }

    /// Where the contents of attachments lie, sealed.
    pub fn contents(&self, id: Id) -> PathBuf {
        self.profile(id).join("files")
    }

    /// Where a copy lies for the program that shows it, while the session is open.
    pub fn opened(&self, id: Id) -> PathBuf {
        self.profile(id).join("opened")
    }

    pub fn current(&self) -> Result<Current> {
        Ok(disk::read_json(&self.0.join("current.json"))?.unwrap_or_default())
    }

    pub fn set_current(&self, current: &Current) -> Result<()> {
        disk::write_json(&self.0.join("current.json"), current)
    }

    /// `None` if there is no such profile.
    pub fn read(&self, id: Id) -> Result<Option<Profile>> {
        disk::read_json(&self.profile(id).join("profile.json"))
    }

    pub fn write(&self, profile: &Profile) -> Result<()> {
        disk::write_json(&self.profile(profile.id).join("profile.json"), profile)
    }

    /// Every readable profile; the one used last comes first.
    pub fn profiles(&self) -> Result<Vec<Profile>> {
        let current = self.current().unwrap_or_default().profile;
        let mut found: Vec<Profile> = self.ids().into_iter().filter_map(|id| self.read(id).ok().flatten()).collect();
        found.sort_by_key(|p| (Some(p.id) != current, p.id));
        Ok(found)
    }

    /// Makes the folder of a new profile and takes its lock.
    pub fn make(&self, id: Id) -> Result<Arc<Lock>> {
        disk::make_folder(&self.profile(id))?;
        self.lock(id)
    }

    /// Takes a profile for this program, or says that another one has it. Freed when the last clone is dropped.
    pub fn lock(&self, id: Id) -> Result<Arc<Lock>> {
        let path = self.profile(id).join("lock");
        let file = disk::open_private(&path).map_err(|e| disk::cannot_write(&path, &e))?;
        match file.try_lock() {
            Ok(()) => Ok(Arc::new(Lock { _file: file })),
            Err(TryLockError::WouldBlock) => Err(Error::new(
                Code::StoreInUse,
                "Another Rapport has this data open. Nothing was changed. Close it there, or go on there.",
            )),
            Err(TryLockError::Error(e)) => Err(disk::cannot_write(&path, &e)),
        }
    }

    /// Deletes a profile. Its description goes first, so that a crash halfway leaves nothing that looks like a profile.
    pub fn delete(&self, id: Id, lock: Arc<Lock>) -> Result<()> {
        let folder = self.profile(id);
        match fs::remove_file(folder.join("profile.json")) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(disk::cannot_write(&folder, &e)),
            _ => {}
        }
        drop(lock);
        fs::remove_dir_all(&folder).map_err(|e| disk::cannot_write(&folder, &e))
    }

    /// Removes what starts that did not finish left behind. Nobody had worked in them yet.
    pub fn sweep(&self) {
        for id in self.ids() {
            let folder = self.profile(id);
            if folder.join("profile.json").exists() {
                continue;
            }
            if let Ok(lock) = self.lock(id)
                && self.delete(id, lock).is_err()
            {
                tracing::warn!("a folder of a start that did not finish could not be removed");
            }
        }
    }

    fn ids(&self) -> Vec<Id> {
        let Ok(entries) = fs::read_dir(self.0.join("profiles")) else { return Vec::new() };
        entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
    }
}

/// Where the system wants an application's data of this user.
fn system_place() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let base = if cfg!(target_os = "macos") {
        variable("HOME").map(|home| home.join("Library/Application Support"))
    } else if cfg!(windows) {
        variable("APPDATA")
    } else {
        // The standard says that a relative path there is to be ignored.
        let given = variable("XDG_DATA_HOME").filter(|path| path.is_absolute());
        given.or_else(|| variable("HOME").map(|home| home.join(".local/share")))
    };
    base.map(|base| base.join("rapport"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let temporary = tempfile::tempdir().expect("folder");
        let folder = Folder::locate(Some(temporary.path().join("data"))).expect("located");
        (temporary, folder)
    }

    fn profile(n: u8) -> Profile {
        let id = Id::from_bytes([n; 16]);
        Profile {
            id,
            server: None,
            org: id,
            user: id,
            email: String::new(),
            device_id: id,
            device_code: "K7".into(),
            vault: VaultKind::Memory,
        }
    }

    #[test]
    fn one_program_at_a_time_has_a_profile() {
        let (_temporary, folder) = folder();
        let id = Id::from_bytes([1; 16]);
        let lock = folder.make(id).expect("first");
        let error = folder.lock(id).expect_err("second");
        assert_eq!(error.code, Code::StoreInUse);
        assert_eq!(error.message, "Another Rapport has this data open. Nothing was changed. Close it there, or go on there.");
        drop(lock);
        folder.lock(id).expect("after the first ended");
    }

    #[test]
    fn profiles_are_found_and_unfinished_ones_swept() {
        let (_temporary, folder) = folder();
        for n in [1, 2] {
            folder.make(profile(n).id).expect("made");
            folder.write(&profile(n)).expect("written");
        }
        let unfinished = Id::from_bytes([9; 16]);
        drop(folder.make(unfinished).expect("made"));
        let current = Current { profile: Some(profile(2).id), ..Current::default() };
        folder.set_current(&current).expect("written");
        assert_eq!(folder.current().expect("read"), current);
        assert_eq!(folder.profiles().expect("list"), [profile(2), profile(1)]);
        folder.sweep();
        assert!(!folder.profile(unfinished).exists() && folder.profile(profile(1).id).exists());
        let lock = folder.lock(profile(1).id).expect("lock");
        folder.delete(profile(1).id, lock).expect("deleted");
        assert_eq!(folder.profiles().expect("list"), [profile(2)]);
    }
}
