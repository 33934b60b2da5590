//! Excel workbooks as rows of texts, as a person reads them: days as days, numbers with the zeros that their cells show in front.
//!
//! Cells are read one by one: a sheet that claims to be endless, or unpacks to more than fits, is refused before it is held.

use super::remark::Remark;
use super::sheet::{COLUMNS_MAX, ROWS_MAX, Row};
use super::sheet::{refused, too_long, too_wide};
use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Style, Xlsx, XlsxError};
use rapport_model::{Code, Error, Result};
use std::io::Cursor;

/// Bytes that a workbook unpacks to at most.
const UNPACKED_BYTES_MAX: u64 = 400 * 1024 * 1024;

/// Numbers from here on have more digits than a cell of a workbook keeps.
const WHOLE_MAX: f64 = 1e15;

/// The rows of the first sheet that has any, and what is to be said of the others.
pub struct Table {
    pub rows: Vec<Row>,
    pub notes: Vec<Remark>,
}

pub fn read(bytes: &[u8]) -> Result<Table> {
    check_size(bytes)?;
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| told(&error))?;
    let shown: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect();
    for name in &shown {
        let rows = rows(&mut book, name)?;
        if rows.is_empty() {
            continue;
        }
        let others = shown.len() - 1;
        let note = (others > 0).then(|| Remark::Sheets { count: others, name: name.clone() });
        return Ok(Table { rows, notes: note.into_iter().collect() });
    }
    Err(refused(Code::Unreadable, "There is nothing in the sheets of this workbook."))
}

/// What is packed says how large it is unpacked.
fn check_size(bytes: &[u8]) -> Result<()> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| no_workbook())?;
    let mut unpacked = 0u64;
    for at in 0..archive.len() {
        unpacked = unpacked.saturating_add(archive.by_index_raw(at).map_err(|_| no_workbook())?.size());
    }
    if unpacked > UNPACKED_BYTES_MAX {
        let mib = UNPACKED_BYTES_MAX / 1024 / 1024;
        return Err(refused(
            Code::TooLarge,
            format!("This workbook unpacks to more than {mib} MiB. Split it and import the parts."),
        ));
    }
    Ok(())
}

fn no_workbook() -> Error {
    refused(Code::Unreadable, "This is a packed file, but no Excel workbook. Save the table as XLSX or CSV and import that.")
}

fn told(error: &XlsxError) -> Error {
    match error {
        XlsxError::Password => {
            refused(Code::Unreadable, "This workbook is locked by a password. Save it without one and import that.")
        }
        _ => no_workbook(),
    }
}

fn rows(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Vec<Row>> {
    let mut reader = book.worksheet_cells_reader(name).map_err(|error| told(&error))?;
    let zeros: Vec<usize> = reader.styles().iter().map(zeros_of).collect();
    let mut rows: Vec<Row> = Vec::new();
    while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(|error| told(&error))? {
        let (row, column) = cell.get_position();
        let text = text(cell.get_value(), zeros.get(style).copied().unwrap_or(0));
        if text.trim().is_empty() {
            continue;
        }
        let (line, column) = (row as usize + 1, column as usize);
        if column >= COLUMNS_MAX {
            return Err(too_wide(column + 1));
        }
        if rows.last().is_none_or(|last| last.line != line) {
            // The head, and titles above it, are no rows of the table.
            if rows.len() > ROWS_MAX + super::sheet::TITLES_MAX {
                return Err(too_long());
            }
            rows.push(Row { line, cells: Vec::new() });
        }
        let cells = &mut rows.last_mut().expect("a row was begun").cells;
        cells.resize(cells.len().max(column + 1), String::new());
        cells[column] = text;
    }
    Ok(rows)
}

/// Digits that a format fills up with zeros: postcodes and customer numbers are often numbers that only look like texts.
fn zeros_of(style: &Style) -> usize {
    let code = style.number_format.as_ref().map_or("", |format| format.format_code.as_str());
    let filled = !code.is_empty() && code.bytes().all(|byte| byte == b'0');
    if filled { code.len() } else { 0 }
}

/// A cell as it is read. What a formula came to is taken, never the formula; where it failed there is nothing.
fn text(value: &DataRef<'_>, zeros: usize) -> String {
    match value {
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => format!("{number:0zeros$}"),
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < WHOLE_MAX => format!("{number:0zeros$.0}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        DataRef::DateTime(at) => day(at),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// The day, with the time where it has one.
fn day(at: &ExcelDateTime) -> String {
    if at.is_duration() {
        return at.as_f64().to_string();
    }
    let (year, month, day, hour, minute, ..) = at.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute) == (0, 0) { date } else { format!("{date} {hour:02}:{minute:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_xlsxwriter::{ExcelDateTime as Day, Format, Formula, Workbook};

    fn sheet(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
        let mut book = Workbook::new();
        fill(&mut book);
        book.save_to_buffer().expect("a workbook")
    }

    #[test]
    fn cells_are_read_as_a_person_sees_them() {
        let bytes = sheet(|book| {
            book.add_worksheet();
            let page = book.add_worksheet();
            page.set_name("Kunden").expect("a name");
            page.write_row(0, 0, ["Name", "PLZ", "Telefon", "Wert", "Termin", "Aktiv", "Formel", "Fehler"]).expect("heads");
            page.write_string(2, 0, "=1+1").expect("a text");
            page.write_number_with_format(2, 1, 1067, &Format::new().set_num_format("00000")).expect("a postcode");
            page.write_number(2, 2, 491_711_234_567_f64).expect("a number");
            page.write_number(2, 3, 1234.5).expect("an amount");
            let day = Day::from_ymd(2026, 12, 24).expect("a day");
            page.write_datetime_with_format(2, 4, &day, &Format::new().set_num_format("dd.mm.yyyy")).expect("a day");
            page.write_boolean(2, 5, true).expect("a yes");
            page.write_formula(2, 6, Formula::new("=2*21").set_result("42")).expect("a formula");
            page.write_formula(2, 7, Formula::new("=1/0").set_result("#DIV/0!")).expect("a failure");
        });
        let table = read(&bytes).expect("read");
        assert_eq!(table.notes, [Remark::Sheets { count: 1, name: "Kunden".into() }]);
        assert_eq!(table.rows[1].line, 3);
        assert_eq!(table.rows[1].cells[..7], ["=1+1", "01067", "491711234567", "1234.5", "2026-12-24", "yes", "42"]);
        assert!(table.rows[1].cells.get(7).is_none_or(String::is_empty), "{:?}", table.rows[1].cells);
    }

    #[test]
    fn what_is_no_workbook_or_too_much_of_one_is_refused() {
        let code = |bytes: &[u8]| read(bytes).map(|table| table.rows.len()).expect_err("refused").code;
        assert_eq!(code(b"PK\x03\x04 and so on"), Code::Unreadable);
        assert_eq!(code(&sheet(|book| drop(book.add_worksheet().set_name("Empty")))), Code::Unreadable);
        // One cell in the last corner of a sheet of 17 thousand million.
        let far = sheet(|book| {
            let page = book.add_worksheet();
            page.write_string(0, 0, "Name").expect("written");
            page.write_string(1_048_575, 16_383, "far away").expect("written");
        });
        assert_eq!(code(&far), Code::TooLarge);
        let whole = sheet(|book| drop(book.add_worksheet().write_string(0, 0, "Name")));
        for cut in [10, whole.len() / 2, whole.len() - 5] {
            assert_eq!(code(&whole[..cut]), Code::Unreadable, "{cut}");
        }
    }
}
