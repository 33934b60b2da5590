//! What a person is shown of her waiting work and of what was decided without her, and what an administrator is told of her device.

use crate::support::office::{Device, Fault, Office};
use rapport_model::Kind;
use rapport_model::wire::About;
use rapport_ops::Ctx;
use rapport_ops::commands::run;
use rapport_sync::seal::key;
use serde_json::{Value, json};

fn asked(device: &Device, command: &str) -> Value {
    let ctx = Ctx { store: device.store.clone(), actor: device.actor(), source: device.clock.clone() };
    run(command, json!({}), &ctx).expect(command)
}

#[test]
fn what_waits_is_listed_by_name_until_the_server_has_it() {
    let office = Office::open();
    let marit = office.device(office.marit);
    let acme = marit.create("Acme");
    office.pass(1_000);
    let call = marit.log_call(acme, "Hello");
    let told = asked(&marit, "sync.waiting");
    let items: Vec<_> = told["items"].as_array().expect("items").iter().map(|i| (&i["name"], &i["id"], &i["held"])).collect();
    assert_eq!(items, [(&json!("Acme"), &json!(acme), &json!(false)), (&json!("Hello"), &json!(call), &json!(false))]);
    assert_eq!((&told["total"], &told["items"][1]["customerId"]), (&json!(2), &json!(acme)));
    assert!(told["items"][0]["since"].as_i64() < told["items"][1]["since"].as_i64());
    marit.sync();
    assert_eq!(asked(&marit, "sync.waiting"), json!({ "items": [], "total": 0 }));
}

#[test]
fn a_value_that_did_not_stand_is_listed_and_can_be_taken_back() {
    let office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let acme = marit.create("Acme");
    marit.sync();
    jonas.sync();
    marit.save(Kind::Customers, acme, &[("phone", json!("earlier"))]).expect("saved");
    office.pass(60_000);
    jonas.save(Kind::Customers, acme, &[("phone", json!("later"))]).expect("saved");
    jonas.sync();
    marit.sync();
    let merges = asked(&marit, "sync.merges");
    let one = &merges["items"][0];
    assert_eq!(
        (&one["name"], &one["unit"], &one["lost"], &one["stands"]),
        (&json!("Acme"), &json!("phone"), &json!("earlier"), &json!("later"))
    );
    assert_eq!(one["lostBy"], json!(office.marit));
    marit.save(Kind::Customers, acme, &[("phone", one["lost"].clone())]).expect("taken back");
    marit.sync();
    jonas.sync();
    assert_eq!(office.customer(acme).phone.as_deref(), Some("earlier"));
    assert_eq!(asked(&marit, "sync.merges")["items"][0]["stands"], json!("earlier"));
    office.assert_agree(&[&marit, &jonas]);
}

#[test]
fn the_server_is_told_of_a_device_when_something_changed() {
    let office = Office::open();
    let marit = office.device(office.marit);
    let told = || marit.store.read(|tx| tx.progress::<About>(key::TOLD)).expect("read").expect("told at the first contact");
    marit.sync();
    assert_eq!((told().waiting, told().oldest), (0, None));
    assert!(told().schema > 0 && !told().app.is_empty());
    marit.clock.off_ms.store(-600_000, std::sync::atomic::Ordering::SeqCst);
    marit.create("Acme");
    marit.meet(&[Some(Fault::Lost), Some(Fault::Lost), Some(Fault::Lost), Some(Fault::Lost)]);
    marit.try_sync().expect_err("the wire is cut");
    assert_eq!(told().waiting, 0, "what did not arrive was not told");
    marit.forget_faults();
    marit.sync();
    marit.sync();
    assert_eq!(told().waiting, 0);
    assert!((599_000..=601_000).contains(&told().skew_ms), "{}", told().skew_ms);
}
