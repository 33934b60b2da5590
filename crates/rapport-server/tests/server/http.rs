//! What HTTP asks of every address: methods, types, sizes, packing, headers, one error body.

use crate::support::{World, client, read};
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn health_is_open_and_names_the_version() {
    let world = World::start().await;
    let reply = read(client().get(format!("{}/healthz", world.url)).send().await.unwrap()).await;
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("access-control-allow-origin"), "");
    let health = reply.ok();
    assert_eq!((&health["status"], &health["version"]), (&json!("ok"), &json!(env!("CARGO_PKG_VERSION"))));
}

#[tokio::test]
async fn everything_else_takes_a_token() {
    let world = World::start().await;
    let (sam, client) = (world.sam().await, client());
    for (method, path) in [
        (Method::GET, "/api/customers"),
        (Method::POST, "/api/customers"),
        (Method::PUT, "/api/customers/x"),
        (Method::POST, "/api/sync/push"),
        (Method::POST, "/api/sync/pull"),
        (Method::POST, "/api/auth/logout"),
    ] {
        let plain = client.request(method, format!("{}{path}", world.url));
        for request in [
            plain.try_clone().unwrap(),
            plain.try_clone().unwrap().bearer_auth("junk"),
            plain.try_clone().unwrap().basic_auth("sam", Some(&sam.token)),
        ] {
            let reply = read(request.send().await.unwrap()).await;
            assert_eq!(reply.refused(), (401, "UNAUTHORIZED"), "{path}");
            assert_eq!(reply.header("www-authenticate"), "Bearer");
        }
    }
}

#[tokio::test]
async fn wrong_requests_get_the_right_status_and_the_one_body() {
    let world = World::start().await;
    let sam = world.sam().await;
    let send = |method: Method, path: &'static str, kind: Option<&'static str>, body: &'static str| {
        let mut request = sam.request(method, path).body(body);
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        async move { read(request.send().await.unwrap()).await }
    };
    let json = Some("application/json; charset=utf-8");
    for (method, path, kind, body, status, code) in [
        (Method::POST, "/api/customers", json, "{", 400, "MALFORMED"),
        (Method::POST, "/api/customers", json, "[]", 400, "MALFORMED"),
        (Method::POST, "/api/customers", json, "", 400, "MALFORMED"),
        (Method::POST, "/api/sync/push", json, "{}", 400, "MALFORMED"),
        (Method::POST, "/api/sync/pull", json, "{\"protocol\":1}", 400, "MALFORMED"),
        (Method::POST, "/api/sync/pull", json, "{\"protocol\":0,\"cursor\":null,\"limit\":1}", 426, "CLIENT_TOO_OLD"),
        (Method::POST, "/api/auth/login", json, "{\"email\":1}", 400, "MALFORMED"),
        (Method::POST, "/api/customers", Some("text/plain"), "{}", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (Method::POST, "/api/customers", None, "{}", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (Method::GET, "/api/customers/not-an-id", None, "", 404, "NOT_FOUND"),
        (Method::GET, "/api/customers/01890000-0000-7000-8000-000000000000", None, "", 404, "NOT_FOUND"),
        (Method::GET, "/nothing", None, "", 404, "NOT_FOUND"),
        (Method::POST, "/api/nothing", json, "{}", 404, "NOT_FOUND"),
        (Method::PATCH, "/api/customers", json, "{}", 405, "METHOD_NOT_ALLOWED"),
    ] {
        let reply = send(method, path, kind, body).await;
        assert_eq!(reply.refused(), (status, code), "{path} {body}");
    }
    let allowed = send(Method::DELETE, "/api/customers", None, "").await;
    assert!(allowed.header("allow").contains("GET") && allowed.header("allow").contains("POST"), "{allowed:?}");
}

#[tokio::test]
async fn bodies_beyond_the_limit_are_refused_also_when_packed() {
    let world = World::start().await;
    let sam = world.sam().await;
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(5 * 1024 * 1024));
    let typed = |path: &str| sam.request(Method::POST, path).header("content-type", "application/json");
    for path in ["/api/customers", "/api/sync/push", "/api/auth/login"] {
        let reply = read(typed(path).body(large.clone()).send().await.unwrap()).await;
        assert_eq!(reply.refused(), (413, "TOO_LARGE"), "{path}");
    }
    // 5 MiB of one letter packed as a gzip file of stored and repeated blocks is small; unpacked it is not.
    let packed = gzip(large.as_bytes());
    assert!(packed.len() < 200_000);
    let reply = read(typed("/api/sync/push").header("content-encoding", "gzip").body(packed).send().await.unwrap()).await;
    assert_eq!(reply.refused(), (413, "TOO_LARGE"));
    let unknown = read(typed("/api/customers").header("content-encoding", "br").body("x").send().await.unwrap()).await;
    assert_eq!(unknown.refused(), (415, "UNSUPPORTED_MEDIA_TYPE"));
    let junk = read(typed("/api/customers").header("content-encoding", "gzip").body("junk").send().await.unwrap()).await;
    assert_eq!(junk.refused(), (400, "MALFORMED"));
}

