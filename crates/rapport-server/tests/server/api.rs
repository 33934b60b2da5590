//! The endpoints beyond customers, contacts and calls: quotes, orders, files, keys, what moved.

use crate::support::{World, client, read};
use reqwest::Method;
use serde_json::{Value, json};

fn quote() -> Value {
    json!({
        "subject": "Lenses", "description": "", "currency": "EUR", "status": "draft", "validUntil": 4_000_000_000_000_i64,
        "items": [{ "sku": "L", "description": "Lens", "quantity": 10, "unitPrice": 30.75, "totalPrice": 307.5 }],
        "subtotal": 307.5, "taxAmount": 61.5, "totalAmount": 369
    })
}

#[tokio::test]
async fn a_quote_in_the_seed_shape_goes_its_way_to_one_order() {
    let world = World::start().await;
    let sam = world.sam().await;
    let customer = sam.customer("Buyer").await;
    sam.post(&format!("{customer}/contacts"), json!({ "firstName": "Ida", "lastName": "" })).await.ok();
    let made = sam.post(&format!("{customer}/quotes"), quote()).await;
    assert_eq!(made.status, 201, "{made:?}");
    let path = made.header("location").to_owned();
    let sent = sam.post(&format!("{path}/send"), json!({ "channel": "printed" })).await.ok();
    let again = sam.post(&format!("{path}/send"), json!({ "channel": "printed" })).await.ok();
    assert_eq!((&sent["status"], &sent), (&json!("sent"), &again));
    assert_eq!(sam.put(&path, json!({ "subject": "x" })).await.refused(), (422, "QUOTE_LOCKED"));
    assert_eq!(sam.post(&format!("{path}/frame"), json!({})).await.refused(), (404, "NOT_FOUND"));
    assert_eq!(sam.post(&format!("{path}/accept"), json!({})).await.ok()["status"], "accepted");
    let first = sam.post(&format!("{path}/convert"), json!({})).await.ok();
    let second = sam.post(&format!("{path}/convert"), json!({})).await.ok();
    assert_eq!((&first["_id"], &first["status"]), (&second["_id"], &json!("confirmed")));
    assert_eq!(sam.get(&format!("{customer}/value")).await.ok()["totalOrders"], 1);
    assert_eq!(sam.get(&format!("{customer}/history")).await.status, 200);
}

#[tokio::test]
async fn a_key_has_one_effect_however_often_it_comes() {
    let world = World::start().await;
    let sam = world.sam().await;
    let send = |name: &str| {
        let body = json!({ "name": name, "status": "lead", "type": "business" });
        let request = sam.request(Method::POST, "/api/customers").header("idempotency-key", "k-1").json(&body);
        async move { read(request.send().await.unwrap()).await }
    };
    let (one, two) = tokio::join!(send("Once"), send("Once"));
    assert_eq!((one.status, &one.json), (two.status, &two.json));
    let replayed = [&one, &two].iter().filter(|reply| reply.header("idempotency-replayed") == "true").count();
    assert_eq!(replayed, 1);
    assert_eq!(sam.get("/api/customers").await.ok()["total"], 1);
    assert_eq!(send("Other").await.refused(), (409, "KEY_REUSED"));
}

#[tokio::test]
async fn a_customer_that_only_moved_is_told_and_its_version_stays() {
    let world = World::start().await;
    let sam = world.sam().await;
    let path = sam.customer("Mover").await;
    let before = sam.get(&path).await.json;
    let since = sam.get("/api/customers").await.ok()["changedSince"].as_str().unwrap().to_owned();
    let call = json!({ "type": "call", "subject": "s", "description": "", "assignedTo": sam.user(), "followUpDate": 1_893_456_000_000_i64 });
    sam.post(&format!("{path}/interactions"), call).await.ok();
    let list = sam.get(&format!("/api/customers?changedSince={since}")).await.ok();
    assert_eq!(list["items"][0]["name"], "Mover");
    assert_eq!(list["items"][0]["version"], before["version"]);
    let due = sam.get("/api/customers/interactions/follow-up").await.ok();
    assert_eq!((&due["counts"]["upcoming"], &due["upcoming"][0]["customerName"]), (&json!(1), &json!("Mover")));
}

