//! Who a card is about: the identity rules, and that only what is missing is added.

use super::memory::{Memory, card, channels, has_line};
use rapport_model::contact::Channel;
use rapport_model::customer::{CustomerType, ExternalRef};
use rapport_model::{Contact, Customer};

fn person(name: &str, email: Option<&str>) -> Customer {
    let email = email.map(str::to_owned);
    Customer { name: name.into(), r#type: CustomerType::Individual, email, ..Customer::default() }
}

fn company(name: &str) -> Customer {
    Customer { name: name.into(), r#type: CustomerType::Business, ..Customer::default() }
}

#[test]
fn same_name_and_same_mail_is_the_same_person() {
    let mut memory = Memory::default();
    memory.add(person("Jane Doe", Some("JANE@x.example")), Vec::new());
    let plan = memory.import_text(&card("FN:jane  doe\nEMAIL:jane@x.example\nTEL:0311234567\nTITLE:Buyer"));
    assert_eq!((plan.creates.len(), plan.completes.len(), plan.report.merged), (0, 1, 1));
    let known = &memory.all[0];
    assert_eq!((known.customer.email.as_deref(), known.customer.phone.as_deref()), (Some("JANE@x.example"), Some("0311234567")));
    assert_eq!((known.customer.name.as_str(), known.customer.source.as_deref()), ("Jane Doe", None));
    assert_eq!(known.contacts[0].title.as_deref(), Some("Buyer"));
    assert!(known.contacts[0].is_primary);
}

#[test]
fn a_number_counts_with_and_without_country_code() {
    let mut memory = Memory::default();
    memory.add(Customer { phone: Some("031 123 45 67".into()), ..person("Jane Doe", None) }, Vec::new());
    let plan = memory.import_text(&card("FN:Jane Doe\nTEL:+41 31 123 45 67"));
    assert_eq!((plan.creates.len(), plan.report.merged), (0, 1));
}

#[test]
fn same_name_and_other_mail_is_another_person() {
    let mut memory = Memory::default();
    memory.add(person("Jane Doe", Some("jane@x.example")), Vec::new());
    let two = card("FN:Jane Doe\nEMAIL:other@y.example") + &card("FN:Jane Doe\nTEL:0311234567");
    let report = memory.import_text(&two).report;
    assert_eq!((report.taken.customers, report.merged), (2, 0));
    assert_eq!(memory.named("Jane Doe (2)").customer.email.as_deref(), Some("other@y.example"));
    assert_eq!(memory.named("Jane Doe (3)").customer.phone.as_deref(), Some("0311234567"));
    assert_eq!(
        report.notes[0].message,
        "Card 1 (Jane Doe): there is another customer called Jane Doe; this one is Jane Doe (2)."
    );
    let again = memory.import_text(&two);
    assert_eq!((again.creates.len(), again.completes.len(), again.report.already), (0, 0, 2));
}

#[test]
fn same_name_and_nothing_to_compare_is_the_same_person() {
    let mut memory = Memory::default();
    memory.add(person("Jane Doe", Some("jane@x.example")), Vec::new());
    let report = memory.import_text(&card("FN:Jane Doe\nNOTE:Likes tea.")).report;
    assert_eq!((report.taken.customers, report.merged), (0, 1));
    assert!(has_line(&memory.all[0].customer.notes, "Likes tea."));
}

#[test]
fn a_company_is_its_name() {
    let mut memory = Memory::default();
    let enterprise = Customer { r#type: CustomerType::Enterprise, ..company("ACME Gmbh") };
    memory.add(enterprise, Vec::new());
    let report = memory.import_text(&card("FN:Jane Doe\nORG:acme GmbH\nEMAIL:jane@acme.example")).report;
    assert_eq!((report.taken.customers, report.taken.contacts, report.merged), (0, 1, 1));
    assert_eq!(memory.all[0].customer.r#type, CustomerType::Enterprise);
}

#[test]
fn a_person_called_like_a_company_is_not_the_company() {
    let mut memory = Memory::default();
    memory.add(company("Mercedes"), Vec::new());
    memory.import_text(&card("FN:Mercedes\nTEL:0311234567"));
    assert_eq!(memory.named("Mercedes (2)").customer.r#type, CustomerType::Individual);
    let mut memory = Memory::default();
    memory.add(person("Jane Doe", Some("jane@x.example")), Vec::new());
    memory.import_text(&card("FN:Jane Doe\nORG:Jane Doe;Studio\nN:Doe;Jane\nEMAIL:jane@x.example"));
    assert_eq!(memory.all.len(), 1, "a freelancer is one customer");
}

#[test]
fn nothing_that_is_there_is_overwritten() {
    let mut memory = Memory::default();
    let contact = Contact {
        first_name: "Jane".into(),
        last_name: "Doe".into(),
        title: Some("CEO".into()),
        phone: Some("0310000001".into()),
        email: Some("jane@acme.example".into()),
        is_primary: true,
        channels: vec![Channel { kind: "phone".into(), label: "old".into(), value: "031 000 00 02".into() }],
        ..Contact::default()
    };
    memory.add(
        Customer { website: Some("https://acme.example".into()), notes: Some("By hand.".into()), ..company("Acme") },
        vec![contact],
    );
    memory.all[0].contacts[0].customer_id = memory.all[0].customer.meta.id;
    memory.import_text(&card(
        "FN:Jane Doe\nORG:Acme\nTITLE:Buyer\nTEL;TYPE=work:0310000002\nTEL;TYPE=work:0310000003\nURL:https://other.example\n\
         EMAIL:jane@acme.example\nNOTE:From the card.",
    ));
    let known = &memory.all[0];
    let contact = &known.contacts[0];
    assert_eq!((known.contacts.len(), contact.title.as_deref(), contact.phone.as_deref()), (1, Some("CEO"), Some("0310000001")));
    assert_eq!(channels(contact), [("phone", "old", "031 000 00 02"), ("phone", "work", "0310000003")]);
    assert_eq!(contact.notes.as_deref(), Some("Title: Buyer\nWebsite: https://other.example\nFrom the card."));
    assert_eq!(
        (known.customer.notes.as_deref(), known.customer.website.as_deref()),
        (Some("By hand."), Some("https://acme.example"))
    );
}

#[test]
fn namesakes_in_one_company_are_told_apart_by_mail() {
    let mut memory = Memory::default();
    let text =
        card("FN:Jane Doe\nORG:Acme\nEMAIL:jane@acme.example") + &card("FN:Jane Doe\nORG:Acme\nEMAIL:jane.doe@acme.example");
    memory.import_text(&text);
    assert_eq!(memory.named("Acme").contacts.len(), 2);
    assert!(memory.import_text(&text).completes.is_empty());
}

#[test]
fn a_uid_finds_who_was_renamed() {
    let mut memory = Memory::default();
    let text = card("FN:Jane Doe\nORG:Acme GmbH\nUID:77\nEMAIL:jane@acme.example");
    memory.import_text(&text);
    memory.all[0].customer.name = "Acme".into();
    let plan = memory.import_text(&text);
    assert_eq!((plan.creates.len(), plan.report.merged), (0, 1));
    assert!(has_line(&memory.all[0].contacts[0].notes, "Company: Acme GmbH"));
    assert!(plan.report.notes[0].message.contains("recognised as Acme"), "{:?}", plan.report.notes);
    assert_eq!(memory.import_text(&text).report.already, 1);
}

#[test]
fn the_same_uid_on_every_card_joins_nobody() {
    let mut memory = Memory::default();
    let text = card("FN:Jane Doe\nUID:1\nEMAIL:jane@x.example") + &card("FN:Bob Roe\nUID:1\nEMAIL:bob@x.example");
    assert_eq!(memory.import_text(&text).report.taken.customers, 2);
    let one = ExternalRef { system: "vcard".into(), id: "1".into() };
    assert_eq!(memory.named("Jane Doe").customer.external_refs, [one]);
    assert!(has_line(&memory.named("Bob Roe").customer.notes, "UID: 1"));
    assert_eq!(memory.import_text(&text).report.already, 2);
}

#[test]
fn the_same_card_twice_in_a_file_is_one_customer() {
    let mut memory = Memory::default();
    let text = card("FN:Jane Doe\nEMAIL:jane@x.example");
    let report = memory.import_text(&text.repeat(3)).report;
    assert_eq!((report.cards, report.taken.customers, report.already), (3, 1, 2));
}

#[test]
fn a_later_file_adds_what_is_new() {
    let mut memory = Memory::default();
    memory.import_text(&card("FN:Jane Doe\nEMAIL:jane@x.example\nCATEGORIES:a"));
    let report = memory.import_text(&card("FN:Jane Doe\nEMAIL:jane@x.example\nTEL;TYPE=CELL:0791234567\nCATEGORIES:a,b")).report;
    assert_eq!((report.taken.customers, report.merged, report.already), (0, 1, 0));
    assert_eq!(memory.all[0].customer.tags, ["a", "b"]);
    assert_eq!(memory.all[0].contacts[0].mobile.as_deref(), Some("0791234567"));
}

#[test]
fn the_report_is_as_the_interface_reads_it() {
    let report = Memory::default().import_text(&(card("FN:Jane Doe") + &card("NOTE:x"))).report;
    let json = serde_json::to_value(&report).unwrap();
    let expected = serde_json::json!({
        "fileName": "test.vcf", "cards": 2, "taken": { "customers": 1, "contacts": 1 }, "merged": 0, "already": 0,
        "skipped": [{ "index": 2, "line": 5, "name": "", "reason": "NO_NAME", "message": report.skipped[0].message }],
        "notes": [], "batchId": null
    });
    assert_eq!(json, expected);
}
