//! The program itself: what it prints, what it refuses, and that a kill loses nothing.

use crate::support::{PASSWORD, World, client, folder, read};
use rapport_model::{Id, Kind, Source};
use rapport_store::list::Query;
use rapport_store::source::System;
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

fn program(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rapport-server"));
    command.arg("--data").arg(data).env("RAPPORT_LOG", "warn");
    command.envs(rapport_cluster::beside(data).map(|url| ("RAPPORT_DATABASE", url)));
    command
}

pub fn run(data: &Path, args: &[&str], stdin: &str) -> Output {
    let mut child = program(data).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that does not read its input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn good(data: &Path, args: &[&str], stdin: &str) -> String {
    let output = run(data, args, stdin);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    said(&output)
}

pub fn refused(data: &Path, args: &[&str]) -> String {
    let output = run(data, args, "");
    assert_eq!(output.status.code(), Some(1), "{args:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A server process on a port of its own.
pub struct Serving {
    child: Child,
    pub url: String,
}

impl Serving {
    pub fn start(data: &Path) -> Serving {
        Serving::start_with(data, &[], "").unwrap()
    }

    /// With these options, and ending itself at a place where a test says so; nothing if it ended before it listened.
    pub fn start_with(data: &Path, options: &[&str], failpoint: &str) -> Option<Serving> {
        let mut command = program(data);
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(options).env("RAPPORT_FAILPOINT", failpoint);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        if line.is_empty() && !failpoint.is_empty() {
            let _ = child.wait();
            return None;
        }
        let url = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("it said {line:?}")).to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        Some(Serving { child, url })
    }

    /// Ends it as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub const ORG: &[&str] = &[
    "org",
    "create",
    "--name",
    "Acme",
    "--currency",
    "EUR",
    "--country",
    "DE",
    "--time-zone",
    "Europe/Berlin",
    "--admin-email",
    "ada@acme.example",
    "--admin-name",
    "Ada",
    "--password-stdin",
];

#[tokio::test]
async fn an_office_is_set_up_and_people_enrol_while_the_server_runs() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    assert!(refused(&data, &["user", "add", "--email", "a@b.example", "--name", "A", "--role", "sales"]).contains("org create"));
    good(&data, ORG, "a good password\n");
    let server = Serving::start(&data);
    // Servers may share a database; nobody else may have the files.
    if rapport_cluster::beside(&data).is_none() {
        assert!(refused(&data, &["serve", "--listen", "127.0.0.1:0"]).contains("STORE_IN_USE"));
    }
    good(&data, &["user", "add", "--email", "sam@acme.example", "--name", "Sam", "--role", "sales", "--team", "North"], "");
    let link = good(&data, &["enrol", "--email", "sam@acme.example", "--server", &server.url], "");
    let (server_part, code) = link.trim().split_once("&code=").unwrap();
    assert_eq!(server_part, format!("rapport://enrol?server={}", server.url.replace(':', "%3A").replace('/', "%2F")));
    let enrol = || async {
        let body = json!({ "code": code, "deviceName": "laptop" });
        read(client().post(format!("{}/api/auth/enrol", server.url)).json(&body).send().await.unwrap()).await
    };
    let session = enrol().await.ok();
    assert_eq!((&session["user"]["name"], &session["org"]["name"]), (&json!("Sam"), &json!("Acme")));
    assert!(session["user"]["teamId"].is_string());
    assert_eq!(enrol().await.refused(), (401, "ENROLMENT_INVALID"));
    let login = json!({ "email": "ada@acme.example", "password": "a good password", "deviceName": "x" });
    let login = client().post(format!("{}/api/auth/login", server.url)).json(&login).send().await.unwrap();
    assert_eq!(read(login).await.status, 200);
    assert_eq!(good(&data, &["verify"], ""), "Everything is sound.\n");
}

#[test]
fn beyond_this_machine_it_refuses_without_tls() {
    let dir = tempfile::tempdir().unwrap();
    for address in ["0.0.0.0:0", "[::]:0"] {
        let told = refused(&dir.path().join("data"), &["serve", "--listen", address]);
        for word in ["INSECURE_SERVER", "--tls-cert", "--behind-proxy", "127.0.0.1", "not started"] {
            assert!(told.contains(word), "{word} in {told}");
        }
    }
    assert!(!dir.path().join("data").exists(), "nothing was made");
}

#[cfg(unix)]
#[test]
fn a_terminated_server_ends_well_and_frees_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    good(&data, ORG, "a good password\n");
    let mut server = Serving::start(&data);
    let pid = server.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(server.child.wait().unwrap().success());
    Serving::start(&data);
}

#[test]
fn bad_values_are_told_and_nothing_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    for (at, bad, told) in [
        (5, "Euro", "three capital letters"),
        (7, "Germany", "two capital letters"),
        (9, "", "time zone"),
        (11, "ada", "e-mail address"),
    ] {
        let mut args = ORG.to_vec();
        args[at] = bad;
        let output = run(&data, &args, "a good password\n");
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains(told), "{told}");
    }
    let short = run(&data, ORG, "short\n");
    assert!(String::from_utf8_lossy(&short.stderr).contains("10 characters"));
    good(&data, ORG, "a good password\n");
    assert!(refused(&data, &ORG[..ORG.len() - 1]).contains("EMAIL_TAKEN"));
    let role = run(&data, &["user", "add", "--email", "x@y.example", "--name", "X", "--role", "guest"], "");
    assert_eq!(role.status.code(), Some(2));
}

