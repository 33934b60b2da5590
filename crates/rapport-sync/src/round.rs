//! One round: pull, then push what waits, then pull what that made. Each step commits on its own.

use crate::apply::{Page, apply_page, going};
use crate::brake::{Brake, REMOVALS_FREE};
use crate::seal::{Batch, key, seal};
use crate::transport::{Marker, Transport, Unmarked};
use crate::{compare, download, identity, outcome, reset, scrub};
use rapport_model::wire::{
    About, Acknowledged, PROTOCOL, PULL_ENTRIES_MAX, PUSH_MUTATIONS_MAX, PullRequest, PushAnswer, PushRequest,
};
use rapport_model::{Actor, Code, Error, Id, Millis, Result, Role, Source, defect};
use rapport_store::migrate::SCHEMA_EPOCH;
use rapport_store::{Store, Tx};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a round did, in records and mutations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub pulled: i64,
    pub pushed: i64,
    pub refused: i64,
    /// Mutations that the server holds until what they depend on is there.
    pub held: i64,
    /// Customers that were not here as the server has them, and were read anew.
    pub healed: i64,
    /// Records that still wait.
    pub waiting: i64,
    /// Server time minus device time, as measured.
    pub skew_ms: i64,
}

impl Report {
    fn brought_something(&self) -> bool {
        self.pulled + self.pushed + self.healed > 0
    }
}

/// How long what the server took is remembered where nobody makes backups.
const REMEMBERED_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// How far a running round is: records done, records known of.
pub type Progress<'a> = &'a (dyn Fn(i64, i64) + Send + Sync);

/// Runs one round to its end.
pub async fn sync_once(store: &Store, transport: &dyn Transport, source: Arc<dyn Source>) -> Result<Report> {
    run(store, transport, source, &Unmarked, &|_, _| {}).await
}

/// Runs one round, telling how far it is. What is sealed is noted by `marker` before it is sent.
pub async fn run(
    store: &Store,
    transport: &dyn Transport,
    source: Arc<dyn Source>,
    marker: &dyn Marker,
    tell: Progress<'_>,
) -> Result<Report> {
    run_braked(store, transport, source, marker, tell, REMOVALS_FREE).await
}

/// The same with another number of removals that the server is not asked for; for small worlds.
pub async fn run_braked(
    store: &Store,
    transport: &dyn Transport,
    source: Arc<dyn Source>,
    marker: &dyn Marker,
    tell: Progress<'_>,
    removals_free: i64,
) -> Result<Report> {
    let run = Run { store, transport, source, marker, tell };
    let mut brake = Brake::new(removals_free);
    let (mut renewed, mut anew) = (false, false);
    loop {
        let clock = run.source.clone();
        match run.once(&mut brake).await {
            // Restored or copied: once is enough, if it goes on it is something else.
            Err(error) if error.code == Code::NewEpoch && !std::mem::replace(&mut renewed, true) => {
                tracing::warn!("this store was restored or copied; it goes on under a new epoch");
                store.write_async(move |tx| identity::fork(tx, clock.as_ref())).await?;
            }
            Err(error) if error.code == Code::CursorUnknown && !std::mem::replace(&mut anew, true) => {
                store.write_async(move |tx| reset::begin(tx, clock.as_ref(), true)).await?;
            }
            other => return other,
        }
    }
}

/// What a round works with.
struct Run<'a> {
    store: &'a Store,
    transport: &'a dyn Transport,
    source: Arc<dyn Source>,
    marker: &'a dyn Marker,
    tell: Progress<'a>,
}

impl Run<'_> {
    async fn once(&self, brake: &mut Brake) -> Result<Report> {
        let Run { store, transport, source, .. } = self;
        let mut report = Report::default();
        self.pull_all(&mut report, brake, None).await?;
        let acknowledged = self.push_all(&mut report).await?;
        if acknowledged.is_some() {
            self.pull_all(&mut report, brake, acknowledged).await?;
        }
        report.healed = compare::compare(store, *transport, source, brake).await?;
        scrub::scrub(store, source.now()).await?;
        let now = source.now();
        let skew_ms = report.skew_ms;
        let ended = move |tx: &mut Tx<'_>| {
            tx.set_progress(key::LAST_SUCCESS, &now)?;
            tx.set_progress(key::SKEW, &skew_ms)?;
            Ok(tx.outbox_counts()?.0)
        };
        // What the round brought is on the disk when it has ended.
        report.waiting = match report.brought_something() {
            true => store.write_async(ended).await?,
            false => store.write_soon_async(ended).await?,
        };
        Ok(report)
    }
}

