//! What a machine may do with its token, and for how long.

use crate::commands::{ORG, Serving, good, refused, run};
use crate::support::{Desk, World, client, read};
use rapport_model::access::Scope;
use rapport_model::{Id, User};
use rapport_server::machine::{self, Made, NewToken};
use reqwest::Method;
use serde_json::{Value, json};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

fn made(world: &World, org: Id, scope: Scope, days: &str, email: &str) -> Made {
    let (name, expires) = ("Nightly export".to_owned(), days.to_owned());
    let new = NewToken { name, scope, expires, email: Some(email.to_owned()) };
    machine::create(&world.folder(), &world.source(), org, &new).unwrap()
}

fn desk(world: &World, bearer: &str) -> Desk {
    Desk { client: client(), url: world.url.clone(), token: bearer.to_owned(), session: Value::Null }
}

/// A machine that acts as sam, for a day.
fn machine(world: &World, scope: Scope) -> Desk {
    desk(world, &made(world, world.org, scope, "1", "sam@acme.example").bearer)
}

async fn status(desk: &Desk) -> u16 {
    desk.get("/api/customers").await.status.as_u16()
}

#[tokio::test]
async fn a_machine_gets_the_answers_that_its_user_gets() {
    let world = World::start().await;
    let (sam, machine) = (world.sam().await, machine(&world, Scope::Write));
    let made = machine.post("/api/customers", json!({ "name": "Acme", "status": "lead", "type": "business" })).await;
    assert_eq!((made.status.as_u16(), &made.json["createdBy"]), (201, &json!(sam.user())));
    let path = made.header("location").to_owned();
    for path in ["/api/customers", &path, &format!("{path}/contacts")] {
        let (by_machine, by_sam) = (machine.get(path).await, sam.get(path).await);
        assert_eq!((by_machine.status.as_u16(), &by_machine.json), (200, &by_sam.json), "{path}");
        assert_eq!(by_machine.header("etag"), by_sam.header("etag"));
    }
    assert_eq!(machine.put(&path, json!({ "phone": "1" })).await.ok()["phone"], "1");
    assert_eq!(machine.delete(&path).await.status, 204);
    assert_eq!(sam.get(&path).await.status, 404);
}

#[tokio::test]
async fn one_that_reads_writes_nothing() {
    let world = World::start().await;
    let (sam, machine) = (world.sam().await, machine(&world, Scope::Read));
    let path = sam.customer("Acme").await;
    let before = machine.get(&path).await.ok();
    let body = json!({ "name": "Other", "status": "lead", "type": "business" });
    let refused = [
        machine.post("/api/customers", body.clone()).await,
        machine.put(&path, body).await,
        machine.delete(&path).await,
        machine.post(&format!("{path}/contacts"), json!({ "firstName": "Ida", "lastName": "Berg" })).await,
    ];
    for reply in refused {
        assert_eq!(reply.refused(), (403, "FORBIDDEN"));
        assert!(reply.json["message"].as_str().unwrap().contains("scope \"read\""), "{reply:?}");
    }
    assert_eq!(sam.get(&path).await.ok(), before);
    assert_eq!(sam.get("/api/customers").await.ok()["total"], 1);
}

#[tokio::test]
async fn a_machine_has_rest_alone() {
    let world = World::start().await;
    let machine = machine(&world, Scope::Write);
    for (path, body) in [
        ("/api/sync/pull", json!({ "protocol": 1, "cursor": null, "limit": 1 })),
        ("/api/sync/push", json!({ "protocol": 1, "mutations": [] })),
        ("/api/auth/logout", json!({})),
    ] {
        let reply = machine.post(path, body).await;
        assert_eq!(reply.refused(), (403, "FORBIDDEN"), "{path}");
        assert!(reply.json["message"].as_str().unwrap().contains("machine token"), "{reply:?}");
    }
    assert_eq!(status(&machine).await, 200, "it was not signed out");
}

