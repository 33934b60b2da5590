//! What commits put off: it is done while nobody waits, and nothing depends on it.

use crate::{customer, id, open, put};
use rapport_model::{Column, Id, Result};
use rapport_store::Store;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long tidying up may take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asking keeps the writer from being idle, so it is asked seldom.
const LOOK_EVERY: Duration = Duration::from_millis(600);

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

fn wait_until(what: &str, mut is: impl FnMut() -> bool) {
    let since = Instant::now();
    while !is() {
        assert!(since.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Some megabytes of customers in one transaction.
fn put_much(store: &Store) {
    let much = (0..400).map(|n| {
        let mut c = customer(n, &format!("Customer {n}"));
        c.notes = Some("n".repeat(40_000));
        c
    });
    put(store, much.collect());
}

fn number(store: &Store, sql: &'static str) -> i64 {
    let read = move || -> Result<i64> {
        store.maintain(move |tx| {
            let mut n = 0;
            tx.query(sql, &[], &mut |row| {
                n = i64::from_cell(row.cell(0)?)?;
                Ok(())
            })?;
            Ok(n)
        })
    };
    read().expect("read")
}

fn found(store: &Store, query: &str) -> Vec<Id> {
    let query = query.to_owned();
    store.read(move |tx| tx.search_customers(&query, 20, None)).expect("searched")
}

#[test]
fn the_log_is_folded_into_the_file_while_nobody_writes() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    put_much(&store);
    let log = folder.path().join("store.db-wal");
    wait_until("the log shrinks", || size(&log) == 0);
    assert!(size(&folder.path().join("store.db")) > 10_000_000);
    put(&store, vec![customer(1000, "After All")]);
    assert_eq!(found(&store, "after"), [id(1000)]);
    assert_eq!(store.maintain(|tx| tx.verify()).expect("verified"), Vec::<String>::new());
}

#[test]
fn a_reader_in_the_way_holds_up_neither_the_writer_nor_the_log_for_good() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    put(&store, vec![customer(0, "Before")]);
    let (reading, started) = std::sync::mpsc::channel();
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let reader = store.clone();
    let thread = std::thread::spawn(move || {
        reader.read(move |tx| {
            let before = tx.ids(rapport_model::Kind::Customers)?.len();
            let _ = reading.send(());
            let _ = ended.recv();
            Ok((before, tx.ids(rapport_model::Kind::Customers)?.len()))
        })
    });
    started.recv().expect("reading");
    let log = folder.path().join("store.db-wal");
    put_much(&store);
    let much = size(&log);
    assert!(much > 10_000_000);
    put(&store, vec![customer(1000, "While It Reads")]);
    end.send(()).expect("ended");
    let seen = thread.join().expect("joined").expect("read");
    assert_eq!(seen, (1, 1), "one snapshot");
    // The next write wakes the writer for what it had to leave.
    put(&store, vec![customer(1001, "Next")]);
    wait_until("the log shrinks", || size(&log) == 0);
}

#[test]
fn what_was_written_and_not_folded_is_there_after_a_kill() {
    let folder = tempfile::tempdir().expect("folder");
    let killed = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    put(&store, vec![customer(1, "Acknowledged")]);
    // What a killed process leaves is what the kernel has of its files.
    for name in ["store.db", "store.db-wal"] {
        std::fs::copy(folder.path().join(name), killed.path().join(name)).expect("copied");
    }
    assert!(size(&killed.path().join("store.db-wal")) > 0);
    let store = open(killed.path(), 1).expect("opened");
    assert_eq!(found(&store, "ackno"), [id(1)]);
}

#[test]
fn everything_is_found_after_many_edits_and_merges() {
    const EDITS: u16 = 400;
    const CUSTOMERS: u16 = 40;
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    for n in 0..EDITS {
        put(&store, vec![customer(n % CUSTOMERS, &format!("Firm turn{:03} of{:02}", n / CUSTOMERS, n % CUSTOMERS))]);
    }
    // Some of these have met the limit of one level; the others wait for a quiet moment.
    const SEGMENTS: &str = "SELECT count(DISTINCT segid) FROM search_idx";
    wait_until("segments are merged", || number(&store, SEGMENTS) <= 16);
    store.maintain(|tx| tx.run_script("INSERT INTO search(search) VALUES ('integrity-check')")).expect("sound");
    let last = (EDITS / CUSTOMERS) - 1;
    for n in 0..CUSTOMERS {
        assert_eq!(found(&store, &format!("turn{last:03} of{n:02}")), [id(n)]);
        assert_eq!(found(&store, &format!("turn000 of{n:02}")), Vec::<Id>::new());
    }
    assert_eq!(number(&store, "SELECT count(*) FROM search_docs"), i64::from(CUSTOMERS));
}

#[test]
fn an_index_of_an_earlier_version_takes_the_settings_of_this_one() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    store.maintain(|tx| tx.run_script("INSERT INTO search(search, rank) VALUES ('automerge', 8)")).expect("set");
    drop(store);
    let store = open(folder.path(), 1).expect("opened");
    assert_eq!(number(&store, "SELECT v FROM search_config WHERE k = 'automerge'"), 0);
}
