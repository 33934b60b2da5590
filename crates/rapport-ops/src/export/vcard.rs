//! Exports as vCard 4.0 (RFC 6350): a card for each person at a customer, or for a customer without any.

use super::Family;
use crate::import::absorb::SYSTEM;
use rapport_model::customer::CustomerType;
use rapport_model::{Contact, Customer};

pub(super) fn write(families: &[Family]) -> Vec<u8> {
    let mut out = String::new();
    for Family { customer, contacts } in families {
        if contacts.is_empty() {
            card(&mut out, customer, None);
        }
        for contact in contacts {
            card(&mut out, customer, Some(contact));
        }
    }
    out.into_bytes()
}

fn card(out: &mut String, customer: &Customer, contact: Option<&Contact>) {
    line(out, "BEGIN:VCARD");
    line(out, "VERSION:4.0");
    let is_company = customer.r#type != CustomerType::Individual;
    match contact {
        Some(contact) => {
            property(out, "FN", &contact.full_name());
            line(out, &format!("N:{};{};;;", escaped(&contact.last_name), escaped(&contact.first_name)));
        }
        None => {
            property(out, "FN", &customer.name);
            if is_company {
                line(out, "KIND:org");
            }
        }
    }
    if is_company {
        property(out, "ORG", &customer.name);
    }
    let reach = contact.map_or_else(
        || [("EMAIL", &customer.email), ("TEL;TYPE=work", &customer.phone), ("TITLE", &None)],
        |contact| [("EMAIL", &contact.email), ("TEL;TYPE=work", &contact.phone), ("TITLE", &contact.title)],
    );
    for (name, value) in reach.into_iter().chain(contact.map(|contact| ("TEL;TYPE=cell", &contact.mobile))) {
        value.iter().for_each(|value| property(out, name, value));
    }
    for channel in contact.iter().flat_map(|contact| &contact.channels) {
        match channel.kind.as_str() {
            "email" => property(out, "EMAIL", &channel.value),
            "phone" => property(out, "TEL", &channel.value),
            _ => {}
        }
    }
    if let Some(address) = &customer.address {
        let parts = [&address.street, &address.city, &address.state, &address.zip_code, &address.country];
        let parts: Vec<String> = parts.iter().map(|part| escaped(part)).collect();
        line(out, &format!("ADR;TYPE=work:;;{}", parts.join(";")));
    }
    customer.website.iter().for_each(|url| property(out, "URL", url));
    if !customer.tags.is_empty() {
        let tags: Vec<String> = customer.tags.iter().map(|tag| escaped(tag)).collect();
        line(out, &format!("CATEGORIES:{}", tags.join(",")));
    }
    let notes = contact.map_or(&customer.notes, |contact| &contact.notes);
    notes.iter().for_each(|notes| property(out, "NOTE", notes));
    let known = customer.external_refs.iter().find(|one| one.system == SYSTEM);
    known.iter().for_each(|one| property(out, "UID", &one.id));
    line(out, "END:VCARD");
}

fn property(out: &mut String, name: &str, value: &str) {
    if !value.trim().is_empty() {
        line(out, &format!("{name}:{}", escaped(value)));
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| *c != '\r') {
        match c {
            '\n' => out.push_str("\\n"),
            '\\' | ',' | ';' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// Bytes of a line at most; longer ones are folded between characters.
const LINE_BYTES_MAX: usize = 75;

fn line(out: &mut String, text: &str) {
    let mut used = 0;
    for c in text.chars() {
        if used + c.len_utf8() > LINE_BYTES_MAX {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_read_back_as_it_was_said() {
        let customer = Customer {
            name: "Müller; Söhne, GmbH".into(),
            tags: vec!["vip, gold".into()],
            notes: Some("unread".into()),
            ..Customer::default()
        };
        let notes = Some(format!("first\nsecond {}", "ü".repeat(200)));
        let contact = Contact {
            first_name: "Ada".into(),
            last_name: "Berg".into(),
            email: Some("ada@mueller.example".into()),
            mobile: Some("+49 170 1234".into()),
            notes: notes.clone(),
            ..Contact::default()
        };
        let bytes = write(&[Family { customer, contacts: vec![contact] }]);
        assert!(String::from_utf8_lossy(&bytes).lines().all(|line| line.len() <= LINE_BYTES_MAX));
        let read = crate::import::read("own.vcf", &bytes);
        assert_eq!((read.cards, read.skipped.len(), read.drafts[0].name.as_str()), (1, 0, "Müller; Söhne, GmbH"));
        let facts: Vec<&str> = read.drafts[0].facts.iter().map(|fact| fact.value.as_str()).collect();
        for said in ["ada@mueller.example", "+49 170 1234", "vip, gold", notes.as_deref().unwrap_or_default()] {
            assert!(facts.contains(&said), "{said}: {facts:?}");
        }
    }
}
