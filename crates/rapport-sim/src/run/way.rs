//! How messages go, and rounds with them.

use super::{MESSAGES_MAX, Outcome, World};
use crate::check::{self, Violation};
use crate::laptop::Step;
use crate::refusals;
use crate::run::mishaps::name_of;
use crate::server::Judged;
use crate::story::{Deed, Order, Passage};
use crate::wire::{Message, Reply, cut};
use crate::witness;
use rapport_model::{Code, Error, Source};

impl World {
    /// The next step of the message that a laptop waits for. Returns whether there is one.
    pub(super) fn pass_next(&mut self, who: usize) -> Result<bool, Violation> {
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
    pub(super) fn pass(&mut self, pick: u64, passage: Passage) -> Result<(), Violation> {
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

    pub(super) fn step(&mut self, mut message: Message, passage: Passage) -> Result<(), Violation> {
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
        if answers {
            self.blipped_to.take_if(|to| *to == who);
        }
        self.go_on(who)
    }

    /// The server answers; the model learns what it decided.
    pub(super) fn ask(&mut self, message: &Message) -> Result<Outcome<Reply>, Violation> {
        let laptop = &self.laptops[message.from];
        let mut judged: Vec<Judged> = Vec::new();
        let reply = self.server.serve(laptop.actor(), &message.question, &mut judged);
        let reply = self.blipped(message.from, reply);
        let rows = check::rows_of(&self.server);
        let now = self.server.clock.now();
        for one in &judged {
            self.model.take(one, &rows, now)?;
            refusals::have_reasons(&self.laptops[message.from], &self.server, one, &rows, &self.poisoned)?;
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

    pub(super) fn go_on(&mut self, who: usize) -> Result<(), Violation> {
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
    pub(super) fn after(&mut self, who: usize) -> Result<(), Violation> {
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

    pub(super) fn round_to_end(&mut self, who: usize) -> Result<(), Violation> {
        self.laptops[who].begin_round(&self.network);
        self.go_on(who)?;
        for _ in 0..MESSAGES_MAX {
            if !self.pass_next(who)? {
                return Ok(());
            }
        }
        Err(Violation::new("all drains", format!("a round of laptop {who} does not end")))
    }

    /// A round, a save between its awaits, the round of another one, and behind both the same save again.
    pub(super) fn type_on(
        &mut self,
        who: usize,
        (step, with): (usize, usize),
        (deed, pick): (Deed, u64),
    ) -> Result<(), Violation> {
        self.laptops[who].begin_round(&self.network);
        self.go_on(who)?;
        for _ in 0..step {
            if !self.pass_next(who)? {
                break;
            }
        }
        if self.laptops[who].is_syncing() {
            witness::fault("typed on while it synchronised");
        }
        self.save(who, deed, pick)?;
        if with != who {
            self.round_to_end(with)?;
        }
        self.round_to_end(who)?;
        self.save(who, deed, pick)
    }

    /// A round of this laptop, an order of the office between its messages, and the contrary a few steps later.
    pub(super) fn waver(
        &mut self,
        who: usize,
        (step, lasts): (usize, usize),
        (order, pick): (Order, u64),
    ) -> Result<(), Violation> {
        self.laptops[who].begin_round(&self.network);
        self.go_on(who)?;
        for (steps, order) in [(step, order), (lasts, order.taken_back())] {
            for _ in 0..steps {
                if !self.pass_next(who)? {
                    break;
                }
            }
            self.order(order, pick)?;
        }
        if self.laptops[who].is_syncing() {
            witness::fault("decided and taken back while it synchronised");
        }
        self.round_to_end(who)
    }
}
