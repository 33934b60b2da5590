//! PostgreSQL: one database for many organisations and several servers.
//!
//! A transaction borrows one of the process' connections. Writes of one organisation wait for each other at its sequence row, on
//! whichever server they run, so that a write sees everything before it, as it does in a file with one writer. Reads have one
//! snapshot. Tables and migrations are the database's, made once; opening an organisation makes nothing.

mod catalogue;
mod fault;
mod life;
mod news;
mod partition;
mod replica;
mod search;
mod sessions;
mod statement;
mod text;
mod tx;
mod value;

use super::{Backend, Connection, How, RawTx};
use crate::memo::Memo;
use crate::migrate::{self, Schema};
use crate::source::System;
use crate::store::Touched;
use fault::{Fault, from_postgres, is_conflict, is_lost, unreachable};
use news::News;
use partition::{Home, Partition, Partitions};
use postgres::SimpleQueryMessage;
use rapport_model::{Column, Error, Id, Result, Source};
use replica::Watch;
pub use sessions::Limits;
use sessions::{Session, Sessions, beginning};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::broadcast::Sender;

/// How long it is tried to find out what became of a commit whose answer was lost.
const DOUBT: Duration = Duration::from_secs(20);
const DOUBT_PAUSE: Duration = Duration::from_millis(200);

/// How often a transaction is made that others are in the way of.
const TRIES: usize = 4;

/// What writers that are gone left in `commits` is removed after this long.
const COMMITS_KEPT_MS: i64 = 24 * 60 * 60 * 1000;

/// A database whose schema is up to date.
#[derive(Clone)]
pub struct Postgres {
    sessions: Arc<Sessions>,
    partitions: Arc<Partitions>,
    /// A replica hears and tells nothing.
    news: Option<Arc<News>>,
    /// Of a replica: how far it is behind.
    watch: Option<Arc<Watch>>,
}

/// One organisation in it, or what belongs to none.
pub struct Place {
    database: Postgres,
    org: Option<Id>,
    home: Home,
}

impl Postgres {
    /// Opens a database by its URL and brings its schema up to date. Blocks.
    pub fn open(url: &str, limits: Limits) -> Result<Postgres> {
        let postgres = Postgres::over(Sessions::new(url, limits, true)?);
        postgres.aside(|db| {
            migrate::migrate(db, Schema::Shared)?;
            db.with(|session, _| life::settle(&mut session.client))
        })?;
        Ok(postgres)
    }

    /// Has every organisation begin a new life: somebody put the database back to an earlier state, and it does not know.
    pub fn restored(&self) -> Result<()> {
        self.aside(|db| {
            db.with(|session, _| {
                life::doubt(&mut session.client)?;
                life::settle(&mut session.client)
            })
        })
    }

    fn over(sessions: Sessions) -> Postgres {
        let sessions = Arc::new(sessions);
        Postgres { news: Some(News::new(sessions.clone(), System.id())), sessions, partitions: Arc::default(), watch: None }
    }

    /// A streaming replica of this database, for reads that may be older than the last write by `lag_max`; a read that would be older
    /// fails. It need not be there yet.
    pub fn replica(&self, url: &str, limits: Limits, lag_max: Duration) -> Result<Postgres> {
        let watch = Watch::start(self.sessions.clone(), lag_max);
        let sessions = Arc::new(Sessions::new(url, limits, false)?);
        Ok(Postgres { sessions, partitions: Arc::default(), news: None, watch: Some(watch) })
    }

    /// Where an organisation's data is.
    pub fn org(&self, org: Id) -> Place {
        Place { database: self.clone(), org: Some(org), home: Home::default() }
    }

    /// Where the directory is.
    pub fn directory(&self) -> Place {
        Place { database: self.clone(), org: None, home: Home::default() }
    }

    /// The organisations that are in it, in order of their ids.
    pub fn org_ids(&self) -> Result<Vec<Id>> {
        self.aside(|db| {
            let mut ids = Vec::new();
            db.query("SELECT org_id FROM sequence ORDER BY org_id", &[], &mut |row| {
                ids.push(Id::from_cell(row.cell(0)?)?);
                Ok(())
            })?;
            Ok(ids)
        })
    }

    pub fn has_org(&self, org: Id) -> Result<bool> {
        self.aside(|db| {
            let mut found = false;
            db.query("SELECT one FROM sequence WHERE org_id = ?1", &[org.to_cell()], &mut |_| {
                found = true;
                Ok(())
            })?;
            Ok(found)
        })
    }

    /// What a database that is distributed by the organisation's id would refuse. Empty = nothing.
    pub fn undistributable(&self) -> Result<Vec<String>> {
        self.aside(catalogue::undistributable)
    }

