//! What a scraper sees, and who is a scraper.

use crate::support::{World, client, config, read};
use rapport_server::{Config, Stop, serve};
use reqwest::Method;
use serde_json::json;
use std::net::TcpListener;
use std::sync::Arc;

async fn scrape(url: &str) -> String {
    let response = client().get(format!("{url}/metrics")).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    let text = response.text().await.unwrap();
    assert!(text.ends_with("# EOF\n"), "{text}");
    text
}

/// The value of one line, 0 where there is none.
fn value(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map_or(0.0, |value| value.parse().unwrap())
}

#[tokio::test]
async fn requests_are_counted_by_pattern_and_nobody_is_named() {
    let world = World::start().await;
    let sam = world.sam().await;
    let path = sam.customer("Kjær & Sønner").await;
    sam.get(&path).await.ok();
    sam.get(&path).await.ok();
    assert_eq!(sam.get("/api/customers/01890000-0000-7000-8000-000000000000").await.status, 404);
    assert_eq!(sam.get("/no/such/place?q=sam").await.status, 404);
    let odd = sam.request(Method::from_bytes(b"SAM").unwrap(), "/api/customers");
    assert_eq!(read(odd.send().await.unwrap()).await.status, 405);
    let told = scrape(&world.url).await;
    let one =
        |status: u16| format!("rapport_requests_total{{method=\"GET\",path=\"/api/customers/{{id}}\",status=\"{status}\"}}");
    assert_eq!((value(&told, &one(200)), value(&told, &one(404))), (2.0, 1.0), "{told}");
    for (name, wanted) in [
        ("rapport_requests_total{method=\"POST\",path=\"/api/auth/login\",status=\"200\"}", 1.0),
        ("rapport_requests_total{method=\"GET\",path=\"-\",status=\"404\"}", 1.0),
        ("rapport_requests_total{method=\"other\",path=\"/api/customers\",status=\"405\"}", 1.0),
        ("rapport_request_duration_seconds_count{method=\"GET\",path=\"/api/customers/{id}\"}", 3.0),
        ("rapport_orgs_open", 1.0),
        ("rapport_requests_running", 1.0),
        ("rapport_database_waiting{queue=\"write\"}", 0.0),
        ("rapport_busy_total", 0.0),
    ] {
        assert!(told.contains(name), "{name} in {told}");
        assert_eq!(value(&told, name), wanted, "{name} in {told}");
    }
    assert!(value(&told, "rapport_database_statements_total") > 10.0, "{told}");
    assert_eq!(value(&told, &format!("rapport_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"))), 1.0, "{told}");
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are small")]
    let now = (world.source().now().0 / 1000) as f64;
    assert!((0.0..600.0).contains(&(now - value(&told, "process_start_time_seconds"))), "{told}");
    for private in ["sam", "acme", "Kj", path.rsplit('/').next().unwrap(), &world.org.to_string(), sam.user()] {
        assert!(!told.to_lowercase().contains(&private.to_lowercase()), "{private} in {told}");
    }
}

#[tokio::test]
async fn who_comes_through_a_proxy_gets_nothing() {
    let world = World::start().await;
    for mark in ["x-forwarded-for", "forwarded", "via", "x-real-ip"] {
        let request = client().get(format!("{}/metrics", world.url)).header(mark, "127.0.0.1");
        assert_eq!(read(request.send().await.unwrap()).await.refused(), (404, "NOT_FOUND"), "{mark}");
    }
    assert_eq!(world.post("/metrics", json!({})).await.refused(), (405, "METHOD_NOT_ALLOWED"));
}

#[tokio::test]
async fn a_scraper_has_an_address_of_its_own_where_a_proxy_is_in_front() {
    let mut world = World::start().await;
    world.stop().await;
    let (listener, scrapers) = (TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
    let url = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
    let (main, aside) = (url(&listener), url(&scrapers));
    let config = Config { behind_proxy: true, metrics: Some(Arc::new(scrapers)), ..config(&world.data()) };
    let stop = Stop::new();
    let task = tokio::spawn(serve(listener, config, stop.clone()));
    stop.listening().await.unwrap();
    assert_eq!(read(client().get(format!("{main}/metrics")).send().await.unwrap()).await.refused(), (404, "NOT_FOUND"));
    client().get(format!("{main}/healthz")).send().await.unwrap();
    let told = scrape(&aside).await;
    assert_eq!(value(&told, "rapport_requests_total{method=\"GET\",path=\"/healthz\",status=\"200\"}"), 1.0, "{told}");
    assert_eq!(client().get(format!("{aside}/healthz")).send().await.unwrap().status(), 404, "nothing else is there");
    assert_eq!(client().get(format!("{aside}/api/customers")).send().await.unwrap().status(), 404);
    stop.stop();
    task.await.unwrap().unwrap();
    world.serve().await;
    assert!(client().get(format!("{aside}/metrics")).send().await.is_err(), "it went with the server");
}
