//! Stamps that a wrong clock cannot spoil: made at sealing, with the skew of this very contact taken out.

use crate::Millis;
use crate::time::AHEAD_MS;
use serde::{Deserialize, Serialize};

/// What a device keeps of the clock; the offset is measured anew at each contact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptClock {
    /// The highest stamp that the server ever gave.
    pub highest_seen: Millis,
    /// The device's own last sealed stamp.
    pub last_sealed: Millis,
}

/// What a device knows of time when it seals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Clock {
    /// Server time minus the device's wall time, in ms, as measured at this contact; 0 before the first.
    pub offset_ms: i64,
    /// The device's own last sealed stamp.
    pub last_sealed: Millis,
}

impl Clock {
    /// The stamp of an edit whose raw wall reading was `raw`: later than anything its author had seen, and than anything this
    /// device sealed. What was pulled after the edit does not lift it.
    pub fn stamp(&mut self, raw: Millis, seen: Millis) -> Millis {
        let stamp = Millis((raw.0.saturating_add(self.offset_ms)).max(seen.0 + 1).max(self.last_sealed.0 + 1));
        self.last_sealed = stamp;
        stamp
    }
}

/// The server's cut of a stamp that lies more than five minutes ahead: to the server's time, never to or below the stamp of
/// the unit that it is based on.
pub fn cut(stamp: Millis, now: Millis, based_on: Millis) -> Millis {
    if stamp.0 <= now.0 + AHEAD_MS { stamp } else { Millis(now.0.max(based_on.0 + 1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_years_off_stamps_in_order() {
        let year = 365 * 86_400_000;
        let mut clock = Clock { offset_ms: 10 * year, last_sealed: Millis(0) };
        let first = clock.stamp(Millis(40 * year), Millis(50 * year));
        let second = clock.stamp(Millis(30 * year), Millis(0));
        assert_eq!((first, second), (Millis(50 * year + 1), Millis(50 * year + 2)));
    }

    #[test]
    fn the_future_is_cut_but_stays_after_its_base() {
        let now = Millis(1_000_000_000);
        assert_eq!(cut(Millis(now.0 + AHEAD_MS), now, Millis(0)), Millis(now.0 + AHEAD_MS));
        assert_eq!(cut(Millis(now.0 + AHEAD_MS + 1), now, Millis(0)), now);
        assert_eq!(cut(Millis(now.0 + 2 * AHEAD_MS), now, Millis(now.0 + 7)), Millis(now.0 + 8));
    }
}
