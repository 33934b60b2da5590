//! What is told when nothing breaks.

use super::receiver::{Got, Receiver};
use super::{all_so_far, hook_for, office, quick};
use crate::support::{Desk, World};
use rapport_model::mutation::{Change, Mutation, Op, UnitEdit};
use rapport_model::{Id, Millis, Source};
use rapport_server::verify;
use rapport_store::source::System;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn quote() -> Value {
    json!({
        "subject": "Lenses", "description": "", "currency": "EUR", "status": "draft", "validUntil": 4_000_000_000_000_i64,
        "items": [{ "sku": "L", "description": "Lens", "quantity": 10, "unitPrice": 30.75, "totalPrice": 307.5 }],
        "subtotal": 307.5, "taxAmount": 61.5, "totalAmount": 369
    })
}

/// What was told of one record, in order.
fn words_of(all: &[Got], path: &str) -> String {
    let id = path.rsplit('/').next().unwrap();
    all.iter().filter(|got| got.record() == id).map(Got::word).collect::<Vec<_>>().join(" ")
}

async fn made(desk: &Desk, path: &str, body: Value) -> String {
    let reply = desk.post(path, body).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.header("location").to_owned()
}

#[tokio::test]
async fn each_event_is_told_once_signed_and_as_an_administrator_reads_it() {
    let (world, ada, receiver, hook) = office(quick()).await;
    let sam = world.sam().await;
    let nothing = || json!({});
    let customer = sam.customer("Buyer").await;
    let contact = made(&sam, &format!("{customer}/contacts"), json!({ "firstName": "Ida", "lastName": "Kvist" })).await;
    let call = json!({ "type": "call", "subject": "s", "description": "", "assignedTo": sam.user() });
    let interaction = made(&sam, &format!("{customer}/interactions"), call).await;
    let first = made(&sam, &format!("{customer}/quotes"), quote()).await;
    sam.put(&first, json!({ "paymentTerms": "30 days" })).await.ok();
    sam.put(&first, json!({ "paymentTerms": "30 days" })).await.ok();
    sam.post(&format!("{first}/send"), json!({ "channel": "printed" })).await.ok();
    sam.post(&format!("{first}/send"), json!({ "channel": "printed" })).await.ok();
    sam.post(&format!("{first}/accept"), nothing()).await.ok();
    let order = sam.post(&format!("{first}/convert"), nothing()).await.id();
    let order = format!("{customer}/orders/{order}");
    sam.put(&order, json!({ "status": "shipped" })).await.ok();
    sam.put(&order, json!({ "notes": "by ship" })).await.ok();
    let second = made(&sam, &format!("{customer}/quotes"), quote()).await;
    sam.post(&format!("{second}/send"), json!({ "channel": "other" })).await.ok();
    sam.post(&format!("{second}/reject"), json!({ "reason": "too dear" })).await.ok();
    let third = made(&sam, &format!("{customer}/quotes"), quote()).await;
    let items = json!({ "items": [{ "description": "Lens", "quantity": 1, "unitPrice": 10 }], "status": "draft" });
    let draft = made(&sam, &format!("{customer}/orders"), items).await;
    let last = draft.rsplit('/').next().unwrap();
    receiver.until(|got| got.record() == last).await;
    for gone in [&interaction, &third, &draft] {
        assert_eq!(sam.delete(gone).await.status, 204, "{gone}");
    }
    sam.put(&contact, json!({ "email": "ida@kvist.example" })).await.ok();
    let all = all_so_far(&ada, &receiver).await;
    for (path, wanted) in [
        (&contact, "contact.created contact.updated"),
        (&interaction, "interaction.created interaction.deleted"),
        (&first, "quote.created quote.updated quote.updated quote.sent quote.updated quote.accepted"),
        (&second, "quote.created quote.updated quote.sent quote.updated quote.rejected"),
        (&third, "quote.created quote.deleted"),
        (&order, "order.created order.status order.updated order.status order.updated"),
        (&draft, "order.created order.deleted"),
    ] {
        assert_eq!(words_of(&all, path), wanted, "{path} in {:#?}", receiver.words());
    }
    assert!(words_of(&all, &customer).starts_with("customer.created"), "{}", words_of(&all, &customer));
    let ids: BTreeSet<&str> = all.iter().map(|got| got.header("webhook-id")).collect();
    assert_eq!(ids.len(), all.len(), "each has an id of its own");
    for got in &all {
        assert!(got.is_signed_with(&hook.secret), "{got:?}");
        assert_eq!(
            (got.header("webhook-id"), got.header("content-type")),
            (got.body["id"].as_str().unwrap(), "application/json")
        );
        assert_eq!(got.body["orgId"], world.org.to_string());
        assert!(got.body["timestamp"].is_i64() && got.body.as_object().unwrap().len() == 5, "{}", got.body);
    }
    for path in [&contact, &first, &order] {
        let id = path.rsplit('/').next().unwrap();
        let last = all.iter().rfind(|got| got.record() == id).unwrap();
        assert_eq!(last.body["data"], ada.get(path).await.ok());
    }
    let told = all.iter().rfind(|got| got.word() == "interaction.deleted").unwrap();
    assert_eq!((&told.body["data"]["why"], told.body["data"].as_object().unwrap().len()), (&json!("trashed"), 4));
    assert_eq!(verify::verify(&world.folder()).unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn who_asks_for_one_word_hears_that_one() {
    let (_world, ada, everything, _) = office(quick()).await;
    let one = Receiver::start().await;
    hook_for(&ada, &one.url, &["customer.updated", "customer.created"]).await;
    let path = ada.customer("Acme").await;
    ada.post(&format!("{path}/contacts"), json!({ "firstName": "Ida", "lastName": "" })).await.ok();
    ada.put(&path, json!({ "phone": "1" })).await.ok();
    let all = all_so_far(&ada, &everything).await;
    assert!(all.iter().any(|got| got.word() == "contact.created"));
    let told = all_so_far(&ada, &one).await;
    let heard: Vec<&str> = told.iter().map(Got::word).filter(|word| !word.starts_with("customer.")).collect();
    assert_eq!(heard, Vec::<&str>::new());
    assert!(words_of(&told, &path).starts_with("customer.created customer.updated"));
}

#[tokio::test]
async fn what_a_device_pushes_is_told_like_what_rest_writes() {
    let (_world, ada, receiver, _) = office(quick()).await;
    let edit = |value: Value, base_version| UnitEdit {
        value,
        base: Value::Null,
        base_version,
        updated_at: System.now(),
        seen: Millis(0),
    };
    let (id, epoch) = (System.id(), System.id());
    let change = |units: BTreeMap<String, UnitEdit>| Change { kind: "customers".into(), id, op: Op::Put, units };
    let create = change(BTreeMap::from([
        ("name".to_owned(), edit(json!("Travelling"), 0)),
        ("status".to_owned(), edit(json!({ "status": "lead" }), 0)),
        ("type".to_owned(), edit(json!("business"), 0)),
    ]));
    let mutation =
        |n, changes| Mutation { mutation_id: System.id(), epoch, n, prev: String::new(), batch_id: None, parted: false, changes };
    let first = mutation(1, vec![create]);
    let push = |mutations: Vec<Mutation>| {
        let ada = ada.clone();
        async move { ada.post("/api/sync/push", json!({ "protocol": 1, "mutations": mutations })).await.ok() }
    };
    push(vec![first.clone()]).await;
    push(vec![first]).await;
    let version = ada.get(&format!("/api/customers/{id}")).await.ok()["version"].as_i64().unwrap();
    let refused = change(BTreeMap::from([("name".to_owned(), edit(json!(""), version))]));
    let phone = change(BTreeMap::from([("phone".to_owned(), edit(json!("0711"), version))]));
    let outcomes = push(vec![mutation(2, vec![refused]), mutation(3, vec![phone])]).await["outcomes"].clone();
    assert_eq!((&outcomes[0]["ending"], &outcomes[1]["ending"]), (&json!("refused"), &json!("applied")), "{outcomes}");
    let all = all_so_far(&ada, &receiver).await;
    assert_eq!(
        words_of(&all, &id.to_string()),
        "customer.created customer.updated",
        "what came twice or was refused is not told"
    );
    assert_eq!(all.last().unwrap().body["data"]["phone"], "0711");
}

#[tokio::test]
async fn one_record_is_told_of_in_order() {
    let (_world, ada, receiver, _) = office(quick()).await;
    let path = ada.customer("Acme").await;
    for n in 0..30 {
        ada.put(&path, json!({ "phone": n.to_string() })).await.ok();
    }
    let all = all_so_far(&ada, &receiver).await;
    assert_eq!(all.len(), 31);
    let versions: Vec<i64> = all.iter().map(|got| got.body["data"]["version"].as_i64().unwrap()).collect();
    assert!(versions.is_sorted(), "{versions:?}");
    let times: Vec<i64> = all.iter().map(|got| got.body["timestamp"].as_i64().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert_eq!(all[30].body["data"]["phone"], "29");
}

/// Nothing of what an erased customer said may reach anybody afterwards.
#[tokio::test]
async fn what_was_erased_does_not_come_back() {
    let (world, ada, receiver, hook) = office(quick()).await;
    receiver.always_says(super::receiver::Says::Status(500));
    let path = ada.customer("Plantedname").await;
    ada.post(&format!("{path}/contacts"), json!({ "firstName": "Plantedname", "lastName": "" })).await.ok();
    receiver.wait(2).await;
    super::log_when(&ada, &hook, |items| items.len() >= 2 && items.iter().all(|one| one["state"] == "retrying")).await;
    let before = receiver.count();
    receiver.always_says(super::receiver::Says::Status(200));
    assert_eq!(ada.post(&format!("{path}/erase"), json!({})).await.status, 204);
    receiver.wait(before + 2).await;
    world.pass(10_000);
    let log = super::log_when(&ada, &hook, |items| items.iter().all(|one| one["nextAt"].is_null())).await;
    let later = &receiver.got()[before..];
    let mut words: Vec<&str> = later.iter().map(Got::word).collect();
    words.sort_unstable();
    assert_eq!(words, ["contact.deleted", "customer.deleted"]);
    for got in later {
        assert_eq!(got.body["data"]["why"], "erased");
        assert!(!String::from_utf8_lossy(&got.raw).contains("Plantedname"), "{}", got.body);
    }
    let dropped = log.iter().filter(|one| one["state"] == "dropped").count();
    assert!(dropped >= 2 && !json!(log).to_string().contains("Plantedname"), "{log:#?}");
}

/// Whoever keeps a copy of what lay in the trash has to erase it, too.
#[tokio::test]
async fn what_is_erased_out_of_the_trash_is_told_of_again() {
    let (_world, ada, receiver, _) = office(quick()).await;
    let path = ada.customer("Trashed").await;
    let id = path.rsplit('/').next().unwrap().to_owned();
    assert_eq!(ada.delete(&path).await.status, 204);
    receiver.until(|got| got.record() == id && got.body["data"]["why"] == "trashed").await;
    assert_eq!(ada.post(&format!("{path}/erase"), json!({})).await.status, 204);
    receiver.until(|got| got.record() == id && got.body["data"]["why"] == "erased").await;
}

#[tokio::test]
async fn of_two_that_become_one_it_is_told_where_the_other_lives_on() {
    let world = World::start_with(quick()).await;
    let (ada, receiver) = (world.ada().await, Receiver::start().await);
    let (into, from) = (ada.customer("One").await, ada.customer("Two").await);
    hook_for(&ada, &receiver.url, &["*"]).await;
    let id = |path: &str| path.rsplit('/').next().unwrap().parse::<Id>().unwrap();
    ada.post(&format!("{into}/merge"), json!({ "from": id(&from) })).await.ok();
    let all = all_so_far(&ada, &receiver).await;
    assert_eq!(words_of(&all, &from), "customer.deleted");
    let told = all.iter().find(|got| got.word() == "customer.deleted").unwrap();
    assert_eq!((&told.body["data"]["why"], &told.body["data"]["survivor"]), (&json!("merged"), &json!(id(&into))));
}

#[tokio::test]
async fn when_the_trash_is_emptied_only_what_hung_on_a_customer_is_told_of() {
    let (world, ada, receiver, _) = office(quick()).await;
    let path = ada.customer("Acme").await;
    let contact = made(&ada, &format!("{path}/contacts"), json!({ "firstName": "Ida", "lastName": "" })).await;
    let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    receiver.until(|got| got.record() == id(&contact)).await;
    assert_eq!(ada.delete(&path).await.status, 204);
    world.pass(31 * 86_400_000);
    let ada = world.ada().await;
    ada.post("/api/jobs/trash/run", json!({})).await.ok();
    let all = all_so_far(&ada, &receiver).await;
    assert_eq!(words_of(&all, &contact), "contact.created contact.deleted");
    assert_eq!(all.last().unwrap().body["data"]["why"], "purged");
    assert_eq!(words_of(&all, &path).split(' ').filter(|word| *word == "customer.deleted").count(), 1);
}
