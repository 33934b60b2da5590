//! A device that is one schema behind, and one that is ahead: both can always send, and nothing of either is dropped.

use crate::support::office::{Device, Office};
use rapport_model::mutation::{Change, Mutation, Op, UnitEdit};
use rapport_model::wire::PullRequest;
use rapport_model::{Code, Cursor, Id, Kind, Millis, Record, Source};
use rapport_ops::accept;
use rapport_store::Sqlite;
use rapport_store::backend::{Backend, How};
use rapport_store::migrate::SCHEMA_EPOCH;
use serde_json::{Value, json};

const SCHEMA_1: &str = include_str!("../fixtures/client-schema-1.sql");

fn json_of(record: &dyn Record) -> Value {
    record.to_json()
}

fn hex(id: Id) -> String {
    id.to_string().replace('-', "")
}

/// The store of the earlier schema, filled in for this office.
fn laid_down(office: &Office, path: &std::path::Path, acme: Id) {
    let sequence = office.server.read(|tx| tx.sequence()).expect("sequence");
    let customer = office.customer(acme);
    let version = customer.meta.version;
    let edit = UnitEdit {
        value: json!("0791 42"),
        base: Value::Null,
        base_version: version,
        updated_at: Millis(1_778_580_000_400),
        seen: Millis(0),
    };
    let change =
        Change { kind: "customers".into(), id: acme, op: Op::Put, units: [("phone".to_owned(), edit)].into_iter().collect() };
    let id = |text: &str| text.parse::<Id>().expect("an id");
    let sealed = Mutation {
        mutation_id: id("0198a5b0-0000-7000-8000-000000000a01"),
        epoch: id("0198a5b0-0000-7000-8000-000000000e0c"),
        n: 1,
        prev: String::new(),
        batch_id: None,
        parted: false,
        changes: vec![change],
    };
    let filled = SCHEMA_1
        .replace("{marit-id}", &office.marit.to_string())
        .replace("{acme-id}", &acme.to_string())
        .replace("{marit}", &hex(office.marit))
        .replace("{acme}", &hex(acme))
        .replace("{version}", &version.to_string())
        .replace("{epoch}", &sequence.epoch_id.to_string())
        .replace("{hash}", &sealed.hash().expect("a hash"))
        .replace("{base}", &json_of(&customer).to_string());
    let mut connection = Sqlite { path: path.to_owned(), key: None }.connect(false).expect("a file");
    connection.begin(How::Write).expect("begun");
    connection.tx().run_script(&filled).expect("laid down");
    connection.commit().expect("committed");
}

#[test]
fn a_store_of_the_schema_before_is_brought_up_to_date_and_what_waited_in_it_arrives_once() {
    let office = Office::open();
    let other = office.device(office.marit);
    let acme = other.create("Acme");
    other.sync();
    let (device, path) = office.device_with(office.marit, |path| laid_down(&office, path, acme));
    assert!(path.exists());
    assert_eq!(device.waiting(), (2, 2), "before it has heard of anything");
    assert_eq!(device.customer(acme).phone.as_deref(), Some("0791 42"));
    other.save(Kind::Customers, acme, &[("industry", json!("optics"))]).expect("saved");
    other.sync();
    device.sync();
    other.sync();
    assert_eq!(device.waiting(), (0, 0));
    let stands = office.customer(acme);
    assert_eq!((stands.phone.as_deref(), stands.industry.as_deref()), (Some("0791 42"), Some("optics")));
    let names = office.server.read(|tx| tx.all::<rapport_model::Customer>()).expect("rows");
    assert_eq!(names.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().len(), 2, "each once");
    office.assert_agree(&[&device, &other]);
    let cursor = device.store.read(|tx| tx.progress::<String>("cursor")).expect("read").expect("a cursor");
    assert_eq!(Cursor::parse(&cursor).expect("ours").schema, SCHEMA_EPOCH, "it was read anew in the schema of now");
    let found = device.store.read(|tx| tx.search_customers("borealis", 5, None)).expect("search");
    assert_eq!(found.len(), 1);
}

/// A pull as a device of another schema makes it.
fn pull(office: &Office, device: &Device, schema: i64, cursor: Option<String>) -> rapport_model::wire::PullAnswer {
    let actor = rapport_model::Actor { user: device.user, role: rapport_model::Role::Admin, device: Id::NIL };
    let request = PullRequest { protocol: 1, cursor, limit: 100, schema, ..PullRequest::default() };
    office.server.read(move |tx| accept::pull(tx, &actor, &request, Millis(0))).expect("pulled")
}

