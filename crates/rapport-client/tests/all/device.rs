//! One device alone: who may open its data, and what is told when nobody can.

use crate::world::{Laptop, names, put, status};
use rapport_client::Code;
use rapport_client::vault::{Name, Secret, Vault};
use serde_json::json;

async fn local(laptop: &Laptop) -> rapport_client::Client {
    let client = laptop.start(true).await;
    client.call("session.startLocal", json!({ "name": "Ada", "company": "Acme" })).await.expect("started");
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_program_on_the_same_data_is_told() {
    let laptop = Laptop::new();
    let first = local(&laptop).await;
    put(&first, "customers", json!({ "name": "Kept" })).await;
    let second = laptop.start(true).await;
    let told = status(&second).await;
    assert_eq!((&told["state"], &told["reason"]), (&json!("broken"), &json!("STORE_IN_USE")));
    let error = second.call("records.list", json!({ "kind": "customers" })).await.expect_err("refused");
    assert_eq!(error.message, "Another Rapport has this data open. Nothing was changed. Close it there, or go on there.");
    first.close().await;
    drop(first);
    let again = second.call("session.unlock", json!({})).await.expect("tried again");
    assert_eq!(again["state"], "ready");
    assert_eq!(names(&second).await, ["Kept"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_local_session_says_that_it_is_local() {
    let laptop = Laptop::new();
    let client = local(&laptop).await;
    let sync = client.call("sync.now", json!({})).await.expect("status");
    assert_eq!((&sync["phase"], &sync["waiting"]), (&json!("localOnly"), &json!(0)));
    let info = client.call("app.info", json!({})).await.expect("info");
    assert!(info["dataFolder"].is_string() && info["os"] == std::env::consts::OS);
    let notices = client.call("app.notices", json!({})).await.expect("notices");
    assert!(notices["text"].as_str().is_some_and(|text| text.contains("npm:react ") && text.contains("serde ")));
    let error = client.call("session.startLocal", json!({ "name": "B", "company": "C" })).await.expect_err("already");
    assert_eq!(error.code, Code::InvalidValue);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_key_is_told_and_the_right_one_opens() {
    let laptop = Laptop::new();
    let client = local(&laptop).await;
    put(&client, "customers", json!({ "name": "Kept" })).await;
    client.close().await;
    drop(client);
    let vault = Vault::Memory(laptop.memory.clone(), laptop.profiles()[0].parse().expect("an id"));
    let right = vault.get(Name::Key).expect("get").expect("a key");
    for wrong in [vec![7; 32], vec![7; 5]] {
        vault.set(Name::Key, &Secret::new(wrong)).expect("set");
        let client = laptop.start(true).await;
        let told = status(&client).await;
        assert_eq!((&told["state"], &told["reason"]), (&json!("broken"), &json!("WRONG_KEY")));
        assert!(told["message"].as_str().is_some_and(|m| m.contains("unchanged")), "{told}");
        drop(client);
    }
    vault.set(Name::Key, &right).expect("set");
    assert_eq!(names(&laptop.start(true).await).await, ["Kept"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn arguments_that_do_not_fit_are_told_without_repeating_them() {
    let client = Laptop::new().start(true).await;
    let args = json!({ "server": "x", "email": "a@b.c", "password": ["secret-word"] });
    let error = client.call("session.connect", args).await.expect_err("refused");
    assert_eq!(error.code, Code::Malformed);
    assert!(!error.message.contains("secret-word"), "{error}");
}

/// A quote's number.
async fn quote(client: &rapport_client::Client, customer: &str) -> String {
    let id = put(client, "quotes", json!({ "customerId": customer, "subject": "Laser", "items": [] })).await;
    let held = client.call("records.get", json!({ "kind": "quotes", "id": id })).await.expect("a quote");
    held["record"]["quoteNumber"].as_str().unwrap_or_else(|| panic!("no number in {held}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_store_never_gives_a_number_twice() {
    let laptop = Laptop::new();
    let client = local(&laptop).await;
    let acme = put(&client, "customers", json!({ "name": "Acme" })).await;
    let first = quote(&client, &acme).await;
    client.close().await;
    drop(client);
    let kept = std::fs::read(laptop.store()).expect("a backup");
    let client = laptop.start(true).await;
    let second = quote(&client, &acme).await;
    client.close().await;
    drop(client);
    for part in ["-wal", "-shm"] {
        // There may be none.
        let _ = std::fs::remove_file(format!("{}{part}", laptop.store().display()));
    }
    std::fs::write(laptop.store(), kept).expect("restored");
    let client = laptop.start(true).await;
    let third = quote(&client, &acme).await;
    assert!(third != second && third != first, "{first} {second} {third}");
    assert_eq!(names(&client).await, ["Acme"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_around_shows_a_company_with_a_conflict_and_leaves_nothing_behind() {
    let laptop = Laptop::new();
    let client = laptop.start(true).await;
    let status = client.call("session.lookAround", json!({})).await.expect("a company");
    assert_eq!((&status["state"], &status["sample"], &status["server"]), (&json!("ready"), &json!(true), &json!(null)));
    let overview = client.call("org.overview", json!({})).await.expect("overview");
    assert!(overview["users"].as_array().map(Vec::len) > Some(1), "colleagues");
    let all = json!({ "kind": "customers", "filter": { "includeInactive": true } });
    assert_eq!(client.call("records.list", all).await.expect("customers")["total"], 40);
    for kind in ["contacts", "interactions", "quotes", "orders"] {
        let page = client.call("records.list", json!({ "kind": kind })).await.expect("a list");
        assert!(page["total"].as_i64() > Some(10), "{kind}: {}", page["total"]);
    }
    let cards = client.call("cards.list", json!({})).await.expect("cards");
    let card = &cards["items"][0];
    assert_eq!((cards["items"].as_array().map(Vec::len), &card["unit"]), (Some(1), &json!("phone")));
    client.call("cards.resolve", json!({ "id": card["_id"], "choice": "mine" })).await.expect("solved");
    let page = client.call("records.get", json!({ "kind": "customers", "id": card["recordId"] })).await.expect("customer");
    assert_eq!(page["record"]["phone"], card["mine"]);
    let today = client.call("today.page", json!({})).await.expect("today");
    assert!(today["followUps"].as_array().map(Vec::len) > Some(3), "work for this week: {}", today["followUps"]);
    let left = client.call("session.signOut", json!({ "discardWaiting": false })).await.expect("nothing is lost by leaving");
    assert_eq!((&left["state"], laptop.profiles()), (&json!("none"), Vec::new()));
    let start = json!({ "name": "Marit Solheim", "company": "Halvorsen Optics" });
    assert_eq!(client.call("session.startLocal", start).await.expect("started")["sample"], false);
    assert_eq!(names(&client).await, Vec::<String>::new(), "a company of that name begins empty");
}
