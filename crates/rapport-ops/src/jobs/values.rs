//! The check of figures: what is stored of every customer against what its records say.

use super::Run;
use crate::accept::Context;
use rapport_model::{Kind, Result};
use rapport_store::Tx;
use serde_json::json;

const CUSTOMERS_MAX: usize = 100;

/// Differences are mended at once and told by name, as far as the report has room.
pub fn step(tx: &mut Tx<'_>, at: &Context<'_>, run: &mut Run) -> Result<bool> {
    let ids = tx.ids_after(Kind::Customers, run.after(), CUSTOMERS_MAX)?;
    for (id, differing) in tx.recheck_customers(&ids, at.now)? {
        run.report.count("mended", 1);
        run.report.remark(|| format!("customer {id}: {}", differing.join(", ")));
    }
    run.report.count("checked", ids.len());
    run.place = ids.last().map(|id| json!(id)).unwrap_or_default();
    Ok(!ids.is_empty())
}
