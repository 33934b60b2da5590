//! Analytics as their screens ask for them: exact, by role, and never older than a write that was answered.

use crate::support::{Desk, World, somebody};
use rapport_model::Role;
use rapport_server::account;
use serde_json::{Value, json};

/// 2026-03-29 in Berlin, a day of 23 hours: from midnight on the wall to the next one.
const FROM: i64 = 1_774_738_800_000;
const TO: i64 = FROM + 23 * 3_600_000;
const VALUE: &str = "/api/customers/analytics/value";
const LEADS: &str = "/api/customers/analytics/leads";
const INTERACTIONS: &str = "/api/customers/analytics/interactions";
const REPORT: &str = "/api/customers/reports/activity";

fn day(path: &str) -> String {
    format!("{path}?from={FROM}&to={TO}")
}

async fn owned(desk: &Desk, name: &str, owner: &str) -> String {
    let body = json!({ "name": name, "status": "lead", "type": "individual", "source": "=fair", "assignedTo": owner });
    let reply = desk.post("/api/customers", body).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.header("location").to_owned()
}

async fn order(desk: &Desk, customer: &str, at: i64, total: f64, currency: &str) -> String {
    let items = json!([{ "description": "Lens", "quantity": 1, "unitPrice": total }]);
    let body = json!({ "items": items, "currency": currency, "orderDate": at, "status": "confirmed" });
    let reply = desk.post(&format!("{customer}/orders"), body).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.header("location").to_owned()
}

async fn call(desk: &Desk, customer: &str, at: i64) {
    let body = json!({ "type": "call", "subject": "s", "description": "", "assignedTo": desk.user(), "interactionDate": at, "outcome": "won" });
    assert_eq!(desk.post(&format!("{customer}/interactions"), body).await.status, 201);
}

/// The revenue of each currency.
fn totals(answer: &Value) -> Vec<(&str, &Value, i64)> {
    let all = answer["totals"].as_array().unwrap().iter();
    all.map(|t| (t["currency"].as_str().unwrap(), &t["revenue"], t["orders"].as_i64().unwrap())).collect()
}

#[tokio::test]
async fn a_period_begins_with_its_first_instant_and_ends_before_its_last() {
    let world = World::start().await;
    let sam = world.sam().await;
    let customer = owned(&sam, "Kvist", sam.user()).await;
    for (at, total) in [(FROM - 1, 1.0), (FROM, 0.1), (TO - 1, 0.2), (TO, 2.0)] {
        order(&sam, &customer, at, total, "EUR").await;
        call(&sam, &customer, at).await;
    }
    order(&sam, &customer, FROM, 7.0, "JPY").await;
    let told = sam.get(&day(VALUE)).await.ok();
    assert_eq!(totals(&told), [("EUR", &json!(0.3), 2), ("JPY", &json!(7), 1)], "0.1 and 0.2 are 0.3; yen are yen");
    assert_eq!(told["totals"][0]["averageOrderValue"], json!(0.15));
    assert_eq!((&told["byMonth"][0]["key"], &told["bySource"][0]["key"]), (&json!("2026-03"), &json!("=fair")));
    assert!(told["asOf"].as_i64().is_some_and(|at| at > TO));
    assert_eq!(told["predictedValue"], json!({ "value": null, "reason": "notYetComputed" }));
    let told = sam.get(&day(INTERACTIONS)).await.ok();
    assert_eq!((&told["total"], &told["byDay"]), (&json!(2), &json!([{ "key": "2026-03-29", "count": 2 }])));
    let utc = sam.get(&format!("{}&tz=UTC", day(INTERACTIONS))).await.ok();
    assert_eq!(utc["byDay"], json!([{ "key": "2026-03-28", "count": 1 }, { "key": "2026-03-29", "count": 1 }]));
}

