//! What is told when something breaks: receivers that fail, hang or mislead, and a server that dies.

use super::receiver::{Receiver, Says};
use super::{all_so_far, hook_for, log_when, office, quick};
use crate::commands::{ORG, Serving, good};
use crate::support::{Desk, client, read};
use rapport_server::webhooks::Options;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

#[tokio::test]
async fn a_receiver_that_fails_twice_is_told_a_third_time() {
    let (_world, ada, receiver, hook) = office(Options { backoff_ms: vec![0, 0, 0], ..quick() }).await;
    receiver.says([Says::Status(500), Says::Status(302)]);
    ada.customer("Acme").await;
    let got = receiver.wait(3).await;
    let ids: Vec<&str> = got.iter().map(|got| got.header("webhook-id")).collect();
    assert_eq!((ids[0], ids[0]), (ids[1], ids[2]), "the id stays the same");
    assert!(got.iter().all(|got| got.is_signed_with(&hook.secret)));
    let log = log_when(&ada, &hook, |items| items[0]["state"] == "delivered").await;
    assert_eq!((&log[0]["attempts"], &log[0]["status"], &log[0]["nextAt"]), (&json!(3), &json!(200), &Value::Null));
    assert!(log[0]["tookMs"].is_i64() && log[0]["attemptedAt"].is_i64() && log[0]["error"] == "", "{log:?}");
    assert_eq!(ada.get(&hook.path).await.ok()["failingSince"], Value::Null);
    assert_eq!(all_so_far(&ada, &receiver).await.len(), 3, "and not a fourth time");
}

#[tokio::test]
async fn pauses_grow_and_the_receiver_may_ask_for_longer_ones() {
    let (world, ada, receiver, hook) = office(quick()).await;
    receiver.says([Says::Status(500), Says::With(503, "retry-after", "3600".to_owned())]);
    ada.customer("Acme").await;
    let pause = |one: &Value| one["nextAt"].as_i64().unwrap() - one["attemptedAt"].as_i64().unwrap();
    let log = log_when(&ada, &hook, |items| items.first().is_some_and(|one| one["state"] == "retrying")).await;
    assert!((5_000..=6_000).contains(&pause(&log[0])), "{log:?}");
    assert!(ada.get(&hook.path).await.ok()["failingSince"].is_i64());
    world.pass(6_000);
    let log = log_when(&ada, &hook, |items| items[0]["attempts"] == 2).await;
    assert_eq!((pause(&log[0]), &log[0]["status"]), (3_600_000, &json!(503)));
    world.pass(61 * MINUTE);
    receiver.wait(3).await;
}

#[tokio::test]
async fn what_is_given_up_can_be_sent_by_hand() {
    let (_world, ada, receiver, hook) = office(Options { backoff_ms: vec![], ..quick() }).await;
    receiver.says([Says::Status(400)]);
    ada.customer("Acme").await;
    let log = log_when(&ada, &hook, |items| items.first().is_some_and(|one| one["state"] == "failed")).await;
    let retry = format!("{}/deliveries/{}/retry", hook.path, log[0]["_id"].as_str().unwrap());
    assert_eq!(ada.post(&retry, json!({})).await.ok()["state"], "retrying");
    let log = log_when(&ada, &hook, |items| items[0]["state"] == "delivered").await;
    assert_eq!(log[0]["attempts"], 2);
    let got = receiver.got();
    assert_eq!(got[0].header("webhook-id"), got[1].header("webhook-id"));
}

#[tokio::test]
async fn one_that_hangs_stalls_nobody_else() {
    let (_world, ada, slow, hook) = office(Options { timeout: Duration::from_secs(600), ..quick() }).await;
    slow.always_says(Says::Nothing);
    let other = Receiver::start().await;
    hook_for(&ada, &other.url, &["*"]).await;
    for n in 0..5 {
        ada.customer(&format!("Customer {n}")).await;
    }
    other.wait(5).await;
    assert_eq!(slow.count(), 1, "one request at a time");
    assert_eq!(ada.get(&hook.path).await.ok()["waiting"], 5);
}

#[tokio::test]
async fn one_that_does_not_answer_in_time_is_tried_again() {
    let options = Options { timeout: Duration::from_millis(200), backoff_ms: vec![0; 3], ..quick() };
    let (_world, ada, receiver, hook) = office(options).await;
    receiver.says([Says::Nothing]);
    ada.customer("Acme").await;
    receiver.wait(2).await;
    log_when(&ada, &hook, |items| items[0]["state"] == "delivered" && items[0]["attempts"] == 2).await;
}

