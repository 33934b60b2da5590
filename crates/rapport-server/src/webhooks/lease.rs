//! One server at a time tells a receiver something, where several share a database.

use super::send::{Ready, letter};
use crate::office::Office;
use rapport_model::{Id, Millis, Result};
use rapport_store::Tx;
use rapport_store::webhooks::State;
use std::time::Duration;

/// What an attempt may take beside its request. A server that died in one holds its receiver up for no longer.
const MARGIN: Duration = Duration::from_secs(3);

/// The right to make one attempt.
#[derive(Clone, Copy)]
pub struct Lease {
    runner: Id,
    until: Millis,
}

impl Lease {
    /// Nothing where no other server can be.
    pub fn of(office: &Office, now: Millis) -> Option<Lease> {
        let ms = i64::try_from((office.hooks.options.timeout + MARGIN).as_millis()).unwrap_or(i64::MAX);
        office.orgs.folder().is_shared().then_some(Lease { runner: office.runner, until: Millis(now.0.saturating_add(ms)) })
    }

    /// Takes the lease of a delivery's receiver, and reads what is sent under it.
    pub fn letter(self, tx: &mut Tx<'_>, org: Id, delivery: Id, now: Millis) -> Result<Ready> {
        let Some(found) = tx.delivery_find(delivery)? else { return Ok(Ready::Over) };
        let name = name(found.webhook_id);
        if !tx.lease_take(&name, self.runner, self.until, now)? {
            return Ok(Ready::Elsewhere);
        }
        // Another server may have tried it since ours looked.
        let is_early = found.state == State::Retrying && found.next_at.is_some_and(|at| at > now);
        let ready = if is_early { Ready::Over } else { letter(tx, org, delivery, now)? };
        if matches!(ready, Ready::Over) {
            tx.lease_free(&name, self.runner)?;
        }
        Ok(ready)
    }

    /// Gives it back, if it is still ours.
    pub fn free(self, tx: &mut Tx<'_>, delivery: Id) -> Result<()> {
        match tx.delivery_find(delivery)? {
            Some(found) => tx.lease_free(&name(found.webhook_id), self.runner),
            None => Ok(()),
        }
    }
}

fn name(webhook: Id) -> String {
    format!("webhook {webhook}")
}
