//! Webhooks as administrators make, read and change them.

use super::receiver::{Receiver, Says};
use super::{hook_for, log, log_when, office, quick};
use crate::support::{Desk, World, client, read};
use rapport_model::access::Scope;
use rapport_server::machine::{self, NewToken};
use rapport_server::rest::routes;
use rapport_server::webhooks::Options;
use rapport_server::{backup, restore};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

fn new() -> Value {
    json!({ "name": " Warehouse ", "url": "https://warehouse.example/hooks", "events": ["order.created", "quote.sent", "quote.sent"] })
}

#[tokio::test]
async fn its_secret_is_told_once_and_in_no_answer_after() {
    let world = World::start().await;
    let ada = world.ada().await;
    let made = ada.post("/api/webhooks", new()).await;
    assert_eq!(made.status, 201);
    let (path, secret) = (made.header("location").to_owned(), made.json["secret"].as_str().unwrap().to_owned());
    assert!(secret.starts_with("whsec_") && secret.len() == 6 + 44, "{secret}");
    let shown = ada.get(&path).await.ok();
    let mut wanted = made.json.clone();
    wanted.as_object_mut().unwrap().shift_remove("secret");
    assert_eq!(shown, wanted);
    assert_eq!((&shown["name"], &shown["events"]), (&json!("Warehouse"), &json!(["order.created", "quote.sent"])));
    assert_eq!((&shown["createdBy"], &shown["active"]), (&json!(ada.user()), &json!(true)));
    let rotated = ada.post(&format!("{path}/rotate"), json!({})).await.ok()["secret"].as_str().unwrap().to_owned();
    assert_ne!(rotated, secret);
    let told = [
        ada.get("/api/webhooks").await.ok(),
        ada.get(&path).await.ok(),
        ada.put(&path, shown.clone()).await.ok(),
        ada.post(&format!("{path}/test"), json!({})).await.ok(),
        ada.get(&format!("{path}/deliveries")).await.ok(),
    ];
    for told in &told {
        let text = told.to_string();
        assert!(!text.contains(&secret[6..]) && !text.contains(&rotated[6..]) && !text.contains("whsec_"), "{text}");
    }
    assert_eq!(ada.delete(&path).await.status, 204);
    assert_eq!(ada.get(&path).await.refused(), (404, "NOT_FOUND"));
    assert_eq!(ada.get("/api/webhooks").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn a_wrong_body_is_refused_by_its_field() {
    let world = World::start().await;
    let ada = world.ada().await;
    let path = ada.post("/api/webhooks", new()).await.header("location").to_owned();
    for (field, value, code) in [
        ("name", json!(""), "REQUIRED"),
        ("name", json!("a\nb"), "INVALID_VALUE"),
        ("name", json!(7), "INVALID_VALUE"),
        ("url", json!("warehouse.example"), "INVALID_VALUE"),
        ("url", json!("http://warehouse.example/"), "INVALID_VALUE"),
        ("url", json!("https://me:secret@warehouse.example/"), "INVALID_VALUE"),
        ("url", json!("https://169.254.169.254/"), "INVALID_VALUE"),
        ("events", json!([]), "REQUIRED"),
        ("events", json!(["order.eaten"]), "INVALID_VALUE"),
        ("events", json!("*"), "INVALID_VALUE"),
        ("secret", json!("whsec_x"), "INVALID_VALUE"),
        ("colour", json!("red"), "INVALID_VALUE"),
    ] {
        let mut body = new();
        body[field] = value.clone();
        for reply in [ada.post("/api/webhooks", body).await, ada.put(&path, json!({ field: value })).await] {
            assert_eq!((reply.refused(), &reply.json["field"]), ((400, code), &json!(field)), "{value}");
        }
    }
    for field in ["name", "url", "events"] {
        let mut body = new();
        body.as_object_mut().unwrap().shift_remove(field);
        let reply = ada.post("/api/webhooks", body).await;
        assert_eq!((reply.refused(), &reply.json["field"]), ((400, "REQUIRED"), &json!(field)));
    }
    assert_eq!(ada.get("/api/webhooks").await.ok()["items"].as_array().unwrap().len(), 1);
    assert_eq!(ada.post(&format!("{path}/rotate"), json!({ "secret": "x" })).await.refused(), (400, "INVALID_VALUE"));
    let nobody = "01890000-0000-7000-8000-000000000000";
    for missing in [format!("/api/webhooks/{nobody}"), "/api/webhooks/x".to_owned(), format!("/api/webhooks/{nobody}/deliveries")]
    {
        assert_eq!(ada.get(&missing).await.refused(), (404, "NOT_FOUND"), "{missing}");
    }
    assert_eq!(ada.post(&format!("{path}/deliveries/{nobody}/retry"), json!({})).await.refused(), (404, "NOT_FOUND"));
}

fn machine(world: &World, scope: Scope) -> Desk {
    let (name, expires, email) = ("m".to_owned(), "1".to_owned(), Some("ada@acme.example".to_owned()));
    let new = NewToken { name, scope, expires, email };
    let token = machine::create(&world.folder(), &world.source(), world.org, &new).unwrap().bearer;
    Desk { client: client(), url: world.url.clone(), token, session: Value::Null }
}

#[tokio::test]
async fn administrators_alone_and_their_machines_within_their_scope() {
    let world = World::start().await;
    let (ada, sam) = (world.ada().await, world.sam().await);
    let (reader, writer) = (machine(&world, Scope::Read), machine(&world, Scope::Write));
    let path = ada.post("/api/webhooks", new()).await.header("location").to_owned();
    let id = path.rsplit('/').next().unwrap();
    let mut rows = 0;
    for route in routes::all().filter(|route| route.path.starts_with("/api/webhooks")) {
        rows += 1;
        let path = route.path.replace("{id}", id).replace("{delivery}", id);
        let body = serde_json::from_str(route.example).unwrap_or_else(|_| json!({}));
        let ask = |desk: &Desk| {
            let request = desk.request(route.method.parse::<Method>().unwrap(), &path);
            let request = if route.method == "GET" || route.method == "DELETE" { request } else { request.json(&body) };
            async move { read(request.send().await.unwrap()).await }
        };
        assert_eq!(ask(&sam).await.refused(), (403, "FORBIDDEN"), "{} {path}", route.method);
        let wanted = if route.method == "GET" { 200 } else { 403 };
        assert_eq!(ask(&reader).await.status, wanted, "{} {path}", route.method);
    }
    assert_eq!(rows, 9);
    assert_eq!(writer.post("/api/webhooks", new()).await.status, 201);
    assert_eq!(writer.put(&path, json!({ "name": "Other" })).await.ok()["name"], "Other");
    let document = sam.get("/api/openapi.json").await.ok();
    assert!(document["paths"]["/api/webhooks/{id}/deliveries/{delivery}/retry"]["post"].is_object());
    assert!(document["paths"]["/api/webhooks"]["post"]["responses"]["201"].is_object());
}

#[tokio::test]
async fn a_key_makes_one_webhook_however_often_it_comes() {
    let world = World::start().await;
    let ada = world.ada().await;
    let send = || {
        let request = ada.request(Method::POST, "/api/webhooks").header("idempotency-key", "k-1").json(&new());
        async move { read(request.send().await.unwrap()).await }
    };
    let (one, two) = (send().await, send().await);
    assert_eq!((one.status, &one.json), (two.status, &two.json));
    assert_eq!(ada.get("/api/webhooks").await.ok()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_replaced_secret_signs_along_for_a_day() {
    let (world, ada, receiver, hook) = office(quick()).await;
    ada.customer("Before").await;
    receiver.wait(1).await;
    let rotated = ada.post(&format!("{}/rotate", hook.path), json!({})).await.ok();
    let fresh = rotated["secret"].as_str().unwrap().to_owned();
    assert_eq!(ada.get(&hook.path).await.ok()["oldSecretUntil"], rotated["oldSecretUntil"]);
    ada.customer("Between").await;
    receiver.wait(2).await;
    world.pass(DAY - HOUR);
    let ada = world.ada().await;
    ada.customer("Still").await;
    receiver.wait(3).await;
    world.pass(HOUR);
    let ada = world.ada().await;
    ada.customer("After").await;
    let got = receiver.wait(4).await;
    let signed: Vec<(bool, bool)> =
        got.iter().map(|got| (got.is_signed_with(&hook.secret), got.is_signed_with(&fresh))).collect();
    assert_eq!(signed, [(true, false), (true, true), (true, true), (false, true)]);
    assert_eq!(ada.get(&hook.path).await.ok()["oldSecretUntil"], Value::Null);
}

#[tokio::test]
async fn one_that_is_not_active_hears_nothing_but_tests_and_goes_on_from_where_it_is_activated() {
    let (_world, ada, receiver, hook) = office(quick()).await;
    receiver.says([Says::Status(500)]);
    ada.customer("Waiting").await;
    log_when(&ada, &hook, |items| items.first().is_some_and(|one| one["state"] == "retrying")).await;
    assert_eq!(ada.put(&hook.path, json!({ "active": false })).await.ok()["active"], false);
    let dropped = log(&ada, &hook).await;
    assert_eq!((&dropped[0]["state"], &dropped[0]["nextAt"]), (&json!("dropped"), &Value::Null));
    let retry = format!("{}/deliveries/{}/retry", hook.path, dropped[0]["_id"].as_str().unwrap());
    assert_eq!(ada.post(&retry, json!({})).await.refused(), (422, "ILLEGAL_TRANSITION"));
    ada.customer("Unheard").await;
    let ping = ada.post(&format!("{}/test", hook.path), json!({})).await.ok();
    assert_eq!((&ping["event"], &ping["recordId"]), (&json!("ping"), &Value::Null));
    let got = receiver.wait(2).await;
    assert_eq!((got[1].word(), &got[1].body["data"]), ("ping", &json!({})));
    assert!(got[1].is_signed_with(&hook.secret));
    ada.put(&hook.path, json!({ "active": true })).await.ok();
    ada.customer("Heard").await;
    let got = receiver.wait(3).await;
    assert_eq!(got[2].body["data"]["name"], "Heard");
    ada.post(&retry, json!({})).await.ok();
    let got = receiver.wait(4).await;
    assert_eq!(got[3].body["data"]["name"], "Waiting");
}

#[tokio::test]
async fn what_others_were_told_before_it_was_activated_is_not_told_to_it() {
    // The sender looks only when something about webhooks is changed.
    let (_world, ada, receiver, hook) = office(Options { tick: Duration::from_secs(3600), ..quick() }).await;
    let other = Receiver::start().await;
    hook_for(&ada, &other.url, &["*"]).await;
    ada.put(&hook.path, json!({ "active": false })).await.ok();
    ada.customer("Unheard").await;
    ada.put(&hook.path, json!({ "active": true })).await.ok();
    ada.customer("Heard").await;
    other.wait(1).await;
    ada.put(&hook.path, json!({ "name": "Other" })).await.ok();
    other.wait(2).await;
    assert_eq!(receiver.wait(1).await[0].body["data"]["name"], "Heard");
}

#[tokio::test]
async fn the_log_is_read_in_pages_and_forgotten_after_a_month() {
    let (world, ada, receiver, hook) = office(quick()).await;
    for n in 0..5 {
        ada.customer(&format!("Customer {n}")).await;
    }
    receiver.wait(5).await;
    let all = log_when(&ada, &hook, |items| items.len() == 5 && items.iter().all(|one| one["state"] == "delivered")).await;
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = ada.get(&format!("{}/deliveries?limit=2{cursor}", hook.path)).await.ok();
        pages.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(pages, all);
    let times: Vec<i64> = all.iter().map(|one| one["acceptedAt"].as_i64().unwrap()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "newest first: {times:?}");
    assert_eq!(ada.get(&format!("{}/deliveries?cursor=x", hook.path)).await.refused(), (400, "INVALID_VALUE"));
    assert_eq!(ada.get(&format!("{}/deliveries?page=1", hook.path)).await.refused(), (400, "INVALID_VALUE"));
    let told = read(client().get(format!("{}/metrics", world.url)).send().await.unwrap()).await.json;
    let told = told.as_str().unwrap();
    assert!(told.contains("rapport_webhook_attempts_total{outcome=\"delivered\"} 5"), "{told}");
    assert!(told.contains("rapport_webhooks_waiting 0") && !told.contains("127.0.0.1"), "{told}");
    world.pass(29 * DAY);
    let ada = world.ada().await;
    ada.post("/api/jobs/cleanUp/run", json!({})).await.ok();
    assert_eq!(log(&ada, &hook).await.len(), 5);
    world.pass(2 * DAY);
    let ada = world.ada().await;
    let done = ada.post("/api/jobs/cleanUp/run", json!({})).await.ok();
    assert_eq!((&done["report"]["counts"]["deliveries"], log(&ada, &hook).await.len()), (&json!(5), 0));
}

#[tokio::test]
async fn a_restored_server_goes_on_where_the_backup_was() {
    let (mut world, ada, receiver, hook) = office(quick()).await;
    receiver.says([Says::Status(500)]);
    let path = ada.customer("Acme").await;
    log_when(&ada, &hook, |items| items.first().is_some_and(|one| one["state"] == "retrying")).await;
    let to = world.dir.path().join("backup");
    backup::backup(&world.folder(), &to, world.source().now()).unwrap();
    world.stop().await;
    restore::restore(&world.folder(), &to, &world.source()).unwrap();
    world.pass(10_000);
    world.serve().await;
    let got = receiver.wait(2).await;
    assert_eq!((got[1].record(), got[1].header("webhook-id")), (path.rsplit('/').next().unwrap(), got[0].header("webhook-id")));
    let ada = world.ada().await;
    ada.customer("New life").await;
    let got = receiver.wait(3).await;
    assert!(got[2].body["data"]["name"] == "New life" && got[2].is_signed_with(&hook.secret));
    let again = hook_for(&ada, &receiver.url, &["*"]).await;
    assert!(log(&ada, &again).await.is_empty());
    tokio::time::timeout(Duration::from_secs(20), world.stop()).await.unwrap();
}
