//! What a device holds is compared with the server's rows now and then; what differs is read anew. Before much goes, the server is
//! asked.

use crate::support::office::{Device, Fault, Office};
use rapport_model::{Code, Id, Kind, Role, Source};
use serde_json::json;

const HOURS: i64 = 60 * 60 * 1000;

/// A customer with a contact and a call.
fn family(device: &Device, name: &str) -> [(Kind, Id); 3] {
    let customer = device.create(name);
    let (contact, call) = (device.create_contact(customer, "Hoffmann"), device.log_call(customer, "Offer"));
    device.sync();
    [(Kind::Customers, customer), (Kind::Contacts, contact), (Kind::Interactions, call)]
}

/// A round when comparing is due. Returns the customers that were healed.
fn later(office: &Office, device: &Device) -> i64 {
    office.pass(7 * HOURS);
    device.sync().healed
}

#[test]
fn equal_devices_ask_one_small_question_and_only_now_and_then() {
    let office = Office::open();
    let (marit, sales) = (office.device(office.marit), office.device(office.sales));
    for n in 0..20 {
        family(&sales, &format!("Customer {n}"));
    }
    marit.sync();
    let asked = (marit.asked(), sales.asked());
    for device in [&marit, &sales] {
        assert_eq!(later(&office, device), 0);
        device.sync();
        office.pass(HOURS);
        device.sync();
    }
    assert_eq!((marit.asked(), sales.asked()), (asked.0 + 1, asked.1 + 1), "one question in seven hours");
    // What waits lies on top: the rows below are compared.
    sales.create("Waits");
    let acme = marit.store.read(|tx| tx.ids(Kind::Customers)).expect("ids")[0];
    marit.save(Kind::Customers, acme, &[("phone", json!("1"))]).expect("saved");
    office.pass(7 * HOURS);
    assert_eq!((marit.sync().healed, sales.sync().healed), (0, 0));
}

#[test]
fn a_row_that_was_lost_aged_or_altered_is_read_anew_and_reported() {
    let office = Office::open();
    let marit = office.device(office.marit);
    let [acme, borealis, cirrus] = ["Acme", "Borealis", "Cirrus"].map(|name| family(&marit, name));
    assert_eq!(later(&office, &marit), 0);
    let (lost, aged, altered) = (acme[1], borealis[0], cirrus[2]);
    marit
        .store
        .write(move |tx| {
            tx.remove(lost.0, lost.1)?;
            for (kind, id, older) in [(aged.0, aged.1, 1), (altered.0, altered.1, 0)] {
                let mut record = tx.get(kind, id)?;
                record.meta_mut().version -= older;
                let name = if kind == Kind::Customers { "name" } else { "subject" };
                rapport_model::unit::set(record.as_mut(), name, json!("not what it was"))?;
                tx.put(record.as_ref())?;
            }
            Ok(())
        })
        .expect("damaged");
    assert_eq!(later(&office, &marit), 2, "versions first");
    assert_eq!(later(&office, &marit), 1, "then what rows hold: the sample is of all there are");
    office.assert_agree(&[&marit]);
    let found = marit.store.read(|tx| tx.search_customers("borealis", 10, None)).expect("search");
    assert_eq!(found.len(), 1, "it is found by its name again");
    let repairs = marit.store.read(|tx| tx.progress::<rapport_sync::compare::Repairs>("repairs")).expect("read").expect("noted");
    assert_eq!((repairs.customers, repairs.last_at.is_some()), (3, true));
    assert_eq!(later(&office, &marit), 0, "healed");
}

#[test]
fn what_the_server_does_not_let_her_hold_goes_and_what_waits_stays() {
    let office = Office::open();
    let (rival, sales) = (office.device(office.rival), office.device(office.sales));
    let theirs = family(&rival, "Theirs");
    let mine = family(&sales, "Mine");
    // A copy of what she may not hold, and one of her own that nobody knows.
    let rows: Vec<_> = theirs.iter().map(|(kind, id)| rival.find(*kind, *id).expect("a row")).collect();
    let mut unknown = sales.find(Kind::Interactions, mine[2].1).expect("a call");
    unknown.meta_mut().id = Id::from_bytes([0x77; 16]);
    sales
        .store
        .write(move |tx| {
            rows.iter().try_for_each(|row| tx.put(row.as_ref()))?;
            tx.put(unknown.as_ref())
        })
        .expect("damaged");
    sales.save(Kind::Customers, mine[0].1, &[("phone", json!("0791"))]).expect("saved");
    sales.meet(&[None, None, None, Some(Fault::Lost)]);
    office.pass(7 * HOURS);
    let healed = sales.try_sync().map(|report| report.healed).unwrap_or(0) + later(&office, &sales);
    sales.forget_faults();
    assert_eq!(healed + later(&office, &sales), 2);
    assert!(theirs.iter().all(|(kind, id)| sales.find(*kind, *id).is_none()), "not hers");
    assert!(sales.find(Kind::Interactions, Id::from_bytes([0x77; 16])).is_none(), "nobody's");
    assert!(mine.iter().all(|(kind, id)| sales.find(*kind, *id).is_some()));
    assert_eq!(office.customer(mine[0].1).phone.as_deref(), Some("0791"));
}

#[test]
fn support_compares_what_support_sees() {
    let office = Office::open();
    let (sales, support) = (office.device(office.sales), office.device(office.support));
    let acme = family(&sales, "Acme");
    sales.save(Kind::Customers, acme[0].1, &[("valueEstimate", json!(77)), ("notes", json!("hers"))]).expect("saved");
    sales.sync();
    support.sync();
    assert_eq!(later(&office, &support), 0, "what is hidden is no difference");
}

