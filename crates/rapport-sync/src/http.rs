//! The transport over HTTP: JSON, compressed both ways, one retry after a refused token.

mod blocks;
mod files;
mod same;

use crate::transport::{Answer, Blocks, Tokens, Transport};
use rapport_model::wire::agree::{DigestAnswer, DigestRequest, FamilyAnswer, FamilyRequest, RemovalsAnswer, RemovalsRequest};
use rapport_model::wire::snapshot::SnapshotRequest;
use rapport_model::wire::{PullAnswer, PullRequest, PushAnswer, PushRequest};
use rapport_model::{Code, Error, ErrorBody, Id, Result};
use reqwest::{Response, StatusCode};
use same::Same;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
/// A first download over a slow line; each of its parts is waited for as long as any answer.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_secs(2 * 60 * 60);

/// A line is listened on as long as the server lets it be, and a little longer.
const LISTEN_TIMEOUT: Duration = Duration::from_secs(11 * 60);

/// Bytes from which on a body is worth compressing.
const PACKED_BYTES_MIN: usize = 1024;

/// How hard bodies are compressed.
const PACKED_LEVEL: i32 = 3;

/// The header that every answer of a Rapport server carries; one without it comes from something in between.
pub const MARK: &str = "x-rapport";

/// An HTTP client with the platform's roots, the system's proxy, and bounded waits. `ca` = one more root certificate, PEM.
pub fn http_client(ca: Option<&Path>) -> Result<reqwest::Client> {
    // Another caller in this process may have installed it first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(REQUEST_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("rapport/", env!("CARGO_PKG_VERSION")));
    if let Some(path) = ca {
        let unreadable =
            |e: &dyn std::fmt::Display| Error::new(Code::Unreadable, format!("The certificate cannot be read: {e}."));
        let pem = std::fs::read(path).map_err(|e| unreadable(&e))?;
        builder = builder.add_root_certificate(reqwest::Certificate::from_pem(&pem).map_err(|e| unreadable(&e))?);
    }
    builder.build().map_err(Error::internal)
}

/// Turns an HTTP answer into a value or our error. What is not ours counts as offline.
pub async fn read_answer<T: DeserializeOwned>(response: Response) -> Result<T> {
    let status = response.status();
    let ours = response.headers().contains_key(MARK);
    let retry_after_s = response.headers().get("retry-after").and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok());
    let body = response.bytes().await.map_err(offline)?;
    if !ours {
        return Err(Error::new(Code::Offline, "What answered is not a Rapport server. All work is kept on this device."));
    }
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(|_| Error::new(Code::Offline, "The server's answer arrived damaged."));
    }
    let mut error: Error = match serde_json::from_slice::<ErrorBody>(&body) {
        Ok(body) => body.into(),
        Err(_) => Error::new(Code::Offline, format!("The server answered {status} without a reason.")),
    };
    if let Some(seconds) = retry_after_s {
        error = error.with(serde_json::json!({ "retryAfterS": seconds }));
    }
    Err(error)
}

/// A connection that failed; the server's name is not repeated, callers know it.
pub fn offline(error: reqwest::Error) -> Error {
    let why = if error.is_timeout() { "it does not answer in time" } else { "there is no connection" };
    Error::new(Code::Offline, format!("The server cannot be reached: {why}. All work is kept on this device."))
}

/// Pushes and pulls over HTTP.
pub struct HttpTransport {
    client: reqwest::Client,
    server: String,
    tokens: Arc<dyn Tokens>,
    /// What was asked last and brought nothing.
    same: Mutex<Option<Same>>,
}

impl HttpTransport {
    /// `server` = scheme, host and port, without a slash behind.
    pub fn new(client: reqwest::Client, server: String, tokens: Arc<dyn Tokens>) -> HttpTransport {
        HttpTransport { client, server, tokens, same: Mutex::default() }
    }

    async fn post<Q: Serialize, T: DeserializeOwned>(&self, path: &str, body: &Q) -> Result<T> {
        read_answer(self.send(path, body, REQUEST_TIMEOUT).await?).await
    }

