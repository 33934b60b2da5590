//! The store against a real encrypted file, or, where `RAPPORT_TEST_DATABASE` is set, an organisation in PostgreSQL.

mod derived;
mod memo;
mod quotes;
mod tidy;
mod typos;

use rapport_model::record::Record;
use rapport_model::{Code, Contact, Customer, Id, Kind, Meta, Millis};
use rapport_store::list::Query;
use rapport_store::migrate::Schema;
use rapport_store::{Key, Limits, Postgres, Sqlite, Store};
use serde_json::json;
use std::path::Path;
use std::sync::mpsc::channel;
use std::task::{Context, Poll, Waker};

fn open(folder: &Path, key: u8) -> rapport_model::Result<Store> {
    if let Some(url) = rapport_cluster::beside(folder) {
        let store = Store::over(Postgres::open(&url, Limits::default())?.org(id(9)))?;
        store.write(|tx| if tx.is_founded()? { Ok(()) } else { tx.sequence_start(1, id(9)) })?;
        return Ok(store);
    }
    let backend = Sqlite { path: folder.join("store.db"), key: Some(Key([key; 32])) };
    Store::open(backend, Schema::Client)
}

fn id(n: u16) -> Id {
    let mut bytes = [0; 16];
    bytes[..2].copy_from_slice(&n.to_be_bytes());
    Id::from_bytes(bytes)
}

fn customer(n: u16, name: &str) -> Customer {
    let mut c = Customer { meta: Meta { id: id(n), ..Meta::default() }, name: name.into(), ..Customer::default() };
    c.compute_own();
    c
}

fn put(store: &Store, customers: Vec<Customer>) {
    store
        .write(move |tx| {
            let records: Vec<&dyn Record> = customers.iter().map(|c| c as &dyn Record).collect();
            tx.put_many(Kind::Customers, &records)?;
            let ids: Vec<Id> = customers.iter().map(|c| c.meta.id).collect();
            tx.refresh_customers(&ids, Millis(0)).map(drop)
        })
        .expect("written");
}

#[test]
fn the_migrated_schema_is_the_declaration() {
    let folder = tempfile::tempdir().expect("folder");
    for (schema, stamped) in [(Schema::Client, false), (Schema::Server, true)] {
        let backend = Sqlite { path: folder.path().join(format!("{schema:?}.db")), key: None };
        let store = Store::open(backend, schema).expect("opened");
        let columns = store.maintain(|tx| tx.columns()).expect("columns");
        for kind in Kind::ALL {
            let there: std::collections::BTreeSet<&str> =
                columns.iter().filter(|(table, _)| table == kind.text()).map(|(_, c)| c.as_str()).collect();
            let of_server = ["stamps", "moved"].into_iter().take(if *kind == Kind::Customers { 2 } else { 1 });
            let declared: std::collections::BTreeSet<&str> = kind.columns().chain(of_server.filter(|_| stamped)).collect();
            assert_eq!(there, declared, "{kind:?}");
        }
    }
}

#[test]
fn every_record_comes_back_as_it_was() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    let mut full = customer(1, "Müller Präzisionstechnik GmbH");
    let json = json!({
        "address": {"street": "Heilbronner Str. 190", "city": "Stuttgart", "zipCode": "70191"}, "tags": ["vip", "lasers"],
        "valueEstimate": 184_250.5, "externalRefs": [{"system": "erp", "id": "4711"}], "shoeSize": 44,
    });
    (&mut full as &mut dyn Record).fill(json.as_object().expect("object").clone()).expect("filled");
    full.compute_own();
    let copy = full.clone();
    store.write(move |tx| tx.put(&copy)).expect("written");
    let back = store.read(|tx| tx.get_as::<Customer>(id(1))).expect("there");
    assert_eq!(back, full);
    for kind in Kind::ALL {
        let blank = kind.blank();
        store.write(move |tx| tx.put(blank.as_ref())).expect("written");
        let back = store.read(move |tx| tx.get(*kind, Id::NIL)).expect("there");
        assert_eq!(back.to_json(), kind.blank().to_json());
    }
}

