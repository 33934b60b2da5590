//! One declaration of a record type, and everything that follows from it.

use crate::cell::{Cell, Column, Row, read};
use crate::{Error, Field, Id, Kind, Millis, Result};
use serde_json::{Map, Value};
use std::any::Any;
use std::fmt::Debug;

/// What every record has. Columns in this order, before the declared ones.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Meta {
    pub id: Id,
    pub created_at: Millis,
    /// Stamped by the device's clock rule; decides who wins, never what is new.
    pub updated_at: Millis,
    pub created_by: Id,
    /// In the trash since then.
    pub deleted_at: Option<Millis>,
    /// The org's sequence number of the last accepted write; 0 = the server does not know the record.
    pub version: i64,
    /// Fields of a newer end, kept and handed back untouched.
    pub extra: Map<String, Value>,
}

/// Names and column types of [`Meta`], in order.
pub const META_COLUMNS: &[(&str, &str, bool)] = &[
    ("id", "BLOB", false),
    ("created_at", "BIGINT", false),
    ("updated_at", "BIGINT", false),
    ("created_by", "BLOB", false),
    ("deleted_at", "BIGINT", true),
    ("version", "BIGINT", false),
    ("extra", "TEXT", false),
];

/// Where a value of a record's JSON comes from.
#[derive(Clone, Copy)]
pub enum Part<'a> {
    Meta,
    Field(&'a Field),
    /// A newer end added it.
    Extra,
}

const META_JSON: &[&str] = &["_id", "createdAt", "updatedAt", "createdBy", "deletedAt", "version"];

impl Meta {
    fn push_cells<'a>(&'a self, out: &mut Vec<Cell<'a>>) {
        out.push(self.id.to_cell());
        out.push(self.created_at.to_cell());
        out.push(self.updated_at.to_cell());
        out.push(self.created_by.to_cell());
        out.push(self.deleted_at.to_cell());
        out.push(self.version.to_cell());
        out.push(self.extra.to_cell());
    }

    fn read(row: &dyn Row, at: usize) -> Result<Meta> {
        Ok(Meta {
            id: read(row, at)?,
            created_at: read(row, at + 1)?,
            updated_at: read(row, at + 2)?,
            created_by: read(row, at + 3)?,
            deleted_at: read(row, at + 4)?,
            version: read(row, at + 5)?,
            extra: read(row, at + 6)?,
        })
    }
}

/// A record of any type, for code that treats all alike.
pub trait Record: Any + Debug + Send + Sync {
    fn kind(&self) -> Kind;
    fn meta(&self) -> &Meta;
    fn meta_mut(&mut self) -> &mut Meta;
    /// The value of field `index` of `kind().fields()`, as JSON.
    fn get(&self, index: usize) -> Value;
    /// Sets field `index` from JSON; the error names the field.
    fn set(&mut self, index: usize, value: Value) -> Result<()>;
    /// The declared columns' cells, in order.
    fn push_fields<'a>(&'a self, out: &mut Vec<Cell<'a>>);
    fn clone_box(&self) -> Box<dyn Record>;
    fn as_any(&self) -> &dyn Any;
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

pub type BoxedRecord = Box<dyn Record>;

impl Clone for BoxedRecord {
    fn clone(&self) -> Self {
        self.as_ref().clone_box()
    }
}

/// The static side of a record type.
pub trait Declared: Record + Default + Clone + 'static {
    const KIND: Kind;
    const FIELDS: &'static [Field];
    fn read_fields(&mut self, row: &dyn Row, at: usize) -> Result<()>;
}

impl dyn Record {
    /// All cells of the row: meta, then declared fields.
    pub fn cells(&self) -> Vec<Cell<'_>> {
        let mut out = Vec::with_capacity(META_COLUMNS.len() + self.kind().fields().len());
        self.meta().push_cells(&mut out);
        self.push_fields(&mut out);
        out
    }

    pub fn of<T: Declared>(&self) -> Option<&T> {
        self.as_any().downcast_ref()
    }

    pub fn of_mut<T: Declared>(&mut self) -> Option<&mut T> {
        self.as_any_mut().downcast_mut()
    }

    /// Every name and value of the record's JSON, in order: meta, declared fields, and what newer ends added.
    pub fn try_each<E>(&self, mut f: impl FnMut(Part<'_>, &str, Value) -> Result<(), E>) -> Result<(), E> {
        let meta = self.meta();
        f(Part::Meta, "_id", Value::String(meta.id.to_string()))?;
        f(Part::Meta, "createdAt", meta.created_at.0.into())?;
        f(Part::Meta, "updatedAt", meta.updated_at.0.into())?;
        f(Part::Meta, "createdBy", Value::String(meta.created_by.to_string()))?;
        f(Part::Meta, "deletedAt", meta.deleted_at.map_or(Value::Null, |at| at.0.into()))?;
        f(Part::Meta, "version", meta.version.into())?;
        for (index, field) in self.kind().fields().iter().enumerate() {
            f(Part::Field(field), field.json, self.get(index))?;
        }
        let is_ours = |name: &str| META_JSON.contains(&name) || self.kind().index_of(name).is_some();
        let mut extra = meta.extra.iter().filter(|(name, _)| !is_ours(name));
        extra.try_for_each(|(name, value)| f(Part::Extra, name, value.clone()))
    }

    /// The record as JSON.
    pub fn to_json(&self) -> Value {
        // One more for whoever adds a mark of his own.
        let mut out = Map::with_capacity(META_JSON.len() + self.kind().fields().len() + self.meta().extra.len() + 1);
        let Ok(()) = self.try_each(|_, name, value| {
            out.insert(name.into(), value);
            Ok::<(), std::convert::Infallible>(())
        });
        Value::Object(out)
    }

    /// Takes over every known field of a JSON object; unknown ones go to `extra`. Missing fields stay as they are.
    pub fn fill(&mut self, json: Map<String, Value>) -> Result<()> {
        for (name, value) in json {
            if META_JSON.contains(&name.as_str()) {
                self.fill_meta(&name, value)?;
            } else if let Some(index) = self.kind().index_of(&name) {
                self.set(index, value)?;
            } else {
                self.meta_mut().extra.insert(name, value);
            }
        }
        Ok(())
    }

    fn fill_meta(&mut self, name: &str, value: Value) -> Result<()> {
        let wrong = |e: serde_json::Error| Error::field(crate::Code::InvalidValue, name, format!("{name} cannot be read: {e}."));
        let meta = self.meta_mut();
        match name {
            "_id" => meta.id = serde_json::from_value(value).map_err(wrong)?,
            "createdAt" => meta.created_at = serde_json::from_value(value).map_err(wrong)?,
            "updatedAt" => meta.updated_at = serde_json::from_value(value).map_err(wrong)?,
            "createdBy" => meta.created_by = serde_json::from_value(value).map_err(wrong)?,
            "deletedAt" => meta.deleted_at = serde_json::from_value(value).map_err(wrong)?,
            _ => meta.version = serde_json::from_value(value).map_err(wrong)?,
        }
        Ok(())
    }
}

