//! Several servers on one database: numbers in the order of their commits, no lost write, no answer from before it.

use crate::{customer, database, org, put};
use rapport_model::mutation::{Ending, Outcome};
use rapport_model::wire::What;
use rapport_model::{Id, Kind, Result, Source};
use rapport_store::log::LogEntry;
use rapport_store::source::System;
use rapport_store::{Limits, Postgres, Store, Tx};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// One accepted write: a number, its place in the log.
fn accept(tx: &mut Tx<'_>, between: impl FnOnce()) -> Result<i64> {
    let mut sequence = tx.sequence_take()?;
    let version = sequence.draw();
    between();
    let entry = LogEntry {
        version,
        kind: Kind::Customers,
        record_id: System.id(),
        what: What::Record,
        mutation_id: None,
        place: String::new(),
    };
    tx.log_add(&[entry], System.now())?;
    tx.sequence_put(&sequence)?;
    Ok(version)
}

/// The same database from another process: nothing is shared with the first one.
fn another(url: &str, org: Id) -> Store {
    let limits = Limits { connections_max: 12, ..Limits::default() };
    Store::over(Postgres::open(url, limits).expect("opened").org(org)).expect("a store")
}

#[test]
fn whoever_reads_while_a_number_waits_for_its_commit_passes_no_gap() {
    let (postgres, url) = database(2);
    let (id, here) = org(&postgres);
    let there = another(&url, id);
    let (drawn, go_on) = (mpsc::channel::<()>(), mpsc::channel::<()>());
    let slow = {
        let (told, wait) = (drawn.0, go_on.1);
        let here = here.clone();
        thread::spawn(move || {
            here.write(move |tx| {
                accept(tx, || {
                    told.send(()).expect("heard");
                    wait.recv().expect("told");
                })
            })
        })
    };
    drawn.1.recv().expect("drawn");
    let fast = {
        let there = there.clone();
        thread::spawn(move || there.write(|tx| accept(tx, || ())))
    };
    // The one that began later must not be seen before the one that holds the number below.
    let until = Instant::now() + Duration::from_millis(500);
    while Instant::now() < until {
        let seen = there.read(|tx| tx.log_after(0, 10)).expect("read");
        assert!(seen.is_empty(), "{seen:?}");
    }
    assert!(!fast.is_finished(), "a second write waits for the first one");
    go_on.0.send(()).expect("told");
    let (first, second) = (slow.join().expect("no panic").expect("written"), fast.join().expect("no panic").expect("written"));
    let seen: Vec<i64> = there.read(|tx| tx.log_after(0, 10)).expect("read").iter().map(|entry| entry.version).collect();
    assert_eq!(seen, [first, second]);
    assert_eq!(second, first + 1);
}

#[test]
fn two_servers_under_load_draw_every_number_once_and_readers_see_no_gap() {
    let (postgres, url) = database(2);
    let (id, here) = org(&postgres);
    let there = another(&url, id);
    let done = Arc::new(AtomicBool::new(false));
    let reader = {
        let (store, done) = (here.clone(), done.clone());
        thread::spawn(move || {
            let mut seen: Vec<i64> = Vec::new();
            while !done.load(Ordering::SeqCst) {
                let after = seen.last().copied().unwrap_or(0);
                seen.extend(store.read(move |tx| tx.log_after(after, 500)).expect("read").iter().map(|entry| entry.version));
            }
            seen
        })
    };
    let writers: Vec<_> = [here.clone(), there]
        .into_iter()
        .flat_map(|store| [store.clone(), store])
        .map(|store| {
            thread::spawn(move || (0..50).map(|_| store.write(|tx| accept(tx, || ())).expect("written")).collect::<Vec<_>>())
        })
        .collect();
    let mut drawn: Vec<i64> = writers.into_iter().flat_map(|writer| writer.join().expect("no panic")).collect();
    drawn.sort_unstable();
    done.store(true, Ordering::SeqCst);
    let seen = reader.join().expect("no panic");
    assert_eq!(drawn.len(), 200);
    assert!(drawn.windows(2).all(|pair| pair[1] == pair[0] + 1), "{drawn:?}");
    assert_eq!(seen, drawn[..seen.len()], "a reader that goes on from the last number it saw misses none");
}

#[test]
fn what_was_read_before_is_forgotten_when_another_server_writes() {
    let (postgres, url) = database(2);
    let (id, here) = org(&postgres);
    let there = another(&url, id);
    for n in 1..40 {
        let written = there.write(|tx| accept(tx, || ())).expect("written");
        for _ in 0..4 {
            let told = here.read(|tx| tx.sequence()).expect("read");
            assert_eq!(told.version(), written, "after write {n}");
        }
    }
}

#[test]
fn organisations_do_not_wait_for_each_other() {
    let (postgres, _) = database(2);
    let ((_, busy), (_, free)) = (org(&postgres), org(&postgres));
    let (held, let_go) = (mpsc::channel::<()>(), mpsc::channel::<()>());
    let holder = {
        let (told, wait) = (held.0, let_go.1);
        thread::spawn(move || {
            busy.write(move |tx| {
                accept(tx, || {
                    told.send(()).expect("heard");
                    wait.recv().expect("told");
                })
            })
        })
    };
    held.1.recv().expect("held");
    let begun = Instant::now();
    for n in 0..20 {
        put(&free, vec![customer(&format!("Free {n}"))]);
    }
    println!("20 writes beside an organisation that holds its lock: {:?}", begun.elapsed());
    assert!(!holder.is_finished());
    let_go.0.send(()).expect("told");
    holder.join().expect("no panic").expect("written");
}

#[test]
fn a_statement_that_failed_leaves_nothing_even_if_nobody_minds() {
    let (postgres, _) = database(2);
    let (_, store) = org(&postgres);
    let twice = System.id();
    let outcome = move || Outcome {
        mutation_id: twice,
        ending: Ending::Held,
        error: None,
        need: Vec::new(),
        overridden: Vec::new(),
        records: Vec::new(),
    };
    let kept = customer("Kept?");
    let id = kept.meta.id;
    let written = store.write(move |tx| {
        tx.put(&kept)?;
        tx.outcomes_add(Id::NIL, System.now(), &[(1, &outcome())])?;
        let again = tx.outcomes_add(Id::NIL, System.now(), &[(1, &outcome())]);
        assert!(again.is_err(), "the key is taken");
        Ok(())
    });
    assert!(written.is_err(), "a commit that keeps nothing is no success");
    assert!(store.read(move |tx| tx.find(Kind::Customers, id)).expect("read").is_none());
}
