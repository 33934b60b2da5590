//! What servers on one database tell each other: "something was committed in this organisation", and nothing else. Nothing
//! depends on one arriving: who reads asks the database, and devices pull by their own clock.
//!
//! It is told after the commit, by a thread of its own, many at once. Inside the transactions it would make all organisations
//! wait for each other: PostgreSQL commits those that notify one after the other.

use super::sessions::Sessions;
use crate::store::Touched;
use postgres::Client;
use postgres::fallible_iterator::FallibleIterator;
use rapport_model::Id;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;
use tokio::sync::broadcast::{Sender, WeakSender};

const CHANNEL: &str = "rapport_commits";

/// Commits that follow each other this fast are told at once.
const GATHER: Duration = Duration::from_millis(20);

/// How long a thread waits before it looks whether anybody still needs it.
const LOOK: Duration = Duration::from_secs(1);

/// How long nothing is heard before the connection is asked whether it still lives.
const SILENCE_LOOKS: u32 = 20;

type Ears = Vec<WeakSender<Arc<Touched>>>;

pub(super) struct News {
    sessions: Arc<Sessions>,
    /// This process, whose own word it does not want to hear.
    server: Id,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    ears: HashMap<Id, Ears>,
    /// Organisations in which something was committed that was not told yet.
    untold: HashSet<Id>,
    running: bool,
}

impl News {
    pub(super) fn new(sessions: Arc<Sessions>, server: Id) -> Arc<News> {
        Arc::new(News { sessions, server, state: Mutex::default(), changed: Condvar::new() })
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has a store hear of what other servers commit in an organisation; the first one starts the listening.
    pub(super) fn listen(self: &Arc<News>, org: Id, ear: &Sender<Arc<Touched>>) {
        let mut state = self.state();
        let ears = state.ears.entry(org).or_default();
        ears.retain(|ear| ear.upgrade().is_some());
        ears.push(ear.downgrade());
        if !std::mem::replace(&mut state.running, true) {
            let (hears, tells) = (Arc::downgrade(self), Arc::downgrade(self));
            for (name, work) in [
                ("news-hear", Box::new(move || hear(&hears)) as Box<dyn FnOnce() + Send>),
                ("news-tell", Box::new(move || tell(&tells))),
            ] {
                if let Err(error) = thread::Builder::new().name(name.to_owned()).spawn(work) {
                    tracing::error!(%error, "other servers are not heard");
                }
            }
        }
    }

    /// Something was committed here.
    pub(super) fn committed(&self, org: Id) {
        if self.state().untold.insert(org) {
            self.changed.notify_one();
        }
    }

    /// Passes on that anything may have changed; in one organisation, or in all.
    fn pass_on(&self, org: Option<Id>) {
        let state = self.state();
        let heard = state.ears.iter().filter(|(id, _)| org.is_none_or(|org| org == **id)).flat_map(|(_, ears)| ears);
        for ear in heard.filter_map(WeakSender::upgrade) {
            // Nobody listening is fine.
            let _ = ear.send(Arc::new(Touched::default()));
        }
    }

    /// Waits for something to tell.
    fn take_untold(&self) -> HashSet<Id> {
        let state = self.state();
        let waited = self.changed.wait_timeout_while(state, LOOK, |state| state.untold.is_empty());
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut state.untold)
    }
}

fn tell(news: &Weak<News>) {
    while let Some(news) = news.upgrade() {
        let orgs = news.take_untold();
        if orgs.is_empty() {
            continue;
        }
        if let Err(error) = told(&news, &orgs) {
            tracing::debug!(%error, "other servers will hear later of what was committed");
            news.state().untold.extend(orgs);
            thread::sleep(LOOK);
        } else {
            thread::sleep(GATHER);
        }
    }
}

fn told(news: &News, orgs: &HashSet<Id>) -> Result<(), String> {
    let words: Vec<String> = orgs.iter().map(|org| format!("{} {org}", news.server)).collect();
    let mut session = news.sessions.take().map_err(|error| error.message)?;
    let sql = "SELECT pg_notify($1, word) FROM unnest($2::text[]) AS word";
    match session.client.execute(sql, &[&CHANNEL, &words]) {
        Ok(_) => {
            news.sessions.give_back(session);
            Ok(())
        }
        Err(error) => {
            news.sessions.lost(session);
            Err(error.to_string())
        }
    }
}

fn hear(news: &Weak<News>) {
    while let Some(sessions) = news.upgrade().map(|news| news.sessions.clone()) {
        let ended = sessions.aside().and_then(|client| hear_on(client, news));
        if let Err(error) = ended {
            tracing::debug!(%error, "other servers are not heard at the moment");
            thread::sleep(LOOK);
        }
    }
}

/// Hears until the connection breaks or nobody listens any more.
fn hear_on(mut client: Client, news: &Weak<News>) -> Result<(), postgres::Error> {
    client.batch_execute(&format!("LISTEN {CHANNEL}"))?;
    if let Some(news) = news.upgrade() {
        // What was told while nobody listened.
        news.pass_on(None);
    }
    let mut silent = 0;
    loop {
        let heard = client.notifications().timeout_iter(LOOK).next()?;
        let Some(news) = news.upgrade() else { return Ok(()) };
        silent = if heard.is_some() { 0 } else { silent + 1 };
        if let Some((server, org)) = heard.as_ref().and_then(|heard| heard.payload().split_once(' '))
            && server != news.server.to_string()
        {
            news.pass_on(org.parse().ok());
        }
        if silent >= SILENCE_LOOKS || client.is_closed() {
            silent = 0;
            client.is_valid(LOOK)?;
        }
    }
}
