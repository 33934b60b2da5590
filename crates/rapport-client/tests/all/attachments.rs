//! Files beside a customer: sealed on the laptop, sent when there is a line, fetched elsewhere, and never lost on the way.

use crate::world::{ADA, BOB, Laptop, Office, put, status, waiting};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rapport_client::{Client, Code};
use serde_json::{Value, json};
use std::path::Path;

const OFFER: &[u8] = b"The price of the confocal stage is 4,280 euros.";

async fn add(client: &Client, customer: &str, name: &str, bytes: &[u8]) -> String {
    let args = json!({ "customerId": customer, "name": name, "mime": "text/plain", "content": STANDARD.encode(bytes) });
    let saved = client.call("attachments.add", args).await.expect("added");
    saved["saved"][0]["record"]["_id"].as_str().expect("an id").to_owned()
}

async fn files(client: &Client, customer: &str) -> Vec<Value> {
    let page = client.call("attachments.list", json!({ "customerId": customer })).await.expect("listed");
    page["items"].as_array().expect("items").clone()
}

/// Where the only file of a customer is, and whether the server has it not yet.
async fn place(client: &Client, customer: &str) -> (String, bool) {
    let files = files(client, customer).await;
    let text = files[0]["copy"].as_str().expect("a place").to_owned();
    (text, files[0]["unsent"] == true)
}

/// A customer that is hers.
async fn owned(client: &Client) -> String {
    let me = status(client).await["user"]["_id"].clone();
    put(client, "customers", json!({ "name": "Nordlys", "assignedTo": me })).await
}

fn whole(text: &str, unsent: bool) -> (String, bool) {
    (text.to_owned(), unsent)
}

async fn sync(client: &Client) {
    client.sync_once().await.expect("synchronised");
}

