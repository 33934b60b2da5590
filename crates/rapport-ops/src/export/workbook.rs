//! A table as an Excel workbook: texts stay texts, whatever they begin with; amounts are numbers and days are days.

use rapport_model::{Code, Error, Result};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Text,
    Number,
    Day,
}

/// Digits that a number of a workbook keeps.
const DIGITS_MAX: usize = 15;

/// How hard the file is packed: nearly half the time of the usual level 6, for a tenth more bytes.
const PACKING: u8 = 2;

/// Characters that a column is wide.
const WIDTH: f64 = 18.0;

pub(super) fn write(heads: &[(&str, Look)], rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    book.set_zip_compression_level(PACKING);
    let page = book.add_worksheet();
    let bold = Format::new().set_bold();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    for (column, (head, _)) in (0u16..).zip(heads) {
        page.write_string_with_format(0, column, *head, &bold).map_err(|error| told(&error))?;
        page.set_column_width(column, WIDTH).map_err(|error| told(&error))?;
    }
    page.set_freeze_panes(1, 1).map_err(|error| told(&error))?;
    for (row, cells) in (1u32..).zip(rows) {
        for (column, (text, (_, look))) in (0u16..).zip(cells.into_iter().zip(heads)) {
            if !text.is_empty() {
                put(page, (row, column), text, *look, &day).map_err(|error| told(&error))?;
            }
        }
    }
    book.save_to_buffer().map_err(|error| told(&error))
}

fn put(page: &mut Worksheet, (row, column): (u32, u16), text: String, look: Look, day: &Format) -> Result<(), XlsxError> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    match look {
        Look::Number if digits <= DIGITS_MAX => {
            if let Ok(number) = text.parse::<f64>() {
                return page.write_number(row, column, number).map(drop);
            }
        }
        Look::Day => {
            if let Ok(at) = ExcelDateTime::parse_from_str(&text) {
                return page.write_datetime_with_format(row, column, &at, day).map(drop);
            }
        }
        _ => {}
    }
    page.write_string(row, column, text).map(drop)
}

fn told(error: &XlsxError) -> Error {
    match error {
        XlsxError::MaxStringLengthExceeded => {
            let message = "A text is longer than a cell of a workbook may be. Nothing was written. Export as CSV instead.";
            Error::field(Code::TooLarge, "format", message)
        }
        XlsxError::RowColumnLimitError => {
            let message = "There are more rows than a sheet may have. Nothing was written. Export as CSV instead.";
            Error::field(Code::TooLarge, "format", message)
        }
        other => Error::internal(other),
    }
}
