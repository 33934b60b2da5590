//! A customer that a device merged into another one: what others hung on it meanwhile goes along.

use super::{Effects, Judge, Stop};
use crate::world::Slot;
use rapport_model::customer::{MERGED, Merged};
use rapport_model::merge::Logged;
use rapport_model::mutation::Change;
use rapport_model::stamp::Stamp;
use rapport_model::{Error, Id, clock};
use serde_json::json;

impl Judge<'_, '_, '_> {
    /// Moves what its author had not seen, and says in the change that it was moved, so that it finds its way back.
    pub(super) fn with_stragglers(&mut self, held: &Slot, change: &Change, effects: &mut Effects) -> Result<Change, Stop> {
        let mut change = change.clone();
        let Some(edit) = change.units.get_mut(MERGED) else { return Ok(change) };
        let Ok(mut merged) = serde_json::from_value::<Merged>(edit.value.clone()) else { return Ok(change) };
        let from = held.record.meta().id;
        if merged.into == from || held.record.meta().deleted_at.is_some() {
            return Ok(change);
        }
        for mut slot in self.world.children(from)? {
            let (kind, id) = (slot.record.kind(), slot.record.meta().id);
            let index = kind.index_of("customerId").ok_or_else(|| Error::internal("a child without a customer"))?;
            let (before, after) = (slot.record.get(index), json!(merged.into));
            slot.record.set(index, after.clone())?;
            let version = self.sequence.draw();
            let based_on = slot.stamps.of("customerId").updated_at;
            let updated_at = clock::cut(edit.updated_at, self.at.now, based_on);
            slot.stamps.put("customerId", Stamp { version, updated_at, device: self.actor.device, user: self.actor.user });
            slot.record.meta_mut().version = version;
            slot.record.meta_mut().updated_at = slot.stamps.latest();
            // The mutation does not name it, so its answer does not bring it.
            slot.dirty = Some(slot.dirty.unwrap_or(Id::NIL));
            self.world.put(slot);
            merged.moved.entry(kind.text().to_owned()).or_default().push(id);
            let logged = Logged { unit: "customerId".to_owned(), before, after, overridden: false, lost_by: None };
            effects.lines.push((kind, id, logged));
        }
        edit.value = serde_json::to_value(merged).map_err(Error::internal)?;
        Ok(change)
    }
}
