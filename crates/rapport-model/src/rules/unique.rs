//! What is unique in an organisation: names, numbers, one order of a quote, keys of other systems.

use super::{Lookup, sees};
use crate::access::Sight;
use crate::customer::name_taken;
use crate::{Code, Customer, Error, Id, Kind, Order, Quote, Record, Result, User};
use serde_json::json;

/// The strict form of what is unique in an organisation: names, numbers, one order of a quote, keys of other systems.
pub fn unique(look: &mut dyn Lookup, sight: &Sight, before: Option<&dyn Record>, after: &dyn Record) -> Result<()> {
    if let Some(customer) = after.of::<Customer>() {
        let before = before.and_then(|b| b.of::<Customer>());
        if before.is_none_or(|b| b.name_key != customer.name_key || b.meta.deleted_at.is_some()) {
            unique_name(look, sight, customer)?;
        }
    }
    if let Some(other) = same_number(look, before, after)? {
        let code = if after.kind() == Kind::Quotes { Code::QuoteNumberTaken } else { Code::OrderNumberTaken };
        let (field, number) = numbered(after).unwrap_or_default();
        let message = format!("The number {number} is taken. Leave it out to get the next free one.");
        return Err(told(look, sight, after.kind(), other, Error::field(code, field, message))?);
    }
    unique_order(look, sight, before, after)?;
    unique_refs(look, sight, before, after)
}

/// The error with the id of the other record, if the actor may see that.
fn told(look: &mut dyn Lookup, sight: &Sight, kind: Kind, other: Id, error: Error) -> Result<Error> {
    let record = look.record(kind, other)?;
    let seen = match &record {
        Some(record) => sees(look, sight, record.as_ref())?,
        None => false,
    };
    Ok(if seen { error.with(json!({ "existingId": other })) } else { error })
}

fn unique_order(look: &mut dyn Lookup, sight: &Sight, before: Option<&dyn Record>, after: &dyn Record) -> Result<()> {
    let quote = |record: &dyn Record| record.of::<Order>().and_then(|order| order.quote_id);
    let Some(id) = quote(after).filter(|id| before.and_then(quote) != Some(*id)) else { return Ok(()) };
    for other in look.having(Kind::Orders, "quoteId", &json!(id))? {
        let there = look.record(Kind::Orders, other)?.is_some_and(|o| o.meta().deleted_at.is_none());
        if other != after.meta().id && there {
            let error = Error::field(Code::OrderExists, "quoteId", "This quote became an order already.");
            return Err(told(look, sight, Kind::Orders, other, error)?);
        }
    }
    Ok(())
}

/// Keys of other systems are unique per (organisation, system, id), within a kind.
fn unique_refs(look: &mut dyn Lookup, sight: &Sight, before: Option<&dyn Record>, after: &dyn Record) -> Result<()> {
    let Some(index) = after.kind().index_of("externalRefs") else { return Ok(()) };
    let given = after.get(index);
    if before.is_some_and(|b| b.get(index) == given) || after.meta().deleted_at.is_some() {
        return Ok(());
    }
    for one in given.as_array().into_iter().flatten() {
        let (system, id) = (one["system"].as_str().unwrap_or_default(), one["id"].as_str().unwrap_or_default());
        for other in look.referenced(after.kind(), system, id)? {
            let there = look.record(after.kind(), other)?.is_some_and(|r| r.meta().deleted_at.is_none());
            if other != after.meta().id && there {
                let message = format!("{system} {id} belongs to another record already. Change that one, or leave the key out.");
                let error = Error::field(Code::ReferenceTaken, "externalRefs", message);
                return Err(told(look, sight, after.kind(), other, error)?);
            }
        }
    }
    Ok(())
}

/// The field and the number of a record that is numbered.
fn numbered(record: &dyn Record) -> Option<(&'static str, String)> {
    let quote = record.of::<Quote>().map(|q| ("quoteNumber", q.quote_number.clone()));
    quote.or_else(|| record.of::<Order>().map(|o| ("orderNumber", o.order_number.clone())))
}

/// Another record of its kind, trashed ones included, with the same number.
pub fn same_number(look: &mut dyn Lookup, before: Option<&dyn Record>, after: &dyn Record) -> Result<Option<Id>> {
    let Some((field, number)) = numbered(after) else { return Ok(None) };
    // One that went out under a taken number keeps it, and is marked.
    if after.of::<Quote>().is_some_and(|quote| quote.duplicate_of.is_some()) {
        return Ok(None);
    }
    if before.and_then(numbered).is_some_and(|(_, was)| was == number) {
        return Ok(None);
    }
    Ok(look.having(after.kind(), field, &json!(number))?.into_iter().find(|id| *id != after.meta().id))
}

/// Another customer that is not deleted and has the same name.
pub fn namesake(look: &mut dyn Lookup, customer: &Customer) -> Result<Option<Id>> {
    if customer.meta.deleted_at.is_some() {
        return Ok(None);
    }
    first_living(look, &customer.name_key, customer.meta.id)
}

fn first_living(look: &mut dyn Lookup, name_key: &str, but: Id) -> Result<Option<Id>> {
    for id in look.having(Kind::Customers, "nameKey", &json!(name_key))? {
        if id != but && look.record(Kind::Customers, id)?.is_some_and(|c| c.meta().deleted_at.is_none()) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// The strict form of the name rule. A taken name leaks that it is there, and nothing else of what she may not see.
fn unique_name(look: &mut dyn Lookup, sight: &Sight, customer: &Customer) -> Result<()> {
    let Some(other) = namesake(look, customer)? else { return Ok(()) };
    let record = look.record(Kind::Customers, other)?;
    let Some(held) = record.as_ref().and_then(|r| r.of::<Customer>()).filter(|c| sight.sees_customer(c)) else {
        return Err(name_taken(None));
    };
    let owner = held.assigned_to.map(|id| look.record(Kind::Users, id)).transpose()?.flatten();
    let owner = owner.as_ref().and_then(|u| u.of::<User>()).map(|u| u.name.as_str());
    Err(name_taken(Some((other, owner))))
}

/// The lowest free "Name (2)".
pub fn free_name(look: &mut dyn Lookup, name: &str) -> Result<String> {
    // Long names are cut, so that the number fits behind them.
    let name: String = name.chars().take(190).collect();
    for n in 2.. {
        let candidate = format!("{name} ({n})");
        if first_living(look, &crate::text::name_key(&candidate), Id::NIL)?.is_none() {
            return Ok(candidate);
        }
    }
    Err(Error::internal("there is no free name"))
}
