//! The store's own threads: one that writes, a few that read, each with its connection, fed by bounded queues.

use crate::backend::{Backend, Connection};
use rapport_model::{Code, Error, Result};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;

type Job = Box<dyn FnOnce(&mut dyn Connection) + Send>;

/// Jobs that may wait in one queue.
const QUEUE_JOBS_MAX: usize = 1024;

pub(crate) struct Pool {
    /// Where jobs go; `None` once the store is closed.
    queues: RwLock<Option<Queues>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Queues {
    writer: SyncSender<Job>,
    readers: SyncSender<Job>,
}

impl Pool {
    /// Opens the connections on their threads; fails if any of them cannot be opened.
    pub(crate) fn start(backend: &Arc<dyn Backend>, readers: usize) -> Result<Pool> {
        let mut threads = Vec::with_capacity(readers + 1);
        let writer = spawn(backend, false, 1, &mut threads)?;
        let readers = spawn(backend, true, readers, &mut threads)?;
        Ok(Pool { queues: RwLock::new(Some(Queues { writer, readers })), threads: Mutex::new(threads) })
    }

    /// Puts a job into a queue, or says that the queue is full.
    pub(crate) fn submit(&self, write: bool, job: Job) -> Result<()> {
        let queues = self.queues.read().unwrap_or_else(PoisonError::into_inner);
        let Some(queues) = queues.as_ref() else { return Err(closed()) };
        let queue = if write { &queues.writer } else { &queues.readers };
        queue.try_send(job).map_err(|e| match e {
            TrySendError::Full(_) => Error::new(Code::Busy, "Too much is waiting for the database. Try again in a moment."),
            TrySendError::Disconnected(_) => closed(),
        })
    }

    /// Takes no more jobs, finishes those that wait, closes the connections and waits for the threads.
    pub(crate) fn close(&self) {
        let Some(Queues { writer, readers }) = self.queues.write().unwrap_or_else(PoisonError::into_inner).take() else { return };
        let mut threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        // The writing connection goes last: only it can fold the log into the file.
        drop(readers);
        threads.drain(1..).for_each(finish);
        drop(writer);
        threads.into_iter().for_each(finish);
    }
}

impl Drop for Pool {
    /// No thread outlives the store: one that still closes its connection while the process exits would meet a library that is
    /// being taken apart.
    fn drop(&mut self) {
        self.close();
    }
}

fn finish(thread: JoinHandle<()>) {
    // A job may have held the last handle of its own store.
    if thread.thread().id() != std::thread::current().id() {
        // A thread that panicked has closed its connection while it unwound.
        let _ = thread.join();
    }
}

fn closed() -> Error {
    Error::internal("the store is closed")
}

fn spawn(backend: &Arc<dyn Backend>, readonly: bool, count: usize, threads: &mut Vec<JoinHandle<()>>) -> Result<SyncSender<Job>> {
    let (send, receive) = sync_channel::<Job>(QUEUE_JOBS_MAX);
    let receive = Arc::new(Mutex::new(receive));
    for n in 0..count {
        let connection = backend.connect(readonly)?;
        let receive = receive.clone();
        let name = if readonly { format!("store-read-{n}") } else { "store-write".to_owned() };
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn(move || work(connection, &receive))
            .map_err(|e| Error::internal(format_args!("a thread could not be started: {e}")))?;
        threads.push(thread);
    }
    Ok(send)
}

/// Runs jobs until the store is dropped; the connection is closed on this thread too.
fn work(mut connection: Box<dyn Connection>, queue: &Mutex<Receiver<Job>>) {
    loop {
        let job = match queue.lock() {
            Ok(queue) => queue.recv(),
            Err(_) => return,
        };
        let Ok(job) = job else { return };
        // A panic in a job ends that job: its caller sees a closed channel, its transaction is undone.
        if catch_unwind(AssertUnwindSafe(|| job(connection.as_mut()))).is_err() {
            tracing::error!("a database job panicked");
            connection.rollback();
        }
    }
}
