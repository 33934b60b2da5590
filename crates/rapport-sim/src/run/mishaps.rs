//! What befalls the server and its backups.

use super::{Backup, Outcome, World};
use crate::check::Violation;
use crate::disk::Mishap;
use crate::laptop::REMOVALS_FREE;
use crate::story::Passage;
use crate::wire::Reply;
use crate::witness;
use rapport_model::{Id, Kind, Millis, version};
use std::sync::atomic::Ordering;

impl World {
    /// The server lives on from its backup. What was under way to it is lost; what is older than devices remember is not offered again.
    pub(super) fn restore_server(&mut self) -> Result<(), Violation> {
        const REMEMBERED_MS: i64 = 25 * 86_400_000;
        let Some(Backup { model, at_ms, epoch }) = self.backup.clone() else { return Ok(()) };
        let now_ms = self.truth.load(Ordering::SeqCst);
        // Lives are numbered by ten minutes: what is restored twice within those from one backup cannot be told apart.
        if now_ms - at_ms > REMEMBERED_MS || !self.lives.insert(version::next_epoch(epoch, Millis(now_ms))) {
            return Ok(());
        }
        witness::fault("server restored from a backup");
        self.ledger.server_restored(&self.laptops);
        self.server.go_back();
        self.model.go_back(model);
        loop {
            let message = self.network.under_way().pop();
            let Some(message) = message else { break };
            self.step(message, Passage::Lost)?;
        }
        self.laptops.iter_mut().for_each(|laptop| laptop.mates = self.server.mates(laptop.user));
        Ok(())
    }

    /// A fault of the server: a page that takes everything away that the laptop holds, and rightly so.
    pub(super) fn blipped(&mut self, who: usize, reply: Outcome<Reply>) -> Outcome<Reply> {
        let Ok(Reply::Pull(mut page)) = reply else { return reply };
        if self.blip == Some(who) && !page.reset && !page.more {
            self.blip = None;
            let laptop = &self.laptops[who];
            let waiting: Vec<Id> = laptop.outbox().iter().flat_map(|one| &one.changes).map(|change| change.id).collect();
            let mut held = laptop.rows(Kind::Customers);
            held.retain(|id, _| !waiting.contains(id));
            let version = self.server.store.read(|tx| tx.sequence()).map(|sequence| sequence.version()).unwrap_or_default();
            if held.len() <= usize::from(REMOVALS_FREE) {
                // So few may go without a question.
                return Ok(Reply::Pull(page));
            }
            witness::fault("everything is said to have left");
            self.blipped_to = Some(who);
            page.entries.extend(held.into_keys().map(|id| rapport_model::wire::Entry {
                what: rapport_model::wire::What::Leave,
                kind: Kind::Customers.text().to_owned(),
                id,
                version,
                mutation_id: None,
                record: serde_json::Value::Null,
                anew: false,
            }));
        }
        Ok(Reply::Pull(page))
    }
}

/// A mishap as the tables call it.
pub(super) fn name_of(mishap: Mishap, at_server: bool) -> &'static str {
    match (mishap, at_server) {
        (Mishap::Full, false) => "disk full",
        (Mishap::Broken, false) => "I/O error",
        (Mishap::DiesBefore, false) => "kill before a commit",
        (Mishap::DiesAfter, false) => "kill after a commit",
        (Mishap::Full, true) => "server: disk full",
        (Mishap::Broken, true) => "server: I/O error",
        (Mishap::DiesBefore, true) => "server: kill before a commit",
        (Mishap::DiesAfter, true) => "server: kill after a commit",
    }
}
