//! Webhooks over REST: for administrators. A secret is told when it is made and never again.

use super::told::{Key, Told, once};
use super::{RECORD_BYTES_MAX, bad, list as lists, pairs};
use crate::caller::Caller;
use crate::http::{Answer, Shared, object, object_or_nothing};
use crate::people::admin;
use crate::webhooks::{checked_url, new_secret};
use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rapport_model::{Code, Error, Id, Millis, Result};
use rapport_ops::accept::Context;
use rapport_ops::webhooks::{self, OLD_SECRET_MS, WEBHOOKS_MAX};
use rapport_store::Tx;
use rapport_store::webhooks::{Delivery, LogPlace, Webhook};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// Characters of a name at most.
const NAME_CHARS_MAX: usize = 120;

/// Fields that a body may send back as they were.
const KEPT: &[&str] = &[
    "_id",
    "createdAt",
    "createdBy",
    "updatedAt",
    "oldSecretUntil",
    "waiting",
    "retrying",
    "failingSince",
    "disabledAt",
    "disabledWhy",
];

/// Which webhook a path names, and which of its deliveries.
pub struct Named {
    webhook: Id,
    delivery: Id,
}

impl FromRequestParts<Shared> for Named {
    type Rejection = crate::http::Refusal;

    async fn from_request_parts(parts: &mut Parts, office: &Shared) -> super::Rejected<Named> {
        let mut named = Named { webhook: Id::NIL, delivery: Id::NIL };
        let params = RawPathParams::from_request_parts(parts, office).await.map_err(|_| missing())?;
        for (name, value) in &params {
            let id = rapport_ops::rest::path_id(value)?;
            match name {
                "delivery" => named.delivery = id,
                _ => named.webhook = id,
            }
        }
        Ok(named)
    }
}

fn missing() -> Error {
    Error::new(Code::NotFound, "There is no such webhook here.")
}

fn find(tx: &mut Tx<'_>, id: Id) -> Result<Webhook> {
    tx.webhook_find(id)?.ok_or_else(missing)
}

/// A webhook as it is shown: without its secrets.
fn shown(tx: &mut Tx<'_>, hook: &Webhook, now: Millis) -> Result<Value> {
    let queue = tx.delivery_queue(hook.id)?;
    let why = (!hook.stopped_why.is_empty()).then_some(&hook.stopped_why);
    Ok(json!({
        "_id": hook.id, "name": hook.name, "url": hook.url, "events": hook.events, "active": hook.active,
        "createdAt": hook.created_at, "createdBy": hook.created_by, "updatedAt": hook.updated_at,
        "oldSecretUntil": hook.old_until.filter(|until| now < *until), "waiting": queue.waiting, "retrying": queue.retrying,
        "failingSince": hook.failing_since, "disabledAt": hook.stopped_at, "disabledWhy": why,
    }))
}

fn shown_delivery(one: &Delivery) -> Value {
    let record = one.kind.map(|_| one.record_id);
    json!({
        "_id": one.id, "event": one.word, "recordId": record, "acceptedAt": one.at, "queuedAt": one.queued_at, "state": one.state,
        "attempts": one.attempts, "nextAt": one.next_at, "attemptedAt": one.attempted_at, "status": one.status,
        "tookMs": one.took_ms, "error": one.error,
    })
}

pub async fn list(caller: Caller) -> Answer<Told> {
    let now = caller.now();
    let told = caller
        .read(move |tx, sight| {
            admin(sight.role)?;
            let items = tx.webhooks()?.iter().map(|hook| shown(tx, hook, now)).collect::<Result<Vec<_>>>()?;
            Ok(Told::json(json!({ "items": items })))
        })
        .await?;
    Ok(told)
}

pub async fn read(caller: Caller, named: Named) -> Answer<Told> {
    let now = caller.now();
    let told = caller
        .read(move |tx, sight| {
            admin(sight.role)?;
            let hook = find(tx, named.webhook)?;
            Ok(Told::json(shown(tx, &hook, now)?))
        })
        .await?;
    Ok(told)
}

/// What somebody says about a webhook.
#[derive(Clone, Default)]
struct Said {
    name: Option<String>,
    url: Option<String>,
    events: Option<Vec<String>>,
    active: Option<bool>,
}

