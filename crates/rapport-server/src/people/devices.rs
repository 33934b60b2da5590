//! Which devices somebody is signed in on, and signing one out.

use super::{PathId, admin};
use crate::caller::Caller;
use crate::http::{Answer, Shared};
use crate::session;
use axum::extract::{Query, RawQuery};
use axum::http::StatusCode;
use axum::routing::{delete, get};
use axum::{Json, Router};
use rapport_model::{Code, Error, Id, Role};
use rapport_store::accounts::Device;
use serde::Deserialize;
use serde_json::{Value, json};

pub fn router() -> Router<Shared> {
    Router::new().route("/api/devices", get(list)).route("/api/devices/{id}", delete(revoke))
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asked {
    user_id: Option<Id>,
}

/// A device as it is shown: no hash of anything.
fn shown(device: &Device, here: Id) -> Value {
    json!({
        "_id": device.id, "userId": device.user_id, "name": device.name, "code": device.code, "createdAt": device.created_at,
        "seenAt": device.seen_at, "revokedAt": device.revoked_at, "thisOne": device.id == here,
    })
}

async fn list(caller: Caller, RawQuery(query): RawQuery) -> Answer<Json<Value>> {
    let uri = format!("/?{}", query.unwrap_or_default()).parse().map_err(|_| unreadable())?;
    let Query(asked) = Query::<Asked>::try_from_uri(&uri).map_err(|_| unreadable())?;
    let items = caller
        .read(move |tx, sight| {
            let user = asked.user_id.unwrap_or(sight.user);
            if user != sight.user {
                admin(sight.role)?;
            }
            Ok(tx.devices_of(user)?.iter().map(|device| shown(device, sight.device)).collect::<Vec<_>>())
        })
        .await?;
    Ok(Json(json!({ "items": items })))
}

fn unreadable() -> Error {
    Error::field(Code::InvalidValue, "userId", "Devices are listed for one userId, or for yourself.")
}

/// One's own device, or, for an administrator, anybody's.
async fn revoke(PathId(id): PathId, caller: Caller) -> Answer<StatusCode> {
    caller
        .write(move |tx, at| {
            let device = tx.device_find(id)?.filter(|d| d.user_id == at.actor.user || at.actor.role == Role::Admin);
            let device = device.ok_or_else(|| Error::new(Code::NotFound, "There is no such device here."))?;
            session::end(tx, device.id, at.now)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
