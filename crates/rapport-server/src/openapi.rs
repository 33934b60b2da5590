//! The OpenAPI document, made from the declarations of the records and the table of routes; and the page to try it.

mod schema;

use crate::http::Shared;
use crate::rest::routes::{self, Does, Gives, Route, Takes};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use rapport_model::{Code, Kind};
use schema::{record_name, records, typescript};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

/// The page loads its own script and style and talks to this server, nothing else.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub fn router() -> Router<Shared> {
    Router::new()
        .route("/api/openapi.json", get(async || Json(DOCUMENT.clone())))
        .route("/api/docs", get(async || page("text/html; charset=utf-8", include_str!("openapi/docs.html"))))
        .route("/api/docs/docs.js", get(async || page("text/javascript; charset=utf-8", include_str!("openapi/docs.js"))))
        .route("/api/docs/docs.css", get(async || page("text/css; charset=utf-8", include_str!("openapi/docs.css"))))
}

fn page(kind: &'static str, text: &'static str) -> Response {
    let mut response = text.into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    response
}

const ABOUT: &str = "REST API of the central server. JSON; amounts are plain numbers; instants and days are milliseconds since 1970, \
UTC. Lists are paged by `cursor`. To follow what changes, keep `changedSince` of a list answer and send it the next time: it is the \
server's own order and misses nothing. `updatedSince` is a time, compared with when the server accepted a write; two writes may share \
a millisecond and clocks are set, so use it for reports, not to keep copies.";

/// The document, in version 3.1 of OpenAPI.
pub fn document() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in routes::all() {
        let entry = paths.entry(route.path).or_insert_with(|| json!({ "parameters": path_parameters(route.path) }));
        entry[route.method.to_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Rapport", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT },
        "paths": paths,
        "components": {
            "schemas": records(),
            "responses": errors(),
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
        "security": [{ "token": [] }],
    })
}

fn path_parameters(path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } }))
        .collect()
}

fn operation(route: &Route) -> Value {
    let tag = match route.path.split('/').nth(2) {
        Some("customers") => route.path.split('/').nth(4).filter(|part| !part.starts_with('{')).unwrap_or("customers"),
        Some(word) => word,
        None => "health",
    };
    let mut out = json!({
        "operationId": operation_id(route),
        "summary": route.summary,
        "tags": [tag],
        "parameters": parameters(route),
        "responses": responses(route),
    });
    if route.open {
        out["security"] = json!([]);
    }
    if let Some(body) = body(route) {
        out["requestBody"] = body;
    }
    out
}

fn operation_id(route: &Route) -> String {
    let words = route.path.split(['/', '-', '.']).filter(|word| !word.is_empty() && *word != "api");
    let name: String = words
        .map(|word| {
            let word = word.trim_matches(['{', '}']);
            let (first, rest) = word.split_at(1);
            format!("{}{rest}", first.to_uppercase())
        })
        .collect();
    format!("{}{name}", route.method.to_lowercase())
}

fn parameter(place: &str, name: &str, schema: Value, about: &str) -> Value {
    json!({ "name": name, "in": place, "schema": schema, "description": about })
}

fn parameters(route: &Route) -> Vec<Value> {
    let mut out: Vec<Value> = route.query.iter().map(|(name, ts)| parameter("query", name, query_schema(name, ts), "")).collect();
    if let Does::List(kind) = route.does {
        out.extend(list_parameters(kind, route.path.contains("{customer}")));
    }
    let text = || json!({ "type": "string" });
    if matches!(route.does, Does::Read(_)) {
        out.push(parameter("header", "If-None-Match", text(), "Tags that the caller holds: 304 if one is the present one."));
    }
    if matches!(route.does, Does::Update(_) | Does::Delete(_)) || route.path.ends_with("/qualification") && route.method == "PUT"
    {
        out.push(parameter("header", "If-Match", text(), "The tag that the caller saw: 412 if somebody changed the record."));
    }
    if route.method == "POST" && !matches!(route.does, Does::Elsewhere) {
        let key = json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" });
        out.push(parameter(
            "header",
            "Idempotency-Key",
            key,
            "The same key with the same body gives the same answer for 24 hours.",
        ));
    }
    out
}

fn query_schema(name: &str, ts: &str) -> Value {
    match name {
        "limit" => json!({ "type": "integer", "minimum": 1, "maximum": rapport_store::list::PAGE_ROWS_MAX }),
        "from" | "to" | "updatedSince" => schema::instant(),
        _ => typescript(ts),
    }
}

