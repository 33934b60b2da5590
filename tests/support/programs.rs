//! The real programs as processes: a company's server, and the command line as somebody's laptop.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

pub const PASSWORD: &str = "a password for tests";
pub const MARIT: &str = "marit@halvorsen.example";
/// The administrator of the made-up company; she sees all of it.
pub const INGRID: &str = "ingrid@halvorsen.example";
pub const JONAS: &str = "jonas@halvorsen.example";

/// A built program: where the test command says it is, else beside this test.
pub fn program(variable: &str, name: &str) -> PathBuf {
    if let Some(path) = std::env::var_os(variable) {
        return path.into();
    }
    let test = std::env::current_exe().expect("this test has a path");
    let folder = test.parent().and_then(Path::parent).expect("target/<profile>/deps/<test>");
    let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(path.exists(), "{} is not built; set {variable}", path.display());
    path
}

/// Runs a command to its end with this on stdin.
pub fn fed(command: &mut Command, stdin: &str) -> Output {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("the program starts");
    // One that asks for nothing, or was killed on purpose, does not read.
    let _ = child.stdin.take().expect("stdin").write_all(stdin.as_bytes());
    child.wait_with_output().expect("the program ends")
}

/// A company with its true server: a process on data of its own, on the same address each time it is opened.
pub struct Company {
    folder: tempfile::TempDir,
    process: Option<Child>,
    /// `http://127.0.0.1:PORT`
    pub url: String,
    /// A second server on the same database, and its address.
    second: Option<(Child, String)>,
    /// What servers are started with from now on.
    pub options: Vec<String>,
    pub environment: Vec<(&'static str, String)>,
}

impl Company {
    /// An organisation with Marit and Jonas, set up as an administrator does it; its server listens.
    pub fn found() -> Company {
        let mut company = Company::empty();
        let org = ["--name", "Halvorsen Optics", "--currency", "EUR", "--country", "NO", "--time-zone", "Europe/Oslo"];
        let admin = ["--admin-email", MARIT, "--admin-name", "Marit Solheim", "--password-stdin"];
        company.run(&[&["org", "create"], &org[..], &admin[..]].concat());
        company.run(&["user", "add", "--email", JONAS, "--name", "Jonas Weber", "--role", "admin", "--password-stdin"]);
        company.open();
        company
    }

    /// The made-up company that `cargo xtask run` shows; its server listens.
    pub fn demo(customers: u32) -> Company {
        let mut company = Company::empty();
        company.run(&["demo", "--customers", &customers.to_string(), "--seed", "7", "--password-stdin"]);
        company.open();
        company
    }

    fn empty() -> Company {
        let folder = tempfile::tempdir().expect("a folder for the server");
        Company { folder, process: None, url: String::new(), second: None, options: Vec::new(), environment: Vec::new() }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Where its server keeps the data instead of in files, if the tests are told to.
    fn database(&self) -> Option<(&str, String)> {
        rapport_cluster::beside(&self.data()).map(|url| ("RAPPORT_DATABASE", url))
    }

    /// A management command on the data; the password for it comes on stdin.
    pub fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(program("RAPPORT_SERVER_BIN", "rapport-server"));
        command.args(arguments).arg("--data").arg(self.data()).envs(self.database());
        let output = fed(&mut command, &format!("{PASSWORD}\n"));
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// A link that signs one device in, once.
    pub fn link_for(&self, email: &str) -> String {
        self.run(&["enrol", "--email", email, "--server", &self.url]).trim().to_owned()
    }

    /// Starts the server and waits until it listens.
    pub fn open(&mut self) {
        assert!(self.open_with(&[]), "the server says where it listens");
    }

    /// Starts the server with these variables; returns whether it came as far as listening.
    pub fn open_with(&mut self, environment: &[(&str, &str)]) -> bool {
        let listen = if self.url.is_empty() { "127.0.0.1:0".to_owned() } else { self.address().to_owned() };
        let (process, url) = self.start(&listen, environment);
        self.process = Some(process);
        self.url = url.clone().unwrap_or_else(|| self.url.clone());
        url.is_some()
    }

    /// Starts a server; returns its address if it came as far as listening.
    fn start(&self, listen: &str, environment: &[(&str, &str)]) -> (Child, Option<String>) {
        let mut process = Command::new(program("RAPPORT_SERVER_BIN", "rapport-server"))
            .args(["serve", "--listen", listen, "--data"])
            .arg(self.data())
            .args(&self.options)
            .envs(self.database())
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("stdout")).read_line(&mut line).expect("a line");
        (process, line.trim().strip_prefix("listening on ").map(str::to_owned))
    }

