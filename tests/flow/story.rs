//! The story of this product, with the real programs: an address book, a correction, a call; then the office, then a colleague.

use crate::support::programs::{Company, Laptop};
use serde_json::json;

const ADDRESS_BOOK: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Hoffmann;Petra;;Dr.;\r\nFN:Dr. Petra Hoffmann\r\n\
ORG:Müller Präzisionstechnik GmbH\r\nTITLE:Head of purchasing\r\nTEL;TYPE=WORK:+49 711 218 40 70\r\n\
EMAIL:p.hoffmann@mueller-pt.example\r\nCATEGORIES:optics,key account\r\nX-SHOE-SIZE:39\r\nEND:VCARD\r\n\
BEGIN:VCARD\r\nVERSION:4.0\r\nthis is no card at all\r\nEND:VCARD\r\n\
BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Annelie Voß\r\nTEL:+49 89 1234\r\nEND:VCARD\r\n";

#[test]
fn an_address_book_a_correction_and_a_call_reach_the_colleague() {
    let mut company = Company::found();
    let marit = Laptop::signed_in(&company, "marit@halvorsen.example");
    let jonas = Laptop::signed_in(&company, "jonas@halvorsen.example");
    company.shut();

    let book = marit.file("book.vcf", ADDRESS_BOOK.as_bytes());
    let report = marit.run(&["import", &book], "");
    assert_eq!(report["taken"], json!({ "customers": 2, "contacts": 2 }), "{report}");
    assert_eq!(report["skipped"].as_array().map(Vec::len), Some(1), "{report}");
    let again = marit.run(&["import", &book], "");
    assert_eq!(again["taken"], json!({ "customers": 0, "contacts": 0 }), "the same file twice adds nothing: {again}");

    let found = marit.run(&["search", "muller"], "");
    let id = found["hits"][0]["id"].as_str().expect("found").to_owned();
    let page = marit.run(&["call", "customers.page", &json!({ "id": id }).to_string()], "");
    let petra = page["contacts"][0]["_id"].as_str().expect("a contact").to_owned();
    let notes = format!("{} {}", page["customer"]["record"]["notes"], page["contacts"][0]["notes"]);
    assert!(notes.contains("39"), "nothing on a card is dropped: {notes}");
    let corrected = json!({ "kind": "contacts", "id": petra, "fields": { "phone": "+49 711 218 40 77" } });
    marit.run(&["put"], &corrected.to_string());
    let call = json!({ "kind": "interactions", "fields": {
        "customerId": id, "type": "call", "subject": "Asked for an offer", "contactId": petra } });
    marit.run(&["put"], &call.to_string());
    let status = marit.run(&["status"], "");
    // The import itself is a record, so that it can be taken back on every device.
    assert_eq!(status["sync"]["waiting"], json!(6), "{status}");
    let (exit, error) = marit.refused(&["sync"], "");
    assert_eq!((exit, error["code"].as_str()), (3, Some("OFFLINE")));
    assert!(error["message"].as_str().expect("a message").contains("safe"), "{error}");

    company.open();
    marit.run(&["sync"], "");
    assert_eq!(marit.run(&["status"], "")["sync"]["waiting"], json!(0));
    jonas.run(&["sync"], "");
    let seen = jonas.run(&["call", "customers.page", &json!({ "id": id }).to_string()], "");
    assert_eq!(seen["contacts"][0]["phone"], json!("+49 711 218 40 77"));
    assert_eq!(seen["interactions"][0]["subject"], json!("Asked for an offer"));
    assert_eq!(seen["customer"]["record"]["lastContact"], seen["interactions"][0]["interactionDate"]);
    company.run(&["verify"]);
}

#[test]
fn each_wrong_turn_is_told_with_what_failed_what_is_safe_and_a_way_on() {
    let company = Company::found();
    let laptop = Laptop::new();
    let login = ["login", "--server", company.url.as_str(), "--email", "marit@halvorsen.example", "--password-stdin"];
    let (exit, error) = laptop.refused(&login, "not the password\n");
    assert_eq!((exit, error["code"].as_str()), (1, Some("INVALID_CREDENTIALS")), "{error}");
    let nowhere = ["login", "--server", "http://127.0.0.1:9", "--email", "marit@halvorsen.example", "--password-stdin"];
    let (exit, error) = laptop.refused(&nowhere, "x\n");
    assert_eq!((exit, error["code"].as_str()), (3, Some("OFFLINE")), "{error}");
    assert!(error["message"].as_str().expect("a message").contains("127.0.0.1:9"), "it names the server: {error}");
    let plain = ["login", "--server", "http://crm.example.com", "--email", "m@x.example", "--password-stdin"];
    let (exit, error) = laptop.refused(&plain, "x\n");
    assert_eq!((exit, error["code"].as_str()), (1, Some("INSECURE_SERVER")), "{error}");
    let (exit, error) = laptop.refused(&["list", "customers"], "");
    assert_eq!((exit, error["code"].as_str()), (1, Some("NOT_SIGNED_IN")), "{error}");

    let marit = Laptop::signed_in(&company, "marit@halvorsen.example");
    let bad = marit.file("bad.vcf", b"\xff\xfe\x00garbage\x01\x02");
    let (exit, error) = marit.refused(&["import", &bad], "");
    assert_eq!((exit, error["code"].as_str()), (1, Some("UNREADABLE")), "{error}");
    assert!(error["message"].as_str().expect("a message").contains("Nothing was imported"), "{error}");
    let (exit, error) = marit.refused(&["import", "/nowhere/book.vcf"], "");
    assert_eq!((exit, error["code"].as_str()), (1, Some("UNREADABLE")), "{error}");
    assert!(error["message"].as_str().expect("a message").contains("book.vcf"), "{error}");
    let (exit, error) = marit.refused(&["put"], "{\"kind\": \"customers\", \"fields\": {}}");
    assert_eq!((exit, error["code"].as_str(), error["field"].as_str()), (1, Some("REQUIRED"), Some("name")), "{error}");
}
