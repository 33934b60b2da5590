//! A server with organisations and people, and a caller with a token.

use rapport_model::{Id, Millis, Role, Source};
use rapport_server::account::{self, NewOrg, NewUser};
use rapport_server::{Config, Folder, Stop, serve, webhooks};
use rapport_store::source::System;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Once};
use tokio::task::JoinHandle;

pub const PASSWORD: &str = "long enough";

/// The machine's clock, moved by as much as a test says.
pub struct Shifted(AtomicI64);

impl Source for Shifted {
    fn now(&self) -> Millis {
        Millis(System.now().0 + self.0.load(Ordering::SeqCst))
    }

    fn id(&self) -> Id {
        System.id()
    }
}

/// A running server on a folder of its own.
pub struct World {
    pub dir: tempfile::TempDir,
    pub url: String,
    pub org: Id,
    /// How it sends webhooks from its next start on.
    pub webhooks: webhooks::Options,
    clock: Arc<Shifted>,
    stop: Stop,
    task: Option<JoinHandle<()>>,
}

/// An HTTP answer, read whole.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub json: Value,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status and code of an error answer, which has to be our one body.
    pub fn refused(&self) -> (u16, &str) {
        assert!(self.json["message"].as_str().is_some_and(|m| m.len() > 10), "{self:?}");
        assert_eq!(self.json["traceId"].as_str().map(str::len), Some(16), "{self:?}");
        assert_eq!(self.header("x-rapport"), "1");
        (self.status.as_u16(), self.json["code"].as_str().unwrap())
    }

    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{self:?}");
        assert_eq!(self.header("x-rapport"), "1");
        self.json
    }

    pub fn id(&self) -> String {
        self.json["_id"].as_str().unwrap_or_else(|| panic!("no id in {self:?}")).to_owned()
    }
}

pub fn client() -> reqwest::Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    reqwest::Client::builder().no_proxy().build().unwrap()
}

pub async fn read(response: reqwest::Response) -> Reply {
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    let json = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
    Reply { status, headers, json }
}

pub fn somebody(email: &str, role: Role) -> NewUser {
    let name = email.split('@').next().unwrap_or_default().to_owned();
    NewUser { email: email.to_owned(), name, role, team: None, password: Some(PASSWORD.to_owned()) }
}

pub fn new_org(name: &str, admin: &str) -> NewOrg {
    NewOrg {
        name: name.to_owned(),
        currency: "EUR".to_owned(),
        country: "DE".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        admin: somebody(admin, Role::Admin),
    }
}

/// A data folder; where the tests are told of a PostgreSQL server, with a database of its own there.
pub fn folder(data: &Path) -> Folder {
    Folder::with_database(data, rapport_cluster::beside(data).as_deref()).unwrap()
}

/// How such a folder is served.
pub fn config(data: &Path) -> Config {
    Config { database: rapport_cluster::beside(data), ..Config::new(data) }
}

impl World {
    /// One organisation; ada is its administrator, sam sells.
    pub async fn start() -> World {
        World::start_with(webhooks::Options::default()).await
    }

    pub async fn start_with(webhooks: webhooks::Options) -> World {
        let dir = tempfile::tempdir().unwrap();
        let source: Arc<dyn Source> = Arc::new(System);
        let folder = folder(&dir.path().join("data"));
        let org = account::create_org(&folder, &source, &new_org("Acme", "ada@acme.example")).unwrap();
        account::add_user(&folder, &source, org, &somebody("sam@acme.example", Role::Sales)).unwrap();
        let (url, clock) = (String::new(), Arc::new(Shifted(AtomicI64::new(0))));
        let mut world = World { dir, url, org, webhooks, clock, stop: Stop::new(), task: None };
        world.serve().await;
        world
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn folder(&self) -> Folder {
        folder(&self.data())
    }

    pub fn source(&self) -> Arc<dyn Source> {
        self.clock.clone()
    }

    /// Serves the folder (again).
    pub async fn serve(&mut self) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        self.url = format!("http://{}", listener.local_addr().unwrap());
        self.stop = Stop::new();
        let (source, webhooks) = (self.clock.clone(), self.webhooks.clone());
        let config = Config { source, webhooks, ..config(&self.data()) };
        let stop = self.stop.clone();
        self.task = Some(tokio::spawn(async move { serve(listener, config, stop).await.unwrap() }));
        self.stop.listening().await.expect("the server starts");
    }

    pub async fn stop(&mut self) {
        self.stop.stop();
        if let Some(task) = self.task.take() {
            task.await.unwrap();
        }
    }

    /// Lets time pass for the server.
    pub fn pass(&self, ms: i64) {
        self.clock.0.fetch_add(ms, Ordering::SeqCst);
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        read(client().post(format!("{}{path}", self.url)).json(&body).send().await.unwrap()).await
    }

    pub async fn login(&self, email: &str, password: &str) -> Reply {
        let body = json!({ "email": email, "password": password, "deviceName": "laptop" });
        self.post("/api/auth/login", body).await
    }

    pub async fn ada(&self) -> Desk {
        self.desk("ada@acme.example").await
    }

    pub async fn sam(&self) -> Desk {
        self.desk("sam@acme.example").await
    }

    /// A signed-in device.
    pub async fn desk(&self, email: &str) -> Desk {
        let session = self.login(email, PASSWORD).await.ok();
        let token = session["accessToken"].as_str().unwrap().to_owned();
        Desk { client: client(), url: self.url.clone(), token, session }
    }
}

/// Somebody's signed-in device.
#[derive(Clone)]
pub struct Desk {
    pub client: reqwest::Client,
    pub url: String,
    pub token: String,
    pub session: Value,
}

impl Desk {
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token)
    }

    pub fn user(&self) -> &str {
        self.session["user"]["_id"].as_str().unwrap()
    }

    pub async fn get(&self, path: &str) -> Reply {
        read(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        read(self.request(Method::POST, path).json(&body).send().await.unwrap()).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        read(self.request(Method::PUT, path).json(&body).send().await.unwrap()).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        read(self.request(Method::DELETE, path).send().await.unwrap()).await
    }

    /// A customer of that name; returns its path.
    pub async fn customer(&self, name: &str) -> String {
        let reply = self.post("/api/customers", json!({ "name": name, "status": "lead", "type": "business" })).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.header("location").to_owned()
    }
}
