//! The store's own threads: one that writes, a few that read, each with its connection, fed by bounded queues. One that reads is there
//! from the beginning, the others come when it has too much to do.

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
    backend: Arc<dyn Backend>,
}

struct Queue {
    jobs: SyncSender<Job>,
    end: End,
    threads_max: usize,
}

/// The end of a queue that threads feed on.
#[derive(Clone)]
struct End {
    jobs: Arc<Mutex<Receiver<Job>>>,
    /// Jobs in it; a channel does not tell.
    waiting: Arc<AtomicUsize>,
    /// Threads that feed on it, and those of them that have no job.
    threads: Arc<AtomicUsize>,
    idle: Arc<AtomicUsize>,
}

impl Pool {
    /// Starts what writes, if there is a connection for it, and one of the `readers`; fails if that cannot be opened.
    pub(crate) fn start(backend: &Arc<dyn Backend>, writer: Option<Box<dyn Connection>>, readers: usize) -> Result<Pool> {
        let queues = Queues { writer: Queue::new(1), readers: Queue::new(readers), backend: backend.clone() };
        let mut threads = Vec::with_capacity(readers + 1);
        if let Some(writer) = writer {
            threads.push(queues.writer.feed("store-write", false, move || Ok(writer))?);
        }
        let reader = backend.connect(true)?;
        threads.push(queues.readers.feed("store-read-0", true, move || Ok(reader))?);
        Ok(Pool { queues: RwLock::new(Some(queues)), threads: Mutex::new(threads) })
    }

    /// Puts a job into a queue, or says that the queue is full.
    pub(crate) fn submit(&self, write: bool, job: Job) -> Result<()> {
        let queues = self.queues.read().unwrap_or_else(PoisonError::into_inner);
        let Some(queues) = queues.as_ref() else { return Err(closed()) };
        let queue = if write { &queues.writer } else { &queues.readers };
        queue.end.waiting.fetch_add(1, Ordering::Relaxed);
        queue.jobs.try_send(job).map_err(|e| {
            queue.end.waiting.fetch_sub(1, Ordering::Relaxed);
            match e {
                TrySendError::Full(_) => Error::new(Code::Busy, "Too much is waiting for the database. Try again in a moment."),
                TrySendError::Disconnected(_) => closed(),
            }
        })?;
        if !write {
            self.help(queues);
        }
        Ok(())
    }

