//! Open, read, write: transactions on the store's threads, and the news of what they touched.

use crate::alike::{Alike, Index, Named};
use crate::backend::{Backend, Connection, How, RawTx};
use crate::failpoint;
use crate::memo::Memo;
use crate::migrate::{self, Schema};
use crate::pool::Pool;
use rapport_model::{Cell, Error, Id, Kind, Millis, Result, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{broadcast, oneshot};

/// Connections that read, at most.
const READERS: usize = 3;

/// How long a transaction waits that another one was in the way of.
const CONFLICT_PAUSE: Duration = Duration::from_millis(30);

/// What a committed transaction touched, by kind. An empty map means "anything may have changed".
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Touched(pub BTreeMap<Kind, BTreeSet<Id>>);

/// One organisation's data. Clones share the same threads; the last one dropped ends them.
#[derive(Clone)]
pub struct Store {
    pool: Arc<Pool>,
    touched: broadcast::Sender<Arc<Touched>>,
    alike: Arc<Alike>,
    /// Tells other processes that something was committed.
    tell: Option<Arc<dyn Fn() + Send + Sync>>,
    /// How often a write is made whose way others are in.
    tries: usize,
}

/// An open transaction.
pub struct Tx<'a> {
    raw: &'a mut dyn RawTx,
    touched: Touched,
    alike: Arc<Alike>,
    /// What customers are called once this commits.
    named: Vec<Named>,
    /// So much changed that naming it is of no use.
    all_touched: bool,
    /// The latest instant in the server's log, once that was looked at.
    pub(crate) logged_until: Option<Millis>,
    /// What this transaction read of people, if it writes.
    of_people: Memo,
}

impl Store {
    /// Opens the store, brings its schema up to date, and starts its threads.
    pub fn open(backend: impl Backend, schema: Schema) -> Result<Store> {
        let mut writer = backend.connect(false)?;
        migrate::migrate(writer.as_mut(), schema)?;
        Store::started(Arc::new(backend), writer)
    }

    /// Starts the threads of a store whose schema somebody else keeps up to date.
    pub fn over(backend: impl Backend) -> Result<Store> {
        let writer = backend.connect(false)?;
        Store::started(Arc::new(backend), writer)
    }

    fn started(backend: Arc<dyn Backend>, writer: Box<dyn Connection>) -> Result<Store> {
        let pool = Pool::start(&backend, Some(writer), READERS)?;
        let (touched, _) = broadcast::channel(1024);
        let tell = backend.join(&touched);
        Ok(Store { pool: Arc::new(pool), touched, alike: Arc::default(), tell, tries: backend.tries() })
    }

    /// Starts the threads of a store that only reads.
    pub fn reading(backend: impl Backend) -> Result<Store> {
        let backend: Arc<dyn Backend> = Arc::new(backend);
        let pool = Pool::start(&backend, None, READERS)?;
        let (touched, _) = broadcast::channel(1);
        Ok(Store { pool: Arc::new(pool), touched, alike: Arc::default(), tell: None, tries: 1 })
    }

    /// News of every committed write. A receiver that lags learns so and takes it as "anything may have changed".
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Touched>> {
        self.touched.subscribe()
    }

    /// Makes sure that names are found even if they are mistyped. Reads all names once; blocks, and never from inside a
    /// transaction.
    pub fn learn_names(&self) -> Result<()> {
        let _turn = self.alike.turn();
        if self.alike.is_ready() {
            return Ok(());
        }
        self.alike.begin();
        let read = self.read(|tx| {
            let mut index = Index::default();
            tx.each_called(&mut |id, called| index.put(id, called))?;
            Ok(index)
        });
        match read {
            Ok(index) => {
                self.alike.filled(index);
                Ok(())
            }
            Err(error) => {
                self.alike.give_up();
                Err(error)
            }
        }
    }

    /// Whether mistyped names are found.
    pub fn knows_names(&self) -> bool {
        self.alike.is_ready()
    }

    /// Bytes that the names take in memory; 0 before they were learnt.
    pub fn names_bytes(&self) -> usize {
        self.alike.bytes()
    }

    /// Finishes what waits, closes the connections and ends the threads, for all clones. Blocks. A process that ends without it
    /// loses nothing, but may be cut off while a connection is being closed.
    pub fn close(&self) {
        self.pool.close();
    }

