//! Inviting and changing people. The directory follows their addresses.

use super::{PEOPLE_BYTES_MAX, PathId, Server, admin, fresh, invite, keeps_an_admin, made_at, user, write};
use crate::account::{check_person, email_key, reserve_in};
use crate::caller::Caller;
use crate::http::{Answer, Shared, body, object};
use axum::Json;
use axum::extract::{Request, State};
use axum::response::Response;
use rapport_model::{Code, Error, Id, Kind, Result, Role, Team, User};
use rapport_store::Tx;
use rapport_store::accounts::Account;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Customers that a guest is named for at most.
const NAMED_CUSTOMERS_MAX: usize = 5000;

/// What [`create`] takes.
pub const NEW: &str = "{ name: string; email: string; role: \"admin\" | \"sales\" | \"support\" | \"brand\"; teamId?: Id | null; \
     customerIds?: Id[] }";
/// What [`update`] takes; what the server writes may be sent back.
pub const CHANGE: &str = "{ name?: string; email?: string; role?: \"admin\" | \"sales\" | \"support\" | \"brand\"; \
     teamId?: Id | null; customerIds?: Id[]; isActive?: boolean; _id?: unknown; orgId?: unknown; createdAt?: unknown; \
     updatedAt?: unknown; createdBy?: unknown; deletedAt?: unknown; version?: unknown }";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct New {
    name: String,
    email: String,
    role: Role,
    #[serde(default)]
    team_id: Option<Id>,
    #[serde(default)]
    customer_ids: Vec<Id>,
}

pub async fn create(State(office): State<Shared>, Server(server): Server, caller: Caller, request: Request) -> Answer<Response> {
    caller.read(|_, sight| admin(sight.role)).await?;
    let new: New = body(request, PEOPLE_BYTES_MAX).await?;
    check_person(&new.name, &new.email)?;
    let key = email_key(&new.email);
    let (reserved, org) = (vec![key.clone()], caller.org);
    office.directory.write_async(move |tx| reserve_in(tx, &reserved, org)).await?;
    let secret = String::new();
    let (taken, email_key) = (key.clone(), key);
    let made = caller.write(move |tx, at| {
        admin(at.actor.role)?;
        let user = User {
            meta: fresh(at),
            name: new.name.trim().to_owned(),
            email: new.email.trim().to_owned(),
            role: new.role,
            team_id: new.team_id,
            customer_ids: new.customer_ids,
            ..User::default()
        };
        check(tx, &user)?;
        let id = user.meta.id;
        write(tx, at, vec![Box::new(user)])?;
        tx.account_put(&Account { user_id: id, email_key, secret })?;
        let (link, until) = invite(tx, at, org, id, &server)?;
        Ok((id, json!({ "user": tx.get_as::<User>(id)?, "link": link, "expiresAt": until })))
    });
    let made = made.await;
    if made.is_err() {
        office.directory.write_async(move |tx| tx.directory_remove(&taken)).await?;
    }
    let (id, answer) = made?;
    made_at(&format!("/api/users/{id}"), &answer)
}

/// What a user names is here.
fn check(tx: &mut Tx<'_>, user: &User) -> Result<()> {
    let missing = |field: &str, what: &str| Err(Error::field(Code::InvalidReference, field, what.to_owned()));
    if let Some(team) = user.team_id
        && tx.find_as::<Team>(team)?.is_none_or(|team| team.meta.deleted_at.is_some())
    {
        return missing("teamId", "There is no such team here. Choose another one.");
    }
    if user.customer_ids.len() > NAMED_CUSTOMERS_MAX {
        let message = format!("At most {NAMED_CUSTOMERS_MAX} customers are named for one person.");
        return Err(Error::field(Code::InvalidValue, "customerIds", message));
    }
    if user.role != Role::Brand && !user.customer_ids.is_empty() {
        let message = "Customers are named for guests (role brand) only. Leave customerIds out.";
        return Err(Error::field(Code::InvalidValue, "customerIds", message));
    }
    let found = tx.find_many(Kind::Customers, &user.customer_ids)?;
    match user.customer_ids.iter().find(|id| !found.contains_key(id)) {
        Some(id) => missing("customerIds", &format!("{id} is not a customer here. Leave it out.")),
        None => Ok(()),
    }
}

