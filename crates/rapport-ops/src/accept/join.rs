//! Two customers that are one: what hangs on the other moves, the other becomes an alias, and everything that it said is kept
//! in the history.

use super::amend::{amend, family, unname};
use super::{Context, edit, events};
use crate::merging::joined::{Side, joined};
use rapport_model::access;
use rapport_model::change::difference;
use rapport_model::wire::What;
use rapport_model::{BoxedRecord, Card, Code, Contact, Customer, Error, Id, Kind, Record, Result};
use rapport_store::Tx;
use rapport_store::history::ChangeLine;
use rapport_store::log::LogEntry;
use rapport_store::tombstones::Tombstone;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Merges `from` into `into`. A field that is not named keeps what is there, and takes the other's where nothing is; tags and
/// keys of other systems are put together, texts follow each other.
pub fn join(tx: &mut Tx<'_>, at: &Context<'_>, into: Id, from: Id, fields: &BTreeMap<String, Side>) -> Result<()> {
    if into == from {
        return Err(Error::field(Code::InvalidValue, "from", "Name another customer to merge into this one."));
    }
    let (before, other) = (tx.get_as::<Customer>(into)?, tx.get_as::<Customer>(from)?);
    if before.meta.deleted_at.is_some() || other.meta.deleted_at.is_some() {
        let message = "One of the two is in the trash. Restore it first, then merge them.";
        return Err(Error::new(Code::CustomerDeleted, message));
    }
    let after = joined(&before, &other, fields)?;
    let children = family(tx, from)?.into_iter().filter(|(kind, _)| *kind != Kind::Customers).collect::<Vec<_>>();
    let has_primary = before.primary_contact_id.is_some();
    let left = access::place(&other);
    if left != access::place(&before) {
        leave(tx, at, &children, &left)?;
    }
    amend(tx, at, &children, |record| take_over(record, into, has_primary))?;
    retire(tx, at, &other, into, &children)?;
    if let Some(change) = difference(&before, &after, at.now)? {
        edit(tx, at, vec![change])?;
    }
    tx.refresh_customers(&[into], at.now)?;
    unname(tx, at, &BTreeSet::from([from]), Some(into))?;
    settle_cards(tx, at, from, into)
}

/// Those who held the other with what hung on it may not hold the one that stays.
fn leave(tx: &mut Tx<'_>, at: &Context<'_>, children: &[(Kind, Id)], place: &str) -> Result<()> {
    let mut sequence = tx.sequence_take()?;
    let entry = |(kind, record_id): &(Kind, Id)| {
        let (version, what) = (sequence.draw(), What::Leave);
        LogEntry { version, kind: *kind, record_id: *record_id, what, mutation_id: None, place: place.to_owned() }
    };
    let log: Vec<LogEntry> = children.iter().map(entry).collect();
    tx.log_add(&log, at.now)?;
    tx.sequence_put(&sequence)
}

fn take_over(record: &mut BoxedRecord, into: Id, has_primary: bool) -> Result<()> {
    if let Some(contact) = record.of_mut::<Contact>() {
        contact.is_primary &= !has_primary;
    }
    let index = record.kind().index_of("customerId").ok_or_else(|| Error::internal("a child without a customer"))?;
    record.set(index, json!(into))
}

/// The other becomes an alias; what it was, and what hung on it, stands in the history of the one that stays.
fn retire(tx: &mut Tx<'_>, at: &Context<'_>, other: &Customer, into: Id, children: &[(Kind, Id)]) -> Result<()> {
    let from = other.meta.id;
    let moved: Vec<Value> = children.iter().map(|(kind, id)| json!({ "kind": kind.text(), "id": id })).collect();
    tx.history_add(&[ChangeLine {
        id: at.source.id(),
        kind: Some(Kind::Customers),
        record_id: into,
        unit: "merged".to_owned(),
        before: (other as &dyn Record).to_json(),
        after: json!({ "from": from, "moved": moved }),
        by: at.actor.user,
        at: at.now,
        mutation_id: None,
        overridden: false,
        lost_by: None,
    }])?;
    let mut sequence = tx.sequence_take()?;
    let version = sequence.draw();
    tx.retire_record(Kind::Customers, from)?;
    let (by, why) = (at.actor.user, "merged".to_owned());
    tx.tombstone_put(&Tombstone { kind: Kind::Customers, record_id: from, version, at: at.now, by, why, survivor: Some(into) })?;
    let what = What::Alias;
    tx.log_add(
        &[LogEntry { version, kind: Kind::Customers, record_id: from, what, mutation_id: None, place: String::new() }],
        at.now,
    )?;
    events::note_gone(tx, other, version, at.now, false)?;
    tx.sequence_put(&sequence)
}

/// Cards about the other speak of the one that stays; that they may be the same is settled.
fn settle_cards(tx: &mut Tx<'_>, at: &Context<'_>, from: Id, into: Id) -> Result<()> {
    let mut cards: Vec<(Kind, Id)> = Vec::new();
    for id in [from, into] {
        cards.extend(tx.cards_about(id)?.into_iter().map(|id| (Kind::Cards, id)));
    }
    let (one, two) = (json!(from), json!(into));
    amend(tx, at, &cards, |record| {
        if let Some(card) = record.of_mut::<Card>() {
            card.record_id = into;
            if card.kind == "duplicate" && (card.theirs.0 == one || card.theirs.0 == two) {
                card.resolved_at.get_or_insert(at.now);
            }
        }
        Ok(())
    })
    .map(drop)
}
