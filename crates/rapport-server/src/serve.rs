//! Listens, serves, and stops gracefully.

use crate::config::{Config, check_binding};
use crate::office::Office;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use hyper_util::rt::TokioTimer;
use rapport_model::{Code, Error, Result};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

/// Running requests get this long to finish when the server stops.
const GRACE: Duration = Duration::from_secs(10);

/// A caller that has not sent its headers by then is let go.
const HEADERS: Duration = Duration::from_secs(30);

/// Stops a server: no new requests, running ones finish.
#[derive(Clone, Debug, Default)]
pub struct Stop(Handle<SocketAddr>);

impl Stop {
    pub fn new() -> Stop {
        Stop::default()
    }

    /// The address, once requests are taken; `None` if the server could not start.
    pub async fn listening(&self) -> Option<SocketAddr> {
        self.0.listening().await
    }

    pub fn stop(&self) {
        self.0.graceful_shutdown(Some(GRACE));
    }
}

/// Serves until stopped. The listener may be bound to port 0; its address is known to whoever bound it.
pub async fn serve(listener: TcpListener, config: Config, stop: Stop) -> Result<()> {
    let address = listener.local_addr().map_err(Error::internal)?;
    check_binding(address, &config)?;
    let tls = config.tls.clone();
    let office = tokio::task::spawn_blocking(move || Office::open(&config)).await.map_err(Error::internal)??;
    let app = crate::http::router(Arc::new(office)).into_make_service_with_connect_info::<SocketAddr>();
    listener.set_nonblocking(true).map_err(Error::internal)?;
    let served = match tls {
        None => {
            let mut server = axum_server::from_tcp(listener).map_err(Error::internal)?.handle(stop.0);
            server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADERS);
            server.serve(app).await
        }
        Some(tls) => {
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
            let server = axum_server::from_tcp_rustls(listener, certified).map_err(Error::internal)?;
            let mut server = server.handle(stop.0);
            server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADERS);
            server.serve(app).await
        }
    };
    served.map_err(Error::internal)
}
