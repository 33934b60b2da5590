//! What the server's database plans: no list scans a table or sorts one, no analysis scans a table.

use rapport_model::{Actor, Id, Kind, Millis, Role, Sight};
use rapport_store::follow_ups::Due;
use rapport_store::list::Query;
use rapport_store::migrate::Schema;
use rapport_store::{Sqlite, Store};
use serde_json::{Value, json};

/// Kinds that are few in an organisation: their lists may look at all of them.
const FEW: &[Kind] = &[
    Kind::Orgs,
    Kind::Teams,
    Kind::Users,
    Kind::Items,
    Kind::Cards,
    Kind::SavedViews,
    Kind::Snippets,
    Kind::Templates,
    Kind::ImportBatches,
    Kind::Settings,
    Kind::CustomerValues,
    Kind::LeadScores,
    Kind::Attachments,
];

const ME: Id = Id::from_bytes([1; 16]);

fn sights() -> Vec<Option<Sight>> {
    let sight = |role| {
        let all = Sight::everything(Actor { user: ME, role, device: Id::NIL });
        Some(Sight { role, team: vec![ME, Id::from_bytes([2; 16])], ..all })
    };
    vec![None, sight(Role::Admin), sight(Role::Sales), sight(Role::Support)]
}

/// Sorts of a kind with the filters that its screens use.
fn lists() -> Vec<(Kind, &'static [&'static str], Vec<Value>)> {
    let customer = json!({ "customerId": ME });
    vec![
        (
            Kind::Customers,
            &["name", "-name", "updatedAt", "-updatedAt", "status", "-lastContact", "nextFollowUp", "-value"],
            vec![
                json!({}),
                json!({ "isActive": true }),
                json!({ "status": "lead" }),
                json!({ "status": ["lead", "active"], "assignedTo": ME }),
                json!({ "assignedTo": ME }),
                json!({ "assignedTo": null }),
            ],
        ),
        (Kind::Contacts, &["createdAt", "-createdAt"], vec![customer.clone()]),
        (Kind::Interactions, &["interactionDate", "-interactionDate"], vec![customer.clone()]),
        (Kind::Quotes, &["createdAt", "-createdAt"], vec![customer.clone()]),
        (Kind::Orders, &["orderDate", "-orderDate"], vec![customer, json!({})]),
    ]
}

