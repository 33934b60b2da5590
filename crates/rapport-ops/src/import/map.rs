//! One card to one draft: which property becomes which fact.

use super::absorb::limit;
use super::draft::{Draft, Fact, Person, Slot, Subject};
use super::lines::{self, Card};
use super::property::{self, Property};
use super::remark::{Remark, size};
use super::report::{Reason, Skipped};
use rapport_model::customer::Address;
use rapport_model::text::name_key;
use rapport_model::{Contact, Customer};
use std::collections::{HashMap, HashSet};

/// Bookkeeping of the format: says nothing about anybody.
const FORMAT: &[&str] = &["BEGIN", "END", "VERSION", "REV", "PRODID", "PROFILE", "CLIENTPIDMAP"];

/// What the lines in the notes are called; others keep the name they have on the card.
const LABELS: &[(&str, &str)] = &[
    ("ANNIVERSARY", "Anniversary"),
    ("BDAY", "Birthday"),
    ("CATEGORIES", "Category"),
    ("FN", "Full name"),
    ("GENDER", "Gender"),
    ("GEO", "Position"),
    ("KEY", "Key"),
    ("KIND", "Kind"),
    ("LANG", "Language"),
    ("LOGO", "Logo"),
    ("MEMBER", "Member"),
    ("N", "Name"),
    ("NICKNAME", "Nickname"),
    ("ORG", "Company"),
    ("PHOTO", "Photo"),
    ("RELATED", "Related"),
    ("ROLE", "Role"),
    ("SOUND", "Sound"),
    ("TZ", "Time zone"),
];

/// Reads a card. The error says why it can be no customer.
pub fn draft(card: &Card) -> Result<Draft, Skipped> {
    let skip = |name: &str, reason| Err(Skipped::new(card.index, card.line, name, reason));
    if card.too_large {
        return skip("", Reason::CardTooLarge);
    }
    if card.lines.is_empty() {
        return skip("", Reason::EmptyCard);
    }
    let (properties, unread) = properties(card);
    let mut mapping = Mapping::new(&properties);
    if mapping.is_group() {
        return skip(&mapping.full_name, Reason::GroupCard);
    }
    mapping.read_names();
    mapping.read_facts();
    mapping.facts.extend(unread.into_iter().map(|text| line("Not understood", text)));
    let Some(name) = mapping.customer_name() else { return skip("", Reason::NoName) };
    // Who has nothing but an address to be called by is called by it.
    let nameless = mapping.subject == Subject::Individual && mapping.person.is_none();
    let person = if nameless { Some(Person { first: String::new(), last: name.clone() }) } else { mapping.person };
    let mut facts = mapping.facts;
    let name = fit(name, limit::<Customer>("name"), &mut facts);
    let person = person.map(|p| Person {
        first: fit(p.first, limit::<Contact>("firstName"), &mut facts),
        last: fit(p.last, limit::<Contact>("lastName"), &mut facts),
    });
    Ok(Draft {
        index: card.index,
        line: card.line,
        subject: mapping.subject,
        name,
        person,
        uid: mapping.uid,
        facts,
        remarks: mapping.remarks,
        fields: Vec::new(),
        contact_fields: Vec::new(),
    })
}

fn properties(card: &Card) -> (Vec<Property>, Vec<String>) {
    let version = card.lines.iter().find(|l| lines::name(l) == "VERSION").map(|l| lines::value(l).trim());
    let version = version.filter(|v| matches!(*v, "2.1" | "3.0" | "4.0")).unwrap_or("3.0");
    let (mut read, mut unread) = (Vec::new(), Vec::new());
    for line in &card.lines {
        match lines::is_property(line).then(|| property::parse(line, version)).flatten() {
            Some(property) => read.push(property),
            None => unread.push(property::clean(line.trim())),
        }
    }
    (read, unread)
}

fn line(label: &str, value: impl Into<String>) -> Fact {
    Fact { slot: Slot::Line, label: label.to_owned(), value: value.into() }
}

struct Mapping<'a> {
    properties: &'a [Property],
    /// What Apple calls the properties of a group: `item1.X-ABLabel`.
    group_labels: HashMap<&'a str, String>,
    full_name: String,
    subject: Subject,
    company: Option<String>,
    person: Option<Person>,
    uid: Option<String>,
    facts: Vec<Fact>,
    remarks: Vec<Remark>,
}