#[test]
fn more_customers_than_one_part_are_compared_part_by_part() {
    use rapport_model::access::Actor;
    use rapport_model::{Customer, Meta, Source};
    let office = Office::open();
    let (clock, marit) = (office.clock.clone(), office.marit);
    office
        .server
        .write(move |tx| {
            let at = rapport_ops::accept::Context {
                actor: Actor { user: marit, role: Role::Admin, device: Id::NIL },
                now: clock.now(),
                source: clock.as_ref(),
            };
            let many = (0..2_300).map(|n| -> rapport_model::BoxedRecord {
                Box::new(Customer {
                    meta: Meta { id: clock.id(), ..Meta::default() },
                    name: format!("Customer {n}"),
                    ..Customer::default()
                })
            });
            rapport_ops::accept::write_server(tx, &at, many.collect())
        })
        .expect("filled");
    let device = office.device(office.marit);
    let asked = device.asked();
    let last = device.store.read(|tx| tx.ids(Kind::Customers)).expect("ids")[2_299];
    device.store.write(move |tx| tx.remove(Kind::Customers, last)).expect("lost");
    assert_eq!(later(&office, &device), 0, "it is in the second part");
    assert_eq!(device.asked(), asked + 1);
    assert_eq!(device.sync().healed, 1, "which comes with the next round");
    assert_eq!(device.customer(last).name, "Customer 2299");
}

/// Sales with sixty customers of hers.
fn sixty(office: &Office) -> (Device, Vec<Id>) {
    let sales = office.device(office.sales);
    let ids = (0..60).map(|n| sales.create(&format!("Customer {n}"))).collect();
    sales.sync();
    (sales, ids)
}

#[test]
fn much_goes_without_a_person_when_the_server_says_so() {
    let office = Office::open();
    let (sales, ids) = sixty(&office);
    let marit = office.device(office.marit);
    for id in &ids {
        marit.save(Kind::Customers, *id, &[("assignedTo", json!(office.rival))]).expect("saved");
    }
    marit.sync();
    let asked = sales.asked();
    sales.sync();
    assert_eq!(sales.asked(), asked + 1, "the server was asked once");
    assert!(ids.iter().all(|id| sales.find(Kind::Customers, *id).is_none()));
}

#[test]
fn what_the_server_does_not_confirm_does_not_go_and_the_run_says_so() {
    let office = Office::open();
    let (sales, ids) = sixty(&office);
    // A fault of the server: its log says that everything left, though it is hers as before.
    let (gone, place) = (ids.clone(), format!("own:{}", office.sales));
    office
        .server
        .write(move |tx| {
            let mut sequence = tx.sequence_take()?;
            let log: Vec<_> = gone
                .iter()
                .map(|id| rapport_store::log::LogEntry {
                    version: sequence.draw(),
                    kind: Kind::Customers,
                    record_id: *id,
                    what: rapport_model::wire::What::Leave,
                    mutation_id: None,
                    place: place.clone(),
                })
                .collect();
            tx.log_add(&log, rapport_model::Millis(0))?;
            tx.sequence_put(&sequence)
        })
        .expect("a wrong log");
    // The log alone is not believed: what is carried is no leave. So the sight is wrong as well, while the log is read.
    let archive = ids.clone();
    let archived = move |at: Option<rapport_model::Millis>| {
        let ids = archive.clone();
        move |tx: &mut rapport_store::Tx<'_>| {
            for id in &ids {
                let mut record = tx.get_as::<rapport_model::Customer>(*id)?;
                record.archived_at = at;
                let stamped = tx.find_stamped(Kind::Customers, &[*id])?;
                let (_, stamps) = stamped.get(id).cloned().expect("a row");
                tx.put_stamped(Kind::Customers, &[(&record, &stamps)])?;
            }
            Ok(())
        }
    };
    office.server.write(archived(Some(rapport_model::Millis(1)))).expect("wrong");
    let restored = archived(None);
    let server = office.server.clone();
    sales.before_asking(move || server.write(restored.clone()).expect("right again"));
    let error = sales.try_sync().expect_err("stopped");
    assert_eq!(error.code, Code::RemovalUnconfirmed);
    assert!(error.message.contains("60 records were to go") && error.message.contains("confirms 0"), "{}", error.message);
    assert!(ids.iter().all(|id| sales.find(Kind::Customers, *id).is_some()), "nothing went");
    sales.sync();
    assert!(ids.iter().all(|id| sales.find(Kind::Customers, *id).is_some()), "nor later");
    office.assert_agree(&[&office.device(office.marit)]);
}

#[test]
fn work_for_a_row_that_a_bad_disk_made_up_ends_on_a_card() {
    let office = Office::open();
    let marit = office.device(office.marit);
    let acme = marit.create("Acme");
    marit.sync();
    let made_up = office.clock.id();
    let mut row = marit.customer(acme);
    row.meta.id = made_up;
    marit.store.write(move |tx| tx.put(&row)).expect("a row that nobody made");
    let call = marit.log_call(made_up, "Offer");
    assert_eq!(marit.sync().held, 1, "it may still come");
    later(&office, &marit);
    assert!(marit.find(Kind::Customers, made_up).is_none(), "compared");
    marit.sync();
    let cards = marit.cards();
    assert_eq!((cards.len(), cards[0].record_id, cards[0].kind.as_str()), (1, call, "refused"));
    assert!(cards[0].mine.0.to_string().contains("Offer"));
    assert_eq!(marit.waiting(), (0, 0));
    assert!(marit.find(Kind::Interactions, call).is_some(), "what she wrote is still shown");
}
