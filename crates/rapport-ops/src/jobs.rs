//! What the server does by itself, step by step. A step is one bounded transaction that takes the lease, works, and notes how
//! far it is; so a run can be cut off anywhere and goes on where it was, and never runs twice at once.

mod archive;
mod expiry;
mod tidy;
mod values;

use crate::accept::Context;
use crate::handover;
use rapport_model::figures::day_in;
use rapport_model::{Actor, Code, Error, Id, Millis, Result, Role};
use rapport_store::Tx;
use rapport_store::jobs::JobRow;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub use archive::{ARCHIVE, Retention};
pub use tidy::ANSWERS_MS;

const HOUR_MS: i64 = 3_600_000;
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// A runner that has not been heard of for so long is taken for dead.
pub const LEASE_MS: i64 = 20_000;

/// A job that failed is tried again after this.
const AGAIN_MS: i64 = HOUR_MS;

/// The job behind which the server removes the files that nothing names.
pub const CLEAN_UP: &str = "cleanUp";

/// The lease of all jobs of an organisation: one at a time.
const LEASE: &str = "jobs";

/// Remarks that a report keeps.
const REMARKS_MAX: usize = 50;

/// What one run did so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    pub counts: BTreeMap<String, i64>,
    pub remarks: Vec<String>,
}

impl Report {
    fn count(&mut self, what: &str, n: usize) {
        *self.counts.entry(what.to_owned()).or_default() += i64::try_from(n).unwrap_or(i64::MAX);
    }

    fn remark(&mut self, what: impl FnOnce() -> String) {
        if self.remarks.len() < REMARKS_MAX {
            self.remarks.push(what());
        }
    }
}

/// A running job: where it is, what it did. `place` is null at the beginning.
#[derive(Clone, Debug, Default)]
pub struct Run {
    pub place: Value,
    pub report: Report,
}

impl Run {
    /// The id after which the job goes on.
    fn after(&self) -> Id {
        self.place.as_str().and_then(|text| text.parse().ok()).unwrap_or(Id::NIL)
    }
}

/// A job: its name, what it does, how often it runs, and one step of it, which says whether there is more to do.
pub struct Job {
    pub name: &'static str,
    pub about: &'static str,
    pub every_ms: i64,
    pub step: fn(&mut Tx<'_>, &Context<'_>, &mut Run) -> Result<bool>,
}

pub const ALL: &[Job] = &[
    Job {
        name: "quoteExpiry",
        about: "Tells owners of quotes whose last day has passed without an answer",
        every_ms: HOUR_MS,
        step: expiry::step,
    },
    Job {
        name: archive::ARCHIVE,
        about: "Proposes customers for the archive, and archives them a month later",
        every_ms: DAY_MS,
        step: archive::step,
    },
    Job { name: "trash", about: "Empties the trash of what lay in it for 30 days", every_ms: DAY_MS, step: tidy::trash },
    Job {
        name: CLEAN_UP,
        about: "Forgets tombstones, outcomes, kept answers, links, deliveries of webhooks and files whose time is over",
        every_ms: DAY_MS,
        step: tidy::clean_up,
    },
    Job {
        name: "values",
        about: "Compares stored figures with recomputed ones and mends them",
        every_ms: DAY_MS,
        step: values::step,
    },
    Job { name: "handovers", about: "Finishes handovers that were cut off", every_ms: HOUR_MS, step: handovers },
];

pub fn find(name: &str) -> Result<&'static Job> {
    ALL.iter().find(|job| job.name == name).ok_or_else(|| Error::new(Code::NotFound, "There is no such job."))
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    More,
    Done,
    /// Another runner is at work on this organisation.
    Taken,
}

/// Who a job acts as: the server itself.
pub fn actor() -> Actor {
    Actor { user: Id::NIL, role: Role::Admin, device: Id::NIL }
}

/// One step of a job in this transaction. `runner` is the same for all steps of one process.
pub fn step(tx: &mut Tx<'_>, at: &Context<'_>, runner: Id, job: &Job) -> Result<Step> {
    if !tx.lease_take(LEASE, runner, Millis(at.now.0 + LEASE_MS), at.now)? {
        return Ok(Step::Taken);
    }
    let mut row = known(tx, at.now, job)?;
    if !is_running(&row) {
        row = JobRow { started_at: Some(at.now), finished_at: None, place: Value::Null, report: Value::Null, ..row };
    }
    let report = serde_json::from_value(row.report.take()).unwrap_or_default();
    let mut run = Run { place: row.place.take(), report };
    let more = (job.step)(tx, at, &mut run)?;
    row.error = String::new();
    row.place = if more { run.place } else { Value::Null };
    row.report = serde_json::to_value(&run.report).map_err(Error::internal)?;
    if !more {
        row.finished_at = Some(at.now);
        row.next_at = Millis(at.now.0 + job.every_ms);
        tx.lease_free(LEASE, runner)?;
    }
    tx.job_put(&row)?;
    Ok(if more { Step::More } else { Step::Done })
}

