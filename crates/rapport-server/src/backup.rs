//! Backup: every organisation and the directory into a new folder, while the server runs.

use crate::folder::{Folder, io_error};
use rapport_model::{Code, Error, Id, Millis, Result};
use rapport_store::{Store, failpoint};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// What a backup folder says of itself; written last.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    pub format: u32,
    /// The program that wrote it.
    pub version: String,
    pub at: Millis,
    pub orgs: Vec<Id>,
}

pub const MANIFEST: &str = "backup.json";
pub const FORMAT: u32 = 1;

/// Writes a backup to a folder that is not there yet. It appears whole or not at all.
pub fn backup(folder: &Folder, to: &Path, now: Millis) -> Result<Manifest> {
    let instead = "For a database: `pg_basebackup --pgdata DIR --checkpoint=fast` with an archive of the log (`archive_mode = on`), or \
                   `pg_dump --format=custom --file FILE URL`; then copy the folder of contents (`orgs`).";
    folder.files_only("This backup", instead)?;
    if to.exists() {
        let message = format!("{} exists already. Nothing was written. Name a new folder.", to.display());
        return Err(Error::new(Code::InvalidValue, message));
    }
    let partial = with_suffix(to, ".partial");
    if partial.exists() {
        fs::remove_dir_all(&partial).map_err(|e| io_error(&partial, &e))?;
    }
    let orgs_dir = partial.join("orgs");
    fs::create_dir_all(&orgs_dir).map_err(|e| io_error(&orgs_dir, &e))?;
    let orgs = folder.org_ids()?;
    for org in &orgs {
        copy(&folder.open_org(*org)?, &orgs_dir.join(format!("{org}.db")))?;
    }
    copy(&folder.directory()?, &partial.join("directory.db"))?;
    // After the rows that name them; contents are never changed, so they may be copied while the server runs.
    for org in &orgs {
        copy_files(&folder.files(*org), &orgs_dir.join(format!("{org}.files")))?;
    }
    let manifest = Manifest { format: FORMAT, version: env!("CARGO_PKG_VERSION").to_owned(), at: now, orgs };
    let path = partial.join(MANIFEST);
    let text = serde_json::to_string_pretty(&manifest).map_err(Error::internal)?;
    fs::write(&path, text).map_err(|e| io_error(&path, &e))?;
    sync(&path)?;
    sync_dir(&orgs_dir)?;
    sync_dir(&partial)?;
    failpoint::hit("backup.ready");
    fs::rename(&partial, to).map_err(|e| io_error(to, &e))?;
    if let Some(parent) = to.parent().filter(|p| !p.as_os_str().is_empty()) {
        sync_dir(parent)?;
    }
    // What was acknowledged before it began need not be kept by the devices any more.
    for org in &manifest.orgs {
        folder.open_org(*org)?.write(move |tx| tx.set_durable_at(now))?;
    }
    Ok(manifest)
}

pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// A compact copy of a database in use, safely on the disk.
pub fn copy(store: &Store, to: &Path) -> Result<()> {
    let target = to.to_owned();
    store.maintain(move |raw| raw.backup(&target))?;
    sync(to)
}

/// Copies the contents of attachments; those that are still on their way belong to no row.
pub fn copy_files(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(to).map_err(|e| io_error(to, &e))?;
    for entry in fs::read_dir(from).map_err(|e| io_error(from, &e))? {
        let path = entry.map_err(|e| io_error(from, &e))?.path();
        let Some(name) = path.file_name().filter(|name| !name.to_string_lossy().starts_with(crate::contents::INCOMING)) else {
            continue;
        };
        let target = to.join(name);
        if path.is_dir() {
            copy_files(&path, &target)?;
        } else {
            match fs::copy(&path, &target) {
                Ok(_) => sync(&target)?,
                // No record names it any more: it was removed since the folder was read.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(io_error(&path, &error)),
            }
        }
    }
    sync_dir(to)
}

fn sync(path: &Path) -> Result<()> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|e| io_error(path, &e))
}

/// Makes the names in a folder durable; Windows does so by itself.
pub fn sync_dir(path: &Path) -> Result<()> {
    if cfg!(windows) { Ok(()) } else { sync(path) }
}
