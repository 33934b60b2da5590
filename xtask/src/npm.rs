//! The npm side: which folder holds the lock file, whether node_modules is fresh, how to call npm.

use crate::process::{self, command, output, root};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

const NODE_MAJOR_MIN: u32 = 20;

/// The folder with package-lock.json: the root or `ui`.
pub fn folder() -> PathBuf {
    let root = root();
    if root.join("package-lock.json").exists() { root } else { root.join("ui") }
}

/// `npm` in a folder of the repository.
pub fn npm(folder: &Path) -> Command {
    let mut npm = command(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(folder);
    npm
}

/// `npx` in the root: the programs of the npm packages.
pub fn npx() -> Command {
    let mut npx = command(if cfg!(windows) { "npx.cmd" } else { "npx" });
    npx.current_dir(folder()).arg("--no-install");
    npx
}

/// A script of the ui's package.json.
pub fn script(name: &str) -> Command {
    let mut npm = npm(&root().join("ui"));
    npm.args(["run", "--silent", name]);
    npm
}

/// Installs the npm packages from the lock file unless they are there and newer than it.
pub fn install_if_stale() -> Result<(), String> {
    node_is_new_enough()?;
    let folder = folder();
    // npm writes this file last, so its time says when the install was complete.
    let installed = modified(&folder.join("node_modules/.package-lock.json"));
    if is_fresh(installed, modified(&folder.join("package-lock.json"))) {
        return Ok(());
    }
    process::run(npm(&folder).args(["ci", "--no-audit", "--no-fund"]))
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|meta| meta.modified()).ok()
}

fn is_fresh(installed: Option<SystemTime>, lock: Option<SystemTime>) -> bool {
    matches!((installed, lock), (Some(installed), Some(lock)) if installed >= lock)
}

fn node_is_new_enough() -> Result<(), String> {
    let want = format!("Rapport needs Node {NODE_MAJOR_MIN} or newer with npm: https://nodejs.org");
    let version = output(command("node").arg("--version")).map_err(|error| format!("{error}\n{want}"))?;
    match major(&version) {
        Some(major) if major >= NODE_MAJOR_MIN => Ok(()),
        _ => Err(format!("This machine has Node {}. {want}", version.trim())),
    }
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_newer_lock_file_asks_for_an_install() {
        let lock = SystemTime::UNIX_EPOCH + Duration::from_secs(100);
        let later = lock + Duration::from_secs(1);
        assert!(is_fresh(Some(later), Some(lock)));
        assert!(!is_fresh(Some(lock), Some(later)));
        assert!(!is_fresh(None, Some(lock)));
    }

    #[test]
    fn the_major_version_is_read_from_what_node_prints() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("nonsense"), None);
    }
}
