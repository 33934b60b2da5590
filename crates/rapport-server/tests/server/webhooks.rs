//! What other systems are told of, by a real receiver: each event once, signed, in order, whatever breaks between.

mod lists;
mod receiver;
mod told;
mod trouble;

use crate::support::{Desk, World};
use rapport_server::webhooks::Options;
use receiver::Receiver;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A receiver may be on this machine, and is told at once.
fn quick() -> Options {
    Options { allow_private: true, tick: Duration::from_millis(10), ..Options::default() }
}

/// One webhook of ada's.
struct Hook {
    path: String,
    secret: String,
}

async fn hook_for(ada: &Desk, url: &str, events: &[&str]) -> Hook {
    let made = ada.post("/api/webhooks", json!({ "name": "Warehouse", "url": url, "events": events })).await;
    assert_eq!(made.status, 201, "{made:?}");
    Hook { path: made.header("location").to_owned(), secret: made.json["secret"].as_str().unwrap().to_owned() }
}

/// The log of a webhook, newest first.
async fn log(ada: &Desk, hook: &Hook) -> Vec<Value> {
    ada.get(&format!("{}/deliveries", hook.path)).await.ok()["items"].as_array().unwrap().clone()
}

/// The log, once it is as it should be.
async fn log_when(ada: &Desk, hook: &Hook, good: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let items = log(ada, hook).await;
        if good(&items) {
            return items;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{items:#?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Everything that a receiver is told up to now: the last is a customer that is made for this.
async fn all_so_far(ada: &Desk, receiver: &Receiver) -> Vec<receiver::Got> {
    let marker = ada.customer(&format!("Marker {}", receiver.count())).await;
    let id = marker.rsplit('/').next().unwrap().to_owned();
    let mut all = receiver.until(|got| got.body["data"]["_id"] == *id).await;
    all.pop();
    all
}

/// A server, its administrator, a receiver and a webhook for everything.
async fn office(options: Options) -> (World, Desk, Receiver, Hook) {
    let world = World::start_with(options).await;
    let (ada, receiver) = (world.ada().await, Receiver::start().await);
    let hook = hook_for(&ada, &receiver.url, &["*"]).await;
    (world, ada, receiver, hook)
}
