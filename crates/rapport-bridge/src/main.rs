//! The app in an ordinary browser: the built ui over HTTP, and its one command and one event answered by the code that the
//! window uses. For tests, pictures and whoever draws screens; on this machine only, and never shipped.
//!
//! It owns no rule and no second table of commands. Who does not know the key of its address gets nothing.

mod page;
mod serve;

use clap::Parser;
use rapport_client::host::Host;
use rapport_client::{Client, Code, Error, Options, Result};
use serde_json::json;
use serve::Bridge;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

const FIRST_SYNC_SECONDS_MAX: u64 = 600;

#[derive(Parser)]
#[command(about = "The app in an ordinary browser, for tests and pictures")]
struct Args {
    /// The data folder of the device; its keys lie beside it in a file.
    #[arg(long)]
    data: PathBuf,
    /// The built ui.
    #[arg(long)]
    ui: PathBuf,
    /// A link that signs the device in, if it has no session yet. Listens after the first synchronisation.
    #[arg(long)]
    enrol: Option<String>,
    /// Listen on this port; 0 = any that is free.
    #[arg(long, default_value_t = 0)]
    port: u16,
}

#[tokio::main]
async fn main() -> ExitCode {
    if let Ok(filter) = std::env::var("RAPPORT_LOG") {
        let filter = tracing_subscriber::EnvFilter::new(filter);
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    }
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr().lock(), "{}", error.message);
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<()> {
    let key_file = Some(args.data.with_extension("keys.json"));
    let teller = Some(Arc::new(serve::Taken) as _);
    let options = Options { data: Some(args.data), key_file, teller, ..Options::default() };
    let enrols = args.enrol.is_some();
    let bridge = Arc::new(Bridge::new(Host::new(options, args.enrol), args.ui)?);
    if enrols {
        synchronised(bridge.host.client(bridge.tell()).await?).await?;
    }
    let listener = TcpListener::bind(("127.0.0.1", args.port)).await.map_err(Error::internal)?;
    let port = listener.local_addr().map_err(Error::internal)?.port();
    let router = serve::router(bridge.clone(), port);
    let said = writeln!(std::io::stdout().lock(), "bridge on http://127.0.0.1:{port}/?key={}", bridge.key);
    said.map_err(Error::internal)?;
    tokio::select! {
        served = async { axum::serve(listener, router).await } => served.map_err(Error::internal)?,
        () = told_to_end() => {}
    }
    if let Some(client) = bridge.host.opened() {
        client.close().await;
    }
    Ok(())
}

/// Waits for the end of the first synchronisation, so that the first picture is a full one.
async fn synchronised(client: &Client) -> Result<()> {
    let mut news = client.events();
    let done = async {
        while client.call("sync.status", json!({})).await?["lastSuccess"].is_null() {
            // News that were missed are as good as news.
            let _ = news.recv().await;
        }
        Ok(())
    };
    let late = || Error::new(Code::Offline, "The first synchronisation took too long. Is the server there?");
    tokio::time::timeout(Duration::from_secs(FIRST_SYNC_SECONDS_MAX), done).await.unwrap_or_else(|_| Err(late()))
}

#[cfg(unix)]
async fn told_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn told_to_end() {
    let _ = tokio::signal::ctrl_c().await;
}
