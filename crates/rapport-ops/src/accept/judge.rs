//! The judgement of one mutation in memory: merge, rules, and what crosses records.

mod ahead;
mod archived;
mod cards;
mod lost;
mod merged;
mod unique;

use super::{Context, Line, Trail, gone, parent_said};
use crate::world::{Slot, World};
use rapport_model::merge::{self, Judged, Logged, Lost, merge};
use rapport_model::mutation::{CHANGES_MAX, Change, Ending, Mutation, Op, Outcome, Overridden};
use rapport_model::rules::{self, From as Judging, Passing};
use rapport_model::stamp::{Stamp, Stamps};
use rapport_model::{Actor, Card, Code, Error, Id, Kind, Meta, Result, Sight, clock, customer_of, defect, unit};
use rapport_store::lives::Lives;
use rapport_store::log::Sequence;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) use lost::lives_spoken_of;
pub(super) use unique::mend_primaries;

pub(super) struct Judge<'w, 'a, 'b> {
    world: &'w mut World<'a, 'b>,
    actor: Actor,
    sight: &'w Sight,
    at: &'w Context<'w>,
    sequence: &'w mut Sequence,
    /// Where somebody speaks of versions of an earlier life.
    lives: Option<&'w Lives>,
    /// REST: rules refuse where sync mends.
    strict: bool,
    /// The mutation was held before: its author may have written more since, and that may be here already.
    pub waited: bool,
}

/// What one mutation leaves behind while it is judged.
#[derive(Default)]
struct Effects {
    lines: Vec<(Kind, Id, Logged)>,
    cards: Vec<Card>,
    joined: bool,
}

/// Why a mutation has no effect.
enum Stop {
    Refused(Error),
    /// Not permitted any more, of a record that its author had seen: its owner gets what was written.
    Late(Error, Box<Card>),
    /// Waits for these records.
    Held(Vec<Id>),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Refused(error)
    }
}

