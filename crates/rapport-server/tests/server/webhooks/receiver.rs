//! A receiver of webhooks: a real HTTP server that keeps what it gets and answers as it is told.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::io::ReaderStream;

/// How long a test waits for something that should be there at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// One request that arrived.
#[derive(Clone, Debug)]
pub struct Got {
    pub headers: HeaderMap,
    pub raw: Vec<u8>,
    pub body: Value,
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn word(&self) -> &str {
        self.body["type"].as_str().unwrap()
    }

    pub fn record(&self) -> &str {
        self.body["data"]["_id"].as_str().unwrap_or_default()
    }

    /// Whether one of the signatures is that of a secret; worked out here from the specification, not by the server's code.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        let head = format!("{}.{}.", self.header("webhook-id"), self.header("webhook-timestamp"));
        mac.update(&[head.as_bytes(), &self.raw].concat());
        let wanted = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.header("webhook-signature").split(' ').any(|given| given == wanted)
    }
}

/// What it answers.
#[derive(Clone, Debug)]
pub enum Says {
    Status(u16),
    With(u16, &'static str, String),
    /// Takes the request and never answers.
    Nothing,
    /// An answer without an end.
    Endless,
}

#[derive(Default)]
struct Inside {
    got: Mutex<Vec<Got>>,
    next: Mutex<VecDeque<Says>>,
    /// What it says when nothing else is planned; nothing = 200.
    else_says: Mutex<Option<Says>>,
    news: Notify,
}

pub struct Receiver {
    pub url: String,
    inside: Arc<Inside>,
}

impl Receiver {
    pub async fn start() -> Receiver {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let inside = Arc::new(Inside::default());
        let kept = inside.clone();
        let app = Router::new().fallback(move |headers: HeaderMap, body: Bytes| take(kept.clone(), headers, body));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Receiver { url, inside }
    }

    /// The next answers, one after the other.
    pub fn says(&self, answers: impl IntoIterator<Item = Says>) {
        self.inside.next.lock().unwrap().extend(answers);
    }

    pub fn always_says(&self, answer: Says) {
        *self.inside.else_says.lock().unwrap() = Some(answer);
    }

    pub fn got(&self) -> Vec<Got> {
        self.inside.got.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.inside.got.lock().unwrap().len()
    }

    /// Waits until this many have arrived.
    pub async fn wait(&self, count: usize) -> Vec<Got> {
        self.when(|got| got.len() >= count).await
    }

    /// Waits for one; returns everything up to it.
    pub async fn until(&self, wanted: impl Fn(&Got) -> bool) -> Vec<Got> {
        let mut all = self.when(|got| got.iter().any(&wanted)).await;
        let at = all.iter().position(wanted).unwrap();
        all.truncate(at + 1);
        all
    }

    async fn when(&self, good: impl Fn(&[Got]) -> bool) -> Vec<Got> {
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                let news = self.inside.news.notified();
                let got = self.got();
                if good(&got) {
                    return got;
                }
                news.await;
            }
        });
        waited.await.unwrap_or_else(|_| panic!("it did not come; there is {:#?}", self.words()))
    }

    pub fn words(&self) -> Vec<String> {
        self.got().iter().map(|got| got.word().to_owned()).collect()
    }
}

async fn take(inside: Arc<Inside>, headers: HeaderMap, raw: Bytes) -> Response {
    let body = serde_json::from_slice(&raw).unwrap();
    inside.got.lock().unwrap().push(Got { headers, raw: raw.to_vec(), body });
    inside.news.notify_waiters();
    let planned = inside.next.lock().unwrap().pop_front();
    let says = planned.or_else(|| inside.else_says.lock().unwrap().clone()).unwrap_or(Says::Status(200));
    match says {
        Says::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Says::With(status, name, value) => (StatusCode::from_u16(status).unwrap(), [(name, value)]).into_response(),
        Says::Nothing => std::future::pending().await,
        Says::Endless => Body::from_stream(ReaderStream::new(tokio::io::repeat(b'x'))).into_response(),
    }
}
