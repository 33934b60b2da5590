//! What answers where a server should be.

use crate::world::{ADA, Laptop, PASSWORD, connect, status};
use rapport_client::Code;
use std::io::{Read, Write};
use std::net::TcpListener;

/// Answers every request with these bytes.
pub fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("port");
    let server = format!("http://{}", listener.local_addr().expect("address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    server
}

const PORTAL: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 30\r\nConnection: close\r\n\r\n<h1>Welcome to Hotel Edison</h1";
const REDIRECT: &str = "HTTP/1.1 302 Found\r\nLocation: http://portal.invalid/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const JSON: &str = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 25\r\nConnection: close\r\n\r\n{\"code\":\"DEVICE_REVOKED\"}\n";
const GARBLED: &str = "HTTP/1.1 200 OK\r\nx-rapport: 1\r\nContent-Length: 9\r\nConnection: close\r\n\r\n{\"access\"";

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_networks_page_counts_as_offline() {
    for answer in [PORTAL, REDIRECT, JSON, GARBLED] {
        let server = answering(answer);
        let laptop = Laptop::new();
        let client = laptop.start(false).await;
        let error = connect(&client, &server, ADA, PASSWORD).await.expect_err("no server");
        assert_eq!(error.code, Code::Offline, "{answer}");
        assert_eq!(
            error.message,
            format!(
                "What answered at {server} is not a Rapport server; a guest network's sign-in page does that. Your work on this device is safe. Check the address and the network, then try again."
            )
        );
        assert_eq!((status(&client).await["state"].as_str(), laptop.profiles().len()), (Some("none"), 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_named() {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("port").port();
    let client = Laptop::new().start(false).await;
    let error = connect(&client, &format!("127.0.0.1:{port}"), ADA, PASSWORD).await.expect_err("nobody");
    assert_eq!(error.code, Code::Offline);
    assert_eq!(
        error.message,
        format!(
            "The server http://127.0.0.1:{port} cannot be reached: no connection could be made. Your work on this device is safe. Check the address and the network, then try again."
        )
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_to_an_insecure_server() {
    let client = Laptop::new().start(false).await;
    let error = connect(&client, "http://crm.example.com", ADA, PASSWORD).await.expect_err("refused");
    assert_eq!(error.code, Code::InsecureServer);
    assert_eq!(
        error.message,
        "http://crm.example.com is not encrypted, so nothing was sent there. Your data is unchanged. Use https://crm.example.com."
    );
}
