//! Save: the one way in which a device changes records. Row, outbox, search and derived fields commit together.

use crate::unborn::{drop_followers, is_unborn};
use rapport_model::clock::KeptClock;
use rapport_model::contact::successor;
use rapport_model::customer::{MERGED, Status, needs_reason};
use rapport_model::mutation::{CHANGES_MAX, Change, Op, UnitEdit};
use rapport_model::rules::{self, From, Passing};
use rapport_model::{
    Actor, BoxedRecord, Code, Contact, Customer, Error, Id, Kind, Millis, Record, Result, Sight, customer_of, defect, unit,
};
use rapport_store::Tx;
use rapport_store::history::ChangeLine;
use rapport_store::outbox::Base;
use rapport_store::progress::CLOCK;
use serde_json::Value;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// The progress key of a store that has no server: nothing waits to be sent.
pub const LOCAL_ONLY: &str = "localOnly";

/// Why a status was gone back to.
const UNDONE: &str = "Undone";

/// What a save did.
#[derive(Debug, Default)]
pub struct Saved {
    /// The records that it wrote.
    pub records: Vec<(Kind, Id)>,
    /// Hand these to `save` to take it back.
    pub undo: Vec<Change>,
}

struct Work {
    sight: Sight,
    now: Millis,
    changes: Vec<Change>,
    undo: Vec<Change>,
    /// Customers whose derived fields may have changed, as they were: the customer, and whether it had a primary contact.
    customers: BTreeMap<Id, (Option<Customer>, bool)>,
    contacts_of: BTreeSet<Id>,
    /// Contacts that this save makes primary, by customer.
    chosen: BTreeMap<Id, Id>,
    /// What this save did to records that were there, for their history on this device.
    lines: Vec<ChangeLine>,
}

/// How strictly to judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// A form: every rule holds.
    Form,
    /// An import: taken without a primary contact.
    Import,
}

/// Saves edits as one mutation: all of them or none. Each unit carries what its form saw.
pub fn save(tx: &mut Tx<'_>, actor: Actor, now: Millis, edits: Vec<Change>, batch: Option<Id>, how: How) -> Result<Saved> {
    if edits.len() > CHANGES_MAX {
        return Err(Error::new(Code::TooLarge, format!("One save holds at most {CHANGES_MAX} changes.")));
    }
    let mut work = Work {
        sight: tx.sight(&actor)?,
        now,
        changes: Vec::new(),
        undo: Vec::new(),
        customers: BTreeMap::new(),
        contacts_of: BTreeSet::new(),
        chosen: BTreeMap::new(),
        lines: Vec::new(),
    };
    for edit in edits {
        work.apply(tx, edit)?;
    }
    work.mend_primaries(tx)?;
    let customers: Vec<Id> = work.customers.keys().copied().collect();
    tx.refresh_customers(&customers, now)?;
    // Two that were merged, or parted again, have the contacts that they had.
    if how == How::Form && work.changes.iter().all(|change| change.op != Op::Merge) {
        for (id, (before, had_primary)) in &work.customers {
            let after = tx.get_as::<Customer>(*id)?;
            rules::primary_required(before.as_ref(), &after, *had_primary)?;
        }
    }
    if tx.progress::<bool>(LOCAL_ONLY)? != Some(true) {
        // The stamp is made at sealing; what it may not fall behind is what was known now.
        let seen = tx.progress::<KeptClock>(CLOCK)?.unwrap_or_default().highest_seen;
        let units = work.changes.iter_mut().flat_map(|change| change.units.values_mut());
        units.for_each(|edit| edit.seen = seen);
        enqueue(tx, batch, &work.changes)?;
    }
    tx.history_add(&work.lines)?;
    let records = work.changes.iter().filter_map(|c| Some((Kind::parse(&c.kind)?, c.id))).collect();
    work.undo.reverse();
    Ok(Saved { records, undo: work.undo })
}

