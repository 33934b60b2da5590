//! What a device receives and may write, by role: places gained and lost, facets, work that comes too late.

use crate::support::office::{Device, Office};
use rapport_model::customer::Status;
use rapport_model::{Actor, BoxedRecord, Code, Customer, Id, Kind, Meta, Millis, Result, Role, Source};
use rapport_ops::accept::{self, Context};
use rapport_ops::jobs::{self, DAY_MS, Step};
use rapport_store::Tx;
use serde_json::json;
use std::collections::BTreeMap;

/// Something that the server does, in an administrator's name.
fn on_server<T: Send + 'static>(office: &Office, f: impl FnOnce(&mut Tx<'_>, &Context<'_>) -> Result<T> + Send + 'static) -> T {
    let (clock, user) = (office.clock.clone(), office.marit);
    let done = office.server.write(move |tx| {
        let actor = Actor { user, role: Role::Admin, device: Id::NIL };
        f(tx, &Context { actor, now: clock.now(), source: clock.as_ref() })
    });
    done.expect("done on the server")
}

fn sync(device: &Device) {
    device.sync();
}

#[test]
fn a_device_holds_its_own_and_the_pool_and_nothing_of_others() {
    let office = Office::open();
    let (marit, sales, rival) = (office.device(office.marit), office.device(office.sales), office.device(office.rival));
    let mine = sales.create("Mine");
    let call = sales.log_call(mine, "planted words");
    let theirs = rival.create("Theirs");
    let pool = marit.create("Pool");
    [&marit, &sales, &rival].into_iter().for_each(sync);
    [&marit, &sales, &rival].into_iter().for_each(sync);
    assert!(sales.find(Kind::Customers, theirs).is_none() && rival.find(Kind::Customers, mine).is_none());
    assert!(rival.find(Kind::Interactions, call).is_none(), "a call follows its customer");
    assert!(sales.find(Kind::Customers, pool).is_some() && rival.find(Kind::Customers, pool).is_some());
    assert!(marit.find(Kind::Customers, theirs).is_some() && marit.find(Kind::Interactions, call).is_some());
}

#[test]
fn a_customer_that_is_handed_on_moves_with_all_that_hangs_on_it() {
    let office = Office::open();
    let (sales, rival) = (office.device(office.sales), office.device(office.rival));
    let acme = sales.create("Acme");
    let (contact, call) = (sales.create_contact(acme, "Hoffmann"), sales.log_call(acme, "Offer"));
    sales.sync();
    rival.sync();
    sales.save(Kind::Customers, acme, &[("assignedTo", json!(office.rival))]).expect("handed on");
    sales.sync();
    rival.sync();
    sales.sync();
    for (kind, id) in [(Kind::Customers, acme), (Kind::Contacts, contact), (Kind::Interactions, call)] {
        assert!(rival.find(kind, id).is_some(), "gained {kind:?}");
        assert!(sales.find(kind, id).is_none(), "left {kind:?}");
    }
    let found = sales.store.read(|tx| tx.search_customers("acme", 10, None)).expect("search");
    assert!(found.is_empty(), "what left is not found any more");
    assert_eq!(sales.waiting(), (0, 0));
}

#[test]
fn work_for_a_customer_that_was_lost_meanwhile_is_handed_over_or_kept() {
    let office = Office::open();
    let (marit, sales, rival) = (office.device(office.marit), office.device(office.sales), office.device(office.rival));
    let acme = sales.create("Acme");
    sales.sync();
    marit.sync();
    marit.save(Kind::Customers, acme, &[("assignedTo", json!(office.rival))]).expect("handed on");
    marit.sync();
    // She has not heard of it.
    sales.save(Kind::Customers, acme, &[("phone", json!("0791 23"))]).expect("saved");
    let call = sales.log_call(acme, "Called before I knew");
    sales.sync();
    sales.sync();
    rival.sync();
    assert_eq!(office.customer(acme).phone, None, "not hers to change any more");
    assert!(rival.find(Kind::Interactions, call).is_some(), "her note stays");
    let cards = rival.cards();
    assert_eq!((cards.len(), cards[0].kind.as_str()), (1, "late"));
    assert_eq!(cards[0].mine.0["units"]["phone"]["value"], "0791 23");
    assert_eq!(sales.cards().len(), 1, "the author is told");
    assert!(sales.find(Kind::Customers, acme).is_none());
    assert_eq!(sales.waiting(), (0, 0));
}

