//! Signing in at a server: four calls, and telling our server from whatever else answers.

use rapport_model::Id;
use rapport_model::release::{self, Release};
use rapport_model::{Code, Error, ErrorBody, Org, Result, User};
use reqwest::{RequestBuilder, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

/// The header on every answer of our server.
const OURS: &str = "x-rapport";

/// Bytes of an answer at most.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// A server, and the way to it.
#[derive(Clone, Debug)]
pub struct Remote {
    client: reqwest::Client,
    server: String,
    heard: Heard,
}

/// The version of the app that the server recommended last, for all ways to it of one session.
#[derive(Clone, Debug, Default)]
pub struct Heard(Arc<Mutex<Option<Release>>>);

impl Heard {
    pub fn set(&self, version: Option<Release>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = version;
    }

    /// If this one is older.
    pub fn newer(&self) -> Option<Release> {
        let recommended = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        recommended.filter(|version| *version > Release::own())
    }
}

/// What a sign-in gives. No `Debug`: it holds tokens.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    pub access_token: Zeroizing<String>,
    pub expires_in_ms: i64,
    pub refresh_token: Zeroizing<String>,
    /// What seals work that leaves the device in a file; "" from an older server.
    #[serde(default)]
    pub work_key: Zeroizing<String>,
    pub device_id: Id,
    pub device_code: String,
    pub org: Org,
    pub user: User,
}

/// What a renewal gives. No `Debug`: it holds tokens.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Renewed {
    pub access_token: Zeroizing<String>,
    pub expires_in_ms: i64,
    pub refresh_token: Zeroizing<String>,
    /// As with the sign-in.
    #[serde(default)]
    pub work_key: Zeroizing<String>,
}

impl Remote {
    /// `server` as [`crate::address::server`] gives it.
    pub fn new(client: reqwest::Client, server: String, heard: Heard) -> Remote {
        Remote { client, server, heard }
    }

    pub fn server(&self) -> &str {
        &self.server
    }

    pub async fn login(&self, email: &str, password: &str, device: &str) -> Result<SignedIn> {
        let body = json!({ "email": email, "password": password, "deviceName": device });
        self.ask(self.post("login").json(&body)).await.map_err(|e| match e.code {
            Code::InvalidCredentials => Error::new(
                Code::InvalidCredentials,
                format!(
                    "The e-mail address or the password is not right for {}. Nothing on this device was changed. Check both and try again.",
                    self.server
                ),
            ),
            _ => e,
        })
    }

    pub async fn enrol(&self, code: &str, device: &str) -> Result<SignedIn> {
        self.ask(self.post("enrol").json(&json!({ "code": code, "deviceName": device }))).await
    }

    pub async fn refresh(&self, refresh_token: &str) -> Result<Renewed> {
        self.ask(self.post("refresh").json(&json!({ "refreshToken": refresh_token }))).await
    }

    pub async fn logout(&self, access_token: &str) -> Result<()> {
        self.send(self.post("logout").bearer_auth(access_token)).await.map(drop)
    }

    /// The devices of everybody, or the caller's own.
    pub async fn devices(&self, access_token: &str, all: bool) -> Result<serde_json::Value> {
        let query = if all { "?all=true" } else { "" };
        let url = format!("{}/api/devices{query}", self.server);
        self.ask(self.client.get(url).bearer_auth(access_token)).await
    }

    pub async fn revoke_device(&self, access_token: &str, id: Id) -> Result<()> {
        let url = format!("{}/api/devices/{id}", self.server);
        self.send(self.client.delete(url).bearer_auth(access_token)).await.map(drop)
    }

    pub async fn put(&self, access_token: &str, path: &str, body: &serde_json::Value) -> Result<()> {
        let url = format!("{}/api/{path}", self.server);
        self.send(self.client.put(url).bearer_auth(access_token).json(body)).await.map(drop)
    }

    fn post(&self, what: &str) -> RequestBuilder {
        self.client.post(format!("{}/api/auth/{what}", self.server))
    }

    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T> {
        let body = self.body(self.send(request).await?).await?;
        serde_json::from_slice(&body).map_err(|_| self.stranger())
    }

    /// The answer of our server: its error as ours, everything else as "not our server".
    async fn send(&self, request: RequestBuilder) -> Result<Response> {
        let answer = request.send().await.map_err(|e| self.unreachable(&e))?;
        if !answer.headers().contains_key(OURS) {
            return Err(self.stranger());
        }
        let said = answer.headers().get(release::HEADER).and_then(|said| said.to_str().ok()?.parse().ok());
        if said.is_some() {
            self.heard.set(said);
        }
        if answer.status().is_success() {
            return Ok(answer);
        }
        let body = self.body(answer).await?;
        let error: ErrorBody = serde_json::from_slice(&body).map_err(|_| self.stranger())?;
        Err(error.into())
    }

    async fn body(&self, mut answer: Response) -> Result<Zeroizing<Vec<u8>>> {
        let mut body = Zeroizing::new(Vec::new());
        while let Some(chunk) = answer.chunk().await.map_err(|e| self.unreachable(&e))? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(self.stranger());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn unreachable(&self, error: &reqwest::Error) -> Error {
        let why = if error.is_timeout() {
            "it did not answer in time"
        } else if error.is_connect() {
            "no connection could be made"
        } else {
            "the connection broke"
        };
        self.offline(format!("The server {} cannot be reached: {why}.", self.server))
    }

    fn stranger(&self) -> Error {
        self.offline(format!(
            "What answered at {} is not a Rapport server; a guest network's sign-in page does that.",
            self.server
        ))
    }

    fn offline(&self, failed: String) -> Error {
        Error::new(
            Code::Offline,
            format!("{failed} Your work on this device is safe. Check the address and the network, then try again."),
        )
    }
}