impl Work {
    fn apply(&mut self, tx: &mut Tx<'_>, edit: Change) -> Result<()> {
        let kind = Kind::parse(&edit.kind)
            .ok_or_else(|| Error::field(Code::InvalidValue, "kind", format!("There is no record type \"{}\".", edit.kind)))?;
        let before = tx.find(kind, edit.id)?;
        let edit = completed(tx, edit, before.as_deref(), self.now)?;
        if before.is_none() && !edit.creates() {
            return Err(Error::new(Code::NotFound, format!("There is no {} {} here.", kind.type_name().to_lowercase(), edit.id)));
        }
        let mut after = before.clone().unwrap_or_else(|| self.blank(kind, edit.id));
        for (name, unit_edit) in &edit.units {
            unit::set(after.as_mut(), name, unit_edit.value.clone())?;
        }
        after.meta_mut().updated_at = self.now;
        // A record whose create was refused is made again by the next edit: it is judged and sent as a whole.
        let unborn = edit.op == Op::Put && before.is_some() && is_unborn(tx, kind, edit.id)?;
        let known = before.as_deref().filter(|_| !unborn);
        let passing = Passing {
            sight: &self.sight,
            before: known,
            from: From::Seen(edit.units.get("status")),
            now: self.now,
            by_sync: false,
            moves: edit.op == Op::Merge,
        };
        rules::check(tx, &mut after, &passing)?;
        // Judged when they change: two of one name may stand side by side until the server has renamed one.
        rules::unique(tx, &self.sight, known, after.as_ref())?;
        self.check_trashed(tx, after.as_ref(), &edit)?;
        let change = if unborn {
            drop_followers(tx, kind, edit.id)?;
            Some(rapport_model::change::creation(after.as_ref(), self.now)?)
        } else {
            self.change(tx, edit, before.as_deref(), after.as_ref())?
        };
        let Some(change) = change else { return Ok(()) };
        self.note(tx, before.as_deref(), after.as_ref())?;
        self.remember(before.as_deref(), after.as_ref())?;
        keep_base(tx, before.as_deref(), after.as_ref())?;
        match &before {
            Some(before) => tx.put_over(before.as_ref(), after.as_ref())?,
            None => tx.put(after.as_ref())?,
        }
        self.undo.push(inverse(&change, before.as_deref()));
        self.changes.push(change);
        Ok(())
    }

    fn blank(&self, kind: Kind, id: Id) -> BoxedRecord {
        let mut record = rules::begun(kind, &self.sight, self.now);
        let meta = record.meta_mut();
        meta.id = id;
        meta.created_at = self.now;
        meta.created_by = self.sight.user;
        record
    }

    /// Children of a trashed customer can be read, not written; the customer itself can only be restored.
    fn check_trashed(&self, tx: &mut Tx<'_>, after: &dyn Record, edit: &Change) -> Result<()> {
        let Some(owner) = customer_of(after) else { return Ok(()) };
        if owner == after.meta().id {
            let locked = after.meta().deleted_at.is_some() && edit.units.keys().any(|u| u != unit::DELETED && u != MERGED);
            return if locked { Err(customer_deleted()) } else { Ok(()) };
        }
        match tx.find(Kind::Customers, owner)? {
            Some(customer) if customer.meta().deleted_at.is_some() => Err(customer_deleted()),
            _ => Ok(()),
        }
    }

    /// The change as it travels: every unit that differs, rule effects included, with what its author had seen.
    fn change(&self, tx: &mut Tx<'_>, edit: Change, before: Option<&dyn Record>, after: &dyn Record) -> Result<Option<Change>> {
        let blank = after.kind().blank();
        let from = before.unwrap_or(blank.as_ref());
        let base_version = before.map_or(0, |b| b.meta().version);
        let mut units = BTreeMap::new();
        let mut differences = unit::differences(from, after)?;
        if before.is_none() {
            // A create says everything that was typed, even where it equals today's default.
            for name in edit.units.keys() {
                let value = unit::get(after, name)?;
                differences.entry(name.clone()).or_insert((Value::Null, value));
            }
        }
        let waits = seen_by_waiting(tx, after)?;
        for (name, (old, new)) in differences {
            let seen = edit.units.get(&name);
            let base = match seen {
                // "It was empty" is something seen; no base at all is what stands.
                Some(edit) if !edit.base.is_null() || edit.base_version < base_version => edit.base.clone(),
                _ => old,
            };
            let base = if before.is_none() { Value::Null } else { base };
            let base_version = match seen {
                Some(edit) if name == unit::DELETED => edit.base_version,
                Some(edit) => edit.base_version.min(base_version),
                None => base_version,
            };
            // What lies under a waiting edit was not shown, so it was not seen.
            let base_version = waits.get(&name).map_or(base_version, |seen| base_version.min(*seen));
            units.insert(name, UnitEdit { value: new, base, base_version, updated_at: self.now, seen: Millis(0) });
        }
        Ok((!units.is_empty()).then_some(Change { units, ..edit }))
    }

