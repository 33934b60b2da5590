//! Files in and out, on a real encrypted store: tables are taken, taken back, written and read again.

use rapport_model::{Actor, Code, Id, Meta, Org, Role, User};
use rapport_ops::{Ctx, export, run, take};
use rapport_store::migrate::Schema;
use rapport_store::source::System;
use rapport_store::{Key, Sqlite, Store};
use serde_json::{Value, json};
use std::sync::Arc;

struct Office {
    ctx: Ctx,
    _folder: tempfile::TempDir,
}

fn office() -> Office {
    let folder = tempfile::tempdir().expect("folder");
    let backend = Sqlite { path: folder.path().join("store.db"), key: Some(Key([7; 32])) };
    let store = Store::open(backend, Schema::Client).expect("opened");
    let (me, org) = (Id::from_bytes([1; 16]), Id::from_bytes([2; 16]));
    let meta = |id| Meta { id, ..Meta::default() };
    store
        .write(move |tx| {
            tx.put(&Org { meta: meta(org), name: "Halvorsen".into(), ..Org::default() })?;
            let ingrid = User {
                meta: meta(me),
                name: "Ingrid".into(),
                email: "ingrid@h.example".into(),
                role: Role::Admin,
                ..User::default()
            };
            tx.put(&ingrid)?;
            tx.set_progress("localOnly", &true)
        })
        .expect("begun");
    let actor = Actor { user: me, role: Role::Admin, device: Id::from_bytes([3; 16]) };
    Office { ctx: Ctx { store, actor, source: Arc::new(System) }, _folder: folder }
}

impl Office {
    fn take(&self, bytes: &[u8], mapping: Option<Value>) -> Value {
        let mapping = mapping.map(|mapping| serde_json::from_value(mapping).expect("a mapping"));
        take::file(&self.ctx, &take::File { name: "people.csv", bytes, mapping }, false).expect("taken")
    }

    fn export(&self, format: &str) -> Vec<u8> {
        let wanted = json!({ "kind": "customers", "filter": { "includeInactive": true }, "sort": "name", "format": format });
        export::write(&self.ctx, serde_json::from_value(wanted).expect("wanted")).expect("written").bytes
    }

    fn call(&self, name: &str, args: Value) -> Value {
        run(name, args, &self.ctx).expect(name)
    }
}

/// Customers with everything that can be typed, and hostile texts among it.
const RICH: &str = "\
Name,Company,Type,Status,Reason,Industry,Website,Phone,E-mail,Street,Town,Shipping town,Estimated value,Owner,Tags,Notes,\"Next follow-up, by hand\",Contact first name,Contact last name,Contact e-mail,Contact mobile,Contact notes\r
Müller GmbH,Müller Holding,enterprise,lead,,Optics,mueller.example,+49 711 1,info@mueller.example,\"Weg 1\nHof\",Köln,Bonn,1234.5,ingrid@h.example,vip; a,\"line one\n=2+2\",2026-12-24,Ada,Berg,ada@mueller.example,0170 1,hers\r
Müller GmbH,,,,,,,,,,,,,,,,,Bo,Lund,,,\r
Jane Doe,,individual,active,,,,,jane@x.example,,,,,,\"one, tag;\",,,Jane,Doe,jane@work.example,,\r
\"=cmd|' /C calc'!A0\",,business,inactive,closed,,,,,,,,0.5,,@sum,,,,,,,\r
'-quoted,,business,prospect,,,,,,,,,,,,,,,,,,\r
";

#[test]
fn our_own_export_is_taken_back_without_loss() {
    let first = office();
    let report = first.take(RICH.as_bytes(), None);
    assert_eq!((report["taken"]["customers"].clone(), report["skipped"].clone()), (json!(4), json!([])), "{report:#}");
    for format in ["csv", "xlsx"] {
        let written = first.export(format);
        let second = office();
        let report = second.take(&written, None);
        assert_eq!(report["taken"], json!({ "customers": 4, "contacts": 3 }), "{format}: {report:#}");
        let (one, two) = (first.export("csv"), second.export("csv"));
        assert_eq!(String::from_utf8_lossy(&one), String::from_utf8_lossy(&two), "{format}");
        let again = second.take(&written, None);
        assert_eq!(
            (again["taken"]["customers"].clone(), again["already"].clone(), again["merged"].clone()),
            (json!(0), json!(5), json!(0))
        );
    }
    let text = String::from_utf8(first.export("csv")).expect("a text");
    assert!(text.contains("\"'=cmd|' /C calc'!A0\"") || text.contains("'=cmd|' /C calc'!A0"), "{text}");
    let mut cells = csv::Reader::from_reader(text.as_bytes());
    let is_formula = |cell: &str| cell.starts_with(['=', '@']);
    assert!(!cells.records().flatten().any(|row| row.iter().any(is_formula)), "{text}");
}