#[tokio::test]
async fn it_ends_with_its_time_when_revoked_and_with_its_user() {
    let world = World::start().await;
    let short = machine(&world, Scope::Read);
    let long = made(&world, world.org, Scope::Read, "366", "sam@acme.example");
    let (long, long_id) = (desk(&world, &long.bearer), long.kept.id);
    let other = desk(&world, &made(&world, world.org, Scope::Read, "366", "sam@acme.example").bearer);
    world.pass(DAY - 10 * MINUTE);
    assert_eq!(status(&short).await, 200);
    world.pass(10 * MINUTE);
    let reply = short.get("/api/customers").await;
    assert_eq!(reply.refused(), (401, "UNAUTHORIZED"));
    assert!(reply.json["message"].as_str().unwrap().contains("has run out"), "{reply:?}");

    assert_eq!(status(&long).await, 200);
    machine::revoke(&world.folder(), &world.source(), world.org, long_id).unwrap();
    let reply = long.get("/api/customers").await;
    assert_eq!(reply.refused(), (401, "UNAUTHORIZED"));
    assert!(reply.json["message"].as_str().unwrap().contains("revoked"), "{reply:?}");

    assert_eq!(status(&other).await, 200, "one end is not another's");
    let sam: Id = world.sam().await.user().parse().unwrap();
    let store = world.folder().open_org(world.org).unwrap();
    let deactivate = store.write(move |tx| {
        let user = User { is_active: false, ..tx.get_as::<User>(sam)? };
        tx.put(&user)
    });
    deactivate.unwrap();
    assert_eq!(other.get("/api/customers").await.refused(), (401, "UNAUTHORIZED"));
}

#[tokio::test]
async fn one_of_another_organisation_or_of_nobody_opens_nothing() {
    let world = World::start().await;
    let new = crate::support::new_org("Other", "otto@other.example");
    let other = rapport_server::account::create_org(&world.folder(), &world.source(), &new).unwrap();
    let path = world.sam().await.customer("Secret").await;
    let theirs = made(&world, other, Scope::Write, "1", "otto@other.example").bearer;
    let otto = desk(&world, &theirs);
    assert_eq!(otto.get("/api/customers").await.ok()["items"], json!([]));
    assert_eq!(otto.get(&path).await.refused(), (404, "NOT_FOUND"));
    assert_eq!(otto.put(&path, json!({ "phone": "1" })).await.refused(), (404, "NOT_FOUND"));
    let elsewhere =
        NewToken { name: "x".into(), scope: Scope::Read, expires: "1".into(), email: Some("sam@acme.example".into()) };
    let refused = machine::create(&world.folder(), &world.source(), other, &elsewhere).map(drop).map_err(|e| e.code);
    assert_eq!(refused, Err(rapport_model::Code::NotFound), "nobody acts in an organisation that is not hers");

    let at = |n: usize| {
        let mut altered: Vec<char> = theirs.chars().collect();
        altered[n] = if altered[n] == 'A' { 'B' } else { 'A' };
        altered.into_iter().collect::<String>()
    };
    // The prefix, the organisation, the random part, the seal.
    let mut forged: Vec<String> = [0, 4, 5, 20, 30, 60, theirs.len() - 2].map(at).into();
    forged.extend(["rpt_".to_owned(), "rpt_AAAA".to_owned(), format!("{theirs}A"), theirs[..theirs.len() - 1].to_owned()]);
    for token in forged {
        assert_eq!(desk(&world, &token).get("/api/customers").await.refused(), (401, "UNAUTHORIZED"), "{token}");
    }
    assert_eq!(status(&otto).await, 200);
}

#[tokio::test]
async fn its_last_use_is_noted_now_and_then() {
    let world = World::start().await;
    let machine = machine(&world, Scope::Read);
    let used = || world.folder().open_org(world.org).unwrap().read(|tx| tx.tokens()).unwrap()[0].used_at;
    assert_eq!(used(), None);
    assert_eq!(status(&machine).await, 200);
    let first = used().unwrap();
    world.pass(5 * MINUTE);
    assert_eq!((status(&machine).await, used()), (200, Some(first)));
    world.pass(6 * MINUTE);
    assert_eq!(status(&machine).await, 200);
    assert!(used().unwrap().0 >= first.0 + 11 * MINUTE);
}

#[tokio::test]
async fn a_backup_keeps_it_and_verify_knows_whom_it_acts_as() {
    let mut world = World::start().await;
    let machine = machine(&world, Scope::Read);
    world.stop().await;
    let to = world.dir.path().join("backup");
    rapport_server::backup::backup(&world.folder(), &to, world.source().now()).unwrap();
    rapport_server::restore::restore(&world.folder(), &to, &world.source()).unwrap();
    assert_eq!(rapport_server::verify::verify(&world.folder()).unwrap(), Vec::<String>::new());
    world.serve().await;
    assert_eq!(status(&Desk { url: world.url.clone(), ..machine }).await, 200);
    let store = world.folder().open_org(world.org).unwrap();
    let ghost = Id::from_bytes([9; 16]);
    store
        .write(move |tx| {
            let mut token = tx.tokens()?.remove(0);
            (token.id, token.hash, token.user_id) = (ghost, "another".into(), ghost);
            tx.token_add(&token)
        })
        .unwrap();
    let found = rapport_server::verify::verify(&world.folder()).unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("token 09090909") && found[0].contains("is missing"), "{found:?}");
}

