//! Reminders of a session: told once whatever happens, kept over restarts, tried again when the system refuses.

use crate::world::{ADA, BOB, Laptop, Office, put, trash};
use rapport_client::words::Notice;
use rapport_client::{Client, Code, Error, Options, Result, System, Teller};
use rapport_model::{Id, Millis, Source};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

/// 4 May 2026, 12:00 UTC.
const NOON: i64 = 1_777_896_000_000;
const HOUR: i64 = 3_600_000;
/// 00:00 UTC of 5 May.
const FIFTH: i64 = NOON + 12 * HOUR;
/// So late that the morning of 5 May has come everywhere.
const EVENING: i64 = FIFTH + 24 * HOUR;

struct Clock(AtomicI64);

impl Source for Clock {
    fn now(&self) -> Millis {
        Millis(self.0.load(Ordering::Relaxed))
    }

    fn id(&self) -> Id {
        System.id()
    }
}

/// A computer that shows notifications, or refuses to.
#[derive(Default)]
struct Shown {
    notices: Mutex<Vec<Notice>>,
    refuses: AtomicBool,
}

impl Shown {
    fn take(&self) -> Vec<Notice> {
        std::mem::take(&mut *self.notices.lock().expect("one at a time"))
    }
}

impl Teller for Shown {
    fn tell(&self, notice: &Notice) -> Result<()> {
        if self.refuses.load(Ordering::Relaxed) {
            return Err(Error::new(Code::Internal, "no notifications here"));
        }
        self.notices.lock().expect("one at a time").push(notice.clone());
        Ok(())
    }
}

struct Desk {
    laptop: Laptop,
    clock: Arc<Clock>,
    shown: Arc<Shown>,
}

impl Desk {
    fn new(now: i64) -> Desk {
        Desk { laptop: Laptop::new(), clock: Arc::new(Clock(AtomicI64::new(now))), shown: Arc::default() }
    }

    async fn start(&self, drive: bool) -> Client {
        let options = Options { drive, teller: Some(self.shown.clone()), source: self.clock.clone(), ..self.laptop.options() };
        Client::open(options).await.expect("opened")
    }

    async fn alone(&self) -> Client {
        let client = self.start(false).await;
        client.call("session.startLocal", json!({ "name": "Marit", "company": "Solheim" })).await.expect("started");
        client
    }

    fn at(&self, now: i64) {
        self.clock.0.store(now, Ordering::Relaxed);
    }

    /// What one look shows: title and body.
    async fn told(&self, client: &Client) -> Vec<(String, String)> {
        client.remind().await.expect("looked");
        self.shown.take().into_iter().map(|notice| (notice.title, notice.body)).collect()
    }
}

async fn call_of(client: &Client, customer: &str, subject: &str, more: Value) -> String {
    let mut fields = json!({ "customerId": customer, "type": "call", "subject": subject, "interactionDate": NOON - HOUR });
    let Value::Object(more) = more else { panic!("fields") };
    fields.as_object_mut().expect("fields").extend(more);
    put(client, "interactions", fields).await
}

async fn change(client: &Client, id: &str, fields: Value) {
    client.put(json!({ "kind": "interactions", "id": id, "fields": fields })).await.expect("saved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follow_up_is_told_once_over_restarts_and_not_when_it_is_done_moved_or_gone() {
    let desk = Desk::new(NOON);
    let client = desk.alone().await;
    let acme = put(&client, "customers", json!({ "name": "Acme" })).await;
    let due = || json!({ "followUpDate": FIFTH });
    call_of(&client, &acme, "Call back", due()).await;
    let done = call_of(&client, &acme, "Done", due()).await;
    let moved = call_of(&client, &acme, "Moved", due()).await;
    let gone = call_of(&client, &acme, "Gone", due()).await;
    assert!(desk.told(&client).await.is_empty(), "its day has not come");
    change(&client, &done, json!({ "followUpDoneAt": NOON })).await;
    change(&client, &moved, json!({ "followUpDate": FIFTH + 3 * 24 * HOUR })).await;
    trash(&client, "interactions", &gone).await;

    desk.at(EVENING);
    let told = desk.told(&client).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].0 == "Acme" && told[0].1.ends_with("· Call back"), "{told:?}");
    assert!(desk.told(&client).await.is_empty(), "nothing is told twice");
    client.close().await;
    drop(client);

    let client = desk.start(false).await;
    assert!(desk.told(&client).await.is_empty(), "nor after a restart");
    desk.at(EVENING + 4 * 24 * HOUR);
    assert!(desk.told(&client).await[0].1.ends_with("· Moved"), "what was moved has its own day");
}

