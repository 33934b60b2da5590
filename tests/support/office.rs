//! A small office: the server's own code on a real file, and devices with real encrypted stores, joined by a wire that a test
//! can cut.

mod device;

use rapport_lib as _;
use rapport_model::access::{Actor, Role};
use rapport_model::wire::agree::{DigestAnswer, DigestRequest, FamilyAnswer, FamilyRequest, RemovalsAnswer, RemovalsRequest};
use rapport_model::wire::snapshot::SnapshotRequest;
use rapport_model::wire::{PullAnswer, PullRequest, PushAnswer, PushRequest};
use rapport_model::{BoxedRecord, Code, Customer, Error, Id, Kind, Meta, Millis, Org, Result, Source, User, version};
use rapport_ops::accept;
use rapport_store::migrate::Schema;
use rapport_store::{Key, Limits, Postgres, Sqlite, Store};
use rapport_sync::transport::{Answer, Blocks, Transport};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// 2026-05-12 10:00 UTC.
pub const START: i64 = 1_778_580_000_000;

/// Time that a test moves, and ids that count up.
pub struct Clock {
    now: Arc<AtomicI64>,
    /// What this machine's clock is off by, ms.
    pub off_ms: AtomicI64,
    ids: Arc<AtomicU64>,
}

impl Source for Clock {
    fn now(&self) -> Millis {
        Millis(self.now.load(Ordering::SeqCst) + self.off_ms.load(Ordering::SeqCst))
    }

    fn id(&self) -> Id {
        let n = self.ids.fetch_add(1, Ordering::SeqCst);
        let mut random = [0u8; 10];
        random[2..].copy_from_slice(&n.to_be_bytes());
        Id::v7(self.now.load(Ordering::SeqCst), &random)
    }
}

/// What happens to the next messages on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It does not arrive.
    Lost,
    /// It arrives and is acted on; the answer does not come back.
    AnswerLost,
    /// It arrives twice.
    Doubled,
    /// Of a block: a bit of it is another one.
    Garbled,
    /// Of a block: its end is missing.
    Cut,
}

struct Wire {
    server: Arc<Mutex<Store>>,
    clock: Arc<Clock>,
    user: Id,
    device: Id,
    faults: Arc<Mutex<VecDeque<Option<Fault>>>>,
    /// Log entries of a page at most.
    rows: Arc<AtomicU64>,
    /// Questions besides push, pull and download.
    asked: Arc<AtomicU64>,
    /// What happens once before the next of them.
    before_asking: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    /// What happens once before the next push.
    before_push: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    /// What happens once between the next push and its answer.
    behind_push: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Wire {
    fn fault(&self) -> Option<Fault> {
        self.faults.lock().expect("faults").pop_front().flatten()
    }

    /// What a reader is told who sees what this user does now.
    async fn ask<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut rapport_store::Tx<'_>, &rapport_model::Sight) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let before = self.before_asking.lock().expect("before").take();
        if let Some(before) = before {
            tokio::task::block_in_place(before);
        }
        if matches!(self.fault(), Some(Fault::Lost | Fault::AnswerLost)) {
            return Err(cut());
        }
        let actor = self.actor();
        let read = move |tx: &mut rapport_store::Tx<'_>| {
            let sight = tx.sight(&actor)?;
            f(tx, &sight)
        };
        self.server().read_async(read).await
    }

    /// The server that answers now.
    fn server(&self) -> Store {
        self.server.lock().expect("server").clone()
    }

    /// Her role as the server has it now.
    fn actor(&self) -> Actor {
        let user = self.user;
        let role = self.server().read(move |tx| Ok(tx.get_as::<User>(user)?.role)).expect("a user");
        Actor { user, role, device: self.device }
    }
}

fn cut() -> Error {
    Error::new(Code::Offline, "The test cut the wire.")
}

