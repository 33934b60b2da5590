//! The router and what every answer has in common.

mod body;
mod observe;

pub use body::{body, message, object, object_or_nothing};
pub use observe::Refusal;

use crate::metrics;
use crate::office::Office;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router, middleware};
use rapport_model::{Code, Error};
use std::net::SocketAddr;
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
        // For a program beside the server, not for callers. None of these is in the table of routes.
        .route("/metrics", get(local_metrics))
        // Between a device and its server alone: an answer without an end, and a question that was asked before.
        .route("/api/sync/events", get(crate::events::events))
        .route("/api/sync/same/{tag}", get(crate::sync::same))
        .merge(crate::rest::router())
        .fallback(unknown)
        .layer(CatchPanicLayer::custom(observe::panicked))
        .layer(RequestDecompressionLayer::new())
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(office.clone(), observe::observe))
        .with_state(office)
}

pub async fn health() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

async fn unknown() -> Refusal {
    Error::new(Code::NotFound, "There is nothing at this address.").into()
}

/// What the listener for scrapers serves.
pub fn scraped(office: Shared) -> Router {
    Router::new().route("/metrics", get(all_metrics)).with_state(office)
}

async fn all_metrics(State(office): State<Shared>) -> Answer<Response> {
    Ok(metrics::answer(&office)?)
}

/// The figures, for a program on this machine; for everybody else there is nothing here.
async fn local_metrics(State(office): State<Shared>, request: Request) -> Answer<Response> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    if office.behind_proxy || !is_from_here(peer, request.headers()) {
        return Err(unknown().await);
    }
    Ok(metrics::answer(&office)?)
}

/// Whether a request comes from this machine, without the mark of a proxy, be it one that we were not told of.
fn is_from_here(peer: Option<SocketAddr>, headers: &HeaderMap) -> bool {
    let marks = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];
    let is_loopback = peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    is_loopback && !marks.iter().any(|mark| headers.contains_key(*mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_here() {
        let is_here = |peer: &str, headers: &HeaderMap| is_from_here(peer.parse().ok(), headers);
        let none = HeaderMap::new();
        for here in ["127.0.0.1:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
            assert!(is_here(here, &none), "{here}");
        }
        for elsewhere in ["192.168.1.2:1", "[::ffff:10.0.0.1]:1", "[fe80::1]:1", ""] {
            assert!(!is_here(elsewhere, &none), "{elsewhere}");
        }
        let forwarded =
            HeaderMap::from_iter([("x-forwarded-for".parse().expect("a name"), "127.0.0.1".parse().expect("a value"))]);
        assert!(!is_here("127.0.0.1:1", &forwarded));
    }
}
