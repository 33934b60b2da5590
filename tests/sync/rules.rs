//! What the server does not take, and what it mends.

use crate::support::office::Office;
use rapport_model::{Code, Contact, Id, Kind, Source};
use serde_json::json;

#[test]
fn a_name_taken_meanwhile_gets_a_number_and_a_card_and_its_children_are_safe() {
    let office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let first = marit.create("Acme");
    let second = jonas.create("ACME");
    let call = jonas.log_call(second, "Hello");
    marit.sync();
    let report = jonas.sync();
    assert_eq!(report.refused, 0);
    assert_eq!((office.customer(first).name.as_str(), office.customer(second).name.as_str()), ("Acme", "ACME (2)"));
    assert!(office.on_server(Kind::Interactions, call).is_some());
    let cards = jonas.cards();
    assert_eq!((cards.len(), cards[0].kind.as_str(), cards[0].record_id), (1, "duplicate", second));
    marit.sync();
    office.assert_agree(&[&marit, &jonas]);
}

#[test]
fn a_refused_edit_is_shown_and_kept_and_holds_up_nothing() {
    let office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let (acme, other) = (marit.create("Acme"), marit.create("Other"));
    marit.sync();
    jonas.sync();
    // Meanwhile an administrator deactivates Jonas; Marit's laptop does not know.
    let (id, clock) = (office.jonas, marit.clock.clone());
    office
        .server
        .write(move |tx| {
            use rapport_model::{Actor, Role, User};
            let mut user = tx.get_as::<User>(id)?;
            user.is_active = false;
            let at = rapport_ops::accept::Context {
                actor: Actor { user: id, role: Role::Admin, device: Id::NIL },
                now: clock.now(),
                source: clock.as_ref(),
            };
            rapport_ops::accept::write_server(tx, &at, vec![Box::new(user)])
        })
        .expect("deactivated");
    marit.save(Kind::Customers, acme, &[("assignedTo", json!(office.jonas))]).expect("saved");
    marit.save(Kind::Customers, other, &[("phone", json!("1"))]).expect("saved");
    let report = marit.sync();
    assert_eq!((report.refused, marit.waiting()), (1, (0, 0)));
    assert_eq!(office.customer(other).phone.as_deref(), Some("1"));
    let cards = marit.cards();
    assert_eq!((cards.len(), cards[0].code.as_str()), (1, "INVALID_ASSIGNMENT"));
    assert!(cards[0].message.contains("Choose somebody else"), "{}", cards[0].message);
    assert_eq!(cards[0].mine.0["units"]["assignedTo"]["value"], json!(office.jonas));
    assert_eq!(marit.customer(acme).assigned_to, None, "the edit left the row and lives in its card");
    office.assert_agree(&[&marit]);
}

#[test]
fn exactly_one_contact_is_primary_after_two_laptops_chose() {
    let office = Office::open();
    let (marit, jonas) = (office.device(office.marit), office.device(office.jonas));
    let acme = marit.create("Acme");
    let (a, b, c) = (marit.create_contact(acme, "A"), marit.create_contact(acme, "B"), marit.create_contact(acme, "C"));
    marit.sync();
    jonas.sync();
    marit.save(Kind::Contacts, b, &[("isPrimary", json!(true))]).expect("saved");
    office.pass(1000);
    jonas.save(Kind::Contacts, c, &[("isPrimary", json!(true))]).expect("saved");
    for device in [&marit, &jonas, &marit, &jonas] {
        device.sync();
    }
    let primary = |id| office.on_server(Kind::Contacts, id).and_then(|r| r.of::<Contact>().map(|c| c.is_primary));
    assert_eq!([a, b, c].map(primary), [Some(false), Some(false), Some(true)]);
    assert_eq!(office.customer(acme).primary_contact_id, Some(c));
    office.assert_agree(&[&marit, &jonas]);
}

#[test]
fn forms_are_judged_by_every_rule_at_once() {
    let office = Office::open();
    let marit = office.device(office.marit);
    let acme = marit.create("Acme");
    let code = |result: rapport_model::Result<rapport_ops::save::Saved>| result.map(drop).map_err(|e| (e.code, e.field));
    let id = marit.clock.id();
    let refused = |code: Code, field: &str| Err((code, Some(field.to_owned())));
    assert_eq!(code(marit.save(Kind::Customers, id, &[("name", json!("  "))])), refused(Code::Required, "name"));
    assert_eq!(code(marit.save(Kind::Customers, id, &[("name", json!("acme "))])), refused(Code::NameTaken, "name"));
    assert_eq!(code(marit.save(Kind::Customers, id, &[("name", json!(7))])), refused(Code::InvalidValue, "name"));
    let active = json!({ "status": "active" });
    let became = marit.save(Kind::Customers, acme, &[("status", active)]);
    assert_eq!(code(became), refused(Code::ConfirmationRequired, "activeConfirmed"));
    let active = json!({ "status": "active", "activeConfirmed": true });
    let became = marit.save(Kind::Customers, acme, &[("status", active.clone())]);
    assert_eq!(code(became), refused(Code::PrimaryContactRequired, "primaryContact"));
    let inactive = json!({ "status": "inactive" });
    assert_eq!(code(marit.save(Kind::Customers, acme, &[("status", inactive)])), refused(Code::ReasonRequired, "statusReason"));
    let contact = marit.create_contact(acme, "Hoffmann");
    marit.save(Kind::Customers, acme, &[("status", active)]).expect("active with a primary contact");
    assert!(marit.customer(acme).qualified_at.is_some());
    let late = json!({ "status": "lead" });
    marit.save(Kind::Customers, acme, &[("assignedTo", json!(office.sales))]).expect("handed on");
    marit.sync();
    let sales = office.device(office.sales);
    sales.sync();
    assert_eq!(code(sales.save(Kind::Customers, acme, &[("status", late)])), refused(Code::IllegalTransition, "status"));
    let last = marit.delete(Kind::Contacts, contact);
    assert_eq!(code(last), refused(Code::PrimaryContactRequired, "primaryContact"));
    assert_eq!(code(marit.save(Kind::Customers, acme, &[("valueEstimate", json!(0))])), refused(Code::ValueNotPositive, "value"));
    assert_eq!(
        code(marit.save(Kind::Customers, acme, &[("assignedTo", json!(id))])),
        refused(Code::InvalidAssignment, "assignedTo")
    );
    let call = |fields: &[(&str, serde_json::Value)]| {
        let mut all = vec![("customerId", json!(acme)), ("type", json!("call")), ("subject", json!("x"))];
        all.extend(fields.iter().cloned());
        code(marit.save(Kind::Interactions, marit.clock.id(), &all))
    };
    assert_eq!(call(&[("interactionDate", json!(0))]), refused(Code::InvalidDate, "interactionDate"));
    assert_eq!(call(&[("contactId", json!(id))]), refused(Code::InvalidReference, "contactId"));
    assert_eq!(call(&[("customerId", json!(id))]), refused(Code::InvalidReference, "customerId"));
    marit.delete(Kind::Customers, acme).expect("deleted");
    assert_eq!(call(&[]), Err((Code::CustomerDeleted, None)));
    let (waiting, _) = marit.waiting();
    assert_eq!(waiting, 1, "the delete waits; what was refused left nothing behind");
}
