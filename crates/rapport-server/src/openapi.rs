//! The OpenAPI document, made from the declarations of the records and the table of routes; and the page to try it.

mod schema;

use crate::rest::routes::{self, Does, Gives, Heeds, Route, Takes, Tells};
use crate::rest::told::KEY_CHARS_MAX;
use axum::Json;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use rapport_model::{Code, Kind};
use schema::{closed, record_name, records, typescript};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

/// The page loads its own script and style and talks to this server, nothing else.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub async fn told() -> Json<Value> {
    Json(DOCUMENT.clone())
}

pub async fn page() -> Response {
    asset("text/html; charset=utf-8", include_str!("openapi/docs.html"))
}

pub async fn script() -> Response {
    asset("text/javascript; charset=utf-8", include_str!("openapi/docs.js"))
}

pub async fn style() -> Response {
    asset("text/css; charset=utf-8", include_str!("openapi/docs.css"))
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    let mut response = text.into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    response
}

/// What stands for `{name}` in paths and examples.
pub const EXAMPLES: &[(&str, &str)] = &[
    ("customer", "019e1ba1-0d00-7000-8000-000000000001"),
    ("id", "019e1ba1-0d00-7000-8000-000000000002"),
    ("user", "019e1ba1-0d00-7000-8000-000000000003"),
    ("team", "019e1ba1-0d00-7000-8000-000000000004"),
    ("other", "019e1ba1-0d00-7000-8000-000000000005"),
    ("delivery", "019e1ba1-0d00-7000-8000-000000000006"),
    ("name", "trash"),
    ("code", "AZ4boQ0AcACAAAAAAAAABg.of-the-link"),
    ("refreshToken", "of-the-last-answer"),
];

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
    let schema = |name: &str| match name {
        "name" => json!({ "type": "string", "enum": rapport_ops::jobs::ALL.iter().map(|job| job.name).collect::<Vec<_>>() }),
        _ => typescript("Id"),
    };
    let example = |name: &str| EXAMPLES.iter().find(|(known, _)| *known == name).map(|(_, example)| *example);
    names
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": schema(name), "example": example(name) }))
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
    out.extend(route.heeds.iter().map(heeded));
    out
}

fn heeded(header: &Heeds) -> Value {
    let text = || json!({ "type": "string" });
    match header {
        Heeds::IfNoneMatch => {
            parameter("header", "If-None-Match", text(), "Tags that the caller holds: 304 if one is the present one.")
        }
        Heeds::IfMatch => {
            parameter("header", "If-Match", text(), "The tag that the caller saw: 412 if somebody changed the record.")
        }
        Heeds::IdempotencyKey => {
            let key = json!({ "type": "string", "minLength": 1, "maxLength": KEY_CHARS_MAX, "pattern": "^[!-~]+$" });
            let about = "The same key with the same body gives the same answer for 24 hours.";
            parameter("header", "Idempotency-Key", key, about)
        }
    }
}

fn query_schema(name: &str, ts: &str) -> Value {
    match name {
        "limit" => json!({ "type": "integer", "minimum": 1, "maximum": rapport_store::list::PAGE_ROWS_MAX }),
        "dormantDays" => json!({ "type": "integer", "minimum": 1, "maximum": 3650 }),
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
    let searched =
        if under_customer { !kind.lists().found_by.is_empty() } else { kind == Kind::Customers || kind.lists().number.is_some() };
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
        Takes::Object(ts) => ("application/json", closed(ts)),
        Takes::Message(ts) => ("application/json", typescript(ts)),
        Takes::Bytes => ("application/octet-stream", json!({})),
    };
    let mut media = json!({ "schema": schema });
    if !route.example.is_empty() {
        media["example"] = example(route.example);
    }
    // A verb of which nothing has to be said takes no body, too.
    let nothing_needed = media["schema"]["required"].as_array().is_some_and(Vec::is_empty);
    let optional = route.method == "POST" && nothing_needed;
    Some(json!({ "required": !optional, "content": { kind: media } }))
}

/// An example with its `{name}`s filled in.
fn example(text: &str) -> Value {
    let filled = EXAMPLES.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value));
    serde_json::from_str(&filled).unwrap_or_default()
}

fn responses(route: &Route) -> Value {
    let mut out = Map::new();
    let about = match route.status {
        201 => "It was made.",
        204 => "It was done.",
        _ => "It worked.",
    };
    let of_schema = |name: String| json!({ "$ref": format!("#/components/schemas/{name}") });
    let text = || json!({ "type": "string" });
    let content = match route.gives {
        Gives::Nothing => vec![],
        Gives::Record(kind) => vec![("application/json", of_schema(record_name(kind).to_owned()))],
        Gives::Page(kind) => vec![("application/json", of_schema(format!("{}Page", record_name(kind))))],
        Gives::Object(ts) => vec![("application/json", typescript(ts))],
        Gives::ObjectOrCsv(ts) => vec![("application/json", typescript(ts)), ("text/csv", text())],
        Gives::Bytes => vec![("*/*", json!({}))],
        Gives::Text(kind) => vec![(kind, text())],
    };
    let mut success = json!({ "description": about });
    for (kind, schema) in content {
        success["content"][kind]["schema"] = schema;
    }
    for header in route.tells {
        let (name, about) = match header {
            Tells::ETag => ("ETag", "Tells this state from others; for If-Match and If-None-Match."),
            Tells::Location => ("Location", "The path of what was made."),
        };
        success["headers"][name] = json!({ "required": true, "description": about, "schema": text() });
    }
    if route.heeds.contains(&Heeds::IdempotencyKey) {
        let about = "The answer was given before, to the same key.";
        success["headers"]["Idempotency-Replayed"] = json!({ "description": about, "schema": { "const": "true" } });
    }
    out.insert(route.status.to_string(), success);
    if route.heeds.contains(&Heeds::IfNoneMatch) {
        let headers = json!({ "ETag": { "required": true, "schema": text() } });
        out.insert("304".to_owned(), json!({ "description": "The caller holds it as it is.", "headers": headers }));
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
    if !route.open || route.method != "GET" {
        // Every query is read, where none is known, too.
        out.insert(400);
    }
    if route.path.contains('{') {
        out.insert(404);
    }
    match route.takes {
        Takes::Nothing => {}
        Takes::Bytes => drop(out.insert(413)),
        _ => out.extend([413, 415]),
    }
    if route.method != "GET" {
        out.insert(507);
    }
    for header in route.heeds {
        match header {
            Heeds::IfNoneMatch => {}
            Heeds::IfMatch => drop(out.insert(412)),
            Heeds::IdempotencyKey => drop(out.insert(409)),
        }
    }
    out.extend(route.refuses);
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
    let header = |about: &str, kind: &str| json!({ "required": true, "description": about, "schema": { "type": kind } });
    let retry = || header("Seconds to wait before the next try.", "integer");
    for (status, name, value) in [
        ("401", "WWW-Authenticate", header("How to sign in.", "string")),
        ("429", "Retry-After", retry()),
        ("503", "Retry-After", retry()),
    ] {
        out[status]["headers"][name] = value;
    }
    Value::Object(out)
}
