//! Every vCard that the crate calcard tests itself with: each is read without a panic, and none is left out.
//!
//! The files lie in the crate's source, which Cargo has fetched to build it. How each ends is told, so that a change shows.

use rapport_ops::import;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What version 0.3 of the crate brings along.
const FILES: usize = 244;

/// The platform of this machine: packages of others need not be there.
fn host() -> String {
    let asked = Command::new("rustc").arg("-vV").output().expect("rustc ran");
    let told = String::from_utf8_lossy(&asked.stdout).into_owned();
    told.lines().find_map(|line| line.strip_prefix("host: ")).expect("a platform").to_owned()
}

/// Where Cargo keeps the source of calcard.
fn source() -> PathBuf {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let asked = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", &host(), "--manifest-path", manifest])
        .output()
        .expect("cargo metadata ran");
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    let told: Value = serde_json::from_slice(&asked.stdout).expect("JSON");
    let packages = told["packages"].as_array().expect("packages");
    let calcard = packages.iter().find(|package| package["name"] == "calcard").expect("calcard is a dependency");
    Path::new(calcard["manifest_path"].as_str().expect("a path")).parent().expect("a folder").to_owned()
}

fn vcards(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            vcards(&path, into);
        } else if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("vcf")) {
            into.push(path);
        }
    }
}

#[test]
fn every_vcard_of_calcard_is_read_and_none_is_left_out() {
    let mut files = Vec::new();
    vcards(&source(), &mut files);
    files.sort();
    assert_eq!(files.len(), FILES, "another version of calcard brings other files: count them and change the number");
    let (mut cards, mut drafts, mut skipped, mut without) = (0, 0, 0, Vec::new());
    for path in &files {
        let bytes = std::fs::read(path).expect("read");
        let read = import::read(&path.file_name().unwrap_or_default().to_string_lossy(), &bytes);
        assert_eq!(read.drafts.len() + read.skipped.len(), read.cards, "each card of {} is taken or named", path.display());
        cards += read.cards;
        drafts += read.drafts.len();
        skipped += read.skipped.len();
        if read.cards == 0 {
            without.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
        }
    }
    let told = format!("{FILES} files, {cards} cards, {drafts} taken, {skipped} refused, without a card: {without:?}");
    // 130.vcf is a folded line and no card; the refused cards name nobody.
    assert_eq!((cards, drafts, skipped, without), (1306, 1274, 32, vec!["130.vcf".to_owned()]), "{told}");
}
