//! Two customers that are one, on a device: what hangs on the other moves, the other goes into the trash with the name of the
//! one that it lives on in, and every step of it can be taken back. The server's own verb for REST is `accept::join`.

pub(crate) mod joined;

use crate::commands::Ctx;
use crate::queries::object;
use crate::save::{How, Saved, save};
use crate::unborn::is_unborn;
use joined::{Side, joined};
use rapport_model::customer::{MERGED, Merged};
use rapport_model::mutation::{CHANGES_MAX, Change, Op, UnitEdit};
use rapport_model::{Actor, Code, Contact, Customer, Error, Id, Kind, Millis, Record, Result, change, unit};
use rapport_store::Tx;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Records of one mutation: what is left of its limit is for what rules add, and for the two customers.
const PART_RECORDS: usize = CHANGES_MAX * 3 / 4;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeArgs {
    into: Id,
    from: Id,
    /// Whose value a field takes; one that is not named keeps what is there, and takes the other's where nothing is.
    #[serde(default)]
    fields: BTreeMap<String, Side>,
}

/// `customers.merge`.
pub fn merge(args: MergeArgs, ctx: &Ctx) -> Result<Value> {
    let (actor, now) = (ctx.actor, ctx.source.now());
    ctx.store.write(move |tx| {
        let moves = going_along(tx, &args, now)?;
        let last = last_steps(tx, &args, &moves, now)?;
        let moved = moves.len();
        let undo = save_all(tx, actor, now, moves, last)?;
        Ok(object([("moved", moved.into()), ("undo", json!(undo))]))
    })
}

/// What hangs on the other, as changes that hang it on the one that stays.
fn going_along(tx: &mut Tx<'_>, args: &MergeArgs, now: Millis) -> Result<Vec<Change>> {
    let has_primary = tx.get_as::<Customer>(args.into)?.primary_contact_id.is_some();
    let mut out = Vec::new();
    for kind in Kind::CHILDREN {
        for id in tx.having(*kind, "customerId", &json!(args.from))? {
            let mut moved = hang_on(tx, *kind, id, args.into, now)?;
            let contact = tx.find_as::<Contact>(id)?;
            if has_primary && contact.is_some_and(|contact| contact.is_primary) {
                let base_version = moved.base_version();
                moved.units.insert("isPrimary".to_owned(), edit(false.into(), true.into(), base_version, now));
            }
            out.push(moved);
        }
    }
    Ok(out)
}

fn edit(value: Value, base: Value, base_version: i64, now: Millis) -> UnitEdit {
    UnitEdit { value, base, base_version, updated_at: now, seen: Millis(0) }
}

fn hang_on(tx: &mut Tx<'_>, kind: Kind, id: Id, customer: Id, now: Millis) -> Result<Change> {
    let record = tx.get(kind, id)?;
    let base = unit::get(record.as_ref(), "customerId")?;
    let units = BTreeMap::from([("customerId".to_owned(), edit(json!(customer), base, record.meta().version, now))]);
    // One that the server refused is made anew, there.
    let op = if is_unborn(tx, kind, id)? { Op::Put } else { Op::Merge };
    Ok(Change { kind: kind.text().to_owned(), id, op, units })
}

/// The other goes, and the one that stays says what the two said.
fn last_steps(tx: &mut Tx<'_>, args: &MergeArgs, moves: &[Change], now: Millis) -> Result<Vec<Change>> {
    if args.into == args.from {
        return Err(Error::field(Code::InvalidValue, "from", "Name another customer to merge into this one."));
    }
    let (before, other) = (tx.get_as::<Customer>(args.into)?, tx.get_as::<Customer>(args.from)?);
    if before.meta.deleted_at.is_some() || other.meta.deleted_at.is_some() {
        let message = "One of the two is in the trash. Restore it first, then merge them.";
        return Err(Error::new(Code::CustomerDeleted, message));
    }
    let after = joined(&before, &other, &args.fields)?;
    let mut merged = Merged { into: args.into, ..Merged::default() };
    for one in moves {
        merged.moved.entry(one.kind.clone()).or_default().push(one.id);
    }
    for (unit, (was, became)) in unit::differences(&before, &after)? {
        merged.was.insert(unit.clone(), was);
        merged.became.insert(unit, became);
    }
    let value = serde_json::to_value(&merged).map_err(Error::internal)?;
    let units = BTreeMap::from([(MERGED.to_owned(), edit(value, Value::Null, other.meta.version, now))]);
    let mut out = vec![Change { kind: Kind::Customers.text().to_owned(), id: args.from, op: Op::Merge, units }];
    out.extend(change::difference(&before as &dyn Record, &after, now)?);
    Ok(out)
}