#[test]
fn the_first_claim_from_the_pool_stands() {
    let office = Office::open();
    let (marit, sales, rival) = (office.device(office.marit), office.device(office.sales), office.device(office.rival));
    let pool = marit.create("Pool");
    [&marit, &sales, &rival].into_iter().for_each(sync);
    sales.save(Kind::Customers, pool, &[("assignedTo", json!(office.sales))]).expect("claimed");
    rival.save(Kind::Customers, pool, &[("assignedTo", json!(office.rival))]).expect("claimed too");
    sales.sync();
    rival.sync();
    rival.sync();
    assert_eq!(office.customer(pool).assigned_to, Some(office.sales));
    assert!(rival.find(Kind::Customers, pool).is_none());
    assert_eq!((rival.cards().len(), rival.waiting()), (1, (0, 0)));
}

#[test]
fn support_holds_no_figures_and_no_drafts() {
    let office = Office::open();
    let (marit, support) = (office.device(office.marit), office.device(office.support));
    let acme = marit.create("Acme");
    marit.save(Kind::Customers, acme, &[("valueEstimate", json!(77))]).expect("saved");
    let quote = marit.clock.id();
    let fields = [("customerId", json!(acme)), ("subject", json!("Laser")), ("items", json!({ "items": [] }))];
    marit.save(Kind::Quotes, quote, &fields).expect("a draft");
    marit.sync();
    support.sync();
    let held = support.customer(acme);
    assert_eq!((held.name.as_str(), held.value_estimate, held.value), ("Acme", None, None));
    assert!(support.find(Kind::Quotes, quote).is_none());
    let refused = support.save(Kind::Customers, acme, &[("name", json!("Other"))]).map(drop).map_err(|e| e.code);
    assert_eq!(refused, Err(Code::Forbidden));
}

#[test]
fn what_is_archived_leaves_every_laptop_and_comes_back_whole() {
    let office = Office::open();
    let (marit, sales, support) = (office.device(office.marit), office.device(office.sales), office.device(office.support));
    let acme = sales.create("Acme");
    let (contact, call) = (sales.create_contact(acme, "Hoffmann"), sales.log_call(acme, "Offer"));
    let other = sales.create("Other");
    let all = [&marit, &sales, &support];
    [&sales, &marit, &support].into_iter().for_each(sync);
    on_server(&office, move |tx, at| accept::archive(tx, at, &[acme], true));
    all.into_iter().for_each(sync);
    let family = [(Kind::Customers, acme), (Kind::Contacts, contact), (Kind::Interactions, call)];
    for device in all {
        for (kind, id) in family {
            assert!(device.find(kind, id).is_none(), "{kind:?} left");
        }
        let found = device.store.read(|tx| tx.search_customers("acme", 10, None)).expect("search");
        assert!(found.is_empty(), "nor is it found any more");
        let history = device.store.read(move |tx| tx.history_of(acme)).expect("history");
        assert!(history.is_empty(), "nor told of");
        assert!(device.find(Kind::Customers, other).is_some());
    }
    let fresh = office.device(office.marit);
    assert!(fresh.find(Kind::Customers, acme).is_none() && fresh.find(Kind::Contacts, contact).is_none());
    assert!(office.customer(acme).archived_at.is_some(), "the server keeps it");
    on_server(&office, move |tx, at| accept::archive(tx, at, &[acme], false));
    for device in all.into_iter().chain([&fresh]) {
        device.sync();
        for (kind, id) in family {
            assert!(device.find(kind, id).is_some(), "{kind:?} is back");
        }
    }
    office.assert_agree(&[&marit, &fresh]);
}

