//! The sender: looks who has something to be told, keeps one request to each receiver under way and a bounded number in all.

use super::lease::Lease;
use super::send::{Ready, letter, send};
use crate::office::Office;
use rapport_model::{Id, Millis, Result, Source};
use rapport_ops::accept::Context;
use rapport_ops::jobs;
use rapport_ops::webhooks::{self, Look};
use rapport_store::webhooks::{Delivery, State};
use rapport_store::{Store, Tx};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Requests under way at once.
const SENDING_MAX: usize = 32;

/// An organisation whose file is closed is looked at again after this, if somebody listens there.
const LATER_MS: i64 = 60_000;

/// How long requests that are under way may take when the server stops. What was not noted is sent again after the next start.
const GRACE: Duration = Duration::from_secs(3);

/// New organisations are found after this.
const IDS_EVERY: Duration = Duration::from_secs(10);

/// One request under way.
struct Lane {
    org: Id,
    webhook: Id,
    host: String,
}

/// Something that could be sent.
struct Due {
    org: Id,
    delivery: Delivery,
    url: String,
}

struct Sender {
    office: Arc<Office>,
    lanes: HashMap<tokio::task::Id, Lane>,
    running: JoinSet<()>,
    /// When each organisation is looked at next.
    next: HashMap<Id, Millis>,
    looked: HashMap<Id, Instant>,
    /// Organisations in which somebody listens.
    listening: HashSet<Id>,
    /// Organisations with something that waits for a receiver to be free.
    blocked: HashSet<Id>,
    /// When each webhook had its last turn.
    served: HashMap<Id, Instant>,
    depth: HashMap<Id, i64>,
}

/// Sends until it is told to stop. On files it alone sends: the lock of the folder says so. On a database that servers share, each
/// attempt holds a lease of its receiver.
pub async fn run(office: Arc<Office>, mut stop: watch::Receiver<bool>) {
    let tick = office.hooks.options.tick;
    let mut sender = Sender::new(office.clone());
    let (mut ids, mut read): (Vec<Id>, Option<Instant>) = (Vec::new(), None);
    while !*stop.borrow() {
        if read.is_none_or(|at| at.elapsed() >= IDS_EVERY) {
            ids = office.orgs.ids().await.unwrap_or_default();
            read = Some(Instant::now());
        }
        sender.turn(&ids).await;
        tokio::select! {
            changed = stop.changed() => if changed.is_err() { break },
            Some(ended) = sender.running.join_next_with_id() => {
                sender.ended(&ended.map_or_else(|error| error.id(), |(id, ())| id));
            }
            () = office.hooks.called.notified() => {}
            () = tokio::time::sleep(tick) => {}
        }
    }
    let rest = async { while sender.running.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, rest).await.is_err() {
        sender.running.shutdown().await;
    }
}

impl Sender {
    fn new(office: Arc<Office>) -> Sender {
        Sender {
            office,
            lanes: HashMap::new(),
            running: JoinSet::new(),
            next: HashMap::new(),
            looked: HashMap::new(),
            listening: HashSet::new(),
            blocked: HashSet::new(),
            served: HashMap::new(),
            depth: HashMap::new(),
        }
    }

    /// Looks at every organisation whose time has come and begins what can be sent; who waited longest comes first.
    async fn turn(&mut self, ids: &[Id]) {
        let woken = self.office.hooks.take_woken();
        let mut due = Vec::new();
        for org in ids {
            if woken.contains(org) || self.is_due(*org) {
                due.append(&mut self.look_at(*org).await);
            }
        }
        due.sort_by_key(|one| self.served.get(&one.delivery.webhook_id).copied());
        due.into_iter().for_each(|one| self.begin(one));
    }

    fn is_due(&self, org: Id) -> bool {
        if self.next.get(&org).is_none_or(|at| *at <= self.office.now()) {
            return true;
        }
        let rested = self.looked.get(&org).is_none_or(|at| at.elapsed() >= self.office.hooks.options.tick);
        rested && self.listening.contains(&org) && self.office.orgs.is_open(org)
    }

