//! Teams: made, changed, taken apart.

use super::{PEOPLE_BYTES_MAX, PathId, admin, fresh, made_at, write};
use crate::caller::Caller;
use crate::http::{Answer, body};
use axum::Json;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use rapport_model::people::Territory;
use rapport_model::{BoxedRecord, Code, Error, Id, Result, Team, User, text};
use rapport_store::Tx;
use serde::Deserialize;

/// Entries of one list of a territory at most.
const TERRITORY_ENTRIES_MAX: usize = 1000;

/// What [`create`] takes.
pub const NEW: &str = "{ name: string; territory?: \
     { countries?: string[]; zipPrefixes?: string[]; industries?: string[] } | null }";
/// What [`update`] takes.
pub const CHANGE: &str = "{ name?: string | null; territory?: \
     { countries?: string[]; zipPrefixes?: string[]; industries?: string[] } | null }";

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    name: Option<String>,
    territory: Option<Territory>,
}

fn team(tx: &mut Tx<'_>, id: Id) -> Result<Team> {
    let found = tx.find_as::<Team>(id)?.filter(|team| team.meta.deleted_at.is_none());
    found.ok_or_else(|| Error::new(Code::NotFound, "There is no such team here."))
}

/// Takes over what a body says; a name belongs to one team.
fn apply(tx: &mut Tx<'_>, team: &mut Team, said: Said) -> Result<()> {
    if let Some(name) = said.name {
        team.name = name.trim().to_owned();
    }
    if let Some(territory) = said.territory {
        team.territory = territory;
    }
    let length = team.name.chars().count();
    if length == 0 || length > 200 {
        return Err(Error::field(Code::Required, "name", "Give the team a name of at most 200 characters."));
    }
    let territory = &team.territory;
    let lists = [&territory.countries, &territory.zip_prefixes, &territory.industries];
    if lists.iter().any(|list| list.len() > TERRITORY_ENTRIES_MAX || list.iter().any(|entry| entry.len() > 200)) {
        let message = format!("A territory has at most {TERRITORY_ENTRIES_MAX} entries of each sort, 200 bytes each.");
        return Err(Error::field(Code::InvalidValue, "territory", message));
    }
    let key = text::name_key(&team.name);
    let same = |other: &Team| other.meta.id != team.meta.id && text::name_key(&other.name) == key;
    if tx.all::<Team>()?.iter().any(same) {
        return Err(Error::field(Code::NameTaken, "name", "There is already a team with this name."));
    }
    Ok(())
}

pub async fn create(caller: Caller, request: Request) -> Answer<Response> {
    let said: Said = body(request, PEOPLE_BYTES_MAX).await?;
    let made = caller.write(move |tx, at| {
        admin(at.actor.role)?;
        let mut team = Team { meta: fresh(at), ..Team::default() };
        apply(tx, &mut team, said)?;
        let id = team.meta.id;
        write(tx, at, vec![Box::new(team)])?;
        tx.get_as::<Team>(id)
    });
    let made = made.await?;
    made_at(&format!("/api/teams/{}", made.meta.id), &made)
}

pub async fn update(PathId(id): PathId, caller: Caller, request: Request) -> Answer<Json<Team>> {
    let said: Said = body(request, PEOPLE_BYTES_MAX).await?;
    let written = caller.write(move |tx, at| {
        admin(at.actor.role)?;
        let before = team(tx, id)?;
        let mut after = before.clone();
        apply(tx, &mut after, said)?;
        if after != before {
            write(tx, at, vec![Box::new(after)])?;
        }
        tx.get_as::<Team>(id)
    });
    Ok(Json(written.await?))
}

/// Its members belong to no team afterwards.
pub async fn delete(PathId(id): PathId, caller: Caller) -> Answer<StatusCode> {
    caller
        .write(move |tx, at| {
            admin(at.actor.role)?;
            let mut team = team(tx, id)?;
            team.meta.deleted_at = Some(at.now);
            let members = tx.all::<User>()?.into_iter().filter(|user| user.team_id == Some(id));
            let members = members.map(|user| Box::new(User { team_id: None, ..user }) as BoxedRecord);
            let records: Vec<BoxedRecord> = std::iter::once(Box::new(team) as BoxedRecord).chain(members).collect();
            write(tx, at, records)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
