//! A streaming replica: how far it is behind its primary.
//!
//! Clocks of two machines are not compared. This process asks the primary again and again how long its log is, and notes when it
//! asked; a replica that has replayed so much holds everything that was committed before that moment.

use super::sessions::Sessions;
use postgres::SimpleQueryMessage;
use rapport_model::{Code, Error, Result};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// How often the primary is asked.
const PAUSE: Duration = Duration::from_millis(250);

/// Marks that are kept; those that are older than any limit make room.
const MARKS_MAX: usize = 4096;

/// How much a replica has replayed, and whose replica it is.
pub(super) const REPLAYED: &str = "SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint, system_identifier \
                                   FROM pg_control_system() WHERE pg_is_in_recovery()";

const WRITTEN: &str = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint, system_identifier FROM pg_control_system()";

pub(super) struct Watch {
    primary: Arc<Sessions>,
    lag_max: Duration,
    marks: Mutex<Marks>,
}

#[derive(Default)]
struct Marks {
    /// Bytes of the primary's log, and when they were certainly not more than that; oldest first.
    written: VecDeque<(i64, Instant)>,
    system: String,
}

impl Watch {
    /// Asks the primary from now on, until the watch is dropped.
    pub(super) fn start(primary: Arc<Sessions>, lag_max: Duration) -> Arc<Watch> {
        let watch = Arc::new(Watch { primary, lag_max, marks: Mutex::default() });
        let held = Arc::downgrade(&watch);
        let asking = thread::Builder::new().name("replica-watch".to_owned()).spawn(move || ask(&held));
        if let Err(error) = asking {
            tracing::error!(%error, "how far the replica is behind is not known, so it is not used");
        }
        watch
    }

    fn marks(&self) -> std::sync::MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mark(&self) -> Result<()> {
        let mut session = self.primary.take()?;
        let now = Instant::now();
        let told = match session.client.simple_query(WRITTEN) {
            Ok(told) => told,
            Err(error) => {
                self.primary.lost(session);
                return Err(super::from_postgres(&error));
            }
        };
        self.primary.give_back(session);
        let Some((written, system)) = read(&told) else { return Err(Error::internal("the primary tells no length of its log")) };
        let mut marks = self.marks();
        if marks.system != system || marks.written.back().is_some_and(|(last, _)| *last > written) {
            // Another database, or another life of this one.
            marks.written.clear();
            marks.system = system;
        }
        let too_old = |mark: &(i64, Instant)| now.duration_since(mark.1) > self.lag_max + PAUSE;
        while marks.written.len() >= MARKS_MAX || marks.written.front().is_some_and(too_old) {
            marks.written.pop_front();
        }
        marks.written.push_back((written, now));
        Ok(())
    }

    /// How old what a replica has replayed may be; fails if that is too much or unknown.
    pub(super) fn behind(&self, replayed: &[SimpleQueryMessage]) -> Result<Duration> {
        let Some((replayed, system)) = read(replayed) else {
            return Err(Error::new(Code::Busy, "What was named as a replica is none."));
        };
        let marks = self.marks();
        if system != marks.system {
            return Err(Error::new(Code::Busy, "What was named as a replica is not one of this database."));
        }
        let mark = marks.written.iter().rev().find(|(written, _)| *written <= replayed);
        let behind = mark.map(|(_, at)| at.elapsed()).filter(|behind| *behind <= self.lag_max);
        behind.ok_or_else(|| Error::new(Code::Busy, "The replica is too far behind."))
    }
}

/// Bytes of a log, and the database whose it is.
fn read(told: &[SimpleQueryMessage]) -> Option<(i64, String)> {
    told.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some((row.get(0)?.parse().ok()?, row.get(1)?.to_owned())),
        _ => None,
    })
}

fn ask(watch: &Weak<Watch>) {
    while let Some(watch) = watch.upgrade() {
        if let Err(error) = watch.mark() {
            tracing::debug!(%error, "the primary does not tell how long its log is");
        }
        drop(watch);
        thread::sleep(PAUSE);
    }
}
