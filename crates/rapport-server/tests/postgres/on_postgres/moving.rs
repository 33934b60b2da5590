//! An organisation moves from files to a database and back, and nobody has to sign in again.

use crate::process::{Place, free_port, sign_in};
use crate::support::{Desk, client, read};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

const INGRID: &str = "ingrid@halvorsen.example";

/// The same device, whose connections did not end with a server.
fn anew(desk: &Desk) -> Desk {
    Desk { client: client(), ..desk.clone() }
}

/// What somebody sees: every list to its end, a search, the version of everything.
async fn seen(desk: &Desk) -> Vec<Value> {
    let desk = anew(desk);
    let mut all = Vec::new();
    for list in ["customers?includeInactive=true&", "users?", "teams?", "items?"] {
        let mut cursor = String::new();
        loop {
            let page = desk.get(&format!("/api/{list}limit=100{cursor}")).await.ok();
            all.extend(page["items"].as_array().unwrap().iter().cloned());
            match &page["next"] {
                Value::String(next) => cursor = format!("&cursor={next}"),
                _ => break,
            }
        }
    }
    let name = all[0]["name"].as_str().unwrap().split(' ').next().unwrap().to_lowercase();
    let found = desk.get(&format!("/api/customers?includeInactive=true&q={name}")).await.ok();
    assert!(!found["items"].as_array().unwrap().is_empty());
    all.push(found);
    all
}

#[tokio::test]
async fn an_organisation_goes_to_a_database_and_back_and_is_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let files = |name: &str| Place { data: dir.path().join(name), database: None };
    let url = rapport_cluster::beside(&dir.path().join("database")).expect(rapport_cluster::VARIABLE);
    let database = Place { data: dir.path().join("contents"), database: Some(url.clone()) };
    let (old, back) = (files("old"), files("back"));
    old.good(&["demo", "--customers", "80", "--seed", "7", "--password-stdin"], "long enough\n");
    let port = free_port();
    let url_of = format!("http://127.0.0.1:{port}");
    let mut serving = old.serve(port);
    let login = json!({ "email": INGRID, "password": "long enough", "deviceName": "laptop" });
    let session = read(client().post(format!("{url_of}/api/auth/login")).json(&login).send().await.unwrap()).await.ok();
    let token = session["accessToken"].as_str().unwrap().to_owned();
    let desk = Desk { client: client(), url: url_of, token, session };
    let path = |place: &Path| format!("sqlite:{}", place.display());
    let go = |from: &str, to: &str| database.run(&["move", "--from", from, "--to", to]);
    let (here, there) = (path(&old.data), url.clone());
    assert!(go(&here, &there).1.contains("STORE_IN_USE"), "not while it is served");
    let before = seen(&desk).await;
    serving.kill();

    let told = go(&here, &there).0;
    assert!(told.contains("went over") && told.contains("compared"), "{told}");
    assert!(go(&here, &there).0.contains("was there already"), "it may be said again");
    assert_eq!(database.good(&["verify"], ""), "Everything is sound.\n");
    let mut serving = database.serve(port);
    assert!(seen(&desk).await == before, "on the database everything is as it was, for the same token");
    let made = anew(&desk).post("/api/customers", json!({ "name": "Only there", "status": "lead", "type": "business" })).await;
    assert_eq!(made.status, 201, "{made:?}");
    let before = seen(&desk).await;
    serving.kill();
    assert!(go(&here, &there).1.contains("not as it is"), "what was written since is not written over");

    let told = go(&there, &path(&back.data)).0;
    assert!(told.contains("went over"), "{told}");
    assert_eq!(back.good(&["verify"], ""), "Everything is sound.\n");
    let _serving = back.serve(port);
    assert!(seen(&desk).await == before, "and back in files, too");
}

/// Somebody's customers, and the file at the first of them.
async fn filled(desk: &Desk) -> String {
    for n in 0..12 {
        desk.customer(&format!("Customer {n}")).await;
    }
    let customer = desk.customer("With a file").await;
    let file = json!({ "name": "a.txt", "mime": "text/plain", "ownerKind": "customers", "ownerId": customer.rsplit('/').next() });
    let path = desk.post(&format!("{customer}/attachments"), file).await.header("location").to_owned();
    let content = format!("{path}/content");
    let put = desk.request(reqwest::Method::PUT, &content).body(format!("of {}", desk.session["user"]["email"])).send().await;
    assert_eq!(put.unwrap().status(), 200);
    content
}

#[tokio::test]
async fn several_organisations_go_over_with_their_files_one_first_and_the_rest_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let old = Place { data: dir.path().join("old"), database: None };
    let url = rapport_cluster::beside(&dir.path().join("database")).expect(rapport_cluster::VARIABLE);
    let new = Place { data: dir.path().join("contents"), database: Some(url.clone()) };
    let (port, emails) = (free_port(), (0..8).map(|n| format!("ada@{n}.example")).collect::<Vec<_>>());
    let ids: Vec<String> = emails.iter().map(|email| old.found(email, email)).collect();
    let mut serving = old.serve(port);
    let mut people = Vec::new();
    for email in &emails {
        let desk = sign_in(&format!("http://127.0.0.1:{port}"), email).await;
        let content = filled(&desk).await;
        let seen = (desk.get("/api/customers?includeInactive=true&limit=100").await.ok(), desk.get(&content).await.ok());
        people.push((desk, content, seen));
    }
    serving.kill();
    let from = format!("sqlite:{}", old.data.display());
    let go = ["move", "--from", &from, "--to", &url];
    let there = || rapport_cluster::organisations(&url).unwrap();

    let told = new.good(&[&go[..], &["--org", &ids[5]]].concat(), "");
    assert!(told.contains(&format!("{} went over", ids[5])) && told.contains("unwritable for"), "{told}");
    assert_eq!(there(), 1, "no other one");
    assert!(new.run(&[&go[..], &["--org", "018f0000-0000-7000-8000-000000000000"]].concat()).1.contains("NOT_FOUND"));

    let mut moving = new.begin(&go);
    let begun = Instant::now();
    while there() < 3 {
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing goes over");
    }
    moving.kill().unwrap();
    assert!(!moving.wait().unwrap().success(), "it was killed in the middle");
    let before = there();
    assert!(before < ids.len(), "it was killed in the middle");

    let told = new.good(&go, "");
    let (over, was) = (told.matches("went over").count(), told.matches("was there already").count());
    assert_eq!((over + was, was), (ids.len(), before), "{told}");
    assert_eq!(new.good(&["verify"], ""), "Everything is sound.\n");
    let _serving = new.serve(port);
    for (desk, content, seen) in &people {
        let desk = anew(desk);
        let now = (desk.get("/api/customers?includeInactive=true&limit=100").await.ok(), desk.get(content).await.ok());
        assert!(now == *seen, "{now:?}");
    }
}
