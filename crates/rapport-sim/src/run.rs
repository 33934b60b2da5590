//! One run: a story is played, everything comes to rest, and what must hold is checked on the way and at the end.

mod mishaps;
mod rest;
mod way;

use crate::check::{self, Violation};
use crate::deeds;
use crate::dice::Dice;
use crate::laptop::Laptop;
use crate::ledger::{Ledger, word_of};
use crate::machine::{Place, START_MS};
use crate::model::Model;
use crate::seals::{Bases, Seals};
use crate::server::Server;
use crate::story::{Deed, Event, Going, Order, Story};
use crate::wire::Network;
use crate::witness::{self, Witness};
use rapport_model::{Cursor, Id, Result as Outcome, Source};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A fault: teams changed.
const SETS_MOVED: &str = "scope given or taken with work under way";

/// Rounds of each laptop within which everything has to come to rest.
const ROUNDS_MAX: usize = 10;
/// Messages of one round at most.
const MESSAGES_MAX: usize = 60;

/// What came of a run.
#[derive(Debug)]
pub struct Ending {
    pub broken: Option<Violation>,
    /// Of everything that happened, in order.
    pub trace: String,
    /// The faults that really happened, and what was checked under them.
    pub witness: Witness,
}

/// What was known when the server's backup was made.
#[derive(Clone)]
struct Backup {
    model: Model,
    at_ms: i64,
    epoch: i64,
}

struct World {
    truth: Arc<AtomicI64>,
    server: Server,
    laptops: Vec<Laptop>,
    network: Network,
    runtime: tokio::runtime::Runtime,
    ledger: Ledger,
    model: Model,
    cursors: BTreeMap<usize, Option<Cursor>>,
    typed: usize,
    poisoned: Vec<Id>,
    backup: Option<Backup>,
    /// The numbers of the lives that the server has had.
    lives: BTreeSet<i64>,
    seals: Seals,
    /// Whose next page will say that everything left.
    blip: Option<usize>,
    /// Who such a page is on its way to.
    blipped_to: Option<usize>,
    trace: Sha256,
    loud: bool,
}

/// Plays a story to its end.
pub fn play(story: &Story, loud: bool) -> Ending {
    witness::begin();
    let place = Place::new();
    let mut world = World::new(&place, story, loud);
    let broken = world.play(story).err();
    let rows = check::rows_of(&world.server);
    for record in rows.values() {
        world.note(&record.to_json().to_string());
    }
    let trace = world.trace.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ending { broken, trace, witness: witness::end() }
}

impl World {
    fn new(place: &Place, story: &Story, loud: bool) -> World {
        let truth = Arc::new(AtomicI64::new(START_MS));
        let server = Server::found(place, &truth);
        let laptops = story.laptops.iter().enumerate().map(|(number, person)| {
            let (user, role) = server.user(*person);
            Laptop::unpacked(place, &truth, number, user, role)
        });
        let laptops: Vec<Laptop> = laptops.collect();
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        World {
            truth,
            server,
            laptops,
            network: Network::default(),
            runtime,
            ledger: Ledger::default(),
            model: Model::default(),
            cursors: BTreeMap::new(),
            typed: 0,
            poisoned: Vec::new(),
            backup: None,
            lives: BTreeSet::new(),
            seals: Seals::default(),
            blip: None,
            blipped_to: None,
            trace: Sha256::new(),
            loud,
        }
    }

    fn note(&mut self, what: &str) {
        if self.loud {
            eprintln!("{what}");
        }
        self.trace.update(what.as_bytes());
        self.trace.update(b"\n");
    }

    fn play(&mut self, story: &Story) -> Result<(), Violation> {
        // Everybody has signed in and loaded what is there before the story begins.
        for who in 0..self.laptops.len() {
            self.round_to_end(who)?;
        }
        for event in &story.events {
            self.note(&format!("{event:?}"));
            self.happen(*event)?;
        }
        self.come_to_rest()?;
        // Then everybody compares.
        self.truth.fetch_add(7 * 3_600_000, Ordering::SeqCst);
        for who in (0..self.laptops.len()).chain(0..self.laptops.len()) {
            self.laptops[who].clock.put_off(0);
            self.round_to_end(who)?;
        }
        self.drained(true)?;
        check::at_rest(&self.server, &self.laptops)?;
        self.ledger.close(&self.laptops, &self.server)
    }

    fn happen(&mut self, event: Event) -> Result<(), Violation> {
        match event {
            Event::Save { who, deed, pick } => self.save(who, deed, pick),
            Event::Round { who } => {
                self.laptops[who].begin_round(&self.network);
                self.go_on(who)
            }
            Event::Sync { who } => self.round_to_end(who),
            Event::Typing { who, step, with, deed, pick } => self.type_on(who, (step, with), (deed, pick)),
            Event::Waver { who, deed, step, lasts, order, pick } => {
                self.save(who, deed, pick)?;
                self.waver(who, (step, lasts), (order, pick))
            }
            Event::Net { pick, passage } => self.pass(pick, passage),
            Event::Cut { who, answers } => {
                self.laptops[who].cut = answers;
                witness::fault("one-way cut");
                Ok(())
            }
            Event::Rot { who, pick } => {
                self.rot(who, pick);
                Ok(())
            }
            Event::Blip { who } => {
                self.blip = Some(who);
                Ok(())
            }
            Event::ServerBackup => {
                self.back_up();
                Ok(())
            }
            Event::ServerRestored => self.restore_server(),
            Event::CopyDisk { who } => {
                self.laptops[who].copy_disk();
                Ok(())
            }
            Event::DiskRestored { who } => self.restore_disk(who),
            Event::Kill { who } => self.kill(who),
            Event::Disk { who, commits, mishap } => {
                self.laptops[who].fate.arm(commits, mishap);
                Ok(())
            }
            Event::ServerDisk { commits, mishap } => {
                self.server.fate.arm(commits, mishap);
                Ok(())
            }
            Event::ServerRestarts => {
                self.restart_server();
                Ok(())
            }
            Event::ServerEpoch => {
                self.begin_life();
                Ok(())
            }
            Event::Clock { who, going } => {
                self.set_clock(who, going);
                Ok(())
            }
            Event::Time { ms } => {
                self.truth.fetch_add(ms, Ordering::SeqCst);
                // A message that takes days does not say by how much a clock is off.
                for laptop in self.laptops.iter().filter(|laptop| laptop.is_syncing()) {
                    self.seals.forget(laptop.number);
                }
                Ok(())
            }
            Event::Office { order, pick } => self.order(order, pick),
        }
    }

