//! The icon in the tray: what is due, and what one does without the window. It is there while the app is to stay in it.

use crate::window;
use rapport_client::Client;
use rapport_client::host::Host;
use rapport_client::words::Language;
use rapport_ops::reminders;
use serde_json::json;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tauri::menu::{CheckMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager, Wry};

const NAME: &str = "rapport";
/// A day begins and a day ends without anybody's doing.
const FRESH_EVERY: Duration = Duration::from_secs(60);
/// Much news at once is one look.
const CALM: Duration = Duration::from_millis(500);

/// The icon, if there is one, and what of it changes.
#[derive(Default)]
pub struct Tray(Mutex<Option<Parts>>);

#[derive(Clone)]
struct Parts {
    language: Language,
    due: MenuItem<Wry>,
    sync: MenuItem<Wry>,
    offline: CheckMenuItem<Wry>,
}

impl Tray {
    /// Nothing is asked of the main thread while this is held: that thread asks, too.
    fn parts(&self) -> MutexGuard<'_, Option<Parts>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the icon or takes it away. Returns whether it is there.
pub fn arrange(app: &AppHandle, wanted: bool, language: Language) -> bool {
    let tray = app.state::<Tray>();
    let is_there = tray.parts().as_ref().map(|parts| parts.language);
    if wanted && is_there == Some(language) {
        return true;
    }
    if is_there.is_some() {
        tray.parts().take();
        drop(app.remove_tray_by_id(NAME));
    }
    let made = wanted.then(|| make(app, language)).flatten();
    let there = made.is_some();
    *tray.parts() = made;
    there
}

/// Whether closing the window leaves the app running.
pub fn keeps(app: &AppHandle) -> bool {
    app.state::<Tray>().parts().is_some()
}

/// The library that draws it is looked for when it is first used, and panics where there is none.
fn make(app: &AppHandle, language: Language) -> Option<Parts> {
    let made = catch_unwind(AssertUnwindSafe(|| build(app, language)));
    match made {
        Ok(Ok((_, parts))) => Some(parts),
        Ok(Err(error)) => {
            tracing::warn!(%error, "there is no tray");
            None
        }
        Err(_) => {
            tracing::warn!("there is no tray: its library is not installed");
            None
        }
    }
}

fn build(app: &AppHandle, language: Language) -> tauri::Result<(TrayIcon, Parts)> {
    let item = |id: &str, text: &str| MenuItem::with_id(app, id, text, true, None::<&str>);
    let due = item("due", &language.due(0, 0))?;
    let sync = item("sync", language.sync_now())?;
    let offline = CheckMenuItem::with_id(app, "offline", language.work_offline(), true, false, None::<&str>)?;
    let line = || PredefinedMenuItem::separator(app);
    let menu = Menu::with_items(
        app,
        &[&item("open", language.open())?, &due, &line()?, &sync, &offline, &line()?, &item("quit", language.quit())?],
    )?;
    let mut icon = TrayIconBuilder::with_id(NAME).tooltip("Rapport").menu(&menu).show_menu_on_left_click(false);
    if let Some(picture) = app.default_window_icon() {
        icon = icon.icon(picture.clone());
    }
    let icon = icon.on_menu_event(chosen).on_tray_icon_event(pressed).build(app)?;
    Ok((icon, Parts { language, due, sync, offline }))
}

fn pressed(icon: &TrayIcon, event: TrayIconEvent) {
    if let TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. } = event {
        window::show(icon.app_handle());
    }
}

fn chosen(app: &AppHandle, event: MenuEvent) {
    match event.id().as_ref() {
        "open" => window::show(app),
        "due" => window::go(app, "/today"),
        "quit" => app.exit(0),
        what @ ("sync" | "offline") => {
            let (app, what) = (app.clone(), what.to_owned());
            tauri::async_runtime::spawn(async move { act(&app, &what).await });
        }
        _ => {}
    }
}

async fn act(app: &AppHandle, what: &str) {
    let Some(client) = app.state::<Host>().opened().cloned() else { return };
    let done = if what == "sync" {
        client.call("sync.now", json!({})).await
    } else {
        // The menu has turned its tick already where the system does that by itself; what counts is what the core says.
        let now = client.call("sync.status", json!({})).await.is_ok_and(|status| status["workOffline"] == true);
        client.call("sync.workOffline", json!({ "on": !now })).await
    };
    if let Err(error) = done {
        tracing::info!(code = %error.code, what, "what was chosen in the tray was refused");
    }
    fresh(app, &client).await;
}

/// Keeps what the icon says true for as long as the app runs.
pub async fn follow(app: AppHandle, client: Client) {
    let mut news = client.events();
    loop {
        fresh(&app, &client).await;
        // Whatever it is, and also when there was too much of it: one look.
        let _ = tokio::time::timeout(FRESH_EVERY, news.recv()).await;
        tokio::time::sleep(CALM).await;
        while news.try_recv().is_ok() {}
    }
}

async fn fresh(app: &AppHandle, client: &Client) {
    if !keeps(app) {
        return;
    }
    let counts = match client.context() {
        Ok(ctx) => tokio::task::spawn_blocking(move || reminders::counts(&ctx)).await.ok().and_then(|counts| counts.ok()),
        Err(_) => None,
    };
    let sync = client.call("sync.status", json!({})).await.ok();
    let remote = sync.as_ref().is_some_and(|sync| sync["phase"] != "localOnly");
    let offline = sync.is_some_and(|sync| sync["workOffline"] == true);
    let Some(parts) = app.state::<Tray>().parts().clone() else { return };
    let [overdue, today] = counts.unwrap_or_default();
    let told = [
        parts.due.set_text(parts.language.due(overdue, today)),
        parts.due.set_enabled(counts.is_some()),
        parts.sync.set_enabled(remote),
        parts.offline.set_enabled(remote),
        parts.offline.set_checked(offline),
    ];
    if let Some(Err(error)) = told.into_iter().find(Result::is_err) {
        tracing::warn!(%error, "the tray does not say what is true");
    }
}
