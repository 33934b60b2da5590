//! Units: what merges as one. A field, a declared group of fields, or one word of a set.

use crate::{Code, Error, Field, Kind, Merge, Record, Result, text};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The unit of the trash: null, or since when.
pub const DELETED: &str = "deletedAt";

/// A unit's name taken apart: `tags/vip` is the word `vip` of the set `tags`.
fn split(unit: &str) -> (&str, Option<&str>) {
    match unit.split_once('/') {
        Some((set, word)) => (set, Some(word)),
        None => (unit, None),
    }
}

fn members(kind: Kind, unit: &str) -> Vec<(usize, &'static Field)> {
    kind.fields().iter().enumerate().filter(|(_, f)| f.travels() && f.unit() == unit).collect()
}

fn unknown(kind: Kind, unit: &str) -> Error {
    Error::field(Code::InvalidValue, unit, format!("{} have no field \"{unit}\" that can be set.", kind.text()))
}

/// How edits of this unit come together; `None` for a unit that this end does not know.
pub fn merge_rule(kind: Kind, unit: &str) -> Option<Merge> {
    let (name, word) = split(unit);
    if unit == DELETED {
        return Some(Merge::Card);
    }
    let members = members(kind, name);
    let first = members.first()?.1;
    ((first.merge == Merge::Set) == word.is_some()).then_some(first.merge)
}

/// The unit's value in a record.
pub fn get(record: &dyn Record, unit: &str) -> Result<Value> {
    let (name, word) = split(unit);
    if unit == DELETED {
        return Ok(record.meta().deleted_at.map_or(Value::Null, |at| at.0.into()));
    }
    let members = members(record.kind(), name);
    match (members.as_slice(), word) {
        ([], _) => Ok(record.meta().extra.get(unit).cloned().unwrap_or_default()),
        ([(index, _)], Some(word)) => {
            let set = record.get(*index);
            let has = set.as_array().is_some_and(|words| words.iter().any(|w| w == word));
            Ok(if has { Value::Bool(true) } else { Value::Null })
        }
        (_, Some(_)) => Err(unknown(record.kind(), unit)),
        ([(index, field)], None) if field.unit() == field.json => Ok(record.get(*index)),
        (group, None) => Ok(group.iter().map(|(index, f)| (f.json.to_owned(), record.get(*index))).collect::<Map<_, _>>().into()),
    }
}

/// Sets a unit. A group takes an object of the fields to set; a word of a set takes true or null. A unit of a newer end is
/// kept in `extra`.
pub fn set(record: &mut dyn Record, unit: &str, value: Value) -> Result<()> {
    let (name, word) = split(unit);
    if unit == DELETED {
        let at: Option<crate::Millis> = serde_json::from_value(value).map_err(|_| unknown(record.kind(), unit))?;
        record.meta_mut().deleted_at = at;
        return Ok(());
    }
    let members = members(record.kind(), name);
    match (members.as_slice(), word) {
        ([], _) if record.kind().field(name).is_some() => Err(unknown(record.kind(), unit)),
        ([], _) => {
            record.meta_mut().extra.insert(unit.to_owned(), value);
            Ok(())
        }
        ([(index, _)], Some(word)) => set_word(record, *index, word, value == Value::Bool(true)),
        (_, Some(_)) => Err(unknown(record.kind(), unit)),
        ([(index, field)], None) if field.unit() == field.json => record.set(*index, value),
        (group, None) => {
            let Value::Object(parts) = value else {
                return Err(Error::field(Code::InvalidValue, unit, format!("\"{unit}\" is an object of its fields.")));
            };
            let said: Vec<String> = parts.keys().cloned().collect();
            for (part, value) in parts {
                let (index, _) = group.iter().find(|(_, f)| f.json == part).ok_or_else(|| unknown(record.kind(), &part))?;
                record.set(*index, value)?;
            }
            forget_followers(record, name, &said)
        }
    }
}

/// Forgets what follows from a unit whose other fields were said and that was not said itself; rules fill it in again.
pub fn forget_followers(record: &mut dyn Record, unit: &str, said: &[String]) -> Result<()> {
    for (index, field) in members(record.kind(), unit) {
        if field.follows && !said.iter().any(|name| name == field.json) {
            record.set(index, Value::Null)?;
        }
    }
    Ok(())
}

fn set_word(record: &mut dyn Record, index: usize, word: &str, present: bool) -> Result<()> {
    let mut words: Vec<Value> = match record.get(index) {
        Value::Array(words) => words,
        _ => Vec::new(),
    };
    words.retain(|w| w != word);
    if present {
        words.push(Value::String(word.to_owned()));
    }
    // Sets have one order everywhere, whatever order the words arrived in.
    words.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    record.set(index, Value::Array(words))
}

