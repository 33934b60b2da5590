//! One quote or order with what stands around it, and what may be done with it now.

use super::living_order;
use crate::Ctx;
use crate::queries::{held, object};
use crate::today::Today;
use rapport_model::order::legal_statuses;
use rapport_model::quote::QuoteStatus;
use rapport_model::{Contact, Customer, Day, Id, Kind, Order, Quote, Result};
use rapport_store::Tx;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageArgs {
    id: Id,
}

/// `quotes.page`.
pub fn quote(args: PageArgs, ctx: &Ctx) -> Result<Value> {
    let now = ctx.source.now();
    ctx.store.read(move |tx| {
        let today = Today::of(tx, now)?;
        let quote = tx.get_as::<Quote>(args.id)?;
        let order = living_order(tx, quote.meta.id)?;
        let can = verbs_of(&quote, quote.status_on(today.0), order.is_some());
        Ok(object([
            ("quote", held(tx, Kind::Quotes, args.id, now)?),
            ("customer", customer(tx, quote.customer_id)?),
            ("contact", contact(tx, quote.contact_id)?),
            ("order", order.map_or(Ok(Value::Null), |id| order_named(tx, id))?),
            ("before", quote_named(tx, quote.revision_of)?),
            ("after", quote_named(tx, quote.superseded_by)?),
            ("can", json!(can)),
        ]))
    })
}

/// `orders.page`.
pub fn order(args: PageArgs, ctx: &Ctx) -> Result<Value> {
    let now = ctx.source.now();
    ctx.store.read(move |tx| {
        let order = tx.get_as::<Order>(args.id)?;
        let quote = match order.quote_id {
            Some(id) => tx.find_as::<Quote>(id)?,
            None => None,
        };
        // Lines of the quote that were left out stay visible as not ordered.
        let ordered = |line: &str| order.items.iter().any(|item| item.line_id == line);
        let left_out: Vec<_> = quote.iter().flat_map(|q| &q.items).filter(|line| !ordered(&line.line_id)).collect();
        let legal: Vec<&str> = match order.meta.deleted_at {
            Some(_) => Vec::new(),
            None => legal_statuses(order.status).iter().map(|status| status.text()).collect(),
        };
        let left_out = json!(left_out);
        Ok(object([
            ("order", held(tx, Kind::Orders, args.id, now)?),
            ("customer", customer(tx, order.customer_id)?),
            ("contact", contact(tx, order.contact_id)?),
            ("quote", quote_named(tx, order.quote_id)?),
            ("leftOut", left_out),
            ("legal", json!(legal)),
        ]))
    })
}

/// The verbs that may be done with a quote today, as it is here.
pub(super) fn verbs_now(tx: &mut Tx<'_>, quote: &Quote, today: Day) -> Result<Vec<&'static str>> {
    let reads = quote.status_on(today);
    let ordered = reads == QuoteStatus::Accepted && living_order(tx, quote.meta.id)?.is_some();
    Ok(verbs_of(quote, reads, ordered))
}

/// The verbs that may be done with a quote as it reads.
fn verbs_of(quote: &Quote, reads: QuoteStatus, ordered: bool) -> Vec<&'static str> {
    if quote.meta.deleted_at.is_some() || quote.superseded_by.is_some() {
        return Vec::new();
    }
    match reads {
        QuoteStatus::Draft => vec!["send"],
        QuoteStatus::Sent => vec!["accept", "reject", "view", "revise"],
        QuoteStatus::Viewed => vec!["accept", "reject", "revise"],
        QuoteStatus::Expired => vec!["revise", "accept"],
        QuoteStatus::Rejected => vec!["revise"],
        QuoteStatus::Accepted if ordered => Vec::new(),
        QuoteStatus::Accepted => vec!["convert"],
    }
}

fn customer(tx: &mut Tx<'_>, id: Id) -> Result<Value> {
    let found = tx.find_as::<Customer>(id)?;
    Ok(found.map_or(Value::Null, |c| json!({ "id": id, "name": c.name, "trashed": c.meta.deleted_at.is_some() })))
}

fn contact(tx: &mut Tx<'_>, id: Option<Id>) -> Result<Value> {
    let Some(id) = id else { return Ok(Value::Null) };
    let found = tx.find_as::<Contact>(id)?;
    let name = |c: Contact| format!("{} {}", c.first_name, c.last_name).trim().to_owned();
    Ok(found.map_or(Value::Null, |c| json!({ "id": id, "name": name(c) })))
}

fn quote_named(tx: &mut Tx<'_>, id: Option<Id>) -> Result<Value> {
    let Some(id) = id else { return Ok(Value::Null) };
    Ok(tx.find_as::<Quote>(id)?.map_or(Value::Null, |q| json!({ "id": id, "number": q.quote_number })))
}

fn order_named(tx: &mut Tx<'_>, id: Id) -> Result<Value> {
    Ok(tx.find_as::<Order>(id)?.map_or(Value::Null, |o| json!({ "id": id, "number": o.order_number, "status": o.status.text() })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_model::quote::legal_statuses;

    /// What the page offers is what the quote's life allows: a verb for each legal status, a revision where there is none.
    #[test]
    fn each_verb_that_is_offered_is_legal() {
        let status = |verb: &str| match verb {
            "send" => Some(QuoteStatus::Sent),
            "view" => Some(QuoteStatus::Viewed),
            "accept" => Some(QuoteStatus::Accepted),
            "reject" => Some(QuoteStatus::Rejected),
            _ => None,
        };
        for (stored, last) in
            [("draft", 0), ("sent", 0), ("sent", -1), ("viewed", 0), ("viewed", -1), ("rejected", 0), ("accepted", 0)]
        {
            let stored = QuoteStatus::parse(stored).expect("a status");
            let quote = Quote { status: stored, valid_until: Some(Day::EPOCH.plus(last)), ..Quote::default() };
            let reads = quote.status_on(Day::EPOCH);
            let mut offered: Vec<_> = verbs_of(&quote, reads, false).into_iter().filter_map(status).collect();
            let mut legal = legal_statuses(reads).to_vec();
            offered.sort_by_key(|s| s.text());
            legal.sort_by_key(|s| s.text());
            assert_eq!(offered, legal, "{reads:?}");
        }
        let old = Quote { superseded_by: Some(Id::NIL), status: QuoteStatus::Rejected, ..Quote::default() };
        assert!(verbs_of(&old, QuoteStatus::Rejected, false).is_empty());
        assert!(verbs_of(&Quote::default(), QuoteStatus::Accepted, true).is_empty());
    }
}
