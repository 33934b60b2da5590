//! The connections to the database that all organisations of this process share: bounded, opened when needed, thrown away when
//! broken. One serves one transaction at a time.

use super::fault::{Fault, from_postgres, unreachable};
use super::partition::Partition;
use super::{life, text};
use postgres::{Client, Config, NoTls, SimpleQueryMessage, Statement};
use rapport_model::{Code, Error, Result};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
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

/// Statements that a connection keeps prepared, for all partitions; when there are more, all make room.
const STATEMENTS_MAX: usize = 2048;

/// The statements of one partition by their portable text; and whether the organisation's id stands behind their own parameters.
type Prepared = HashMap<String, (Statement, bool)>;

pub(super) struct Session {
    pub client: Client,
    /// By partition; "" has those that name whole tables.
    prepared: HashMap<String, Prepared>,
    count: usize,
    /// The partitions of which it knows the statements that begin a transaction.
    begins: HashSet<String>,
    /// Whose tables its statements name; of an idle one, whose they named last.
    partition: Option<Arc<Partition>>,
}

/// What begins a transaction, planned once for a connection and partition: what was committed in an organisation, its lock, the
/// number of a write.
const BEGINNINGS: [(&str, &str); 3] = [
    ("seen (bytea)", "SELECT string_agg(writer::text || n::text, ' ' ORDER BY writer) FROM commits WHERE org_id = $1"),
    ("lock (bytea)", "SELECT one FROM sequence WHERE org_id = $1 AND one = 1 FOR UPDATE"),
    (
        "note (bytea, bytea, bigint, bigint)",
        "INSERT INTO commits (org_id, writer, n, at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (org_id, writer) DO UPDATE SET n = excluded.n, at = excluded.at",
    ),
];

/// What the statements of a partition are kept under.
fn key(partition: Option<&Partition>) -> &str {
    partition.map_or("", |partition| &partition.name)
}

/// Tables named by the partition, if there is one.
fn named(sql: &str, partition: Option<&Partition>) -> String {
    partition.map_or_else(|| sql.to_owned(), |partition| partition.expand(sql))
}

/// What one of [`BEGINNINGS`] is called on a connection.
pub(super) fn beginning(name: &str, partition: Option<&Partition>) -> String {
    format!("rapport_{}_{name}", key(partition))
}

impl Session {
    /// Begins a transaction by a text that may name what is in `BEGINNINGS`.
    pub(super) fn begin(&mut self, text: &str) -> std::result::Result<Vec<SimpleQueryMessage>, postgres::Error> {
        let partition = self.partition.as_deref();
        let key = key(partition);
        if !self.begins.contains(key) && text.contains("EXECUTE ") {
            let all =
                BEGINNINGS.map(|(head, sql)| format!("PREPARE {} AS {}", beginning(head, partition), named(sql, partition)));
            self.client.batch_execute(&all.join("; "))?;
            self.begins.insert(key.to_owned());
        }
        self.client.simple_query(text)
    }

    /// The prepared form of a statement with so many parameters of its own.
    pub(super) fn prepared(&mut self, sql: &str, own: usize) -> std::result::Result<(Statement, bool), postgres::Error> {
        let partition = self.partition.as_deref();
        let key = key(partition);
        if let Some((statement, shared)) = self.prepared.get(key).and_then(|of| of.get(sql)) {
            return Ok((statement.clone(), *shared));
        }
        if self.count >= STATEMENTS_MAX {
            self.prepared.clear();
            self.count = 0;
        }
        let (text, shared) = text::expand(sql, own);
        // What belongs to no organisation lies in tables that have no partitions.
        let statement = self.client.prepare(&named(&text, partition))?;
        self.prepared.entry(key.to_owned()).or_default().insert(sql.to_owned(), (statement.clone(), shared));
        self.count += 1;
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
    /// No replica, which can only be read.
    is_primary: bool,
    state: Mutex<State>,
    freed: Condvar,
}

impl Sessions {
    pub(super) fn new(url: &str, limits: Limits, is_primary: bool) -> Result<Sessions> {
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
        Ok(Sessions { config, limits, is_primary, state: Mutex::default(), freed: Condvar::new() })
    }

    /// One for a transaction; waits for a while if all are in use.
    pub(super) fn take(&self) -> Result<Session> {
        self.take_for(None)
    }

    /// One whose statements name the tables of a partition; preferably one that has them prepared.
    pub(super) fn take_for(&self, partition: Option<&Arc<Partition>>) -> Result<Session> {
        let mut session = self.any(key(partition.map(|partition| &**partition)))?;
        session.partition = partition.cloned();
        Ok(session)
    }

    fn any(&self, wanted: &str) -> Result<Session> {
        let until = Instant::now() + self.limits.wait;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            // Else the one that was used least lately, so that busy partitions keep theirs.
            let at = state.idle.iter().rposition(|session| key(session.partition.as_deref()) == wanted).unwrap_or(0);
            if at < state.idle.len() {
                let session = state.idle.remove(at);
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
        let connected = self.config.connect(NoTls).map_err(Fault::Database);
        let settled = connected.and_then(|mut client| {
            if self.is_primary {
                life::settle(&mut client)?;
            }
            Ok(client)
        });
        match settled {
            Ok(client) => Ok(Session { client, prepared: HashMap::new(), count: 0, begins: HashSet::new(), partition: None }),
            Err(Fault::Own(error)) => {
                self.forget_one();
                Err(error)
            }
            Err(Fault::Database(error)) => {
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