impl Run<'_> {
    /// What was acknowledged before in this round is not sent again: its answers are here.
    async fn pull_all(&self, report: &mut Report, brake: &mut Brake, acknowledged: Option<Acknowledged>) -> Result<()> {
        let Run { store, transport, source, tell, .. } = self;
        let (mut resets, mut acknowledged) = (0, acknowledged);
        let mut cursor = self.start(report, brake).await?;
        let (chain, about) = store.read_async(|tx| Ok((identity::chain_end(tx)?, news_of_it(tx)?))).await?;
        let first = PullRequest { chain, about: about.clone(), ..pulling(cursor, acknowledged) };
        let (mut page, mut skew_ms) = ask(*transport, source, first).await?;
        if let Some(about) = about {
            store.write_soon_async(move |tx| tx.set_progress(key::TOLD, &about)).await?;
        }
        loop {
            report.skew_ms = skew_ms;
            if page.answer.reset {
                resets += 1;
                if resets > 1 {
                    return Err(Error::internal("the server keeps asking to start from the beginning"));
                }
                let (clock, restored) = (source.clone(), page.answer.restored);
                store.write_async(move |tx| reset::begin(tx, clock.as_ref(), restored)).await?;
                acknowledged = None;
                cursor = self.start(report, brake).await?;
                (page, skew_ms) = ask(*transport, source, pulling(cursor, None)).await?;
                continue;
            }
            let named = page.taken_away();
            let last = (!page.answer.more).then(|| page.sent());
            let gone = store.read_async(move |tx| going(tx, named, last)).await?;
            brake.pass(store, *transport, gone).await?;
            let (more, left, next) = (page.answer.more, page.answer.left, page.answer.cursor.clone());
            let taking = take_page(store, source, page);
            // The next page travels and is read while this one is written.
            let (count, next) = match more {
                true => {
                    let (taken, next) = tokio::join!(taking, ask(*transport, source, pulling(Some(next), acknowledged)));
                    (taken?, Some(next))
                }
                false => (taking.await?, None),
            };
            report.pulled += count;
            tell(report.pulled, report.pulled + left);
            let Some(next) = next else { return Ok(()) };
            (page, skew_ms) = next?;
        }
    }

    /// Where pulling begins: behind the first download, which is made or finished if there was none.
    async fn start(&self, report: &mut Report, brake: &mut Brake) -> Result<Option<String>> {
        let Run { store, transport, source, tell, .. } = self;
        let cursor = |tx: &mut Tx<'_>| tx.progress::<String>(key::CURSOR);
        let held = store.read_async(cursor).await?;
        if held.is_some() || !download::load(store, *transport, source, report, *tell, brake).await? {
            return Ok(held);
        }
        store.read_async(cursor).await
    }
}

/// What an administrator is to be told of this device, if it is not what the server was told last.
fn news_of_it(tx: &mut Tx<'_>) -> Result<Option<About>> {
    let about = About {
        app: env!("CARGO_PKG_VERSION").to_owned(),
        schema: SCHEMA_EPOCH,
        waiting: tx.outbox_counts()?.0,
        oldest: tx.outbox_waiting(1)?.first().map(|record| record.since),
        skew_ms: tx.progress::<i64>(key::SKEW)?.unwrap_or(0),
    };
    let told = tx.progress::<About>(key::TOLD)?;
    Ok((!told.is_some_and(|told| about.says_the_same(&told))).then_some(about))
}

/// Asks for the page behind a cursor.
fn pulling(cursor: Option<String>, acknowledged: Option<Acknowledged>) -> PullRequest {
    let acknowledged = acknowledged.filter(|_| cursor.is_some());
    PullRequest {
        protocol: PROTOCOL,
        cursor,
        limit: PULL_ENTRIES_MAX,
        schema: SCHEMA_EPOCH,
        acknowledged,
        ..PullRequest::default()
    }
}

/// One page, and by how much the server's clock is ahead.
async fn ask(transport: &dyn Transport, source: &Arc<dyn Source>, request: PullRequest) -> Result<(Page, i64)> {
    let asked_at = source.now();
    let answer = transport.pull(request).await?;
    let skew_ms = skew(asked_at, source.now(), answer.server_time);
    Ok((Page::read(answer), skew_ms))
}

