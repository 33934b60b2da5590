//! What two customers say together.

use rapport_model::customer::MERGED;
use rapport_model::merge::join_texts;
use rapport_model::{BoxedRecord, Code, Customer, Error, Kind, Merge, Record, Result, unit};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Whose value a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    This,
    Other,
}

/// What the one customer says that the two become.
pub(crate) fn joined(before: &Customer, other: &Customer, fields: &BTreeMap<String, Side>) -> Result<Customer> {
    let kind = Kind::Customers;
    if let Some(unknown) = fields.keys().find(|name| kind.field(name).is_none_or(|field| !field.travels())) {
        let message = format!("customers have no field \"{unknown}\" that can be chosen.");
        return Err(Error::field(Code::InvalidValue, "fields", message));
    }
    let mut after: BoxedRecord = Box::new(before.clone());
    let mut done = BTreeSet::new();
    for (index, field) in kind.fields().iter().enumerate().filter(|(_, field)| field.travels() && field.json != MERGED) {
        let (mine, theirs) = (before.get(index), other.get(index));
        let grouped = field.unit() != field.json;
        match (fields.get(field.json), field.merge) {
            (Some(Side::This), _) => {}
            // A group is one value: whoever chooses a part of it chooses all.
            (Some(Side::Other), _) if grouped && done.insert(field.unit()) => {
                unit::set(after.as_mut(), field.unit(), unit::get(other, field.unit())?)?;
            }
            (Some(Side::Other), _) => after.set(index, theirs)?,
            (None, _) if grouped => {}
            (None, Merge::Set) => after.set(index, together(mine, theirs))?,
            (None, Merge::Text) if mine.is_string() && theirs.is_string() => {
                after.set(index, join_texts(&Value::String(String::new()), &mine, &theirs))?;
            }
            (None, _) if field.json == "externalRefs" => after.set(index, together(mine, theirs))?,
            (None, _) if is_empty(&mine) => after.set(index, theirs)?,
            (None, _) => {}
        }
    }
    after.of::<Customer>().cloned().ok_or_else(|| Error::internal("a customer that is none"))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(parts) => parts.is_empty(),
        _ => false,
    }
}

fn together(mine: Value, theirs: Value) -> Value {
    let mut all: Vec<Value> = mine.as_array().cloned().unwrap_or_default();
    for one in theirs.as_array().into_iter().flatten() {
        if !all.contains(one) {
            all.push(one.clone());
        }
    }
    if all.iter().all(Value::is_string) {
        all.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    }
    Value::Array(all)
}