#[test]
fn a_workbook_is_imported_as_a_table_is_and_its_refused_rows_come_back() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    page.write_string(0, 0, "Kundenliste, Stand November").expect("a title");
    page.write_row(2, 0, ["Name", "PLZ", "Telefon", "Wert", "Next follow-up", "Bemerkungen"]).expect("heads");
    let zip = rust_xlsxwriter::Format::new().set_num_format("00000");
    let date = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy");
    for (row, (name, phone, value)) in
        [("Müller Optik", "0351 1234", 1200.5), ("Zweite", "0351 9", -1.0), ("=HYPERLINK(\"x\")", "+49 351 7", 0.0)]
            .into_iter()
            .enumerate()
    {
        let row = row as u32 + 3;
        page.write_string(row, 0, name).expect("a name");
        page.write_number_with_format(row, 1, 1067, &zip).expect("a postcode");
        page.write_string(row, 2, phone).expect("a phone");
        match value {
            -1.0 => page.write_string(row, 3, "viel").expect("a word"),
            value => page.write_number(row, 3, value).expect("a value"),
        };
        let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 12, 24).expect("a day");
        page.write_datetime_with_format(row, 4, &day, &date).expect("a day");
        page.write_string(row, 5, "#N/A -- ???").expect("rubbish");
    }
    let bytes = book.save_to_buffer().expect("a workbook");
    let office = office();
    let report = office.take(&bytes, None);
    assert_eq!((&report["format"], &report["taken"]["customers"]), (&json!("xlsx"), &json!(2)), "{report:#}");
    assert_eq!(report["skipped"][0]["line"], json!(5));
    assert!(take::refused(&office.ctx).expect("kept").contains("0351 9"));
    let customers = office.call("records.list", json!({ "kind": "customers", "sort": "name" }));
    let [formula, muller] = [&customers["items"][0], &customers["items"][1]];
    let page = office.call("customers.page", json!({ "id": muller["_id"] }));
    assert_eq!((&formula["name"], &page["contacts"][0]["phone"]), (&json!("=HYPERLINK(\"x\")"), &json!("0351 1234")));
    assert_eq!((&muller["address"]["zipCode"], &muller["nextFollowUp"]), (&json!("01067"), &json!(1_798_070_400_000_i64)));
    // Dropped on the window it comes as text that JSON can carry.
    let content = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &bytes);
    let again = office.call("import.read", json!({ "content": content, "fileName": "kunden.xlsx" }));
    assert_eq!((&again["fileName"], &again["taken"]["customers"]), (&json!("kunden.xlsx"), &json!(0)));
}

#[test]
fn three_bad_rows_of_ten_thousand_come_back_and_the_rest_can_be_taken_back() {
    let office = office();
    office.take(b"Name,Phone\nCompany 17,0711 1\n", None);
    let before = office.export("csv");
    let mut table = String::from("Name,Town,Value,E-mail,Contact last name\n");
    for n in 0..10_000 {
        match n {
            100 => table.push_str(",Ulm,5,,\n"),
            200 => table.push_str("Company 200,Ulm,much,,\n"),
            300 => table.push_str("Company 300,Ulm,,nobody,\n"),
            n => table.push_str(&format!("Company {n},Ulm,{},c{n}@x.example,Person {n}\n", n % 3)),
        }
    }
    let report = office.take(table.as_bytes(), None);
    assert_eq!((report["cards"].clone(), report["merged"].clone()), (json!(10_000), json!(1)));
    assert_eq!(report["taken"]["customers"], json!(9_996));
    let reasons: Vec<_> = report["skipped"].as_array().expect("rows").iter().map(|row| row["line"].clone()).collect();
    assert_eq!(reasons, [102, 202, 302]);
    assert_eq!(report["columns"][2]["zero"], json!(3_333));
    let refused = take::refused(&office.ctx).expect("kept");
    assert_eq!(refused.lines().count(), 4);
    assert!(refused.contains("Company 200") && refused.contains("this is no amount"), "{refused}");

    let again = office.take(table.as_bytes(), None);
    assert_eq!(
        (again["taken"]["customers"].clone(), again["merged"].clone(), again["batchId"].clone()),
        (json!(0), json!(0), Value::Null)
    );

    let answer = office.call("import.revert", json!({ "batchId": report["batchId"] }));
    assert_eq!((answer["reverted"].clone(), answer["kept"]["count"].clone()), (json!(9_997), json!(0)));
    assert_eq!(String::from_utf8_lossy(&office.export("csv")), String::from_utf8_lossy(&before));
    let twice = run("import.revert", json!({ "batchId": report["batchId"] }), &office.ctx).expect_err("nothing left");
    assert_eq!(twice.code, Code::NotFound);
}

