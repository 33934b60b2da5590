//! The npm packages that end up in the bundle of the ui: production ones of the lock file.

use super::Package;
use super::packages::texts;
use crate::npm;
use crate::process::read;
use serde_json::Value;

/// All production packages of package-lock.json, with what lies in node_modules.
pub fn shipped() -> Result<Vec<Package>, String> {
    let folder = npm::folder();
    let lock = folder.join("package-lock.json");
    let lock: Value = serde_json::from_str(&read(&lock)?).map_err(|error| format!("package-lock.json: {error}"))?;
    let mut packages = Vec::new();
    for (path, name, entry) in production(&lock) {
        packages.push(Package {
            name: format!("npm:{name}"),
            version: entry["version"].as_str().unwrap_or_default().to_owned(),
            licence: licence(entry),
            texts: texts(&folder.join(path))?,
        });
    }
    packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    packages.dedup_by(|a, b| a.name == b.name && a.version == b.version);
    Ok(packages)
}

fn licence(entry: &Value) -> String {
    entry["license"].as_str().unwrap_or("unknown").to_owned()
}

/// Path, name and entry of what is neither ours nor for development only.
fn production(lock: &Value) -> Vec<(&str, &str, &Value)> {
    let Some(packages) = lock["packages"].as_object() else { return Vec::new() };
    let skipped = |entry: &Value| ["dev", "link", "optional", "devOptional"].iter().any(|flag| entry[flag] == true);
    packages
        .iter()
        .filter(|(_, entry)| !skipped(entry))
        .filter_map(|(path, entry)| {
            let (_, name) = path.rsplit_once("node_modules/")?;
            Some((path.as_str(), name, entry))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn packages_for_development_are_left_out() {
        let lock = json!({"packages": {
            "": {}, "ui": {"version": "0.1.0"},
            "node_modules/react": {"version": "19.0.0", "license": "MIT"},
            "node_modules/a/node_modules/@b/c": {"version": "1.0.0"},
            "node_modules/vite": {"dev": true},
            "node_modules/rapport-ui": {"link": true},
        }});
        let names: Vec<&str> = production(&lock).into_iter().map(|(_, name, _)| name).collect();
        assert_eq!(names, ["react", "@b/c"]);
    }
}
