//! Webhooks: who hears of what was accepted, in which order, and how often it is tried. The sending is the server's.
//!
//! A change and its events commit together. Each webhook has read them up to a version of the org's sequence; reading on and
//! queueing deliveries is one transaction, so a cut loses nothing and queues nothing twice.

use crate::accept::Context;
use crate::jobs::DAY_MS;
use rapport_model::{Code, Error, Id, Kind, Millis, Result};
use rapport_store::Tx;
use rapport_store::webhooks::{Delivery, Event, Queue, State, Webhook};

/// Webhooks of one organisation at most.
pub const WEBHOOKS_MAX: usize = 50;

/// Everything.
pub const ALL: &str = "*";
/// What a test sends. It is no word that can be asked for.
pub const PING: &str = "ping";

/// What can be listened to.
pub const WORDS: &[&str] = &[
    ALL,
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "contact.created",
    "contact.updated",
    "contact.deleted",
    "interaction.created",
    "interaction.updated",
    "interaction.deleted",
    "quote.created",
    "quote.updated",
    "quote.deleted",
    "quote.sent",
    "quote.accepted",
    "quote.rejected",
    "order.created",
    "order.updated",
    "order.deleted",
    "order.status",
];

/// A secret that was replaced signs along for so long.
pub const OLD_SECRET_MS: i64 = DAY_MS;

/// A receiver that fails for so long is left alone.
pub const FAILING_MS: i64 = 5 * DAY_MS;

/// How long it is kept what was sent when.
pub const LOG_MS: i64 = 30 * DAY_MS;

/// ms from each attempt to the next: those that the Standard Webhooks specification proposes.
pub const BACKOFF_MS: [i64; 9] =
    [5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000, 86_400_000];

/// A receiver is not believed that it wants to be left alone for longer.
const RETRY_AFTER_MS_MAX: i64 = DAY_MS;

/// Deliveries that were never tried and wait for one receiver at most; the rest stays among the events.
const WAITING_MAX: i64 = 500;

/// The same with those that are tried again.
const QUEUE_MAX: i64 = 10_000;

/// Events that are read at once.
const EVENTS_MAX: usize = 500;

/// Characters of what is noted about a failure at most.
const ERROR_CHARS_MAX: usize = 200;

/// Why the server made a webhook inactive.
pub const WHY_FAILING: &str = "failing";
pub const WHY_GONE: &str = "gone";

/// What an organisation's webhooks have to do.
#[derive(Debug, Default)]
pub struct Look {
    /// Whether anybody listens.
    pub listening: bool,
    /// Whether there are events to be queued.
    pub behind: bool,
    /// What can be sent now, at most one of each webhook, with its address.
    pub due: Vec<(Delivery, String)>,
    /// When something is to be tried again.
    pub next_at: Option<Millis>,
    /// Deliveries that wait.
    pub depth: i64,
}

/// What there is to do.
pub fn look(tx: &mut Tx<'_>, now: Millis) -> Result<Look> {
    let end = tx.events_end()?;
    let mut out = Look::default();
    for hook in tx.webhooks()? {
        let queue = tx.delivery_queue(hook.id)?;
        out.listening |= hook.active;
        out.depth += queue.waiting + queue.retrying;
        out.behind |= hook.active && has_room(queue) && end.is_some_and(|end| end > hook.reached);
        if hook.active {
            out.next_at = out.next_at.into_iter().chain(queue.next_at).min();
        }
        if let Some(next) = next(tx, &hook, now)? {
            out.due.push((next, hook.url));
        }
    }
    Ok(out)
}

fn has_room(queue: Queue) -> bool {
    queue.waiting < WAITING_MAX && queue.waiting + queue.retrying < QUEUE_MAX
}

/// What is sent to a receiver next: first attempts in the order of acceptance, retries between them when they are due.
fn next(tx: &mut Tx<'_>, hook: &Webhook, now: Millis) -> Result<Option<Delivery>> {
    let fresh = tx.delivery_fresh(hook.id, !hook.active)?;
    let due = if hook.active { tx.delivery_due(hook.id, now)? } else { None };
    Ok(match (fresh, due) {
        (Some(fresh), Some(due)) if due.next_at < Some(fresh.queued_at) && fresh.kind.is_some() => Some(due),
        (Some(fresh), _) => Some(fresh),
        (None, due) => due,
    })
}

/// Queues what was accepted since.
pub fn fan_out(tx: &mut Tx<'_>, at: &Context<'_>) -> Result<()> {
    let end = tx.sequence()?.version();
    let mut heard = end;
    for mut hook in tx.webhooks()?.into_iter().filter(|hook| hook.active) {
        let queue = tx.delivery_queue(hook.id)?;
        if has_room(queue) {
            let (events, reached) = read_on(tx, hook.reached, end)?;
            let wanted = events.iter().filter(|event| wants(&hook.events, &event.word));
            let deliveries: Vec<Delivery> = wanted.map(|event| of_event(event, &hook, at.now)).collect();
            tx.deliveries_add(&deliveries)?;
            hook.reached = reached;
            tx.webhook_put(&hook)?;
        }
        heard = heard.min(hook.reached);
    }
    tx.events_forget(heard)
}

