//! The stores that are measured: a made-up company on a real server, and devices signed in to it. Kept under target/bench.

use crate::{tell, wire};
use rapport_client::vault::{Name, Vault};
use rapport_client::{Client, Options};
use rapport_model::{Actor, Error, Id, Millis, Result, Role};
use rapport_ops::Ctx;
use rapport_server::fill::{DOMAIN, Fill, fill};
use rapport_server::{Config, Folder, Stop};
use rapport_store::migrate::Schema;
use rapport_store::source::System;
use rapport_store::{Key, Sqlite, Store};
use serde_json::{Value, json};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// 2026-11-02 08:00 UTC: when the story of the company is told.
pub const STORY_NOW: Millis = Millis(1_793_606_400_000);
const PASSWORD: &str = "a measured password";
pub const EMAIL: &str = "ingrid@halvorsen.example";

/// A store is built anew when the schema is another one.
const SCHEMA: &str = concat!(
    include_str!("../../../migrations/0001_records.sql"),
    include_str!("../../../migrations/client/0001_outbox.sql"),
    include_str!("../../../migrations/server/0001_log.sql"),
);

/// The domain of the people of an office.
pub fn office_domain(n: usize) -> String {
    format!("office-{n}.example")
}

/// Where the stores lie.
pub struct Place {
    root: PathBuf,
    seed: u64,
    fresh: bool,
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> Error + '_ {
    |error| Error::internal(format_args!("{}: {error}", path.display()))
}

pub fn write(path: &Path, json: &Value) -> Result<()> {
    fs::write(path, format!("{json:#}\n")).map_err(failed(path))
}

impl Place {
    /// Beside the program's own folder: `target/bench`.
    pub fn new(seed: u64, fresh: bool) -> Result<Place> {
        let program = std::env::current_exe().map_err(Error::internal)?;
        let target = program.ancestors().nth(2).unwrap_or(Path::new("target"));
        let root = target.join("bench");
        fs::create_dir_all(&root).map_err(failed(&root))?;
        Ok(Place { root, seed, fresh })
    }

    /// A folder of this name that does not exist.
    pub fn scratch(&self, name: &str) -> Result<PathBuf> {
        let path = self.root.join(name);
        clear(&path)?;
        Ok(path)
    }

    fn kept(&self, what: &str, customers: usize) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        SCHEMA.hash(&mut hasher);
        self.root.join(format!("{what}-{customers}-seed-{}-{:08x}", self.seed, hasher.finish() as u32))
    }

    /// What is kept, or what `make` puts into a new folder.
    fn keep(&self, what: &str, customers: usize, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
        let kept = self.kept(what, customers);
        if self.fresh {
            clear(&kept)?;
        }
        if !kept.exists() {
            tell(&format!("building: {what}, {customers} customers"));
            let half = self.scratch("unfinished")?;
            make(&half)?;
            fs::rename(&half, &kept).map_err(failed(&kept))?;
        }
        Ok(kept)
    }

    /// The data folder of a server with this many customers.
    pub fn server(&self, customers: usize) -> Result<PathBuf> {
        self.keep("server", customers, |folder| {
            let folder = Folder::open(folder)?;
            let (password, domain) = (Some(PASSWORD.to_owned()), DOMAIN.to_owned());
            let story = Fill { customers, seed: self.seed, now: STORY_NOW, password, domain, sales: false };
            let source: Arc<dyn rapport_model::Source> = Arc::new(System);
            fill(&folder, &source, &story, |_| {}).map(drop)
        })
    }

    /// The data folder of a server with this many customers in so many organisations of the same size.
    pub fn offices(&self, customers: usize, orgs: usize) -> Result<PathBuf> {
        self.keep(&format!("server-of-{orgs}"), customers, |folder| {
            let folder = Folder::open(folder)?;
            // Held open, so that no filler is the first or the last one at it, which takes it for itself.
            let _directory = folder.directory()?;
            // They need each other's files as little as they do in service.
            let fillers = std::thread::available_parallelism().map_or(1, usize::from);
            let fill_some =
                |first: usize| (first..orgs).step_by(fillers).try_for_each(|n| self.fill_office(&folder, n, customers / orgs));
            std::thread::scope(|scope| {
                let running: Vec<_> = (0..fillers).map(|first| scope.spawn(move || fill_some(first))).collect();
                running.into_iter().try_for_each(|one| one.join().map_err(|_| Error::internal("a filler panicked"))?)
            })
        })
    }

    fn fill_office(&self, folder: &Folder, n: usize, customers: usize) -> Result<()> {
        let source: Arc<dyn rapport_model::Source> = Arc::new(System);
        let seed = self.seed.wrapping_mul(1_000_003).wrapping_add(n as u64);
        let story = Fill { customers, seed, now: STORY_NOW, password: None, domain: office_domain(n), sales: true };
        fill(folder, &source, &story, |_| {}).map(drop)
    }

    /// The data folder of a device that pulled them all. Its server listens nowhere any more.
    pub fn device(&self, customers: usize) -> Result<PathBuf> {
        let server = self.server(customers)?;
        self.keep("device", customers, |folder| {
            runtime()?.block_on(async {
                let office = Serving::start(&server).await?;
                let client = join(folder, office.address).await?;
                client.sync_once().await?;
                client.close().await;
                office.stop().await
            })
        })
    }

    /// A copy to work in, so that what is kept stays as it is.
    pub fn copy(&self, kept: &Path, name: &str) -> Result<PathBuf> {
        let to = self.scratch(name)?;
        copy_folder(kept, &to)?;
        Ok(to)
    }
}

