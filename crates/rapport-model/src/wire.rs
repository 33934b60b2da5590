//! What a device and the server say to each other. JSON; names are camelCase; every list has a limit.

pub mod agree;
pub mod snapshot;

use crate::mutation::{Mutation, Outcome};
use crate::{Id, Millis};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The protocol that this end speaks. An end answers `CLIENT_TOO_OLD` only to a pull; a push is always taken.
pub const PROTOCOL: i64 = 1;

/// The oldest protocol whose pulls this end still answers.
pub const PROTOCOL_MIN: i64 = 1;

/// Mutations of one push at most.
pub const PUSH_MUTATIONS_MAX: usize = 500;

/// Bytes of a push body at most.
pub const PUSH_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Log entries of one pull page at most.
pub const PULL_ENTRIES_MAX: usize = 2000;

/// The header by which an answer to a pull that brought nothing gives the question a tag.
pub const SAME: &str = "x-rapport-same";

/// The header that says the server's time where there is no body, in ms.
pub const NOW: &str = "x-rapport-now";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PushRequest {
    pub protocol: i64,
    pub mutations: Vec<Mutation>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PushAnswer {
    pub outcomes: Vec<Outcome>,
    pub server_time: Millis,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PullRequest {
    pub protocol: i64,
    /// `None` = from the beginning.
    pub cursor: Option<String>,
    pub limit: usize,
    /// The schema that the device has tables for; 0 = it does not say.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub schema: i64,
    /// Where its chain of mutations ends, told with the first pull of a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain: Option<ChainEnd>,
    /// What was answered just now: it is not sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledged>,
    /// What an administrator is told of the device; told again when it changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
}

/// Mutations of a device, by their places in its chain, whose answers it holds: the rows that they wrote came with those.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    pub epoch: Id,
    pub from: i64,
    pub to: i64,
}

impl Acknowledged {
    /// Those of a push.
    pub fn of(mutations: &[Mutation]) -> Option<Acknowledged> {
        let epoch = mutations.first()?.epoch;
        let places = || mutations.iter().map(|mutation| mutation.n);
        Some(Acknowledged { epoch, from: places().min()?, to: places().max()? })
    }

    /// From the first of both to the last. A device answers for all between: it pushes in order.
    pub fn joined(one: Option<Acknowledged>, other: Option<Acknowledged>) -> Option<Acknowledged> {
        match (one, other) {
            (Some(one), Some(other)) if one.epoch == other.epoch => {
                Some(Acknowledged { epoch: one.epoch, from: one.from.min(other.from), to: one.to.max(other.to) })
            }
            (one, other) => other.or(one),
        }
    }

    pub fn holds(&self, epoch: Id, n: i64) -> bool {
        self.epoch == epoch && (self.from..=self.to).contains(&n)
    }
}

/// What a device says of itself, for the list of devices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct About {
    /// The program's version, and the schema of its store.
    pub app: String,
    pub schema: i64,
    /// Records that wait to be sent, and since when the longest one does, by the device's own clock.
    pub waiting: i64,
    pub oldest: Option<Millis>,
    /// Server time minus the device's own, as it was measured last.
    pub skew_ms: i64,
}

impl About {
    /// Whether somebody who was told the other would learn nothing from this one: clocks drift by seconds.
    pub fn says_the_same(&self, other: &About) -> bool {
        const DRIFT_MS: i64 = 60_000;
        let drifted = self.skew_ms.abs_diff(other.skew_ms) > DRIFT_MS.unsigned_abs();
        !drifted && *self == About { skew_ms: self.skew_ms, ..other.clone() }
    }
}

fn is_zero(n: &i64) -> bool {
    *n == 0
}

/// The end of a device's chain of sealed mutations. A store that was restored or copied says less, or something else, than the
/// server has had from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChainEnd {
    pub epoch: Id,
    pub n: i64,
    pub hash: String,
}

crate::choice! {
    What {
        Record "record", Tombstone "tombstone",
        /// The record left what this device may hold.
        Leave "leave",
        /// The record lives on under another id.
        Alias "alias",
    }
}

/// One log entry, newest state only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub what: What,
    pub kind: String,
    pub id: Id,
    pub version: i64,
    /// The mutation that wrote it, if a device did; ends that device's outbox entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mutation_id: Option<Id>,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub record: Value,
    /// What the device may hold of it changed, not the record: it replaces what is held whatever its version.
    #[serde(default, skip_serializing_if = "is_false")]
    pub anew: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PullAnswer {
    pub entries: Vec<Entry>,
    pub cursor: String,
    pub more: bool,
    /// Entries that still wait behind this page.
    pub left: i64,
    /// The cursor was of another life of the server: forget what it read, start from the beginning, keep the outbox.
    #[serde(default)]
    pub reset: bool,
    /// The server lives on from an older backup: what it had acknowledged since then is offered to it again.
    #[serde(default, skip_serializing_if = "is_false")]
    pub restored: bool,
    pub server_time: Millis,
    /// What was acknowledged before is on the server's backup; `None` = nobody made one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub durable_at: Option<Millis>,
}