    /// One line of history for each unit; that a record was made is said by the record itself.
    fn remember(&mut self, before: Option<&dyn Record>, after: &dyn Record) -> Result<()> {
        let Some(before) = before else { return Ok(()) };
        for (unit, (old, new)) in unit::differences(before, after)? {
            let record_id = after.meta().id;
            self.lines.push(ChangeLine {
                id: record_id.derived(&format!("{unit} {} {}", self.now.0, self.lines.len())),
                kind: Some(after.kind()),
                record_id,
                unit,
                before: old,
                after: new,
                by: self.sight.user,
                at: self.now,
                mutation_id: None,
                overridden: false,
                lost_by: None,
            });
        }
        Ok(())
    }

    /// Remembers which customers the change touches, as they were.
    fn note(&mut self, tx: &mut Tx<'_>, before: Option<&dyn Record>, after: &dyn Record) -> Result<()> {
        let Some(owner) = customer_of(after) else { return Ok(()) };
        // What goes along with a merged customer leaves one and comes to another.
        let owners = BTreeSet::from_iter(before.and_then(customer_of).into_iter().chain([owner]));
        for owner in &owners {
            if let Entry::Vacant(place) = self.customers.entry(*owner) {
                let was = match before.and_then(|b| b.of::<Customer>()) {
                    Some(customer) => Some(customer.clone()),
                    None => tx.find_as::<Customer>(*owner)?,
                };
                let had_primary = was.as_ref().is_some_and(|c| c.primary_contact_id.is_some());
                place.insert((was, had_primary));
            }
        }
        if let Some(contact) = after.of::<Contact>() {
            self.contacts_of.extend(owners);
            let was_primary = before.and_then(|b| b.of::<Contact>()).is_some_and(|b| b.is_primary);
            let came = before.and_then(customer_of).is_some_and(|before| before != owner);
            if contact.is_primary && (!was_primary || came) {
                self.chosen.insert(owner, contact.meta.id);
            }
        }
        Ok(())
    }

    /// With at least one active contact exactly one is primary; the others' flags follow in the same mutation.
    fn mend_primaries(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        for owner in std::mem::take(&mut self.contacts_of) {
            let contacts = tx.children::<Contact>(owner)?;
            let all: Vec<&Contact> = contacts.iter().collect();
            let primary = successor(&all, self.chosen.get(&owner).copied());
            let living = contacts.iter().filter(|c| c.meta.deleted_at.is_none());
            for contact in living.filter(|c| c.is_primary != (Some(c.meta.id) == primary)) {
                let mut after = contact.clone();
                after.is_primary = !contact.is_primary;
                after.meta.updated_at = self.now;
                keep_base(tx, Some(contact), &after)?;
                tx.put_over(contact, &after)?;
                self.add_flag(contact, after.is_primary);
            }
        }
        Ok(())
    }