    async fn look_at(&mut self, org: Id) -> Vec<Due> {
        let now = self.office.now();
        self.looked.insert(org, Instant::now());
        let looked = match look(&self.office, org).await {
            Ok(looked) => looked,
            Err(error) => {
                tracing::warn!(%org, code = %error.code, "the webhooks of an organisation could not be looked after");
                self.next.insert(org, Millis(now.0 + LATER_MS));
                return Vec::new();
            }
        };
        self.depth.insert(org, looked.depth);
        self.office.metrics.webhooks_waiting(self.depth.values().sum());
        if looked.listening {
            self.listening.insert(org)
        } else {
            self.listening.remove(&org)
        };
        // Where servers share the data, somebody may begin to listen without this one being called.
        let may_begin = looked.listening || self.office.orgs.folder().is_shared();
        let later = if may_begin { now.0 + LATER_MS } else { i64::MAX };
        self.next.insert(org, Millis(looked.next_at.map_or(later, |at| at.0.min(later))));
        looked.due.into_iter().map(|(delivery, url)| Due { org, delivery, url }).collect()
    }

    /// Sends one, unless the same receiver is being told something, or too many are.
    fn begin(&mut self, due: Due) {
        let (org, host, webhook) = (due.org, host(&due.url), due.delivery.webhook_id);
        let is_busy = self.lanes.values().any(|lane| lane.host == host || lane.webhook == webhook);
        if is_busy || self.running.len() >= SENDING_MAX {
            self.blocked.insert(org);
            return;
        }
        let office = self.office.clone();
        let begun = self.running.spawn(async move {
            if let Err(error) = deliver(&office, org, due.delivery.id).await {
                tracing::warn!(%org, %webhook, code = %error.code, "a webhook could not be sent");
                // So that a fault of ours does not turn in circles.
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        self.served.insert(webhook, Instant::now());
        self.lanes.insert(begun.id(), Lane { org, webhook, host });
    }

    /// A receiver is free again: for the same organisation, or for one that waits.
    fn ended(&mut self, id: &tokio::task::Id) {
        let ended = self.lanes.remove(id).map(|lane| lane.org);
        for org in std::mem::take(&mut self.blocked).into_iter().chain(ended) {
            self.next.insert(org, Millis(0));
        }
    }
}

/// Name and port: what one receiver is.
fn host(url: &str) -> String {
    let url = reqwest::Url::parse(url).ok();
    url.map(|url| format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default()))
        .unwrap_or_default()
}

async fn look(office: &Office, org: Id) -> Result<Look> {
    let store = office.orgs.get(org).await?;
    let now = office.now();
    let looked = store.read_async(move |tx| webhooks::look(tx, now)).await?;
    if !looked.behind {
        return Ok(looked);
    }
    write(&store, &office.source, webhooks::fan_out).await?;
    store.read_async(move |tx| webhooks::look(tx, now)).await
}

async fn write<T: Send + 'static>(
    store: &Store,
    source: &Arc<dyn Source>,
    f: impl FnOnce(&mut Tx<'_>, &Context<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    let clock = source.clone();
    store.write_async(move |tx| f(tx, &Context { actor: jobs::actor(), now: clock.now(), source: &*clock })).await
}

/// One attempt, from reading the record to noting what came of it.
async fn deliver(office: &Office, org: Id, delivery: Id) -> Result<()> {
    let store = office.orgs.get(org).await?;
    let now = office.now();
    let lease = Lease::of(office, now);
    let ready = match lease {
        None => store.read_async(move |tx| letter(tx, org, delivery, now)).await?,
        Some(lease) => store.write_async(move |tx| lease.letter(tx, org, delivery, now)).await?,
    };
    let letter = match ready {
        Ready::Send(letter) => letter,
        Ready::Drop(why) => {
            let drop = move |tx: &mut Tx<'_>, _: &Context<'_>| {
                lease.map_or(Ok(()), |lease| lease.free(tx, delivery))?;
                webhooks::drop_it(tx, delivery, why)
            };
            return write(&store, &office.source, drop).await;
        }
        Ready::Over => return Ok(()),
        Ready::Elsewhere => {
            tokio::time::sleep(office.hooks.options.tick).await;
            return Ok(());
        }
    };
    let attempt = send(&office.hooks, &*office.source, *letter).await;
    let backoff_ms = office.hooks.options.backoff_ms.clone();
    let settle = move |tx: &mut Tx<'_>, at: &Context<'_>| {
        lease.map_or(Ok(()), |lease| lease.free(tx, delivery))?;
        webhooks::settle(tx, at, delivery, &attempt, &backoff_ms)
    };
    let state = write(&store, &office.source, settle).await?;
    if let Some(state) = state {
        office.metrics.webhook_tried(if state == State::Retrying { "retry" } else { state.text() });
    }
    Ok(())
}
