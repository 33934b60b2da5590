//! The jobs of every organisation: run when they are due, seen and started by administrators. The work is rapport-ops'.

use crate::caller::Caller;
use crate::contents;
use crate::http::{Answer, Shared};
use crate::office::Office;
use crate::people::admin;
use crate::rest::place::not_there;
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use rapport_model::{Customer, Error, Id, Kind, Millis, Result, Source};
use rapport_ops::accept::Context;
use rapport_ops::jobs::{self, Job, Step};
use rapport_store::Store;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A request waits so long for a job that it started; the server goes on by itself.
const PATIENCE: Duration = Duration::from_secs(20);

/// Proposals that are listed at most.
const PROPOSALS_MAX: usize = 500;

/// When an organisation is looked at again that somebody else works on, or that could not be opened.
const LATER_MS: i64 = 60_000;

/// What [`start`] answers.
pub const JOB: &str = "{ name: string; about: string; everyMs: number; state: \"running\" | \"failed\" | \"waiting\" | \"done\"; \
     nextAt: Instant; startedAt: Instant | null; finishedAt: Instant | null; report: Record<string, unknown> | null; error: string }";
/// What [`list`] answers.
pub const ANSWER: &str = "{ items: { name: string; about: string; everyMs: number; \
     state: \"running\" | \"failed\" | \"waiting\" | \"done\"; nextAt: Instant; startedAt: Instant | null; \
     finishedAt: Instant | null; report: Record<string, unknown> | null; error: string }[] }";
/// What [`proposals`] answers.
pub const PROPOSALS: &str = "{ items: { _id: Id; name: string; assignedTo: Id | null; proposedAt: Instant; \
     archivedFrom: Instant }[] }";

pub async fn list(State(office): State<Shared>, caller: Caller) -> Answer<Json<Value>> {
    let now = office.now();
    let items = caller
        .read(move |tx, sight| {
            admin(sight.role)?;
            Ok(jobs::all(tx, now)?.iter().map(|(job, row, due)| jobs::shown(job, row, *due)).collect::<Vec<_>>())
        })
        .await?;
    Ok(Json(json!({ "items": items })))
}

/// Customers that go into the archive, and when.
pub async fn proposals(caller: Caller) -> Answer<Json<Value>> {
    let items = caller
        .read(|tx, sight| {
            admin(sight.role)?;
            let marks = tx.marks(jobs::ARCHIVE, Id::NIL, PROPOSALS_MAX)?;
            let ids: Vec<Id> = marks.iter().map(|(id, _)| *id).collect();
            let found = tx.find_many(Kind::Customers, &ids)?;
            let shown = marks.into_iter().filter_map(|(id, since)| {
                let customer = found.get(&id)?.of::<Customer>()?;
                let (name, owner) = (&customer.name, customer.assigned_to);
                let until = Millis(since.0 + 30 * jobs::DAY_MS);
                Some(json!({ "_id": id, "name": name, "assignedTo": owner, "proposedAt": since, "archivedFrom": until }))
            });
            Ok(shown.collect::<Vec<_>>())
        })
        .await?;
    Ok(Json(json!({ "items": items })))
}

pub async fn start(
    State(office): State<Shared>,
    name: Result<Path<String>, PathRejection>,
    caller: Caller,
) -> Answer<Json<Value>> {
    // Asked for as a write: a token that reads starts nothing.
    caller.write(|_, at| admin(at.actor.role)).await?;
    let job = jobs::find(&name.map_err(|_| not_there())?)?;
    let store = office.orgs.get(caller.org).await?;
    let step = run(&store, &office.source, office.runner, job, Some(PATIENCE)).await?;
    let taken = step == Step::Taken;
    sweep_after(&office, caller.org, job, step).await?;
    let now = office.now();
    let answer = caller
        .read(move |tx, _| {
            let all = jobs::all(tx, now)?;
            let found = all.iter().find(|(one, ..)| one.name == job.name);
            Ok(found.map(|(job, row, due)| jobs::shown(job, row, *due)).unwrap_or_default())
        })
        .await?;
    if taken {
        let message = "Another job of this organisation is running. Try again in a moment.";
        return Err(Error::new(rapport_model::Code::Busy, message).into());
    }
    Ok(Json(answer))
}