    async fn send<Q: Serialize>(&self, path: &str, body: &Q, timeout: Duration) -> Result<Response> {
        let json = serde_json::to_vec(body).map_err(Error::internal)?;
        let (body, packed) = match json.len() {
            0..PACKED_BYTES_MIN => (json, false),
            _ => (zstd::bulk::compress(&json, PACKED_LEVEL).map_err(Error::internal)?, true),
        };
        let url = format!("{}{path}", self.server);
        self.authorised(|token| {
            let request = self.client.post(&url).bearer_auth(token).header("content-type", "application/json").timeout(timeout);
            let request = if packed { request.header("content-encoding", "zstd") } else { request };
            request.body(body.clone())
        })
        .await
    }

    /// Sends with a token, and once more with a fresh one where that is refused.
    async fn authorised(&self, request: impl Fn(String) -> reqwest::RequestBuilder) -> Result<Response> {
        let send = |token: String| request(token).send();
        let token = self.tokens.access().await?;
        rapport_store::failpoint::hit("sync.request.before");
        let mut response = send(token.clone()).await.map_err(offline)?;
        rapport_store::failpoint::hit("sync.request.after");
        if response.status() == StatusCode::UNAUTHORIZED && response.headers().contains_key(MARK) {
            let fresh = self.tokens.renew(token).await?;
            response = send(fresh).await.map_err(offline)?;
        }
        Ok(response)
    }
}

impl Transport for HttpTransport {
    fn push(&self, request: PushRequest) -> Answer<'_, PushAnswer> {
        Box::pin(async move { self.post("/api/sync/push", &request).await })
    }

    fn pull(&self, request: PullRequest) -> Answer<'_, PullAnswer> {
        Box::pin(same::pull(self, request))
    }

    fn digest(&self, request: DigestRequest) -> Answer<'_, DigestAnswer> {
        Box::pin(async move { self.post("/api/sync/digest", &request).await })
    }

    fn family(&self, request: FamilyRequest) -> Answer<'_, FamilyAnswer> {
        Box::pin(async move { self.post("/api/sync/family", &request).await })
    }

    fn removals(&self, request: RemovalsRequest) -> Answer<'_, RemovalsAnswer> {
        Box::pin(async move { self.post("/api/sync/removals", &request).await })
    }

    fn put_content(&self, customer: Id, attachment: Id, mime: String, bytes: Vec<u8>) -> Answer<'_, ()> {
        Box::pin(files::put(self, files::path(customer, attachment), mime, bytes))
    }

    fn get_content(&self, customer: Id, attachment: Id) -> Answer<'_, Vec<u8>> {
        Box::pin(files::get(self, files::path(customer, attachment)))
    }

    fn listen(&self, heard: mpsc::Sender<()>) -> Answer<'_, ()> {
        Box::pin(async move {
            let url = format!("{}/api/sync/events", self.server);
            let request = |token: String| self.client.get(&url).bearer_auth(token).timeout(LISTEN_TIMEOUT);
            let mut response = self.authorised(request).await?;
            if !response.status().is_success() || !response.headers().contains_key(MARK) {
                return read_answer::<serde_json::Value>(response).await.map(drop);
            }
            while let Some(chunk) = response.chunk().await.map_err(offline)? {
                // A line of an event; what begins with a colon is a sign of life.
                let says = chunk.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"data:"));
                if says && heard.send(()).await.is_err() {
                    return Ok(());
                }
            }
            Ok(())
        })
    }

    fn snapshot(&self, request: SnapshotRequest) -> Answer<'_, Blocks> {
        Box::pin(async move {
            let response = self.send("/api/sync/snapshot", &request, DOWNLOAD_TIMEOUT).await?;
            if response.status().is_success() && response.headers().contains_key(MARK) {
                return Ok(blocks::read(response));
            }
            read_answer::<serde_json::Value>(response).await?;
            Err(Error::new(Code::Offline, "The server's answer arrived damaged."))
        })
    }
}
