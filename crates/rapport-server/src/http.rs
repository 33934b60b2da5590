//! The router and what every answer has in common.

mod body;
mod observe;

pub use body::{body, object};
pub use observe::Refusal;

use crate::office::Office;
use axum::routing::get;
use axum::{Json, Router, middleware};
use rapport_model::{Code, Error};
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::decompression::RequestDecompressionLayer;

pub type Shared = Arc<Office>;

/// What a handler answers.
pub type Answer<T> = std::result::Result<T, Refusal>;

/// Every route; the last layer is the outermost.
pub fn router(office: Shared) -> Router {
    Router::new()
        .route("/healthz", get(health))
        .merge(crate::auth::router())
        .merge(crate::sync::router())
        .merge(crate::rest::router())
        .fallback(unknown)
        .layer(CatchPanicLayer::custom(observe::panicked))
        .layer(RequestDecompressionLayer::new())
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(office.clone(), observe::observe))
        .with_state(office)
}

async fn health() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

async fn unknown() -> Refusal {
    Error::new(Code::NotFound, "There is nothing at this address.").into()
}
