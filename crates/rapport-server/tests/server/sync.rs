//! Two devices and what goes between them.

use crate::support::{Desk, World};
use rapport_model::mutation::{Change, Mutation, Op, UnitEdit};
use rapport_model::{Id, Millis, Source};
use rapport_server::{backup, restore};
use rapport_store::source::System;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub fn edit(value: Value, base: Value, base_version: i64) -> UnitEdit {
    UnitEdit { value, base, base_version, updated_at: System.now(), seen: Millis(0) }
}

pub fn put(id: Id, units: &[(&str, UnitEdit)]) -> Change {
    let units: BTreeMap<String, UnitEdit> = units.iter().map(|(n, e)| ((*n).to_owned(), e.clone())).collect();
    Change { kind: "customers".into(), id, op: Op::Put, units }
}

pub fn create(id: Id, name: &str) -> Change {
    let status = json!({ "status": "lead" });
    put(
        id,
        &[
            ("name", edit(json!(name), Value::Null, 0)),
            ("status", edit(status, Value::Null, 0)),
            ("type", edit(json!("business"), Value::Null, 0)),
        ],
    )
}

pub fn mutation(epoch: Id, n: i64, changes: Vec<Change>) -> Mutation {
    Mutation { mutation_id: System.id(), epoch, n, prev: String::new(), batch_id: None, parted: false, changes }
}

pub async fn push(desk: &Desk, mutations: &[Mutation]) -> Value {
    let answer = desk.post("/api/sync/push", json!({ "protocol": 1, "mutations": mutations })).await.ok();
    assert!(answer["serverTime"].is_i64());
    answer["outcomes"].clone()
}

async fn pull(desk: &Desk, cursor: &Value) -> Value {
    desk.post("/api/sync/pull", json!({ "protocol": 1, "cursor": cursor, "limit": 500 })).await.ok()
}

/// Every entry after a cursor, and the cursor reached.
pub async fn pull_all(desk: &Desk, cursor: &Value) -> (Vec<Value>, Value) {
    let (mut entries, mut cursor) = (Vec::new(), cursor.clone());
    loop {
        let page = pull(desk, &cursor).await;
        assert_eq!(page["reset"], false, "{page}");
        entries.extend(page["entries"].as_array().unwrap().iter().cloned());
        cursor = page["cursor"].clone();
        if page["more"] == false {
            return (entries, cursor);
        }
    }
}