    fn add_flag(&mut self, contact: &Contact, primary: bool) {
        let value = Value::Bool(primary);
        let mine = self.changes.iter_mut().find(|c| c.id == contact.meta.id && matches!(c.op, Op::Put | Op::Merge));
        let base_version = contact.meta.version;
        let edit =
            UnitEdit { value: value.clone(), base: Value::Bool(!primary), base_version, updated_at: self.now, seen: Millis(0) };
        match mine {
            Some(change) => {
                let edit = if change.creates() { UnitEdit { base: Value::Null, base_version: 0, ..edit } } else { edit };
                change.units.insert("isPrimary".into(), edit);
            }
            None => {
                let undo =
                    UnitEdit { value: Value::Bool(!primary), base: value, base_version, updated_at: Millis(0), seen: Millis(0) };
                let change = |edit| Change {
                    kind: Kind::Contacts.text().into(),
                    id: contact.meta.id,
                    op: Op::Put,
                    units: BTreeMap::from([("isPrimary".to_owned(), edit)]),
                };
                self.changes.push(change(edit));
                self.undo.push(change(undo));
            }
        }
    }
}

/// For each unit that waits, the lowest version that its author had seen.
fn seen_by_waiting(tx: &mut Tx<'_>, record: &dyn Record) -> Result<BTreeMap<String, i64>> {
    let mut out: BTreeMap<String, i64> = BTreeMap::new();
    if defect::on("joining moves the base") {
        return Ok(out);
    }
    let id = record.meta().id;
    let waiting = tx.outbox_of(record.kind(), id)?;
    for (name, edit) in waiting.iter().flat_map(|w| &w.changes).filter(|c| c.id == id).flat_map(|c| &c.units) {
        let lowest = out.entry(name.clone()).or_insert(edit.base_version);
        *lowest = edit.base_version.min(*lowest);
    }
    Ok(out)
}

fn customer_deleted() -> Error {
    Error::new(Code::CustomerDeleted, "This customer is in the trash. Restore it first, then change it.")
}

/// Delete and restore say their unit themselves. Who deletes a customer has seen what hangs on it here.
fn completed(tx: &mut Tx<'_>, mut edit: Change, before: Option<&dyn Record>, now: Millis) -> Result<Change> {
    let mut version = before.map_or(0, |b| b.meta().version);
    let takes_away = edit.op == Op::Delete || edit.op == Op::Merge;
    if takes_away && version > 0 && before.is_some_and(|b| b.kind() == Kind::Customers) {
        for kind in Kind::CHILDREN {
            let ids = tx.having(*kind, "customerId", &edit.id.to_string().into())?;
            version = tx.versions(*kind, &ids)?.into_values().fold(version, i64::max);
        }
    }
    let value = match edit.op {
        Op::Put | Op::Send => None,
        Op::Merge if edit.kind != Kind::Customers.text() => None,
        Op::Delete | Op::Merge => Some(Value::from(now.0)),
        Op::Restore => Some(Value::Null),
        other => {
            return Err(Error::field(Code::InvalidValue, "op", format!("\"{}\" is no change of this record.", other.text())));
        }
    };
    if let Some(value) = value {
        let before = before.ok_or_else(|| Error::new(Code::NotFound, format!("There is no {} {} here.", edit.kind, edit.id)))?;
        let base = unit::get(before, unit::DELETED)?;
        // What comes back may need another name; nothing else travels along.
        edit.units.retain(|name, _| match edit.op {
            Op::Restore => name == "name",
            Op::Merge => name == MERGED,
            _ => false,
        });
        let deleted = UnitEdit { value, base, base_version: version, updated_at: now, seen: Millis(0) };
        edit.units.insert(unit::DELETED.to_owned(), deleted);
    }
    Ok(edit)
}

/// Before the first pending edit the row is the server's; it is kept under the edits until they are answered.
fn keep_base(tx: &mut Tx<'_>, before: Option<&dyn Record>, after: &dyn Record) -> Result<()> {
    let (kind, id) = (after.kind(), after.meta().id);
    if defect::on("base row not kept") {
        return Ok(());
    }
    if tx.progress::<bool>(LOCAL_ONLY)? == Some(true) || tx.base_find(kind, id)?.is_some() {
        return Ok(());
    }
    let known = before.filter(|b| b.meta().version > 0);
    let base = Base { version: known.map_or(0, |b| b.meta().version), record: known.map(|b| b.to_json()) };
    tx.base_put(kind, id, &base)
}

