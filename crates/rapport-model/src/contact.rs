//! A person at a customer, and which one is the primary contact.

use crate::customer::{ExternalRef, REFS_TS};
use crate::field::{email, flag, json, link, long_text, phone, text};
use crate::{Code, Error, Facet, Id, Kind, Result};
use serde::{Deserialize, Serialize};

/// A further phone, mail or address: what kind, what it is called, what it says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    pub kind: String,
    pub label: String,
    pub value: String,
}

crate::json_column!(Vec<Channel>);

crate::record! {
    /// A person at a customer.
    Contact of Contacts {
        customer_id: Id = Id::NIL => link("Customer", Kind::Customers).required(),
        first_name: String = String::new() => text("First name", 120).present(),
        last_name: String = String::new() => text("Last name", 120).present(),
        title: Option<String> = None => text("Title", 120),
        email: Option<String> = None => email("E-mail"),
        phone: Option<String> = None => phone("Phone"),
        mobile: Option<String> = None => phone("Mobile"),
        department: Option<String> = None => text("Department", 120),
        is_primary: bool = false => flag("Primary contact"),
        notes: Option<String> = None => long_text("Notes", 50_000).facet(Facet::Private),
        /// False = left the company: not primary, no recipient.
        is_active: bool = true => flag("Works there"),
        channels: Vec<Channel> = Vec::new() => json("Channels", "{ kind: string; label: string; value: string }[]"),
        external_refs: Vec<ExternalRef> = Vec::new() => json("References", REFS_TS),
    }
}

impl Contact {
    pub fn full_name(&self) -> String {
        [self.first_name.trim(), self.last_name.trim()].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Whether the contact counts for the primary contact rule.
    pub fn counts(&self) -> bool {
        self.is_active && self.meta.deleted_at.is_none()
    }
}

/// The name rule: first and last name present, one of them may be "".
pub fn check_name(contact: &Contact) -> Result<()> {
    if contact.full_name().is_empty() {
        return Err(Error::field(Code::Required, "lastName", "Give the contact a first or a last name."));
    }
    Ok(())
}

/// Who is primary after a change, given the active contacts of the customer in order of creation.
///
/// `chosen` = the contact that the change makes primary. With at least one active contact exactly one is primary: the chosen
/// one, else the present one, else the first.
pub fn successor(contacts: &[&Contact], chosen: Option<Id>) -> Option<Id> {
    let counting = || contacts.iter().filter(|c| c.counts());
    counting()
        .find(|c| Some(c.meta.id) == chosen)
        .or_else(|| counting().filter(|c| c.is_primary).max_by_key(|c| (c.meta.updated_at, c.meta.id)))
        .or_else(|| counting().min_by_key(|c| (c.meta.created_at, c.meta.id)))
        .map(|c| c.meta.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Meta, Millis};

    fn contact(n: u8, primary: bool, active: bool) -> Contact {
        Contact {
            meta: Meta { id: Id::from_bytes([n; 16]), created_at: Millis(n.into()), ..Meta::default() },
            is_primary: primary,
            is_active: active,
            ..Contact::default()
        }
    }

    #[test]
    fn one_name_is_enough_and_none_is_not() {
        let mut c = Contact::default();
        assert_eq!(check_name(&c).map_err(|e| e.code), Err(Code::Required));
        c.first_name = "Cher".into();
        assert!(check_name(&c).is_ok());
    }

    #[test]
    fn exactly_one_active_contact_is_primary() {
        let (a, b, gone) = (contact(1, false, true), contact(2, true, true), contact(3, true, false));
        assert_eq!(successor(&[], None), None);
        assert_eq!(successor(&[&gone], None), None);
        assert_eq!(successor(&[&a], None), Some(a.meta.id));
        assert_eq!(successor(&[&a, &b, &gone], None), Some(b.meta.id));
        assert_eq!(successor(&[&a, &b], Some(a.meta.id)), Some(a.meta.id));
        assert_eq!(successor(&[&a, &gone], Some(gone.meta.id)), Some(a.meta.id));
    }
}