impl<'a> Mapping<'a> {
    fn new(properties: &'a [Property]) -> Mapping<'a> {
        let used: HashSet<&str> =
            properties.iter().filter(|p| p.name != "X-ABLABEL").filter_map(|p| p.group.as_deref()).collect();
        let labels = properties.iter().filter(|p| p.name == "X-ABLABEL").filter_map(|p| {
            let group = p.group.as_deref().filter(|g| used.contains(g))?;
            // Apple's own words are written `_$!<HomePage>!$_`, by others without the underscores.
            let text = p.text();
            let word = text.trim_matches('_').strip_prefix("$!<").and_then(|t| t.strip_suffix(">!$"));
            Some((group, word.unwrap_or(&text).to_owned()))
        });
        let full_name = properties.iter().filter(|p| p.name == "FN").map(Property::text).find(|t| !t.is_empty());
        Mapping {
            properties,
            group_labels: labels.collect(),
            full_name: one_line(&full_name.unwrap_or_default()),
            subject: Subject::Individual,
            company: None,
            person: None,
            uid: None,
            facts: Vec::new(),
            remarks: Vec::new(),
        }
    }

    fn says(&self, name: &str, value: &str) -> bool {
        self.properties.iter().any(|p| p.name == name && p.text().eq_ignore_ascii_case(value))
    }

    fn is_group(&self) -> bool {
        self.says("KIND", "group") || self.says("X-ADDRESSBOOKSERVER-KIND", "group")
    }

    /// Company or person, and what they are called.
    fn read_names(&mut self) {
        let org = self.properties.iter().find(|p| p.name == "ORG" && !p.part(0).is_empty());
        self.company = org.map(|p| one_line(p.part(0)));
        let n = self.properties.iter().find(|p| p.name == "N" && !p.text().is_empty());
        let person = n.map(of_parts).filter(|p| !p.full().is_empty()).or_else(|| of_full_name(&self.full_name));
        let declared = self.says("KIND", "org") || self.says("X-ABSHOWAS", "COMPANY");
        let same = |name: &str| self.company.as_deref().is_some_and(|c| name_key(c) == name_key(name));
        let person_is_company = person.as_ref().is_some_and(|p| same(&p.full()));
        let is_company = declared || (person_is_company && (self.full_name.is_empty() || same(&self.full_name)));
        if self.company.is_none() && declared {
            self.company = Some(self.full_name.clone()).filter(|n| !n.is_empty()).or(person.as_ref().map(Person::full));
        }
        if self.company.is_some() {
            self.subject = Subject::Business;
        }
        if !is_company {
            self.person = person.clone();
        }
        self.keep_other_names(n, person.as_ref());
    }

    /// The parts of a name that no field took.
    fn keep_other_names(&mut self, n: Option<&Property>, person: Option<&Person>) {
        let plain = person.map(Person::full).unwrap_or_default();
        let customer = self.company.clone().unwrap_or_else(|| self.full_name.clone());
        let taken = self.person.as_ref().map(Person::full);
        let full_name = self.full_name.clone();
        let mut shown = vec![customer];
        shown.extend(taken);
        if !full_name.is_empty() && !shown.contains(&full_name) {
            self.facts.push(line("Full name", full_name.clone()));
        }
        shown.push(full_name);
        if !plain.is_empty() && self.person.is_none() && !shown.iter().any(|s| has_words(s, &plain)) {
            self.facts.push(line("Name", plain));
        }
        let others = n.map(|n| n.parts.iter().enumerate().skip(3)).into_iter().flatten();
        for (at, part) in others {
            let part = part.trim();
            if !part.is_empty() && !shown.iter().any(|s| has_words(s, part)) {
                let label = ["Name prefix", "Name suffix"].get(at - 3).unwrap_or(&"Further name");
                self.facts.push(line(label, part));
            }
        }
    }

    fn read_facts(&mut self) {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        // A preferred address or number takes the field, at work one for work; the others become channels.
        let rank = |p: &&Property| match p.name.as_str() {
            "EMAIL" | "TEL" | "ADR" | "URL" if p.preferred => 0,
            "EMAIL" | "TEL" | "ADR" | "URL" if self.company.is_some() && p.has_type("home") => 2,
            _ => 1,
        };
        let mut ordered: Vec<&Property> = self.properties.iter().collect();
        ordered.sort_by_key(rank);
        for property in ordered {
            if let Some(binary) = &property.binary {
                self.keep_binary(property, binary);
                continue;
            }
            let text = property.text();
            if text.is_empty() || FORMAT.contains(&property.name.as_str()) {
                continue;
            }
            // FN, N, ORG and UID are read from their first one with a text; further ones are lines.
            let nth = seen.entry(property.name.as_str()).or_default();
            *nth += 1;
            let nth = *nth;
            self.read_fact(property, text, nth);
        }
    }

    fn read_fact(&mut self, property: &Property, text: String, nth: usize) {
        match property.name.as_str() {
            "EMAIL" => self.emails(property, &text),
            "TEL" => self.number(property, &text),
            "ADR" => self.address(property),
            "URL" if self.company.is_some() && property.has_type("home") => {
                self.facts.push(line("Website (home)", one_line(&text)))
            }
            "URL" => self.push(Slot::Website, property, one_line(&text)),
            "TITLE" => self.push(Slot::Title, property, one_line(&text)),
            "ROLE" => self.facts.push(Fact { slot: Slot::Title, label: "Role".to_owned(), value: one_line(&text) }),
            "NOTE" => self.facts.push(Fact { slot: Slot::Note, label: String::new(), value: text }),
            "CATEGORIES" => self.tags(property),
            "ORG" => self.organisation(property),
            "UID" if nth == 1 => self.uid = Some(text.strip_prefix("urn:uuid:").unwrap_or(&text).to_owned()),
            "FN" if one_line(&text) == self.full_name => {}
            "N" if nth == 1 => {}
            "KIND" if matches!(text.to_lowercase().as_str(), "individual" | "org") => {}
            "X-ABSHOWAS" if text.eq_ignore_ascii_case("COMPANY") => {}
            "X-ABLABEL" if property.group.as_deref().is_some_and(|g| self.group_labels.contains_key(g)) => {}
            _ => self.facts.push(line(&self.line_label(property), text)),
        }
    }

    fn emails(&mut self, property: &Property, text: &str) {
        let text = after_scheme(text, "mailto:");
        let several: Vec<&str> = text.split([',', ';', ' ', '\n']).map(str::trim).filter(|p| !p.is_empty()).collect();
        if several.len() > 1 && several.iter().all(|p| p.contains('@')) {
            several.into_iter().for_each(|p| self.push(Slot::Email, property, p.to_owned()));
        } else {
            self.push(Slot::Email, property, one_line(text));
        }
    }

    fn number(&mut self, property: &Property, text: &str) {
        let called = self.group_label(property).to_lowercase();
        let is = |words: &[&str]| words.iter().any(|w| property.has_type(w) || called == *w);
        let slot = if is(&["fax", "pager", "textphone", "modem"]) || called.contains("fax") {
            Slot::Fax
        } else if is(&["cell", "mobile", "iphone"]) {
            Slot::Mobile
        } else {
            Slot::Phone
        };
        self.push(slot, property, one_line(after_scheme(text, "tel:")));
    }

    fn address(&mut self, property: &Property) {
        let part = |at: usize| one_line(property.part(at));
        let street = [part(2), part(1), part(0)];
        let address = Address {
            street: street.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", "),
            city: part(3),
            state: part(4),
            zip_code: part(5),
            country: part(6),
        };
        let value = address_line(&address);
        let shared = self.company.is_none() || !property.has_type("home");
        // RFC 9554 repeats the street in finer parts behind the country.
        let finer = property.parts.iter().skip(7).map(|p| one_line(p)).filter(|p| !p.is_empty() && !has_words(&value, p));
        let finer: Vec<String> = finer.collect();
        if !value.is_empty() {
            self.push(Slot::Address { address, shared }, property, value);
        }
        let label = property.extra.iter().filter(|(name, _)| name == "LABEL").map(|(_, text)| property::clean(text));
        self.facts.extend(finer.into_iter().map(|p| line("Address detail", p)));
        self.facts.extend(label.filter(|l| !l.is_empty()).map(|l| line("Address label", l)));
    }

