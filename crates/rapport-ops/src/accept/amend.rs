//! Changes that the server makes by itself: archive, merge, purge, erase. Stamped and logged like any other; no rule is asked.

use super::{Context, Line, Trail, events, write_back};
use crate::world::World;
use rapport_model::merge::Logged;
use rapport_model::stamp::Stamp;
use rapport_model::wire::What;
use rapport_model::{BoxedRecord, Customer, Id, Kind, Owner, Result, User, customer_of, unit};
use rapport_store::Tx;
use rapport_store::log::LogEntry;
use rapport_store::tombstones::Tombstone;
use serde_json::json;
use std::collections::BTreeSet;

/// Why a record is gone for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its time in the trash was over.
    Purged,
    /// An administrator erased a person's data.
    Erased,
}

impl Why {
    pub fn text(self) -> &'static str {
        match self {
            Why::Purged => "purged",
            Why::Erased => "erased",
        }
    }
}

/// Changes these records. Those that `change` leaves as they are get no new version. Returns how many changed.
pub fn amend(
    tx: &mut Tx<'_>,
    at: &Context<'_>,
    records: &[(Kind, Id)],
    mut change: impl FnMut(&mut BoxedRecord) -> Result<()>,
) -> Result<usize> {
    let mut sequence = tx.sequence_take()?;
    let mut world = World::load(tx, &records.iter().copied().collect())?;
    let mut trail = Trail::default();
    let mut count = 0;
    for (kind, id) in records {
        let Some(mut slot) = world.get(*kind, *id)? else { continue };
        let before = slot.record.clone();
        change(&mut slot.record)?;
        let differing = differences(&before, &slot.record)?;
        if differing.is_empty() {
            continue;
        }
        count += 1;
        let version = sequence.draw();
        for logged in differing {
            let updated_at = at.now.max(slot.stamps.of(&logged.unit).updated_at);
            let stamp = Stamp { version, updated_at, device: at.actor.device, user: at.actor.user };
            slot.stamps.put(&logged.unit, stamp);
            trail.lines.push(Line { kind: *kind, record: *id, logged, by: at.actor.user, mutation: None });
        }
        slot.record.meta_mut().version = version;
        slot.record.meta_mut().updated_at = slot.stamps.latest();
        slot.dirty = Some(Id::NIL);
        world.put(slot);
        world.keep();
    }
    let touched = write_back(&mut world, at, &mut sequence, trail)?;
    tx.sequence_put(&sequence)?;
    tx.refresh_customers(&touched.customers, at.now)?;
    Ok(count)
}

/// What differs: units that travel, and fields that the server alone sets.
fn differences(before: &BoxedRecord, after: &BoxedRecord) -> Result<Vec<Logged>> {
    let logged = |unit: &str, before, after| Logged { unit: unit.to_owned(), before, after, overridden: false, lost_by: None };
    let travelling = unit::differences(before.as_ref(), after.as_ref())?;
    let mut out: Vec<Logged> = travelling.into_iter().map(|(unit, (was, is))| logged(&unit, was, is)).collect();
    for (index, field) in after.kind().fields().iter().enumerate().filter(|(_, field)| field.owner == Owner::Server) {
        if before.get(index) != after.get(index) {
            out.push(logged(field.json, before.get(index), after.get(index)));
        }
    }
    Ok(out)
}

/// Everything that hangs on a customer, trashed records included, and the customer behind it.
pub fn family(tx: &mut Tx<'_>, customer: Id) -> Result<Vec<(Kind, Id)>> {
    let mut out = Vec::new();
    for kind in Kind::CHILDREN {
        out.extend(tx.having(*kind, "customerId", &json!(customer))?.into_iter().map(|id| (*kind, id)));
    }
    out.push((Kind::Customers, customer));
    Ok(out)
}

/// Erases a customer with all that hangs on it, and what was kept of it elsewhere. Returns how many records are gone.
pub fn erase(tx: &mut Tx<'_>, at: &Context<'_>, customer: Id) -> Result<usize> {
    let records = family(tx, customer)?;
    let ids: Vec<Id> = records.iter().map(|(_, id)| *id).collect();
    tx.outcomes_redact(&ids)?;
    tx.answers_redact(&ids)?;
    purge(tx, at, &records, Why::Erased)
}

