//! A call, a mail, a meeting: something that happened with a customer, or is planned to.

use crate::field::{day, flag, instant, integer, link, long_text, one_of, text};
use crate::time::AHEAD_MS;
use crate::{Code, Day, Error, Facet, Id, Kind, Millis, Result};

crate::choice! {
    InteractionType {
        Call "call", Email "email", Meeting "meeting", Visit "visit", Quote "quote", Order "order", Support "support",
    }
}

crate::record! {
    /// Something that happened with a customer, or is planned to.
    Interaction of Interactions {
        customer_id: Id = Id::NIL => link("Customer", Kind::Customers).required(),
        contact_id: Option<Id> = None => link("Contact", Kind::Contacts),
        r#type: InteractionType = InteractionType::Call => one_of("Type", InteractionType::NAMES).required().present(),
        subject: String = String::new() => text("Subject", 300).required().present(),
        description: String = String::new() => long_text("Description", 50_000).present().facet(Facet::Text),
        outcome: Option<String> = None => text("Outcome", 300).facet(Facet::Text),
        interaction_date: Millis = Millis(0) => instant("Date").required(),
        /// Minutes.
        duration: Option<i64> = None => integer("Duration"),
        assigned_to: Id = Id::NIL => link("Assigned to", Kind::Users).required().present(),
        requires_follow_up: bool = false => flag("Needs a follow-up").in_unit("followUp"),
        /// 00:00Z of a calendar day; with `follow_up_has_time` the time on the wall of that day, as if the wall hung in UTC. So it
        /// is the same day and the same time for everybody.
        follow_up_date: Option<Millis> = None => day("Follow-up on").in_unit("followUp"),
        follow_up_has_time: bool = false => flag("Follow-up has a time").in_unit("followUp"),
        follow_up_notes: Option<String> = None => text("Follow-up notes", 2000).in_unit("followUp").facet(Facet::Text),
        follow_up_done_at: Option<Millis> = None => instant("Followed up").in_unit("followUp"),
        related_order_id: Option<Id> = None => link("Order", Kind::Orders),
        related_quote_id: Option<Id> = None => link("Quote", Kind::Quotes),
        related_item_id: Option<Id> = None => link("Item", Kind::Items),
        /// Brand users may read the text.
        shared: bool = false => flag("Shared with the brand"),
    }
}

impl Interaction {
    /// More than five minutes ahead: planned, no contact yet.
    pub fn is_planned(&self, now: Millis) -> bool {
        self.interaction_date.0 > now.0 + AHEAD_MS
    }

    pub fn has_open_follow_up(&self) -> bool {
        self.requires_follow_up && self.follow_up_done_at.is_none() && self.meta.deleted_at.is_none()
    }

    /// The calendar day of its follow-up.
    pub fn follow_up_day(&self) -> Option<Day> {
        self.follow_up_date.map(Day::of)
    }

    /// A follow-up date implies that a follow-up is required; it has a time only if that is said.
    pub fn compute_own(&mut self) {
        self.requires_follow_up |= self.follow_up_date.is_some();
        self.follow_up_has_time &= self.follow_up_date.is_some();
        if !self.follow_up_has_time {
            self.follow_up_date = self.follow_up_day().map(|day| Millis(day.ms()));
        }
    }
}

/// The types that count as contact with the customer.
pub const CONTACT_TYPES: &[InteractionType] =
    &[InteractionType::Call, InteractionType::Email, InteractionType::Meeting, InteractionType::Visit, InteractionType::Support];

/// 1990-01-01T00:00:00Z.
const FIRST_DATE_MS: i64 = 631_152_000_000;
const FIVE_YEARS_MS: i64 = 5 * 366 * 86_400_000;

/// The date rule: from 1990 to five years ahead.
pub fn check_date(interaction: &Interaction, now: Millis) -> Result<()> {
    let at = interaction.interaction_date.0;
    if (FIRST_DATE_MS..=now.0 + FIVE_YEARS_MS).contains(&at) {
        return Ok(());
    }
    Err(Error::field(Code::InvalidDate, "interactionDate", "Choose a date from 1990 to five years ahead."))
}

/// The length rule: a duration is a number of minutes within a week.
pub fn check_duration(interaction: &Interaction) -> Result<()> {
    match interaction.duration {
        Some(minutes) if !(0..=10_080).contains(&minutes) => {
            Err(Error::field(Code::InvalidValue, "duration", "A duration is 0 to 10,080 minutes."))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_run_from_1990_to_five_years_ahead() {
        let now = Millis(1_780_000_000_000);
        for (at, ok) in
            [(FIRST_DATE_MS, true), (FIRST_DATE_MS - 1, false), (now.0 + FIVE_YEARS_MS, true), (now.0 + FIVE_YEARS_MS + 1, false)]
        {
            let i = Interaction { interaction_date: Millis(at), ..Interaction::default() };
            assert_eq!(check_date(&i, now).map_err(|e| e.code), if ok { Ok(()) } else { Err(Code::InvalidDate) });
        }
    }

    #[test]
    fn a_follow_up_keeps_its_time_only_if_it_is_said_to_have_one() {
        let half_past_two = Millis(1_777_939_200_000 + 14 * 3_600_000 + 30 * 60_000);
        let computed = |date: Option<Millis>, has_time| {
            let mut one = Interaction { follow_up_date: date, follow_up_has_time: has_time, ..Interaction::default() };
            one.compute_own();
            (one.follow_up_date.map(|at| at.0), one.follow_up_has_time, one.requires_follow_up)
        };
        assert_eq!(computed(Some(half_past_two), true), (Some(half_past_two.0), true, true));
        assert_eq!(computed(Some(half_past_two), false), (Some(1_777_939_200_000), false, true));
        assert_eq!(computed(None, true), (None, false, false));
    }

    #[test]
    fn planned_begins_more_than_five_minutes_ahead() {
        let now = Millis(1_780_000_000_000);
        let at = |ahead| Interaction { interaction_date: Millis(now.0 + ahead), ..Interaction::default() };
        assert!(!at(AHEAD_MS).is_planned(now));
        assert!(at(AHEAD_MS + 1).is_planned(now));
    }
}
