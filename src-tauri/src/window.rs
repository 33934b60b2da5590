//! The window, one per data folder, and what ends with it.

use crate::alone;
use crate::bridge;
use crate::outward;
use rapport_client::Options;
use rapport_client::host::{self, Host};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use tauri::{AppHandle, Manager, RunEvent};
use tracing_subscriber::EnvFilter;

/// What the app was started with.
#[derive(Default)]
struct Arguments {
    data: Option<PathBuf>,
    link: Option<String>,
}

/// `--data-dir DIR` and `--enrol LINK`; anything else is left to the toolkit.
fn arguments(given: impl IntoIterator<Item = String>) -> Arguments {
    let mut out = Arguments::default();
    let mut given = given.into_iter();
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--data-dir" => out.data = given.next().map(PathBuf::from),
            "--enrol" => out.link = given.next(),
            link if link.starts_with("rapport://") => out.link = Some(argument),
            _ => {}
        }
    }
    out
}

/// Two windows on one data folder are one app; two folders are two.
fn instance_of(data: Option<&PathBuf>) -> String {
    let folder = data.cloned().or_else(|| std::env::var_os("RAPPORT_DATA_DIR").map(PathBuf::from));
    match folder {
        None => "app.rapport.desktop.main".to_owned(),
        Some(folder) => {
            let mut hasher = DefaultHasher::new();
            folder.hash(&mut hasher);
            format!("app.rapport.desktop.folder{:x}", hasher.finish())
        }
    }
}

/// Runs the app until its window is closed.
pub fn run() {
    // No customer text is logged, so a log can be shown to anybody.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,rapport=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let Arguments { data, link } = arguments(std::env::args().skip(1));
    let single = alone::Alone { instance: instance_of(data.as_ref()), second_start };
    let host = Host::new(Options { data, ..Options::default() }, link);
    let app = tauri::Builder::default()
        .plugin(single)
        .plugin(tauri_plugin_dialog::init())
        .plugin(outward::plugin())
        .manage(host)
        .invoke_handler(tauri::generate_handler![bridge::call])
        .build(tauri::generate_context!());
    match app {
        Ok(app) => app.run(ended),
        Err(error) => {
            tracing::error!(%error, "the window cannot be opened");
            std::process::exit(1);
        }
    }
}

/// A second start shows the window that is there and hands its link over.
fn second_start(app: &AppHandle, given: Vec<String>, _folder: String) {
    for window in app.webview_windows().values() {
        // A window that is gone needs no showing.
        let _ = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    }
    let Some(link) = arguments(given.into_iter().skip(1)).link else { return };
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let host = app.state::<Host>();
        if let Ok(client) = bridge::client(&host, &app).await {
            host::enrol(client, &link).await;
        }
    });
}

fn ended(app: &AppHandle, event: RunEvent) {
    if let RunEvent::Exit = event
        && let Some(client) = app.state::<Host>().opened()
    {
        tauri::async_runtime::block_on(client.close());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_name_folder_and_link() {
        let given = ["--data-dir", "/d", "--enrol", "rapport://enrol?x"].map(str::to_owned);
        let out = arguments(given);
        assert_eq!((out.data, out.link.as_deref()), (Some(PathBuf::from("/d")), Some("rapport://enrol?x")));
        assert_eq!(arguments(["rapport://enrol?y".to_owned()]).link.as_deref(), Some("rapport://enrol?y"));
        assert_ne!(instance_of(Some(&PathBuf::from("/a"))), instance_of(Some(&PathBuf::from("/b"))));
    }
}
