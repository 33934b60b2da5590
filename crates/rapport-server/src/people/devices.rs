//! Which devices somebody is signed in on, and signing one out.

use super::{PathId, admin};
use crate::caller::Caller;
use crate::http::Answer;
use crate::rest::query::pairs;
use crate::session;
use axum::Json;
use axum::extract::Request;
use axum::http::StatusCode;
use rapport_model::{Code, Error, Id, Result, Role};
use rapport_store::Tx;
use rapport_store::accounts::Device;
use serde_json::{Value, json};

/// What [`list`] answers.
pub const ANSWER: &str = "{ items: { _id: Id; userId: Id; name: string; code: string; createdAt: Instant; seenAt: Instant; \
     revokedAt: Instant | null; thisOne: boolean; about: { app: string; schema: number; waiting: number; oldest: Instant | null; \
     skewMs: number; at: Instant } | null }[] }";

/// A device as it is shown: no hash of anything.
fn shown(tx: &mut Tx<'_>, device: &Device, here: Id) -> Result<Value> {
    let about = tx.device_about(device.id)?.map(|(about, at)| {
        json!({
            "app": about.app, "schema": about.schema, "waiting": about.waiting, "oldest": about.oldest, "skewMs": about.skew_ms, "at": at,
        })
    });
    Ok(json!({
        "_id": device.id, "userId": device.user_id, "name": device.name, "code": device.code, "createdAt": device.created_at,
        "seenAt": device.seen_at, "revokedAt": device.revoked_at, "thisOne": device.id == here, "about": about,
    }))
}

/// Whose devices are asked for.
enum Of {
    Caller,
    User(Id),
    All,
}

pub async fn list(caller: Caller, request: Request) -> Answer<Json<Value>> {
    let mut asked = Of::Caller;
    for (name, value) in pairs(&request)? {
        asked = match (name.as_str(), value.as_str()) {
            ("all", "true") => Of::All,
            ("all", "false") => Of::Caller,
            ("all", _) => return Err(Error::field(Code::InvalidValue, "all", "all is true or false.").into()),
            (_, id) => {
                Of::User(id.parse().map_err(|_| Error::field(Code::InvalidValue, "userId", "userId is the id of a user."))?)
            }
        };
    }
    let items = caller
        .read(move |tx, sight| {
            let devices = match asked {
                Of::Caller => tx.devices_of(sight.user)?,
                Of::User(user) if user == sight.user => tx.devices_of(user)?,
                Of::User(user) => {
                    admin(sight.role)?;
                    tx.devices_of(user)?
                }
                Of::All => {
                    admin(sight.role)?;
                    tx.devices_all()?
                }
            };
            devices.iter().map(|device| shown(tx, device, sight.device)).collect::<Result<Vec<_>>>()
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
