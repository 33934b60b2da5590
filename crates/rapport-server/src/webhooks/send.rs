//! One attempt: what is told of a record, the request, and what came of it.

use super::guard::{Guard, Refused, checked_url};
use super::sign::signatures;
use super::{Hooks, Options};
use crate::rest::told::{View, shown};
use chrono::DateTime;
use rapport_model::{Error, Id, Millis, Result, Source};
use rapport_ops::jobs;
use rapport_ops::webhooks::{Attempt, is_deletion};
use rapport_store::Tx;
use rapport_store::webhooks::{Delivery, State, Webhook};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use std::error::Error as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections are kept for the next event that soon follows.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// Bytes of an answer that are read at most; what it says is of no interest.
const ANSWER_BYTES_MAX: usize = 4096;

/// A client that goes nowhere else than where it is sent: no proxy, no redirect, no cookie.
pub fn client(options: &Options) -> Result<reqwest::Client> {
    // Another caller in this process may have installed it first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("rapport-server/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(options.timeout)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .redirect(Policy::none())
        .referer(false)
        .no_proxy()
        .no_gzip()
        .no_zstd()
        .dns_resolver(Arc::new(Guard { allow_private: options.allow_private }))
        .build()
        .map_err(Error::internal)
}

/// A request that is ready to go, or why there is none.
pub enum Ready {
    Send(Box<Letter>),
    /// There is nothing to tell any more.
    Drop(&'static str),
    /// Taken away, or sent already.
    Over,
    /// Another server tells this receiver something.
    Elsewhere,
}

/// What goes to a receiver. It holds secrets and what a record says.
pub struct Letter {
    url: String,
    id: String,
    timestamp_s: i64,
    signatures: String,
    body: Vec<u8>,
}

/// What is told now: the record as it is now, not as it was.
pub fn letter(tx: &mut Tx<'_>, org: Id, delivery: Id, now: Millis) -> Result<Ready> {
    let Some(delivery) = tx.delivery_find(delivery)? else { return Ok(Ready::Over) };
    let Some(hook) = tx.webhook_find(delivery.webhook_id)? else { return Ok(Ready::Over) };
    if !matches!(delivery.state, State::Waiting | State::Retrying) {
        return Ok(Ready::Over);
    }
    let Some(data) = data(tx, &delivery, now)? else {
        return Ok(Ready::Drop("The record is gone; a deletion tells of it."));
    };
    let id = delivery.id.to_string();
    let body = json!({ "id": id, "type": delivery.word, "timestamp": delivery.at, "orgId": org, "data": data });
    let body = serde_json::to_vec(&body).map_err(Error::internal)?;
    let timestamp_s = now.0.div_euclid(1000);
    let signatures = signatures(&secrets(&hook, now), &id, timestamp_s, &body)?;
    Ok(Ready::Send(Box::new(Letter { url: hook.url, id, timestamp_s, signatures, body })))
}

fn secrets(hook: &Webhook, now: Millis) -> Vec<&str> {
    let old = hook.old_until.is_some_and(|until| now < until).then_some(hook.old_secret.as_str());
    std::iter::once(hook.secret.as_str()).chain(old).collect()
}

/// A record as an administrator reads it, what is left of one that is gone, or nothing if there is nothing to say.
fn data(tx: &mut Tx<'_>, delivery: &Delivery, now: Millis) -> Result<Option<Value>> {
    let Some(kind) = delivery.kind else { return Ok(Some(json!({}))) };
    let record = tx.find(kind, delivery.record_id)?;
    if is_deletion(delivery) {
        let stone = tx.tombstone_find(delivery.record_id)?;
        let trashed = record.and_then(|record| record.meta().deleted_at);
        let at = stone.as_ref().map(|stone| stone.at).or(trashed).unwrap_or(delivery.at);
        let why = stone.as_ref().map_or("trashed", |stone| stone.why.as_str());
        let survivor = stone.as_ref().and_then(|stone| stone.survivor);
        return Ok(Some(json!({ "_id": delivery.record_id, "deletedAt": at, "why": why, "survivor": survivor })));
    }
    let Some(record) = record.filter(|record| record.meta().deleted_at.is_none()) else { return Ok(None) };
    let sight = tx.sight(&jobs::actor())?;
    Ok(Some(shown(record.as_ref(), &View::of(tx, &sight, now)?)))
}

/// Sends a letter and waits for the answer. What the receiver says is dropped.
pub async fn send(hooks: &Hooks, source: &dyn Source, letter: Letter) -> Attempt {
    let begun = Instant::now();
    let sent = post(hooks, letter).await;
    let took_ms = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
    match sent {
        Ok((status, headers)) => Attempt {
            status: Some(status),
            took_ms,
            retry_after_ms: retry_after_ms(&headers, source.now()),
            ..Attempt::default()
        },
        Err(error) => Attempt { took_ms, error, ..Attempt::default() },
    }
}

async fn post(hooks: &Hooks, letter: Letter) -> std::result::Result<(u16, HeaderMap), String> {
    // The options may be others than when the address was given.
    let url = checked_url(&letter.url, hooks.options.allow_private).map_err(|error| error.message)?;
    let client = hooks.client().map_err(|error| error.message)?;
    let request = client
        .post(url)
        .header(CONTENT_TYPE, "application/json")
        .header("webhook-id", letter.id)
        .header("webhook-timestamp", letter.timestamp_s)
        .header("webhook-signature", letter.signatures)
        .body(letter.body);
    let mut answer = request.send().await.map_err(|error| told(&error))?;
    let (status, headers) = (answer.status().as_u16(), std::mem::take(answer.headers_mut()));
    let mut read = 0;
    // The status counts, even if what follows does not arrive.
    while let Ok(Some(part)) = answer.chunk().await {
        read += part.len();
        if read > ANSWER_BYTES_MAX {
            break;
        }
    }
    Ok((status, headers))
}

/// Why there was no answer, without the address: it may hold a secret.
fn told(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.downcast_ref::<Refused>().is_some() {
            return Refused.to_string();
        }
        cause = inner.source();
    }
    let what = if error.is_timeout() {
        "The receiver did not answer in time."
    } else if error.is_connect() {
        "There was no connection, or its certificate is not trusted."
    } else {
        "The connection broke off."
    };
    what.to_owned()
}

