//! What a server that was restored from a backup has lost, as far as those tell who had seen it.

use super::{Effects, Judge, Stop};
use crate::world::Slot;
use rapport_model::merge::Logged;
use rapport_model::mutation::{Change, Mutation};
use rapport_model::version::Version;
use rapport_model::{Code, Error, Result, defect, unit};
use rapport_store::Tx;
use rapport_store::lives::Lives;
use serde_json::Value;

/// The lives of this database, where one of these mutations says what its author saw in an earlier one.
pub(in crate::accept) fn lives_spoken_of(tx: &mut Tx<'_>, mutations: &[&Mutation], epoch: i64) -> Result<Option<Lives>> {
    let edits = mutations.iter().flat_map(|mutation| &mutation.changes).flat_map(|change| change.units.values());
    let earlier = edits.map(|edit| edit.base_version).any(|seen| seen > 0 && Version(seen).epoch() != epoch);
    if earlier { tx.lives().map(Some) } else { Ok(None) }
}

impl Judge<'_, '_, '_> {
    fn lost(&self, version: i64) -> bool {
        version > 0 && self.lives.is_some_and(|lives| lives.lost(version))
    }

    /// An edit of a record that was lost waits: whoever made it offers it again, or its author does from her copy. Who works on while
    /// everything is read anew does not say any more in which life she saw it.
    pub(super) fn waits_for_lost(&self, change: &Change) -> Result<(), Stop> {
        let lost = change.units.values().any(|edit| edit.base_version < 0 || self.lost(edit.base_version));
        if lost && !defect::on("edit of what is lost is refused") { Err(Stop::Held(vec![change.id])) } else { Ok(()) }
    }

    /// What the author saw and wrote over, where this database has lost it: it stands in the history all the same.
    pub(super) fn seen_and_lost(&self, held: &Slot, change: &Change, effects: &mut Effects) -> Result<()> {
        for (name, edit) in &change.units {
            let told = self.lost(edit.base_version) && !edit.base.is_null() && edit.base != edit.value;
            if defect::on("seen and lost is not told")
                || !told
                || name == unit::DELETED
                || unit::get(held.record.as_ref(), name)? == edit.base
            {
                continue;
            }
            let (unit, before, after): (_, Value, Value) = (name.clone(), edit.base.clone(), edit.value.clone());
            let logged = Logged { unit, before, after, overridden: false, lost_by: None };
            effects.lines.push((held.record.kind(), change.id, logged));
        }
        Ok(())
    }
}

/// What was saved as a whole is done as a whole. The rest of a mutation whose other records have left its author's device is shown to
/// her; of a batch each record stands for itself.
pub(super) fn whole(mutation: &Mutation) -> Result<(), Stop> {
    if !mutation.parted || mutation.batch_id.is_some() || defect::on("a part is done by itself") {
        return Ok(());
    }
    let message = "The server was restored from a backup and has lost this change. It was saved together with changes of records \
                   that are not on this device any more, so it was not made again by itself.";
    Err(Error::new(Code::Gone, message).into())
}