#[test]
fn no_list_of_the_server_scans_or_sorts_a_table() {
    let folder = tempfile::tempdir().expect("folder");
    let store = Store::open(Sqlite { path: folder.path().join("org.db"), key: None }, Schema::Server).expect("opened");
    let mut bad = Vec::new();
    for (kind, sorts, filters) in lists() {
        assert!(!FEW.contains(&kind));
        for (sort, filter, sight) in sorts
            .iter()
            .flat_map(|s| filters.iter().map(move |f| (s, f)))
            .flat_map(|(s, f)| sights().into_iter().map(move |sight| (s, f, sight)))
        {
            let fields = filter.as_object().cloned().expect("an object");
            let role = sight.as_ref().map(|s| s.role);
            let hidden = role == Some(Role::Support) && sort.ends_with("value");
            if hidden {
                continue;
            }
            let query = Query { sort: (*sort).into(), filter: fields, limit: 50, sight, ..Query::default() };
            let plan = store.read(move |tx| tx.explain_list(kind, &query)).expect("steps").join("; ");
            if !served(kind, &plan) {
                bad.push(format!("{kind:?} {sort} {filter} {role:?}: {plan}"));
            }
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}

/// An index serves the order, and no step reads the table from end to end.
fn served(kind: Kind, plan: &str) -> bool {
    let table = format!("SCAN {}", kind.text());
    let scans = plan.split("; ").any(|step| step == table);
    plan.contains(&format!("{} USING", kind.text())) && !scans && !plan.contains("TEMP B-TREE")
}

#[test]
fn primary_contacts_are_looked_up_by_id() {
    let folder = tempfile::tempdir().expect("folder");
    let store = Store::open(Sqlite { path: folder.path().join("org.db"), key: None }, Schema::Server).expect("opened");
    for sight in sights() {
        let query = Query { limit: 50, sight, with_primaries: true, ..Query::default() };
        let plan = store.read(move |tx| tx.explain_list(Kind::Customers, &query)).expect("steps").join("; ");
        assert!(plan.contains("SEARCH contacts USING INDEX sqlite_autoindex_contacts_1 (id=?)"), "{plan}");
        assert!(!plan.contains("MATERIALIZE") && !plan.contains("SCAN contacts"), "{plan}");
    }
}

#[test]
fn no_list_of_follow_ups_scans_a_table() {
    let folder = tempfile::tempdir().expect("folder");
    let stores = [Schema::Server, Schema::Client].map(|schema| {
        let backend = Sqlite { path: folder.path().join(format!("{schema:?}.db")), key: None };
        Store::open(backend, schema).expect("opened")
    });
    let places = [None, Some((Some(Millis(0)), ME)), Some((None, ME))];
    let users = [Vec::new(), vec![ME], vec![ME, Id::from_bytes([2; 16])]];
    for (sight, users, behind) in sights()
        .into_iter()
        .flat_map(|sight| users.iter().map(move |users| (sight.clone(), users.clone())))
        .flat_map(|(sight, users)| places.iter().map(move |place| (sight.clone(), users.clone(), *place)))
    {
        let owned = !users.is_empty();
        let due = Due { users, behind, limit: 100, sight, ..Due::default() };
        for store in &stores {
            let due = due.clone();
            let steps = store.read(move |tx| tx.explain_follow_ups(&due)).expect("steps");
            // The parts are put in order together; each holds no more rows than the page.
            let narrow =
                |step: &str| !step.starts_with("SCAN") || step.contains("INDEX") || step.contains("part_") || step == "SCAN due";
            assert!(steps.iter().all(|step| narrow(step)), "{steps:#?}");
            assert_eq!(steps.iter().any(|step| step.contains("interactions_open (assigned_to=?")), owned, "{steps:#?}");
            let named = steps.iter().filter(|step| step.starts_with("SEARCH named")).count();
            assert_eq!(named, 1, "names are looked up for the page alone: {steps:#?}");
        }
    }
}

#[test]
fn every_kind_has_a_list_that_is_planned() {
    let folder = tempfile::tempdir().expect("folder");
    let store = Store::open(Sqlite { path: folder.path().join("org.db"), key: None }, Schema::Server).expect("opened");
    let covered: Vec<Kind> = lists().into_iter().map(|(kind, _, _)| kind).chain(FEW.iter().copied()).collect();
    for kind in Kind::ALL {
        assert!(covered.contains(kind), "{kind:?} is neither few nor looked at here");
        let query = Query { limit: 50, ..Query::default() };
        store.read(move |tx| tx.explain_list(*kind, &query)).expect("a plan");
    }
}

#[test]
fn no_analysis_scans_a_table() {
    let folder = tempfile::tempdir().expect("folder");
    let store = Store::open(Sqlite { path: folder.path().join("org.db"), key: None }, Schema::Server).expect("opened");
    for plan in store.read(|tx| tx.explain_analytics()).expect("plans") {
        println!("{plan}");
        let narrow =
            |step: &str| !step.starts_with("SCAN") || step.contains("USING COVERING INDEX") || step.contains("INDEX changes_");
        assert!(plan.split("; ").all(narrow), "{plan}");
    }
}

#[test]
fn no_report_of_a_device_reads_its_interactions() {
    let folder = tempfile::tempdir().expect("folder");
    let store = Store::open(Sqlite { path: folder.path().join("store.db"), key: None }, Schema::Client).expect("opened");
    let plans = store.read(|tx| tx.explain_analytics()).expect("plans");
    let read: Vec<&String> = plans.iter().filter(|plan| plan.contains("interactions USING")).collect();
    assert!(read.len() >= 3, "{plans:#?}");
    for plan in read {
        // Undated ones are few, and found by an index.
        let narrow = plan.contains("USING COVERING INDEX") || plan.contains("USING INDEX interactions_due");
        assert!(narrow && !plan.contains("SCAN"), "{plan}");
    }
}

#[test]
fn no_part_of_a_download_sorts_or_scans_what_hangs_on_customers() {
    let folder = tempfile::tempdir().expect("folder");
    let store = Store::open(Sqlite { path: folder.path().join("org.db"), key: None }, Schema::Server).expect("opens");
    for sight in sights().into_iter().flatten() {
        for kind in [Kind::Customers].iter().chain(Kind::CHILDREN).chain(Kind::COMPUTED).copied() {
            let asked = sight.clone();
            let steps = store.read(move |tx| tx.explain_snapshot(kind, &asked)).expect("a plan");
            assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{kind:?} {:?}: {steps:?}", sight.role);
            assert!(!steps.iter().any(|step| step.starts_with("SCAN")), "{kind:?} {:?}: {steps:?}", sight.role);
        }
    }
}
