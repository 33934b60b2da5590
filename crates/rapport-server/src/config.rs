//! What a server is started with, and where it may listen.

use crate::webhooks;
use rapport_model::release::Release;
use rapport_model::{Code, Error, Result, Source};
use rapport_store::source::System;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Certificate chain and key, both PEM files.
#[derive(Clone, Debug)]
pub struct Tls {
    pub cert: PathBuf,
    pub key: PathBuf,
}

/// Where analytics are read, and how far that may be behind.
#[derive(Clone, Debug)]
pub struct Replica {
    pub url: String,
    pub lag_max: Duration,
}

#[derive(Clone)]
pub struct Config {
    /// The folder with the directory, one file per organisation, and the contents of attachments.
    pub data: PathBuf,
    /// The URL of a PostgreSQL database that holds directory and organisations instead of files in the folder.
    pub database: Option<String>,
    /// A streaming replica of it that analytics are read from.
    pub analytics: Option<Replica>,
    pub tls: Option<Tls>,
    /// A proxy in front ends TLS and names the caller in `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Where devices reach this server; `None` = as the administrator who makes a link reaches it.
    pub public_url: Option<String>,
    /// The version of the app that devices are told to have.
    pub recommended_app: Release,
    /// How often it is looked whether a job is due.
    pub tick: Duration,
    /// Where scrapers get `/metrics`, without TLS and from any peer. It shows no personal data.
    pub metrics: Option<Arc<TcpListener>>,
    pub webhooks: webhooks::Options,
    /// Clock and ids; tests hand in their own.
    pub source: Arc<dyn Source>,
}

impl Config {
    /// Loopback, without TLS, on the machine's own clock.
    pub fn new(data: impl Into<PathBuf>) -> Config {
        Config {
            data: data.into(),
            database: None,
            analytics: None,
            tls: None,
            behind_proxy: false,
            public_url: None,
            // Server and app are released together.
            recommended_app: Release::own(),
            tick: Duration::from_secs(10),
            metrics: None,
            webhooks: webhooks::Options::default(),
            source: Arc::new(System),
        }
    }
}

/// Passwords and customers must not cross a network in the clear: beyond this machine it takes TLS, here or in front.
pub fn check_binding(address: SocketAddr, config: &Config) -> Result<()> {
    if address.ip().to_canonical().is_loopback() || config.tls.is_some() || config.behind_proxy {
        return Ok(());
    }
    Err(Error::new(
        Code::InsecureServer,
        format!(
            "{address} can be reached from other machines, and without TLS passwords and customer data would cross the \
             network readable. Give --tls-cert and --tls-key, or --behind-proxy if a proxy in front does TLS, or listen \
             on 127.0.0.1. The server was not started."
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, config: &Config) -> Result<(), Code> {
        check_binding(address.parse().expect("an address"), config).map_err(|e| e.code)
    }

    #[test]
    fn beyond_loopback_it_takes_tls_or_a_proxy() {
        let plain = Config::new("x");
        for local in ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
            assert_eq!(check(local, &plain), Ok(()), "{local}");
        }
        for open in ["0.0.0.0:1", "[::]:1", "192.168.1.2:1", "[::ffff:10.0.0.1]:1"] {
            assert_eq!(check(open, &plain), Err(Code::InsecureServer), "{open}");
            assert_eq!(check(open, &Config { behind_proxy: true, ..plain.clone() }), Ok(()));
            let tls = Some(Tls { cert: "c".into(), key: "k".into() });
            assert_eq!(check(open, &Config { tls, ..plain.clone() }), Ok(()));
        }
    }
}
