//! What a change of role, team or named customers brings to a device and takes from it, a page at a time.
//!
//! The cursor names the entitlement that the device has reached. While another one holds, every page walks on through all records
//! in order of kind and id, and sends what is gained, what is lost, and what shows more or less of itself than before. The log
//! goes on beside it: each page drains it first, in the same snapshot, so that nothing slips through between the two.

use super::entitlement;
use super::pull::{customers_of, shown};
use rapport_model::wire::{Entry, What};
use rapport_model::{Actor, BoxedRecord, Cursor, Customer, Facet, Id, Kind, Record, Result, Sight, customer_of};
use rapport_store::Tx;
use serde_json::Value;
use std::collections::HashMap;

/// Rows that one page looks at, at most.
const SCANNED_MAX: usize = 4_000;

/// What a page's part of a walk may read at once.
const PART: usize = 500;

/// A device on its way from what its user could see to what she sees now.
pub(super) struct Moving {
    /// The entitlement that holds now.
    target: i64,
    /// Those whose records the device may hold some of: the one reached, and those it was on its way to before.
    from: Vec<i64>,
    held: Vec<Sight>,
    /// What held in between: an answer may have brought what was in sight for a moment, and as much of it as was shown then.
    passing: Vec<Sight>,
    /// How far it is: the kind, and the last id of it.
    at: (usize, Id),
}

impl Moving {
    /// `None` = what the device might hold is not known any more.
    pub fn read(tx: &mut Tx<'_>, actor: &Actor, cursor: &Cursor, target: i64) -> Result<Option<Moving>> {
        let mut moving =
            Moving { target, from: vec![cursor.entitlement], held: Vec::new(), passing: Vec::new(), at: (0, Id::NIL) };
        if cursor.entitlement == target && cursor.back_fill.is_empty() {
            return Ok(Some(moving));
        }
        let parts: Vec<&str> = cursor.back_fill.split('~').collect();
        if let [targets, kind, id] = parts.as_slice() {
            let mut targets: Vec<i64> = targets.split('+').filter_map(|target| target.parse().ok()).collect();
            if targets.last() == Some(&target) {
                targets.pop();
                moving.at = (kind.parse().unwrap_or(0), id.parse().unwrap_or(Id::NIL));
            }
            // Another change came meanwhile: from the beginning, and what was half gained counts as held.
            moving.from.extend(targets);
        }
        for version in moving.from.clone() {
            let Some(sight) = entitlement::since(tx, actor, version)? else { return Ok(None) };
            moving.held.push(sight);
        }
        for version in tx.entitlements_between(actor.user, cursor.entitlement, target)? {
            moving.passing.extend(entitlement::since(tx, actor, version)?);
        }
        Ok(Some(moving))
    }

    /// Whether what the user may see is what it was when the device pulled last.
    pub fn is_there(&self) -> bool {
        self.held.is_empty()
    }

    /// Whether the device may hold what left this place; `customer` is the one that it hangs on.
    pub fn held(&self, now: &Sight, place: &str, customer: Option<Id>) -> bool {
        let holds = |sight: &Sight| sight.holds(place) || customer.is_some_and(|id| sight.customers.contains(&id));
        holds(now) || self.held.iter().chain(&self.passing).any(holds)
    }

    /// Walks on. Returns whether the device is there.
    pub fn step(&mut self, tx: &mut Tx<'_>, now: &Sight, head: i64, room: usize, out: &mut Vec<Entry>) -> Result<bool> {
        if self.is_there() {
            return Ok(true);
        }
        let (mut scanned, mut left) = (0, room);
        while let Some(kind) = Kind::ALL.get(self.at.0).copied() {
            if self.skips(kind, now) {
                self.at = (self.at.0 + 1, Id::NIL);
                continue;
            }
            if left == 0 || scanned >= SCANNED_MAX {
                return Ok(false);
            }
            let part = tx.records_after(kind, self.at.1, PART.min(left))?;
            let Some(last) = part.last().map(|record| record.meta().id) else {
                self.at = (self.at.0 + 1, Id::NIL);
                continue;
            };
            self.at.1 = last;
            scanned += part.len();
            let records: HashMap<Id, BoxedRecord> = part.iter().map(|record| (record.meta().id, record.clone())).collect();
            let customers = customers_of(tx, &records)?;
            for record in &part {
                let customer = customer_of(record.as_ref()).and_then(|id| customers.get(&id)).and_then(|c| c.of::<Customer>());
                out.extend(self.news_of(record.as_ref(), customer, now, head));
            }
            left = left.saturating_sub(part.len());
        }
        Ok(true)
    }

    /// Kinds that nothing changes for: what is computed travels never, what hangs on no customer changes with the role alone.
    fn skips(&self, kind: Kind, now: &Sight) -> bool {
        let hangs = kind == Kind::Customers || kind.is_child();
        Kind::COMPUTED.contains(&kind) || (!hangs && self.held.iter().chain(&self.passing).all(|sight| sight.role == now.role))
    }

    fn news_of(&self, record: &dyn Record, customer: Option<&Customer>, now: &Sight, head: i64) -> Option<Entry> {
        let all = self.held.iter().chain(&self.passing);
        let mut held = all.filter(|sight| sight.carries(record, customer)).peekable();
        let is = now.carries(record, customer);
        if held.peek().is_none() && !is {
            return None;
        }
        // What a half-finished walk brought shows as much as its own entitlement, or the one before.
        let all_held = self.held.iter().all(|sight| sight.carries(record, customer));
        if is && all_held && held.all(|sight| shows_the_same(sight, now, record.kind())) {
            return None;
        }
        let meta = record.meta();
        Some(Entry {
            what: if is { What::Record } else { What::Leave },
            kind: record.kind().text().to_owned(),
            id: meta.id,
            version: if is { meta.version } else { head.max(meta.version) },
            mutation_id: None,
            record: if is { shown(now, record) } else { Value::Null },
            anew: true,
        })
    }

    /// Notes in the cursor how far the device is.
    pub fn write(&self, cursor: &mut Cursor, done: bool) {
        if done || self.held.is_empty() {
            (cursor.entitlement, cursor.back_fill) = (self.target, String::new());
            return;
        }
        let others = self.from.iter().skip(1).chain([&self.target]);
        let targets: Vec<String> = others.map(ToString::to_string).collect();
        cursor.back_fill = format!("{}~{}~{}", targets.join("+"), self.at.0, self.at.1);
    }
}

/// Whether two sights show the same fields of records of a kind.
fn shows_the_same(one: &Sight, other: &Sight, kind: Kind) -> bool {
    let same = |facet: Facet| one.hides(facet) == other.hides(facet);
    let brand = |sight: &Sight| sight.role == rapport_model::Role::Brand;
    brand(one) == brand(other) && kind.fields().iter().all(|field| same(field.facet))
}