impl<'w, 'a, 'b> Judge<'w, 'a, 'b> {
    pub fn new(
        world: &'w mut World<'a, 'b>,
        actor: Actor,
        sight: &'w Sight,
        at: &'w Context<'w>,
        sequence: &'w mut Sequence,
        lives: Option<&'w Lives>,
        strict: bool,
    ) -> Judge<'w, 'a, 'b> {
        Judge { world, actor, sight, at, sequence, lives, strict, waited: false }
    }

    /// Judges a mutation as a whole: all of its changes, or none.
    pub fn mutation(&mut self, mutation: &Mutation, trail: &mut Trail) -> Result<Outcome> {
        let mut effects = Effects::default();
        let result = self.changes(mutation, &mut effects);
        let mut outcome = Outcome {
            mutation_id: mutation.mutation_id,
            ending: Ending::Applied,
            error: None,
            need: Vec::new(),
            overridden: Vec::new(),
            records: Vec::new(),
        };
        match result {
            Ok(()) => {
                self.world.keep();
                self.tell_of_clock(mutation, &trail.cards, &mut effects)?;
                if effects.joined {
                    outcome.ending = Ending::Merged;
                }
                outcome.overridden = self.overridden(&effects);
                trail.cards.append(&mut effects.cards);
                let lines = effects.lines.into_iter().map(|(kind, record, logged)| Line {
                    kind,
                    record,
                    logged,
                    by: self.actor.user,
                    mutation: Some(mutation.mutation_id),
                });
                trail.lines.extend(lines);
            }
            Err(Stop::Held(need)) if !self.strict => {
                self.world.forget();
                outcome.ending = Ending::Held;
                outcome.need = need;
            }
            Err(stop) => {
                if defect::on("half a mutation stays") {
                    self.world.keep();
                }
                self.world.forget();
                let late = matches!(stop, Stop::Late(..));
                let error = match stop {
                    Stop::Refused(error) => error,
                    Stop::Late(error, card) => {
                        trail.cards.push(*card);
                        error
                    }
                    Stop::Held(need) => {
                        let ids: Vec<String> = need.iter().map(ToString::to_string).collect();
                        Error::new(Code::InvalidReference, format!("{} is not known here.", ids.join(", ")))
                    }
                };
                if error.code == Code::Internal || error.code.retry() {
                    return Err(error);
                }
                outcome.ending = if late { Ending::Late } else { Ending::Refused };
                let error = if self.strict { error } else { self.with_erased(mutation, error)? };
                outcome.error = Some(error.body(mutation.mutation_id.to_string()));
            }
        }
        Ok(outcome)
    }

    /// Names the records of a refused mutation whose data an administrator has erased: of them the device keeps no copy.
    fn with_erased(&mut self, mutation: &Mutation, error: Error) -> Result<Error> {
        let about = |change: &Change| [Some(change.id), parent_said(change)].into_iter().flatten();
        let ids: Vec<Id> = mutation.changes.iter().flat_map(about).collect();
        let stones = self.world.tx.tombstones_among(&ids)?;
        let erased: BTreeSet<Id> = stones.iter().filter(|stone| stone.why == "erased").map(|stone| stone.record_id).collect();
        let named = mutation.changes.iter().filter(|change| about(change).any(|id| erased.contains(&id)));
        let named: Vec<Id> = named.map(|change| change.id).collect();
        if named.is_empty() {
            return Ok(error);
        }
        let mut details = error.details.clone().filter(Value::is_object).unwrap_or_else(|| json!({}));
        details["erased"] = json!(named);
        Ok(error.with(details))
    }

    fn overridden(&self, effects: &Effects) -> Vec<Overridden> {
        let lost = effects.lines.iter().filter(|(_, _, logged)| logged.overridden);
        lost.map(|(kind, id, logged)| Overridden {
            kind: kind.text().to_owned(),
            id: *id,
            unit: logged.unit.clone(),
            lost: logged.before.clone(),
            stands: logged.after.clone(),
            by: logged.lost_by.unwrap_or(self.actor.user),
            at: self.at.now,
        })
        .collect()
    }

    fn changes(&mut self, mutation: &Mutation, effects: &mut Effects) -> Result<(), Stop> {
        if mutation.changes.is_empty() || mutation.changes.len() > CHANGES_MAX {
            let message = format!("A mutation holds 1 to {CHANGES_MAX} changes.");
            return Err(Error::new(Code::Malformed, message).into());
        }
        lost::whole(mutation)?;
        for change in &mutation.changes {
            self.change(change, mutation.mutation_id, effects)?;
        }
        Ok(())
    }

    fn change(&mut self, change: &Change, mutation: Id, effects: &mut Effects) -> Result<(), Stop> {
        let kind = Kind::parse(&change.kind).ok_or_else(|| {
            Error::field(Code::InvalidValue, "kind", format!("This server has no record type \"{}\".", change.kind))
        })?;
        if !matches!(change.op, Op::Put | Op::Delete | Op::Restore | Op::Send | Op::Merge) {
            let message = format!("This server does not know \"{}\".", change.op.text());
            return Err(Error::field(Code::InvalidValue, "op", message).into());
        }
        let held = self.world.get(kind, change.id)?;
        // What is gone for good is not made anew under its id, whoever still has its beginning.
        if held.is_none() {
            let stone = self.world.stone(change.id)?;
            if stone.is_none() {
                self.waits_for_lost(change)?;
            }
            if !change.creates() || stone.is_some() {
                return Err(gone(&change.kind, change.id, stone.as_ref()).into());
            }
        }
        let owner = held.as_ref().and_then(|s| customer_of(s.record.as_ref())).or_else(|| parent_said(change));
        if kind.is_child() {
            self.parent(owner, change, effects)?;
            if change.op == Op::Merge {
                self.parent(parent_said(change), change, effects)?;
            }
        }
        let completed;
        let change = match &held {
            Some(slot) if change.op == Op::Merge && kind == Kind::Customers => {
                completed = self.with_stragglers(slot, change, effects)?;
                &completed
            }
            _ => change,
        };
        if kind == Kind::Cards {
            self.own_card(held.as_ref())?;
        }
        let version = self.sequence.draw();
        let (mut slot, judged) = match &held {
            Some(slot) => self.merged(slot, change, version, effects).map_err(|stop| self.late(slot, change, stop))?,
            None => self.created(kind, change, version)?,
        };
        match (self.follow_rules(held.as_ref(), &mut slot, change), &held) {
            (Err(stop), Some(held)) => return Err(self.late(held, change, stop)),
            (result, _) => result?,
        }
        self.frozen(held.as_ref(), change)?;
        effects.joined |= judged.joined;
        let changed = judged.changed;
        self.note(kind, change.id, &slot, judged, effects);
        if !changed {
            // What lost is in the log; the row and its version stay.
            return Ok(());
        }
        self.unique(&mut slot, held.as_ref(), effects)?;
        slot.dirty = Some(mutation);
        self.world.put(slot);
        Ok(())
    }

    /// An existing record, merged unit by unit.
    fn merged(&mut self, held: &Slot, change: &Change, version: i64, effects: &mut Effects) -> Result<(Slot, Judged), Stop> {
        self.seen_and_lost(held, change, effects)?;
        let mut slot = held.clone();
        let child_touched = self.child_touched(held, change)?;
        let context = merge::Context { author: self.actor, version, child_touched, waited: self.waited, now: self.at.now };
        let mut change = change.clone();
        self.complete_status(held, &mut change)?;
        let mut judged = merge(slot.record.as_mut(), &mut slot.stamps, &change, &context)?;
        judged.changed |= self.out_of_archive(&mut slot, change.base_version(), effects);
        Ok((slot, judged))
    }

    /// Whether others edited what hangs on a customer after the author of its delete had last looked.
    fn child_touched(&mut self, held: &Slot, change: &Change) -> Result<bool, Stop> {
        let deletes = change.units.get(unit::DELETED).is_some_and(|edit| !edit.value.is_null());
        if self.strict || !deletes || held.record.kind() != Kind::Customers {
            return Ok(false);
        }
        let seen = change.base_version();
        // One that was made and taken back again counts, too: had the delete come before it, it would have brought the customer back.
        Ok(self.world.children(change.id)?.iter().any(|child| child.stamps.touched_by_others(seen, self.actor.device)))
    }

    /// A change of status is judged from its own base value, and its rule effects travel with it.
    fn complete_status(&mut self, held: &Slot, change: &mut Change) -> Result<(), Stop> {
        let Some(edit) = change.units.get_mut("status") else { return Ok(()) };
        let mut trial = held.record.clone();
        unit::set(trial.as_mut(), "status", edit.value.clone())?;
        let now = edit.updated_at.min(self.at.now);
        let (sight, by_sync) = (self.sight, !self.strict);
        let (before, from) = (Some(held.record.as_ref()), Judging::Seen(Some(edit)));
        let passing = Passing { sight, before, from, now, by_sync, moves: false };
        rules::check(self.world, &mut trial, &passing)?;
        edit.value = unit::get(trial.as_ref(), "status")?;
        Ok(())
    }

    fn created(&mut self, kind: Kind, change: &Change, version: i64) -> Result<(Slot, Judged), Stop> {
        let updated_at = clock::cut(change.updated_at(), self.at.now, rapport_model::Millis(0));
        let mut record = kind.blank();
        *record.meta_mut() =
            Meta { id: change.id, created_at: updated_at, updated_at, created_by: self.actor.user, version, ..Meta::default() };
        for (name, edit) in &change.units {
            unit::set(record.as_mut(), name, edit.value.clone())?;
        }
        let stamp = Stamp { version, updated_at, device: self.actor.device, user: self.actor.user };
        let slot = Slot { record, stamps: Stamps::created(stamp), dirty: None, stored: false, place: None, hung_on: None };
        Ok((slot, Judged { changed: true, ..Judged::default() }))
    }

    /// What was sent is what its author saw: lines that others changed meanwhile were not.
    fn frozen(&self, held: Option<&Slot>, change: &Change) -> Result<(), Stop> {
        let (Op::Send, Some(held)) = (change.op, held) else { return Ok(()) };
        if held.stamps.of("items").version <= change.base_version() || held.stamps.of("items").device == self.actor.device {
            return Ok(());
        }
        let message =
            "The lines of this quote were changed by somebody else before it was sent. Look at them, then send it again.";
        Err(Error::field(Code::Stale, "items", message).into())
    }

    /// The rules of the record as it stands after the merge.
    fn follow_rules(&mut self, held: Option<&Slot>, slot: &mut Slot, change: &Change) -> Result<(), Stop> {
        // The status was judged from its own base before the merge.
        let before = held.map(|slot| slot.record.as_ref());
        let from = if held.is_some() { Judging::Judged } else { Judging::Seen(None) };
        let (by_sync, moves) = (!self.strict, change.op == Op::Merge);
        let passing = Passing { sight: self.sight, before, from, now: self.at.now, by_sync, moves };
        match rules::check(self.world, &mut slot.record, &passing) {
            // An edit of a record whose create was refused says too little to make it: it waits.
            Err(error) if error.code == Code::Required && held.is_none() && !self.strict => Err(Stop::Held(vec![change.id])),
            Err(error) if error.code == Code::InvalidReference && !self.strict => Err(missing(error)),
            other => other.map_err(Stop::from),
        }
    }

    /// A child needs its customer; a child of a trashed customer brings it back, over REST it is refused.
    fn parent(&mut self, owner: Option<Id>, change: &Change, effects: &mut Effects) -> Result<(), Stop> {
        let Some(owner) = owner else {
            let error = Error::field(Code::Required, "customerId", "Customer is needed.");
            // An edit of something whose create was held says too little to place it: it waits with it.
            return Err(if self.strict { error.into() } else { Stop::Held(vec![change.id]) });
        };
        let Some(mut slot) = self.world.get(Kind::Customers, owner)? else {
            // One that is gone for good never comes: what hangs on it is told so instead of waiting for ever.
            let stone = self.world.stone(owner)?.filter(|_| !self.strict);
            if stone.is_some() {
                return Err(gone(Kind::Customers.text(), owner, stone.as_ref()).into());
            }
            let error = Error::field(Code::InvalidReference, "customerId", "There is no such customer here. Choose another one.");
            return Err(if self.strict { error.into() } else { Stop::Held(vec![owner]) });
        };
        let Some(deleted_at) = slot.record.meta().deleted_at.filter(|_| !defect::on("parent stays in the trash")) else {
            if self.out_of_archive(&mut slot, change.base_version(), effects) {
                slot.dirty = Some(Id::NIL);
                self.world.put(slot);
            }
            return Ok(());
        };
        if self.strict {
            let message = "This customer is in the trash. Restore it first, then change it.";
            return Err(Error::new(Code::CustomerDeleted, message).into());
        }
        let held = slot.stamps.of(unit::DELETED);
        if held.version <= change.base_version() || held.device == self.actor.device {
            let message = "This customer is in the trash. Restore it first, then change it.";
            return Err(Error::new(Code::CustomerDeleted, message).into());
        }
        let was = slot.clone();
        slot.record.meta_mut().deleted_at = None;
        slot.record.meta_mut().version = self.sequence.draw();
        slot.dirty = Some(Id::NIL);
        let before = Value::from(deleted_at.0);
        let logged = Logged {
            unit: unit::DELETED.to_owned(),
            before: before.clone(),
            after: Value::Null,
            overridden: true,
            lost_by: Some(held.user),
        };
        let lost = Lost {
            unit: unit::DELETED.to_owned(),
            loser: held.user,
            winner: self.actor.user,
            mine: before,
            theirs: Value::Null,
            original: Value::Null,
        };
        let judged = Judged { changed: true, joined: true, log: vec![logged], cards: vec![lost] };
        self.note(Kind::Customers, owner, &slot, judged, effects);
        effects.joined = true;
        self.name(&mut slot, Some(&was), effects)?;
        self.world.put(slot);
        Ok(())
    }
}

/// A record that the server does not know yet may still come; one of another customer never fits.
fn missing(error: Error) -> Stop {
    let id = error.details.as_ref().and_then(|details| details["missing"].as_str()).and_then(|text| text.parse().ok());
    id.map_or(Stop::Refused(error), |id| Stop::Held(vec![id]))
}
