//! From one device alone to a server: everything is offered once.

use crate::world::{ADA, BOB, Laptop, Office, PASSWORD, connect, names, put, trash, waiting};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_local_is_offered_to_the_server() {
    let office = Office::open().await;
    let laptop = Laptop::new();
    let client = laptop.start(false).await;
    let local = client.call("session.startLocal", json!({ "name": "Ada", "company": "Acme" })).await.expect("started");
    assert_eq!(local["server"], json!(null));
    let me = local["user"]["_id"].as_str().expect("an id").to_owned();
    let customer = put(&client, "customers", json!({ "name": "From home", "assignedTo": me, "tags": ["vip"] })).await;
    put(&client, "contacts", json!({ "customerId": customer, "firstName": "Petra" })).await;
    put(&client, "interactions", json!({ "customerId": customer, "subject": "Call", "type": "call" })).await;
    let signed = connect(&client, &office.server, ADA, PASSWORD).await.expect("signed in");
    assert_eq!((names(&client).await, waiting(&client).await), (vec!["From home".to_owned()], 3));
    let held = client.call("records.get", json!({ "kind": "customers", "id": customer })).await.expect("held");
    assert_eq!((&held["record"]["assignedTo"], &held["waiting"]), (&signed["user"]["_id"], &json!(true)));
    let report = client.sync_once().await.expect("synced");
    assert_eq!((&report["refused"], waiting(&client).await), (&json!(0), 0));

    let bob = Laptop::new().at(&office, BOB).await;
    bob.sync_once().await.expect("synced");
    let page = bob.call("customers.page", json!({ "id": customer })).await.expect("page");
    assert_eq!(page["customer"]["record"]["tags"], json!(["vip"]));
    assert_eq!(page["contacts"][0]["firstName"], "Petra");
    assert_eq!(page["interactions"][0]["assignedTo"], signed["user"]["_id"]);
    assert_eq!(laptop.profiles().len(), 2, "the local file stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn doing_it_twice_offers_nothing_twice() {
    let office = Office::open().await;
    let laptop = Laptop::new();
    let client = laptop.start(false).await;
    let start = json!({ "name": "Ada", "company": "Acme" });
    client.call("session.startLocal", start.clone()).await.expect("started");
    put(&client, "customers", json!({ "name": "Once" })).await;
    connect(&client, &office.server, ADA, PASSWORD).await.expect("signed in");
    client.sync_once().await.expect("synced");
    client.call("session.signOut", json!({ "discardWaiting": false })).await.expect("signed out");
    // The same person of the same company finds her local data again, and connects once more.
    client.call("session.startLocal", start).await.expect("started");
    assert_eq!(names(&client).await, ["Once"]);
    put(&client, "customers", json!({ "name": "Later" })).await;
    connect(&client, &office.server, ADA, PASSWORD).await.expect("signed in");
    client.sync_once().await.expect("synced");
    client.sync_once().await.expect("synced");
    assert_eq!(names(&client).await, ["Later", "Once"]);
}

/// What is in the trash stays there, with all that hangs on it; what refers to it goes without the reference.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_trash_is_not_offered() {
    let office = Office::open().await;
    let laptop = Laptop::new();
    let client = laptop.start(false).await;
    let start = json!({ "name": "Ada", "company": "Acme" });
    client.call("session.startLocal", start.clone()).await.expect("started");
    let kept = put(&client, "customers", json!({ "name": "Kept" })).await;
    let petra = put(&client, "contacts", json!({ "customerId": kept, "firstName": "Petra" })).await;
    let karin = put(&client, "contacts", json!({ "customerId": kept, "firstName": "Karin" })).await;
    let call = |subject: &str, contact: &str| {
        let fields = json!({ "customerId": kept, "subject": subject, "type": "call", "contactId": contact });
        let client = client.clone();
        async move { put(&client, "interactions", fields).await }
    };
    let with_petra = call("With Petra", &petra).await;
    let with_karin = call("With Karin", &karin).await;
    let mistaken = call("Mistaken", &karin).await;
    let gone = put(&client, "customers", json!({ "name": "Gone" })).await;
    put(&client, "contacts", json!({ "customerId": gone, "firstName": "Gustav" })).await;
    put(&client, "interactions", json!({ "customerId": gone, "subject": "Old", "type": "call" })).await;
    trash(&client, "contacts", &petra).await;
    trash(&client, "interactions", &mistaken).await;
    trash(&client, "customers", &gone).await;

    connect(&client, &office.server, ADA, PASSWORD).await.expect("signed in");
    assert_eq!((names(&client).await, waiting(&client).await), (vec!["Kept".to_owned()], 4), "Kept, Karin and two calls");
    let report = client.sync_once().await.expect("synced");
    assert_eq!((&report["refused"], &report["held"], waiting(&client).await), (&json!(0), &json!(0), 0));
    assert_eq!(client.call("cards.list", json!({})).await.expect("cards")["items"], json!([]));

    let bob = Laptop::new().at(&office, BOB).await;
    bob.sync_once().await.expect("synced");
    assert_eq!(names(&bob).await, ["Kept"]);
    let page = bob.call("customers.page", json!({ "id": kept })).await.expect("page");
    let contacts = page["contacts"].as_array().expect("contacts");
    assert_eq!(
        contacts.iter().map(|c| (&c["firstName"], &c["isPrimary"])).collect::<Vec<_>>(),
        [(&json!("Karin"), &json!(true))]
    );
    let calls = page["interactions"].as_array().expect("calls");
    assert_eq!(calls.len(), 2);
    let contact_of = |id: &str| calls.iter().find(|c| c["_id"] == id).map(|c| &c["contactId"]);
    assert_eq!(contact_of(&with_karin), Some(&json!(karin)));
    assert_eq!(contact_of(&with_petra), Some(&json!(null)));

    // The local data still has it all, the reference included.
    client.call("session.signOut", json!({ "discardWaiting": false })).await.expect("signed out");
    client.call("session.startLocal", start).await.expect("started");
    let held = client.call("records.get", json!({ "kind": "interactions", "id": with_petra })).await.expect("held");
    assert_eq!(held["record"]["contactId"], json!(petra));
    let held = client.call("records.get", json!({ "kind": "customers", "id": gone })).await.expect("held");
    assert!(held["record"]["deletedAt"].is_i64(), "{held}");
}