    /// The first company is the customer; its further parts are the department.
    fn organisation(&mut self, property: &Property) {
        let units: Vec<String> = (1..property.parts.len()).map(|at| one_line(property.part(at))).collect();
        let units = units.into_iter().filter(|u| !u.is_empty()).collect::<Vec<_>>().join(", ");
        let name = one_line(property.part(0));
        if !name.is_empty() && self.company.as_deref() != Some(name.as_str()) {
            self.facts.push(line("Company", name));
        }
        if !units.is_empty() {
            self.facts.push(Fact { slot: Slot::Department, label: String::new(), value: units });
        }
    }

    /// Words between commas; between semicolons if a program wrote no comma.
    fn tags(&mut self, property: &Property) {
        let words: Vec<&str> = match property.parts.as_slice() {
            [one] => one.split(';').collect(),
            several => several.iter().map(String::as_str).collect(),
        };
        for word in words.into_iter().map(one_line).filter(|w| !w.is_empty()) {
            self.facts.push(Fact { slot: Slot::Tag, label: String::new(), value: word });
        }
    }

    fn keep_binary(&mut self, property: &Property, binary: &property::Binary) {
        let label = self.line_label(property);
        let (mime, bytes) = (binary.mime.clone(), binary.bytes);
        self.facts.push(line(&label, format!("{mime}, {}, embedded in the card; the data stays in the file", size(bytes))));
        self.remarks.push(Remark::Embedded { what: label, mime, bytes });
    }

