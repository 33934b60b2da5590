//! What is offered, ordered and sold.

use super::Kind::{Items, Orders, Quotes};
use super::{Does, Gives, Heeds, Route, Takes, Tells, create, delete, list, read, update};

const fn verb(
    path: &'static str,
    word: &'static str,
    summary: &'static str,
    takes: &'static str,
    example: &'static str,
) -> Route {
    let gives = if matches!(word.as_bytes(), b"convert") { Orders } else { Quotes };
    let route = Route::new("POST", path, summary, Does::Verb(word)).takes(Takes::Object(takes), example);
    route.gives(Gives::Record(gives)).heeds(&[Heeds::IdempotencyKey]).tells(&[Tells::ETag]).refuses(&[422])
}

const NEW_QUOTE: &str = r#"{"subject": "Ten lenses", "description": "", "currency": "EUR",
 "items": [{"sku": "L-1", "description": "Lens", "quantity": 10, "unitPrice": 30.75, "totalPrice": 307.5}],
 "subtotal": 307.5, "taxAmount": 61.5, "totalAmount": 369}"#;
const NEW_ORDER: &str = r#"{"items": [{"sku": "L-1", "description": "Lens", "quantity": 2, "unitPrice": 30.75, "taxRate": 20}],
 "currency": "EUR"}"#;

pub const ROUTES: &[Route] = &[
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
        "{ lines?: string[] | null }",
        "{}",
    ),
    list("/api/customers/{customer}/orders", Orders, "Orders of a customer"),
    create("/api/customers/{customer}/orders", Orders, "Enter an order", NEW_ORDER),
    read("/api/customers/{customer}/orders/{id}", Orders, "One order"),
    update("/api/customers/{customer}/orders/{id}", Orders, "Change an order", r#"{"notes": "by ship"}"#),
    delete("/api/customers/{customer}/orders/{id}", Orders, "Put a draft order into the trash"),
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
];
