//! Cards: made on a device for what the server refused, resolved by taking a side.

use crate::save::{How, save};
use crate::unborn::{drop_followers, is_unborn};
use rapport_model::mutation::{Change, Op, UnitEdit};
use rapport_model::{Actor, Card, Code, Error, Id, Kind, Millis, Result, customer_of, unit};
use rapport_store::Tx;
use serde_json::Value;
use std::collections::BTreeMap;

/// Resolves a card. `mine` writes the lost value again on top of what stands now; `theirs` and `dismiss` leave what stands.
pub fn resolve(tx: &mut Tx<'_>, actor: Actor, now: Millis, id: Id, choice: &str) -> Result<()> {
    let card = tx.get_as::<Card>(id)?;
    match choice {
        "mine" => take_mine(tx, actor, now, &card)?,
        "theirs" | "dismiss" => let_go(tx, &card)?,
        _ => return Err(Error::field(Code::InvalidValue, "choice", "Choose mine, theirs or dismiss.")),
    }
    if card.meta.version == 0 {
        // The card was made on this device and lives here alone.
        let mut card = card;
        card.resolved_at = Some(now);
        return tx.put(&card);
    }
    let edit =
        UnitEdit { value: now.0.into(), base: Value::Null, base_version: card.meta.version, updated_at: now, seen: Millis(0) };
    let change =
        Change { kind: Kind::Cards.text().into(), id, op: Op::Put, units: BTreeMap::from([("resolvedAt".to_owned(), edit)]) };
    save(tx, actor, now, vec![change], None, How::Form).map(drop)
}

/// Who lets go of a refused create takes it off this device; what hangs on it has to be decided first.
fn let_go(tx: &mut Tx<'_>, card: &Card) -> Result<()> {
    let kind = crate::queries::kind_of(&card.record_kind)?;
    if card.kind != "refused" || !is_unborn(tx, kind, card.record_id)? {
        return Ok(());
    }
    if kind == Kind::Customers {
        for child in Kind::CHILDREN {
            if !tx.having(*child, "customerId", &card.record_id.to_string().into())?.is_empty() {
                let message =
                    "Contacts, calls or quotes wait for this customer. Correct it and send it again, or delete them first.";
                return Err(Error::new(Code::WorkWaiting, message));
            }
        }
    }
    let owner = tx.find(kind, card.record_id)?.filter(|record| record.kind().is_child()).and_then(|r| customer_of(r.as_ref()));
    drop_followers(tx, kind, card.record_id)?;
    tx.base_remove(kind, card.record_id)?;
    tx.remove(kind, card.record_id)?;
    tx.drop_search(card.record_id)?;
    tx.refresh_customers(&owner.into_iter().collect::<Vec<_>>(), card.at).map(drop)
}

fn take_mine(tx: &mut Tx<'_>, actor: Actor, now: Millis, card: &Card) -> Result<()> {
    let kind = crate::queries::kind_of(&card.record_kind)?;
    let change = |op, units| Change { kind: card.record_kind.clone(), id: card.record_id, op, units };
    if card.kind == "refused" {
        // The whole refused change, on top of what stands now.
        let mut again: Change = serde_json::from_value(card.mine.0.clone()).map_err(Error::internal)?;
        let version = tx.find(kind, again.id)?.map_or(0, |r| r.meta().version);
        again.units.values_mut().for_each(|edit| edit.base_version = version);
        return save(tx, actor, now, vec![again], None, How::Form).map(drop);
    }
    let stands = tx.get(kind, card.record_id)?;
    let version = stands.meta().version;
    if card.unit == unit::DELETED {
        let op = if card.mine.0.is_null() { Op::Restore } else { Op::Delete };
        return save(tx, actor, now, vec![change(op, BTreeMap::new())], None, How::Form).map(drop);
    }
    let base = unit::get(stands.as_ref(), &card.unit)?;
    let edit = UnitEdit { value: card.mine.0.clone(), base, base_version: version, updated_at: now, seen: Millis(0) };
    let units = BTreeMap::from([(card.unit.clone(), edit)]);
    save(tx, actor, now, vec![change(Op::Put, units)], None, How::Form).map(drop)
}
