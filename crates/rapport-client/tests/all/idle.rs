//! What it takes to hear that there is nothing new.

use crate::world::{ADA, Laptop, Office, PASSWORD, connect, put};
use rapport_client::Options;
use rapport_server::config::Tls;
use serde_json::json;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Bytes of a round that brings nothing at most, both ways, TLS and HTTP included.
const IDLE_BYTES_MAX: usize = 300;

fn certificate(folder: &Path) -> Tls {
    let tls = Tls { cert: folder.join("cert.pem"), key: folder.join("key.pem") };
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=127.0.0.1"])
        .args(["-days", "30", "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&tls.key)
        .arg("-out")
        .arg(&tls.cert)
        .output()
        .expect("openssl is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    tls
}

/// A way to a server that counts what goes over it. Returns its port.
async fn counted(to: String, bytes: Arc<AtomicUsize>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
    let port = listener.local_addr().expect("address").port();
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let far = TcpStream::connect(&to).await.expect("the server");
            let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
            for (mut from, mut into) in [(near_in, far_out), (far_in, near_out)] {
                let bytes = bytes.clone();
                tokio::spawn(async move {
                    let mut piece = [0u8; 16 * 1024];
                    while let Ok(read @ 1..) = from.read(&mut piece).await {
                        bytes.fetch_add(read, Ordering::SeqCst);
                        if into.write_all(&piece[..read]).await.is_err() {
                            return;
                        }
                    }
                });
            }
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_that_brings_nothing_is_a_few_bytes_and_one_behind_it_brings_what_is_new() {
    let folder = tempfile::tempdir().expect("folder");
    let tls = certificate(folder.path());
    let ca = Some(tls.cert.clone());
    let mut office = Office::certified(tls).await;
    let bytes = Arc::new(AtomicUsize::new(0));
    let port = counted(office.server.replace("https://", ""), bytes.clone()).await;
    let server = format!("https://127.0.0.1:{port}");
    let (laptop, other) = (Laptop::new(), Laptop::new());
    let options = |laptop: &Laptop| Options { drive: false, ca: ca.clone(), ..laptop.options() };
    let (ada, second) = (
        rapport_client::Client::open(options(&laptop)).await.expect("opened"),
        rapport_client::Client::open(options(&other)).await.expect("opened"),
    );
    connect(&ada, &server, ADA, PASSWORD).await.expect("signed in");
    connect(&second, &office.server, ADA, PASSWORD).await.expect("signed in");
    for _ in 0..3 {
        ada.sync_once().await.expect("synced");
    }
    let before = bytes.load(Ordering::SeqCst);
    ada.sync_once().await.expect("synced");
    let idle = bytes.load(Ordering::SeqCst) - before;
    println!("a round that brings nothing: {idle} bytes");
    assert!((1..IDLE_BYTES_MAX).contains(&idle), "{idle} bytes");
    // Something new comes all the same, also from a server that was started anew.
    put(&second, "customers", json!({ "name": "Acme" })).await;
    second.sync_once().await.expect("synced");
    assert_eq!(ada.sync_once().await.expect("synced")["pulled"], 1);
    ada.sync_once().await.expect("synced");
    office.shut().await;
    office.reopen().await;
    assert_eq!(ada.sync_once().await.expect("synced")["pulled"], 0);
}
