//! Listens, serves, and stops gracefully.

use crate::config::{Config, Tls, check_binding};
use crate::office::Office;
use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use hyper_util::rt::TokioTimer;
use rapport_model::{Code, Error, Result};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Running requests get this long to finish when the server stops.
const GRACE: Duration = Duration::from_secs(10);

/// A caller that has not sent its headers by then is let go.
const HEADERS: Duration = Duration::from_secs(30);

/// Stops a server: no new requests, running ones finish.
#[derive(Clone, Debug, Default)]
pub struct Stop(Handle<SocketAddr>, Arc<Notify>);

impl Stop {
    pub fn new() -> Stop {
        Stop::default()
    }

    /// The address, once requests are taken; `None` if the server could not start.
    pub async fn listening(&self) -> Option<SocketAddr> {
        self.0.listening().await
    }

    pub fn stop(&self) {
        // Long answers end, so that nobody waits for them.
        self.1.notify_one();
        self.0.graceful_shutdown(Some(GRACE));
    }
}

/// Serves until stopped. The listener may be bound to port 0; its address is known to whoever bound it.
pub async fn serve(listener: TcpListener, config: Config, stop: Stop) -> Result<()> {
    let address = listener.local_addr().map_err(Error::internal)?;
    check_binding(address, &config)?;
    let (tls, tick, scrapers) = (config.tls.clone(), config.tick, config.metrics.clone());
    let office = tokio::task::spawn_blocking(move || Office::open(&config)).await.map_err(Error::internal)??;
    let office = Arc::new(office);
    let aside = Stop::new();
    let scraped = match scrapers {
        None => None,
        Some(scrapers) => {
            let scrapers = scrapers.try_clone().map_err(Error::internal)?;
            Some(tokio::spawn(serve_plain(scrapers, crate::http::scraped(office.clone()), aside.clone())))
        }
    };
    let looking = tokio::spawn(crate::jobs::look_after(office.clone(), tick));
    let (stop_sending, stopping) = tokio::sync::watch::channel(false);
    let sending = tokio::spawn(crate::webhooks::run(office.clone(), stopping));
    let (told, closing) = (stop.1.clone(), office.clone());
    let ending = tokio::spawn(async move {
        told.notified().await;
        closing.closing.send_replace(true);
    });
    let app = crate::http::router(office);
    let served = match tls {
        None => serve_plain(listener, app, stop).await,
        Some(tls) => serve_tls(listener, app, &tls, stop).await,
    };
    // What a step has begun is finished or undone by the store; the next start takes it up.
    ending.abort();
    looking.abort();
    let _ = looking.await;
    let _ = stop_sending.send(true);
    sending.await.map_err(Error::internal)?;
    if let Some(scraped) = scraped {
        aside.stop();
        scraped.await.map_err(Error::internal)??;
    }
    served
}

async fn serve_plain(listener: TcpListener, app: Router, stop: Stop) -> Result<()> {
    listener.set_nonblocking(true).map_err(Error::internal)?;
    let mut server = axum_server::from_tcp(listener).map_err(Error::internal)?.handle(stop.0);
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADERS);
    server.serve(app.into_make_service_with_connect_info::<SocketAddr>()).await.map_err(Error::internal)
}

async fn serve_tls(listener: TcpListener, app: Router, tls: &Tls, stop: Stop) -> Result<()> {
    listener.set_nonblocking(true).map_err(Error::internal)?;
    // A provider that somebody installed before is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certified = RustlsConfig::from_pem_file(&tls.cert, &tls.key).await.map_err(|e| {
        let message = format!(
            "{} and {} cannot be used for TLS: {e}. Give a PEM certificate chain and its PEM key.",
            tls.cert.display(),
            tls.key.display()
        );
        Error::new(Code::Unreadable, message)
    })?;
    let mut server = axum_server::from_tcp_rustls(listener, certified).map_err(Error::internal)?.handle(stop.0);
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADERS);
    server.serve(app.into_make_service_with_connect_info::<SocketAddr>()).await.map_err(Error::internal)
}
