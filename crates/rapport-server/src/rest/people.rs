//! Who calls.

use super::told::Told;
use crate::caller::Caller;
use crate::http::Answer;
use rapport_model::{Org, User};
use serde_json::json;

/// What [`me`] answers.
pub const ME: &str =
    "{ user: User; org: Record<string, unknown>; role: \"admin\" | \"sales\" | \"support\" | \"brand\"; deviceId: Id }";

pub async fn me(caller: Caller) -> Answer<Told> {
    let org = caller.org;
    let told = caller
        .read(move |tx, actor| {
            let (user, org) = (tx.get_as::<User>(actor.user)?, tx.get_as::<Org>(org)?);
            Ok(Told::json(json!({ "user": user, "org": org, "role": actor.role, "deviceId": actor.device })))
        })
        .await?;
    Ok(told)
}
