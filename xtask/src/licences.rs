//! `cargo xtask licences`: THIRD-PARTY-NOTICES, and that every licence is on the list of deny.toml.
//!
//! Owns which packages are shipped and how the notices read. The notices of a package are those
//! that it carries in its own source folder; nothing is fetched.

mod npm_packages;
mod packages;
mod spdx;

use crate::process::{self, read, root, write};
use crate::switches;
use std::collections::BTreeMap;
use std::fmt::Write;

const NOTICES: &str = "THIRD-PARTY-NOTICES";
const RULE: &str = "================================================================================";

/// A package that we ship, with what it says about its licence.
pub struct Package {
    pub name: String,
    pub version: String,
    /// An SPDX expression.
    pub licence: String,
    pub texts: Vec<String>,
}

impl Package {
    fn title(&self) -> String {
        format!("{} {} ({})", self.name, self.version, self.licence)
    }
}

pub fn licences(args: &[&str]) -> Result<(), String> {
    let check = switches(args, &["--check"])?[0];
    let allowed = allowed(&read(&root().join("deny.toml"))?)?;
    let mut packages = packages::shipped(&process::metadata(true)?)?;
    packages.extend(npm_packages::shipped()?);
    refuse_others(&packages, &allowed)?;
    let path = root().join(NOTICES);
    if check {
        return compare(&packages, &read(&path).unwrap_or_default());
    }
    write(&path, &notices(&packages))?;
    println!("licences: {} packages, all allowed; wrote {NOTICES}", packages.len());
    Ok(())
}

fn refuse_others(packages: &[Package], allowed: &[String]) -> Result<(), String> {
    let refused: Vec<String> = packages
        .iter()
        .filter(|package| !spdx::satisfied(&package.licence, allowed))
        .map(|package| format!("  {}", package.title()))
        .collect();
    if refused.is_empty() {
        return Ok(());
    }
    Err(format!("Licences that deny.toml does not allow:\n{}", refused.join("\n")))
}

fn compare(packages: &[Package], notices: &str) -> Result<(), String> {
    let listed = titles(notices);
    let wanted: Vec<String> = packages.iter().map(Package::title).collect();
    let missing = wanted.iter().filter(|title| !listed.contains(&title.as_str()));
    let extra = listed.iter().filter(|title| !wanted.iter().any(|wanted| wanted == **title));
    let lines: Vec<String> =
        missing.map(|title| format!("  missing  {title}")).chain(extra.map(|title| format!("  too much {title}"))).collect();
    if lines.is_empty() {
        println!("licences: {} packages, all allowed and in {NOTICES}", wanted.len());
        return Ok(());
    }
    Err(format!("{NOTICES} is stale; run `cargo xtask licences`:\n{}", lines.join("\n")))
}

/// The packages that the notices list, from their first part.
fn titles(notices: &str) -> Vec<&str> {
    let list = notices.split(RULE).next().unwrap_or_default();
    list.lines().filter_map(|line| line.strip_prefix("- ")).collect()
}

/// First the list, then each licence text once with those who use it.
fn notices(packages: &[Package]) -> String {
    let mut out = String::from(
        "Rapport contains the packages below. Each stays under its own licence.\n\
         Written by `cargo xtask licences`; do not edit.\n\n",
    );
    let mut by_text: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for package in packages {
        let _ = writeln!(out, "- {}", package.title());
        for text in &package.texts {
            by_text.entry(text).or_default().push(format!("{} {}", package.name, package.version));
        }
    }
    let mut texts: Vec<(Vec<String>, &str)> = by_text.into_iter().map(|(text, who)| (who, text)).collect();
    texts.sort();
    for (who, text) in texts {
        let _ = write!(out, "\n{RULE}\n{}\n\n{text}\n", who.join(", "));
    }
    out
}

/// The `allow` list of the `[licenses]` part, in cargo-deny's format.
fn allowed(deny: &str) -> Result<Vec<String>, String> {
    let part = deny.split("[licenses]").nth(1).ok_or("deny.toml has no [licenses]")?;
    let list = part.split_once("allow = [").ok_or("deny.toml has no licenses.allow")?.1;
    let list = list.split_once(']').ok_or("deny.toml: licenses.allow does not end")?.0;
    Ok(list.split('"').skip(1).step_by(2).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, text: &str) -> Package {
        let texts = vec![text.to_owned()];
        Package { name: name.into(), version: "1.0.0".into(), licence: "MIT".into(), texts }
    }

    #[test]
    fn the_allow_list_is_read_from_the_format_of_cargo_deny() {
        let deny = "[bans]\nmultiple-versions = \"allow\"\n[licenses]\nallow = [\n  \"MIT\",\n  \"ISC\",\n]\n";
        assert_eq!(allowed(deny).unwrap(), ["MIT", "ISC"]);
        assert!(allowed("[licenses]\n").is_err());
    }

    #[test]
    fn a_licence_that_is_not_on_the_list_is_refused_by_name() {
        let packages = [package("a", "")];
        assert!(refuse_others(&packages, &["MIT".into()]).is_ok());
        let error = refuse_others(&packages, &["ISC".into()]).unwrap_err();
        assert!(error.contains("a 1.0.0 (MIT)"));
    }

    #[test]
    fn notices_hold_each_text_once_and_are_found_stale() {
        let packages = [package("a", "the text"), package("b", "the text")];
        let text = notices(&packages);
        assert_eq!(text.matches("the text").count(), 1);
        assert!(compare(&packages, &text).is_ok());
        let error = compare(&packages[..1], &text).unwrap_err();
        assert!(error.contains("too much b 1.0.0 (MIT)"));
        assert!(compare(&packages, "").is_err());
    }
}
