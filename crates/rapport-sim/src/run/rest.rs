//! How everything comes to rest.

use super::{ROUNDS_MAX, World};
use crate::check::{self, Violation};
use crate::story::Passage;
use crate::witness;
use rapport_model::{Id, Kind, customer_of};
use std::sync::atomic::Ordering;

impl World {
    /// Everything is healed; then everybody syncs until nothing moves any more.
    pub(super) fn come_to_rest(&mut self) -> Result<(), Violation> {
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
            let written = self.server.store.read(|tx| tx.log_count_after(0)).expect("the server's log");
            if before.as_ref() == Some(&(waiting.clone(), written)) {
                return self.drained(false);
            }
            before = Some((waiting, written));
        }
        Err(Violation::new("all drains", format!("after {ROUNDS_MAX} rounds: {before:?}")))
    }

    /// What still waits is held for something that the server refused and that a card tells of. What was typed for a row that a bad
    /// disk made up waits until that row was `compared` with the server.
    pub(super) fn drained(&self, compared: bool) -> Result<(), Violation> {
        let rows = check::rows_of(&self.server);
        for laptop in &self.laptops {
            for waiting in laptop.outbox() {
                let known = |id: Id| rows.keys().any(|(_, one)| *one == id);
                let unborn = |id: Id| !known(id) && laptop.cards().iter().any(|card| card.record_id == id);
                let named = waiting.changes.iter().flat_map(|change| {
                    let shown = Kind::parse(&change.kind).and_then(|kind| laptop.rows(kind).remove(&change.id));
                    [Some(change.id), shown.and_then(|record| customer_of(record.as_ref()))].into_iter().flatten()
                });
                let named: Vec<Id> = named.collect();
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
