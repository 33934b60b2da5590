//! What became of records in one transaction, in the words of webhooks. Noted with the change itself and only while somebody
//! listens, so that nothing is told that was not committed and nothing is forgotten that was.

use crate::world::World;
use rapport_model::order::OrderStatus;
use rapport_model::quote::QuoteStatus;
use rapport_model::{Millis, Order, Quote, Record, Result};
use rapport_store::Tx;
use rapport_store::webhooks::Event;

/// Fields that move by themselves: a record that differs in nothing else did not change.
const QUIET: &[&str] = &["version", "updatedAt"];

/// What happened between two states of a record, in the order in which it is told.
fn words(before: Option<&dyn Record>, after: &dyn Record) -> Vec<String> {
    let Some(noun) = after.kind().lists().noun else { return Vec::new() };
    let lives = |record: &dyn Record| record.meta().deleted_at.is_none();
    let was = before.filter(|record| lives(*record));
    let verb = match (was, lives(after)) {
        (Some(was), true) if same(was, after) => return Vec::new(),
        (None, true) if before.is_none() => "created",
        (_, true) => "updated",
        (Some(_), false) => return vec![format!("{noun}.deleted")],
        (None, false) => return Vec::new(),
    };
    let mut out = vec![format!("{noun}.{verb}")];
    if let Some(quote) = after.of::<Quote>() {
        let was = before.and_then(|record| record.of::<Quote>());
        let turned = |to: QuoteStatus| quote.status == to && was.is_none_or(|was| was.status != to);
        if quote.sent_at.is_some() && was.is_none_or(|was| was.sent_at.is_none()) {
            out.push("quote.sent".to_owned());
        }
        out.extend(turned(QuoteStatus::Accepted).then(|| "quote.accepted".to_owned()));
        out.extend(turned(QuoteStatus::Rejected).then(|| "quote.rejected".to_owned()));
    }
    if let Some(order) = after.of::<Order>() {
        let was = before.and_then(|record| record.of::<Order>()).map_or(OrderStatus::Draft, |was| was.status);
        if order.status != was {
            out.push("order.status".to_owned());
        }
    }
    out
}

fn same(before: &dyn Record, after: &dyn Record) -> bool {
    let fields = |record: &dyn Record| {
        let mut json = record.to_json();
        if let Some(map) = json.as_object_mut() {
            QUIET.iter().for_each(|name| drop(map.shift_remove(*name)));
        }
        json
    };
    fields(before) == fields(after)
}

fn events(words: Vec<String>, record: &dyn Record, version: i64, at: Millis) -> impl Iterator<Item = Event> {
    let (kind, record_id) = (record.kind(), record.meta().id);
    (0..).zip(words).map(move |(n, word)| Event { version, n, word, kind, record_id, at })
}

/// Notes what became of everything that a transaction wrote.
pub(super) fn note(world: &mut World<'_, '_>, at: Millis) -> Result<()> {
    let Some(seen) = world.seen.take() else { return Ok(()) };
    let mut out = Vec::new();
    for slot in world.dirty() {
        let record = slot.record.as_ref();
        let before = seen.get(&(record.kind(), record.meta().id)).map(AsRef::as_ref);
        out.extend(events(words(before, record), record, record.meta().version, at));
    }
    world.tx.events_add(&out)
}

/// Notes that a record is gone for good. One that lay in the trash was told of when it went there.
pub(super) fn note_gone(tx: &mut Tx<'_>, record: &dyn Record, version: i64, at: Millis, always: bool) -> Result<()> {
    let Some(noun) = record.kind().lists().noun else { return Ok(()) };
    if (record.meta().deleted_at.is_some() && !always) || !tx.webhooks_listen()? {
        return Ok(());
    }
    let gone: Vec<Event> = events(vec![format!("{noun}.deleted")], record, version, at).collect();
    tx.events_add(&gone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_model::{Card, Customer, Meta};

    fn told(before: Option<&dyn Record>, after: &dyn Record) -> String {
        words(before, after).join(" ")
    }

    #[test]
    fn a_record_is_made_changed_trashed_and_brought_back() {
        let here = Customer { name: "Acme".into(), ..Customer::default() };
        let again = Customer { meta: Meta { version: 7, updated_at: Millis(7), ..Meta::default() }, ..here.clone() };
        let other = Customer { name: "Acme Ltd".into(), ..here.clone() };
        let trashed = Customer { meta: Meta { deleted_at: Some(Millis(1)), ..Meta::default() }, ..here.clone() };
        let (here, again, other, trashed): (&dyn Record, &dyn Record, &dyn Record, &dyn Record) =
            (&here, &again, &other, &trashed);
        for (before, after, wanted) in [
            (None, here, "customer.created"),
            (Some(here), other, "customer.updated"),
            (Some(here), again, ""),
            (Some(here), trashed, "customer.deleted"),
            (Some(trashed), here, "customer.updated"),
            (Some(trashed), trashed, ""),
            (None, trashed, ""),
        ] {
            assert_eq!(told(before, after), wanted);
        }
        assert_eq!(told(None, &Card::default()), "", "nobody hears of cards");
    }

    #[test]
    fn what_is_made_and_answered_at_once_is_told_in_order() {
        let of = |status, sent_at| Quote { status, sent_at, ..Quote::default() };
        let draft = of(QuoteStatus::Draft, None);
        let sent = of(QuoteStatus::Sent, Some(Millis(1)));
        let viewed = of(QuoteStatus::Viewed, Some(Millis(1)));
        let accepted = of(QuoteStatus::Accepted, Some(Millis(1)));
        assert_eq!(told(None, &draft), "quote.created");
        assert_eq!(told(None, &accepted), "quote.created quote.sent quote.accepted");
        assert_eq!(told(Some(&draft), &sent), "quote.updated quote.sent");
        assert_eq!(told(Some(&sent), &viewed), "quote.updated");
        assert_eq!(told(Some(&viewed), &of(QuoteStatus::Rejected, Some(Millis(1)))), "quote.updated quote.rejected");
        let order = |status| Order { status, ..Order::default() };
        assert_eq!(told(None, &order(OrderStatus::Draft)), "order.created");
        assert_eq!(told(None, &order(OrderStatus::Confirmed)), "order.created order.status");
        assert_eq!(told(Some(&order(OrderStatus::Confirmed)), &order(OrderStatus::Shipped)), "order.updated order.status");
    }
}