#[test]
fn a_wrong_key_is_told_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    put(&open(folder.path(), 1).expect("opened"), vec![customer(1, "Secret Customer")]);
    let file = std::fs::read(folder.path().join("store.db")).expect("file");
    assert!(!file.windows(6).any(|w| w == b"Secret" || w == b"SQLite"), "nothing is readable in the file");
    let error = open(folder.path(), 2).err().expect("refused");
    assert_eq!(error.code, Code::WrongKey);
    assert!(error.message.contains("unchanged"), "{}", error.message);
    let store = open(folder.path(), 1).expect("opened again");
    assert_eq!(store.read(|tx| tx.get_as::<Customer>(id(1))).expect("there").name, "Secret Customer");
}

#[test]
fn a_newer_store_is_left_alone() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    store.maintain(|tx| tx.run_script("INSERT INTO schema_migrations (name) VALUES ('9999_future')")).expect("marked");
    drop(store);
    assert_eq!(open(folder.path(), 1).err().map(|e| e.code), Some(Code::StoreNewer));
}

#[test]
fn pages_are_stable_and_sorted_as_people_expect() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    let names = ["Zeta", "Ångström", "Émile", "acme", "Acme", "Ötker", "ß-Labs"];
    put(&store, names.iter().zip(1..).map(|(name, n)| customer(n, name)).collect());
    let mut seen = Vec::new();
    let mut query = Query { limit: 2, ..Query::default() };
    loop {
        let asked = query.clone();
        let page = store.read(move |tx| tx.list(Kind::Customers, &asked)).expect("page");
        assert_eq!(page.total, query.cursor.is_none().then_some(7));
        seen.extend(page.items.iter().map(|r| r.of::<Customer>().expect("customer").name.clone()));
        // A row that arrives before the place of the cursor moves nothing.
        put(&store, vec![customer(100 + u16::try_from(seen.len()).expect("small"), "Aaa")]);
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, ["acme", "Acme", "Ångström", "Émile", "Ötker", "ß-Labs", "Zeta"]);
    let other = Query { sort: "-updatedAt".into(), ..query };
    assert_eq!(store.read(move |tx| tx.list(Kind::Customers, &other).map(|_| ())).map_err(|e| e.code), Err(Code::InvalidValue));
}

#[test]
fn the_search_text_of_a_new_store_is_up_to_date() {
    // Else all that a first download brings would be indexed again, step by step, while it comes.
    let folder = tempfile::tempdir().expect("folder");
    let backend = Sqlite { path: folder.path().join("store.db"), key: None };
    let store = Store::open(backend, Schema::Client).expect("opened");
    assert!(!store.read(|tx| tx.search_is_old()).expect("read"));
}

#[test]
fn search_finds_what_people_type() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    let mut phone = customer(3, "Zahnarzt Huber");
    phone.phone = Some("+41 791 23 45 67".into());
    put(&store, vec![customer(1, "So Clinic"), customer(2, "Müller"), phone, customer(4, "České dráhy")]);
    let petra = Contact {
        meta: Meta { id: id(9), ..Meta::default() },
        customer_id: id(2),
        first_name: "Petra".into(),
        last_name: "Hoffmann".into(),
        ..Contact::default()
    };
    store
        .write(move |tx| {
            tx.put(&petra)?;
            tx.refresh_customers(&[id(2)], Millis(0)).map(drop)
        })
        .expect("written");
    for (query, found) in [
        ("soclinic", vec![id(1)]),
        ("muller", vec![id(2)]),
        ("MÜLLER", vec![id(2)]),
        ("0791 23", vec![id(3)]),
        ("ceske", vec![id(4)]),
        ("hoff pet", vec![id(2)]),
        ("41791", vec![id(3)]),
        ("nobody", vec![]),
        ("\" OR *", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(store.read(move |tx| tx.search_customers(query, 10, None)).expect("search"), found, "{query}");
    }
    store
        .write(|tx| {
            let mut gone = tx.get_as::<Customer>(id(2))?;
            gone.meta.deleted_at = Some(Millis(5));
            tx.put(&gone)?;
            tx.refresh_customers(&[id(2)], Millis(0)).map(drop)
        })
        .expect("written");
    assert_eq!(store.read(|tx| tx.search_customers("muller", 10, None)).expect("search"), vec![]);
}