    /// Jobs that wait for a connection: to write, to read.
    pub fn waiting(&self) -> (usize, usize) {
        self.pool.waiting()
    }

    /// Reads in one snapshot. Blocks; async callers use [`Store::read_async`].
    pub fn read<T: Send + 'static>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        self.block(How::Read, f)
    }

    /// Writes in one transaction: all of it or nothing. Blocks; async callers use [`Store::write_async`].
    pub fn write<T: Send + 'static>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        self.block(How::Write, f)
    }

    pub async fn read_async<T: Send + 'static>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        self.wait(How::Read, f).await
    }

    pub async fn write_async<T: Send + 'static>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        self.wait(How::Write, f).await
    }

    /// Writes what would only be fetched anew if a power cut took it: its commit does not wait for the disk, the next one that does
    /// brings it along.
    pub async fn write_soon_async<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.wait(How::WriteSoon, f).await
    }

    /// Writes as [`Store::write_async`] does, and makes the transaction again if it was undone because another one was in its way.
    pub async fn write_again_async<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T> + Clone + Send + 'static,
    ) -> Result<T> {
        let (send, receive) = oneshot::channel();
        let (mut f, mut left) = (Some(f), self.tries);
        let again = move |tx: &mut Tx<'_>| {
            left = left.saturating_sub(1);
            let f = if left == 0 { f.take() } else { f.clone() };
            f.ok_or_else(gone)?(tx)
        };
        self.run(How::Write, self.tries, again, move |result| {
            let _ = send.send(result);
        })?;
        receive.await.map_err(|_| panicked())?
    }

    /// Runs outside a transaction on the writing thread: backup and verification. Blocks.
    pub fn maintain<T: Send + 'static>(&self, f: impl FnOnce(&mut dyn RawTx) -> Result<T> + Send + 'static) -> Result<T> {
        let (send, receive) = std::sync::mpsc::sync_channel(1);
        self.pool.submit(
            true,
            Box::new(move |connection| {
                let _ = send.send(f(connection.tx()));
            }),
        )?;
        receive.recv().map_err(|_| panicked())?
    }

    fn block<T: Send + 'static>(&self, how: How, f: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        let (send, receive) = std::sync::mpsc::sync_channel(1);
        self.run(how, 1, once(f), move |result| {
            let _ = send.send(result);
        })?;
        receive.recv().map_err(|_| panicked())?
    }

    async fn wait<T: Send + 'static>(&self, how: How, f: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        let (send, receive) = oneshot::channel();
        self.run(how, 1, once(f), move |result| {
            let _ = send.send(result);
        })?;
        receive.await.map_err(|_| panicked())?
    }

    fn run<T: Send + 'static>(
        &self,
        how: How,
        tries: usize,
        mut f: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
        reply: impl FnOnce(Result<T>) + Send + 'static,
    ) -> Result<()> {
        let news = self.touched.clone();
        let (alike, tell, write) = (self.alike.clone(), self.tell.clone(), how.writes());
        self.pool.submit(
            write,
            Box::new(move |connection| {
                if !write && connection.ends_far_away() {
                    return look(connection, &alike, f, reply);
                }
                let mut ended = transact(connection, how, &alike, &mut f);
                for _ in 1..tries {
                    if ended.result.is_ok() || !connection.is_in_conflict() {
                        break;
                    }
                    std::thread::sleep(CONFLICT_PAUSE);
                    ended = transact(connection, how, &alike, &mut f);
                }
                let Ended { result, touched, named } = ended;
                if result.is_ok() && write {
                    match &touched {
                        // Anything may have changed, names too.
                        Some(touched) if touched.0.is_empty() => alike.give_up(),
                        _ => alike.note(named),
                    }
                }
                if let (true, true, Some(touched)) = (result.is_ok(), write, touched) {
                    // Nobody listening is fine.
                    let _ = news.send(Arc::new(touched));
                    tell.iter().for_each(|tell| tell());
                }
                reply(result);
            }),
        )
    }
}