#[test]
fn work_on_what_was_archived_meanwhile_takes_it_out_of_the_archive() {
    let office = Office::open();
    let (marit, sales) = (office.device(office.marit), office.device(office.sales));
    let (acme, other) = (sales.create("Acme"), sales.create("Other"));
    [&sales, &marit].into_iter().for_each(sync);
    // She is offline while the office archives.
    sales.save(Kind::Customers, acme, &[("industry", json!("optics"))]).expect("saved");
    let call = sales.log_call(other, "Offer");
    on_server(&office, move |tx, at| accept::archive(tx, at, &[acme, other], true));
    marit.sync();
    assert!(marit.find(Kind::Customers, acme).is_none());
    [&sales, &marit].into_iter().for_each(sync);
    for id in [acme, other] {
        let customer = office.customer(id);
        assert_eq!((customer.archived_at, customer.is_active), (None, true), "{}", customer.name);
        let history = office.server.read(move |tx| tx.history_of(id)).expect("history");
        assert!(history.iter().any(|line| line.unit == "archivedAt" && line.after.is_null()), "{history:?}");
    }
    assert_eq!(office.customer(acme).industry.as_deref(), Some("optics"));
    assert!(marit.find(Kind::Interactions, call).is_some() && sales.cards().is_empty());
    office.assert_agree(&[&sales, &marit]);
}

#[test]
fn the_archive_job_takes_what_lies_still_off_the_laptops() {
    let office = Office::open();
    let (marit, sales) = (office.device(office.marit), office.device(office.sales));
    let quiet = office.clock.id();
    let owner = office.sales;
    on_server(&office, move |tx, at| {
        let long_ago = Millis(at.now.0 - 800 * DAY_MS);
        let meta = Meta { id: quiet, created_at: long_ago, updated_at: long_ago, created_by: owner, ..Meta::default() };
        let customer =
            Customer { meta, name: "Quiet".into(), status: Status::Inactive, assigned_to: Some(owner), ..Customer::default() };
        accept::write_server(tx, at, vec![Box::new(customer) as BoxedRecord])
    });
    let run = || {
        let step = || {
            on_server(&office, |tx, at| {
                let at = Context { actor: jobs::actor(), ..*at };
                jobs::step(tx, &at, Id::from_bytes([1; 16]), jobs::find(jobs::ARCHIVE)?)
            })
        };
        while step() == Step::More {}
    };
    run();
    [&marit, &sales].into_iter().for_each(sync);
    assert!(sales.find(Kind::Customers, quiet).is_some(), "for a month it is only proposed");
    office.pass(31 * DAY_MS);
    run();
    [&marit, &sales].into_iter().for_each(sync);
    assert!(office.customer(quiet).archived_at.is_some());
    assert!(sales.find(Kind::Customers, quiet).is_none() && marit.find(Kind::Customers, quiet).is_none());
}

#[test]
fn what_was_merged_into_somebody_else_s_customer_leaves_with_the_one_that_it_hung_on() {
    let office = Office::open();
    let (sales, rival) = (office.device(office.sales), office.device(office.rival));
    let (goes, stays) = (sales.create("Acme Ltd"), rival.create("Acme"));
    let (contact, call) = (sales.create_contact(goes, "Hoffmann"), sales.log_call(goes, "Offer"));
    [&sales, &rival, &sales].into_iter().for_each(sync);
    on_server(&office, move |tx, at| accept::join(tx, at, stays, goes, &BTreeMap::new()));
    [&sales, &rival].into_iter().for_each(sync);
    for (kind, id) in [(Kind::Contacts, contact), (Kind::Interactions, call)] {
        assert!(sales.find(kind, id).is_none(), "{kind:?} left");
        assert!(rival.find(kind, id).is_some(), "{kind:?} gained");
    }
    assert!(sales.find(Kind::Customers, goes).is_none() && sales.find(Kind::Customers, stays).is_none());
    assert_eq!((sales.waiting(), rival.waiting()), ((0, 0), (0, 0)));
}
