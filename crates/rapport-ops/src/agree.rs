//! What a device is told of what it should hold: sums to compare, a customer's family to read anew, what shall really go.

use crate::accept::{carries, shown};
use rapport_model::wire::agree::{
    COMPARED_CUSTOMERS_MAX, DigestAnswer, DigestRequest, FAMILY_ROWS_MAX, FamilyAnswer, FamilyRequest, REMOVALS_MAX,
    RemovalsAnswer, RemovalsRequest, SAMPLE_MAX, Sum, add_shown,
};
use rapport_model::wire::{Entry, What};
use rapport_model::{Code, Cursor, Customer, Error, Id, Kind, Millis, Result, Sight};
use rapport_store::Tx;
use rapport_store::agree::LAST;
use std::collections::BTreeMap;

/// The kinds of a customer's family, the customer first.
fn family() -> impl Iterator<Item = Kind> {
    [Kind::Customers].into_iter().chain(Kind::CHILDREN.iter().copied())
}

/// The sums of the next customers behind an id, for a device that has read to the end.
pub fn digest(tx: &mut Tx<'_>, sight: &Sight, request: &DigestRequest) -> Result<DigestAnswer> {
    if request.sample.len() > SAMPLE_MAX {
        return Err(too_many(SAMPLE_MAX));
    }
    if is_behind(tx, sight, &request.cursor)? {
        return Ok(DigestAnswer { behind: true, ..DigestAnswer::default() });
    }
    let after = request.after.unwrap_or(Id::NIL);
    let mut customers = tx.held_customers(sight, after, COMPARED_CUSTOMERS_MAX + 1)?;
    let more = customers.len() > COMPARED_CUSTOMERS_MAX;
    customers.truncate(COMPARED_CUSTOMERS_MAX);
    let through = customers.last().map(|(id, ..)| *id).filter(|_| more);
    let mut each: BTreeMap<Id, Sum> = BTreeMap::new();
    for (customer, id, version) in customers {
        each.entry(customer).or_default().add(Kind::Customers, id, version);
    }
    for kind in Kind::CHILDREN {
        for (customer, id, version) in tx.held_rows(sight, *kind, after, through.unwrap_or(LAST))? {
            each.entry(customer).or_default().add(*kind, id, version);
        }
    }
    let mut sum = Sum::default();
    each.values().for_each(|one| sum.join(*one));
    let mut sample = Sum::default();
    for customer in &request.sample {
        sample.join(contents(tx, sight, *customer)?);
    }
    let each = if request.each { each.into_iter().collect() } else { Vec::new() };
    Ok(DigestAnswer { behind: false, through, sum, sample, each })
}

/// Whether there is something behind a cursor.
fn is_behind(tx: &mut Tx<'_>, sight: &Sight, cursor: &str) -> Result<bool> {
    let cursor = Cursor::parse(cursor)?;
    let sequence = tx.sequence()?;
    let read = cursor.epoch_id == sequence.epoch_id
        && cursor.entitlement == tx.entitlement_of(sight.user)?
        && cursor.back_fill.is_empty()
        && tx.log_after(cursor.version, 1)?.is_empty();
    Ok(!read)
}

/// The contents of a customer's family, as devices of this sight hold them.
fn contents(tx: &mut Tx<'_>, sight: &Sight, customer: Id) -> Result<Sum> {
    let mut sum = Sum::default();
    let Some(owner) = tx.find_as::<Customer>(customer)? else { return Ok(sum) };
    for kind in family() {
        let ids = tx.family_ids(kind, customer, Id::NIL, usize::MAX)?;
        for record in tx.find_many(kind, &ids)?.values().filter(|record| sight.carries(record.as_ref(), Some(&owner))) {
            add_shown(&mut sum, kind, shown(sight, record.as_ref()))?;
        }
    }
    Ok(sum)
}

/// Everything of a customer that devices of this sight hold, a page at a time; nothing of one that they do not.
pub fn family_of(tx: &mut Tx<'_>, sight: &Sight, request: &FamilyRequest, now: Millis) -> Result<FamilyAnswer> {
    let after = request.after.as_ref().map(|(kind, id)| Kind::parse(kind).map(|kind| (kind, *id)).ok_or_else(unknown_kind));
    let mut after = after.transpose()?;
    let mut answer = FamilyAnswer { entries: Vec::new(), next: None, server_time: now };
    let Some(owner) = tx.find_as::<Customer>(request.customer)?.filter(|owner| sight.carries(owner, Some(owner))) else {
        return Ok(answer);
    };
    let mut left = FAMILY_ROWS_MAX;
    for kind in family() {
        let from = match after {
            Some((at, _)) if at != kind => continue,
            Some((_, id)) => id,
            None => Id::NIL,
        };
        after = None;
        let mut ids = tx.family_ids(kind, request.customer, from, left + 1)?;
        let more = ids.len() > left;
        ids.truncate(left);
        left -= ids.len();
        let mut records = tx.find_many(kind, &ids)?;
        for record in ids.iter().filter_map(|id| records.remove(id)) {
            if sight.carries(record.as_ref(), Some(&owner)) {
                answer.entries.push(Entry {
                    what: What::Record,
                    kind: kind.text().to_owned(),
                    id: record.meta().id,
                    version: record.meta().version,
                    mutation_id: None,
                    record: shown(sight, record.as_ref()),
                    anew: true,
                });
            }
        }
        if more {
            answer.next = Some((kind.text().to_owned(), ids.last().copied().unwrap_or(from)));
            return Ok(answer);
        }
    }
    Ok(answer)
}

/// Which of these records a device of this sight may not hold, looked up one by one.
pub fn removals(tx: &mut Tx<'_>, sight: &Sight, request: &RemovalsRequest) -> Result<RemovalsAnswer> {
    if request.records.len() > REMOVALS_MAX {
        return Err(too_many(REMOVALS_MAX));
    }
    let mut gone = Sum::default();
    for (kind, id) in &request.records {
        let kind = Kind::parse(kind).ok_or_else(unknown_kind)?;
        let stays = match tx.find(kind, *id)? {
            Some(record) => carries(tx, sight, record.as_ref())?,
            None => false,
        };
        if !stays {
            gone.add(kind, *id, 0);
        }
    }
    Ok(RemovalsAnswer { gone })
}

fn too_many(max: usize) -> Error {
    Error::new(Code::TooLarge, format!("One question names at most {max} records. Ask in parts."))
}

fn unknown_kind() -> Error {
    Error::field(Code::InvalidValue, "kind", "There is no such kind of records here.")
}
