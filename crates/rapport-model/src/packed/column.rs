//! One column as it arrived.

use super::bytes::{Bytes, unfolded};
use super::{Type, damaged};
use crate::Result;
use crate::cell::Cell;
use std::borrow::Cow;

/// How a column's values lie in the bytes.
pub(super) mod form {
    pub const EMPTY: u8 = 0;
    pub const SAME: u8 = 1;
    pub const EACH: u8 = 2;
    pub const WORDS: u8 = 3;
}

/// The values of one column, null or not, a place for every row.
#[derive(Debug, PartialEq)]
pub struct Column {
    /// Rows that hold nothing; `None` = each holds something.
    nulls: Option<Vec<bool>>,
    values: Values,
}

#[derive(Debug, PartialEq)]
enum Values {
    Empty,
    SameInt(i64),
    SameText(String),
    SameId([u8; 16]),
    Ints(Vec<i64>),
    /// All letters, and where each text ends.
    Texts(String, Vec<u32>),
    /// The words, and the place of each row's.
    Words(Vec<String>, Vec<u8>),
    Ids(Vec<[u8; 16]>),
}

impl Column {
    pub fn is_same(&self) -> bool {
        matches!(self.values, Values::Empty | Values::SameInt(_) | Values::SameText(_) | Values::SameId(_))
    }

    pub fn cell(&self, row: usize) -> Cell<'_> {
        if self.nulls.as_ref().is_some_and(|nulls| nulls.get(row).copied().unwrap_or(true)) {
            return Cell::Null;
        }
        match &self.values {
            Values::Empty => Cell::Null,
            Values::SameInt(value) => Cell::Int(*value),
            Values::SameText(value) => Cell::Text(Cow::Borrowed(value)),
            Values::SameId(value) => Cell::Blob(Cow::Borrowed(value)),
            Values::Ints(values) => values.get(row).map_or(Cell::Null, |value| Cell::Int(*value)),
            Values::Texts(text, ends) => {
                let place = |row: usize| ends.get(row).map(|end| *end as usize);
                let start = row.checked_sub(1).and_then(place).unwrap_or(0);
                let held = place(row).and_then(|end| text.get(start..end));
                held.map_or(Cell::Null, |text| Cell::Text(Cow::Borrowed(text)))
            }
            Values::Words(words, places) => {
                let word = places.get(row).and_then(|place| words.get(usize::from(*place)));
                word.map_or(Cell::Null, |word| Cell::Text(Cow::Borrowed(word)))
            }
            Values::Ids(values) => values.get(row).map_or(Cell::Null, |value| Cell::Blob(Cow::Borrowed(value))),
        }
    }

    pub(super) fn read(bytes: &mut Bytes<'_>, rows: usize) -> Result<Column> {
        let kind = Type::read(bytes.byte()?)?;
        let how = bytes.byte()?;
        if how == form::EMPTY {
            return Ok(Column { nulls: None, values: Values::Empty });
        }
        if how == form::SAME {
            let values = match kind {
                Type::Int => Values::SameInt(unfolded(bytes.number()?)),
                Type::Text => Values::SameText(bytes.text()?.to_owned()),
                Type::Id => Values::SameId(bytes.take(16)?.try_into().map_err(|_| damaged())?),
            };
            return Ok(Column { nulls: None, values });
        }
        let nulls = if bytes.byte()? == 1 { Some(bytes.bits(rows)?) } else { None };
        let present = nulls.as_ref().map_or(rows, |nulls| nulls.iter().filter(|null| !**null).count());
        let values = match (kind, how) {
            (Type::Int, form::EACH) => Values::Ints(spread(nulls.as_deref(), rows, ints(bytes, present)?)?),
            (Type::Text, form::EACH) => texts(bytes, nulls.as_deref(), rows)?,
            (Type::Text, form::WORDS) => words(bytes, nulls.as_deref(), rows, present)?,
            (Type::Id, form::EACH) => Values::Ids(spread(nulls.as_deref(), rows, ids(bytes, present)?)?),
            _ => return Err(damaged()),
        };
        Ok(Column { nulls, values })
    }
}

/// A place for every row, also for those that hold nothing.
fn spread<T: Copy + Default>(nulls: Option<&[bool]>, rows: usize, present: Vec<T>) -> Result<Vec<T>> {
    let Some(nulls) = nulls else {
        return if present.len() == rows { Ok(present) } else { Err(damaged()) };
    };
    let mut present = present.into_iter();
    Ok(nulls.iter().map(|null| if *null { T::default() } else { present.next().unwrap_or_default() }).collect())
}

fn ints(bytes: &mut Bytes<'_>, count: usize) -> Result<Vec<i64>> {
    let mut before = 0_i64;
    let next = |_| {
        before = before.wrapping_add(unfolded(bytes.number()?));
        Ok(before)
    };
    (0..count).map(next).collect()
}

/// The letters of all texts behind the lengths of each.
fn texts(bytes: &mut Bytes<'_>, nulls: Option<&[bool]>, rows: usize) -> Result<Values> {
    let mut ends = Vec::with_capacity(rows);
    let mut end = 0_u32;
    for row in 0..rows {
        if !nulls.is_some_and(|nulls| nulls[row]) {
            let length = u32::try_from(bytes.number()?).map_err(|_| damaged())?;
            end = end.checked_add(length).ok_or_else(damaged)?;
        }
        ends.push(end);
    }
    let letters = bytes.take(end as usize)?;
    let text = std::str::from_utf8(letters).map_err(|_| damaged())?;
    if ends.iter().any(|end| !text.is_char_boundary(*end as usize)) {
        return Err(damaged());
    }
    Ok(Values::Texts(text.to_owned(), ends))
}

fn words(bytes: &mut Bytes<'_>, nulls: Option<&[bool]>, rows: usize, present: usize) -> Result<Values> {
    let count = usize::from(bytes.byte()?);
    let words = (0..count).map(|_| bytes.text().map(str::to_owned)).collect::<Result<Vec<_>>>()?;
    let places = bytes.take(present)?;
    if places.iter().any(|place| usize::from(*place) >= count) {
        return Err(damaged());
    }
    Ok(Values::Words(words, spread(nulls, rows, places.to_vec())?))
}

/// Which repeat the one before them; of the others the differences of the first six bytes, their time, then the other ten bytes.
fn ids(bytes: &mut Bytes<'_>, count: usize) -> Result<Vec<[u8; 16]>> {
    let repeats = bytes.bits(count)?;
    let distinct = repeats.iter().filter(|repeat| !**repeat).count();
    let times = ints(bytes, distinct)?;
    let mut random = bytes.take(distinct.checked_mul(10).ok_or_else(damaged)?)?.chunks_exact(10);
    let mut times = times.into_iter();
    let mut id = [0_u8; 16];
    let mut out = Vec::with_capacity(count);
    for repeat in repeats {
        if !repeat {
            let (Some(time), Some(random)) = (times.next(), random.next()) else { return Err(damaged()) };
            id[..6].copy_from_slice(&time.to_be_bytes()[2..]);
            id[6..].copy_from_slice(random);
        }
        out.push(id);
    }
    Ok(out)
}
