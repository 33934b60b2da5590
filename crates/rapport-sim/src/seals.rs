//! What is sealed says what its author saw and when she typed it: written down apart from the product, at the save.

use crate::check::Violation;
use crate::laptop::Laptop;
use crate::witness;
use rapport_model::clock::KeptClock;
use rapport_model::mutation::{Change, UnitEdit};
use rapport_model::{Id, Millis, Source};
use std::collections::BTreeMap;

/// By how much stamps of one laptop may lie above the moment: those typed at one moment count up.
const ROOM_MS: i64 = 5_000;

type Unit = (i64, Id, String);

/// The first moment at which an edit was typed, the last one, and what had been seen by then. One that joins another keeps its stamp.
struct Typed {
    first: i64,
    last: i64,
    seen: i64,
}

fn edits(laptop: &Laptop, sealed: bool) -> BTreeMap<Unit, UnitEdit> {
    let line = laptop.outbox().into_iter().filter(|waiting| waiting.seal.is_some() == sealed);
    let of = |(seq, changes): (i64, Vec<Change>)| {
        let unit = move |change: Change| change.units.into_iter().map(move |(name, edit)| ((seq, change.id, name), edit));
        changes.into_iter().flat_map(unit)
    };
    line.map(|waiting| (waiting.seq, waiting.changes)).flat_map(of).collect()
}

/// What the edits in line are based on.
pub struct Bases(BTreeMap<Unit, UnitEdit>);

impl Bases {
    pub fn of(laptop: &Laptop) -> Bases {
        Bases(edits(laptop, false))
    }

    /// An edit that joins one in line does not move what its author saw first.
    pub fn stay(&self, laptop: &Laptop) -> Result<(), Violation> {
        for (unit, edit) in edits(laptop, false) {
            let Some(before) = self.0.get(&unit) else { continue };
            witness::met("what was seen stays what was seen");
            if (before.base_version, &before.base) != (edit.base_version, &edit.base) {
                let detail = format!(
                    "{} of {}: {} at {} became {} at {}",
                    unit.2, unit.1, before.base, before.base_version, edit.base, edit.base_version
                );
                return Err(Violation::new("what was seen stays what was seen", detail));
            }
        }
        Ok(())
    }
}

/// When the edits in line were typed, in true time, and the highest stamp that their author had seen.
#[derive(Default)]
pub struct Seals {
    typed: BTreeMap<(usize, Unit), Typed>,
    highest: BTreeMap<usize, i64>,
}

fn kept(laptop: &Laptop) -> KeptClock {
    laptop.store.read(|tx| tx.progress::<KeptClock>("clock")).expect("a laptop's clock").unwrap_or_default()
}

impl Seals {
    pub fn saved(&mut self, laptop: &Laptop, changes: &[Change], truth: i64) {
        if laptop.clock.is_frozen() || laptop.is_syncing() {
            // When it is sealed, and by which measure of the clock, depends on what is under way.
            return self.doubtful(laptop, changes);
        }
        let seen = kept(laptop).highest_seen.0;
        for (unit, edit) in edits(laptop, false) {
            // A rule may have written more than the form did.
            let of_now = edit.updated_at == laptop.clock.now();
            let named = changes.iter().any(|change| change.id == unit.1 && change.units.contains_key(&unit.2));
            let key = (laptop.number, unit);
            // What was typed again as it stood keeps the moment of the first time.
            if of_now || (named && self.typed.contains_key(&key)) {
                let typed = self.typed.entry(key).or_insert(Typed { first: truth, last: truth, seen });
                (typed.last, typed.seen) = (truth, seen);
            }
        }
    }

    /// Nothing can be said any more of when edits of these records were typed.
    pub fn doubtful(&mut self, laptop: &Laptop, changes: &[Change]) {
        let touched = |unit: &Unit| changes.iter().any(|change| change.id == unit.1);
        self.typed.retain(|(who, unit), _| *who != laptop.number || !touched(unit));
    }

    /// Nothing can be said any more of when the edits of this laptop were typed.
    pub fn forget(&mut self, who: usize) {
        self.typed.retain(|(laptop, _), _| *laptop != who);
        self.highest.insert(who, i64::MAX);
    }

    pub fn check(&mut self, laptop: &Laptop) -> Result<(), Violation> {
        let sealed = edits(laptop, true);
        let before = self.highest.get(&laptop.number).copied().unwrap_or(0);
        let mut highest = 0;
        for (unit, edit) in &sealed {
            let stamp = edit.updated_at;
            highest = highest.max(stamp.0);
            let Some(Typed { first, last, seen }) = self.typed.remove(&(laptop.number, unit.clone())) else { continue };
            if laptop.clock.is_frozen() || before == i64::MAX {
                continue;
            }
            witness::met("a stamp is the moment of typing");
            let least = Millis(first - ROOM_MS);
            let most = Millis(last.max(seen).max(before) + ROOM_MS);
            if stamp < least || stamp > most {
                let detail = format!(
                    "laptop {}: {} of {} was typed at {first} to {last} and is stamped {}; {seen} was seen, {before} sealed",
                    laptop.number, unit.2, unit.1, stamp.0
                );
                return Err(Violation::new("a stamp is the moment of typing", detail));
            }
        }
        if before == i64::MAX && laptop.outbox().is_empty() {
            // What was typed by another clock is through.
            self.highest.insert(laptop.number, kept(laptop).last_sealed.0);
        } else if before != i64::MAX {
            self.highest.insert(laptop.number, before.max(highest));
        }
        Ok(())
    }
}