#[tokio::test]
async fn a_file_s_content_comes_back_and_another_is_refused() {
    let world = World::start().await;
    let sam = world.sam().await;
    let customer = sam.customer("Filed").await;
    let id = customer.rsplit('/').next().unwrap();
    let file = json!({ "name": "../../a.txt", "mime": "text/plain", "ownerKind": "customers", "ownerId": id });
    let path = sam.post(&format!("{customer}/attachments"), file).await.header("location").to_owned();
    let content = format!("{path}/content");
    let put = |text: &'static str| {
        let request = sam.request(Method::PUT, &content).body(text);
        async move { read(request.send().await.unwrap()).await }
    };
    assert_eq!(put("hello").await.ok()["bytes"], 5);
    assert_eq!(put("other").await.refused(), (400, "INVALID_VALUE"));
    assert_eq!(sam.get(&content).await.json, "hello");
}

#[tokio::test]
async fn the_document_and_its_page_are_open() {
    let world = World::start().await;
    let world = &world;
    let get = |path: &'static str| async move { read(client().get(format!("{}{path}", world.url)).send().await.unwrap()).await };
    let document = get("/api/openapi.json").await.ok();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["components"]["schemas"]["NewQuote"]["properties"]["items"].is_object());
    assert!(get("/api/docs").await.header("content-security-policy").contains("script-src 'self'"));
}

/// The contents that lie in the folder of the organisation.
fn contents(world: &World) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![world.folder().files(world.org)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                found.push(std::fs::read_to_string(entry.path()).unwrap());
            }
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn what_is_erased_leaves_no_file_and_no_kept_answer() {
    let world = World::start().await;
    let (ada, sam) = (world.ada().await, world.sam().await);
    let keyed = async |key: &str, name: &str| {
        let body = json!({ "name": name, "type": "business", "status": "lead" });
        let request = sam.request(Method::POST, "/api/customers").header("idempotency-key", key).json(&body);
        read(request.send().await.unwrap()).await
    };
    let (gone, stays) = (keyed("k-gone", "Gone").await, keyed("k-stays", "Stays").await);
    let (gone, stays) = (gone.header("location").to_owned(), stays.header("location").to_owned());
    for (customer, texts) in [(&gone, ["shared", "only theirs"]), (&stays, ["shared", "kept"])] {
        for text in texts {
            let id = customer.rsplit('/').next().unwrap();
            let file = json!({ "name": "a.txt", "mime": "text/plain", "ownerKind": "customers", "ownerId": id });
            let path = sam.post(&format!("{customer}/attachments"), file).await.header("location").to_owned();
            read(sam.request(Method::PUT, &format!("{path}/content")).body(text).send().await.unwrap()).await.ok();
        }
    }
    assert_eq!(contents(&world), ["kept", "only theirs", "shared"]);
    assert_eq!(ada.post(&format!("{gone}/erase"), json!({})).await.status, 204);
    assert_eq!(contents(&world), ["kept", "shared"], "what others name stays");
    assert_eq!(keyed("k-gone", "Gone").await.refused(), (409, "KEY_REUSED"), "neither told again nor made again");
    assert_eq!(keyed("k-stays", "Stays").await.header("location"), stays);
    // What a killed server left behind goes with the clean-up: a content without a row, and a file on its way since long ago.
    let files = world.folder().files(world.org);
    let stray = files.join("ab").join("ab".repeat(32));
    std::fs::create_dir_all(stray.parent().unwrap()).unwrap();
    std::fs::write(&stray, "stray").unwrap();
    for (name, age) in [("incoming-old", 25), ("incoming-new", 1)] {
        std::fs::write(files.join(name), name).unwrap();
        let at = std::time::SystemTime::now() - std::time::Duration::from_secs(age * 3600);
        std::fs::File::options().write(true).open(files.join(name)).unwrap().set_modified(at).unwrap();
    }
    ada.post("/api/jobs/cleanUp/run", json!({})).await.ok();
    assert_eq!(contents(&world), ["incoming-new", "kept", "shared"]);
}
