//! Sends what was accepted to those who listen: signed, in the background, to addresses that may be called. What is sent when
//! is rapport-ops'; the list of receivers is `rest`'s.

mod guard;
mod lease;
mod runner;
mod send;
mod sign;

pub use guard::checked_url;
pub use runner::run;
pub use sign::new_secret;

use rapport_model::{Id, Result};
use rapport_ops::webhooks::BACKOFF_MS;
use std::collections::HashSet;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// How webhooks are sent.
#[derive(Clone, Debug)]
pub struct Options {
    /// Receivers may be on this machine or in its network, and without TLS.
    pub allow_private: bool,
    /// How often it is looked whether there is something to send.
    pub tick: Duration,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// ms from each attempt to the next; behind the last one a delivery is given up.
    pub backoff_ms: Vec<i64>,
}

impl Default for Options {
    fn default() -> Options {
        let (tick, timeout) = (Duration::from_secs(1), Duration::from_secs(15));
        Options { allow_private: false, tick, timeout, backoff_ms: BACKOFF_MS.to_vec() }
    }
}

/// What requests and the sender share.
#[derive(Default)]
pub struct Hooks {
    pub options: Options,
    client: OnceLock<reqwest::Client>,
    /// Organisations in which somebody changed something about webhooks.
    woken: Mutex<HashSet<Id>>,
    called: Notify,
}

impl Hooks {
    pub fn new(options: Options) -> Hooks {
        Hooks { options, ..Hooks::default() }
    }

    /// Has the sender look at an organisation soon.
    pub fn wake(&self, org: Id) {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner).insert(org);
        self.called.notify_one();
    }

    fn take_woken(&self) -> HashSet<Id> {
        std::mem::take(&mut *self.woken.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn client(&self) -> Result<&reqwest::Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = send::client(&self.options)?;
        Ok(self.client.get_or_init(|| client))
    }
}
