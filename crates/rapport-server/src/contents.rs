//! Where the contents of attachments lie, and how those go that no record names any more.
//!
//! A file gets its name in the transaction that writes its row, and is removed in one that finds no row naming it. Writes of an
//! organisation follow each other, on whichever server they run, so a file is never removed between an upload's file and its row.

use crate::folder::io_error;
use crate::office::Office;
use rapport_model::{Error, Id, Result};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// In front of the name of a file that is still on its way.
pub const INCOMING: &str = "incoming-";

/// Files that are looked at before others write again.
const BATCH: usize = 100;

/// A file on its way for so long was left behind by a server that was killed.
const LEFT_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// The file of a content.
pub fn place_of(files: &Path, sha256: &str) -> PathBuf {
    files.join(&sha256[..2]).join(sha256)
}

/// Removes those of these contents that no attachment names. Returns how many.
pub async fn forget(office: &Office, org: Id, digests: &[String]) -> Result<usize> {
    let store = office.orgs.get(org).await?;
    let files = office.orgs.folder().files(org);
    let mut gone = 0;
    for some in digests.chunks(BATCH) {
        let (asked, files) = (some.to_vec(), files.clone());
        gone += store.write_async(move |tx| remove(&asked, &tx.contents_named(&asked)?, &files)).await?;
    }
    Ok(gone)
}

fn remove(asked: &[String], named: &HashSet<String>, files: &Path) -> Result<usize> {
    let mut gone = 0;
    for digest in asked.iter().filter(|digest| !named.contains(*digest)) {
        let path = place_of(files, digest);
        match std::fs::remove_file(&path) {
            Ok(()) => gone += 1,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(io_error(&path, &error)),
        }
    }
    Ok(gone)
}

/// Removes every content that no attachment names, and what killed servers left. Returns how many files.
pub async fn sweep(office: &Office, org: Id) -> Result<usize> {
    let files = office.orgs.folder().files(org);
    let (left, digests) = tokio::task::spawn_blocking(move || look(&files)).await.map_err(Error::internal)??;
    for path in &left {
        tokio::fs::remove_file(path).await.map_err(|e| io_error(path, &e))?;
    }
    Ok(left.len() + forget(office, org, &digests).await?)
}

/// Files that were left on their way, and the names of all contents.
fn look(files: &Path) -> Result<(Vec<PathBuf>, Vec<String>)> {
    let (mut left, mut digests) = (Vec::new(), Vec::new());
    let mut folders = if files.is_dir() { vec![files.to_owned()] } else { Vec::new() };
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|e| io_error(&folder, &e))? {
            let entry = entry.map_err(|e| io_error(&folder, &e))?;
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            // One that is gone by now was finished.
            let Ok(about) = entry.metadata() else { continue };
            if about.is_dir() {
                folders.push(path);
            } else if name.starts_with(INCOMING) {
                let age = about.modified().ok().and_then(|at| at.elapsed().ok()).unwrap_or_default();
                left.extend((age > LEFT_AFTER).then_some(path));
            } else if name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                digests.push(name);
            }
        }
    }
    Ok((left, digests))
}