#[test]
fn a_whole_word_finds_what_its_beginning_finds() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    let found = |query: &'static str| {
        let mut found = store.read(move |tx| tx.search_customers(query, 10, None)).expect("searched");
        found.sort_unstable();
        found
    };
    put(&store, vec![customer(1, "Huber Optik GmbH"), customer(2, "Weber Optik")]);
    assert_eq!((found("gmbh"), found("optik"), found("huber gmbh")), (vec![id(1)], vec![id(1), id(2)], vec![id(1)]));
    // Longer words come and go; none is missed by a word that was whole before.
    put(&store, vec![customer(3, "Nordlicht Optiker"), customer(4, "Erben GmbHs")]);
    assert_eq!((found("gmbh"), found("optik")), (vec![id(1), id(4)], vec![id(1), id(2), id(3)]));
    assert_eq!((found("optike"), found("gmb hub"), found("gmbhx")), (vec![id(3)], vec![id(1)], vec![]));
    store.write(|tx| tx.drop_search(id(4))).expect("written");
    assert_eq!(found("gmbh"), [id(1)]);
}

#[test]
fn no_list_scans_its_table() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    let filters = [
        serde_json::json!({}),
        serde_json::json!({ "isActive": true }),
        serde_json::json!({ "isActive": true, "status": "lead" }),
        serde_json::json!({ "isActive": true, "status": ["lead", "active"], "assignedTo": id(9) }),
    ];
    for sort in ["name", "-name", "updatedAt", "-lastContact", "nextFollowUp", "-value", "status"] {
        for filter in &filters {
            let filter = filter.as_object().cloned().expect("an object");
            let query = Query { sort: sort.into(), filter, limit: 50, ..Query::default() };
            let steps = store.read(move |tx| tx.explain_list(Kind::Customers, &query)).expect("steps");
            let plan = steps.join("; ");
            assert!(plan.contains("USING INDEX") && !plan.contains("TEMP B-TREE"), "{sort}: {plan}");
        }
    }
}

#[test]
fn few_rows_of_somebody_are_the_rows_of_the_order_and_none_are_none() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    let names = ["Zeta", "alpha", "Émile", "beta", "Omega"];
    let rows = (0..60_u16).map(|n| {
        let mut one = customer(n + 1, &format!("{} {n:02}", names[usize::from(n) % 5]));
        one.assigned_to = Some(id(if n % 3 == 0 { 201 } else { 202 }));
        one.is_active = n % 2 == 0;
        one
    });
    put(&store, rows.collect());
    for sort in ["name", "-name", "-updatedAt", "nextFollowUp"] {
        let page = |filter: serde_json::Value, limit| {
            let filter = filter.as_object().cloned().expect("an object");
            let query = Query { sort: sort.into(), filter, limit, include_inactive: true, ..Query::default() };
            store.read(move |tx| tx.list(Kind::Customers, &query)).expect("a page")
        };
        let ids = |page: &rapport_store::list::Page| page.items.iter().map(|one| one.meta().id).collect::<Vec<_>>();
        let all = page(serde_json::json!({}), 100);
        let hers = |one: &&rapport_model::BoxedRecord| one.of::<Customer>().is_some_and(|c| c.assigned_to == Some(id(201)));
        let expected: Vec<_> = all.items.iter().filter(hers).map(|one| one.meta().id).collect();
        let few = page(serde_json::json!({ "assignedTo": id(201) }), 100);
        assert_eq!((ids(&few), few.total), (expected.clone(), Some(20)), "{sort}");
        let begun = page(serde_json::json!({ "assignedTo": id(201) }), 7);
        assert_eq!((ids(&begun), begun.total, begun.next.is_some()), (expected[..7].to_vec(), Some(20), true), "{sort}");
        let none = page(serde_json::json!({ "assignedTo": id(203) }), 100);
        assert_eq!((none.items.len(), none.total), (0, Some(0)));
    }
}

