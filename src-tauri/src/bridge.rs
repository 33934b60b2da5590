//! The bridge: one command in, one event out. Errors keep their body.

use rapport_client::{Client, Options, System};
use rapport_model::{Error, ErrorBody, Result, Source};
use serde_json::{Value, json};
use tauri::{AppHandle, Emitter, State, WebviewWindow};
use tauri_plugin_dialog::{DialogExt, FilePath};
use tokio::sync::{OnceCell, oneshot};

/// The session, opened on first use so that the window is there at once.
pub struct Session {
    options: Options,
    link: Option<String>,
    client: OnceCell<Client>,
}

impl Session {
    pub fn new(options: Options, link: Option<String>) -> Session {
        Session { options, link, client: OnceCell::new() }
    }

    /// The open session; opens it, signs in by the link it was started with, and passes its news on to the windows.
    pub async fn client(&self, app: &AppHandle) -> Result<&Client> {
        self.client
            .get_or_try_init(|| async {
                let client = Client::open(self.options.clone()).await?;
                follow(&client, app.clone());
                if let Some(link) = &self.link {
                    enrol(&client, link).await;
                }
                Ok(client)
            })
            .await
    }

    pub fn opened(&self) -> Option<&Client> {
        self.client.get()
    }
}

/// Enrols a device that has no session yet; a link that does not work leaves the first-run screen, which says what to do.
pub async fn enrol(client: &Client, link: &str) {
    let fresh = client.call("session.status", json!({})).await.is_ok_and(|status| status["state"] == "none");
    if fresh && let Err(error) = client.call("session.enrol", json!({ "link": link })).await {
        tracing::warn!(code = %error.code, "the enrolment link was not taken");
    }
}

fn follow(client: &Client, app: AppHandle) {
    let mut events = client.events();
    tauri::async_runtime::spawn(async move {
        loop {
            let payload = match events.recv().await {
                Ok(event) => event.payload(),
                // Too much at once: everything may have changed.
                Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => everything(),
                Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
            };
            if let Err(error) = app.emit("touched", payload) {
                tracing::warn!(%error, "the window was not told");
            }
        }
    });
}

fn everything() -> Value {
    let kinds: Vec<&str> = rapport_model::Kind::ALL.iter().map(|kind| kind.text()).chain(["sync", "session"]).collect();
    json!({ "kinds": kinds, "ids": [] })
}

/// The one command of the web view.
#[tauri::command]
pub async fn call(
    window: WebviewWindow,
    app: AppHandle,
    session: State<'_, Session>,
    name: String,
    args: Value,
) -> Result<Value, ErrorBody> {
    let result = match name.as_str() {
        "import.pick" => pick(&window).await,
        "export.pick" => pick_new(&window, args["name"].as_str().unwrap_or_default()).await,
        _ => match session.client(&app).await {
            Ok(client) => client.call(&name, args).await,
            Err(error) => Err(error),
        },
    };
    result.map_err(|error| {
        let trace = System.id().to_string();
        tracing::info!(command = name, code = %error.code, trace, "a command was refused");
        error.body(trace)
    })
}

/// The system's own dialog; the web view learns the path and nothing else of the disk.
async fn pick(window: &WebviewWindow) -> Result<Value> {
    let (send, receive) = oneshot::channel();
    let dialog = window.dialog().file().set_parent(window);
    let dialog = dialog.add_filter("CSV, vCard", &["csv", "tsv", "txt", "vcf", "vcard"]);
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