fn said(body: Value, allow_private: bool) -> Result<Said> {
    let mut said = Said::default();
    for (name, value) in serde_json::from_value::<Map<String, Value>>(body).map_err(Error::internal)? {
        match name.as_str() {
            "name" => said.name = Some(checked_name(&typed::<String>(&name, value)?)?),
            "url" => said.url = Some(checked_url(&typed::<String>(&name, value)?, allow_private)?.to_string()),
            "events" => said.events = Some(webhooks::checked_words(&typed::<Vec<String>>(&name, value)?)?),
            "active" => said.active = Some(typed(&name, value)?),
            "secret" => return Err(bad("secret", "The server makes the secret. For a new one use POST …/rotate.")),
            kept if KEPT.contains(&kept) => {}
            _ => return Err(bad(&name, &format!("webhooks have no field \"{name}\"."))),
        }
    }
    Ok(said)
}

fn typed<T: DeserializeOwned>(name: &str, value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|e| bad(name, &format!("{name} cannot be read: {e}.")))
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::field(Code::Required, "name", "Give the webhook a name that says who is told."));
    }
    if name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(bad("name", &format!("A name is one line of at most {NAME_CHARS_MAX} characters.")));
    }
    Ok(name.to_owned())
}

pub async fn create(State(office): State<Shared>, caller: Caller, request: Request) -> Answer<Response> {
    caller.read(|_, sight| admin(sight.role)).await?;
    let (path, headers) = (request.uri().path().trim_end_matches('/').to_owned(), request.headers().clone());
    let body = object(request, RECORD_BYTES_MAX).await?;
    let key = Key::of(&headers, &path, &body)?;
    let said = said(body, office.hooks.options.allow_private)?;
    let needed = |name: &str| Error::field(Code::Required, name, format!("{name} is needed."));
    let name = said.name.ok_or_else(|| needed("name"))?;
    let url = said.url.ok_or_else(|| needed("url"))?;
    let events = said.events.ok_or_else(|| needed("events"))?;
    let secret = new_secret()?;
    let make = move |tx: &mut Tx<'_>, at: &Context<'_>| {
        admin(at.actor.role)?;
        if tx.webhooks()?.len() >= WEBHOOKS_MAX {
            let message = format!("There are {WEBHOOKS_MAX} webhooks already. Take one away first.");
            return Err(Error::new(Code::InvalidValue, message));
        }
        let hook = Webhook {
            id: at.source.id(),
            name,
            url,
            events,
            active: said.active.unwrap_or(true),
            secret,
            old_secret: String::new(),
            old_until: None,
            created_at: at.now,
            created_by: at.actor.user,
            updated_at: at.now,
            // From now on.
            reached: tx.sequence_take()?.version(),
            failing_since: None,
            stopped_at: None,
            stopped_why: String::new(),
        };
        tx.webhook_put(&hook)?;
        let mut told = shown(tx, &hook, at.now)?;
        told["secret"] = hook.secret.into();
        Ok(Told::made_at(told, format!("{path}/{}", hook.id)))
    };
    let response = once(&caller, key, make).await?;
    office.hooks.wake(caller.org);
    Ok(response)
}

pub async fn update(State(office): State<Shared>, caller: Caller, named: Named, request: Request) -> Answer<Told> {
    caller.read(|_, sight| admin(sight.role)).await?;
    let said = said(object(request, RECORD_BYTES_MAX).await?, office.hooks.options.allow_private)?;
    let told = caller
        .write(move |tx, at| {
            admin(at.actor.role)?;
            // So that no write is accepted between what was reached and what is heard.
            tx.sequence_take()?;
            let mut hook = find(tx, named.webhook)?;
            hook.name = said.name.unwrap_or(hook.name);
            if let Some(url) = said.url.filter(|url| *url != hook.url) {
                // Another receiver starts without the failures of the one before.
                (hook.url, hook.failing_since) = (url, None);
            }
            hook.events = said.events.unwrap_or(hook.events);
            hook.updated_at = at.now;
            if let Some(active) = said.active {
                webhooks::activate(tx, &mut hook, active)?;
            }
            tx.webhook_put(&hook)?;
            Ok(Told::json(shown(tx, &hook, at.now)?))
        })
        .await?;
    office.hooks.wake(caller.org);
    Ok(told)
}

