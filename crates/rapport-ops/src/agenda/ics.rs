//! iCalendar (RFC 5545): follow-ups as events of a whole day or of a time on the wall, which no time zone moves; meetings as instants
//! in UTC.

use rapport_model::derive::follow_up_subject;
use rapport_model::{Day, Millis};
use rapport_store::follow_ups::FollowUp;
use rapport_store::screens::PlannedRow;

/// Octets of a line before it is folded.
const LINE_BYTES_MAX: usize = 75;
/// Minutes of a meeting that has no duration.
const MEETING_MINUTES: i64 = 30;
/// Minutes of a follow-up that has a time.
const FOLLOW_UP_MINUTES: i64 = 15;

pub fn calendar(due: &[FollowUp], meetings: &[PlannedRow], now: Millis) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: &str| fold(&mut out, &format!("{name}{value}"));
    line("BEGIN:", "VCALENDAR");
    line("VERSION:", "2.0");
    line("PRODID:", "-//Rapport//Calendar//EN");
    line("CALSCALE:", "GREGORIAN");
    for one in due {
        let (Some(date), Some(day)) = (one.date, one.day()) else { continue };
        let about = one.subject.as_ref().map(|subject| follow_up_subject(subject, one.notes.as_deref()));
        line("BEGIN:", "VEVENT");
        line("UID:", &format!("{}-follow-up@rapport", one.id));
        line("DTSTAMP:", &instant(now));
        if one.has_time {
            line("DTSTART:", &on_the_wall(date));
            line("DTEND:", &on_the_wall(Millis(date.0 + FOLLOW_UP_MINUTES * 60_000)));
        } else {
            line("DTSTART;VALUE=DATE:", &whole_day(day));
            line("DTEND;VALUE=DATE:", &whole_day(day.plus(1)));
            line("TRANSP:", "TRANSPARENT");
        }
        line("SUMMARY:", &text(&summary(about.as_deref(), &one.customer_name)));
        line("END:", "VEVENT");
    }
    for one in meetings {
        let minutes = one.duration.filter(|minutes| *minutes > 0).unwrap_or(MEETING_MINUTES);
        line("BEGIN:", "VEVENT");
        line("UID:", &format!("{}@rapport", one.id));
        line("DTSTAMP:", &instant(now));
        line("DTSTART:", &instant(one.at));
        line("DTEND:", &instant(Millis(one.at.0 + minutes * 60_000)));
        line("SUMMARY:", &text(&summary(Some(&one.subject), &one.customer_name)));
        line("END:", "VEVENT");
    }
    line("END:", "VCALENDAR");
    out
}

fn summary(about: Option<&str>, customer: &str) -> String {
    match about.map(str::trim).filter(|about| !about.is_empty()) {
        Some(about) => format!("{about} – {customer}"),
        None => customer.to_owned(),
    }
}

fn at(ms: i64) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

fn instant(when: Millis) -> String {
    at(when.0).format("%Y%m%dT%H%M%SZ").to_string()
}

/// A time without a zone: it is that time wherever it is read.
fn on_the_wall(when: Millis) -> String {
    at(when.0).format("%Y%m%dT%H%M%S").to_string()
}

fn whole_day(day: Day) -> String {
    at(day.ms()).format("%Y%m%d").to_string()
}

/// A text value: what separates is escaped, line breaks are written as \n, other control characters are left out.
fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' | '\r' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A content line, broken before its 76th octet and never inside a character.
fn fold(out: &mut String, line: &str) {
    let mut used = 0;
    for c in line.chars() {
        if used + c.len_utf8() > LINE_BYTES_MAX {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use calcard::icalendar::ICalendar;
    use rapport_model::interaction::InteractionType;
    use rapport_model::{Id, Kind};

    /// 5 May 2026, 00:00 UTC.
    const FIFTH: i64 = 1_777_939_200_000;

    fn follow_up(name: &str, subject: &str) -> FollowUp {
        FollowUp {
            kind: Kind::Interactions,
            id: Id::from_bytes([1; 16]),
            customer: Id::NIL,
            customer_name: name.into(),
            date: Some(Millis(FIFTH)),
            has_time: false,
            r#type: Some(InteractionType::Call),
            subject: Some(subject.into()),
            notes: None,
            assigned_to: None,
        }
    }

    fn meeting() -> PlannedRow {
        PlannedRow {
            id: Id::from_bytes([2; 16]),
            customer: Id::NIL,
            customer_name: "Zażółć".into(),
            r#type: InteractionType::Meeting,
            subject: "Demo".into(),
            at: Millis(FIFTH + 9 * 3_600_000 + 30 * 60_000),
            duration: Some(45),
        }
    }

    #[test]
    fn a_follow_up_is_a_whole_day_and_a_meeting_an_instant() {
        let out = calendar(&[follow_up("Acme", "Call back")], &[meeting()], Millis(0));
        assert!(out.contains("DTSTART;VALUE=DATE:20260505\r\nDTEND;VALUE=DATE:20260506\r\n"), "{out}");
        assert!(out.contains("DTSTART:20260505T093000Z\r\nDTEND:20260505T101500Z\r\n"), "{out}");
    }

    #[test]
    fn a_follow_up_with_a_time_is_at_that_time_wherever_it_is_read() {
        let half_past_two = Some(Millis(FIFTH + 14 * 3_600_000 + 30 * 60_000));
        let timed = FollowUp { date: half_past_two, has_time: true, ..follow_up("Acme", "Call back") };
        let out = calendar(&[timed], &[], Millis(0));
        assert!(out.contains("DTSTART:20260505T143000\r\nDTEND:20260505T144500\r\n") && !out.contains("TRANSP"), "{out}");
        assert!(ICalendar::parse(&out).is_ok(), "{out}");
    }

    #[test]
    fn another_reader_reads_the_same_words() {
        let odd = "a, b; c\\d\nnext: \u{7}ü".to_owned() + &"long and ñ ".repeat(30);
        let out = calendar(&[follow_up("Kjær & Sønner; A/S", &odd)], &[meeting()], Millis(0));
        assert!(out.split("\r\n").all(|line| line.len() <= LINE_BYTES_MAX), "every line is folded");
        let read = ICalendar::parse(&out).expect("a calendar");
        let written = format!("{read:?}");
        assert!(written.contains("Kjær & Sønner; A/S") && written.contains("a, b; c\\\\d\\nnext: ü"), "{written}");
        assert_eq!(read.components.iter().filter(|c| c.component_type.as_str() == "VEVENT").count(), 2);
    }
}
