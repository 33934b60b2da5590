//! Amounts: whole ten-thousandths of the currency's main unit, never a binary float.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// An amount in ten-thousandths. JSON shows a plain number of at most 15 significant digits.
///
/// Four decimals hold every ISO 4217 exponent (0 to 4), so a row can be read without knowing its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(pub i64);

const SCALE: i64 = 10_000;

/// The largest amount that 15 significant digits can carry: 99,999,999,999.9999.
pub const MONEY_MAX: Money = Money(999_999_999_999_999);

impl Money {
    /// Parses a plain decimal such as `-12.5`; at most four decimals, at most [`MONEY_MAX`].
    pub fn parse(text: &str) -> Option<Money> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let part = part.trim_end_matches('0');
        let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || part.len() > 4 || !plain(whole) || !plain(part) {
            return None;
        }
        let whole: i64 = whole.parse().ok()?;
        let part: i64 = format!("{part:0<4}").parse().ok()?;
        let amount = whole.checked_mul(SCALE)?.checked_add(part)?;
        (amount <= MONEY_MAX.0).then_some(Money(sign * amount))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let all = self.0.unsigned_abs();
        let (whole, part) = (all / SCALE.unsigned_abs(), all % SCALE.unsigned_abs());
        if part == 0 {
            write!(f, "{sign}{whole}")
        } else {
            let part = format!("{part:04}");
            write!(f, "{sign}{whole}.{}", part.trim_end_matches('0'))
        }
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.0 % SCALE == 0 {
            return to.serialize_i64(self.0 / SCALE);
        }
        // With at most 15 significant digits the shortest text of the float is the decimal itself.
        let number: f64 = self.to_string().parse().map_err(serde::ser::Error::custom)?;
        to.serialize_f64(number)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(from)?;
        let text = if number.is_f64() {
            // Display of a float never uses an exponent and is the shortest text that reads back the same.
            number.as_f64().map(|n| n.to_string()).unwrap_or_default()
        } else {
            number.to_string()
        };
        Money::parse(&text).ok_or_else(|| serde::de::Error::custom("an amount with at most four decimals and 15 digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_exact_in_json() {
        for (text, amount) in [("0.1", 1000), ("12.5", 125_000), ("-3", -30_000), ("99999999999.9999", 999_999_999_999_999)] {
            let money: Money = serde_json::from_str(text).expect(text);
            assert_eq!(money, Money(amount));
            assert_eq!(serde_json::to_string(&money).expect("json"), text);
        }
        for bad in ["0.00001", "100000000000", "\"1\"", "1e30"] {
            assert!(serde_json::from_str::<Money>(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn every_amount_survives_json(n in -999_999_999_999_999i64..=999_999_999_999_999) {
            let text = serde_json::to_string(&Money(n)).expect("json");
            prop_assert_eq!(serde_json::from_str::<Money>(&text).expect("back"), Money(n));
        }
    }
}
