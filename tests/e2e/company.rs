//! A company with its true server: the released programs, set up as an administrator does it.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

pub const PASSWORD: &str = "sun behind seven hills";
pub const MARIT: &str = "marit@halvorsen.example";
pub const JONAS: &str = "jonas@halvorsen.example";

const LISTENING: &str = "listening on ";

/// A server with its own data, on the same address each time it is opened.
pub struct Company {
    folder: TempDir,
    address: String,
    process: Option<Child>,
}

impl Company {
    /// An organisation with Marit and Jonas; its server listens.
    pub fn found() -> Self {
        let mut company = Self::empty();
        let org = ["--name", "Halvorsen Optics", "--currency", "EUR", "--country", "NO", "--time-zone", "Europe/Oslo"];
        let admin = ["--admin-email", MARIT, "--admin-name", "Marit Solheim", "--password-stdin"];
        company.manage(&[&["org", "create"], &org[..], &admin[..]].concat());
        let jonas = ["user", "add", "--email", JONAS, "--name", "Jonas Weber", "--role", "sales", "--password-stdin"];
        company.manage(&jonas);
        company.open();
        company
    }

    /// The made-up company that `cargo xtask run` shows; its server listens.
    pub fn demo(customers: u32) -> Self {
        let mut company = Self::empty();
        company.manage(&["demo", "--customers", &customers.to_string(), "--seed", "7", "--password-stdin"]);
        company.open();
        company
    }

    fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the server");
        Self { folder, address: "127.0.0.1:0".to_owned(), process: None }
    }

    /// `http://127.0.0.1:PORT`
    pub fn server(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Starts the server and waits until it listens.
    pub fn open(&mut self) {
        let mut serve = Command::new(program("RAPPORT_SERVER_BIN", "rapport-server"));
        serve.args(["serve", "--listen", &self.address, "--data"]).arg(self.folder.path());
        let mut process =
            serve.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the server starts");
        let output = process.stdout.take().expect("the server's output");
        self.process = Some(process);
        let line = BufReader::new(output).lines().next().expect("the server says that it listens").expect("text");
        let address = line.strip_prefix(LISTENING).and_then(|url| url.strip_prefix("http://"));
        self.address = address.unwrap_or_else(|| panic!("no address in \"{line}\"")).to_owned();
    }

    /// Ends the server; for the devices the network is gone.
    pub fn shut(&mut self) {
        if let Some(mut process) = self.process.take() {
            // It has ended where either fails.
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// A link that signs one device in, once.
    pub fn link_for(&self, email: &str) -> String {
        self.manage(&["enrol", "--email", email, "--server", &self.server()]).trim().to_owned()
    }

    /// A management command; the password for it comes on stdin.
    fn manage(&self, args: &[&str]) -> String {
        let mut manage = Command::new(program("RAPPORT_SERVER_BIN", "rapport-server"));
        let output = fed(manage.arg("--data").arg(self.folder.path()).args(args), PASSWORD);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "rapport-server {args:?}: {said}");
        String::from_utf8(output.stdout).expect("text")
    }
}

impl Drop for Company {
    fn drop(&mut self) {
        self.shut();
    }
}

/// One of our programs: as the task runner names it, else the one beside this test.
pub fn program(variable: &str, name: &str) -> PathBuf {
    if let Some(path) = std::env::var_os(variable) {
        return path.into();
    }
    let test = std::env::current_exe().expect("a test is a program");
    let path = test.ancestors().nth(2).expect("a test is in deps").join(name);
    assert!(path.exists(), "{} is not built; set {variable}", path.display());
    path
}

/// Runs a command to its end with a line on stdin.
pub fn fed(command: &mut Command, line: &str) -> Output {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("its stdin");
    // One that asks for nothing may have ended before.
    let _ = writeln!(stdin, "{line}");
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}
