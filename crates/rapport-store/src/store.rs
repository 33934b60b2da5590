//! Open, read, write: transactions on the store's threads, and the news of what they touched.

use crate::backend::{Backend, Connection, RawTx};
use crate::failpoint;
use crate::migrate::{self, Schema};
use crate::pool::Pool;
use rapport_model::{Cell, Error, Id, Kind, Result, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
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
}

/// An open transaction.
pub struct Tx<'a> {
    raw: &'a mut dyn RawTx,
    touched: Touched,
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
        let pool = Pool::start(&backend, READERS)?;
        let (touched, _) = broadcast::channel(1024);
        Ok(Store { pool: Arc::new(pool), touched })
    }

    /// News of every committed write. A receiver that lags learns so and takes it as "anything may have changed".
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Touched>> {
        self.touched.subscribe()
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
        self.pool.submit(
            write,
            Box::new(move |connection| {
                let (result, touched) = transact(connection, write, f);
                if let (true, true, Some(touched)) = (result.is_ok(), write, touched) {
                    // Nobody listening is fine.
                    let _ = news.send(Arc::new(touched));
                }
                reply(result);
            }),
        )
    }
}

fn panicked() -> Error {
    Error::internal("the database job ended without an answer")
}

fn transact<T>(
    connection: &mut dyn Connection,
    write: bool,
    f: impl FnOnce(&mut Tx<'_>) -> Result<T>,
) -> (Result<T>, Option<Touched>) {
    if let Err(error) = connection.begin(write) {
        return (Err(error), None);
    }
    let mut tx = Tx { raw: connection.tx(), touched: Touched::default(), all_touched: false };
    let result = f(&mut tx);
    let touched = match tx.all_touched {
        true => Some(Touched::default()),
        false => Some(std::mem::take(&mut tx.touched)).filter(|touched| !touched.0.is_empty()),
    };
    if result.is_err() {
        connection.rollback();
        return (result, touched);
    }
    if write {
        failpoint::hit("store.commit.before");
    }
    if let Err(error) = connection.commit() {
        connection.rollback();
        return (Err(error), touched);
    }
    if write {
        failpoint::hit("store.commit.after");
    }
    (result, touched)
}

impl Tx<'_> {
    /// Notes that a record changed; listeners hear of it after the commit.
    pub fn touch(&mut self, kind: Kind, id: Id) {
        self.touched.0.entry(kind).or_default().insert(id);
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
