//! Records as changes: what makes one, what turns one state into another, what is set by name.

use crate::mutation::{Change, Op, UnitEdit};
use crate::{Millis, Record, Result, unit};
use serde_json::Value;
use std::collections::BTreeMap;

/// A new record as the change that makes it: everything that differs from a blank, and everything required.
pub fn creation(record: &dyn Record, now: Millis) -> Result<Change> {
    let kind = record.kind();
    let mut units = edits(kind.blank().as_ref(), record, 0, now)?;
    for field in kind.fields().iter().filter(|f| f.required && f.travels()) {
        if !units.contains_key(field.unit()) {
            let value = unit::get(record, field.unit())?;
            let edit = UnitEdit { value, base: Value::Null, base_version: 0, updated_at: now, seen: Millis(0) };
            units.insert(field.unit().to_owned(), edit);
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

/// The change that turns `before` into `after`; `None` if they are the same.
pub fn difference(before: &dyn Record, after: &dyn Record, now: Millis) -> Result<Option<Change>> {
    let meta = before.meta();
    let units = edits(before, after, meta.version, now)?;
    Ok((!units.is_empty()).then(|| Change { kind: before.kind().text().into(), id: meta.id, op: Op::Put, units }))
}
