//! Days and months on the wall of a time zone, whatever its clocks do.

use chrono::{Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use rapport_model::{Code, Day, Error, Millis, Result};

/// A time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Zone(Tz);

/// A date skipped by a zone that crossed the date line, and then some.
const SKIPPED_MINUTES_MAX: i64 = 50 * 60;

impl Zone {
    /// An IANA name, or an error that names the argument.
    pub fn parse(name: &str) -> Result<Zone> {
        let message = || format!("\"{name}\" is no time zone. Give an IANA name such as Europe/Berlin.");
        name.parse().map(Zone).map_err(|_| Error::field(Code::InvalidValue, "tz", message()))
    }

    pub fn name(&self) -> &'static str {
        self.0.name()
    }

    fn date(&self, at: Millis) -> NaiveDate {
        let utc = chrono::DateTime::from_timestamp_millis(at.0).unwrap_or_default();
        utc.with_timezone(&self.0).date_naive()
    }

    /// The calendar day on which an instant falls here.
    pub fn day(&self, at: Millis) -> Day {
        day(self.date(at))
    }

    /// `YYYY-MM` of an instant here.
    pub fn month(&self, at: Millis) -> String {
        month(self.date(at))
    }

    /// The first instant of a calendar day here; where the clocks skip midnight, the first that there is.
    pub fn start(&self, day: Day) -> Millis {
        let midnight = NaiveDateTime::new(date(day), NaiveTime::MIN);
        for minutes in (0..=SKIPPED_MINUTES_MAX).step_by(15) {
            match self.0.from_local_datetime(&(midnight + TimeDelta::minutes(minutes))) {
                LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => return Millis(at.timestamp_millis()),
                LocalResult::None => {}
            }
        }
        Millis(day.ms())
    }
}

fn date(day: Day) -> NaiveDate {
    chrono::DateTime::from_timestamp_millis(day.ms()).unwrap_or_default().date_naive()
}

fn day(date: NaiveDate) -> Day {
    Day::of(Millis(date.and_time(NaiveTime::MIN).and_utc().timestamp_millis()))
}

fn month(date: NaiveDate) -> String {
    format!("{:04}-{:02}", date.year(), date.month())
}

/// `YYYY-MM` of a calendar day.
pub fn month_of(day: Day) -> String {
    month(date(day))
}

/// `YYYY-MM-DD`.
pub fn written(day: Day) -> String {
    date(day).format("%Y-%m-%d").to_string()
}

/// Every day from one to before another.
pub fn days(from: Day, to: Day) -> impl Iterator<Item = Day> {
    let (first, end) = (date(from), date(to));
    std::iter::successors(Some(first), |d| d.checked_add_days(Days::new(1))).take_while(move |d| *d < end).map(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn day_of(text: &str) -> Day {
        day(text.parse().expect("a date"))
    }

    #[test]
    fn a_day_has_as_many_hours_as_the_clocks_give_it() {
        let table = [
            ("Europe/Berlin", "2026-03-29", 23),
            ("Europe/Berlin", "2026-10-25", 25),
            ("Europe/Berlin", "2026-05-05", 24),
            // Midnight itself is skipped.
            ("America/Santiago", "2026-09-06", 23),
            ("Australia/Lord_Howe", "2026-01-01", 24),
            ("UTC", "2026-03-29", 24),
        ];
        for (zone, text, hours) in table {
            let (zone, day) = (Zone::parse(zone).expect("a zone"), day_of(text));
            let (start, end) = (zone.start(day), zone.start(day.plus(1)));
            assert_eq!((end.0 - start.0) / HOUR, hours, "{text}");
            assert_eq!((zone.day(start), zone.day(Millis(start.0 - 1))), (day, day.plus(-1)), "{text}");
            assert_eq!((zone.day(Millis(end.0 - 1)), zone.day(end)), (day, day.plus(1)), "{text}");
        }
    }

    #[test]
    fn a_day_that_never_was_starts_with_the_next_one() {
        let apia = Zone::parse("Pacific/Apia").expect("a zone");
        assert_eq!(apia.start(day_of("2011-12-30")), apia.start(day_of("2011-12-31")));
    }

    #[test]
    fn months_are_those_of_the_wall() {
        let at = Millis(zone_start("2026-06-01") - 1);
        assert_eq!(Zone::parse("Europe/Berlin").expect("a zone").month(at), "2026-05");
        assert_eq!(Zone::parse("Asia/Tokyo").expect("a zone").month(at), "2026-06");
        assert!(Zone::parse("Nowhere/Land").is_err());
    }

    fn zone_start(text: &str) -> i64 {
        Zone::parse("Europe/Berlin").expect("a zone").start(day_of(text)).0
    }

    #[test]
    fn days_run_to_before_the_end() {
        let all: Vec<String> = days(day_of("2024-02-28"), day_of("2024-03-01")).map(written).collect();
        assert_eq!(all, ["2024-02-28", "2024-02-29"]);
        assert_eq!(month_of(day_of("2024-02-29")), "2024-02");
    }
}
