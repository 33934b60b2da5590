//! Devices that send what no device would: each is refused with a code, and everybody else goes on unharmed.

use crate::support::{Desk, PASSWORD, World, new_org};
use crate::sync::{create, edit, mutation, pull_all, push, put};
use rapport_model::{Id, Millis, Source};
use rapport_server::account;
use rapport_store::source::System;
use serde_json::{Value, json};

async fn names(desk: &Desk) -> Vec<String> {
    let page = desk.get("/api/customers?sort=name").await.ok();
    page["items"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap().to_owned()).collect()
}

/// Sends bytes as they are.
async fn raw(desk: &Desk, path: &str, body: Vec<u8>, packed: bool) -> crate::support::Reply {
    let request = desk.request(reqwest::Method::POST, path).header("content-type", "application/json");
    let request = if packed { request.header("content-encoding", "gzip") } else { request };
    crate::support::read(request.body(body).send().await.unwrap()).await
}

const PATHS: [&str; 6] =
    ["/api/sync/push", "/api/sync/pull", "/api/sync/snapshot", "/api/sync/digest", "/api/sync/family", "/api/sync/removals"];

#[tokio::test]
async fn garbage_is_refused_at_every_door_and_what_comes_next_is_taken() {
    let world = World::start().await;
    let sam = world.sam().await;
    let deep = [b"{\"protocol\":1,\"mutations\":".as_slice(), &b"[".repeat(100_000)].concat();
    for path in PATHS {
        for body in [&b"\x00\xff\xfe"[..], b"{", b"[]", b"null", b"7", b"{\"protocol\":\"one\"}", &deep[..16_000]] {
            let reply = raw(&sam, path, body.to_vec(), false).await;
            assert_eq!(reply.refused(), (400, "MALFORMED"), "{path}");
        }
        assert_eq!(raw(&sam, path, b"no gzip at all".to_vec(), true).await.refused(), (400, "MALFORMED"), "{path}");
    }
    assert_eq!(raw(&sam, PATHS[0], deep, false).await.refused(), (400, "MALFORMED"));
    let outcomes = push(&sam, &[mutation(System.id(), 1, vec![create(System.id(), "After all that")])]).await;
    assert_eq!(outcomes[0]["ending"], "applied");
}

