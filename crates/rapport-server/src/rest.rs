//! REST for customers, their contacts and their interactions. The verbs are rapport-ops'; here are paths, statuses, tags.

mod list;
mod place;

use crate::caller::Caller;
use crate::http::{Answer, Refusal, Shared, object};
use axum::Json;
use axum::Router;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, ETAG, IF_MATCH, IF_NONE_MATCH, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use place::Place;
use rapport_model::{BoxedRecord, Code, Error, Kind, Record, Result};
use rapport_ops::{accept, rest};
use rapport_store::Tx;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Bytes of a record's body at most.
const RECORD_BYTES_MAX: usize = 1024 * 1024;

/// Keys that lists sort and search by; they say nothing that the name does not.
const INNER_FIELDS: &[&str] = &["nameKey", "nameSort"];

pub fn router() -> Router<Shared> {
    Router::new()
        .route("/api/customers", collection(Kind::Customers))
        .route("/api/customers/{id}", single(Kind::Customers))
        .route("/api/customers/{customer}/contacts", collection(Kind::Contacts))
        .route("/api/customers/{customer}/contacts/{id}", single(Kind::Contacts))
        .route("/api/customers/{customer}/interactions", collection(Kind::Interactions))
        .route("/api/customers/{customer}/interactions/{id}", single(Kind::Interactions))
}

fn collection(kind: Kind) -> MethodRouter<Shared> {
    get(move |caller: Caller, place: Place, request: Request| list::page(kind, caller, place, request))
        .post(move |caller: Caller, place: Place, request: Request| create(kind, caller, place, request))
}

fn single(kind: Kind) -> MethodRouter<Shared> {
    get(move |caller: Caller, place: Place, headers: HeaderMap| read(kind, caller, place, headers))
        .put(move |caller: Caller, place: Place, request: Request| update(kind, caller, place, request))
        .delete(move |caller: Caller, place: Place, headers: HeaderMap| delete(kind, caller, place, headers))
}

/// A record as REST shows it.
fn shown(record: &dyn Record) -> Value {
    let mut json = record.to_json();
    if let Value::Object(map) = &mut json {
        INNER_FIELDS.iter().for_each(|name| drop(map.shift_remove(*name)));
    }
    json
}

/// `"<version>-<digest>"`: the version for `If-Match`, the digest because computed fields move without a new version.
fn tag(record: &dyn Record, json: &Value) -> String {
    let digest: String = Sha256::digest(json.to_string().as_bytes()).iter().take(6).map(|b| format!("{b:02x}")).collect();
    format!("\"{}-{digest}\"", record.meta().version)
}

/// The record with its tag.
fn answer(status: StatusCode, record: &dyn Record) -> Response {
    let json = shown(record);
    let tag = tag(record, &json);
    let mut response = (status, Json(json)).into_response();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    // May be kept by the caller, asked for every time.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

async fn create(kind: Kind, caller: Caller, place: Place, request: Request) -> Answer<Response> {
    let path = request.uri().path().trim_end_matches('/').to_owned();
    let body = object(request, RECORD_BYTES_MAX).await?;
    let record = caller
        .write(move |tx, at| {
            place.parent(tx)?;
            let changes = rest::create(kind, body, &place.forced(), &at.actor, at.source)?;
            if let Some(first) = changes.first()
                && tx.find(kind, first.id)?.is_some()
            {
                return Err(Error::field(Code::IdTaken, "_id", "There is a record with this id already."));
            }
            accept::edit(tx, at, changes)?.into_iter().next().ok_or_else(|| Error::internal("nothing was created"))
        })
        .await?;
    let mut response = answer(StatusCode::CREATED, record.as_ref());
    let location = format!("{path}/{}", record.meta().id);
    response.headers_mut().insert(LOCATION, HeaderValue::from_str(&location).map_err(Error::internal)?);
    Ok(response)
}

async fn read(kind: Kind, caller: Caller, place: Place, headers: HeaderMap) -> Answer<Response> {
    let record = caller.read(move |tx, _| find(tx, kind, &place)).await?;
    let response = answer(StatusCode::OK, record.as_ref());
    let current = response.headers().get(ETAG).cloned();
    if let (Some(asked), Some(current)) = (listed(&headers, &IF_NONE_MATCH), current) {
        let current_text = current.to_str().unwrap_or_default();
        if asked.iter().any(|tag| tag == "*" || tag.trim_start_matches("W/") == current_text) {
            let mut unchanged = StatusCode::NOT_MODIFIED.into_response();
            unchanged.headers_mut().insert(ETAG, current);
            unchanged.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
            return Ok(unchanged);
        }
    }
    Ok(response)
}

async fn update(kind: Kind, caller: Caller, place: Place, request: Request) -> Answer<Response> {
    let expected = listed(request.headers(), &IF_MATCH);
    let body = object(request, RECORD_BYTES_MAX).await?;
    let record = caller
        .write(move |tx, at| {
            let record = find(tx, kind, &place)?;
            check_version(record.as_ref(), expected.as_deref())?;
            let Some(change) = rest::update(record.as_ref(), body, &place.forced(), at.now)? else {
                return Ok(record);
            };
            accept::edit(tx, at, vec![change])?.into_iter().next().ok_or_else(|| Error::internal("nothing was changed"))
        })
        .await?;
    Ok(answer(StatusCode::OK, record.as_ref()))
}

async fn delete(kind: Kind, caller: Caller, place: Place, headers: HeaderMap) -> Answer<StatusCode> {
    let expected = listed(&headers, &IF_MATCH);
    caller
        .write(move |tx, at| {
            let record = find(tx, kind, &place)?;
            check_version(record.as_ref(), expected.as_deref())?;
            let change = rest::delete(record.as_ref(), at.now);
            accept::edit(tx, at, vec![change]).map(drop)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The record at a place; one in the trash, or of another customer than the path says, is not there.
fn find(tx: &mut Tx<'_>, kind: Kind, place: &Place) -> Result<BoxedRecord> {
    place.parent(tx)?;
    let record = tx.get(kind, place.id)?;
    let belongs = kind
        .index_of("customerId")
        .is_none_or(|index| place.customer.is_some_and(|customer| record.get(index) == Value::String(customer.to_string())));
    if !belongs || record.meta().deleted_at.is_some() {
        return Err(place::not_there());
    }
    Ok(record)
}

/// The tags of a header, or `None` if it is not there.
fn listed(headers: &HeaderMap, name: &axum::http::HeaderName) -> Option<Vec<String>> {
    let mut values = headers.get_all(name).iter().peekable();
    values.peek()?;
    let texts = values.filter_map(|value| value.to_str().ok());
    Some(texts.flat_map(|text| text.split(',')).map(|tag| tag.trim().to_owned()).collect())
}

/// 412 unless the caller has seen the record as it stands.
fn check_version(record: &dyn Record, expected: Option<&[String]>) -> Result<()> {
    let Some(expected) = expected else { return Ok(()) };
    let version = record.meta().version;
    let seen = |tag: &String| tag.trim_matches('"').split('-').next().and_then(|v| v.parse::<i64>().ok());
    if expected.iter().any(|tag| tag == "*" || seen(tag) == Some(version)) {
        return Ok(());
    }
    let message = "Somebody changed this record meanwhile; nothing was written. Read it again and repeat your change.";
    Err(Error::new(Code::Stale, message).with(serde_json::json!({ "version": version })))
}

/// So that `?` in extractors of this module can name it.
type Rejected<T> = std::result::Result<T, Refusal>;
