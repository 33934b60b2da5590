//! Derived fields of a customer: pure functions over the customer and its children, the same on every end.

use crate::{Contact, Customer, Day, Id, Kind, Millis, Money};

/// What the children of one customer say; each fact is one index look-up.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ChildFacts {
    /// The latest done call, mail, meeting, visit or support.
    pub latest_contact: Option<Millis>,
    /// The earliest open follow-up: its day and what it is about.
    pub next_follow_up: Option<(Day, String)>,
    /// The contact marked primary among the active ones.
    pub primary: Option<Id>,
    /// What its counted orders have brought, and what it is predicted to bring; `None` without counted orders.
    pub worth: Option<Money>,
}

/// Sets every computed field of the customer. Returns whether any of them changed.
pub fn derive_customer(customer: &mut Customer, facts: &ChildFacts) -> bool {
    let before = customer.clone();
    customer.compute_own();
    // A typed value is an estimate: it is shown while nothing was bought.
    customer.value = facts.worth.or(customer.value_estimate);
    customer.last_contact = facts.latest_contact.max(customer.last_contact_by_hand);
    match &facts.next_follow_up {
        Some((day, about)) => {
            customer.next_follow_up = Some(*day);
            customer.next_step = Some(about.clone());
        }
        None => {
            customer.next_follow_up = customer.next_follow_up_by_hand;
            customer.next_step = None;
        }
    }
    customer.primary_contact_id = facts.primary;
    customer.needs_primary = customer.wants_primary() && facts.primary.is_none();
    *customer != before
}

/// Whether a change of this column of a record may change what is computed of the customer that it hangs on, or what that is found by.
pub fn bears(kind: Kind, column: &str) -> bool {
    match kind {
        Kind::Contacts => matches!(
            column,
            "customer_id" | "first_name" | "last_name" | "email" | "phone" | "mobile" | "is_primary" | "is_active"
                // Of two that are marked primary the one that was written last counts.
                | "updated_at" | "created_at" | "deleted_at"
        ),
        Kind::Interactions => matches!(
            column,
            "customer_id"
                | "type"
                | "subject"
                | "interaction_date"
                | "follow_up_date"
                | "follow_up_done_at"
                | "follow_up_notes"
                | "deleted_at"
        ),
        Kind::Customers => !matches!(column, "version" | "updated_at"),
        Kind::Quotes | Kind::Attachments => false,
        _ => column != "version",
    }
}

/// What a follow-up is about: its notes, else the subject of its interaction.
pub fn follow_up_subject(subject: &str, notes: Option<&str>) -> String {
    notes.map(str::trim).filter(|n| !n.is_empty()).unwrap_or(subject).to_owned()
}

/// Blank and 0 are taken as no value by forms and imports; returns whether it changed anything.
pub fn empty_value(value: &mut Option<Money>) -> bool {
    let zero = *value == Some(Money(0));
    if zero {
        *value = None;
    }
    zero
}

/// Characters of the notes by whose words a customer is found.
const NOTES_SEARCHED_CHARS: usize = 4000;
/// Longer ones are no words that anybody types.
const WORD_CHARS_MAX: usize = 60;

/// The state of [`search_text`]; a store that was indexed by an earlier one is indexed again.
pub const SEARCH_TEXT_VERSION: i64 = 2;

/// The text of a customer that is searched: its own words, its notes' and its contacts' words, and numbers by their digits.
pub fn search_text(customer: &Customer, contacts: &[Contact]) -> SearchText {
    let mut words = Vec::new();
    let mut put = |text: &str| {
        words.extend(crate::text::words(text));
        // "soclinic" finds "So Clinic": the words of a name joined up are a word too.
        let joined = crate::text::sort_key(text).replace(' ', "");
        if text.contains(char::is_whitespace) && joined.len() <= 60 {
            words.push(joined);
        }
    };
    put(&customer.name);
    customer.company_name.iter().for_each(|n| put(n));
    contacts.iter().for_each(|c| put(&c.full_name()));
    let plain =
        [&customer.email, &customer.website].into_iter().flatten().chain(contacts.iter().filter_map(|c| c.email.as_ref()));
    plain.for_each(|text| words.extend(crate::text::words(text)));
    words.extend(crate::text::words(&customer.city));
    customer.tags.iter().for_each(|tag| words.extend(crate::text::words(tag)));
    // What was written last stands at the top.
    let notes = customer.notes.as_deref().unwrap_or_default();
    let end = notes.char_indices().nth(NOTES_SEARCHED_CHARS).map_or(notes.len(), |(at, _)| at);
    words.extend(crate::text::words(&notes[..end]).into_iter().filter(|word| word.chars().count() <= WORD_CHARS_MAX));
    let phones = [&customer.phone].into_iter().flatten().chain(contacts.iter().flat_map(|c| [&c.phone, &c.mobile]).flatten());
    let numbers = phones.flat_map(|p| phone_words(p)).collect();
    words.sort();
    words.dedup();
    SearchText { words, numbers }
}

/// The words and the phone numbers under which a customer is found.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SearchText {
    pub words: Vec<String>,
    pub numbers: Vec<String>,
}

/// A number as dialled and without its country code or leading zero, so that "0791 23" and "+41 791 23" both find it.
fn phone_words(phone: &str) -> Vec<String> {
    let digits = crate::text::digits(phone);
    if digits.is_empty() {
        return Vec::new();
    }
    let mut out = vec![digits.clone()];
    let international = phone.trim_start().starts_with('+');
    if international {
        // Country codes are one to three digits long; what follows them is what people dial after a 0.
        out.extend((1..=3).filter(|n| digits.len() > n + 4).map(|n| format!("0{}", digits[n..].trim_start_matches('0'))));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::{CustomerType, Status};

    #[test]
    fn the_later_contact_and_the_earliest_follow_up_count() {
        let mut c = Customer { last_contact_by_hand: Some(Millis(9)), ..Customer::default() };
        derive_customer(&mut c, &ChildFacts { latest_contact: Some(Millis(7)), ..ChildFacts::default() });
        assert_eq!(c.last_contact, Some(Millis(9)));
        let open = Some((Day::of(Millis(0)), "Offer".to_owned()));
        derive_customer(&mut c, &ChildFacts { latest_contact: Some(Millis(11)), next_follow_up: open, ..ChildFacts::default() });
        assert_eq!((c.last_contact, c.next_step.as_deref()), (Some(Millis(11)), Some("Offer")));
        assert!(!c.clone().needs_primary);
    }

    #[test]
    fn an_active_business_without_primary_is_marked() {
        let mut c = Customer { status: Status::Active, ..Customer::default() };
        derive_customer(&mut c, &ChildFacts::default());
        assert!(c.needs_primary);
        c.r#type = CustomerType::Individual;
        derive_customer(&mut c, &ChildFacts::default());
        assert!(!c.needs_primary);
    }

    #[test]
    fn numbers_are_found_with_and_without_country_code() {
        assert!(phone_words("+41 791 23 45 67").contains(&"0791234567".to_owned()));
        assert_eq!(phone_words("0791 23"), ["079123"]);
        assert!(phone_words("none").is_empty());
    }
}
