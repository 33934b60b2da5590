//! What a card becomes: each rule of the mapping and its edge.

use super::memory::{Memory, card, channels, customer_of, has_line, person_of};
use super::{Reason, Remark, read_text};
use rapport_model::customer::{Address, CustomerType, Status};

fn skipped(text: &str) -> Vec<(usize, usize, Reason)> {
    read_text("test.vcf", text).skipped.iter().map(|s| (s.index, s.line, s.reason)).collect()
}

#[test]
fn a_card_without_company_is_a_person() {
    let (customer, contact) = person_of("FN:Jane Doe\nN:Doe;Jane;;;\nEMAIL:jane@doe.example\nTEL:0311234567");
    assert_eq!((customer.name.as_str(), customer.r#type), ("Jane Doe", CustomerType::Individual));
    assert_eq!((customer.status, customer.source.as_deref()), (Status::Prospect, Some("Address book")));
    assert_eq!((contact.first_name.as_str(), contact.last_name.as_str()), ("Jane", "Doe"));
    assert!(contact.is_primary && contact.customer_id == customer.meta.id);
    assert_eq!((customer.email, customer.phone), (contact.email, contact.phone));
    assert_eq!(customer.notes, None);
}

#[test]
fn a_card_with_a_company_is_the_company_and_a_contact() {
    let (customer, contact) =
        person_of("FN:Jane Doe\nN:Doe;Jane;;;\nORG:Acme, Inc.;Sales;West\nTITLE:Buyer\nROLE:Chair\nEMAIL:jane@acme.example");
    assert_eq!((customer.name.as_str(), customer.r#type), ("Acme, Inc.", CustomerType::Business));
    assert_eq!((contact.department.as_deref(), contact.title.as_deref()), (Some("Sales, West"), Some("Buyer")));
    assert!(has_line(&contact.notes, "Role: Chair"));
    assert_eq!((customer.email, contact.email.as_deref()), (None, Some("jane@acme.example")));
}

#[test]
fn a_role_alone_is_the_title() {
    assert_eq!(person_of("FN:Jane Doe\nROLE:Chair").1.title.as_deref(), Some("Chair"));
}

#[test]
fn a_company_card_has_no_contact() {
    for lines in [
        "KIND:org\nFN:Acme\nTEL:0311234567",
        "ORG:Acme;\nFN:Acme\nN:;;;;\nTEL:0311234567",
        "ORG:Acme\nTEL:0311234567",
        "FN:Acme\nX-ABShowAs:COMPANY\nTEL:0311234567",
    ] {
        let (customer, contacts) = customer_of(lines);
        assert_eq!((customer.name.as_str(), contacts.len()), ("Acme", 0), "{lines}");
        assert_eq!((customer.r#type, customer.phone.as_deref()), (CustomerType::Business, Some("0311234567")));
    }
}

#[test]
fn an_empty_company_is_none() {
    assert_eq!(person_of("FN:Jane Doe\nORG:;").0.r#type, CustomerType::Individual);
    let (customer, contact) = person_of("FN:Jane Doe\nORG:;Sales");
    assert_eq!((customer.name.as_str(), contact.department.as_deref()), ("Jane Doe", Some("Sales")));
}

#[test]
fn a_name_is_found_where_there_is_one() {
    let name = |lines: &str| person_of(lines).0.name;
    assert_eq!(name("N:Doe;Jane;Q.;Dr.;"), "Jane Q. Doe");
    assert_eq!(name("FN:\nN:;;;;\nEMAIL:info@acme.example"), "info@acme.example");
    assert_eq!(name("TEL:+41 31 555"), "+41 31 555");
    let (_, contact) = person_of("FN:Jane van Doe");
    assert_eq!((contact.first_name.as_str(), contact.last_name.as_str()), ("Jane van", "Doe"));
    assert_eq!(skipped(&card("N:;;;;\nNOTE:who is it")), [(1, 1, Reason::NoName)]);
}

#[test]
fn parts_of_a_name_without_a_field_are_kept() {
    let (customer, contact) = person_of("FN:Jane Doe\nN:Doe;Jane;Quinn;Dr.;V\nFN;LANGUAGE=ja:ジェーン");
    assert_eq!((contact.first_name.as_str(), contact.last_name.as_str()), ("Jane Quinn", "Doe"));
    for line in ["Name prefix: Dr.", "Name suffix: V", "Full name: ジェーン"] {
        assert!(has_line(&customer.notes, line), "{:?}", customer.notes);
    }
    let (_, contact) = person_of("FN:Dr. Jane Doe\nN:Doe;Jane;;Dr.;\nORG:Acme");
    assert_eq!(contact.notes.as_deref(), Some("Full name: Dr. Jane Doe"));
}

#[test]
fn numbers_go_where_they_ring() {
    let (_, contact) = person_of(
        "FN:Jane Doe\nORG:Acme\nTEL;TYPE=HOME:1111\nTEL;TYPE=FAX,WORK:2222\nTEL;TYPE=CELL:3333\nTEL;TYPE=WORK,VOICE:4444\n\
         TEL;TYPE=CELL:5555\nTEL;VALUE=uri:tel:+1-666",
    );
    assert_eq!((contact.phone.as_deref(), contact.mobile.as_deref()), (Some("4444"), Some("3333")));
    let listed =
        [("phone", "fax, work", "2222"), ("phone", "cell", "5555"), ("phone", "Phone", "+1-666"), ("phone", "home", "1111")];
    assert_eq!(channels(&contact), listed);
}

#[test]
fn the_preferred_one_takes_the_field() {
    for pref in ["TYPE=work,pref", "PREF=1", "PREF"] {
        let (_, contact) = person_of(&format!("FN:Jane Doe\nEMAIL;TYPE=home:a@x.example\nEMAIL;{pref}:b@x.example"));
        assert_eq!(contact.email.as_deref(), Some("b@x.example"), "{pref}");
        assert_eq!(channels(&contact), [("email", "home", "a@x.example")]);
    }
}

#[test]
fn what_is_no_address_is_kept_as_a_line() {
    let (customer, contact) = person_of("FN:Jane Doe\nEMAIL;TYPE=work:ask Bob\nTEL:ask Bob\nURL;TYPE=work:my page");
    assert_eq!((contact.email, contact.phone, customer.website), (None, None, None));
    for line in ["E-mail (work): ask Bob", "Phone: ask Bob", "Website (work): my page"] {
        assert!(has_line(&customer.notes, line), "{:?}", customer.notes);
    }
}

#[test]
fn several_mails_in_one_line_are_several() {
    let (_, contact) = person_of("FN:Jane Doe\nEMAIL:a@x.example, b@x.example");
    assert_eq!(contact.email.as_deref(), Some("a@x.example"));
    assert_eq!(channels(&contact), [("email", "", "b@x.example")]);
}

#[test]
fn the_work_address_is_the_company_s_and_the_home_address_is_not() {
    let (customer, contact) = person_of(
        "FN:Jane Doe\nORG:Acme\nADR;TYPE=HOME:;;Lane 7;Bern;BE;3000;CH\nADR;TYPE=WORK:Box 5;2nd floor;Road 1;Thun;BE;3600;CH",
    );
    let address = Address {
        street: "Road 1, 2nd floor, Box 5".into(),
        city: "Thun".into(),
        state: "BE".into(),
        zip_code: "3600".into(),
        country: "CH".into(),
    };
    assert_eq!((customer.address, customer.city.as_str()), (Some(address), "Thun"));
    assert_eq!(channels(&contact), [("address", "home", "Lane 7, 3000 Bern, BE, CH")]);
    let (customer, _) = person_of("FN:Jane Doe\nORG:Acme\nADR;TYPE=HOME:;;Lane 7;Bern;BE;3000;CH");
    assert_eq!(customer.address, None);
    let (customer, _) = person_of("FN:Jane Doe\nADR;TYPE=HOME:;;Lane 7;Bern;BE;3000;CH");
    assert_eq!(customer.city, "Bern");
}

#[test]
fn categories_are_tags() {
    let (customer, _) = person_of("FN:Jane Doe\nCATEGORIES:a, b\\, c,A\nCATEGORIES:d;e");
    assert_eq!(customer.tags, ["a", "b, c", "d", "e"]);
    let long = "x".repeat(61);
    let many: Vec<String> = (0..101).map(|n| format!("t{n}")).collect();
    let (customer, _) = person_of(&format!("FN:Jane Doe\nCATEGORIES:{long},{}", many.join(",")));
    assert_eq!(customer.tags.len(), 100);
    assert!(has_line(&customer.notes, &format!("Category: {long}")) && has_line(&customer.notes, "Category: t100"));
}

#[test]
fn what_has_no_field_is_a_line_in_the_notes() {
    let (customer, _) = person_of(
        "FN:Jane Doe\nNOTE:Likes tea.\\nNever calls.\nBDAY:--0512\nANNIVERSARY:20090808T1430-0500\nGENDER:F;she\nNICKNAME:J,JD\n\
         IMPP;TYPE=home:xmpp:jane@x.example\nX-SOCIALPROFILE;TYPE=twitter;X-USER=jd:https://t.example/jd\nGEO:37.38;-122.08\n\
         TZ:-0500\nREV:20240101T000000Z\nPRODID:-//x//EN\nX-EMPTY:\nlucky number seven",
    );
    let lines = [
        "Likes tea.",
        "Never calls.",
        "Birthday: --0512",
        "Anniversary: 20090808T1430-0500",
        "Gender: F;she",
        "Nickname: J; JD",
        "IMPP (home): xmpp:jane@x.example",
        "X-SOCIALPROFILE (twitter, X-USER=jd): https://t.example/jd",
        "Position: 37.38;-122.08",
        "Time zone: -0500",
        "Not understood: lucky number seven",
    ];
    assert_eq!(customer.notes.as_deref().map(|n| n.lines().collect::<Vec<_>>()), Some(lines.to_vec()));
}

#[test]
fn embedded_data_is_named_in_the_notes_and_in_the_report() {
    let photo = "A".repeat(4_000);
    let mut memory = Memory::default();
    let plan = memory.import_text(&card(&format!("FN:Jane Doe\nPHOTO;ENCODING=b;TYPE=image/png:{photo}")));
    let line = "Photo: image/png, 3 kB, embedded in the card; the data stays in the file";
    assert!(has_line(&plan.creates[0].customer.notes, line), "{:?}", plan.creates[0].customer.notes);
    let note = &plan.report.notes[0];
    assert_eq!(note.message, "Card 1 (Jane Doe): Photo (image/png, 3 kB) is noted, its data stays in the file.");
    let (customer, _) = person_of("FN:Jane Doe\nLOGO:data:image/gif;base64,R0lGODlh\nPHOTO;VALUE=uri:https://x.example/a.png");
    assert!(has_line(&customer.notes, "Logo: image/gif, 6 bytes, embedded in the card; the data stays in the file"));
    assert!(has_line(&customer.notes, "Photo: https://x.example/a.png"));
}

#[test]
fn what_is_too_long_for_its_field_is_whole_in_the_notes() {
    let (first, title, company) = ("F".repeat(130), "T".repeat(130), "C".repeat(210));
    let (customer, contact) = person_of(&format!("N:Doe;{first};;;\nORG:{company}\nTITLE:{title}"));
    assert_eq!((customer.name.len(), contact.first_name.len(), &contact.title), (200, 120, &None));
    for line in [format!("Full name: {company}"), format!("Full name: {first}"), format!("Title: {title}")] {
        assert!(has_line(&contact.notes, &line));
    }
    let digits = "1".repeat(61);
    let (customer, contact) = person_of(&format!("FN:Jane Doe\nTEL:{digits}"));
    assert!(contact.phone.is_none() && has_line(&customer.notes, &format!("Phone: {digits}")));
}

#[test]
fn long_notes_are_spread_and_a_loss_is_said() {
    let words = |count: usize| (10_000..10_000 + count).map(|n| format!("{n} ")).collect::<String>();
    let (customer, contact) = person_of(&format!("FN:Jane Doe\nNOTE:{}", words(10_000)));
    let kept = format!("{} {}", customer.notes.unwrap_or_default(), contact.notes.unwrap_or_default());
    assert_eq!(kept.split_whitespace().count(), 10_000);
    let plan = Memory::default().import_text(&card(&format!("FN:Jane Doe\nNOTE:{}", words(40_000))));
    assert!(plan.report.notes.iter().any(|n| matches!(n.remark, Remark::Full { .. })), "{:?}", plan.report.notes);
}

#[test]
fn many_numbers_overflow_to_the_notes() {
    let numbers: Vec<String> = (0..1_000).map(|n| format!("TEL;TYPE=work:+41 31 555 {n:04}")).collect();
    let (customer, contact) = person_of(&format!("FN:Jane Doe\n{}", numbers.join("\n")));
    let lines = customer.notes.unwrap_or_default().lines().filter(|l| l.starts_with("Phone (work): +41")).count();
    assert_eq!(contact.channels.len() + lines, 999);
    assert!(serde_json::to_string(&contact.channels).unwrap().len() <= 20_000);
}

#[test]
fn cards_that_cannot_be_customers_say_why() {
    let huge = card(&format!("FN:Big\nNOTE:{}", "x".repeat(super::lines::CARD_BYTES_MAX)));
    let text = format!("{}BEGIN:VCARD\nEND:VCARD\n{huge}{}", card("FN:A"), card("FN:Friends\nKIND:group"));
    assert_eq!(skipped(&text), [(2, 5, Reason::EmptyCard), (3, 7, Reason::CardTooLarge), (4, 12, Reason::GroupCard)]);
}

#[test]
fn a_note_broken_into_lines_stays_one() {
    let (customer, _) = person_of("FN:Jane Doe\nNOTE://first\nsecond line\n\nhttps://x.example/a\nTEL:0311234567");
    assert_eq!(customer.notes.as_deref(), Some("//first\nsecond line\n\nhttps://x.example/a"));
    assert_eq!(customer.phone.as_deref(), Some("0311234567"));
}

#[test]
fn a_card_within_a_card_is_kept_as_text() {
    let (customer, contact) =
        person_of("FN:Jane Doe\nAGENT:\nBEGIN:VCARD\nFN:Bob Roe\nTEL:0319999999\nEND:VCARD\nTEL:0311234567");
    assert_eq!(customer.notes.as_deref(), Some("AGENT: FN:Bob Roe\nTEL:0319999999"));
    assert_eq!(contact.phone.as_deref(), Some("0311234567"));
}

#[test]
fn a_file_without_cards_says_so() {
    let reading = read_text("x.csv", "name,phone\nJane,1");
    assert_eq!((reading.cards, reading.notes.len()), (0, 2));
    assert!(reading.notes[0].message.contains("no card"));
}