    /// The client drives its connection by itself, which a thread that drives asynchronous work must not do.
    fn aside<T: Send>(&self, f: impl FnOnce(&mut PgConnection) -> Result<T> + Send) -> Result<T> {
        let mut db = self.directory().open(false);
        let work = move || f(&mut db);
        std::thread::scope(|scope| scope.spawn(work).join()).map_err(|_| Error::internal("a database call panicked"))?
    }
}

impl Place {
    fn open(&self, readonly: bool) -> PgConnection {
        PgConnection {
            sessions: self.database.sessions.clone(),
            watch: self.database.watch.clone(),
            behind: None,
            org: self.org,
            home: self.home.clone(),
            partitions: self.database.partitions.clone(),
            writer: System.id(),
            writes: 0,
            session: None,
            failed: false,
            in_conflict: false,
            recall: readonly.then(Recall::default),
        }
    }
}

impl Backend for Place {
    fn connect(&self, readonly: bool) -> Result<Box<dyn Connection>> {
        Ok(Box::new(self.open(readonly)))
    }

    fn tries(&self) -> usize {
        TRIES
    }

    fn join(&self, ear: &Sender<Arc<Touched>>) -> Option<Arc<dyn Fn() + Send + Sync>> {
        let (org, news) = (self.org?, self.database.news.clone()?);
        news.listen(org, ear);
        Some(Arc::new(move || news.committed(org)))
    }
}

struct PgConnection {
    sessions: Arc<Sessions>,
    watch: Option<Arc<Watch>>,
    /// How far the open snapshot may be behind the primary, on a replica.
    behind: Option<Duration>,
    org: Option<Id>,
    home: Home,
    partitions: Arc<Partitions>,
    /// Whose transactions these are in `commits`, and how many there were.
    writer: Id,
    writes: i64,
    /// Of the open transaction.
    session: Option<Session>,
    /// A statement of the open transaction failed, so nothing of it can be kept.
    failed: bool,
    /// The last transaction was undone because another one was in its way.
    in_conflict: bool,
    /// What a reading connection holds.
    recall: Option<Recall>,
}

/// What was read before holds as long as the same writes of the organisation are seen: each leaves its number in `commits`.
#[derive(Default)]
struct Recall {
    memo: Memo,
    of: Option<String>,
}

const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// The directory and the schema have no row to wait at; the number is any that nobody else uses.
const LOCK: &str = "SELECT pg_advisory_xact_lock(126014837)";

impl PgConnection {
    fn begin_text(&self, write: bool, partition: Option<&Partition>) -> String {
        let execute = |name: &str| format!("EXECUTE {}", beginning(name, partition));
        let hex = |id: Id| id.as_bytes().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let org = match self.org {
            Some(org) if write => org,
            Some(org) => return format!("{READ}; {} ('\\x{}')", execute("seen"), hex(org)),
            None => return if write { format!("BEGIN; {LOCK}") } else { READ.to_owned() },
        };
        let (org, writer, n, now) = (hex(org), hex(self.writer), self.writes, System.now().0);
        let old = now - COMMITS_KEPT_MS;
        let tidy = if n == 1 { format!("; DELETE FROM commits WHERE org_id = '\\x{org}' AND at < {old}") } else { String::new() };
        let (lock, note) = (execute("lock"), execute("note"));
        format!("BEGIN; {lock} ('\\x{org}'); {note} ('\\x{org}', '\\x{writer}', {n}, {now}){tidy}")
    }

    /// Sends the beginning of a transaction. Connections that broke while they were idle are replaced: nothing is lost with them.
    fn begun(&mut self, write: bool) -> Result<(Session, Vec<SimpleQueryMessage>)> {
        let partition = self.home.get().and_then(Option::as_ref).cloned();
        let text = self.begin_text(write, partition.as_deref());
        for last in [false, true] {
            let mut session = self.sessions.take_for(partition.as_ref())?;
            // Before the snapshot, which therefore has at least what had been replayed then.
            let replayed = match &self.watch {
                Some(_) => session.client.simple_query(replica::REPLAYED).map(Some),
                None => Ok(None),
            };
            match replayed.and_then(|replayed| Ok((replayed, session.begin(&text)?))) {
                Ok((replayed, answer)) => return self.judged(session, replayed).map(|session| (session, answer)),
                Err(error) if is_lost(&error) || session.client.is_closed() => {
                    self.sessions.lost(session);
                    if last {
                        return Err(unreachable());
                    }
                }
                Err(error) => {
                    self.in_conflict = is_conflict(&error);
                    self.undo(session);
                    return Err(from_postgres(&error));
                }
            }
        }
        Err(unreachable())
    }

