//! Which devices somebody is signed in on, and signing one out.

use super::{PathId, admin};
use crate::caller::Caller;
use crate::http::Answer;
use crate::rest::query::pairs;
use crate::session;
use axum::Json;
use axum::extract::Request;
use axum::http::StatusCode;
use rapport_model::{Code, Error, Id, Role};
use rapport_store::accounts::Device;
use serde_json::{Value, json};

/// What [`list`] answers.
pub const ANSWER: &str = "{ items: { _id: Id; userId: Id; name: string; code: string; createdAt: Instant; seenAt: Instant; \
     revokedAt: Instant | null; thisOne: boolean }[] }";

/// A device as it is shown: no hash of anything.
fn shown(device: &Device, here: Id) -> Value {
    json!({
        "_id": device.id, "userId": device.user_id, "name": device.name, "code": device.code, "createdAt": device.created_at,
        "seenAt": device.seen_at, "revokedAt": device.revoked_at, "thisOne": device.id == here,
    })
}

pub async fn list(caller: Caller, request: Request) -> Answer<Json<Value>> {
    let mut asked: Option<Id> = None;
    for (_, value) in pairs(&request)? {
        asked = Some(value.parse().map_err(|_| Error::field(Code::InvalidValue, "userId", "userId is the id of a user."))?);
    }
    let items = caller
        .read(move |tx, sight| {
            let user = asked.unwrap_or(sight.user);
            if user != sight.user {
                admin(sight.role)?;
            }
            Ok(tx.devices_of(user)?.iter().map(|device| shown(device, sight.device)).collect::<Vec<_>>())
        })
        .await?;
    Ok(Json(json!({ "items": items })))
}

/// One's own device, or, for an administrator, anybody's.
pub async fn revoke(PathId(id): PathId, caller: Caller) -> Answer<StatusCode> {
    caller
        .write(move |tx, at| {
            let device = tx.device_find(id)?.filter(|d| d.user_id == at.actor.user || at.actor.role == Role::Admin);
            let device = device.ok_or_else(|| Error::new(Code::NotFound, "There is no such device here."))?;
            session::end(tx, device.id, at.now)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
