//! The model server: the list of what was accepted, and what must follow from it, worked out in the plainest way. It knows plain
//! fields, tags and owners, what was deleted and who had seen what; texts, names and statuses it leaves to other checks.

use crate::check::Violation;
use crate::deeds::PLAIN;
use crate::server::Judged;
use crate::witness;
use rapport_model::mutation::{Change, Ending, Mutation, Op, UnitEdit};
use rapport_model::{BoxedRecord, Id, Kind, Millis, clock, customer_of, unit};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug)]
struct Held {
    value: Value,
    at: Millis,
    device: Id,
    version: i64,
}

impl Held {
    fn rank(&self) -> (Millis, Id) {
        (self.at, self.device)
    }
}

#[derive(Clone, Default)]
pub struct Model {
    units: BTreeMap<(Id, String), Held>,
    /// Edits of a record that were taken, those of what hangs on it included: version and device.
    touched: BTreeMap<Id, Vec<(i64, Id)>>,
    /// Records in the trash: the version and the device of the delete.
    trashed: BTreeMap<Id, (i64, Id)>,
    endings: BTreeMap<Id, Ending>,
    /// Numbers of an epoch that were judged, and those that are held.
    judged: BTreeMap<Id, (BTreeSet<i64>, BTreeSet<i64>)>,
    /// How many changes a mutation had when it was taken first. A restored server does not take the model back behind that.
    wholes: BTreeMap<Id, usize>,
}

/// All rows of the server that people write.
pub type Rows = BTreeMap<(Kind, Id), BoxedRecord>;

fn is_modelled(kind: Kind, name: &str) -> bool {
    match kind {
        Kind::Customers => PLAIN.contains(&name) || name.starts_with("tags/") || name == "assignedTo",
        Kind::Contacts => matches!(name, "title" | "mobile"),
        Kind::Interactions => name == "outcome",
        _ => false,
    }
}

impl Model {
    /// Takes what a push came to and compares it with what it had to come to.
    pub fn take(&mut self, judged: &Judged, rows: &Rows, now: Millis) -> Result<(), Violation> {
        if judged.mutations.len() > 1 {
            witness::met("answers in order");
        }
        let has_waited =
            |mutation: &&Mutation| self.judged.get(&mutation.epoch).is_some_and(|(_, held)| held.contains(&mutation.n));
        let waited: BTreeSet<Id> = judged.mutations.iter().filter(has_waited).map(|mutation| mutation.mutation_id).collect();
        for (mutation, outcome) in judged.mutations.iter().zip(&judged.outcomes) {
            if mutation.mutation_id != outcome.mutation_id {
                return Err(Violation::new("answers in order", format!("{} for {}", outcome.mutation_id, mutation.mutation_id)));
            }
            self.judged_once(mutation, outcome.ending, judged.known.contains(&mutation.mutation_id))?;
        }
        let fresh: Vec<(&Mutation, Ending)> = judged
            .mutations
            .iter()
            .zip(&judged.outcomes)
            .filter(|(mutation, _)| !judged.known.contains(&mutation.mutation_id))
            .map(|(mutation, outcome)| (mutation, outcome.ending))
            .collect();
        for (mutation, _) in fresh.iter().filter(|(_, ending)| matches!(ending, Ending::Applied | Ending::Merged)) {
            self.is_whole(mutation)?;
            for change in &mutation.changes {
                self.change(change, (mutation.epoch, waited.contains(&mutation.mutation_id)), rows, now)?;
            }
        }
        let changes: Vec<(&Change, Id)> =
            fresh.iter().flat_map(|(mutation, _)| mutation.changes.iter().map(|change| (change, mutation.epoch))).collect();
        self.returns(&changes, rows)?;
        let taken = fresh.iter().filter(|(_, ending)| matches!(ending, Ending::Applied | Ending::Merged));
        // Who deletes a customer behind what she added to it means both.
        let deleted: BTreeSet<Id> =
            changes.iter().filter(|(change, _)| change.op == Op::Delete).map(|(change, _)| change.id).collect();
        for change in taken.flat_map(|(mutation, _)| &mutation.changes) {
            self.stands_free(change, rows, &deleted)?;
        }
        self.compare(rows)
    }

    /// What is made or edited below a customer by somebody who had not seen its delete does not lie in the trash with it.
    fn stands_free(&self, change: &Change, rows: &Rows, with_it: &BTreeSet<Id>) -> Result<(), Violation> {
        let child = Kind::parse(&change.kind).filter(|kind| kind.is_child()).and_then(|kind| rows.get(&(kind, change.id)));
        let Some(child) = child.filter(|child| change.op == Op::Put && child.meta().deleted_at.is_none()) else { return Ok(()) };
        let customer =
            customer_of(child.as_ref()).filter(|id| rows.contains_key(&(Kind::Customers, *id)) && !with_it.contains(id));
        let trashed = customer.and_then(|customer| self.trashed.get(&customer));
        if trashed.is_some() {
            witness::met("a delete takes no unseen edit along");
        }
        match trashed {
            Some((deleted, _)) if child.meta().version > *deleted => {
                let detail = format!("{} was taken below a customer in the trash", change.id);
                Err(Violation::new("a delete takes no unseen edit along", detail))
            }
            _ => Ok(()),
        }
    }

