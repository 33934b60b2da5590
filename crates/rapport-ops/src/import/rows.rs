//! Rows of a table to drafts: each cell goes where its column was said to go, or the row is refused with a reason.

use super::columns::{LINE, NOTHING, target};
use super::draft::{Draft, Fact, Person, Slot, Subject};
use super::identity::{is_email, is_number};
use super::remark::Remark;
use super::report::{Reason, Skipped};
use super::sheet::{Row, Sheet};
use super::values::{DayOrder, amount, status};
use rapport_model::customer::{Address, CustomerType};
use rapport_model::text::fold;
use rapport_model::{Contact, Customer, FieldKind, Id, Kind, Record, unit};
use serde::Serialize;
use serde_json::{Value, json};

/// What was found in one column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    pub header: String,
    /// Where it goes: a target's name, "line" for the notes, "" for nowhere.
    pub target: String,
    /// The first cells that say something.
    pub samples: Vec<String>,
    pub filled: usize,
    pub blank: usize,
    /// Values of 0 or less, taken as empty.
    pub zero: usize,
    /// Cells for whose sake a row was refused.
    pub refused: usize,
}

/// A table, read.
#[derive(Default)]
pub struct Read {
    pub drafts: Vec<Draft>,
    pub skipped: Vec<Skipped>,
    pub columns: Vec<Column>,
    /// What was taken in another way than it stands there.
    pub notes: Vec<Remark>,
}

/// Somebody who may own a customer.
#[derive(Clone, Debug)]
pub struct Owner {
    pub id: Id,
    pub name: String,
    pub email: String,
}

const SAMPLES: usize = 3;

/// Reads all rows. `targets` says where each column goes.
pub fn read(sheet: &Sheet, targets: &[String], owners: &[Owner]) -> Read {
    let mut out = Read { columns: columns(sheet, targets), ..Read::default() };
    let days = DayOrder::of(sheet, targets);
    let (mut statuses, mut strangers) = (0, 0);
    for (n, row) in sheet.rows.iter().enumerate() {
        let mut one = One {
            sheet,
            targets,
            owners,
            days,
            columns: &mut out.columns,
            draft: blank(n + 1, row.line),
            names: Names::default(),
            type_said: None,
            unknown_status: false,
            unknown_owner: false,
        };
        match one.take(row) {
            Ok(()) => {
                statuses += usize::from(one.unknown_status);
                strangers += usize::from(one.unknown_owner);
                out.drafts.push(one.draft);
            }
            Err((name, message)) => {
                let reason = if message == Reason::NoName.message() { Reason::NoName } else { Reason::BadValue };
                out.skipped.push(Skipped { index: n + 1, line: row.line, name, reason, message });
            }
        }
    }
    for column in out.columns.iter().filter(|column| column.zero > 0) {
        out.notes.push(Remark::Zero { column: column.header.clone(), count: column.zero });
    }
    if statuses > 0 {
        out.notes.push(Remark::UnknownStatus { count: statuses });
    }
    if strangers > 0 {
        out.notes.push(Remark::UnknownOwner { count: strangers });
    }
    out
}

fn columns(sheet: &Sheet, targets: &[String]) -> Vec<Column> {
    let column = |(at, header): (usize, &String)| {
        let cells = || sheet.rows.iter().map(|row| row.cells[at].trim());
        let filled = cells().filter(|cell| !cell.is_empty()).count();
        let short = |cell: &str| cell.chars().take(80).collect::<String>();
        Column {
            header: header.clone(),
            target: targets.get(at).cloned().unwrap_or_default(),
            samples: cells().filter(|cell| !cell.is_empty()).take(SAMPLES).map(short).collect(),
            filled,
            blank: sheet.rows.len() - filled,
            ..Column::default()
        }
    };
    sheet.headers.iter().enumerate().map(column).collect()
}

fn blank(index: usize, line: usize) -> Draft {
    Draft {
        index,
        line,
        subject: Subject::Business,
        name: String::new(),
        person: None,
        uid: None,
        facts: Vec::new(),
        remarks: Vec::new(),
        fields: Vec::new(),
        contact_fields: Vec::new(),
    }
}

#[derive(Default)]
struct Names {
    name: String,
    organization: String,
    first: String,
    last: String,
}

/// One row on its way.
struct One<'a> {
    sheet: &'a Sheet,
    targets: &'a [String],
    owners: &'a [Owner],
    days: DayOrder,
    columns: &'a mut [Column],
    draft: Draft,
    names: Names,
    type_said: Option<CustomerType>,
    unknown_status: bool,
    unknown_owner: bool,
}

