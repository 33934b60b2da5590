//! Work carried by hand: what waits goes to the server in a file, with the same outcomes, and the wire finds it judged.

use crate::support::programs::{Company, JONAS, Laptop, MARIT, PASSWORD, fed, program};
use serde_json::{Value, json};

fn customer(name: &str) -> String {
    json!({ "kind": "customers", "fields": { "name": name } }).to_string()
}

/// The server does not take the file in, and says why by this code.
fn refused(company: &Company, file: &str, wanted: &str) {
    let mut command = std::process::Command::new(program("RAPPORT_SERVER_BIN", "rapport-server"));
    command.args(["take-in", file]).arg("--data").arg(company.data());
    command.envs(rapport_cluster::beside(&company.data()).map(|url| ("RAPPORT_DATABASE", url)));
    let output = fed(&mut command, PASSWORD);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.contains(wanted), "{said}");
}

/// The company's name is Halvorsen: a second customer of that name gets a suffix, once.
#[test]
fn a_file_is_taken_in_once_and_the_device_is_answered_the_same_later() {
    let mut company = Company::found();
    let (marit, jonas) = (Laptop::signed_in(&company, MARIT), Laptop::signed_in(&company, JONAS));
    marit.run(&["sync"], "");
    jonas.run(&["put"], &customer("Acme"));
    jonas.run(&["sync"], "");
    company.shut();
    marit.run(&["put"], &customer("Acme"));
    marit.run(&["put"], &customer("Borealis"));
    assert_eq!(marit.refused(&["sync"], "").0, 3, "the server cannot be reached");
    let file = marit.file("work.json", b"");
    let carried = marit.run(&["carry", &file], "");
    assert_eq!((&carried["mutations"], &carried["changes"]), (&json!(2), &json!(2)));
    let text = std::fs::read_to_string(&file).expect("a file");
    assert!(!text.contains("Borealis"), "nobody reads it on its way");

    let shown: Value = serde_json::from_str(&company.run(&["take-in", "--show", &file])).expect("JSON");
    assert_eq!(shown["mutations"][1]["changes"][0]["units"]["name"]["value"], "Borealis");
    let said = company.run(&["take-in", &file]);
    assert!(
        said.contains("2 changes were taken in") && said.matches("applied").count() + said.matches("merged").count() == 2,
        "{said}"
    );
    company.open();
    let names = |laptop: &Laptop| {
        laptop.run(&["sync"], "");
        let mut names = laptop.names();
        names.sort();
        names
    };
    assert_eq!(names(&jonas), ["Acme", "Acme (2)", "Borealis"], "it is there before the device is");
    // More was typed meanwhile; the wire brings all of it, and what was carried has one effect.
    marit.run(&["put"], &customer("Cirrus"));
    assert_eq!(names(&marit), ["Acme", "Acme (2)", "Borealis", "Cirrus"]);
    assert_eq!(marit.run(&["status"], "")["sync"]["waiting"], json!(0));
    assert_eq!(company.run(&["take-in", &file]).matches("applied").count(), said.matches("applied").count(), "again: the same");
    assert_eq!(names(&jonas), ["Acme", "Acme (2)", "Borealis", "Cirrus"]);
    assert_eq!(marit.refused(&["carry", &file], "").1["code"], "INVALID_VALUE", "nothing waits");
}

#[test]
fn an_altered_file_and_a_stranger_s_are_refused_and_nothing_is_taken_in() {
    let (company, other) = (Company::found(), Company::found());
    let marit = Laptop::signed_in(&company, MARIT);
    marit.run(&["put"], &customer("Acme"));
    let file = marit.file("work.json", b"");
    marit.run(&["carry", &file], "");
    let text = std::fs::read_to_string(&file).expect("a file");
    let head: Value = serde_json::from_str(&text).expect("JSON");
    let altered = text.replace(head["head"]["user"].as_str().expect("an id"), "00000000-0000-7000-8000-000000000000");
    let altered = marit.file("altered.json", altered.as_bytes());
    let junk = marit.file("junk.json", b"{\"format\": \"rapport work 1\"}");
    for (at, file, wanted) in [(&company, &altered, "FORBIDDEN"), (&other, &file, "FORBIDDEN"), (&company, &junk, "UNREADABLE")] {
        refused(at, file, wanted);
    }
    let jonas = Laptop::signed_in(&company, JONAS);
    jonas.run(&["sync"], "");
    assert_eq!(jonas.names(), Vec::<String>::new());
}

