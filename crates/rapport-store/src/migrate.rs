//! Immutable numbered migrations, each applied once, all of a start in one transaction.

use crate::backend::{Connection, How, RawTx};
use crate::derived::SEARCH_TEXT;
use rapport_model::derive::SEARCH_TEXT_VERSION;
use rapport_model::{Cell, Code, Column, Error, Result};

/// Which database this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// A device's store.
    Client,
    /// One organisation on the server.
    Server,
    /// The server's directory of organisations.
    Directory,
    /// Both for all organisations in one database.
    Shared,
}

const RECORDS: (&str, &str) = ("0001_records", include_str!("../../../migrations/0001_records.sql"));

const SALES: (&str, &str) = ("0002_sales", include_str!("../../../migrations/0002_sales.sql"));

const MERGED: (&str, &str) = ("0003_merged", include_str!("../../../migrations/0003_merged.sql"));

const CLIENT: &[(&str, &str)] = &[
    RECORDS,
    ("client/0001_outbox", include_str!("../../../migrations/client/0001_outbox.sql")),
    SALES,
    ("client/0002_mine", include_str!("../../../migrations/client/0002_mine.sql")),
    ("client/0003_download", include_str!("../../../migrations/client/0003_download.sql")),
    ("client/0003_lean", include_str!("../../../migrations/client/0003_lean.sql")),
    ("client/0004_remembered", include_str!("../../../migrations/client/0004_remembered.sql")),
    ("client/0008_screens", include_str!("../../../migrations/client/0008_screens.sql")),
    ("client/0009_imports", include_str!("../../../migrations/client/0009_imports.sql")),
    MERGED,
    ("client/0018_merges", include_str!("../../../migrations/client/0018_merges.sql")),
    ("client/0020_parted", include_str!("../../../migrations/client/0020_parted.sql")),
    ("client/0021_contents", include_str!("../../../migrations/client/0021_contents.sql")),
    ("client/0023_by_day", include_str!("../../../migrations/client/0023_by_day.sql")),
];

const SERVER: &[(&str, &str)] = &[
    RECORDS,
    ("server/0001_log", include_str!("../../../migrations/server/0001_log.sql")),
    ("server/0002_accounts", include_str!("../../../migrations/server/0002_accounts.sql")),
    ("server/0003_tokens", include_str!("../../../migrations/server/0003_tokens.sql")),
    SALES,
    ("server/0004_sales", include_str!("../../../migrations/server/0004_sales.sql")),
    ("server/0005_api", include_str!("../../../migrations/server/0005_api.sql")),
    ("server/0006_analytics", include_str!("../../../migrations/server/0006_analytics.sql")),
    ("server/0007_people", include_str!("../../../migrations/server/0007_people.sql")),
    ("server/0008_jobs", include_str!("../../../migrations/server/0008_jobs.sql")),
    ("server/0009_webhooks", include_str!("../../../migrations/server/0009_webhooks.sql")),
    ("server/0010_follow_ups", include_str!("../../../migrations/server/0010_follow_ups.sql")),
    ("server/0014_download", include_str!("../../../migrations/server/0014_download.sql")),
    ("server/0016_entitlements", include_str!("../../../migrations/server/0016_entitlements.sql")),
    MERGED,
    ("server/0018_devices", include_str!("../../../migrations/server/0018_devices.sql")),
    ("server/0020_lives", include_str!("../../../migrations/server/0020_lives.sql")),
    ("server/0022_epochs", include_str!("../../../migrations/server/0022_epochs.sql")),
];

const DIRECTORY: &[(&str, &str)] = &[("server/directory_0001", include_str!("../../../migrations/server/directory_0001.sql"))];

const SHARED: &[(&str, &str)] = &[("postgres/0001_shared", include_str!("../../../migrations/postgres/0001_shared.sql"))];

/// The number that cursors carry; it grows with each migration of the records.
pub const SCHEMA_EPOCH: i64 = 3;

impl Schema {
    pub(crate) fn migrations(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Schema::Client => CLIENT.to_vec(),
            Schema::Server => SERVER.to_vec(),
            Schema::Directory => DIRECTORY.to_vec(),
            Schema::Shared => [SERVER, DIRECTORY, SHARED].concat(),
        }
    }
}

/// Brings a database up to date. One that a newer program wrote is left alone.
pub(crate) fn migrate(connection: &mut dyn Connection, schema: Schema) -> Result<()> {
    connection.begin(How::Write)?;
    let result = apply(connection.tx(), schema);
    match result {
        Ok(()) => connection.commit(),
        Err(error) => {
            connection.rollback();
            Err(error)
        }
    }
}

fn apply(tx: &mut dyn RawTx, schema: Schema) -> Result<()> {
    tx.run_script("CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT NOT NULL PRIMARY KEY)")?;
    let mut done: Vec<String> = Vec::new();
    tx.query("SELECT name FROM schema_migrations ORDER BY name", &[], &mut |row| {
        done.push(String::from_cell(row.cell(0)?)?);
        Ok(())
    })?;
    let known = schema.migrations();
    if done.iter().any(|name| known.iter().all(|(known, _)| known != name)) {
        return Err(Error::new(
            Code::StoreNewer,
            "This data was written by a newer Rapport. Nothing was changed. Install the newer version to go on.",
        ));
    }
    for (name, script) in known.iter().filter(|(name, _)| !done.iter().any(|d| d == name)) {
        tx.run_script(script)?;
        tx.execute("INSERT INTO schema_migrations (name) VALUES (?1)", &[Cell::Text((*name).into())])?;
    }
    // What is indexed from the first record on is up to date.
    if done.is_empty() && matches!(schema, Schema::Client) {
        let version = SEARCH_TEXT_VERSION.to_string();
        tx.execute(
            "INSERT INTO progress (key, value) VALUES (?1, ?2)",
            &[Cell::Text(SEARCH_TEXT.into()), Cell::Text(version.into())],
        )?;
    }
    Ok(())
}