fn inverse(change: &Change, before: Option<&dyn Record>) -> Change {
    let version = before.map_or(0, |b| b.meta().version);
    let turned = |op| Change { kind: change.kind.clone(), id: change.id, op, units: BTreeMap::new() };
    match (change.op, before) {
        (Op::Put, None) => turned(Op::Delete),
        (Op::Delete, _) => turned(Op::Restore),
        (Op::Merge, Some(customer)) if customer.kind() == Kind::Customers => turned(Op::Restore),
        (Op::Restore, _) => turned(Op::Delete),
        _ => {
            let units = change
                .units
                .iter()
                .map(|(name, edit)| {
                    let mut back = before.and_then(|b| unit::get(b, name).ok()).unwrap_or_default();
                    if change.kind == Kind::Customers.text() && name == "status" {
                        say_why(&mut back, &edit.value);
                    }
                    let edit = UnitEdit {
                        value: back,
                        base: edit.value.clone(),
                        base_version: version,
                        updated_at: Millis(0),
                        seen: Millis(0),
                    };
                    (name.clone(), edit)
                })
                .collect();
            let op = if change.op == Op::Merge { Op::Merge } else { Op::Put };
            Change { units, ..turned(op) }
        }
    }
}

/// A status that was left by mistake is gone back to with a reason where the rule wants one, and none was there.
fn say_why(back: &mut Value, left: &Value) {
    let status = |unit: &Value| serde_json::from_value::<Status>(unit["status"].clone()).ok();
    if let (Some(from), Some(to)) = (status(left), status(back))
        && needs_reason(from, to)
        && back["statusReason"].is_null()
    {
        back["statusReason"] = UNDONE.into();
    }
}

/// Puts the changes in line; an edit of the record that was edited last joins that edit while it is not sealed.
fn enqueue(tx: &mut Tx<'_>, batch: Option<Id>, changes: &[Change]) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    if let ([change], None, Some(last)) = (changes, batch, tx.outbox_last()?)
        && let [held] = last.changes.as_slice()
        && (last.seal.is_none() || defect::on("joins what is sealed"))
        && last.batch_id.is_none()
        && (held.kind == change.kind && held.id == change.id)
        && (held.op == Op::Put && change.op == Op::Put)
    {
        let mut joined = held.clone();
        for (name, edit) in &change.units {
            // Base and base version stay those of what the author saw first.
            joined
                .units
                .entry(name.clone())
                .and_modify(|earlier| {
                    if defect::on("joining moves the base") {
                        earlier.base_version = edit.base_version;
                    }
                    earlier.value = edit.value.clone();
                    earlier.updated_at = edit.updated_at;
                    earlier.seen = edit.seen;
                })
                .or_insert_with(|| edit.clone());
        }
        if !held.creates() {
            joined.units.retain(|_, edit| !is_taken_back(edit));
        }
        if joined.units.is_empty() {
            return take_back(tx, last.seq, &joined);
        }
        return tx.outbox_replace(last.seq, &[joined]);
    }
    tx.outbox_add(batch, changes).map(drop)
}

/// Whether an edit ends where it began; of a group, the fields that its base names.
fn is_taken_back(edit: &UnitEdit) -> bool {
    match (&edit.base, &edit.value) {
        (Value::Object(base), Value::Object(value)) => base.iter().all(|(name, was)| value.get(name) == Some(was)),
        (base, value) => base == value,
    }
}

/// An edit that was taken back before it was sealed never was: the server's row is shown again.
fn take_back(tx: &mut Tx<'_>, seq: i64, change: &Change) -> Result<()> {
    tx.outbox_remove(seq)?;
    let Some(kind) = Kind::parse(&change.kind) else { return Ok(()) };
    let Some(Base { version, record: Some(json) }) = tx.base_find(kind, change.id)? else { return Ok(()) };
    if !tx.outbox_of(kind, change.id)?.is_empty() {
        return Ok(());
    }
    let mut record = kind.from_json(json)?;
    record.meta_mut().version = version;
    tx.base_remove(kind, change.id)?;
    tx.put(record.as_ref())
}
