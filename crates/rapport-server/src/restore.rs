//! Restore: a backup becomes the data, with a new epoch; what was there is moved aside, never overwritten.
//!
//! Everything is prepared in `restoring/`; the rename to `restored/` is the moment it counts. What comes after is moving
//! files, and is finished at the next start if it was cut off.

use crate::backup::{FORMAT, MANIFEST, Manifest, copy, copy_files, sync_dir};
use crate::folder::{Folder, io_error};
use rapport_model::{Code, Error, Result, Source, version};
use rapport_store::failpoint;
use rapport_store::migrate::Schema;
use rapport_store::{Sqlite, Store};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a restore did.
#[derive(Debug)]
pub struct Restored {
    pub orgs: usize,
    /// Where the data that was there before lies now; `None` = there was none.
    pub aside: Option<PathBuf>,
}

/// Replaces the data of a folder by a backup. Refuses while a server runs on it.
pub fn restore(folder: &Folder, from: &Path, source: &Arc<dyn Source>) -> Result<Restored> {
    let instead = "For a database: put the base backup in place of its data with `recovery.signal`, `restore_command` and \
                   `recovery_target_time`, or load a dump with `pg_restore` into a new database; then copy the folder of contents \
                   back. The server notices, and devices load anew.";
    folder.files_only("This restore", instead)?;
    let _lock = folder.lock()?;
    let manifest = read_manifest(from)?;
    let now = source.now();
    let epochs = present_epochs(folder);
    let partial = folder.root().join("restoring");
    if partial.exists() {
        fs::remove_dir_all(&partial).map_err(|e| io_error(&partial, &e))?;
    }
    let work = partial.join("work");
    for dir in [partial.join("orgs"), work.clone()] {
        fs::create_dir_all(&dir).map_err(|e| io_error(&dir, &e))?;
    }
    for org in &manifest.orgs {
        let name = format!("{org}.db");
        let store = staged(&from.join("orgs").join(&name), &work.join(&name), Schema::Server)?;
        let (epoch_id, seen) = (source.id(), epochs.get(org).copied().unwrap_or(0));
        store.write(move |tx| {
            let sequence = tx.sequence_take()?;
            tx.sequence_new_epoch(version::next_epoch(sequence.epoch.max(seen), now), epoch_id)
        })?;
        copy(&store, &partial.join("orgs").join(&name))?;
    }
    for org in &manifest.orgs {
        let name = format!("{org}.files");
        copy_files(&from.join("orgs").join(&name), &partial.join("orgs").join(&name))?;
    }
    let directory = staged(&from.join("directory.db"), &work.join("directory.db"), Schema::Directory)?;
    copy(&directory, &partial.join("directory.db"))?;
    let aside = folder.root().join(format!("before-restore-{}", now.0));
    let note = partial.join("aside");
    fs::write(&note, format!("before-restore-{}", now.0)).map_err(|e| io_error(&note, &e))?;
    for dir in [partial.join("orgs"), partial.clone()] {
        sync_dir(&dir)?;
    }
    let restored = folder.root().join("restored");
    failpoint::hit("restore.ready.before");
    fs::rename(&partial, &restored).map_err(|e| io_error(&restored, &e))?;
    failpoint::hit("restore.ready.after");
    settle(folder)?;
    Ok(Restored { orgs: manifest.orgs.len(), aside: aside.exists().then_some(aside) })
}

fn read_manifest(from: &Path) -> Result<Manifest> {
    let path = from.join(MANIFEST);
    let text = fs::read_to_string(&path).map_err(|_| {
        let message = format!("{} holds no finished backup. Nothing was changed.", from.display());
        Error::new(Code::Unreadable, message)
    })?;
    let manifest: Manifest = serde_json::from_str(&text)
        .map_err(|e| Error::new(Code::Unreadable, format!("{} cannot be read: {e}. Nothing was changed.", path.display())))?;
    if manifest.format > FORMAT {
        let message = "This backup was written by a newer Rapport. Nothing was changed. Install the newer version first.";
        return Err(Error::new(Code::StoreNewer, message));
    }
    Ok(manifest)
}

/// A working copy of one database of the backup, checked. The backup itself is only read.
fn staged(from: &Path, to: &Path, schema: Schema) -> Result<Store> {
    fs::copy(from, to).map_err(|e| io_error(from, &e))?;
    let store = Store::open(Sqlite { path: to.to_owned(), key: None }, schema)?;
    let found = store.maintain(|raw| raw.verify())?;
    if found.is_empty() {
        return Ok(store);
    }
    let message = format!("The backup is damaged: {}: {}. Nothing was changed.", from.display(), found.join("; "));
    Err(Error::new(Code::StoreDamaged, message))
}

/// The epochs of the data that is there now; what cannot be opened has none to tell.
fn present_epochs(folder: &Folder) -> HashMap<rapport_model::Id, i64> {
    let orgs = folder.org_ids().unwrap_or_default();
    let epoch = |org| folder.open_org(org).and_then(|store| store.read(|tx| tx.sequence())).ok();
    orgs.into_iter().filter_map(|org| epoch(org).map(|sequence| (org, sequence.epoch))).collect()
}

/// Moves a prepared restore into place, and the old data aside. Does nothing if there is none, and may be repeated.
pub fn settle(folder: &Folder) -> Result<()> {
    let restored = folder.root().join("restored");
    if !restored.is_dir() {
        return Ok(());
    }
    let note = restored.join("aside");
    let aside = folder.root().join(fs::read_to_string(&note).map_err(|e| io_error(&note, &e))?.trim());
    for (name, companions) in [("orgs", &[][..]), ("directory.db", &["directory.db-wal", "directory.db-shm"][..])] {
        let new = restored.join(name);
        if !new.exists() {
            continue;
        }
        for old in std::iter::once(name).chain(companions.iter().copied()) {
            move_aside(&folder.root().join(old), &aside, old)?;
            failpoint::hit("restore.aside");
        }
        let place = folder.root().join(name);
        fs::rename(&new, &place).map_err(|e| io_error(&place, &e))?;
        failpoint::hit("restore.moved");
    }
    sync_dir(folder.root())?;
    fs::remove_dir_all(&restored).map_err(|e| io_error(&restored, &e))
}

fn move_aside(old: &Path, aside: &Path, name: &str) -> Result<()> {
    let empty_dir = old.is_dir() && fs::read_dir(old).is_ok_and(|mut entries| entries.next().is_none());
    if empty_dir {
        return fs::remove_dir(old).map_err(|e| io_error(old, &e));
    }
    if !old.exists() {
        return Ok(());
    }
    fs::create_dir_all(aside).map_err(|e| io_error(aside, &e))?;
    fs::rename(old, aside.join(name)).map_err(|e| io_error(old, &e))
}
