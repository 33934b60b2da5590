//! One run: a story is played, everything comes to rest, and what must hold is checked on the way and at the end.

mod mishaps;

use crate::check::{self, Violation};
use crate::deeds;
use crate::dice::Dice;
use crate::laptop::{Laptop, Step};
use crate::ledger::{Ledger, word_of};
use crate::machine::{Place, START_MS};
use crate::model::Model;
use crate::seals::{Bases, Seals};
use crate::server::{Judged, Server};
use crate::story::{Deed, Event, Going, Order, Passage, Story};
use crate::wire::{Message, Network, Reply, cut};
use crate::witness::{self, Witness};
use mishaps::name_of;
use rapport_model::{Code, Cursor, Error, Id, Result as Outcome, Source};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
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
    new_life: bool,
    /// What the model knew when the server's backup was made, and when that was.
    backup: Option<(Model, i64)>,
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
            new_life: false,
            backup: None,
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
        check::at_rest(&self.server, &self.laptops, self.new_life)?;
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
                if self.server.back_up() {
                    self.backup = Some((self.model.clone(), self.truth.load(Ordering::SeqCst)));
                }
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

    fn rot(&mut self, who: usize, pick: u64) {
        if !self.laptops[who].is_syncing() {
            self.laptops[who].rot(&mut Dice::new(pick));
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
            self.ledger.disk_restored(&self.laptops[who]);
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
        self.new_life = true;
        witness::fault("new life of the server");
        // A disk that fails meanwhile is a server that goes on in its old life.
        let _ = self.server.begin_epoch();
        self.server.rise();
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
            deeds::force_in(laptop, typed.changes.clone())
        } else {
            laptop.change(typed.changes.clone()).map(|saved| laptop.undo = saved.undo)
        };
        let acknowledged = saved.is_ok();
        self.note(&format!("  {word} {}", saved.err().map_or_else(|| "saved".to_owned(), |error| error.message)));
        let died = self.laptops[who].rise();
        if died {
            // Committed or not: nobody was told, so that nothing is promised of what it typed over.
            self.ledger.saved(&self.laptops[who], &[], Vec::new(), false)?;
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

    /// The next step of the message that a laptop waits for. Returns whether there is one.
    fn pass_next(&mut self, who: usize) -> Result<bool, Violation> {
        let message = {
            let mut under_way = self.network.under_way();
            let next = under_way.iter().position(|message| message.from == who && message.is_waited_for());
            next.map(|next| under_way.remove(next))
        };
        let Some(message) = message else { return Ok(false) };
        // A way that is cut is cut for this one too.
        let is_cut = self.laptops[who].cut == Some(message.reply.is_some());
        self.step(message, if is_cut { Passage::Lost } else { Passage::Delivered })?;
        Ok(true)
    }

    /// The next step of one message.
    fn pass(&mut self, pick: u64, passage: Passage) -> Result<(), Violation> {
        let message = {
            let mut under_way = self.network.under_way();
            if under_way.is_empty() {
                return Ok(());
            }
            let count = u64::try_from(under_way.len()).unwrap_or(1);
            under_way.remove(usize::try_from(pick % count).unwrap_or(0))
        };
        let cut_off = self.laptops[message.from].cut == Some(message.reply.is_some());
        let passage = if cut_off { Passage::Lost } else { passage };
        self.step(message, passage)
    }

    fn step(&mut self, mut message: Message, passage: Passage) -> Result<(), Violation> {
        let who = message.from;
        let answers = message.reply.is_some();
        let fault = match passage {
            Passage::Delivered => None,
            Passage::Lost if answers => Some("answer lost after commit"),
            Passage::Lost => Some("message lost"),
            Passage::Doubled => Some("message doubled or late"),
            Passage::Truncated => Some("message truncated"),
            Passage::Garbled => Some("message garbled"),
            Passage::Portal => Some("captive portal"),
        };
        if let Some(fault) = fault {
            witness::fault(fault);
        }
        match (message.reply.take(), passage) {
            (None, Passage::Delivered | Passage::Doubled) => {
                if passage == Passage::Doubled {
                    self.network.under_way().push(message.copy());
                }
                let reply = self.ask(&message)?;
                if message.is_waited_for() {
                    message.reply = Some(reply);
                    self.network.under_way().push(message);
                }
                return Ok(());
            }
            (Some(reply), Passage::Delivered | Passage::Doubled) => {
                self.note(&format!("  an answer reaches laptop {who}"));
                message.arrive(reply);
            }
            (Some(Ok(Reply::Snapshot(mut blocks))), Passage::Garbled | Passage::Truncated) => {
                for block in &mut blocks {
                    match passage {
                        Passage::Garbled => block.body[0] ^= 1,
                        _ => block.body.truncate(block.body.len() / 2),
                    }
                }
                message.arrive(Ok(Reply::Snapshot(blocks)));
            }
            (_, Passage::Portal) => message.arrive(Err(Error::new(Code::Offline, "What answered is not a Rapport server."))),
            // What is damaged on its way ends as a lost connection.
            _ => message.arrive(Err(cut())),
        }
        self.go_on(who)
    }

    /// The server answers; the model learns what it decided.
    fn ask(&mut self, message: &Message) -> Result<Outcome<Reply>, Violation> {
        let laptop = &self.laptops[message.from];
        let mut judged: Vec<Judged> = Vec::new();
        let reply = self.server.serve(laptop.actor(), &message.question, &mut judged);
        let reply = self.blipped(message.from, reply);
        let rows = check::rows_of(&self.server);
        let now = self.server.clock.now();
        for one in &judged {
            self.model.take(one, &rows, now)?;
        }
        for mishap in self.server.fate.take_happened() {
            witness::fault(name_of(mishap, true));
        }
        if let Ok(reply) = &reply {
            check::scope(&self.laptops[message.from], reply, &rows)?;
        }
        let told = judged.iter().flat_map(|one| &one.outcomes).map(|one| one.ending.text()).collect::<Vec<_>>().join(" ");
        self.note(&format!("  the server answers laptop {}: {told}", message.from));
        Ok(reply)
    }

    fn go_on(&mut self, who: usize) -> Result<(), Violation> {
        self.blipped_to.take_if(|to| *to == who);
        let step = self.laptops[who].go_on(&self.runtime, &self.network);
        self.note(&format!("  laptop {who}: {step:?}"));
        if matches!(step, Step::Ended(_)) {
            witness::met("rounds end well");
        }
        if let Step::Ended(Err(error)) = &step
            && !matches!(error.code, Code::Offline | Code::DiskFull | Code::Internal | Code::Busy | Code::RemovalUnconfirmed)
        {
            return Err(Violation::new("rounds end well", format!("laptop {who}: {error:?}")));
        }
        self.after(who)
    }

    /// What must hold after each step of a laptop.
    fn after(&mut self, who: usize) -> Result<(), Violation> {
        for mishap in self.laptops[who].fate.take_happened() {
            witness::fault(name_of(mishap, false));
        }
        let laptop = &self.laptops[who];
        self.ledger.synced(laptop, &self.server)?;
        self.seals.check(laptop)?;
        check::shown(laptop, &self.poisoned, &self.model)?;
        if laptop.is_syncing() || laptop.is_rotten {
            return Ok(());
        }
        let rows = check::rows_of(&self.server);
        check::progress(laptop, self.cursors.entry(who).or_default(), &rows, &self.server)
    }

    fn round_to_end(&mut self, who: usize) -> Result<(), Violation> {
        self.laptops[who].begin_round(&self.network);
        self.go_on(who)?;
        for _ in 0..MESSAGES_MAX {
            if !self.pass_next(who)? {
                return Ok(());
            }
        }
        Err(Violation::new("all drains", format!("a round of laptop {who} does not end")))
    }

    /// Everything is healed; then everybody syncs until nothing moves any more.
    fn come_to_rest(&mut self) -> Result<(), Violation> {
        self.server.fate.heal();
        for laptop in &mut self.laptops {
            laptop.cut = None;
            laptop.fate.heal();
        }
        self.truth.fetch_add(1000, Ordering::SeqCst);
        loop {
            let message = self.network.under_way().pop();
            let Some(message) = message else { break };
            self.step(message, Passage::Delivered)?;
        }
        if self.laptops.iter().any(|laptop| !laptop.outbox().is_empty()) {
            witness::met("all drains");
        }
        let mut before = None;
        for _ in 0..ROUNDS_MAX {
            for who in 0..self.laptops.len() {
                self.round_to_end(who)?;
            }
            let waiting: Vec<usize> = self.laptops.iter().map(|laptop| laptop.outbox().len()).collect();
            let version = self.server.store.read(|tx| tx.sequence()).expect("the server's sequence").last;
            if before.as_ref() == Some(&(waiting.clone(), version)) {
                return self.drained(false);
            }
            before = Some((waiting, version));
        }
        Err(Violation::new("all drains", format!("after {ROUNDS_MAX} rounds: {before:?}")))
    }

    /// What still waits is held for something that the server refused and that a card tells of. What was typed for a row that a bad
    /// disk made up waits until that row was `compared` with the server.
    fn drained(&self, compared: bool) -> Result<(), Violation> {
        let rows = check::rows_of(&self.server);
        for laptop in &self.laptops {
            for waiting in laptop.outbox() {
                let known = |id: Id| rows.keys().any(|(_, one)| *one == id);
                let unborn = |id: Id| !known(id) && laptop.cards().iter().any(|card| card.record_id == id);
                let named: Vec<Id> = waiting
                    .changes
                    .iter()
                    .flat_map(|change| {
                        let parent = change.units.get("customerId").and_then(|edit| edit.value.as_str()?.parse().ok());
                        [Some(change.id), parent].into_iter().flatten()
                    })
                    .collect();
                let for_nothing = laptop.is_rotten && waiting.held && !compared;
                if !for_nothing && (!waiting.held || !named.into_iter().any(unborn)) {
                    let detail = format!("laptop {} still has {:?}", laptop.number, waiting.changes);
                    return Err(Violation::new("all drains", detail));
                }
            }
        }
        Ok(())
    }
}