#[tokio::test]
async fn what_a_receiver_says_is_not_listened_to() {
    let (_world, ada, receiver, hook) = office(Options { timeout: Duration::from_secs(600), ..quick() }).await;
    receiver.says([Says::Endless]);
    ada.customer("Acme").await;
    log_when(&ada, &hook, |items| items.first().is_some_and(|one| one["state"] == "delivered")).await;
}

#[tokio::test]
async fn nobody_is_led_elsewhere() {
    let (_world, ada, receiver, hook) = office(quick()).await;
    let inside = Receiver::start().await;
    receiver.says([301, 302, 303, 307, 308].map(|status| Says::With(status, "location", inside.url.clone())));
    for n in 0..5 {
        ada.customer(&format!("Customer {n}")).await;
    }
    let log = log_when(&ada, &hook, |items| items.len() == 5 && items.iter().all(|one| one["attempts"] == 1)).await;
    let mut seen: Vec<i64> = log.iter().map(|one| one["status"].as_i64().unwrap()).collect();
    seen.sort_unstable();
    assert_eq!(seen, [301, 302, 303, 307, 308]);
    assert!(log.iter().all(|one| one["state"] == "retrying"), "{log:#?}");
    assert_eq!(inside.count(), 0);
}

#[tokio::test]
async fn a_server_that_may_not_calls_no_private_address() {
    let (mut world, ada, receiver, hook) = office(Options { tick: Duration::from_secs(3600), ..quick() }).await;
    ada.customer("Acme").await;
    world.stop().await;
    world.webhooks = Options { allow_private: false, ..quick() };
    world.serve().await;
    let ada = world.ada().await;
    let log = log_when(&ada, &hook, |items| items.first().is_some_and(|one| one["state"] == "retrying")).await;
    assert!(log[0]["error"].as_str().unwrap().contains("https"), "{log:?}");
    assert_eq!((&log[0]["status"], receiver.count()), (&Value::Null, 0));
    for url in [&receiver.url, "https://127.0.0.1/", "https://localhost:8443/", "https://[::ffff:10.0.0.1]/"] {
        let body = json!({ "name": "x", "url": url, "events": ["*"] });
        let refused = ada.post("/api/webhooks", body).await;
        assert_eq!((refused.refused(), &refused.json["field"]), ((400, "INVALID_VALUE"), &json!("url")), "{url}");
    }
}

#[tokio::test]
async fn one_that_is_gone_or_fails_for_days_is_left_alone_until_somebody_activates_it() {
    let (world, ada, receiver, hook) = office(quick()).await;
    receiver.says([Says::Status(410)]);
    ada.customer("Gone").await;
    log_when(&ada, &hook, |items| items.first().is_some_and(|one| one["state"] != "waiting")).await;
    let shown = ada.get(&hook.path).await.ok();
    assert_eq!((&shown["active"], &shown["disabledWhy"]), (&json!(false), &json!("gone")));
    ada.customer("Unheard").await;
    let shown = ada.put(&hook.path, json!({ "active": true })).await.ok();
    assert_eq!((&shown["disabledAt"], &shown["disabledWhy"]), (&Value::Null, &Value::Null));
    receiver.always_says(Says::Status(500));
    ada.customer("Failing").await;
    let log = log_when(&ada, &hook, |items| items[0]["attempts"] == 1 && items.len() == 2).await;
    assert_eq!(log[0]["state"], "retrying", "nothing is kept for one that is not active: {log:#?}");
    world.pass(5 * DAY + 1000);
    let ada = world.ada().await;
    log_when(&ada, &hook, |items| items[0]["attempts"] == 2).await;
    let shown = ada.get(&hook.path).await.ok();
    assert_eq!((&shown["active"], &shown["disabledWhy"]), (&json!(false), &json!("failing")));
    assert!(shown["disabledAt"].as_i64().unwrap() - shown["failingSince"].as_i64().unwrap() >= 5 * DAY);
    assert_eq!((&shown["waiting"], &shown["retrying"]), (&json!(0), &json!(0)));
    let tried = receiver.count();
    ada.post(&format!("{}/test", hook.path), json!({})).await.ok();
    let got = receiver.wait(tried + 1).await;
    assert_eq!(got[tried].word(), "ping", "a test goes out all the same");
    log_when(&ada, &hook, |items| items[0]["event"] == "ping" && items[0]["state"] == "failed").await;
}

