//! Puts the facts of a card onto a customer and a contact: adds what is missing, changes nothing that is there.
//!
//! Doing it twice is doing it once, and what was put on is found again later; on this rests that the same file twice adds nothing.

use super::draft::{Draft, Fact, Slot, Subject};
use super::identity::{email_key, is_called, is_email, is_link, is_number, number_key};
use super::map::address_line;
use super::remark::Remark;
use rapport_model::contact::Channel;
use rapport_model::customer::{Address, CustomerType, ExternalRef};
use rapport_model::text::name_key;
use rapport_model::{Contact, Customer, Declared, Record};
use serde::Serialize;
use serde_json::Value;

/// The `system` of an external reference that holds a card's UID.
pub const SYSTEM: &str = "vcard";

/// Notes are put on in pieces of at most this many characters, so that a piece fits or does not, whatever else is there.
const PIECE_MAX: usize = 40_000;

/// The limit that the model sets a field, by its JSON name: characters of a text, bytes of JSON.
pub fn limit<T: Declared>(json: &str) -> usize {
    T::FIELDS.iter().find(|f| f.json == json).map_or(0, |f| f.max)
}

fn fits<T: Declared>(json: &str, text: &str) -> bool {
    text.chars().count() <= limit::<T>(json)
}

fn json_fits<T: Declared>(json: &str, value: &impl Serialize) -> bool {
    serde_json::to_string(value).is_ok_and(|text| text.len() <= limit::<T>(json))
}

/// A customer and the one contact of it that a card is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    pub customer: Customer,
    pub contact: Option<Contact>,
    /// What found no room at all.
    pub lost: Vec<Remark>,
}

/// Puts a draft onto a pair. `owns_uid`: no other customer has the card's UID.
pub fn absorb(pair: &mut Pair, draft: &Draft, owns_uid: bool) {
    pair.fill(draft);
    for fact in &draft.facts {
        pair.put(draft, fact);
    }
    if let Some(uid) = &draft.uid {
        pair.put_uid(draft, uid, owns_uid);
    }
    if let (Some(contact), Some(person)) = (&pair.contact, &draft.person)
        && name_key(&contact.full_name()) != name_key(&person.full())
    {
        pair.line(draft, "Name", "", &person.full());
    }
    if !is_called(&pair.customer.name, &draft.name) {
        let label = if draft.subject == Subject::Business { "Company" } else { "Full name" };
        pair.line(draft, label, "", &draft.name);
    }
}

impl Pair {
    /// Fields of a table fill what is empty. Another address or number of a person is kept beside the one that is there.
    fn fill(&mut self, draft: &Draft) {
        fill_empty(&mut self.customer, &draft.fields);
        let Some(contact) = &mut self.contact else { return };
        fill_empty(contact, &draft.contact_fields);
        for (name, value) in &draft.contact_fields {
            let Some(value) = value.as_str() else { continue };
            let there = self.contact.as_ref().and_then(|c| match *name {
                "email" => c.email.as_deref(),
                "phone" => c.phone.as_deref(),
                "mobile" => c.mobile.as_deref(),
                _ => None,
            });
            if there == Some(value) {
                continue;
            }
            match *name {
                "email" => self.put_email(draft, "", value),
                "phone" => self.put_number(draft, &Slot::Phone, "", value),
                "mobile" => self.put_number(draft, &Slot::Mobile, "", value),
                _ => {}
            }
        }
    }

    fn put(&mut self, draft: &Draft, fact: &Fact) {
        let (label, value) = (fact.label.as_str(), fact.value.as_str());
        if value.is_empty() {
            return;
        }
        match &fact.slot {
            Slot::Email => self.put_email(draft, label, value),
            Slot::Phone | Slot::Mobile | Slot::Fax => self.put_number(draft, &fact.slot, label, value),
            Slot::Title => self.put_title(draft, label, value),
            Slot::Department => self.put_department(draft, value),
            Slot::Website => self.put_website(draft, label, value),
            Slot::Address { address, shared } => self.put_address(draft, label, value, address, *shared),
            Slot::Tag => self.put_tag(draft, value),
            Slot::Note => self.block(draft, value),
            Slot::Line => self.line(draft, label, "", value),
        }
    }

