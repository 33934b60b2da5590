//! Signing in, working, signing out.

use crate::world::{ADA, BOB, Laptop, Office, PASSWORD, connect, names, next, put, status, waiting};
use rapport_client::vault::{Name, Vault};
use rapport_client::{Code, Event};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn one_edit_travels_to_a_second_device() {
    let office = Office::open().await;
    let (here, there) = (Laptop::new(), Laptop::new());
    let ada = here.at(&office, ADA).await;
    let id = put(&ada, "customers", json!({ "name": "Müller" })).await;
    assert_eq!(waiting(&ada).await, 1);
    let report = ada.sync_once().await.expect("synced");
    assert_eq!((&report["pushed"], waiting(&ada).await), (&json!(1), 0));
    let bob = there.at(&office, BOB).await;
    bob.sync_once().await.expect("synced");
    assert_eq!(names(&bob).await, ["Müller"]);
    bob.put(json!({ "kind": "customers", "id": id, "fields": { "phone": "+49 711 1" } })).await.expect("saved");
    bob.sync_once().await.expect("synced");
    ada.sync_once().await.expect("synced");
    let held = ada.call("records.get", json!({ "kind": "customers", "id": id })).await.expect("held");
    assert_eq!(held["record"]["phone"], "+49 711 1");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_driver_carries_an_edit_on_its_own_and_tells() {
    let office = Office::open().await;
    let laptop = Laptop::new();
    let ada = laptop.start(true).await;
    let mut events = ada.events();
    connect(&ada, &office.server, ADA, PASSWORD).await.expect("signed in");
    put(&ada, "customers", json!({ "name": "Zeta" })).await;
    let mut told: Vec<Event> = Vec::new();
    let of_customers = |e: &Event| matches!(e, Event::Touched { kinds, .. } if kinds.contains(&"customers".to_owned()));
    // Who tells what first is not said; that each is told is.
    let all = |told: &[Event]| told.contains(&Event::Sync) && told.contains(&Event::Session) && told.iter().any(of_customers);
    while !(all(&told) && waiting(&ada).await == 0) {
        told.push(next(&mut events).await);
    }
    let now = ada.call("sync.workOffline", json!({ "on": true })).await.expect("status");
    assert!(now["phase"].is_string());
    ada.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_told_and_changes_nothing() {
    let office = Office::open().await;
    let laptop = Laptop::new();
    let client = laptop.start(false).await;
    let error = connect(&client, &office.server, ADA, "wrong").await.expect_err("refused");
    assert_eq!(error.code, Code::InvalidCredentials);
    assert_eq!(
        error.message,
        format!(
            "The e-mail address or the password is not right for {}. Nothing on this device was changed. Check both and try again.",
            office.server
        )
    );
    assert_eq!((status(&client).await["state"].as_str(), laptop.profiles().len()), (Some("none"), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_link_lets_in_once() {
    let office = Office::open().await;
    let link = office.link(BOB).await;
    let client = Laptop::new().start(false).await;
    let signed = client.call("session.enrol", json!({ "link": link })).await.expect("let in");
    assert_eq!((&signed["user"]["name"], &signed["lastEmail"]), (&json!("Bob"), &json!(BOB)));
    let other = Laptop::new().start(false).await;
    let error = other.call("session.enrol", json!({ "link": link })).await.expect_err("used up");
    assert_eq!(error.code, Code::EnrolmentInvalid);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_server_work_goes_on() {
    let mut office = Office::open().await;
    let laptop = Laptop::new();
    let ada = laptop.at(&office, ADA).await;
    ada.close().await;
    drop(ada);
    office.shut().await;
    let ada = laptop.start(false).await;
    let now = status(&ada).await;
    assert_eq!((&now["state"], &now["user"]["name"], &now["org"]["name"]), (&json!("ready"), &json!("Ada"), &json!("Acme")));
    put(&ada, "customers", json!({ "name": "Offline" })).await;
    let error = ada.sync_once().await.expect_err("offline");
    assert_eq!(error.code, Code::Offline);
    assert_eq!((names(&ada).await, waiting(&ada).await), (vec!["Offline".to_owned()], 1));
}

/// The refresh token is gone: work goes on, and signing in again keeps the profile and what waits.
#[tokio::test(flavor = "multi_thread")]
async fn signing_in_again_keeps_what_waits() {
    let office = Office::open().await;
    let laptop = Laptop::new();
    let ada = laptop.at(&office, ADA).await;
    put(&ada, "customers", json!({ "name": "Kept" })).await;
    ada.close().await;
    drop(ada);
    let profiles = laptop.profiles();
    let profile = profiles[0].parse().expect("an id");
    Vault::Memory(laptop.memory.clone(), profile).remove(Name::Refresh).expect("removed");
    let ada = laptop.start(true).await;
    let mut events = ada.events();
    while ada.call("sync.status", json!({})).await.expect("status")["phase"] != "signInNeeded" {
        next(&mut events).await;
    }
    put(&ada, "customers", json!({ "name": "Meanwhile" })).await;
    connect(&ada, &office.server, &ADA.to_uppercase(), PASSWORD).await.expect("signed in again");
    assert_eq!(laptop.profiles(), profiles, "the same profile");
    while waiting(&ada).await > 0 {
        next(&mut events).await;
    }
    assert_eq!(names(&ada).await, ["Kept", "Meanwhile"]);
    let bob = Laptop::new().at(&office, BOB).await;
    bob.sync_once().await.expect("synced");
    assert_eq!(names(&bob).await, ["Kept", "Meanwhile"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_loses_nothing_untold_and_leaves_nothing() {
    let office = Office::open().await;
    let laptop = Laptop::new();
    let ada = laptop.at(&office, ADA).await;
    put(&ada, "customers", json!({ "name": "Waiting" })).await;
    let error = ada.call("session.signOut", json!({ "discardWaiting": false })).await.expect_err("refused");
    assert_eq!((error.code, &error.details), (Code::WorkWaiting, &Some(json!({ "waiting": 1 }))));
    assert_eq!(names(&ada).await, ["Waiting"], "nothing happened");
    ada.sync_once().await.expect("synced");
    let profile = laptop.profiles()[0].parse().expect("an id");
    let out = ada.call("session.signOut", json!({ "discardWaiting": false })).await.expect("signed out");
    assert_eq!((&out["state"], &out["signedOut"], &out["lastEmail"]), (&json!("none"), &json!(true), &json!(ADA)));
    assert_eq!(laptop.profiles(), Vec::<String>::new());
    let vault = Vault::Memory(laptop.memory.clone(), profile);
    for name in [Name::Key, Name::Refresh, Name::Epoch] {
        assert_eq!(vault.get(name).expect("get"), None);
    }
    let error = ada.call("records.list", json!({ "kind": "customers" })).await.expect_err("signed out");
    assert_eq!(error.code, Code::NotSignedIn);
    connect(&ada, &office.server, ADA, PASSWORD).await.expect("signed in");
    ada.sync_once().await.expect("synced");
    assert_eq!(names(&ada).await, ["Waiting"], "it was on the server");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_and_no_event_holds_a_token() {
    let office = Office::open().await;
    let laptop = Laptop::new();
    let client = laptop.start(false).await;
    let mut events = client.events();
    let mut seen = vec![connect(&client, &office.server, ADA, PASSWORD).await.expect("signed in")];
    let vault = Vault::Memory(laptop.memory.clone(), laptop.profiles()[0].parse().expect("an id"));
    let token = vault.get(Name::Refresh).expect("get").expect("a token");
    let token = String::from_utf8(token.bytes().to_vec()).expect("text");
    seen.push(status(&client).await);
    seen.push(client.sync_once().await.expect("synced"));
    for name in ["sync.status", "app.info", "org.overview"] {
        seen.push(client.call(name, json!({})).await.expect("an answer"));
    }
    while let Ok(event) = events.try_recv() {
        seen.push(event.payload());
    }
    let all = Value::Array(seen).to_string();
    assert!(!all.contains(&token) && !all.to_lowercase().contains("token") && !all.contains(PASSWORD), "{all}");
}
