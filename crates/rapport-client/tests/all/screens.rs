//! What the screens of a device read and do, on a session without a network.

use crate::world::{Laptop, put};
use rapport_client::{Client, Code};
use serde_json::{Value, json};

const DAY: i64 = 86_400_000;

async fn alone(laptop: &Laptop) -> Client {
    let client = laptop.start(false).await;
    client.call("session.startLocal", json!({ "name": "Marit", "company": "Halvorsen" })).await.expect("started");
    client
}

async fn ask(client: &Client, name: &str, args: Value) -> Value {
    client.call(name, args).await.unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

async fn customer(client: &Client, name: &str) -> String {
    let me = ask(client, "session.status", json!({})).await["user"]["_id"].clone();
    put(client, "customers", json!({ "name": name, "status": "lead", "type": "individual", "assignedTo": me })).await
}

async fn quote(client: &Client, customer: &str, days: i64) -> String {
    let today = ask(client, "today.page", json!({})).await["day"].as_i64().expect("a day");
    let lines = json!([{ "description": "Stage", "quantity": 2, "unitPrice": 50.05, "taxRate": 19 }]);
    let fields = json!({
        "customerId": customer, "subject": "Stages", "items": lines, "currency": "EUR", "validUntil": today + days * DAY,
    });
    put(client, "quotes", fields).await
}

/// A quote goes its way by verbs, without a network, and becomes one order however often it is pressed.
#[tokio::test(flavor = "multi_thread")]
async fn a_quote_is_sent_accepted_and_ordered_offline() {
    let laptop = Laptop::new();
    let client = alone(&laptop).await;
    let acme = customer(&client, "Acme").await;
    let id = quote(&client, &acme, 3).await;
    let act = |verb: &'static str, with: Value| {
        let (client, id) = (client.clone(), id.clone());
        async move { client.call("quotes.act", json!({ "id": id, "verb": verb, "with": with })).await }
    };
    let page = ask(&client, "quotes.page", json!({ "id": id })).await;
    assert_eq!((&page["can"], &page["customer"]["name"]), (&json!(["send"]), &json!("Acme")));
    assert_eq!(act("accept", json!({})).await.expect_err("not sent").code, Code::IllegalTransition);
    act("send", json!({ "channel": "printed" })).await.expect("sent");
    let today = ask(&client, "today.page", json!({})).await;
    assert_eq!(today["expiring"][0]["customerName"], "Acme", "it ends within a week");
    let board = ask(&client, "quotes.board", json!({ "mine": true })).await;
    let sent = board["lanes"].as_array().expect("lanes").iter().find(|lane| lane["status"] == "sent").expect("a lane");
    assert_eq!((&sent["count"], &sent["sums"][0]["amount"]), (&json!(1), &json!(119.12)));
    assert_eq!(act("reject", json!({ "reason": " " })).await.expect_err("no reason").code, Code::ReasonRequired);
    act("accept", json!({})).await.expect("accepted");
    let (first, again) = (act("convert", json!({})).await.expect("order"), act("convert", json!({})).await.expect("order"));
    assert_eq!((&first["shows"]["kind"], &first["shows"]), (&json!("orders"), &again["shows"]));
    let order = ask(&client, "orders.page", json!({ "id": first["shows"]["id"] })).await;
    assert_eq!((&order["legal"], &order["leftOut"]), (&json!(["shipped", "delivered", "cancelled"]), &json!([])));
    assert_eq!(order["order"]["record"]["totalAmount"], 119.12);
    let list = ask(&client, "sales.list", json!({ "kind": "orders", "mine": true })).await;
    assert_eq!((&list["total"], &list["items"][0]["customerName"]), (&json!(1), &json!("Acme")));
    let value = ask(&client, "reports.get", json!({ "what": "value" })).await;
    assert_eq!(value["totals"][0]["revenue"], 119.12);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_takes_the_place_of_its_quote_and_can_be_undone() {
    let laptop = Laptop::new();
    let client = alone(&laptop).await;
    let acme = customer(&client, "Acme").await;
    let id = quote(&client, &acme, 3).await;
    ask(&client, "quotes.act", json!({ "id": id, "verb": "send", "with": { "channel": "other" } })).await;
    let done = ask(&client, "quotes.act", json!({ "id": id, "verb": "revise" })).await;
    let page = ask(&client, "quotes.page", json!({ "id": id })).await;
    assert_eq!((&page["can"], &page["after"]["id"]), (&json!([]), &done["shows"]["id"]));
    ask(&client, "records.save", json!({ "changes": done["undo"] })).await;
    let page = ask(&client, "quotes.page", json!({ "id": id })).await;
    assert_eq!((&page["can"][0], &page["after"]), (&json!("accept"), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_add_up_as_they_do_when_they_are_saved() {
    let laptop = Laptop::new();
    let client = alone(&laptop).await;
    let lines = json!([{ "description": "", "quantity": 16, "unitPrice": 348.35, "discountPercent": 4, "taxRate": 22 }]);
    let sums = ask(&client, "sales.totals", json!({ "items": lines, "currency": "EUR" })).await;
    assert_eq!((&sums["subtotal"], &sums["totalAmount"]), (&json!(5350.66), &json!(6527.81)));
    let wrong = json!({ "items": [{ "quantity": 0, "unitPrice": 1 }] });
    let error = client.call("sales.totals", wrong).await.expect_err("no quantity");
    assert_eq!(error.field.as_deref(), Some("items[0].quantity"));
}

#[tokio::test(flavor = "multi_thread")]
async fn today_and_the_calendar_show_what_is_due_on_its_day() {
    let laptop = Laptop::new();
    let client = alone(&laptop).await;
    let acme = customer(&client, "Acme").await;
    let day = ask(&client, "today.page", json!({})).await["day"].as_i64().expect("a day");
    for (subject, days) in [("late", -2), ("now", 0), ("soon", 3)] {
        let fields = json!({
            "customerId": acme, "type": "call", "subject": subject, "description": "", "followUpDate": day + days * DAY,
        });
        put(&client, "interactions", fields).await;
    }
    let meeting = json!({
        "customerId": acme, "type": "meeting", "subject": "Demo", "description": "", "interactionDate": day + 2 * DAY + 3_600_000,
    });
    put(&client, "interactions", meeting).await;
    let today = ask(&client, "today.page", json!({})).await;
    assert_eq!(today["counts"], json!({ "overdue": 1, "today": 1, "upcoming": 1, "undated": 0 }));
    assert_eq!((&today["followUps"][0]["about"], &today["followUps"][0]["customerName"]), (&json!("late"), &json!("Acme")));
    let month = ask(&client, "calendar.range", json!({ "from": day, "to": day + 6 * DAY })).await;
    let days: Vec<&Value> = month["followUps"].as_array().expect("items").iter().map(|one| &one["day"]).collect();
    assert_eq!(days, [&json!(day), &json!(day + 3 * DAY)]);
    assert_eq!((&month["meetings"][0]["subject"], &month["meetings"][0]["planned"]), (&json!("Demo"), &json!(true)));
    assert!(client.call("calendar.range", json!({ "from": day, "to": day - DAY })).await.is_err());
}

/// "Acme" deleted, "Acme" made anew, the old one restored: guided, with a name that is free.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_meanwhile_is_answered_with_a_free_one() {
    let laptop = Laptop::new();
    let client = alone(&laptop).await;
    let old = customer(&client, "Acme").await;
    put(&client, "interactions", json!({ "customerId": old, "type": "call", "subject": "Hello", "description": "" })).await;
    crate::world::trash(&client, "customers", &old).await;
    let new = customer(&client, "Acme").await;
    let trash = ask(&client, "trash.list", json!({})).await;
    assert_eq!((&trash["items"][0]["title"], &trash["items"][0]["children"]), (&json!("Acme"), &json!(1)));
    let restore = json!({ "kind": "customers", "id": old });
    let error = client.call("trash.restore", restore).await.expect_err("the name is taken");
    let details = error.details.expect("details");
    assert_eq!((error.code, &details["freeName"], &details["existingId"]), (Code::NameTaken, &json!("Acme (2)"), &json!(new)));
    let back = ask(&client, "trash.restore", json!({ "kind": "customers", "id": old, "name": "Acme (2)" })).await;
    assert_eq!(
        (&back["restored"]["record"]["name"], &back["restored"]["record"]["deletedAt"]),
        (&json!("Acme (2)"), &Value::Null)
    );
    let page = ask(&client, "customers.page", json!({ "id": old })).await;
    assert_eq!(page["interactions"][0]["subject"], "Hello", "what hung on it came along");
    assert_eq!(ask(&client, "trash.list", json!({})).await["items"], json!([]));
}

/// What comes back under another name reaches the server as one.
#[tokio::test(flavor = "multi_thread")]
async fn a_restored_customer_with_a_new_name_reaches_the_server() {
    use crate::world::{ADA, BOB, Office, names, trash};
    let office = Office::open().await;
    let (here, there) = (Laptop::new(), Laptop::new());
    let ada = here.at(&office, ADA).await;
    let old = put(&ada, "customers", json!({ "name": "Acme" })).await;
    ada.sync_once().await.expect("synced");
    trash(&ada, "customers", &old).await;
    put(&ada, "customers", json!({ "name": "Acme" })).await;
    ask(&ada, "trash.restore", json!({ "kind": "customers", "id": old, "name": "Acme (2)" })).await;
    ada.sync_once().await.expect("synced");
    let bob = there.at(&office, BOB).await;
    bob.sync_once().await.expect("synced");
    let mut all = names(&bob).await;
    all.sort();
    assert_eq!(all, ["Acme", "Acme (2)"]);
}