/// Runs a job to its end, or for as long as somebody waits. What went wrong is noted with the job.
pub async fn run(
    store: &Store,
    source: &Arc<dyn Source>,
    runner: Id,
    job: &'static Job,
    patience: Option<Duration>,
) -> Result<Step> {
    let begun = Instant::now();
    loop {
        let clock = source.clone();
        let stepped = store
            .write_async(move |tx| {
                let at = Context { actor: jobs::actor(), now: clock.now(), source: &*clock };
                jobs::step(tx, &at, runner, job)
            })
            .await;
        match stepped {
            Ok(Step::More) if patience.is_none_or(|patience| begun.elapsed() < patience) => {}
            Ok(step) => return Ok(step),
            Err(error) => {
                tracing::error!(job = job.name, %error, "a job failed");
                let (clock, told) = (source.clone(), error.clone());
                store
                    .write_async(move |tx| {
                        let at = Context { actor: jobs::actor(), now: clock.now(), source: &*clock };
                        jobs::failed(tx, &at, runner, job, &told)
                    })
                    .await?;
                return Err(error);
            }
        }
    }
}

/// The clean-up forgets files, too; those are the server's.
async fn sweep_after(office: &Office, org: Id, job: &Job, step: Step) -> Result<()> {
    if job.name == jobs::CLEAN_UP && step == Step::Done {
        let files = contents::sweep(office, org).await?;
        tracing::info!(%org, files, "files that nothing names were removed");
    }
    Ok(())
}

/// Looks after the jobs of every organisation until it is dropped.
pub async fn look_after(office: Arc<Office>, tick: Duration) {
    let mut due: HashMap<Id, Millis> = HashMap::new();
    loop {
        let ids = office.orgs.ids().await.unwrap_or_default();
        for org in ids {
            let now = office.now();
            if due.get(&org).is_none_or(|at| *at <= now) {
                let next = look_at(&office, org, now).await.unwrap_or_else(|error| {
                    tracing::warn!(%org, %error, "the jobs of an organisation could not be looked after");
                    Millis(now.0 + LATER_MS)
                });
                due.insert(org, next);
            }
        }
        tokio::time::sleep(tick).await;
    }
}

/// Runs what is due in one organisation. Returns when to look again.
async fn look_at(office: &Arc<Office>, org: Id, now: Millis) -> Result<Millis> {
    let store = office.orgs.get(org).await?;
    if store.read_async(|tx| tx.job_find(jobs::ALL[0].name)).await?.is_none() {
        store.write_async(move |tx| jobs::schedule(tx, now)).await?;
    }
    let all = store.read_async(move |tx| jobs::all(tx, now)).await?;
    for (job, _, _) in all.iter().filter(|(_, _, due)| *due <= now) {
        match run(&store, &office.source, office.runner, job, None).await {
            Ok(Step::Taken) => return Ok(Millis(now.0 + LATER_MS)),
            Ok(step) => sweep_after(office, org, job, step).await?,
            Err(error) if error.code == rapport_model::Code::Busy => return Ok(Millis(now.0 + LATER_MS)),
            // Noted with the job.
            Err(_) => {}
        }
    }
    let all = store.read_async(move |tx| jobs::all(tx, now)).await?;
    // A job that an administrator starts or that was cut off is seen within the hour.
    let next = all.iter().map(|(_, _, due)| due.0).min().unwrap_or(now.0 + LATER_MS);
    Ok(Millis(next.max(now.0 + 1).min(now.0 + 60 * LATER_MS)))
}
