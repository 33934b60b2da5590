//! A laptop: its store, its clock, its line to the server, and a round of sync that can stop at every message.

use crate::dice::Dice;
use crate::disk::Fate;
use crate::machine::{self, Clock, Place};
use crate::wire::{Line, Network};
use rapport_model::access::{Actor, Role};
use rapport_model::mutation::Change;
use rapport_model::{BoxedRecord, Card, Id, Kind, Result, customer_of};
use rapport_ops::save::{How, Saved, save};
use rapport_store::Store;
use rapport_store::migrate::Schema;
use rapport_sync::Report;
use rapport_sync::compare::Repairs;
use rapport_sync::round::run_braked;
use rapport_sync::transport::Unmarked;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, poll_fn};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::task::Poll;

/// Removals that the server is not asked for: few, so that it is asked in most stories that take something away.
pub const REMOVALS_FREE: u8 = 2;

type Round = Pin<Box<dyn Future<Output = Result<Report>>>>;

pub struct Laptop {
    pub number: usize,
    pub user: Id,
    pub role: Role,
    /// Those of her team, as the server has it.
    pub mates: Vec<Id>,
    pub device: Id,
    pub store: Store,
    pub clock: Arc<Clock>,
    pub fate: Fate,
    /// What it sends gets lost (`false`), or what it is sent (`true`).
    pub cut: Option<bool>,
    /// What takes the last change back.
    pub undo: Vec<Change>,
    /// Its disk holds something else than was written, until it was compared with the server.
    pub is_rotten: bool,
    path: PathBuf,
    /// A backup of its disk, or a copy of it somewhere.
    copy: Option<PathBuf>,
    round: Option<Round>,
}

/// What came of letting a round go on.
#[derive(Debug, PartialEq)]
pub enum Step {
    /// It waits for a message, or there is none.
    Waits,
    Ended(Result<Report>),
    /// The process died and was started again.
    Died,
}

impl Laptop {
    pub fn unpacked(place: &Place, truth: &Arc<AtomicI64>, number: usize, user: Id, role: Role) -> Laptop {
        let salt = u16::try_from(number + 1).unwrap_or(1);
        let (clock, fate) = (Arc::new(Clock::new(truth.clone(), salt)), Fate::default());
        let path = place.file(&format!("laptop-{number}.db"), Schema::Client);
        let store = machine::open(&path, &fate, Schema::Client).expect("a laptop's store");
        let device = rapport_model::Source::id(clock.as_ref());
        let kept = json!({ "user": user, "role": role, "device": device });
        store.write(move |tx| tx.set_progress("actor", &kept)).expect("whose it is");
        Laptop {
            number,
            user,
            role,
            mates: Vec::new(),
            device,
            store,
            clock,
            fate,
            cut: None,
            undo: Vec::new(),
            is_rotten: false,
            path,
            copy: None,
            round: None,
        }
    }

    pub fn actor(&self) -> Actor {
        Actor { user: self.user, role: self.role, device: self.device }
    }

    /// The process dies now and is started again: what ran is dropped where it stood.
    pub fn restart(&mut self) {
        self.round = None;
        self.undo.clear();
        self.store.close();
        self.store = machine::open(&self.path, &self.fate, Schema::Client).expect("a laptop's store opens again");
    }

    /// A copy of its disk is made.
    pub fn copy_disk(&mut self) {
        let copy = self.path.with_extension("copy");
        let _ = std::fs::remove_file(&copy);
        let to = copy.clone();
        if self.store.maintain(move |raw| raw.backup(&to)).is_ok() {
            self.copy = Some(copy);
        }
    }

    /// It goes on with the copy: a restored backup, or a cloned disk whose twin has lived on. Returns whether there was one.
    pub fn go_back(&mut self) -> bool {
        let Some(copy) = self.copy.take() else { return false };
        self.round = None;
        self.undo.clear();
        self.store.close();
        machine::replace(&self.path, &copy);
        self.store = machine::open(&self.path, &self.fate, Schema::Client).expect("a copy opens");
        true
    }

    pub fn rise(&mut self) -> bool {
        let dead = self.fate.is_dead();
        if dead {
            self.restart();
        }
        dead
    }

    pub fn is_syncing(&self) -> bool {
        self.round.is_some()
    }

    /// Begins a round, unless one is under way.
    pub fn begin_round(&mut self, network: &Network) {
        if self.round.is_none() {
            let (store, clock) = (self.store.clone(), self.clock.clone());
            let line = Line { network: network.clone(), from: self.number };
            self.round =
                Some(Box::pin(
                    async move { run_braked(&store, &line, clock, &Unmarked, &|_, _| {}, REMOVALS_FREE.into()).await },
                ));
        }
    }

