//! The driver: one task that runs the engine against the store, the transport and the timer.

use crate::compare::Repairs;
use crate::contents;
use crate::engine::{Action, Event, Mode, RETRY_MS_MAX, RETRY_MS_MIN, State, step};
use crate::round;
use crate::seal::key;
use crate::status::{Phase, Status};
use crate::transport::{Marker, Transport};
use rapport_model::{Error, Result, Source};
use rapport_store::{Shelf, Store};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinHandle;

/// Devices that hear a hint at the same moment pull within so long.
const HINT_SPREAD_MS: i64 = 400;

/// Skew that is worth telling.
const SKEW_TOLD_MS: i64 = 2 * 60 * 1000;

/// A running sync task. Dropping it stops the task at its next await; nothing that was acknowledged is lost by that.
pub struct Driver {
    events: mpsc::UnboundedSender<Event>,
    status: watch::Receiver<Status>,
    task: Task,
}

/// A task that ends with its handle.
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Driver {
    /// Starts the task; must be called within a tokio runtime. Without a shelf no file is sent or fetched.
    pub fn start(
        store: Store,
        shelf: Option<Shelf>,
        transport: Arc<dyn Transport>,
        source: Arc<dyn Source>,
        marker: Arc<dyn Marker>,
    ) -> Driver {
        let (events, inbox) = mpsc::unbounded_channel();
        let (publish, status) = watch::channel(Status::default());
        let work = Work { store, shelf, transport, source, marker, publish, facts: Arc::default(), state: State::default() };
        let task = Task(tokio::spawn(work.run(events.clone(), inbox)));
        let driver = Driver { events, status, task };
        driver.send(Event::Started);
        driver
    }

    pub fn status(&self) -> Status {
        self.status.borrow().clone()
    }

    /// Every change of the status.
    pub fn watch(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    pub fn sync_now(&self) {
        self.send(Event::Asked);
    }

    pub fn work_offline(&self, on: bool) {
        self.send(Event::WorkOffline(on));
    }

    pub fn signed_in(&self) {
        self.send(Event::SignedIn);
    }

    /// Ends the task and waits until it is gone.
    pub async fn stop(mut self) {
        self.task.0.abort();
        // That it was cut off is what we asked for.
        let _ = (&mut self.task.0).await;
    }

    fn send(&self, event: Event) {
        // A stopped driver has nothing to do.
        let _ = self.events.send(event);
    }
}

/// What the status is derived from beside the engine's state.
#[derive(Clone, Debug, Default)]
struct Facts {
    done: i64,
    total: i64,
    skew_ms: i64,
    error: Option<Error>,
}

struct Work {
    store: Store,
    shelf: Option<Shelf>,
    transport: Arc<dyn Transport>,
    source: Arc<dyn Source>,
    marker: Arc<dyn Marker>,
    publish: watch::Sender<Status>,
    facts: Arc<Mutex<Facts>>,
    state: State,
}

impl Work {
    async fn run(mut self, events: mpsc::UnboundedSender<Event>, mut inbox: mpsc::UnboundedReceiver<Event>) {
        let mut touched = self.store.subscribe();
        let mut _timer: Option<Task> = None;
        let mut _round: Option<Task> = None;
        let mut _line: Option<Task> = None;
        let mut files: Option<Task> = None;
        loop {
            if self.state.work_offline || self.state.mode == Mode::SignedOut {
                files = None;
            }
            // Who works offline or is signed out does not listen either.
            match (self.state.work_offline || self.state.mode == Mode::SignedOut, _line.is_some()) {
                (true, true) => _line = None,
                (false, false) => _line = Some(Task(self.start_listening(&events))),
                _ => {}
            }
            let event = tokio::select! {
                event = inbox.recv() => match event {
                    Some(event) => event,
                    None => return,
                },
                news = touched.recv() => match news {
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {
                        self.publish_status().await;
                        if !self.has_unsealed().await { continue }
                        Event::Changed
                    }
                    Err(broadcast::error::RecvError::Closed) => return,
                },
            };
            // Files go beside the rounds, so that no edit waits for one.
            let idle = files.as_ref().is_none_or(|task| task.0.is_finished());
            if event == Event::Finished && idle && !self.state.work_offline {
                files = self.start_files();
            }
            let (next, actions) = step(&self.state, &event, self.source.now(), random());
            self.state = next;
            for action in actions {
                match action {
                    Action::Run => _round = Some(Task(self.start_round(&events))),
                    Action::Timer { after_ms } => _timer = Some(Task(start_timer(&events, after_ms))),
                    Action::Publish => self.publish_status().await,
                }
            }
        }
    }

    /// Whether the user's own edits wait; applying a page is no change of hers.
    async fn has_unsealed(&self) -> bool {
        let last = self.store.read_async(|tx| tx.outbox_last()).await;
        last.is_ok_and(|last| last.is_some_and(|w| w.seal.is_none()))
    }

    fn start_round(&self, events: &mpsc::UnboundedSender<Event>) -> JoinHandle<()> {
        let (store, transport, source) = (self.store.clone(), self.transport.clone(), self.source.clone());
        let marker = self.marker.clone();
        let (events, facts, publish) = (events.clone(), self.facts.clone(), self.publish.clone());
        if let Ok(mut facts) = facts.lock() {
            (facts.done, facts.total) = (0, 0);
        }
        tokio::spawn(async move {
            let tell = {
                let facts = facts.clone();
                move |done, total| {
                    if let Ok(mut facts) = facts.lock() {
                        (facts.done, facts.total) = (done, total);
                    }
                    publish.send_modify(|status| (status.done, status.total) = (done, total));
                }
            };
            let result = round::run(&store, transport.as_ref(), source, marker.as_ref(), &tell).await;
            let event = finish(&facts, result);
            // The driver may have been stopped meanwhile.
            let _ = events.send(event);
        })
    }

    /// Sends and fetches files. What fails waits for the round after the next one that ends well.
    fn start_files(&self) -> Option<Task> {
        let (shelf, store) = (self.shelf.clone()?, self.store.clone());
        let (transport, source) = (self.transport.clone(), self.source.clone());
        Some(Task(tokio::spawn(async move {
            if let Err(error) = contents::exchange(&store, &shelf, transport.as_ref(), source.as_ref()).await {
                tracing::info!(code = %error.code, "files wait for the next round");
            }
        })))
    }

    fn start_listening(&self, events: &mpsc::UnboundedSender<Event>) -> JoinHandle<()> {
        let (transport, events) = (self.transport.clone(), events.clone());
        tokio::spawn(async move {
            let mut failures: u32 = 0;
            loop {
                let (heard, mut hints) = mpsc::channel(1);
                let pass_on = async {
                    let mut count = 0;
                    while hints.recv().await.is_some() {
                        count += 1;
                        // So that a whole office does not come at the same moment.
                        tokio::time::sleep(jittered(HINT_SPREAD_MS)).await;
                        let _ = events.send(Event::Hinted);
                    }
                    count
                };
                let (_, count) = tokio::join!(transport.listen(heard), pass_on);
                failures = if count > 0 { 0 } else { failures.saturating_add(1) };
                let _ = events.send(Event::Deaf);
                let wait_ms = RETRY_MS_MIN.saturating_mul(1 << failures.min(8)).min(RETRY_MS_MAX);
                tokio::time::sleep(jittered(wait_ms)).await;
            }
        })
    }

    async fn publish_status(&self) {
        let facts = self.facts.lock().map(|f| f.clone()).unwrap_or_default();
        let read = self
            .store
            .read_async(|tx| {
                let cards = tx.all::<rapport_model::Card>()?;
                let open = cards.iter().filter(|c| c.resolved_at.is_none()).count();
                let repairs = tx.progress::<Repairs>(key::REPAIRS)?.unwrap_or_default();
                Ok((tx.waiting_count()?, open, tx.progress(key::LAST_SUCCESS)?, repairs))
            })
            .await;
        let Ok((waiting, cards, last_success, repairs)) = read else { return };
        let phase = match self.state.mode {
            Mode::Running => Phase::Syncing,
            Mode::SignedOut => Phase::SignInNeeded,
            Mode::Idle | Mode::Waiting if self.state.work_offline || self.state.offline_since.is_some() => Phase::Offline,
            Mode::Idle | Mode::Waiting => Phase::Idle,
        };
        let status = Status {
            phase,
            waiting,
            done: facts.done,
            total: facts.total,
            cards: i64::try_from(cards).unwrap_or(0),
            last_success,
            offline_since: self.state.offline_since,
            error: facts.error.as_ref().map(|e| e.body("")),
            skew_ms: Some(facts.skew_ms).filter(|ms| ms.abs() > SKEW_TOLD_MS),
            work_offline: self.state.work_offline,
            repaired: repairs.customers,
            repaired_at: repairs.last_at,
        };
        self.publish.send_if_modified(|held| {
            let changed = *held != status;
            *held = status;
            changed
        });
    }
}

fn finish(facts: &Mutex<Facts>, result: Result<round::Report>) -> Event {
    let Ok(mut facts) = facts.lock() else { return Event::Finished };
    match result {
        Ok(report) => {
            *facts = Facts { skew_ms: report.skew_ms, ..Facts::default() };
            Event::Finished
        }
        Err(error) => {
            let seconds = error.details.as_ref().and_then(|d| d["retryAfterS"].as_i64());
            let event = Event::Failed { code: error.code, retry_after_ms: seconds.map(|s| s.saturating_mul(1000)) };
            facts.error = Some(error);
            event
        }
    }
}

fn start_timer(events: &mpsc::UnboundedSender<Event>, after_ms: i64) -> JoinHandle<()> {
    let events = events.clone();
    let after = Duration::from_millis(u64::try_from(after_ms).unwrap_or(0));
    tokio::spawn(async move {
        tokio::time::sleep(after).await;
        // The driver may have been stopped meanwhile.
        let _ = events.send(Event::TimerFired);
    })
}

/// Up to so long, by chance.
fn jittered(ms_max: i64) -> Duration {
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "minutes fit")]
    let ms = (ms_max as f64 * random()) as u64;
    Duration::from_millis(ms)
}

/// A random number from 0 up to 1.
fn random() -> f64 {
    let n = getrandom::u32().unwrap_or(u32::MAX / 2);
    f64::from(n) / (f64::from(u32::MAX) + 1.0)
}