    /// What was saved as a whole is taken as a whole, in whichever life of the server.
    fn is_whole(&mut self, mutation: &Mutation) -> Result<(), Violation> {
        let (count, said) = (mutation.changes.len(), *self.wholes.entry(mutation.mutation_id).or_insert(mutation.changes.len()));
        if said > 1 {
            witness::met("whole or not at all");
        }
        if count == said {
            return Ok(());
        }
        let detail = format!("{count} of {said} changes of {} were taken", mutation.mutation_id);
        Err(Violation::new("whole or not at all", detail))
    }

    /// The server lives on from its backup, and this is what it knew.
    pub fn go_back(&mut self, then: Model) {
        let wholes = std::mem::take(&mut self.wholes);
        *self = Model { wholes, ..then };
    }

    /// In whichever life of the server.
    pub fn has_judged(&self, mutation: Id) -> bool {
        self.endings.contains_key(&mutation) || self.wholes.contains_key(&mutation)
    }

    /// What an administrator did at the server.
    pub fn order(&mut self, changes: &[Change], rows: &Rows, now: Millis) -> Result<(), Violation> {
        for change in changes {
            self.change(change, (Id::NIL, false), rows, now)?;
        }
        let changes: Vec<(&Change, Id)> = changes.iter().map(|change| (change, Id::NIL)).collect();
        self.returns(&changes, rows)?;
        self.compare(rows)
    }

    /// One effect each: what was judged stays judged, and is answered the same; a device's changes come in their order.
    fn judged_once(&mut self, mutation: &Mutation, ending: Ending, known: bool) -> Result<(), Violation> {
        let before = self.endings.get(&mutation.mutation_id).copied();
        if let Some(before) = before {
            witness::met("one effect");
            if !known {
                return Err(Violation::new("one effect", format!("{} was judged twice", mutation.mutation_id)));
            }
            if before != ending {
                let detail = format!("{} ended {before:?}, then {ending:?}", mutation.mutation_id);
                return Err(Violation::new("one effect", detail));
            }
            // A device that began a new life offers it again under a number of that life.
            self.judged.entry(mutation.epoch).or_default().0.insert(mutation.n);
            return Ok(());
        }
        if mutation.n > 1 {
            witness::met("causality");
        }
        let (done, held) = self.judged.entry(mutation.epoch).or_default();
        if !held.contains(&mutation.n)
            && let Some(missing) = (1..mutation.n).find(|n| !done.contains(n) && !held.contains(n))
        {
            return Err(Violation::new("causality", format!("{} came before {missing}", mutation.n)));
        }
        if done.contains(&mutation.n) {
            return Err(Violation::new("one effect", format!("number {} was given twice", mutation.n)));
        }
        if ending == Ending::Held {
            held.insert(mutation.n);
        } else {
            done.insert(mutation.n);
            held.remove(&mutation.n);
            self.endings.insert(mutation.mutation_id, ending);
        }
        Ok(())
    }

    /// Takes one change of a device; `waited` = it was held before.
    fn change(&mut self, change: &Change, (device, waited): (Id, bool), rows: &Rows, now: Millis) -> Result<(), Violation> {
        let Some(kind) = Kind::parse(&change.kind) else { return Ok(()) };
        let Some(record) = rows.get(&(kind, change.id)) else { return Ok(()) };
        let version = record.meta().version;
        let rest = (change.id, "*".to_owned());
        let fresh = !self.units.contains_key(&rest);
        if fresh {
            let at = clock::cut(change.updated_at(), now, Millis(0));
            self.units.insert(rest, Held { value: Value::Null, at, device, version });
            self.touch(kind, record, version, device);
        }
        for (name, edit) in &change.units {
            if is_modelled(kind, name) {
                if fresh {
                    let at = clock::cut(change.updated_at(), now, Millis(0));
                    let held = Held { value: edit.value.clone(), at, device, version };
                    self.units.insert((change.id, name.clone()), held);
                } else {
                    // One that lost was there all the same: whoever deletes has to have seen it.
                    self.edit((change.id, name), edit, (device, version), waited, now);
                    self.touch(kind, record, version, device);
                }
            }
        }
        if change.op == Op::Delete
            && record.meta().deleted_at.is_some()
            && !self.trashed.contains_key(&change.id)
            && !device.is_nil()
        {
            self.deletes(change, device)?;
        }
        Ok(())
    }

