//! A disk that fails on demand: the real database file behind a backend that refuses commits, or dies before or after one.

use rapport_model::{Code, Error, Result};
use rapport_store::Sqlite;
use rapport_store::backend::{Backend, Connection, How, RawTx};
use std::sync::{Arc, Mutex, PoisonError};

/// What befalls a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mishap {
    /// The disk is full: the commit fails, the process lives.
    Full,
    /// The disk reports an error: the commit fails, the process lives.
    Broken,
    /// The process dies before the commit.
    DiesBefore,
    /// The process dies after the commit, before anybody hears of it.
    DiesAfter,
}

#[derive(Default)]
struct Plan {
    /// Commits until it happens.
    armed: Option<(u32, Mishap)>,
    dead: bool,
    happened: Vec<Mishap>,
}

/// The plan of one end's disk; shared with the connections of its store.
#[derive(Clone, Default)]
pub struct Fate(Arc<Mutex<Plan>>);

impl Fate {
    fn plan(&self) -> std::sync::MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn arm(&self, commits: u32, mishap: Mishap) {
        self.plan().armed = Some((commits, mishap));
    }

    pub fn heal(&self) {
        self.plan().armed = None;
    }

    /// Whether the process is dead; asking after a restart begins with `revive`.
    pub fn is_dead(&self) -> bool {
        self.plan().dead
    }

    pub fn revive(&self) {
        let mut plan = self.plan();
        plan.dead = false;
        plan.armed = None;
    }

    /// What happened since this was asked last.
    pub fn take_happened(&self) -> Vec<Mishap> {
        std::mem::take(&mut self.plan().happened)
    }

    /// What befalls the commit that is due now.
    fn pass(&self) -> Option<Mishap> {
        let mut plan = self.plan();
        let (left, mishap) = plan.armed?;
        if left > 0 {
            plan.armed = Some((left - 1, mishap));
            return None;
        }
        plan.armed = None;
        plan.dead = matches!(mishap, Mishap::DiesBefore | Mishap::DiesAfter);
        plan.happened.push(mishap);
        Some(mishap)
    }
}

/// The file and its fate.
pub struct Disk {
    pub file: Sqlite,
    pub fate: Fate,
}

impl Backend for Disk {
    fn connect(&self, readonly: bool) -> Result<Box<dyn Connection>> {
        let inner = self.file.connect(readonly)?;
        Ok(Box::new(Fragile { inner, fate: self.fate.clone(), writes: false }))
    }
}

struct Fragile {
    inner: Box<dyn Connection>,
    fate: Fate,
    writes: bool,
}

fn died() -> Error {
    Error::internal("the process has died")
}

impl Connection for Fragile {
    fn begin(&mut self, how: How) -> Result<()> {
        if self.fate.is_dead() {
            return Err(died());
        }
        self.writes = how.writes();
        self.inner.begin(how)
    }

    fn commit(&mut self) -> Result<()> {
        let mishap = if self.writes { self.fate.pass() } else { None };
        match mishap {
            None => self.inner.commit(),
            Some(Mishap::Full) => Err(Error::new(Code::DiskFull, "The disk is full.")),
            Some(Mishap::Broken) => Err(Error::internal("the disk reported an error")),
            Some(Mishap::DiesBefore) => Err(died()),
            Some(Mishap::DiesAfter) => {
                self.inner.commit()?;
                Err(died())
            }
        }
    }

    fn rollback(&mut self) {
        self.inner.rollback();
    }

    fn tx(&mut self) -> &mut dyn RawTx {
        self.inner.tx()
    }

    fn tidy(&mut self) -> Result<bool> {
        Ok(false)
    }
}
