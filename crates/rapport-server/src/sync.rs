//! Push and pull: the wire of rapport-model over HTTP, the work in rapport-ops.

use crate::caller::{Caller, SignedIn};
use crate::http::{Answer, Shared, body, message};
use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use rapport_model::mutation::{Ending, Mutation, Outcome};
use rapport_model::wire::agree::{DigestAnswer, DigestRequest, FamilyAnswer, FamilyRequest, RemovalsAnswer, RemovalsRequest};
use rapport_model::wire::{self, About, PUSH_BYTES_MAX, PUSH_MUTATIONS_MAX, PullAnswer, PullRequest, PushAnswer, PushRequest};
use rapport_model::{Code, Error, Result};
use rapport_ops::{accept, agree};

/// Bytes of a pull body at most.
const PULL_BYTES_MAX: usize = 16 * 1024;

/// Bytes of a list of records at most.
const RECORDS_BYTES_MAX: usize = 256 * 1024;

pub async fn push(State(office): State<Shared>, SignedIn(caller, _): SignedIn, request: Request) -> Answer<Json<PushAnswer>> {
    let request: PushRequest = message(request, PUSH_BYTES_MAX).await?;
    if request.mutations.len() > PUSH_MUTATIONS_MAX {
        let message = format!("A push carries at most {PUSH_MUTATIONS_MAX} mutations. Send it in parts.");
        return Err(Error::new(Code::TooLarge, message).into());
    }
    let mut outcomes = Vec::with_capacity(request.mutations.len());
    let mut waiting = request.mutations;
    while !waiting.is_empty() {
        let rest = waiting.split_off(waiting.len().min(accept::BATCH_MUTATIONS_MAX));
        outcomes.extend(judge(&caller, waiting).await?);
        waiting = rest;
    }
    Ok(Json(PushAnswer { outcomes, server_time: office.now() }))
}

/// One batch in one transaction. A batch that fails for no reason of its own is halved until the culprit stands alone; that
/// one is held, so that it is neither lost nor in the way of the others.
async fn judge(caller: &Caller, batch: Vec<Mutation>) -> Result<Vec<Outcome>> {
    let mut parts = vec![batch];
    let mut outcomes = Vec::new();
    while let Some(part) = parts.pop() {
        let again = part.clone();
        match caller.write(move |tx, at| accept::push(tx, at, part)).await {
            Ok(judged) => outcomes.extend(judged),
            Err(error) if error.code != Code::Internal => return Err(error),
            Err(error) if again.len() == 1 => {
                for mutation in again {
                    outcomes.push(hold(caller, mutation, &error).await?);
                }
            }
            Err(_) => {
                let mut first = again;
                let second = first.split_off(first.len() / 2);
                parts.push(second);
                parts.push(first);
            }
        }
    }
    Ok(outcomes)
}

async fn hold(caller: &Caller, mutation: Mutation, error: &Error) -> Result<Outcome> {
    tracing::error!(mutation = %mutation.mutation_id, %error, "a mutation could not be judged");
    let told = Error::internal("the server could not judge this change; it keeps waiting on the device");
    let outcome = Outcome {
        mutation_id: mutation.mutation_id,
        ending: Ending::Held,
        error: Some(told.body(String::new())),
        need: Vec::new(),
        overridden: Vec::new(),
        records: Vec::new(),
    };
    let noted = outcome.clone();
    caller.write(move |tx, at| accept::note_held(tx, at, &mutation, &noted)).await?;
    Ok(outcome)
}

/// Characters of a program's version that are kept.
const APP_CHARS_MAX: usize = 40;

pub async fn pull(State(office): State<Shared>, SignedIn(caller, device): SignedIn, request: Request) -> Answer<Response> {
    let mut request: PullRequest = body(request, PULL_BYTES_MAX).await?;
    if let Some(about) = request.about.take() {
        let now = office.now();
        let about = About { app: about.app.chars().take(APP_CHARS_MAX).collect(), ..about };
        // A device that cannot be noted is served all the same.
        if let Err(error) = caller.write(move |tx, _| tx.device_about_put(device, &about, now)).await {
            tracing::warn!(%device, code = %error.code, "what a device told of itself was not noted");
        }
    }
    let answer = pulled(&office, &caller, request.clone()).await?;
    let tag = office.same.note(device, &request, &answer).and_then(|tag| HeaderValue::from_str(&tag).ok());
    let mut response = Json(answer).into_response();
    if let Some(tag) = tag {
        response.headers_mut().insert(wire::SAME, tag);
    }
    Ok(response)
}

async fn pulled(office: &Shared, caller: &Caller, request: PullRequest) -> Result<PullAnswer> {
    // Taken behind what may wait: devices measure their clocks by it.
    let now = office.now();
    caller.read(move |tx, sight| accept::pull(tx, &sight.actor(), &request, now)).await
}

/// What a device asked before and that brought nothing, asked again: nothing again is an answer without a body.
pub async fn same(State(office): State<Shared>, SignedIn(caller, device): SignedIn, Path(tag): Path<String>) -> Answer<Response> {
    let asked = office.same.of(device, &tag);
    let asked = asked.ok_or_else(|| Error::new(Code::NotFound, "This server does not know that question. Ask in full."))?;
    let answer = pulled(&office, &caller, asked.request.clone()).await?;
    if asked.is_answered_by(&answer) {
        return Ok((StatusCode::NO_CONTENT, [(wire::NOW, answer.server_time.0.to_string())]).into_response());
    }
    Ok(Json(answer).into_response())
}

pub async fn digest(SignedIn(caller, _): SignedIn, request: Request) -> Answer<Json<DigestAnswer>> {
    let request: DigestRequest = body(request, PULL_BYTES_MAX).await?;
    Ok(Json(caller.read(move |tx, sight| agree::digest(tx, sight, &request)).await?))
}

pub async fn family(State(office): State<Shared>, SignedIn(caller, _): SignedIn, request: Request) -> Answer<Json<FamilyAnswer>> {
    let request: FamilyRequest = body(request, PULL_BYTES_MAX).await?;
    let now = office.now();
    Ok(Json(caller.read(move |tx, sight| agree::family_of(tx, sight, &request, now)).await?))
}

pub async fn removals(SignedIn(caller, _): SignedIn, request: Request) -> Answer<Json<RemovalsAnswer>> {
    let request: RemovalsRequest = body(request, RECORDS_BYTES_MAX).await?;
    Ok(Json(caller.read(move |tx, sight| agree::removals(tx, sight, &request)).await?))
}
