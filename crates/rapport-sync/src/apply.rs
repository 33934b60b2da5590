//! Applying what the server says: base rows are its own, pending edits lie on top and are re-laid.

use crate::reset;
use crate::seal::key;
use rapport_model::clock::KeptClock;
use rapport_model::wire::{Entry, PullAnswer, What};
use rapport_model::{BoxedRecord, Card, Customer, Id, Kind, Merge, Meta, Millis, Record, Result, customer_of, defect, unit};
use rapport_store::Tx;
use rapport_store::outbox::{Base, Waiting};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A page of the server's log, its records read before the transaction that writes them begins.
pub struct Page {
    pub answer: PullAnswer,
    /// What each entry holds; what is read here is taken out there.
    contents: Vec<Content>,
}

/// What an entry holds.
enum Content {
    Row(BoxedRecord),
    /// A record that this end cannot read; the row that is held stays, and a card tells.
    Unreadable(String),
    /// No record: it is gone from here.
    Nothing,
}

impl Page {
    pub fn read(mut answer: PullAnswer) -> Page {
        let contents = answer.entries.iter_mut().map(read_entry).collect();
        Page { answer, contents }
    }

    /// The records that it takes away.
    pub fn taken_away(&self) -> Vec<(Kind, Id)> {
        let away = self.answer.entries.iter().filter(|entry| entry.what != What::Record);
        away.filter_map(|entry| Some((Kind::parse(&entry.kind)?, entry.id))).collect()
    }

    /// The records that it brings.
    pub fn sent(&self) -> HashSet<(Kind, Id)> {
        let sent = self.answer.entries.iter().filter(|entry| entry.what == What::Record);
        sent.filter_map(|entry| Some((Kind::parse(&entry.kind)?, entry.id))).collect()
    }

    /// The highest stamp in it.
    fn highest_stamp(&self) -> Millis {
        let rows = self.contents.iter().filter_map(|content| match content {
            Content::Row(record) => Some(record.meta().updated_at),
            _ => None,
        });
        rows.max().unwrap_or_default()
    }
}

fn read_entry(entry: &mut Entry) -> Content {
    // A kind of a newer server has no table here; a later version fetches it by its schema epoch.
    let Some(kind) = Kind::parse(&entry.kind) else { return Content::Nothing };
    if entry.what != What::Record || entry.record.is_null() {
        return Content::Nothing;
    }
    match kind.from_json(entry.record.take()) {
        Ok(mut record) => {
            record.meta_mut().version = entry.version;
            Content::Row(record)
        }
        Err(error) => Content::Unreadable(error.message),
    }
}

/// Applies a page: rows and cursor in one transaction. `now` is the device's wall time.
pub fn apply_page(tx: &mut Tx<'_>, page: Page, now: Millis) -> Result<()> {
    see_stamp(tx, page.highest_stamp())?;
    let Page { answer: PullAnswer { entries, cursor, more, server_time, .. }, contents } = page;
    let mut touched = BTreeSet::new();
    let waits = tx.outbox_counts()?.1 > 0;
    let mut edited = edited_among(tx, &entries, waits)?;
    if defect::on("echo over a pending edit") {
        edited.clear();
    }
    let mut plain = Plain::default();
    for (entry, content) in entries.iter().zip(contents) {
        if waits
            && let Some(mutation) = entry.mutation_id
            && let Some(waiting) = tx.outbox_by_mutation(mutation)?
            && waiting.changes.len() == 1
        {
            // The row carries our mutation: its answer was lost, its effect is here. A server that is restored may lose it like any other.
            tx.remember(&waiting, server_time)?;
        }
        match content {
            Content::Unreadable(why) => tell_unreadable(tx, entry, &why, now)?,
            Content::Row(record) if !edited.contains(&(record.kind(), entry.id)) => {
                if entry.anew {
                    // It may show less than before: what is kept beside it goes, and is made again of what it shows.
                    tx.forget_beside(record.kind(), entry.id, false)?;
                }
                plain.0.entry(record.kind()).or_default().push((record, entry.anew))
            }
            other => {
                // What came before it is written before it.
                plain.write(tx, &mut touched)?;
                let record = if let Content::Row(record) = other { Some(record) } else { None };
                apply_entry(tx, entry, record, &mut touched)?;
            }
        }
    }
    plain.write(tx, &mut touched)?;
    forget_copies(tx, &entries)?;
    let customers: Vec<Id> = touched.into_iter().collect();
    tx.refresh_customers(&customers, now)?;
    tx.set_progress(key::CURSOR, &cursor)?;
    if more { Ok(()) } else { reset::finish(tx, now) }
}

