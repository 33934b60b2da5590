//! Requests over HTTP from several clients at once; each waits for its answer before it asks again.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rapport_model::{Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

type Http = Client<HttpConnector, Full<Bytes>>;

/// One request.
pub struct Ask {
    /// The figure that its time belongs to; `None` = it only prepares the next one.
    pub figure: Option<&'static str>,
    pub method: &'static str,
    pub path: String,
    pub token: Arc<str>,
    /// JSON, or nothing.
    pub body: String,
}

impl Ask {
    pub fn get(figure: &'static str, token: &Arc<str>, path: String) -> Ask {
        Ask { figure: Some(figure), method: "GET", path, token: token.clone(), body: String::new() }
    }

    pub fn write(figure: &'static str, token: &Arc<str>, method: &'static str, path: String, body: String) -> Ask {
        Ask { figure: Some(figure), method, path, token: token.clone(), body }
    }
}

/// What a client asks next, given the answer to its last request.
pub type Habit<C> = fn(&mut C, &[u8]) -> Ask;

/// How long a load lasts.
#[derive(Clone, Copy)]
pub enum Until {
    After(Duration),
    /// That many requests, of all clients together.
    Requests(usize),
}

/// What a load took.
pub struct Took {
    /// Figure and time of every request that has a figure.
    pub samples: Samples,
    pub all: Duration,
}

impl Took {
    /// Requests per second.
    pub fn rate(&self) -> f64 {
        self.samples.len() as f64 / self.all.as_secs_f64()
    }
}

/// Runs a load of these clients against the server at `base`. An answer that is not a success ends it.
pub async fn run<C: Send + 'static>(base: &str, until: Until, clients: Vec<C>, habit: Habit<C>) -> Result<Took> {
    let begun = Instant::now();
    let left = Arc::new(AtomicUsize::new(match until {
        Until::Requests(count) => count,
        Until::After(_) => usize::MAX,
    }));
    let mut running = JoinSet::new();
    for client in clients {
        let (base, left) = (base.to_owned(), left.clone());
        running.spawn(async move {
            let more = || match until {
                Until::After(time) => begun.elapsed() < time,
                Until::Requests(_) => take(&left),
            };
            one(&base, client, habit, more).await
        });
    }
    let mut samples = Vec::new();
    while let Some(one) = running.join_next().await {
        samples.extend(one.map_err(Error::internal)??);
    }
    Ok(Took { samples, all: begun.elapsed() })
}

/// Whether one more is left.
fn take(left: &AtomicUsize) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
}

type Samples = Vec<(&'static str, Duration)>;

async fn one<C>(base: &str, mut client: C, habit: Habit<C>, more: impl Fn() -> bool) -> Result<Samples> {
    let http: Http = Client::builder(TokioExecutor::new()).build_http();
    let (mut samples, mut answer) = (Samples::new(), Bytes::new());
    while more() {
        let ask = habit(&mut client, &answer);
        let start = Instant::now();
        answer = send(&http, base, &ask).await?;
        samples.extend(ask.figure.map(|figure| (figure, start.elapsed())));
    }
    Ok(samples)
}

async fn send(http: &Http, base: &str, ask: &Ask) -> Result<Bytes> {
    let request = http::Request::builder()
        .method(ask.method)
        .uri(format!("{base}{}", ask.path))
        .header("authorization", format!("Bearer {}", ask.token))
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(ask.body.clone())))
        .map_err(Error::internal)?;
    let response = http.request(request).await.map_err(Error::internal)?;
    let status = response.status();
    let body = response.into_body().collect().await.map_err(Error::internal)?.to_bytes();
    if status.is_success() {
        return Ok(body);
    }
    let told = String::from_utf8_lossy(&body);
    Err(Error::internal(format_args!("{} {} was answered by {status}: {told}", ask.method, ask.path)))
}
