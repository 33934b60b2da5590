//! Address books as programs write them.

use super::memory::{Memory, channels, has_line};
use super::{Reading, Reason, read};
use rapport_model::customer::CustomerType;

fn fixture(name: &str) -> Reading {
    let path = format!("{}/tests/fixtures/vcf/{name}", env!("CARGO_MANIFEST_DIR"));
    read(name, &std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}")))
}

fn imported(name: &str) -> Memory {
    let mut memory = Memory::default();
    memory.import(fixture(name));
    memory
}

#[test]
fn a_photo_link_broken_without_indent_is_mended() {
    let memory = imported("google-photo.vcf");
    let known = memory.named("Example Person");
    let link =
        "https://pictures.example.com/-loYaxbDCXKY/WM7jnFD68_I/AAAAAAAAAAA/NYqgBiTD7dUevD5bnQo2VGs9u4rVX2CgwCOQCEAE/photo.jpg";
    assert!(has_line(&known.customer.notes, &format!("Photo: {link}")), "{:?}", known.customer.notes);
    assert!(has_line(&known.customer.notes, "Contatti: contatta +393331112222"));
    assert_eq!(known.contacts[0].mobile.as_deref(), Some("333-111-2222"));
}

#[test]
fn apple_s_groups_name_what_they_group() {
    let memory = imported("apple-groups.vcf");
    let (customer, contact) = (&memory.named("Nordlys AS").customer, &memory.named("Nordlys AS").contacts[0]);
    assert_eq!((contact.email.as_deref(), contact.phone.as_deref()), (Some("anna@nordlys.example"), Some("+47 22 00 00 01")));
    let expected = [
        ("email", "Invoices", "anna.berg@nordlys.example"),
        ("phone", "Cottage", "+47 22 00 00 03"),
        ("phone", "home, fax", "+47 22 00 00 02"),
        ("address", "home", "Lia 7, 5003 Bergen, Norway"),
    ];
    expected.iter().for_each(|c| assert!(channels(contact).contains(c), "{c:?} in {:?}", contact.channels));
    assert_eq!(contact.department.as_deref(), Some("Innkjøp, Oslo"));
    assert_eq!(customer.website.as_deref(), Some("https://nordlys.example"));
    for line in [
        "Website (profile): https://social.example/annaberg",
        "X-ABRELATEDNAMES (Assistant): Ola",
        "Nickname: Annie",
        "Photo: image/jpeg, 153 bytes, embedded in the card; the data stays in the file",
    ] {
        assert!(has_line(&contact.notes, line), "{line} in {:?}", contact.notes);
    }
    let company = memory.named("Fjord Kaffe");
    assert!(company.contacts.is_empty());
    assert_eq!(company.customer.phone.as_deref(), Some("+47 55 00 00 01"));
    assert!(has_line(&company.customer.notes, "Phone (work): +47 55 00 00 02"));
}

#[test]
fn a_birthday_without_a_year_survives() {
    let memory = imported("birthday-without-year.vcf");
    assert!(has_line(&memory.named("Nora Lind").customer.notes, "Birthday: --0512"));
    let otto = &memory.named("Otto Lind").customer.notes;
    for line in ["Birthday: --0512", "Anniversary: 20090808T1430-0500", "Gender: M;he", "Position: geo:37.386013,-122.082932"] {
        assert!(has_line(otto, line), "{line} in {otto:?}");
    }
}

#[test]
fn old_encodings_are_read() {
    let memory = imported("windows-1252.vcf");
    let known = memory.named("Großbäckerei Müller");
    assert_eq!(known.contacts[0].full_name(), "Jörg Müller");
    assert!(has_line(&known.contacts[0].notes, "zahlt in €"));
    let memory = imported("phone-2.1.vcf");
    let known = memory.named("Jürg Müller");
    assert_eq!(known.contacts[0].mobile.as_deref(), Some("0791234567"));
    assert!(channels(&known.contacts[0]).contains(&("phone", "x-ferien", "0331234567")), "{:?}", known.contacts[0].channels);
    assert!(has_line(&known.customer.notes, "zweite Zeile, die so lang ist, dass das Telefon sie umbricht"));
    assert_eq!(memory.named("Zoë Küng").customer.phone.as_deref(), Some("0441234567"));
}

