//! Kill -9 at every commit, request and rename of the story, and at random: what was acknowledged is there, once.

use crate::support::programs::{Company, INGRID, Laptop};
use serde_json::json;
use std::collections::BTreeSet;

fn customer(name: &str) -> String {
    json!({ "kind": "customers", "fields": { "name": name } }).to_string()
}

/// Runs a command with a fail point set; returns whether it was acknowledged.
fn run_until(laptop: &Laptop, arguments: &[&str], stdin: &str, point: &str, n: u32) -> bool {
    let wanted = format!("{point}:{n}");
    laptop.try_run(arguments, stdin, &[("RAPPORT_FAILPOINT", &wanted)]).status.success()
}

#[test]
fn a_laptop_that_dies_at_any_point_of_saving_and_syncing_loses_and_doubles_nothing() {
    let company = Company::found();
    let marit = Laptop::signed_in(&company, "marit@halvorsen.example");
    let jonas = Laptop::signed_in(&company, "jonas@halvorsen.example");
    let mut acknowledged = BTreeSet::new();
    let mut deaths = 0;
    let points = [
        "store.commit.before",
        "store.commit.after",
        "sync.request.before",
        "sync.request.after",
        "client.rename.before",
        "client.rename.after",
    ];
    for point in points {
        for n in 1..=8 {
            let name = format!("Customer {point} {n}");
            // Where this point does not lie on the way of saving, the save is acknowledged.
            let saved = run_until(&marit, &["put"], &customer(&name), point, n);
            deaths += u32::from(!saved);
            if saved {
                acknowledged.insert(name);
            }
            deaths += u32::from(!run_until(&marit, &["sync"], "", point, n));
            if n % 4 == 0 {
                marit.run(&["sync"], "");
            }
        }
    }
    assert!(deaths > 20, "the fail points were passed: {deaths}");
    marit.run(&["sync"], "");
    jonas.run(&["sync"], "");
    let mine = marit.names();
    let there: BTreeSet<String> = mine.iter().cloned().collect();
    assert_eq!(mine.len(), there.len(), "nothing is doubled");
    assert!(acknowledged.is_subset(&there), "lost: {:?}", acknowledged.difference(&there).collect::<Vec<_>>());
    assert_eq!(jonas.names(), mine);
    assert_eq!(marit.run(&["status"], "")["sync"]["waiting"], json!(0));
}

#[test]
fn a_server_that_dies_at_any_commit_of_a_push_takes_it_once() {
    let mut company = Company::found();
    let marit = Laptop::signed_in(&company, "marit@halvorsen.example");
    let mut names = BTreeSet::new();
    for point in ["store.commit.before", "store.commit.after"] {
        for n in 1..=6 {
            let name = format!("Customer {point} {n}");
            marit.run(&["put"], &customer(&name));
            names.insert(name);
            company.shut();
            // At the first commits it dies while it starts.
            company.open_with(&[("RAPPORT_FAILPOINT", &format!("{point}:{n}"))]);
            let first = marit.try_run(&["sync"], "", &[]);
            company.shut();
            company.open();
            if !first.status.success() {
                marit.run(&["sync"], "");
            }
        }
    }
    let jonas = Laptop::signed_in(&company, "jonas@halvorsen.example");
    jonas.run(&["sync"], "");
    let there: Vec<String> = jonas.names();
    assert_eq!(there.iter().cloned().collect::<BTreeSet<_>>(), names);
    assert_eq!(there.len(), names.len());
}

#[test]
fn a_first_download_that_dies_at_every_commit_goes_on_and_ends_whole() {
    let company = Company::demo(400);
    let laptop = Laptop::signed_in(&company, INGRID);
    let mut deaths = 0;
    let points = (1..40).flat_map(|n| [("store.commit.before", n), ("store.commit.after", n)]);
    for (point, n) in points {
        // Each run goes on where the one before it died, and lives one commit longer.
        if run_until(&laptop, &["sync"], "", point, n) {
            break;
        }
        deaths += 1;
        laptop.run(&["list", "customers", "--limit", "5"], "");
    }
    assert!(deaths >= 3, "several commits: {deaths}");
    let whole = Laptop::signed_in(&company, INGRID);
    whole.run(&["sync"], "");
    for kind in ["customers", "interactions"] {
        let all = |laptop: &Laptop| laptop.run(&["list", kind, "--limit", "500"], "")["items"].clone();
        assert_eq!(all(&laptop), all(&whole), "{kind}");
    }
    assert_eq!(laptop.names().len(), whole.names().len());
    let found = |laptop: &Laptop| laptop.run(&["search", "gmbh"], "")["hits"].clone();
    assert_eq!(found(&laptop), found(&whole));
}

/// At least 90 random deaths of the command line and 14 of the server; the window dies ten times in its own story.
#[test]
fn random_deaths_lose_nothing_that_was_acknowledged() {
    let mut company = Company::found();
    let marit = Laptop::signed_in(&company, "marit@halvorsen.example");
    let mut acknowledged = BTreeSet::new();
    let mut random = 0x2545_F491_4F6C_DD1Du64;
    let mut next = move |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % below
    };
    let mut deaths = 0;
    let mut n = 0;
    while deaths < 90 || n < 100 {
        n += 1;
        let name = format!("Customer {n}");
        let mut child = marit
            .command()
            .arg(if n % 3 == 2 { "sync" } else { "put" })
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("started");
        if n % 3 != 2 {
            use std::io::Write;
            // It may be dead already.
            let _ = child.stdin.take().expect("stdin").write_all(customer(&name).as_bytes());
        }
        if n % 7 == 6 {
            company.shut();
            company.open();
        }
        let deadline = std::time::Instant::now() + std::time::Duration::from_micros(next(60_000));
        let ended = loop {
            match child.try_wait().expect("a child") {
                Some(status) => break status.success(),
                None if std::time::Instant::now() >= deadline => {
                    child.kill().expect("killed");
                    // It may have ended between the look and the kill: then it was acknowledged.
                    let acknowledged = child.wait().expect("reaped").success();
                    deaths += u32::from(!acknowledged);
                    break acknowledged;
                }
                None => std::thread::yield_now(),
            }
        };
        if ended && n % 3 != 2 {
            acknowledged.insert(name);
        }
    }
    assert!(!acknowledged.is_empty(), "some lived long enough to be acknowledged");
    marit.run(&["sync"], "");
    let mine = marit.names();
    let there: BTreeSet<String> = mine.iter().cloned().collect();
    assert_eq!(mine.len(), there.len(), "nothing is doubled");
    assert!(acknowledged.is_subset(&there), "lost: {:?}", acknowledged.difference(&there).collect::<Vec<_>>());
    let jonas = Laptop::signed_in(&company, "jonas@halvorsen.example");
    jonas.run(&["sync"], "");
    assert_eq!(jonas.names(), mine);
}
