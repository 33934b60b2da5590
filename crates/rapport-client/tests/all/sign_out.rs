//! Signing out with work that the server did not take: it is told, kept, and given up only on purpose.

use crate::world::{ADA, BOB, Laptop, Office, PASSWORD, connect, names, put};
use rapport_client::{Client, Code};
use serde_json::{Value, json};

/// Ada gives a new customer and a call with it to Bob, who was deactivated meanwhile. Returns the customer.
async fn refused(office: &Office, ada: &Client) -> String {
    ada.sync_once().await.expect("synced");
    office.activate(BOB, false).await;
    let users = ada.call("records.list", json!({ "kind": "users" })).await.expect("users");
    let bob = users["items"].as_array().expect("users").iter().find(|u| u["email"] == BOB).expect("Bob")["_id"].clone();
    let acme = put(ada, "customers", json!({ "name": "Acme", "assignedTo": bob })).await;
    put(ada, "interactions", json!({ "customerId": acme, "subject": "First call", "type": "call" })).await;
    let report = ada.sync_once().await.expect("synced");
    assert_eq!((&report["refused"], &report["held"]), (&json!(1), &json!(1)));
    acme
}

async fn cards(client: &Client) -> Vec<Value> {
    client.call("cards.list", json!({})).await.expect("cards")["items"].as_array().expect("a list").clone()
}

async fn sign_out(client: &Client, discard: bool) -> Result<Value, rapport_client::Error> {
    client.call("session.signOut", json!({ "discardWaiting": discard })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_work_holds_a_sign_out_up_until_it_is_settled() {
    let office = Office::open().await;
    let laptop = Laptop::new();
    let ada = laptop.at(&office, ADA).await;
    let acme = refused(&office, &ada).await;
    for _ in 0..2 {
        let error = sign_out(&ada, false).await.expect_err("refused");
        assert_eq!(error.code, Code::WorkWaiting);
        assert_eq!(error.details, Some(json!({ "waiting": 2, "refused": 1 })), "the customer on its card, the call behind it");
        assert!(error.message.contains("1 of them the server did not take"), "{}", error.message);
        assert_eq!((names(&ada).await, cards(&ada).await.len(), laptop.profiles().len()), (vec!["Acme".to_owned()], 1, 1));
        // Synchronising does not help: the server has spoken.
        ada.sync_once().await.expect("synced");
    }
    // Nor does a new start of the app.
    ada.close().await;
    drop(ada);
    let ada = laptop.start(false).await;
    assert_eq!(sign_out(&ada, false).await.expect_err("refused").code, Code::WorkWaiting);

    let me = ada.call("session.status", json!({})).await.expect("status")["user"]["_id"].clone();
    ada.put(json!({ "kind": "customers", "id": acme, "fields": { "assignedTo": me } })).await.expect("corrected");
    ada.sync_once().await.expect("synced");
    ada.sync_once().await.expect("synced");
    // It is on the server; the card stays until she has let go of it, and holds the sign-out up as long.
    let error = sign_out(&ada, false).await.expect_err("refused");
    assert_eq!(error.details, Some(json!({ "waiting": 1, "refused": 1 })));
    let card = cards(&ada).await.remove(0);
    ada.call("cards.resolve", json!({ "id": card["_id"], "choice": "dismiss" })).await.expect("dismissed");
    assert_eq!((cards(&ada).await.len(), names(&ada).await), (0, vec!["Acme".to_owned()]));
    sign_out(&ada, false).await.expect("signed out");
    assert_eq!(laptop.profiles(), Vec::<String>::new());
    let again = Laptop::new().at(&office, ADA).await;
    again.sync_once().await.expect("synced");
    let page = again.call("customers.page", json!({ "id": acme })).await.expect("page");
    assert_eq!(page["interactions"][0]["subject"], "First call");
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_work_is_given_up_on_purpose_only() {
    let office = Office::open().await;
    let laptop = Laptop::new();
    let ada = laptop.at(&office, ADA).await;
    refused(&office, &ada).await;
    sign_out(&ada, true).await.expect("signed out");
    assert_eq!(laptop.profiles(), Vec::<String>::new());
    connect(&ada, &office.server, ADA, PASSWORD).await.expect("signed in");
    ada.sync_once().await.expect("synced");
    assert_eq!((names(&ada).await, cards(&ada).await.len()), (Vec::<String>::new(), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_beside_it_finds_it_untouched() {
    let office = Office::open().await;
    let laptop = Laptop::new();
    let ada = laptop.at(&office, ADA).await;
    refused(&office, &ada).await;
    office.activate(BOB, true).await;
    connect(&ada, &office.server, BOB, PASSWORD).await.expect("signed in");
    ada.sync_once().await.expect("synced");
    assert_eq!((names(&ada).await, cards(&ada).await.len()), (Vec::<String>::new(), 0), "Bob sees nothing of it");
    sign_out(&ada, false).await.expect("nothing of Bob's waits");
    connect(&ada, &office.server, ADA, PASSWORD).await.expect("signed in");
    assert_eq!((names(&ada).await, cards(&ada).await.len()), (vec!["Acme".to_owned()], 1));
    assert_eq!(sign_out(&ada, false).await.expect_err("refused").code, Code::WorkWaiting);
}
