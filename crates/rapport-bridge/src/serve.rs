//! The routes of the bridge: the page, its one command, its events, and what a dialog would have answered.

use crate::page;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Query, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::stream;
use rapport_client::host::{Host, everything, refusal};
use rapport_client::words::Notice;
use rapport_client::{Code, Error, Result, Teller};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast::{self, error::RecvError};

/// News that a slow page may be behind; after that it is told to fetch everything.
const NEWS_MAX: usize = 1024;
const DIALOGS_MAX: usize = 16;

/// A file that is added, in base 64, and a little more.
const BODY_BYTES_MAX: usize = 40 * 1024 * 1024;

pub struct Bridge {
    pub host: Host,
    /// Who knows it may use this bridge.
    pub key: String,
    ui: PathBuf,
    policy: HeaderValue,
    news: broadcast::Sender<String>,
    /// What the next dialogs answer, since a browser has none of the window's.
    dialogs: Mutex<VecDeque<Value>>,
}

impl Bridge {
    pub fn new(host: Host, ui: PathBuf) -> Result<Bridge> {
        let mut key = [0; 16];
        getrandom::fill(&mut key).map_err(Error::internal)?;
        let key = key.iter().map(|byte| format!("{byte:02x}")).collect();
        let policy = HeaderValue::try_from(page::policy()?).map_err(Error::internal)?;
        let (news, _) = broadcast::channel(NEWS_MAX);
        Ok(Bridge { host, key, ui, policy, news, dialogs: Mutex::default() })
    }

    /// Passes the news of the core on to every page.
    pub fn tell(&self) -> impl Fn(Value) + Send + 'static {
        let news = self.news.clone();
        move |payload| {
            // No page is open: nobody to tell.
            let _ = news.send(payload.to_string());
        }
    }

    async fn call(&self, name: &str, args: Value) -> Result<Value> {
        if name.ends_with(".pick") {
            let mut dialogs = self.dialogs.lock().unwrap_or_else(PoisonError::into_inner);
            return Ok(dialogs.pop_front().unwrap_or_else(|| json!({ "path": null })));
        }
        let mut answer = self.host.call(name, args, self.tell()).await?;
        if name.starts_with("app.choos") || name == "app.choices" {
            // What only the window's own host adds: a browser keeps no tray and starts with no computer.
            answer["autostart"] = json!(false);
            answer["tray"] = json!(true);
        }
        Ok(answer)
    }
}

/// Takes every reminder and shows none: a browser has no notifications of the system.
pub struct Taken;

impl Teller for Taken {
    fn tell(&self, _: &Notice) -> Result<()> {
        Ok(())
    }
}

pub fn router(bridge: Arc<Bridge>, port: u16) -> Router {
    Router::new()
        .route("/call", post(call))
        .route("/events", get(events))
        .route("/dialog", post(dialog))
        .route("/stand-in.js", get(stand_in))
        .fallback(get(file))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(Guard { bridge: bridge.clone(), port }, guard))
        .with_state(bridge)
}

#[derive(Clone)]
struct Guard {
    bridge: Arc<Bridge>,
    port: u16,
}

async fn guard(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    match guard.turn_away(request.headers(), request.uri()) {
        Some(answer) => answer,
        None => next.run(request).await,
    }
}

impl Guard {
    /// Lets in who brought the key, and remembers her in a cookie, so that the addresses of the page are those of the window.
    /// The host is checked so that no other site can pretend to be this one.
    fn turn_away(&self, headers: &HeaderMap, uri: &Uri) -> Option<Response> {
        let header = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let hosts = [format!("127.0.0.1:{}", self.port), format!("localhost:{}", self.port)];
        if !hosts.iter().any(|host| host == header(HOST)) {
            return Some(StatusCode::FORBIDDEN.into_response());
        }
        let wanted = format!("bridge-{}={}", self.port, self.bridge.key);
        if header(COOKIE).split("; ").any(|cookie| cookie == wanted) {
            return None;
        }
        let query = Query::<HashMap<String, String>>::try_from_uri(uri).map(|query| query.0).unwrap_or_default();
        if uri.path() != "/" || query.get("key") != Some(&self.bridge.key) {
            let message = "Open the address that the bridge printed; it has a key.";
            return Some((StatusCode::FORBIDDEN, message).into_response());
        }
        let rest: Vec<String> = query.iter().filter(|(k, _)| *k != "key").map(|(k, v)| format!("{k}={v}")).collect();
        let cookie = format!("{wanted}; Path=/; HttpOnly; SameSite=Strict");
        let place = format!("/?{}", rest.join("&"));
        Some((StatusCode::SEE_OTHER, [(SET_COOKIE, cookie), (LOCATION, place)]).into_response())
    }
}

#[derive(Deserialize)]
struct Call {
    name: String,
    #[serde(default)]
    args: Value,
}