/// The next events after a version, those of one version together, and the version that is reached with them.
fn read_on(tx: &mut Tx<'_>, after: i64, end: i64) -> Result<(Vec<Event>, i64)> {
    let mut events = tx.events_after(after, EVENTS_MAX)?;
    if events.len() < EVENTS_MAX {
        return Ok((events, end.max(after)));
    }
    let cut = events.last().map_or(end, |event| event.version);
    events.retain(|event| event.version < cut);
    let reached = events.last().map_or(after, |event| event.version);
    Ok((events, reached))
}

fn wants(words: &[String], word: &str) -> bool {
    words.iter().any(|wanted| wanted == ALL || wanted == word)
}

fn of_event(event: &Event, hook: &Webhook, now: Millis) -> Delivery {
    Delivery {
        // The same however often it is queued.
        id: hook.id.derived(&format!("{}.{}", event.version, event.n)),
        webhook_id: hook.id,
        version: event.version,
        n: event.n,
        word: event.word.clone(),
        kind: Some(event.kind),
        record_id: event.record_id,
        at: event.at,
        queued_at: now,
        state: State::Waiting,
        attempts: 0,
        next_at: None,
        attempted_at: None,
        status: None,
        took_ms: None,
        error: String::new(),
    }
}

/// Queues a test.
pub fn ping(tx: &mut Tx<'_>, at: &Context<'_>, hook: &Webhook) -> Result<Delivery> {
    let event = Event {
        version: tx.sequence()?.version(),
        // Behind everything of this version in the log.
        n: i64::from(u32::MAX),
        word: PING.to_owned(),
        kind: Kind::Customers,
        record_id: Id::NIL,
        at: at.now,
    };
    let delivery = Delivery { id: at.source.id(), kind: None, ..of_event(&event, hook, at.now) };
    tx.deliveries_add(std::slice::from_ref(&delivery))?;
    Ok(delivery)
}

/// One more attempt at once, however it went before.
pub fn retry(tx: &mut Tx<'_>, at: &Context<'_>, hook: &Webhook, id: Id) -> Result<Delivery> {
    let found = tx.delivery_find(id)?.filter(|delivery| delivery.webhook_id == hook.id);
    let mut delivery = found.ok_or_else(|| Error::new(Code::NotFound, "There is no such delivery here."))?;
    if !hook.active && delivery.kind.is_some() {
        return Err(Error::new(Code::IllegalTransition, "This webhook is not active. Activate it first, then try again."));
    }
    if delivery.state != State::Waiting {
        let state = if delivery.kind.is_some() { State::Retrying } else { State::Waiting };
        delivery = Delivery { state, next_at: Some(at.now), ..delivery };
        tx.delivery_put(&delivery)?;
    }
    Ok(delivery)
}

/// What came of one attempt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attempt {
    /// HTTP status; nothing where there was no answer.
    pub status: Option<u16>,
    pub took_ms: i64,
    /// Why there was no answer.
    pub error: String,
    pub retry_after_ms: Option<i64>,
}