#[test]
fn backup_restore_and_verify_say_what_they_did() {
    let dir = tempfile::tempdir().unwrap();
    let (data, to) = (dir.path().join("data"), dir.path().join("backup"));
    good(&data, ORG, "a good password\n");
    let to_text = to.to_str().unwrap();
    good(&data, &["backup", "--to", to_text], "");
    assert!(refused(&data, &["backup", "--to", to_text]).contains("exists already"));
    let empty = dir.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    assert!(refused(&data, &["restore", "--from", empty.to_str().unwrap()]).contains("no finished backup"));
    let told = good(&data, &["restore", "--from", to_text], "");
    assert!(told.contains("before-restore-"), "{told}");
    assert_eq!(good(&data, &["verify"], ""), "Everything is sound.\n");

    let elsewhere = dir.path().join("elsewhere");
    good(&elsewhere, &["restore", "--from", to_text], "");
    assert_eq!(good(&elsewhere, &["verify"], ""), "Everything is sound.\n");

    let org = std::fs::read_dir(to.join("orgs")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&org).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0xAB);
    std::fs::write(&org, bytes).unwrap();
    let told = refused(&data, &["restore", "--from", to_text]);
    assert!(told.contains("STORE_DAMAGED") || told.contains("damaged"), "{told}");
    assert_eq!(good(&data, &["verify"], ""), "Everything is sound.\n", "the data was left alone");
}

#[test]
fn a_restore_or_backup_that_is_cut_off_is_whole_or_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let (data, to) = (dir.path().join("data"), dir.path().join("backup"));
    let to_text = to.to_str().unwrap();
    let sam = ["user", "add", "--email", "sam@acme.example", "--name", "Sam", "--role", "sales"];
    good(&data, ORG, "a good password\n");
    let cut = |args: &[&str], place: &str| {
        let status = program(&data).args(args).env("RAPPORT_FAILPOINT", place).stdout(Stdio::null()).status().unwrap();
        assert!(!status.success(), "{place} was not passed");
    };
    cut(&["backup", "--to", to_text], "backup.ready:1");
    assert!(!to.exists());
    good(&data, &["backup", "--to", to_text], "");
    for (place, restored) in [
        ("restore.ready.before:1", false),
        ("restore.ready.after:1", true),
        ("restore.aside:1", true),
        ("restore.moved:1", true),
        ("restore.aside:2", true),
        ("restore.aside:3", true),
        ("restore.aside:4", true),
        ("restore.moved:2", true),
    ] {
        good(&data, &sam, "");
        cut(&["restore", "--from", to_text], place);
        assert_eq!(good(&data, &["verify"], ""), "Everything is sound.\n", "{place}");
        let held = run(&data, &["enrol", "--email", "sam@acme.example", "--server", "http://x"], "").status.success();
        assert_eq!(held, !restored, "{place}");
        good(&data, &["restore", "--from", to_text], "");
    }
}

#[tokio::test]
async fn verify_finds_what_was_broken() {
    let world = World::start().await;
    let sam = world.sam().await;
    let path = sam.customer("Whole").await;
    let contact = sam.post(&format!("{path}/contacts"), json!({ "firstName": "Ida", "lastName": "" })).await.id();
    sam.customer("Other").await;
    assert_eq!(rapport_server::verify::verify(&world.folder()).unwrap(), Vec::<String>::new());
    let store = world.folder().open_org(world.org).unwrap();
    let (contact, customer): (Id, Id) = (contact.parse().unwrap(), path.rsplit('/').next().unwrap().parse().unwrap());
    store
        .write(move |tx| {
            let mut broken = tx.get_as::<rapport_model::Contact>(contact)?;
            broken.is_primary = false;
            tx.put(&broken)?;
            let mut broken = tx.get_as::<rapport_model::Customer>(customer)?;
            broken.assigned_to = Some(Id::from_bytes([9; 16]));
            broken.name = "Other".into();
            broken.compute_own();
            broken.meta.version += 1000;
            tx.put(&broken)
        })
        .unwrap();
    let directory = world.folder().directory().unwrap();
    directory.write(|tx| tx.directory_remove("sam@acme.example")).unwrap();
    directory.write(|tx| tx.directory_put("ghost@acme.example", Id::from_bytes([8; 16]))).unwrap();
    let found = rapport_server::verify::verify(&world.folder()).unwrap().join("\n");
    for told in ["0 of them primary", "09090909", "the same name", "the log at", "does not know user", "08080808"] {
        assert!(found.contains(told), "{told} in {found}");
    }
    let output = run(&world.data(), &["verify"], "");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(said(&output).lines().count(), found.lines().count());
}