/// How long the receiver wants to be left alone: seconds, or a date.
fn retry_after_ms(headers: &HeaderMap, now: Millis) -> Option<i64> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    let seconds = text.trim().parse::<u32>().ok().map(|seconds| i64::from(seconds) * 1000);
    seconds.or_else(|| DateTime::parse_from_rfc2822(text.trim()).ok().map(|at| at.timestamp_millis() - now.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_client_connects_to_no_private_address_whatever_its_name() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://localhost:{}/", listener.local_addr().expect("an address").port());
        let closed = client(&Options::default()).expect("a client").get(&url).send().await.expect_err("refused");
        assert_eq!(told(&closed), Refused.to_string());
        let options = Options { allow_private: true, timeout: Duration::from_millis(100), ..Options::default() };
        let open = client(&options).expect("a client").get(&url).send();
        let (taken, open) = tokio::join!(listener.accept(), open);
        assert!(taken.is_ok(), "and the first did not come before");
        assert_eq!(told(&open.expect_err("no answer")), "The receiver did not answer in time.");
    }

    #[test]
    fn a_receiver_says_when_in_seconds_or_by_date() {
        let asked = |text: &str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().expect("a value"))]);
            // 2026-05-12 10:00 UTC.
            retry_after_ms(&headers, Millis(1_778_580_000_000))
        };
        assert_eq!((asked("120"), asked(" 0 ")), (Some(120_000), Some(0)));
        assert_eq!(asked("Tue, 12 May 2026 10:01:00 GMT"), Some(60_000));
        assert_eq!((asked("-1"), asked("soon"), asked("")), (None, None, None));
        assert_eq!(retry_after_ms(&HeaderMap::new(), Millis(0)), None);
    }
}
