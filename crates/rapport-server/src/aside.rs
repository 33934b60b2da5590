//! Reads that may be a little old, from a replica of the database: it is let be for a moment when it is not there, too slow or too
//! far behind, and whoever asked reads the database itself.

use crate::folder::Folder;
use crate::orgs::{OPEN_ORGS_MAX, Orgs};
use rapport_model::{Code, Error, Id, Result};
use rapport_store::Tx;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a replica is not asked again after it failed, and after it did not answer at all.
const REST: Duration = Duration::from_secs(2);
const LONG_REST: Duration = Duration::from_secs(30);

/// How long an answer of it is waited for.
const PATIENCE: Duration = Duration::from_secs(8);

pub struct Aside {
    orgs: Orgs,
    rests_until: Mutex<Option<Instant>>,
}

impl Aside {
    pub fn new(replica: Folder) -> Aside {
        Aside { orgs: Orgs::new(replica, OPEN_ORGS_MAX), rests_until: Mutex::default() }
    }

    /// What the replica says; nothing if it cannot be used now.
    pub async fn read<T: Send + 'static>(&self, org: Id, f: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Option<T> {
        let rests = |until: &mut Option<Instant>| until.is_some_and(|until| Instant::now() < until);
        if rests(&mut self.rests_until.lock().unwrap_or_else(PoisonError::into_inner)) {
            return None;
        }
        let read = async { self.orgs.get(org).await?.read_async(f).await };
        match tokio::time::timeout(PATIENCE, read).await {
            Ok(Ok(answer)) => return Some(answer),
            Ok(Err(error)) => self.rest(REST, &error),
            Err(_) => self.rest(LONG_REST, &Error::new(Code::Busy, "The replica does not answer in time.")),
        }
        None
    }

    fn rest(&self, time: Duration, why: &Error) {
        tracing::warn!(error = %why, "analytics are read from the database itself");
        *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + time);
    }
}
