//! What cannot be meant is refused in the same way everywhere, by name, and writes nothing.

use crate::document::operations;
use crate::support::{Desk, Reply, World, read};
use rapport_server::openapi::EXAMPLES;
use serde_json::Value;

/// A path with ids, those of the examples unless a customer is there for it.
fn filled(path: &str, customer: &str) -> String {
    let path = path.replace("{customer}", customer);
    EXAMPLES.iter().fold(path, |path, (name, example)| path.replace(&format!("{{{name}}}"), example))
}

fn takes_json(operation: &Value) -> bool {
    operation["requestBody"]["content"]["application/json"].is_object()
}

async fn send(desk: &Desk, method: &str, path: &str, kind: &str, body: &[u8]) -> Reply {
    let request = desk.request(method.parse().unwrap(), path).header("content-type", kind).body(body.to_vec());
    read(request.send().await.unwrap()).await
}

/// A refusal: status, code, field.
fn refused(reply: &Reply) -> (u16, &str, Option<&str>) {
    let (status, code) = reply.refused();
    (status, code, reply.json["field"].as_str())
}

/// Where the organisation's own order stands: the same as long as nothing is written.
async fn order(desk: &Desk) -> Value {
    desk.get("/api/customers?limit=1").await.ok()["changedSince"].clone()
}

#[tokio::test]
async fn a_query_that_nobody_understands_is_refused_by_name() {
    let world = World::start().await;
    let ada = world.ada().await;
    let customer = ada.customer("Acme").await.rsplit('/').next().unwrap().to_owned();
    let before = order(&ada).await;
    let long = format!("q={}", "a".repeat(20_000));
    let document = ada.get("/api/openapi.json").await.ok();
    for (method, path, operation) in operations(&document) {
        let address = filled(&path, &customer);
        let is_open = operation["security"].is_array() && method == "GET";
        for (query, wanted) in [
            ("colour=red", (400, "INVALID_VALUE", Some("colour"))),
            ("q=%00", (400, "INVALID_VALUE", Some("q"))),
            ("q=%FF", (400, "INVALID_VALUE", Some("q"))),
            ("%FF=1", (400, "MALFORMED", None)),
            (&long, (400, "MALFORMED", None)),
        ] {
            let reply = send(&ada, &method, &format!("{address}?{query}"), "application/json", b"{}").await;
            if is_open {
                assert_eq!(reply.status, 200, "{path}: anybody may read it, past any cache");
            } else {
                assert_eq!(refused(&reply), wanted, "{method} {path}?{}", &query[..query.len().min(20)]);
            }
        }
    }
    assert_eq!(order(&ada).await, before, "nothing was written");
}

#[tokio::test]
async fn a_value_of_a_query_that_cannot_be_is_refused_by_name() {
    let world = World::start().await;
    let ada = world.ada().await;
    let customer = ada.customer("Acme").await.rsplit('/').next().unwrap().to_owned();
    let document = ada.get("/api/openapi.json").await.ok();
    let mut tried = 0;
    for (_, path, operation) in operations(&document).iter().filter(|(method, ..)| method == "GET") {
        let names = operation["parameters"].as_array().unwrap().iter().filter(|one| one["in"] == "query");
        for name in names.map(|one| one["name"].as_str().unwrap()) {
            let values: &[&str] = match name {
                "limit" => &["0", "-1", "501", "1.5", "1e2", "", "x", "99999999999999999999999999"],
                "cursor" => &["x", "e30", "%2E%2E"],
                "changedSince" => &["x", "1.2.3"],
                "updatedSince" | "from" | "to" => &["x", "1.5", "8640000000000001", "-8640000000000001", "9223372036854775808"],
                "sort" => &["colour", "--name"],
                "ownerId" | "userId" => &["x", "1"],
                "tz" => &["Europe/Nowhere", "../etc"],
                "dormantDays" => &["0", "3651", "-1", "99999999999"],
                "scope" | "format" => &["x"],
                "includeInactive" | "isActive" => &["x", "1"],
                _ => &[],
            };
            for value in values {
                tried += 1;
                let reply = ada.get(&format!("{}?{name}={value}", filled(path, &customer))).await;
                assert_eq!(refused(&reply), (400, "INVALID_VALUE", Some(name)), "{path}?{name}={value}");
            }
            if !values.is_empty() && !name.starts_with("is") {
                let twice = ada.get(&format!("{}?{name}=1&{name}=1", filled(path, &customer))).await;
                assert_eq!(refused(&twice), (400, "INVALID_VALUE", Some(name)), "{path}: {name} twice");
            }
        }
    }
    assert!(tried > 150, "{tried}");
}

#[tokio::test]
async fn a_body_that_cannot_be_meant_is_refused_before_anything_else() {
    let world = World::start().await;
    let ada = world.ada().await;
    let customer = ada.customer("Acme").await.rsplit('/').next().unwrap().to_owned();
    let before = order(&ada).await;
    let document = ada.get("/api/openapi.json").await.ok();
    let json = "application/json";
    let large = format!(r#"{{"name": "{}"}}"#, "a".repeat(5 * 1024 * 1024)).into_bytes();
    for (method, path, _) in operations(&document).iter().filter(|(_, _, operation)| takes_json(operation)) {
        let address = filled(path, &customer);
        for (kind, body, wanted) in [
            ("text/plain", &b"{\"name\": \"a\"}"[..], (415, "UNSUPPORTED_MEDIA_TYPE", None)),
            ("application/xml", b"<a/>", (415, "UNSUPPORTED_MEDIA_TYPE", None)),
            (json, b"{\"name\": \"\xff\"}", (400, "MALFORMED", None)),
            (json, b"{\"name\": \"a", (400, "MALFORMED", None)),
            (json, b"[]", (400, "MALFORMED", None)),
            (json, b"null", (400, "MALFORMED", None)),
            (json, b"{\"name\": 1e999}", (400, "MALFORMED", None)),
            (json, &large, (413, "TOO_LARGE", None)),
            (json, br#"{"name": "a\u0000b"}"#, (400, "INVALID_VALUE", Some("name"))),
            (json, br#"{"name": {"a": ["\u0000"]}}"#, (400, "INVALID_VALUE", Some("name"))),
        ] {
            // What a device sends is judged change by change.
            if path.starts_with("/api/sync/") && wanted.2.is_some() {
                continue;
            }
            let reply = send(&ada, method, &address, kind, body).await;
            let said = String::from_utf8_lossy(&body[..body.len().min(30)]).into_owned();
            assert_eq!(refused(&reply), wanted, "{method} {path} with {kind} {said}");
        }
    }
    assert_eq!(order(&ada).await, before, "nothing was written");
}

#[tokio::test]
async fn a_file_s_content_may_be_any_bytes() {
    let world = World::start().await;
    let ada = world.ada().await;
    let customer = ada.customer("Acme").await;
    let id = customer.rsplit('/').next().unwrap();
    let file = serde_json::json!({ "name": "a.bin", "mime": "", "ownerKind": "customers", "ownerId": id });
    let path = ada.post(&format!("{customer}/attachments"), file).await.header("location").to_owned();
    let reply = send(&ada, "PUT", &format!("{path}/content"), "application/json", b"\x00\xff{").await;
    assert_eq!(reply.ok()["bytes"], 3);
}
