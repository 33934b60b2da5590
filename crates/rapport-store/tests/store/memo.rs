//! What readers recall is never older than what was committed before they began, by whichever handle.

use super::{customer, id, open, put};
use rapport_model::access::Role;
use rapport_model::{Actor, Customer, Kind, Meta, Org, User};
use rapport_store::list::Query;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

#[test]
fn what_is_recalled_is_as_new_as_the_last_commit_of_anybody() {
    let folder = tempfile::tempdir().expect("folder");
    let stores = [open(folder.path(), 1).expect("opened"), open(folder.path(), 1).expect("opened twice")];
    put(&stores[0], vec![customer(1, "0")]);
    let committed = Arc::new(AtomicU64::new(0));
    let recalled = Arc::new(AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for (n, store) in (0..4).map(|n| (n, stores[n % 2].clone())) {
            let (committed, recalled) = (committed.clone(), recalled.clone());
            scope.spawn(move || {
                loop {
                    let before = committed.load(Ordering::SeqCst);
                    if before == 200 {
                        return;
                    }
                    let reads = recalled.clone();
                    let name = store.read(move |tx| {
                        tx.recalled("name", id(1).as_bytes(), |tx| {
                            reads.fetch_add(1, Ordering::SeqCst);
                            Ok(tx.get_as::<Customer>(id(1))?.name)
                        })
                    });
                    let seen: u64 = name.expect("read").parse().expect("a number");
                    assert!(seen >= before, "reader {n} saw {seen} after {before} was committed");
                }
            });
        }
        for n in 1..=200_u64 {
            let store = &stores[usize::try_from(n).expect("small") % 2];
            store
                .write(move |tx| {
                    let before = tx.get(Kind::Customers, id(1))?;
                    let mut after = before.of::<Customer>().cloned().unwrap_or_default();
                    after.name = n.to_string();
                    tx.put_over(before.as_ref(), &after)
                })
                .expect("written");
            committed.store(n, Ordering::SeqCst);
        }
    });
    let before = recalled.load(Ordering::SeqCst);
    for _ in 0..50 {
        let reads = recalled.clone();
        let read = move |tx: &mut rapport_store::Tx<'_>| {
            tx.recalled("name", id(1).as_bytes(), |tx| {
                reads.fetch_add(1, Ordering::SeqCst);
                Ok(tx.get_as::<Customer>(id(1))?.name)
            })
        };
        assert_eq!(stores[0].read(read).expect("read"), "200");
    }
    assert!(recalled.load(Ordering::SeqCst) - before <= 3, "each reader reads it once");
}

#[test]
fn inside_a_write_people_hold_until_one_of_them_is_written() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    let user = |name: &str, team| User {
        meta: Meta { id: id(7), ..Meta::default() },
        name: name.to_owned(),
        role: Role::Sales,
        team_id: team,
        ..User::default()
    };
    let write = move |tx: &mut rapport_store::Tx<'_>| {
        let actor = Actor { user: id(7), role: Role::Sales, device: id(9) };
        assert_eq!(tx.user(id(7))?, None);
        assert_eq!(tx.own_org()?.name, "");
        tx.put(&user("Anna", Some(id(5))))?;
        tx.put(&User { meta: Meta { id: id(8), ..Meta::default() }, team_id: Some(id(5)), ..User::default() })?;
        assert_eq!(tx.user(id(7))?.map(|user| user.name), Some("Anna".to_owned()));
        assert_eq!(tx.sight(&actor)?.team, [id(7), id(8)]);
        tx.put_over(&user("Anna", Some(id(5))), &user("Ann", None))?;
        assert_eq!((tx.user(id(7))?.map(|user| user.name), tx.sight(&actor)?.team), (Some("Ann".to_owned()), vec![id(7)]));
        tx.remove(Kind::Users, id(7))?;
        assert_eq!(tx.user(id(7))?, None);
        tx.put(&Org { meta: Meta { id: id(1), ..Meta::default() }, name: "Acme".to_owned(), ..Org::default() })?;
        assert_eq!(tx.own_org()?.name, "Acme");
        Ok(())
    };
    store.write(write).expect("written");
}

#[test]
fn how_long_a_list_is_moves_with_each_commit_and_with_what_it_is_asked_for() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    let total = |status: Option<&str>| {
        let filter = status.map(|status| ("status".to_owned(), json!(status)));
        let query = Query { filter: filter.into_iter().collect(), limit: 1, ..Query::default() };
        store.read(move |tx| tx.list(Kind::Customers, &query)).expect("read").total
    };
    for n in 1..=5 {
        put(&store, vec![customer(n, "A")]);
        for _ in 0..8 {
            assert_eq!((total(None), total(Some("prospect")), total(Some("lead"))), (Some(n.into()), Some(n.into()), Some(0)));
        }
    }
}
