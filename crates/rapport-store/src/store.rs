//! Open, read, write: transactions on the store's threads, and the news of what they touched.

use crate::alike::{Alike, Index, Named};
use crate::backend::{Backend, Connection, RawTx};
use crate::failpoint;
use crate::migrate::{self, Schema};
use crate::pool::Pool;
use rapport_model::{Cell, Error, Id, Kind, Result, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{broadcast, oneshot};

/// Connections that read.
const READERS: usize = 3;

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
}

impl Store {
    /// Opens the store, brings its schema up to date, and starts its threads.
    pub fn open(backend: impl Backend, schema: Schema) -> Result<Store> {
        migrate::migrate(backend.connect(false)?.as_mut(), schema)?;
        Store::over(backend)
    }

    /// Starts the threads of a store whose schema somebody else keeps up to date.
    pub fn over(backend: impl Backend) -> Result<Store> {
        let backend: Arc<dyn Backend> = Arc::new(backend);
        let pool = Pool::start(&backend, 1, READERS)?;
        let (touched, _) = broadcast::channel(1024);
        let tell = backend.join(&touched);
        Ok(Store { pool: Arc::new(pool), touched, alike: Arc::default(), tell })
    }

    /// Starts the threads of a store that only reads.
    pub fn reading(backend: impl Backend) -> Result<Store> {
        let backend: Arc<dyn Backend> = Arc::new(backend);
        let pool = Pool::start(&backend, 0, READERS)?;
        let (touched, _) = broadcast::channel(1);
        Ok(Store { pool: Arc::new(pool), touched, alike: Arc::default(), tell: None })
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
        self.block(false, f)
    }

    /// Writes in one transaction: all of it or nothing. Blocks; async callers use [`Store::write_async`].
    pub fn write<T: Send + 'static>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        self.block(true, f)
    }

    pub async fn read_async<T: Send + 'static>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        self.wait(false, f).await
    }

    pub async fn write_async<T: Send + 'static>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        self.wait(true, f).await
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

    fn block<T: Send + 'static>(&self, write: bool, f: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        let (send, receive) = std::sync::mpsc::sync_channel(1);
        self.run(write, f, move |result| {
            let _ = send.send(result);
        })?;
        receive.recv().map_err(|_| panicked())?
    }

    async fn wait<T: Send + 'static>(&self, write: bool, f: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        let (send, receive) = oneshot::channel();
        self.run(write, f, move |result| {
            let _ = send.send(result);
        })?;
        receive.await.map_err(|_| panicked())?
    }

    fn run<T: Send + 'static>(
        &self,
        write: bool,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
        reply: impl FnOnce(Result<T>) + Send + 'static,
    ) -> Result<()> {
        let news = self.touched.clone();
        let (alike, tell) = (self.alike.clone(), self.tell.clone());
        self.pool.submit(
            write,
            Box::new(move |connection| {
                let Ended { result, touched, named } = transact(connection, write, &alike, f);
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

fn transact<T>(
    connection: &mut dyn Connection,
    write: bool,
    alike: &Arc<Alike>,
    f: impl FnOnce(&mut Tx<'_>) -> Result<T>,
) -> Ended<T> {
    if let Err(error) = connection.begin(write) {
        return Ended::badly(error);
    }
    let mut tx =
        Tx { raw: connection.tx(), touched: Touched::default(), all_touched: false, alike: alike.clone(), named: Vec::new() };
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
    if write {
        failpoint::hit("store.commit.before");
    }
    if let Err(error) = connection.commit() {
        connection.rollback();
        return Ended::badly(error);
    }
    if write {
        failpoint::hit("store.commit.after");
    }
    Ended { result, touched, named }
}

impl Tx<'_> {
    /// Notes that a record changed; listeners hear of it after the commit.
    pub fn touch(&mut self, kind: Kind, id: Id) {
        self.touched.0.entry(kind).or_default().insert(id);
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
