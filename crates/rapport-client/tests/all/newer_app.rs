//! A server that recommends a newer version of the app is heard with the next renewal of the session.

use crate::world::{ADA, Laptop, Office, status};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn the_server_s_word_of_a_newer_version_reaches_the_session() {
    let mut office = Office::open().await;
    let laptop = Laptop::new();
    let ada = laptop.at(&office, ADA).await;
    ada.sync_once().await.expect("synced");
    assert_eq!(status(&ada).await["newerApp"], Value::Null, "server and app are of the same release");
    ada.close().await;
    drop(ada);

    office.recommend("99.0.1").await;
    let ada = laptop.start(false).await;
    assert_eq!(status(&ada).await["newerApp"], Value::Null, "nobody asked the server yet");
    ada.sync_once().await.expect("synced");
    assert_eq!(status(&ada).await["newerApp"], json!("99.0.1"));
}
