//! What somebody changes about herself, and an administrator about the organisation.

use super::{PEOPLE_BYTES_MAX, admin, user, write};
use crate::caller::Caller;
use crate::http::{Answer, body};
use axum::Json;
use axum::extract::Request;
use rapport_model::house::{House, Profile};
use rapport_model::{Kind, Org, User};

/// What [`profile`] takes.
pub const PROFILE: &str = "{ name: string }";
/// What [`org`] takes.
pub const HOUSE: &str = "{ name?: string; currency?: string; country?: string; timeZone?: string }";

pub async fn profile(caller: Caller, request: Request) -> Answer<Json<User>> {
    let said: Profile = body(request, PEOPLE_BYTES_MAX).await?;
    let written = caller
        .write(move |tx, at| {
            let before = user(tx, at.actor.user)?;
            let after = said.onto(&before)?;
            if after != before {
                write(tx, at, vec![Box::new(after)])?;
            }
            user(tx, at.actor.user)
        })
        .await?;
    Ok(Json(written))
}

pub async fn org(caller: Caller, request: Request) -> Answer<Json<Org>> {
    let said: House = body(request, PEOPLE_BYTES_MAX).await?;
    let id = caller.org;
    let written = caller
        .write(move |tx, at| {
            admin(at.actor.role)?;
            let before = tx.get_as::<Org>(id)?;
            let after = said.onto(&before, tx.has_any(Kind::Quotes)? || tx.has_any(Kind::Orders)?)?;
            if after != before {
                write(tx, at, vec![Box::new(after)])?;
            }
            tx.get_as::<Org>(id)
        })
        .await?;
    Ok(Json(written))
}