/// A piece of work that is done once.
fn once<T>(f: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> impl FnMut(&mut Tx<'_>) -> Result<T> {
    let mut f = Some(f);
    move |tx| f.take().ok_or_else(gone)?(tx)
}

fn gone() -> Error {
    Error::internal("the work of a transaction was done before")
}

fn panicked() -> Error {
    Error::internal("the database job ended without an answer")
}

/// How a transaction ended.
struct Ended<T> {
    result: Result<T>,
    touched: Option<Touched>,
    named: Vec<Named>,
}

impl<T> Ended<T> {
    fn badly(error: Error) -> Ended<T> {
        Ended { result: Err(error), touched: None, named: Vec::new() }
    }
}

/// Reads, and answers before the snapshot is let go.
fn look<T>(
    connection: &mut dyn Connection,
    alike: &Arc<Alike>,
    mut f: impl FnMut(&mut Tx<'_>) -> Result<T>,
    reply: impl FnOnce(Result<T>),
) {
    if let Err(error) = connection.begin(How::Read) {
        return reply(Err(error));
    }
    let result = f(&mut Tx::over(connection.tx(), alike));
    let failed = result.is_err();
    reply(result);
    if failed || connection.commit().is_err() {
        connection.rollback();
    }
}

fn transact<T>(
    connection: &mut dyn Connection,
    how: How,
    alike: &Arc<Alike>,
    f: &mut impl FnMut(&mut Tx<'_>) -> Result<T>,
) -> Ended<T> {
    if let Err(error) = connection.begin(how) {
        return Ended::badly(error);
    }
    let mut tx = Tx::over(connection.tx(), alike);
    let result = f(&mut tx);
    let named = std::mem::take(&mut tx.named);
    let touched = match tx.all_touched {
        true => Some(Touched::default()),
        false => Some(std::mem::take(&mut tx.touched)).filter(|touched| !touched.0.is_empty()),
    };
    if let Err(error) = result {
        connection.rollback();
        return Ended::badly(error);
    }
    if how.writes() {
        failpoint::hit("store.commit.before");
    }
    if let Err(error) = connection.commit() {
        connection.rollback();
        return Ended::badly(error);
    }
    if how.writes() {
        failpoint::hit("store.commit.after");
    }
    Ended { result, touched, named }
}

impl<'a> Tx<'a> {
    fn over(raw: &'a mut dyn RawTx, alike: &Arc<Alike>) -> Tx<'a> {
        Tx {
            raw,
            touched: Touched::default(),
            all_touched: false,
            logged_until: None,
            of_people: Memo::default(),
            alike: alike.clone(),
            named: Vec::new(),
        }
    }
}

impl Tx<'_> {
    /// Notes that a record changed; listeners hear of it after the commit.
    pub fn touch(&mut self, kind: Kind, id: Id) {
        self.touched.0.entry(kind).or_default().insert(id);
        if matches!(kind, Kind::Orgs | Kind::Teams | Kind::Users) {
            self.of_people.forget();
        }
    }

    pub(crate) fn of_people(&mut self) -> &mut Memo {
        &mut self.of_people
    }

    /// Notes what a customer is called, if anybody wants to hear of it.
    pub(crate) fn note_name(&mut self, named: impl FnOnce() -> Named) {
        if self.alike.is_wanted() {
            self.named.push(named());
        }
    }

    pub(crate) fn names_wanted(&self) -> bool {
        self.alike.is_wanted()
    }

    /// Customers that are called nearly so; none before the names were learnt.
    pub(crate) fn called_nearly(&self, typed: &str, limit: usize) -> Vec<Id> {
        self.alike.find(typed, limit)
    }

    /// How old the snapshot may be; nothing where it is of now.
    pub fn behind(&self) -> Option<Duration> {
        self.raw.behind()
    }

    /// Notes that anything may have changed.
    pub fn touch_all(&mut self) {
        self.all_touched = true;
        self.of_people.forget();
    }

    pub(crate) fn raw(&mut self) -> &mut dyn RawTx {
        self.raw
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<usize> {
        self.raw.execute(sql, params)
    }

    /// All rows of a query, each read by `f`.
    pub(crate) fn rows<T>(&mut self, sql: &str, params: &[Cell<'_>], mut f: impl FnMut(&dyn Row) -> Result<T>) -> Result<Vec<T>> {
        let mut out = Vec::new();
        self.raw.query(sql, params, &mut |row| {
            out.push(f(row)?);
            Ok(())
        })?;
        Ok(out)
    }

    /// The first row of a query, if there is one.
    pub(crate) fn first<T>(&mut self, sql: &str, params: &[Cell<'_>], f: impl FnMut(&dyn Row) -> Result<T>) -> Result<Option<T>> {
        Ok(self.rows(sql, params, f)?.into_iter().next())
    }
}
