//! A PostgreSQL server of one's own for tests and measurements: its folder, its port, its end. Nothing of it is shipped, and the
//! system's own server is never touched. It depends on nothing, so that the first command of a fresh clone starts soon.

mod asked;
mod copies;
mod database;
mod user;

pub use asked::organisations;
pub use database::{VARIABLE, beside, create, dump, load};

use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long it may take until it answers.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(30);

/// What to do where there is none.
pub const MISSING: &str = "PostgreSQL is not installed: on Debian and Ubuntu `apt-get install postgresql`, elsewhere put `initdb` and \
                           `postgres` (15 or newer) on the path.";

/// Ends the server as soon as our end of a pipe closes, so that it never outlives us.
const WATCHER: &str = r#"
exec 3<&0 0</dev/null
(IFS= read -r word <&3 || kill -QUIT $$) >/dev/null 2>&1 &
exec 3<&-
exec "$@"
"#;

/// One life of a server.
struct Life {
    child: Child,
    pipe: Option<ChildStdin>,
}

/// A server with a cluster of its own. It goes with its data when it is dropped.
pub struct Cluster {
    bin: PathBuf,
    folder: PathBuf,
    port: u16,
    /// Beside those that all have.
    settings: Vec<String>,
    life: Option<Life>,
}

impl Cluster {
    /// Makes an empty cluster and starts it. What it commits survives its own death, not the system's.
    pub fn start() -> Result<Cluster, String> {
        Cluster::start_with(&[])
    }

    /// The same with settings of its own, such as `work_mem=8MB`; `fsync=on` has commits wait for the disk.
    pub fn start_with(settings: &[&str]) -> Result<Cluster, String> {
        let mut cluster = Cluster::prepared()?;
        cluster.settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        cluster.made()
    }

    fn made(mut self) -> Result<Cluster, String> {
        let data = self.data();
        let mut initdb = user::unprivileged(&self.bin.join("initdb"))?;
        initdb.arg("--pgdata").arg(&data).args(["--username=rapport", "--auth=trust", "--encoding=UTF8", "--no-sync"]);
        run(&mut initdb)?;
        self.open()?;
        Ok(self)
    }

    fn prepared() -> Result<Cluster, String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let bin = bin().ok_or(MISSING)?;
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("rapport-postgres-{}-{n}", std::process::id()));
        user::private_folder(&folder)?;
        Ok(Cluster { bin, folder, port: free_port()?, settings: Vec::new(), life: None })
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The URL of a database in it.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://rapport@127.0.0.1:{}/{database}", self.port)
    }

    /// The number of its first process, while it runs; the others are its children.
    pub fn process(&self) -> Option<u32> {
        self.life.as_ref().map(|life| life.child.id())
    }

    /// Starts it (again), on the same port, and waits until it answers.
    pub fn open(&mut self) -> Result<(), String> {
        let until = Instant::now() + PATIENCE;
        loop {
            let mut life = self.born()?;
            while life.child.try_wait().map_err(|error| error.to_string())?.is_none() {
                if self.answers() {
                    self.life = Some(life);
                    return Ok(());
                }
                if Instant::now() > until {
                    self.life = Some(life);
                    self.kill();
                    return Err(format!("PostgreSQL did not answer in time:\n{}", self.log()));
                }
                std::thread::sleep(PAUSE);
            }
            life.dismiss_watcher();
            // After a kill the processes of its connections end a moment later; it refuses to start before that.
            if Instant::now() > until {
                return Err(format!("PostgreSQL did not start:\n{}", self.log()));
            }
            std::thread::sleep(PAUSE * 10);
        }
    }

    fn born(&self) -> Result<Life, String> {
        let log = std::fs::File::options().create(true).append(true).open(self.folder.join("log"));
        let log = log.map_err(|error| format!("{}: {error}", self.folder.display()))?;
        let mut command = user::unprivileged(Path::new("/bin/sh"))?;
        command.args(["-c", WATCHER, "sh"]).arg(self.bin.join("postgres")).arg("-D").arg(self.data());
        for setting in [
            format!("port={}", self.port).as_str(),
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=400",
            // The data is thrown away, and a killed process leaves its pages with the system.
            "fsync=off",
        ]
        .into_iter()
        .chain(self.settings.iter().map(String::as_str))
        {
            command.args(["-c", setting]);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log);
        let mut child = command.spawn().map_err(|error| format!("PostgreSQL could not be started: {error}"))?;
        let pipe = child.stdin.take();
        Ok(Life { child, pipe })
    }

    fn answers(&self) -> bool {
        let mut ask = Command::new(self.bin.join("pg_isready"));
        ask.args(["--quiet", "--host=127.0.0.1", &format!("--port={}", self.port)]);
        ask.status().is_ok_and(|status| status.success())
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Ends it as a power cut would end the process.
    pub fn kill(&mut self) {
        if let Some(mut life) = self.life.take() {
            // An error here means that it has ended already.
            let _ = life.child.kill();
            life.end();
        }
    }

    /// Ends it as a restart by its administrator does: connections are cut, what is committed is kept.
    pub fn shut(&mut self) {
        if let Some(mut life) = self.life.take() {
            let mut stop = Command::new("kill");
            let _ = stop.args(["-INT", &life.child.id().to_string()]).status();
            life.end();
        }
    }
}

impl Life {
    fn end(&mut self) {
        let _ = self.child.wait();
        self.dismiss_watcher();
    }

    fn dismiss_watcher(&mut self) {
        if let Some(mut pipe) = self.pipe.take() {
            let _ = pipe.write_all(b"done\n");
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.kill();
        // Connections' processes write for a moment after the kill.
        let gone = || std::fs::remove_dir_all(&self.folder).is_ok();
        if !(0..20).any(|_| gone() || (std::thread::sleep(PAUSE * 5), false).1) {
            eprintln!("{} could not be removed", self.folder.display());
        }
    }
}

/// The folder of the programs: on the path, or where Debian keeps them; the newest.
fn bin() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_bin = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("pg_isready").is_file();
    if let Some(found) = std::env::split_paths(&path).find(is_bin) {
        return Some(found);
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let version = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let mut folders: Vec<PathBuf> = versions.flatten().map(|entry| entry.path()).collect();
    folders.sort_by_key(version);
    folders.into_iter().rev().map(|folder| folder.join("bin")).find(is_bin)
}

fn free_port() -> Result<u16, String> {
    let bound = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    bound.map(|address| address.port()).map_err(|error| error.to_string())
}

/// Runs a program to its end; what it says is told only if it fails.
pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    let name = Path::new(command.get_program()).display().to_string();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{name} could not be started: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    Err(format!("{name}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)))
}
