//! A change of role, team or named customers: what a device gains comes with all that hangs on it, what it loses goes whole, and
//! what was typed for it meanwhile is handed over.

use crate::support::office::{Device, Fault, Office};
use rapport_model::{Actor, Id, Kind, Role, Source, User};
use rapport_ops::accept;
use serde_json::json;

/// A customer with a contact and a call.
fn family(device: &Device, name: &str) -> [(Kind, Id); 3] {
    let customer = device.create(name);
    let (contact, call) = (device.create_contact(customer, "Hoffmann"), device.log_call(customer, "Offer"));
    device.sync();
    [(Kind::Customers, customer), (Kind::Contacts, contact), (Kind::Interactions, call)]
}

fn holds(device: &Device, family: [(Kind, Id); 3]) -> [bool; 3] {
    family.map(|(kind, id)| device.find(kind, id).is_some())
}

const ALL: [bool; 3] = [true; 3];
const NONE: [bool; 3] = [false; 3];

/// What a device holds of customers' records besides what the server would send to a fresh one.
fn assert_like_fresh(office: &Office, device: &Device) {
    let fresh = office.device(device.user);
    for kind in [Kind::Customers, Kind::Contacts, Kind::Interactions, Kind::Quotes, Kind::Users, Kind::Items] {
        let rows = |device: &Device| {
            let found = device.store.read(move |tx| {
                let ids = tx.ids(kind)?;
                tx.find_many(kind, &ids)
            });
            let mut rows: Vec<_> = found.expect("rows").into_iter().map(|(id, r)| (id, r.to_json())).collect();
            rows.sort_by_key(|(id, _)| *id);
            rows
        };
        assert_eq!(rows(device), rows(&fresh), "{kind:?}");
    }
}

#[test]
fn a_team_is_joined_and_left_with_everything_that_hangs_on_its_customers() {
    let office = Office::open();
    let (sales, rival) = (office.device(office.sales), office.device(office.rival));
    let theirs = family(&rival, "Theirs");
    let mine = family(&sales, "Mine");
    let team = office.clock.id();
    for user in [office.sales, office.rival] {
        office.people(user, move |user| user.team_id = Some(team));
    }
    sales.sync();
    rival.sync();
    assert_eq!((holds(&sales, theirs), holds(&rival, mine)), (ALL, ALL), "gained, old rows too");
    assert_like_fresh(&office, &sales);
    office.people(office.rival, |user| user.team_id = None);
    sales.sync();
    rival.sync();
    assert_eq!((holds(&sales, theirs), holds(&rival, mine)), (NONE, NONE), "lost, whole");
    assert_eq!((holds(&sales, mine), holds(&rival, theirs)), (ALL, ALL), "one's own stays");
    let found = sales.store.read(|tx| tx.search_customers("theirs", 10, None)).expect("search");
    assert!(found.is_empty(), "nor is it found any more");
    assert_like_fresh(&office, &sales);
    assert_like_fresh(&office, &rival);
}

#[test]
fn another_role_shows_and_hides_what_it_has_to() {
    let office = Office::open();
    let (marit, sales) = (office.device(office.marit), office.device(office.sales));
    let acme = family(&marit, "Acme");
    marit.save(Kind::Customers, acme[0].1, &[("valueEstimate", json!(77)), ("assignedTo", json!(office.sales))]).expect("saved");
    marit.sync();
    sales.sync();
    assert!(sales.customer(acme[0].1).value_estimate.is_some());
    office.people(office.sales, |user| user.role = Role::Support);
    sales.sync();
    assert_eq!(sales.customer(acme[0].1).value_estimate, None, "figures are not for support");
    assert_like_fresh(&office, &sales);
    office.people(office.sales, |user| user.role = Role::Brand);
    sales.sync();
    assert_eq!(holds(&sales, acme), NONE, "nobody named it to her");
    assert!(sales.find(Kind::Users, office.rival).is_none(), "nor the colleagues");
    office.people(office.sales, move |user| user.customer_ids = vec![acme[0].1]);
    sales.sync();
    assert!(sales.find(Kind::Customers, acme[0].1).is_some(), "named");
    assert_like_fresh(&office, &sales);
    office.people(office.sales, |user| user.role = Role::Admin);
    sales.sync();
    assert!(sales.customer(acme[0].1).value_estimate.is_some());
    assert_like_fresh(&office, &sales);
}

