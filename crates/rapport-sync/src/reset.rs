//! Reading everything anew: another life of the server, another schema, a cursor that says too little. Rows stay usable meanwhile,
//! what waits stays in line; what has not come again by the end is gone.

use crate::apply::let_go;
use crate::seal::key;
use crate::{download, identity};
use rapport_model::{Id, Kind, Millis, Result, Source, defect};
use rapport_store::Tx;
use rapport_store::outbox::Base;
use serde::{Deserialize, Serialize};

/// A reset under way.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resetting {
    /// The server lives on from an older backup.
    restored: bool,
}

/// Begins. A restored server is offered again what it had acknowledged and may have lost.
pub fn begin(tx: &mut Tx<'_>, source: &dyn Source, restored: bool) -> Result<()> {
    tx.outdate()?;
    tx.set_progress(key::RESETTING, &Some(Resetting { restored }))?;
    download::anew(tx)?;
    if restored {
        if !defect::on("lost is not offered again") {
            tx.remembered_offer()?;
        }
        identity::renew(tx, source)?;
    }
    Ok(())
}

pub(crate) fn is_under_way(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(tx.progress::<Option<Resetting>>(key::RESETTING)?.flatten().is_some())
}

/// Ends, when the last page is applied. Does nothing without a reset.
pub(crate) fn finish(tx: &mut Tx<'_>, now: Millis) -> Result<()> {
    let Some(Resetting { restored }) = tx.progress::<Option<Resetting>>(key::RESETTING)?.flatten() else { return Ok(()) };
    let mut customers: Vec<Id> = Vec::new();
    for kind in Kind::ALL.iter().filter(|kind| !Kind::COMPUTED.contains(kind)) {
        for id in tx.outdated(*kind)? {
            let Some(mut record) = tx.find(*kind, id)? else { continue };
            let lost = restored && (*kind == Kind::Customers || kind.is_child());
            if !tx.outbox_of(*kind, id)?.is_empty() {
                if lost {
                    // If nobody who made it offers it again, this device does.
                    tx.lost_row_put(*kind, id, &record.to_json(), now)?;
                }
                // What waits for it is judged by the server: it is not a create.
                tx.base_put(*kind, id, &Base { version: 0, record: None })?;
                record.meta_mut().version = 0;
                tx.put(record.as_ref())?;
                continue;
            }
            customers.extend(rapport_model::customer_of(record.as_ref()));
            let_go(tx, *kind, id)?;
            if lost {
                tx.lost_row_put(*kind, id, &record.to_json(), now)?;
            }
        }
    }
    tx.refresh_customers(&customers, now)?;
    tx.set_progress(key::RESETTING, &None::<Resetting>)
}