impl Transport for Wire {
    fn push(&self, request: PushRequest) -> Answer<'_, PushAnswer> {
        Box::pin(async move {
            let fault = self.fault();
            if fault == Some(Fault::Lost) {
                return Err(cut());
            }
            let before = self.before_push.lock().expect("before").take();
            if let Some(before) = before {
                tokio::task::block_in_place(before);
            }
            let mut answer = None;
            for _ in 0..if fault == Some(Fault::Doubled) { 2 } else { 1 } {
                let (actor, clock, mutations) = (self.actor(), self.clock.clone(), request.mutations.clone());
                let now = clock.now();
                let outcomes = self
                    .server()
                    .write_async(move |tx| accept::push(tx, &accept::Context { actor, now, source: clock.as_ref() }, mutations))
                    .await?;
                answer = Some(PushAnswer { outcomes, server_time: now });
            }
            let behind = self.behind_push.lock().expect("behind").take();
            if let Some(behind) = behind {
                tokio::task::block_in_place(behind);
            }
            if fault == Some(Fault::AnswerLost) {
                return Err(cut());
            }
            answer.ok_or_else(cut)
        })
    }

    fn pull(&self, request: PullRequest) -> Answer<'_, PullAnswer> {
        Box::pin(async move {
            if matches!(self.fault(), Some(Fault::Lost | Fault::AnswerLost)) {
                return Err(cut());
            }
            let (actor, now) = (self.actor(), self.clock.now());
            let rows = usize::try_from(self.rows.load(Ordering::SeqCst)).unwrap_or(1);
            let request = PullRequest { limit: request.limit.min(rows), ..request };
            self.server().read_async(move |tx| accept::pull(tx, &actor, &request, now)).await
        })
    }

    fn digest(&self, request: DigestRequest) -> Answer<'_, DigestAnswer> {
        let asked =
            move |tx: &mut rapport_store::Tx<'_>, sight: &rapport_model::Sight| rapport_ops::agree::digest(tx, sight, &request);
        Box::pin(self.ask(asked))
    }

    fn family(&self, request: FamilyRequest) -> Answer<'_, FamilyAnswer> {
        let now = self.clock.now();
        Box::pin(self.ask(move |tx, sight| rapport_ops::agree::family_of(tx, sight, &request, now)))
    }

    fn removals(&self, request: RemovalsRequest) -> Answer<'_, RemovalsAnswer> {
        Box::pin(self.ask(move |tx, sight| rapport_ops::agree::removals(tx, sight, &request)))
    }

    /// Each block meets a fault of its own; one that is lost ends the answer.
    fn snapshot(&self, request: SnapshotRequest) -> Answer<'_, Blocks> {
        Box::pin(async move {
            let (to, blocks) = tokio::sync::mpsc::channel(1000);
            let mut from = Some(request);
            while let Some(asked) = from.take() {
                let fault = self.fault();
                match fault {
                    Some(Fault::Lost) => return Err(cut()),
                    Some(Fault::AnswerLost) => return Ok(blocks),
                    _ => {}
                }
                let (actor, now) = (self.actor(), self.clock.now());
                let again = asked.clone();
                let unsealed = self
                    .server()
                    .read_async(move |tx| {
                        let sight = tx.sight(&actor)?;
                        rapport_ops::snapshot::snapshot(tx, &sight, &asked, now)
                    })
                    .await?;
                let mut block = unsealed.seal()?;
                match fault {
                    Some(Fault::Garbled) => block.body[0] ^= 1,
                    Some(Fault::Cut) => block.body.truncate(block.body.len() / 2),
                    _ => {}
                }
                from = block.head.next.clone().map(|next| SnapshotRequest { from: Some(next), ..again });
                let _ = to.send(Ok(block)).await;
            }
            Ok(blocks)
        })
    }
}

/// A laptop: its store, its clock, its wire.
pub struct Device {
    pub store: Store,
    pub clock: Arc<Clock>,
    pub user: Id,
    wire: Wire,
    faults: Arc<Mutex<VecDeque<Option<Fault>>>>,
    runtime: tokio::runtime::Handle,
}

pub struct Office {
    pub server: Store,
    /// Where the devices' wires lead.
    line: Arc<Mutex<Store>>,
    folder: tempfile::TempDir,
    now: Arc<AtomicI64>,
    ids: Arc<AtomicU64>,
    pub clock: Arc<Clock>,
    runtime: tokio::runtime::Runtime,
    /// Administrators.
    pub jonas: Id,
    pub marit: Id,
    /// Account managers without a team.
    pub sales: Id,
    pub rival: Id,
    pub support: Id,
}

/// The one organisation of an office, in a PostgreSQL database.
fn on_postgres(url: &str) -> Store {
    let limits = Limits { connections_max: 8, ..Limits::default() };
    Store::over(Postgres::open(url, limits).expect("a database").org(Id::from_bytes([9; 16]))).expect("server")
}

