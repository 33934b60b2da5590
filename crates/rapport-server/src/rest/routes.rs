//! Every route, once: the router, the OpenAPI document and the table of docs/api.md are loops over it.

use super::webhooks::routes::HOOKS;
use super::{analytics, content, figures, follow_ups, history, people};
use crate::http::Shared;
use axum::routing::{MethodRouter, get, post, put};
use rapport_model::Kind;
use rapport_ops::analytics::scope::What;

/// Who answers.
#[derive(Clone, Copy)]
pub enum Does {
    List(Kind),
    Create(Kind),
    Read(Kind),
    Update(Kind),
    Delete(Kind),
    /// A verb of a quote.
    Verb(&'static str),
    Other(fn() -> MethodRouter<Shared>),
    /// Mounted by another module.
    Elsewhere,
}

/// What a body holds. Texts are TypeScript, as in the declarations.
#[derive(Clone, Copy)]
pub enum Takes {
    Nothing,
    New(Kind),
    Patch(Kind),
    /// An object; an empty body will do where nothing in it is needed.
    Object(&'static str),
    Bytes,
}

/// What an answer holds.
#[derive(Clone, Copy)]
pub enum Gives {
    Record(Kind),
    Page(Kind),
    Object(&'static str),
    Nothing,
    Bytes,
    Html,
}

pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub summary: &'static str,
    pub does: Does,
    pub takes: Takes,
    pub gives: Gives,
    /// JSON of a body that works; tests send it.
    pub example: &'static str,
    /// Names of the query beside those of lists, with their TypeScript.
    pub query: &'static [(&'static str, &'static str)],
    /// Whether it takes no token.
    pub open: bool,
}

const fn route(method: &'static str, path: &'static str, summary: &'static str, does: Does, takes: Takes, gives: Gives) -> Route {
    Route { method, path, summary, does, takes, gives, example: "", query: &[], open: false }
}

const fn list(path: &'static str, kind: Kind, summary: &'static str) -> Route {
    route("GET", path, summary, Does::List(kind), Takes::Nothing, Gives::Page(kind))
}

const fn create(path: &'static str, kind: Kind, summary: &'static str, example: &'static str) -> Route {
    Route { example, ..route("POST", path, summary, Does::Create(kind), Takes::New(kind), Gives::Record(kind)) }
}

const fn read(path: &'static str, kind: Kind, summary: &'static str) -> Route {
    route("GET", path, summary, Does::Read(kind), Takes::Nothing, Gives::Record(kind))
}

const fn update(path: &'static str, kind: Kind, summary: &'static str, example: &'static str) -> Route {
    Route { example, ..route("PUT", path, summary, Does::Update(kind), Takes::Patch(kind), Gives::Record(kind)) }
}

const fn delete(path: &'static str, kind: Kind, summary: &'static str) -> Route {
    route("DELETE", path, summary, Does::Delete(kind), Takes::Nothing, Gives::Nothing)
}

const fn verb(
    path: &'static str,
    word: &'static str,
    summary: &'static str,
    takes: &'static str,
    example: &'static str,
) -> Route {
    let gives = if matches!(word.as_bytes(), b"convert") { Kind::Orders } else { Kind::Quotes };
    Route { example, ..route("POST", path, summary, Does::Verb(word), Takes::Object(takes), Gives::Record(gives)) }
}

pub(super) const fn other(
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    handler: fn() -> MethodRouter<Shared>,
    takes: Takes,
    gives: Gives,
) -> Route {
    route(method, path, summary, Does::Other(handler), takes, gives)
}

const fn elsewhere(method: &'static str, path: &'static str, summary: &'static str, takes: &'static str, gives: Gives) -> Route {
    let takes = if takes.is_empty() { Takes::Nothing } else { Takes::Object(takes) };
    Route { open: true, ..route(method, path, summary, Does::Elsewhere, takes, gives) }
}

/// What a session says.
const SESSION: &str = "{ accessToken: string; expiresInMs: number; refreshToken: string; serverTime: number }";
const QUALIFIED: &str = "{ qualification: Record<string, unknown>; offer: Record<string, unknown> | null }";

use Kind::{Attachments, Contacts, Customers, Interactions, Items, Orders, Quotes, Teams, Users};

/// A figure of a period; CSV by `Accept: text/csv` or `format=csv`.
const fn figures_of(
    path: &'static str,
    summary: &'static str,
    handler: fn() -> MethodRouter<Shared>,
    gives: &'static str,
) -> Route {
    Route { query: analytics::QUERY, ..other("GET", path, summary, handler, Takes::Nothing, Gives::Object(gives)) }
}

const NEW_QUOTE: &str = r#"{"subject": "Ten lenses", "description": "", "currency": "EUR",
 "items": [{"sku": "L-1", "description": "Lens", "quantity": 10, "unitPrice": 30.75, "totalPrice": 307.5}],
 "subtotal": 307.5, "taxAmount": 61.5, "totalAmount": 369}"#;
const NEW_ORDER: &str = r#"{"items": [{"sku": "L-1", "description": "Lens", "quantity": 2, "unitPrice": 30.75, "taxRate": 20}],
 "currency": "EUR"}"#;

