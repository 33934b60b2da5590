//! The window, one per data folder, and what ends with it.

use crate::notifications::Notifications;
use crate::{alone, bridge, outward, tray};
use rapport_client::Options;
use rapport_client::host::{self, Host};
use serde_json::json;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;
use tauri::{App, AppHandle, Emitter, Manager, RunEvent, Window, WindowEvent};
use tauri_plugin_window_state::StateFlags;
use tracing_subscriber::EnvFilter;

/// What the app was started with.
#[derive(Default)]
struct Arguments {
    data: Option<PathBuf>,
    link: Option<String>,
    /// Started with the computer: the window waits in the tray.
    hidden: bool,
}

/// `--data-dir DIR`, `--enrol LINK` and `--hidden`; anything else is left to the toolkit.
fn arguments(given: impl IntoIterator<Item = String>) -> Arguments {
    let mut out = Arguments::default();
    let mut given = given.into_iter();
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--data-dir" => out.data = given.next().map(PathBuf::from),
            "--enrol" => out.link = given.next(),
            "--hidden" => out.hidden = true,
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

/// Runs the app until its window is closed, or until it is told to end where it stays in the tray.
pub fn run() {
    // No customer text is logged, so a log can be shown to anybody.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,rapport=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let Arguments { data, link, hidden } = arguments(std::env::args().skip(1));
    let instance = instance_of(data.as_ref());
    let notifications = Notifications::default();
    let teller = Some(Arc::new(notifications.clone()) as _);
    let app = tauri::Builder::default()
        .plugin(alone::Alone { instance: instance.clone(), second_start })
        .plugin(tauri_plugin_dialog::init())
        .plugin(outward::plugin())
        .plugin(kept_window(&instance))
        .plugin(with_the_computer(data.as_ref()))
        .manage(Host::new(Options { data, teller, ..Options::default() }, link))
        .manage(tray::Tray::default())
        .on_window_event(closing)
        .setup(move |app| {
            notifications.begin(app.handle());
            begin(app, hidden);
            Ok(())
        })
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

/// Size and place of the window, one memory per data folder. Whether it is shown is decided anew at each start.
fn kept_window(instance: &str) -> impl tauri::plugin::Plugin<tauri::Wry> + use<> {
    tauri_plugin_window_state::Builder::new()
        .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
        .with_filename(format!("{instance}.window.json"))
        .build()
}

/// Starting with the computer, for whoever wants it.
fn with_the_computer(data: Option<&PathBuf>) -> impl tauri::plugin::Plugin<tauri::Wry> + use<> {
    let folder = data.map(|folder| ["--data-dir".to_owned(), folder.display().to_string()]);
    let arguments = std::iter::once("--hidden".to_owned()).chain(folder.into_iter().flatten());
    tauri_plugin_autostart::Builder::new().app_name("Rapport").args(arguments).build()
}

/// Shows the window, unless it is to wait in a tray that is there; opens the session either way, for reminders need no window.
fn begin(app: &App, hidden: bool) {
    let (handle, host) = (app.handle().clone(), app.state::<Host>());
    let choices = host.choices();
    let stays = tray::arrange(&handle, choices.keep_in_tray, choices.language());
    if !(hidden && stays) {
        show(&handle);
    }
    tauri::async_runtime::spawn(async move {
        let host = handle.state::<Host>();
        if let Ok(client) = bridge::client(&host, &handle).await {
            tray::follow(handle.clone(), client.clone()).await;
        }
    });
}

/// Brings the window before everything else.
pub fn show(app: &AppHandle) {
    for window in app.webview_windows().values() {
        // A window that is gone needs no showing.
        let _ = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    }
}

/// Shows the window at a place of the interface, such as a customer.
pub fn go(app: &AppHandle, place: &str) {
    show(app);
    if let Err(error) = app.emit("touched", json!({ "kinds": [], "ids": [], "place": place })) {
        tracing::warn!(%error, "the window was not told where to go");
    }
}

fn closing(window: &Window, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { api, .. } = event
        && tray::keeps(window.app_handle())
    {
        api.prevent_close();
        // A window that cannot be hidden stays open.
        let _ = window.hide();
    }
}

/// A second start shows the window that is there and hands its link over.
fn second_start(app: &AppHandle, given: Vec<String>, _folder: String) {
    let Arguments { link, hidden, .. } = arguments(given.into_iter().skip(1));
    if !hidden {
        show(app);
    }
    let Some(link) = link else { return };
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let host = app.state::<Host>();
        if let Ok(client) = bridge::client(&host, &app).await {
            host::enrol(client, &link).await;
        }
    });
}

fn ended(app: &AppHandle, event: RunEvent) {
    // Pressed in the dock while its window is closed.
    #[cfg(target_os = "macos")]
    if let RunEvent::Reopen { .. } = event {
        show(app);
    }
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
        let given = ["--data-dir", "/d", "--enrol", "rapport://enrol?x", "--hidden"].map(str::to_owned);
        let out = arguments(given);
        assert!(out.hidden && !arguments(["--enrol".to_owned(), "--hidden".to_owned()]).hidden);
        assert_eq!((out.data, out.link.as_deref()), (Some(PathBuf::from("/d")), Some("rapport://enrol?x")));
        assert_eq!(arguments(["rapport://enrol?y".to_owned()]).link.as_deref(), Some("rapport://enrol?y"));
        assert_ne!(instance_of(Some(&PathBuf::from("/a"))), instance_of(Some(&PathBuf::from("/b"))));
    }
}
