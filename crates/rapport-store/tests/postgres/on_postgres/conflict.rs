//! Transactions that others are in the way of, and limits of time: made again, or told as "later".

use crate::{customer, database, org, put};
use postgres::{Client, NoTls};
use rapport_model::{Code, Id, Kind};
use rapport_store::{Limits, Postgres, Store};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Fails the first `times` writes of a table's row with a code; a counter of the database is not set back with them.
fn hinder(url: &str, table: &str, code: &str, times: usize) {
    let sql = format!(
        "CREATE SEQUENCE hindered; CREATE FUNCTION hinder() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         IF nextval('hindered') <= {times} THEN RAISE EXCEPTION 'in the way' USING ERRCODE = '{code}'; END IF; RETURN NEW; END $$; \
         CREATE TRIGGER hinder BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION hinder()"
    );
    Client::connect(url, NoTls).expect("connected").batch_execute(&sql).expect("made");
}

/// Writes a customer as requests do; how often the work was done, and what came of it.
fn write(store: &Store, name: &str) -> (usize, Result<Id, Code>) {
    let (one, tries) = (customer(name), Arc::new(AtomicUsize::new(0)));
    let (id, counted) = (one.meta.id, tries.clone());
    let work = move |tx: &mut rapport_store::Tx<'_>| {
        counted.fetch_add(1, Ordering::SeqCst);
        tx.put(&one)
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let done = runtime.block_on(store.write_again_async(work));
    (tries.load(Ordering::SeqCst), done.map(|_| id).map_err(|error| error.code))
}

fn is_there(store: &Store, id: Id) -> bool {
    store.read(move |tx| tx.find(Kind::Customers, id)).expect("read").is_some()
}

#[test]
fn what_was_undone_for_another_one_is_made_again() {
    for (table, code, tries) in [("customers", "40001", 3), ("customers", "40P01", 3), ("commits", "40001", 1)] {
        let (postgres, url) = database(0);
        let (_, store) = org(&postgres);
        hinder(&url, table, code, 2);
        let (tried, written) = write(&store, "Again");
        assert_eq!(tried, tries, "{table} {code}");
        assert!(is_there(&store, written.expect("written")), "{table} {code}");
        // One that is always in the way is told as "later"; nothing of it is kept.
        hinder_more(&url, 1000);
        let (tried, written) = write(&store, "Never");
        assert_eq!((tried, written), (if table == "commits" { 0 } else { 4 }, Err(Code::Busy)), "{table} {code}");
    }
}

/// The next `times` writes fail, too.
fn hinder_more(url: &str, times: i64) {
    let sql = format!("ALTER SEQUENCE hindered MINVALUE -{times} RESTART WITH -{times}");
    Client::connect(url, NoTls).expect("connected").batch_execute(&sql).expect("altered");
}

#[test]
fn a_real_deadlock_is_nobodys_error() {
    let (postgres, url) = database(0);
    let (id, store) = org(&postgres);
    let held = customer("Held");
    let (record, mut changed) = (held.meta.id, held.clone());
    put(&store, vec![held]);
    // Somebody with SQL of his own, who will not be the one that is undone.
    let mut other = Client::connect(&url, NoTls).expect("connected");
    other.batch_execute("SET deadlock_timeout = '30s'; BEGIN").expect("begun");
    other.execute("SELECT id FROM customers WHERE id = $1 FOR UPDATE", &[&&record.as_bytes()[..]]).expect("locked");
    changed.name = "Changed".into();
    let writing = {
        let store = store.clone();
        std::thread::spawn(move || {
            let (one, tries) = (changed, Arc::new(AtomicUsize::new(0)));
            let counted = tries.clone();
            let work = move |tx: &mut rapport_store::Tx<'_>| {
                counted.fetch_add(1, Ordering::SeqCst);
                tx.put(&one)
            };
            let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
            (runtime.block_on(store.write_again_async(work)).map(drop), tries.load(Ordering::SeqCst))
        })
    };
    let waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let mut watching = Client::connect(&url, NoTls).expect("connected");
    while watching.query_opt(waits, &[]).expect("asked").is_none() {}
    other.execute("SELECT one FROM sequence WHERE org_id = $1 FOR UPDATE", &[&&id.as_bytes()[..]]).expect("ours is undone");
    other.batch_execute("COMMIT").expect("ended");
    let (written, tries) = writing.join().expect("no panic");
    written.expect("made again");
    assert!(tries > 1, "there was no deadlock");
    let name = store.read(move |tx| tx.get(Kind::Customers, record)).expect("read");
    assert_eq!(name.of::<rapport_model::Customer>().expect("a customer").name, "Changed");
}

#[test]
fn what_takes_too_long_is_ended_and_told_as_later() {
    let (_, url) = database(0);
    let limits = Limits {
        connections_max: 3,
        wait: Duration::from_millis(300),
        statement: Duration::from_millis(700),
        idle_in_transaction: Duration::from_millis(700),
        lock: Duration::from_millis(400),
        ..Limits::default()
    };
    let postgres = Postgres::open(&url, limits).expect("opened");
    let (id, store) = org(&postgres);
    let said = |done: rapport_model::Result<()>| done.map_err(|error| error.code);

    // A transaction that does nothing is ended by the database, and keeps nothing.
    let one = customer("Idle");
    let idle = one.meta.id;
    let done = store.write(move |tx| {
        tx.put(&one)?;
        std::thread::sleep(Duration::from_millis(1500));
        tx.put(&customer("After the pause"))
    });
    assert_eq!(said(done.map(drop)), Err(Code::Busy));
    assert!(!is_there(&store, idle));

    // A write waits so long for another one of its organisation.
    let mut other = Client::connect(&url, NoTls).expect("connected");
    other.batch_execute("BEGIN").expect("begun");
    other.execute("SELECT one FROM sequence WHERE org_id = $1 FOR UPDATE", &[&&id.as_bytes()[..]]).expect("locked");
    let begun = Instant::now();
    assert_eq!(said(store.write(|tx| tx.put(&customer("Waits"))).map(drop)), Err(Code::Busy));
    assert!((300..5000).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    other.batch_execute("ROLLBACK").expect("ended");

    // A statement has its limit, too: here one that waits for a table.
    other.batch_execute("BEGIN; LOCK TABLE customers IN ACCESS EXCLUSIVE MODE").expect("locked");
    let read = store.read(move |tx| tx.find(Kind::Customers, idle).map(drop));
    assert_eq!(said(read), Err(Code::Busy));
    other.batch_execute("ROLLBACK").expect("ended");

    // All connections in use: who comes next is told so after a while, and they are free again afterwards.
    let (told, wait) = std::sync::mpsc::channel::<()>();
    let wait = Arc::new(std::sync::Mutex::new(wait));
    let stores: Vec<Store> = (0..3).map(|_| org(&postgres).1).collect();
    let holding = stores.iter().map(|store| {
        let (store, wait) = (store.clone(), wait.clone());
        std::thread::spawn(move || {
            store.read(move |_| {
                let _ = wait.lock().expect("a lock").recv_timeout(Duration::from_millis(600));
                Ok(())
            })
        })
    });
    let holding: Vec<_> = holding.collect();
    let mut busy = 0;
    while holding.iter().any(|thread| !thread.is_finished()) {
        busy += usize::from(said(store.read(|tx| tx.sequence().map(drop))) == Err(Code::Busy));
    }
    drop(told);
    holding.into_iter().for_each(|thread| drop(thread.join()));
    assert!(busy > 0, "three connections were enough for four");
    assert!(store.write(|tx| tx.put(&customer("Goes on"))).is_ok());
}
