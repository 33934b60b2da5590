//! An open session: the store, who acts, the tokens and the driver.

use super::enter::Opened;
use super::sample::SAMPLE;
use super::{Client, Inner, identity, reminders};
use crate::auth::Heard;
use crate::event::Event;
use crate::profile::{Lock, Profile};
use crate::tokens::Keeper;
use crate::vault::Vault;
use rapport_model::release::Release;
use rapport_model::{Actor, Code, Error, Kind, Org, Result, Source, User};
use rapport_ops::Ctx;
use rapport_store::{Shelf, Store, Touched, Tx};
use rapport_sync::{Driver, HttpTransport, Status};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;

pub(super) struct Ready {
    pub profile: Profile,
    pub store: Store,
    /// The contents of attachments that lie here.
    pub shelf: Shelf,
    pub vault: Vault,
    /// Shared with the session that follows it in the same profile.
    pub lock: Arc<Lock>,
    /// `None` = on this device alone.
    pub remote: Option<Reach>,
    pub driver: Mutex<Option<Driver>>,
    pub tasks: Mutex<Vec<JoinHandle<()>>>,
    who: RwLock<Who>,
}

/// The way to the server.
pub(super) struct Reach {
    pub keeper: Arc<Keeper>,
    pub transport: Arc<HttpTransport>,
    pub heard: Heard,
}

#[derive(Clone)]
pub(super) struct Who {
    pub org: Org,
    pub user: User,
    /// A made-up company to look around in.
    pub sample: bool,
}

impl Who {
    /// The signed-in user and the company, from the store: so the session knows them without a network.
    pub fn read(tx: &mut Tx<'_>, profile: &Profile) -> Result<Who> {
        let sample = tx.progress::<bool>(SAMPLE)?.unwrap_or_default();
        Ok(Who { org: tx.get_as::<Org>(profile.org)?, user: tx.get_as::<User>(profile.user)?, sample })
    }
}

impl Ready {
    pub fn new(opened: Opened, shelf: Shelf, remote: Option<Reach>, driver: Option<Driver>, who: Who) -> Ready {
        let Opened { profile, lock, vault, store } = opened;
        let (driver, who) = (Mutex::new(driver), RwLock::new(who));
        Ready { profile, store, shelf, vault, lock, remote, driver, tasks: Mutex::default(), who }
    }

    pub fn who(&self) -> Who {
        self.who.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn actor(&self) -> Actor {
        let who = self.who.read().unwrap_or_else(PoisonError::into_inner);
        Actor { user: who.user.meta.id, role: who.user.role, device: self.profile.device_id }
    }

    pub fn context(&self, client: &Client) -> Ctx {
        Ctx { store: self.store.clone(), actor: self.actor(), source: client.inner.options.source.clone() }
    }

    /// `session.status` of an open session.
    pub fn status(&self) -> Value {
        let who = self.who();
        json!({
            "state": "ready",
            "user": who.user,
            "org": who.org,
            "server": self.profile.server,
            "deviceCode": self.profile.device_code,
            "sample": who.sample,
            "newerApp": self.newer_app().map(|version| version.to_string()),
        })
    }

    fn newer_app(&self) -> Option<Release> {
        self.remote.as_ref().and_then(|reach| reach.heard.newer())
    }

    pub fn is_sample(&self) -> bool {
        self.who.read().unwrap_or_else(PoisonError::into_inner).sample
    }

    /// Ends the background work. Calls that still run keep the store until they are done.
    pub async fn stop(&self) {
        let driver = self.driver.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(driver) = driver {
            driver.stop().await;
        }
        for task in self.tasks.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            task.abort();
        }
    }