/// Those of the records named that are here and would go; on the last page also what a reset has not brought again. What waits to
/// be sent keeps its record.
pub(crate) fn going(tx: &mut Tx<'_>, named: Vec<(Kind, Id)>, last: Option<HashSet<(Kind, Id)>>) -> Result<Vec<(Kind, Id)>> {
    let mut named: BTreeSet<(Kind, Id)> = named.into_iter().collect();
    if let Some(sent) = last
        && reset::is_under_way(tx)?
    {
        for kind in Kind::ALL.iter().filter(|kind| !Kind::COMPUTED.contains(kind)) {
            named.extend(tx.outdated(*kind)?.into_iter().map(|id| (*kind, id)).filter(|one| !sent.contains(one)));
        }
    }
    let mut by_kind: BTreeMap<Kind, Vec<Id>> = BTreeMap::new();
    for (kind, id) in named {
        by_kind.entry(kind).or_default().push(id);
    }
    let mut out = Vec::new();
    for (kind, ids) in by_kind {
        let held = tx.versions(kind, &ids)?;
        let waits = tx.outbox_among(kind, &ids)?;
        out.extend(ids.into_iter().filter(|id| held.contains_key(id) && !waits.contains(id)).map(|id| (kind, id)));
    }
    Ok(out)
}

