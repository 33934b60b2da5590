//! Exact figures: sums of money by currency, shares, medians. No binary float anywhere.

use rapport_model::money::{MONEY_MAX, divide, exponent, step};
use rapport_model::{Money, Percent, Quantity};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

const ONE: i128 = Money::ONE.0 as i128;
pub const DAY_MS: i128 = 86_400_000;
pub const HOUR_MS: i128 = 3_600_000;

/// A sum of money in ten-thousandths; it may grow beyond a single amount. JSON shows a plain number of at most 15 significant
/// digits, and beyond that a text with all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Amount(pub i128);

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (one, all) = (ONE.unsigned_abs(), self.0.unsigned_abs());
        match format!("{:04}", all % one).trim_end_matches('0') {
            "" => write!(f, "{sign}{}", all / one),
            part => write!(f, "{sign}{}.{part}", all / one),
        }
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let most = i128::from(MONEY_MAX.0);
        let whole = (self.0 % ONE == 0).then_some(self.0 / ONE).filter(|n| n.abs() <= most);
        match (i64::try_from(self.0), whole.and_then(|n| i64::try_from(n).ok())) {
            (Ok(n), _) if self.0.abs() <= most => Money(n).serialize(to),
            (_, Some(whole)) => to.serialize_i64(whole),
            _ => to.collect_str(self),
        }
    }
}

/// What orders of one currency add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Sum {
    pub amount: i128,
    pub orders: i64,
}

/// Sums by a key and a currency: amounts of different currencies never meet.
pub type Sums = BTreeMap<(String, String), Sum>;

pub fn add(sums: &mut Sums, key: &str, currency: &str, net: Money) {
    let sum = sums.entry((key.to_owned(), currency.to_owned())).or_default();
    sum.amount += i128::from(net.0);
    sum.orders += 1;
}

/// The revenue of one key in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Revenue {
    pub key: String,
    pub currency: String,
    pub revenue: Amount,
    pub orders: i64,
    pub average_order_value: Amount,
}

pub fn revenues(sums: Sums) -> Vec<Revenue> {
    let told = |((key, currency), sum): ((String, String), Sum)| {
        let average_order_value = average(sum, &currency);
        Revenue { key, currency, revenue: Amount(sum.amount), orders: sum.orders, average_order_value }
    };
    sums.into_iter().map(told).collect()
}

/// The average order, rounded to the currency's smallest unit, half away from zero.
pub fn average(sum: Sum, currency: &str) -> Amount {
    let step = step(exponent(currency).unwrap_or(2));
    match sum.orders {
        0 => Amount(0),
        orders => Amount(divide(sum.amount, i128::from(orders) * step) * step),
    }
}

/// An amount in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InCurrency {
    pub key: String,
    pub currency: String,
    pub amount: Amount,
    pub count: i64,
}

pub fn amounts(sums: Sums) -> Vec<InCurrency> {
    let told = |((key, currency), sum): ((String, String), Sum)| InCurrency {
        key,
        currency,
        amount: Amount(sum.amount),
        count: sum.orders,
    };
    sums.into_iter().map(told).collect()
}

/// How many there are of something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    pub key: String,
    pub count: i64,
}

/// The most frequent first, then by key.
pub fn ranked(counts: BTreeMap<String, i64>) -> Vec<Counted> {
    let mut list: Vec<Counted> = counts.into_iter().map(|(key, count)| Counted { key, count }).collect();
    list.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.key.cmp(&b.key)));
    list
}

/// `part` of `whole` in per cent; `None` of nothing.
pub fn share(part: i64, whole: i64) -> Option<Percent> {
    (whole > 0).then(|| Percent(limited(divide(i128::from(part) * 100 * i128::from(Percent::ONE.0), i128::from(whole)))))
}

/// The middle of durations in ms, told in units of so many ms; of an even number half way between the two in the middle.
pub fn median(values: &mut [i64], unit_ms: i128) -> Option<Quantity> {
    values.sort_unstable();
    let (low, high) = (*values.get(values.len().checked_sub(1)? / 2)?, *values.get(values.len() / 2)?);
    Some(in_units(i128::from(low) + i128::from(high), 2 * unit_ms))
}

/// The smallest value that at least nine tenths do not exceed.
pub fn p90(values: &mut [i64], unit_ms: i128) -> Option<Quantity> {
    values.sort_unstable();
    let rank = (values.len() * 9).div_ceil(10);
    Some(in_units(i128::from(*values.get(rank.checked_sub(1)?)?), unit_ms))
}

fn in_units(ms: i128, unit_ms: i128) -> Quantity {
    Quantity(limited(divide(ms * i128::from(Quantity::ONE.0), unit_ms)))
}

fn limited(n: i128) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX).clamp(-MONEY_MAX.0, MONEY_MAX.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_beyond_an_amount_lose_no_digit() {
        let json = |n: i128| serde_json::to_string(&Amount(n)).expect("json");
        assert_eq!((json(12_500), json(-5), json(0)), ("1.25".into(), "-0.0005".into(), "0".into()));
        let most = i128::from(MONEY_MAX.0);
        assert_eq!(json(most), "99999999999.9999");
        assert_eq!(json(most + 1), "100000000000", "a whole number of 12 digits");
        assert_eq!(json(most + 2), "\"100000000000.0001\"", "16 digits are a text");
        assert_eq!(json(-i128::from(i64::MAX) * 3), "\"-2767011611056432.7421\"");
    }

    #[test]
    fn averages_are_rounded_to_the_currency() {
        let sum = Sum { amount: 100_000, orders: 3 };
        assert_eq!(
            (average(sum, "EUR"), average(sum, "JPY"), average(sum, "KWD")),
            (Amount(33_300), Amount(30_000), Amount(33_330))
        );
        assert_eq!(average(Sum { amount: -50_100, orders: 2 }, "EUR"), Amount(-25_100), "half away from zero");
        assert_eq!(average(Sum::default(), "EUR"), Amount(0));
    }

    #[test]
    fn middles_and_shares() {
        let days = |days: &[i64]| days.iter().map(|d| d * 86_400_000).collect::<Vec<_>>();
        let told = |values: &[i64]| (median(&mut days(values), DAY_MS), p90(&mut days(values), DAY_MS));
        let whole = |n: i64| Some(Quantity(n * 1000));
        assert_eq!(told(&[]), (None, None));
        assert_eq!(told(&[4]), (whole(4), whole(4)));
        assert_eq!(told(&[9, 1]), (whole(5), whole(9)));
        assert_eq!(told(&[2, 1]), (Some(Quantity(1500)), whole(2)));
        assert_eq!(told(&[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]), (Some(Quantity(5500)), whole(9)));
        assert_eq!((share(1, 3), share(0, 0), share(2, 2)), (Some(Percent(333_333)), None, Some(Percent(1_000_000))));
    }
}