#[test]
fn what_is_gained_goes_on_where_it_was_cut_off_and_whatever_changes_meanwhile() {
    let office = Office::open();
    let (rival, sales) = (office.device(office.rival), office.device(office.sales));
    let families: Vec<_> = (0..5).map(|n| family(&rival, &format!("Theirs {n}"))).collect();
    let team = office.clock.id();
    for user in [office.sales, office.rival] {
        office.people(user, move |user| user.team_id = Some(team));
    }
    sales.page_rows(3);
    for cut in 1..5 {
        // Each time the wire is cut behind a page, and something moves.
        sales.meet(&[None, Some(Fault::Lost)]);
        assert!(sales.try_sync().is_err(), "cut");
        rival.save(Kind::Customers, families[cut - 1][0].1, &[("phone", json!(format!("0791 {cut}")))]).expect("saved");
        rival.sync();
    }
    // Before it is through, the last one is handed to somebody outside, and the team falls apart.
    rival.save(Kind::Customers, families[4][0].1, &[("assignedTo", json!(office.marit))]).expect("handed on");
    rival.sync();
    office.people(office.sales, |user| user.team_id = None);
    sales.sync();
    for family in &families {
        assert_eq!(holds(&sales, *family), NONE, "what was half gained went again");
    }
    assert_like_fresh(&office, &sales);
    office.people(office.sales, move |user| user.team_id = Some(team));
    sales.sync();
    assert_eq!(holds(&sales, families[0]), ALL);
    assert_eq!(holds(&sales, families[4]), NONE);
    assert_eq!(sales.customer(families[0][0].1).phone.as_deref(), Some("0791 1"));
    assert_like_fresh(&office, &sales);
}

#[test]
fn a_customer_that_moved_away_before_the_team_changed_goes_too() {
    let office = Office::open();
    let (rival, sales) = (office.device(office.rival), office.device(office.sales));
    let team = office.clock.id();
    for user in [office.sales, office.rival] {
        office.people(user, move |user| user.team_id = Some(team));
    }
    let theirs = family(&rival, "Theirs");
    sales.sync();
    assert_eq!(holds(&sales, theirs), ALL);
    // She is away. It goes to somebody outside first, then she leaves the team: neither change alone tells her.
    rival.save(Kind::Customers, theirs[0].1, &[("assignedTo", json!(office.marit))]).expect("handed on");
    rival.sync();
    office.people(office.sales, |user| user.team_id = None);
    sales.sync();
    assert_eq!(holds(&sales, theirs), NONE);
    assert_like_fresh(&office, &sales);
}

#[test]
fn what_was_typed_before_a_drop_goes_to_the_present_owner() {
    let office = Office::open();
    let (sales, rival) = (office.device(office.sales), office.device(office.rival));
    let mine = family(&sales, "Mine");
    sales.save(Kind::Customers, mine[0].1, &[("phone", json!("0791 23"))]).expect("saved offline");
    let rivals = office.rival;
    let (marit, id) = (office.device(office.marit), mine[0].1);
    marit.save(Kind::Customers, id, &[("assignedTo", json!(rivals))]).expect("handed on");
    marit.sync();
    office.people(office.sales, |user| user.role = Role::Brand);
    sales.sync();
    rival.sync();
    assert_eq!((holds(&sales, mine), sales.waiting()), (NONE, (0, 0)));
    let cards = rival.cards();
    assert_eq!((cards.len(), cards[0].kind.as_str()), (1, "late"));
    assert_eq!(cards[0].mine.0["units"]["phone"]["value"], "0791 23");
    assert_eq!(office.customer(id).phone, None);
    assert_like_fresh(&office, &sales);
}

/// What puts somebody into a team or takes her out of hers, for a moment at which nobody holds the office.
fn moving(office: &Office, user: Id, team: Option<Id>) -> impl FnOnce() + Send + 'static {
    let (server, clock, marit) = (office.server.clone(), office.clock.clone(), office.marit);
    move || {
        let moved = server.write(move |tx| {
            let actor = Actor { user: marit, role: Role::Admin, device: Id::NIL };
            let at = accept::Context { actor, now: clock.now(), source: clock.as_ref() };
            accept::amend(tx, &at, &[(Kind::Users, user)], |record| {
                record.of_mut::<User>().expect("a user").team_id = team;
                Ok(())
            })
        });
        assert_eq!(moved, Ok(1));
    }
}

