//! Which record a path names.

use super::Rejected;
use crate::http::{Refusal, Shared};
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use rapport_model::{BoxedRecord, Code, Customer, Declared, Error, Id, Kind, Result, Sight, customer_of, rules};
use rapport_store::Tx;
use serde_json::Value;
use std::sync::Arc;

/// The ids in a path. `id` is nil for a collection.
#[derive(Clone, Copy, Default)]
pub struct Place {
    pub customer: Option<Id>,
    pub id: Id,
}

/// An id that cannot be is one that is not there.
pub fn not_there() -> Error {
    Error::new(Code::NotFound, "There is no such record here.")
}

impl FromRequestParts<Shared> for Place {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, office: &Shared) -> Rejected<Place> {
        let mut place = Place::default();
        let params = RawPathParams::from_request_parts(parts, office).await.map_err(|_| not_there())?;
        for (name, value) in &params {
            let id = rapport_ops::rest::path_id(value)?;
            match name {
                "customer" => place.customer = Some(id),
                _ => place.id = id,
            }
        }
        Ok(place)
    }
}

impl Place {
    /// 404 unless the customer of the path is there for the caller; one in the trash still shows its children.
    pub fn parent(&self, tx: &mut Tx<'_>, sight: &Sight) -> Result<()> {
        let Some(id) = self.customer else { return Ok(()) };
        let customer = tx.recalled("parent", id.as_bytes(), |tx| Ok(tx.find_as::<Customer>(id)?.map(Arc::new)))?;
        if customer.is_some_and(|customer| sight.sees_customer(&customer)) { Ok(()) } else { Err(not_there()) }
    }

    /// The record at a place; one in the trash, out of sight, or of another customer than the path says, is not there.
    pub fn find(&self, tx: &mut Tx<'_>, kind: Kind, sight: &Sight) -> Result<BoxedRecord> {
        let record = self.find_any(tx, kind, sight)?;
        if record.meta().deleted_at.is_some() { Err(not_there()) } else { Ok(record) }
    }

    /// The record at a place, be it in the trash.
    pub fn find_any(&self, tx: &mut Tx<'_>, kind: Kind, sight: &Sight) -> Result<BoxedRecord> {
        let record = tx.find(kind, self.id)?.ok_or_else(not_there)?;
        let owner = customer_of(record.as_ref());
        if self.customer.is_some_and(|customer| owner.is_some() && owner != Some(customer)) {
            return Err(not_there());
        }
        if rules::sees(tx, sight, record.as_ref())? { Ok(record) } else { Err(not_there()) }
    }

    pub fn find_as<T: Declared>(&self, tx: &mut Tx<'_>, sight: &Sight) -> Result<T> {
        self.find(tx, T::KIND, sight)?.of::<T>().cloned().ok_or_else(not_there)
    }

    /// What the path says about the record.
    pub fn forced(&self) -> Vec<(&'static str, Value)> {
        self.customer.map(|id| ("customerId", Value::String(id.to_string()))).into_iter().collect()
    }
}
