//! The verbs of a quote on the server: what rapport-model says they come to, judged by `accept`.

use crate::accept::{self, Context};
use crate::rest;
use rapport_model::order::id_from_quote;
use rapport_model::rules::Lookup;
use rapport_model::verbs::{self, Act, Done};
use rapport_model::{BoxedRecord, Code, Error, Id, Kind, Quote, Result};
use rapport_store::Tx;
use serde_json::{Value, json};

/// A verb with its arguments; no arguments are an empty object.
pub fn parse(verb: &str, body: Value) -> Result<Act> {
    let Value::Object(mut map) = body else {
        return Err(Error::new(Code::Malformed, "The body is a JSON object."));
    };
    if map.contains_key("verb") {
        return Err(Error::field(Code::InvalidValue, "verb", "The path names the verb. Leave it out of the body."));
    }
    let given: Vec<String> = map.keys().cloned().collect();
    map.insert("verb".to_owned(), verb.into());
    serde_json::from_value(Value::Object(map)).map_err(|e| {
        let text = e.to_string();
        let missing = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        let named = missing.or_else(|| given.first().map(String::as_str)).unwrap_or("body");
        let code = if missing.is_some() { Code::Required } else { Code::InvalidValue };
        Error::field(code, named, format!("{verb} cannot be done with this body: {text}."))
    })
}

/// Does a verb. Returns the record to look at: the quote, its revision, its order.
pub fn act(tx: &mut Tx<'_>, at: &Context<'_>, quote: &Quote, act: &Act) -> Result<BoxedRecord> {
    if let Act::Convert { .. } = act
        && let Some(order) = order_of(tx, quote.meta.id)?
    {
        return revived(tx, at, order);
    }
    let Done { changes, shows: (kind, id) } = verbs::act(quote, act, at.source.id(), at.actor.user, at.now)?;
    if !changes.is_empty() {
        accept::edit(tx, at, changes)?;
    }
    tx.get(kind, id)
}

/// The order that a quote became, whoever made it.
fn order_of(tx: &mut Tx<'_>, quote: Id) -> Result<Option<BoxedRecord>> {
    for id in Lookup::having(tx, Kind::Orders, "quoteId", &json!(quote))? {
        if let Some(order) = tx.find(Kind::Orders, id)?.filter(|order| order.meta().deleted_at.is_none()) {
            return Ok(Some(order));
        }
    }
    tx.find(Kind::Orders, id_from_quote(quote))
}

fn revived(tx: &mut Tx<'_>, at: &Context<'_>, order: BoxedRecord) -> Result<BoxedRecord> {
    if order.meta().deleted_at.is_none() {
        return Ok(order);
    }
    let change = rest::restore(order.as_ref(), at.now);
    accept::edit(tx, at, vec![change])?.into_iter().next().ok_or_else(|| Error::internal("nothing was restored"))
}
