//! Versions, and the cursor that says how far a device has read.

use crate::{Code, Error, Id, Result};

/// The org's sequence number with the server epoch in its high bits; below 2^53, so that JSON carries it as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Version(pub i64);

/// Bits of the sequence within an epoch: 4.3 × 10^9 writes of one org. One that ever writes more numbers on above it.
const SEQUENCE_BITS: u32 = 32;

/// The largest epoch that still fits below 2^53.
pub const EPOCH_MAX: i64 = (1 << (53 - SEQUENCE_BITS)) - 1;

impl Version {
    pub fn new(epoch: i64, sequence: i64) -> Version {
        Version((epoch << SEQUENCE_BITS) + sequence)
    }

    pub fn epoch(self) -> i64 {
        self.0 >> SEQUENCE_BITS
    }

    pub fn sequence(self) -> i64 {
        self.0 & ((1 << SEQUENCE_BITS) - 1)
    }
}

/// The epoch after `last`, at least how many times ten minutes have passed since 2026: a database that is put back once more to an
/// instant that it was put back to before does not know the life it began then, and numbers above it all the same. Enough until 2065.
pub fn next_epoch(last: i64, now: crate::Millis) -> i64 {
    const FROM_MS: i64 = 1_767_225_600_000;
    const STEP_MS: i64 = 10 * 60_000;
    (last + 1).max((now.0 - FROM_MS) / STEP_MS).min(EPOCH_MAX)
}

/// How far a device has read. Opaque to devices: `<format>.<epoch id>.<schema>.<version>.<entitlement>.<back-fill>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The random id of the server database's present life.
    pub epoch_id: Id,
    /// The schema that the rows were served in.
    pub schema: i64,
    /// Everything up to this version was read.
    pub version: i64,
    /// The entitlement version reached, and the back-fill's place; the sync of scopes fills them.
    pub entitlement: i64,
    pub back_fill: String,
}

const FORMAT: &str = "1";

impl Cursor {
    pub fn start(epoch_id: Id, schema: i64) -> Cursor {
        Cursor { epoch_id, schema, version: 0, entitlement: 0, back_fill: String::new() }
    }

    pub fn parse(text: &str) -> Result<Cursor> {
        let bad = || Error::new(Code::CursorUnknown, "The cursor is not one that this server gave.");
        let parts: Vec<&str> = text.split('.').collect();
        let [format, epoch_id, schema, version, entitlement, back_fill] = parts.as_slice() else {
            return Err(bad());
        };
        if *format != FORMAT {
            return Err(bad());
        }
        Ok(Cursor {
            epoch_id: epoch_id.parse().map_err(|_| bad())?,
            schema: schema.parse().map_err(|_| bad())?,
            version: version.parse().map_err(|_| bad())?,
            entitlement: entitlement.parse().map_err(|_| bad())?,
            back_fill: (*back_fill).to_owned(),
        })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{FORMAT}.{}.{}.{}.{}.{}", self.epoch_id, self.schema, self.version, self.entitlement, self.back_fill)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_epoch_numbers_above_all_earlier_ones() {
        let last_of_3 = Version::new(3, (1 << SEQUENCE_BITS) - 1);
        assert!(Version::new(4, 1) > last_of_3);
        assert!(Version::new(EPOCH_MAX, (1 << SEQUENCE_BITS) - 1).0 < 1 << 53);
        assert_eq!((last_of_3.epoch(), last_of_3.sequence()), (3, (1 << SEQUENCE_BITS) - 1));
        let later = |minutes: i64| crate::Millis(1_767_225_600_000 + minutes * 60_000);
        assert_eq!(next_epoch(1, later(100)), 10);
        assert!(next_epoch(1, later(100)) < next_epoch(1, later(110)), "one backup restored twice within a day");
        assert!(next_epoch(1, later(60 * 24 * 365 * 39)) < EPOCH_MAX);
        assert_eq!(next_epoch(99, crate::Millis(0)), 100);
    }

    #[test]
    fn cursors_read_back_and_strangers_are_refused() {
        let cursor = Cursor { epoch_id: Id::from_bytes([7; 16]), schema: 1, version: 42, entitlement: 3, back_fill: "x".into() };
        assert_eq!(Cursor::parse(&cursor.to_string()), Ok(cursor));
        for bad in ["", "1", "2.x", "1.1.1.1.1.1", "9.07070707-0707-0707-0707-070707070707.1.2.3."] {
            assert!(Cursor::parse(bad).is_err(), "{bad}");
        }
    }
}