    /// Customer and person are one, so the customer's own fields are the person's.
    fn is_person(&self, draft: &Draft) -> bool {
        draft.subject == Subject::Individual && self.customer.r#type == CustomerType::Individual
    }

    fn put_email(&mut self, draft: &Draft, label: &str, value: &str) {
        if !is_email(value) {
            return self.line(draft, "E-mail", label, value);
        }
        let same = |other: &Option<String>| other.as_deref().is_some_and(|o| email_key(o) == email_key(value));
        let on_customer = self.is_person(draft) || self.contact.is_none();
        if on_customer && self.customer.email.is_none() {
            self.customer.email = Some(value.to_owned());
        }
        let Some(contact) = &mut self.contact else {
            return if same(&self.customer.email) {
            } else {
                self.line(draft, "E-mail", label, value)
            };
        };
        let listed = contact.channels.iter().any(|c| c.kind == "email" && email_key(&c.value) == email_key(value));
        if same(&contact.email) || listed {
            return;
        }
        match &mut contact.email {
            none @ None => *none = Some(value.to_owned()),
            Some(_) => self.channel(draft, "email", "E-mail", label, value),
        }
    }

    fn put_number(&mut self, draft: &Draft, slot: &Slot, label: &str, value: &str) {
        let name = match slot {
            Slot::Mobile => "Mobile",
            Slot::Fax => "Fax",
            _ => "Phone",
        };
        if !is_number(value) {
            return self.line(draft, name, label, value);
        }
        let same = |other: &Option<String>| other.as_deref().is_some_and(|o| number_key(o) == number_key(value));
        let on_customer = self.is_person(draft) || self.contact.is_none();
        if on_customer && self.customer.phone.is_none() && *slot != Slot::Fax {
            self.customer.phone = Some(value.to_owned());
        }
        let Some(contact) = &mut self.contact else {
            return if same(&self.customer.phone) {
            } else {
                self.line(draft, name, label, value)
            };
        };
        let listed = contact.channels.iter().any(|c| c.kind == "phone" && number_key(&c.value) == number_key(value));
        if same(&contact.phone) || same(&contact.mobile) || listed {
            return;
        }
        let field = match slot {
            Slot::Phone => Some(&mut contact.phone),
            Slot::Mobile => Some(&mut contact.mobile),
            _ => None,
        };
        match field {
            Some(none @ None) => *none = Some(value.to_owned()),
            _ => self.channel(draft, "phone", name, if label.is_empty() { name } else { label }, value),
        }
    }

    fn channel(&mut self, draft: &Draft, kind: &str, name: &str, label: &str, value: &str) {
        if let Some(contact) = &mut self.contact {
            contact.channels.push(Channel { kind: kind.into(), label: label.into(), value: value.into() });
            if json_fits::<Contact>("channels", &contact.channels) {
                return;
            }
            contact.channels.pop();
        }
        self.line(draft, name, label, value);
    }

    fn put_title(&mut self, draft: &Draft, label: &str, value: &str) {
        let name = if label == "Role" { "Role" } else { "Title" };
        let qualifier = if label == "Role" { "" } else { label };
        match self.contact.as_mut().map(|c| &mut c.title) {
            Some(Some(there)) if name_key(there) == name_key(value) => {}
            Some(none @ None) if fits::<Contact>("title", value) => *none = Some(value.to_owned()),
            _ => self.line(draft, name, qualifier, value),
        }
    }

    fn put_department(&mut self, draft: &Draft, value: &str) {
        match self.contact.as_mut().map(|c| &mut c.department) {
            Some(Some(there)) if name_key(there) == name_key(value) => {}
            Some(none @ None) if fits::<Contact>("department", value) => *none = Some(value.to_owned()),
            _ => self.line(draft, "Department", "", value),
        }
    }

    fn put_website(&mut self, draft: &Draft, label: &str, value: &str) {
        match &mut self.customer.website {
            Some(there) if there.trim_end_matches('/') == value.trim_end_matches('/') => {}
            none @ None if is_link(value) => *none = Some(value.to_owned()),
            _ => self.line(draft, "Website", label, value),
        }
    }