#[test]
fn a_failed_write_leaves_nothing_and_a_panic_leaves_the_store_usable() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    let mut news = store.subscribe();
    // Who begins to listen to other servers hears that anything may have changed; that names no record.
    let mut told = || std::iter::from_fn(|| news.try_recv().ok()).find(|touched| !touched.0.is_empty());
    let failed = store.write(|tx| {
        tx.put(&customer(1, "Half"))?;
        Err::<(), _>(rapport_model::Error::internal("on purpose"))
    });
    assert!(failed.is_err() && told().is_none());
    let panicked = store.write(|tx| {
        tx.put(&customer(1, "Half"))?;
        if tx.find(Kind::Customers, id(1))?.is_some() {
            panic!("on purpose");
        }
        Ok(())
    });
    assert_eq!(panicked.map_err(|e| e.code), Err(Code::Internal));
    assert!(store.read(|tx| tx.find(Kind::Customers, id(1))).expect("read").is_none());
    put(&store, vec![customer(2, "Whole")]);
    assert!(told().expect("news").0[&Kind::Customers].contains(&id(2)));
}

#[test]
fn a_backup_opens_with_the_same_key() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    put(&store, vec![customer(1, "Kept")]);
    let to = folder.path().join("copy.db");
    let copy = to.clone();
    store.maintain(move |tx| tx.backup(&copy)).expect("backup");
    let back = Store::open(Sqlite { path: to, key: Some(Key([1; 32])) }, Schema::Client).expect("opened");
    assert_eq!(back.read(|tx| tx.get_as::<Customer>(id(1))).expect("there").name, "Kept");
    assert_eq!(back.maintain(|tx| tx.verify()).expect("verified"), Vec::<String>::new());
}

#[test]
fn a_closed_store_finished_its_work_and_takes_no_more() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    put(&store, vec![customer(1, "Kept")]);
    let other = store.clone();
    store.close();
    assert_eq!(other.read(|tx| tx.find(Kind::Customers, id(1)).map(drop)).map_err(|e| e.code), Err(Code::Internal));
    let wal = folder.path().join("store.db-wal");
    assert!(!wal.exists(), "the last connection to close folds the log into the file");
    let again = open(folder.path(), 1).expect("opened again");
    assert_eq!(again.read(|tx| tx.get_as::<Customer>(id(1))).expect("there").name, "Kept");
}

#[test]
fn a_full_queue_says_so_and_is_counted() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opens");
    let (begun, has_begun) = channel::<()>();
    let (go_on, may_go_on) = channel::<()>();
    let first = store.clone();
    let first = std::thread::spawn(move || {
        first.write(move |_| {
            begun.send(()).expect("somebody listens");
            may_go_on.recv().map_err(rapport_model::Error::internal)
        })
    });
    has_begun.recv().expect("it runs");
    // A job is in the queue once its future was asked for the first time.
    let mut waiting = Vec::new();
    let refused = loop {
        let mut job = Box::pin(store.write_async(|_| Ok(())));
        match job.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => waiting.push(job),
            Poll::Ready(answer) => break answer,
        }
    };
    assert_eq!(refused.map_err(|e| e.code), Err(Code::Busy));
    assert_eq!(store.waiting(), (waiting.len(), 0));
    assert!(waiting.len() > 100);
    assert!(store.read(|_| Ok(())).is_ok(), "readers have a queue of their own");
    go_on.send(()).expect("it waits");
    first.join().expect("it ended").expect("written");
    // Behind all others, as soon as there is room.
    while store.write(|_| Ok(())).is_err() {
        std::thread::yield_now();
    }
    assert_eq!(store.waiting(), (0, 0));
}