/// Every file below a folder whose bytes hold these.
fn holding(folder: &Path, part: &[u8]) -> Vec<std::path::PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).expect("folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            out.extend(holding(&path, part));
        } else if std::fs::read(&path).is_ok_and(|bytes| bytes.windows(part.len()).any(|here| here == part)) {
            out.push(path);
        }
    }
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_added_without_a_network_reaches_the_other_laptop_and_lies_sealed_on_both() {
    let mut office = Office::open().await;
    let (first, second, third) = (Laptop::new(), Laptop::new(), Laptop::new());
    let (ada, again, bob) = (first.at(&office, ADA).await, second.at(&office, ADA).await, third.at(&office, BOB).await);
    let customer = owned(&ada).await;
    sync(&ada).await;
    office.shut().await;
    let id = add(&ada, &customer, "offer.txt", OFFER).await;
    assert_eq!(place(&ada, &customer).await, whole("here", true));
    assert!(ada.sync_once().await.is_err(), "the server is gone");
    assert_eq!(waiting(&ada).await, 1);
    assert!(holding(first.folder(), b"confocal stage").is_empty(), "nobody reads it on the disk");
    office.reopen().await;
    sync(&ada).await;
    assert_eq!((place(&ada, &customer).await, waiting(&ada).await), (whole("here", false), 0));
    for client in [&again, &bob] {
        sync(client).await;
    }
    assert_eq!(place(&again, &customer).await, whole("here", false), "what is hers comes by itself");
    assert_eq!(place(&bob, &customer).await, whole("away", false), "what is not his comes when he asks");
    assert!(holding(second.folder(), b"confocal stage").is_empty());
    office.shut().await;
    let path = second.folder().join("saved.txt");
    again.call("attachments.save", json!({ "id": id, "path": path })).await.expect("saved without a network");
    assert_eq!(std::fs::read(&path).expect("read"), OFFER);
    let error = bob.call("attachments.open", json!({ "id": id })).await.expect_err("not here");
    assert_eq!(error.code, Code::Offline);
    bob.call("attachments.keep", json!({ "id": id, "on": true })).await.expect("wanted");
    assert_eq!(place(&bob, &customer).await, whole("coming", false));
    office.reopen().await;
    sync(&bob).await;
    assert_eq!(place(&bob, &customer).await, whole("kept", false));
    let opened = bob.call("attachments.open", json!({ "id": id })).await.expect("opened");
    let shown = std::path::PathBuf::from(opened["path"].as_str().expect("a path"));
    assert_eq!((std::fs::read(&shown).expect("read"), shown.file_name()), (OFFER.to_vec(), Some("offer.txt".as_ref())));
    bob.close().await;
    drop(bob);
    let bob = third.start(false).await;
    assert!(!shown.exists(), "a copy for another program goes with the session");
    bob.call("attachments.keep", json!({ "id": id, "on": false })).await.expect("removed");
    assert_eq!(place(&bob, &customer).await, whole("away", false));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_this_laptop_has_is_not_let_go() {
    let office = Office::open().await;
    let laptop = Laptop::new();
    let ada = laptop.at(&office, ADA).await;
    let customer = owned(&ada).await;
    let id = add(&ada, &customer, "offer.txt", OFFER).await;
    let keep = |on: bool| json!({ "id": id, "on": on });
    assert_eq!(ada.call("attachments.keep", keep(false)).await.expect_err("unsent").code, Code::WorkWaiting);
    ada.call("attachments.room", json!({ "megabytes": 0 })).await.expect("no room");
    assert_eq!(place(&ada, &customer).await, whole("here", true));
    let error = ada.call("session.signOut", json!({})).await.expect_err("work waits");
    assert_eq!(error.code, Code::WorkWaiting);
    sync(&ada).await;
    assert_eq!(place(&ada, &customer).await, whole("away", false), "there is no room for it, and the server has it");
    ada.call("attachments.keep", keep(true)).await.expect("wanted all the same");
    sync(&ada).await;
    assert_eq!(place(&ada, &customer).await, whole("kept", false));
    let change = |op: &str| json!({ "changes": [{ "kind": "attachments", "id": id, "op": op, "units": {} }] });
    ada.call("records.save", change("delete")).await.expect("deleted");
    assert!(files(&ada, &customer).await.is_empty());
    let trash = ada.call("trash.list", json!({})).await.expect("the trash");
    assert_eq!(trash["items"][0]["title"], "offer.txt");
    ada.call("records.save", change("restore")).await.expect("restored");
    assert_eq!(place(&ada, &customer).await, whole("kept", false), "its copy stayed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_or_too_large_is_refused_with_its_limit() {
    let laptop = Laptop::new();
    let client = laptop.start(false).await;
    client.call("session.startLocal", json!({ "name": "Ada", "company": "Acme" })).await.expect("started");
    let customer = owned(&client).await;
    let args = |content: String| json!({ "customerId": customer, "name": "a.bin", "content": content });
    let add = async |content: String| client.call("attachments.add", args(content)).await.expect_err("refused");
    assert_eq!(add(String::new()).await.code, Code::InvalidValue);
    assert_eq!(add("no base 64".into()).await.code, Code::Malformed);
    let error = add("AAAA".repeat(25 * 1024 * 1024 / 3 + 1)).await;
    assert_eq!((error.code, error.message.as_str()), (Code::TooLarge, "A file is at most 25 MB. It was not added."));
    assert!(files(&client, &customer).await.is_empty());
    client.call("attachments.add", args("AAAA".into())).await.expect("a small one");
    let id = files(&client, &customer).await[0]["_id"].clone();
    let error = client.call("attachments.open", json!({ "id": id })).await.expect_err("could be a program");
    assert_eq!(error.code, Code::Forbidden);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_a_laptop_alone_go_along_when_it_connects() {
    let office = Office::open().await;
    let laptop = Laptop::new();
    let alone = laptop.start(false).await;
    alone.call("session.startLocal", json!({ "name": "Ada", "company": "Acme" })).await.expect("started");
    let customer = owned(&alone).await;
    add(&alone, &customer, "offer.txt", OFFER).await;
    let link = office.link(ADA).await;
    alone.call("session.enrol", json!({ "link": link })).await.expect("connected");
    assert_eq!(place(&alone, &customer).await, whole("here", true));
    sync(&alone).await;
    assert_eq!(place(&alone, &customer).await, whole("here", false));
    let other = Laptop::new();
    let again = other.at(&office, ADA).await;
    sync(&again).await;
    assert_eq!(place(&again, &customer).await, whole("here", false));
}
