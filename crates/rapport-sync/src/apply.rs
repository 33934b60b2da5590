//! Applying what the server says: base rows are its own, pending edits lie on top and are re-laid.

use crate::seal::key;
use rapport_model::clock::KeptClock;
use rapport_model::wire::{Entry, PullAnswer, What};
use rapport_model::{BoxedRecord, Contact, Customer, Id, Interaction, Kind, Merge, Millis, Record, Result, unit};
use rapport_store::Tx;
use rapport_store::outbox::{Base, Waiting};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Applies a page: rows and cursor in one transaction. `now` is the device's wall time.
pub fn apply_page(tx: &mut Tx<'_>, page: &PullAnswer, now: Millis) -> Result<()> {
    let mut touched = BTreeSet::new();
    for entry in &page.entries {
        if let Some(mutation) = entry.mutation_id
            && let Some(waiting) = tx.outbox_by_mutation(mutation)?
            && waiting.changes.len() == 1
        {
            // The row carries our mutation: its answer was lost, its effect is here.
            tx.outbox_remove(waiting.seq)?;
        }
        apply_entry(tx, entry, &mut touched)?;
    }
    let customers: Vec<Id> = touched.into_iter().collect();
    tx.refresh_customers(&customers, now)?;
    tx.set_progress(key::CURSOR, &page.cursor)
}

fn apply_entry(tx: &mut Tx<'_>, entry: &Entry, touched: &mut BTreeSet<Id>) -> Result<()> {
    // A kind of a newer server has no table here; a later version fetches it by its schema epoch.
    let Some(kind) = Kind::parse(&entry.kind) else { return Ok(()) };
    match entry.what {
        What::Record if !entry.record.is_null() => {
            let record = kind.from_json(entry.record.clone())?;
            note_customers(record.as_ref(), touched);
            take_base(tx, kind, entry.id, entry.version, Some(entry.record.clone()), false)
        }
        _ => {
            if let Some(record) = tx.find(kind, entry.id)? {
                note_customers(record.as_ref(), touched);
            }
            take_base(tx, kind, entry.id, entry.version, None, false)
        }
    }
}

/// The customers whose derived fields or search text a record bears on.
pub(crate) fn note_customers(record: &dyn Record, touched: &mut BTreeSet<Id>) {
    let owner = record.of::<Contact>().map(|c| c.customer_id).or_else(|| record.of::<Interaction>().map(|i| i.customer_id));
    touched.extend(owner.or_else(|| record.of::<Customer>().map(|c| c.meta.id)));
}

/// Takes the server's state of a record as its base, if it is newer than the one held, and re-lays what is pending.
pub(crate) fn take_base(tx: &mut Tx<'_>, kind: Kind, id: Id, version: i64, record: Option<Value>, force: bool) -> Result<()> {
    let held = tx.base_find(kind, id)?;
    let held_version = match &held {
        Some(base) => base.version,
        None => tx.find(kind, id)?.map_or(0, |r| r.meta().version),
    };
    if version <= held_version && !force {
        // The row is known; the edits on top may have changed.
        return match held {
            Some(base) => relay(tx, kind, id, base),
            None => Ok(()),
        };
    }
    relay(tx, kind, id, Base { version, record })
}

/// Lays the pending edits of a record over its base. Without any the base is the row.
pub(crate) fn relay(tx: &mut Tx<'_>, kind: Kind, id: Id, base: Base) -> Result<()> {
    let pending = tx.outbox_of(kind, id)?;
    let server: Option<BoxedRecord> = base.record.clone().map(|json| kind.from_json(json)).transpose()?;
    if pending.is_empty() {
        tx.base_remove(kind, id)?;
        return match server {
            Some(mut record) => {
                record.meta_mut().version = base.version;
                tx.put(record.as_ref())
            }
            None => tx.remove(kind, id),
        };
    }
    let mut shown = match server {
        Some(record) => record,
        None => created_here(tx, kind, id)?,
    };
    shown.meta_mut().version = base.version;
    lay(shown.as_mut(), &pending, kind, id)?;
    if let Some(customer) = shown.of_mut::<Customer>() {
        customer.compute_own();
    }
    tx.base_put(kind, id, &base)?;
    tx.put(shown.as_ref())
}

/// A record that exists only by pending edits keeps who made it and when.
fn created_here(tx: &mut Tx<'_>, kind: Kind, id: Id) -> Result<BoxedRecord> {
    let mut record = kind.blank();
    if let Some(shown) = tx.find(kind, id)? {
        *record.meta_mut() = shown.meta().clone();
        record.meta_mut().deleted_at = None;
    }
    record.meta_mut().id = id;
    Ok(record)
}

fn lay(shown: &mut dyn Record, pending: &[Waiting], kind: Kind, id: Id) -> Result<()> {
    for change in pending.iter().flat_map(|w| &w.changes).filter(|c| c.id == id && c.kind == kind.text()) {
        for (name, edit) in &change.units {
            // Words of one set and fields of one group are laid one by one; others' words stay.
            let value = match unit::merge_rule(kind, name) {
                Some(Merge::Text) => joined(shown, name, edit)?,
                _ => edit.value.clone(),
            };
            unit::set(shown, name, value)?;
        }
        shown.meta_mut().updated_at = shown.meta().updated_at.max(change.updated_at());
    }
    Ok(())
}

/// Long text is shown as the server will join it.
fn joined(shown: &dyn Record, name: &str, edit: &rapport_model::mutation::UnitEdit) -> Result<Value> {
    let stands = unit::get(shown, name)?;
    if stands == edit.base || stands == Value::Null {
        return Ok(edit.value.clone());
    }
    Ok(rapport_model::merge::join_texts(&edit.base, &stands, &edit.value))
}

/// A new life of the server: what was read is read again from the beginning; what waits stays.
pub fn reset(tx: &mut Tx<'_>, page: &PullAnswer) -> Result<()> {
    tx.set_progress(key::CURSOR, &page.cursor)
}

/// Notes the highest stamp that the server gave.
pub fn see_stamps(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<()> {
    let mut clock = tx.progress::<KeptClock>(key::CLOCK)?.unwrap_or_default();
    let stamps: BTreeMap<Id, i64> = entries.iter().filter_map(|e| Some((e.id, e.record.get("updatedAt")?.as_i64()?))).collect();
    let highest = stamps.values().max().copied().unwrap_or(0);
    if highest > clock.highest_seen.0 {
        clock.highest_seen = Millis(highest);
        tx.set_progress(key::CLOCK, &clock)?;
    }
    Ok(())
}
