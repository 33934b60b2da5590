//! Random files: nothing panics, nothing is lost, nothing is taken twice.

use super::memory::Memory;
use super::{Reading, read, read_text};
use proptest::prelude::*;

/// A line that cards have; few values, so that cards meet.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => (0..4u8).prop_map(|n| format!("FN:Person {n}")),
        2 => (0..4u8, 0..3u8).prop_map(|(a, b)| format!("N:Last{a};First{b};;Dr.;")),
        2 => (0..3u8, 0..2u8).prop_map(|(n, u)| format!("ORG:Company {n};Unit {u}")),
        3 => ("(|;TYPE=work|;TYPE=home,pref|;PREF=1)", 0..6u8).prop_map(|(p, n)| format!("EMAIL{p}:m{n}@x.example")),
        3 => ("(|;TYPE=cell|;TYPE=fax|;WORK;VOICE|;TYPE=home)", 0..6u8).prop_map(|(p, n)| format!("TEL{p}:+41 31 555 00 0{n}")),
        1 => (0..3u8).prop_map(|n| format!("ADR;TYPE=work:;;Street {n};Town;;300{n};CH")),
        1 => "[a-z ]{0,30}".prop_map(|t| format!("NOTE:{t}")),
        1 => (0..3u8).prop_map(|n| format!("UID:uid-{n}")),
        1 => (0..3u8).prop_map(|n| format!("URL:https://x{n}.example")),
        1 => (0..3u8).prop_map(|n| format!("CATEGORIES:t{n},t0")),
        1 => Just("X-ABShowAs:COMPANY".to_owned()),
        1 => Just("TITLE:Buyer".to_owned()),
        1 => Just("ROLE:Chair".to_owned()),
        1 => Just("PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQ==".to_owned()),
        1 => Just("BDAY:--0512".to_owned()),
    ]
}

fn book() -> impl Strategy<Value = String> {
    let cards = prop::collection::vec(prop::collection::vec(line(), 0..9), 1..12);
    cards.prop_map(|cards| {
        cards.iter().map(|lines| format!("BEGIN:VCARD\r\nVERSION:3.0\r\n{}\r\nEND:VCARD\r\n", lines.join("\r\n"))).collect()
    })
}

/// Text of any script, with everything that a vCard has to escape.
fn words() -> impl Strategy<Value = String> {
    "[\\PC,;:\\\\\"=\n]{0,60}".prop_map(|t| t.trim().to_owned())
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(',', "\\,").replace(';', "\\;").replace('\n', "\\n")
}

/// Folds as the standard says: a line end and a space after some characters.
fn folded(line: &str, every: usize) -> String {
    let chars: Vec<char> = line.chars().collect();
    chars.chunks(every.max(1)).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join("\r\n ")
}

/// Everything that the drafts hold, in one text without white space.
fn everything(reading: &Reading) -> String {
    let values = reading.drafts.iter().flat_map(|d| d.facts.iter().map(|f| f.value.as_str()).chain([d.name.as_str()]));
    squeezed(&values.collect::<Vec<_>>().join("|"))
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Reads and plans twice; what comes second adds nothing.
fn twice(bytes: &[u8]) -> Result<(), TestCaseError> {
    let mut memory = Memory::default();
    let reading = read("a.vcf", bytes);
    prop_assert_eq!(reading.cards, reading.drafts.len() + reading.skipped.len());
    let first = memory.import(reading.clone()).report;
    prop_assert!(first.already + first.taken.customers <= first.cards);
    let again = memory.import(reading);
    prop_assert!(again.creates.is_empty() && again.completes.is_empty(), "{:?}", again);
    prop_assert_eq!(again.report.already + again.report.skipped.len(), again.report.cards);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_book_twice_adds_nothing(text in book()) {
        twice(text.as_bytes())?;
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let mut framed = b"BEGIN:VCARD\n".to_vec();
        framed.extend_from_slice(&bytes);
        twice(&bytes)?;
        twice(&framed)?;
    }

    #[test]
    fn damaged_books_are_read(text in book(), damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40)) {
        let mut bytes = text.into_bytes();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            match byte % 4 {
                0 => { bytes.remove(at); }
                1 => bytes.insert(at, b"\r\n =;:\"\\"[usize::from(byte / 32)]),
                _ => bytes[at] = byte,
            }
            if bytes.is_empty() {
                break;
            }
        }
        twice(&bytes)?;
    }

    #[test]
    fn no_mail_number_or_note_is_lost(
        mails in prop::collection::vec("[a-z.+]{1,20}@[a-z]{1,12}\\.example", 0..6),
        numbers in prop::collection::vec("[+0-9 ()/-]{3,25}[0-9]", 0..6),
        note in words(),
        other in words(),
        every in 1..80usize,
        company in any::<bool>(),
    ) {
        let mut lines = vec!["FN:Jane Doe".to_owned()];
        lines.extend(company.then(|| "ORG:Acme".to_owned()));
        lines.extend(mails.iter().map(|m| format!("EMAIL;TYPE=work:{m}")));
        lines.extend(numbers.iter().map(|n| format!("TEL;TYPE=\"voice,home\":{n}")));
        lines.push(format!("NOTE:{}", escaped(&note)));
        lines.push(format!("X-OTHER:{}", escaped(&other)));
        let lines: Vec<String> = lines.iter().map(|l| folded(l, every)).collect();
        let text = format!("BEGIN:VCARD\r\nVERSION:3.0\r\n{}\r\nEND:VCARD\r\n", lines.join("\r\n"));
        let found = everything(&read_text("a.vcf", &text));
        for value in mails.iter().chain(&numbers).chain([&note, &other]) {
            prop_assert!(found.contains(&squeezed(value)), "{:?} is not in {}", value, found);
        }
        twice(text.as_bytes())?;
    }

    #[test]
    fn a_bad_card_does_not_touch_the_others(bad in prop::collection::vec(any::<u8>(), 0..500)) {
        let card = |n: u8| format!("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Good {n}\r\nTEL:031555000{n}\r\nEND:VCARD\r\n").into_bytes();
        let text = [card(1), b"BEGIN:VCARD\r\n".to_vec(), bad, b"\r\n".to_vec(), card(2)].concat();
        let drafts = read("a.vcf", &text).drafts;
        for name in ["Good 1", "Good 2"] {
            prop_assert!(drafts.iter().any(|d| d.name == name), "{} is missing", name);
        }
    }
}
