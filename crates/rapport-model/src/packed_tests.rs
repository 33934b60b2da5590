use super::*;
use crate::{Contact, Customer, Id, Interaction, Meta, Millis, Record};
use proptest::prelude::*;
use serde_json::json;

fn id(n: u8) -> Id {
    Id::v7(1_780_000_000_000 + i64::from(n) * 1000, &[n; 10])
}

fn packed(kind: Kind, records: &[&dyn Record], hides: impl Fn(&str) -> bool) -> Vec<u8> {
    let mut packer = Packer::new(kind, hides);
    for record in records {
        let cells = record.cells();
        packer.push(|index| Ok(cells[index].clone())).expect("packed");
    }
    let told = packer.bytes();
    let mut out = Vec::new();
    packer.write(&mut out);
    assert!(out.len() <= told + 4096, "{} is more than what was told: {told}", out.len());
    out
}

fn customers() -> Vec<Customer> {
    let one = |n: u8| Customer {
        meta: Meta { id: id(n), version: i64::from(n) << 36, updated_at: Millis(-7), ..Meta::default() },
        name: format!("Müller {n} 客"),
        notes: n.is_multiple_of(3).then(|| "x".repeat(usize::from(n) * 100)),
        assigned_to: (!n.is_multiple_of(4)).then(|| id(n / 8)),
        tags: vec!["vip".into(); usize::from(n % 2)],
        ..Customer::default()
    };
    let mut all: Vec<Customer> = (0..90).map(one).collect();
    all[3].meta.extra.insert("shoeSize".into(), json!({ "eu": 44 }));
    all
}

#[test]
fn rows_come_back_as_they_were() {
    let all = customers();
    let records: Vec<&dyn Record> = all.iter().map(|c| c as &dyn Record).collect();
    let bytes = packed(Kind::Customers, &records, |_| false);
    let tables = Table::read_all(&bytes).expect("read");
    let rows = tables[0].rows_of(Kind::Customers);
    assert_eq!((tables.len(), rows.rows), (1, all.len()));
    for (n, customer) in all.iter().enumerate() {
        let read = rows.record(n).expect("a record");
        assert_eq!(read.of::<Customer>(), Some(customer));
    }
}

#[test]
fn a_hidden_column_is_not_in_the_bytes_and_reads_as_its_default() {
    let planted = Contact { notes: Some("planted words".into()), last_name: "Hoffmann".into(), ..Contact::default() };
    let bytes = packed(Kind::Contacts, &[&planted], |name| name == "notes");
    assert!(!bytes.windows(7).any(|seven| seven == b"planted"));
    let tables = Table::read_all(&bytes).expect("read");
    let read = tables[0].rows_of(Kind::Contacts).record(0).expect("a record");
    assert_eq!(read.of::<Contact>(), Some(&Contact { notes: None, ..planted }));
}

#[test]
fn several_tables_lie_behind_each_other() {
    let mut bytes = packed(Kind::Contacts, &[&Contact::default()], |_| false);
    bytes.extend(packed(Kind::Interactions, &[&Interaction::default(), &Interaction::default()], |_| false));
    let tables = Table::read_all(&bytes).expect("read");
    let told: Vec<_> = tables.iter().map(|table| (table.kind.as_str(), table.rows)).collect();
    assert_eq!(told, [("contacts", 1), ("interactions", 2)]);
    assert_eq!(Table::read_all(&[]).expect("nothing").len(), 0);
}

#[test]
fn cut_off_bytes_are_refused() {
    let all = customers();
    let records: Vec<&dyn Record> = all.iter().map(|c| c as &dyn Record).collect();
    let bytes = packed(Kind::Customers, &records, |_| false);
    for end in 1..bytes.len() {
        assert!(Table::read_all(&bytes[..end]).is_err(), "cut at {end} of {}", bytes.len());
    }
}

proptest! {
    #[test]
    fn numbers_of_any_size_come_back(numbers in proptest::collection::vec(any::<Option<i64>>(), 1..40)) {
        let one = |n: &Option<i64>| Interaction { duration: *n, interaction_date: Millis(n.unwrap_or(i64::MIN)), ..Interaction::default() };
        let all: Vec<Interaction> = numbers.iter().map(one).collect();
        let records: Vec<&dyn Record> = all.iter().map(|c| c as &dyn Record).collect();
        let bytes = packed(Kind::Interactions, &records, |_| false);
        let tables = Table::read_all(&bytes).expect("read");
        let rows = tables[0].rows_of(Kind::Interactions);
        for (n, interaction) in all.iter().enumerate() {
            let read = rows.record(n).expect("a record");
            prop_assert_eq!(read.of::<Interaction>(), Some(interaction));
        }
    }

    #[test]
    fn garbage_is_refused_or_read_but_never_a_panic(mut at in any::<usize>(), byte in any::<u8>()) {
        let all = customers();
        let records: Vec<&dyn Record> = all.iter().take(20).map(|c| c as &dyn Record).collect();
        let mut bytes = packed(Kind::Customers, &records, |_| false);
        at %= bytes.len();
        bytes[at] = byte;
        if let Ok(tables) = Table::read_all(&bytes) {
            for table in &tables {
                let rows = table.rows_of(Kind::Customers);
                for row in 0..rows.rows.min(100) {
                    for column in 0..rows.columns() {
                        let _ = rows.cell(row, column);
                    }
                    let _ = rows.record(row).map(drop);
                }
            }
        }
    }
}
