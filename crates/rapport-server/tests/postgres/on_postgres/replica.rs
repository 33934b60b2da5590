//! Analytics from a replica: real streaming, real lag, a replica that dies.

use crate::process::{Place, Serving, folder, free_port, sign_in};
use crate::support::{Desk, PASSWORD};
use rapport_cluster::Cluster;
use rapport_model::Source;
use rapport_store::source::System;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const ADA: &str = "ada@acme.example";
const LEADS: &str = "/api/customers/analytics/leads";

/// How far the replica may be behind.
const LAG_SECONDS: u64 = 4;

/// A server process, its database, and a replica of it.
struct Two {
    primary: Cluster,
    replica: Cluster,
    _serving: Serving,
    desk: Desk,
    place: Place,
    _dir: tempfile::TempDir,
}

impl Two {
    async fn start() -> Two {
        let dir = tempfile::tempdir().unwrap();
        let primary = Cluster::start().unwrap();
        let place = Place { data: folder(dir.path()), database: Some(primary.url("postgres")) };
        place.found("Acme", ADA);
        let replica = primary.replica().unwrap();
        let port = free_port();
        let (url, lag) = (replica.url("postgres"), LAG_SECONDS.to_string());
        let serving = place.serve_with(port, &["--analytics-database", &url, "--analytics-lag-seconds", &lag]);
        let desk = sign_in(&format!("http://127.0.0.1:{port}"), ADA).await;
        Two { primary, replica, _serving: serving, desk, place, _dir: dir }
    }

    /// Analytics that were computed so far, on either.
    async fn reads(&self) -> (u64, u64) {
        let text = self.desk.get("/metrics").await.json;
        let of = |database: &str| {
            let head = format!("rapport_analytics_reads_total{{database=\"{database}\"}} ");
            let line = text.as_str().unwrap().lines().find_map(|line| line.strip_prefix(&head).map(str::to_owned));
            line.map_or(0, |count| count.parse().unwrap())
        };
        (of("primary"), of("replica"))
    }

    /// Asks something new until the replica computed an answer.
    async fn comes_back(&self) {
        let (begun, before) = (Instant::now(), self.reads().await.1);
        for dormant in 1.. {
            self.desk.get(&format!("{LEADS}?dormantDays={dormant}")).await.ok();
            if self.reads().await.1 > before {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "the replica is not used");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// How many leads there are, and as of when.
fn leads(told: &Value) -> (i64, i64) {
    let rows = told["byStatus"].as_array().unwrap();
    let row = rows.iter().find(|row| row["key"] == "lead");
    (row.map_or(0, |row| row["count"].as_i64().unwrap()), told["asOf"].as_i64().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_read_there_is_of_now_or_says_as_of_when_and_never_older_than_the_limit() {
    let two = Two::start().await;
    two.desk.customer("First").await;
    two.comes_back().await;
    let asked = System.now().0;
    let (count, as_of) = leads(&two.desk.get(LEADS).await.ok());
    assert!(count == 1 && as_of >= asked - 60_000, "{count} as of {as_of}, asked at {asked}");

    two.replica.hold(true).unwrap();
    two.desk.customer("Second").await;
    let (made, before) = (System.now().0, two.reads().await);
    let mut ages = 0;
    loop {
        // Another question each time, so that it is computed.
        ages += 1;
        let asked = System.now().0;
        let told = two.desk.get(&format!("{LEADS}?dormantDays={}", 1000 + ages)).await.ok();
        let (count, as_of) = leads(&told);
        if count == 2 {
            assert!(as_of >= asked, "what the database itself says is of now");
            break;
        }
        assert_eq!(count, 1);
        assert!(as_of < made, "what lacks the second one is of before it");
        let limit = i64::try_from(LAG_SECONDS).unwrap() * 1000;
        assert!(as_of >= asked - limit - 1000, "{} ms old", asked - as_of);
        assert!(asked < made + 3 * limit, "it does not fall back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let after = two.reads().await;
    assert!(ages > 1 && after.1 > before.1 && after.0 > before.0, "{before:?} {after:?}");

    // What somebody may see is not old, be the replica as it may.
    let add = ["user", "add", "--email", "sam@acme.example", "--name", "Sam", "--role", "sales", "--password-stdin"];
    two.place.good(&add, &format!("{PASSWORD}\n"));
    two.replica.hold(false).unwrap();
    two.comes_back().await;
    let sam = sign_in(&two.desk.url, "sam@acme.example").await;
    assert_eq!(leads(&sam.get(LEADS).await.ok()).0, 0, "hers are not his");
    two.comes_back().await;
    two.replica.hold(true).unwrap();
    let gone = format!("/api/users/{}/deactivate", sam.user());
    two.desk.post(&gone, json!({ "handover": { "mode": "unassign" } })).await.ok();
    assert_eq!(sam.get(LEADS).await.status, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_is_killed_under_load_is_noticed_by_nobody() {
    let mut two = Two::start().await;
    two.comes_back().await;
    let done = Arc::new(AtomicBool::new(false));
    let mut callers = Vec::new();
    for who in 0..4 {
        let (desk, done) = (two.desk.clone(), done.clone());
        callers.push(tokio::spawn(async move {
            let (mut asked, mut made) = (0, 0);
            while !done.load(Ordering::SeqCst) {
                if who == 0 {
                    desk.customer(&format!("Customer {made}")).await;
                    made += 1;
                }
                let reply = desk.get(&format!("{LEADS}?dormantDays={}", 1 + asked % 3000)).await;
                assert_eq!(reply.status, 200, "{reply:?}");
                asked += 1;
            }
            (asked, made)
        }));
    }
    for round in 0..3 {
        tokio::time::sleep(Duration::from_millis(700)).await;
        if round == 1 {
            two.replica.shut()
        } else {
            two.replica.kill()
        }
        tokio::time::sleep(Duration::from_millis(700)).await;
        two.replica.open().unwrap();
        two.comes_back().await;
    }
    done.store(true, Ordering::SeqCst);
    let mut sum = (0, 0);
    for caller in callers {
        let (asked, made) = caller.await.unwrap();
        sum = (sum.0 + asked, sum.1 + made);
    }
    assert!(sum.0 > 50 && sum.1 > 5, "{sum:?}");
    eprintln!("{} analytics and {} writes, {:?} computed on primary and replica", sum.0, sum.1, two.reads().await);
    two.replica.kill();
    two.desk.customer("Last").await;
    let told = two.desk.get(LEADS).await.ok();
    assert_eq!(leads(&told).0, sum.1 + 1, "and what is told without it is exact");
}

#[test]
fn only_a_replica_of_the_database_will_do() {
    let dir = tempfile::tempdir().unwrap();
    let files = Place { data: folder(dir.path()), database: None };
    let told = files.run(&["serve", "--listen", "127.0.0.1:0", "--analytics-database", "postgres://nobody@127.0.0.1:1/x"]).1;
    assert!(told.contains("INVALID_VALUE") && told.contains("replica"), "{told}");
}
