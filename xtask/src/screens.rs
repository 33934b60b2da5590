//! `cargo xtask screens`: a picture of every screen in every way it can look, and what a machine finds wrong with it.
//!
//! Owns the folder under `target/screens`; what is pictured and how it is judged is in tests/browser/pictures.mjs.

use crate::process::{self, command, hand_over_binaries, root, target_dir};
use crate::{HELP, demo, npm, system};
use std::path::PathBuf;

pub fn screens(args: &[&str]) -> Result<(), String> {
    let (folder, only) = place(args)?;
    system::ensure(true)?;
    npm::install_if_stale()?;
    demo::build()?;
    let folder = match folder {
        Some(folder) => folder,
        None => target_dir()?.join("screens"),
    };
    let mut node = command("node");
    node.arg(root().join("tests/browser/pictures.mjs")).arg(folder).args(only);
    process::run(hand_over_binaries(&mut node, &target_dir()?.join("debug")))
}

/// Where the pictures go, seen from where the caller is, and the words in the names of those that are wanted.
fn place<'a>(args: &'a [&str]) -> Result<(Option<PathBuf>, &'a [&'a str]), String> {
    if let Some(unknown) = args.iter().find(|arg| arg.starts_with('-')) {
        return Err(format!("Unknown argument {unknown}.\n\n{HELP}"));
    }
    let folder = args.first().map(std::path::absolute).transpose().map_err(|error| error.to_string())?;
    Ok((folder, args.get(1..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_and_a_part_of_the_name_are_read_and_nothing_else() {
        assert_eq!(place(&[]).unwrap(), (None, &[][..]));
        let (folder, only) = place(&["shots", "dark-de", "order"]).unwrap();
        assert!(folder.is_some_and(|folder| folder.is_absolute() && folder.ends_with("shots")));
        assert_eq!(only, ["dark-de", "order"]);
        assert!(place(&["--dark"]).is_err());
    }
}
