//! How often sign-in may be tried, per account and per address: a few tries at once, then slowly.

use rapport_model::{Code, Error, Millis, Result};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// Keys that one bucket list remembers before it looks for ones to forget.
const KEYS_MAX: usize = 20_000;

/// A token bucket per key, kept as the one instant at which it would be full again.
pub struct Throttle<K> {
    quick: i64,
    period_ms: i64,
    full_at: Mutex<HashMap<K, i64>>,
}

impl<K: Hash + Eq + Clone> Throttle<K> {
    /// `quick` tries at once, then one every `period_ms`.
    pub fn new(quick: i64, period_ms: i64) -> Throttle<K> {
        Throttle { quick, period_ms, full_at: Mutex::default() }
    }

    /// Takes one try, or says how long to wait.
    pub fn take(&self, key: &K, now: Millis) -> Result<()> {
        let mut buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= KEYS_MAX {
            buckets.retain(|_, full_at| *full_at > now.0);
        }
        let full_at = buckets.get(key).copied().unwrap_or(now.0).max(now.0) + self.period_ms;
        let wait_ms = full_at - now.0 - self.quick * self.period_ms;
        if wait_ms > 0 {
            return Err(too_many(wait_ms));
        }
        buckets.insert(key.clone(), full_at);
        Ok(())
    }

    /// Gives a try back: it was no guess.
    pub fn give_back(&self, key: &K) {
        let mut buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(full_at) = buckets.get_mut(key) {
            *full_at -= self.period_ms;
        }
    }
}

fn too_many(wait_ms: i64) -> Error {
    let seconds = (wait_ms + 999) / 1000;
    let message = format!("Too many tries to sign in. Wait {seconds} seconds, then try again.");
    Error::new(Code::TooManyRequests, message).with(serde_json::json!({ "retryAfterSeconds": seconds }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_tries_then_slow_ones() {
        let throttle = Throttle::new(3, 1000);
        let tries = |key: &str, at| throttle.take(&key.to_owned(), Millis(at)).map_err(|e| e.details);
        assert!((0..3).all(|_| tries("a", 0).is_ok()));
        let wait = tries("a", 1).expect_err("too many").expect("details");
        assert_eq!(wait["retryAfterSeconds"], 1);
        assert!(tries("b", 1).is_ok(), "others are not held up");
        assert!(tries("a", 1000).is_ok());
        assert!(tries("a", 1001).is_err());
        throttle.give_back(&"a".to_owned());
        assert!(tries("a", 1001).is_ok());
        assert!((0..3).all(|_| tries("a", 100_000).is_ok()), "it fills up again, and no further");
        assert!(tries("a", 100_000).is_err());
    }
}