#[tokio::test]
async fn a_million_mutations_are_refused_by_number_and_by_bytes_and_one_of_too_many_changes_alone() {
    let world = World::start().await;
    let (sam, ada) = (world.sam().await, world.ada().await);
    // As many as the bytes of a push hold, then more bytes than that.
    let small = r#"{"mutationId":"00000000-0000-7000-8000-000000000001","epoch":"00000000-0000-7000-8000-000000000002","n":1,"prev":"","changes":[]}"#;
    let body = |count: usize| format!(r#"{{"protocol":1,"mutations":[{}]}}"#, vec![small; count].join(",")).into_bytes();
    for count in [501, 30_000, 1_000_000] {
        assert_eq!(raw(&sam, PATHS[0], body(count), false).await.refused(), (413, "TOO_LARGE"), "{count}");
    }
    let epoch = System.id();
    let changes = (0..201).map(|n| create(System.id(), &format!("Part {n}"))).collect();
    let both = [mutation(epoch, 1, changes), mutation(epoch, 2, vec![create(System.id(), "Whole")])];
    let outcomes = push(&sam, &both).await;
    assert_eq!((&outcomes[0]["ending"], &outcomes[0]["error"]["code"]), (&json!("refused"), &json!("MALFORMED")));
    assert_eq!((&outcomes[1]["ending"], names(&ada).await), (&json!("applied"), vec!["Whole".to_owned()]));
}

#[tokio::test]
async fn foreign_ids_are_ids_of_nothing_and_show_nothing() {
    let world = World::start().await;
    let (sam, ada) = (world.sam().await, world.ada().await);
    let source = world.source();
    account::create_org(&world.folder(), &source, &new_org("Bolt", "bob@bolt.example")).unwrap();
    let session = world.login("bob@bolt.example", PASSWORD).await.ok();
    let bob = Desk { token: session["accessToken"].as_str().unwrap().to_owned(), session, ..ada.clone() };
    let id_of = |path: String| path.rsplit('/').next().unwrap().parse::<Id>().unwrap();
    let elsewhere = id_of(bob.customer("Of another company").await);
    // Ada's, and assigned to her: Sam does not see it.
    let hers = id_of(ada.customer("Hers alone").await);
    ada.put(&format!("/api/customers/{hers}"), json!({ "assignedTo": ada.user(), "notes": "for her eyes" })).await.ok();
    let epoch = System.id();
    let touch = |id: Id| put(id, &[("industry", edit(json!("stolen"), Value::Null, 7))]);
    let mut child = put(
        System.id(),
        &[("customerId", edit(json!(elsewhere), Value::Null, 0)), ("lastName", edit(json!("Spy"), Value::Null, 0))],
    );
    child.kind = "contacts".into();
    let mut strange = create(System.id(), "Strange");
    strange.kind = "wishes".into();
    let sent = [
        mutation(epoch, 1, vec![touch(elsewhere)]),
        mutation(epoch, 2, vec![touch(hers)]),
        mutation(epoch, 3, vec![child]),
        mutation(epoch, 4, vec![strange]),
        mutation(epoch, 5, vec![create(hers, "Over hers")]),
        mutation(epoch, 6, vec![create(System.id(), "His own")]),
    ];
    let outcomes = push(&sam, &sent).await;
    let told: Vec<(&str, &str)> = outcomes
        .as_array()
        .unwrap()
        .iter()
        .map(|o| (o["ending"].as_str().unwrap(), o["error"]["code"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(told[0], ("refused", "GONE"), "of another company: never heard of");
    assert!(matches!(told[1], ("late" | "refused", "NOT_FOUND" | "FORBIDDEN")), "{told:?}");
    assert_eq!((told[2], &outcomes[2]["need"][0]), (("held", ""), &json!(elsewhere)));
    assert_eq!(told[3], ("refused", "INVALID_VALUE"));
    assert_eq!(told[4].0, "refused");
    assert_eq!(told[5], ("applied", ""));
    assert!(!outcomes.to_string().contains("for her eyes") && !outcomes.to_string().contains("Of another company"));
    assert_eq!(ada.get(&format!("/api/customers/{hers}")).await.ok()["industry"], Value::Null);
    let family = sam.post("/api/sync/family", json!({ "protocol": 1, "customer": hers })).await.ok();
    assert_eq!(family["entries"], json!([]));
    let asked = json!({ "protocol": 1, "records": [["customers", hers], ["customers", elsewhere]] });
    let both = sam.post("/api/sync/removals", asked).await.ok();
    assert!(both["gone"].as_str().unwrap().starts_with("2-"), "neither is his to hold: {both}");
    assert_eq!(sam.post("/api/sync/removals", json!({ "protocol": 1, "records": [["wishes", hers]] })).await.refused().0, 400);
    let many = vec![json!(["customers", hers]); 2_001];
    assert_eq!(sam.post("/api/sync/removals", json!({ "protocol": 1, "records": many })).await.refused(), (413, "TOO_LARGE"));
}

#[tokio::test]
async fn stamps_of_the_year_2100_are_brought_down_and_later_edits_of_others_stand() {
    let world = World::start().await;
    let (sam, ada) = (world.sam().await, world.ada().await);
    let id = System.id();
    let far = Millis(4_102_444_800_000);
    let mut made = create(id, "From the future");
    made.units.values_mut().for_each(|unit| unit.updated_at = far);
    let outcomes = push(&sam, &[mutation(System.id(), 1, vec![made])]).await;
    let record = &outcomes[0]["records"][0]["record"];
    let stamped = record["updatedAt"].as_i64().unwrap();
    assert!(outcomes[0]["ending"] == "applied" && stamped <= System.now().0 + 1000, "{record}");
    let version = record["version"].as_i64().unwrap();
    let mut again = edit(json!("sam"), Value::Null, version);
    again.updated_at = far;
    let outcomes = push(&sam, &[mutation(System.id(), 1, vec![put(id, &[("industry", again)])])]).await;
    assert_eq!(outcomes[0]["ending"], "applied");
    let mut later = edit(json!("ada"), Value::Null, version);
    later.updated_at = Millis(System.now().0 + 2000);
    let outcomes = push(&ada, &[mutation(System.id(), 1, vec![put(id, &[("industry", later)])])]).await;
    assert_eq!(outcomes[0]["records"][0]["record"]["industry"], "ada", "the future does not win for ever: {outcomes}");
}

#[tokio::test]
async fn a_digest_with_a_strange_cursor_is_refused_and_one_that_is_behind_says_so() {
    let world = World::start().await;
    let sam = world.sam().await;
    sam.customer("Acme").await;
    let (_, cursor) = pull_all(&sam, &Value::Null).await;
    let ask = |cursor: Value, sample: usize| json!({ "protocol": 1, "cursor": cursor, "sample": vec!["00000000-0000-7000-8000-000000000001"; sample] });
    let equal = sam.post("/api/sync/digest", ask(cursor.clone(), 0)).await.ok();
    assert!(equal["sum"].as_str().unwrap().starts_with("1-") && equal["behind"].is_null(), "{equal}");
    assert!(equal.to_string().len() < 120, "one small message: {equal}");
    sam.customer("Borealis").await;
    assert_eq!(sam.post("/api/sync/digest", ask(cursor.clone(), 0)).await.ok()["behind"], true);
    assert_eq!(sam.post("/api/sync/digest", ask(json!("7.x"), 0)).await.refused(), (409, "CURSOR_UNKNOWN"));
    assert_eq!(sam.post("/api/sync/digest", ask(cursor, 6)).await.refused(), (413, "TOO_LARGE"));
}
