//! Files of rows: CSV of any separator and encoding, and workbooks, as one table of texts. Knows nothing of customers.
//!
//! Everything is bounded, and what is too much is refused by its name before it is read into memory.

use super::remark::Remark;
use super::workbook;
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};
use rapport_model::{Code, Error, Result};
use serde::Serialize;

/// Rows of a table at most, its head not counted.
pub const ROWS_MAX: usize = 100_000;
/// Columns of a table at most.
pub const COLUMNS_MAX: usize = 300;
/// Characters of a cell at most.
pub const CELL_CHARS_MAX: usize = 60_000;

/// How a file was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Csv,
    Xlsx,
    Vcard,
}

/// One row, and the line of the file (or of the sheet) that it stands on.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub line: usize,
    pub cells: Vec<String>,
}

/// A table: what its columns are called, and its rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    pub format: Format,
    pub headers: Vec<String>,
    pub rows: Vec<Row>,
    /// Sentences for the report: what was left out.
    pub notes: Vec<Remark>,
}

/// What a packed file begins with; workbooks are packed.
const PACKED: &[u8] = b"PK\x03\x04";
/// What Excel wrote before 2007, and what it locks with a password.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Rows above the head at most: titles, the day of an export.
pub(super) const TITLES_MAX: usize = 10;

/// What a file is, by its first bytes.
pub fn format(bytes: &[u8]) -> Format {
    let start = decode(&bytes[..bytes.len().min(4096)]);
    if start.trim_start().get(..11).is_some_and(|word| word.eq_ignore_ascii_case("BEGIN:VCARD")) {
        return Format::Vcard;
    }
    Format::Csv
}

/// Reads a table.
pub fn read(bytes: &[u8]) -> Result<Sheet> {
    if bytes.starts_with(COMPOUND) {
        let message =
            "This workbook is of an Excel before 2007, or locked by a password. Save it as XLSX without one and import that.";
        return Err(refused(Code::Unreadable, message));
    }
    let sheet = if bytes.starts_with(PACKED) {
        let workbook::Table { rows, notes } = workbook::read(bytes)?;
        sheet_of(Format::Xlsx, rows, notes)?
    } else {
        sheet_of(Format::Csv, csv(bytes)?, Vec::new())?
    };
    if sheet.headers.iter().all(|header| header.trim().is_empty()) {
        return Err(refused(Code::Unreadable, "This file has no row of column names. Its first row names the columns."));
    }
    Ok(sheet)
}

/// Finds the head among the rows: the first one, or below titles the first one that is as wide as the table.
fn sheet_of(format: Format, mut rows: Vec<Row>, mut notes: Vec<Remark>) -> Result<Sheet> {
    let filled = |row: &Row| row.cells.iter().filter(|cell| !cell.trim().is_empty()).count();
    let first = rows.iter().take(TITLES_MAX + 1);
    let widest = first.clone().map(filled).max().unwrap_or(0);
    let titles = if rows.first().is_some_and(|row| filled(row) == 1) && widest > 2 {
        first.take_while(|row| filled(row) == 1).count()
    } else {
        0
    };
    if titles > 0 {
        notes.push(Remark::Titles { count: titles });
    }
    let mut rows = rows.split_off(titles).into_iter();
    let headers: Vec<String> = rows.next().map(|row| row.cells).unwrap_or_default();
    let headers: Vec<String> = headers.into_iter().map(|cell| cell.trim().to_owned()).collect();
    let rows: Vec<Row> = rows.collect();
    if rows.len() > ROWS_MAX {
        return Err(too_long());
    }
    let mut sheet = Sheet { format, headers, rows, notes };
    let width = sheet.headers.len();
    sheet.rows.iter_mut().for_each(|row| row.cells.resize(width, String::new()));
    Ok(sheet)
}

pub(super) fn refused(code: Code, message: impl Into<String>) -> Error {
    Error::field(code, "path", format!("{} Nothing was imported.", message.into()))
}

pub(super) fn too_wide(columns: usize) -> Error {
    refused(
        Code::TooLarge,
        format!("This table has {columns} columns; at most {COLUMNS_MAX} can be read. Remove what is not needed."),
    )
}

pub(super) fn too_long() -> Error {
    refused(Code::TooLarge, format!("This table has more than {ROWS_MAX} rows. Split it and import the parts."))
}