async fn take_page(store: &Store, source: &Arc<dyn Source>, page: Page) -> Result<i64> {
    let now = source.now();
    if defect::on("cursor before rows") {
        let cursor = page.answer.cursor.clone();
        store.write_async(move |tx| tx.set_progress(key::CURSOR, &cursor)).await?;
    }
    store
        .write_soon_async(move |tx| {
            let kept = Millis(page.answer.server_time.0 - REMEMBERED_MS);
            let forgotten = page.answer.durable_at.map_or(kept, |at| at.max(kept));
            tx.remembered_forget(forgotten)?;
            let count = i64::try_from(page.answer.entries.len()).unwrap_or(0);
            apply_page(tx, page, now)?;
            Ok(count)
        })
        .await
}

/// Server time minus device time, taken at the middle of the exchange.
pub(crate) fn skew(asked_at: Millis, answered_at: Millis, server: Millis) -> i64 {
    server.0 - (asked_at.0 + (answered_at.0 - asked_at.0).max(0) / 2)
}

impl Run<'_> {
    /// Pushes what waits until nothing new does; an answer is taken while the next push is under way. Returns what was answered.
    async fn push_all(&self, report: &mut Report) -> Result<Option<Acknowledged>> {
        let Run { store, transport, source, marker, .. } = self;
        let mut limit = PUSH_MUTATIONS_MAX;
        let mut acknowledged: Option<Acknowledged> = None;
        let mut before = i64::MAX;
        loop {
            let (clock, offset) = (source.clone(), report.skew_ms);
            let Batch { parts, mark } = store.write_async(move |tx| seal(tx, clock.as_ref(), offset, limit)).await?;
            if parts.is_empty() {
                return Ok(acknowledged);
            }
            // Before it is used: a store that is restored to before this shall know so.
            marker.note(mark).await?;
            let mut left = Left::default();
            let mut answered: Option<PushAnswer> = None;
            let mut is_whole = true;
            for part in parts {
                let (sent, named) = (part.len(), Acknowledged::of(&part));
                let push = transport.push(PushRequest { protocol: PROTOCOL, mutations: part });
                let (answer, taken) = tokio::join!(push, self.take(answered.take(), report, &mut left));
                taken?;
                answered = match answer {
                    Err(error) if error.code == Code::TooLarge && limit > 1 => {
                        limit = (limit.min(sent) / 2).max(1);
                        is_whole = false;
                        break;
                    }
                    other => Some(other?),
                };
                acknowledged = Acknowledged::joined(acknowledged, named);
            }
            self.take(answered, report, &mut left).await?;
            report.held = left.held;
            // What is held stays in line; when nothing else is left it waits for the next round.
            if is_whole && (left.waiting >= before || left.waiting == left.held) {
                return Ok(acknowledged);
            }
            before = left.waiting;
        }
    }

    /// Takes an answer. A power cut may take it back: the mutations are sent again then, and answered the same.
    async fn take(&self, answer: Option<PushAnswer>, report: &mut Report, left: &mut Left) -> Result<()> {
        let Some(answer) = answer else { return Ok(()) };
        let sent = i64::try_from(answer.outcomes.len()).unwrap_or(0);
        let clock = self.source.clone();
        let (refused, held, waiting) = self
            .store
            .write_soon_async(move |tx| {
                let actor = author(tx)?;
                let (mut refused, mut held, mut touched) = (0, 0, BTreeSet::new());
                for outcome in &answer.outcomes {
                    let taken = outcome::take(tx, actor, clock.as_ref(), outcome, answer.server_time, &mut touched)?;
                    refused += i64::from(taken);
                    held += i64::from(outcome.ending == rapport_model::mutation::Ending::Held);
                }
                let touched: Vec<Id> = touched.into_iter().collect();
                tx.refresh_customers(&touched, clock.now())?;
                Ok((refused, held, tx.outbox_counts()?.1))
            })
            .await?;
        report.pushed += sent;
        report.refused += refused;
        left.held += held;
        left.waiting = waiting;
        (self.tell)(report.pushed, report.pushed + waiting);
        Ok(())
    }
}

/// What is left in line behind the answers of a batch.
#[derive(Default)]
struct Left {
    waiting: i64,
    held: i64,
}

/// Whose store this is, as the session noted it.
#[derive(Deserialize)]
struct Kept {
    user: Id,
}

fn author(tx: &mut Tx<'_>) -> Result<Actor> {
    let user = tx.progress::<Kept>(key::ACTOR)?.map_or(Id::NIL, |kept| kept.user);
    let epoch = tx.progress::<Id>(key::EPOCH)?.unwrap_or(Id::NIL);
    Ok(Actor { user, role: Role::Sales, device: epoch })
}
