//! Around every request: its trace, its line in the log, the one error body, the headers that every answer has.

use super::Shared;
use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, RETRY_AFTER, STRICT_TRANSPORT_SECURITY, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use rapport_model::release;
use rapport_model::{Code, Error};
use std::any::Any;
use std::time::Instant;

/// An error on its way out; the outermost layer gives it its body.
pub struct Refusal(pub Error);

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self.0);
        response
    }
}

/// A handler that panicked ends its request, nothing else. What it said may hold customer data and is not repeated.
pub fn panicked(_: Box<dyn Any + Send>) -> Response {
    Refusal(Error::internal("a handler panicked")).into_response()
}

pub async fn observe(State(office): State<Shared>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let _running = office.metrics.begin();
    let trace = trace();
    let method = request.method().clone();
    // The pattern of the path, so that no name or number of anybody gets into the log.
    let path = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    if response.extensions().get::<Error>().is_some_and(|error| error.code == Code::Busy) {
        office.metrics.busy();
    }
    let mut response = render(response, &trace);
    finish(response.headers_mut(), office.tls);
    // Often enough for a device to hear of it, and no byte on what is asked all the time.
    if path.starts_with("/api/auth/")
        && let Ok(version) = HeaderValue::from_str(&office.recommended_app.to_string())
    {
        response.headers_mut().insert(release::HEADER, version);
    }
    office.metrics.ended(&method, &path, response.status(), started.elapsed());
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(%method, path, status = response.status().as_u16(), ms, trace, "request");
    response
}

/// Sixteen hex digits that tie an answer to its line in the log.
fn trace() -> String {
    let bytes = crate::token::random::<8>().unwrap_or_default();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Gives every error answer the one body, also those that the framework made.
fn render(response: Response, trace: &str) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let error = response.extensions().get::<Error>().cloned().unwrap_or_else(|| of_status(status));
    let mut told = error.clone();
    if error.code == Code::Internal {
        tracing::error!(trace, %error, "a request failed");
        // What went wrong inside is for the log alone.
        told.message = format!("Something went wrong on the server; nothing was changed. Its log has it under {trace}.");
    }
    let status = StatusCode::from_u16(error.code.status()).unwrap_or(status);
    let mut out = (status, Json(told.body(trace))).into_response();
    if let Some(allow) = response.headers().get(ALLOW) {
        out.headers_mut().insert(ALLOW, allow.clone());
    }
    if status == StatusCode::UNAUTHORIZED {
        out.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = retry_after(&error) {
        out.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    out
}

fn retry_after(error: &Error) -> Option<u64> {
    let given = error.details.as_ref().and_then(|details| details["retryAfterSeconds"].as_u64());
    given.or((error.code.status() == 503).then_some(2))
}

fn of_status(status: StatusCode) -> Error {
    match status.as_u16() {
        404 => Error::new(Code::NotFound, "There is nothing at this address."),
        405 => Error::new(Code::MethodNotAllowed, "This address does not take this method; see the header Allow."),
        413 => Error::new(Code::TooLarge, "The body is too large. Send it in parts."),
        415 => Error::new(Code::UnsupportedMediaType, "Send JSON, plain or packed with gzip or zstd."),
        503 => Error::new(Code::Busy, "The server has too much to do. Try again in a moment."),
        400..=499 => Error::new(Code::Malformed, "The request cannot be read."),
        _ => Error::internal(format_args!("the framework answered {status}")),
    }
}

fn finish(headers: &mut HeaderMap, tls: bool) {
    let fixed = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        // So that a captive portal is told apart from us.
        (HeaderName::from_static("x-rapport"), "1"),
    ];
    for (name, value) in fixed {
        // A page of ours says itself what it may load.
        if name != CONTENT_SECURITY_POLICY || !headers.contains_key(CONTENT_SECURITY_POLICY) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if tls {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}
