//! `cargo xtask tidy`: the house rules that a machine can check.
//!
//! Owns the list of files and the report. Each rule is a pure function in a file below `tidy/`,
//! with a good and a bad sample in its tests.

mod arrows;
mod imports;
mod migrations;
mod names;
mod sizes;
mod words;

use crate::process::{self, command, output, read, root};
use crate::scan::{Language, Source};
use crate::switches;

/// A source file as the rules see it; the path is relative to the root, with `/`.
pub struct File {
    pub path: String,
    pub text: String,
    pub source: Option<Source>,
}

impl File {
    fn new(path: String, text: String) -> Self {
        let source = language(&path).map(|language| Source::new(&text, language));
        Self { path, text, source }
    }

    pub fn is_rust(&self) -> bool {
        language(&self.path) == Some(Language::Rust)
    }

    /// Where the eye of the reader goes: a line number for a byte position.
    pub fn line(text: &str, position: usize) -> usize {
        text.bytes().take(position).filter(|byte| *byte == b'\n').count() + 1
    }
}

pub fn tidy(args: &[&str]) -> Result<(), String> {
    let bless = switches(args, &["--bless-migrations"])?[0];
    if bless {
        migrations::bless(&root())?;
    }
    let findings = findings()?;
    if findings.is_empty() {
        println!("tidy: all in order");
        return Ok(());
    }
    findings.iter().for_each(|finding| println!("{finding}"));
    Err(format!("tidy: {} findings", findings.len()))
}

fn findings() -> Result<Vec<String>, String> {
    let mut findings = arrows::check(&process::metadata(false)?);
    findings.extend(migrations::check(&root())?);
    let package = root().join("ui/package.json");
    if package.exists() {
        findings.extend(imports::check_count(&read(&package)?));
    }
    for path in paths()? {
        // A file that is no text has no words to check.
        let Ok(text) = std::fs::read_to_string(root().join(&path)) else { continue };
        let file = File::new(path, text);
        findings.extend(names::check(&file.path));
        findings.extend(words::check(&file));
        findings.extend(imports::check(&file));
        findings.extend(sizes::check(&file));
    }
    Ok(findings)
}

/// All files that are in the repository or about to be.
fn paths() -> Result<Vec<String>, String> {
    let mut list = command("git");
    list.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let mut paths: Vec<String> = output(&mut list)?.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

fn language(path: &str) -> Option<Language> {
    match path.rsplit_once('.')?.1 {
        "rs" => Some(Language::Rust),
        "ts" | "tsx" | "mts" | "mjs" | "js" => Some(Language::TypeScript),
        _ => None,
    }
}

/// Generated files and fixtures are nobody's handwriting.
pub fn is_handwritten(path: &str) -> bool {
    let foreign = ["gen", "generated", "fixtures", "snapshots", "public"];
    !path.split('/').any(|part| foreign.contains(&part))
}

/// Positions of a word that stands alone: no letter, digit or `_` at its sides.
pub fn word_positions(text: &str, word: &str) -> Vec<usize> {
    let part = |char: char| char.is_alphanumeric() || char == '_';
    text.match_indices(word)
        .map(|(position, _)| position)
        .filter(|position| !text[..*position].chars().next_back().is_some_and(part))
        .filter(|position| !text[position + word.len()..].chars().next().is_some_and(part))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole() {
        assert_eq!(word_positions("fn fnord _fn fn", "fn"), [0, 13]);
        assert_eq!(File::line("a\nb\nc", 4), 3);
    }

    #[test]
    fn generated_files_are_left_alone() {
        assert!(is_handwritten("ui/src/features/customers.tsx"));
        assert!(!is_handwritten("ui/src/gen/records.ts"));
    }
}
