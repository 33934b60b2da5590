//! An organisation moves from files to a database and back, and nobody has to sign in again.

use crate::process::{Place, free_port};
use crate::support::{Desk, client, read};
use serde_json::{Value, json};
use std::path::Path;

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
