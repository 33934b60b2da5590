//! Released migrations never change: `migrations/CHECKSUMS` holds their digests.
//!
//! A migration that is not listed is not released yet and may still change.
//! `--bless-migrations` lists the new ones; it never replaces a line.

use crate::process::{read, write};
use sha2::{Digest, Sha256};
use std::path::Path;

const LIST: &str = "migrations/CHECKSUMS";

struct Entry {
    path: String,
    digest: String,
}

pub fn check(root: &Path) -> Result<Vec<String>, String> {
    Ok(compare(&listed(root)?, &present(root)?))
}

/// Adds the migrations that are not listed yet.
pub fn bless(root: &Path) -> Result<(), String> {
    let (listed, present) = (listed(root)?, present(root)?);
    if let Some(finding) = compare(&listed, &present).first() {
        return Err(format!("{finding}\nA released migration stays; write a new one."));
    }
    let lines: String = present.iter().map(|entry| format!("{}  {}\n", entry.digest, entry.path)).collect();
    write(&root.join(LIST), &lines)
}

fn compare(listed: &[Entry], present: &[Entry]) -> Vec<String> {
    let differs = |entry: &&Entry| !present.iter().any(|found| found.path == entry.path && found.digest == entry.digest);
    listed.iter().filter(differs).map(|entry| format!("{}: a released migration was changed or removed", entry.path)).collect()
}

fn listed(root: &Path) -> Result<Vec<Entry>, String> {
    let path = root.join(LIST);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = read(&path)?;
    text.lines()
        .map(|line| {
            let (digest, path) = line.split_once("  ").ok_or(format!("{LIST}: cannot read {line}"))?;
            Ok(Entry { path: path.to_owned(), digest: digest.to_owned() })
        })
        .collect()
}

fn present(root: &Path) -> Result<Vec<Entry>, String> {
    let mut entries = Vec::new();
    for folder in ["migrations", "migrations/client", "migrations/server"] {
        let Ok(files) = std::fs::read_dir(root.join(folder)) else { continue };
        for name in files.flatten().map(|file| file.file_name()) {
            let path = format!("{folder}/{}", name.to_string_lossy());
            if path.ends_with(".sql") {
                entries.push(Entry { digest: digest(&read(&root.join(&path))?), path });
            }
        }
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(entries)
}

/// Line ends do not count, so that a checkout on Windows agrees.
fn digest(text: &str) -> String {
    let bytes = Sha256::digest(text.replace("\r\n", "\n").as_bytes());
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry {
        Entry { path: "migrations/0001.sql".into(), digest: digest(text) }
    }

    #[test]
    fn an_unchanged_or_a_new_migration_is_good() {
        assert!(compare(&[entry("a\n")], &[entry("a\r\n")]).is_empty());
        assert!(compare(&[], &[entry("a\n")]).is_empty());
    }

    #[test]
    fn a_changed_or_missing_one_is_a_finding() {
        assert_eq!(compare(&[entry("a")], &[entry("b")]).len(), 1);
        assert_eq!(compare(&[entry("a")], &[]).len(), 1);
    }

    #[test]
    fn the_digest_is_sha256() {
        assert!(digest("abc").starts_with("ba7816bf8f01cfea"));
    }
}