    fn back_up(&mut self) {
        if self.server.back_up() {
            let (model, at_ms) = (self.model.clone(), self.truth.load(Ordering::SeqCst));
            self.backup = Some(Backup { model, at_ms, epoch: self.server.epoch() });
        }
    }

    fn rot(&mut self, who: usize, pick: u64) {
        if !self.laptops[who].is_syncing() {
            self.laptops[who].rot(&mut Dice::new(pick));
            self.laptops[who].rise();
        }
        if self.laptops[who].is_rotten {
            witness::fault("row lost or altered on disk");
        }
    }

    fn restore_disk(&mut self, who: usize) -> Result<(), Violation> {
        if self.laptops[who].go_back() {
            witness::fault("laptop's disk restored or cloned");
            self.cursors.remove(&who);
            self.seals.forget(who);
            self.ledger.disk_restored(who, &self.laptops, &self.server);
        }
        self.after(who)
    }

    fn kill(&mut self, who: usize) -> Result<(), Violation> {
        witness::fault("kill at an await");
        self.laptops[who].restart();
        self.blipped_to.take_if(|to| *to == who);
        self.after(who)
    }

    fn restart_server(&mut self) {
        witness::fault("server restarts");
        self.server.restart();
    }

    fn begin_life(&mut self) {
        witness::fault("new life of the server");
        // A disk that fails meanwhile is a server that goes on in its old life.
        let _ = self.server.begin_epoch();
        self.server.rise();
        self.lives.insert(self.server.epoch());
    }

    fn set_clock(&mut self, who: usize, going: Going) {
        match going {
            Going::OffBy(ms) => self.laptops[who].clock.put_off(ms),
            Going::Frozen => self.laptops[who].clock.freeze(),
        }
        self.seals.forget(who);
        witness::fault(if going == Going::Frozen { "clock frozen" } else { "clock off or jumping" });
    }

    fn order(&mut self, order: Order, pick: u64) -> Result<(), Violation> {
        self.typed += 1;
        let changes = self.server.order(order, pick, &format!("office{}", self.typed));
        if order == Order::Team {
            witness::fault(SETS_MOVED);
            self.laptops.iter_mut().for_each(|laptop| laptop.mates = self.server.mates(laptop.user));
        }
        let rows = check::rows_of(&self.server);
        self.model.order(&changes, &rows, self.server.clock.now())
    }

    fn save(&mut self, who: usize, deed: Deed, pick: u64) -> Result<(), Violation> {
        self.truth.fetch_add(1, Ordering::SeqCst);
        self.typed += 1;
        if self.blipped_to == Some(who) {
            // What is saved now would stay whatever the page says: the question is what happens without.
            return Ok(());
        }
        let word = word_of(who, self.typed);
        let sales = self.server.sales_people();
        let laptop = &mut self.laptops[who];
        let Some(typed) = deeds::typed(laptop, deed, pick, &word, sales) else { return Ok(()) };
        let forced = matches!(deed, Deed::Poison | Deed::Ghost | Deed::Stillborn);
        let before = Bases::of(laptop);
        let saved: Outcome<()> = if forced {
            self.poisoned.extend(typed.changes.iter().map(|change| change.id));
            witness::fault(match deed {
                Deed::Ghost => "edit of what was seen deleted",
                Deed::Stillborn => "create that is refused",
                _ => "poison record",
            });
            let saved = deeds::force_in(laptop, typed.changes.clone());
            if deed == Deed::Stillborn {
                deeds::call_below(laptop, typed.changes[0].id);
            }
            saved
        } else {
            laptop.change(typed.changes.clone()).map(|saved| laptop.undo = saved.undo)
        };
        let acknowledged = saved.is_ok();
        self.note(&format!("  {word} {}", saved.err().map_or_else(|| "saved".to_owned(), |error| error.message)));
        let died = self.laptops[who].rise();
        if died {
            // Committed or not: nobody was told, so that nothing is promised of what it typed over.
            self.ledger.saved(&self.laptops[who], &[], Vec::new(), false)?;
            self.seals.doubtful(&self.laptops[who], &typed.changes);
        }
        if acknowledged {
            self.ledger.saved(&self.laptops[who], &typed.changes, typed.words, forced)?;
            if !forced {
                before.stay(&self.laptops[who])?;
            }
            self.seals.saved(&self.laptops[who], &typed.changes, self.truth.load(Ordering::SeqCst));
        }
        self.after(who)
    }
}
