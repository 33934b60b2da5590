//! The crates that end up in what we ship, from `cargo metadata`.

use super::Package;
use crate::process::read;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What a user gets; the rest of the workspace is for developers.
const SHIPPED: &[&str] = &["rapport", "rapport-server", "rapport-cli"];
const TEXT_NAMES: &[&str] = &["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE", "COPYRIGHT"];

/// All crates that are needed to build or run what is shipped, on any system; ours left out.
pub fn shipped(metadata: &Value) -> Result<Vec<Package>, String> {
    let needed = needed(metadata);
    let mut packages = Vec::new();
    for package in array(&metadata["packages"]) {
        let foreign = !package["source"].is_null();
        if foreign && needed.contains(string(&package["id"])) {
            packages.push(described(package)?);
        }
    }
    packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Ok(packages)
}

fn needed(metadata: &Value) -> BTreeSet<&str> {
    let nodes: BTreeMap<&str, &Value> =
        array(&metadata["resolve"]["nodes"]).iter().map(|node| (string(&node["id"]), node)).collect();
    let mut open: Vec<&str> = array(&metadata["packages"])
        .iter()
        .filter(|package| package["source"].is_null() && SHIPPED.contains(&string(&package["name"])))
        .map(|package| string(&package["id"]))
        .collect();
    let mut needed = BTreeSet::new();
    while let Some(id) = open.pop() {
        if needed.insert(id) {
            let dependencies = nodes.get(id).map(|node| array(&node["deps"])).unwrap_or_default();
            open.extend(dependencies.iter().filter(|it| is_needed(it)).map(|it| string(&it["pkg"])));
        }
    }
    needed
}

/// A dependency that is not for tests only.
fn is_needed(dependency: &Value) -> bool {
    array(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"] != "dev")
}

fn described(package: &Value) -> Result<Package, String> {
    let name = string(&package["name"]).to_owned();
    let manifest = Path::new(string(&package["manifest_path"]));
    let folder = manifest.parent().ok_or_else(|| format!("{name} has no folder"))?;
    let licence = package["license"].as_str().unwrap_or("unknown").to_owned();
    let mut texts = texts(folder)?;
    if let Some(file) = package["license_file"].as_str().filter(|_| texts.is_empty()) {
        texts.push(read(&folder.join(file))?);
    }
    Ok(Package { name, version: string(&package["version"]).to_owned(), licence, texts })
}

/// The licence texts in a folder, with the same line ends everywhere.
pub fn texts(folder: &Path) -> Result<Vec<String>, String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    paths.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        TEXT_NAMES.iter().any(|start| name.starts_with(start)) && !name.ends_with(".RS")
    });
    paths.sort();
    paths.iter().map(|path| Ok(tidied(&String::from_utf8_lossy(&bytes(path)?)))).collect()
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn tidied(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_is_shipped_is_listed() {
        let foreign = |id: &str| json!({"id": id, "name": id, "version": "1.0.0", "license": "MIT", "source": "registry", "manifest_path": "/none/Cargo.toml"});
        let metadata = json!({
            "packages": [
                {"id": "app", "name": "rapport", "source": null}, foreign("used"), foreign("below"), foreign("tested"),
            ],
            "resolve": {"nodes": [
                {"id": "app", "deps": [
                    {"pkg": "used", "dep_kinds": [{"kind": "dev"}, {"kind": null}]},
                    {"pkg": "tested", "dep_kinds": [{"kind": "dev"}]},
                ]},
                {"id": "used", "deps": [{"pkg": "below", "dep_kinds": [{"kind": "build"}]}]},
            ]},
        });
        let names: Vec<String> = shipped(&metadata).unwrap().into_iter().map(|it| it.name).collect();
        assert_eq!(names, ["below", "used"]);
    }

    #[test]
    fn texts_have_one_kind_of_line_end() {
        assert_eq!(tidied("\r\nMIT \r\n\r\ntext\r\n"), "MIT\n\ntext");
    }
}
