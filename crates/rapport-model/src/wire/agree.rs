//! Whether a device holds what the server has: sums over the rows of customers, what is read anew where they differ, and what the
//! server says before much is taken away.

use super::Entry;
use crate::field::Owner;
use crate::{Id, Kind, Millis, Record, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Customers that one comparison covers at most.
pub const COMPARED_CUSTOMERS_MAX: usize = 2_000;

/// Customers whose contents are compared with it at most.
pub const SAMPLE_MAX: usize = 5;

/// Rows of one page of a customer's family at most.
pub const FAMILY_ROWS_MAX: usize = 1_000;

/// Records of which one question asks whether they shall go at most.
pub const REMOVALS_MAX: usize = 2_000;

/// Rows and the sum of their marks. Sums add up whatever the order, so that both ends read as it suits them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    pub rows: u64,
    pub sum: u64,
}

impl Sum {
    /// Adds a row as it stands at a version.
    pub fn add(&mut self, kind: Kind, id: Id, version: i64) {
        self.put(mark(kind, id, version));
    }

    /// Adds a row with what it holds, without what each end computes for itself.
    pub fn add_contents(&mut self, record: &dyn Record) {
        self.put(contents(record));
    }

    pub fn join(&mut self, other: Sum) {
        self.rows += other.rows;
        self.sum = self.sum.wrapping_add(other.sum);
    }

    fn put(&mut self, mark: u64) {
        self.join(Sum { rows: 1, sum: mark });
    }
}

impl std::fmt::Display for Sum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{:016x}", self.rows, self.sum)
    }
}

impl Serialize for Sum {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sum {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Sum, D::Error> {
        let text = String::deserialize(from)?;
        let parse = |text: &str| {
            let (rows, sum) = text.split_once('-')?;
            Some(Sum { rows: rows.parse().ok()?, sum: u64::from_str_radix(sum, 16).ok()? })
        };
        parse(&text).ok_or_else(|| serde::de::Error::custom("a sum is <rows>-<16 hex digits>"))
    }
}

/// 64 bits of (kind, id, version): the finaliser of SplitMix64 (Steele, Lea, Flood 2014) over each word. It is to notice accidents;
/// nobody gains by an equal sum.
fn mark(kind: Kind, id: Id, version: i64) -> u64 {
    let bytes = id.as_bytes();
    let word = |at: usize| bytes[at..at + 8].iter().fold(0u64, |word, byte| word << 8 | u64::from(*byte));
    let name = kind.text().bytes().fold(0u64, |word, byte| mix(word ^ u64::from(byte)));
    [word(0), word(8), version.cast_unsigned()].into_iter().fold(name, |held, word| mix(held ^ word))
}

fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

fn contents(record: &dyn Record) -> u64 {
    let mut json = record.to_json();
    if let Value::Object(map) = &mut json {
        for field in record.kind().fields().iter().filter(|field| field.owner == Owner::Computed) {
            map.shift_remove(field.json);
        }
    }
    let digest = Sha256::digest(json.to_string().as_bytes());
    digest.iter().take(8).fold(0u64, |word, byte| word << 8 | u64::from(*byte))
}

/// A record as the server shows it, read and written as the device does: what is hidden has its default at both ends.
pub fn add_shown(sum: &mut Sum, kind: Kind, shown: Value) -> Result<()> {
    sum.add_contents(kind.from_json(shown)?.as_ref());
    Ok(())
}

/// A device that has read to the end asks what it should hold of the customers behind an id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DigestRequest {
    pub protocol: i64,
    /// Up to where it has read.
    pub cursor: String,
    pub after: Option<Id>,
    /// Customers whose contents are compared, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sample: Vec<Id>,
    /// Whether the sum of each customer is wanted: something differs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub each: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DigestAnswer {
    /// There is something that the device has not read yet: nothing can be compared now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub behind: bool,
    /// The last customer that it covers; `None` = all behind the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<Id>,
    pub sum: Sum,
    /// Of the contents of the sample.
    pub sample: Sum,
    /// Of each customer with its family, if that was wanted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub each: Vec<(Id, Sum)>,
}

/// Everything of one customer, a page at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FamilyRequest {
    pub protocol: i64,
    pub customer: Id,
    /// Behind this record; `None` = from the beginning.
    pub after: Option<(String, Id)>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FamilyAnswer {
    pub entries: Vec<Entry>,
    /// Where the next page begins; `None` = that was all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<(String, Id)>,
    pub server_time: Millis,
}

/// Records that are about to go from a device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemovalsRequest {
    pub protocol: i64,
    pub records: Vec<(String, Id)>,
}

/// Those of them that the device may not hold, as the server sees it now: how many, and the sum of their marks at version 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemovalsAnswer {
    pub gone: Sum,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Customer;

    #[test]
    fn sums_tell_apart_what_differs_and_not_in_which_order_it_was_read() {
        let rows: Vec<(Kind, Id, i64)> =
            (0..200u8).map(|n| (if n % 2 == 0 { Kind::Contacts } else { Kind::Quotes }, Id::from_bytes([n; 16]), 7)).collect();
        let sum = |rows: &[(Kind, Id, i64)]| {
            let mut sum = Sum::default();
            rows.iter().for_each(|(kind, id, version)| sum.add(*kind, *id, *version));
            sum
        };
        let all = sum(&rows);
        let mut other = rows.clone();
        other.reverse();
        assert_eq!(sum(&other), all);
        for at in 0..rows.len() {
            let mut other = rows.clone();
            other[at].2 += 1;
            assert_ne!(sum(&other), all, "a version");
            other[at] = (Kind::Orders, rows[at].1, rows[at].2);
            assert_ne!(sum(&other), all, "a kind");
            other.remove(at);
            assert_ne!(sum(&other), all, "a row less");
        }
        let text = serde_json::to_string(&all).expect("text");
        assert_eq!(serde_json::from_str::<Sum>(&text).expect("read"), all);
        assert!(serde_json::from_str::<Sum>("\"x\"").is_err());
    }

    #[test]
    fn contents_are_compared_without_what_each_end_computes() {
        let sum = |customer: &Customer| {
            let mut sum = Sum::default();
            sum.add_contents(customer);
            sum
        };
        let acme = Customer { name: "Acme".into(), ..Customer::default() };
        let other = Customer { next_follow_up: Some(crate::time::Day::default()), ..acme.clone() };
        assert_eq!(sum(&acme), sum(&other), "computed");
        let other = Customer { phone: Some("1".into()), ..acme.clone() };
        assert_ne!(sum(&acme), sum(&other));
    }
}
