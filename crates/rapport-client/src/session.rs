//! The session of one process: its state, and the one way to call a command.

mod commands;
mod contents;
mod devices;
mod enter;
mod hand_over;
mod house;
mod identity;
mod join;
mod leave;
mod parcel;
mod ready;
mod reminders;
mod sample;
mod sync;

use crate::auth::Heard;
use crate::event::Event;
use crate::profile::{Current, Folder, Lock, Profile};
use crate::tokens::blocking;
use crate::vault::Memory;
use rapport_model::{Code, Error, Result, Source};
use rapport_ops::Ctx;
use rapport_store::source::System;
use ready::Ready;
use reminders::Reminding;
pub use reminders::Teller;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::broadcast;

/// How a host wants its session.
#[derive(Clone)]
pub struct Options {
    /// The data folder; `None` = `RAPPORT_DATA_DIR`, else the system's place.
    pub data: Option<PathBuf>,
    /// Keep secrets in this file instead of the system's keyring.
    pub key_file: Option<PathBuf>,
    /// Keep secrets in memory; for tests.
    pub memory: Option<Memory>,
    /// A further certificate authority (PEM) to trust.
    pub ca: Option<PathBuf>,
    /// Whether to synchronise in the background.
    pub drive: bool,
    /// Who shows reminders; `None` = nobody is reminded here.
    pub teller: Option<Arc<dyn Teller>>,
    /// Clock and ids; tests hand in their own.
    pub source: Arc<dyn Source>,
}

impl Default for Options {
    fn default() -> Options {
        Options { data: None, key_file: None, memory: None, ca: None, drive: true, teller: None, source: Arc::new(System) }
    }
}

/// One per process. Clones are the same session.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    options: Options,
    folder: Folder,
    state: RwLock<State>,
    /// One sign-in, unlock or sign-out at a time.
    turn: tokio::sync::Mutex<()>,
    reminding: Reminding,
    heard: Heard,
    events: broadcast::Sender<Event>,
}

/// Where the session stands.
enum State {
    /// First run, or signed out.
    None,
    /// A passphrase opens it.
    Locked(Profile, Arc<Lock>),
    /// The keyring, the key or the file refuses; the error says which.
    Shut(Profile, Error),
    Ready(Arc<Ready>),
}

impl Client {
    /// Opens the data folder and what was used last. Fails only if there is no folder to work in; everything else is a state.
    pub async fn open(options: Options) -> Result<Client> {
        let given = options.data.clone();
        let folder = blocking(move || Folder::locate(given)).await?;
        let (events, _) = broadcast::channel(1024);
        let state = RwLock::new(State::None);
        let (turn, reminding) = (tokio::sync::Mutex::default(), Reminding::default());
        let client =
            Client { inner: Arc::new(Inner { options, folder, state, turn, reminding, heard: Heard::default(), events }) };
        let _turn = client.inner.turn.lock().await;
        client.reopen(None).await?;
        drop(_turn);
        Ok(client)
    }

    /// Runs a command of the interface by its name.
    pub async fn call(&self, name: &str, args: Value) -> Result<Value> {
        self.dispatch(name, args).await
    }

    /// The open session as verbs take it; for hosts that run them by themselves.
    pub fn context(&self) -> Result<Ctx> {
        Ok(self.ready()?.context(self))
    }

    /// News for the interface from now on. A receiver that lags fetches everything again.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }

    /// Stops the background work, so that the process can end. What waits stays in the store.
    pub async fn close(&self) {
        let _turn = self.inner.turn.lock().await;
        if let State::Ready(ready) = self.replace(State::None) {
            ready.stop().await;
            let store = ready.store.clone();
            // Nothing waits for the answer; what is left to do is to have closed.
            let _ = tokio::task::spawn_blocking(move || store.close()).await;
        }
    }

    fn say(&self, event: Event) {
        // Nobody listening is fine.
        let _ = self.inner.events.send(event);
    }

    fn replace(&self, state: State) -> State {
        let mut held = self.inner.state.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut held, state)
    }

    fn with_state<T>(&self, f: impl FnOnce(&State) -> T) -> T {
        f(&self.inner.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The open session, or why there is none.
    fn ready(&self) -> Result<Arc<Ready>> {
        self.with_state(|state| match state {
            State::Ready(ready) => Ok(ready.clone()),
            State::Shut(_, error) => Err(error.clone()),
            State::Locked(..) => Err(Error::new(
                Code::NotSignedIn,
                "The data on this device is locked by your passphrase. It is unchanged. Unlock it to go on.",
            )),
            State::None => Err(Error::new(
                Code::NotSignedIn,
                "Nobody is signed in here. Sign in to your company's server, or start on this device alone.",
            )),
        })
    }

    /// `session.status`.
    async fn status(&self) -> Result<Value> {
        let folder = self.inner.folder.clone();
        let current = blocking(move || folder.current()).await.unwrap_or_default();
        Ok(self.with_state(|state| state.status(&current)))
    }
}

impl State {
    fn status(&self, current: &Current) -> Value {
        let mut out = match self {
            State::None => json!({ "state": "none" }),
            State::Locked(profile, _) => json!({ "state": "locked", "server": profile.server }),
            State::Shut(profile, error) => {
                let state = if error.code == Code::NoKeyring { "noKeyring" } else { "broken" };
                json!({
                    "state": state, "reason": error.code.text(), "message": error.message, "server": profile.server,
                })
            }
            State::Ready(ready) => ready.status(),
        };
        out["lastServer"] = json!(current.last_server);
        out["lastEmail"] = json!(current.last_email);
        out["signedOut"] = json!(current.signed_out);
        if current.revoked {
            out["revoked"] = json!({ "rescued": current.rescued });
        }
        out
    }
}
