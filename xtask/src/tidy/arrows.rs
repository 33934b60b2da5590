//! Which crate may know which: the arrows of ARCHITECTURE.md, from `cargo metadata`.

use serde_json::Value;

/// Each shipped crate and all that it may depend on. Dev-dependencies are free.
const ARROWS: &[(&str, &[&str])] = &[
    ("rapport-model", &[]),
    ("rapport-insight", &[]),
    ("rapport-store", &["rapport-model"]),
    ("rapport-ops", &["rapport-model", "rapport-store", "rapport-insight"]),
    ("rapport-sync", &["rapport-model", "rapport-store"]),
    ("rapport-client", &["rapport-model", "rapport-store", "rapport-ops", "rapport-sync"]),
    ("rapport-server", &["rapport-model", "rapport-store", "rapport-ops"]),
    ("rapport-cli", &["rapport-model", "rapport-ops", "rapport-client"]),
    ("rapport", &["rapport-model", "rapport-ops", "rapport-client"]),
];

/// Crates that are never shipped may know all.
const FREE: &[&str] = &["xtask", "rapport-bench", "rapport-bridge", "rapport-cluster", "rapport-sim"];

pub fn check(metadata: &Value) -> Vec<String> {
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let names: Vec<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    packages.iter().flat_map(|package| check_package(package, &names)).collect()
}

fn check_package(package: &Value, ours: &[&str]) -> Vec<String> {
    let name = package["name"].as_str().unwrap_or_default();
    if FREE.contains(&name) {
        return Vec::new();
    }
    let Some((_, allowed)) = ARROWS.iter().find(|(crate_name, _)| *crate_name == name) else {
        return vec![format!("{name}: a new crate needs its line in xtask/src/tidy/arrows.rs")];
    };
    let dependencies = package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
    dependencies
        .iter()
        .filter(|dependency| dependency["kind"] != "dev")
        .filter_map(|dependency| dependency["name"].as_str())
        .filter(|dependency| ours.contains(dependency) && !allowed.contains(dependency))
        .map(|dependency| format!("{name}: must not depend on {dependency}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn metadata(store_needs: &str, kind: Value) -> Value {
        json!({"packages": [
            {"name": "rapport-model", "dependencies": [{"name": "serde", "kind": null}]},
            {"name": "rapport-ops", "dependencies": []},
            {"name": "rapport-store", "dependencies": [{"name": store_needs, "kind": kind}]},
        ]})
    }

    #[test]
    fn an_arrow_of_the_architecture_is_allowed() {
        assert!(check(&metadata("rapport-model", Value::Null)).is_empty());
        assert!(check(&metadata("rapport-ops", json!("dev"))).is_empty());
    }

    #[test]
    fn an_arrow_against_it_is_a_finding() {
        let findings = check(&metadata("rapport-ops", Value::Null));
        assert_eq!(findings, ["rapport-store: must not depend on rapport-ops"]);
    }

    #[test]
    fn a_crate_nobody_placed_is_a_finding() {
        let new = json!({"packages": [{"name": "rapport-extra", "dependencies": []}]});
        assert_eq!(check(&new).len(), 1);
    }
}
