//! Numbers of quotes and orders, such as `Q26-K7-0042`: year, device, counter. Never the highest plus one, never used twice.

use crate::Day;
use chrono::Datelike;

/// What is numbered: the letter in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Series {
    Quote,
    Order,
}

impl Series {
    pub fn letter(self) -> char {
        match self {
            Series::Quote => 'Q',
            Series::Order => 'O',
        }
    }
}

/// The calendar year of a day.
pub fn year(day: Day) -> i32 {
    chrono::DateTime::from_timestamp_millis(day.ms()).map_or(1970, |at| at.year())
}

/// A number of a series: `code` is the device's, `counter` restarts each year.
pub fn number(series: Series, year: i32, code: &str, counter: i64) -> String {
    format!("{}{:02}-{code}-{counter:04}", series.letter(), year.rem_euclid(100))
}

/// The number of the next revision: `-R2` behind the first, counted up behind a later one.
pub fn revised(number: &str) -> String {
    match number.rsplit_once("-R") {
        Some((stem, n)) => match n.parse::<u32>() {
            Ok(n) => format!("{stem}-R{}", n + 1),
            Err(_) => format!("{number}-R2"),
        },
        None => format!("{number}-R2"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Millis;

    #[test]
    fn numbers_read_as_documented() {
        assert_eq!(number(Series::Quote, 2026, "K7", 42), "Q26-K7-0042");
        assert_eq!(number(Series::Order, 2026, "S0", 12_345), "O26-S0-12345");
        assert_eq!(revised("Q26-K7-0042"), "Q26-K7-0042-R2");
        assert_eq!(revised("Q26-K7-0042-R9"), "Q26-K7-0042-R10");
        assert_eq!(year(Day::of(Millis(1_798_761_599_999))), 2026);
        assert_eq!(year(Day::of(Millis(1_798_761_600_000))), 2027);
    }
}
