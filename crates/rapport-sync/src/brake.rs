//! The brake: before much goes from this device in one run, the server is asked whether all of it shall go. No person is asked; if
//! the server does not say the same, the run ends and nothing goes.

use crate::scrub;
use crate::transport::Transport;
use rapport_model::wire::PROTOCOL;
use rapport_model::wire::agree::{REMOVALS_MAX, RemovalsRequest, Sum};
use rapport_model::{Code, Error, Id, Kind, Result, defect};
use rapport_store::Store;

/// Removals of one run that nobody is asked for.
pub const REMOVALS_FREE: i64 = 50;

/// The same as a share of what is held, in percent.
const FREE_PERCENT: i64 = 5;

/// What has gone in this run, and how much may.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Brake {
    gone: i64,
    free: i64,
}

impl Brake {
    pub fn new(free: i64) -> Brake {
        Brake { gone: 0, free }
    }

    /// Before these go. `NOT_FOUND` and everything else that is no answer stops the run, too.
    pub async fn pass(&mut self, store: &Store, transport: &dyn Transport, going: Vec<(Kind, Id)>) -> Result<()> {
        if going.is_empty() {
            return Ok(());
        }
        scrub::mark(store).await?;
        let gone = self.gone + i64::try_from(going.len()).unwrap_or(i64::MAX);
        let held = store.read_async(|tx| tx.held_count()).await?;
        if gone > self.free.max((held + self.gone) * FREE_PERCENT / 100) && !defect::on("brake does not hold") {
            for part in going.chunks(REMOVALS_MAX) {
                confirm(transport, part).await?;
            }
        }
        self.gone = gone;
        Ok(())
    }
}

async fn confirm(transport: &dyn Transport, going: &[(Kind, Id)]) -> Result<()> {
    let mut sum = Sum::default();
    going.iter().for_each(|(kind, id)| sum.add(*kind, *id, 0));
    let records = going.iter().map(|(kind, id)| (kind.text().to_owned(), *id)).collect();
    let said = match transport.removals(RemovalsRequest { protocol: PROTOCOL, records }).await {
        Err(error) if error.code == Code::NotFound => Sum::default(),
        said => said?.gone,
    };
    if said == sum {
        return Ok(());
    }
    tracing::error!(going = sum.rows, confirmed = said.rows, "more would go from this device than the server confirms");
    let message = format!(
        "{} records were to go from this device, and the server confirms {} of them. Nothing was removed. It is tried again; if this \
         stays, tell your administrator.",
        sum.rows, said.rows
    );
    Err(Error::new(Code::RemovalUnconfirmed, message))
}
