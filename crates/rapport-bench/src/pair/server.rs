//! The true server as a process of its own, with an organisation that a data set was put into.

use super::document::{read_line, user_id, users};
use super::{EMAIL, PASSWORD};
use crate::say;
use rapport_model::{BoxedRecord, Error, Id, Kind, Meta, Result, Role, Source, User};
use rapport_server::Folder;
use rapport_server::account::{NewOrg, NewUser, create_org, write_server};
use rapport_store::source::System;
use serde_json::json;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Customers and what hangs on them that are written in one transaction.
const BATCH_RECORDS: usize = 2000;

pub fn run(listen: &str, db: &Path, import: Option<&Path>) -> Result<()> {
    let data = PathBuf::from(format!("{}.data", db.display()));
    found(&data, import)?;
    let here = std::env::current_exe().map_err(Error::internal)?;
    let program = here.with_file_name(format!("rapport-server{}", std::env::consts::EXE_SUFFIX));
    let mut process = Command::new(program)
        .args(["serve", "--listen", listen, "--data"])
        .arg(&data)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(File::create(data.join("bench.log")).map_err(Error::internal)?)
        .spawn()
        .map_err(Error::internal)?;
    let mut line = String::new();
    if let Some(stdout) = process.stdout.take() {
        BufReader::new(stdout).read_line(&mut line).map_err(Error::internal)?;
    }
    say(&json!({ "ready": line.starts_with("listening on "), "pid": process.id() }).to_string());
    // Whoever started this ends it by closing its input.
    let mut rest = Vec::new();
    let _ = std::io::stdin().read_to_end(&mut rest);
    let _ = process.kill();
    process.wait().map(drop).map_err(Error::internal)
}

/// An organisation of an administrator and twenty sales people.
fn found(data: &Path, import: Option<&Path>) -> Result<()> {
    let folder = Folder::open(data)?;
    let source: Arc<dyn Source> = Arc::new(System);
    let admin =
        NewUser { email: EMAIL.into(), name: "Bench".into(), role: Role::Admin, team: None, password: Some(PASSWORD.into()) };
    let new = NewOrg { name: "Pair".into(), currency: "EUR".into(), country: "DE".into(), time_zone: "UTC".into(), admin };
    let org = create_org(&folder, &source, &new)?;
    let store = folder.open_org(org)?;
    let put = |records: Vec<BoxedRecord>| {
        let source = source.clone();
        let customers: Vec<Id> = records.iter().filter(|r| r.kind() == Kind::Customers).map(|r| r.meta().id).collect();
        store.write(move |tx| {
            write_server(tx, Id::NIL, source.now(), &*source, records)?;
            tx.refresh_customers(&customers, source.now()).map(drop)
        })
    };
    let user = |name: String| -> BoxedRecord {
        let meta = Meta { id: user_id(&name), ..Meta::default() };
        Box::new(User { meta, name, role: Role::Sales, ..User::default() })
    };
    put(users().map(user).collect())?;
    let Some(import) = import else { return Ok(()) };
    let mut batch: Vec<BoxedRecord> = Vec::new();
    for line in BufReader::new(File::open(import).map_err(Error::internal)?).lines() {
        let record = read_line(&line.map_err(Error::internal)?)?;
        // A customer stays with what hangs on it.
        if record.kind() == Kind::Customers && batch.len() >= BATCH_RECORDS {
            put(std::mem::take(&mut batch))?;
        }
        batch.push(record);
    }
    put(batch)
}
