//! The store on a real PostgreSQL server, whose URL is in `RAPPORT_TEST_DATABASE`: `cargo xtask test --only postgres` starts one.

mod on_postgres {
    mod conflict;
    mod cut;
    mod sequence;
    mod statements;
}

use rapport_model::{Customer, Id, Meta, Org, Record, Source};
use rapport_store::source::System;
use rapport_store::{Limits, Postgres, Store};

/// A new database with so many partitions to a table.
fn database(partitions: u32) -> (Postgres, String) {
    let name = format!("t{}", System.id().to_string().replace('-', ""));
    let url = rapport_cluster::create(&name).expect("a database");
    let limits = Limits { partitions, connections_max: 12, ..Limits::default() };
    (Postgres::open(&url, limits).expect("opened"), url)
}

/// A new organisation in it.
fn org(postgres: &Postgres) -> (Id, Store) {
    let id = System.id();
    let store = Store::over(postgres.org(id)).expect("a store");
    store
        .write(move |tx| {
            tx.sequence_start(1, System.id())?;
            tx.put(&Org { meta: Meta { id, ..Meta::default() }, name: "Acme".into(), currency: "EUR".into(), ..Org::default() })
        })
        .expect("founded");
    (id, store)
}

fn customer(name: &str) -> Customer {
    let mut c = Customer { meta: Meta { id: System.id(), ..Meta::default() }, name: name.into(), ..Customer::default() };
    c.compute_own();
    c
}

fn put(store: &Store, customers: Vec<Customer>) {
    store
        .write(move |tx| {
            let records: Vec<&dyn Record> = customers.iter().map(|c| c as &dyn Record).collect();
            tx.put_many(rapport_model::Kind::Customers, &records)?;
            let ids: Vec<Id> = customers.iter().map(|c| c.meta.id).collect();
            tx.refresh_customers(&ids, System.now()).map(drop)
        })
        .expect("written");
}
