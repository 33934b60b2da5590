//! Customers, what is known of them, what hangs on them and is not for sale.

use super::Kind::{Attachments, Contacts, Customers, Interactions};
use super::{Gives, Heeds, Route, Takes, Tells, create, delete, get, list, post, put, read, update};
use crate::http::Shared;
use crate::rest::{analytics, content, figures, follow_ups, history, life, restore};
use axum::routing::{self, MethodRouter};
use rapport_ops::analytics::scope::What;

/// A figure of a period; CSV by `Accept: text/csv` or `format=csv`.
const fn figures_of(
    path: &'static str,
    summary: &'static str,
    handler: fn() -> MethodRouter<Shared>,
    gives: &'static str,
) -> Route {
    get(path, summary, handler).gives(Gives::ObjectOrCsv(gives)).asked(analytics::QUERY)
}

const QUALIFIED: &str = "{ qualification: Record<string, unknown>; offer: Record<string, unknown> | null }";
const NEW_CUSTOMER: &str = r#"{"name": "Kvist Optik", "status": "lead", "type": "business", "email": "post@kvist.example",
 "address": {"street": "Havnegata 1", "city": "Bergen", "zipCode": "5003", "country": "NO"},
 "primaryContact": {"firstName": "Ida", "lastName": "Kvist"}}"#;
const NEW_INTERACTION: &str = r#"{"type": "call", "subject": "Asked for lenses", "description": "", "assignedTo": "{user}",
 "requiresFollowUp": true, "followUpDate": 1893456000000}"#;
const FOLLOW_UPS: &[(&str, &str)] = &[
    ("from", "Instant"),
    ("to", "Instant"),
    ("tz", "string"),
    ("scope", "\"mine\" | \"team\" | \"all\""),
    ("limit", "number"),
    ("cursor", "string"),
];

