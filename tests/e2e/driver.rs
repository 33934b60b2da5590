//! One WebKitWebDriver process: started on a free port, and ended with everything it started.
//!
//! Owns processes and the WebDriver session; what a page is made of is in `window`.

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const DRIVER: &str = "WebKitWebDriver";
const START_MAX: Duration = Duration::from_secs(20);
/// On a machine that builds something else at the same time, a window takes its time.
const OPEN_MAX: Duration = Duration::from_secs(120);
const END_MAX: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(20);

/// A driver and, in the same process group, the app that it opens.
pub struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    /// Starts a driver; the app inherits `env`. What both print goes to the file `log`.
    pub async fn start(env: &[(&str, &str)], log: &Path) -> Self {
        let port = free_port();
        let output = File::create(log).expect("a log file can be made");
        let mut command = Command::new(DRIVER);
        command
            .args(["--host=127.0.0.1".to_owned(), format!("--port={port}")])
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("a log file can be shared"))
            .stderr(output)
            .process_group(0);
        let process = command.spawn().unwrap_or_else(|error| panic!("{DRIVER}: {error}"));
        let mut driver = Self { process, port };
        driver.until_ready().await;
        driver
    }

    /// The number of its process.
    #[allow(dead_code, reason = "what is measured asks for it, the tests do not")]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    async fn until_ready(&mut self) {
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if let Ok(Some(status)) = self.process.try_wait() {
                panic!("{DRIVER} ended at once: {status}");
            }
            assert!(started.elapsed() < START_MAX, "{DRIVER} does not listen on port {}", self.port);
            tokio::time::sleep(POLL).await;
        }
    }

    /// Opens the app: one session is one process of it.
    pub async fn open(&self, bin: &Path, args: &[&str]) -> Client {
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities(bin, args));
        let address = format!("http://127.0.0.1:{}", self.port);
        // An app that ends at once leaves the driver waiting for ever.
        let opened = tokio::time::timeout(OPEN_MAX, builder.connect(&address)).await;
        let opened = opened.unwrap_or_else(|_| panic!("{} did not open in {OPEN_MAX:?}", bin.display()));
        opened.unwrap_or_else(|error| panic!("{} did not open: {error}", bin.display()))
    }

    /// Ends the driver and the app at once, as a power cut does, and waits until nothing of them is left.
    pub fn crash(&mut self) {
        self.signal("-KILL");
        let _ = self.process.wait();
        let started = Instant::now();
        while is_alive(self.process.id()) && started.elapsed() < END_MAX {
            std::thread::sleep(POLL);
        }
    }
}

impl Driver {
    /// Holds the driver and the app where they are; they answer nobody, and only a crash ends them.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    fn signal(&self, signal: &str) {
        let group = format!("-{}", self.process.id());
        // An error means that nothing of the group is left.
        let _ = Command::new("kill").args([signal, "--", &group]).stderr(Stdio::null()).status();
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.crash();
    }
}

/// Whether a process of this group still runs; one that only waits to be counted out does not.
fn is_alive(group: u32) -> bool {
    let Ok(processes) = std::fs::read_dir("/proc") else { return false };
    processes.flatten().any(|process| {
        let stat = std::fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        // `pid (name) state parent group …`; a name may hold anything, also a parenthesis.
        let mut fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let (state, group_of) = (fields.next(), fields.nth(1));
        state.is_some_and(|state| state != "Z") && group_of == Some(&group.to_string())
    })
}

fn capabilities(bin: &Path, args: &[&str]) -> Map<String, Value> {
    let options = json!({ "binary": bin, "args": args });
    Map::from_iter([("webkitgtk:browserOptions".to_owned(), options)])
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    listener.local_addr().expect("a bound socket has an address").port()
}