#[test]
fn a_device_one_behind_is_served_in_its_own_schema_and_reads_anew_when_it_has_caught_up() {
    let office = Office::open();
    let marit = office.device(office.marit);
    marit.create("Acme");
    marit.sync();
    let old = pull(&office, &marit, SCHEMA_EPOCH - 1, None);
    assert!(!old.reset && old.entries.iter().any(|entry| entry.record["name"] == "Acme"));
    let next = pull(&office, &marit, SCHEMA_EPOCH - 1, Some(old.cursor.clone()));
    assert!(!next.reset && next.entries.is_empty(), "it goes on in its own schema");
    let grown = pull(&office, &marit, SCHEMA_EPOCH, Some(old.cursor));
    assert!(grown.reset && !grown.restored, "what its tables could not hold comes now; nothing is offered again");
    // The other way round: a device that is ahead is served what the server knows.
    let ahead = pull(&office, &marit, SCHEMA_EPOCH + 1, None);
    assert!(!ahead.reset && Cursor::parse(&ahead.cursor).expect("ours").schema == SCHEMA_EPOCH);
    assert!(!pull(&office, &marit, SCHEMA_EPOCH + 1, Some(ahead.cursor)).reset);
    let request = rapport_model::wire::snapshot::SnapshotRequest::new(SCHEMA_EPOCH - 1, None);
    let refused = office.server.read(move |tx| {
        let sight = rapport_model::Sight::everything(rapport_model::Actor {
            user: Id::NIL,
            role: rapport_model::Role::Admin,
            device: Id::NIL,
        });
        rapport_ops::snapshot::snapshot(tx, &sight, &request, Millis(0)).map(drop)
    });
    let refused = refused.expect_err("packed rows are for ends of one schema");
    assert_eq!((refused.code, refused.field.as_deref()), (Code::InvalidValue, Some("schema")));
}

#[test]
fn fields_of_a_newer_device_are_kept_by_the_server_and_by_older_devices_and_handed_back_untouched() {
    let office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let acme = marit.create("Acme");
    marit.sync();
    jonas.sync();
    // A newer version of the app has a field that nobody here knows.
    let value = json!({ "colour": "petrol", "since": 7 });
    let newer = marit.save(Kind::Customers, acme, &[("favourite", value.clone())]);
    newer.expect("saved");
    marit.sync();
    jonas.sync();
    let kept = |json: Value| json["favourite"].clone();
    assert_eq!(kept(json_of(&office.customer(acme))), value, "the server keeps it");
    assert_eq!(kept(json_of(&jonas.customer(acme))), value, "an older device, too");
    // She edits something else; it comes back as it was.
    jonas.save(Kind::Customers, acme, &[("phone", json!("1"))]).expect("saved");
    jonas.sync();
    marit.sync();
    assert_eq!(kept(json_of(&marit.customer(acme))), value);
    // A kind that this server has no table for is refused by itself, and nothing else with it.
    let wish = Change { kind: "wishes".into(), id: marit.clock.id(), op: Op::Put, units: std::collections::BTreeMap::new() };
    marit.store.write(move |tx| tx.outbox_add(None, &[wish]).map(drop)).expect("in line");
    let borealis = marit.create("Borealis");
    let report = marit.sync();
    assert_eq!((report.refused, marit.waiting()), (1, (0, 0)));
    assert!(office.on_server(Kind::Customers, borealis).is_some());
    assert!(marit.cards().iter().any(|card| card.record_kind == "wishes"), "shown, with what it said");
}

#[test]
fn a_client_that_is_too_old_to_receive_can_still_send() {
    let office = Office::open();
    let marit = office.device(office.marit);
    let actor = rapport_model::Actor { user: marit.user, role: rapport_model::Role::Admin, device: Id::NIL };
    let request = PullRequest { protocol: 0, limit: 10, ..PullRequest::default() };
    let refused = office.server.read(move |tx| accept::pull(tx, &actor, &request, Millis(0))).expect_err("too old");
    assert_eq!(refused.code, Code::ClientTooOld);
    assert!(refused.message.contains("Your work is safe"), "{}", refused.message);
    let acme = marit.create("Acme");
    marit.sync();
    assert!(office.on_server(Kind::Customers, acme).is_some(), "a push names its protocol and is taken whatever it is");
}