/// A record of `kind` from one row: meta, then declared fields, starting at column `at`.
pub fn read_record<T: Declared>(row: &dyn Row, at: usize) -> Result<T> {
    let mut record = T::default();
    *record.meta_mut() = Meta::read(row, at)?;
    record.read_fields(row, at + META_COLUMNS.len())?;
    Ok(record)
}

/// The message for a value of the wrong type.
pub fn wrong_type(field: &Field, why: impl std::fmt::Display) -> Error {
    Error::field(crate::Code::InvalidValue, field.json, format!("{} cannot be read: {why}.", field.label))
}

/// Declares a record type: the struct, its fields, its codec. A new field is one line here and one migration.
#[macro_export]
macro_rules! record {
    (
        $(#[$doc:meta])*
        $name:ident of $kind:ident {
            $( $(#[$fdoc:meta])* $field:ident: $type:ty = $default:expr => $spec:expr ),+ $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            pub meta: $crate::Meta,
            $( $(#[$fdoc])* pub $field: $type ),+
        }

        impl Default for $name {
            fn default() -> Self {
                $name { meta: $crate::Meta::default(), $( $field: $default ),+ }
            }
        }

        impl $crate::Declared for $name {
            const KIND: $crate::Kind = $crate::Kind::$kind;
            const FIELDS: &'static [$crate::Field] = &[$({
                const JSON: &([u8; 48], usize) = &$crate::field::camel($crate::field::plain_name(stringify!($field)));
                $spec.named(
                    $crate::field::plain_name(stringify!($field)),
                    $crate::field::camel_text(JSON),
                    <$type as $crate::Column>::SQL,
                    <$type as $crate::Column>::NULLABLE,
                )
            }),+];

            fn read_fields(&mut self, row: &dyn $crate::Row, at: usize) -> $crate::Result<()> {
                let mut at = at;
                $( self.$field = $crate::cell::read(row, at)?; at += 1; )+
                let _ = at;
                Ok(())
            }
        }

        impl $crate::Record for $name {
            fn kind(&self) -> $crate::Kind {
                $crate::Kind::$kind
            }

            fn meta(&self) -> &$crate::Meta {
                &self.meta
            }

            fn meta_mut(&mut self) -> &mut $crate::Meta {
                &mut self.meta
            }

            fn get(&self, index: usize) -> serde_json::Value {
                let mut at = 0;
                $(
                    if at == index {
                        // Declared types have text keys only, so they always serialise.
                        return serde_json::to_value(&self.$field).unwrap_or_default();
                    }
                    at += 1;
                )+
                let _ = at;
                serde_json::Value::Null
            }

            fn set(&mut self, index: usize, value: serde_json::Value) -> $crate::Result<()> {
                let mut at = 0;
                $(
                    if at == index {
                        let field = &<$name as $crate::Declared>::FIELDS[at];
                        self.$field = serde_json::from_value(value).map_err(|e| $crate::record::wrong_type(field, e))?;
                        return Ok(());
                    }
                    at += 1;
                )+
                let _ = at;
                Ok(())
            }

            fn push_fields<'a>(&'a self, out: &mut Vec<$crate::Cell<'a>>) {
                $( out.push($crate::Column::to_cell(&self.$field)); )+
            }

            fn clone_box(&self) -> Box<dyn $crate::Record> {
                Box::new(self.clone())
            }

            fn as_any(&self) -> &dyn std::any::Any {
                self
            }

            fn as_any_mut(&mut self) -> &mut dyn std::any::Any {
                self
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                (self as &dyn $crate::Record).to_json().serialize(to)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let json = serde_json::Map::deserialize(from)?;
                let mut record = $name::default();
                (&mut record as &mut dyn $crate::Record).fill(json).map_err(serde::de::Error::custom)?;
                Ok(record)
            }
        }
    };
}
