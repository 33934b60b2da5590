//! Renewing the session: one at a time, and what is new is kept before it is used.

use rapport_client::auth::{Heard, Remote};
use rapport_client::tokens::{Keeper, keep_refresh};
use rapport_client::vault::{Memory, Name, Vault};
use rapport_client::{Code, Result};
use rapport_model::Id;
use rapport_sync::Tokens;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

struct Stub {
    server: String,
    asked: Arc<AtomicUsize>,
}

/// Renews a session: the n-th answer carries access token `a<n>` and refresh token `r<n>`; `r0` and so on let it in.
fn stub(refuses: bool) -> Stub {
    let listener = TcpListener::bind("127.0.0.1:0").expect("port");
    let server = format!("http://{}", listener.local_addr().expect("address"));
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let n = count.fetch_add(1, Ordering::SeqCst) + 1;
            let (status, body) = if refuses {
                ("401 Unauthorized", r#"{"code":"UNAUTHORIZED","message":"Sign in again."}"#.to_owned())
            } else {
                ("200 OK", format!(r#"{{"accessToken":"a{n}","expiresInMs":600000,"refreshToken":"r{n}"}}"#))
            };
            let head =
                format!("HTTP/1.1 {status}\r\nx-rapport: 1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    Stub { server, asked }
}

async fn keeper(stub: &Stub) -> (Arc<Keeper>, Vault) {
    let vault = Vault::Memory(Memory::default(), Id::from_bytes([1; 16]));
    keep_refresh(&vault, "r0").await.expect("kept");
    let http = rapport_sync::http_client(None).expect("a client");
    (Arc::new(Keeper::new(Remote::new(http, stub.server.clone(), Heard::default()), vault.clone())), vault)
}

#[tokio::test(flavor = "multi_thread")]
async fn many_that_were_refused_at_once_renew_once() {
    let stub = stub(false);
    let (keeper, vault) = keeper(&stub).await;
    assert_eq!(keeper.access().await.as_deref(), Ok("a1"));
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let keeper = keeper.clone();
            tokio::spawn(async move { keeper.renew("a1".to_owned()).await })
        })
        .collect();
    for task in tasks {
        let renewed: Result<String> = task.await.expect("ended");
        assert_eq!(renewed.as_deref(), Ok("a2"));
    }
    assert_eq!(stub.asked.load(Ordering::SeqCst), 2);
    assert_eq!(vault.get(Name::Refresh).expect("get").expect("kept").bytes(), b"r2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_session_does_not_ask_for_ever() {
    let stub = stub(true);
    let (keeper, _vault) = keeper(&stub).await;
    for _ in 0..5 {
        assert_eq!(keeper.access().await.map_err(|e| e.code), Err(Code::Unauthorized));
    }
    assert_eq!(stub.asked.load(Ordering::SeqCst), 1);
}
