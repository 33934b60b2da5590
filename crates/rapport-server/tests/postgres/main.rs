//! Several servers on one PostgreSQL database, whose server's URL is in `RAPPORT_TEST_DATABASE`: `cargo xtask test --only postgres`
//! starts one.

#![expect(clippy::unwrap_used, reason = "what helps a test may stop at the first surprise, as the test may")]
#![allow(dead_code, reason = "the support of the other tests")]

mod on_postgres {
    mod moving;
    mod replica;
    mod servers;
    mod trouble;
}
mod process;
#[path = "../server/webhooks/receiver.rs"]
mod receiver;
#[path = "../server/support.rs"]
mod support;

use rapport_server::{Config, Stop, serve, webhooks};
use std::net::TcpListener;
use std::time::Duration;
use support::{Desk, World, config};
use tokio::task::JoinHandle;

/// Receivers may be on this machine, and are told at once.
fn quick() -> webhooks::Options {
    webhooks::Options { allow_private: true, tick: Duration::from_millis(10), ..webhooks::Options::default() }
}

/// A second server on the data of a world; nothing in memory is shared with the first one.
struct Second {
    url: String,
    stop: Stop,
    task: JoinHandle<()>,
}

impl Second {
    async fn beside(world: &World) -> Second {
        let database = rapport_cluster::beside(&world.data());
        assert!(database.is_some(), "{} is the URL of a PostgreSQL server", rapport_cluster::VARIABLE);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let config = Config { source: world.source(), webhooks: quick(), ..config(&world.data()) };
        let stop = Stop::new();
        let ending = stop.clone();
        let task = tokio::spawn(async move { serve(listener, config, ending).await.unwrap() });
        stop.listening().await.expect("the server starts");
        Second { url, stop, task }
    }

    /// The same device, at this server.
    fn desk(&self, desk: &Desk) -> Desk {
        Desk { url: self.url.clone(), ..desk.clone() }
    }

    async fn stop(self) {
        self.stop.stop();
        self.task.await.unwrap();
    }
}