#[tokio::test]
async fn an_edit_travels_from_one_device_to_the_other() {
    let world = World::start().await;
    let (sam, ada) = (world.sam().await, world.ada().await);
    let (entries, cursor) = pull_all(&ada, &Value::Null).await;
    let kinds: Vec<&str> = entries.iter().map(|e| e["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"orgs") && kinds.contains(&"users"), "{kinds:?}");

    let (id, epoch) = (System.id(), System.id());
    let made = mutation(epoch, 1, vec![create(id, "Travelling")]);
    let outcomes = push(&sam, std::slice::from_ref(&made)).await;
    assert_eq!(outcomes[0]["ending"], "applied", "{outcomes}");
    assert_eq!(outcomes[0]["mutationId"], made.mutation_id.to_string());
    let (entries, cursor) = pull_all(&ada, &cursor).await;
    assert_eq!(entries.len(), 1, "{entries:?}");
    assert_eq!(entries[0]["record"]["name"], "Travelling");
    assert_eq!(entries[0]["mutationId"], made.mutation_id.to_string());

    let version = entries[0]["version"].as_i64().unwrap();
    let phone = put(id, &[("phone", edit(json!("0711"), Value::Null, version))]);
    assert_eq!(push(&ada, &[mutation(System.id(), 1, vec![phone])]).await[0]["ending"], "applied");
    let theirs = pull(&sam, &cursor).await;
    assert_eq!((&theirs["reset"], &theirs["restored"]), (&json!(true), &Value::Null), "a cursor is its user's: {theirs}");
    let (entries, _) = pull_all(&sam, &Value::Null).await;
    let moved = entries.iter().find(|entry| entry["id"] == id.to_string()).unwrap();
    assert_eq!(moved["record"]["phone"], "0711");
    assert_eq!(sam.get(&format!("/api/customers/{id}")).await.json["phone"], "0711", "REST sees the same");
}

#[tokio::test]
async fn what_rest_changes_reaches_devices_too() {
    let world = World::start().await;
    let (sam, ada) = (world.sam().await, world.ada().await);
    let (_, cursor) = pull_all(&sam, &Value::Null).await;
    ada.customer("By REST").await;
    let (entries, _) = pull_all(&sam, &cursor).await;
    assert_eq!(entries[0]["record"]["name"], "By REST");
}

#[tokio::test]
async fn a_push_that_comes_again_has_one_effect_and_the_same_outcome() {
    let world = World::start().await;
    let sam = world.sam().await;
    let id = System.id();
    let mutations = [mutation(System.id(), 1, vec![create(id, "Once")])];
    let first = push(&sam, &mutations).await;
    let (entries, cursor) = pull_all(&sam, &Value::Null).await;
    let second = push(&sam, &mutations).await;
    assert_eq!(first, second);
    assert!(pull_all(&sam, &cursor).await.0.is_empty(), "nothing was written again");
    assert_eq!(entries.iter().filter(|e| e["id"] == id.to_string()).count(), 1);
}

#[tokio::test]
async fn one_bad_mutation_holds_up_no_other() {
    let world = World::start().await;
    let sam = world.sam().await;
    let epoch = System.id();
    let bad = put(System.id(), &[("name", edit(json!(7), Value::Null, 0))]);
    let outcomes = push(
        &sam,
        &[
            mutation(epoch, 1, vec![create(System.id(), "Good one")]),
            mutation(epoch, 2, vec![bad]),
            mutation(epoch, 3, vec![create(System.id(), "Good two")]),
        ],
    )
    .await;
    let endings: Vec<&str> = outcomes.as_array().unwrap().iter().map(|o| o["ending"].as_str().unwrap()).collect();
    assert_eq!(endings, ["applied", "refused", "applied"], "{outcomes}");
    assert!(outcomes[1]["error"]["code"].is_string());
}

#[tokio::test]
async fn a_large_push_is_cut_into_transactions_and_too_large_a_one_refused() {
    let world = World::start().await;
    let sam = world.sam().await;
    let epoch = System.id();
    let many = |count: i64| -> Vec<Mutation> {
        (1..=count).map(|n| mutation(epoch, n, vec![create(System.id(), &format!("Many {n}"))])).collect()
    };
    let outcomes = push(&sam, &many(230)).await;
    let outcomes = outcomes.as_array().unwrap();
    assert_eq!(outcomes.len(), 230);
    assert!(outcomes.iter().all(|o| o["ending"] == "applied"));
    let too_many = sam.post("/api/sync/push", json!({ "protocol": 1, "mutations": many(501) })).await;
    assert_eq!(too_many.refused(), (413, "TOO_LARGE"));
}

#[tokio::test]
async fn a_restored_server_says_reset_and_the_old_data_lies_aside() {
    let mut world = World::start().await;
    let mut sam = world.sam().await;
    sam.customer("Before").await;
    let to = world.dir.path().join("backup");
    backup::backup(&world.folder(), &to, world.source().now()).unwrap();
    let after = sam.customer("After").await;
    let (_, cursor) = pull_all(&sam, &Value::Null).await;
    let since = sam.get("/api/customers").await.ok()["changedSince"].as_str().unwrap().to_owned();
    let old_version = sam.get(&after).await.json["version"].as_i64().unwrap();

    let while_serving = restore::restore(&world.folder(), &to, &world.source()).map_err(|e| e.code);
    assert_eq!(while_serving.map(drop), Err(rapport_model::Code::StoreInUse));
    world.stop().await;
    let restored = restore::restore(&world.folder(), &to, &world.source()).unwrap();
    let aside = restored.aside.expect("there was data");
    assert!(aside.join("orgs").join(format!("{}.db", world.org)).is_file());
    world.serve().await;
    sam.url = world.url.clone();

    assert_eq!(pull(&sam, &cursor).await["reset"], true);
    let (entries, _) = pull_all(&sam, &Value::Null).await;
    let names: Vec<&str> = entries.iter().filter_map(|e| e["record"]["name"].as_str()).collect();
    assert!(names.contains(&"Before") && !names.contains(&"After"), "{names:?}");
    assert_eq!(sam.get(&after).await.refused(), (404, "NOT_FOUND"));
    let refused = sam.get(&format!("/api/customers?changedSince={since}")).await;
    assert_eq!(refused.refused(), (400, "INVALID_VALUE"));
    let again = sam.customer("After").await;
    assert!(sam.get(&again).await.json["version"].as_i64() > Some(old_version), "numbers go on above the old ones");
    assert_eq!(rapport_server::verify::verify(&world.folder()).unwrap(), Vec::<String>::new());
}

/// The next piece of an endless answer; one that brings nothing fails the test instead of holding it up.
async fn heard(line: &mut reqwest::Response) -> Option<String> {
    let limit = std::time::Duration::from_secs(30);
    let chunk = tokio::time::timeout(limit, line.chunk()).await.expect("something in time").expect("no error");
    chunk.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
}

async fn line(desk: &Desk) -> reqwest::Response {
    let request = crate::support::client().get(format!("{}/api/sync/events", desk.url)).bearer_auth(&desk.token);
    let line = request.send().await.unwrap();
    assert_eq!(line.status(), 200);
    assert_eq!(line.headers()["content-type"], "text/event-stream");
    line
}

#[tokio::test]
async fn devices_hear_that_something_was_accepted_and_lines_end_with_the_server() {
    let mut world = World::start().await;
    let (sam, ada) = (world.sam().await, world.ada().await);
    let mut sams = line(&sam).await;
    assert_eq!(heard(&mut sams).await.as_deref(), Some("event: changed\ndata: {}\n\n"), "what was before may be unknown");
    ada.customer("Heard of").await;
    assert_eq!(heard(&mut sams).await.as_deref(), Some("event: changed\ndata: {}\n\n"), "a hint, and nothing of whom");
    let mut again = line(&sam).await;
    assert!(heard(&mut again).await.is_some());
    ada.customer("Another").await;
    assert!(heard(&mut again).await.is_some());
    while heard(&mut sams).await.is_some() {}
    let nobody = crate::support::client().get(format!("{}/api/sync/events", sam.url)).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    let began = std::time::Instant::now();
    world.stop().await;
    assert!(began.elapsed() < std::time::Duration::from_secs(8), "nobody waits for those who listen");
    while heard(&mut again).await.is_some() {}
}

#[tokio::test]
async fn somebody_elses_device_and_a_cursor_of_the_future_are_refused_and_harm_nobody() {
    let world = World::start().await;
    let (sam, ada) = (world.sam().await, world.ada().await);
    let epoch = System.id();
    let own = mutation(epoch, 1, vec![create(System.id(), "Own")]);
    assert_eq!(push(&sam, std::slice::from_ref(&own)).await[0]["ending"], "applied");
    let stolen = mutation(epoch, 2, vec![create(System.id(), "Stolen")]);
    let refused = ada.post("/api/sync/push", json!({ "protocol": 1, "mutations": [stolen] })).await;
    assert_eq!(refused.refused(), (403, "FORBIDDEN"));
    let fork = mutation(epoch, 1, vec![create(System.id(), "Fork")]);
    let refused = sam.post("/api/sync/push", json!({ "protocol": 1, "mutations": [fork] })).await;
    assert_eq!(refused.refused(), (409, "NEW_EPOCH"));
    let (_, cursor) = pull_all(&sam, &Value::Null).await;
    let mut parts: Vec<String> = cursor.as_str().unwrap().split('.').map(str::to_owned).collect();
    parts[3] = "9007199254740000".to_owned();
    let asked = json!({ "protocol": 1, "cursor": parts.join("."), "limit": 10 });
    assert_eq!(sam.post("/api/sync/pull", asked).await.refused(), (409, "CURSOR_UNKNOWN"));
    let names = sam.get("/api/customers").await.ok();
    let names: Vec<&str> = names["items"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Own"]);
    assert_eq!(push(&sam, &[own]).await[0]["ending"], "applied", "the same outcome again");
}

#[tokio::test]
async fn stamps_of_the_year_2100_are_brought_down() {
    let world = World::start().await;
    let sam = world.sam().await;
    let id = System.id();
    let mut made = create(id, "Later");
    made.units.insert("assignedTo".to_owned(), edit(json!(sam.user()), Value::Null, 0));
    made.units.values_mut().for_each(|unit| unit.updated_at = Millis(4_102_444_800_000));
    assert_eq!(push(&sam, &[mutation(System.id(), 1, vec![made])]).await[0]["ending"], "applied");
    let held = sam.get(&format!("/api/customers/{id}")).await.ok();
    let year_2099 = 4_070_908_800_000;
    assert!(held["updatedAt"].as_i64().unwrap() < year_2099, "{held}");
    // Its author is told, once, with what the clock said and what counts; nobody else is.
    let version = held["version"].as_i64().unwrap();
    let mut again = edit(json!("optics"), Value::Null, version);
    again.updated_at = Millis(4_102_444_800_000);
    assert_eq!(push(&sam, &[mutation(System.id(), 1, vec![put(id, &[("industry", again)])])]).await[0]["ending"], "applied");
    let told = |entries: Vec<Value>| entries.into_iter().filter(|entry| entry["record"]["kind"] == "clock").collect::<Vec<_>>();
    let cards = told(pull_all(&sam, &Value::Null).await.0);
    assert_eq!(cards.len(), 1, "{cards:?}");
    let card = &cards[0]["record"];
    assert_eq!((card["mine"].as_i64(), card["recordId"].as_str()), (Some(4_102_444_800_000), Some(id.to_string().as_str())));
    assert!(card["theirs"].as_i64().unwrap() < year_2099, "{card}");
    let ada = world.ada().await;
    assert!(told(pull_all(&ada, &Value::Null).await.0).is_empty());
}
