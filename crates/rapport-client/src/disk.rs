//! Small files that must never be half written: a temporary file, synced, renamed, the folder synced.

use rapport_model::{Code, Error, Result};
use rapport_store::failpoint;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Bytes that one of these files has at most; a larger one is not ours.
const SMALL_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Replaces a file: after a crash at any point it holds the old bytes or the new ones, on disk.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let cannot = |e: io::Error| cannot_write(path, &e);
    let temporary = temporary(path);
    let mut file = create_private(&temporary).map_err(cannot)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(cannot)?;
    drop(file);
    failpoint::hit("client.rename.before");
    fs::rename(&temporary, path).map_err(cannot)?;
    sync_folder(path).map_err(cannot)?;
    failpoint::hit("client.rename.after");
    Ok(())
}

pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    write_atomically(path, &serde_json::to_vec_pretty(value).map_err(Error::internal)?)
}

/// The file's content, `None` if there is no such file.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    let bytes = match fs::metadata(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(cannot_read(path, &e)),
        Ok(meta) if meta.len() > SMALL_BYTES_MAX => return Err(damaged(path)),
        Ok(_) => fs::read(path).map_err(|e| cannot_read(path, &e))?,
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|_| damaged(path))
}

/// Makes a folder that only its user may enter.
pub(crate) fn make_folder(path: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|e| cannot_write(path, &e))
}

/// Opens or makes a file that only its user may read.
pub(crate) fn open_private(path: &Path) -> io::Result<File> {
    private_options().create(true).truncate(false).open(path)
}

fn create_private(path: &Path) -> io::Result<File> {
    private_options().create(true).truncate(true).open(path)
}

fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn temporary(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.tmp"))
}

/// On Unix a rename is on disk only when its folder is; Windows has no such call.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    let _ = path;
    Ok(())
}

pub(crate) fn cannot_write(path: &Path, error: &io::Error) -> Error {
    if error.kind() == ErrorKind::StorageFull {
        return Error::new(Code::DiskFull, "The disk is full, so nothing was changed. Free some space and try again.");
    }
    let path = path.display();
    Error::new(
        Code::StoreDamaged,
        format!("{path} cannot be written: {error}. Nothing was changed. Check the folder and its permissions."),
    )
}

fn cannot_read(path: &Path, error: &io::Error) -> Error {
    let path = path.display();
    Error::new(
        Code::StoreDamaged,
        format!("{path} cannot be read: {error}. Nothing was changed. Check the file and its permissions."),
    )
}

fn damaged(path: &Path) -> Error {
    let path = path.display();
    Error::new(
        Code::StoreDamaged,
        format!(
            "{path} is damaged. What was sent to the server is safe there, and the file is unchanged. Set it aside and sign in again."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_file_is_whole_and_private() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("x.json");
        write_json(&path, &"old").expect("written");
        write_json(&path, &"new").expect("written");
        assert_eq!(read_json::<String>(&path).expect("read").as_deref(), Some("new"));
        assert_eq!(fs::read_dir(folder.path()).expect("folder").count(), 1, "nothing temporary stays");
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).expect("meta").permissions()) & 0o777, 0o600);
    }

    #[test]
    fn a_crash_between_writing_and_renaming_leaves_the_old_file() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("x.json");
        write_json(&path, &"old").expect("written");
        fs::write(temporary(&path), b"\"half").expect("what a crash leaves");
        assert_eq!(read_json::<String>(&path).expect("read").as_deref(), Some("old"));
        write_json(&path, &"new").expect("written over it");
        assert_eq!(read_json::<String>(&path).expect("read").as_deref(), Some("new"));
    }

    #[test]
    fn a_damaged_file_is_told_with_what_is_safe() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("x.json");
        assert_eq!(read_json::<String>(&path).expect("read"), None);
        fs::write(&path, b"{\"cut").expect("written");
        let error = read_json::<String>(&path).expect_err("damaged");
        assert_eq!(error.code, Code::StoreDamaged);
        assert!(error.message.ends_with(
            "x.json is damaged. What was sent to the server is safe there, and the file is unchanged. Set it aside and sign in again."
        ));
    }
}
