//! Cells as people write them: statuses, amounts, days.

use super::columns::target;
use super::sheet::Sheet;
use rapport_model::Day;
use rapport_model::customer::Status;
use rapport_model::text::fold;

/// Our statuses, and what other programs call them.
pub fn status(cell: &str) -> Option<Status> {
    match fold(cell).as_str() {
        "prospect" | "subscriber" | "new" | "interessent" => Some(Status::Prospect),
        "lead" | "opportunity" | "marketingqualifiedlead" | "salesqualifiedlead" | "open" | "qualified" => Some(Status::Lead),
        "active" | "customer" | "client" | "evangelist" | "kunde" | "aktiv" => Some(Status::Active),
        "inactive" | "lost" | "former customer" | "inaktiv" => Some(Status::Inactive),
        _ => None,
    }
}

/// An amount as people write it, as digits with a point: "1.234,50 €", "$1,234.50", "1'234".
pub fn amount(cell: &str) -> Option<String> {
    let text: String = cell.chars().filter(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | '-')).collect();
    let strange = cell.chars().filter(|c| c.is_alphabetic()).count() > 3;
    if strange || !text.contains(|c: char| c.is_ascii_digit()) || text[1..].contains('-') {
        return None;
    }
    let (comma, point) = (text.rfind(','), text.rfind('.'));
    let last = comma.max(point);
    // A separator is a decimal one if it stands alone and does not cut off three digits, or if the other one stands before it.
    let decimal = last.filter(|at| {
        let sign = text.as_bytes()[*at];
        let once = text.bytes().filter(|byte| *byte == sign).count() == 1;
        once && (comma.is_some() && point.is_some() || text.len() - at - 1 != 3)
    });
    let digits = |part: &str| part.chars().filter(|c| !matches!(c, ',' | '.')).collect::<String>();
    let (whole, cents) = decimal.map_or((digits(&text), String::new()), |at| (digits(&text[..at]), digits(&text[at + 1..])));
    let negative = whole.starts_with('-');
    let whole = whole.trim_start_matches('-').trim_start_matches('0');
    let whole = format!("{}{}", if negative { "-" } else { "" }, if whole.is_empty() { "0" } else { whole });
    Some(if cents.is_empty() { whole } else { format!("{whole}.{cents}") })
}

/// Whether a day or a month stands first in dates with slashes: told by a whole column, not by one cell.
#[derive(Clone, Copy)]
pub struct DayOrder {
    month_first: bool,
}

impl DayOrder {
    pub fn of(sheet: &Sheet, targets: &[String]) -> DayOrder {
        let dates =
            |at: &usize| target(&targets[*at]).is_some_and(|t| matches!(t.name, "nextFollowUpByHand" | "lastContactByHand"));
        let columns: Vec<usize> = (0..targets.len().min(sheet.headers.len())).filter(dates).collect();
        let cells = sheet.rows.iter().flat_map(|row| columns.iter().map(move |at| row.cells[*at].trim()));
        let mut slashed = cells.filter(|cell| cell.contains('/')).filter_map(parts);
        DayOrder { month_first: !slashed.any(|(first, ..)| first > 12) }
    }

    pub fn read(self, cell: &str) -> Option<Day> {
        let (a, b, c) = parts(cell)?;
        let (year, month, day) = match () {
            () if a > 31 => (a, b, c),
            () if cell.contains('/') && self.month_first => (c, a, b),
            () => (c, b, a),
        };
        let date = chrono::NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)?;
        let ms = date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis();
        (1900..=2200).contains(&year).then(|| Day::of(rapport_model::Millis(ms)))
    }
}

/// The three numbers of a date; a time behind it does not count.
fn parts(cell: &str) -> Option<(i32, i32, i32)> {
    let date = cell.split([' ', 'T']).next()?;
    let mut numbers = date.split(['-', '.', '/']).map(|part| part.parse::<i32>().ok());
    let (a, b, c) = (numbers.next()??, numbers.next()??, numbers.next()??);
    numbers.next().is_none().then_some((a, b, c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (cell, digits) in [
            ("1.234,50 €", "1234.50"),
            ("$1,234.50", "1234.50"),
            ("1'234", "1234"),
            ("1,234", "1234"),
            ("12,5", "12.5"),
            ("EUR 99", "99"),
            ("1.234.567", "1234567"),
            ("-5", "-5"),
            ("0,00", "0.00"),
        ] {
            assert_eq!(amount(cell).as_deref(), Some(digits), "{cell}");
        }
        assert!(amount("much").is_none() && amount("5-6").is_none() && amount("about 500 or so").is_none());
    }
}
