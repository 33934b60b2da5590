//! Where the contents of attachments lie, and how those go that no record names any more.
//!
//! An upload holds `Office::contents` from the moment its file has its name until its row is committed; whoever removes files
//! waits for that, so a file is never removed between the two.

use crate::folder::io_error;
use crate::office::Office;
use rapport_model::{Error, Id, Result};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// In front of the name of a file that is still on its way.
pub const INCOMING: &str = "incoming-";

/// Files that are looked at before uploads have their turn again.
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
        let _alone = office.contents.write().await;
        let asked = some.to_vec();
        let named = store.read_async(move |tx| tx.contents_named(&asked)).await?;
        for digest in some.iter().filter(|digest| !named.contains(*digest)) {
            let path = place_of(&files, digest);
            match tokio::fs::remove_file(&path).await {
                Ok(()) => gone += 1,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(io_error(&path, &error)),
            }
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
