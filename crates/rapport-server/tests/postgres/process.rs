//! Servers as processes that can be killed, and a caller who does not give up.

use crate::support::{PASSWORD, client, read};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long a caller tries before the test fails.
const PATIENCE: Duration = Duration::from_secs(90);

/// Data in a database, and the folder beside it.
pub struct Place {
    pub data: PathBuf,
    pub database: Option<String>,
}

impl Place {
    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rapport-server"));
        command.arg("--data").arg(&self.data).env("RAPPORT_LOG", "error");
        command.args(self.database.iter().flat_map(|url| ["--database", url]));
        command
    }

    /// Runs a command that has to succeed.
    pub fn good(&self, args: &[&str], stdin: &str) -> String {
        let output = self.output(args, stdin);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command; what it says, and what it complains about.
    pub fn run(&self, args: &[&str]) -> (String, String) {
        let output = self.output(args, "");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (text(output.stdout), text(output.stderr))
    }

    fn output(&self, args: &[&str], stdin: &str) -> Output {
        let mut command = self.command();
        let piped = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// One organisation, whose administrator is ada.
    pub fn found(&self, name: &str, email: &str) {
        let org = ["org", "create", "--name", name, "--currency", "EUR", "--country", "DE", "--time-zone", "Europe/Berlin"];
        let admin = ["--admin-email", email, "--admin-name", "Ada", "--password-stdin"];
        self.good(&[&org[..], &admin[..]].concat(), &format!("{PASSWORD}\n"));
    }

    /// Starts a server on it, on a port that it keeps.
    pub fn serve(&self, port: u16) -> Serving {
        self.serve_with(port, &[])
    }

    pub fn serve_with(&self, port: u16, options: &[&str]) -> Serving {
        let mut command = self.command();
        command.args(["serve", "--listen", &format!("127.0.0.1:{port}")]).args(options);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("listening on "), "{line:?}");
        Serving { child }
    }
}

pub struct Serving {
    child: Child,
}

impl Serving {
    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.kill();
    }
}

pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub fn folder(dir: &Path) -> PathBuf {
    dir.join("data")
}

/// A caller who sends a request until it is answered, to one server after the other; each request has a key of its own, so that
/// one that comes again has one effect.
pub struct Caller {
    pub urls: Vec<String>,
    pub token: String,
    client: reqwest::Client,
    pub retries: usize,
}

impl Caller {
    pub async fn sign_in(urls: Vec<String>, email: &str) -> Caller {
        let body = json!({ "email": email, "password": PASSWORD, "deviceName": "caller" });
        let session = read(client().post(format!("{}/api/auth/login", urls[0])).json(&body).send().await.unwrap()).await.ok();
        let token = session["accessToken"].as_str().unwrap().to_owned();
        Caller { urls, token, client: client(), retries: 0 }
    }

    /// Makes a customer; returns its id once a server has acknowledged it.
    pub async fn customer(&mut self, name: &str, first: usize) -> String {
        let body = json!({ "name": name, "status": "lead", "type": "business" });
        let (key, begun) = (name.replace(' ', "-"), Instant::now());
        for turn in first.. {
            let url = &self.urls[turn % self.urls.len()];
            let request =
                self.client.post(format!("{url}/api/customers")).bearer_auth(&self.token).header("idempotency-key", &key);
            if let Ok(response) = request.json(&body).timeout(Duration::from_secs(40)).send().await {
                let (status, location) = (response.status().as_u16(), response.headers().get("location").cloned());
                if let (201, Some(location)) = (status, location) {
                    return location.to_str().unwrap().rsplit('/').next().unwrap().to_owned();
                }
                assert_eq!(status, 503, "neither done nor \"later\": {}", response.text().await.unwrap_or_default());
            }
            self.retries += 1;
            assert!(begun.elapsed() < PATIENCE, "{name}: no answer");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        unreachable!("the turns have no end")
    }

    /// Every customer's id by its name, all pages.
    pub async fn all(&self) -> BTreeMap<String, Vec<String>> {
        let (mut found, mut cursor) = (BTreeMap::<String, Vec<String>>::new(), String::new());
        loop {
            let url = format!("{}/api/customers?includeInactive=true&limit=200{cursor}", self.urls[0]);
            let page = read(self.client.get(url).bearer_auth(&self.token).send().await.unwrap()).await.ok();
            for item in page["items"].as_array().unwrap() {
                let text = |name: &str| item[name].as_str().unwrap().to_owned();
                found.entry(text("name")).or_default().push(text("_id"));
            }
            match &page["next"] {
                Value::String(next) => cursor = format!("&cursor={next}"),
                _ => return found,
            }
        }
    }
}