pub fn clear(path: &Path) -> Result<()> {
    if path.exists() { fs::remove_dir_all(path).map_err(failed(path)) } else { Ok(()) }
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).map_err(failed(to))?;
    for entry in fs::read_dir(from).map_err(failed(from))? {
        let path = entry.map_err(failed(from))?.path();
        let copy = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_folder(&path, &copy)?;
        } else {
            fs::copy(&path, &copy).map_err(failed(&path))?;
        }
    }
    Ok(())
}

pub fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::internal)
}

/// A server in this process, on a free port of this machine.
pub struct Serving {
    pub address: SocketAddr,
    stop: Stop,
    task: tokio::task::JoinHandle<Result<()>>,
}

impl Serving {
    pub async fn start(data: &Path) -> Result<Serving> {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(Error::internal)?;
        let stop = Stop::new();
        let task = tokio::spawn(rapport_server::serve(listener, Config::new(data), stop.clone()));
        match stop.listening().await {
            Some(address) => Ok(Serving { address, stop, task }),
            None => {
                task.await.map_err(Error::internal)??;
                Err(Error::internal("the server did not start"))
            }
        }
    }

    pub async fn stop(self) -> Result<()> {
        self.stop.stop();
        self.task.await.map_err(Error::internal)?
    }
}

/// Where the keys of a device lie: a real one has them in the keyring.
pub fn key_file(data: &Path) -> PathBuf {
    data.join("keys.json")
}

pub fn options(data: &Path) -> Options {
    Options { data: Some(data.to_owned()), key_file: Some(key_file(data)), drive: false, ..Options::default() }
}

/// A new device, signed in, with nothing in it yet.
pub async fn join(data: &Path, server: SocketAddr) -> Result<Client> {
    let client = Client::open(options(data)).await?;
    let login = json!({ "server": format!("http://{server}"), "email": EMAIL, "password": PASSWORD });
    client.call("session.connect", login).await?;
    Ok(client)
}

/// The same, through a wire that counts.
pub async fn join_counted(data: &Path, server: SocketAddr) -> Result<(Client, Arc<wire::Count>)> {
    let (address, count) = wire::counted(server).await?;
    Ok((join(data, address).await?, count))
}

/// The profile of a device's data folder.
pub struct Profile {
    pub store: PathBuf,
    id: Id,
    key_file: PathBuf,
    actor: Actor,
}

impl Profile {
    pub fn of(data: &Path) -> Result<Profile> {
        let read = |path: PathBuf| -> Result<Value> {
            let text = fs::read_to_string(&path).map_err(failed(&path))?;
            serde_json::from_str(&text).map_err(Error::internal)
        };
        let id = |json: &Value, name: &str| serde_json::from_value::<Id>(json[name].clone()).map_err(Error::internal);
        let profile = id(&read(data.join("current.json"))?, "profile")?;
        let folder = data.join("profiles").join(profile.to_string());
        let json = read(folder.join("profile.json"))?;
        let actor = Actor { user: id(&json, "user")?, role: Role::Admin, device: id(&json, "deviceId")? };
        Ok(Profile { store: folder.join("store.db"), id: profile, key_file: key_file(data), actor })
    }

    /// The open store, as the commands take it.
    pub fn open(&self) -> Result<Ctx> {
        let missing = || Error::internal("the key file holds no key for this store");
        let secret = Vault::KeyFile(self.key_file.clone(), self.id).get(Name::Key)?.ok_or_else(missing)?;
        let key = Key(secret.bytes().try_into().map_err(|_| missing())?);
        let store = Store::open(Sqlite { path: self.store.clone(), key: Some(key) }, Schema::Client)?;
        Ok(Ctx { store, actor: self.actor, source: Arc::new(System) })
    }
}
