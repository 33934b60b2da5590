//! The built binary, as a script would use it: exit codes, JSON shapes, and that nothing acknowledged is lost.

use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

struct Machine {
    folder: tempfile::TempDir,
}

struct Ended {
    exit: i32,
    out: String,
    err: String,
}

impl Ended {
    fn of(output: &Output) -> Ended {
        Ended {
            exit: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    fn json(&self) -> Value {
        assert_eq!((self.exit, self.err.as_str()), (0, ""), "{}", self.out);
        serde_json::from_str(&self.out).expect("JSON on stdout")
    }

    /// The exit code and the error body.
    fn refusal(&self) -> (i32, Value) {
        assert_eq!(self.out, "", "nothing on stdout");
        (self.exit, serde_json::from_str(&self.err).expect("JSON on stderr"))
    }
}

impl Machine {
    fn new() -> Machine {
        Machine { folder: tempfile::tempdir().expect("folder") }
    }

    fn local() -> Machine {
        let machine = Machine::new();
        let status = machine.run(&["login", "--local", "--name", "Ada", "--company", "Acme"]).json();
        assert_eq!(
            (&status["state"], &status["user"]["name"], &status["server"]),
            (&json!("ready"), &json!("Ada"), &Value::Null)
        );
        machine
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rapport-cli"));
        command.arg("--store").arg(self.path().join("data")).arg("--key-file").arg(self.path().join("keys.json"));
        command.args(args).env_remove("RAPPORT_PASSWORD").env_remove("RAPPORT_PASSPHRASE").env_remove("RAPPORT_LOG");
        command.stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Ended {
        Ended::of(&self.command(args).output().expect("run"))
    }

    fn put(&self, body: &Value) -> Ended {
        let mut child =
            self.command(&["put"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("spawn");
        child.stdin.take().expect("stdin").write_all(body.to_string().as_bytes()).expect("written");
        Ended::of(&child.wait_with_output().expect("ended"))
    }

    fn customer(&self, name: &str) -> String {
        let saved = self.put(&json!({ "kind": "customers", "fields": { "name": name } })).json();
        saved["saved"][0]["record"]["_id"].as_str().expect("id").to_owned()
    }
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().expect("items").iter().filter_map(|c| c["name"].as_str()).collect()
}

#[test]
fn a_day_on_one_device() {
    let machine = Machine::local();
    let id = machine.customer("Müller Präzision");
    machine.customer("Zeta");
    let edited = json!({ "kind": "customers", "id": id, "fields": { "phone": "+49 711 1234567", "tags": ["vip"] } });
    let edited = machine.put(&edited).json();
    assert_eq!(edited["saved"][0]["record"]["phone"], "+49 711 1234567");
    assert_eq!(edited["saved"][0]["record"]["name"], "Müller Präzision", "what was not named stays");
    let held = machine.run(&["get", "customers", &id]).json();
    assert_eq!((&held["record"]["tags"], &held["waiting"]), (&json!(["vip"]), &json!(false)));
    let page = machine.run(&["list", "customers", "--sort", "-name", "--limit", "1"]).json();
    assert_eq!((names(&page), &page["total"]), (vec!["Zeta"], &json!(2)));
    let cursor = page["next"].as_str().expect("a next page");
    let page = machine.run(&["list", "customers", "--sort", "-name", "--limit", "1", "--cursor", cursor]).json();
    assert_eq!(names(&page), ["Müller Präzision"]);
    assert_eq!(names(&machine.run(&["list", "customers", "--q", "muller"]).json()), ["Müller Präzision"]);
    let leads = machine.run(&["list", "customers", "--filter", "status=lead"]).json();
    assert_eq!(names(&leads), Vec::<&str>::new());
    let hits = machine.run(&["search", "0711 123"]).json();
    assert_eq!(hits["hits"][0]["id"], id.as_str());
    machine.run(&["delete", "customers", &id]).json();
    assert_eq!(names(&machine.run(&["list", "customers"]).json()), ["Zeta"]);
    machine.run(&["restore", "customers", &id]).json();
    assert_eq!(names(&machine.run(&["list", "customers"]).json()), ["Müller Präzision", "Zeta"]);
}

#[test]
fn status_is_told_in_every_state() {
    let machine = Machine::new();
    let status = machine.run(&["status"]).json();
    assert_eq!((&status["session"]["state"], &status["sync"]), (&json!("none"), &Value::Null));
    assert!(status["app"]["dataFolder"].is_string() && status["app"]["version"].is_string());
    let machine = Machine::local();
    let status = machine.run(&["status"]).json();
    assert_eq!((&status["sync"]["phase"], &status["sync"]["waiting"]), (&json!("localOnly"), &json!(0)));
    assert_eq!(status["session"]["deviceCode"].as_str().map(str::len), Some(3));
    std::fs::remove_file(machine.path().join("keys.json")).expect("removed");
    let status = machine.run(&["status"]).json();
    assert_eq!((&status["session"]["state"], &status["session"]["reason"]), (&json!("broken"), &json!("WRONG_KEY")));
    let (exit, error) = machine.run(&["list", "customers"]).refusal();
    assert_eq!((exit, &error["code"]), (1, &json!("WRONG_KEY")));
    assert_eq!(
        error["message"],
        "The key of the data on this device is not where it was kept. The data is unchanged. Restore the key, or sign in again to start anew beside it."
    );
}

#[test]
fn a_wrong_key_changes_nothing_and_the_right_one_still_opens() {
    let machine = Machine::local();
    machine.customer("Kept");
    let keys = machine.path().join("keys.json");
    let right = std::fs::read_to_string(&keys).expect("keys");
    let entries: Value = serde_json::from_str(&right).expect("JSON");
    let entry = entries.as_object().and_then(|e| e.keys().find(|k| k.ends_with("/key"))).expect("a key");
    let other = format!("{}=", "A".repeat(43));
    std::fs::write(&keys, json!({ entry.as_str(): other }).to_string()).expect("written");
    let (exit, error) = machine.run(&["list", "customers"]).refusal();
    assert_eq!((exit, &error["code"]), (1, &json!("WRONG_KEY")));
    assert_eq!(
        error["message"],
        "The data on this device cannot be opened with the key that was found. The file is unchanged. Restore the key, or start anew beside it."
    );
    std::fs::write(&keys, right).expect("restored");
    assert_eq!(names(&machine.run(&["list", "customers"]).json()), ["Kept"]);
}

#[test]
fn refusals_exit_1_with_the_error_body() {
    let machine = Machine::new();
    let (exit, error) = machine.run(&["list", "customers"]).refusal();
    assert_eq!((exit, &error["code"]), (1, &json!("NOT_SIGNED_IN")));
    let machine = Machine::local();
    machine.customer("Taken");
    let (exit, error) = machine.put(&json!({ "kind": "customers", "fields": { "name": " taken " } })).refusal();
    assert_eq!((exit, &error["code"], &error["field"]), (1, &json!("NAME_TAKEN"), &json!("name")));
    let (exit, error) = machine.put(&json!({ "kind": "customers", "fields": { "shoeSize": 44 } })).refusal();
    assert_eq!((exit, &error["field"]), (1, &json!("shoeSize")));
    let (exit, error) = machine.run(&["call", "no.such"]).refusal();
    assert_eq!((exit, &error["code"]), (1, &json!("NOT_FOUND")));
    let (exit, error) = machine.run(&["sync"]).refusal();
    assert_eq!(exit, 1);
    assert!(error["message"].as_str().is_some_and(|m| m.contains("on this device alone")));
    let (exit, error) = machine.run(&["logout"]).refusal();
    assert_eq!((exit, &error["code"], &error["details"]["waiting"]), (1, &json!("WORK_WAITING"), &json!(1)));
    let status = machine.run(&["logout", "--discard"]).json();
    assert_eq!((&status["state"], &status["signedOut"]), (&json!("none"), &json!(true)));
    let left = std::fs::read_dir(machine.path().join("data/profiles")).expect("folder").count();
    assert_eq!(left, 0, "nothing of the profile stays");
}

#[test]
fn wrong_usage_exits_2() {
    let machine = Machine::new();
    for args in [
        &["nonsense"][..],
        &[],
        &["login"],
        &["login", "--server", "x"],
        &["login", "--server", "https://x.invalid", "--email", "a@b.c"],
        &["call", "app.info", "{not json"],
        &["list", "customers", "--filter", "novalue"],
    ] {
        let (exit, error) = machine.run(args).refusal();
        assert_eq!((exit, &error["code"]), (2, &json!("INVALID_VALUE")), "{args:?}");
    }
    assert_eq!(machine.run(&["--version"]).exit, 0);
}

#[test]
fn an_unreachable_server_exits_3_and_an_insecure_one_1() {
    let machine = Machine::new();
    // Bound and dropped: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("port").port();
    let server = format!("http://127.0.0.1:{port}");
    let login = |server: &str| {
        let mut command = machine.command(&["login", "--server", server, "--email", "ada@acme.example"]);
        Ended::of(&command.env("RAPPORT_PASSWORD", "secret-word").output().expect("run"))
    };
    let (exit, error) = login(&server).refusal();
    assert_eq!((exit, &error["code"]), (3, &json!("OFFLINE")));
    assert_eq!(
        error["message"],
        format!(
            "The server {server} cannot be reached: no connection could be made. Your work on this device is safe. Check the address and the network, then try again."
        )
    );
    let (exit, error) = login("http://crm.example.com").refusal();
    assert_eq!((exit, &error["code"]), (1, &json!("INSECURE_SERVER")));
    assert!(!error.to_string().contains("secret-word"));
    assert_eq!(machine.run(&["status"]).json()["session"]["state"], "none");
}

#[test]
fn an_address_book_comes_in_once() {
    let machine = Machine::local();
    let file = machine.path().join("book.vcf");
    let cards = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Petra Hoffmann\r\nN:Hoffmann;Petra;;;\r\nORG:Hoffmann GmbH\r\nTEL:+49 30 123\r\nEND:VCARD\r\n\
                 BEGIN:VCARD\r\nVERSION:4.0\r\nEND:VCARD\r\n";
    std::fs::write(&file, cards).expect("written");
    let path = file.to_str().expect("path");
    let dry = machine.run(&["import", path, "--dry-run"]).json();
    assert_eq!((&dry["taken"]["customers"], &dry["cards"]), (&json!(1), &json!(2)));
    assert_eq!(names(&machine.run(&["list", "customers"]).json()), Vec::<&str>::new(), "a dry run takes nothing");
    let report = machine.run(&["import", path]).json();
    assert_eq!((&report["taken"]["customers"], &report["taken"]["contacts"]), (&json!(1), &json!(1)));
    assert_eq!((&report["fileName"], report["skipped"].as_array().map(Vec::len)), (&json!("book.vcf"), Some(1)));
    assert_eq!(machine.run(&["import", path]).json()["taken"]["customers"], 0, "the same file twice adds nothing");
    assert_eq!(names(&machine.run(&["list", "customers"]).json()), ["Hoffmann GmbH"]);
}

#[test]
fn a_file_that_is_no_address_book_is_told() {
    let machine = Machine::local();
    let file = machine.path().join("photo.vcf");
    std::fs::write(&file, [0xff, 0xd8, 0xff, 0xe0, 0, 1, 2]).expect("written");
    let (exit, error) = machine.run(&["import", file.to_str().expect("path")]).refusal();
    assert_eq!((exit, &error["code"]), (1, &json!("UNREADABLE")));
    assert_eq!(error["message"], json!("This is no table of texts. Choose a CSV or vCard file. Nothing was imported."));
    let (_, error) = machine.run(&["import", "/nowhere.vcf"]).refusal();
    assert_eq!(
        error["message"],
        "/nowhere.vcf cannot be read: there is no such file. Nothing was imported. Choose another file."
    );
    let huge = std::fs::File::create(machine.path().join("huge.vcf")).expect("file");
    huge.set_len(51 * 1024 * 1024).expect("sparse");
    let (_, error) = machine.run(&["import", machine.path().join("huge.vcf").to_str().expect("path")]).refusal();
    assert_eq!(error["code"], "TOO_LARGE");
    assert!(error["message"].as_str().is_some_and(|m| m.contains("larger than 50 MiB. Nothing was imported.")));
}

/// The process dies at each commit and each rename of its work; what was acknowledged is there afterwards.
#[cfg(debug_assertions)]
#[test]
fn a_kill_at_any_moment_loses_nothing_that_was_acknowledged() {
    let machine = Machine::local();
    let mut acknowledged = vec![machine.customer("First")];
    for round in 1..=6 {
        let place = if round % 2 == 0 { "store.commit.before:1" } else { "store.commit.after:1" };
        let mut child = machine
            .command(&["put"])
            .env("RAPPORT_FAILPOINT", place)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("spawn");
        let body = json!({ "kind": "customers", "fields": { "name": format!("Killed {round}") } });
        child.stdin.take().expect("stdin").write_all(body.to_string().as_bytes()).expect("written");
        assert!(!child.wait().expect("ended").success(), "it was killed");
        acknowledged.push(machine.customer(&format!("After {round}")));
        for id in &acknowledged {
            machine.run(&["get", "customers", id]).json();
        }
    }
}

#[test]
fn a_kill_9_loses_nothing_that_was_acknowledged() {
    let machine = Machine::local();
    let mut acknowledged = Vec::new();
    for round in 0..8u64 {
        let mut child =
            machine.command(&["put"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("spawn");
        let body = json!({ "kind": "customers", "fields": { "name": format!("Customer {round}") } });
        child.stdin.take().expect("stdin").write_all(body.to_string().as_bytes()).expect("written");
        // The moment of the kill is what varies here; every moment has to be safe.
        std::thread::sleep(std::time::Duration::from_millis(round * 9));
        let _ = child.kill();
        let out = child.wait_with_output().expect("ended").stdout;
        if let Ok(saved) = serde_json::from_slice::<Value>(&out) {
            acknowledged.push(saved["saved"][0]["record"]["_id"].as_str().expect("id").to_owned());
        }
    }
    acknowledged.push(machine.customer("The last"));
    for id in &acknowledged {
        machine.run(&["get", "customers", id]).json();
    }
}

/// A crash while the profile is being made leaves either the start or a whole session, never half of one.
#[cfg(debug_assertions)]
#[test]
fn a_kill_during_the_first_start_leaves_nothing_half() {
    for place in ["client.rename.before", "client.rename.after"] {
        for n in 1..=5 {
            let machine = Machine::new();
            let args = ["login", "--local", "--name", "Ada", "--company", "Acme"];
            let killed = machine.command(&args).env("RAPPORT_FAILPOINT", format!("{place}:{n}")).output().expect("run");
            let status = machine.run(&["status"]).json();
            let state = status["session"]["state"].as_str().unwrap_or_default().to_owned();
            if state != "ready" {
                assert_eq!((state.as_str(), killed.status.success()), ("none", false), "{place}:{n}");
                machine.run(&args).json();
            }
            machine.customer("Works");
            let left = std::fs::read_dir(machine.path().join("data/profiles")).expect("folder").count();
            assert_eq!(left, 1, "what did not finish was swept");
        }
    }
}

#[test]
fn a_passphrase_locks_and_unlocks() {
    let machine = Machine::new();
    let run = |args: &[&str], passphrase: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rapport-cli"));
        command.arg("--store").arg(machine.path().join("data")).args(args).stdin(Stdio::null());
        command.env_remove("RAPPORT_PASSPHRASE");
        if let Some(passphrase) = passphrase {
            command.env("RAPPORT_PASSPHRASE", passphrase);
        }
        Ended::of(&command.output().expect("run"))
    };
    run(&["login", "--local", "--name", "Ada", "--company", "Acme"], Some("correct horse")).json();
    assert_eq!(run(&["status"], None).json()["session"]["state"], "locked");
    let (exit, error) = run(&["status"], Some("wrong horse")).refusal();
    assert_eq!((exit, &error["code"]), (1, &json!("WRONG_PASSPHRASE")));
    assert_eq!(run(&["list", "customers"], Some("correct horse")).json()["total"], 0);
}

/// A machine whose session bus leads nowhere: the start says so, and a passphrase is the way on.
#[cfg(target_os = "linux")]
#[test]
fn without_a_keyring_the_way_on_is_a_passphrase() {
    let machine = Machine::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rapport-cli"));
    command.arg("--store").arg(machine.path().join("data"));
    command.args(["login", "--local", "--name", "Ada", "--company", "Acme"]).stdin(Stdio::null());
    command.env_remove("RAPPORT_PASSPHRASE").env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus");
    let (exit, error) = Ended::of(&command.output().expect("run")).refusal();
    assert_eq!((exit, &error["code"]), (1, &json!("NO_KEYRING")));
    assert_eq!(
        error["message"],
        "The system's keyring cannot be reached: there is no session bus here. Your data is unchanged and stays encrypted. Set a passphrase to go on without the keyring."
    );
    let status = Ended::of(&command.env("RAPPORT_PASSPHRASE", "correct horse").output().expect("run")).json();
    assert_eq!(status["state"], "ready");
}
