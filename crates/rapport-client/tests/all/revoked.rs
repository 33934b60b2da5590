//! A device that the server signed out saves what waits, for an administrator, and wipes itself.

use crate::world::{ADA, BOB, Laptop, Office, PASSWORD, connect, names, next, put, status};
use rapport_client::{Client, Code, Event};
use serde_json::{Value, json};

/// Bob has a customer that waits, and is not let in any more.
async fn shut_out(office: &Office, bob: &Client) -> String {
    bob.sync_once().await.expect("synced");
    let acme = put(bob, "customers", json!({ "name": "Zanzibarium" })).await;
    office.activate(BOB, false).await;
    acme
}

fn rescued(status: &Value) -> String {
    status["revoked"]["rescued"].as_str().expect("a file").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_user_s_device_rescues_what_waits_and_keeps_nothing() {
    let office = Office::open().await;
    let (laptop, ada) = (Laptop::new(), Laptop::new());
    let bob = laptop.at(&office, BOB).await;
    shut_out(&office, &bob).await;
    assert_eq!(laptop.profiles().len(), 1);
    assert_eq!(bob.sync_once().await.expect_err("shut out").code, Code::DeviceRevoked);
    let told = status(&bob).await;
    assert_eq!((&told["state"], laptop.profiles().len()), (&json!("none"), 0), "the store is gone");
    assert!(laptop.has_no_secret(), "and its key");
    let file = rescued(&told);
    assert!(!std::fs::read_to_string(&file).expect("a file").contains("Zanzibarium"), "sealed");
    assert_eq!(bob.call("records.list", json!({ "kind": "customers" })).await.expect_err("nobody").code, Code::NotSignedIn);
    // The administrator takes it in.
    let outcomes = office.take_in(&file).await;
    assert_eq!(outcomes, ["applied"]);
    let ada = ada.at(&office, ADA).await;
    ada.sync_once().await.expect("synced");
    assert_eq!(names(&ada).await, ["Zanzibarium"]);
    // Where he is let in again, it begins anew.
    office.activate(BOB, true).await;
    connect(&bob, &office.server, BOB, PASSWORD).await.expect("signed in");
    bob.sync_once().await.expect("synced");
    assert_eq!((names(&bob).await, &status(&bob).await["revoked"]), (vec!["Zanzibarium".to_owned()], &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_driven_session_wipes_itself_with_the_next_contact() {
    let office = Office::open().await;
    let laptop = Laptop::new();
    let bob = laptop.at(&office, BOB).await;
    shut_out(&office, &bob).await;
    bob.close().await;
    drop(bob);
    let bob = laptop.start(true).await;
    let mut events = bob.events();
    bob.call("sync.now", json!({})).await.ok();
    while status(&bob).await["state"] != "none" {
        while next(&mut events).await != Event::Session {}
    }
    assert_eq!((laptop.profiles().len(), laptop.has_no_secret()), (0, true));
    assert_eq!(office.take_in(&rescued(&status(&bob).await)).await, ["applied"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_is_in_the_file_too_and_without_work_there_is_none() {
    let office = Office::open().await;
    let (laptop, quiet) = (Laptop::new(), Laptop::new());
    let bob = laptop.at(&office, BOB).await;
    bob.sync_once().await.expect("synced");
    let acme = put(&bob, "customers", json!({ "name": "Acme" })).await;
    bob.sync_once().await.expect("synced");
    // Two on one laptop folder each: the other one has nothing to save.
    let other = quiet.at(&office, BOB).await;
    other.sync_once().await.expect("synced");
    let users = bob.call("records.list", json!({ "kind": "users" })).await.expect("users");
    let ada = users["items"].as_array().expect("users").iter().find(|u| u["email"] == ADA).expect("Ada")["_id"].clone();
    office.activate(ADA, false).await;
    bob.put(json!({ "kind": "customers", "id": acme, "fields": { "assignedTo": ada } })).await.expect("saved");
    assert_eq!(bob.sync_once().await.expect("synced")["refused"], 1);
    office.activate(BOB, false).await;
    for client in [&bob, &other] {
        assert_eq!(client.sync_once().await.expect_err("shut out").code, Code::DeviceRevoked);
    }
    assert_eq!(status(&other).await["revoked"], json!({ "rescued": null }));
    let file = rescued(&status(&bob).await);
    let refused = office.refused_in(&file).await;
    assert_eq!(refused[0]["id"], acme.as_str());
    assert_eq!(refused[0]["units"]["assignedTo"]["value"], ada);
}
