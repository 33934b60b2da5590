//! What is read in pages or by time beside the list of customers: children, numbers, follow-ups, history; keys that grow old.

use crate::commands::good;
use crate::support::{Desk, World, read};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashSet;

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;

fn texts<'a>(list: &'a Value, name: &str) -> Vec<&'a str> {
    list["items"].as_array().unwrap().iter().map(|item| item[name].as_str().unwrap()).collect()
}

/// Every item of a paged list, page by page.
async fn all(desk: &Desk, path: &str, limit: usize) -> Vec<Value> {
    let (mut out, mut cursor) = (Vec::new(), String::new());
    loop {
        let and = if path.contains('?') { '&' } else { '?' };
        let page = desk.get(&format!("{path}{and}limit={limit}{cursor}")).await.ok();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit, "{path}");
        out.extend(items.iter().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return out,
        }
    }
}

async fn call(desk: &Desk, customer: &str, subject: &str, more: Value) -> String {
    let mut body = json!({ "type": "call", "subject": subject, "description": "", "assignedTo": desk.user() });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let made = desk.post(&format!("{customer}/interactions"), body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.header("location").to_owned()
}

async fn quote(desk: &Desk, customer: &str, subject: &str, valid_until: i64) -> String {
    let body = json!({ "subject": subject, "validUntil": valid_until, "totalAmount": 10,
        "items": [{ "description": "Lens", "quantity": 1, "unitPrice": 10 }] });
    let made = desk.post(&format!("{customer}/quotes"), body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.header("location").to_owned()
}

/// The server's own time, as it says it.
async fn now(desk: &Desk) -> i64 {
    desk.get("/api/customers/interactions/follow-up").await.ok()["asOf"].as_i64().unwrap()
}

#[tokio::test]
async fn updated_since_goes_by_when_the_server_accepted() {
    let world = World::start().await;
    let sam = world.sam().await;
    let old = sam.customer("Old").await;
    world.pass(2000);
    let between = now(&sam).await;
    world.pass(2000);
    sam.customer("New").await;
    let since = async |at: i64| {
        let list = sam.get(&format!("/api/customers?updatedSince={at}")).await.ok();
        assert_eq!(list["total"], list["items"].as_array().unwrap().len());
        texts(&list, "name").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(since(0).await, ["New", "Old"]);
    assert_eq!(since(between).await, ["New"]);
    assert_eq!(since(now(&sam).await + 1).await, [""; 0]);
    // A device's edit that was typed long ago counts from when it came.
    let before = sam.get(&old).await.ok();
    world.pass(2000);
    let now = now(&sam).await;
    sam.put(&old, json!({ "phone": "1" })).await.ok();
    assert_eq!(since(now).await, ["Old"]);
    assert!(sam.get(&old).await.ok()["version"].as_i64() > before["version"].as_i64());
}

#[tokio::test]
async fn a_sent_quote_reads_as_expired_from_the_day_after_its_last() {
    let world = World::start().await;
    let sam = world.sam().await;
    let customer = sam.customer("Buyer").await;
    sam.post(&format!("{customer}/contacts"), json!({ "firstName": "Ida", "lastName": "" })).await.ok();
    let day = now(&sam).await.div_euclid(DAY_MS) * DAY_MS;
    let soon = quote(&sam, &customer, "Soon over", day + DAY_MS).await;
    quote(&sam, &customer, "Draft", day + DAY_MS).await;
    let late = quote(&sam, &customer, "For long", day + 40 * DAY_MS).await;
    for path in [&soon, &late] {
        sam.post(&format!("{path}/send"), json!({ "channel": "printed" })).await.ok();
    }
    let subjects = async |sam: &Desk, status: &str| {
        let list = sam.get(&format!("{customer}/quotes?status={status}&sort=createdAt")).await.ok();
        texts(&list, "subject").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(subjects(&sam, "expired").await, [""; 0]);
    assert_eq!(subjects(&sam, "sent").await, ["Soon over", "For long"]);
    world.pass(3 * DAY_MS);
    let sam = world.sam().await;
    assert_eq!(subjects(&sam, "expired").await, ["Soon over"]);
    assert_eq!(subjects(&sam, "sent").await, ["For long"]);
    assert_eq!(subjects(&sam, "sent&status=expired").await, ["Soon over", "For long"]);
    assert_eq!(sam.get(&soon).await.ok()["status"], "expired");
}

#[tokio::test]
async fn q_finds_children_by_words_and_documents_by_how_their_number_begins() {
    let world = World::start().await;
    let sam = world.sam().await;
    let (customer, other) = (sam.customer("Buyer").await, sam.customer("Other").await);
    for (path, first, last) in [(&customer, "Ida", "Bérg"), (&customer, "Jo", "Alt"), (&other, "Ida", "Elsewhere")] {
        let body = json!({ "firstName": first, "lastName": last, "email": format!("{}@x.example", first.to_lowercase()) });
        sam.post(&format!("{path}/contacts"), body).await.ok();
    }
    call(&sam, &customer, "Asked for lenses", json!({})).await;
    call(&sam, &customer, "Complained", json!({})).await;
    let quoted = quote(&sam, &customer, "Ten lenses", 4_000_000_000_000).await;
    quote(&sam, &customer, "Frames", 4_000_000_000_000).await;
    let order = json!({ "items": [{ "description": "Lens", "quantity": 1, "unitPrice": 10 }] });
    let ordered = sam.post(&format!("{customer}/orders"), order.clone()).await.ok();
    sam.post(&format!("{other}/orders"), order).await.ok();
    for sku in ["LX-1", "LX-2", "F-1"] {
        sam.post("/api/items", json!({ "sku": sku, "description": "x", "unitPrice": 1, "taxRate": 20 })).await;
    }
    let ada = world.ada().await;
    for sku in ["LX-1", "LX-2", "F-1"] {
        ada.post("/api/items", json!({ "sku": sku, "description": "x", "unitPrice": 1, "taxRate": 20 })).await;
    }
    let number = |record: &Value, name: &str| record[name].as_str().unwrap().to_owned();
    let quote_number = number(&sam.get(&quoted).await.ok(), "quoteNumber");
    let order_number = number(&ordered, "orderNumber");
    for (path, field, wanted) in [
        (format!("{customer}/contacts?q=berg"), "lastName", vec!["Bérg".to_owned()]),
        (format!("{customer}/contacts?q=jo@"), "lastName", vec!["Alt".to_owned()]),
        (format!("{customer}/contacts?q=else"), "lastName", vec![]),
        (format!("{customer}/interactions?q=LENS"), "subject", vec!["Asked for lenses".to_owned()]),
        (format!("{customer}/quotes?q=lens"), "subject", vec!["Ten lenses".to_owned()]),
        (format!("{customer}/quotes?q={quote_number}"), "quoteNumber", vec![quote_number.clone()]),
        (format!("{customer}/orders?q={order_number}"), "orderNumber", vec![order_number.clone()]),
        (format!("/api/orders?q={order_number}"), "orderNumber", vec![order_number.clone()]),
        ("/api/items?q=LX".to_owned(), "sku", vec!["LX-1".to_owned(), "LX-2".to_owned()]),
        ("/api/items?q=%25".to_owned(), "sku", vec![]),
    ] {
        assert_eq!(texts(&sam.get(&path).await.ok(), field), wanted, "{path}");
    }
}

#[tokio::test]
async fn a_day_ends_where_the_asker_says() {
    let world = World::start().await;
    let sam = world.sam().await;
    let customer = sam.customer("Far away").await;
    let due = async |query: &str| sam.get(&format!("/api/customers/interactions/follow-up?{query}")).await.ok();
    // 14 hours before and 11 hours behind UTC: never the same day.
    let (east, west) = ("tz=Pacific/Kiritimati", "tz=Pacific/Pago_Pago");
    let today = due(east).await["day"].as_i64().unwrap();
    assert!(due(west).await["day"].as_i64().unwrap() < today);
    call(&sam, &customer, "Ring back", json!({ "requiresFollowUp": true, "followUpDate": today })).await;
    let counts = async |query: &str| {
        let counts = due(query).await["counts"].clone();
        ["overdue", "today", "upcoming", "undated"].map(|group| counts[group].as_i64().unwrap())
    };
    assert_eq!(counts(east).await, [0, 1, 0, 0]);
    assert_eq!(counts(west).await, [0, 0, 1, 0]);
    assert_eq!(due("").await["tz"], "Europe/Berlin", "the organisation's own");
    assert_eq!(counts(&format!("{east}&from={today}&to={today}")).await, [0, 1, 0, 0]);
    assert_eq!(counts(&format!("{east}&from={}", today + DAY_MS)).await, [0, 0, 0, 0]);
    assert_eq!(counts(&format!("{east}&to={}", today - DAY_MS)).await, [0, 0, 0, 0]);
    let reply = sam.get("/api/customers/interactions/follow-up?tz=Mars/Olympus").await;
    assert_eq!((reply.refused(), &reply.json["field"]), ((400, "INVALID_VALUE"), &json!("tz")));
}

#[tokio::test]
async fn follow_ups_come_in_pages_in_order_each_once() {
    let world = World::start().await;
    let sam = world.sam().await;
    let customer = sam.customer("Busy").await;
    let day = now(&sam).await.div_euclid(DAY_MS) * DAY_MS;
    for (n, offset) in [(0, Some(-2)), (1, Some(0)), (2, Some(0)), (3, Some(3)), (4, None), (5, None), (6, Some(-2))] {
        let date = offset.map(|days: i64| day + days * DAY_MS);
        call(&sam, &customer, &format!("call {n}"), json!({ "requiresFollowUp": true, "followUpDate": date })).await;
    }
    let by_hand = sam.customer("Set by hand").await;
    sam.put(&by_hand, json!({ "nextFollowUp": day + 5 * DAY_MS })).await.ok();
    let (mut seen, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = sam.get(&format!("/api/customers/interactions/follow-up?limit=2{cursor}")).await.ok();
        assert_eq!(page["counts"].is_object(), pages == 0);
        for group in ["overdue", "today", "upcoming", "undated"] {
            seen.extend(page[group].as_array().unwrap().iter().map(|one| (one["date"].clone(), one["id"].to_string())));
        }
        pages += 1;
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!((seen.len(), pages), (8, 4));
    assert_eq!(seen.iter().map(|(_, id)| id).collect::<HashSet<_>>().len(), 8, "each once");
    let dates: Vec<i64> = seen.iter().map(|(date, _)| date.as_i64().unwrap_or(i64::MAX)).collect();
    assert!(dates.is_sorted(), "{dates:?}");
}

#[tokio::test]
async fn history_comes_in_pages_newest_first_and_ends() {
    let world = World::start().await;
    let sam = world.sam().await;
    let customer = sam.customer("Storied").await;
    for n in 0..7 {
        sam.put(&customer, json!({ "phone": format!("{n}") })).await.ok();
    }
    call(&sam, &customer, "one", json!({})).await;
    let whole = all(&sam, &format!("{customer}/history"), 500).await;
    let paged = all(&sam, &format!("{customer}/history"), 3).await;
    assert!(whole.len() >= 7, "{whole:?}");
    assert_eq!(whole, paged);
    let times: Vec<i64> = whole.iter().map(|line| line["at"].as_i64().unwrap()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    let phones: Vec<&Value> = whole.iter().filter(|line| line["unit"] == "phone").map(|line| &line["after"]).collect();
    assert_eq!(phones.first(), Some(&&json!("6")));
}

#[tokio::test]
async fn pages_of_children_hold_while_rows_come_and_go() {
    let world = World::start().await;
    let sam = world.sam().await;
    let customer = sam.customer("Busy").await;
    let mut stay = HashSet::new();
    let mut leave = Vec::new();
    for n in 0..30 {
        let path = call(&sam, &customer, &format!("call {n}"), json!({ "interactionDate": 1_700_000_000_000_i64 + n / 3 })).await;
        if n % 3 == 0 {
            leave.push(path);
        } else {
            stay.insert(path.rsplit('/').next().unwrap().to_owned());
        }
    }
    let writer = tokio::spawn({
        let (sam, customer) = (sam.clone(), customer.clone());
        async move {
            for (n, path) in leave.into_iter().enumerate() {
                assert_eq!(sam.delete(&path).await.status, 204);
                call(&sam, &customer, "late", json!({ "interactionDate": 1_700_000_000_000_i64 + i64::try_from(n).unwrap() }))
                    .await;
            }
        }
    });
    let seen = all(&sam, &format!("{customer}/interactions"), 3).await;
    writer.await.unwrap();
    let ids: Vec<&str> = seen.iter().map(|item| item["_id"].as_str().unwrap()).collect();
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "nothing twice");
    assert!(stay.iter().all(|id| ids.contains(&id.as_str())), "nothing left out");
}

#[tokio::test]
async fn a_customer_comes_out_of_the_trash_and_says_what_is_known_of_it() {
    let world = World::start().await;
    let sam = world.sam().await;
    let customer = sam.customer("Back again").await;
    let known = sam.put(&format!("{customer}/qualification"), json!({ "budget": { "level": "yes", "amount": 20_000 } })).await;
    assert_eq!(known.status, 200, "{known:?}");
    let told = sam.get(&format!("{customer}/qualification")).await.ok();
    assert_eq!(told["qualification"]["budget"]["level"], "yes");
    let wrong = sam.put(&format!("{customer}/qualification"), json!({ "budget": { "level": "perhaps" } })).await;
    assert_eq!(wrong.status, 400, "{wrong:?}");
    let stale = sam.request(Method::PUT, &format!("{customer}/qualification")).header("if-match", "\"1-x\"");
    let stale = read(stale.json(&json!({ "budget": { "level": "no" } })).send().await.unwrap()).await;
    assert_eq!(stale.refused(), (412, "STALE"));
    sam.delete(&customer).await;
    assert_eq!(sam.get(&format!("{customer}/qualification")).await.refused(), (404, "NOT_FOUND"));
    let back = sam.post(&format!("{customer}/restore"), json!({})).await.ok();
    assert_eq!((&back["name"], &back["deletedAt"]), (&json!("Back again"), &Value::Null));
    let again = sam.post(&format!("{customer}/restore"), json!({})).await.ok();
    assert_eq!(back["version"], again["version"], "one that is not in the trash stays as it is");
    assert_eq!(sam.get(&format!("{customer}/qualification")).await.ok(), told);
}

#[tokio::test]
async fn a_key_is_good_for_a_day() {
    let world = World::start().await;
    let send = async |desk: &Desk| {
        let body = json!({ "name": "Once", "status": "lead", "type": "business" });
        let request = desk.request(Method::POST, "/api/customers").header("idempotency-key", "k-1").json(&body);
        read(request.send().await.unwrap()).await
    };
    assert_eq!(send(&world.sam().await).await.status, 201);
    world.pass(24 * HOUR_MS - 60_000);
    assert_eq!(send(&world.sam().await).await.header("idempotency-replayed"), "true");
    // Somebody else's key is another key.
    assert_eq!(send(&world.ada().await).await.refused(), (409, "NAME_TAKEN"));
    world.pass(2 * 60_000);
    assert_eq!(send(&world.sam().await).await.refused(), (409, "NAME_TAKEN"), "after a day the key is forgotten");
}

#[tokio::test]
async fn a_backup_holds_the_files() {
    let mut world = World::start().await;
    let sam = world.sam().await;
    let customer = sam.customer("Filed").await;
    let id = customer.rsplit('/').next().unwrap();
    let file = json!({ "name": "a.txt", "mime": "text/plain", "ownerKind": "customers", "ownerId": id });
    let path = sam.post(&format!("{customer}/attachments"), file).await.header("location").to_owned();
    let content = format!("{path}/content");
    let put = read(sam.request(Method::PUT, &content).body("hello").send().await.unwrap()).await;
    assert_eq!(put.status, 200, "{put:?}");
    world.stop().await;
    let to = world.dir.path().join("backup");
    good(&world.data(), &["backup", "--to", to.to_str().unwrap()], "");
    std::fs::remove_dir_all(world.data()).unwrap();
    good(&world.data(), &["restore", "--from", to.to_str().unwrap()], "");
    world.serve().await;
    assert_eq!(world.sam().await.get(&content).await.json, "hello");
}
