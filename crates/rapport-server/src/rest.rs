//! REST: the table of routes, and what all kinds of records have in common. The verbs are rapport-ops'; here are paths,
//! statuses, tags.

pub mod analytics;
mod content;
mod figures;
mod follow_ups;
mod history;
mod life;
mod list;
pub mod people;
pub mod place;
pub mod query;
pub mod routes;
pub mod told;
pub mod webhooks;

use crate::caller::Caller;
use crate::http::{Answer, Refusal, Shared, object, object_or_nothing};
use axum::Router;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, post, put};
use place::Place;
use query::pairs;
use rapport_model::mutation::Change;
use rapport_model::{Code, Customer, Error, Kind, Quote, Record, Result};
use rapport_ops::{accept, rest, verbs};
use rapport_store::Tx;
use routes::Does;
use serde_json::Value;
use told::{Key, Told, View, once};

/// Bytes of a record's body at most.
pub const RECORD_BYTES_MAX: usize = 1024 * 1024;

pub fn router() -> Router<Shared> {
    routes::all().fold(Router::new(), |router, route| router.route(route.path, query::strict(route, handler(route.does))))
}

fn handler(does: Does) -> MethodRouter<Shared> {
    match does {
        Does::List(kind) => get(move |c: Caller, p: Place, r: Request| list::page(kind, c, p, r)),
        Does::Create(kind) => post(move |c: Caller, p: Place, r: Request| create(kind, c, p, r)),
        Does::Read(kind) => get(move |c: Caller, p: Place, h: HeaderMap| read(kind, c, p, h)),
        Does::Update(kind) => put(move |c: Caller, p: Place, r: Request| update(kind, c, p, r)),
        Does::Delete(kind) => delete(move |c: Caller, p: Place, h: HeaderMap| remove(kind, c, p, h)),
        Does::Verb(verb) => post(move |c: Caller, p: Place, r: Request| act(verb, c, p, r)),
        Does::Other(other) => other(),
    }
}

async fn create(kind: Kind, caller: Caller, place: Place, request: Request) -> Answer<Response> {
    let path = request.uri().path().trim_end_matches('/').to_owned();
    let headers = request.headers().clone();
    let body = object(request, RECORD_BYTES_MAX).await?;
    let key = Key::of(&headers, &path, &body)?;
    rest::check_present(kind, &body)?;
    if !body["primaryContact"].is_null() {
        rest::check_present(Kind::Contacts, &body["primaryContact"])?;
    }
    let write = move |tx: &mut Tx<'_>, at: &accept::Context<'_>| {
        let view = View::of_writer(tx, at)?;
        place.parent(tx, &view.sight)?;
        let chosen = !body["_id"].is_null();
        let changes = rest::create(kind, body, &place.forced(), &view.sight, at.source)?;
        if let Some(first) = changes.first().filter(|_| chosen)
            && tx.find(kind, first.id)?.is_some()
        {
            return Err(Error::field(Code::IdTaken, "_id", "There is a record with this id already."));
        }
        let made = accept::edit(tx, at, changes)?.into_iter().next().ok_or_else(|| Error::internal("nothing was created"))?;
        Ok(Told::made(made.as_ref(), &view, &path))
    };
    once(&caller, key, write).await
}

