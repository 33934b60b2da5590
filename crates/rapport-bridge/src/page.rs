//! The built ui as the browser gets it: the policy of the window, and the script that stands in for the window's internals.

use rapport_client::{Error, Result};
use serde_json::Value;
use std::path::{Component, Path};

/// Stands in for what Tauri puts into its window; loaded before everything else.
pub const STAND_IN: &str = include_str!("stand_in.js");

const CONFIG: &str = include_str!("../../../tauri.conf.json");
const STAND_IN_TAG: &str = "<head><script src=\"/stand-in.js\"></script>";

/// The window's content security policy, with this server in the place of Tauri's own protocol.
pub fn policy() -> Result<String> {
    let config: Value = serde_json::from_str(CONFIG).map_err(Error::internal)?;
    let policy = config["app"]["security"]["csp"].as_str().unwrap_or_default();
    let ours = policy.replace("connect-src ipc: http://ipc.localhost", "connect-src 'self'");
    if ours == policy {
        return Err(Error::internal("the policy of the window does not name its protocol any more"));
    }
    Ok(ours)
}

/// A file of the built ui with its media type; `None` if there is none.
pub fn file(ui: &Path, path: &str) -> Option<(&'static str, Vec<u8>)> {
    let inner = Path::new(if path == "/" { "index.html" } else { path.trim_start_matches('/') });
    if !inner.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let bytes = std::fs::read(ui.join(inner)).ok()?;
    let kind = match inner.extension().and_then(|extension| extension.to_str())? {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        _ => return None,
    };
    if kind.starts_with("text/html") {
        let page = String::from_utf8(bytes).ok()?;
        return Some((kind, page.replacen("<head>", STAND_IN_TAG, 1).into_bytes()));
    }
    Some((kind, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_is_that_of_the_window_and_reaches_this_server_alone() {
        let policy = policy().expect("a policy");
        assert!(policy.contains("script-src 'self';") && policy.contains("connect-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("ipc"), "{policy}");
    }

    #[test]
    fn only_files_of_the_ui_are_given_and_the_page_loads_the_stand_in_first() {
        let folder = tempfile::tempdir().expect("folder");
        let ui = folder.path().join("dist");
        std::fs::create_dir(&ui).expect("folder");
        std::fs::write(ui.join("index.html"), "<html><head><script src=\"/theme.js\">").expect("written");
        std::fs::write(folder.path().join("secret.js"), "x").expect("written");
        let (_, page) = file(&ui, "/").expect("the page");
        assert!(String::from_utf8_lossy(&page).contains("<head><script src=\"/stand-in.js\"></script><script"));
        assert!(file(&ui, "/../secret.js").is_none() && file(&ui, "//etc/passwd").is_none() && file(&ui, "/x.js").is_none());
    }
}
