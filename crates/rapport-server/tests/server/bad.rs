//! Bad input, field by field: the right code, the field named, nothing written, nothing told of others.

use crate::support::{Desk, PASSWORD, World, new_org, read};
use rapport_model::{Field, FieldKind, Kind, Owner};
use rapport_server::account;
use reqwest::Method;
use serde_json::{Value, json};

/// One record of each kind that REST writes, as (kind, its path, a body that makes another).
async fn records(ada: &Desk) -> Vec<(Kind, String, Value)> {
    let customer = ada.customer("Victim").await;
    let id = customer.rsplit('/').next().unwrap().to_owned();
    let mut out = vec![(Kind::Customers, customer.clone(), json!({ "name": "Other", "status": "lead", "type": "business" }))];
    let quote =
        json!({ "subject": "Lenses", "items": [{ "description": "Lens", "quantity": 1, "unitPrice": 10 }], "totalAmount": 10 });
    for (kind, collection, body) in [
        (Kind::Contacts, format!("{customer}/contacts"), json!({ "firstName": "Ida", "lastName": "Berg" })),
        (
            Kind::Interactions,
            format!("{customer}/interactions"),
            json!({ "type": "call", "subject": "s", "description": "", "assignedTo": ada.user() }),
        ),
        (Kind::Quotes, format!("{customer}/quotes"), quote),
        (
            Kind::Orders,
            format!("{customer}/orders"),
            json!({ "items": [{ "description": "Lens", "quantity": 1, "unitPrice": 10 }] }),
        ),
        (
            Kind::Attachments,
            format!("{customer}/attachments"),
            json!({ "name": "a.txt", "mime": "text/plain", "ownerKind": "customers", "ownerId": id }),
        ),
        (Kind::Items, "/api/items".to_owned(), json!({ "sku": "L-1", "description": "Lens", "unitPrice": 30.75, "taxRate": 20 })),
    ] {
        let made = ada.post(&collection, body.clone()).await;
        assert_eq!(made.status, 201, "{collection}: {made:?}");
        let path = made.header("location").to_owned();
        let mut other = body;
        if kind == Kind::Items {
            other["sku"] = "L-2".into();
        }
        out.push((kind, path, other));
    }
    out
}

/// Values that can't be of a field.
fn wrong(field: &Field) -> Vec<Value> {
    let mut out = match field.kind {
        FieldKind::Text | FieldKind::LongText | FieldKind::Email | FieldKind::Phone | FieldKind::Url => {
            let mut out = vec![json!(5), json!(true), json!([]), json!({}), json!(["x"])];
            if field.max > 0 {
                out.push("é".repeat(field.max + 1).into());
            }
            out
        }
        FieldKind::Choice(_) => vec![json!("nonsense"), json!(1), json!(""), json!(["lead"]), json!("lead' OR 1=1 --")],
        FieldKind::Bool => vec![json!("true"), json!(1), json!([])],
        FieldKind::Integer => vec![json!(1.5), json!("1"), json!(1e300), json!(u64::MAX), json!({})],
        FieldKind::Money => vec![json!("1"), json!(1e11), json!(-1e11), json!(1e300), json!([1]), json!(i64::MAX)],
        FieldKind::Number => vec![json!("1"), json!([]), json!({})],
        FieldKind::Instant | FieldKind::Day => {
            vec![
                json!("2026-01-01"),
                json!(8_640_000_000_000_001_i64),
                json!(-8_640_000_000_000_001_i64),
                json!(1.5),
                json!(1e300),
            ]
        }
        FieldKind::Ref(_) => {
            vec![json!("x"), json!(5), json!("../../etc/passwd"), json!("'; DROP TABLE customers; --"), json!({})]
        }
        FieldKind::Tags => {
            vec![json!("x"), json!([1]), json!([["x"]]), json!({ "a": 1 }), (0..1000).map(|n| json!(format!("t{n}"))).collect()]
        }
        FieldKind::Json(_) => vec![json!("x"), json!(5), json!(true)],
    };
    if field.required {
        out.push(Value::Null);
    }
    out
}

/// How far the organisation is: it moves with everything that is accepted.
async fn place(ada: &Desk) -> String {
    let mut cursor = Value::Null;
    loop {
        let page = ada.post("/api/sync/pull", json!({ "protocol": 1, "cursor": cursor, "limit": 500 })).await.ok();
        cursor = page["cursor"].clone();
        if page["more"] != true {
            return cursor.as_str().unwrap().to_owned();
        }
    }
}