/// Saves in bounded steps, the `last` ones together. Returns what takes it back.
fn save_all(tx: &mut Tx<'_>, actor: Actor, now: Millis, mut changes: Vec<Change>, last: Vec<Change>) -> Result<Vec<Change>> {
    let whole = changes.len() / PART_RECORDS * PART_RECORDS;
    let mut end = changes.split_off(whole);
    end.extend(last);
    let parts = changes.chunks(PART_RECORDS).map(<[Change]>::to_vec).chain([end]);
    let mut undo = Vec::new();
    for part in parts {
        let saved: Saved = save(tx, actor, now, part, None, How::Form)?;
        undo.splice(0..0, saved.undo);
    }
    Ok(undo)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartArgs {
    /// The one that was merged into another.
    id: Id,
    /// Its new name, where its old one is taken by now.
    #[serde(default)]
    name: Option<String>,
}

/// `customers.part`: two that were merged are two again, whenever that was.
pub fn part(args: PartArgs, ctx: &Ctx) -> Result<Value> {
    let (actor, now) = (ctx.actor, ctx.source.now());
    ctx.store.write(move |tx| {
        let undo = part_in(tx, actor, now, args.id, args.name.as_deref())?;
        Ok(object([("undo", json!(undo))]))
    })
}

/// What came from it goes back to it; what was changed since then stays where it is.
pub(crate) fn part_in(tx: &mut Tx<'_>, actor: Actor, now: Millis, id: Id, name: Option<&str>) -> Result<Vec<Change>> {
    let customer = tx.get_as::<Customer>(id)?;
    let Some(merged) = customer.merged.clone().filter(|_| customer.meta.deleted_at.is_some()) else {
        return Err(Error::new(Code::NotFound, "This customer was not merged into another one, so there is nothing to part."));
    };
    let mut first = Vec::new();
    if let Some(other) = tx.find_as::<Customer>(merged.into)?.filter(|other| other.meta.deleted_at.is_none()) {
        let mut units = BTreeMap::new();
        for (unit, was) in &merged.was {
            let stands = unit::get(&other, unit)?;
            if merged.became.get(unit) == Some(&stands) {
                units.insert(unit.clone(), edit(was.clone(), stands, other.meta.version, now));
            }
        }
        if !units.is_empty() {
            first.push(Change { kind: Kind::Customers.text().to_owned(), id: merged.into, op: Op::Put, units });
        }
    }
    let named = name.map(|name| ("name".to_owned(), edit(name.into(), customer.name.clone().into(), customer.meta.version, now)));
    let restore = Change { kind: Kind::Customers.text().to_owned(), id, op: Op::Restore, units: named.into_iter().collect() };
    first.push(restore);
    let mut undo = save(tx, actor, now, first, None, How::Form)?.undo;
    let mut back = Vec::new();
    for (kind, ids) in &merged.moved {
        let Some(kind) = Kind::parse(kind).filter(|kind| kind.is_child()) else { continue };
        let found = tx.find_many(kind, ids)?;
        for child in ids.iter().filter_map(|id| found.get(id)) {
            if rapport_model::customer_of(child.as_ref()) == Some(merged.into) {
                back.push(hang_on(tx, kind, child.meta().id, id, now)?);
            }
        }
    }
    for part in back.chunks(PART_RECORDS) {
        let saved = save(tx, actor, now, part.to_vec(), None, How::Form)?;
        undo.splice(0..0, saved.undo);
    }
    Ok(undo)
}
