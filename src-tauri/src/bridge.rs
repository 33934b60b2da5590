//! The bridge: one command in, one event out. Errors keep their body.

use crate::tray;
use rapport_client::Client;
use rapport_client::host::{Host, refusal};
use rapport_model::{Code, Error, ErrorBody, Result};
use serde_json::{Value, json};
use tauri::{AppHandle, Emitter, State, WebviewWindow};
use tauri_plugin_autostart::ManagerExt;
use tauri_plugin_dialog::{DialogExt, FilePath};
use tokio::sync::oneshot;

/// The news of the core, for every window.
fn tell(app: AppHandle) -> impl Fn(Value) + Send + 'static {
    move |payload| {
        if let Err(error) = app.emit("touched", payload) {
            tracing::warn!(%error, "the window was not told");
        }
    }
}

/// The open session, with its news on the way to the windows.
pub async fn client<'a>(host: &'a Host, app: &AppHandle) -> Result<&'a Client> {
    host.client(tell(app.clone())).await
}

/// The one command of the web view.
#[tauri::command]
pub async fn call(
    window: WebviewWindow,
    app: AppHandle,
    host: State<'_, Host>,
    name: String,
    args: Value,
) -> Result<Value, ErrorBody> {
    let result = match name.as_str() {
        "import.pick" => pick(&window).await,
        "app.choices" | "app.choose" => choose(&app, &host, &name, args).await,
        "export.pick" => pick_new(&window, args["name"].as_str().unwrap_or_default()).await,
        "attachments.open" => host.call(&name, args, tell(app)).await.and_then(show),
        _ => host.call(&name, args, tell(app)).await,
    };
    result.map_err(|error| refusal(&name, &error))
}

/// Hands a file that the core laid out, and let be opened, to the program that this computer shows such files with.
fn show(answer: Value) -> Result<Value> {
    let path = answer["path"].as_str().unwrap_or_default();
    open::that_detached(path).map_err(|error| {
        Error::field(Code::Unreadable, "path", format!("No program on this computer shows this file: {error}. Save it instead."))
    })?;
    Ok(answer)
}

/// What the core keeps, and what only this system can do: the tray, and starting with the computer.
async fn choose(app: &AppHandle, host: &Host, name: &str, args: Value) -> Result<Value> {
    let autostart = args["autostart"].as_bool();
    let mut chosen = host.call(name, args, tell(app.clone())).await?;
    let launch = app.autolaunch();
    let turned = match autostart {
        Some(true) => launch.enable(),
        Some(false) => launch.disable(),
        None => Ok(()),
    };
    turned.map_err(|error| {
        let message = format!("This system does not let Rapport start with the computer: {error}. Nothing else was changed.");
        Error::new(Code::Unreadable, message)
    })?;
    let choices = host.choices();
    let there = tray::arrange(app, choices.keep_in_tray, choices.language());
    chosen["autostart"] = json!(launch.is_enabled().ok());
    chosen["tray"] = json!(there || !choices.keep_in_tray);
    Ok(chosen)
}

/// The system's own dialog; the web view learns the path and nothing else of the disk.
async fn pick(window: &WebviewWindow) -> Result<Value> {
    let (send, receive) = oneshot::channel();
    let dialog = window.dialog().file().set_parent(window);
    let dialog = dialog.add_filter("CSV, XLSX, vCard", &["csv", "tsv", "txt", "xlsx", "xls", "vcf", "vcard"]);
    dialog.pick_file(move |path| {
        // The window may have been closed meanwhile.
        let _ = send.send(path);
    });
    picked(receive).await
}

/// Where a new file goes, by the system's own dialog.
async fn pick_new(window: &WebviewWindow, name: &str) -> Result<Value> {
    let (send, receive) = oneshot::channel();
    window.dialog().file().set_parent(window).set_file_name(name).save_file(move |path| {
        // The window may have been closed meanwhile.
        let _ = send.send(path);
    });
    picked(receive).await
}

async fn picked(receive: oneshot::Receiver<Option<FilePath>>) -> Result<Value> {
    let path = receive.await.map_err(Error::internal)?;
    let path = path.map(|path| path.into_path().map_err(Error::internal)).transpose()?;
    Ok(json!({ "path": path }))
}