#[tokio::test]
async fn every_field_refuses_what_it_cannot_hold_and_is_named() {
    let world = World::start().await;
    let ada = world.ada().await;
    let records = records(&ada).await;
    let before = place(&ada).await;
    let mut tried = 0;
    for (kind, path, body) in &records {
        let collection = path.rsplit_once('/').unwrap().0;
        for field in kind.fields().iter().filter(|field| field.owner == Owner::User) {
            for value in wrong(field) {
                let put = ada.put(path, json!({ field.json: value })).await;
                let mut new = body.clone();
                new[field.json] = value.clone();
                // A name of the path that the body says otherwise is the path's, so the collection is told apart.
                let post = ada.post(collection, new).await;
                for reply in [put, post] {
                    let shown: String = value.to_string().chars().take(60).collect();
                    let (status, code) = reply.refused();
                    assert!(matches!(status, 400 | 403 | 422), "{kind:?} {} = {shown}: {reply:?}", field.json);
                    assert_ne!(code, "MALFORMED", "{kind:?} {} = {shown}: {reply:?}", field.json);
                    let named = reply.json["field"].as_str().unwrap_or_default();
                    let first = named.split(['.', '[']).next().unwrap_or_default();
                    assert_eq!(first, field.json, "{kind:?} = {shown}: {reply:?}");
                    tried += 1;
                }
            }
        }
        for unknown in [json!({ "colour": "red" }), json!({ "__proto__": {} }), json!({ "name; DROP TABLE customers": 1 })] {
            let reply = ada.put(path, unknown.clone()).await;
            assert_eq!(reply.refused(), (400, "INVALID_VALUE"), "{path} {unknown}");
            assert_eq!(reply.json["field"].as_str(), unknown.as_object().unwrap().keys().next().map(String::as_str));
        }
    }
    assert!(tried > 600, "{tried}");
    assert_eq!(place(&ada).await, before, "nothing was written");
}

#[tokio::test]
async fn ids_of_another_organisation_are_ids_of_nothing() {
    let world = World::start().await;
    let ada = world.ada().await;
    let source = world.source();
    account::create_org(&world.folder(), &source, &new_org("Bolt", "bob@bolt.example")).unwrap();
    let session = world.login("bob@bolt.example", PASSWORD).await.ok();
    let bob = Desk { token: session["accessToken"].as_str().unwrap().to_owned(), session, ..ada.clone() };
    let theirs = records(&bob).await;
    let mine = records(&ada).await;
    let before = place(&ada).await;
    let id_of = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    for (kind, path, body) in &mine {
        for field in kind.fields().iter().filter(|field| field.owner == Owner::User) {
            let FieldKind::Ref(target) = field.kind else { continue };
            let foreign = match theirs.iter().find(|(kind, ..)| kind.text() == target.text()) {
                Some((_, path, _)) => id_of(path),
                None => bob.user().to_owned(),
            };
            let nothing = "01890000-0000-7000-8000-000000000001";
            let mut codes = Vec::new();
            for id in [foreign.as_str(), nothing] {
                let mut new = body.clone();
                new[field.json] = id.into();
                for reply in
                    [ada.put(path, json!({ field.json: id })).await, ada.post(path.rsplit_once('/').unwrap().0, new).await]
                {
                    let (status, code) = reply.refused();
                    assert!(matches!(status, 400 | 403 | 404 | 422), "{kind:?} {}: {reply:?}", field.json);
                    assert!(!reply.json["message"].to_string().contains("Victim"), "{reply:?}");
                    codes.push(format!("{status} {code} {}", reply.json["field"]));
                }
            }
            assert_eq!(codes[..2], codes[2..], "{kind:?} {}: what is elsewhere answers like what is nowhere", field.json);
        }
    }
    for (_, path, _) in &theirs {
        assert_eq!(ada.get(path).await.refused(), (404, "NOT_FOUND"), "{path}");
        assert_eq!(ada.put(path, json!({})).await.refused(), (404, "NOT_FOUND"), "{path}");
        assert_eq!(ada.delete(path).await.refused(), (404, "NOT_FOUND"), "{path}");
    }
    // A path that names a record of one's own under another customer of one's own.
    let other = ada.customer("Bystander").await;
    let contact = id_of(&mine[1].1);
    assert_eq!(ada.get(&format!("{other}/contacts/{contact}")).await.refused(), (404, "NOT_FOUND"));
    assert_eq!(ada.delete(&format!("{other}/contacts/{contact}")).await.refused(), (404, "NOT_FOUND"));
    assert_ne!(place(&ada).await, before, "the bystander");
}

