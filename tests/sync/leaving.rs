//! What leaves a device leaves no word in its files.

use crate::support::office::{Device, Office};
use rapport_model::{Id, Kind};
use serde_json::json;
use std::path::Path;

/// The planted words that are found in a device's files.
fn found(file: &Path, words: &[&str]) -> Vec<String> {
    let mut bytes = Vec::new();
    for end in ["", "-wal"] {
        bytes.extend(std::fs::read(format!("{}{end}", file.display())).unwrap_or_default());
    }
    let holds = |word: &&&str| {
        let lower = word.to_lowercase();
        bytes.windows(word.len()).any(|window| window.eq_ignore_ascii_case(lower.as_bytes()))
    };
    words.iter().filter(holds).map(|word| (*word).to_owned()).collect()
}

const WORDS: [&str; 7] = ["zanzibarium", "quixotberg", "hoffmannstal", "wimbrelphone", "grouseoffer", "tagwarbler", "laterwren"];

/// A customer whose every text is to be found.
fn family(device: &Device) -> Id {
    let customer = device.create("Zanzibarium");
    let fields =
        [("notes", json!("quixotberg\nmore\n".repeat(200))), ("phone", json!("wimbrelphone")), ("tags/tagwarbler", json!(true))];
    device.save(Kind::Customers, customer, &fields).expect("saved");
    device.create_contact(customer, "Hoffmannstal");
    device.log_call(customer, "Grouseoffer");
    device.sync();
    customer
}

#[test]
fn rows_search_history_memory_and_log_hold_no_word_of_what_left() {
    let office = Office::open();
    let (sales, file) = office.plain_device(office.sales);
    sales.sync();
    for n in 0..30 {
        sales.create(&format!("Stays {n}"));
    }
    let customer = family(&sales);
    // Typed over, so that older values lie in history and in what is remembered.
    sales.save(Kind::Customers, customer, &[("phone", json!("laterwren"))]).expect("saved");
    sales.sync();
    assert_eq!(found(&file, &WORDS).len(), WORDS.len(), "{:?}", found(&file, &WORDS));
    let marit = office.device(office.marit);
    marit.save(Kind::Customers, customer, &[("assignedTo", json!(office.rival))]).expect("saved");
    marit.sync();
    // An edit that waits is sent before the drop: it ends late, with the owner of now.
    sales.log_call(customer, "Grouseoffer");
    sales.sync();
    assert_eq!(sales.waiting(), (0, 0));
    assert!(sales.find(Kind::Customers, customer).is_none());
    office.pass(11 * 60_000);
    sales.sync();
    assert_eq!(found(&file, &WORDS), Vec::<String>::new());
    assert_eq!(found(&file, &["Stays 29"]).len(), 1, "what stays is there");
    let hits = sales.store.read(|tx| tx.search_customers("stays", 50, None)).expect("search");
    assert_eq!(hits.len(), 30, "and is found");
}

#[test]
fn a_purge_at_the_office_reaches_the_files_of_devices() {
    use rapport_model::access::{Actor, Role};
    use rapport_ops::accept;
    let office = Office::open();
    let (sales, file) = office.plain_device(office.sales);
    sales.sync();
    let customer = family(&sales);
    let (clock, marit) = (office.clock.clone(), office.marit);
    office
        .server
        .write(move |tx| {
            let actor = Actor { user: marit, role: Role::Admin, device: Id::NIL };
            accept::erase(
                tx,
                &accept::Context { actor, now: rapport_model::Source::now(clock.as_ref()), source: clock.as_ref() },
                customer,
            )
        })
        .expect("erased");
    sales.sync();
    office.pass(11 * 60_000);
    sales.sync();
    assert_eq!(found(&file, &WORDS[..6]), Vec::<String>::new());
}
