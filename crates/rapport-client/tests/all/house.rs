//! One's name and the company, changed on a device alone and at a server.

use crate::world::{ADA, Laptop, Office, status};
use rapport_client::Code;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn alone_it_stands_in_the_store_and_at_a_server_it_comes_back_from_there() {
    let alone = Laptop::new().start(false).await;
    alone.call("session.startLocal", json!({ "name": "Marit", "company": "Solheim" })).await.expect("started");
    alone.call("profile.save", json!({ "name": "Marit Holm" })).await.expect("saved");
    alone.call("org.save", json!({ "name": "Holm", "currency": "NOK", "timeZone": "Europe/Oslo" })).await.expect("saved");
    let overview = alone.call("org.overview", json!({})).await.expect("overview");
    assert_eq!((&overview["me"]["name"], &overview["org"]["name"]), (&json!("Marit Holm"), &json!("Holm")));
    assert_eq!(overview["org"]["currency"], "NOK");
    let refused = alone.call("org.save", json!({ "currency": "XYZ" })).await.expect_err("no currency");
    assert_eq!((refused.code, refused.field.as_deref()), (Code::InvalidValue, Some("currency")));

    let mut office = Office::open().await;
    let ada = Laptop::new().at(&office, ADA).await;
    ada.sync_once().await.expect("synced");
    ada.call("profile.save", json!({ "name": "Ada Kvist" })).await.expect("saved");
    ada.call("org.save", json!({ "name": "Kvist" })).await.expect("saved");
    ada.sync_once().await.expect("synced");
    let overview = ada.call("org.overview", json!({})).await.expect("overview");
    assert_eq!((&overview["me"]["name"], &overview["org"]["name"]), (&json!("Ada Kvist"), &json!("Kvist")));
    office.shut().await;
    let offline = ada.call("profile.save", json!({ "name": "Ada" })).await.expect_err("no server");
    assert_eq!(offline.code, Code::Offline);
    assert_eq!(status(&ada).await["state"], "ready");
}