pub use super::webhooks::routes::MADE as NEW_WEBHOOK;

/// The whole table.
pub fn all() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().chain(HOOKS)
}

const ROUTES: &[Route] = &[
    list("/api/customers", Customers, "Customers, in pages"),
    create(
        "/api/customers",
        Customers,
        "Make a customer, with its primary contact if you like",
        r#"{"name": "Kvist Optik", "status": "lead", "type": "business", "email": "post@kvist.example",
 "address": {"street": "Havnegata 1", "city": "Bergen", "zipCode": "5003", "country": "NO"},
 "primaryContact": {"firstName": "Ida", "lastName": "Kvist"}}"#,
    ),
    Route {
        query: &[
            ("from", "number"),
            ("to", "number"),
            ("tz", "string"),
            ("scope", "\"mine\" | \"team\" | \"all\""),
            ("limit", "number"),
            ("cursor", "string"),
        ],
        ..other(
            "GET",
            "/api/customers/interactions/follow-up",
            "Open follow-ups: overdue, today, upcoming, undated",
            || get(follow_ups::due),
            Takes::Nothing,
            Gives::Object(follow_ups::ANSWER),
        )
    },
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
    Route {
        example: "{}",
        ..other(
            "POST",
            "/api/customers/{id}/restore",
            "Take a customer out of the trash",
            || post(super::restore),
            Takes::Object("{}"),
            Gives::Record(Customers),
        )
    },
    other(
        "GET",
        "/api/customers/{id}/qualification",
        "Budget, authority, need, timeline; what they offer",
        || get(figures::qualification),
        Takes::Nothing,
        Gives::Object(QUALIFIED),
    ),
    Route {
        example: r#"{"budget": {"level": "yes", "amount": 20000}, "need": {"level": "partial", "note": "two shops"}}"#,
        ..other(
            "PUT",
            "/api/customers/{id}/qualification",
            "Say what is known of budget, authority, need, timeline",
            || put(figures::qualify),
            Takes::Object(figures::PARTS),
            Gives::Object(QUALIFIED),
        )
    },
    other(
        "GET",
        "/api/customers/{id}/score",
        "How promising a lead is",
        || get(figures::score),
        Takes::Nothing,
        Gives::Object(figures::SCORE),
    ),
    other(
        "GET",
        "/api/customers/{id}/value",
        "What a customer has bought",
        || get(figures::value),
        Takes::Nothing,
        Gives::Object(figures::VALUE),
    ),
    Route {
        query: &[("limit", "number"), ("cursor", "string")],
        ..other(
            "GET",
            "/api/customers/{customer}/history",
            "Changes of a customer and of what hangs on it, newest first",
            || get(history::page),
            Takes::Nothing,
            Gives::Object(history::ANSWER),
        )
    },
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
    create(
        "/api/customers/{customer}/interactions",
        Interactions,
        "Note a call, a mail, a meeting",
        r#"{"type": "call", "subject": "Asked for lenses", "description": "", "assignedTo": "{me}",
 "requiresFollowUp": true, "followUpDate": 1893456000000}"#,
    ),
    read("/api/customers/{customer}/interactions/{id}", Interactions, "One interaction"),
    update("/api/customers/{customer}/interactions/{id}", Interactions, "Change an interaction", r#"{"outcome": "wants ten"}"#),
    delete("/api/customers/{customer}/interactions/{id}", Interactions, "Put an interaction into the trash"),
    list("/api/customers/{customer}/quotes", Quotes, "Quotes of a customer, as they read today"),
    create("/api/customers/{customer}/quotes", Quotes, "Draft a quote", NEW_QUOTE),
    read("/api/customers/{customer}/quotes/{id}", Quotes, "One quote, as it reads today"),
    update("/api/customers/{customer}/quotes/{id}", Quotes, "Change a draft", r#"{"paymentTerms": "30 days"}"#),
    delete("/api/customers/{customer}/quotes/{id}", Quotes, "Put a draft into the trash"),
    verb(
        "/api/customers/{customer}/quotes/{id}/send",
        "send",
        "Freeze a quote and note how it went out; twice is once",
        r#"{ channel: "email" | "handed over" | "printed" | "other" }"#,
        r#"{"channel": "printed"}"#,
    ),
    verb("/api/customers/{customer}/quotes/{id}/view", "view", "The customer has looked at it", "{}", "{}"),
    verb(
        "/api/customers/{customer}/quotes/{id}/accept",
        "accept",
        "The customer accepts; late confirms it after the last day",
        "{ late?: boolean }",
        "{}",
    ),
    verb(
        "/api/customers/{customer}/quotes/{id}/reject",
        "reject",
        "The customer rejects, with a reason",
        "{ reason: string }",
        r#"{"reason": "too dear"}"#,
    ),
    verb("/api/customers/{customer}/quotes/{id}/revise", "revise", "A new draft in the place of one that went out", "{}", "{}"),
    verb(
        "/api/customers/{customer}/quotes/{id}/convert",
        "convert",
        "The order of an accepted quote; twice is once",
        "{ lines?: string[] }",
        "{}",
    ),
    list("/api/customers/{customer}/orders", Orders, "Orders of a customer"),
    create("/api/customers/{customer}/orders", Orders, "Enter an order", NEW_ORDER),
    read("/api/customers/{customer}/orders/{id}", Orders, "One order"),
    update("/api/customers/{customer}/orders/{id}", Orders, "Change an order", r#"{"notes": "by ship"}"#),
    delete("/api/customers/{customer}/orders/{id}", Orders, "Put a draft order into the trash"),
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
    other(
        "PUT",
        "/api/customers/{customer}/attachments/{id}/content",
        "Send a file's content, once, at most 25 MB",
        || put(content::take),
        Takes::Bytes,
        Gives::Record(Attachments),
    ),
    other(
        "GET",
        "/api/customers/{customer}/attachments/{id}/content",
        "A file's content",
        || get(content::give),
        Takes::Nothing,
        Gives::Bytes,
    ),
    list("/api/orders", Orders, "Orders of all customers"),
    create(
        "/api/orders",
        Orders,
        "Enter an order of the customer that the body names",
        r#"{"customerId": "{customer}", "items": [{"description": "Lens", "quantity": 1, "unitPrice": 10}]}"#,
    ),
    read("/api/orders/{id}", Orders, "One order"),
    update("/api/orders/{id}", Orders, "Change an order", r#"{"status": "confirmed"}"#),
    delete("/api/orders/{id}", Orders, "Put a draft order into the trash"),
    list("/api/items", Items, "The catalogue"),
    create(
        "/api/items",
        Items,
        "Add something that can be sold",
        r#"{"sku": "L-1", "description": "Lens", "unitPrice": 30.75, "taxRate": 20}"#,
    ),
    read("/api/items/{id}", Items, "One item"),
    update("/api/items/{id}", Items, "Change an item", r#"{"unitPrice": 31.5}"#),
    delete("/api/items/{id}", Items, "Put an item into the trash"),
    list("/api/users", Users, "Who works here"),
    read("/api/users/{id}", Users, "One user"),
    list("/api/teams", Teams, "Teams"),
    read("/api/teams/{id}", Teams, "One team"),
    other("GET", "/api/me", "Who calls, and where", || get(people::me), Takes::Nothing, Gives::Object(people::ME)),
    elsewhere(
        "POST",
        "/api/auth/login",
        "Sign a device in by password",
        "{ email: string; password: string; deviceName?: string }",
        Gives::Object(SESSION),
    ),
    elsewhere(
        "POST",
        "/api/auth/enrol",
        "Sign a device in by a link's code",
        "{ code: string; deviceName?: string }",
        Gives::Object(SESSION),
    ),
    elsewhere("POST", "/api/auth/refresh", "Renew a session", "{ refreshToken: string }", Gives::Object(SESSION)),
    Route { open: false, ..elsewhere("POST", "/api/auth/logout", "Sign this device out", "", Gives::Nothing) },
    Route {
        open: false,
        ..elsewhere(
            "POST",
            "/api/sync/push",
            "A device's changes; each is known by its id",
            "{ protocol: number; mutations: Record<string, unknown>[] }",
            Gives::Object("{ outcomes: Record<string, unknown>[]; serverTime: number }"),
        )
    },
    Route {
        open: false,
        ..elsewhere(
            "POST",
            "/api/sync/pull",
            "What was accepted after a cursor",
            "{ protocol: number; cursor: string | null; limit: number }",
            Gives::Object(
                "{ entries: Record<string, unknown>[]; cursor: string; more: boolean; left: number; reset: boolean; serverTime: number }",
            ),
        )
    },
    elsewhere("GET", "/api/openapi.json", "This document", "", Gives::Object("Record<string, unknown>")),
    elsewhere("GET", "/api/docs", "A page to try the API", "", Gives::Html),
    elsewhere("GET", "/healthz", "Whether the server works", "", Gives::Object("{ status: string; version: string }")),
];