pub const ROUTES: &[Route] = &[
    list("/api/customers", Customers, "Customers, in pages"),
    create("/api/customers", Customers, "Make a customer, with its primary contact if you like", NEW_CUSTOMER),
    get("/api/customers/interactions/follow-up", "Open follow-ups: overdue, today, upcoming, undated", || {
        routing::get(follow_ups::due)
    })
    .gives(Gives::Object(follow_ups::ANSWER))
    .asked(FOLLOW_UPS),
    figures_of(
        "/api/customers/analytics/value",
        "Revenue and orders by currency, kind, source and month; open quotes. JSON or CSV",
        || analytics::route(What::Value),
        analytics::VALUE,
    ),
    figures_of(
        "/api/customers/analytics/leads",
        "Customers by status, the funnel, how long it took, why they were lost. JSON or CSV",
        || analytics::route(What::Leads),
        analytics::LEADS,
    ),
    figures_of(
        "/api/customers/analytics/interactions",
        "Interactions by kind, user, day and outcome; follow-ups, cadence, dormant customers. JSON or CSV",
        || analytics::route(What::Interactions),
        analytics::INTERACTIONS,
    ),
    figures_of(
        "/api/customers/reports/activity",
        "By owner: response time, punctuality, win rate, revenue and what was kept of it. JSON or CSV",
        || analytics::route(What::Report),
        analytics::REPORT,
    ),
    read("/api/customers/{id}", Customers, "One customer"),
    update("/api/customers/{id}", Customers, "Change a customer; what is missing stays", r#"{"phone": "+47 55 00 00 00"}"#),
    delete("/api/customers/{id}", Customers, "Put a customer into the trash, for 30 days"),
    post("/api/customers/{id}/restore", "Take a customer out of the trash", || routing::post(restore))
        .takes(Takes::Object("{}"), "{}")
        .gives(Gives::Record(Customers))
        .heeds(&[Heeds::IdempotencyKey])
        .tells(&[Tells::ETag])
        .refuses(&[422]),
    post("/api/customers/{id}/archive", "Put a customer into the archive", || routing::post(life::archive))
        .gives(Gives::Record(Customers))
        .heeds(&[Heeds::IfMatch])
        .tells(&[Tells::ETag])
        .refuses(&[422]),
    post("/api/customers/{id}/unarchive", "Take a customer out of the archive", || routing::post(life::unarchive))
        .gives(Gives::Record(Customers))
        .heeds(&[Heeds::IfMatch])
        .tells(&[Tells::ETag])
        .refuses(&[422]),
    post("/api/customers/{id}/merge", "Join another customer into this one; the other id leads here from then on", || {
        routing::post(life::merge)
    })
    .takes(Takes::Object(life::MERGING), r#"{"from": "{other}", "fields": {"phone": "other"}}"#)
    .gives(Gives::Record(Customers))
    .heeds(&[Heeds::IfMatch])
    .tells(&[Tells::ETag])
    .refuses(&[409, 422]),
    post("/api/customers/{id}/erase", "Remove a customer and everything about it, for good", || routing::post(life::erase)),
    get("/api/customers/{id}/qualification", "Budget, authority, need, timeline; what they offer", || {
        routing::get(figures::qualification)
    })
    .gives(Gives::Object(QUALIFIED)),
    put("/api/customers/{id}/qualification", "Say what is known of budget, authority, need, timeline", || {
        routing::put(figures::qualify)
    })
    .takes(
        Takes::Object(figures::PARTS),
        r#"{"budget": {"level": "yes", "amount": 20000}, "need": {"level": "partial", "note": "two shops"}}"#,
    )
    .gives(Gives::Object(QUALIFIED))
    .heeds(&[Heeds::IfMatch])
    .refuses(&[422]),
    get("/api/customers/{id}/score", "How promising a lead is", || routing::get(figures::score))
        .gives(Gives::Object(figures::SCORE)),
    get("/api/customers/{id}/value", "What a customer has bought", || routing::get(figures::value))
        .gives(Gives::Object(figures::VALUE)),
    get("/api/customers/{customer}/history", "Changes of a customer and of what hangs on it, newest first", || {
        routing::get(history::page)
    })
    .gives(Gives::Object(history::ANSWER))
    .asked(&[("limit", "number"), ("cursor", "string")]),
    list("/api/customers/{customer}/contacts", Contacts, "Contacts of a customer"),
    create(
        "/api/customers/{customer}/contacts",
        Contacts,
        "Add a contact",
        r#"{"firstName": "Jo", "lastName": "Alt", "email": "jo@kvist.example"}"#,
    ),
    read("/api/customers/{customer}/contacts/{id}", Contacts, "One contact"),
    update("/api/customers/{customer}/contacts/{id}", Contacts, "Change a contact", r#"{"mobile": "+47 400 00 000"}"#),
    delete("/api/customers/{customer}/contacts/{id}", Contacts, "Put a contact into the trash"),
    list("/api/customers/{customer}/interactions", Interactions, "Calls, mails, meetings of a customer"),
    create("/api/customers/{customer}/interactions", Interactions, "Note a call, a mail, a meeting", NEW_INTERACTION),
    read("/api/customers/{customer}/interactions/{id}", Interactions, "One interaction"),
    update("/api/customers/{customer}/interactions/{id}", Interactions, "Change an interaction", r#"{"outcome": "wants ten"}"#),
    delete("/api/customers/{customer}/interactions/{id}", Interactions, "Put an interaction into the trash"),
    list("/api/customers/{customer}/attachments", Attachments, "Files beside a customer"),
    create(
        "/api/customers/{customer}/attachments",
        Attachments,
        "Announce a file",
        r#"{"name": "plan.pdf", "mime": "application/pdf", "ownerKind": "customers", "ownerId": "{customer}"}"#,
    ),
    read("/api/customers/{customer}/attachments/{id}", Attachments, "One file's description"),
    update("/api/customers/{customer}/attachments/{id}", Attachments, "Rename a file", r#"{"name": "floor plan.pdf"}"#),
    delete("/api/customers/{customer}/attachments/{id}", Attachments, "Put a file into the trash"),
    put("/api/customers/{customer}/attachments/{id}/content", "Send a file's content, once, at most 25 MB", || {
        routing::put(content::take)
    })
    .takes(Takes::Bytes, "")
    .gives(Gives::Record(Attachments))
    .tells(&[Tells::ETag])
    .refuses(&[422]),
    get("/api/customers/{customer}/attachments/{id}/content", "A file's content", || routing::get(content::give))
        .gives(Gives::Bytes)
        .tells(&[Tells::ETag]),
];
