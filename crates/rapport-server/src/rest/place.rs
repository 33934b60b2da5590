//! Which record a path names.

use super::Rejected;
use crate::http::{Refusal, Shared};
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use rapport_model::{Code, Error, Id, Kind, Result};
use rapport_store::Tx;
use serde_json::Value;

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
    /// 404 unless the customer of the path is there; one in the trash still shows its children.
    pub fn parent(&self, tx: &mut Tx<'_>) -> Result<()> {
        match self.customer {
            Some(customer) if tx.find(Kind::Customers, customer)?.is_none() => Err(not_there()),
            _ => Ok(()),
        }
    }

    /// What the path says about the record.
    pub fn forced(&self) -> Vec<(&'static str, Value)> {
        self.customer.map(|id| ("customerId", Value::String(id.to_string()))).into_iter().collect()
    }
}
