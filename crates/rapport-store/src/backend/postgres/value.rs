//! Cells on their way into PostgreSQL and out of it, in its binary form, by the types of the statement.

use super::fault::from_postgres;
use bytes::{BufMut, BytesMut};
use postgres::types::{FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};
use rapport_model::{Cell, Result, Row};
use std::borrow::Cow;
use std::error::Error as Fault;

type Written = std::result::Result<IsNull, Box<dyn Fault + Sync + Send>>;

/// One value.
#[derive(Debug)]
pub(super) struct One<'a>(pub &'a Cell<'a>);

fn write(cell: &Cell<'_>, ty: &Type, out: &mut BytesMut) -> Written {
    match (cell, ty) {
        (Cell::Null, _) => return Ok(IsNull::Yes),
        (Cell::Int(n), &Type::BOOL) => out.put_u8(u8::from(*n != 0)),
        (Cell::Int(n), &Type::INT8) => out.put_i64(*n),
        (Cell::Int(n), &Type::INT4) => out.put_i32(i32::try_from(*n)?),
        (Cell::Real(n), &Type::FLOAT8) => out.put_f64(*n),
        (Cell::Text(text), &Type::TEXT | &Type::VARCHAR) => out.put_slice(text.as_bytes()),
        (Cell::Blob(bytes), &Type::BYTEA) => out.put_slice(bytes),
        (_, ty) => return Err(format!("a parameter does not fit {ty}").into()),
    }
    Ok(IsNull::No)
}

impl ToSql for One<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Written {
        write(self.0, ty, out)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The values of one column, as an array.
#[derive(Debug)]
pub(super) struct Many<'a>(pub Vec<&'a Cell<'a>>);

impl ToSql for Many<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Written {
        let Kind::Array(element) = ty.kind() else { return Err(format!("many values do not fit {ty}").into()) };
        out.put_i32(i32::from(!self.0.is_empty()));
        out.put_i32(i32::from(self.0.iter().any(|cell| matches!(cell, Cell::Null))));
        out.put_u32(element.oid());
        if self.0.is_empty() {
            return Ok(IsNull::No);
        }
        out.put_i32(i32::try_from(self.0.len())?);
        out.put_i32(1);
        for cell in &self.0 {
            let at = out.len();
            out.put_i32(-1);
            if matches!(write(cell, element, out)?, IsNull::No) {
                let length = i32::try_from(out.len() - at - 4)?;
                out[at..at + 4].copy_from_slice(&length.to_be_bytes());
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

struct Read<'a>(Cell<'a>);

impl<'a> FromSql<'a> for Read<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> std::result::Result<Read<'a>, Box<dyn Fault + Sync + Send>> {
        Ok(Read(match *ty {
            Type::BOOL => Cell::Int(i64::from(raw != [0])),
            Type::INT8 => Cell::Int(i64::from_be_bytes(raw.try_into()?)),
            Type::INT4 => Cell::Int(i64::from(i32::from_be_bytes(raw.try_into()?))),
            Type::FLOAT8 => Cell::Real(f64::from_be_bytes(raw.try_into()?)),
            Type::BYTEA => Cell::Blob(Cow::Borrowed(raw)),
            Type::TEXT | Type::VARCHAR | Type::NAME | Type::UNKNOWN => Cell::Text(Cow::Borrowed(std::str::from_utf8(raw)?)),
            ref ty => return Err(format!("a column of type {ty} is not read").into()),
        }))
    }

    fn from_sql_null(_: &Type) -> std::result::Result<Read<'a>, Box<dyn Fault + Sync + Send>> {
        Ok(Read(Cell::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

pub(super) struct PgRow<'a>(pub &'a postgres::Row);

impl Row for PgRow<'_> {
    fn cell(&self, index: usize) -> Result<Cell<'_>> {
        self.0.try_get::<_, Read<'_>>(index).map(|read| read.0).map_err(|error| from_postgres(&error))
    }
}
