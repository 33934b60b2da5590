//! Work on a customer that went into the archive meanwhile takes it out again.

use super::{Effects, Judge};
use crate::world::Slot;
use rapport_model::customer::Status;
use rapport_model::merge::Logged;
use rapport_model::{Customer, Kind};
use serde_json::{Value, json};

impl Judge<'_, '_, '_> {
    /// `seen` is what the author had seen of what she changed. As with everything that the server mends, the stamp stays. Returns
    /// whether it was taken out.
    pub(super) fn out_of_archive(&mut self, slot: &mut Slot, seen: i64, effects: &mut Effects) -> bool {
        let unseen = !self.strict && slot.stamps.of("archivedAt").version > seen;
        let Some(customer) = slot.record.of_mut::<Customer>().filter(|_| unseen) else { return false };
        let Some(archived_at) = customer.archived_at.take() else { return false };
        customer.is_active = customer.status != Status::Inactive;
        customer.meta.version = self.sequence.draw();
        let (unit, before, after) = ("archivedAt".to_owned(), json!(archived_at), Value::Null);
        let logged = Logged { unit, before, after, overridden: false, lost_by: None };
        effects.lines.push((Kind::Customers, customer.meta.id, logged));
        effects.joined = true;
        true
    }
}
