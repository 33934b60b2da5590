//! `cargo xtask gen`: files of the ui that are written from the Rust declarations.
//!
//! What they say is decided by the example `gen` of rapport-ops, which prints `{path: content}`.
//! Here they are written, or compared with what is committed.

use crate::process::{self, FEATURES, cargo, command, output, read, root, target_dir, write};
use crate::switches;
use serde_json::{Map, Value};
use std::path::Path;

pub fn generate(args: &[&str]) -> Result<(), String> {
    let check = switches(args, &["--check"])?[0];
    let files = declared()?;
    let stale = stale(&root(), &files)?;
    if check {
        return report(&stale);
    }
    for path in &stale {
        let content = files[path].as_str().unwrap_or_default();
        write(&root().join(path), content)?;
        println!("wrote {path}");
    }
    println!("gen: {} files, {} of them changed", files.len(), stale.len());
    Ok(())
}

fn report(stale: &[String]) -> Result<(), String> {
    if stale.is_empty() {
        println!("gen: all generated files are fresh");
        return Ok(());
    }
    Err(format!("Stale generated files; run `cargo xtask gen`:\n  {}", stale.join("\n  ")))
}

/// Built with the features of the whole workspace, so that no crate is built a second time.
fn declared() -> Result<Map<String, Value>, String> {
    let mut build = cargo();
    build.args(["build", "--workspace", "--example", "gen", "--locked", "--features", FEATURES]);
    process::run(&mut build)?;
    let program = format!("debug/examples/gen{}", std::env::consts::EXE_SUFFIX);
    let text = output(&mut command(target_dir()?.join(program)))?;
    parse(&text)
}

fn parse(text: &str) -> Result<Map<String, Value>, String> {
    let files: Map<String, Value> =
        serde_json::from_str(text).map_err(|error| format!("The generator printed no JSON object: {error}"))?;
    let inside = |path: &str| !path.starts_with('/') && !path.split('/').any(|part| part == "..");
    match files.iter().find(|(path, content)| !inside(path) || !content.is_string()) {
        Some((path, _)) => Err(format!("The generator printed a wrong entry: {path}")),
        None => Ok(files),
    }
}

/// The paths whose content differs from what is declared.
fn stale(root: &Path, files: &Map<String, Value>) -> Result<Vec<String>, String> {
    let mut stale = Vec::new();
    for (path, content) in files {
        let file = root.join(path);
        let present = if file.exists() { Some(read(&file)?.replace("\r\n", "\n")) } else { None };
        if present.as_deref() != content.as_str() {
            stale.push(path.clone());
        }
    }
    Ok(stale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_that_differs_is_stale() {
        let dir = std::env::temp_dir().join(format!("xtask-gen-{}", std::process::id()));
        write(&dir.join("a.ts"), "same\r\n").unwrap();
        write(&dir.join("b.ts"), "old\n").unwrap();
        let files = parse(r#"{"a.ts": "same\n", "b.ts": "new\n", "c.ts": ""}"#).unwrap();
        let stale = stale(&dir, &files).unwrap();
        std::fs::remove_dir_all(&dir).unwrap();
        assert_eq!(stale, ["b.ts", "c.ts"]);
    }

    #[test]
    fn a_path_outside_the_repository_is_refused() {
        assert!(parse(r#"{"../a.ts": ""}"#).is_err());
        assert!(parse(r#"{"ui/src/gen/a.ts": 1}"#).is_err());
    }
}
