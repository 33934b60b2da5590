//! People come, change and leave.

use crate::support::{Desk, PASSWORD, Reply, World, read};
use serde_json::{Value, json};

const DAY: i64 = 86_400_000;

/// Invites somebody; returns her id and the code of her link.
async fn invited(ada: &Desk, name: &str, role: &str) -> (String, String) {
    let body = json!({ "name": name, "email": format!("{name}@acme.example"), "role": role });
    let made = ada.post("/api/users", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    (made.json["user"]["_id"].as_str().unwrap().to_owned(), code(&made.json))
}

fn code(answer: &Value) -> String {
    let link = answer["link"].as_str().unwrap();
    assert!(link.starts_with("rapport://enrol?server=http%3A%2F%2F127.0.0.1%3A"), "{link}");
    link.rsplit_once("code=").unwrap().1.to_owned()
}

async fn enrol(world: &World, code: &str) -> Reply {
    world.post("/api/auth/enrol", json!({ "code": code, "deviceName": "laptop" })).await
}

fn desk(world: &World, session: Value) -> Desk {
    let token = session["accessToken"].as_str().unwrap().to_owned();
    Desk { client: crate::support::client(), url: world.url.clone(), token, session }
}

async fn owned(desk: &Desk, name: &str, owner: &str, more: Value) -> String {
    let mut body = json!({ "name": name, "status": "lead", "type": "business", "assignedTo": owner });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = desk.post("/api/customers", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.header("location").to_owned()
}

#[tokio::test]
async fn an_invitation_signs_in_once_within_seven_days_and_a_password_follows() {
    let world = World::start().await;
    let (ada, sam) = (world.ada().await, world.sam().await);
    let body = json!({ "name": "Eve", "email": "eve@acme.example", "role": "support" });
    assert_eq!(sam.post("/api/users", body.clone()).await.refused(), (403, "FORBIDDEN"));
    let (eve, first) = invited(&ada, "eve", "support").await;
    assert_eq!(ada.post("/api/users", body).await.refused(), (409, "EMAIL_TAKEN"));
    let session = enrol(&world, &first).await.ok();
    assert_eq!((&session["user"]["_id"], &session["user"]["role"]), (&json!(eve), &json!("support")));
    assert_eq!(enrol(&world, &first).await.refused(), (401, "ENROLMENT_INVALID"));
    let here = desk(&world, session);
    assert_eq!(here.post("/api/me/password", json!({ "new": "short" })).await.refused(), (400, "INVALID_VALUE"));
    assert_eq!(here.post("/api/me/password", json!({ "new": PASSWORD })).await.status, 204);
    let other = world.desk("eve@acme.example").await;
    let wrong = here.post("/api/me/password", json!({ "current": "not the password", "new": "another long one" })).await;
    assert_eq!(wrong.refused(), (401, "INVALID_CREDENTIALS"));
    let right = json!({ "current": PASSWORD, "new": "another long one" });
    assert_eq!(here.post("/api/me/password", right).await.status, 204);
    assert_eq!(other.get("/api/customers").await.refused(), (401, "DEVICE_REVOKED"), "the other device is signed out");
    assert_eq!(here.get("/api/devices").await.status, 200, "this one is not");
    let link = ada.post(&format!("/api/users/{eve}/invite"), json!({})).await.ok();
    let newer = ada.post(&format!("/api/users/{eve}/invite"), json!({})).await.ok();
    assert_eq!(enrol(&world, &code(&link)).await.status, 401, "a newer link ends the older one");
    world.pass(7 * DAY + 1);
    assert_eq!(enrol(&world, &code(&newer)).await.refused(), (401, "ENROLMENT_INVALID"));
}

#[tokio::test]
async fn a_changed_address_signs_in_and_the_old_one_is_free_again() {
    let world = World::start().await;
    let ada = world.ada().await;
    let sam = world.sam().await;
    let path = format!("/api/users/{}", sam.user());
    assert_eq!(ada.put(&path, json!({ "email": "ada@acme.example" })).await.refused(), (409, "EMAIL_TAKEN"));
    assert_eq!(ada.put(&path, json!({ "shoeSize": 44 })).await.refused(), (400, "INVALID_VALUE"));
    assert_eq!(ada.put(&path, json!({ "customerIds": [sam.user()] })).await.refused(), (400, "INVALID_VALUE"));
    assert_eq!(sam.put(&path, json!({ "role": "admin" })).await.refused(), (403, "FORBIDDEN"));
    let changed = ada.put(&path, json!({ "email": "Samuel@acme.example", "name": "Samuel" })).await.ok();
    assert_eq!((&changed["name"], &changed["email"]), (&json!("Samuel"), &json!("Samuel@acme.example")));
    assert_eq!(world.login("sam@acme.example", PASSWORD).await.status, 401);
    assert_eq!(world.login("samuel@acme.example", PASSWORD).await.status, 200);
    invited(&ada, "sam", "sales").await;
}

#[tokio::test]
async fn a_reset_password_is_good_no_more_and_the_laptop_goes_on() {
    let world = World::start().await;
    let (ada, sam) = (world.ada().await, world.sam().await);
    let path = format!("/api/users/{}/password", sam.user());
    let answer = ada.post(&path, json!({})).await.ok();
    assert_eq!(world.login("sam@acme.example", PASSWORD).await.status, 401);
    assert_eq!(sam.get("/api/customers").await.status, 200);
    assert_eq!(enrol(&world, &code(&answer)).await.status, 200);
    ada.post(&path, json!({ "signOut": true })).await.ok();
    assert_eq!(sam.get("/api/customers").await.refused(), (401, "DEVICE_REVOKED"));
}

#[tokio::test]
async fn devices_are_ones_own_and_an_administrator_s() {
    let world = World::start().await;
    let (ada, sam) = (world.ada().await, world.sam().await);
    let mine = sam.get("/api/devices").await.ok();
    assert_eq!((mine["items"].as_array().unwrap().len(), &mine["items"][0]["thisOne"]), (1, &json!(true)));
    assert!(!mine.to_string().contains("ash"), "no hash is shown: {mine}");
    let hers = format!("/api/devices?userId={}", ada.user());
    assert_eq!(sam.get(&hers).await.refused(), (403, "FORBIDDEN"));
    let device = format!("/api/devices/{}", ada.session["deviceId"].as_str().unwrap());
    assert_eq!(sam.delete(&device).await.refused(), (404, "NOT_FOUND"));
    let his = format!("/api/devices/{}", sam.session["deviceId"].as_str().unwrap());
    assert_eq!(ada.delete(&his).await.status, 204);
    assert_eq!(sam.get("/api/devices").await.refused(), (401, "DEVICE_REVOKED"));
    let seen = ada.get(&format!("/api/devices?userId={}", sam.user())).await.ok();
    assert!(seen["items"][0]["revokedAt"].is_i64());
}

#[tokio::test]
async fn an_administrator_sees_everybody_s_devices_and_what_they_told_of_themselves() {
    let world = World::start().await;
    let (ada, sam) = (world.ada().await, world.sam().await);
    assert_eq!(sam.get("/api/devices?all=true").await.refused(), (403, "FORBIDDEN"));
    let about = json!({ "app": "0.1.0", "schema": 3, "waiting": 12, "oldest": 1_000, "skewMs": -90_000 });
    let asked = json!({ "protocol": 1, "cursor": null, "limit": 10, "about": about });
    sam.post("/api/sync/pull", asked).await.ok();
    let all = ada.get("/api/devices?all=true").await.ok();
    let of = |user: &str| all["items"].as_array().unwrap().iter().find(|d| d["userId"] == json!(user)).unwrap();
    assert_eq!(of(ada.user())["about"], json!(null));
    let told = &of(sam.user())["about"];
    assert_eq!((&told["waiting"], &told["oldest"], &told["skewMs"]), (&json!(12), &json!(1_000), &json!(-90_000)));
    assert!(told["at"].is_i64());
    let long = json!({ "protocol": 1, "cursor": null, "limit": 10, "about": { "app": "x".repeat(10_000) } });
    sam.post("/api/sync/pull", long).await.ok();
    let all = ada.get("/api/devices?all=true").await.ok().to_string();
    assert!(!all.contains(&"x".repeat(41)), "a version is short");
}

#[tokio::test]
async fn a_team_that_is_taken_apart_leaves_its_members_without_one() {
    let world = World::start().await;
    let (ada, sam) = (world.ada().await, world.sam().await);
    let made = ada.post("/api/teams", json!({ "name": "South", "territory": { "countries": ["DE"] } })).await;
    assert_eq!((made.status.as_u16(), &made.json["territory"]["countries"]), (201, &json!(["DE"])));
    assert_eq!(ada.post("/api/teams", json!({ "name": " south" })).await.refused(), (409, "NAME_TAKEN"));
    assert_eq!(sam.post("/api/teams", json!({ "name": "Mine" })).await.refused(), (403, "FORBIDDEN"));
    let user = format!("/api/users/{}", sam.user());
    assert_eq!(ada.put(&user, json!({ "teamId": made.id() })).await.ok()["teamId"], json!(made.id()));
    assert_eq!(ada.put(&user, json!({ "teamId": sam.user() })).await.refused(), (422, "INVALID_REFERENCE"));
    let path = format!("/api/teams/{}", made.id());
    assert_eq!(ada.put(&path, json!({ "name": "Far South" })).await.ok()["name"], "Far South");
    assert_eq!(ada.delete(&path).await.status, 204);
    assert_eq!(ada.put(&user, json!({})).await.ok()["teamId"], Value::Null);
    assert_eq!(ada.delete(&path).await.status, 404);
    let pulled = sam.post("/api/sync/pull", json!({ "protocol": 1, "cursor": null, "limit": 100 })).await.ok();
    let team = pulled["entries"].as_array().unwrap().iter().find(|e| e["kind"] == "teams").unwrap();
    assert!(team["record"]["deletedAt"].is_i64(), "devices learn of it");
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let world = World::start().await;
    let ada = world.ada().await;
    let path = format!("/api/users/{}", ada.user());
    assert_eq!(ada.put(&path, json!({ "role": "sales" })).await.refused(), (422, "LAST_ADMIN"));
    let gone = ada.post(&format!("{path}/deactivate"), json!({ "handover": { "mode": "unassign" } })).await;
    assert_eq!(gone.refused(), (422, "LAST_ADMIN"));
    let (_, eve) = invited(&ada, "eve", "admin").await;
    let eve = desk(&world, enrol(&world, &eve).await.ok());
    assert_eq!(ada.post(&format!("{path}/deactivate"), json!({})).await.refused(), (422, "ILLEGAL_TRANSITION"));
    assert_eq!(eve.put(&path, json!({ "role": "sales" })).await.ok()["role"], "sales");
    assert_eq!(ada.post("/api/teams", json!({ "name": "x" })).await.refused(), (403, "FORBIDDEN"), "at once");
}

#[tokio::test]
async fn who_leaves_is_out_at_once_and_customers_calls_and_drafts_go_to_others() {
    let world = World::start().await;
    let (ada, sam) = (world.ada().await, world.sam().await);
    let (kim, kim_code) = invited(&ada, "kim", "sales").await;
    let (lee, _) = invited(&ada, "lee", "sales").await;
    let south = ada.post("/api/teams", json!({ "name": "South", "territory": { "zipPrefixes": ["7"] } })).await;
    ada.put(&format!("/api/users/{kim}"), json!({ "teamId": south.id() })).await.ok();
    let near = owned(&sam, "Near", sam.user(), json!({ "address": { "zipCode": "70191" } })).await;
    let far = owned(&sam, "Far", sam.user(), json!({ "address": { "zipCode": "10115" } })).await;
    let hers = owned(&ada, "Hers", ada.user(), json!({})).await;
    let day = |n: i64| json!(1_800_000_000_000i64 / DAY * DAY + n * DAY);
    let call =
        |day: Value| json!({ "type": "call", "subject": "s", "description": "", "assignedTo": sam.user(), "followUpDate": day });
    let open = [
        sam.post(&format!("{near}/interactions"), call(day(1))).await,
        ada.post(&format!("{hers}/interactions"), call(day(2))).await,
    ];
    let done = sam.post(&format!("{near}/interactions"), call(Value::Null)).await;
    let plan = json!({ "mode": "territory", "userIds": [lee] });
    let path = format!("/api/users/{}/deactivate", sam.user());
    assert_eq!(ada.post(&path, json!({})).await.refused(), (400, "REQUIRED"), "customers need a plan");
    let wrong = json!({ "handover": { "mode": "user", "userIds": [sam.user()] } });
    assert_eq!(ada.post(&path, wrong).await.refused(), (422, "INVALID_ASSIGNMENT"), "not to herself");
    let preview = ada.post(&path, json!({ "handover": plan, "dryRun": true })).await.ok();
    assert_eq!(sam.get(&near).await.status, 200, "a preview changes nothing");
    let real = ada.post(&path, json!({ "handover": plan })).await.ok();
    for name in ["customers", "followUps", "draftQuotes", "devices", "receivers", "fallback"] {
        assert_eq!(preview[name], real[name], "{name}: the preview told the truth");
    }
    assert_eq!((&real["done"], &real["customers"], &real["followUps"]), (&json!(true), &json!(2), &json!(2)));
    assert_eq!(real["fallback"], json!({ "userId": lee, "customers": 1 }));
    assert_eq!(sam.get(&near).await.refused(), (401, "DEVICE_REVOKED"));
    assert_eq!(world.login("sam@acme.example", PASSWORD).await.status, 401);
    assert_eq!(ada.get(&near).await.ok()["assignedTo"], json!(kim));
    assert_eq!(ada.get(&far).await.ok()["assignedTo"], json!(lee));
    let owner = |at: &str, reply: &Reply| format!("{at}/interactions/{}", reply.id());
    assert_eq!(ada.get(&owner(&near, &open[0])).await.ok()["assignedTo"], json!(kim), "with its customer");
    assert_eq!(ada.get(&owner(&hers, &open[1])).await.ok()["assignedTo"], json!(ada.user()), "to its customer's owner");
    assert_eq!(ada.get(&owner(&near, &done)).await.ok()["assignedTo"], json!(sam.user()), "what is past stays told as it was");
    let again = ada.post(&path, json!({ "handover": plan })).await.ok();
    assert_eq!((&again["done"], &again["customers"]), (&json!(true), &json!(0)), "once more does nothing");
    let kim = desk(&world, enrol(&world, &kim_code).await.ok());
    let pulled = kim.post("/api/sync/pull", json!({ "protocol": 1, "cursor": null, "limit": 1000 })).await.ok();
    let card = pulled["entries"].as_array().unwrap().iter().find(|e| e["kind"] == "cards").unwrap();
    assert!(card["record"]["message"].as_str().unwrap().contains("sam left. 1 customers and 1 follow-ups"), "{card}");
    let back = ada.post(&format!("/api/users/{}/reactivate", sam.user()), json!({})).await.ok();
    assert_eq!(back["isActive"], true);
    assert_eq!(world.login("sam@acme.example", PASSWORD).await.status, 200);
    assert_eq!(ada.get(&near).await.ok()["assignedTo"], json!(kim.user()), "what went stays");
}

#[tokio::test]
async fn an_invitation_link_names_the_public_address() {
    let world = World::start().await;
    let ada = world.ada().await;
    let request = ada.request(reqwest::Method::POST, "/api/users").header("host", "crm.acme.example");
    let body = json!({ "name": "Eve", "email": "eve@acme.example", "role": "sales" });
    let made = read(request.json(&body).send().await.unwrap()).await.ok();
    assert!(made["link"].as_str().unwrap().contains("server=http%3A%2F%2Fcrm.acme.example&"), "{made}");
}

#[tokio::test]
async fn one_s_name_is_one_s_own_and_the_organisation_an_administrator_s() {
    let world = World::start().await;
    let (ada, sam) = (world.ada().await, world.sam().await);
    let renamed = sam.put("/api/me", json!({ "name": " Sam Holm " })).await.ok();
    assert_eq!((&renamed["name"], &renamed["_id"]), (&json!("Sam Holm"), &json!(sam.user())));
    assert_eq!(sam.put("/api/me", json!({ "name": " " })).await.refused(), (400, "REQUIRED"));
    assert_eq!(sam.put("/api/me", json!({ "name": "Sam", "role": "admin" })).await.status, 400, "nothing else is");
    assert_eq!(sam.put("/api/org", json!({ "name": "Sam's" })).await.refused(), (403, "FORBIDDEN"));
    let org = ada.put("/api/org", json!({ "name": "Kvist", "timeZone": "Europe/Oslo", "currency": "nok" })).await.ok();
    assert_eq!((&org["name"], &org["timeZone"], &org["currency"]), (&json!("Kvist"), &json!("Europe/Oslo"), &json!("NOK")));
    assert_eq!(ada.get("/api/me").await.ok()["org"]["name"], "Kvist");
    assert_eq!(ada.put("/api/org", json!({ "timeZone": "Oslo" })).await.refused(), (400, "INVALID_VALUE"));
}