async fn call(State(bridge): State<Arc<Bridge>>, Json(call): Json<Call>) -> Response {
    match bridge.call(&call.name, call.args).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => {
            let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, Json(refusal(&call.name, &error))).into_response()
        }
    }
}

/// Server-sent events, one for each `touched`.
async fn events(State(bridge): State<Arc<Bridge>>) -> Response {
    let lines = stream::unfold(bridge.news.subscribe(), |mut news| async {
        let text = match news.recv().await {
            Ok(payload) => format!("data: {payload}\n\n"),
            Err(RecvError::Lagged(_)) => format!("data: {}\n\n", everything()),
            Err(RecvError::Closed) => return None,
        };
        Some((Ok::<_, Infallible>(Bytes::from(text)), news))
    });
    ([(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")], Body::from_stream(lines)).into_response()
}

/// `{path}`: what the next dialog of the window answers.
async fn dialog(State(bridge): State<Arc<Bridge>>, Json(answer): Json<Value>) -> Response {
    let mut dialogs = bridge.dialogs.lock().unwrap_or_else(PoisonError::into_inner);
    if dialogs.len() >= DIALOGS_MAX {
        let error = Error::new(Code::TooLarge, "More answers for dialogs are waiting than anybody asks for.");
        return (StatusCode::BAD_REQUEST, Json(refusal("dialog", &error))).into_response();
    }
    dialogs.push_back(answer);
    StatusCode::NO_CONTENT.into_response()
}

async fn stand_in() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "no-store")], page::STAND_IN)
}

async fn file(State(bridge): State<Arc<Bridge>>, request: Request) -> Response {
    let Some((kind, bytes)) = page::file(&bridge.ui, request.uri().path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    // Who builds the ui anew sees it at the next reload.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_SECURITY_POLICY, bridge.policy.clone());
    (headers, bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_client::Options;

    fn bridge(folder: &tempfile::TempDir) -> Arc<Bridge> {
        let place = folder.path().join("device");
        let options = Options { key_file: Some(place.with_extension("keys")), data: Some(place), ..Options::default() };
        Arc::new(Bridge::new(Host::new(options, None), folder.path().join("ui")).expect("a bridge"))
    }

    /// The status for who comes with this cookie to this address of this host; `None` = let in.
    fn at_the_door(guard: &Guard, host: &'static str, cookie: &str, address: &str) -> Option<StatusCode> {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static(host));
        headers.insert(COOKIE, HeaderValue::from_str(cookie).expect("a cookie"));
        guard.turn_away(&headers, &address.parse().expect("an address")).map(|answer| answer.status())
    }

    #[test]
    fn who_has_no_key_gets_nothing_and_another_sites_name_is_refused() {
        let folder = tempfile::tempdir().expect("folder");
        let guard = Guard { bridge: bridge(&folder), port: 7000 };
        let key = guard.bridge.key.clone();
        let cookie = format!("other=1; bridge-7000={key}");
        assert_eq!(at_the_door(&guard, "127.0.0.1:7000", "", "/call"), Some(StatusCode::FORBIDDEN));
        assert_eq!(at_the_door(&guard, "127.0.0.1:7000", "bridge-7000=guess", "/"), Some(StatusCode::FORBIDDEN));
        assert_eq!(at_the_door(&guard, "127.0.0.1:7000", "", &format!("/call?key={key}")), Some(StatusCode::FORBIDDEN));
        assert_eq!(at_the_door(&guard, "evil.example:7000", &cookie, "/call"), Some(StatusCode::FORBIDDEN));
        assert_eq!(at_the_door(&guard, "127.0.0.1:7000", "", &format!("/?key={key}&theme=dark")), Some(StatusCode::SEE_OTHER));
        assert_eq!(at_the_door(&guard, "127.0.0.1:7000", &cookie, "/call"), None);
    }

    #[tokio::test]
    async fn a_command_is_answered_by_the_real_core_and_a_dialog_by_what_was_laid_out() {
        let folder = tempfile::tempdir().expect("folder");
        let bridge = bridge(&folder);
        let status = bridge.call("session.status", json!({})).await.expect("a status");
        assert_eq!(status["state"], "none");
        let refused = bridge.call("records.list", json!({ "kind": "customers" })).await.expect_err("nobody is signed in");
        assert_eq!(refused.code, Code::NotSignedIn);
        assert_eq!(bridge.call("import.pick", json!({})).await.expect("cancelled"), json!({ "path": null }));
        assert_eq!(dialog(State(bridge.clone()), Json(json!({ "path": "/a.vcf" }))).await.status(), StatusCode::NO_CONTENT);
        assert_eq!(bridge.call("import.pick", json!({})).await.expect("picked"), json!({ "path": "/a.vcf" }));
    }
}
