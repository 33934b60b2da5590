//! What keeps the server and its devices going: jobs, synchronisation, this document.

use super::{Gives, Route, Takes, get, post};
use crate::{http, jobs, openapi, snapshot, sync};
use axum::routing;

pub const ROUTES: &[Route] = &[
    get("/api/jobs", "What the server does by itself, and how it went", || routing::get(jobs::list))
        .gives(Gives::Object(jobs::ANSWER)),
    get("/api/jobs/archive/proposals", "Customers that go into the archive, and when", || routing::get(jobs::proposals))
        .gives(Gives::Object(jobs::PROPOSALS)),
    post("/api/jobs/{name}/run", "Run a job now; answers after 20 seconds at most", || routing::post(jobs::start))
        .gives(Gives::Object(jobs::JOB)),
    post("/api/sync/push", "A device's changes; each is known by its id", || routing::post(sync::push))
        .takes(
            Takes::Message("{ protocol: number; mutations: Record<string, unknown>[] }"),
            r#"{"protocol": 1, "mutations": []}"#,
        )
        .gives(Gives::Object("{ outcomes: Record<string, unknown>[]; serverTime: Instant }"))
        .refuses(&[409]),
    post("/api/sync/pull", "What was accepted after a cursor", || routing::post(sync::pull))
        .takes(
            Takes::Message("{ protocol: number; cursor?: string | null; limit: number }"),
            r#"{"protocol": 1, "cursor": null, "limit": 100}"#,
        )
        .gives(Gives::Object(
            "{ entries: Record<string, unknown>[]; cursor: string; more: boolean; left: number; reset: boolean; \
             restored?: boolean; durableAt?: Instant; serverTime: Instant }",
        ))
        .refuses(&[409, 422, 426]),
    post("/api/sync/snapshot", "The first download: blocks of packed rows, from a place on", || {
        routing::post(snapshot::snapshot)
    })
    .takes(
        Takes::Message("{ protocol: number; schema?: number | null; from?: string | null }"),
        r#"{"protocol": 1, "from": null}"#,
    )
    .gives(Gives::Bytes)
    .refuses(&[409, 422, 426]),
    post("/api/sync/digest", "What a device that has read to the end should hold, as sums", || routing::post(sync::digest))
        .takes(
            Takes::Message("{ protocol: number; cursor: string; after?: Id | null; sample?: Id[]; each?: boolean }"),
            r#"{"protocol": 1, "cursor": "1.00000000-0000-0000-0000-000000000000.1.0.0."}"#,
        )
        .gives(Gives::Object("{ behind?: boolean; through?: Id; sum: string; sample: string; each?: (Id | string)[][] }"))
        .refuses(&[409, 422]),
    post("/api/sync/family", "Everything of one customer that a device should hold", || routing::post(sync::family))
        .takes(
            Takes::Message("{ protocol: number; customer: Id; after?: string[] | null }"),
            r#"{"protocol": 1, "customer": "00000000-0000-0000-0000-000000000000"}"#,
        )
        .gives(Gives::Object("{ entries: Record<string, unknown>[]; next?: string[]; serverTime: Instant }"))
        .refuses(&[422]),
    post("/api/sync/removals", "Which of these records a device may not hold", || routing::post(sync::removals))
        .takes(Takes::Message("{ protocol: number; records: string[][] }"), r#"{"protocol": 1, "records": []}"#)
        .gives(Gives::Object("{ gone: string }"))
        .refuses(&[422]),
    get("/api/openapi.json", "This document", || routing::get(openapi::told))
        .gives(Gives::Object("Record<string, unknown>"))
        .open(),
    get("/api/docs", "A page to try the API", || routing::get(openapi::page)).gives(Gives::Text("text/html")).open(),
    get("/api/docs/docs.js", "The page's script", || routing::get(openapi::script)).gives(Gives::Text("text/javascript")).open(),
    get("/api/docs/docs.css", "The page's style", || routing::get(openapi::style)).gives(Gives::Text("text/css")).open(),
    get("/healthz", "Whether the server works", || routing::get(http::health))
        .gives(Gives::Object("{ status: string; version: string }"))
        .open(),
];
