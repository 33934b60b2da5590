//! The store's own threads: one that writes, a few that read, each with its connection, fed by bounded queues.

use crate::backend::{Backend, Connection};
use rapport_model::{Code, Error, Result};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

type Job = Box<dyn FnOnce(&mut dyn Connection) + Send>;

/// Jobs that may wait in one queue.
const QUEUE_JOBS_MAX: usize = 1024;

/// How long the writer has nothing to do before it tidies up, and how long it listens between two steps.
const TIDY_AFTER: Duration = Duration::from_millis(300);
const TIDY_PAUSE: Duration = Duration::from_millis(5);

pub(crate) struct Pool {
    /// Where jobs go; `None` once the store is closed.
    queues: RwLock<Option<Queues>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Queues {
    writer: Queue,
    readers: Queue,
}

struct Queue {
    jobs: SyncSender<Job>,
    /// Jobs in it; a channel does not tell.
    waiting: Arc<AtomicUsize>,
}

impl Pool {
    /// Opens the connections on their threads; fails if any of them cannot be opened.
    pub(crate) fn start(backend: &Arc<dyn Backend>, writers: usize, readers: usize) -> Result<Pool> {
        let mut threads = Vec::with_capacity(readers + writers);
        let writer = spawn(backend, false, writers, &mut threads)?;
        let readers = spawn(backend, true, readers, &mut threads)?;
        Ok(Pool { queues: RwLock::new(Some(Queues { writer, readers })), threads: Mutex::new(threads) })
    }

    /// Puts a job into a queue, or says that the queue is full.
    pub(crate) fn submit(&self, write: bool, job: Job) -> Result<()> {
        let queues = self.queues.read().unwrap_or_else(PoisonError::into_inner);
        let Some(queues) = queues.as_ref() else { return Err(closed()) };
        let queue = if write { &queues.writer } else { &queues.readers };
        queue.waiting.fetch_add(1, Ordering::Relaxed);
        queue.jobs.try_send(job).map_err(|e| {
            queue.waiting.fetch_sub(1, Ordering::Relaxed);
            match e {
                TrySendError::Full(_) => Error::new(Code::Busy, "Too much is waiting for the database. Try again in a moment."),
                TrySendError::Disconnected(_) => closed(),
            }
        })
    }

    /// Jobs that wait to write, and to read.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        let queues = self.queues.read().unwrap_or_else(PoisonError::into_inner);
        let count = |queue: &Queue| queue.waiting.load(Ordering::Relaxed);
        queues.as_ref().map_or((0, 0), |queues| (count(&queues.writer), count(&queues.readers)))
    }

    /// Takes no more jobs, finishes those that wait, closes the connections and waits for the threads.
    pub(crate) fn close(&self) {
        let Some(Queues { writer, readers }) = self.queues.write().unwrap_or_else(PoisonError::into_inner).take() else { return };
        let mut threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        // The writing connection goes last: only it can fold the log into the file.
        drop(readers);
        threads.drain(1.min(threads.len())..).for_each(finish);
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

fn spawn(backend: &Arc<dyn Backend>, readonly: bool, count: usize, threads: &mut Vec<JoinHandle<()>>) -> Result<Queue> {
    let (jobs, receive) = sync_channel::<Job>(QUEUE_JOBS_MAX);
    let receive = Arc::new(Mutex::new(receive));
    let waiting = Arc::new(AtomicUsize::new(0));
    for n in 0..count {
        let connection = backend.connect(readonly)?;
        let (receive, waiting) = (receive.clone(), waiting.clone());
        let name = if readonly { format!("store-read-{n}") } else { "store-write".to_owned() };
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn(move || work(connection, readonly, &receive, &waiting))
            .map_err(|e| Error::internal(format_args!("a thread could not be started: {e}")))?;
        threads.push(thread);
    }
    Ok(Queue { jobs, waiting })
}

/// Runs jobs until the store is dropped; the connection is closed on this thread too. The writer tidies up when it has had
/// nothing to do for a while, and then sleeps until the next job.
fn work(mut connection: Box<dyn Connection>, readonly: bool, queue: &Mutex<Receiver<Job>>, waiting: &AtomicUsize) {
    // What an earlier process put off is waiting, too.
    let mut pause = (!readonly).then_some(TIDY_AFTER);
    loop {
        let job = match (queue.lock(), pause) {
            (Ok(queue), Some(pause)) => queue.recv_timeout(pause),
            (Ok(queue), None) => queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
            (Err(_), _) => return,
        };
        let job = match job {
            Ok(job) => job,
            Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {
                pause = tidy(connection.as_mut()).then_some(TIDY_PAUSE);
                continue;
            }
        };
        waiting.fetch_sub(1, Ordering::Relaxed);
        // A panic in a job ends that job: its caller sees a closed channel, its transaction is undone.
        if catch_unwind(AssertUnwindSafe(|| job(connection.as_mut()))).is_err() {
            tracing::error!("a database job panicked");
            connection.rollback();
        }
        pause = (!readonly).then_some(TIDY_AFTER);
    }
}

/// One step of tidying up. One that fails is tried again after the next job.
fn tidy(connection: &mut dyn Connection) -> bool {
    connection.tidy().unwrap_or_else(|error| {
        tracing::debug!(%error.message, "tidying up has to wait");
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::RawTx;
    use std::sync::atomic::{AtomicI32, Ordering};
    use std::sync::mpsc::{Sender, channel};

    /// Has so many steps to do, and tells of each that it is asked for.
    struct Untidy {
        steps: Arc<AtomicI32>,
        told: Sender<i32>,
    }

    impl Connection for Untidy {
        fn begin(&mut self, _: bool) -> Result<()> {
            Ok(())
        }

        fn commit(&mut self) -> Result<()> {
            Ok(())
        }

        fn rollback(&mut self) {}

        fn tx(&mut self) -> &mut dyn RawTx {
            unreachable!("nothing is read here")
        }

        fn tidy(&mut self) -> Result<bool> {
            let left = self.steps.fetch_sub(1, Ordering::SeqCst) - 1;
            let _ = self.told.send(left);
            Ok(left > 0)
        }
    }

    impl Backend for Mutex<Sender<i32>> {
        fn connect(&self, _: bool) -> Result<Box<dyn Connection>> {
            let told = self.lock().unwrap_or_else(PoisonError::into_inner).clone();
            Ok(Box::new(Untidy { steps: Arc::new(AtomicI32::new(3)), told }))
        }
    }

    #[test]
    fn the_writer_tidies_up_until_nothing_is_left_and_sleeps_until_the_next_job() {
        let (told, steps) = channel();
        let backend: Arc<dyn Backend> = Arc::new(Mutex::new(told));
        let pool = Pool::start(&backend, 1, 2).expect("started");
        let asked = || std::iter::from_fn(|| steps.recv_timeout(TIDY_AFTER * 4).ok()).collect::<Vec<_>>();
        assert_eq!(asked(), [2, 1, 0], "of one connection only, and not once more");
        pool.submit(false, Box::new(|_| {})).expect("taken");
        assert!(asked().is_empty(), "reading leaves nothing to do");
        pool.submit(true, Box::new(|_| {})).expect("taken");
        assert_eq!(asked(), [-1]);
    }
}