    /// Lets the round go on until it waits for a message or ends.
    pub fn go_on(&mut self, runtime: &tokio::runtime::Runtime, network: &Network) -> Step {
        let number = self.number;
        loop {
            let Some(round) = self.round.as_mut() else { return Step::Waits };
            let polled = runtime.block_on(poll_fn(|cx| match round.as_mut().poll(cx) {
                Poll::Ready(result) => Poll::Ready(Some(result)),
                Poll::Pending if network.is_awaited_by(number) => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }));
            if let Some(result) = polled {
                self.round = None;
                return if self.rise() { Step::Died } else { Step::Ended(result) };
            }
            // A page may be written while the next one is asked for: what the writer has in hand is finished first.
            let _ = self.store.maintain(|_| Ok(()));
            let still = runtime.block_on(poll_fn(|cx| Poll::Ready(round.as_mut().poll(cx))));
            match still {
                Poll::Ready(result) => {
                    self.round = None;
                    return if self.rise() { Step::Died } else { Step::Ended(result) };
                }
                Poll::Pending if network.is_awaited_by(number) => {
                    self.finish_writing();
                    return if self.rise() { Step::Died } else { Step::Waits };
                }
                Poll::Pending => {}
            }
        }
    }

    fn finish_writing(&self) {
        // Jobs are done in order, so that this one ends behind all others.
        let _ = self.store.maintain(|_| Ok(()));
    }

    pub fn change(&mut self, changes: Vec<Change>) -> Result<Saved> {
        let (actor, now) = (self.actor(), rapport_model::Source::now(self.clock.as_ref()));
        self.store.write(move |tx| save(tx, actor, now, changes, None, How::Form))
    }

    pub fn rows(&self, kind: Kind) -> BTreeMap<Id, BoxedRecord> {
        let read = self.store.read(move |tx| {
            let ids = tx.ids(kind)?;
            tx.find_many(kind, &ids)
        });
        read.expect("a laptop's rows").into_iter().collect()
    }

    pub fn holds(&self, kind: Kind, id: Id) -> bool {
        self.store.read(move |tx| Ok(tx.find(kind, id)?.is_some())).expect("a laptop's rows")
    }

    pub fn cards(&self) -> Vec<Card> {
        self.store.read(|tx| tx.all::<Card>()).expect("a laptop's cards")
    }

    /// Customers that differed from the server's and were read anew.
    pub fn repairs(&self) -> i64 {
        let noted = self.store.read(|tx| tx.progress::<Repairs>("repairs")).expect("a laptop's progress");
        noted.unwrap_or_default().customers
    }

    /// The disk loses a row, or gives back an older or another one than was written.
    pub fn rot(&mut self, dice: &mut Dice) {
        let kind = *dice.of(&[Kind::Customers, Kind::Customers, Kind::Contacts, Kind::Interactions]);
        let waiting = self.under_work();
        let mut rows: Vec<BoxedRecord> = self.rows(kind).into_values().collect();
        rows.retain(|row| {
            row.meta().version > 0 && customer_of(row.as_ref()).is_none_or(|customer| !waiting.contains(&customer))
        });
        if rows.is_empty() {
            return;
        }
        let mut row = dice.of(&rows).clone();
        let how = dice.below(4);
        let rotten = self.store.write(move |tx| match how {
            0 => tx.remove(kind, row.meta().id),
            1 => {
                row.meta_mut().version -= 1;
                tx.put(row.as_ref())
            }
            _ => {
                let mut other = row.clone();
                other.meta_mut().id = Id::v7(row.meta().created_at.0, &[0x66; 10]);
                tx.put(other.as_ref())
            }
        });
        // Who died behind the commit has it all the same.
        self.is_rotten |= rotten.is_ok() || self.fate.is_dead();
    }

    /// The customers for which something waits.
    fn under_work(&self) -> BTreeSet<Id> {
        let line = self.outbox();
        let changes = || line.iter().flat_map(|one| &one.changes);
        let said = changes().filter_map(|change| change.units.get("customerId")?.value.as_str()?.parse().ok());
        let held = changes().filter_map(|change| {
            let (kind, id) = (Kind::parse(&change.kind)?, change.id);
            self.store.read(move |tx| tx.find(kind, id)).expect("a laptop's rows")
        });
        said.chain(held.filter_map(|record| customer_of(record.as_ref()))).collect()
    }

    /// What it remembers of its work that the server took.
    pub fn memory(&self) -> Vec<Vec<Change>> {
        self.store.read(|tx| tx.remembered()).expect("a laptop's memory")
    }

    /// The changes in line, with whether they are sealed.
    pub fn outbox(&self) -> Vec<rapport_store::outbox::Waiting> {
        self.store.read(|tx| tx.outbox_next(500)).expect("a laptop's outbox")
    }
}
