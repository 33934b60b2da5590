//! The state of sync, derived from facts; what the pill shows.

use rapport_model::{ErrorBody, Millis};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// There is no server.
    LocalOnly,
    #[default]
    Idle,
    Syncing,
    Offline,
    /// Work goes on; what waits is sent after signing in.
    SignInNeeded,
    Stopped,
}

#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    pub phase: Phase,
    /// Records with edits that the server has not answered.
    pub waiting: i64,
    /// Of the running round: records done, and all of them as far as known.
    pub done: i64,
    pub total: i64,
    /// Cards that wait for a decision.
    pub cards: i64,
    pub last_success: Option<Millis>,
    pub offline_since: Option<Millis>,
    pub error: Option<ErrorBody>,
    /// Server time minus device time, told when it is more than two minutes.
    pub skew_ms: Option<i64>,
    pub work_offline: bool,
    /// Customers that were not here as the server has them, and were read anew, ever; and when that was last.
    pub repaired: i64,
    pub repaired_at: Option<Millis>,
}
