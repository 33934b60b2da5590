//! Who works here: users, teams, devices, signing in.

use super::Kind::{Teams, Users};
use super::{Gives, Route, Takes, get, list, post, put, read};
use crate::auth;
use crate::people::{devices, house, leave, password, teams, users};
use crate::rest::people as me;
use axum::routing;

/// What a session says; a renewed one is the last line alone.
const SESSION: &str = "{ deviceId: Id; deviceCode: string; org: Record<string, unknown>; user: User; \
     accessToken: string; expiresInMs: number; refreshToken: string; serverTime: Instant }";
const RENEWED: &str = "{ accessToken: string; expiresInMs: number; refreshToken: string; serverTime: Instant }";
const INVITED: &str = "{ user: User; link: string; expiresAt: Instant }";
const LINK: &str = "{ link: string; expiresAt: Instant }";

pub const ROUTES: &[Route] = &[
    get("/api/me", "Who calls, and where", || routing::get(me::me)).gives(Gives::Object(me::ME)),
    put("/api/me", "Change what one is called", || routing::put(house::profile))
        .takes(Takes::Object(house::PROFILE), r#"{"name": "Ida Holm"}"#)
        .gives(Gives::Record(Users)),
    put("/api/org", "Change the organisation; what is missing stays", || routing::put(house::org))
        .takes(Takes::Object(house::HOUSE), r#"{"name": "Kvist & Holm", "timeZone": "Europe/Stockholm"}"#)
        .gives(Gives::Object("Record<string, unknown>")),
    post("/api/me/password", "Change one's password; other devices are signed out", || routing::post(password::change))
        .takes(Takes::Object("{ current?: string; new: string }"), r#"{"new": "three words and a number 7"}"#)
        .refuses(&[412, 429]),
    list("/api/users", Users, "Who works here"),
    post("/api/users", "Invite somebody; the link signs one device in, once, within seven days", || routing::post(users::create))
        .takes(Takes::Object(users::NEW), r#"{"name": "Eve Holm", "email": "eve@kvist.example", "role": "sales"}"#)
        .makes(Gives::Object(INVITED))
        .refuses(&[409, 422]),
    read("/api/users/{id}", Users, "One user"),
    put("/api/users/{id}", "Change somebody; what is missing stays", || routing::put(users::update))
        .takes(Takes::Object(users::CHANGE), r#"{"name": "Eve Lund", "teamId": "{team}"}"#)
        .gives(Gives::Record(Users))
        .refuses(&[409, 412, 422]),
    post("/api/users/{id}/invite", "A new link for somebody; older ones end", || routing::post(users::invite_again))
        .gives(Gives::Object(LINK))
        .refuses(&[422]),
    post("/api/users/{id}/password", "Take a password away; the link signs in to set a new one", || {
        routing::post(password::reset)
    })
    .takes(Takes::Object("{ signOut?: boolean }"), r#"{"signOut": true}"#)
    .gives(Gives::Object(LINK))
    .refuses(&[422]),
    post("/api/users/{id}/deactivate", "Sign somebody out for good and hand over what is hers; dryRun only tells", || {
        routing::post(leave::deactivate)
    })
    .takes(Takes::Object(leave::LEAVING), r#"{"handover": {"mode": "user", "userIds": ["{user}"]}}"#)
    .gives(Gives::Object(leave::HANDED))
    .refuses(&[409, 422]),
    post("/api/users/{id}/reactivate", "Let somebody sign in again; what went to others stays there", || {
        routing::post(leave::reactivate)
    })
    .gives(Gives::Record(Users))
    .refuses(&[409]),
    list("/api/teams", Teams, "Teams"),
    post("/api/teams", "Make a team", || routing::post(teams::create))
        .takes(
            Takes::Object(teams::NEW),
            r#"{"name": "South", "territory": {"countries": ["DE"], "zipPrefixes": ["7", "8"], "industries": []}}"#,
        )
        .makes(Gives::Record(Teams))
        .refuses(&[409]),
    read("/api/teams/{id}", Teams, "One team"),
    put("/api/teams/{id}", "Change a team; what is missing stays", || routing::put(teams::update))
        .takes(Takes::Object(teams::CHANGE), r#"{"name": "Far South"}"#)
        .gives(Gives::Record(Teams))
        .refuses(&[409]),
    Route::new(
        "DELETE",
        "/api/teams/{id}",
        "Take a team apart; its members are in none then",
        super::Does::Other(|| routing::delete(teams::delete)),
    ),
    get("/api/devices", "Devices of a user, of everybody (all=true), or one's own", || routing::get(devices::list))
        .gives(Gives::Object(devices::ANSWER))
        .asked(&[("userId", "Id"), ("all", "boolean")]),
    Route::new("DELETE", "/api/devices/{id}", "Sign a device out", super::Does::Other(|| routing::delete(devices::revoke))),
    post("/api/auth/login", "Sign a device in by password", || routing::post(auth::login))
        .takes(
            Takes::Message("{ email: string; password: string; deviceName?: string }"),
            r#"{"email": "ida@kvist.example", "password": "three words and a number 7", "deviceName": "Laptop"}"#,
        )
        .gives(Gives::Object(SESSION))
        .refuses(&[401, 429])
        .open(),
    post("/api/auth/enrol", "Sign a device in by a link's code", || routing::post(auth::enrol))
        .takes(Takes::Message("{ code: string; deviceName?: string }"), r#"{"code": "{code}", "deviceName": "Laptop"}"#)
        .gives(Gives::Object(SESSION))
        .refuses(&[401, 429])
        .open(),
    post("/api/auth/refresh", "Renew a session", || routing::post(auth::refresh))
        .takes(Takes::Message("{ refreshToken: string }"), r#"{"refreshToken": "{refreshToken}"}"#)
        .gives(Gives::Object(RENEWED))
        .refuses(&[401])
        .open(),
    post("/api/auth/logout", "Sign this device out", || routing::post(auth::logout)),
];
