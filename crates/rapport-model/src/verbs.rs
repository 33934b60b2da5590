//! What can be done with a quote beside editing it, as changes: send, view, accept, reject, revise, convert.

use crate::change::{creation, difference};
use crate::mutation::{Change, Op};
use crate::number::revised;
use crate::order::{OrderStatus, id_from_quote};
use crate::quote::{Channel, QuoteStatus};
use crate::{Code, Error, Id, Meta, Millis, Order, Quote, Record, Result};
use serde::Deserialize;
use serde_json::json;

/// A verb and what it takes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "verb", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Act {
    /// Freezes the quote and notes how it went out.
    Send {
        channel: Channel,
    },
    /// The customer has looked at it.
    View {},
    /// `late` confirms an answer after the last day.
    Accept {
        #[serde(default)]
        late: bool,
    },
    Reject {
        reason: String,
    },
    /// A new draft in its place.
    Revise {},
    /// Its order; `lines` leaves the others out.
    Convert {
        #[serde(default)]
        lines: Option<Vec<String>>,
    },
}

/// Words of the verbs, as path segments.
pub const NAMES: &[&str] = &["send", "view", "accept", "reject", "revise", "convert"];

/// What a verb comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    pub changes: Vec<Change>,
    /// The record to look at afterwards: the quote, its revision, its order.
    pub shows: (crate::Kind, Id),
}

/// The changes of a verb; none where it was done before. `fresh` is the id of a revision.
pub fn act(quote: &Quote, act: &Act, fresh: Id, by: Id, now: Millis) -> Result<Done> {
    let here = (crate::Kind::Quotes, quote.meta.id);
    let changed = |after: Quote, op: Op| -> Result<Done> {
        let change = difference(quote, &after, now)?.map(|change| Change { op, ..change });
        Ok(Done { changes: change.into_iter().collect(), shows: here })
    };
    let status = |status| Quote { status, ..quote.clone() };
    match act {
        Act::Send { .. } if quote.status != QuoteStatus::Draft => Ok(Done { changes: Vec::new(), shows: here }),
        Act::Send { channel } => changed(Quote { sent_by: Some(*channel), ..status(QuoteStatus::Sent) }, Op::Send),
        Act::View {} if quote.viewed_at.is_some() => Ok(Done { changes: Vec::new(), shows: here }),
        Act::View {} => changed(status(QuoteStatus::Viewed), Op::Put),
        Act::Accept { late } => changed(Quote { accepted_late: *late, ..status(QuoteStatus::Accepted) }, Op::Put),
        Act::Reject { reason } => {
            changed(Quote { rejected_reason: Some(reason.clone()), ..status(QuoteStatus::Rejected) }, Op::Put)
        }
        Act::Revise {} => revise(quote, fresh, by, now),
        Act::Convert { lines } => convert(quote, lines.as_deref(), by, now),
    }
}

fn revise(quote: &Quote, id: Id, by: Id, now: Millis) -> Result<Done> {
    if let Some(newer) = quote.superseded_by {
        let error =
            Error::field(Code::IllegalTransition, "supersededBy", "This quote was revised already. Go on with its revision.");
        return Err(error.with(json!({ "supersededBy": newer })));
    }
    if matches!(quote.status, QuoteStatus::Draft | QuoteStatus::Accepted) {
        let message = format!("A quote that is {} is not revised.", quote.status.text());
        return Err(Error::field(Code::IllegalTransition, "status", message));
    }
    let blank = Quote::default();
    let revision = Quote {
        meta: Meta { id, created_at: now, updated_at: now, created_by: by, ..Meta::default() },
        quote_number: revised(&quote.quote_number),
        status: QuoteStatus::Draft,
        sent_at: None,
        sent_by: None,
        viewed_at: None,
        responded_at: None,
        accepted_at: None,
        rejected_reason: None,
        accepted_late: false,
        valid_until: None,
        revision_of: Some(quote.meta.id),
        duplicate_of: None,
        superseded_by: blank.superseded_by,
        ..quote.clone()
    };
    let mut changes = vec![creation(&revision, now)?];
    changes.extend(difference(quote, &Quote { superseded_by: Some(id), ..quote.clone() }, now)?);
    Ok(Done { changes, shows: (crate::Kind::Quotes, id) })
}