    fn push(&mut self, slot: Slot, property: &Property, value: String) {
        self.facts.push(Fact { slot, label: self.channel_label(property), value });
    }

    fn group_label(&self, property: &Property) -> String {
        let label = property.group.as_deref().and_then(|g| self.group_labels.get(g));
        label.map(|l| one_line(l)).unwrap_or_default()
    }

    /// What a further phone, mail or address is called: the person's own word, else the types.
    fn channel_label(&self, property: &Property) -> String {
        let own = self.group_label(property);
        if own.is_empty() { property.types.iter().filter(|t| *t != "voice").cloned().collect::<Vec<_>>().join(", ") } else { own }
    }

    /// "Label" or "Label (work, X-USER=jane)": what the parameters say is kept with the value.
    fn line_label(&self, property: &Property) -> String {
        let name = LABELS.iter().find(|(name, _)| *name == property.name).map_or(property.name.as_str(), |(_, label)| label);
        let mut words = if property.binary.is_some() { Vec::new() } else { property.types.clone() };
        words.extend(Some(self.group_label(property)).filter(|l| !l.is_empty()));
        words.extend(property.extra.iter().map(|(name, text)| format!("{name}={}", one_line(text))));
        if words.is_empty() { name.to_owned() } else { format!("{name} ({})", words.join(", ")) }
    }

    /// The company, else the person, else what the person is reached by.
    fn customer_name(&self) -> Option<String> {
        let reached = self.facts.iter().find(|f| f.slot == Slot::Email);
        let reached = reached.or_else(|| self.facts.iter().find(|f| matches!(f.slot, Slot::Phone | Slot::Mobile | Slot::Fax)));
        let names = [
            self.company.clone(),
            Some(self.full_name.clone()),
            self.person.as_ref().map(Person::full),
            reached.map(|f| f.value.clone()),
        ];
        names.into_iter().flatten().map(|n| one_line(&n)).find(|n| !name_key(n).is_empty())
    }
}

fn of_parts(n: &Property) -> Person {
    let first = [n.part(1), n.part(2)].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ");
    Person { first: one_line(&first), last: one_line(n.part(0)) }
}

/// "Jane van Doe" to "Jane van" and "Doe"; a single word is a last name.
fn of_full_name(name: &str) -> Option<Person> {
    let (first, last) = name.rsplit_once(' ').unwrap_or(("", name));
    (!name.is_empty()).then(|| Person { first: first.trim().to_owned(), last: last.to_owned() })
}

fn after_scheme<'a>(text: &'a str, scheme: &str) -> &'a str {
    match text.get(..scheme.len()) {
        Some(start) if start.eq_ignore_ascii_case(scheme) => &text[scheme.len()..],
        _ => text,
    }
}

/// Whether every word of `part` is a word of `whole`.
fn has_words(whole: &str, part: &str) -> bool {
    let words = |text: &'_ str| -> Vec<String> {
        text.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty()).map(str::to_owned).collect()
    };
    let whole = words(whole);
    words(part).iter().all(|w| whole.contains(w))
}

/// Cuts a name at what its field holds; the whole of it then goes to the notes.
fn fit(text: String, max: usize, facts: &mut Vec<Fact>) -> String {
    if text.chars().count() <= max {
        return text;
    }
    let short: String = text.chars().take(max).collect();
    facts.push(line("Full name", text));
    short.trim().to_owned()
}

/// A text for a field of one line.
pub fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(", ")
}

/// An address as people write it on one line.
pub fn address_line(a: &Address) -> String {
    let town = [a.zip_code.as_str(), a.city.as_str()].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ");
    let parts = [a.street.as_str(), town.as_str(), a.state.as_str(), a.country.as_str()];
    parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ")
}
