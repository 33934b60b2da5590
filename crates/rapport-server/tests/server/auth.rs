//! Who gets in, for how long, and who is thrown out.

use crate::support::{PASSWORD, World, somebody};
use rapport_model::Role;
use rapport_server::account;
use serde_json::{Value, json};

const MINUTE: i64 = 60_000;

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

async fn renew(world: &World, token: &str) -> crate::support::Reply {
    world.post("/api/auth/refresh", json!({ "refreshToken": token })).await
}

#[tokio::test]
async fn a_login_gives_a_session_and_tells_who_and_where() {
    let world = World::start().await;
    let session = world.login("  ADA@Acme.example ", PASSWORD).await.ok();
    assert_eq!(session["org"]["name"], "Acme");
    assert_eq!(session["org"]["_id"], world.org.to_string());
    assert_eq!((&session["user"]["email"], &session["user"]["role"]), (&json!("ada@acme.example"), &json!("admin")));
    assert!(session["expiresInMs"].as_i64().is_some_and(|ms| ms > 0 && ms <= 10 * MINUTE));
    let code = text(&session, "deviceCode");
    assert!(code.len() == 2 && code != "S0" && !code.contains(['I', 'L', 'O', 'U']), "{code}");
    let second = world.login("ada@acme.example", PASSWORD).await.ok();
    assert_ne!(second["deviceCode"], session["deviceCode"]);
    assert_ne!(second["deviceId"], session["deviceId"]);
    assert!(session["serverTime"].as_i64().is_some_and(|ms| ms > 1_700_000_000_000));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_answer() {
    let world = World::start().await;
    let wrong = world.login("ada@acme.example", "not the password").await;
    let unknown = world.login("nobody@acme.example", "not the password").await;
    assert_eq!(wrong.refused(), (401, "INVALID_CREDENTIALS"));
    assert_eq!(unknown.refused(), (401, "INVALID_CREDENTIALS"));
    assert_eq!(wrong.json["message"], unknown.json["message"]);
    assert_eq!(wrong.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn somebody_without_a_password_cannot_guess_one() {
    let world = World::start().await;
    let new = account::NewUser { password: None, ..somebody("eve@acme.example", Role::Sales) };
    account::add_user(&world.folder(), &world.source(), world.org, &new).unwrap();
    for guess in ["", "the password of nobody", PASSWORD] {
        assert_eq!(world.login("eve@acme.example", guess).await.refused(), (401, "INVALID_CREDENTIALS"));
    }
}

#[tokio::test]
async fn after_ten_wrong_tries_an_account_has_to_wait_and_others_do_not() {
    let world = World::start().await;
    for _ in 0..10 {
        assert_eq!(world.login("ada@acme.example", "a wrong guess").await.status, 401);
    }
    let throttled = world.login("ada@acme.example", PASSWORD).await;
    assert_eq!(throttled.refused(), (429, "TOO_MANY_REQUESTS"));
    let seconds: i64 = throttled.header("retry-after").parse().unwrap();
    assert!((1..=30).contains(&seconds), "{seconds}");
    world.sam().await;
    world.pass(seconds * 1000);
    assert_eq!(world.login("ada@acme.example", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn good_sign_ins_are_never_throttled() {
    let world = World::start().await;
    for _ in 0..12 {
        assert_eq!(world.login("sam@acme.example", PASSWORD).await.status, 200);
    }
}

#[tokio::test]
async fn an_access_token_lasts_ten_minutes_and_a_refresh_gives_the_next() {
    let world = World::start().await;
    let mut sam = world.sam().await;
    assert_eq!(sam.get("/api/customers").await.status, 200);
    world.pass(10 * MINUTE + 1000);
    assert_eq!(sam.get("/api/customers").await.refused(), (401, "UNAUTHORIZED"));
    let renewed = renew(&world, text(&sam.session, "refreshToken")).await.ok();
    sam.token = text(&renewed, "accessToken").to_owned();
    assert_eq!(sam.get("/api/customers").await.status, 200);
}

#[tokio::test]
async fn a_lost_answer_signs_nobody_out() {
    let world = World::start().await;
    let sam = world.sam().await;
    let first = text(&sam.session, "refreshToken").to_owned();
    // The answers of these got lost; the last one arrives.
    for _ in 0..9 {
        renew(&world, &first).await.ok();
    }
    let third = renew(&world, &first).await.ok();
    let fourth = renew(&world, text(&third, "refreshToken")).await.ok();
    assert_eq!(renew(&world, text(&fourth, "refreshToken")).await.status, 200);
}

#[tokio::test]
async fn a_request_that_arrives_twice_signs_nobody_out_whichever_answer_came_back() {
    for heard in [0, 1] {
        let world = World::start().await;
        let sam = world.sam().await;
        let mut token = text(&sam.session, "refreshToken").to_owned();
        for _ in 0..3 {
            let answers = [renew(&world, &token).await.ok(), renew(&world, &token).await.ok()];
            token = text(&answers[heard], "refreshToken").to_owned();
        }
        assert_eq!(renew(&world, &token).await.status, 200);
    }
}

#[tokio::test]
async fn a_token_that_lost_the_race_is_refused_but_no_proof_of_theft() {
    for (twin, used) in [(0, 1), (1, 0)] {
        let world = World::start().await;
        let sam = world.sam().await;
        let first = text(&sam.session, "refreshToken").to_owned();
        let made = [renew(&world, &first).await.ok(), renew(&world, &first).await.ok()];
        let next = renew(&world, text(&made[used], "refreshToken")).await.ok();
        assert_eq!(renew(&world, text(&made[twin], "refreshToken")).await.refused(), (401, "UNAUTHORIZED"));
        assert_eq!(renew(&world, text(&next, "refreshToken")).await.status, 200);
    }
}

#[tokio::test]
async fn a_used_token_that_comes_again_signs_the_device_out() {
    let world = World::start().await;
    let (sam, other) = (world.sam().await, world.sam().await);
    let first = text(&sam.session, "refreshToken").to_owned();
    let second = renew(&world, &first).await.ok();
    let third = renew(&world, text(&second, "refreshToken")).await.ok();
    assert_eq!(renew(&world, &first).await.refused(), (401, "DEVICE_REVOKED"));
    assert_eq!(renew(&world, text(&third, "refreshToken")).await.refused(), (401, "DEVICE_REVOKED"));
    assert_eq!(sam.get("/api/customers").await.refused(), (401, "DEVICE_REVOKED"));
    assert_eq!(other.get("/api/customers").await.status, 200, "her other device stays signed in");
}

#[tokio::test]
async fn forged_tokens_are_refused_and_touch_no_device() {
    let world = World::start().await;
    let sam = world.sam().await;
    let token = text(&sam.session, "refreshToken");
    let forged = format!("{}{}", if token.starts_with('A') { "B" } else { "A" }, &token[1..]);
    for bad in [forged.as_str(), "", "x", &sam.token] {
        assert_eq!(renew(&world, bad).await.refused(), (401, "UNAUTHORIZED"));
    }
    assert_eq!(renew(&world, token).await.status, 200);
}

#[tokio::test]
async fn logging_out_ends_the_device_at_once() {
    let world = World::start().await;
    let sam = world.sam().await;
    assert_eq!(sam.post("/api/auth/logout", json!({})).await.status, 204);
    assert_eq!(sam.get("/api/customers").await.refused(), (401, "DEVICE_REVOKED"));
    let refused = renew(&world, text(&sam.session, "refreshToken")).await;
    assert_eq!(refused.refused(), (401, "DEVICE_REVOKED"));
}

#[tokio::test]
async fn a_link_signs_one_device_in_once_and_within_its_minutes() {
    let world = World::start().await;
    let world = &world;
    let enrol = |code: String| async move { world.post("/api/auth/enrol", json!({ "code": code, "deviceName": "x" })).await };
    let code = account::enrol(&world.folder(), &world.source(), "sam@acme.example", 5).unwrap();
    let session = enrol(code.clone()).await.ok();
    assert_eq!(session["user"]["email"], "sam@acme.example");
    assert_eq!(enrol(code).await.refused(), (401, "ENROLMENT_INVALID"));
    let late = account::enrol(&world.folder(), &world.source(), "sam@acme.example", 5).unwrap();
    world.pass(5 * MINUTE + 1);
    assert_eq!(enrol(late).await.refused(), (401, "ENROLMENT_INVALID"));
    for junk in ["", "AAAA", "%%%"] {
        assert_eq!(enrol(junk.to_owned()).await.refused(), (401, "ENROLMENT_INVALID"));
    }
    let nobody = account::enrol(&world.folder(), &world.source(), "nobody@acme.example", 5);
    assert_eq!(nobody.map_err(|e| e.code), Err(rapport_model::Code::NotFound));
}

#[tokio::test]
async fn who_may_not_sign_in_any_more_is_out_with_the_next_request() {
    let world = World::start().await;
    let sam = world.sam().await;
    let user: rapport_model::Id = sam.user().parse().unwrap();
    let store = world.folder().open_org(world.org).unwrap();
    store
        .write(move |tx| {
            let mut user = tx.get_as::<rapport_model::User>(user)?;
            user.is_active = false;
            tx.put(&user)
        })
        .unwrap();
    assert_eq!(sam.get("/api/customers").await.refused(), (401, "DEVICE_REVOKED"));
    assert_eq!(renew(&world, text(&sam.session, "refreshToken")).await.refused(), (401, "DEVICE_REVOKED"));
    assert_eq!(world.login("sam@acme.example", PASSWORD).await.refused(), (401, "INVALID_CREDENTIALS"));
}

#[tokio::test]
async fn sessions_outlive_a_restart_of_the_server() {
    let mut world = World::start().await;
    let mut sam = world.sam().await;
    world.stop().await;
    world.serve().await;
    sam.url = world.url.clone();
    assert_eq!(sam.get("/api/customers").await.status, 200);
    assert_eq!(renew(&world, text(&sam.session, "refreshToken")).await.status, 200);
}

#[tokio::test]
async fn an_address_signs_in_to_one_organisation_only() {
    let world = World::start().await;
    let again = account::create_org(&world.folder(), &world.source(), &crate::support::new_org("Other", "Sam@ACME.example"));
    assert_eq!(again.map_err(|e| e.code), Err(rapport_model::Code::EmailTaken));
    let short = account::NewUser { password: Some("short".into()), ..somebody("new@acme.example", Role::Sales) };
    let refused = account::add_user(&world.folder(), &world.source(), world.org, &short).map_err(|e| e.code);
    assert_eq!(refused, Err(rapport_model::Code::InvalidValue));
}