#[tokio::test]
async fn what_was_accepted_before_the_server_stopped_is_told_after_its_next_start() {
    let (mut world, ada, receiver, _) = office(Options { tick: Duration::from_secs(3600), ..quick() }).await;
    let path = ada.customer("Acme").await;
    world.stop().await;
    assert_eq!(receiver.count(), 0, "the sender did not look");
    world.webhooks = quick();
    world.serve().await;
    let got = receiver.wait(1).await;
    assert_eq!((got[0].word(), got[0].record()), ("customer.created", path.rsplit('/').next().unwrap()));
}

async fn signed_in(server: &Serving) -> Option<Desk> {
    let login = json!({ "email": "ada@acme.example", "password": "a good password", "deviceName": "x" });
    let sent = client().post(format!("{}/api/auth/login", server.url)).json(&login).send().await.ok()?;
    let session = read(sent).await.json;
    let token = session["accessToken"].as_str()?.to_owned();
    Some(Desk { client: client(), url: server.url.clone(), token, session })
}

fn start(data: &Path, failpoint: &str) -> Option<Serving> {
    Serving::start_with(data, &["--webhooks-allow-private"], failpoint)
}

/// The power goes after each commit in turn: the customer is there exactly if it is told of.
#[tokio::test]
async fn a_kill_anywhere_loses_no_event_and_makes_none_up() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    good(&data, ORG, "a good password\n");
    let receiver = Receiver::start().await;
    let server = start(&data, "").unwrap();
    let ada = signed_in(&server).await.unwrap();
    hook_for(&ada, &receiver.url, &["*"]).await;
    // Taken and never answered, then the power goes.
    receiver.says([Says::Nothing]);
    let path = ada.customer("Hanging").await;
    receiver.wait(1).await;
    server.kill();
    let mut made = vec![path];
    for n in 1..=14 {
        if let Some(server) = start(&data, &format!("store.commit.after:{n}")) {
            if let Some(ada) = signed_in(&server).await {
                let body = json!({ "name": format!("Customer {n}"), "status": "lead", "type": "business" });
                drop(ada.request(reqwest::Method::POST, "/api/customers").json(&body).send().await);
            }
            server.kill();
        }
    }
    let server = start(&data, "").unwrap();
    let ada = signed_in(&server).await.unwrap();
    let list = ada.get("/api/customers?limit=100").await.ok();
    let there: Vec<String> = list["items"].as_array().unwrap().iter().map(|c| c["_id"].as_str().unwrap().to_owned()).collect();
    assert!(there.len() > 2 && there.len() < 15, "some were cut off and some were not: {}", there.len());
    made.push(ada.customer("Last").await);
    let last = made[1].rsplit('/').next().unwrap().to_owned();
    let told = receiver.until(|got| got.record() == last).await;
    for id in &there {
        assert!(told.iter().any(|got| got.record() == id && got.word() == "customer.created"), "{id} was not told of");
    }
    let unknown = told.iter().find(|got| !there.iter().chain([&last]).any(|id| id == got.record()));
    assert!(unknown.is_none(), "{unknown:?}");
    let first = made[0].rsplit('/').next().unwrap();
    let ids: Vec<&str> = told.iter().filter(|got| got.record() == first).map(|got| got.header("webhook-id")).collect();
    assert!(ids.len() >= 2 && ids.iter().all(|id| *id == ids[0]), "sent again under its id: {ids:?}");
    server.kill();
}

#[tokio::test]
async fn two_webhooks_with_one_receiver_take_turns() {
    let (_world, ada, receiver, _) = office(quick()).await;
    let second = hook_for(&ada, &receiver.url, &["customer.created"]).await;
    for n in 0..10 {
        ada.customer(&format!("Customer {n}")).await;
    }
    let got = receiver.wait(20).await;
    let by_second: Vec<usize> = (0..20).filter(|at| got[*at].is_signed_with(&second.secret)).collect();
    assert_eq!(by_second.len(), 10);
    assert!(by_second[0] < 10, "it did not have to wait for all of the other's: {by_second:?}");
}