/// Every unit in which two states of a record differ: its name, the value before and the value after.
pub fn differences(before: &dyn Record, after: &dyn Record) -> Result<BTreeMap<String, (Value, Value)>> {
    let mut out = BTreeMap::new();
    let mut put = |unit: &str| -> Result<()> {
        let (old, new) = (get(before, unit)?, get(after, unit)?);
        if old != new {
            out.insert(unit.to_owned(), (old, new));
        }
        Ok(())
    };
    for (index, field) in after.kind().fields().iter().enumerate().filter(|(_, f)| f.travels()) {
        if field.merge == Merge::Set {
            for record in [before, after] {
                for word in record.get(index).as_array().into_iter().flatten().filter_map(Value::as_str) {
                    put(&format!("{}/{word}", field.json))?;
                }
            }
        } else {
            put(field.unit())?;
        }
    }
    put(DELETED)?;
    for name in after.meta().extra.keys().chain(before.meta().extra.keys()) {
        put(name)?;
    }
    Ok(out)
}

/// The generic checks of the declaration: required, length, choices are types already.
pub fn check(record: &dyn Record) -> Result<()> {
    for (index, field) in record.kind().fields().iter().enumerate().filter(|(_, f)| f.travels()) {
        let value = record.get(index);
        let empty = match &value {
            Value::String(text) => text.trim().is_empty() || text == "00000000-0000-0000-0000-000000000000",
            Value::Null => true,
            _ => false,
        };
        if field.required && empty {
            return Err(Error::field(Code::Required, field.json, format!("{} is needed.", field.label)));
        }
        check_length(field, &value)?;
    }
    Ok(())
}

fn check_length(field: &Field, value: &Value) -> Result<()> {
    if text::has_nul(value) {
        let message = format!("{} holds no NUL character. Leave it out.", field.label);
        return Err(Error::field(Code::InvalidValue, field.json, message));
    }
    let too_long = |text: &str| field.max > 0 && text.chars().count() > field.max;
    let (bad, what) = match value {
        Value::String(text) => (too_long(text), "characters"),
        Value::Array(words) if field.merge == Merge::Set => (
            words.len() > 100 || words.iter().any(|w| w.as_str().is_none_or(|w| w.is_empty() || too_long(w))),
            "characters each, at most 100 of them",
        ),
        Value::Array(_) | Value::Object(_) => (field.max > 0 && value.to_string().len() > field.max, "bytes"),
        _ => (false, ""),
    };
    if bad {
        return Err(Error::field(Code::InvalidValue, field.json, format!("{} holds at most {} {what}.", field.label, field.max)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Customer;
    use serde_json::json;

    #[test]
    fn a_group_is_one_unit_and_a_word_is_one_unit() {
        let mut c = Customer::default();
        set(&mut c, "status", json!({ "status": "lead", "statusReason": "fair" })).expect("set");
        assert_eq!(get(&c, "status").expect("get")["statusReason"], json!("fair"));
        set(&mut c, "tags/b", json!(true)).expect("set");
        set(&mut c, "tags/a", json!(true)).expect("set");
        assert_eq!(c.tags, ["a", "b"]);
        set(&mut c, "tags/b", Value::Null).expect("set");
        assert_eq!((c.tags.clone(), get(&c, "tags/b").expect("get")), (vec!["a".to_owned()], Value::Null));
        assert_eq!(merge_rule(Kind::Customers, "tags"), None);
        assert_eq!(merge_rule(Kind::Customers, "tags/x"), Some(Merge::Set));
        assert_eq!(merge_rule(Kind::Customers, "status"), Some(Merge::Card));
    }

    #[test]
    fn computed_fields_cannot_be_set_and_unknown_ones_are_kept() {
        let mut c = Customer::default();
        assert_eq!(set(&mut c, "nameKey", json!("x")).map_err(|e| e.code), Err(Code::InvalidValue));
        set(&mut c, "shoeSize", json!(44)).expect("kept");
        assert_eq!(get(&c, "shoeSize").expect("get"), json!(44));
        assert_eq!((&c as &dyn Record).to_json()["shoeSize"], json!(44));
    }

    #[test]
    fn differences_name_the_units() {
        let before = Customer { name: "A".into(), tags: vec!["x".into()], ..Customer::default() };
        let after = Customer { name: "B".into(), tags: vec!["y".into()], ..Customer::default() };
        let found = differences(&before, &after).expect("units");
        assert_eq!(found.keys().map(String::as_str).collect::<Vec<_>>(), ["name", "tags/x", "tags/y"]);
        assert_eq!(found["name"], (json!("A"), json!("B")));
    }

    #[test]
    fn required_and_length_name_the_field() {
        let mut c = Customer::default();
        assert_eq!(check(&c).map_err(|e| (e.code, e.field)), Err((Code::Required, Some("name".into()))));
        c.name = "x".repeat(200);
        assert!(check(&c).is_ok());
        c.name.push('x');
        assert_eq!(check(&c).map_err(|e| (e.code, e.field)), Err((Code::InvalidValue, Some("name".into()))));
    }
}
