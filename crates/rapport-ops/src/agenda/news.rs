//! What changed while she was away: what others did with her customers since she last looked.

use crate::today::Today;
use rapport_model::quote::QuoteStatus;
use rapport_model::{Customer, Id, Interaction, Kind, Millis, Order, Quote, Result};
use rapport_store::{Store, Tx};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::cmp::Reverse;

/// She was away when she did not look for so long.
const AWAY_MS: i64 = 30 * 60_000;
/// How often it is noted that she looks.
const NOTED_MS: i64 = 60_000;
/// News older than this are none.
const OLD_MS: i64 = 30 * 86_400_000;
/// News of one sort that are read, and of all that are shown.
const NEWS_MAX: usize = 30;

/// When she looked: `until` the last time, `since` the last time before she was away.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Looked {
    since: Millis,
    until: Millis,
}

const KEY: &str = "looked";

/// Since when she was away; notes that she is back. `None` on the first day of a device.
pub fn away_since(store: &Store, now: Millis) -> Result<Option<Millis>> {
    let kept = store.read(|tx| tx.progress::<Looked>(KEY))?;
    let looked = match kept {
        None => Looked { since: now, until: now },
        Some(kept) if now.0 - kept.until.0 > AWAY_MS => Looked { since: kept.until, until: now },
        // A clock that was set back tells nothing.
        Some(kept) => Looked { since: kept.since, until: now.max(kept.until) },
    };
    if kept.is_none_or(|kept| looked.until.0 - kept.until.0 > NOTED_MS) {
        store.write(move |tx| tx.set_progress(KEY, &looked))?;
    }
    Ok((looked.since < looked.until || kept.is_some()).then_some(looked.since))
}

struct News {
    at: Millis,
    json: Value,
}

/// The newest first.
pub fn news(tx: &mut Tx<'_>, me: Id, since: Option<Millis>, today: Today) -> Result<Value> {
    let Some(since) = since else { return Ok(json!([])) };
    let since = since.max(Millis(today.0.ms() - OLD_MS));
    let mut all = Vec::new();
    quotes(tx, me, since, &mut all)?;
    orders(tx, me, since, &mut all)?;
    interactions(tx, me, since, &mut all)?;
    customers(tx, me, since, &mut all)?;
    all.sort_by_key(|one| Reverse(one.at));
    all.truncate(NEWS_MAX);
    let ids: Vec<Id> = all.iter().filter_map(|one| serde_json::from_value(one.json["customerId"].clone()).ok()).collect();
    let names = tx.customer_names(&ids)?;
    let told = all.into_iter().map(|News { at, mut json }| {
        let name = serde_json::from_value::<Id>(json["customerId"].clone()).ok().and_then(|id| names.get(&id).cloned());
        json["at"] = json!(at);
        json["customerName"] = json!(name.unwrap_or_default());
        json
    });
    Ok(Value::Array(told.collect()))
}

fn quotes(tx: &mut Tx<'_>, me: Id, since: Millis, all: &mut Vec<News>) -> Result<()> {
    let ids = tx.news_of(Kind::Quotes, me, since, NEWS_MAX)?;
    for record in tx.find_many(Kind::Quotes, &ids)?.into_values() {
        let Some(quote) = record.of::<Quote>() else { continue };
        let (what, at) = match quote.status {
            QuoteStatus::Accepted => ("accepted", quote.responded_at),
            QuoteStatus::Rejected => ("rejected", quote.responded_at),
            _ if quote.viewed_at.is_some() => ("viewed", quote.viewed_at),
            _ if quote.meta.created_by != me => ("quoted", Some(quote.meta.created_at)),
            _ => continue,
        };
        if let Some(at) = at.filter(|at| *at > since) {
            let (id, number, by) = (quote.meta.id, &quote.quote_number, quote.meta.created_by);
            let json =
                json!({ "what": what, "kind": "quotes", "id": id, "about": number, "by": by, "customerId": quote.customer_id });
            all.push(News { at, json });
        }
    }
    Ok(())
}

fn orders(tx: &mut Tx<'_>, me: Id, since: Millis, all: &mut Vec<News>) -> Result<()> {
    let ids = tx.news_of(Kind::Orders, me, since, NEWS_MAX)?;
    for record in tx.find_many(Kind::Orders, &ids)?.into_values() {
        let Some(order) = record.of::<Order>() else { continue };
        let (id, number, by) = (order.meta.id, &order.order_number, order.meta.created_by);
        let json =
            json!({ "what": "ordered", "kind": "orders", "id": id, "about": number, "by": by, "customerId": order.customer_id });
        all.push(News { at: order.meta.created_at, json });
    }
    Ok(())
}

fn interactions(tx: &mut Tx<'_>, me: Id, since: Millis, all: &mut Vec<News>) -> Result<()> {
    let ids = tx.news_of(Kind::Interactions, me, since, NEWS_MAX)?;
    for record in tx.find_many(Kind::Interactions, &ids)?.into_values() {
        let Some(one) = record.of::<Interaction>() else { continue };
        let (about, by) = (&one.subject, one.meta.created_by);
        let json = json!({
            "what": "logged", "type": one.r#type.text(), "kind": "customers", "id": one.customer_id, "about": about, "by": by,
            "customerId": one.customer_id,
        });
        all.push(News { at: one.meta.created_at, json });
    }
    Ok(())
}

/// Customers that were given to her, and hers whose status somebody else changed.
fn customers(tx: &mut Tx<'_>, me: Id, since: Millis, all: &mut Vec<News>) -> Result<()> {
    for line in tx.news_of_customers(me, since, NEWS_MAX)? {
        let Some(customer) = tx.find_as::<Customer>(line.record_id)? else { continue };
        if customer.assigned_to != Some(me) || customer.meta.deleted_at.is_some() || line.overridden {
            continue;
        }
        let given = line.unit == "assignedTo" && line.after == json!(me);
        let status = line.after["status"].as_str().filter(|to| line.before["status"].as_str() != Some(to));
        let (what, about) = match status {
            _ if given => ("given", customer.status.text().to_owned()),
            Some(status) => ("status", status.to_owned()),
            None => continue,
        };
        let id = customer.meta.id;
        let json = json!({ "what": what, "kind": "customers", "id": id, "about": about, "by": line.by, "customerId": id });
        all.push(News { at: line.at, json });
    }
    Ok(())
}
