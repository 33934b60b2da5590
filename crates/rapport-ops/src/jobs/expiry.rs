//! Quotes that ran out: their owners are told, once. The status itself is never written; it reads as expired by itself.

use super::Run;
use crate::accept::{Context, write_server};
use rapport_model::figures::day_in;
use rapport_model::{BoxedRecord, Card, Customer, Id, Kind, Meta, Quote, Result, User};
use rapport_store::Tx;

/// The marks of quotes that were told of.
const TOLD: &str = "quoteExpiry";

const QUOTES_MAX: usize = 100;

pub fn step(tx: &mut Tx<'_>, at: &Context<'_>, run: &mut Run) -> Result<bool> {
    let today = day_in(&tx.own_org()?.time_zone, at.now);
    let ids = tx.quotes_over(TOLD, today, QUOTES_MAX)?;
    let mut cards: Vec<BoxedRecord> = Vec::new();
    for id in &ids {
        tx.mark_put(TOLD, *id, at.now)?;
        let Some(quote) = tx.find_as::<Quote>(*id)? else { continue };
        if let Some(user) = owner(tx, &quote)? {
            cards.push(Box::new(card(at, &quote, user)));
        }
    }
    run.report.count("expired", ids.len());
    run.report.count("told", cards.len());
    write_server(tx, at, cards)?;
    Ok(ids.len() == QUOTES_MAX)
}

/// Who is told: the owner of the customer, else who made the quote, if she still works here.
fn owner(tx: &mut Tx<'_>, quote: &Quote) -> Result<Option<Id>> {
    let customer = tx.find_as::<Customer>(quote.customer_id)?.filter(|customer| customer.meta.deleted_at.is_none());
    let Some(customer) = customer else { return Ok(None) };
    for id in customer.assigned_to.into_iter().chain([quote.meta.created_by]) {
        if tx.find_as::<User>(id)?.is_some_and(|user| user.is_active) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

fn card(at: &Context<'_>, quote: &Quote, user: Id) -> Card {
    let meta = Meta {
        // The same wherever and however often it is made.
        id: quote.meta.id.derived("expired"),
        created_at: at.now,
        updated_at: at.now,
        created_by: user,
        ..Meta::default()
    };
    let message = format!("Quote {} ran out without an answer. Ask, or revise it.", quote.quote_number);
    let (record_kind, kind) = (Kind::Quotes.text().to_owned(), "expired".to_owned());
    Card { meta, user_id: user, kind, record_kind, record_id: quote.meta.id, message, at: at.now, ..Card::default() }
}
