//! Two servers on one database: no answer from before an acknowledged write, hints that reach everybody, effects that happen once.

use crate::receiver::Receiver;
use crate::support::{World, client};
use crate::{Second, quick};
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_answer_of_one_is_older_than_what_the_other_acknowledged() {
    let world = World::start().await;
    let second = Second::beside(&world).await;
    let (ada, sam) = (world.ada().await, world.sam().await);
    let (ada_there, sam_there) = (second.desk(&ada), second.desk(&sam));
    let customer = sam.customer("Moving").await;
    for n in 0..40 {
        let phone = format!("{n}");
        let (here, there) = if n % 2 == 0 { (&sam, &ada_there) } else { (&sam_there, &ada) };
        here.put(&customer, json!({ "phone": phone })).await.ok();
        let seen = tokio::join!(there.get(&customer), there.get("/api/customers"), there.get(&customer));
        assert_eq!((&seen.0.json["phone"], &seen.2.json["phone"]), (&json!(phone), &json!(phone)));
        assert_eq!(seen.1.json["items"][0]["phone"], phone);
    }
    // What somebody may see ends everywhere with the next request.
    let me = format!("/api/users/{}", sam.user());
    let secret =
        json!({ "name": "Ada's", "status": "active", "type": "individual", "assignedTo": ada.user(), "activeConfirmed": true });
    let secret = ada.post("/api/customers", secret).await.header("location").to_owned();
    for role in ["admin", "sales", "support", "sales"] {
        ada.put(&me, json!({ "role": role })).await.ok();
        for desk in [&sam, &sam_there, &sam, &sam_there] {
            assert_eq!(desk.get(&secret).await.status.as_u16(), if role == "sales" { 404 } else { 200 }, "{role}");
        }
    }
    ada_there.post(&format!("{me}/deactivate"), json!({ "handover": { "mode": "unassign" } })).await.ok();
    assert_eq!(
        (sam.get("/api/customers").await.status.as_u16(), sam_there.get("/api/customers").await.status.as_u16()),
        (401, 401)
    );
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn devices_at_one_hear_at_once_of_what_the_other_accepted() {
    let world = World::start().await;
    let second = Second::beside(&world).await;
    let (ada, sam) = (world.ada().await, world.sam().await);
    let mut line = client().get(format!("{}/api/sync/events", second.url)).bearer_auth(&sam.token).send().await.unwrap();
    let mut heard = async || {
        let chunk = tokio::time::timeout(Duration::from_secs(8), line.chunk()).await.expect("sooner than the next sign of life");
        String::from_utf8(chunk.unwrap().unwrap().to_vec()).unwrap()
    };
    assert!(heard().await.contains("changed"), "what was before may be unknown");
    // The second server begins to listen to the first one while it starts; that is a hint, too.
    tokio::time::sleep(Duration::from_secs(2)).await;
    for n in 0..3 {
        ada.customer(&format!("Heard of {n}")).await;
        assert!(heard().await.contains("changed"));
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_tell_a_receiver_everything_once_and_in_order() {
    let world = World::start_with(quick()).await;
    let (ada, receiver) = (world.ada().await, Receiver::start().await);
    let hook = json!({ "name": "Warehouse", "url": receiver.url, "events": ["customer.created"] });
    assert_eq!(ada.post("/api/webhooks", hook).await.status, 201);
    let second = Second::beside(&world).await;
    let there = second.desk(&ada);
    let mut made = Vec::new();
    for n in 0..60 {
        let path = if n % 3 == 0 { &there } else { &ada }.customer(&format!("Told {n}")).await;
        made.push(path.rsplit('/').next().unwrap().to_owned());
    }
    receiver.wait(60).await;
    // Whoever would tell one of them again has had the time to.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let told: Vec<String> = receiver.got().iter().map(|got| got.record().to_owned()).collect();
    let ids: HashSet<String> = receiver.got().iter().map(|got| got.header("webhook-id").to_owned()).collect();
    assert_eq!((told.len(), ids.len()), (60, 60), "each once");
    assert_eq!(told, made, "in the order of acceptance");
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_receiver_is_told_by_the_other_server_when_one_is_gone() {
    let mut world = World::start_with(quick()).await;
    let second = Second::beside(&world).await;
    let (ada, receiver) = (world.ada().await, Receiver::start().await);
    // Long enough for the second one to have looked when nobody listened.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let hook = json!({ "name": "Warehouse", "url": receiver.url, "events": ["customer.created"] });
    assert_eq!(ada.post("/api/webhooks", hook).await.status, 201);
    ada.customer("Told by the first").await;
    receiver.wait(1).await;
    world.stop().await;
    second.desk(&ada).customer("Told by the second").await;
    world.pass(61_000);
    receiver.wait(2).await;
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_job_that_is_due_on_two_servers_runs_once() {
    let world = World::start().await;
    let second = Second::beside(&world).await;
    let ada = world.ada().await;
    let customer = ada.customer("Old").await;
    assert_eq!(ada.delete(&customer).await.status, 204);
    // Tokens live for minutes; the trash is emptied after thirty days.
    world.pass(40 * 86_400_000);
    let ada = world.ada().await;
    let there = second.desk(&ada);
    let (one, other) = tokio::join!(ada.post("/api/jobs/trash/run", json!({})), there.post("/api/jobs/trash/run", json!({})));
    for reply in [&one, &other] {
        assert!(reply.status == 200 || reply.refused().1 == "BUSY", "{reply:?}");
    }
    let done = |reply: &crate::support::Reply| reply.json["report"]["counts"]["purged"].as_i64().unwrap_or(0);
    assert!(done(&one) + done(&other) >= 1, "{one:?} {other:?}");
    assert_eq!(ada.get(&customer).await.status, 404);
    second.stop().await;
}