    /// One more reader, if more waits than there is somebody for.
    fn help(&self, queues: &Queues) {
        let Queues { readers, backend, .. } = queues;
        if readers.end.waiting.load(Ordering::Relaxed) <= readers.end.idle.load(Ordering::Relaxed) {
            return;
        }
        let more = |count: usize| (count < readers.threads_max).then_some(count + 1);
        let Ok(n) = readers.end.threads.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more) else { return };
        let backend = backend.clone();
        match readers.feed(&format!("store-read-{n}"), true, move || backend.connect(true)) {
            Ok(thread) => self.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread),
            // Those that are there do it, and the next job asks again.
            Err(error) => tracing::warn!(%error.message, "a reader could not be started"),
        }
    }

    /// Jobs that wait to write, and to read.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        let queues = self.queues.read().unwrap_or_else(PoisonError::into_inner);
        let count = |queue: &Queue| queue.end.waiting.load(Ordering::Relaxed);
        queues.as_ref().map_or((0, 0), |queues| (count(&queues.writer), count(&queues.readers)))
    }

    /// Takes no more jobs, finishes those that wait, closes the connections and waits for the threads.
    pub(crate) fn close(&self) {
        let Some(Queues { writer, readers, .. }) = self.queues.write().unwrap_or_else(PoisonError::into_inner).take() else {
            return;
        };
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

impl Queue {
    fn new(threads_max: usize) -> Queue {
        let (jobs, receive) = sync_channel::<Job>(QUEUE_JOBS_MAX);
        let (waiting, idle) = (Arc::default(), Arc::default());
        let end = End { jobs: Arc::new(Mutex::new(receive)), waiting, threads: Arc::new(AtomicUsize::new(1)), idle };
        Queue { jobs, end, threads_max }
    }

    /// A thread, counted already, that opens its connection and feeds on this queue. One that cannot be started, or cannot open it,
    /// takes nothing out and counts no more.
    fn feed(
        &self,
        name: &str,
        readonly: bool,
        connect: impl FnOnce() -> Result<Box<dyn Connection>> + Send + 'static,
    ) -> Result<JoinHandle<()>> {
        let end = self.end.clone();
        end.idle.fetch_add(1, Ordering::Relaxed);
        let run = move || {
            match connect() {
                Ok(connection) => work(connection, readonly, &end),
                Err(error) => tracing::warn!(%error.message, "a connection could not be opened"),
            }
            end.leave();
        };
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(run);
        thread.map_err(|e| {
            self.end.leave();
            Error::internal(format_args!("a thread could not be started: {e}"))
        })
    }
}

impl End {
    /// One that feeds here, and is idle, does so no more.
    fn leave(&self) {
        self.idle.fetch_sub(1, Ordering::Relaxed);
        self.threads.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Runs jobs until the store is dropped; the connection is closed on this thread too. The writer tidies up when it has had
/// nothing to do for a while, and then sleeps until the next job.
fn work(mut connection: Box<dyn Connection>, readonly: bool, end: &End) {
    // What an earlier process put off is waiting, too.
    let mut pause = (!readonly).then_some(TIDY_AFTER);
    loop {
        let job = match (end.jobs.lock(), pause) {
            (Ok(jobs), Some(pause)) => jobs.recv_timeout(pause),
            (Ok(jobs), None) => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
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
        end.waiting.fetch_sub(1, Ordering::Relaxed);
        end.idle.fetch_sub(1, Ordering::Relaxed);
        // A panic in a job ends that job: its caller sees a closed channel, its transaction is undone.
        if catch_unwind(AssertUnwindSafe(|| job(connection.as_mut()))).is_err() {
            tracing::error!("a database job panicked");
            connection.rollback();
        }
        end.idle.fetch_add(1, Ordering::Relaxed);
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
    use crate::backend::{How, RawTx};
    use std::sync::atomic::{AtomicI32, Ordering};
    use std::sync::mpsc::{Sender, channel};

    /// Has so many steps to do, and tells of each that it is asked for.
    struct Untidy {
        steps: Arc<AtomicI32>,
        told: Sender<i32>,
    }

    impl Connection for Untidy {
        fn begin(&mut self, _: How) -> Result<()> {
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
        let writer = backend.connect(false).expect("connected");
        let pool = Pool::start(&backend, Some(writer), 2).expect("started");
        let asked = || std::iter::from_fn(|| steps.recv_timeout(TIDY_AFTER * 4).ok()).collect::<Vec<_>>();
        assert_eq!(asked(), [2, 1, 0], "of one connection only, and not once more");
        pool.submit(false, Box::new(|_| {})).expect("taken");
        assert!(asked().is_empty(), "reading leaves nothing to do");
        pool.submit(true, Box::new(|_| {})).expect("taken");
        assert_eq!(asked(), [-1]);
    }

    /// Can be connected to once; then not for so many times.
    struct Flaky {
        steps: Mutex<Sender<i32>>,
        fails: AtomicI32,
    }

    impl Backend for Flaky {
        fn connect(&self, readonly: bool) -> Result<Box<dyn Connection>> {
            match self.fails.fetch_sub(1, Ordering::SeqCst) {
                1..=3 => Err(closed()),
                _ => self.steps.connect(readonly),
            }
        }
    }

    #[test]
    fn a_reader_that_could_not_be_opened_does_not_count() {
        let (told, _steps) = channel();
        let flaky = Arc::new(Flaky { steps: Mutex::new(told), fails: AtomicI32::new(4) });
        let backend: Arc<dyn Backend> = flaky.clone();
        let pool = Pool::start(&backend, None, 2).expect("started");
        let (go, wait) = channel::<()>();
        let busy = move |_: &mut dyn Connection| {
            let _ = wait.recv();
        };
        pool.submit(false, Box::new(busy)).expect("taken");
        let (done, heard) = channel();
        let until = std::time::Instant::now() + TIDY_AFTER * 30;
        loop {
            let done = done.clone();
            pool.submit(false, Box::new(move |_| done.send(()).unwrap_or_default())).expect("taken");
            if heard.recv_timeout(TIDY_PAUSE).is_ok() {
                break;
            }
            assert!(std::time::Instant::now() < until, "no second reader came after three that could not be opened");
        }
        assert!(flaky.fails.load(Ordering::SeqCst) < 0);
        drop(go);
        pool.close();
    }

    #[test]
    fn a_second_reader_comes_when_the_first_is_busy_and_no_third_beyond_the_limit() {
        let (told, _steps) = channel();
        let backend: Arc<dyn Backend> = Arc::new(Mutex::new(told));
        let pool = Pool::start(&backend, None, 2).expect("started");
        let threads = || pool.threads.lock().expect("threads").len();
        let (done, heard) = channel();
        for n in 0..20 {
            let done = done.clone();
            pool.submit(false, Box::new(move |_| done.send(n).expect("heard"))).expect("taken");
            heard.recv_timeout(TIDY_AFTER * 10).expect("done");
            // It says that it waits again a moment behind its answer.
            std::thread::sleep(TIDY_PAUSE);
        }
        assert_eq!(threads(), 1, "one after the other is one reader's work");
        let (go, wait) = channel::<()>();
        pool.submit(
            false,
            Box::new(move |_| {
                let _ = wait.recv();
            }),
        )
        .expect("taken");
        for n in 0..5 {
            let done = done.clone();
            pool.submit(false, Box::new(move |_| done.send(n).expect("heard"))).expect("taken");
            heard.recv_timeout(TIDY_AFTER * 10).expect("done beside the one that is busy");
        }
        assert_eq!(threads(), 2);
        drop(go);
        pool.close();
    }
}
