//! Records of lists as they were encoded, kept under the digest of all that they are made of: a body is found only while its row
//! reads as it did then, so none is ever older than a write, whoever wrote it and however.

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use rapport_model::{Result, Role};
use rapport_ops::today::Today;
use rapport_store::list::ListRow;
use serde_json::value::RawValue;
use std::hash::{BuildHasher, Hash, RandomState};

/// Bytes of all bodies, and how many are expected.
const BYTES_MAX: u64 = 128 * 1024 * 1024;
const BODIES_EXPECTED: usize = 60_000;

/// 128 bits under keys that nobody outside knows.
type Key = [u64; 2];

pub struct Bodies {
    seeds: [RandomState; 2],
    kept: Cache<Key, Box<RawValue>, Bytes>,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<Key, Box<RawValue>> for Bytes {
    fn weight(&self, _: &Key, body: &Box<RawValue>) -> u64 {
        body.get().len() as u64 + 64
    }
}

impl Default for Bodies {
    fn default() -> Bodies {
        let seeds = [RandomState::new(), RandomState::new()];
        Bodies { seeds, kept: Cache::with_weighter(BODIES_EXPECTED, BYTES_MAX, Bytes) }
    }
}

impl Bodies {
    /// The body of a row for a role on a day: the kept one, or what `encode` makes.
    pub fn of(
        &self,
        row: &ListRow<'_>,
        role: Role,
        today: Today,
        encode: impl FnOnce() -> Result<Box<RawValue>>,
    ) -> Result<Box<RawValue>> {
        let mut key = Key::default();
        for (seed, half) in self.seeds.iter().zip(&mut key) {
            let mut hasher = seed.build_hasher();
            (role.text(), today.0.ms()).hash(&mut hasher);
            row.hash(&mut hasher)?;
            *half = std::hash::Hasher::finish(&hasher);
        }
        if let Some(body) = self.kept.get(&key) {
            return Ok(body);
        }
        let body = encode()?;
        self.kept.insert(key, body.clone());
        Ok(body)
    }
}