type Refused = (String, String);

impl One<'_> {
    fn take(&mut self, row: &Row) -> Result<(), Refused> {
        let (mut address, mut shipping) = (Address::default(), Address::default());
        for (at, cell) in row.cells.iter().enumerate() {
            let cell = cell.trim();
            let target = self.targets.get(at).map_or(NOTHING, String::as_str);
            if cell.is_empty() || target == NOTHING {
                continue;
            }
            let taken = match target.split_once('.') {
                Some(("address", part)) => put_part(&mut address, part, cell),
                Some(("shippingAddress", part)) => put_part(&mut shipping, part, cell),
                Some(("contact", field)) => self.contact(field, cell),
                _ => self.customer(at, target, cell),
            };
            if let Err(message) = taken {
                self.columns[at].refused += 1;
                return Err((self.called(), format!("{}: {message}", self.sheet.headers[at])));
            }
        }
        for (field, address) in [("address", address), ("shippingAddress", shipping)] {
            if address != Address::default() {
                self.draft.fields.push((field, json!(address)));
            }
        }
        self.name()?;
        self.check()
    }

    fn called(&self) -> String {
        let person = Person { first: self.names.first.clone(), last: self.names.last.clone() }.full();
        let names = [&self.names.name, &self.names.organization, &person];
        names.into_iter().find(|name| !name.is_empty()).cloned().unwrap_or_default()
    }

    fn customer(&mut self, at: usize, target: &str, cell: &str) -> Result<(), String> {
        let said = self::target(target).map_or("", |target| target.name);
        let value = match said {
            "type" => {
                let known = CustomerType::NAMES.iter().find(|name| fold(cell) == **name);
                self.type_said = known.and_then(|name| CustomerType::parse(name));
                if self.type_said.is_none() {
                    self.line(at, cell);
                }
                None
            }
            "status" => {
                let status = status(cell);
                self.unknown_status |= status.is_none();
                status.map(|status| json!(status))
            }
            "assignedTo" => {
                let owner = self.owners.iter().find(|o| fold(&o.email) == fold(cell) || fold(&o.name) == fold(cell));
                self.unknown_owner |= owner.is_none();
                owner.map(|owner| json!(owner.id))
            }
            "valueEstimate" => self.amount(at, cell)?,
            "email" if !is_email(cell) => return Err("this is no e-mail address".to_owned()),
            "phone" if !is_number(cell) => return Err("this is no phone number".to_owned()),
            "name" | "organization" | "tags" | "externalId" | "" => {
                self.beside(at, said, cell);
                None
            }
            _ => Some(self.plain(Kind::Customers, said, cell)?),
        };
        self.draft.fields.extend(value.map(|value| (said, value)));
        Ok(())
    }

    /// What is no field of its own on a draft.
    fn beside(&mut self, at: usize, said: &str, cell: &str) {
        match said {
            "name" => self.names.name = cell.to_owned(),
            "organization" => self.names.organization = cell.to_owned(),
            "externalId" => self.draft.uid = Some(cell.to_owned()),
            "tags" => {
                // A comma may be part of a tag, where something else parts them.
                let parted: &[char] = if cell.contains(';') || cell.contains(":::") { &[';'] } else { &[','] };
                let words = cell.split(parted).flat_map(|word| word.split(":::")).map(str::trim);
                let words = words.filter(|word| !word.is_empty() && !word.starts_with('*'));
                self.draft.facts.extend(words.map(|word| fact(Slot::Tag, "", word)));
            }
            _ => self.line(at, cell),
        }
    }

    /// A value of 0 or less is no value, and is counted.
    fn amount(&mut self, at: usize, cell: &str) -> Result<Option<Value>, String> {
        let amount = amount(cell).ok_or("this is no amount")?;
        if amount.starts_with('-') || amount.trim_matches(['0', '.']).is_empty() {
            self.columns[at].zero += 1;
            return Ok(None);
        }
        serde_json::from_str(&amount).map(Some).map_err(|_| "this is no amount".to_owned())
    }

    /// A cell of a field by the kind of that field.
    fn plain(&self, kind: Kind, field: &str, cell: &str) -> Result<Value, String> {
        match kind.field(field).map(|field| field.kind) {
            Some(FieldKind::Day | FieldKind::Instant) => {
                Ok(json!(self.days.read(cell).ok_or("this is no date; write it as 2026-05-31")?.ms()))
            }
            Some(FieldKind::Bool) => match fold(cell).as_str() {
                "true" | "yes" | "1" | "ja" | "x" | "wahr" => Ok(json!(true)),
                "false" | "no" | "0" | "nein" | "falsch" => Ok(json!(false)),
                _ => Err("this is neither yes nor no".to_owned()),
            },
            Some(FieldKind::Json(_)) => serde_json::from_str(cell).map_err(|_| "this is not what our export writes".to_owned()),
            _ => Ok(json!(cell)),
        }
    }

    fn contact(&mut self, field: &str, cell: &str) -> Result<(), String> {
        let said = self::target(&format!("contact.{field}")).map_or("", |target| &target.name["contact.".len()..]);
        match said {
            "firstName" => self.names.first = cell.to_owned(),
            "lastName" => self.names.last = cell.to_owned(),
            // Google writes all addresses of a kind into one cell.
            "email" | "phone" | "mobile" => {
                for (n, one) in cell.split(":::").map(str::trim).filter(|one| !one.is_empty()).enumerate() {
                    match said {
                        "email" if !is_email(one) => return Err("this is no e-mail address".to_owned()),
                        "phone" | "mobile" if !is_number(one) => return Err("this is no phone number".to_owned()),
                        _ if n == 0 => self.draft.contact_fields.push((said, json!(one))),
                        "email" => self.draft.facts.push(fact(Slot::Email, "", one)),
                        _ => self.draft.facts.push(fact(Slot::Phone, "", one)),
                    }
                }
            }
            _ => {
                let value = self.plain(Kind::Contacts, said, cell)?;
                self.draft.contact_fields.push((said, value));
            }
        }
        Ok(())
    }

    /// What has no field is kept in the notes, under the name of its column.
    fn line(&mut self, at: usize, cell: &str) {
        let header = self.sheet.headers[at].clone();
        self.draft.facts.push(fact(Slot::Line, &header, cell));
    }

    /// Who the row is about: an organisation, else the person in it.
    fn name(&mut self) -> Result<(), Refused> {
        let person = Person { first: self.names.first.clone(), last: self.names.last.clone() };
        let mut person = Some(person).filter(|person| !person.full().is_empty());
        let organization = std::mem::take(&mut self.names.organization);
        let named = std::mem::take(&mut self.names.name);
        let is_table_of_people = !organization.is_empty() || self.targets.iter().any(|target| target == "organization");
        if person.is_none() && is_table_of_people && !named.is_empty() {
            let (first, last) = named.rsplit_once(' ').unwrap_or(("", &named));
            person = Some(Person { first: first.to_owned(), last: last.to_owned() });
        }
        let reached = |name: &str| {
            let said = self.draft.contact_fields.iter().find(|(field, _)| *field == name);
            said.and_then(|(_, value)| value.as_str()).map(str::to_owned)
        };
        let business = if is_table_of_people { organization } else { named.clone() };
        let stands_for = || reached("email").or_else(|| reached("phone")).or_else(|| reached("mobile"));
        let own = person.as_ref().map(Person::full).or(Some(named).filter(|name| !name.is_empty())).or_else(stands_for);
        let whole = if business.is_empty() { own } else { Some(business.clone()) };
        self.draft.name = whole.ok_or_else(|| (String::new(), Reason::NoName.message().to_owned()))?;
        let r#type =
            self.type_said.unwrap_or(if business.is_empty() { CustomerType::Individual } else { CustomerType::Business });
        self.draft.subject = if r#type == CustomerType::Individual { Subject::Individual } else { Subject::Business };
        self.draft.fields.push(("type", json!(r#type)));
        let has_contact = !self.draft.contact_fields.is_empty();
        if person.is_none() && has_contact {
            person = Some(Person { first: String::new(), last: self.draft.name.clone() });
        }
        if business.is_empty() && self.type_said.is_none() {
            // A person of their own is reached as the person is.
            for field in ["email", "phone"] {
                let said = reached(field).or_else(|| if field == "phone" { reached("mobile") } else { None });
                let there = self.draft.fields.iter().any(|(name, _)| *name == field);
                if let Some(value) = said.filter(|_| !there) {
                    self.draft.fields.push((field, json!(value)));
                }
            }
        }
        self.draft.person = person;
        Ok(())
    }

    /// What the declaration says of lengths and choices.
    fn check(&self) -> Result<(), Refused> {
        let mut customer = Customer { name: self.draft.name.clone(), ..Customer::default() };
        let mut contact = Contact { customer_id: Id::from_bytes([1; 16]), ..Contact::default() };
        if let Some(person) = &self.draft.person {
            (contact.first_name, contact.last_name) = (person.first.clone(), person.last.clone());
        }
        let mut check = || -> rapport_model::Result<()> {
            put_all(&mut customer, &self.draft.fields)?;
            put_all(&mut contact, &self.draft.contact_fields)?;
            unit::check(&customer)?;
            unit::check(&contact)
        };
        check().map_err(|error| (self.draft.name.clone(), error.message))
    }
}

/// Sets fields by their JSON names.
pub fn put_all(record: &mut dyn Record, fields: &[(&'static str, Value)]) -> rapport_model::Result<()> {
    for (name, value) in fields {
        if let Some(index) = record.kind().index_of(name) {
            record.set(index, value.clone())?;
        }
    }
    Ok(())
}

fn fact(slot: Slot, label: &str, value: &str) -> Fact {
    Fact { slot, label: label.to_owned(), value: value.to_owned() }
}

fn put_part(address: &mut Address, part: &str, cell: &str) -> Result<(), String> {
    let place = match part {
        "street" => &mut address.street,
        "city" => &mut address.city,
        "state" => &mut address.state,
        "zipCode" => &mut address.zip_code,
        _ => &mut address.country,
    };
    *place = cell.to_owned();
    Ok(())
}

/// Whether a column says nothing that is taken.
pub fn is_left_out(target: &str) -> bool {
    target == NOTHING || (target != LINE && self::target(target).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{columns, sheet};

    fn rows(text: &str) -> Read {
        let sheet = sheet::read(text.as_bytes()).expect("a table");
        let targets: Vec<String> = columns::guess(&sheet.headers).into_iter().map(str::to_owned).collect();
        let owner = Owner { id: Id::from_bytes([7; 16]), name: "Ingrid Berg".into(), email: "ingrid@x.example".into() };
        read(&sheet, &targets, &[owner])
    }

    #[test]
    fn days_are_read_in_every_order_that_a_column_shows() {
        let us = rows("Name,Last contact\nA,05/31/2026\nB,01/02/2026");
        let eu = rows("Name,Last contact\nA,31/05/2026\nB,01/02/2026");
        let iso = rows("Name,Last contact\nA,2026-05-31\nB,2.1.2026");
        let day =
            |read: &Read, at: usize| read.drafts[at].fields.iter().find(|f| f.0 == "lastContactByHand").map(|f| f.1.clone());
        assert_eq!((day(&us, 0), day(&us, 1)), (day(&iso, 0), day(&iso, 1)));
        assert_eq!(day(&eu, 0), day(&iso, 0));
        assert_ne!(day(&eu, 1), day(&iso, 1));
    }

    #[test]
    fn a_row_is_a_company_with_a_person_or_a_person() {
        let read = rows(
            "First Name,Last Name,Company,E-mail Address,Shoe size\nAda,Berg,Acme,a@acme.example,38\nBo,Lund,,bo@x.example,\n,,,mail@only.example,",
        );
        let told: Vec<_> =
            read.drafts.iter().map(|d| (d.name.as_str(), d.subject, d.person.as_ref().map(Person::full))).collect();
        assert_eq!(told[0], ("Acme", Subject::Business, Some("Ada Berg".to_owned())));
        assert_eq!(told[1], ("Bo Lund", Subject::Individual, Some("Bo Lund".to_owned())));
        assert_eq!(told[2].0, "mail@only.example");
        assert_eq!(read.drafts[0].facts, [fact(Slot::Line, "Shoe size", "38")]);
    }

    #[test]
    fn bad_rows_are_refused_with_the_column_and_the_reason() {
        let read = rows(
            "Name,Company e-mail,Value,Next follow-up,Owner\nGood,a@b.example,0,,ingrid berg\n,x@y.example,,,\nBad mail,nobody,,,\nBad value,,much,,\nBad day,,,tomorrow,\nStranger,,5,,Somebody",
        );
        let told: Vec<_> = read.skipped.iter().map(|s| (s.line, s.name.as_str(), s.reason)).collect();
        assert_eq!(
            told,
            [
                (3, "", Reason::NoName),
                (4, "Bad mail", Reason::BadValue),
                (5, "Bad value", Reason::BadValue),
                (6, "Bad day", Reason::BadValue)
            ]
        );
        assert!(read.skipped[1].message.starts_with("Company e-mail: "));
        let value = &read.columns[2];
        assert_eq!((value.filled, value.blank, value.zero, value.refused), (3, 3, 1, 1));
        assert_eq!(read.notes.len(), 2, "{:?}", read.notes);
    }
}
