//! Work carried by hand: what waits goes to the server in a file, with the same outcomes, and the wire finds it judged.

use crate::support::programs::{Company, JONAS, Laptop, MARIT, PASSWORD, fed};
use serde_json::{Value, json};

fn customer(name: &str) -> String {
    json!({ "kind": "customers", "fields": { "name": name } }).to_string()
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
        let mut command = std::process::Command::new(crate::support::programs::program("RAPPORT_SERVER_BIN", "rapport-server"));
        command.args(["take-in", file]).arg("--data").arg(at.data());
        command.envs(rapport_cluster::beside(&at.data()).map(|url| ("RAPPORT_DATABASE", url)));
        let output = fed(&mut command, PASSWORD);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && said.contains(wanted), "{said}");
    }
    let jonas = Laptop::signed_in(&company, JONAS);
    jonas.run(&["sync"], "");
    assert_eq!(jonas.names(), Vec::<String>::new());
}
