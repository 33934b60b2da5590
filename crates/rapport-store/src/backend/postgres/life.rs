//! Whether the database is still the one that it was. Its server names itself (the system's identifier), counts how often a copy of
//! it went on by itself (the timeline, which a recovery to a point in time and a fail-over raise), and numbers databases and tables
//! (which are new after a dump was loaded). When any of them is another one, acknowledged writes may be missing, and every
//! organisation begins a new life: devices load anew and offer what is missing. Every connection asks before it is used, so
//! nobody has to remember it and nothing is written before.

use super::fault::{Result, unreachable};
use crate::source::System;
use postgres::{Client, Transaction};
use rapport_model::{Id, Source, version};

/// Nothing before the tables are made, and null while the server still recovers.
const LIFE: &str = "SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE concat_ws('/', s.system_identifier, \
    substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), d.oid, to_regclass('sequence')::oid) END \
    FROM pg_control_system() s, pg_database d WHERE d.datname = current_database() AND to_regclass('secrets') IS NOT NULL \
    AND to_regclass('commits') IS NOT NULL";

const KNOWN: &str = "SELECT value FROM secrets WHERE name = 'life'";

/// Looks, and begins a new life if it has to.
pub(super) fn settle(client: &mut Client) -> Result<()> {
    let Some(row) = client.query_opt(LIFE, &[])? else { return Ok(()) };
    let Some(life) = row.get::<_, Option<String>>(0) else { return Err(unreachable().into()) };
    if known(client.query_opt(KNOWN, &[])?).as_deref() == Some(life.as_bytes()) {
        return Ok(());
    }
    let mut tx = client.transaction()?;
    tx.batch_execute(super::LOCK)?;
    match known(tx.query_opt(KNOWN, &[])?) {
        Some(known) if known == life.as_bytes() => return Ok(()),
        Some(_) => {
            let orgs = begin_anew(&mut tx)?;
            tracing::warn!(orgs, "the database was restored or taken over by a copy; devices load anew and offer what it lacks");
        }
        None => {}
    }
    let note = "INSERT INTO secrets (name, value) VALUES ('life', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    tx.execute(note, &[&life.as_bytes()])?;
    Ok(tx.commit()?)
}

/// Has the next connection begin a new life.
pub(super) fn doubt(client: &mut Client) -> Result<()> {
    client.execute("INSERT INTO secrets (name, value) VALUES ('life', '') ON CONFLICT (name) DO UPDATE SET value = ''", &[])?;
    Ok(())
}

fn known(row: Option<postgres::Row>) -> Option<Vec<u8>> {
    row.map(|row| row.get(0))
}

fn begin_anew(tx: &mut Transaction<'_>) -> Result<usize> {
    let (now, writer) = (System.now(), System.id());
    let bytes = |id: Id| id.as_bytes().to_vec();
    let all = tx.query("SELECT org_id, epoch, last FROM sequence ORDER BY org_id FOR UPDATE", &[])?;
    for row in &all {
        let (org, epoch): (Vec<u8>, i64) = (row.get(0), version::next_epoch(row.get(1), now));
        let sql = "INSERT INTO lives (org_id, epoch, last) VALUES ($1, $2, $3) \
                   ON CONFLICT (org_id, epoch) DO UPDATE SET last = excluded.last";
        tx.execute(sql, &[&org, &row.get::<_, i64>(1), &row.get::<_, i64>(2)])?;
        let sql = "UPDATE sequence SET epoch = $2, epoch_id = $3, last = 0 WHERE org_id = $1";
        tx.execute(sql, &[&org, &epoch, &bytes(System.id())])?;
        // Whoever recalls what was read before, forgets it.
        let sql = "INSERT INTO commits (org_id, writer, n, at) VALUES ($1, $2, 1, $3)";
        tx.execute(sql, &[&org, &bytes(writer), &now.0])?;
    }
    Ok(all.len())
}
