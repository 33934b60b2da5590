//! A quote: its lines, its life, and when it reads as expired.

use crate::field::{amount, day, instant, json, link, long_text, one_of, text};
use crate::lines::{Figures, LINES_TS, Line, settle};
use crate::{Code, Day, Error, Facet, Id, Kind, Merge, Millis, Money, Result};
use serde_json::json as value;

crate::choice! {
    /// Where a quote stands. `expired` is never stored: it is how `sent` and `viewed` read once their last day has passed.
    QuoteStatus { Draft "draft", Sent "sent", Viewed "viewed", Accepted "accepted", Rejected "rejected", Expired "expired" }
}

crate::choice! {
    /// How a quote went out.
    Channel { Email "email", HandedOver "handed over", Printed "printed", Other "other" }
}

crate::record! {
    /// An offer to a customer.
    Quote of Quotes {
        customer_id: Id = Id::NIL => link("Customer", Kind::Customers).required(),
        contact_id: Option<Id> = None => link("Contact", Kind::Contacts),
        quote_number: String = String::new() => text("Number", 60),
        status: QuoteStatus = QuoteStatus::Draft => one_of("Status", QuoteStatus::NAMES).required().in_unit("status").merge(Merge::Card),
        sent_at: Option<Millis> = None => instant("Sent").by_rule().in_unit("status").merge(Merge::Card),
        sent_by: Option<Channel> = None => one_of("Sent by", Channel::NAMES).in_unit("status").merge(Merge::Card),
        viewed_at: Option<Millis> = None => instant("Viewed").by_rule().in_unit("status").merge(Merge::Card),
        responded_at: Option<Millis> = None => instant("Answered").by_rule().in_unit("status").merge(Merge::Card),
        accepted_at: Option<Millis> = None => instant("Accepted").by_rule().in_unit("status").merge(Merge::Card),
        rejected_reason: Option<String> = None => text("Reason of the rejection", 500).in_unit("status").merge(Merge::Card),
        /// Accepted after its last day, and that was confirmed.
        accepted_late: bool = false => crate::field::flag("Accepted late").in_unit("status").merge(Merge::Card),
        subject: String = String::new() => text("Subject", 300).required(),
        description: String = String::new() => long_text("Description", 50_000),
        items: Vec<Line> = Vec::new() => json("Lines", LINES_TS).bytes(200_000).present().in_unit("items").merge(Merge::Card),
        discount_amount: Option<Money> = None => amount("Discount").in_unit("items").merge(Merge::Card),
        subtotal: Option<Money> = None => amount("Subtotal").follows().in_unit("items").merge(Merge::Card),
        tax_amount: Option<Money> = None => amount("Tax").follows().in_unit("items").merge(Merge::Card),
        total_amount: Option<Money> = None => amount("Total").present().follows().in_unit("items").merge(Merge::Card),
        /// ISO 4217; the organisation's if none is given.
        currency: String = String::new() => text("Currency", 3).in_unit("items").merge(Merge::Card),
        /// The last day on which it can be accepted; 30 days from its making if none is given.
        valid_until: Option<Day> = None => day("Valid until"),
        payment_terms: Option<String> = None => text("Payment terms", 500),
        delivery_terms: Option<String> = None => text("Delivery terms", 500),
        notes: Option<String> = None => long_text("Notes", 50_000).facet(Facet::Private),
        revision_of: Option<Id> = None => link("Revision of", Kind::Quotes),
        superseded_by: Option<Id> = None => link("Superseded by", Kind::Quotes),
        /// Another quote carries the same number and went out too.
        duplicate_of: Option<Id> = None => link("Same number as", Kind::Quotes).by_server(),
    }
}

/// What may change once a quote was sent.
const OPEN_UNITS: &[&str] = &["status", "supersededBy"];

impl Quote {
    /// The status as it reads on the day `today` of the organisation.
    pub fn status_on(&self, today: Day) -> QuoteStatus {
        let over = self.valid_until.is_some_and(|last| last < today);
        match self.status {
            QuoteStatus::Sent | QuoteStatus::Viewed if over => QuoteStatus::Expired,
            status => status,
        }
    }

    /// Sent and not answered, superseded or over.
    pub fn is_live(&self, today: Day) -> bool {
        let waiting = matches!(self.status_on(today), QuoteStatus::Sent | QuoteStatus::Viewed);
        waiting && self.superseded_by.is_none() && self.meta.deleted_at.is_none()
    }

    pub fn settle(&mut self) -> Result<()> {
        settle(Figures {
            items: &mut self.items,
            discount: self.discount_amount,
            subtotal: &mut self.subtotal,
            tax: &mut self.tax_amount,
            total: &mut self.total_amount,
            currency: &self.currency,
        })
    }
}

