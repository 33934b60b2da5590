//! What may break while people work: one of two servers, and the database itself. Nothing acknowledged is lost, nothing happens
//! twice, and nobody has to restart anything.

use crate::process::{Caller, Place, Serving, folder, free_port};
use rapport_cluster::Cluster;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

const ADA: &str = "ada@acme.example";

/// Callers who make customers until they are told to stop.
struct Load {
    stop: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
    callers: Vec<JoinHandle<(BTreeMap<String, String>, Caller)>>,
}

impl Load {
    async fn begin(urls: &[String], callers: usize) -> Load {
        let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let mut tasks = Vec::new();
        for who in 0..callers {
            let mut caller = Caller::sign_in(urls.to_vec(), ADA).await;
            let (stop, done) = (stop.clone(), done.clone());
            tasks.push(tokio::spawn(async move {
                let mut acknowledged = BTreeMap::new();
                for n in 0.. {
                    if stop.load(Ordering::SeqCst) {
                        break;
                    }
                    let name = format!("Caller {who} number {n}");
                    let id = caller.customer(&name, who + n).await;
                    acknowledged.insert(name, id);
                    done.fetch_add(1, Ordering::SeqCst);
                }
                (acknowledged, caller)
            }));
        }
        Load { stop, done, callers: tasks }
    }

    /// Waits until so many more were acknowledged.
    async fn more(&self, count: usize) {
        let (wanted, begun) = (self.done.load(Ordering::SeqCst) + count, Instant::now());
        while self.done.load(Ordering::SeqCst) < wanted {
            assert!(begun.elapsed() < Duration::from_secs(90), "nothing is acknowledged any more");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Ends it; every acknowledged customer is there, once and as it was told, and there is nothing else.
    async fn ends_well(self, place: &Place) -> usize {
        self.stop.store(true, Ordering::SeqCst);
        let (mut acknowledged, mut retries, mut last) = (BTreeMap::new(), 0, None);
        for task in self.callers {
            let (some, caller) = task.await.unwrap();
            acknowledged.extend(some);
            retries += caller.retries;
            last = Some(caller);
        }
        let there = last.unwrap().all().await;
        let wanted: BTreeMap<String, Vec<String>> = acknowledged.into_iter().map(|(name, id)| (name, vec![id])).collect();
        assert!(there == wanted, "{} acknowledged, {} there", wanted.len(), there.len());
        assert_eq!(place.good(&["verify"], ""), "Everything is sound.\n");
        eprintln!("{} acknowledged, {retries} tries had to be made again", wanted.len());
        retries
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_two_servers_is_killed_again_and_again() {
    let dir = tempfile::tempdir().unwrap();
    let data = folder(dir.path());
    let place = Place { database: Some(rapport_cluster::beside(&data).expect(rapport_cluster::VARIABLE)), data };
    place.found("Acme", ADA);
    let ports = [free_port(), free_port()];
    let mut servers: Vec<Serving> = ports.iter().map(|port| place.serve(*port)).collect();
    let urls = ports.map(|port| format!("http://127.0.0.1:{port}"));
    let load = Load::begin(&urls, 4).await;
    for round in 0..4 {
        load.more(40).await;
        servers[round % 2].kill();
        load.more(40).await;
        servers[round % 2] = place.serve(ports[round % 2]);
    }
    assert!(load.ends_well(&place).await > 0, "the kills were noticed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_is_restarted_and_killed_while_people_work() {
    let dir = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::start().unwrap();
    let place = Place { data: folder(dir.path()), database: Some(cluster.url("postgres")) };
    place.found("Acme", ADA);
    cluster.slow_commits().unwrap();
    let port = free_port();
    let _server = place.serve(port);
    let load = Load::begin(&[format!("http://127.0.0.1:{port}")], 4).await;
    for round in 0..4 {
        load.more(40).await;
        if round % 2 == 0 {
            cluster.shut()
        } else {
            cluster.kill()
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        cluster.open().unwrap();
    }
    load.more(40).await;
    assert!(load.ends_well(&place).await > 0, "the restarts were noticed");
}
