//! How many statements an answer takes, and that none is older than a write that was acknowledged. A program of its own, since
//! the count is the process's.

#![expect(clippy::unwrap_used, reason = "what helps a test may stop at the first surprise, as the test may")]
#![allow(dead_code, reason = "the support of the other tests")]

#[path = "server/support.rs"]
mod support;

use rapport_model::Role;
use rapport_server::account::{NewUser, add_user};
use rapport_store::statements;
use serde_json::json;
use support::{Desk, PASSWORD, World};
use tokio::sync::Mutex;

/// One at a time: the count is everybody's.
static ALONE: Mutex<()> = Mutex::const_new(());

/// The statements of one answer once its readers are warm. What runs beside it, and a reader that is cold, only add to a count.
async fn least(desk: &Desk, path: &str) -> u64 {
    let mut least = u64::MAX;
    for _ in 0..24 {
        let before = statements();
        let reply = desk.get(path).await;
        assert!(reply.status.is_success(), "{path}: {reply:?}");
        least = least.min(statements() - before);
    }
    least
}

#[tokio::test]
async fn a_page_takes_two_statements_and_a_record_two() {
    let _alone = ALONE.lock().await;
    let world = World::start().await;
    for (name, role) in [("help", Role::Support), ("guest", Role::Brand)] {
        let email = format!("{name}@acme.example");
        let new = NewUser { email, name: name.to_owned(), role, team: None, password: Some(PASSWORD.to_owned()) };
        add_user(&world.folder(), &world.source(), world.org, &new).unwrap();
    }
    let (ada, sam) = (world.ada().await, world.sam().await);
    let mut customer = String::new();
    for n in 0..30 {
        let body = json!({ "name": format!("Customer {n}"), "status": "lead", "type": "business",
            "primaryContact": { "firstName": "Ida", "lastName": format!("Nr {n}") } });
        customer = sam.post("/api/customers", body).await.header("location").to_owned();
    }
    let call = json!({ "type": "call", "subject": "s", "description": "", "assignedTo": sam.user() });
    let call = sam.post(&format!("{customer}/interactions"), call).await.header("location").to_owned();
    let guest = world.desk("guest@acme.example").await;
    let named = json!({ "customerIds": [customer.rsplit('/').next()] });
    ada.put(&format!("/api/users/{}", guest.user()), named).await.ok();
    for desk in [&ada, &sam, &world.desk("help@acme.example").await, &guest] {
        let first = desk.get("/api/customers?limit=1").await.ok();
        assert_eq!(first["items"][0]["primaryContact"]["firstName"], "Ida");
        let mut lists: Vec<String> =
            ["contacts", "interactions", "quotes", "orders", "attachments"].map(|kind| format!("{customer}/{kind}")).into();
        lists.extend(
            ["/api/customers?limit=10&sort=-updatedAt", "/api/orders", "/api/items", "/api/users", "/api/teams"]
                .map(str::to_owned),
        );
        if let Some(next) = first["next"].as_str() {
            let page = format!("/api/customers?limit=10&cursor={next}");
            assert!(least(desk, &page).await <= 1, "a later page is not counted again");
        }
        if desk.get("/api/customers/interactions/follow-up").await.status == 200 {
            lists.extend(["", "?scope=all"].map(|query| format!("/api/customers/interactions/follow-up{query}")));
        }
        for path in lists {
            let count = least(desk, &path).await;
            assert!((1..=2).contains(&count), "{path} takes {count} statements");
        }
        for path in [&customer, &call] {
            let count = least(desk, path).await;
            assert!((1..=2).contains(&count), "{path} takes {count} statements");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_answer_is_older_than_an_acknowledged_write() {
    let _alone = ALONE.lock().await;
    let world = World::start().await;
    let (ada, sam) = (world.ada().await, world.sam().await);
    let customer = sam.customer("Moving").await;
    let list = format!("{customer}/contacts");
    for n in 0..60 {
        let phone = format!("{n}");
        sam.put(&customer, json!({ "phone": phone })).await.ok();
        let contact = json!({ "firstName": "C", "lastName": phone });
        sam.post(&list, contact).await.ok();
        let seen = tokio::join!(
            ada.get(&customer),
            ada.get("/api/customers"),
            sam.get(&list),
            ada.get(&list),
            sam.get("/api/customers"),
            sam.get(&customer)
        );
        for one in [&seen.0, &seen.5] {
            assert_eq!(one.json["phone"], phone);
        }
        for page in [&seen.1, &seen.4] {
            assert_eq!(page.json["items"][0]["phone"], phone);
        }
        for page in [&seen.2, &seen.3] {
            assert_eq!(page.json["total"], n + 1);
        }
    }
}

#[tokio::test]
async fn what_ends_somebody_s_access_ends_it_with_the_next_request() {
    let _alone = ALONE.lock().await;
    let world = World::start().await;
    let (ada, sam) = (world.ada().await, world.sam().await);
    let secret = ada.post("/api/customers", json!({ "name": "Ada's", "status": "active", "type": "individual", "assignedTo": ada.user(), "activeConfirmed": true })).await;
    assert_eq!(secret.status, 201, "{secret:?}");
    let secret = secret.header("location").to_owned();
    let warm = async |desk: &Desk, path: &str, status: u16| {
        for _ in 0..8 {
            assert_eq!(desk.get(path).await.status.as_u16(), status, "{path}");
        }
    };
    let me = format!("/api/users/{}", sam.user());
    warm(&sam, &secret, 404).await;
    for role in ["admin", "sales", "support", "sales"] {
        ada.put(&me, json!({ "role": role })).await.ok();
        warm(&sam, &secret, if role == "sales" { 404 } else { 200 }).await;
    }
    // Into a team with its owner, and out again.
    let team = ada.post("/api/teams", json!({ "name": "North" })).await.id();
    for user in [format!("/api/users/{}", ada.user()), me.clone()] {
        ada.put(&user, json!({ "teamId": team })).await.ok();
    }
    warm(&sam, &secret, 200).await;
    ada.put(&me, json!({ "teamId": null })).await.ok();
    warm(&sam, &secret, 404).await;
    let second = world.sam().await;
    warm(&second, "/api/customers", 200).await;
    let device = second.session["deviceId"].as_str().unwrap();
    assert_eq!(ada.delete(&format!("/api/devices/{device}")).await.status, 204);
    warm(&second, "/api/customers", 401).await;
    warm(&sam, "/api/customers", 200).await;
    ada.post(&format!("{me}/deactivate"), json!({})).await.ok();
    warm(&sam, "/api/customers", 401).await;
}