    /// Lets go of a replica's snapshot that is too old.
    fn judged(&mut self, session: Session, replayed: Option<Vec<SimpleQueryMessage>>) -> Result<Session> {
        let (Some(watch), Some(replayed)) = (&self.watch, replayed) else { return Ok(session) };
        match watch.behind(&replayed) {
            Ok(behind) => {
                self.behind = Some(behind);
                Ok(session)
            }
            Err(error) => {
                self.undo(session);
                Err(error)
            }
        }
    }

    /// Finds out for the next transaction where the organisation's rows are.
    fn find_home(&mut self) -> Result<()> {
        let (home, partitions) = (self.home.clone(), self.partitions.clone());
        match self.org {
            Some(org) if home.get().is_none() => self.with(|session, _| partitions.find(&mut session.client, org, &home)),
            _ => Ok(()),
        }
    }

    fn undo(&self, mut session: Session) {
        match session.client.simple_query("ROLLBACK") {
            Ok(_) => self.sessions.give_back(session),
            Err(_) => self.sessions.lost(session),
        }
    }

    /// Whether the last transaction of this writer took place, although its answer was lost.
    fn took_place(&self) -> Result<bool> {
        let Some(org) = self.org else { return Err(unreachable()) };
        let until = Instant::now() + DOUBT;
        let sql = "SELECT n FROM commits WHERE org_id = $1 AND writer = $2";
        loop {
            if let Ok(mut session) = self.sessions.take() {
                // The transaction may still be on its way: whoever gets the row's lock comes after it.
                let org = &org.as_bytes()[..];
                let lock = "SELECT one FROM sequence WHERE org_id = $1 AND one = 1 FOR UPDATE";
                let locked = session.client.query(lock, &[&org]);
                let asked = locked.and_then(|_| session.client.query_opt(sql, &[&org, &&self.writer.as_bytes()[..]]));
                match asked {
                    Ok(row) => {
                        let n = row.map(|row| row.get::<_, i64>(0));
                        self.sessions.give_back(session);
                        return Ok(n == Some(self.writes));
                    }
                    Err(_) => self.sessions.lost(session),
                }
            }
            if Instant::now() > until {
                return Err(unreachable());
            }
            std::thread::sleep(DOUBT_PAUSE);
        }
    }

    /// Works with the transaction's connection, or outside of one with any.
    fn with<T>(&mut self, f: impl FnOnce(&mut Session, Option<Id>) -> std::result::Result<T, Fault>) -> Result<T> {
        let (mut session, is_own) = match self.session.take() {
            Some(session) => (session, true),
            None => (self.sessions.take()?, false),
        };
        let done = f(&mut session, self.org);
        if is_own {
            self.session = Some(session);
        } else {
            self.sessions.give_back(session);
        }
        done.map_err(|fault| match fault {
            Fault::Database(error) => {
                self.failed = true;
                self.in_conflict |= is_conflict(&error);
                from_postgres(&error)
            }
            Fault::Own(error) => error,
        })
    }
}

impl Connection for PgConnection {
    fn begin(&mut self, how: How) -> Result<()> {
        let write = how.writes();
        (self.failed, self.in_conflict) = (false, false);
        self.writes += i64::from(write);
        let (session, answer) = self.begun(write)?;
        if let Some(recall) = &mut self.recall {
            let of = answer.iter().find_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            });
            if of.is_none() || recall.of != of {
                recall.memo.forget();
                recall.of = of;
            }
        }
        self.session = Some(session);
        self.find_home().inspect_err(|_| self.rollback())
    }

    fn ends_far_away(&self) -> bool {
        true
    }

    fn commit(&mut self) -> Result<()> {
        let Some(mut session) = self.session.take() else { return Err(Error::internal("there is no transaction to end")) };
        if self.failed {
            // The database would answer a commit by undoing everything, as if nothing were wrong.
            self.undo(session);
            return Err(Error::internal("a statement of this transaction failed, so it cannot be committed"));
        }
        match session.client.simple_query("COMMIT") {
            Ok(_) => {
                self.sessions.give_back(session);
                Ok(())
            }
            Err(error) if self.recall.is_none() && (is_lost(&error) || session.client.is_closed()) => {
                self.sessions.lost(session);
                if self.took_place()? { Ok(()) } else { Err(unreachable()) }
            }
            Err(error) => {
                self.in_conflict = is_conflict(&error);
                self.undo(session);
                Err(from_postgres(&error))
            }
        }
    }

    fn is_in_conflict(&self) -> bool {
        self.in_conflict
    }

    fn rollback(&mut self) {
        if let Some(session) = self.session.take() {
            self.undo(session);
        }
    }

    fn tx(&mut self) -> &mut dyn RawTx {
        self
    }

    fn tidy(&mut self) -> Result<bool> {
        Ok(false)
    }
}

impl Drop for PgConnection {
    fn drop(&mut self) {
        self.rollback();
    }
}