fn is_running(row: &JobRow) -> bool {
    row.started_at.is_some() && row.finished_at.is_none()
}

/// Notes that a step failed; the job begins anew later.
pub fn failed(tx: &mut Tx<'_>, at: &Context<'_>, runner: Id, job: &Job, error: &Error) -> Result<()> {
    let row = known(tx, at.now, job)?;
    let (next_at, finished_at) = (Millis(at.now.0 + AGAIN_MS), Some(at.now));
    let started_at = row.started_at.or(Some(at.now));
    let place = Value::Null;
    tx.job_put(&JobRow { next_at, started_at, finished_at, place, error: error.to_string(), ..row })?;
    tx.lease_free(LEASE, runner)
}

/// The job's row; one that never ran is due in its first night.
fn known(tx: &mut Tx<'_>, now: Millis, job: &Job) -> Result<JobRow> {
    if let Some(row) = tx.job_find(job.name)? {
        return Ok(row);
    }
    let org = tx.own_org()?;
    let spread_ms = i64::from(org.meta.id.as_bytes()[15]) * 30_000;
    let next_at =
        if job.every_ms < DAY_MS { Millis(now.0 + spread_ms) } else { Millis(night(&org.time_zone, now).0 + spread_ms) };
    Ok(JobRow { name: job.name.to_owned(), next_at, ..JobRow::default() })
}

/// About two hours into the next day of a time zone.
fn night(zone: &str, now: Millis) -> Millis {
    let today = day_in(zone, now);
    let later = (1..=26).map(|hours| Millis(now.0 + hours * HOUR_MS)).find(|at| day_in(zone, *at) != today);
    Millis(later.unwrap_or(now).0 + 2 * HOUR_MS)
}

/// Every job as it stands, and when it is due; a run that was cut off is due at once.
pub fn all(tx: &mut Tx<'_>, now: Millis) -> Result<Vec<(&'static Job, JobRow, Millis)>> {
    let mut out = Vec::with_capacity(ALL.len());
    for job in ALL {
        let row = known(tx, now, job)?;
        let due = if is_running(&row) { row.started_at.unwrap_or(now) } else { row.next_at };
        out.push((job, row, due));
    }
    Ok(out)
}

/// Writes down when jobs that never ran are due.
pub fn schedule(tx: &mut Tx<'_>, now: Millis) -> Result<()> {
    ALL.iter().try_for_each(|job| {
        let row = known(tx, now, job)?;
        tx.job_put(&row)
    })
}

/// A job as REST shows it.
pub fn shown(job: &Job, row: &JobRow, due: Millis) -> Value {
    let state = match (row.started_at, row.finished_at, row.error.is_empty()) {
        (Some(_), None, _) => "running",
        (_, _, false) => "failed",
        (None, ..) => "waiting",
        _ => "done",
    };
    json!({
        "name": job.name, "about": job.about, "everyMs": job.every_ms, "state": state, "nextAt": due, "startedAt": row.started_at,
        "finishedAt": row.finished_at, "report": row.report, "error": row.error,
    })
}

/// Handovers that a request left unfinished.
fn handovers(tx: &mut Tx<'_>, at: &Context<'_>, run: &mut Run) -> Result<bool> {
    let Some(leaver) = tx.handovers_open()?.into_iter().find(|user| *user > run.after()) else { return Ok(false) };
    let by = tx.handover_find::<handover::Asked, handover::State>(leaver)?.map_or(Id::NIL, |handing| handing.plan.by);
    let at = Context { actor: Actor { user: by, ..at.actor }, ..*at };
    match handover::step(tx, &at, leaver) {
        Ok(handing) => run.report.count("steps", 1 + usize::from(handing.done_at.is_some())),
        Err(error) if error.code == Code::Internal || error.code.retry() => return Err(error),
        Err(error) => {
            // A plan that cannot be followed any more waits for an administrator.
            run.report.remark(|| format!("user {leaver}: {error}"));
            run.place = json!(leaver);
        }
    }
    Ok(true)
}