/// Before its device is there: a create, an edit and a delete, and the same file again.
#[test]
fn what_is_taken_in_again_says_the_same_and_changes_nothing() {
    let company = Company::found();
    let (marit, jonas) = (Laptop::signed_in(&company, MARIT), Laptop::signed_in(&company, JONAS));
    let made = |name: &str| marit.run(&["put"], &customer(name))["saved"][0]["record"]["_id"].as_str().expect("an id").to_owned();
    let (acme, borealis) = (made("Acme"), made("Borealis"));
    marit.run(&["sync"], "");
    marit.run(&["put"], &json!({ "kind": "customers", "id": acme, "fields": { "industry": "optics" } }).to_string());
    marit.run(&["delete", "customers", &borealis], "");
    made("Cirrus");
    let file = marit.file("work.json", b"");
    marit.run(&["carry", &file], "");
    let said = company.run(&["take-in", &file]);
    assert_eq!(said.matches("applied").count(), 3, "{said}");
    jonas.run(&["sync"], "");
    let names = || {
        let mut names = jonas.names();
        names.sort();
        names
    };
    assert_eq!(names(), ["Acme", "Cirrus"]);
    assert_eq!(company.run(&["take-in", &file]), said, "it says the same");
    assert_eq!(jonas.run(&["sync"], "")["pulled"], json!(0), "nothing was done by it");
    marit.run(&["sync"], "");
    assert_eq!(
        (marit.run(&["status"], "")["sync"]["waiting"].clone(), names()),
        (json!(0), vec!["Acme".into(), "Cirrus".into()])
    );
    assert_eq!(jonas.run(&["sync"], "")["pulled"], json!(0), "nor by the device itself");
}

/// A stick that gives back other bytes than were written, or not all of them.
#[test]
fn of_a_garbled_file_nothing_is_taken_in_and_the_sound_one_still_is() {
    let company = Company::found();
    let (marit, jonas) = (Laptop::signed_in(&company, MARIT), Laptop::signed_in(&company, JONAS));
    marit.run(&["put"], &customer("Acme"));
    let file = marit.file("work.json", b"");
    marit.run(&["carry", &file], "");
    let text = std::fs::read_to_string(&file).expect("a file");
    let read: Value = serde_json::from_str(&text).expect("JSON");
    let sealed = read["sealed"].as_str().expect("what is sealed");
    let with = |other: &str| text.replace(sealed, other);
    let bit = sealed.replacen(&sealed[9..10], if &sealed[9..10] == "A" { "B" } else { "A" }, 1);
    let all = [
        ("bit", with(&bit), "FORBIDDEN"),
        ("short", with(&sealed[..sealed.len() / 8 * 4]), "FORBIDDEN"),
        ("strange", with("no base64!"), "UNREADABLE"),
        ("half", text[..text.len() / 2].to_owned(), "UNREADABLE"),
        ("empty", String::new(), "UNREADABLE"),
    ];
    for (name, text, wanted) in all {
        refused(&company, &marit.file(name, text.as_bytes()), wanted);
    }
    jonas.run(&["sync"], "");
    assert_eq!(jonas.names(), Vec::<String>::new());
    company.run(&["take-in", &file]);
    jonas.run(&["sync"], "");
    assert_eq!(jonas.names(), ["Acme"]);
}

/// Two organisations on one server: a file goes to the one whose device made it, whatever its outside says.
#[test]
fn a_file_of_another_organisation_s_device_reaches_that_organisation_only() {
    const EVA: &str = "eva@kestrel.example";
    let company = Company::found();
    let org = ["--name", "Kestrel", "--currency", "EUR", "--country", "NO", "--time-zone", "Europe/Oslo"];
    let admin = ["--admin-email", EVA, "--admin-name", "Eva Lind", "--password-stdin"];
    company.run(&[&["org", "create"], &org[..], &admin[..]].concat());
    let (marit, eva) = (Laptop::signed_in(&company, MARIT), Laptop::signed_in(&company, EVA));
    let carried = |laptop: &Laptop, name: &str| {
        laptop.run(&["put"], &customer(name));
        let file = laptop.file("work.json", b"");
        laptop.run(&["carry", &file], "");
        let text = std::fs::read_to_string(&file).expect("a file");
        let read: Value = serde_json::from_str(&text).expect("JSON");
        let of = |part: &str| read["head"][part].as_str().expect("an id").to_owned();
        (file, text, [of("org"), of("user"), of("device")])
    };
    let (ours, _, [org, user, device]) = carried(&marit, "Acme");
    let (theirs, text, [their_org, their_user, their_device]) = carried(&eva, "Borealis");
    let told = text.replace(&their_org, &org);
    refused(&company, &eva.file("org.json", told.as_bytes()), "FORBIDDEN");
    let told = told.replace(&their_user, &user);
    refused(&company, &eva.file("user.json", told.as_bytes()), "FORBIDDEN");
    let told = told.replace(&their_device, &device);
    refused(&company, &eva.file("device.json", told.as_bytes()), "FORBIDDEN");
    company.run(&["take-in", &theirs]);
    let again = |email: &str| {
        let laptop = Laptop::signed_in(&company, email);
        laptop.run(&["sync"], "");
        laptop.names()
    };
    assert_eq!((again(JONAS), again(EVA)), (Vec::new(), vec!["Borealis".to_owned()]));
    company.run(&["take-in", &ours]);
    assert_eq!((again(JONAS), again(EVA)), (vec!["Acme".to_owned()], vec!["Borealis".to_owned()]));
}
