//! Amounts, quantities and rates: whole numbers of a fixed number of decimals, never a binary float.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// The largest whole number that 15 significant digits can carry.
const DIGITS_MAX: i64 = 999_999_999_999_999;

/// Parses a plain decimal such as `-12.5` of at most `places` decimals and 15 digits.
fn parse(text: &str, places: usize) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || part.len() > places || !plain(whole) || !plain(part) {
        return None;
    }
    let number: i64 = format!("{whole}{part:0<places$}").parse().ok()?;
    (number <= DIGITS_MAX).then_some(sign * number)
}

fn write(number: i64, places: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let sign = if number < 0 { "-" } else { "" };
    let all = format!("{:0>width$}", number.unsigned_abs(), width = places + 1);
    let (whole, part) = all.split_at(all.len() - places);
    match part.trim_end_matches('0') {
        "" => write!(f, "{sign}{whole}"),
        part => write!(f, "{sign}{whole}.{part}"),
    }
}

macro_rules! decimals {
    ($($(#[$doc:meta])* $name:ident $places:literal $scale:literal $what:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub i64);

        impl $name {
            /// What 1 is written as.
            pub const ONE: $name = $name($scale);

            /// Parses a plain decimal; `None` beyond 15 digits or its number of decimals.
            pub fn parse(text: &str) -> Option<$name> {
                parse(text, $places).map($name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write(self.0, $places, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                if self.0 % $scale == 0 {
                    return to.serialize_i64(self.0 / $scale);
                }
                // With at most 15 significant digits the shortest text of the float is the decimal itself.
                let number: f64 = self.to_string().parse().map_err(serde::ser::Error::custom)?;
                to.serialize_f64(number)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let number = serde_json::Number::deserialize(from)?;
                let text = if number.is_f64() {
                    // Display of a float never uses an exponent and is the shortest text that reads back the same.
                    number.as_f64().map(|n| n.to_string()).unwrap_or_default()
                } else {
                    number.to_string()
                };
                $name::parse(&text).ok_or_else(|| serde::de::Error::custom($what))
            }
        }
    )+};
}

decimals! {
    /// An amount in ten-thousandths of the currency's main unit. JSON shows a plain number of at most 15 significant digits.
    ///
    /// Four decimals hold every ISO 4217 exponent (0 to 4), so a row can be read without knowing its currency.
    Money 4 10_000 "an amount with at most four decimals and 15 digits";
    /// How many or how much, in thousandths.
    Quantity 3 1000 "a quantity with at most three decimals and 15 digits";
    /// Per cent, in ten-thousandths: 19 % is 190,000.
    Percent 4 10_000 "a percentage with at most four decimals and 15 digits";
    /// A factor between currencies, in hundred-millionths.
    Factor 8 100_000_000 "a factor with at most eight decimals and 15 digits";
}

/// The largest amount: 99,999,999,999.9999.
pub const MONEY_MAX: Money = Money(DIGITS_MAX);

/// `number / divisor`, half away from zero.
pub fn divide(number: i128, divisor: i128) -> i128 {
    let half = divisor / 2;
    if number < 0 { (number - half) / divisor } else { (number + half) / divisor }
}

/// Ten-thousandths in the smallest unit of a currency of that exponent.
pub fn step(exponent: u32) -> i128 {
    10i128.pow(4u32.saturating_sub(exponent))
}

impl Money {
    /// Rounded to a currency's smallest unit, half away from zero.
    pub fn rounded(self, exponent: u32) -> Money {
        Money::of(i128::from(self.0), 1, exponent).unwrap_or(self)
    }

    /// `ten_thousandths / divisor`, rounded to a currency's smallest unit; `None` beyond [`MONEY_MAX`].
    pub fn of(ten_thousandths: i128, divisor: i128, exponent: u32) -> Option<Money> {
        let step = step(exponent);
        let amount = i64::try_from(divide(ten_thousandths, divisor * step) * step).ok()?;
        (-MONEY_MAX.0..=MONEY_MAX.0).contains(&amount).then_some(Money(amount))
    }
}

/// The decimals of a currency (ISO 4217): JPY 0, EUR 2, KWD 3; `None` for a code that is none.
pub fn exponent(currency: &str) -> Option<u32> {
    let currency = iso_currency::Currency::from_code(currency)?;
    // Metals, funds and test codes have no smallest unit.
    currency.exponent().map(u32::from)
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

    #[test]
    fn each_decimal_has_its_places() {
        assert_eq!((Quantity::parse("0.125"), Quantity::parse("0.1255")), (Some(Quantity(125)), None));
        assert_eq!(Percent::parse("8.875").map(|p| p.to_string()).as_deref(), Some("8.875"));
        assert_eq!(Factor::parse("0.00612345").map(|f| f.to_string()).as_deref(), Some("0.00612345"));
        assert_eq!(Money(-5).to_string(), "-0.0005");
    }

    #[test]
    fn halves_go_away_from_zero_at_the_currency_s_own_unit() {
        let cases = [("EUR", 10_050, 10_100), ("EUR", -10_050, -10_100), ("JPY", 5000, 10_000), ("KWD", 10_005, 10_010)];
        for (currency, amount, rounded) in cases {
            assert_eq!(Money(amount).rounded(exponent(currency).expect(currency)), Money(rounded), "{currency} {amount}");
        }
        assert_eq!((exponent("XXQ"), exponent("eur"), exponent("")), (None, None, None));
        assert_eq!(Money::of(i128::from(i64::MAX), 1, 2), None);
    }

    proptest! {
        #[test]
        fn every_amount_survives_json(n in -999_999_999_999_999i64..=999_999_999_999_999) {
            let text = serde_json::to_string(&Money(n)).expect("json");
            prop_assert_eq!(serde_json::from_str::<Money>(&text).expect("back"), Money(n));
            let text = serde_json::to_string(&Factor(n)).expect("json");
            prop_assert_eq!(serde_json::from_str::<Factor>(&text).expect("back"), Factor(n));
        }
    }
}
