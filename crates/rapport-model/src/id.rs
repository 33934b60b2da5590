//! Record ids: UUIDv7, minted where a record is created, never re-mapped.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// Sixteen bytes in a row, a hyphenated string in JSON.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id(uuid::Uuid);

impl Id {
    /// The id of nothing; a default that is never stored.
    pub const NIL: Id = Id(uuid::Uuid::nil());

    /// A UUIDv7 of `now_ms` (ms since the Unix epoch, UTC) with ten bytes of randomness handed in by the caller.
    pub fn v7(now_ms: i64, random: &[u8; 10]) -> Id {
        let ms = u64::try_from(now_ms).unwrap_or(0);
        Id(uuid::Builder::from_unix_timestamp_millis(ms, random).into_uuid())
    }

    /// A deterministic id from sixteen bytes (demo data, tests).
    pub const fn from_bytes(bytes: [u8; 16]) -> Id {
        Id(uuid::Uuid::from_bytes(bytes))
    }

    /// Sixteen bytes as stored; `None` if the length differs.
    pub fn from_slice(bytes: &[u8]) -> Option<Id> {
        uuid::Uuid::from_slice(bytes).ok().map(Id)
    }

    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// An id that follows from this one and a purpose: the same wherever it is made (UUID version 8).
    pub fn derived(&self, purpose: &str) -> Id {
        let digest = Sha256::new().chain_update(self.as_bytes()).chain_update(purpose.as_bytes()).finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Id(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    pub fn is_nil(&self) -> bool {
        self.0.is_nil()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for Id {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        uuid::Uuid::parse_str(text).map(Id)
    }
}