fn convert(quote: &Quote, lines: Option<&[String]>, by: Id, now: Millis) -> Result<Done> {
    let id = id_from_quote(quote.meta.id);
    let mut items = quote.items.clone();
    if let Some(lines) = lines {
        if let Some(unknown) = lines.iter().find(|id| items.iter().all(|line| line.line_id != **id)) {
            return Err(Error::field(Code::InvalidValue, "lines", format!("The quote has no line \"{unknown}\".")));
        }
        items.retain(|line| lines.contains(&line.line_id));
    }
    let whole = items.len() == quote.items.len();
    let order = Order {
        meta: Meta { id, created_at: now, updated_at: now, created_by: by, ..Meta::default() },
        customer_id: quote.customer_id,
        contact_id: quote.contact_id,
        quote_id: Some(quote.meta.id),
        status: OrderStatus::Confirmed,
        items,
        discount_amount: quote.discount_amount.filter(|_| whole),
        // A tax that was given as it stands belongs to the whole.
        tax_amount: quote.tax_amount.filter(|_| whole),
        currency: quote.currency.clone(),
        order_date: now,
        ..Order::default()
    };
    Ok(Done { changes: vec![creation(&order as &dyn Record, now)?], shows: (crate::Kind::Orders, id) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Line};

    fn sent() -> Quote {
        let line = |id: &str| Line { line_id: id.into(), ..Line::default() };
        Quote {
            meta: Meta { id: Id::from_bytes([1; 16]), version: 5, ..Meta::default() },
            quote_number: "Q26-K7-0042".into(),
            status: QuoteStatus::Sent,
            items: vec![line("1"), line("2")],
            ..Quote::default()
        }
    }

    fn done(quote: &Quote, verb: serde_json::Value) -> Result<Done> {
        let verb: Act = serde_json::from_value(verb).expect("a verb");
        act(quote, &verb, Id::from_bytes([9; 16]), Id::NIL, Millis(1))
    }

    #[test]
    fn sending_again_is_no_change() {
        let send = json!({ "verb": "send", "channel": "printed" });
        assert_eq!(done(&sent(), send.clone()).expect("done").changes, []);
        let draft = Quote { status: QuoteStatus::Draft, ..sent() };
        let change = done(&draft, send).expect("done").changes.remove(0);
        assert_eq!((change.op, change.units["status"].base_version), (Op::Send, 5));
    }

    #[test]
    fn a_revision_is_a_draft_of_its_own_in_the_place_of_the_old_one() {
        let done = done(&sent(), json!({ "verb": "revise" })).expect("done");
        assert_eq!(done.shows, (Kind::Quotes, Id::from_bytes([9; 16])));
        assert_eq!(done.changes[0].units["quoteNumber"].value, json!("Q26-K7-0042-R2"));
        assert_eq!(done.changes[1].units["supersededBy"].value, json!(Id::from_bytes([9; 16])));
        let twice = Quote { superseded_by: Some(Id::NIL), ..sent() };
        assert!(super::revise(&twice, Id::NIL, Id::NIL, Millis(1)).is_err());
    }

    #[test]
    fn an_order_takes_the_lines_that_are_left_in() {
        let all = done(&sent(), json!({ "verb": "convert" })).expect("done");
        let some = done(&sent(), json!({ "verb": "convert", "lines": ["2"] })).expect("done");
        let lines = |done: &Done| done.changes[0].units["items"].value["items"].as_array().map(Vec::len);
        assert_eq!((lines(&all), lines(&some), all.shows == some.shows), (Some(2), Some(1), true));
        assert!(done(&sent(), json!({ "verb": "convert", "lines": ["7"] })).is_err());
    }
}