#[tokio::test]
async fn deleted_records_count_nowhere_and_archived_ones_keep_their_past() {
    let world = World::start().await;
    let ada = world.ada().await;
    let kept = owned(&ada, "Kept", ada.user()).await;
    let gone = owned(&ada, "Gone", ada.user()).await;
    order(&ada, &kept, FROM, 10.0, "EUR").await;
    let cancelled = order(&ada, &kept, FROM, 5.0, "EUR").await;
    ada.put(&cancelled, json!({ "status": "cancelled" })).await.ok();
    call(&ada, &gone, FROM).await;
    assert_eq!(ada.get(&day(INTERACTIONS)).await.ok()["total"], 1);
    assert_eq!(ada.delete(&gone).await.status, 204);
    assert_eq!(totals(&ada.get(&day(VALUE)).await.ok()), [("EUR", &json!(10), 1)]);
    assert_eq!(ada.get(&day(INTERACTIONS)).await.ok()["total"], 0);
    let by_status = |told: &Value| told["byStatus"].as_array().unwrap().iter().map(|s| s["count"].as_i64().unwrap()).sum::<i64>();
    let told = ada.get(LEADS).await.ok();
    assert_eq!((by_status(&told), &told["archived"]), (1, &json!(0)));
    ada.post(&format!("{kept}/archive"), json!({})).await.ok();
    let told = ada.get(LEADS).await.ok();
    assert_eq!((by_status(&told), &told["archived"]), (0, &json!(1)));
    assert_eq!(totals(&ada.get(&day(VALUE)).await.ok()), [("EUR", &json!(10), 1)], "what it bought stays");
}

#[tokio::test]
async fn everybody_sees_what_the_role_says() {
    let mut world = World::start().await;
    world.stop().await;
    for (email, role) in [("sue@acme.example", Role::Support), ("bea@acme.example", Role::Brand)] {
        account::add_user(&world.folder(), &world.source(), world.org, &somebody(email, role)).unwrap();
    }
    world.serve().await;
    let (ada, sam) = (world.ada().await, world.sam().await);
    for (name, owner, total) in [("Hers", ada.user(), 1.0), ("His", sam.user(), 2.0)] {
        let customer = owned(&ada, name, owner).await;
        order(&ada, &customer, FROM, total, "EUR").await;
        call(&ada, &customer, FROM).await;
    }
    let revenue = |answer: &Value| answer["totals"][0]["revenue"].clone();
    assert_eq!(revenue(&ada.get(&day(VALUE)).await.ok()), 3);
    assert_eq!(revenue(&sam.get(&day(VALUE)).await.ok()), 2);
    let by_owner = |desk: &Desk, path: &str| format!("{}&ownerId={}", day(path), desk.user());
    assert_eq!(revenue(&ada.get(&by_owner(&sam, VALUE)).await.ok()), 2);
    assert_eq!(revenue(&sam.get(&by_owner(&sam, VALUE)).await.ok()), 2);
    for path in [VALUE, LEADS, INTERACTIONS, REPORT] {
        assert_eq!(sam.get(&by_owner(&ada, path)).await.refused(), (403, "FORBIDDEN"), "{path}");
    }
    let report = ada.get(&day(REPORT)).await.ok();
    let owners: Vec<&Value> = report["owners"].as_array().unwrap().iter().collect();
    assert_eq!(owners.len(), 2);
    assert!(owners.iter().any(|o| o["name"] == "sam" && o["revenue"][0]["revenue"] == 2), "{report:#}");
    assert_eq!(sam.get(&day(REPORT)).await.ok()["owners"].as_array().unwrap().len(), 1);
    let (sue, bea) = (world.desk("sue@acme.example").await, world.desk("bea@acme.example").await);
    assert_eq!(sue.get(VALUE).await.refused(), (403, "FORBIDDEN"));
    assert_eq!(bea.get(VALUE).await.refused(), (403, "FORBIDDEN"));
    assert_eq!(bea.get(REPORT).await.refused(), (403, "FORBIDDEN"));
    let report = sue.get(&day(REPORT)).await.ok();
    assert!(report["owners"][0].get("revenue").is_none() && report["owners"][0].get("revenueKept").is_none(), "{report:#}");
    let told = bea.get(&day(INTERACTIONS)).await.ok();
    assert_eq!(told["total"], 0, "nothing is named to her");
    assert!(told.get("byUser").is_none() && told.get("byOutcome").is_none());
}