/// Of what is not on this device any more nothing stays in what takes an import back: read through once for a page.
fn forget_copies(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<()> {
    let mut gone = HashSet::new();
    for entry in entries.iter().filter(|entry| entry.what != What::Record) {
        let Some(kind) = Kind::parse(&entry.kind) else { continue };
        if tx.find(kind, entry.id)?.is_none() {
            gone.insert(entry.id);
        }
    }
    if gone.is_empty() { Ok(()) } else { tx.import_undo_drop(&gone) }
}

/// One record that cannot be read holds up nothing: it is put aside, and a card on this device says so.
fn tell_unreadable(tx: &mut Tx<'_>, entry: &Entry, why: &str, now: Millis) -> Result<()> {
    tracing::error!(kind = entry.kind, id = %entry.id, "a record of the server cannot be read");
    #[derive(serde::Deserialize)]
    struct Kept {
        user: Id,
    }
    let user = tx.progress::<Kept>(key::ACTOR)?.map_or(Id::NIL, |kept| kept.user);
    let card = Card {
        // One card for a record, however often it comes.
        meta: Meta { id: entry.id, created_at: now, updated_at: now, created_by: user, ..Meta::default() },
        user_id: user,
        kind: "unreadable".to_owned(),
        record_kind: entry.kind.clone(),
        record_id: entry.id,
        message: format!("A record of the server cannot be read here: {why} What this device had of it stays. Update Rapport."),
        at: now,
        ..Card::default()
    };
    tx.put(&card)
}

/// The records of a page that lie under pending edits.
fn edited_among(tx: &mut Tx<'_>, entries: &[Entry], waits: bool) -> Result<HashSet<(Kind, Id)>> {
    let mut by_kind: BTreeMap<Kind, Vec<Id>> = BTreeMap::new();
    for entry in entries {
        if let Some(kind) = Kind::parse(&entry.kind) {
            by_kind.entry(kind).or_default().push(entry.id);
        }
    }
    let mut edited = HashSet::new();
    for (kind, ids) in by_kind {
        edited.extend(tx.waiting_among(kind, &ids)?.into_iter().map(|id| (kind, id)));
        if waits {
            edited.extend(tx.outbox_among(kind, &ids)?.into_iter().map(|id| (kind, id)));
        }
    }
    Ok(edited)
}

/// Rows of a page without pending edits: what the server says is what is shown, so they are written together, kind by kind.
#[derive(Default)]
struct Plain(BTreeMap<Kind, Vec<(BoxedRecord, bool)>>);

impl Plain {
    /// Writes those that are newer than the rows held, or shown anew.
    fn write(&mut self, tx: &mut Tx<'_>, touched: &mut BTreeSet<Id>) -> Result<()> {
        for (kind, records) in std::mem::take(&mut self.0) {
            let ids: Vec<Id> = records.iter().map(|(r, _)| r.meta().id).collect();
            let mut held = tx.versions(kind, &ids)?;
            // What went along with a merged customer has left one that is shown otherwise from now on.
            let before = if kind.is_child() { tx.find_many(kind, &held_before(&held))? } else { HashMap::new() };
            let newer = |(record, anew): &&(BoxedRecord, bool)| {
                let held = held.entry(record.meta().id).or_insert(0);
                let newer = record.meta().version > *held || (*anew && record.meta().version == *held);
                *held = record.meta().version.max(*held);
                newer
            };
            let rows: Vec<&dyn Record> = records.iter().filter(newer).map(|(record, _)| record.as_ref()).collect();
            let bearing: HashSet<Id> = tx.put_newer(kind, &rows)?.into_iter().collect();
            for row in rows.iter().filter(|row| bearing.contains(&row.meta().id)) {
                note_customers(*row, touched);
                before.get(&row.meta().id).iter().for_each(|was| note_customers(was.as_ref(), touched));
            }
        }
        Ok(())
    }
}

/// Those that were here before.
fn held_before(versions: &HashMap<Id, i64>) -> Vec<Id> {
    versions.iter().filter(|(_, version)| **version > 0).map(|(id, _)| *id).collect()
}

fn apply_entry(tx: &mut Tx<'_>, entry: &Entry, record: Option<BoxedRecord>, touched: &mut BTreeSet<Id>) -> Result<()> {
    let Some(kind) = Kind::parse(&entry.kind) else { return Ok(()) };
    if entry.what == What::Leave && defect::on("leave forgotten") {
        return Ok(());
    }
    if record.is_none() && defect::on("purge without rescue") {
        for waiting in tx.outbox_of(kind, entry.id)? {
            tx.outbox_remove(waiting.seq)?;
        }
    }
    let json = record.as_ref().map(|record| record.to_json());
    // Whoever may not hold a record any more keeps nothing beside it either.
    let gone = json.is_none();
    // A leave says what holds as of its page, whatever an answer has brought between: it may have been in sight for a moment.
    if entry.anew || entry.what == What::Leave {
        relay(tx, kind, entry.id, Base { version: entry.version, record: json }, touched)?;
    } else {
        take_base(tx, kind, entry.id, entry.version, json, touched)?;
    }
    if gone { forget_if_gone(tx, kind, entry.id, entry.record["why"] == "erased") } else { Ok(()) }
}

/// Of a record that is not on this device any more nothing is kept beside it, nor remembered.
pub(crate) fn forget_if_gone(tx: &mut Tx<'_>, kind: Kind, id: Id, erased: bool) -> Result<()> {
    if tx.find(kind, id)?.is_some() {
        return Ok(());
    }
    tx.forget_beside(kind, id, erased)?;
    if erased {
        tx.import_undo_drop(&HashSet::from([id]))?;
    }
    tx.remembered_drop(id)
}

/// The customers whose derived fields or search text a record bears on.
pub(crate) fn note_customers(record: &dyn Record, touched: &mut BTreeSet<Id>) {
    touched.extend(customer_of(record));
}

/// Takes a record off this device that it may not hold any more, unless edits of it still wait.
pub(crate) fn let_go(tx: &mut Tx<'_>, kind: Kind, id: Id) -> Result<()> {
    if !tx.outbox_of(kind, id)?.is_empty() {
        return Ok(());
    }
    remove(tx, kind, id, false)
}

/// Takes a record off this device with everything that is kept of it.
pub(crate) fn remove(tx: &mut Tx<'_>, kind: Kind, id: Id, erased: bool) -> Result<()> {
    tx.base_remove(kind, id)?;
    forget(tx, kind, id)?;
    forget_if_gone(tx, kind, id, erased)
}

/// A record that is not here any more is not found any more.
fn forget(tx: &mut Tx<'_>, kind: Kind, id: Id) -> Result<()> {
    tx.remove(kind, id)?;
    if kind == Kind::Customers { tx.drop_search(id) } else { Ok(()) }
}

/// Takes the server's state of a record as its base, if it is newer than the one held, and re-lays what is pending. Customers whose
/// derived fields may follow are noted.
pub(crate) fn take_base(
    tx: &mut Tx<'_>,
    kind: Kind,
    id: Id,
    version: i64,
    record: Option<Value>,
    touched: &mut BTreeSet<Id>,
) -> Result<()> {
    let based_on = tx.base_version(kind, id)?;
    let held = match based_on {
        Some(version) => version,
        None => tx.versions(kind, &[id])?.get(&id).copied().unwrap_or(0),
    };
    if version > held {
        return relay(tx, kind, id, Base { version, record }, touched);
    }
    // The row is known; the edits on top may have changed.
    match tx.base_find(kind, id)? {
        Some(base) => relay(tx, kind, id, base, touched),
        None => Ok(()),
    }
}

/// Lays the pending edits of a record over its base. Without any the base is the row.
pub(crate) fn relay(tx: &mut Tx<'_>, kind: Kind, id: Id, base: Base, touched: &mut BTreeSet<Id>) -> Result<()> {
    let pending = tx.outbox_of(kind, id)?;
    if pending.is_empty() {
        tx.base_remove(kind, id)?;
        let Some(json) = base.record else {
            tx.find(kind, id)?.iter().for_each(|record| note_customers(record.as_ref(), touched));
            return forget(tx, kind, id);
        };
        let mut record = kind.from_json(json)?;
        record.meta_mut().version = base.version;
        return show(tx, record.as_ref(), touched);
    }
    let mut shown = match base.record.clone().map(|json| kind.from_json(json)).transpose()? {
        Some(record) => record,
        None => created_here(tx, kind, id)?,
    };
    shown.meta_mut().version = base.version;
    if !defect::on("pending edits not laid again") {
        lay(shown.as_mut(), &pending, kind, id)?;
    }
    if let Some(customer) = shown.of_mut::<Customer>() {
        customer.compute_own();
    }
    tx.base_put(kind, id, &base)?;
    show(tx, shown.as_ref(), touched)
}

/// Writes what is shown of a record from now on, only what differs.
fn show(tx: &mut Tx<'_>, record: &dyn Record, touched: &mut BTreeSet<Id>) -> Result<()> {
    let Some(before) = tx.find(record.kind(), record.meta().id)? else {
        note_customers(record, touched);
        return tx.put(record);
    };
    if tx.put_over_bearing(before.as_ref(), record)? {
        note_customers(before.as_ref(), touched);
        note_customers(record, touched);
    }
    Ok(())
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

/// Notes the highest stamp that the server gave.
pub(crate) fn see_stamp(tx: &mut Tx<'_>, stamp: Millis) -> Result<()> {
    let clock = tx.progress::<KeptClock>(key::CLOCK)?.unwrap_or_default();
    if stamp <= clock.highest_seen {
        return Ok(());
    }
    tx.set_progress(key::CLOCK, &KeptClock { highest_seen: stamp, ..clock })
}
