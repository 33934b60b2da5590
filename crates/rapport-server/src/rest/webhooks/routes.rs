//! The rows of webhooks in the table of routes.

use super::{create, deliveries, list, read, remove, retry, rotate, test, update};
use crate::rest::routes::{Gives, Route, Takes, other};
use axum::routing::{delete, get, post, put};

/// A webhook as it is shown.
const SHOWN: &str = "{ _id: string; name: string; url: string; events: string[]; active: boolean; createdAt: number; createdBy: string; \
     updatedAt: number; oldSecretUntil: number | null; waiting: number; retrying: number; failingSince: number | null; \
     disabledAt: number | null; disabledWhy: string | null }";
const LIST: &str = "{ items: Record<string, unknown>[] }";
/// One that was made: the same with its secret.
pub const MADE: &str = "{ _id: string; secret: string; name: string; url: string; events: string[]; active: boolean; createdAt: number; \
     createdBy: string; updatedAt: number; oldSecretUntil: number | null; waiting: number; retrying: number; \
     failingSince: number | null; disabledAt: number | null; disabledWhy: string | null }";
const ROTATED: &str = "{ secret: string; oldSecretUntil: number }";
const DELIVERY: &str = "{ _id: string; event: string; recordId: string | null; acceptedAt: number; queuedAt: number; state: string; \
     attempts: number; nextAt: number | null; attemptedAt: number | null; status: number | null; tookMs: number | null; error: string }";
const DELIVERIES: &str = "{ items: Record<string, unknown>[]; next: string | null }";
const NEW: &str = "{ name: string; url: string; events: string[]; active?: boolean }";
const CHANGE: &str = "{ name?: string; url?: string; events?: string[]; active?: boolean }";
const EXAMPLE: &str =
    r#"{"name": "Warehouse", "url": "https://warehouse.example/hooks", "events": ["order.created", "order.status"]}"#;

/// Administrators alone.
pub const HOOKS: &[Route] = &[
    other("GET", "/api/webhooks", "Who is told what happens here", || get(list), Takes::Nothing, Gives::Object(LIST)),
    Route {
        example: EXAMPLE,
        ..other(
            "POST",
            "/api/webhooks",
            "Tell another system what happens here; its secret is shown this once",
            || post(create),
            Takes::Object(NEW),
            Gives::Object(MADE),
        )
    },
    other("GET", "/api/webhooks/{id}", "One webhook and how it fares", || get(read), Takes::Nothing, Gives::Object(SHOWN)),
    Route {
        example: r#"{"active": false}"#,
        ..other(
            "PUT",
            "/api/webhooks/{id}",
            "Change a webhook; what is missing stays",
            || put(update),
            Takes::Object(CHANGE),
            Gives::Object(SHOWN),
        )
    },
    other("DELETE", "/api/webhooks/{id}", "Take a webhook away with its log", || delete(remove), Takes::Nothing, Gives::Nothing),
    other(
        "POST",
        "/api/webhooks/{id}/rotate",
        "A new secret, shown this once; the old one signs along for 24 hours",
        || post(rotate),
        Takes::Object("{}"),
        Gives::Object(ROTATED),
    ),
    other(
        "POST",
        "/api/webhooks/{id}/test",
        "Send a ping, once, be the webhook active or not",
        || post(test),
        Takes::Object("{}"),
        Gives::Object(DELIVERY),
    ),
    Route {
        query: &[("limit", "number"), ("cursor", "string")],
        ..other(
            "GET",
            "/api/webhooks/{id}/deliveries",
            "What was sent and how it went, newest first, for 30 days",
            || get(deliveries),
            Takes::Nothing,
            Gives::Object(DELIVERIES),
        )
    },
    other(
        "POST",
        "/api/webhooks/{id}/deliveries/{delivery}/retry",
        "Send one again, now",
        || post(retry),
        Takes::Object("{}"),
        Gives::Object(DELIVERY),
    ),
];