impl Office {
    pub fn open() -> Office {
        let folder = tempfile::tempdir().expect("folder");
        let server = match rapport_cluster::beside(folder.path()) {
            Some(url) => on_postgres(&url),
            None => Store::open(Sqlite { path: folder.path().join("org.db"), key: None }, Schema::Server).expect("server"),
        };
        let now = Arc::new(AtomicI64::new(START));
        let ids = Arc::new(AtomicU64::new(1));
        let clock = Arc::new(Clock { now: now.clone(), off_ms: AtomicI64::new(0), ids: ids.clone() });
        let runtime = tokio::runtime::Runtime::new().expect("runtime");
        let (marit, jonas) = (clock.id(), clock.id());
        let (sales, rival, support) = (clock.id(), clock.id(), clock.id());
        let line = Arc::new(Mutex::new(server.clone()));
        let mut office = Office { server, line, folder, now, ids, clock, runtime, jonas, marit, sales, rival, support };
        office.found();
        office
    }

    fn found(&mut self) {
        let (marit, jonas, clock) = (self.marit, self.jonas, self.clock.clone());
        let (sales, rival, support) = (self.sales, self.rival, self.support);
        self.server
            .write(move |tx| {
                tx.sequence_start(version::next_epoch(0, clock.now()), clock.id())?;
                let user = |id, name: &str, role| -> BoxedRecord {
                    Box::new(User { meta: Meta { id, ..Meta::default() }, name: name.into(), role, ..User::default() })
                };
                let org = Org { meta: Meta { id: clock.id(), ..Meta::default() }, name: "Halvorsen".into(), ..Org::default() };
                let actor = Actor { user: marit, role: Role::Admin, device: Id::NIL };
                let at = accept::Context { actor, now: clock.now(), source: clock.as_ref() };
                let people = [
                    user(marit, "Marit Solheim", Role::Admin),
                    user(jonas, "Jonas Weber", Role::Admin),
                    user(sales, "Sunniva Dahl", Role::Sales),
                    user(rival, "Odd Berg", Role::Sales),
                    user(support, "Siri Lund", Role::Support),
                ];
                accept::write_server(tx, &at, std::iter::once(Box::new(org) as BoxedRecord).chain(people).collect())
            })
            .expect("founded");
    }

    /// A new laptop of this user.
    pub fn device(&self, user: Id) -> Device {
        let device = self.empty_device(user);
        device.sync();
        device
    }

    /// The same before it has heard of anything.
    pub fn empty_device(&self, user: Id) -> Device {
        let n = self.ids.fetch_add(1, Ordering::SeqCst);
        let path = self.folder.path().join(format!("device-{n}.db"));
        let store = Store::open(Sqlite { path, key: Some(Key([7; 32])) }, Schema::Client).expect("device");
        let clock = Arc::new(Clock { now: self.now.clone(), off_ms: AtomicI64::new(0), ids: self.ids.clone() });
        let faults: Arc<Mutex<VecDeque<Option<Fault>>>> = Arc::default();
        let device = self.clock.id();
        let role = self.server.read(move |tx| Ok(tx.get_as::<User>(user)?.role)).expect("a user");
        store.write(move |tx| tx.set_progress("actor", &json!({ "user": user, "role": role, "device": device }))).expect("actor");
        let wire = Wire {
            server: self.line.clone(),
            clock: self.clock.clone(),
            user,
            device,
            faults: faults.clone(),
            rows: Arc::new(AtomicU64::new(2000)),
            asked: Arc::default(),
            before_asking: Mutex::default(),
            before_push: Mutex::default(),
            behind_push: Mutex::default(),
        };
        Device { store, clock, user, wire, faults, runtime: self.runtime.handle().clone() }
    }

    /// A laptop whose file is plain, so that a test can look for words in it; and the file.
    pub fn plain_device(&self, user: Id) -> (Device, std::path::PathBuf) {
        self.device_with(user, |_| {})
    }

    /// The same with what `lay_down` puts there before it is opened.
    pub fn device_with(&self, user: Id, lay_down: impl FnOnce(&std::path::Path)) -> (Device, std::path::PathBuf) {
        let path = self.folder.path().join(format!("plain-{}.db", self.ids.fetch_add(1, Ordering::SeqCst)));
        let device = self.empty_device(user);
        lay_down(&path);
        let store = Store::open(Sqlite { path: path.clone(), key: None }, Schema::Client).expect("device");
        let kept = device.store.read(|tx| tx.progress::<Value>("actor")).expect("read");
        store.write(move |tx| tx.set_progress("actor", &kept)).expect("actor");
        (Device { store, ..device }, path)
    }

