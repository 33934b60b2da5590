//! When two addresses or numbers are the same one, and by what a person is reached.

use super::absorb::limit;
use super::draft::{Draft, Slot};
use rapport_model::text::{digits, name_key};
use rapport_model::{Contact, Customer};
use std::collections::BTreeSet;

/// The form in which e-mail addresses are compared.
pub fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

/// The form in which numbers are the very same: punctuation does not count, a country code does.
pub fn number_key(number: &str) -> String {
    number.chars().filter(|c| c.is_alphanumeric() || matches!(c, '+' | '*' | '#')).flat_map(char::to_lowercase).collect()
}

/// What tells that two numbers reach the same phone, written with a country code or without.
fn dialled(number: &str) -> Option<String> {
    let digits = digits(number);
    let digits = digits.trim_start_matches('0');
    // Nine digits are the longest part that a national and an international way of writing share everywhere.
    is_number(number).then_some(())?;
    (digits.len() >= 4).then(|| digits[digits.len().saturating_sub(9)..].to_owned())
}

/// The addresses and numbers of somebody.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Reach {
    emails: BTreeSet<String>,
    phones: BTreeSet<String>,
}

impl Reach {
    fn email(&mut self, email: &str) {
        self.emails.extend(Some(email_key(email)).filter(|e| e.contains('@')));
    }

    fn phone(&mut self, phone: &str) {
        self.phones.extend(dialled(phone));
    }

    fn add_contact(&mut self, contact: &Contact) {
        contact.email.iter().for_each(|e| self.email(e));
        [&contact.phone, &contact.mobile].into_iter().flatten().for_each(|p| self.phone(p));
        for channel in &contact.channels {
            match channel.kind.as_str() {
                "email" => self.email(&channel.value),
                "phone" => self.phone(&channel.value),
                _ => {}
            }
        }
    }

    pub fn of_contact(contact: &Contact) -> Reach {
        let mut out = Reach::default();
        out.add_contact(contact);
        out
    }

    /// Everything a customer and its contacts are reached by.
    pub fn of_customer(customer: &Customer, contacts: &[Contact]) -> Reach {
        let mut out = Reach::default();
        customer.email.iter().for_each(|e| out.email(e));
        customer.phone.iter().for_each(|p| out.phone(p));
        contacts.iter().for_each(|c| out.add_contact(c));
        out
    }

    pub fn of_draft(draft: &Draft) -> Reach {
        let mut out = Reach::default();
        for (name, value) in draft.fields.iter().chain(&draft.contact_fields) {
            match (*name, value.as_str()) {
                ("email", Some(email)) => out.email(email),
                ("phone" | "mobile", Some(number)) => out.phone(number),
                _ => {}
            }
        }
        for fact in &draft.facts {
            match fact.slot {
                // What no field takes is in the notes, where it identifies nobody.
                Slot::Email if is_email(&fact.value) => out.email(&fact.value),
                Slot::Phone | Slot::Mobile | Slot::Fax if is_number(&fact.value) => out.phone(&fact.value),
                _ => {}
            }
        }
        out
    }

    pub fn shares(&self, other: &Reach) -> bool {
        !self.emails.is_disjoint(&other.emails) || !self.phones.is_disjoint(&other.phones)
    }

    /// Nothing speaks against it: they share something, or one of them has nothing to compare.
    pub fn agrees(&self, other: &Reach) -> bool {
        self.is_empty() || other.is_empty() || self.shares(other)
    }

    pub fn is_empty(&self) -> bool {
        self.emails.is_empty() && self.phones.is_empty()
    }
}

/// The key of a contact's name.
pub fn contact_key(contact: &Contact) -> String {
    name_key(&contact.full_name())
}

/// Whether a customer has this name, be it with the number that told it from another.
pub fn is_called(customer: &str, name: &str) -> bool {
    let (customer, name) = (name_key(customer), name_key(name));
    match customer.strip_prefix(&name) {
        Some("") => true,
        Some(rest) => {
            let number = rest.strip_prefix(" (").and_then(|r| r.strip_suffix(')'));
            number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
        }
        None => false,
    }
}

/// An address that mail can be sent to, as far as that can be seen, and that a field holds.
pub fn is_email(text: &str) -> bool {
    let parts: Vec<&str> = text.split('@').collect();
    let whole = matches!(parts.as_slice(), [user, host] if !user.is_empty() && !host.is_empty());
    whole && !text.contains(char::is_whitespace) && text.chars().count() <= limit::<Contact>("email")
}

/// A number that a field holds.
pub fn is_number(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit()) && text.chars().count() <= limit::<Contact>("phone")
}

/// A link that a browser can open, as far as that can be seen, and that a field holds.
pub fn is_link(text: &str) -> bool {
    !text.contains(char::is_whitespace) && text.contains('.') && text.chars().count() <= limit::<Customer>("website")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_as_dialled() {
        assert_eq!(dialled("+41 79 123 45 67"), dialled("079 123 45 67"));
        assert_eq!(dialled("0041791234567"), dialled("+41791234567"));
        assert_ne!(dialled("079 123 45 67"), dialled("079 123 45 68"));
        assert_eq!(dialled("112"), None);
        assert_eq!(number_key("+1 (555) 12-3"), number_key("+1.555.123"));
        assert_ne!(number_key("1-800-FLOWERS"), number_key("1-800"));
    }

    #[test]
    fn a_number_behind_a_name_is_not_the_name() {
        assert!(is_called("Jane Doe (2)", "JANE doe") && is_called("Jane Doe", "Jane Doe"));
        assert!(!is_called("Route66", "Route") && !is_called("Route (66", "Route") && !is_called("Jane Doe", "Jane"));
    }

    #[test]
    fn mail_and_links_are_told_from_text() {
        assert!(is_email("a@b.ch") && !is_email("a@b@c") && !is_email("Jane <a@b.ch>") && !is_email("@b.ch"));
        assert!(is_link("www.acme.ch") && !is_link("ask Jane") && !is_link("home"));
    }
}