#[tokio::test]
async fn the_directory_is_put_right_at_start() {
    let mut world = World::start().await;
    world.stop().await;
    let directory = world.folder().directory().unwrap();
    directory
        .write(|tx| {
            tx.directory_remove("sam@acme.example")?;
            tx.directory_put("ghost@acme.example", Id::from_bytes([8; 16]))
        })
        .unwrap();
    world.serve().await;
    world.sam().await;
    assert_eq!(world.login("ghost@acme.example", PASSWORD).await.status, 401);
    assert_eq!(rapport_server::verify::verify(&world.folder()).unwrap(), Vec::<String>::new());
}

/// Every row of an organisation as text, in order.
fn rows(data: &Path) -> Vec<String> {
    let folder = folder(data);
    let org = folder.org_ids().unwrap()[0];
    let read = folder.open_org(org).unwrap().read(|tx| {
        let mut rows = Vec::new();
        for kind in Kind::ALL {
            let mut query = Query { limit: 500, changed_since: Some(-1), ..Query::default() };
            loop {
                let page = tx.list(*kind, &query)?;
                rows.extend(page.items.iter().map(|record| record.to_json().to_string()));
                query.cursor = page.next;
                if query.cursor.is_none() {
                    break;
                }
            }
        }
        Ok(rows)
    });
    read.unwrap()
}

#[tokio::test]
async fn the_demonstration_is_the_same_every_time_and_sound() {
    let dir = tempfile::tempdir().unwrap();
    let fill = |name: &str, seed: &str| {
        let data = dir.path().join(name);
        let now = "1790000000000";
        let args = ["demo", "--customers", "60", "--seed", seed, "--now", now, "--password-stdin"];
        let told = good(&data, &args, "one for everybody\n");
        assert!(told.contains("60 customers"), "{told}");
        assert_eq!(good(&data, &["verify"], ""), "Everything is sound.\n");
        data
    };
    let (one, two, other) = (fill("one", "7"), fill("two", "7"), fill("other", "8"));
    assert!(rows(&one).len() > 200);
    assert!(rows(&one) == rows(&two), "the same seed gives the same rows");
    assert!(rows(&one) != rows(&other));
    let again = refused(&one, &["demo", "--customers", "1", "--seed", "7"]);
    assert!(again.contains("EMAIL_TAKEN"), "{again}");

    let server = Serving::start(&one);
    let login = json!({ "email": "ingrid@halvorsen.example", "password": "one for everybody" });
    let login = read(client().post(format!("{}/api/auth/login", server.url)).json(&login).send().await.unwrap()).await;
    let token = login.ok()["accessToken"].as_str().unwrap().to_owned();
    let list = client().get(format!("{}/api/customers?includeInactive=true&limit=5", server.url)).bearer_auth(token);
    let list = read(list.send().await.unwrap()).await.ok();
    assert_eq!((&list["total"], list["items"].as_array().unwrap().len()), (&json!(60), 5));
    let without = dir.path().join("without");
    assert!(good(&without, &["demo", "--customers", "1"], "").contains("rapport-server enrol --email"));
}

#[tokio::test]
async fn a_killed_server_keeps_what_it_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    good(&data, ORG, "a good password\n");
    let mut acknowledged: Vec<String> = Vec::new();
    let mut token = String::new();
    for round in 0..3 {
        let mut server = Serving::start(&data);
        if token.is_empty() {
            let login = json!({ "email": "ada@acme.example", "password": "a good password" });
            let login = client().post(format!("{}/api/auth/login", server.url)).json(&login).send().await.unwrap();
            token = read(login).await.ok()["accessToken"].as_str().unwrap().to_owned();
        }
        let (client, url, bearer) = (client(), server.url.clone(), token.clone());
        let writer = tokio::spawn(async move {
            let mut done = Vec::new();
            for n in 0.. {
                let body = json!({
                    "name": format!("Round {round} number {n}"), "status": "active", "type": "business",
                    "primaryContact": { "firstName": "Ida", "lastName": "Berg" }
                });
                let sent = client.post(format!("{url}/api/customers")).bearer_auth(&bearer).json(&body).send().await;
                let Ok(sent) = sent else { break };
                assert_eq!(sent.status(), 201);
                done.push(sent.headers()["location"].to_str().unwrap().to_owned());
            }
            done
        });
        tokio::time::sleep(std::time::Duration::from_millis(400 + 137 * round)).await;
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        acknowledged.extend(writer.await.unwrap());
    }
    assert!(acknowledged.len() > 3, "{}", acknowledged.len());
    assert_eq!(good(&data, &["verify"], ""), "Everything is sound.\n");
    let ids: Vec<Id> = acknowledged.iter().map(|path| path.rsplit('/').next().unwrap().parse().unwrap()).collect();
    let folder = folder(&data);
    let store = folder.open_org(folder.org_ids().unwrap()[0]).unwrap();
    let wanted = ids.len();
    let held = store.read(move |tx| tx.find_many(Kind::Customers, &ids)).unwrap();
    assert_eq!(held.len(), wanted, "everything acknowledged is there");
    assert!(System.now().0 > 0);
}
