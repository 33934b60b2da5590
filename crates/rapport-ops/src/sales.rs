//! What the screens of quotes and orders read and do on a device: lists with customers' names, the board, one document with
//! what may be done with it, the verbs of a quote, and what lines add up to. The rules are rapport-model's.

pub mod board;
pub mod page;

use crate::Ctx;
use crate::analytics::figure::Amount;
use crate::queries::{self, kind_of, object};
use crate::save::{How, Saved, save};
use crate::today::Today;
use rapport_model::lines::{Line, totals};
use rapport_model::money::exponent;
use rapport_model::order::id_from_quote;
use rapport_model::rules::Lookup;
use rapport_model::verbs::{self, Act, Done};
use rapport_model::{Code, Error, Id, Kind, Money, Quote, Record, Result, customer_of};
use rapport_store::Tx;
use rapport_store::list::Query;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Documents of one page.
const PAGE_ROWS: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListArgs {
    kind: String,
    #[serde(default)]
    status: Option<String>,
    /// Only of her own customers.
    #[serde(default)]
    mine: bool,
    #[serde(default)]
    cursor: Option<String>,
}

/// `sales.list`: quotes or orders, newest first, each with the name of its customer.
pub fn list(args: ListArgs, ctx: &Ctx) -> Result<Value> {
    let kind = document(&args.kind)?;
    let (me, now) = (ctx.actor.user, ctx.source.now());
    ctx.store.read(move |tx| {
        let today = Today::of(tx, now)?;
        let filter = args.status.into_iter().map(|status| ("status".to_owned(), Value::String(status)));
        let query = Query {
            filter: filter.collect(),
            cursor: args.cursor,
            limit: PAGE_ROWS,
            of_owner: args.mine.then_some(me),
            ..Query::default()
        };
        let page = tx.list(kind, &today.query(query))?;
        let records: Vec<&dyn Record> = page.items.iter().map(AsRef::as_ref).collect();
        Ok(object([("items", named(tx, kind, &records, today)?), ("next", page.next.into()), ("total", page.total.into())]))
    })
}

/// A kind that has lines.
fn document(name: &str) -> Result<Kind> {
    match kind_of(name)? {
        kind @ (Kind::Quotes | Kind::Orders) => Ok(kind),
        _ => Err(Error::field(Code::InvalidValue, "kind", "Quotes and orders have lines; others are listed otherwise.")),
    }
}

/// Records as a list shows them, with their customers' names.
pub(crate) fn named(tx: &mut Tx<'_>, kind: Kind, records: &[&dyn Record], today: Today) -> Result<Value> {
    let customers: Vec<Id> = records.iter().filter_map(|record| customer_of(*record)).collect();
    let names = tx.customer_names(&customers)?;
    let mut listed = queries::listed(tx, kind, records, today)?;
    for (json, record) in listed.as_array_mut().into_iter().flatten().zip(records) {
        json["customerName"] = customer_of(*record).and_then(|id| names.get(&id)).cloned().unwrap_or_default().into();
        if let Some(quote) = record.of::<Quote>() {
            json["can"] = json!(page::verbs_now(tx, quote, today.0)?);
        }
    }
    Ok(listed)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActArgs {
    id: Id,
    verb: String,
    /// What the verb takes; nothing is an empty object.
    #[serde(default)]
    with: Option<Map<String, Value>>,
}

/// `quotes.act`: does a verb. What cannot be taken back by editing (who answered what) leaves nothing to undo.
pub fn act(args: ActArgs, ctx: &Ctx) -> Result<Value> {
    let verb = crate::verbs::parse(&args.verb, Value::Object(args.with.unwrap_or_default()))?;
    let (actor, source) = (ctx.actor, ctx.source.clone());
    let now = source.now();
    ctx.store.write(move |tx| {
        let quote = tx.get_as::<Quote>(args.id)?;
        if let Act::Convert { .. } = verb
            && let Some(order) = living_order(tx, quote.meta.id)?
        {
            return Ok(json!({ "shows": { "kind": Kind::Orders.text(), "id": order }, "undo": [] }));
        }
        let Done { changes, shows: (kind, id) } = verbs::act(&quote, &verb, source.id(), actor.user, now)?;
        let Saved { undo, .. } = save(tx, actor, now, changes, None, How::Form)?;
        let undo = if matches!(verb, Act::Revise {}) { json!(undo) } else { json!([]) };
        Ok(json!({ "shows": { "kind": kind.text(), "id": id }, "undo": undo }))
    })
}

/// The order that a quote became, if it is not in the trash.
fn living_order(tx: &mut Tx<'_>, quote: Id) -> Result<Option<Id>> {
    let mut ids = Lookup::having(tx, Kind::Orders, "quoteId", &json!(quote))?;
    ids.push(id_from_quote(quote));
    for id in ids {
        if tx.find(Kind::Orders, id)?.is_some_and(|order| order.meta().deleted_at.is_none()) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TotalsArgs {
    items: Vec<Line>,
    #[serde(default)]
    discount_amount: Option<Money>,
    /// Counts while no line has a rate.
    #[serde(default)]
    tax_amount: Option<Money>,
    #[serde(default)]
    currency: Option<String>,
}

/// `sales.totals`: what lines add up to, by the function that settles documents when they are saved.
pub fn add_up(args: TotalsArgs, ctx: &Ctx) -> Result<Value> {
    let currency = match args.currency.filter(|currency| !currency.trim().is_empty()) {
        Some(currency) => currency,
        None => ctx.store.read(|tx| Ok(tx.own_org()?.currency))?,
    };
    let exponent = exponent(&currency).ok_or_else(|| {
        let message = format!("\"{currency}\" is no currency. Give its three letters (ISO 4217), such as EUR.");
        Error::field(Code::InvalidValue, "currency", message)
    })?;
    let sums = totals(&args.items, args.discount_amount, args.tax_amount, exponent)?;
    Ok(json!({
        "lines": sums.lines, "subtotal": sums.subtotal, "taxAmount": sums.tax, "totalAmount": sums.total, "currency": currency,
    }))
}

/// A sum of ten-thousandths as JSON shows it.
fn amount(ten_thousandths: i128) -> Value {
    serde_json::to_value(Amount(ten_thousandths)).unwrap_or_default()
}
