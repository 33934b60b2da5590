//! A database goes back to a point in time with PostgreSQL's own tools, or a dump of it is loaded: the server notices by itself.

use crate::process::{Place, folder, free_port, sign_in};
use crate::support::Desk;
use rapport_cluster::Cluster;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const ADA: &str = "ada@acme.example";

async fn pull(desk: &Desk, cursor: &Value) -> Value {
    let begun = Instant::now();
    loop {
        let reply = desk.post("/api/sync/pull", json!({ "protocol": 1, "cursor": cursor, "limit": 500 })).await;
        if reply.status != 503 {
            return reply.ok();
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "the database is not found again");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn names(page: &Value) -> Vec<&str> {
    let entries = page["entries"].as_array().unwrap().iter();
    entries.filter(|e| e["kind"] == "customers").filter_map(|e| e["record"]["name"].as_str()).collect()
}

/// A device that learns that the server is not what it was, and loads anew; returns where it is then.
async fn loads_anew(desk: &Desk, cursor: &Value, wanted: &[&str]) -> Value {
    assert_eq!(pull(desk, cursor).await["reset"], true, "the old cursor is of an old life");
    let page = pull(desk, &Value::Null).await;
    assert_eq!(names(&page), wanted);
    let cursor = page["cursor"].clone();
    assert_eq!(pull(desk, &cursor).await["reset"], false, "once");
    cursor
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_point_in_time_begins_a_new_life_even_under_a_server_that_runs_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::archiving().unwrap();
    let place = Place { data: folder(dir.path()), database: Some(cluster.url("postgres")) };
    place.found("Acme", ADA);
    let port = free_port();
    let mut serving = place.serve(port);
    let desk = sign_in(&format!("http://127.0.0.1:{port}"), ADA).await;
    desk.customer("Before the backup").await;
    cluster.back_up().unwrap();
    desk.customer("After the backup").await;
    let then = cluster.time().unwrap();
    let lost = desk.customer("Too late").await;
    let old_version = desk.get(&lost).await.json["version"].as_i64().unwrap();
    let cursor = pull(&desk, &Value::Null).await["cursor"].clone();
    assert_eq!(pull(&desk, &cursor).await["reset"], false);

    // A restart alone changes nothing.
    cluster.shut();
    cluster.open().unwrap();
    assert_eq!(pull(&desk, &cursor).await["reset"], false);

    cluster.go_back(&then).unwrap();
    let cursor = loads_anew(&desk, &cursor, &["Before the backup", "After the backup"]).await;
    assert_eq!(desk.get(&lost).await.status, 404);
    let again = desk.customer("Too late").await;
    assert!(desk.get(&again).await.json["version"].as_i64() > Some(old_version), "numbers go on above the old ones");
    assert_eq!(place.good(&["verify"], ""), "Everything is sound.\n");
    serving.kill();
    let _serving = place.serve(port);
    assert_eq!(pull(&desk, &cursor).await["reset"], false, "the next start begins no other one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_loaded_dump_and_a_word_of_the_administrator_begin_a_new_life() {
    let dir = tempfile::tempdir().unwrap();
    let data = folder(dir.path());
    let place = Place { database: Some(rapport_cluster::beside(&data).expect(rapport_cluster::VARIABLE)), data };
    place.found("Acme", ADA);
    let port = free_port();
    let mut serving = place.serve(port);
    let desk = sign_in(&format!("http://127.0.0.1:{port}"), ADA).await;
    desk.customer("Kept").await;
    let told = place.run(&["backup", "--to", "nowhere"]).1;
    assert!(told.contains("pg_basebackup") && told.contains("pg_dump") && told.contains("backup.md"), "{told}");
    let told = place.run(&["restore", "--from", "nowhere"]).1;
    assert!(told.contains("recovery_target_time") && told.contains("pg_restore"), "{told}");
    let file = dir.path().join("dump");
    rapport_cluster::dump(place.database.as_deref().unwrap(), &file).unwrap();
    desk.customer("Too late").await;
    let cursor = pull(&desk, &Value::Null).await["cursor"].clone();
    serving.kill();

    let restored = Place { database: Some(rapport_cluster::load(&file).unwrap()), data: place.data };
    let mut serving = restored.serve(port);
    let cursor = loads_anew(&desk, &cursor, &["Kept"]).await;
    let told = restored.good(&["restored"], "");
    assert!(told.contains("new life"), "{told}");
    loads_anew(&desk, &cursor, &["Kept"]).await;
    serving.kill();
    let files = Place { database: None, data: dir.path().join("files") };
    assert!(files.run(&["restored"]).1.contains("`restore`"));
}