async fn read(kind: Kind, caller: Caller, place: Place, headers: HeaderMap) -> Answer<Response> {
    let now = caller.now();
    let told = caller
        .read(move |tx, sight| {
            // To read one that was merged is to read the one that it lives on in; to change it takes the name of that one.
            let record = match place.find(tx, kind, sight) {
                Err(error) if error.code == Code::NotFound => {
                    Place { id: tx.survivor_of(place.id)?, ..place }.find(tx, kind, sight)?
                }
                found => found?,
            };
            Ok(Told::record(record.as_ref(), &View::of(tx, sight, now)?))
        })
        .await?;
    let response = told.into_response();
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

async fn update(kind: Kind, caller: Caller, place: Place, request: Request) -> Answer<Told> {
    let expected = listed(request.headers(), &IF_MATCH);
    let mut body = object(request, RECORD_BYTES_MAX).await?;
    let told = caller
        .write(move |tx, at| {
            let view = View::of_writer(tx, at)?;
            let record = place.find(tx, kind, &view.sight)?;
            check_version(record.as_ref(), expected.as_deref())?;
            view.today.unread(record.as_ref(), &mut body);
            let nested =
                body.as_object_mut().filter(|_| kind == Kind::Customers).and_then(|map| map.shift_remove("primaryContact"));
            let mut changes = Vec::from_iter(rest::update(record.as_ref(), body, &place.forced(), at.now)?);
            if let (Some(nested), Some(customer)) = (nested, record.of::<Customer>()) {
                changes.append(&mut primary_contact(tx, customer, nested, &view, at)?);
            }
            if changes.is_empty() {
                return Ok(Told::record(record.as_ref(), &view));
            }
            accept::edit(tx, at, changes)?;
            Ok(Told::record(tx.get(kind, record.meta().id)?.as_ref(), &view))
        })
        .await?;
    Ok(told)
}

/// The `primaryContact` of a customer's body, as a list shows it: what it says changes that contact, or makes the first one.
fn primary_contact(
    tx: &mut Tx<'_>,
    customer: &Customer,
    nested: Value,
    view: &View,
    at: &accept::Context<'_>,
) -> Result<Vec<Change>> {
    let of_it = [("customerId", Value::String(customer.meta.id.to_string())), ("isPrimary", Value::Bool(true))];
    match customer.primary_contact_id {
        None if nested.is_null() => Ok(Vec::new()),
        None => {
            rest::check_present(Kind::Contacts, &nested)?;
            rest::create(Kind::Contacts, nested, &of_it, &view.sight, at.source)
        }
        Some(_) if nested.is_null() => {
            let message = "The primary contact is not removed by leaving it empty. Delete that contact, or choose another one.";
            Err(Error::field(Code::InvalidValue, "primaryContact", message))
        }
        Some(id) => {
            let contact = tx.get(Kind::Contacts, id)?;
            Ok(rest::update(contact.as_ref(), nested, &of_it, at.now)?.into_iter().collect())
        }
    }
}

async fn remove(kind: Kind, caller: Caller, place: Place, headers: HeaderMap) -> Answer<StatusCode> {
    let expected = listed(&headers, &IF_MATCH);
    caller
        .write(move |tx, at| {
            let sight = tx.sight(&at.actor)?;
            let record = place.find(tx, kind, &sight)?;
            check_version(record.as_ref(), expected.as_deref())?;
            let change = rest::delete(record.as_ref(), at.now);
            accept::edit(tx, at, vec![change]).map(drop)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A verb of a quote; the answer is what it comes to: the quote, its revision, its order.
async fn act(verb: &'static str, caller: Caller, place: Place, request: Request) -> Answer<Response> {
    let path = request.uri().path().to_owned();
    let headers = request.headers().clone();
    let body = object_or_nothing(request, RECORD_BYTES_MAX).await?;
    let key = Key::of(&headers, &path, &body)?;
    let act = verbs::parse(verb, body)?;
    let write = move |tx: &mut Tx<'_>, at: &accept::Context<'_>| {
        let view = View::of_writer(tx, at)?;
        let quote: Quote = place.find_as(tx, &view.sight)?;
        let shown = verbs::act(tx, at, &quote, &act)?;
        Ok(Told::record(shown.as_ref(), &view))
    };
    once(&caller, key, write).await
}

/// Takes a customer out of the trash; one that is not in it stays as it is.
async fn restore(caller: Caller, place: Place, request: Request) -> Answer<Response> {
    let path = request.uri().path().to_owned();
    let headers = request.headers().clone();
    let body = object_or_nothing(request, RECORD_BYTES_MAX).await?;
    let key = Key::of(&headers, &path, &body)?;
    if let Some(name) = body.as_object().and_then(|map| map.keys().next()) {
        return Err(Error::field(Code::InvalidValue, name, "Restoring takes nothing but an empty object.").into());
    }
    let write = move |tx: &mut Tx<'_>, at: &accept::Context<'_>| {
        let view = View::of_writer(tx, at)?;
        let mut record = place.find_any(tx, Kind::Customers, &view.sight)?;
        if record.meta().deleted_at.is_some() {
            accept::edit(tx, at, vec![rest::restore(record.as_ref(), at.now)])?;
            record = place.find(tx, Kind::Customers, &view.sight)?;
        }
        Ok(Told::record(record.as_ref(), &view))
    };
    once(&caller, key, write).await
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

/// An error about one name of a query.
fn bad(name: &str, what: &str) -> Error {
    Error::field(Code::InvalidValue, name, what)
}

/// So that `?` in extractors of this module can name it.
type Rejected<T> = std::result::Result<T, Refusal>;
