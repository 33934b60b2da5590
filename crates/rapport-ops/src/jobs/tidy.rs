//! Emptying the trash, and forgetting what nobody can ask for any more.

use super::{DAY_MS, Run};
use crate::accept::{self, Context, Why};
use crate::webhooks::LOG_MS;
use rapport_model::{Id, Kind, Millis, Result};
use rapport_store::Tx;

const TRASH_MS: i64 = 30 * DAY_MS;

/// Tombstones, and the answers to mutations, are kept so long.
const KEPT_MS: i64 = 365 * DAY_MS;

/// How long an answer is kept for the key of its request.
pub const ANSWERS_MS: i64 = DAY_MS;

/// Records of one step; a customer goes with all that hangs on it, however much that is.
const RECORDS_MAX: usize = 200;

/// Kinds that the trash is emptied of, customers first. People and teams stay: others' records name them.
const KINDS: &[Kind] = &[
    Kind::Customers,
    Kind::Quotes,
    Kind::Orders,
    Kind::Interactions,
    Kind::Attachments,
    Kind::Contacts,
    Kind::Items,
    Kind::SavedViews,
    Kind::Snippets,
    Kind::Templates,
    Kind::ImportBatches,
    Kind::Settings,
    Kind::Cards,
];

pub fn trash(tx: &mut Tx<'_>, at: &Context<'_>, run: &mut Run) -> Result<bool> {
    let before = Millis(at.now.0 - TRASH_MS);
    for kind in KINDS {
        let limit = if *kind == Kind::Customers { 20 } else { RECORDS_MAX };
        let ids = tx.trash_before(*kind, before, limit)?;
        if ids.is_empty() {
            continue;
        }
        let mut records: Vec<(Kind, Id)> = Vec::new();
        for id in ids {
            match kind {
                Kind::Customers if records.len() >= RECORDS_MAX => break,
                Kind::Customers => records.append(&mut accept::family(tx, id)?),
                _ => records.push((*kind, id)),
            }
        }
        run.report.count("purged", accept::purge(tx, at, &records, Why::Purged)?);
        return Ok(true);
    }
    Ok(false)
}

pub fn clean_up(tx: &mut Tx<'_>, at: &Context<'_>, run: &mut Run) -> Result<bool> {
    let before = Millis(at.now.0 - KEPT_MS);
    let stones = tx.tombstones_before(before, RECORDS_MAX)?;
    tx.tombstones_forget(&stones)?;
    let outcomes = tx.outcomes_forget(before, RECORDS_MAX)?;
    run.report.count("tombstones", stones.len());
    run.report.count("outcomes", outcomes);
    run.report.count("answers", tx.answers_forget(Millis(at.now.0 - ANSWERS_MS))?);
    run.report.count("links", tx.enrolments_expire(at.now)?);
    let deliveries = tx.deliveries_forget(Millis(at.now.0 - LOG_MS), RECORDS_MAX)?;
    run.report.count("deliveries", deliveries);
    if !tx.webhooks_listen()? {
        tx.events_forget(i64::MAX)?;
    }
    Ok(!stones.is_empty() || outcomes > 0 || deliveries > 0)
}
