//! The connections to the database that all organisations of this process share: bounded, opened when needed, thrown away when
//! broken. One serves one transaction at a time.

use super::fault::{from_postgres, unreachable};
use super::text;
use postgres::{Client, Config, NoTls, SimpleQueryMessage, Statement};
use rapport_model::{Code, Error, Result};
use std::collections::HashMap;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many there are and how long anything may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections of this process.
    pub connections_max: usize,
    /// How long a transaction waits for one.
    pub wait: Duration,
    pub statement: Duration,
    pub idle_in_transaction: Duration,
    /// How long a write waits for another one of its organisation.
    pub lock: Duration,
    /// Into how many partitions the tables are divided when they are made; 0 = undivided.
    pub partitions: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections_max: 32,
            wait: Duration::from_secs(10),
            statement: Duration::from_secs(60),
            idle_in_transaction: Duration::from_secs(60),
            lock: Duration::from_secs(20),
            partitions: 16,
        }
    }
}

/// Statements that a connection keeps prepared; when there are more, all make room.
const STATEMENTS_MAX: usize = 512;

pub(super) struct Session {
    pub client: Client,
    /// By their portable text; and whether the organisation's id stands behind their own parameters.
    prepared: HashMap<String, (Statement, bool)>,
    /// Whether it knows the statements that begin a transaction.
    begins: bool,
}

/// What begins a transaction, planned once for a connection: what was committed in an organisation, its lock, the number of a write.
const BEGINNINGS: &str = "\
    PREPARE rapport_seen (bytea) AS \
        SELECT string_agg(writer::text || n::text, ' ' ORDER BY writer) FROM commits WHERE org_id = $1; \
    PREPARE rapport_lock (bytea) AS SELECT one FROM sequence WHERE org_id = $1 AND one = 1 FOR UPDATE; \
    PREPARE rapport_note (bytea, bytea, bigint, bigint) AS \
        INSERT INTO commits (org_id, writer, n, at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (org_id, writer) DO UPDATE SET n = excluded.n, at = excluded.at";

impl Session {
    /// Begins a transaction by a text that may name what is in `BEGINNINGS`.
    pub(super) fn begin(&mut self, text: &str) -> std::result::Result<Vec<SimpleQueryMessage>, postgres::Error> {
        if !self.begins && text.contains("EXECUTE ") {
            self.client.batch_execute(BEGINNINGS)?;
            self.begins = true;
        }
        self.client.simple_query(text)
    }

    /// The prepared form of a statement with so many parameters of its own.
    pub(super) fn prepared(&mut self, sql: &str, own: usize) -> std::result::Result<(Statement, bool), postgres::Error> {
        if let Some((statement, shared)) = self.prepared.get(sql) {
            return Ok((statement.clone(), *shared));
        }
        if self.prepared.len() >= STATEMENTS_MAX {
            self.prepared.clear();
        }
        let (text, shared) = text::expand(sql, own);
        let statement = self.client.prepare(&text)?;
        self.prepared.insert(sql.to_owned(), (statement.clone(), shared));
        Ok((statement, shared))
    }
}

#[derive(Default)]
struct State {
    idle: Vec<Session>,
    open: usize,
}

pub(super) struct Sessions {
    config: Config,
    pub limits: Limits,
    state: Mutex<State>,
    freed: Condvar,
}

impl Sessions {
    pub(super) fn new(url: &str, limits: Limits) -> Result<Sessions> {
        let mut config: Config = url.parse().map_err(|error| {
            Error::field(Code::InvalidValue, "database", format!("This is no address of a PostgreSQL database: {error}."))
        })?;
        let ms = |name: &str, limit: Duration| format!(" -c {name}={}", limit.as_millis());
        let options = [
            config.get_options().unwrap_or_default().to_owned(),
            ms("statement_timeout", limits.statement),
            ms("idle_in_transaction_session_timeout", limits.idle_in_transaction),
            ms("lock_timeout", limits.lock),
            // A plan for the values at hand only finds out which partition they are in, again and again.
            " -c plan_cache_mode=force_generic_plan".to_owned(),
        ];
        config.options(options.concat().trim()).application_name("rapport-server").connect_timeout(Duration::from_secs(5));
        // A machine that is gone without a word is noticed.
        config.keepalives_idle(Duration::from_secs(30)).tcp_user_timeout(Duration::from_secs(30));
        Ok(Sessions { config, limits, state: Mutex::default(), freed: Condvar::new() })
    }

    /// One for a transaction; waits for a while if all are in use.
    pub(super) fn take(&self) -> Result<Session> {
        let until = Instant::now() + self.limits.wait;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(session) = state.idle.pop() {
                if !session.client.is_closed() {
                    return Ok(session);
                }
                state.open -= 1;
                continue;
            }
            if state.open < self.limits.connections_max {
                state.open += 1;
                drop(state);
                return self.connect();
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::new(Code::Busy, "Too much is waiting for the database. Try again in a moment."));
            }
            state = self.freed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn connect(&self) -> Result<Session> {
        match self.config.connect(NoTls) {
            Ok(client) => Ok(Session { client, prepared: HashMap::new(), begins: false }),
            Err(error) => {
                self.forget_one();
                tracing::warn!(%error, "the database cannot be reached");
                // A refusal is told as it is: the address, the user or the password is wrong.
                let told = error.as_db_error().map(|_| from_postgres(&error));
                Err(told.unwrap_or_else(unreachable))
            }
        }
    }

    /// A connection that is not one of those that transactions share.
    pub(super) fn aside(&self) -> std::result::Result<Client, postgres::Error> {
        self.config.connect(NoTls)
    }

    pub(super) fn give_back(&self, session: Session) {
        if session.client.is_closed() {
            return self.lost(session);
        }
        self.state.lock().unwrap_or_else(PoisonError::into_inner).idle.push(session);
        self.freed.notify_one();
    }

    /// A connection that broke; the idle ones have most likely broken with it.
    pub(super) fn lost(&self, session: Session) {
        drop(session);
        let idle = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.open -= state.idle.len();
            std::mem::take(&mut state.idle)
        };
        drop(idle);
        self.forget_one();
        self.freed.notify_all();
    }

    fn forget_one(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).open -= 1;
        self.freed.notify_one();
    }
}

impl Drop for Sessions {
    /// A connection says good-bye when it is dropped, which must not happen on a thread that drives asynchronous work.
    fn drop(&mut self) {
        let idle = std::mem::take(&mut self.state.get_mut().unwrap_or_else(PoisonError::into_inner).idle);
        if !idle.is_empty() {
            let _ = std::thread::spawn(move || drop(idle)).join();
        }
    }
}
