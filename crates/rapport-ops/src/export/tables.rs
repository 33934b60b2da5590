//! Exports as tables: CSV that is safe in a spreadsheet, or a workbook.

use super::workbook::{self, Look};
use super::{Family, Form, safe};
use crate::import::columns::TARGETS;
use crate::today::Today;
use rapport_model::customer::{Address, ExternalRef};
use rapport_model::{BoxedRecord, Contact, Customer, Day, Error, FieldKind, Id, Kind, Millis, Record, Result, title};
use rapport_store::Tx;
use serde_json::Value;
use std::collections::HashMap;

/// A column of our own export that nothing stands in: "Organisation" is other programs' word for the name.
const NOT_OURS: &str = "organization";

/// One row per contact, with its customer in front; a customer without any is one row.
pub(super) fn customers(form: Form, families: &[Family], owners: &HashMap<Id, String>) -> Result<Vec<u8>> {
    let targets = || TARGETS.iter().filter(|target| target.name != NOT_OURS);
    let heads: Vec<(&str, Look)> = targets().map(|target| (target.label, look(target.name))).collect();
    let rows = families.iter().flat_map(|family| {
        let count = family.contacts.len().max(1);
        (0..count).map(move |at| (family, family.contacts.get(at)))
    });
    let rows = rows.map(|(family, contact)| {
        targets().map(|target| cell(target.name, &family.customer, contact, owners)).collect::<Vec<_>>()
    });
    write(form, &heads, rows)
}

fn cell(target: &str, customer: &Customer, contact: Option<&Contact>, owners: &HashMap<Id, String>) -> String {
    let (head, part) = target.split_once('.').unwrap_or((target, ""));
    match head {
        "address" => address(customer.address.as_ref(), part).to_owned(),
        "shippingAddress" => address(customer.shipping_address.as_ref(), part).to_owned(),
        "contact" => contact.map_or_else(String::new, |contact| field(contact, part, owners)),
        "externalId" => reference(&customer.external_refs),
        "tags" => tags(&customer.tags),
        name => field(customer, name, owners),
    }
}

fn address<'a>(address: Option<&'a Address>, part: &str) -> &'a str {
    address.map_or("", |address| match part {
        "street" => &address.street,
        "zipCode" => &address.zip_code,
        "city" => &address.city,
        "state" => &address.state,
        _ => &address.country,
    })
}

fn reference(refs: &[ExternalRef]) -> String {
    refs.iter().find(|one| one.system == crate::import::absorb::SYSTEM).map(|one| one.id.clone()).unwrap_or_default()
}

/// A single tag with a comma in it ends in a semicolon, so that it is not taken for two.
fn tags(tags: &[String]) -> String {
    let all = tags.join("; ");
    if tags.len() == 1 && all.contains(',') { format!("{all};") } else { all }
}

fn field(record: &dyn Record, name: &str, owners: &HashMap<Id, String>) -> String {
    let Some(index) = record.kind().index_of(name) else { return String::new() };
    shown(record.kind().fields()[index].kind, &record.get(index), owners)
}

/// A value as a person reads it and an import takes it.
fn shown(kind: FieldKind, value: &Value, owners: &HashMap<Id, String>) -> String {
    let day = |ms: i64| day_text(Day::of(Millis(ms)));
    match (kind, value) {
        (_, Value::Null) => String::new(),
        (FieldKind::Day | FieldKind::Instant, value) => value.as_i64().map(day).unwrap_or_default(),
        (FieldKind::Ref(Kind::Users), Value::String(id)) => {
            id.parse::<Id>().ok().and_then(|id| owners.get(&id).cloned()).unwrap_or_default()
        }
        (FieldKind::Money, Value::Number(amount)) => money(amount.to_string()),
        (_, Value::Number(number)) => number.to_string(),
        (_, Value::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
        (_, Value::String(said)) => said.clone(),
        (_, Value::Array(items)) if items.is_empty() => String::new(),
        (_, Value::Object(parts)) if parts.is_empty() => String::new(),
        (_, other) => other.to_string(),
    }
}

/// Three decimals would read as thousands.
fn money(amount: String) -> String {
    match amount.split_once('.') {
        Some((_, cents)) if cents.len() == 3 => format!("{amount}0"),
        _ => amount,
    }
}

fn day_text(day: Day) -> String {
    chrono::DateTime::from_timestamp_millis(day.ms()).map(|at| at.format("%Y-%m-%d").to_string()).unwrap_or_default()
}

/// The records of another kind: who they belong to, then their fields.
pub(super) fn plain(
    form: Form,
    tx: &mut Tx<'_>,
    kind: Kind,
    records: &[BoxedRecord],
    today: Today,
    owners: &HashMap<Id, String>,
) -> Result<Vec<u8>> {
    let mut names: HashMap<Id, String> = HashMap::new();
    let customers: Vec<Id> = records.iter().filter_map(|record| rapport_model::customer_of(record.as_ref())).collect();
    for record in tx.find_many(Kind::Customers, &customers)?.values() {
        names.insert(record.meta().id, title(record.as_ref()));
    }
    let fields = || kind.fields().iter().filter(|field| !field.json.ends_with("Key") && field.json != "customerId");
    let customer = kind.is_child().then_some(("Customer", Look::Text));
    let heads: Vec<(&str, Look)> = customer.into_iter().chain(fields().map(|field| (field.label, looks(field.kind)))).collect();
    let rows = records.iter().map(|record| {
        let json = today.json(record.as_ref());
        let customer = kind.is_child().then(|| rapport_model::customer_of(record.as_ref())).flatten();
        let head = kind.is_child().then(|| customer.and_then(|id| names.get(&id).cloned()).unwrap_or_default());
        let cells = fields().map(|field| shown(field.kind, &json[field.json], owners));
        head.into_iter().chain(cells).collect::<Vec<_>>()
    });
    write(form, &heads, rows)
}

/// How the column of a target looks in a workbook.
fn look(target: &str) -> Look {
    let (kind, name) = match target.split_once('.') {
        Some(("contact", name)) => (Kind::Contacts, name),
        _ => (Kind::Customers, target),
    };
    kind.index_of(name).map_or(Look::Text, |index| looks(kind.fields()[index].kind))
}

fn looks(kind: FieldKind) -> Look {
    match kind {
        FieldKind::Money | FieldKind::Number | FieldKind::Integer => Look::Number,
        FieldKind::Day | FieldKind::Instant => Look::Day,
        _ => Look::Text,
    }
}

fn write(form: Form, heads: &[(&str, Look)], rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>> {
    match form {
        Form::Xlsx => workbook::write(heads, rows),
        _ => csv(heads, rows),
    }
}

/// UTF-8 with a mark, without which Excel takes it for something else.
fn csv(heads: &[(&str, Look)], rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xEF\xBB\xBF".to_vec());
    writer.write_record(heads.iter().map(|(head, _)| *head)).map_err(Error::internal)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| safe(cell).into_owned())).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(Error::internal)
}