#[tokio::test]
async fn the_command_line_makes_it_shows_it_once_and_ends_it() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    good(&data, ORG, "a good password\n");
    good(&data, &["user", "add", "--email", "sam@acme.example", "--name", "Sam", "--role", "sales"], "");
    let server = Serving::start(&data);
    assert_eq!(good(&data, &["token", "list"], ""), "There are no tokens.\n");
    let create = ["token", "create", "--name", "Till", "--scope", "read,write", "--expires", "30", "--as", "sam@acme.example"];
    let output = run(&data, &create, "");
    assert!(output.status.success());
    let bearer = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    assert!(bearer.starts_with("rpt_") && !bearer.contains(char::is_whitespace), "{bearer}");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("reads and writes as sam@acme.example until 20") && !told.contains(&bearer), "{told}");
    let get =
        || async { read(client().get(format!("{}/api/customers", server.url)).bearer_auth(&bearer).send().await.unwrap()).await };
    let list = || good(&data, &["token", "list"], "");
    assert!(list().contains("never used"), "{}", list());
    assert_eq!(get().await.status, 200);
    let listed = list();
    let id = listed.split_whitespace().next().unwrap().to_owned();
    for word in ["write", "sam@acme.example", "until 20", "used 20", "Till"] {
        assert!(listed.contains(word), "{word} in {listed}");
    }
    assert!(!listed.contains(&bearer));
    for file in std::fs::read_dir(data.join("orgs")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(bearer.len()).any(|part| part == bearer.as_bytes()), "only its hash is kept");
    }
    good(&data, &["token", "revoke", &id], "");
    assert_eq!(get().await.refused(), (401, "UNAUTHORIZED"));
    assert!(list().contains("revoked 20"), "{}", list());
    assert_eq!(good(&data, &["verify"], ""), "Everything is sound.\n");

    let by_default = good(&data, &["token", "create", "--name", "x", "--scope", "read", "--expires", "1"], "");
    let post = client().request(Method::POST, format!("{}/api/customers", server.url)).bearer_auth(by_default.trim());
    let body = json!({ "name": "Acme", "status": "lead", "type": "business" });
    assert_eq!(read(post.json(&body).send().await.unwrap()).await.refused(), (403, "FORBIDDEN"));
    assert!(list().contains("read  ada@acme.example"), "{}", list());

    for (args, told) in [
        (["--name", " ", "--scope", "read", "--expires", "1"], "REQUIRED"),
        (["--name", "x", "--scope", "read", "--expires", "367"], "366 days"),
        (["--name", "x", "--scope", "read", "--expires", "2020-01-01"], "366 days"),
        (["--name", "x", "--scope", "read", "--expires", "never"], "2027-03-31"),
    ] {
        let refused = refused(&data, &[&["token", "create"][..], &args[..]].concat());
        assert!(refused.contains(told), "{told} in {refused}");
    }
    for args in [vec!["--name", "x", "--scope", "read"], vec!["--name", "x", "--scope", "all", "--expires", "1"]] {
        assert_eq!(run(&data, &[&["token", "create"][..], &args].concat(), "").status.code(), Some(2));
    }
    assert!(refused(&data, &["token", "revoke", "x"]).contains("token list"));
    assert!(refused(&data, &["token", "revoke", "01890000-0000-7000-8000-000000000000"]).contains("NOT_FOUND"));
}

#[tokio::test]
async fn it_ends_with_the_user_that_it_acts_as_and_does_not_come_back_with_her() {
    let world = World::start().await;
    let (ada, sam) = (world.ada().await, world.sam().await);
    let (his, hers) = (machine(&world, Scope::Write), made(&world, world.org, Scope::Read, "1", "ada@acme.example"));
    let path = format!("/api/users/{}", sam.user());
    assert_eq!(his.post("/api/me/password", json!({ "new": "a password of its own" })).await.refused(), (403, "FORBIDDEN"));
    ada.post(&format!("{path}/deactivate"), json!({ "handover": { "mode": "unassign" } })).await.ok();
    assert_eq!(his.get("/api/customers").await.refused(), (401, "UNAUTHORIZED"));
    ada.post(&format!("{path}/reactivate"), json!({})).await.ok();
    let reply = his.get("/api/customers").await;
    assert_eq!(reply.refused(), (401, "UNAUTHORIZED"));
    assert!(reply.json["message"].as_str().unwrap().contains("revoked"), "{reply:?}");
    assert_eq!(status(&desk(&world, &hers.bearer)).await, 200, "another's goes on");
}
