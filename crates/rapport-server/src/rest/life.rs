//! A customer's way out: into the archive and back, or erased for good.

use super::told::{Told, View};
use super::{Place, check_version, listed};
use crate::caller::Caller;
use crate::contents;
use crate::http::{Answer, Shared, body};
use crate::people::admin;
use axum::extract::{Request, State};
use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, StatusCode};
use rapport_model::{BoxedRecord, Code, Customer, Error, Id, Kind, Result, Role, Sight};
use rapport_ops::accept::{self, Side};
use rapport_store::Tx;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Bytes of what is said about a merge at most.
const MERGE_BYTES_MAX: usize = 64 * 1024;

/// What [`merge`] takes.
pub const MERGING: &str = "{ from: Id; fields?: Record<string, \"this\" | \"other\"> }";

/// The customer of a path, if the caller may dispose of it: her own, or any as an administrator.
fn own(tx: &mut Tx<'_>, place: &Place, sight: &Sight) -> Result<BoxedRecord> {
    let record = place.find(tx, Kind::Customers, sight)?;
    let hers = record.of::<Customer>().is_some_and(|customer| customer.assigned_to == Some(sight.user));
    if sight.role == Role::Admin || (sight.role == Role::Sales && hers) {
        return Ok(record);
    }
    Err(Error::new(Code::Forbidden, "Only its owner or an administrator may do this with a customer. Ask one of them."))
}

pub async fn archive(caller: Caller, place: Place, headers: HeaderMap) -> Answer<Told> {
    move_to_archive(caller, place, headers, true).await
}

pub async fn unarchive(caller: Caller, place: Place, headers: HeaderMap) -> Answer<Told> {
    move_to_archive(caller, place, headers, false).await
}

async fn move_to_archive(caller: Caller, place: Place, headers: HeaderMap, into: bool) -> Answer<Told> {
    let expected = listed(&headers, &IF_MATCH);
    let told = caller
        .write(move |tx, at| {
            let view = View::of_writer(tx, at)?;
            let record = own(tx, &place, &view.sight)?;
            check_version(record.as_ref(), expected.as_deref())?;
            accept::archive(tx, at, &[place.id], into)?;
            Ok(Told::record(tx.get(Kind::Customers, place.id)?.as_ref(), &view))
        })
        .await?;
    Ok(told)
}

/// Everything about a customer goes: rows, history, cards, what it is found by, what was kept of lost values. Orders and
/// accepted quotes hold up a delete, not this.
pub async fn erase(State(office): State<Shared>, caller: Caller, place: Place) -> Answer<StatusCode> {
    let contents = caller
        .write(move |tx, at| {
            admin(at.actor.role)?;
            let sight = tx.sight(&at.actor)?;
            // One in the trash can be erased, too.
            Place { customer: Some(place.id), ..place }.parent(tx, &sight)?;
            let contents = tx.contents_of(place.id)?;
            accept::erase(tx, at, place.id)?;
            Ok(contents)
        })
        .await?;
    // A server that is killed here removes them with the daily clean-up.
    contents::forget(&office, caller.org, &contents).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Merging {
    from: Id,
    /// Whose value a field takes.
    #[serde(default)]
    fields: BTreeMap<String, Side>,
}

pub async fn merge(caller: Caller, place: Place, request: Request) -> Answer<Told> {
    let expected = listed(request.headers(), &IF_MATCH);
    let asked: Merging = body(request, MERGE_BYTES_MAX).await?;
    let told = caller
        .write(move |tx, at| {
            let view = View::of_writer(tx, at)?;
            let record = own(tx, &place, &view.sight)?;
            check_version(record.as_ref(), expected.as_deref())?;
            if asked.from != place.id && tx.survivor_of(asked.from)? == place.id {
                // It was merged before, and the answer got lost.
                return Ok(Told::record(record.as_ref(), &view));
            }
            own(tx, &Place { id: asked.from, ..place }, &view.sight)?;
            accept::join(tx, at, place.id, asked.from, &asked.fields)?;
            Ok(Told::record(tx.get(Kind::Customers, place.id)?.as_ref(), &view))
        })
        .await?;
    Ok(told)
}