pub async fn remove(caller: Caller, named: Named) -> Answer<StatusCode> {
    caller
        .write(move |tx, at| {
            admin(at.actor.role)?;
            find(tx, named.webhook)?;
            tx.webhook_remove(named.webhook)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Acts on a webhook; a request that comes twice with one key acts once. The body is empty.
async fn act(
    office: &Shared,
    caller: &Caller,
    named: Named,
    request: Request,
    act: impl FnOnce(&mut Tx<'_>, &Context<'_>, Webhook) -> Result<Value> + Clone + Send + 'static,
) -> Answer<Response> {
    caller.read(|_, sight| admin(sight.role)).await?;
    let (path, headers) = (request.uri().path().to_owned(), request.headers().clone());
    let body = object_or_nothing(request, RECORD_BYTES_MAX).await?;
    let key = Key::of(&headers, &path, &body)?;
    if let Some(name) = body.as_object().and_then(|map| map.keys().next()) {
        return Err(bad(name, "This takes nothing but an empty object.").into());
    }
    let acted = move |tx: &mut Tx<'_>, at: &Context<'_>| {
        admin(at.actor.role)?;
        let hook = find(tx, named.webhook)?;
        Ok(Told::json(act(tx, at, hook)?))
    };
    let response = once(caller, key, acted).await?;
    office.hooks.wake(caller.org);
    Ok(response)
}

pub async fn rotate(State(office): State<Shared>, caller: Caller, named: Named, request: Request) -> Answer<Response> {
    let secret = new_secret()?;
    act(&office, &caller, named, request, move |tx, at, mut hook| {
        let until = Millis(at.now.0 + OLD_SECRET_MS);
        hook.old_secret = std::mem::replace(&mut hook.secret, secret);
        (hook.old_until, hook.updated_at) = (Some(until), at.now);
        tx.webhook_put(&hook)?;
        Ok(json!({ "secret": hook.secret, "oldSecretUntil": until }))
    })
    .await
}

pub async fn test(State(office): State<Shared>, caller: Caller, named: Named, request: Request) -> Answer<Response> {
    act(&office, &caller, named, request, |tx, at, hook| Ok(shown_delivery(&webhooks::ping(tx, at, &hook)?))).await
}

pub async fn retry(State(office): State<Shared>, caller: Caller, named: Named, request: Request) -> Answer<Response> {
    let delivery = named.delivery;
    act(&office, &caller, named, request, move |tx, at, hook| Ok(shown_delivery(&webhooks::retry(tx, at, &hook, delivery)?)))
        .await
}

pub async fn deliveries(caller: Caller, named: Named, request: Request) -> Answer<Told> {
    let (mut limit, mut after) = (lists::PAGE_ROWS, None);
    for (name, value) in pairs(&request)? {
        match name.as_str() {
            "limit" => limit = lists::limit(&value)?,
            "cursor" => after = Some(parse_cursor(&value)?),
            _ => return Err(bad(&name, "Deliveries take limit and cursor.").into()),
        }
    }
    let told = caller
        .read(move |tx, sight| {
            admin(sight.role)?;
            let hook = find(tx, named.webhook)?;
            let mut page = tx.deliveries_page(hook.id, after, limit + 1)?;
            let more = page.len() > limit;
            page.truncate(limit);
            let next = page.last().filter(|_| more).map(|one| write_cursor(&(one.version, one.n, one.id)));
            let items: Vec<Value> = page.iter().map(shown_delivery).collect();
            Ok(Told::json(json!({ "items": items, "next": next })))
        })
        .await?;
    Ok(told)
}

fn write_cursor(place: &LogPlace) -> String {
    URL_SAFE_NO_PAD.encode(json!(place).to_string())
}

fn parse_cursor(text: &str) -> Result<LogPlace> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let place = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    place.ok_or_else(|| bad("cursor", "The cursor is not one that this log gave. Start from the first page."))
}