    fn put_address(&mut self, draft: &Draft, label: &str, value: &str, address: &Address, shared: bool) {
        let there = self.customer.address.as_ref().map(address_line).filter(|line| !line.is_empty());
        match there {
            Some(there) if name_key(&there) == name_key(value) => return,
            None if shared && json_fits::<Customer>("address", address) => {
                self.customer.address = Some(address.clone());
                return;
            }
            _ => {}
        }
        let channels = self.contact.iter().flat_map(|c| &c.channels).filter(|c| c.kind == "address");
        if !channels.map(|c| name_key(&c.value)).any(|there| there == name_key(value)) {
            self.channel(draft, "address", "Address", label, value);
        }
    }

    fn put_tag(&mut self, draft: &Draft, value: &str) {
        let tags = &mut self.customer.tags;
        if tags.iter().any(|t| name_key(t) == name_key(value)) {
            return;
        }
        if tags.len() < 100 && fits::<Customer>("tags", value) {
            tags.push(value.to_owned());
        } else {
            self.line(draft, "Category", "", value);
        }
    }

    fn put_uid(&mut self, draft: &Draft, uid: &str, owns_uid: bool) {
        let refs = &mut self.customer.external_refs;
        if refs.iter().any(|r| r.system == SYSTEM && r.id == uid) {
            return;
        }
        if owns_uid {
            refs.push(ExternalRef { system: SYSTEM.to_owned(), id: uid.to_owned() });
            if json_fits::<Customer>("externalRefs", refs) {
                return;
            }
            refs.pop();
        }
        self.line(draft, "UID", "", uid);
    }

    fn line(&mut self, draft: &Draft, name: &str, qualifier: &str, value: &str) {
        let own = qualifier.is_empty() || qualifier == name;
        self.block(draft, &if own { format!("{name}: {value}") } else { format!("{name} ({qualifier}): {value}") });
    }

    /// Appends to the notes of whom the card is about, unless it stands there.
    fn block(&mut self, draft: &Draft, text: &str) {
        for piece in pieces(text) {
            let on_customer = self.is_person(draft) || self.contact.is_none();
            let max = limit::<Customer>("notes");
            let customer = &mut self.customer.notes;
            let mut notes: Vec<&mut Option<String>> = match &mut self.contact {
                Some(contact) if on_customer => vec![customer, &mut contact.notes],
                Some(contact) => vec![&mut contact.notes, customer],
                None => vec![customer],
            };
            if notes.iter().any(|n| n.as_deref().is_some_and(|n| has_block(n, &piece))) {
                continue;
            }
            if !notes.iter_mut().any(|n| append(n, &piece, max)) {
                self.lost.push(Remark::Full { count: piece.chars().count() });
            }
        }
    }
}

fn fill_empty(record: &mut dyn Record, fields: &[(&'static str, Value)]) {
    for (name, value) in fields {
        let Some(index) = record.kind().index_of(name) else { continue };
        if record.get(index).is_null() {
            // What does not fit was refused when the row was read.
            let _ = record.set(index, value.clone());
        }
    }
}

/// A text in pieces that each fit into notes, cut between words and trimmed as notes are when they are saved.
fn pieces(text: &str) -> Vec<String> {
    let mut rest = text.trim();
    let mut out = Vec::new();
    while let Some((end, _)) = rest.char_indices().nth(PIECE_MAX) {
        let at = rest[..end].rfind(char::is_whitespace).filter(|at| *at > end / 2).unwrap_or(end);
        out.push(rest[..at].trim_end().to_owned());
        rest = rest[at..].trim_start();
    }
    out.push(rest.to_owned());
    out.retain(|piece| !piece.is_empty());
    out
}

/// Whether whole lines of the notes are this text.
fn has_block(notes: &str, block: &str) -> bool {
    let starts = std::iter::once(0).chain(notes.match_indices('\n').map(|(at, _)| at + 1));
    starts.map(|at| &notes[at..]).any(|rest| rest.strip_prefix(block).is_some_and(|r| r.is_empty() || r.starts_with('\n')))
}

fn append(notes: &mut Option<String>, block: &str, max: usize) -> bool {
    let there = notes.as_deref().unwrap_or_default();
    let text = if there.is_empty() { block.to_owned() } else { format!("{there}\n{block}") };
    let room = text.chars().count() <= max;
    if room {
        *notes = Some(text);
    }
    room
}
