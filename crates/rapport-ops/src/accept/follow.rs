//! What follows from what was written: the computed fields of the customers it hangs on.

use crate::world::Slot;
use rapport_model::{Id, Kind, Millis, Result, customer_of};
use rapport_store::Tx;
use rapport_store::log::Sequence;
use std::collections::{BTreeSet, HashSet};

/// Customers whose derived fields follow what was written.
pub(super) struct Touched {
    pub customers: Vec<Id>,
    /// Those among them that were made just now, with nothing that hangs on them.
    childless: HashSet<Id>,
}

impl Touched {
    /// By these; what is quiet bears on nothing.
    pub fn by(dirty: &[Slot], quiet: &HashSet<Id>) -> Touched {
        let (mut customers, mut new, mut parents) = (BTreeSet::new(), HashSet::new(), HashSet::new());
        for slot in dirty.iter().filter(|slot| !quiet.contains(&slot.record.meta().id)) {
            let owner = customer_of(slot.record.as_ref());
            customers.extend(owner);
            customers.extend(slot.hung_on);
            match slot.record.kind() {
                Kind::Customers if slot.is_new() => new.extend(owner),
                Kind::Customers => {}
                _ => parents.extend(owner.into_iter().chain(slot.hung_on)),
            }
        }
        let childless = new.difference(&parents).copied().collect();
        Touched { customers: customers.into_iter().collect(), childless }
    }
}

/// Computes the derived fields of these customers anew, and notes those that moved.
pub(super) fn refresh(tx: &mut Tx<'_>, touched: &Touched, sequence: &mut Sequence, now: Millis) -> Result<()> {
    let moved = tx.refresh_knowing(&touched.customers, &touched.childless, now)?;
    if moved.is_empty() { Ok(()) } else { tx.customers_moved(&moved, sequence.draw()) }
}
