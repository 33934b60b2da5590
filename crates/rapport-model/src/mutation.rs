//! Mutations: one saved transaction, applied or refused as a whole.

use crate::{Error, ErrorBody, Id, Millis};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Changes of one mutation at most.
pub const CHANGES_MAX: usize = 200;

crate::choice! {
    /// What a change does; an end that does not know a verb refuses it. Merging a customer puts it into the trash with the name
    /// of the one that it lives on in; merging what hangs on it moves that there.
    Op { Put "put", Delete "delete", Restore "restore", Merge "merge", Send "send", Convert "convert" }
}

/// One unit of a change: its value, and what its author saw when the form opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnitEdit {
    pub value: Value,
    /// The value that the author saw.
    #[serde(default)]
    pub base: Value,
    /// The version of the record that the author saw; 0 = it did not exist.
    #[serde(default)]
    pub base_version: i64,
    /// Before sealing the raw wall reading, from sealing on the stamp.
    #[serde(default)]
    pub updated_at: Millis,
    /// Before sealing the highest server-given stamp that was known when it was typed; from sealing on nothing.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub seen: Millis,
}

fn is_nothing(at: &Millis) -> bool {
    at.0 == 0
}

/// What happens to one record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The record type; text, because a newer end may know more of them.
    pub kind: String,
    pub id: Id,
    pub op: Op,
    #[serde(default)]
    pub units: BTreeMap<String, UnitEdit>,
}

impl Change {
    /// Whether the author made the record with this change.
    pub fn creates(&self) -> bool {
        self.op == Op::Put && self.units.values().all(|unit| unit.base_version == 0)
    }

    /// The highest version its author had seen.
    pub fn base_version(&self) -> i64 {
        self.units.values().map(|unit| unit.base_version).max().unwrap_or(0)
    }

    pub fn updated_at(&self) -> Millis {
        self.units.values().map(|unit| unit.updated_at).max().unwrap_or_default()
    }
}

/// One saved transaction, sealed: from here on it never changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mutation {
    pub mutation_id: Id,
    /// One life of the device's store.
    pub epoch: Id,
    /// Counts up by one within the epoch.
    pub n: i64,
    /// The hash of the mutation before, "" for the first.
    pub prev: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_id: Option<Id>,
    /// Offered again to a server that was restored, without the changes of records that have left the device since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub parted: bool,
    pub changes: Vec<Change>,
}

impl Mutation {
    /// SHA-256 of the JSON form, in hex; the next mutation's `prev`.
    pub fn hash(&self) -> Result<String, Error> {
        let json = serde_json::to_vec(self).map_err(Error::internal)?;
        Ok(Sha256::digest(&json).iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

crate::choice! {
    /// How a mutation ended.
    Ending {
        Applied "applied",
        /// Applied after joining with others' edits.
        Merged "merged",
        /// Not valid, against a rule, or never permitted; shown on a card.
        Refused "refused",
        /// Depends on something refused or unknown; judged again when it comes again.
        Held "held",
        /// Not permitted any more; handed to the present owner.
        Late "late",
    }
}

/// A record as the device may see it now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub kind: String,
    pub id: Id,
    pub version: i64,
    /// `None` = the device may not see it.
    pub record: Option<Value>,
}

/// A value that did not stand, and the one that did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Overridden {
    pub kind: String,
    pub id: Id,
    pub unit: String,
    /// The value that did not stand.
    pub lost: Value,
    /// The value that stands.
    pub stands: Value,
    /// Who wrote the value that did not stand.
    pub by: Id,
    pub at: Millis,
}

/// The answer to one mutation; stored in the transaction of its effect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    pub mutation_id: Id,
    pub ending: Ending,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorBody>,
    /// For `held`: the records that it waits for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub need: Vec<Id>,
    #[serde(default)]
    pub overridden: Vec<Overridden>,
    #[serde(default)]
    pub records: Vec<Seen>,
}
