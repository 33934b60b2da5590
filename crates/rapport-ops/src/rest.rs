//! REST bodies as changes. A body in exactly the seed shape is a change as it stands.

use rapport_model::mutation::{Change, Op, UnitEdit};
use rapport_model::{Actor, BoxedRecord, Code, Error, Id, Interaction, Kind, Millis, Owner, Record, Result, Source, unit};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Fields of every record that a body may repeat and that the server writes itself.
const WRITTEN_BY_SERVER: &[&str] = &["createdAt", "updatedAt", "deletedAt", "version", "orgId"];

/// A POST body as changes: the record, and the nested `primaryContact` of a customer behind it. `forced` are fields of the path.
pub fn create(kind: Kind, body: Value, forced: &[(&str, Value)], actor: &Actor, source: &dyn Source) -> Result<Vec<Change>> {
    let mut body = object(body)?;
    let nested = if kind == Kind::Customers { body.shift_remove("primaryContact") } else { None };
    let id = match body.shift_remove("_id") {
        Some(Value::String(text)) => text.parse().map_err(|_| Error::field(Code::InvalidValue, "_id", "_id is a UUID."))?,
        Some(_) => return Err(Error::field(Code::InvalidValue, "_id", "_id is a UUID.")),
        None => source.id(),
    };
    check_creator(&mut body, actor)?;
    force(&mut body, forced)?;
    let now = source.now();
    let mut record = kind.blank();
    if let Some(interaction) = record.of_mut::<Interaction>() {
        interaction.interaction_date = now;
        interaction.assigned_to = actor.user;
    }
    apply(&mut record, body)?;
    record.meta_mut().id = id;
    let mut changes = vec![creation(record.as_ref(), now)?];
    if let Some(nested) = nested {
        let forced = [("customerId", Value::String(id.to_string())), ("isPrimary", Value::Bool(true))];
        changes.extend(create(Kind::Contacts, nested, &forced, actor, source)?);
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
    let units = edits(record, after.as_ref(), meta.version, now)?;
    Ok((!units.is_empty()).then(|| Change { kind: record.kind().text().into(), id: meta.id, op: Op::Put, units }))
}

/// A DELETE as a change: into the trash.
pub fn delete(record: &dyn Record, now: Millis) -> Change {
    let edit = UnitEdit {
        value: now.0.into(),
        base: Value::Null,
        base_version: record.meta().version,
        updated_at: now,
        seen: Millis(0),
    };
    Change {
        kind: record.kind().text().into(),
        id: record.meta().id,
        op: Op::Delete,
        units: BTreeMap::from([(unit::DELETED.to_owned(), edit)]),
    }
}

/// A new record as the change that makes it: everything that differs from a blank, and everything required.
pub fn creation(record: &dyn Record, now: Millis) -> Result<Change> {
    let kind = record.kind();
    let blank = kind.blank();
    let mut units = edits(blank.as_ref(), record, 0, now)?;
    for field in kind.fields().iter().filter(|f| f.required && f.travels()) {
        if !units.contains_key(field.unit()) {
            let value = unit::get(record, field.unit())?;
            units.insert(
                field.unit().to_owned(),
                UnitEdit { value, base: Value::Null, base_version: 0, updated_at: now, seen: Millis(0) },
            );
        }
    }
    units.values_mut().for_each(|edit| edit.base = Value::Null);
    Ok(Change { kind: kind.text().into(), id: record.meta().id, op: Op::Put, units })
}

/// Every unit in which two states differ, as edits of the first.
pub fn edits(before: &dyn Record, after: &dyn Record, base_version: i64, now: Millis) -> Result<BTreeMap<String, UnitEdit>> {
    let differences = unit::differences(before, after)?;
    let edit = |(name, (base, value))| (name, UnitEdit { value, base, base_version, updated_at: now, seen: Millis(0) });
    Ok(differences.into_iter().map(edit).collect())
}

fn object(body: Value) -> Result<Map<String, Value>> {
    match body {
        Value::Object(map) => Ok(map),
        _ => Err(Error::new(Code::Malformed, "The body is a JSON object.")),
    }
}

fn check_creator(body: &mut Map<String, Value>, actor: &Actor) -> Result<()> {
    match body.shift_remove("createdBy") {
        Some(by) if by != Value::String(actor.user.to_string()) => {
            Err(Error::field(Code::Forbidden, "createdBy", "createdBy is always the caller. Leave it out."))
        }
        _ => Ok(()),
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
