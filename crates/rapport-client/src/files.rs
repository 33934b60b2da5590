//! Files for other programs: written beside what is there, never over it.

use rapport_model::{Code, Error, Result};
use serde_json::{Value, json};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Files of one name at most.
const COPIES_MAX: u32 = 1000;

/// Where people look for files that a program made: their downloads, else their home.
pub fn downloads() -> PathBuf {
    dirs::download_dir().filter(|place| place.is_dir()).or_else(dirs::home_dir).unwrap_or_else(std::env::temp_dir)
}

/// Writes a file under a free name: `name.csv`, then `name (2).csv`. The name is the program's own, never somebody's text.
pub fn save(folder: &Path, name: &str, bytes: &[u8]) -> Result<Value> {
    let wanted = Path::new(name);
    let safe = |part: Option<&std::ffi::OsStr>| -> String {
        let text = part.unwrap_or_default().to_string_lossy();
        text.chars().map(|c| if c.is_alphanumeric() || "-_ ".contains(c) { c } else { '-' }).take(80).collect()
    };
    let (stem, end) = (safe(wanted.file_stem()), safe(wanted.extension()));
    for n in 1..=COPIES_MAX {
        let path = folder.join(if n == 1 { format!("{stem}.{end}") } else { format!("{stem} ({n}).{end}") });
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| {
                    // Half a file is worse than none.
                    let _ = std::fs::remove_file(&path);
                    refused(folder, &error)
                })?;
                return Ok(json!({ "path": path }));
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(refused(folder, &error)),
        }
    }
    Err(refused(folder, &ErrorKind::AlreadyExists.into()))
}

fn refused(folder: &Path, error: &std::io::Error) -> Error {
    let code = if error.kind() == ErrorKind::StorageFull { Code::DiskFull } else { Code::Unreadable };
    let message = format!("The file could not be written to {}: {error}. Nothing else was changed.", folder.display());
    Error::new(code, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_never_written_over_another_and_stays_in_its_folder() {
        let folder = tempfile::tempdir().expect("folder");
        let saved =
            |name: &str, bytes: &[u8]| save(folder.path(), name, bytes).expect("saved")["path"].as_str().map(PathBuf::from);
        let (first, second) = (saved("rapport.csv", b"1").expect("a path"), saved("rapport.csv", b"2").expect("a path"));
        assert_eq!((std::fs::read(&first).expect("read"), std::fs::read(&second).expect("read")), (b"1".to_vec(), b"2".to_vec()));
        let odd = saved("../rapport-../../x.csv", b"3").expect("a path");
        assert_eq!(odd.parent(), Some(folder.path()));
        assert!(save(&folder.path().join("none"), "a.csv", b"").is_err());
    }
}
