//! REST bodies as changes. A body in exactly the seed shape is a change as it stands.

use rapport_model::change::{creation, difference};
use rapport_model::mutation::{Change, Op, UnitEdit};
use rapport_model::{BoxedRecord, Code, Error, Id, Kind, Millis, Owner, Record, Result, Sight, Source, rules, unit};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Fields of every record that a body may repeat and that the server writes itself.
const WRITTEN_BY_SERVER: &[&str] = &["createdAt", "updatedAt", "deletedAt", "version", "orgId"];

/// A POST body as changes: the record, and the nested `primaryContact` of a customer behind it. `forced` are fields of the path.
pub fn create(kind: Kind, body: Value, forced: &[(&str, Value)], sight: &Sight, source: &dyn Source) -> Result<Vec<Change>> {
    let mut body = object(body)?;
    let nested = if kind == Kind::Customers { body.shift_remove("primaryContact") } else { None };
    let id = match body.shift_remove("_id") {
        Some(Value::String(text)) => text.parse().map_err(|_| Error::field(Code::InvalidValue, "_id", "_id is a UUID."))?,
        Some(_) => return Err(Error::field(Code::InvalidValue, "_id", "_id is a UUID.")),
        None => source.id(),
    };
    check_creator(&mut body, sight.user)?;
    force(&mut body, forced)?;
    let now = source.now();
    let mut record = rules::begun(kind, sight, now);
    apply(&mut record, body)?;
    rules::by_verb_only(None, record.as_ref())?;
    record.meta_mut().id = id;
    let mut changes = vec![creation(record.as_ref(), now)?];
    if let Some(nested) = nested {
        let forced = [("customerId", Value::String(id.to_string())), ("isPrimary", Value::Bool(true))];
        changes.extend(create(Kind::Contacts, nested, &forced, sight, source)?);
    }
    Ok(changes)
}

/// A PUT body (partial: what is missing stays) as a change; `None` if it changes nothing.
pub fn update(record: &dyn Record, body: Value, forced: &[(&str, Value)], now: Millis) -> Result<Option<Change>> {
    let mut body = object(body)?;
    let meta = record.meta();
    if let Some(id) = body.shift_remove("_id")
        && id != Value::String(meta.id.to_string())
    {
        return Err(Error::field(Code::InvalidValue, "_id", "_id cannot be changed."));
    }
    if let Some(by) = body.shift_remove("createdBy")
        && by != Value::String(meta.created_by.to_string())
    {
        return Err(Error::field(Code::Forbidden, "createdBy", "createdBy cannot be changed."));
    }
    force(&mut body, forced)?;
    let mut after = record.clone_box();
    apply(&mut after, body)?;
    rules::by_verb_only(Some(record), after.as_ref())?;
    difference(record, after.as_ref(), now)
}

/// A DELETE as a change: into the trash.
pub fn delete(record: &dyn Record, now: Millis) -> Change {
    of_trash(record, Op::Delete, now.0.into(), now)
}

/// Back out of the trash.
pub fn restore(record: &dyn Record, now: Millis) -> Change {
    of_trash(record, Op::Restore, Value::Null, now)
}

fn of_trash(record: &dyn Record, op: Op, value: Value, now: Millis) -> Change {
    let base = record.meta().deleted_at.map_or(Value::Null, |at| at.0.into());
    let edit = UnitEdit { value, base, base_version: record.meta().version, updated_at: now, seen: Millis(0) };
    let units = BTreeMap::from([(unit::DELETED.to_owned(), edit)]);
    Change { kind: record.kind().text().into(), id: record.meta().id, op, units }
}

fn object(body: Value) -> Result<Map<String, Value>> {
    match body {
        Value::Object(map) => Ok(map),
        _ => Err(Error::new(Code::Malformed, "The body is a JSON object.")),
    }
}

fn check_creator(body: &mut Map<String, Value>, me: Id) -> Result<()> {
    match body.shift_remove("createdBy") {
        Some(by) if by != Value::String(me.to_string()) => {
            Err(Error::field(Code::Forbidden, "createdBy", "createdBy is always the caller. Leave it out."))
        }
        _ => Ok(()),
    }
}

/// A POST names what has to be said, be it empty.
pub fn check_present(kind: Kind, body: &Value) -> Result<()> {
    let missing = kind.fields().iter().find(|f| f.present && body[f.json].is_null());
    match missing {
        Some(field) => Err(Error::field(Code::Required, field.json, format!("{} is needed.", field.label))),
        None => Ok(()),
    }
}

/// What the path says; a body that says otherwise is wrong.
fn force(body: &mut Map<String, Value>, forced: &[(&str, Value)]) -> Result<()> {
    for (name, value) in forced {
        match body.get(*name) {
            Some(said) if said != value => {
                return Err(Error::field(Code::InvalidValue, name, format!("{name} is another one than the path says.")));
            }
            _ => body.insert((*name).to_owned(), value.clone()),
        };
    }
    Ok(())
}

/// Sets what a body says. Computed fields that were only sent back are ignored, others set their typed one.
fn apply(record: &mut BoxedRecord, body: Map<String, Value>) -> Result<()> {
    let kind = record.kind();
    let said: Vec<String> = body.keys().cloned().collect();
    let before = record.clone();
    for (name, value) in body {
        if WRITTEN_BY_SERVER.contains(&name.as_str()) {
            continue;
        }
        let known = kind.index_of(&name).map(|index| (index, &kind.fields()[index]));
        let Some((index, field)) = known else {
            return Err(Error::field(Code::InvalidValue, &name, format!("{} have no field \"{name}\".", kind.text())));
        };
        match (field.owner, field.typed_as) {
            (Owner::User, _) => set(record, index, value)?,
            (Owner::Computed, Some(typed)) if record.get(index) != value => {
                let typed = kind.index_of(typed).ok_or_else(|| Error::internal("a typed field is missing"))?;
                set(record, typed, value)?;
            }
            _ => {}
        }
    }
    // What follows from a unit that was changed is computed anew unless the body says it.
    for unit in kind.fields().iter().filter(|f| f.follows).map(|f| f.unit()).collect::<BTreeSet<_>>() {
        if unit::get(before.as_ref(), unit)? != unit::get(record.as_ref(), unit)? {
            unit::forget_followers(record.as_mut(), unit, &said)?;
        }
    }
    Ok(())
}

fn set(record: &mut BoxedRecord, index: usize, value: Value) -> Result<()> {
    let field = &record.kind().fields()[index];
    if value.is_null() && field.required {
        return Err(Error::field(Code::Required, field.json, format!("{} is needed.", field.label)));
    }
    // A missing text is "" for fields that always have one.
    let value = if value.is_null() && !field.nullable { record.kind().blank().get(index) } else { value };
    record.set(index, value)
}

/// The id of a path segment, or 404: an id that cannot be is one that is not there.
pub fn path_id(text: &str) -> Result<Id> {
    text.parse().map_err(|_| Error::new(Code::NotFound, "There is no such record here."))
}
