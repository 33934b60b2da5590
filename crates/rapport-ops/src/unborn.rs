//! Records whose create the server refused. They stay on the device, and the next edit makes them anew, as a whole.

use rapport_model::mutation::{Change, Op};
use rapport_model::{Field, Id, Kind, Result};
use rapport_store::Tx;
use serde_json::{Value, json};

/// Whether the server has no such record and nothing on the way makes it: its create was refused.
pub(crate) fn is_unborn(tx: &mut Tx<'_>, kind: Kind, id: Id) -> Result<bool> {
    let unknown = tx.base_find(kind, id)?.is_some_and(|base| base.version == 0 && base.record.is_none());
    if !unknown {
        return Ok(false);
    }
    let waiting = tx.outbox_of(kind, id)?;
    let mut changes = waiting.iter().flat_map(|w| &w.changes);
    // One that speaks of others too is theirs as well; it stays in line.
    Ok(changes.all(|change| change.id == id && !makes(kind, change)))
}

/// Takes edits out of the line that were on their way behind the refused create. By themselves they say too little, so the
/// server only ever held them; the row that is shown has what they said.
pub(crate) fn drop_followers(tx: &mut Tx<'_>, kind: Kind, id: Id) -> Result<()> {
    for waiting in tx.outbox_of(kind, id)? {
        tx.outbox_remove(waiting.seq)?;
    }
    Ok(())
}

/// Whether a change says enough for the server to make the record by it: what is required and has no default.
fn makes(kind: Kind, change: &Change) -> bool {
    let blank = kind.blank();
    let mut required = kind.fields().iter().enumerate().filter(|(_, field)| field.required && field.travels());
    let said = |(index, field): (usize, &Field)| change.units.contains_key(field.unit()) || !is_empty(&blank.get(index));
    change.op == Op::Put && required.all(said)
}

fn is_empty(value: &Value) -> bool {
    *value == json!("") || *value == json!(Id::NIL)
}
