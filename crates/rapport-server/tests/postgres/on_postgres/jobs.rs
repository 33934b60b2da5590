//! Jobs of an organisation that two servers look after: one at a time, each record once, whoever dies meanwhile.

use crate::process::{Place, Serving, folder, free_port, sign_in};
use crate::support::{Desk, read};
use rapport_cluster::Cluster;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const INGRID: &str = "ingrid@halvorsen.example";
const CUSTOMERS: i64 = 1200;

/// Starts the check of figures; nothing if this server died meanwhile.
async fn check(desk: Desk) -> Option<(u16, Value)> {
    let request = desk.request(Method::POST, "/api/jobs/values/run").json(&json!({}));
    let reply = read(request.timeout(Duration::from_secs(60)).send().await.ok()?).await;
    Some((reply.status.as_u16(), reply.json))
}

/// The same until it is done.
async fn checked(desk: &Desk) -> Value {
    let begun = Instant::now();
    loop {
        match check(desk.clone()).await.expect("an answer") {
            (200, done) if done["state"] == "done" => return done,
            (200 | 503, _) => assert!(begun.elapsed() < Duration::from_secs(90), "nobody takes it up"),
            other => panic!("{other:?}"),
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_run_by_one_server_and_finished_by_the_other_when_that_one_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let cluster = Cluster::start().unwrap();
    let place = Place { data: folder(dir.path()), database: Some(cluster.url("postgres")) };
    let count = CUSTOMERS.to_string();
    place.good(&["demo", "--customers", &count, "--seed", "7", "--password-stdin"], "long enough\n");
    let ports = [free_port(), free_port()];
    let mut servers: Vec<Serving> = ports.iter().map(|port| place.serve(*port)).collect();
    let here = sign_in(&format!("http://127.0.0.1:{}", ports[0]), INGRID).await;
    let there = Desk { url: format!("http://127.0.0.1:{}", ports[1]), ..here.clone() };

    // Both at once: it is one run, whose parts may be of either, and every customer is checked once.
    let both = tokio::join!(check(here.clone()), check(there.clone()));
    for (status, answer) in [both.0.unwrap(), both.1.unwrap()] {
        assert!(status == 200 || status == 503, "{status} {answer}");
    }
    let first = checked(&here).await;
    assert_eq!(first["report"]["counts"]["checked"], CUSTOMERS, "{first}");

    let dying = tokio::spawn(check(here.clone()));
    let begun = Instant::now();
    while !cluster.is_amid("values").unwrap() {
        assert!(!dying.is_finished() && begun.elapsed() < Duration::from_secs(30), "it was not caught in the middle");
    }
    servers[0].kill();
    assert!(dying.await.unwrap().is_none(), "it was killed before it was through");
    let (status, busy) = check(there.clone()).await.unwrap();
    assert_eq!((status, &busy["code"]), (503, &json!("BUSY")), "the lease of the dead one stands for a while");
    let begun = Instant::now();
    let done = checked(&there).await;
    assert_eq!(done["report"]["counts"]["checked"], CUSTOMERS, "nothing left out, nothing twice: {done}");
    eprintln!("taken up {} ms after the kill", begun.elapsed().as_millis());
}
