//! Instants and calendar days, both integer milliseconds since the Unix epoch, UTC.

use serde::{Deserialize, Serialize};

/// An instant: ms since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

/// Five minutes in ms: how far ahead an interaction must lie to be planned, and a stamp to be cut.
pub const AHEAD_MS: i64 = 5 * 60 * 1000;

const DAY_MS: i64 = 86_400_000;

/// A calendar day: 00:00:00.000Z of it in ms. It is shown in UTC, so 5 May is 5 May for everyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct Day(i64);

impl Day {
    /// 1 January 1970.
    pub const EPOCH: Day = Day(0);

    /// Cuts an instant to its UTC day.
    pub fn of(at: Millis) -> Day {
        Day(at.0.div_euclid(DAY_MS) * DAY_MS)
    }

    /// ms of 00:00:00.000Z.
    pub fn ms(self) -> i64 {
        self.0
    }

    /// The day `days` later (or earlier, if negative).
    pub fn plus(self, days: i64) -> Day {
        Day(self.0.saturating_add(days.saturating_mul(DAY_MS)))
    }
}

/// The farthest instant from 1970 that calendars (and JavaScript) know: 100,000,000 days.
const FAR_MS: i64 = 8_640_000_000_000_000;

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let ms = i64::deserialize(from)?;
        if (-FAR_MS..=FAR_MS).contains(&ms) {
            return Ok(Millis(ms));
        }
        Err(serde::de::Error::custom("an instant lies within 100,000,000 days of 1970, in ms"))
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Millis::deserialize(from).map(Day::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_sent_with_a_day_is_cut_to_its_utc_day() {
        let noon: Day = serde_json::from_str("1777982400000").expect("a day");
        assert_eq!(noon.ms(), 1_777_939_200_000);
        assert_eq!(Day::of(Millis(-1)).ms(), -DAY_MS);
        assert!(serde_json::from_str::<Day>("-9223372036854775808").is_err());
        assert!(serde_json::from_str::<Millis>("9007199254740993").is_err());
        assert_eq!(noon.plus(1).ms() - noon.ms(), DAY_MS);
    }
}