/// UTF-8 or UTF-16 with or without a mark, else Windows-1252.
pub fn decode(bytes: &[u8]) -> String {
    if let Some(encoding) = utf16(bytes) {
        return encoding.decode_with_bom_removal(bytes).0.into_owned();
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // A character may be cut at the end of a sample.
        Err(error) if error.error_len().is_none() => String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// By its mark, or because every second byte at the start is 0, as it is in names of columns.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] => return Some(UTF_16LE),
        [0xFE, 0xFF, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let start = &bytes[..bytes.len().min(64)];
    let zeros = |odd: usize| start.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count() * 2;
    match () {
        () if start.len() >= 4 && zeros(1) * 10 >= start.len() * 9 => Some(UTF_16LE),
        () if start.len() >= 4 && zeros(0) * 10 >= start.len() * 9 => Some(UTF_16BE),
        () => None,
    }
}

/// The separator that cuts the first lines into the most columns, the same number in each.
fn separator(text: &str) -> u8 {
    let mut best = (0, b',');
    for separator in [b',', b';', b'\t', b'|'] {
        let mut reader = reader(text, separator);
        let widths: Vec<usize> = reader.records().take(10).map_while(|record| record.ok()).map(|record| record.len()).collect();
        // Titles above a table have no separator in them; a list of one column has none either, but for a comma in some of its rows.
        let titles = widths.iter().take_while(|width| **width == 1).count();
        let first = widths.get(titles).copied().filter(|first| titles == 0 || *first > 2);
        let Some(first) = first else { continue };
        let same = widths.iter().filter(|width| **width == first).count();
        if titles > 0 && same < 2 {
            continue;
        }
        let score = same * 1000 / widths.len() * 1000 + first;
        if score > best.0 {
            best = (score, separator);
        }
    }
    best.1
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes())
}

fn csv(bytes: &[u8]) -> Result<Vec<Row>> {
    let text = decode(bytes);
    if text.contains('\0') {
        return Err(refused(Code::Unreadable, "This is no table of texts. Choose a CSV or vCard file."));
    }
    let separator = separator(&text);
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    let mut reader = reader(&text, separator);
    let bad = |error: csv::Error| refused(Code::Unreadable, format!("This file is no table: {error}."));
    while reader.read_record(&mut record).map_err(bad)? {
        if record.len() > COLUMNS_MAX {
            return Err(too_wide(record.len()));
        }
        let line = record.position().map_or(0, |position| usize::try_from(position.line()).unwrap_or(0));
        let cells: Vec<String> = record.iter().map(|cell| plain(cell).to_owned()).collect();
        take(&mut rows, line, cells)?;
    }
    Ok(rows)
}

/// Without the apostrophe that keeps a spreadsheet from taking a text for a formula; see [`crate::export`].
fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => cell,
    }
}

/// Rows without any text are left out.
fn take(rows: &mut Vec<Row>, line: usize, mut cells: Vec<String>) -> Result<()> {
    for cell in &mut cells {
        if let Some((end, _)) = cell.char_indices().nth(CELL_CHARS_MAX) {
            cell.truncate(end);
        }
    }
    if cells.iter().all(|cell| cell.trim().is_empty()) {
        return Ok(());
    }
    if rows.len() > ROWS_MAX + TITLES_MAX {
        return Err(too_long());
    }
    rows.push(Row { line, cells });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(bytes: &[u8]) -> (Vec<String>, Vec<Vec<String>>) {
        let sheet = read(bytes).expect("a table");
        (sheet.headers, sheet.rows.into_iter().map(|row| row.cells).collect())
    }

    #[test]
    fn separators_marks_and_encodings_are_found_out() {
        let wanted = (vec!["Name".to_owned(), "Ort".to_owned()], vec![vec!["Müller; Söhne".to_owned(), "Köln".to_owned()]]);
        let text = "Name;Ort\r\n\"Müller; Söhne\";Köln\r\n";
        let utf16 = |big: bool, mark: bool| -> Vec<u8> {
            let units = mark.then_some('\u{FEFF}').into_iter().chain(text.chars()).map(|c| c as u16);
            units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        };
        assert_eq!(table(text.as_bytes()), wanted);
        assert_eq!(table(format!("\u{FEFF}{text}").as_bytes()), wanted);
        assert_eq!(table(&WINDOWS_1252.encode(text).0), wanted);
        for (big, mark) in [(true, true), (false, true), (true, false), (false, false)] {
            assert_eq!(table(&utf16(big, mark)), wanted, "{big} {mark}");
        }
        assert_eq!(table("Name\tOrt\nMüller; Söhne\tKöln\n\n\t\n".as_bytes()), wanted);
        assert_eq!(table("Name,Ort\n\"Müller; Söhne\",Köln".as_bytes()), wanted);
    }

    #[test]
    fn titles_above_the_head_and_rows_without_anything_are_left_out() {
        let pasted = "Kundenliste 2026\n\nStand: 24.11.\nName\tOrt\tTelefon\n\t\t\nMüller\tKöln\t0221 1\nSumme\t\t\n";
        let sheet = read(pasted.as_bytes()).expect("a table");
        assert_eq!(sheet.headers, ["Name", "Ort", "Telefon"]);
        assert_eq!(sheet.rows[0], Row { line: 6, cells: vec!["Müller".into(), "Köln".into(), "0221 1".into()] });
        assert_eq!(sheet.notes, [Remark::Titles { count: 2 }]);
        // A list of one column, or of two, has no title above it, whatever its rows hold.
        assert_eq!(table(b"Name\nBerg; Lund; Oslo\n").1, [["Berg; Lund; Oslo".to_owned()]]);
        assert_eq!(table(b"Name\nBerg\nLund\n").0, ["Name"]);
        assert_eq!(table(b"Name\nBerg;Oslo\n").1, [["Berg;Oslo".to_owned()]]);
    }

    #[test]
    fn what_is_too_much_is_refused_by_its_name() {
        let wide = vec!["a"; 1_000_000].join(",");
        let error = read(wide.as_bytes()).expect_err("too wide");
        assert_eq!((error.code, error.message.contains("1000000 columns")), (Code::TooLarge, true), "{}", error.message);
        let long = format!("a,b\n{}", "1,2\n".repeat(ROWS_MAX + 1));
        assert_eq!(read(long.as_bytes()).expect_err("too long").code, Code::TooLarge);
        assert_eq!(read(b"\x00\x01\x02\x03\x04").expect_err("no text").code, Code::Unreadable);
        assert_eq!(read(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old").expect_err("old").code, Code::Unreadable);
        assert_eq!(read(b"").expect_err("nothing").code, Code::Unreadable);
        assert_eq!(read(b"PK\x03\x04 and so on").expect_err("no archive").code, Code::Unreadable);
    }
}