    fn keep_task(&self, task: JoinHandle<()>) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task);
    }

    /// Starts passing on what the store and the driver tell. The tasks hold nothing that keeps a session open.
    pub fn listen(self: &Arc<Ready>, client: &Client) {
        if client.inner.options.drive {
            self.keep_task(tokio::spawn(prepare_search(self.store.clone(), client.inner.options.source.clone())));
        }
        if client.inner.options.drive && client.inner.options.teller.is_some() {
            self.keep_task(tokio::spawn(reminders::go_on(Arc::downgrade(self), Arc::downgrade(&client.inner))));
        }
        let (ready, client) = (Arc::downgrade(self), Arc::downgrade(&client.inner));
        self.keep_task(tokio::spawn(pass_on_touched(ready.clone(), client.clone(), self.store.subscribe())));
        let watch = {
            let driver = self.driver.lock().unwrap_or_else(PoisonError::into_inner);
            driver.as_ref().map(Driver::watch)
        };
        if let Some(watch) = watch {
            self.keep_task(tokio::spawn(pass_on_status(ready, client, watch)));
        }
    }

    /// The role or the name of whoever is signed in may have changed on the server.
    async fn refresh_who(&self) -> bool {
        let profile = self.profile.clone();
        let Ok(now) = self.store.read_async(move |tx| Who::read(tx, &profile)).await else { return false };
        let mut who = self.who.write().unwrap_or_else(PoisonError::into_inner);
        let changed = who.user != now.user || who.org != now.org;
        *who = now;
        changed
    }
}

/// Until the first screen is drawn, the machine is left to it; who searches earlier has the names learnt at once.
const PREPARE_AFTER: Duration = Duration::from_secs(3);

/// Learns the names, and brings the search text of an older version up to date, before anybody asks. Small steps: edits of the
/// user come in between.
async fn prepare_search(store: Store, source: Arc<dyn Source>) {
    tokio::time::sleep(PREPARE_AFTER).await;
    let learning = store.clone();
    let learnt = crate::tokens::blocking(move || learning.learn_names()).await;
    if let Err(error) = learnt {
        tracing::warn!(%error, "the names were not learnt; the next search tries again");
    }
    let mut after = None;
    while let Ok(true) = store.read_async(|tx| tx.search_is_old()).await {
        let now = source.now();
        match store.write_async(move |tx| tx.search_again(after, now)).await {
            Ok(next) => after = next,
            Err(error) => {
                tracing::warn!(%error, "the search text was not brought up to date; the next start goes on");
                return;
            }
        }
    }
}

async fn pass_on_status(ready: Weak<Ready>, client: Weak<Inner>, mut watch: watch::Receiver<Status>) {
    let mut newer = None;
    while watch.changed().await.is_ok() {
        let revoked = watch.borrow().error.as_ref().is_some_and(|error| error.code == Code::DeviceRevoked.text());
        let (Some(ready), Some(inner)) = (ready.upgrade(), client.upgrade()) else { return };
        let client = Client { inner };
        client.say(Event::Sync);
        let told = ready.newer_app();
        drop(ready);
        if std::mem::replace(&mut newer, told) != told {
            client.say(Event::Session);
        }
        if revoked {
            // On a task of its own: wiping ends this one.
            tokio::spawn(async move { client.heed(&Error::new(Code::DeviceRevoked, "")).await });
            return;
        }
    }
}

async fn pass_on_touched(ready: Weak<Ready>, client: Weak<Inner>, mut news: broadcast::Receiver<Arc<Touched>>) {
    loop {
        let (event, people, numbers) = match news.recv().await {
            Ok(touched) => {
                let any = |kinds: &[Kind]| touched.0.is_empty() || kinds.iter().any(|kind| touched.0.contains_key(kind));
                (Event::of(&touched), any(&[Kind::Users, Kind::Orgs]), any(&[Kind::Quotes, Kind::Orders]))
            }
            Err(RecvError::Lagged(_)) => (Event::everything(), true, true),
            Err(RecvError::Closed) => return,
        };
        let (Some(ready), Some(inner)) = (ready.upgrade(), client.upgrade()) else { return };
        let client = Client { inner };
        if numbers && identity::note_numbers(&ready.vault, &ready.store).await.is_err() {
            tracing::warn!("the numbers that were given could not be noted");
        }
        if people && ready.refresh_who().await {
            client.say(Event::Session);
        }
        client.say(event);
    }
}

impl Drop for Ready {
    fn drop(&mut self) {
        for task in self.tasks.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            task.abort();
        }
    }
}