fn list_parameters(kind: Kind, under_customer: bool) -> Vec<Value> {
    let text = || json!({ "type": "string" });
    let flag = || json!({ "type": "boolean" });
    let sorts: Vec<String> = rapport_store::list::sorts(kind).flat_map(|name| [name.to_owned(), format!("-{name}")]).collect();
    let mut out = vec![
        parameter("query", "limit", query_schema("limit", ""), "Rows of a page."),
        parameter("query", "cursor", text(), "`next` of the page before."),
        parameter("query", "sort", json!({ "type": "string", "enum": sorts }), "- in front turns it round."),
        parameter(
            "query",
            "changedSince",
            text(),
            "`changedSince` of an earlier list: what was accepted after it, deleted ones too.",
        ),
        parameter("query", "updatedSince", schema::instant(), "Only what the server accepted at or after this instant."),
    ];
    let searched = matches!(kind, Kind::Customers | Kind::Orders | Kind::Items) || under_customer && kind != Kind::Attachments;
    if searched {
        out.push(parameter("query", "q", text(), "Words, or how a number begins."));
    }
    if kind == Kind::Customers {
        out.push(parameter("query", "includeInactive", flag(), "Customers that are not in daily use, too."));
    }
    for field in kind.fields() {
        let schema = match field.kind {
            rapport_model::FieldKind::Bool => flag(),
            rapport_model::FieldKind::Choice(names) => json!({ "type": "string", "enum": names }),
            rapport_model::FieldKind::Ref(_) => json!({ "type": "string", "format": "uuid" }),
            _ => continue,
        };
        if !(under_customer && field.json == "customerId") {
            let several = json!({ "type": "array", "items": schema });
            let about = format!("{}; given several times, any of them.", field.label);
            out.push(parameter("query", field.json, several, &about));
        }
    }
    out
}

fn body(route: &Route) -> Option<Value> {
    let (kind, schema) = match route.takes {
        Takes::Nothing => return None,
        Takes::New(kind) => ("application/json", json!({ "$ref": format!("#/components/schemas/New{}", record_name(kind)) })),
        Takes::Patch(kind) => {
            ("application/json", json!({ "$ref": format!("#/components/schemas/{}Change", record_name(kind)) }))
        }
        Takes::Object(ts) => ("application/json", typescript(ts)),
        Takes::Bytes => ("application/octet-stream", json!({})),
    };
    let mut media = json!({ "schema": schema });
    if let Ok(example) = serde_json::from_str::<Value>(route.example) {
        media["example"] = example;
    }
    let optional = matches!(route.takes, Takes::Object("{}"));
    Some(json!({ "required": !optional, "content": { kind: media } }))
}

fn responses(route: &Route) -> Value {
    let mut out = Map::new();
    let (status, about) = match (route.does, route.gives) {
        (Does::Create(_), _) | (_, Gives::Object(routes::NEW_WEBHOOK)) => ("201", "It was made."),
        (_, Gives::Nothing) => ("204", "It was done."),
        _ => ("200", "It worked."),
    };
    let content = match route.gives {
        Gives::Nothing => None,
        Gives::Record(kind) => {
            Some(("application/json", json!({ "$ref": format!("#/components/schemas/{}", record_name(kind)) })))
        }
        Gives::Page(kind) => {
            Some(("application/json", json!({ "$ref": format!("#/components/schemas/{}Page", record_name(kind)) })))
        }
        Gives::Object(ts) => Some(("application/json", typescript(ts))),
        Gives::Bytes => Some(("*/*", json!({}))),
        Gives::Html => Some(("text/html", json!({ "type": "string" }))),
    };
    let mut success = json!({ "description": about });
    if let Some((kind, schema)) = content {
        success["content"] = json!({ kind: { "schema": schema } });
    }
    out.insert(status.to_owned(), success);
    if matches!(route.does, Does::Read(_)) {
        out.insert("304".to_owned(), json!({ "description": "The caller holds it as it is." }));
    }
    for status in refusals(route) {
        out.insert(status.to_string(), json!({ "$ref": format!("#/components/responses/{status}") }));
    }
    Value::Object(out)
}

/// The statuses of refusals that a route may answer with.
fn refusals(route: &Route) -> BTreeSet<u16> {
    let mut out = BTreeSet::from([500, 503]);
    if !route.open {
        out.extend([401, 403]);
    }
    let reads_query = matches!(route.does, Does::List(_)) || !route.query.is_empty();
    if reads_query {
        out.insert(400);
    }
    if route.path.contains('{') {
        out.insert(404);
    }
    let writes = route.method != "GET";
    if writes && !matches!(route.does, Does::Delete(_)) && !matches!(route.takes, Takes::Nothing) {
        out.extend([400, 413, 415]);
    }
    if writes && !matches!(route.does, Does::Elsewhere) {
        out.extend([409, 422, 507]);
        if route.method != "POST" {
            out.insert(412);
        }
    }
    if route.path.starts_with("/api/auth/") {
        out.extend([401, 429]);
    }
    if route.path.starts_with("/api/sync/pull") {
        out.extend([422, 426]);
    }
    out
}

/// One shared response per status, naming its codes.
fn errors() -> Value {
    let mut out = Map::new();
    for code in Code::ALL {
        let entry = out.entry(code.status().to_string()).or_insert_with(|| {
            json!({ "description": "", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } } })
        });
        let said = entry["description"].as_str().unwrap_or_default().to_owned();
        let comma = if said.is_empty() { "" } else { ", " };
        entry["description"] = format!("{said}{comma}`{}`", code.text()).into();
    }
    Value::Object(out)
}