#[test]
fn a_team_that_is_taken_and_given_back_while_an_answer_travels_leaves_nothing_out() {
    let office = Office::open();
    let (marit, sales) = (office.device(office.marit), office.device(office.sales));
    let team = office.clock.id();
    for user in [office.sales, office.rival] {
        office.people(user, move |user| user.team_id = Some(team));
    }
    let acme = sales.create("Acme");
    sales.save(Kind::Customers, acme, &[("assignedTo", json!(office.sales))]).map(drop).unwrap_or_default();
    sales.sync();
    sales.save(Kind::Customers, acme, &[("industry", json!("optics"))]).expect("saved");
    marit.sync();
    marit.save(Kind::Customers, acme, &[("assignedTo", json!(office.rival))]).expect("given to her team mate");
    marit.sync();
    // Behind her first pull she is taken out of the team; her edit is late, and nothing of the customer is hers to see.
    sales.before_push(moving(&office, office.sales, None));
    sales.meet(&[None, None, Some(Fault::Lost)]);
    assert!(sales.try_sync().is_err());
    assert!(sales.cards().iter().any(|card| card.record_id == acme), "what she wrote is on a card");
    office.people(office.sales, move |user| user.team_id = Some(team));
    sales.sync();
    let held = sales.find(Kind::Customers, acme).expect("in sight again, and here");
    assert_eq!(held.meta().version, office.customer(acme).meta.version);
    assert_like_fresh(&office, &sales);
}

/// The other way round: for a moment she is in the team of whom she gives a customer to, and the answer brings it once more.
#[test]
fn a_team_that_is_given_and_taken_while_an_answer_travels_leaves_nothing_behind() {
    let office = Office::open();
    let sales = office.device(office.sales);
    let team = office.clock.id();
    office.people(office.rival, move |user| user.team_id = Some(team));
    let acme = sales.create("Acme");
    let call = sales.log_call(acme, "Offer");
    sales.sync();
    sales.save(Kind::Customers, acme, &[("assignedTo", json!(office.rival))]).expect("given away");
    sales.before_push(moving(&office, office.sales, Some(team)));
    sales.meet(&[None, None, Some(Fault::Lost)]);
    assert!(sales.try_sync().is_err());
    assert_eq!(sales.customer(acme).assigned_to, Some(office.rival), "the answer has come");
    office.people(office.sales, |user| user.team_id = None);
    sales.sync();
    assert!(sales.find(Kind::Customers, acme).is_none() && sales.find(Kind::Interactions, call).is_none(), "not hers to see");
    assert_like_fresh(&office, &sales);
}

/// She has heard that it is not hers any more, and for a moment is in the team of whom it was given to: the answer to what she had
/// written meanwhile brings it.
#[test]
fn a_team_that_is_given_and_taken_leaves_nothing_of_what_an_answer_brought_behind_the_pull() {
    let office = Office::open();
    let (marit, sales) = (office.device(office.marit), office.device(office.sales));
    let team = office.clock.id();
    office.people(office.rival, move |user| user.team_id = Some(team));
    let acme = sales.create("Acme");
    sales.sync();
    sales.save(Kind::Customers, acme, &[("industry", json!("optics"))]).expect("saved");
    for changed in [("assignedTo", json!(office.rival)), ("phone", json!("0791 23"))] {
        marit.sync();
        marit.save(Kind::Customers, acme, &[changed]).expect("saved");
        marit.sync();
    }
    sales.before_push(moving(&office, office.sales, Some(team)));
    sales.meet(&[None, None, Some(Fault::Lost)]);
    assert!(sales.try_sync().is_err());
    assert_eq!(sales.customer(acme).assigned_to, Some(office.rival), "the answer has brought it");
    office.people(office.sales, |user| user.team_id = None);
    sales.sync();
    assert!(sales.find(Kind::Customers, acme).is_none(), "not hers to see");
    assert_like_fresh(&office, &sales);
}

/// The answer shows nothing of what she has made for a team mate, as she is in no team when it is given; she is again when she pulls.
#[test]
fn what_an_answer_could_not_show_comes_with_the_pull_behind_it() {
    let office = Office::open();
    let sales = office.device(office.sales);
    let team = office.clock.id();
    for user in [office.sales, office.rival] {
        office.people(user, move |user| user.team_id = Some(team));
    }
    sales.sync();
    let acme = sales.create("Acme");
    sales.save(Kind::Customers, acme, &[("assignedTo", json!(office.rival))]).expect("made for her team mate");
    sales.before_push(moving(&office, office.sales, None));
    sales.behind_push(moving(&office, office.sales, Some(team)));
    sales.sync();
    assert_eq!(sales.customer(acme).meta.version, office.customer(acme).meta.version);
    assert_like_fresh(&office, &sales);
}
