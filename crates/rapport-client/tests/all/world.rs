//! An office: the true server on a free port, with two people, and devices that sign in to it.

use rapport_client::vault::Memory;
use rapport_client::{Client, Event, Options, Result};
use rapport_model::release::Release;
use rapport_model::{Role, Source, User};
use rapport_server::account::{NewOrg, NewUser, add_user, create_org, enrol};
use rapport_server::config::Tls;
use rapport_server::{Config, Folder, Stop, serve, take_in};
use rapport_store::source::System;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

pub const ADA: &str = "ada@acme.example";
pub const BOB: &str = "bob@acme.example";
pub const PASSWORD: &str = "a long enough password";

pub struct Office {
    folder: tempfile::TempDir,
    pub server: String,
    stop: Stop,
    task: Option<tokio::task::JoinHandle<()>>,
    recommended: Option<Release>,
    tls: Option<Tls>,
}

fn user(email: &str, name: &str, role: Role) -> NewUser {
    let password = Some(PASSWORD.to_owned());
    NewUser { email: email.to_owned(), name: name.to_owned(), role, team: None, password }
}

/// The server's data: in files, or in a PostgreSQL database if the tests are told of a server.
fn data(path: &Path) -> Folder {
    Folder::with_database(path, rapport_cluster::beside(path).as_deref()).expect("server folder")
}

impl Office {
    pub async fn open() -> Office {
        Office::with(None, None).await
    }

    /// One that is reached over TLS.
    pub async fn certified(tls: Tls) -> Office {
        Office::with(None, Some(tls)).await
    }

    /// One whose server recommends another version of the app than its own.
    pub async fn recommending(version: Option<&str>) -> Office {
        let recommended = version.map(|version| version.parse().expect("a version"));
        Office::with(recommended, None).await
    }

    async fn with(recommended: Option<Release>, tls: Option<Tls>) -> Office {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().to_owned();
        tokio::task::spawn_blocking(move || {
            let source: Arc<dyn Source> = Arc::new(System);
            let folder = data(&path);
            let new = NewOrg {
                name: "Acme".into(),
                currency: "EUR".into(),
                country: "DE".into(),
                time_zone: "Europe/Berlin".into(),
                admin: user(ADA, "Ada", Role::Admin),
            };
            let org = create_org(&folder, &source, &new).expect("org");
            add_user(&folder, &source, org, &user(BOB, "Bob", Role::Admin)).expect("user");
        })
        .await
        .expect("set up");
        let listener = TcpListener::bind("127.0.0.1:0").expect("port");
        let scheme = if tls.is_some() { "https" } else { "http" };
        let server = format!("{scheme}://{}", listener.local_addr().expect("address"));
        let mut office = Office { folder, server, stop: Stop::new(), task: None, recommended, tls };
        office.serve(listener).await;
        office
    }

    async fn serve(&mut self, listener: TcpListener) {
        self.stop = Stop::new();
        let path = self.folder.path();
        let plain = Config::new(path);
        let recommended_app = self.recommended.unwrap_or(plain.recommended_app);
        let config = Config { database: rapport_cluster::beside(path), recommended_app, tls: self.tls.clone(), ..plain };
        let stop = self.stop.clone();
        self.task = Some(tokio::spawn(async move { serve(listener, config, stop).await.expect("served") }));
        self.stop.listening().await.expect("listening");
    }

    pub async fn shut(&mut self) {
        self.stop.stop();
        if let Some(task) = self.task.take() {
            task.await.expect("stopped");
        }
    }

    /// The same server on the same address again.
    pub async fn reopen(&mut self) {
        let (_, address) = self.server.split_once("://").expect("an address");
        self.serve(TcpListener::bind(address).expect("the port")).await;
    }

