//! Bulk edits, whole views, lanes and history, on a device as the window asks for them.

use crate::support::office::Office;
use rapport_model::{Actor, Id, Role, Source};
use rapport_ops::{Ctx, run};
use serde_json::{Value, json};
use std::sync::Arc;

struct Desk {
    ctx: Ctx,
}

impl Desk {
    fn ask(&self, name: &str, args: Value) -> Value {
        run(name, args, &self.ctx).unwrap_or_else(|error| panic!("{name}: {error:?}"))
    }

    fn make(&self, kind: &str, units: Value) -> Id {
        let id = self.ctx.source.id();
        let units: Value = units
            .as_object()
            .expect("units")
            .iter()
            .map(|(name, value)| (name.clone(), json!({ "value": value, "base": null, "baseVersion": 0 })))
            .collect::<serde_json::Map<_, _>>()
            .into();
        self.ask("records.save", json!({ "changes": [{ "kind": kind, "id": id, "op": "put", "units": units }] }));
        id
    }

    fn customer(&self, id: Id) -> Value {
        self.ask("records.get", json!({ "kind": "customers", "id": id }))["record"].clone()
    }
}

fn desk(office: &Office) -> Desk {
    let marit = office.device(office.marit);
    let actor = Actor { user: marit.user, role: Role::Admin, device: Id::NIL };
    Desk { ctx: Ctx { store: marit.store.clone(), actor, source: Arc::clone(&marit.clock) as Arc<dyn Source> } }
}

#[test]
fn a_bulk_edit_says_first_what_it_would_do_then_does_it_and_one_undo_takes_it_back() {
    let office = Office::open();
    let desk = desk(&office);
    let leads: Vec<Id> = (0..230)
        .map(|n| {
            desk.make("customers", json!({ "name": format!("Lead {n}"), "status": { "status": "lead" }, "type": "business" }))
        })
        .collect();
    let prospect = desk.make("customers", json!({ "name": "Prospect", "status": { "status": "prospect" }, "type": "business" }));
    let mut ids = leads.clone();
    ids.push(prospect);
    let wish = json!({ "status": { "status": "lead", "statusReason": null }, "tags/fair": true });
    let asked = |ids: &[Id], dry: bool| json!({ "kind": "customers", "ids": ids, "units": wish, "dryRun": dry });

    let preview = desk.ask("records.bulk", asked(&ids, true));
    assert_eq!((preview["fits"].as_array().map(Vec::len), &preview["refused"]), (Some(231), &json!([])));
    assert_eq!(preview["shown"][0]["units"], json!([{ "unit": "tags/fair", "before": null, "after": true }]));
    assert_eq!(desk.customer(leads[0])["tags"], json!([]), "only tried");

    let done = desk.ask("records.bulk", asked(&ids, false));
    assert_eq!(done["changed"], 231);
    assert_eq!((&desk.customer(leads[229])["tags"], &desk.customer(prospect)["status"]), (&json!(["fair"]), &json!("lead")));
    assert_eq!(desk.ask("records.bulk", asked(&ids, true))["unchanged"], 231);

    for part in done["undo"].as_array().expect("undo").chunks(200) {
        desk.ask("records.save", json!({ "changes": part }));
    }
    assert_eq!((&desk.customer(leads[229])["tags"], &desk.customer(prospect)["status"]), (&json!([]), &json!("prospect")));
}

#[test]
fn what_a_rule_forbids_is_named_in_the_preview_and_the_others_are_changed() {
    let office = Office::open();
    let desk = desk(&office);
    let with_contact = desk.make("customers", json!({ "name": "A", "status": { "status": "lead" }, "type": "business" }));
    desk.make("contacts", json!({ "customerId": with_contact, "firstName": "Ada", "isPrimary": true }));
    let without = desk.make("customers", json!({ "name": "B", "status": { "status": "lead" }, "type": "business" }));
    let ids = [with_contact, without];
    let units = json!({ "status": { "status": "active", "statusReason": null } });
    let preview = desk.ask("records.bulk", json!({ "kind": "customers", "ids": ids, "units": units, "dryRun": true }));
    assert_eq!(preview["fits"], json!([with_contact]));
    let refused = &preview["refused"][0];
    assert_eq!((&refused["name"], &refused["error"]["code"]), (&json!("B"), &json!("PRIMARY_CONTACT_REQUIRED")));
    assert_eq!(desk.customer(with_contact)["status"], "lead", "only tried");
    desk.ask("records.bulk", json!({ "kind": "customers", "ids": preview["fits"], "units": units }));
    assert_eq!(desk.customer(with_contact)["status"], "active");
}

