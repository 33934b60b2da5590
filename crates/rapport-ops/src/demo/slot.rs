//! Where an index stands: its country, its type and its rank among all of the same country and type.
//!
//! Ranks are dense and never repeat, so a name that is different for every rank is different for every index.
//! Low indices have low ranks, and low ranks have the plainest names.

use super::dice::mix;
use super::locale::Locale;
use super::words::LOCALES;
use rapport_model::customer::CustomerType;

pub struct Slot {
    pub locale: &'static Locale,
    pub r#type: CustomerType,
    pub rank: u64,
}

const fn shares() -> u64 {
    let (mut sum, mut n) = (0, 0);
    while n < LOCALES.len() {
        sum += LOCALES[n].share;
        n += 1;
    }
    sum
}

const SHARES: u64 = shares();

/// Of 20 customers of a country three are individuals and two enterprises.
const TURNS: u64 = 20;
const BLOCK: u64 = SHARES * TURNS;

/// The slot of an index.
///
/// Each block of indices holds every country and type in exact proportion, in an order of its own.
pub fn of(seed: u64, index: u64) -> Slot {
    let block = index / BLOCK;
    let place = shuffle(index % BLOCK, BLOCK, mix(seed ^ mix(block)));
    let (turn, mut nth) = (place / SHARES, place % SHARES);
    let mut locale = LOCALES[0];
    for candidate in LOCALES {
        locale = candidate;
        if nth < candidate.share {
            break;
        }
        nth -= candidate.share;
    }
    let (r#type, first, of) = match turn {
        0..3 => (CustomerType::Individual, 0, 3),
        3..5 => (CustomerType::Enterprise, 3, 2),
        _ => (CustomerType::Business, 5, 15),
    };
    Slot { locale, r#type, rank: (block * of + turn - first) * locale.share + nth }
}

/// A bijection of 0..n: steps that can be undone on the next power of two, walked until the result is in range.
fn shuffle(x: u64, n: u64, key: u64) -> u64 {
    let size = n.next_power_of_two();
    let (mask, half) = (size - 1, size.trailing_zeros() / 2);
    let mut x = x;
    loop {
        for round in 0..3 {
            x = x.wrapping_mul(mix(key ^ round) | 1).wrapping_add(key >> 7) & mask;
            x ^= x >> half.max(1);
        }
        if x < n {
            return x;
        }
    }
}

/// Which of several spaces a rank falls into, and the place in it, scattered so that neighbours look different.
pub fn scatter(rank: u64, sizes: &[u64], seed: u64) -> (usize, u64) {
    let mut within = rank;
    for (tier, &size) in sizes.iter().enumerate() {
        if within < size {
            return (tier, spread(within, size, seed));
        }
        within -= size;
    }
    // Beyond the last space; the lists are long enough for a million customers.
    (sizes.len().saturating_sub(1), spread(within, sizes.last().copied().unwrap_or(1).max(1), seed))
}

/// A bijection of 0..size that steps by about the golden section.
fn spread(x: u64, size: u64, seed: u64) -> u64 {
    let mut step = (size * 618 / 1000).max(1);
    while gcd(step, size) != 1 {
        step += 1;
    }
    (x % size * step + mix(seed ^ size) % size) % size
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
