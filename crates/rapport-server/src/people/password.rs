//! Passwords: one's own changed, somebody else's taken away.

use super::{PEOPLE_BYTES_MAX, PathId, Server, admin, invite, typed, user};
use crate::caller::{Caller, SignedIn};
use crate::http::{Answer, Shared, body, object_or_nothing};
use crate::password;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use rapport_model::{Code, Error};
use rapport_store::accounts::Account;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    /// Nothing for who has signed in by a link and has none yet.
    #[serde(default)]
    current: String,
    new: String,
}

fn no_account() -> Error {
    Error::internal("a user without an account")
}

pub async fn change(State(office): State<Shared>, SignedIn(caller, device): SignedIn, request: Request) -> Answer<StatusCode> {
    let asked: Change = body(request, PEOPLE_BYTES_MAX).await?;
    password::check(&asked.new).map_err(|error| Error { field: Some("new".to_owned()), ..error })?;
    let account = caller.read(|tx, sight| tx.account_of(sight.user)?.ok_or_else(no_account)).await?;
    if !account.secret.is_empty() {
        // A stolen token must not be a way to guess.
        office.by_account.take(&account.email_key, office.now())?;
        let too_long = asked.current.len() > password::PASSWORD_BYTES_MAX;
        let current = if too_long { String::new() } else { asked.current };
        if !office.passwords.verify(current, account.secret.clone()).await? {
            let message = "The present password is not right. Nothing was changed.";
            return Err(Error::field(Code::InvalidCredentials, "current", message).into());
        }
        office.by_account.give_back(&account.email_key);
    }
    let hashed = tokio::task::spawn_blocking(move || password::hash(&asked.new)).await.map_err(Error::internal)??;
    caller
        .write(move |tx, at| {
            let held = tx.account_of(at.actor.user)?.ok_or_else(no_account)?;
            if held.secret != account.secret {
                return Err(Error::new(Code::Stale, "The password was changed meanwhile. Sign in again."));
            }
            tx.account_put(&Account { secret: hashed, ..held })?;
            tx.devices_revoke(at.actor.user, Some(device), at.now).map(drop)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Reset {
    /// Her devices are signed out, too; without it her laptop goes on with its work.
    #[serde(default)]
    sign_out: bool,
}

/// The old password is good no more; the link signs one device in, where she sets a new one.
pub async fn reset(Server(server): Server, PathId(id): PathId, caller: Caller, request: Request) -> Answer<Json<Value>> {
    let asked: Reset = typed(object_or_nothing(request, PEOPLE_BYTES_MAX).await?)?;
    let org = caller.org;
    let answer = caller
        .write(move |tx, at| {
            admin(at.actor.role)?;
            if !user(tx, id)?.is_active {
                return Err(Error::new(Code::IllegalTransition, "This person was let go. Reactivate her first."));
            }
            let account = tx.account_of(id)?.ok_or_else(no_account)?;
            tx.account_put(&Account { secret: String::new(), ..account })?;
            if asked.sign_out {
                tx.devices_revoke(id, Some(at.actor.device), at.now)?;
            }
            let (link, until) = invite(tx, at, org, id, &server)?;
            Ok(json!({ "link": link, "expiresAt": until }))
        })
        .await?;
    Ok(Json(answer))
}
