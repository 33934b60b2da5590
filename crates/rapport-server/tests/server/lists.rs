//! Lists: pages that stay put, filters, search, and what changed since.

use crate::support::{Desk, World};
use serde_json::{Value, json};
use std::collections::HashSet;

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

async fn make(sam: &Desk, count: usize) {
    for n in 0..count {
        sam.customer(&format!("Customer {n:03}")).await;
    }
}

#[tokio::test]
async fn pages_skip_nothing_and_repeat_nothing_while_others_insert() {
    let world = World::start().await;
    let sam = world.sam().await;
    make(&sam, 25).await;
    let writer = tokio::spawn({
        let sam = sam.clone();
        async move {
            for n in 0..20 {
                sam.customer(&format!("Customer {:03} later", n)).await;
            }
        }
    });
    let (mut seen, mut cursor, mut pages) = (Vec::new(), None::<String>, 0);
    loop {
        let after = cursor.map(|c| format!("&cursor={c}")).unwrap_or_default();
        let page = sam.get(&format!("/api/customers?limit=4{after}")).await.ok();
        assert_eq!(page["total"].is_i64(), pages == 0, "counted once");
        seen.extend(names(&page).into_iter().map(str::to_owned));
        pages += 1;
        cursor = page["next"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    writer.await.unwrap();
    assert!(pages >= 7, "{pages}");
    let unique: HashSet<&String> = seen.iter().collect();
    assert_eq!(unique.len(), seen.len(), "nothing twice");
    let old = seen.iter().filter(|name| !name.ends_with("later")).count();
    assert_eq!(old, 25, "nothing left out");
    assert!(seen.is_sorted(), "in order");
}

#[tokio::test]
async fn filters_sorts_and_search_find_what_they_say() {
    let world = World::start().await;
    let sam = world.sam().await;
    for (name, status, owner) in
        [("Bär", "lead", json!(sam.user())), ("Álamo", "prospect", Value::Null), ("Zebra", "lead", Value::Null)]
    {
        let body = json!({ "name": name, "status": status, "type": "business", "assignedTo": owner });
        assert_eq!(sam.post("/api/customers", body).await.status, 201);
    }
    let parked = sam.customer("Parked").await;
    sam.put(&parked, json!({ "isActive": false })).await.ok();
    let owner = format!("assignedTo={}", sam.user());
    for (query, wanted) in [
        ("", vec!["Álamo", "Bär", "Zebra"]),
        ("sort=-name", vec!["Zebra", "Bär", "Álamo"]),
        ("status=lead", vec!["Bär", "Zebra"]),
        ("status=lead&status=prospect", vec!["Álamo", "Bär", "Zebra"]),
        (owner.as_str(), vec!["Bär"]),
        ("assignedTo=&status=lead", vec!["Zebra"]),
        ("includeInactive=true", vec!["Álamo", "Bär", "Parked", "Zebra"]),
        ("isActive=false", vec!["Parked"]),
        ("q=bar", vec!["Bär"]),
        ("q=zeb&status=prospect", vec![]),
        ("q=parked", vec![]),
        ("q=parked&includeInactive=true", vec!["Parked"]),
    ] {
        let list = sam.get(&format!("/api/customers?{query}")).await.ok();
        assert_eq!(names(&list), wanted, "{query}");
        assert_eq!(list["total"], wanted.len(), "{query}");
    }
    for bad in ["limit=501", "limit=0", "limit=x", "sort=colour", "colour=red", "cursor=x", "changedSince=x", "status=hot"] {
        let refused = sam.get(&format!("/api/customers?{bad}")).await;
        assert_eq!(refused.refused(), (400, "INVALID_VALUE"), "{bad}");
        assert_eq!(refused.json["field"].as_str(), bad.split('=').next(), "{bad}");
    }
    let customer = sam.get("/api/customers?q=zebra").await.json["items"][0]["_id"].as_str().unwrap().to_owned();
    assert_eq!(sam.get(&format!("/api/customers/{customer}/attachments?q=x")).await.refused(), (400, "INVALID_VALUE"));
}

#[tokio::test]
async fn changed_since_tells_what_was_accepted_after_it_deletes_too() {
    let world = World::start().await;
    let sam = world.sam().await;
    let (first, second) = (sam.customer("First").await, sam.customer("Second").await);
    let since = sam.get("/api/customers").await.ok()["changedSince"].as_str().unwrap().to_owned();
    let changed = |since: String| {
        let sam = sam.clone();
        async move { sam.get(&format!("/api/customers?changedSince={since}")).await.ok() }
    };
    assert_eq!(changed(since.clone()).await["items"], json!([]));
    sam.put(&second, json!({ "phone": "1" })).await.ok();
    sam.delete(&first).await;
    let third = sam.customer("Third").await;
    let list = changed(since).await;
    assert_eq!(names(&list), ["First", "Second", "Third"]);
    assert!(list["items"][0]["deletedAt"].is_i64());
    let since = list["changedSince"].as_str().unwrap().to_owned();
    sam.delete(&third).await;
    assert_eq!(names(&changed(since).await), ["Third"]);
}