    /// A backup of the server.
    pub fn backup(&self) -> std::path::PathBuf {
        let to = self.folder.path().join(format!("backup-{}.db", self.ids.fetch_add(1, Ordering::SeqCst)));
        if let Some(url) = rapport_cluster::beside(self.folder.path()) {
            rapport_cluster::dump(&url, &to).expect("a backup");
            return to;
        }
        let target = to.clone();
        self.server.maintain(move |raw| raw.backup(&target)).expect("a backup");
        to
    }

    /// The server lives on from a backup, under a new epoch.
    pub fn restore(&mut self, from: &std::path::Path) {
        let server = match rapport_cluster::beside(self.folder.path()) {
            Some(_) => on_postgres(&rapport_cluster::load(from).expect("restored")),
            None => Store::open(Sqlite { path: from.to_owned(), key: None }, Schema::Server).expect("restored"),
        };
        let (now, epoch) = (self.clock.now(), self.clock.id());
        let renumber = move |tx: &mut rapport_store::Tx<'_>| {
            let last = tx.sequence_take()?.epoch;
            tx.sequence_new_epoch(version::next_epoch(last, now), epoch)
        };
        server.write(renumber).expect("a new epoch");
        *self.line.lock().expect("line") = server.clone();
        self.server = server;
    }

    /// The server's people change: what somebody may see follows.
    pub fn people(&self, user: Id, change: impl Fn(&mut User) + Send + 'static) {
        let (clock, marit) = (self.clock.clone(), self.marit);
        let amended = self.server.write(move |tx| {
            let actor = Actor { user: marit, role: Role::Admin, device: Id::NIL };
            let at = accept::Context { actor, now: clock.now(), source: clock.as_ref() };
            accept::amend(tx, &at, &[(Kind::Users, user)], |record| {
                if let Some(user) = record.of_mut::<User>() {
                    change(user);
                }
                Ok(())
            })
        });
        assert_eq!(amended.expect("amended"), 1, "something changed");
    }

    /// A copy of a laptop's disk, as it is now.
    pub fn copy_of(&self, device: &Device) -> Device {
        let path = self.folder.path().join(format!("copy-{}.db", self.ids.fetch_add(1, Ordering::SeqCst)));
        let target = path.clone();
        device.store.maintain(move |raw| raw.backup(&target)).expect("a copy");
        let store = Store::open(Sqlite { path, key: Some(Key([7; 32])) }, Schema::Client).expect("opens");
        let clock = Arc::new(Clock { now: self.now.clone(), off_ms: AtomicI64::new(0), ids: self.ids.clone() });
        let faults: Arc<Mutex<VecDeque<Option<Fault>>>> = Arc::default();
        let (user, id) = (device.user, device.wire.device);
        let wire = Wire {
            server: self.line.clone(),
            clock: self.clock.clone(),
            user,
            device: id,
            faults: faults.clone(),
            rows: Arc::new(AtomicU64::new(2000)),
            asked: Arc::default(),
            before_asking: Mutex::default(),
            before_push: Mutex::default(),
            behind_push: Mutex::default(),
        };
        Device { store, clock, user, wire, faults, runtime: self.runtime.handle().clone() }
    }

    pub fn clock_ms(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    /// Time passes, for everybody.
    pub fn pass(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::SeqCst);
    }

    pub fn on_server(&self, kind: Kind, id: Id) -> Option<BoxedRecord> {
        self.server.read(move |tx| tx.find(kind, id)).expect("read")
    }

    pub fn customer(&self, id: Id) -> Customer {
        self.on_server(Kind::Customers, id).and_then(|r| r.of::<Customer>().cloned()).expect("a customer on the server")
    }

    /// Every row of the server and of the devices is the same.
    pub fn assert_agree(&self, devices: &[&Device]) {
        for kind in [Kind::Customers, Kind::Contacts, Kind::Interactions] {
            let rows = |store: &Store| -> BTreeMap<Id, Value> {
                store
                    .read(move |tx| {
                        let ids: Vec<Id> = tx.ids(kind)?;
                        Ok(tx.find_many(kind, &ids)?.into_iter().map(|(id, r)| (id, r.to_json())).collect())
                    })
                    .expect("rows")
            };
            let server = rows(&self.server);
            for device in devices {
                assert_eq!(rows(&device.store), server, "{kind:?}");
            }
        }
    }
}