/// The statuses that may follow, as a quote reads today. A rejected or expired one goes on as a revision.
pub fn legal_statuses(from: QuoteStatus) -> &'static [QuoteStatus] {
    use QuoteStatus::{Accepted, Draft, Expired, Rejected, Sent, Viewed};
    match from {
        Draft => &[Sent],
        Sent => &[Viewed, Accepted, Rejected],
        Viewed => &[Accepted, Rejected],
        Expired => &[Accepted],
        Accepted | Rejected => &[],
    }
}

/// What the rules of sending need to know of others.
#[derive(Clone, Copy, Debug)]
pub struct Sending {
    /// The organisation's day of the edit.
    pub today: Day,
    /// The customer has a primary contact, or needs none.
    pub has_primary: bool,
}

/// The quote life: judges a change of status from the one its author saw, and stamps its instants.
pub fn change_status(seen: QuoteStatus, quote: &mut Quote, sending: Sending, at: Millis) -> Result<()> {
    let to = quote.status;
    if to == QuoteStatus::Expired {
        let message = "A quote expires by itself after its last day. Change its validUntil, or revise it.";
        return Err(Error::field(Code::IllegalTransition, "status", message));
    }
    if seen == to {
        return Ok(());
    }
    let from = Quote { status: seen, ..quote.clone() }.status_on(sending.today);
    let legal = legal_statuses(from);
    if !legal.contains(&to) {
        let names: Vec<&str> = legal.iter().map(|s| s.text()).collect();
        let ways = if names.is_empty() { "Revise it instead".to_owned() } else { format!("Possible: {}", names.join(", ")) };
        let message = format!("{} cannot follow {} of a quote. {ways}.", to.text(), from.text());
        return Err(Error::field(Code::IllegalTransition, "status", message).with(value!({ "legal": names })));
    }
    match to {
        QuoteStatus::Sent => send(quote, sending, at)?,
        QuoteStatus::Viewed => quote.viewed_at = Some(quote.viewed_at.unwrap_or(at).max(quote.sent_at.unwrap_or(at))),
        QuoteStatus::Accepted if from == QuoteStatus::Expired && !quote.accepted_late => {
            let message = "This quote was valid until a day that has passed. Confirm that it is accepted late.";
            return Err(Error::field(Code::ConfirmationRequired, "acceptedLate", message));
        }
        QuoteStatus::Rejected if quote.rejected_reason.as_deref().is_none_or(|r| r.trim().is_empty()) => {
            return Err(Error::field(Code::ReasonRequired, "rejectedReason", "Give the reason of the rejection."));
        }
        _ => {}
    }
    if matches!(to, QuoteStatus::Accepted | QuoteStatus::Rejected) {
        let answered = at.max(quote.sent_at.unwrap_or(at)).max(quote.viewed_at.unwrap_or(at));
        quote.responded_at = Some(answered);
        if to == QuoteStatus::Accepted {
            quote.accepted_at = Some(answered);
        }
    }
    Ok(())
}

fn send(quote: &mut Quote, sending: Sending, at: Millis) -> Result<()> {
    if quote.items.is_empty() {
        return Err(Error::field(Code::Required, "items", "Add a line before you send the quote."));
    }
    if quote.valid_until.is_none_or(|last| last < sending.today) {
        return Err(Error::field(Code::InvalidDate, "validUntil", "Let the quote be valid until today or later, then send it."));
    }
    if !sending.has_primary {
        return Err(crate::customer::primary_contact_required());
    }
    match quote.sent_by {
        None => Err(Error::field(Code::Required, "sentBy", "Say how it went out: email, handed over, printed or other.")),
        Some(Channel::Email) => {
            let message = "Mail is not set up yet. Hand the quote over or print it, or ask your administrator to set up mail.";
            Err(Error::field(Code::MailNotConfigured, "sentBy", message))
        }
        Some(_) => {
            quote.sent_at.get_or_insert(at);
            Ok(())
        }
    }
}

