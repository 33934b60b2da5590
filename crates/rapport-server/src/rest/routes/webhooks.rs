//! Who else is told what happens here. Administrators alone.

use super::{Gives, Heeds, Route, Takes, Tells, get, post, put};
use crate::rest::webhooks as hooks;
use axum::routing;

/// A webhook as it is shown.
const SHOWN: &str = "{ _id: Id; name: string; url: string; events: string[]; active: boolean; createdAt: Instant; createdBy: Id; \
     updatedAt: Instant; oldSecretUntil: Instant | null; waiting: number; retrying: number; failingSince: Instant | null; \
     disabledAt: Instant | null; disabledWhy: string | null }";
/// One that was made: the same with its secret.
const MADE: &str = "{ _id: Id; secret: string; name: string; url: string; events: string[]; active: boolean; createdAt: Instant; \
     createdBy: Id; updatedAt: Instant; oldSecretUntil: Instant | null; waiting: number; retrying: number; \
     failingSince: Instant | null; disabledAt: Instant | null; disabledWhy: string | null }";
const LIST: &str = "{ items: Record<string, unknown>[] }";
const ROTATED: &str = "{ secret: string; oldSecretUntil: Instant }";
const DELIVERY: &str = "{ _id: Id; event: string; recordId: Id | null; acceptedAt: Instant; queuedAt: Instant; state: string; \
     attempts: number; nextAt: Instant | null; attemptedAt: Instant | null; status: number | null; tookMs: number | null; \
     error: string }";
const DELIVERIES: &str = "{ items: Record<string, unknown>[]; next: string | null }";
const NEW: &str = "{ name: string; url: string; events: string[]; active?: boolean }";
const CHANGE: &str = "{ name?: string; url?: string; events?: string[]; active?: boolean }";
const EXAMPLE: &str =
    r#"{"name": "Warehouse", "url": "https://warehouse.example/hooks", "events": ["order.created", "order.status"]}"#;

pub const ROUTES: &[Route] = &[
    get("/api/webhooks", "Who is told what happens here", || routing::get(hooks::list)).gives(Gives::Object(LIST)),
    post("/api/webhooks", "Tell another system what happens here; its secret is shown this once", || {
        routing::post(hooks::create)
    })
    .takes(Takes::Object(NEW), EXAMPLE)
    .makes(Gives::Object(MADE))
    .heeds(&[Heeds::IdempotencyKey])
    .tells(&[Tells::Location])
    .refuses(&[409]),
    get("/api/webhooks/{id}", "One webhook and how it fares", || routing::get(hooks::read)).gives(Gives::Object(SHOWN)),
    put("/api/webhooks/{id}", "Change a webhook; what is missing stays", || routing::put(hooks::update))
        .takes(Takes::Object(CHANGE), r#"{"active": false}"#)
        .gives(Gives::Object(SHOWN)),
    Route::new(
        "DELETE",
        "/api/webhooks/{id}",
        "Take a webhook away with its log",
        super::Does::Other(|| routing::delete(hooks::remove)),
    ),
    post("/api/webhooks/{id}/rotate", "A new secret, shown this once; the old one signs along for 24 hours", || {
        routing::post(hooks::rotate)
    })
    .takes(Takes::Object("{}"), "{}")
    .gives(Gives::Object(ROTATED))
    .heeds(&[Heeds::IdempotencyKey])
    .refuses(&[409]),
    post("/api/webhooks/{id}/test", "Send a ping, once, be the webhook active or not", || routing::post(hooks::test))
        .takes(Takes::Object("{}"), "{}")
        .gives(Gives::Object(DELIVERY))
        .heeds(&[Heeds::IdempotencyKey])
        .refuses(&[409]),
    get("/api/webhooks/{id}/deliveries", "What was sent and how it went, newest first, for 30 days", || {
        routing::get(hooks::deliveries)
    })
    .gives(Gives::Object(DELIVERIES))
    .asked(&[("limit", "number"), ("cursor", "string")]),
    post("/api/webhooks/{id}/deliveries/{delivery}/retry", "Send one again, now", || routing::post(hooks::retry))
        .takes(Takes::Object("{}"), "{}")
        .gives(Gives::Object(DELIVERY))
        .heeds(&[Heeds::IdempotencyKey])
        .refuses(&[409]),
];
