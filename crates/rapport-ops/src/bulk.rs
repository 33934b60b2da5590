//! Bulk edits: one wish for many records. It is tried on each of them before it is done, so that a preview says what would
//! change and what would be refused; done, it is one transaction, and one undo takes it back.

use crate::commands::Ctx;
use crate::queries::{kind_of, object};
use crate::save::{How, Saved, save};
use rapport_model::mutation::{CHANGES_MAX, Change, Op, UnitEdit};
use rapport_model::{Code, Error, Id, Kind, Millis, Result, kind, unit};
use rapport_store::Tx;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// Records of one bulk edit at most.
pub const RECORDS_MAX: usize = 5000;

/// Records that a preview shows with their values.
const SHOWN_MAX: usize = 100;

/// Records of one mutation: half of what one may hold, since rules add changes of their own.
const PART_RECORDS: usize = CHANGES_MAX / 2;

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkArgs {
    kind: String,
    ids: Vec<Id>,
    #[serde(default)]
    units: Map<String, Value>,
    #[serde(default)]
    delete: bool,
    #[serde(default)]
    dry_run: bool,
}

/// What a wish comes to for one record.
enum Fate {
    /// It is so already.
    Unchanged,
    Changes(Vec<(String, Value, Value)>),
    Refused(Error),
}

/// `records.bulk`.
pub fn bulk(args: BulkArgs, ctx: &Ctx) -> Result<Value> {
    let kind = kind_of(&args.kind)?;
    if args.ids.len() > RECORDS_MAX {
        return Err(Error::new(Code::TooLarge, format!("One bulk edit changes at most {RECORDS_MAX} records.")));
    }
    if args.dry_run { preview(ctx, kind, args) } else { perform(ctx, kind, args) }
}

fn perform(ctx: &Ctx, kind: Kind, args: BulkArgs) -> Result<Value> {
    let (actor, now) = (ctx.actor, ctx.source.now());
    ctx.store.write(move |tx| {
        let (mut changed, mut undo) = (0, Vec::new());
        for part in args.ids.chunks(PART_RECORDS) {
            let mut edits = Vec::new();
            for id in part {
                edits.extend(edit(tx, kind, *id, &args, now)?);
            }
            changed += edits.len();
            let saved: Saved = save(tx, actor, now, edits, None, How::Form)?;
            undo.splice(0..0, saved.undo);
        }
        Ok(object([("changed", changed.into()), ("undo", json!(undo))]))
    })
}

/// The edit of one record; `None` if it is as wished already.
fn edit(tx: &mut Tx<'_>, kind: Kind, id: Id, args: &BulkArgs, now: Millis) -> Result<Option<Change>> {
    let record = tx.get(kind, id)?;
    let change = |op, units| Change { kind: kind.text().to_owned(), id, op, units };
    if args.delete {
        return Ok(record.meta().deleted_at.is_none().then(|| change(Op::Delete, BTreeMap::new())));
    }
    let base_version = record.meta().version;
    let mut units = BTreeMap::new();
    for (name, value) in &args.units {
        let base = unit::get(record.as_ref(), name)?;
        if !holds(&base, value) {
            units.insert(name.clone(), UnitEdit { value: value.clone(), base, base_version, updated_at: now, seen: Millis(0) });
        }
    }
    Ok((!units.is_empty()).then(|| change(Op::Put, units)))
}

/// Whether a unit stands as wished; of a group, the fields that the wish names. A word that is not in a set is null or false.
fn holds(stands: &Value, wish: &Value) -> bool {
    match (stands, wish) {
        (Value::Object(stands), Value::Object(wish)) => {
            // A reason belongs to a change of the status; alone it is none.
            wish.iter().filter(|(name, _)| *name != "statusReason").all(|(name, value)| stands.get(name) == Some(value))
        }
        (Value::Null | Value::Bool(false), Value::Null | Value::Bool(false)) => true,
        (stands, wish) => stands == wish,
    }
}

fn preview(ctx: &Ctx, kind: Kind, args: BulkArgs) -> Result<Value> {
    let args = Arc::new(args);
    let (mut fits, mut unchanged, mut shown, mut refused) = (Vec::new(), 0, Vec::new(), Vec::new());
    for id in &args.ids {
        let (title, fate) = attempt(ctx, kind, *id, &args)?;
        match fate {
            Fate::Unchanged => unchanged += 1,
            Fate::Changes(units) => {
                fits.push(*id);
                if shown.len() < SHOWN_MAX {
                    let line = |(unit, before, after)| json!({ "unit": unit, "before": before, "after": after });
                    let units: Vec<Value> = units.into_iter().map(line).collect();
                    shown.push(json!({ "id": id, "name": title, "units": units }));
                }
            }
            Fate::Refused(error) => refused.push(json!({ "id": id, "name": title, "error": error.body("") })),
        }
    }
    Ok(object([
        ("fits", json!(fits)),
        ("unchanged", unchanged.into()),
        ("shown", Value::Array(shown)),
        ("refused", Value::Array(refused)),
    ]))
}

/// Does it to one record as if it were meant, reads what became of it, and takes everything back.
fn attempt(ctx: &Ctx, kind: Kind, id: Id, args: &Arc<BulkArgs>) -> Result<(String, Fate)> {
    let (actor, now) = (ctx.actor, ctx.source.now());
    let found: Arc<Mutex<Option<(String, Fate)>>> = Arc::default();
    let (out, args) = (found.clone(), args.clone());
    let result = ctx.store.write(move |tx| -> Result<()> {
        let before = tx.get(kind, id)?;
        let title = kind::title(before.as_ref());
        let fate = match edit(tx, kind, id, &args, now)? {
            None => Fate::Unchanged,
            Some(edit) => match save(tx, actor, now, vec![edit], None, How::Form) {
                Ok(_) => {
                    let after = tx.get(kind, id)?;
                    let units = unit::differences(before.as_ref(), after.as_ref())?;
                    Fate::Changes(units.into_iter().map(|(unit, (old, new))| (unit, old, new)).collect())
                }
                Err(error) => Fate::Refused(error),
            },
        };
        if let Ok(mut out) = out.lock() {
            *out = Some((title, fate));
        }
        // An error is what undoes the transaction.
        Err(Error::internal("only tried"))
    });
    let told = found.lock().ok().and_then(|mut found| found.take());
    match (told, result) {
        (Some(told), _) => Ok(told),
        (None, Err(error)) => Err(error),
        (None, Ok(())) => Err(Error::internal("nothing was tried")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_so_already_is_no_change() {
        assert!(holds(&json!({ "status": "lead", "isActive": true }), &json!({ "status": "lead", "statusReason": "x" })));
        assert!(!holds(&json!({ "status": "lead" }), &json!({ "status": "active" })));
        assert!(holds(&Value::Null, &json!(false)));
        assert!(!holds(&Value::Null, &json!(true)));
        assert!(holds(&json!("u"), &json!("u")));
    }
}