/// The lock: from sent on nothing changes but its answer. `units` are those that an edit changes.
pub fn check_lock<'a>(before: &Quote, units: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut closed = units.filter(|unit| !OPEN_UNITS.contains(unit));
    if before.status == QuoteStatus::Draft {
        return Ok(());
    }
    match closed.next() {
        Some(unit) => {
            let message =
                format!("Quote {} was sent and cannot be changed any more. Revise it to change it.", before.quote_number);
            Err(Error::field(Code::QuoteLocked, unit, message))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Day = Day::EPOCH;

    fn quote(status: QuoteStatus, last: i64) -> Quote {
        Quote {
            status,
            items: vec![Line::default()],
            sent_by: Some(Channel::Printed),
            valid_until: Some(TODAY.plus(last)),
            rejected_reason: Some("too dear".into()),
            ..Quote::default()
        }
    }

    fn change(from: QuoteStatus, mut quote: Quote, has_primary: bool) -> Result<Quote> {
        change_status(from, &mut quote, Sending { today: TODAY, has_primary }, Millis(7)).map(|()| quote)
    }

    #[test]
    fn the_table_of_a_quote_s_life_holds() {
        use QuoteStatus::{Accepted, Draft, Expired, Rejected, Sent, Viewed};
        let all = [Draft, Sent, Viewed, Accepted, Rejected, Expired];
        for from in all {
            for to in all.into_iter().filter(|to| *to != from) {
                // Read on its last day and, for the stored ones that can be over, on the day after it.
                for last in [0, -1] {
                    let read = quote(from, last).status_on(TODAY);
                    let late = Quote { accepted_late: true, ..quote(to, last) };
                    let legal = legal_statuses(read).contains(&to) && !(to == Sent && last < 0);
                    let result = change(from, late, true);
                    assert_eq!(result.is_ok(), legal, "{from:?} (reads {read:?}) to {to:?}: {result:?}");
                }
            }
        }
    }

    #[test]
    fn expired_is_how_sent_reads_the_day_after_its_last() {
        assert_eq!(quote(QuoteStatus::Sent, 0).status_on(TODAY), QuoteStatus::Sent);
        assert_eq!(quote(QuoteStatus::Viewed, -1).status_on(TODAY), QuoteStatus::Expired);
        assert_eq!(quote(QuoteStatus::Draft, -1).status_on(TODAY), QuoteStatus::Draft);
        assert_eq!(quote(QuoteStatus::Accepted, -1).status_on(TODAY), QuoteStatus::Accepted);
        assert!(quote(QuoteStatus::Sent, 0).is_live(TODAY) && !quote(QuoteStatus::Sent, -1).is_live(TODAY));
    }

    #[test]
    fn a_late_answer_is_confirmed_and_a_rejection_has_a_reason() {
        let late = change(QuoteStatus::Sent, quote(QuoteStatus::Accepted, -1), true).expect_err("late");
        assert_eq!((late.code, late.field.as_deref()), (Code::ConfirmationRequired, Some("acceptedLate")));
        let rejected = Quote { rejected_reason: Some(" ".into()), ..quote(QuoteStatus::Rejected, 0) };
        assert_eq!(change(QuoteStatus::Sent, rejected, true).map_err(|e| e.code), Err(Code::ReasonRequired));
    }

    #[test]
    fn sending_asks_for_a_line_a_date_a_contact_and_a_way() {
        let code = |quote: Quote, primary| change(QuoteStatus::Draft, quote, primary).map(drop).map_err(|e| (e.code, e.field));
        let field = |code, name: &str| Err((code, Some(name.to_owned())));
        assert_eq!(code(Quote { items: vec![], ..quote(QuoteStatus::Sent, 0) }, true), field(Code::Required, "items"));
        assert_eq!(code(quote(QuoteStatus::Sent, -1), true), field(Code::InvalidDate, "validUntil"));
        assert_eq!(code(quote(QuoteStatus::Sent, 0), false), field(Code::PrimaryContactRequired, "primaryContact"));
        assert_eq!(code(Quote { sent_by: None, ..quote(QuoteStatus::Sent, 0) }, true), field(Code::Required, "sentBy"));
        let mail = Quote { sent_by: Some(Channel::Email), ..quote(QuoteStatus::Sent, 0) };
        assert_eq!(code(mail, true), field(Code::MailNotConfigured, "sentBy"));
        assert_eq!(code(quote(QuoteStatus::Sent, 0), true), Ok(()));
    }

    #[test]
    fn instants_never_run_backwards() {
        let early = Quote { sent_at: Some(Millis(50)), viewed_at: Some(Millis(60)), ..quote(QuoteStatus::Accepted, 0) };
        let answered = change(QuoteStatus::Viewed, early, true).expect("answered");
        assert_eq!((answered.responded_at, answered.accepted_at), (Some(Millis(60)), Some(Millis(60))));
    }

    #[test]
    fn a_sent_quote_is_locked() {
        let sent = quote(QuoteStatus::Sent, 0);
        assert!(check_lock(&sent, ["status", "supersededBy"].into_iter()).is_ok());
        assert_eq!(check_lock(&sent, ["items"].into_iter()).map_err(|e| e.code), Err(Code::QuoteLocked));
        assert!(check_lock(&quote(QuoteStatus::Draft, 0), ["items"].into_iter()).is_ok());
    }
}