#[tokio::test]
async fn tricks_of_sql_paths_and_encodings_find_nothing_and_break_nothing() {
    let world = World::start().await;
    let ada = world.ada().await;
    let customer = ada.customer("Victim").await;
    let before = place(&ada).await;
    for trick in
        ["'%20OR%201=1%20--", "%22", "%25", "*", "a*%20OR%20b", "NEAR(a%20b)", "name:x", "%00", "(((", "-", "%F0%9F%98%80"]
    {
        let reply = ada.get(&format!("/api/customers?q={trick}")).await;
        assert!(matches!(reply.status.as_u16(), 200 | 400), "{trick}: {reply:?}");
        for name in ["status", "assignedTo", "sort", "cursor", "changedSince", "limit", "updatedSince", "includeInactive"] {
            let reply = ada.get(&format!("/api/customers?{name}={trick}")).await;
            assert_eq!(reply.status, 400, "{name}={trick}");
            assert_eq!(reply.refused(), (400, "INVALID_VALUE"), "{name}={trick}");
            assert_eq!(reply.json["field"], name, "{trick}");
        }
        let reply = ada.get(&format!("/api/customers?source={trick}")).await;
        assert!(matches!(reply.status.as_u16(), 200 | 400), "{trick}: {reply:?}");
        assert_eq!(ada.get(&format!("/api/customers/{trick}")).await.refused(), (404, "NOT_FOUND"), "{trick}");
    }
    for path in [
        "/api/customers/..%2f..%2f..%2fetc%2fpasswd",
        "/api/customers/%2e%2e/%2e%2e/etc/passwd",
        "/api/docs/..%2f..%2fopenapi.rs",
        "/api//customers",
        "/api/customers/%FF%FE",
    ] {
        let reply = ada.get(path).await;
        assert_eq!(reply.refused().0, 404, "{path}");
    }
    let raw = |body: Vec<u8>| {
        let request = ada.request(Method::PUT, &customer).header("content-type", "application/json").body(body);
        async move { read(request.send().await.unwrap()).await }
    };
    let deep = |open: &str, close: &str| format!("{{\"notes\":{}{}}}", open.repeat(100_000), close.repeat(100_000)).into_bytes();
    for (name, body) in [
        ("invalid UTF-8", b"{\"notes\":\"\xff\xfe\"}".to_vec()),
        ("half a surrogate", br#"{"notes":"\ud800"}"#.to_vec()),
        ("deep lists", deep("[", "]")),
        ("deep objects", deep("{\"a\":", "}")),
        ("a number beyond all", br#"{"value":1e999}"#.to_vec()),
        ("NaN", br#"{"value":NaN}"#.to_vec()),
        ("a comment", br#"{"notes":"x"}/**/"#.to_vec()),
        ("two documents", br#"{"notes":"x"}{"notes":"y"}"#.to_vec()),
        ("a mark in front", b"\xef\xbb\xbf{\"notes\":\"x\"}".to_vec()),
    ] {
        let reply = raw(body).await;
        let (status, code) = reply.refused();
        assert_eq!((status, code), (400, "MALFORMED"), "{name}: {reply:?}");
    }
    let reply = raw(format!("{{\"notes\":\"{}\"}}", "x".repeat(2 * 1024 * 1024)).into_bytes()).await;
    assert_eq!(reply.refused(), (413, "TOO_LARGE"));
    assert_eq!(place(&ada).await, before, "nothing was written");
    // What is only unusual is kept as it is.
    let odd = "'; DROP TABLE customers; -- \u{202e} 😀 <script>alert(1)</script> ../../x";
    assert_eq!(ada.put(&customer, json!({ "notes": odd })).await.ok()["notes"], odd);
    assert_eq!(ada.get(&customer).await.ok()["notes"], odd);
}
