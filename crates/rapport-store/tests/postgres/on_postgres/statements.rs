//! The portable statements, each as PostgreSQL takes it.

use crate::{customer, database, org, put};
use rapport_model::{Actor, Code, Customer, Day, Id, Kind, Millis, Role, Sight};
use rapport_store::Store;
use rapport_store::follow_ups::Due;
use rapport_store::list::{Query, sorts};
use rapport_store::snapshot::Place;
use serde_json::json;
use std::collections::BTreeSet;

fn sights() -> Vec<Sight> {
    let sight = |role| {
        let all = Sight::everything(Actor { user: Id::from_bytes([1; 16]), role, device: Id::NIL });
        Sight { role, team: vec![all.user, Id::from_bytes([2; 16])], customers: vec![Id::from_bytes([3; 16])], ..all }
    };
    [Role::Admin, Role::Sales, Role::Support, Role::Brand].map(sight).to_vec()
}

#[test]
fn the_schema_is_the_declaration_and_can_be_distributed() {
    let (postgres, _) = database(16);
    let store = Store::over(postgres.directory()).expect("a store");
    let columns = store.maintain(|raw| raw.columns()).expect("columns");
    for kind in Kind::ALL {
        let there: BTreeSet<&str> =
            columns.iter().filter(|(table, _)| table == kind.text()).map(|(_, column)| column.as_str()).collect();
        let of_server = ["stamps", "moved"].into_iter().take(if *kind == Kind::Customers { 2 } else { 1 });
        assert_eq!(there, kind.columns().chain(of_server).collect(), "{kind:?}");
    }
    assert_eq!(postgres.undistributable().expect("looked"), Vec::<String>::new());
    assert_eq!(store.maintain(|raw| raw.verify()).expect("looked"), Vec::<String>::new());
}

#[test]
fn what_a_distributed_database_would_refuse_is_found() {
    let (postgres, _) = database(0);
    let store = Store::over(postgres.directory()).expect("a store");
    assert_eq!(postgres.undistributable().expect("looked"), Vec::<String>::new());
    let odd = "CREATE TABLE odd (a BIGINT NOT NULL PRIMARY KEY); CREATE SEQUENCE counter; \
               CREATE TABLE shared ({org_column}b BIGINT NOT NULL UNIQUE, c BIGINT REFERENCES odd (a));";
    store.maintain(move |raw| raw.run_script(odd)).expect("made");
    let found = postgres.undistributable().expect("looked");
    for what in ["unique index", "table without the organisation: odd", "reference between tables", "a counter: counter"] {
        assert_eq!(found.iter().filter(|line| line.contains(what)).count(), 1, "{what} in {found:#?}");
    }
}

#[test]
fn every_record_comes_back_as_it_was_and_no_organisation_sees_anothers() {
    let (postgres, _) = database(2);
    let ((first, one), (second, other)) = (org(&postgres), org(&postgres));
    for kind in Kind::ALL {
        let blank = kind.blank();
        one.write(move |tx| tx.put(blank.as_ref())).expect("written");
        let back = one.read(move |tx| tx.get(*kind, Id::NIL)).expect("there");
        assert_eq!(back.to_json(), kind.blank().to_json(), "{kind:?}");
        assert!(other.read(move |tx| tx.find(*kind, Id::NIL)).expect("asked").is_none(), "{kind:?}");
    }
    let mut ids = vec![first, second];
    ids.sort();
    assert_eq!(postgres.org_ids().expect("ids"), ids);
    assert!(postgres.has_org(first).expect("asked") && !postgres.has_org(Id::NIL).expect("asked"));
}

#[test]
fn customers_are_found_by_the_beginnings_of_words_and_of_numbers() {
    let (postgres, _) = database(0);
    let ((_, store), (_, other)) = (org(&postgres), org(&postgres));
    let mut mueller = customer("Müller Präzisionstechnik GmbH");
    mueller.phone = Some("+49 711 123456".into());
    let id = mueller.meta.id;
    put(&store, vec![mueller.clone(), customer("Mühlbach AG"), customer("Acme")]);
    put(&other, vec![customer("Müller Fremd")]);
    let found = |query: &'static str, sight: Option<Sight>| {
        store.read(move |tx| tx.search_customers(query, 10, sight.as_ref())).expect("searched")
    };
    assert_eq!(found("praz mull", None), [id]);
    assert_eq!(found("mü", None).len(), 2);
    assert_eq!(found("49711", None), [id]);
    assert_eq!(found("technik", None), Vec::<Id>::new());
    for sight in sights() {
        found("mü praz", Some(sight));
    }
    mueller.name = "Schmidt".into();
    mueller.compute_own();
    put(&store, vec![mueller]);
    assert_eq!(found("praz mull", None), Vec::<Id>::new());
    assert_eq!(found("schm", None), [id]);
}