/// Takes records out for good: a tombstone in the log, and everything that is kept beside them goes too. Of a customer give the
/// whole [`family`].
pub fn purge(tx: &mut Tx<'_>, at: &Context<'_>, records: &[(Kind, Id)], why: Why) -> Result<usize> {
    let mut sequence = tx.sequence_take()?;
    let mut log = Vec::with_capacity(records.len());
    let mut touched = BTreeSet::new();
    let mut gone = BTreeSet::new();
    let mut cards = Vec::new();
    for (kind, id) in records {
        let Some(record) = tx.find(*kind, *id)? else { continue };
        touched.extend(customer_of(record.as_ref()));
        if *kind == Kind::Customers {
            gone.insert(*id);
        }
        cards.extend(tx.cards_about(*id)?);
        let lives_on = record.of::<Customer>().and_then(|customer| customer.merged.as_ref()).map(|merged| merged.into);
        bury(tx, at, (*kind, *id), (why.text(), lives_on), &mut sequence, &mut log)?;
        // Whoever keeps a copy has to erase it, even of what lay in the trash.
        events::note_gone(tx, record.as_ref(), sequence.version(), at.now, why == Why::Erased)?;
    }
    let count = log.len();
    if why == Why::Erased {
        for card in cards {
            bury(tx, at, (Kind::Cards, card), (why.text(), None), &mut sequence, &mut log)?;
        }
    }
    tx.log_add(&log, at.now)?;
    tx.sequence_put(&sequence)?;
    let living: Vec<Id> = touched.difference(&gone).copied().collect();
    tx.refresh_customers(&living, at.now)?;
    unname(tx, at, &gone, None)?;
    Ok(count)
}

fn bury(
    tx: &mut Tx<'_>,
    at: &Context<'_>,
    (kind, id): (Kind, Id),
    (why, survivor): (&str, Option<Id>),
    sequence: &mut rapport_store::log::Sequence,
    log: &mut Vec<LogEntry>,
) -> Result<()> {
    let version = sequence.draw();
    tx.forget_record(kind, id)?;
    let (by, why) = (at.actor.user, why.to_owned());
    tx.tombstone_put(&Tombstone { kind, record_id: id, version, at: at.now, by, why, survivor })?;
    log.push(LogEntry { version, kind, record_id: id, what: What::Tombstone, mutation_id: None, place: String::new() });
    Ok(())
}

/// Guests are named for customers that are here: `instead` of those that are gone, or nothing.
pub(crate) fn unname(tx: &mut Tx<'_>, at: &Context<'_>, gone: &BTreeSet<Id>, instead: Option<Id>) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let named = tx.all::<User>()?.into_iter().filter(|user| user.customer_ids.iter().any(|id| gone.contains(id)));
    let guests: Vec<(Kind, Id)> = named.map(|user| (Kind::Users, user.meta.id)).collect();
    let swap = |record: &mut BoxedRecord| {
        if let Some(user) = record.of_mut::<User>() {
            user.customer_ids.retain(|id| !gone.contains(id));
            if let Some(instead) = instead.filter(|id| !user.customer_ids.contains(id)) {
                user.customer_ids.push(instead);
            }
        }
        Ok(())
    };
    amend(tx, at, &guests, swap).map(drop)
}

/// Into the archive, or out of it. Archived is never in daily use.
pub fn archive(tx: &mut Tx<'_>, at: &Context<'_>, customers: &[Id], into: bool) -> Result<usize> {
    let records: Vec<(Kind, Id)> = customers.iter().map(|id| (Kind::Customers, *id)).collect();
    amend(tx, at, &records, |record| {
        if let Some(customer) = record.of_mut::<Customer>()
            && customer.archived_at.is_some() != into
        {
            customer.archived_at = into.then_some(at.now);
            customer.is_active = !into && customer.status != rapport_model::customer::Status::Inactive;
        }
        Ok(())
    })
}