#[tokio::test]
async fn no_answer_is_older_than_a_write_that_was_answered() {
    let world = World::start().await;
    let (ada, sam) = (world.ada().await, world.sam().await);
    let customer = owned(&ada, "Kvist", sam.user()).await;
    order(&sam, &customer, FROM, 1.0, "EUR").await;
    // Others ask all the time, so that answers are kept while writes come in.
    let asking: Vec<_> = (0..3)
        .map(|_| {
            let ada = ada.clone();
            tokio::spawn(async move {
                let (mut last, mut asked) = (0, 0);
                while last < 40 {
                    let told = ada.get(&day(VALUE)).await.ok();
                    let orders = told["totals"][0]["orders"].as_i64().unwrap();
                    assert!(orders >= last, "figures went back from {last} to {orders}");
                    assert_eq!(told["totals"][0]["revenue"], orders, "of one moment");
                    (last, asked) = (orders, asked + 1);
                }
                asked
            })
        })
        .collect();
    for count in 2..=40 {
        order(&sam, &customer, FROM, 1.0, "EUR").await;
        for desk in [&sam, &ada] {
            assert!(desk.get(&day(VALUE)).await.ok()["totals"][0]["orders"].as_i64() >= Some(count), "an old answer");
        }
    }
    for task in asking {
        assert!(task.await.unwrap() > 1);
    }
    let first = ada.get(&day(VALUE)).await.ok();
    assert_eq!(ada.get(&day(VALUE)).await.ok(), first, "kept: the same instant");
    world.pass(60_000);
    assert!(ada.get(&day(VALUE)).await.ok()["asOf"].as_i64() > first["asOf"].as_i64(), "the clock counts, too");
}

#[tokio::test]
async fn figures_come_as_csv_without_formulas() {
    let world = World::start().await;
    let sam = world.sam().await;
    let customer = owned(&sam, "Kvist", sam.user()).await;
    order(&sam, &customer, FROM, 12.5, "EUR").await;
    let reply = sam.get(&format!("{}&format=csv", day(VALUE))).await;
    assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8; header=present");
    let text = reply.json.as_str().unwrap();
    assert!(text.contains("\r\ntotals,EUR,,EUR,revenue,12.5\r\n"), "{text}");
    assert!(text.contains("\r\nbySource,'=fair,,EUR,orders,1\r\n"), "{text}");
    assert!(
        text.contains(",,,,reason,notYetComputed\r\n") || text.contains("predictedValue,,,,reason,notYetComputed\r\n"),
        "{text}"
    );
    let asked = sam.request(reqwest::Method::GET, &day(REPORT)).header("accept", "text/csv");
    let reply = crate::support::read(asked.send().await.unwrap()).await;
    assert!(reply.header("content-disposition").contains("activity.csv"));
    assert!(reply.json.as_str().unwrap().contains(&format!("owners.responseTime,{},sam,,waiting,", sam.user())), "{reply:?}");
}

#[tokio::test]
async fn what_cannot_be_answered_is_told() {
    let world = World::start().await;
    let sam = world.sam().await;
    for bad in ["from=x", "to=99999999999999999", "tz=Nowhere/Land", "ownerId=me", "format=pdf", "dormantDays=0", "colour=red"] {
        let reply = sam.get(&format!("{INTERACTIONS}?{bad}")).await;
        assert_eq!(reply.refused(), (400, "INVALID_VALUE"), "{bad}");
        assert_eq!(reply.json["field"].as_str(), bad.split('=').next(), "{bad}");
    }
    assert_eq!(sam.get(&format!("{VALUE}?from=5&to=5")).await.refused(), (400, "INVALID_VALUE"));
    assert_eq!(sam.get(&format!("{VALUE}?from=0&to={TO}")).await.refused(), (400, "INVALID_VALUE"), "more than 25 years");
    for path in [VALUE, LEADS, INTERACTIONS, REPORT] {
        assert!(sam.get(path).await.ok()["asOf"].is_i64(), "an empty organisation has figures");
    }
}

#[tokio::test]
async fn stages_and_reasons_come_from_the_history() {
    let world = World::start().await;
    let sam = world.sam().await;
    let customer = owned(&sam, "Kvist", sam.user()).await;
    world.pass(2 * 86_400_000);
    let sam = world.sam().await;
    sam.put(&customer, json!({ "status": "active" })).await.ok();
    world.pass(3 * 86_400_000);
    let sam = world.sam().await;
    sam.put(&customer, json!({ "status": "inactive", "statusReason": " too dear " })).await.ok();
    let told = sam.get(LEADS).await.ok();
    let stage = |key: &str| told["stageDwell"].as_array().unwrap().iter().find(|s| s["key"] == key).unwrap().clone();
    let close = |value: &Value, days: f64| value.as_f64().is_some_and(|v| (v - days).abs() < 0.01);
    assert!(close(&stage("lead")["medianDays"], 2.0), "{told:#}");
    assert!(close(&stage("active")["medianDays"], 3.0), "{told:#}");
    assert!(close(&told["timeToQualify"]["medianDays"], 2.0), "{told:#}");
    assert_eq!(told["lostReasons"], json!([{ "key": "too dear", "count": 1 }]));
    assert_eq!((&told["funnel"]["qualified"], &told["funnel"]["churned"]), (&json!(1), &json!(1)));
}