    /// Starts a second server where several may share the data: on a database.
    pub fn open_second(&mut self) {
        if self.database().is_some() {
            let (process, url) = self.start("127.0.0.1:0", &[]);
            self.second = Some((process, url.expect("the second server listens")));
        }
    }

    /// Kills a server, the first or the second one, and starts it again on its address.
    pub fn die_and_come_back(&mut self, which: usize) {
        match self.second.take() {
            Some((mut process, url)) if which == 1 => {
                end(&mut process);
                let (process, again) = self.start(bare(&url), &[]);
                self.second = Some((process, again.expect("the second server comes back")));
            }
            second => {
                self.second = second;
                self.shut();
                self.open();
            }
        }
    }

    /// One server without options from now on, on an address of its own.
    pub fn plain(&mut self) {
        self.shut();
        self.second.take().iter_mut().for_each(|(process, _)| end(process));
        (self.options, self.environment, self.url) = (Vec::new(), Vec::new(), String::new());
        self.open();
    }

    /// `127.0.0.1:PORT`
    pub fn address(&self) -> &str {
        bare(&self.url)
    }

    /// Those of all its servers.
    pub fn addresses(&self) -> Vec<&str> {
        std::iter::once(self.address()).chain(self.second.iter().map(|(_, url)| bare(url))).collect()
    }

    /// Ends the server by SIGKILL, without a farewell; for the devices the network is gone.
    pub fn shut(&mut self) {
        self.process.take().iter_mut().for_each(end);
    }
}

fn end(process: &mut Child) {
    process.kill().expect("killed");
    process.wait().expect("reaped");
}

fn bare(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, address)| address)
}

impl Drop for Company {
    fn drop(&mut self) {
        self.shut();
        self.second.take().iter_mut().for_each(|(process, _)| end(process));
    }
}

/// The command line as one laptop: its data folder and its key file.
pub struct Laptop {
    folder: tempfile::TempDir,
    /// A certificate authority that it trusts, too.
    ca: Option<String>,
}

impl Laptop {
    pub fn new() -> Laptop {
        Laptop::trusting(None)
    }

    pub fn trusting(ca: Option<String>) -> Laptop {
        Laptop { folder: tempfile::tempdir().expect("folder"), ca }
    }

    pub fn signed_in(company: &Company, email: &str) -> Laptop {
        let laptop = Laptop::new();
        let arguments = ["login", "--server", &company.url, "--email", email, "--password-stdin"];
        let output = laptop.try_run(&arguments, &format!("{PASSWORD}\n"), &[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        laptop
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(program("RAPPORT_CLI_BIN", "rapport-cli"));
        command.arg("--store").arg(self.folder.path().join("data")).arg("--key-file").arg(self.folder.path().join("keys.json"));
        command.args(self.ca.iter().flat_map(|file| ["--ca", file]));
        command
    }

    pub fn try_run(&self, arguments: &[&str], stdin: &str, environment: &[(&str, &str)]) -> Output {
        fed(self.command().args(arguments).envs(environment.iter().copied()), stdin)
    }

    /// Runs a command that has to succeed; returns its JSON.
    pub fn run(&self, arguments: &[&str], stdin: &str) -> Value {
        let output = self.try_run(arguments, stdin, &[]);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON on stdout")
    }

    /// Runs a command that has to be refused; returns its exit code and the error body.
    pub fn refused(&self, arguments: &[&str], stdin: &str) -> (i32, Value) {
        let output = self.try_run(arguments, stdin, &[]);
        let error = serde_json::from_slice(&output.stderr).expect("the error as JSON on stderr");
        (output.status.code().expect("an exit code"), error)
    }

    pub fn names(&self) -> Vec<String> {
        let page = self.run(&["list", "customers", "--limit", "500"], "");
        let items = page["items"].as_array().expect("items").iter();
        items.map(|c| c["name"].as_str().expect("a name").to_owned()).collect()
    }

    pub fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        path.to_str().expect("Unicode").to_owned()
    }
}
