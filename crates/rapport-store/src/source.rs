//! The machine's own clock and randomness.

use rapport_model::{Id, Millis, Source};
use std::time::{SystemTime, UNIX_EPOCH};

/// The operating system's clock and random numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

impl Source for System {
    fn now(&self) -> Millis {
        // A clock set before 1970 reads as 0; the stamp rule lifts it above whatever was seen.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn id(&self) -> Id {
        let mut random = [0u8; 10];
        getrandom::fill(&mut random).expect("the operating system has randomness");
        Id::v7(self.now().0, &random)
    }
}