    fn touch(&mut self, kind: Kind, record: &BoxedRecord, version: i64, device: Id) {
        self.touched.entry(record.meta().id).or_default().push((version, device));
        if kind.is_child()
            && let Some(customer) = customer_of(record.as_ref())
        {
            self.touched.entry(customer).or_default().push((version, device));
        }
    }

    fn edit(&mut self, (id, name): (Id, &str), edit: &UnitEdit, (device, version): (Id, i64), waited: bool, now: Millis) {
        let key = (id, name.to_owned());
        let rest = self.units.get(&(id, "*".to_owned())).cloned();
        let Some(held) = self.units.get(&key).cloned().or(rest) else { return };
        if waited && held.device == device && held.version > edit.base_version && edit.updated_at < held.at {
            // Its author wrote something else since.
            return;
        }
        let based_on = if held.version <= edit.base_version { held.at } else { Millis(0) };
        let mut mine = Held { value: edit.value.clone(), at: clock::cut(edit.updated_at, now, based_on), device, version };
        let disputed = held.version > edit.base_version && held.device != device;
        let same = held.value == mine.value;
        let stands = match (disputed, same) {
            (false, _) => {
                mine.at = mine.at.max(held.at);
                true
            }
            (true, true) => mine.rank() > held.rank(),
            (true, false) => {
                let claimed = name == "assignedTo" && edit.base.is_null() && !held.value.is_null();
                mine.rank() > held.rank() && !claimed
            }
        };
        if stands {
            self.units.insert(key, mine);
        }
    }

    /// A delete stands only if its author had seen every edit of others.
    fn deletes(&self, change: &Change, device: Id) -> Result<(), Violation> {
        witness::met("a delete takes no unseen edit along");
        let seen = change.base_version();
        let touches = self.touched.get(&change.id).into_iter().flatten();
        match touches.clone().find(|(version, by)| *version > seen && *by != device) {
            Some((version, _)) => {
                let detail = format!("{} was deleted by somebody who had seen {seen}, and edited at {version}", change.id);
                Err(Violation::new("a delete takes no unseen edit along", detail))
            }
            None => Ok(()),
        }
    }

    /// Nothing that was deleted returns unless it was restored, or edited by somebody who had not seen the delete.
    fn returns(&mut self, changes: &[(&Change, Id)], rows: &Rows) -> Result<(), Violation> {
        let back: Vec<(Id, (i64, Id))> = self.trashed.iter().map(|(id, how)| (*id, *how)).collect();
        if !back.is_empty() {
            witness::met("what was deleted stays deleted");
        }
        for (id, (version, deleter)) in back {
            let Some((_, record)) = rows.iter().find(|((_, one), _)| *one == id) else {
                self.trashed.remove(&id);
                continue;
            };
            let brings = |(change, device): &&(&Change, Id)| {
                let parent = change.units.get("customerId").map(|edit| &edit.value);
                let on_it = change.id == id
                    || parent.is_some_and(|parent| *parent == serde_json::json!(id))
                    || hangs_on(change.id, id, rows);
                on_it && (change.op == Op::Restore || (change.base_version() < version && *device != deleter))
            };
            if record.meta().deleted_at.is_some() {
                // Brought back and deleted again in one push: it is another delete that stands, and another one to have seen.
                let behind = changes.iter().skip_while(|change| !brings(change));
                if let Some((_, device)) = behind.filter(|(change, _)| change.id == id && change.op == Op::Delete).last() {
                    self.trashed.insert(id, (record.meta().version, *device));
                }
                continue;
            }
            self.trashed.remove(&id);
            if !changes.iter().any(|change| brings(&change)) {
                return Err(Violation::new("what was deleted stays deleted", format!("{id} is back")));
            }
        }
        for ((_, id), record) in rows {
            if record.meta().deleted_at.is_some() && !self.trashed.contains_key(id) {
                let by = changes.iter().rev().find(|(change, _)| change.id == *id).map_or(Id::NIL, |(_, device)| *device);
                self.trashed.insert(*id, (record.meta().version, by));
            }
        }
        Ok(())
    }

    fn compare(&self, rows: &Rows) -> Result<(), Violation> {
        for ((id, name), held) in self.units.iter().filter(|((_, name), _)| name != "*") {
            let Some((_, record)) = rows.iter().find(|((_, one), _)| one == id) else { continue };
            witness::met("the server is as the model says");
            let stands = unit::get(record.as_ref(), name).unwrap_or_default();
            if stands != held.value {
                let detail = format!("{id} {name}: the server has {stands}, it must be {}", held.value);
                return Err(Violation::new("the server is as the model says", detail));
            }
        }
        Ok(())
    }
}

fn hangs_on(child: Id, customer: Id, rows: &Rows) -> bool {
    let found = rows.iter().find(|((kind, id), _)| *id == child && kind.is_child());
    found.is_some_and(|(_, record)| customer_of(record.as_ref()) == Some(customer))
}
