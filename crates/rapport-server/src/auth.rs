//! Sign-in by password or enrolment link, renewal, sign-out.

use crate::caller::{Peer, SignedIn};
use crate::http::{Answer, Shared, body};
use crate::session::{self, Renewal, Renewed, Session};
use crate::{account, password, token};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use rapport_model::{Code, Error, Result, User};
use rapport_store::{Store, Tx};
use serde::Deserialize;

/// Bytes of a sign-in body at most.
const AUTH_BYTES_MAX: usize = 16 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Login {
    email: String,
    password: String,
    #[serde(default)]
    device_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Enrolment {
    code: String,
    #[serde(default)]
    device_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refresh {
    refresh_token: String,
}

/// One answer for a wrong password, an unknown address, and somebody who may not sign in any more.
fn wrong() -> Error {
    Error::new(
        Code::InvalidCredentials,
        "The e-mail address or the password is not right. Check both, or ask your administrator for a link.",
    )
}

pub async fn login(State(office): State<Shared>, Peer(address): Peer, request: Request) -> Answer<Json<Session>> {
    let login: Login = body(request, AUTH_BYTES_MAX).await?;
    let key: String = account::email_key(&login.email).chars().take(254).collect();
    let now = office.now();
    office.by_address.take(&address, now)?;
    if let Err(error) = office.by_account.take(&key, now) {
        office.by_address.give_back(&address);
        return Err(error.into());
    }
    let result = password_login(&office, &key, login).await;
    // What was no guess takes no try.
    if result.as_ref().map_or_else(|error| error.code != Code::InvalidCredentials, |_| true) {
        office.by_account.give_back(&key);
        office.by_address.give_back(&address);
    }
    Ok(Json(result?))
}

async fn password_login(office: &Shared, key: &str, login: Login) -> Result<Session> {
    let found = find_account(office, key).await?;
    let secret = found.as_ref().map(|(_, _, secret)| secret.clone()).unwrap_or_default();
    let too_long = login.password.len() > password::PASSWORD_BYTES_MAX;
    let given = if too_long { String::new() } else { login.password };
    let verified = office.passwords.verify(given, secret).await?;
    let Some((store, user, _)) = found.filter(|_| verified) else { return Err(wrong()) };
    let org = store.1;
    let shared = office.clone();
    let begin = move |tx: &mut Tx<'_>| session::begin(tx, &shared.keys, org, user, &login.device_name, &*shared.source);
    store.0.write_async(begin).await
}

/// The org's store and id, who signs in, and her secret.
async fn find_account(office: &Shared, key: &str) -> Result<Option<((Store, rapport_model::Id), User, String)>> {
    let email = key.to_owned();
    let Some(org) = office.directory.read_async(move |tx| tx.directory_find(&email)).await? else {
        return Ok(None);
    };
    let store = match office.orgs.get(org).await {
        Ok(store) => store,
        Err(error) if error.code == Code::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let email = key.to_owned();
    let found = store
        .read_async(move |tx| {
            let Some(account) = tx.account_by_email(&email)? else { return Ok(None) };
            Ok(session::active_user(tx, account.user_id)?.map(|user| (user, account.secret)))
        })
        .await?;
    Ok(found.map(|(user, secret)| ((store, org), user, secret)))
}

pub async fn enrol(State(office): State<Shared>, Peer(address): Peer, request: Request) -> Answer<Json<Session>> {
    let enrolment: Enrolment = body(request, AUTH_BYTES_MAX).await?;
    office.by_address.take(&address, office.now())?;
    let session = enrol_by_code(&office, enrolment).await?.ok_or_else(|| {
        Error::new(Code::EnrolmentInvalid, "This link was used already or has run out. Ask your administrator for a new one.")
    })?;
    office.by_address.give_back(&address);
    Ok(Json(session))
}

async fn enrol_by_code(office: &Shared, enrolment: Enrolment) -> Result<Option<Session>> {
    let Some(org) = token::enrolment_org(&enrolment.code) else { return Ok(None) };
    let store = match office.orgs.get(org).await {
        Ok(store) => store,
        Err(error) if error.code == Code::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let office = office.clone();
    let take = move |tx: &mut Tx<'_>| {
        let hash = token::fingerprint(&enrolment.code);
        let Some(user) = tx.enrolment_take(&hash, office.now())? else { return Ok(None) };
        let Some(user) = session::active_user(tx, user)? else { return Ok(None) };
        session::begin(tx, &office.keys, org, user, &enrolment.device_name, &*office.source).map(Some)
    };
    store.write_async(take).await
}

pub async fn refresh(State(office): State<Shared>, request: Request) -> Answer<Json<Renewed>> {
    let shown: Refresh = body(request, AUTH_BYTES_MAX).await?;
    let ticket = office.keys.read_refresh(&shown.refresh_token)?;
    let store = office.orgs.get(ticket.org).await.map_err(|error| match error.code {
        Code::NotFound => Error::new(Code::Unauthorized, "This organisation is not here any more."),
        _ => error,
    })?;
    let shared = office.clone();
    let renew = move |tx: &mut Tx<'_>| session::renew(tx, &shared.keys, &ticket, &shown.refresh_token, shared.now());
    match store.write_async(renew).await? {
        Renewal::Renewed(renewed) => Ok(Json(renewed)),
        Renewal::Revoked => Err(session::revoked().into()),
        Renewal::Unknown => Err(Error::new(Code::Unauthorized, "The sign-in is not valid any more. Sign in again.").into()),
    }
}

pub async fn logout(SignedIn(caller, device): SignedIn) -> Answer<StatusCode> {
    caller.write(move |tx, at| session::end(tx, device, at.now)).await?;
    Ok(StatusCode::NO_CONTENT)
}
