//! The trash: what was deleted on this device or elsewhere, and its way back as one unit.

use crate::Ctx;
use crate::merging::part_in;
use crate::queries::{held, kind_of, object};
use crate::save::{How, Saved, save};
use rapport_model::mutation::{Change, Op, UnitEdit};
use rapport_model::rules::free_name;
use rapport_model::{
    Attachment, Code, Contact, Customer, Error, Id, Interaction, Kind, Millis, Order, Quote, Record, Result, customer_of,
};
use rapport_store::Tx;
use serde::Deserialize;
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Records of each kind that the trash shows, the latest first.
const ROWS: usize = 200;

#[derive(Deserialize)]
pub struct TrashArgs {}

/// `trash.list`: customers with how much hangs on them, and what was deleted of customers that are here.
pub fn list(_: TrashArgs, ctx: &Ctx) -> Result<Value> {
    ctx.store.read(|tx| {
        let mut items: Vec<(Reverse<Option<Millis>>, Value)> = Vec::new();
        for kind in [Kind::Customers, Kind::Contacts, Kind::Interactions, Kind::Quotes, Kind::Orders, Kind::Attachments] {
            let ids = tx.trashed(kind, ROWS)?;
            let records = tx.find_many(kind, &ids)?;
            for record in records.values() {
                if let Some(shown) = shown(tx, record.as_ref())? {
                    items.push((Reverse(record.meta().deleted_at), shown));
                }
            }
        }
        items.sort_by_key(|(at, _)| *at);
        Ok(object([("items", Value::Array(items.into_iter().map(|(_, item)| item).collect()))]))
    })
}

fn shown(tx: &mut Tx<'_>, record: &dyn Record) -> Result<Option<Value>> {
    let (kind, meta) = (record.kind(), record.meta());
    let mut out =
        json!({ "kind": kind.text(), "id": meta.id, "title": title(record), "deletedAt": meta.deleted_at, "children": 0 });
    if kind == Kind::Customers {
        let mut children = 0;
        for child in [Kind::Contacts, Kind::Interactions, Kind::Quotes, Kind::Orders, Kind::Attachments] {
            children += tx.count_of(child, meta.id)?;
        }
        out["children"] = children.into();
        if let Some(into) = record.of::<Customer>().and_then(|customer| customer.merged.as_ref()).map(|merged| merged.into) {
            out["mergedInto"] = json!(into);
            out["mergedIntoName"] = tx.find_as::<Customer>(into)?.map(|customer| customer.name).into();
        }
        return Ok(Some(out));
    }
    let Some(owner) = customer_of(record) else { return Ok(None) };
    // What hangs on a customer in the trash comes back with it.
    let Some(customer) = tx.find_as::<Customer>(owner)?.filter(|c| c.meta.deleted_at.is_none()) else { return Ok(None) };
    out["customerId"] = json!(owner);
    out["customerName"] = customer.name.into();
    Ok(Some(out))
}

fn title(record: &dyn Record) -> String {
    if let Some(customer) = record.of::<Customer>() {
        return customer.name.clone();
    }
    if let Some(contact) = record.of::<Contact>() {
        return format!("{} {}", contact.first_name, contact.last_name).trim().to_owned();
    }
    if let Some(one) = record.of::<Interaction>() {
        return one.subject.clone();
    }
    if let Some(file) = record.of::<Attachment>() {
        return file.name.clone();
    }
    if let Some(quote) = record.of::<Quote>() {
        return format!("{} {}", quote.quote_number, quote.subject).trim().to_owned();
    }
    record.of::<Order>().map(|order| order.order_number.clone()).unwrap_or_default()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RestoreArgs {
    kind: String,
    id: Id,
    /// A customer's new name, where its old one is taken by now.
    #[serde(default)]
    name: Option<String>,
}

/// `trash.restore`: brings a record back; a customer with all that hangs on it. Where its name was given to another one
/// meanwhile, the refusal proposes a free one.
pub fn restore(args: RestoreArgs, ctx: &Ctx) -> Result<Value> {
    let kind = kind_of(&args.kind)?;
    let (actor, now) = (ctx.actor, ctx.source.now());
    ctx.store.write(move |tx| {
        let record = tx.get(kind, args.id)?;
        if record.of::<Customer>().is_some_and(|customer| customer.merged.is_some()) {
            // What it was merged into gives back what came from it.
            return match part_in(tx, actor, now, args.id, args.name.as_deref()) {
                Ok(undo) => Ok(object([("restored", held(tx, kind, args.id, now)?), ("undo", json!(undo))])),
                Err(error) if error.code == Code::NameTaken => Err(proposing(tx, error, record.as_ref(), args.name.as_deref())?),
                Err(error) => Err(error),
            };
        }
        let mut units = BTreeMap::new();
        if let (Some(name), Some(customer)) = (&args.name, record.of::<Customer>()) {
            let (base_version, base) = (customer.meta.version, customer.name.clone().into());
            let edit = UnitEdit { value: name.clone().into(), base, base_version, updated_at: now, seen: Millis(0) };
            units.insert("name".to_owned(), edit);
        }
        let change = Change { kind: kind.text().into(), id: args.id, op: Op::Restore, units };
        match save(tx, actor, now, vec![change], None, How::Form) {
            Ok(Saved { undo, .. }) => Ok(object([("restored", held(tx, kind, args.id, now)?), ("undo", json!(undo))])),
            Err(error) if error.code == Code::NameTaken => Err(proposing(tx, error, record.as_ref(), args.name.as_deref())?),
            Err(error) => Err(error),
        }
    })
}

fn proposing(tx: &mut Tx<'_>, mut error: Error, record: &dyn Record, asked: Option<&str>) -> Result<Error> {
    let Some(customer) = record.of::<Customer>() else { return Ok(error) };
    let mut details = error.details.take().filter(Value::is_object).unwrap_or_else(|| json!({}));
    details["freeName"] = free_name(tx, asked.unwrap_or(&customer.name))?.into();
    Ok(error.with(details))
}
