//! `cargo xtask package`: the installers of the system that it runs on, made by Tauri's bundler from the release build.
//!
//! What goes into them is in tauri.conf.json. Here they are made, listed with their sums, and on Debian tried out.

use crate::process::{self, command, root, target_dir};
use crate::{npm, switches, system};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// By system: what the bundler is asked for, and how the files end.
const BUNDLES: (&str, &[&str]) = if cfg!(windows) {
    ("msi,nsis", &["msi", "exe"])
} else if cfg!(target_os = "macos") {
    ("dmg", &["dmg"])
} else {
    ("deb", &["deb"])
};

pub fn package(args: &[&str]) -> Result<(), String> {
    let wants = switches(args, &["--try", "--debug"])?;
    let (try_out, debug) = (wants[0], wants[1]);
    if try_out && !cfg!(target_os = "linux") {
        return Err("--try installs a .deb; elsewhere install the file by hand.".into());
    }
    system::ensure(try_out)?;
    npm::install_if_stale()?;
    let mut tauri = npm::npx();
    tauri.args(["tauri", "build", "--ci", "--no-sign", "--bundles", BUNDLES.0]);
    if debug {
        tauri.arg("--debug");
    }
    // The bundler calls cargo by itself: with the features of tauri.conf.json and what stands behind the dashes. The whole
    // workspace with its examples has the same features of shared crates as every other build, so nothing is built twice.
    process::run(tauri.args(["--", "--locked", "--workspace", "--examples"]))?;
    let made = made(&target_dir()?.join(if debug { "debug" } else { "release" }).join("bundle"))?;
    if made.is_empty() {
        return Err("The bundler made no installer.".into());
    }
    for file in &made {
        println!("{}", told(file)?);
    }
    if try_out {
        for file in &made {
            process::run(command(root().join("tests/session.sh")).arg("--").arg(root().join("tests/package.sh")).arg(file))?;
        }
    }
    Ok(())
}

/// The installers of this version, wherever the bundler put them.
fn made(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let version = format!("_{}_", env!("CARGO_PKG_VERSION"));
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            let ends = |ends: &&str| path.extension().is_some_and(|it| it == *ends);
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().contains(&version) && BUNDLES.1.iter().any(ends) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Size and sum, so that whoever downloads it can compare.
fn told(file: &Path) -> Result<String, String> {
    let bytes = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut sum = String::new();
    for byte in Sha256::digest(&bytes) {
        let _ = write!(sum, "{byte:02x}");
    }
    let mb = bytes.len() as f64 / 1e6;
    Ok(format!("{mb:.1} MB  {sum}  {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_installers_of_this_version_are_told() {
        let folder = std::env::temp_dir().join(format!("rapport-package-{}", std::process::id()));
        let inner = folder.join("some");
        std::fs::create_dir_all(&inner).unwrap();
        let end = BUNDLES.1[0];
        let own = inner.join(format!("Rapport_{}_x.{end}", env!("CARGO_PKG_VERSION")));
        for path in [own.clone(), inner.join(format!("Rapport_0.0.9_x.{end}")), folder.join("control.tar.gz")] {
            std::fs::write(path, b"x").unwrap();
        }
        assert_eq!(made(&folder).unwrap(), std::slice::from_ref(&own));
        assert!(told(&own).unwrap().contains("2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