#[test]
fn semicolons_separate_where_commas_should() {
    let memory = imported("semicolons.vcf");
    let mara = memory.named("Mara Roth");
    assert_eq!(mara.customer.r#type, CustomerType::Individual);
    assert_eq!(mara.customer.tags, ["Messe", "Kunde", "VIP"]);
    assert_eq!(channels(&mara.contacts[0]), [("email", "", "mara.roth@work.example")]);
    let frey = memory.named("Frey; Söhne");
    assert_eq!(frey.customer.tags, ["Kunde", "Garage, Auto"]);
    assert_eq!(frey.customer.address.as_ref().map(|a| a.street.as_str()), Some("Dorfstrasse 3, Hof"));
}

#[test]
fn a_broken_card_costs_nothing_but_itself() {
    let mut memory = Memory::default();
    let report = memory.import(fixture("broken-between-good.vcf")).report;
    let skipped: Vec<(usize, usize, Reason)> = report.skipped.iter().map(|s| (s.index, s.line, s.reason)).collect();
    assert_eq!(skipped, [(3, 13, Reason::EmptyCard), (4, 15, Reason::NoName)]);
    assert_eq!((report.cards, report.taken.customers), (5, 3));
    assert!(report.skipped.iter().all(|s| s.message.ends_with('.')));
    assert!(has_line(&memory.named("Never Closed").customer.notes, "Not understood: what is this line"));
    assert_eq!(memory.named("Last Good").customer.phone.as_deref(), Some("0333333333"));
    assert_eq!(
        report.notes.iter().map(|note| note.message.as_str()).collect::<Vec<_>>(),
        ["2 lines stand outside of any card and were left out, the first is line 1."]
    );
}

#[test]
fn colleagues_share_a_company() {
    let mut memory = Memory::default();
    let report = memory.import(fixture("colleagues.vcf")).report;
    assert_eq!((report.taken.customers, report.taken.contacts, report.merged), (1, 3, 0));
    let known = memory.named("Sonnhof AG");
    let primary: Vec<bool> = known.contacts.iter().map(|c| c.is_primary).collect();
    assert_eq!(primary, [true, false, false]);
    assert_eq!(known.customer.tags, ["Dairy", "Shop"]);
    assert_eq!(known.customer.website.as_deref(), Some("https://sonnhof.example"));
    assert!(has_line(&known.contacts[1].notes, "Website: https://shop.sonnhof.example"));
    assert_eq!(channels(&known.contacts[2]), [("address", "work", "Talstrasse 9, 3600 Thun, BE, Switzerland")]);
    assert_eq!(known.customer.external_refs.len(), 2);
}

#[test]
fn files_of_other_programs_are_taken_and_nothing_twice() {
    let expected = [
        ("apple-groups.vcf", 2, 0),
        ("birthday-without-year.vcf", 2, 0),
        ("broken-between-good.vcf", 3, 2),
        ("calcard-077.vcf", 1, 0),
        ("calcard-101.vcf", 1, 0),
        ("calcard-107.vcf", 2, 0),
        ("calcard-112.vcf", 1, 0),
        ("calcard-117.vcf", 0, 1),
        ("calcard-225.vcf", 1, 0),
        ("calcard-229.vcf", 1, 0),
        ("colleagues.vcf", 1, 0),
        ("google-photo.vcf", 1, 0),
        ("phone-2.1.vcf", 2, 0),
        ("semicolons.vcf", 2, 0),
        ("windows-1252.vcf", 1, 0),
    ];
    for (name, customers, skipped) in expected {
        let mut memory = Memory::default();
        let first = memory.import(fixture(name));
        assert_eq!((first.report.taken.customers, first.report.skipped.len()), (customers, skipped), "{name}");
        let again = memory.import(fixture(name));
        assert!(again.creates.is_empty() && again.completes.is_empty(), "{name} twice: {again:?}");
        assert_eq!(again.report.already + again.report.skipped.len(), again.report.cards, "{name}");
    }
}