#[test]
fn every_list_follow_up_analysis_and_download_can_be_asked_for() {
    let (postgres, _) = database(2);
    let (_, store) = org(&postgres);
    put(&store, (0..30).map(|n| customer(&format!("Customer {n:02}"))).collect());
    let mut asked = 0;
    for sight in sights() {
        for kind in Kind::ALL {
            for sort in sorts(*kind).flat_map(|name| [name.to_owned(), format!("-{name}")]) {
                let query = Query { sort, limit: 7, sight: Some(sight.clone()), with_primaries: true, ..Query::default() };
                match all(&store, *kind, query) {
                    Ok(_) => asked += 1,
                    Err(error) => assert_eq!(error.code, Code::FieldNotAllowed, "{kind:?}: {error}"),
                }
            }
            let (kind, sight) = (*kind, sight.clone());
            store.read(move |tx| tx.snapshot_rows(kind, &sight, &Place::start(), |_, _| Ok(()))).expect("a part");
        }
        for users in [vec![], vec![sight.user]] {
            for behind in [None, Some((Some(Millis(0)), Id::NIL)), Some((None, Id::NIL))] {
                let due = Due { users: users.clone(), behind, limit: 10, sight: Some(sight.clone()), ..Due::default() };
                store
                    .read(move |tx| {
                        tx.follow_ups(&due)?;
                        tx.follow_up_counts(&due, Day::default())
                    })
                    .expect("follow-ups");
            }
        }
    }
    assert!(asked > 100, "{asked}");
    store.read(|tx| tx.explain_analytics()).expect("plans");
    let filter = json!({ "status": ["lead", "active"], "assignedTo": Id::NIL, "isActive": true });
    let query = Query { filter: filter.as_object().cloned().expect("an object"), changed_since: Some(3), ..Query::default() };
    store.read(move |tx| tx.list(Kind::Customers, &query).map(|page| page.items.len())).expect("a page");
}

/// Every row, page by page: each once and in order.
fn all(store: &Store, kind: Kind, mut query: Query) -> rapport_model::Result<usize> {
    let (mut seen, mut total) = (BTreeSet::new(), None);
    loop {
        let asked = query.clone();
        let page = store.read(move |tx| tx.list(kind, &asked))?;
        total = total.or(page.total);
        seen.extend(page.items.iter().map(|record| record.meta().id));
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(i64::try_from(seen.len()).ok(), total, "{kind:?} {}", query.sort);
    Ok(seen.len())
}

#[test]
fn many_rows_in_one_statement_may_name_a_record_twice_and_the_last_stands() {
    let (postgres, _) = database(0);
    let (_, store) = org(&postgres);
    let first = customer("First");
    let mut second = first.clone();
    second.name = "Second".into();
    let id = first.meta.id;
    put(&store, vec![first, customer("Another"), second]);
    assert_eq!(store.read(move |tx| tx.get_as::<Customer>(id)).expect("there").name, "Second");
}

#[test]
fn statements_name_the_partition_of_their_organisation() {
    let (postgres, _) = database(4);
    let orgs: Vec<(Id, Store)> = (0..12).map(|_| org(&postgres)).collect();
    let mut met = BTreeSet::new();
    for (n, (_, store)) in orgs.iter().enumerate() {
        put(store, vec![customer(&format!("Customer {n}")), customer("Acme")]);
        let plan = store
            .read(|tx| tx.explain_list(Kind::Customers, &Query { limit: 5, ..Query::default() }))
            .expect("a plan")
            .join("\n");
        let named: BTreeSet<String> =
            plan.match_indices("customers_p").map(|(at, _)| plan[at..at + "customers_p00".len()].to_owned()).collect();
        assert_eq!(named.len(), 1, "{plan}");
        assert!(!plan.contains("Append") && !plan.contains("Subplans"), "{plan}");
        met.extend(named);
    }
    assert!(met.len() > 1, "{met:?}");
    for (n, (_, store)) in orgs.iter().enumerate() {
        let names = store
            .read(|tx| tx.list(Kind::Customers, &Query { limit: 5, sort: "name".into(), ..Query::default() }))
            .expect("a page");
        let names: Vec<String> = names.items.iter().map(|c| c.to_json()["name"].as_str().expect("a name").to_owned()).collect();
        assert_eq!(names, ["Acme".to_owned(), format!("Customer {n}")]);
    }
}