#[test]
fn what_was_worked_with_since_stays_when_an_import_is_taken_back() {
    let office = office();
    office.take(b"Name,Phone\nAcme,1234\n", None);
    let report = office.take(b"Name,Website,Industry\nAcme,acme.example,Tools\nBeta,beta.example,\nGamma,,\n", None);
    let beta = office.call("search.query", json!({ "q": "beta", "limit": 5 }))["hits"][0]["id"].clone();
    let call = json!({ "kind": "interactions", "id": Id::from_bytes([9; 16]), "op": "put", "units": {
        "customerId": { "value": beta }, "type": { "value": "call" }, "subject": { "value": "A talk" } } });
    office.call("records.save", json!({ "changes": [call] }));
    let acme = office.call("search.query", json!({ "q": "acme", "limit": 5 }))["hits"][0]["id"].clone();
    let industry =
        json!({ "kind": "customers", "id": acme, "op": "put", "units": { "industry": { "value": "Optics", "base": "Tools" } } });
    office.call("records.save", json!({ "changes": [industry] }));
    let answer = office.call("import.revert", json!({ "batchId": report["batchId"] }));
    assert_eq!(answer["kept"], json!({ "count": 1, "names": ["Beta"] }));
    let acme = office.call("records.get", json!({ "kind": "customers", "id": acme }))["record"].clone();
    assert_eq!((acme["website"].clone(), acme["industry"].clone()), (Value::Null, json!("Optics")));
    let left = office.call("records.list", json!({ "kind": "customers", "filter": {} }));
    assert_eq!(left["total"], json!(2));
}

#[test]
fn an_import_that_is_cancelled_stops_and_can_be_taken_back() {
    let office = office();
    let before = office.export("csv");
    let table: String = std::iter::once("Name\n".to_owned()).chain((0..3000).map(|n| format!("Company {n}\n"))).collect();
    let report = std::thread::scope(|scope| {
        let taking = scope.spawn(|| office.take(table.as_bytes(), None));
        while !taking.is_finished() {
            let running = office.call("import.status", json!({}))["running"].clone();
            if running["done"].as_u64().is_some_and(|done| done > 0) {
                office.call("import.cancel", json!({}));
                break;
            }
        }
        taking.join().expect("ended")
    });
    let note = &report["notes"][0];
    assert!(note["code"] == "cancelled" && note["data"]["count"].as_u64().is_some_and(|left| left > 0), "{note}");
    assert!(note["message"].as_str().is_some_and(|said| said.starts_with("Cancelled: ")), "{note}");
    assert!(office.call("records.list", json!({ "kind": "customers" }))["total"].as_u64().is_some_and(|n| n < 3000));
    office.call("import.revert", json!({ "batchId": report["batchId"] }));
    assert_eq!(office.export("csv"), before);
    assert_eq!(office.call("import.status", json!({}))["running"], Value::Null);
}

#[test]
fn a_mapping_is_remembered_for_tables_of_the_same_columns() {
    let office = office();
    let seen = office.call("import.read", json!({ "text": "Who;What;Ring\nAcme;Tools;0711 1\n" }));
    assert_eq!(seen["columns"][0]["target"], json!("line"));
    let mapping = json!({ "Who": "name", "What": "industry", "Ring": "phone" });
    office.take(b"Who;What;Ring\nAcme;Tools;0711 1\n", Some(mapping));
    let seen = office.call("import.read", json!({ "text": "Who;What;Ring\nBeta;Food;0711 2\n" }));
    let targets: Vec<_> = seen["columns"].as_array().expect("columns").iter().map(|c| c["target"].clone()).collect();
    assert_eq!(targets, ["name", "industry", "phone"]);
    let unknown = run("import.take", json!({ "text": "Who;x\nA;b\n", "mapping": { "Who": "shoeSize" } }), &office.ctx);
    assert_eq!(unknown.expect_err("no such place").code, Code::InvalidValue);
}