/// Its time is on the wall, so the day and the minute are the same wherever this runs; a time that is not said to be one is cut.
#[tokio::test(flavor = "multi_thread")]
async fn a_follow_up_with_a_time_keeps_it_and_is_told_once() {
    let desk = Desk::new(NOON);
    let client = desk.alone().await;
    let acme = put(&client, "customers", json!({ "name": "Acme" })).await;
    let half_past_two = FIFTH + 14 * HOUR + HOUR / 2;
    let timed = call_of(&client, &acme, "Ring", json!({ "followUpDate": half_past_two, "followUpHasTime": true })).await;
    let cut = call_of(&client, &acme, "Write", json!({ "followUpDate": half_past_two + 24 * HOUR })).await;
    let date = async |id: &str| {
        let held = client.call("records.get", json!({ "kind": "interactions", "id": id })).await.expect("there");
        held["record"]["followUpDate"].as_i64()
    };
    assert_eq!((date(&timed).await, date(&cut).await), (Some(half_past_two), Some(FIFTH + 24 * HOUR)));
    let days = json!({ "from": FIFTH, "to": FIFTH });
    let range = client.call("calendar.range", days).await.expect("a day");
    assert_eq!((&range["followUps"][0]["day"], &range["followUps"][0]["minute"]), (&json!(FIFTH), &json!(14 * 60 + 30)));
    assert_eq!(range["followUps"].as_array().map(Vec::len), Some(1));

    desk.at(EVENING + 15 * HOUR);
    let told = desk.told(&client).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(desk.told(&client).await.is_empty(), "nothing is told twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_week_away_there_is_one_notification_and_it_leads_to_today() {
    let desk = Desk::new(NOON);
    let client = desk.alone().await;
    for n in 0..12 {
        let customer = put(&client, "customers", json!({ "name": format!("Customer {n:02}") })).await;
        call_of(&client, &customer, "Call back", json!({ "followUpDate": FIFTH + n % 5 * 24 * HOUR })).await;
    }
    desk.at(EVENING + 7 * 24 * HOUR);
    client.remind().await.expect("looked");
    let notices = desk.shown.take();
    assert_eq!(notices.len(), 1, "{notices:?}");
    let expected = ("12 follow-ups are due", "/today");
    assert_eq!((notices[0].title.as_str(), notices[0].place.as_str()), expected);
    assert!(notices[0].body.ends_with("and 9 more"), "{notices:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_system_refuses_is_said_and_tried_again() {
    let desk = Desk::new(NOON);
    let client = desk.alone().await;
    let acme = put(&client, "customers", json!({ "name": "Acme" })).await;
    call_of(&client, &acme, "Call back", json!({ "followUpDate": FIFTH })).await;
    let state = async || client.call("app.choices", json!({})).await.expect("choices")["reminders"].clone();
    assert_eq!(state().await, "ready");
    desk.at(EVENING);
    desk.shown.refuses.store(true, Ordering::Relaxed);
    assert!(desk.told(&client).await.is_empty());
    assert_eq!(state().await, "refused");
    desk.shown.refuses.store(false, Ordering::Relaxed);
    assert_eq!(desk.told(&client).await.len(), 1);
    assert_eq!(state().await, "shown");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_setting_of_the_device_says_whether_and_when() {
    let desk = Desk::new(NOON);
    let client = desk.alone().await;
    let acme = put(&client, "customers", json!({ "name": "Acme" })).await;
    let meeting = json!({ "type": "meeting", "interactionDate": NOON + HOUR });
    call_of(&client, &acme, "Demo", meeting).await;
    let wish = |value: Value| json!({ "scope": "device", "name": "reminders", "value": value });
    let setting = put(&client, "settings", wish(json!({ "on": false, "leadMinutes": 30 }))).await;
    desk.at(NOON + HOUR / 2);
    assert!(desk.told(&client).await.is_empty(), "off");
    let fields = json!({ "value": { "on": true, "leadMinutes": 20 } });
    client.put(json!({ "kind": "settings", "id": setting, "fields": fields })).await.expect("saved");
    assert!(desk.told(&client).await.is_empty(), "not yet");
    desk.at(NOON + HOUR - 20 * 60_000);
    assert!(desk.told(&client).await[0].1.ends_with("· Demo"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_she_just_wrote_is_no_news_and_what_a_colleague_gave_her_is() {
    let office = Office::open().await;
    let (bob, now) = (Laptop::new().at(&office, BOB).await, System.now().0);
    bob.sync_once().await.expect("synced");
    let desk = Desk::new(now);
    let ada = desk.start(false).await;
    crate::world::connect(&ada, &office.server, ADA, crate::world::PASSWORD).await.expect("signed in");
    assert!(desk.told(&ada).await.is_empty(), "nothing before the first download is complete");
    ada.sync_once().await.expect("synced");
    let me = ada.call("session.status", json!({})).await.expect("status")["user"]["_id"].clone();
    let soon = json!({ "type": "meeting", "interactionDate": now + 10 * 60_000, "assignedTo": me });

    let acme = put(&ada, "customers", json!({ "name": "Acme" })).await;
    call_of(&ada, &acme, "Her own", soon.clone()).await;
    assert!(desk.told(&ada).await.is_empty(), "she knows");
    let kvist = put(&bob, "customers", json!({ "name": "Kvist", "assignedTo": me })).await;
    call_of(&bob, &kvist, "From Bob", soon).await;
    bob.sync_once().await.expect("synced");
    ada.sync_once().await.expect("synced");
    let told = desk.told(&ada).await;
    assert!(told.len() == 1 && told[0].0 == "Kvist" && told[0].1.ends_with("· From Bob"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_timer_of_an_open_session_needs_nobody_to_ask() {
    let desk = Desk::new(NOON);
    let client = desk.alone().await;
    let acme = put(&client, "customers", json!({ "name": "Acme" })).await;
    call_of(&client, &acme, "Call back", json!({ "followUpDate": FIFTH })).await;
    client.close().await;
    drop(client);
    desk.at(EVENING);
    let _client = desk.start(true).await;
    let waited = tokio::time::timeout(std::time::Duration::from_secs(30), async {
        while desk.shown.notices.lock().expect("one at a time").is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    });
    waited.await.expect("told by itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_made_up_company_reminds_nobody() {
    let desk = Desk::new(System.now().0);
    let client = desk.start(false).await;
    client.call("session.lookAround", json!({})).await.expect("started");
    desk.at(System.now().0 + 5 * 24 * HOUR);
    assert!(desk.told(&client).await.is_empty());
}