/// Fields that a body may send back as they were.
const KEPT: &[&str] = &["_id", "orgId", "createdAt", "updatedAt", "createdBy", "deletedAt", "version", "isActive"];

/// What a partial body says about a user.
fn changed(before: &User, body: Value) -> Result<User> {
    let mut after = before.clone();
    let Value::Object(body) = body else { return Err(Error::new(Code::Malformed, "The body is a JSON object.")) };
    for (name, value) in body {
        match name.as_str() {
            "name" => after.name = said::<String>(&name, value)?.trim().to_owned(),
            "email" => after.email = said::<String>(&name, value)?.trim().to_owned(),
            "role" => after.role = said(&name, value)?,
            "teamId" => after.team_id = said(&name, value)?,
            "customerIds" => after.customer_ids = said(&name, value)?,
            "isActive" if value != Value::Bool(before.is_active) => {
                let message = "Use POST …/deactivate and …/reactivate; they say what happens to the customers.";
                return Err(Error::field(Code::InvalidValue, "isActive", message));
            }
            kept if KEPT.contains(&kept) => {}
            _ => return Err(Error::field(Code::InvalidValue, &name, format!("users have no field \"{name}\"."))),
        }
    }
    if after.role != Role::Brand && before.role == Role::Brand && after.customer_ids == before.customer_ids {
        after.customer_ids = Vec::new();
    }
    check_person(&after.name, &after.email)?;
    Ok(after)
}

fn said<T: DeserializeOwned>(name: &str, value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|e| Error::field(Code::InvalidValue, name, format!("{name} cannot be read: {e}.")))
}

pub async fn update(State(office): State<Shared>, PathId(id): PathId, caller: Caller, request: Request) -> Answer<Json<User>> {
    let body = object(request, PEOPLE_BYTES_MAX).await?;
    let before = caller
        .read(move |tx, sight| {
            admin(sight.role)?;
            user(tx, id)
        })
        .await?;
    let (old, new) = (email_key(&before.email), email_key(&changed(&before, body.clone())?.email));
    let moves = (old != new).then(|| (old.clone(), new.clone()));
    let org = caller.org;
    if let Some((_, new)) = moves.clone() {
        office.directory.write_async(move |tx| reserve_in(tx, &[new], org)).await?;
    }
    let written = caller
        .write(move |tx, at| {
            admin(at.actor.role)?;
            let before = user(tx, id)?;
            if email_key(&before.email) != old {
                return Err(Error::new(Code::Stale, "Somebody changed this person meanwhile. Read it again, then repeat."));
            }
            let after = changed(&before, body)?;
            check(tx, &after)?;
            if before.role == Role::Admin && before.is_active && after.role != Role::Admin {
                keeps_an_admin(tx, id)?;
            }
            if after != before {
                if old != new {
                    let account = tx.account_of(id)?.ok_or_else(|| Error::internal("a user without an account"))?;
                    tx.account_put(&Account { email_key: new, ..account })?;
                }
                write(tx, at, vec![Box::new(after)])?;
            }
            tx.get_as::<User>(id)
        })
        .await;
    if let Some((old, new)) = moves {
        // The address that leads nowhere now: the old one, or the new one if nothing was written.
        let gone = if written.is_ok() { old } else { new };
        office.directory.write_async(move |tx| tx.directory_remove(&gone)).await?;
    }
    Ok(Json(written?))
}

pub async fn invite_again(Server(server): Server, PathId(id): PathId, caller: Caller) -> Answer<Json<Value>> {
    let org = caller.org;
    let answer = caller
        .write(move |tx, at| {
            admin(at.actor.role)?;
            if !user(tx, id)?.is_active {
                return Err(Error::new(Code::IllegalTransition, "This person was let go. Reactivate her first."));
            }
            let (link, until) = invite(tx, at, org, id, &server)?;
            Ok(json!({ "link": link, "expiresAt": until }))
        })
        .await?;
    Ok(Json(answer))
}
