//! People of an organisation over REST: invited, changed, handed over, let go; their teams and devices. Lists are `rest`'s.

pub mod devices;
pub mod house;
pub mod leave;
pub mod password;
pub mod teams;
pub mod users;

use crate::http::{Answer, Refusal, Shared};
use crate::{account, token};
use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header::{HOST, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use rapport_model::{BoxedRecord, Code, Error, Id, Meta, Millis, Result, Role, User};
use rapport_ops::accept::{self, Context};
use rapport_store::Tx;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::convert::Infallible;

/// Bytes of a body about people at most.
const PEOPLE_BYTES_MAX: usize = 256 * 1024;

/// How long an invitation is good for.
const INVITATION_MS: i64 = 7 * 86_400_000;

/// People and machines are an administrator's business.
pub fn admin(role: Role) -> Result<()> {
    if role == Role::Admin {
        return Ok(());
    }
    Err(Error::new(Code::Forbidden, "Only an administrator may do this. Ask one."))
}

/// Writes records of the server's own kinds: stamped with this moment, logged, pulled by every device.
fn write(tx: &mut Tx<'_>, at: &Context<'_>, mut records: Vec<BoxedRecord>) -> Result<()> {
    records.iter_mut().for_each(|record| record.meta_mut().updated_at = at.now);
    accept::write_server(tx, at, records)
}

fn fresh(at: &Context<'_>) -> Meta {
    Meta { id: at.source.id(), created_at: at.now, updated_at: at.now, created_by: at.actor.user, ..Meta::default() }
}

/// The user of a path, whether she may sign in or not.
fn user(tx: &mut Tx<'_>, id: Id) -> Result<User> {
    let found = tx.find_as::<User>(id)?.filter(|user| user.meta.deleted_at.is_none());
    found.ok_or_else(|| Error::new(Code::NotFound, "There is no such person here."))
}

/// An organisation without an administrator could not be mended by anybody in it.
fn keeps_an_admin(tx: &mut Tx<'_>, without: Id) -> Result<()> {
    let another = |user: &User| user.role == Role::Admin && user.is_active && user.meta.id != without;
    if tx.all::<User>()?.iter().any(another) {
        return Ok(());
    }
    let message = "This is the last administrator. Make somebody else an administrator first.";
    Err(Error::new(Code::LastAdmin, message))
}

/// A new link for a user; those she has not used are good no more. Returns it, and until when it is good.
fn invite(tx: &mut Tx<'_>, at: &Context<'_>, org: Id, user: Id, server: &str) -> Result<(String, Millis)> {
    let code = token::enrolment_code(org)?;
    let until = Millis(at.now.0.saturating_add(INVITATION_MS));
    tx.enrolments_forget(user)?;
    tx.enrolment_put(&token::fingerprint(&code), user, until)?;
    Ok((account::link(server, &code), until))
}

/// Where devices reach this server.
pub struct Server(String);

impl FromRequestParts<Shared> for Server {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, office: &Shared) -> Result<Server, Infallible> {
        if let Some(url) = &office.public_url {
            return Ok(Server(url.trim_end_matches('/').to_owned()));
        }
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let host = header(HOST.as_str()).or_else(|| parts.uri.authority().map(ToString::to_string)).unwrap_or_default();
        let forwarded = header("x-forwarded-proto").filter(|scheme| office.behind_proxy && scheme == "http");
        let secure = office.tls || (office.behind_proxy && forwarded.is_none());
        Ok(Server(format!("{}://{host}", if secure { "https" } else { "http" })))
    }
}

/// A body as its type; 400 if it is not of this form.
fn typed<T: DeserializeOwned>(body: Value) -> Result<T> {
    serde_json::from_value(body)
        .map_err(|e| Error::new(Code::Malformed, format!("The body cannot be read as JSON of this form: {e}.")))
}

/// 201 with what was made, and where it is.
fn made_at(path: &str, made: &impl Serialize) -> Answer<Response> {
    let location = HeaderValue::from_str(path).map_err(Error::internal)?;
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(made)).into_response())
}

/// The id in a path.
pub struct PathId(pub Id);

impl FromRequestParts<Shared> for PathId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, office: &Shared) -> Result<PathId, Refusal> {
        let params = axum::extract::RawPathParams::from_request_parts(parts, office).await;
        let id = params.ok().and_then(|params| params.iter().last().map(|(_, value)| rapport_ops::rest::path_id(value)));
        let missing = || Error::new(Code::NotFound, "There is no such record here.");
        Ok(PathId(id.unwrap_or_else(|| Err(missing()))?))
    }
}