#[test]
fn a_view_gives_all_its_ids_and_its_lanes_count_what_it_shows() {
    let office = Office::open();
    let desk = desk(&office);
    for n in 0..620 {
        let status = if n % 2 == 0 { "lead" } else { "prospect" };
        let units = json!({ "name": format!("Customer {n:03}"), "status": { "status": status }, "type": "business", "valueEstimate": 10 });
        desk.make("customers", units);
    }
    let filter = json!({ "status": "lead", "isActive": true });
    let ids = desk.ask("records.ids", json!({ "kind": "customers", "filter": filter, "sort": "-name" }));
    assert_eq!((ids["ids"].as_array().map(Vec::len), &ids["total"]), (Some(310), &json!(310)));
    let first = ids["ids"][0].as_str().expect("an id").parse().expect("an id");
    assert_eq!(desk.customer(first)["name"], "Customer 618", "in the order of the view");
    let lanes = desk.ask("customers.lanes", json!({ "filter": { "includeInactive": true } }));
    let lead = lanes["lanes"].as_array().expect("lanes").iter().find(|lane| lane["status"] == "lead").expect("leads");
    assert_eq!((&lead["count"], lead["value"].as_f64()), (&json!(310), Some(3100.0)));
}

#[test]
fn the_history_of_a_record_names_field_values_and_who() {
    let office = Office::open();
    let desk = desk(&office);
    let id = desk.make("customers", json!({ "name": "Acme", "status": { "status": "lead" }, "type": "business" }));
    let edit = json!({ "phone": { "value": "+49 30 1", "base": null, "baseVersion": 0 } });
    desk.ask("records.save", json!({ "changes": [{ "kind": "customers", "id": id, "op": "put", "units": edit }] }));
    let history = desk.ask("records.history", json!({ "kind": "customers", "id": id }));
    let line = &history["lines"][0];
    assert_eq!((&line["unit"], &line["before"], &line["after"]), (&json!("phone"), &Value::Null, &json!("+49 30 1")));
    assert_eq!((&line["by"], &history["madeBy"]), (&json!(desk.ctx.actor.user), &json!(desk.ctx.actor.user)));
    assert_eq!(history["lines"].as_array().map(Vec::len), Some(1), "making it is no edit");
}

#[test]
fn a_customer_with_5000_entries_opens_with_the_newest_and_tells_where_the_older_begin() {
    let office = Office::open();
    let desk = desk(&office);
    let id = desk.make("customers", json!({ "name": "Acme", "status": { "status": "lead" }, "type": "business" }));
    let now = desk.ctx.source.now().0;
    for part in 0..50 {
        let changes: Vec<Value> = (0..100)
            .map(|n| {
                let at = now - i64::from(part * 100 + n) * 60_000;
                let fresh = |value: Value| json!({ "value": value, "base": null, "baseVersion": 0 });
                let units = json!({
                    "customerId": fresh(json!(id)), "type": fresh(json!("call")),
                    "subject": fresh(json!(format!("Call {}", part * 100 + n))), "description": fresh(json!("")),
                    "interactionDate": fresh(json!(at)),
                });
                json!({ "kind": "interactions", "id": desk.ctx.source.id(), "op": "put", "units": units })
            })
            .collect();
        desk.ask("records.save", json!({ "changes": changes }));
    }
    let page = desk.ask("customers.page", json!({ "id": id }));
    assert_eq!((page["interactions"].as_array().map(Vec::len), &page["interactionsTotal"]), (Some(100), &json!(5000)));
    assert_eq!(page["interactions"][0]["subject"], "Call 0");
    let older = json!({ "kind": "interactions", "customerId": id, "cursor": page["older"], "limit": 100 });
    assert_eq!(desk.ask("records.list", older)["items"][0]["subject"], "Call 100");
}