#[tokio::test]
async fn packed_requests_are_taken_and_answers_are_packed() {
    let world = World::start().await;
    let sam = world.sam().await;
    let body = json!({ "name": "Packed", "status": "lead", "type": "business", "notes": "x".repeat(2000) });
    let made = sam
        .request(Method::POST, "/api/customers")
        .header("content-type", "application/json")
        .header("content-encoding", "gzip")
        .body(gzip(body.to_string().as_bytes()));
    assert_eq!(read(made.send().await.unwrap()).await.status, StatusCode::CREATED);
    // A caller that unpacks nothing by itself.
    let plain = reqwest::Client::builder().no_proxy().no_gzip().no_zstd().build().unwrap();
    let sam = crate::support::Desk { client: plain, ..sam };
    for packing in ["gzip", "zstd"] {
        let request = sam.request(Method::GET, "/api/customers").header("accept-encoding", packing);
        let reply = request.send().await.unwrap();
        assert_eq!(reply.headers()["content-encoding"], packing);
        assert!(reply.bytes().await.unwrap().len() < 1500);
    }
}

/// A gzip file whose deflate stream is one block of fixed codes: literals, and long runs as repeats of the byte before.
fn gzip(data: &[u8]) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.put(1, 1);
    bits.put(1, 2);
    let mut at = 0;
    while at < data.len() {
        bits.literal(u16::from(data[at]));
        let run = data[at + 1..].iter().take_while(|b| **b == data[at]).count();
        at += 1;
        for _ in 0..run / 258 {
            // Length 258 is code 285, distance 1 is code 0.
            bits.literal(285);
            bits.code(0, 5);
            at += 258;
        }
    }
    bits.literal(256);
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    out.extend(bits.out);
    out.extend(crc32(data).to_le_bytes());
    out.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
    out
}

#[derive(Default)]
struct Bits {
    out: Vec<u8>,
    used: u32,
}

impl Bits {
    fn put(&mut self, value: u16, count: u32) {
        for bit in 0..count {
            if self.used.is_multiple_of(8) {
                self.out.push(0);
            }
            *self.out.last_mut().unwrap() |= u8::from(value >> bit & 1 == 1) << (self.used % 8);
            self.used += 1;
        }
    }

    /// Huffman codes go in from their highest bit.
    fn code(&mut self, value: u16, count: u32) {
        (0..count).rev().for_each(|bit| self.put(value >> bit & 1, 1));
    }

    fn literal(&mut self, symbol: u16) {
        match symbol {
            0..=143 => self.code(0x30 + symbol, 8),
            144..=255 => self.code(0x190 + symbol - 144, 9),
            256..=279 => self.code(symbol - 256, 7),
            _ => self.code(0xc0 + symbol - 280, 8),
        }
    }
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}