    /// Lets somebody sign in no more, or again. Devices are not told.
    pub async fn activate(&self, email: &'static str, active: bool) {
        let path = self.folder.path().to_owned();
        let write = move |tx: &mut rapport_store::Tx<'_>| {
            for user in tx.all::<User>()?.into_iter().filter(|user| user.email == email) {
                tx.put(&User { is_active: active, ..user })?;
            }
            Ok(())
        };
        tokio::task::spawn_blocking(move || {
            let folder = data(&path);
            let org = folder.org_ids().expect("organisations")[0];
            folder.open_org(org).expect("opened").write(write).expect("written");
        })
        .await
        .expect("done");
    }

    /// What an administrator does with a file of work. Returns how each of its changes ended.
    pub async fn take_in(&self, file: &str) -> Vec<&'static str> {
        let (path, file) = (self.folder.path().to_owned(), file.to_owned());
        let taken = tokio::task::spawn_blocking(move || {
            let (folder, source): (_, Arc<dyn Source>) = (data(&path), Arc::new(System));
            let parcel = take_in::read(&folder, Path::new(&file)).expect("opened");
            take_in::take_in(&folder, &source, parcel).expect("taken in")
        });
        taken.await.expect("done").iter().map(|outcome| outcome.ending.text()).collect()
    }

    /// The changes in a file that the server had refused before.
    pub async fn refused_in(&self, file: &str) -> Value {
        let (path, file) = (self.folder.path().to_owned(), file.to_owned());
        let read = tokio::task::spawn_blocking(move || take_in::read(&data(&path), Path::new(&file)).expect("opened"));
        json!(read.await.expect("done").work.refused)
    }

    pub async fn link(&self, email: &str) -> String {
        let (path, email) = (self.folder.path().to_owned(), email.to_owned());
        let code = tokio::task::spawn_blocking(move || {
            let source: Arc<dyn Source> = Arc::new(System);
            enrol(&data(&path), &source, &email, 5).expect("code")
        })
        .await
        .expect("enrolled");
        format!("rapport://enrol?server={}&code={code}", self.server)
    }
}

/// A laptop: its data folder and its keyring.
pub struct Laptop {
    folder: tempfile::TempDir,
    pub memory: Memory,
}

impl Laptop {
    pub fn new() -> Laptop {
        Laptop { folder: tempfile::tempdir().expect("folder"), memory: Memory::default() }
    }

    pub fn profiles(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path().join("profiles")).expect("folder");
        let mut names: Vec<String> = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whether its keyring holds nothing any more.
    pub fn has_no_secret(&self) -> bool {
        self.memory.is_empty()
    }

    /// The store of its only profile.
    pub fn store(&self) -> std::path::PathBuf {
        self.folder.path().join("profiles").join(&self.profiles()[0]).join("store.db")
    }

    pub fn options(&self) -> Options {
        Options { data: Some(self.folder.path().to_owned()), memory: Some(self.memory.clone()), ..Options::default() }
    }

    pub async fn start(&self, drive: bool) -> Client {
        Client::open(Options { drive, ..self.options() }).await.expect("opened")
    }

    /// Started, and signed in at the office.
    pub async fn at(&self, office: &Office, email: &str) -> Client {
        let client = self.start(false).await;
        let status = connect(&client, &office.server, email, PASSWORD).await.expect("signed in");
        assert_eq!((&status["state"], &status["user"]["email"]), (&json!("ready"), &json!(email)));
        client
    }
}

pub async fn connect(client: &Client, server: &str, email: &str, password: &str) -> Result<Value> {
    client.call("session.connect", json!({ "server": server, "email": email, "password": password })).await
}

pub async fn status(client: &Client) -> Value {
    client.call("session.status", json!({})).await.expect("status")
}

pub async fn put(client: &Client, kind: &str, fields: Value) -> String {
    let saved = client.put(json!({ "kind": kind, "fields": fields })).await.expect("saved");
    saved["saved"][0]["record"]["_id"].as_str().expect("an id").to_owned()
}

/// Puts a record into the trash.
pub async fn trash(client: &Client, kind: &str, id: &str) {
    let change = json!({ "kind": kind, "id": id, "op": "delete", "units": {} });
    client.call("records.save", json!({ "changes": [change] })).await.expect("deleted");
}

pub async fn names(client: &Client) -> Vec<String> {
    let page = client.call("records.list", json!({ "kind": "customers" })).await.expect("list");
    let items = page["items"].as_array().expect("items");
    items.iter().map(|c| c["name"].as_str().expect("a name").to_owned()).collect()
}

pub async fn waiting(client: &Client) -> i64 {
    client.call("sync.status", json!({})).await.expect("status")["waiting"].as_i64().expect("a number")
}

/// The next event; a session that says nothing any more fails the test instead of holding it up.
pub async fn next(events: &mut tokio::sync::broadcast::Receiver<Event>) -> Event {
    let limit = std::time::Duration::from_secs(30);
    tokio::time::timeout(limit, events.recv()).await.expect("an event in time").expect("an event")
}
