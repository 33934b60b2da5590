//! Databases for tests: each data folder has one of its own.

use crate::{Cluster, MISSING, bin, run};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// The URL of a PostgreSQL server. Where it is set, the tests keep the server's data there instead of in files.
pub const VARIABLE: &str = "RAPPORT_TEST_DATABASE";

/// Folders whose database was made.
static MADE: Mutex<Option<HashSet<PathBuf>>> = Mutex::new(None);

/// The URL of the database that belongs to a data folder, made when it is first asked for; nothing where tests keep data in files.
///
/// # Panics
/// If there is no such server, which the test that asks should say.
pub fn beside(data: &Path) -> Option<String> {
    let server = std::env::var(VARIABLE).ok().filter(|url| !url.is_empty())?;
    let name = format!("d{:016x}", named(data));
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if made.get_or_insert_default().insert(data.to_owned()) {
        // From the template that has all tables already, if somebody made one.
        query(&server, &format!("CREATE DATABASE {name}")).unwrap_or_else(|error| panic!("{VARIABLE}={server}: {error}"));
    }
    let (head, _) = server.rsplit_once('/')?;
    Some(format!("{head}/{name}"))
}

/// Writes a backup of a database to a file, while it is in use.
pub fn dump(url: &str, to: &Path) -> Result<(), String> {
    let mut dump = program("pg_dump")?;
    run(dump.args(["--format=custom", "--compress=0", "--dbname", url, "--file"]).arg(to)).map(drop)
}

/// An empty database of the tests' server; returns its URL.
pub fn create(name: &str) -> Result<String, String> {
    let server = std::env::var(VARIABLE)
        .map_err(|_| format!("{VARIABLE} is the URL of a PostgreSQL server; `cargo xtask test --only postgres` starts one"))?;
    query(&server, &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))?;
    let (head, _) = server.rsplit_once('/').ok_or("the URL names no database")?;
    Ok(format!("{head}/{name}"))
}

/// Fills a new database of the tests' server from such a file; returns its URL.
pub fn load(from: &Path) -> Result<String, String> {
    let url = create(&format!("r{:016x}", named(from)))?;
    run(program("pg_restore")?.args(["--exit-on-error", "--dbname", &url]).arg(from))?;
    Ok(url)
}

impl Cluster {
    /// Clears up in a database and counts its rows, as its server does by itself some minutes after it was filled.
    pub fn tidy(&self, database: &str) -> Result<(), String> {
        query(&self.url(database), "VACUUM (ANALYZE)").map(drop)?;
        query(&self.url(database), "CHECKPOINT").map(drop)
    }
}

fn program(name: &str) -> Result<Command, String> {
    Ok(Command::new(bin().ok_or(MISSING)?.join(name)))
}

/// A path of this process, as a number.
fn named(path: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    (path, std::process::id()).hash(&mut hasher);
    hasher.finish()
}

/// What a database answers to a statement, as text.
pub(crate) fn query(url: &str, sql: &str) -> Result<String, String> {
    run(program("psql")?.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--command", sql, url]))
}
