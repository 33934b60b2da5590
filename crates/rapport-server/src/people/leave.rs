//! Somebody leaves: signed out at once, what was hers goes to others in bounded steps. A cut-off handover is taken up again by
//! asking once more, or by the job of that name.

use super::{PEOPLE_BYTES_MAX, PathId, admin, keeps_an_admin, typed, user, write};
use crate::caller::Caller;
use crate::http::{Answer, object_or_nothing};
use axum::Json;
use axum::extract::Request;
use rapport_model::{Code, Error, Id, Result, Role, User};
use rapport_ops::accept::Context;
use rapport_ops::handover::{self, Asked, Plan, State};
use rapport_store::Tx;
use rapport_store::people::Handing;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A request moves records for so long; a job does the rest.
const PATIENCE: Duration = Duration::from_secs(20);

/// What [`deactivate`] takes.
pub const LEAVING: &str = "{ handover?: { mode: \"user\" | \"roundRobin\" | \"territory\" | \"unassign\"; userIds?: Id[] } | null; \
     dryRun?: boolean }";
/// What [`deactivate`] answers.
pub const HANDED: &str = "{ user: User; dryRun: boolean; done: boolean; customers: number; followUps: number; \
     draftQuotes: number; devices: number; \
     receivers: { userId: Id | null; name: string | null; customers: number; followUps: number }[]; \
     fallback: { userId: Id | null; customers: number }; failed: { kind: string; id: Id; code: string }[] }";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Leaving {
    handover: Option<Plan>,
    #[serde(default)]
    dry_run: bool,
}

pub async fn deactivate(PathId(id): PathId, caller: Caller, request: Request) -> Answer<Json<Value>> {
    let asked: Leaving = typed(object_or_nothing(request, PEOPLE_BYTES_MAX).await?)?;
    if asked.dry_run {
        let plan = asked.handover.unwrap_or(Plan { mode: handover::Mode::Unassign, user_ids: Vec::new() });
        let answer = caller.read(move |tx, sight| {
            admin(sight.role)?;
            may_leave(tx, id, sight.user)?;
            let state = handover::preview(tx, id, &plan, sight.user)?;
            told(tx, id, &plan, &state, false).map(|mut told| {
                told["dryRun"] = true.into();
                told
            })
        });
        return Ok(Json(answer.await?));
    }
    caller.write(move |tx, at| sign_out(tx, at, id, asked.handover)).await?;
    let begun = Instant::now();
    loop {
        let handing = caller
            .write(move |tx, at| {
                admin(at.actor.role)?;
                rapport_store::failpoint::hit("handover.step");
                handover::step(tx, at, id)
            })
            .await?;
        if handing.done_at.is_some() || begun.elapsed() > PATIENCE {
            let answer = caller.read(move |tx, _| {
                let Handing { plan: Asked { plan, .. }, state, done_at } = handing;
                told(tx, id, &plan, &state, done_at.is_some())
            });
            return Ok(Json(answer.await?));
        }
    }
}

fn may_leave(tx: &mut Tx<'_>, id: Id, by: Id) -> Result<User> {
    let user = user(tx, id)?;
    if user.role == Role::Admin && user.is_active {
        keeps_an_admin(tx, id)?;
    }
    if id == by {
        return Err(Error::new(Code::IllegalTransition, "Nobody lets herself go. Ask another administrator."));
    }
    Ok(user)
}

/// The first part: from here on she is out, whatever happens to the rest.
fn sign_out(tx: &mut Tx<'_>, at: &Context<'_>, id: Id, plan: Option<Plan>) -> Result<()> {
    admin(at.actor.role)?;
    let leaver = may_leave(tx, id, at.actor.user)?;
    let running = tx.handover_find::<Asked, State>(id)?.filter(|handing| handing.done_at.is_none());
    let owns = tx.assigned_to(rapport_model::Kind::Customers, id, Id::NIL, 1)?;
    match plan {
        Some(plan) if running.as_ref().is_none_or(|handing| handing.plan.plan != plan) => {
            handover::begin(tx, id, plan, at.actor.user)?;
        }
        None if running.is_none() && !owns.is_empty() => {
            let message = "Say who takes over: handover {mode: user, roundRobin, territory or unassign}.";
            return Err(Error::field(Code::Required, "handover", message));
        }
        None if running.is_none() => {
            handover::begin(tx, id, Plan { mode: handover::Mode::Unassign, user_ids: Vec::new() }, at.actor.user)?;
        }
        _ => {}
    }
    tx.devices_revoke(id, None, at.now)?;
    tx.tokens_revoke(id, at.now)?;
    tx.enrolments_forget(id)?;
    if leaver.is_active {
        write(tx, at, vec![Box::new(User { is_active: false, ..leaver })])?;
    }
    Ok(())
}

fn told(tx: &mut Tx<'_>, id: Id, plan: &Plan, state: &State, done: bool) -> Result<Value> {
    let names = |tx: &mut Tx<'_>, id: Id| Ok::<_, Error>(tx.find_as::<User>(id)?.map(|user| user.name));
    let mut receivers = Vec::with_capacity(state.shares.len());
    for (to, share) in &state.shares {
        let user = (!to.is_nil()).then_some(*to);
        let name = names(tx, *to)?;
        receivers.push(json!({
            "userId": user, "name": name, "customers": share.customers, "followUps": share.follow_ups,
        }));
    }
    let fallback = plan.user_ids.first().filter(|_| plan.mode == handover::Mode::Territory);
    Ok(json!({
        "user": user(tx, id)?, "dryRun": false, "done": done, "customers": state.customers, "followUps": state.follow_ups,
        "draftQuotes": state.draft_quotes, "devices": state.devices, "receivers": receivers,
        "fallback": { "userId": fallback, "customers": state.fallback }, "failed": state.failed,
    }))
}

/// She may sign in again, by a new link or her password. What went to others stays there.
pub async fn reactivate(PathId(id): PathId, caller: Caller) -> Answer<Json<User>> {
    let back = caller.write(move |tx, at| {
        admin(at.actor.role)?;
        let user = user(tx, id)?;
        if tx.handover_find::<Asked, State>(id)?.is_some_and(|handing| handing.done_at.is_none()) {
            let message = "What was hers is still on its way to others. Finish that first: POST …/deactivate again.";
            return Err(Error::new(Code::WorkWaiting, message));
        }
        if !user.is_active {
            write(tx, at, vec![Box::new(User { is_active: true, ..user })])?;
        }
        tx.get_as::<User>(id)
    });
    Ok(Json(back.await?))
}
