//! What every host of an interface does: open the session at its first use, answer commands, pass the news on.
//!
//! The window's shell and the bridge of the tests are built on it, so that both answer alike. It shows nothing itself.

use crate::choices::{self, Choices};
use crate::profile::Folder;
use crate::{Client, Options};
use rapport_model::{Error, ErrorBody, Kind, Result, Source};
use rapport_store::source::System;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio::sync::broadcast::error::RecvError;

/// A session that is opened on first use, so that the interface is there at once.
pub struct Host {
    options: Options,
    link: Option<String>,
    client: OnceCell<Client>,
}

impl Host {
    /// `link` signs a device in that has no session yet.
    pub fn new(options: Options, link: Option<String>) -> Host {
        Host { options, link, client: OnceCell::new() }
    }

    /// The open session; `tell` gets the payload of each `touched` event from then on.
    pub async fn client(&self, tell: impl Fn(Value) + Send + 'static) -> Result<&Client> {
        self.client
            .get_or_try_init(|| async {
                let client = Client::open(self.options.clone()).await?;
                follow(&client, tell);
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

    /// What was chosen for this installation, also before its session is open.
    pub fn choices(&self) -> Choices {
        Folder::locate(self.options.data.clone()).map(|folder| choices::read(folder.path())).unwrap_or_default()
    }

    /// Runs a command of the interface.
    pub async fn call(&self, name: &str, args: Value, tell: impl Fn(Value) + Send + 'static) -> Result<Value> {
        self.client(tell).await?.call(name, args).await
    }
}

/// Enrols a device that has no session yet; a link that does not work leaves the first-run screen, which says what to do.
pub async fn enrol(client: &Client, link: &str) {
    let fresh = client.call("session.status", json!({})).await.is_ok_and(|status| status["state"] == "none");
    if fresh && let Err(error) = client.call("session.enrol", json!({ "link": link })).await {
        tracing::warn!(code = %error.code, "the enrolment link was not taken");
    }
}

/// What the interface is told of a refused command; the log names it by the same trace.
pub fn refusal(command: &str, error: &Error) -> ErrorBody {
    let trace = System.id().to_string();
    tracing::info!(command, code = %error.code, trace, "a command was refused");
    error.body(trace)
}

fn follow(client: &Client, tell: impl Fn(Value) + Send + 'static) {
    let mut events = client.events();
    tokio::spawn(async move {
        loop {
            match events.recv().await {
                Ok(event) => tell(event.payload()),
                // Too much at once: everything may have changed.
                Err(RecvError::Lagged(_)) => tell(everything()),
                Err(RecvError::Closed) => return,
            }
        }
    });
}

/// The news that anything may have changed.
pub fn everything() -> Value {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.text()).chain(["sync", "session"]).collect();
    json!({ "kinds": kinds, "ids": [] })
}
