//! A server that recommends a newer version of the app is heard with each sign-in and renewal.

use crate::world::{ADA, Laptop, Office, status};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn the_server_s_word_of_a_newer_version_reaches_the_session() {
    let office = Office::recommending(Some("99.0.1")).await;
    let laptop = Laptop::new();
    let ada = laptop.at(&office, ADA).await;
    assert_eq!(status(&ada).await["newerApp"], json!("99.0.1"), "with the sign-in");
    ada.close().await;
    drop(ada);
    let ada = laptop.start(false).await;
    assert_eq!(status(&ada).await["newerApp"], Value::Null, "nobody asked the server yet");
    ada.sync_once().await.expect("synced");
    assert_eq!(status(&ada).await["newerApp"], json!("99.0.1"), "with the renewal");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_is_new_enough_is_told_nothing() {
    for version in [None, Some("0.0.1")] {
        let office = Office::recommending(version).await;
        let ada = Laptop::new().at(&office, ADA).await;
        assert_eq!(status(&ada).await["newerApp"], Value::Null);
    }
}