impl Attempt {
    fn delivered(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// Notes what came of an attempt. Returns how the delivery stands, or nothing if it was taken away meanwhile.
pub fn settle(tx: &mut Tx<'_>, at: &Context<'_>, id: Id, attempt: &Attempt, backoff_ms: &[i64]) -> Result<Option<State>> {
    let Some(mut delivery) = tx.delivery_find(id)? else { return Ok(None) };
    let Some(mut hook) = tx.webhook_find(delivery.webhook_id)? else { return Ok(None) };
    delivery.attempts += 1;
    delivery.attempted_at = Some(at.now);
    delivery.status = attempt.status.map(i64::from);
    delivery.took_ms = Some(attempt.took_ms);
    delivery.error = attempt.error.chars().take(ERROR_CHARS_MAX).collect();
    let is_ping = delivery.kind.is_none();
    let dropped = delivery.state == State::Dropped;
    (delivery.state, delivery.next_at) = if attempt.delivered() {
        (State::Delivered, None)
    } else if dropped {
        (State::Dropped, None)
    } else {
        match pause_ms(delivery.attempts, attempt, backoff_ms, at.source.id()) {
            Some(ms) if !is_ping => (State::Retrying, Some(Millis(at.now.0 + ms))),
            _ => (State::Failed, None),
        }
    };
    tx.delivery_put(&delivery)?;
    if !is_ping && hook.active {
        judge(tx, at.now, &mut hook, attempt)?;
    }
    Ok(Some(delivery.state))
}

/// What an attempt says about its receiver.
fn judge(tx: &mut Tx<'_>, now: Millis, hook: &mut Webhook, attempt: &Attempt) -> Result<()> {
    if attempt.delivered() {
        if hook.failing_since.take().is_some() {
            tx.webhook_put(hook)?;
        }
        return Ok(());
    }
    let since = *hook.failing_since.get_or_insert(now);
    if attempt.status == Some(410) {
        return stop(tx, now, hook, WHY_GONE);
    }
    if now.0 - since.0 >= FAILING_MS {
        return stop(tx, now, hook, WHY_FAILING);
    }
    tx.webhook_put(hook)
}

fn stop(tx: &mut Tx<'_>, now: Millis, hook: &mut Webhook, why: &str) -> Result<()> {
    (hook.active, hook.stopped_at, hook.stopped_why) = (false, Some(now), why.to_owned());
    tx.deliveries_drop(hook.id, "The webhook was made inactive.")?;
    tx.webhook_put(hook)
}

/// Makes a webhook active from now on, or inactive: then nothing is sent and nothing is kept for it.
pub fn activate(tx: &mut Tx<'_>, hook: &mut Webhook, active: bool) -> Result<()> {
    if active && !hook.active {
        hook.reached = tx.sequence()?.version();
        (hook.failing_since, hook.stopped_at, hook.stopped_why) = (None, None, String::new());
    }
    if !active && hook.active {
        tx.deliveries_drop(hook.id, "The webhook was made inactive.")?;
    }
    hook.active = active;
    Ok(())
}

/// Notes that there is nothing to send any more.
pub fn drop_it(tx: &mut Tx<'_>, id: Id, why: &str) -> Result<()> {
    let Some(delivery) = tx.delivery_find(id)? else { return Ok(()) };
    tx.delivery_put(&Delivery { state: State::Dropped, next_at: None, error: why.to_owned(), ..delivery })
}

/// ms until the next attempt, or nothing if that was the last one: a step of the backoff and up to a fifth more, so that
/// receivers are not met by everything at once.
fn pause_ms(attempts: i64, attempt: &Attempt, backoff_ms: &[i64], random: Id) -> Option<i64> {
    let step = backoff_ms.get(usize::try_from(attempts - 1).ok()?)?;
    let jitter = step / 5 * i64::from(random.as_bytes()[15]) / 255;
    let asked = attempt.retry_after_ms.unwrap_or(0).clamp(0, RETRY_AFTER_MS_MAX);
    Some((step + jitter).max(asked))
}

/// The words that somebody wants to hear, each once.
pub fn checked_words(words: &[String]) -> Result<Vec<String>> {
    let wrong = |message: String| Error::field(Code::InvalidValue, "events", message);
    if words.is_empty() {
        return Err(Error::field(Code::Required, "events", "Name the events to be told, or \"*\" for all."));
    }
    let mut out: Vec<String> = Vec::new();
    for word in words {
        if !WORDS.contains(&word.as_str()) {
            return Err(wrong(format!("\"{word}\" is no event. There are: {}.", WORDS.join(", "))));
        }
        if !out.contains(word) {
            out.push(word.clone());
        }
    }
    Ok(out)
}

/// Whether a delivery tells that a record is gone.
pub fn is_deletion(delivery: &Delivery) -> bool {
    delivery.kind.and_then(|kind| kind.lists().noun).is_some_and(|noun| delivery.word == format!("{noun}.deleted"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_with_some_play_and_a_receiver_may_ask_for_more() {
        let pause = |attempts, byte, asked: Option<i64>| {
            let attempt = Attempt { retry_after_ms: asked, ..Attempt::default() };
            pause_ms(attempts, &attempt, &BACKOFF_MS, Id::from_bytes([byte; 16]))
        };
        assert_eq!((pause(1, 0, None), pause(1, 255, None)), (Some(5_000), Some(6_000)));
        assert_eq!((pause(9, 0, None), pause(10, 0, None)), (Some(86_400_000), None));
        assert_eq!(pause(1, 0, Some(60_000)), Some(60_000));
        assert_eq!(pause(2, 0, Some(60_000)), Some(300_000), "never sooner than planned");
        assert_eq!((pause(1, 0, Some(i64::MAX)), pause(1, 0, Some(-5))), (Some(86_400_000), Some(5_000)));
        assert_eq!(pause(10, 0, Some(60_000)), None);
    }

    #[test]
    fn words_are_known_and_said_once() {
        let words = |said: &[&str]| checked_words(&said.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(words(&["*", "quote.sent", "*"]).map(|w| w.len()), Ok(2));
        assert_eq!(words(&[]).map_err(|e| e.code), Err(Code::Required));
        for wrong in ["", "ping", "customer", "customer.*", "order.sent", "quote.created order.created"] {
            assert_eq!(words(&[wrong]).map_err(|e| e.code), Err(Code::InvalidValue), "{wrong}");
        }
        assert!(wants(&["*".into()], "order.status") && wants(&["order.status".into()], "order.status"));
        assert!(!wants(&["order.status".into()], "order.updated"));
    }
}
