//! The real programs as processes: the server, and the command line as somebody's laptop.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

pub const PASSWORD: &str = "a password for tests";

/// A built program: where the test command says it is, else beside this test.
pub fn program(variable: &str, name: &str) -> PathBuf {
    if let Some(path) = std::env::var_os(variable) {
        return path.into();
    }
    let test = std::env::current_exe().expect("this test has a path");
    let folder = test.parent().and_then(Path::parent).expect("target/<profile>/deps/<test>");
    folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

fn with_stdin(command: &mut Command, stdin: &str) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    // A program that was killed on purpose does not read.
    let _ = child.stdin.take().expect("stdin").write_all(stdin.as_bytes());
    child.wait_with_output().expect("the program ends")
}

/// The central server as a process on a folder of its own.
pub struct Server {
    folder: tempfile::TempDir,
    child: Option<Child>,
    pub url: String,
}

impl Server {
    /// A server with an organisation, Marit and Jonas.
    pub fn found() -> Server {
        let folder = tempfile::tempdir().expect("folder");
        let mut server = Server { folder, child: None, url: String::new() };
        let org = ["--name", "Halvorsen", "--currency", "EUR", "--country", "NO", "--time-zone", "Europe/Oslo"];
        let admin = ["--admin-email", "marit@halvorsen.example", "--admin-name", "Marit Solheim", "--password-stdin"];
        server.run(&[&["org", "create"], &org[..], &admin[..]].concat());
        let jonas = ["--email", "jonas@halvorsen.example", "--name", "Jonas Weber", "--role", "sales", "--password-stdin"];
        server.run(&[&["user", "add"], &jonas[..]].concat());
        server.start();
        server
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Runs a command of the server program on the folder.
    pub fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(program("RAPPORT_SERVER_BIN", "rapport-server"));
        let output = with_stdin(command.args(arguments).arg("--data").arg(self.data()), &format!("{PASSWORD}\n"));
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    pub fn start(&mut self) {
        assert!(self.start_with(&[]), "the server says where it listens");
    }

    /// Starts the server with these variables; returns whether it came as far as listening.
    pub fn start_with(&mut self, environment: &[(&str, &str)]) -> bool {
        let listen = if self.url.is_empty() { "127.0.0.1:0" } else { self.url.trim_start_matches("http://") };
        let mut child = Command::new(program("RAPPORT_SERVER_BIN", "rapport-server"))
            .args(["serve", "--listen", listen, "--data"])
            .arg(self.data())
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout")).read_line(&mut line).expect("a line");
        self.child = Some(child);
        let Some(url) = line.trim().strip_prefix("listening on ") else { return false };
        self.url = url.to_owned();
        true
    }

    /// SIGKILL: no farewell.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("killed");
            child.wait().expect("reaped");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The command line as one laptop: its data folder and its key file.
pub struct Laptop {
    folder: tempfile::TempDir,
}

impl Laptop {
    pub fn new() -> Laptop {
        Laptop { folder: tempfile::tempdir().expect("folder") }
    }

    pub fn signed_in(server: &Server, email: &str) -> Laptop {
        let laptop = Laptop::new();
        let arguments = ["login", "--server", &server.url, "--email", email, "--password-stdin"];
        let output = laptop.try_run(&arguments, &format!("{PASSWORD}\n"), &[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        laptop
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(program("RAPPORT_CLI_BIN", "rapport-cli"));
        command.arg("--store").arg(self.folder.path().join("data")).arg("--key-file").arg(self.folder.path().join("keys.json"));
        command
    }

    pub fn try_run(&self, arguments: &[&str], stdin: &str, environment: &[(&str, &str)]) -> Output {
        with_stdin(self.command().args(arguments).envs(environment.iter().copied()), stdin)
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
