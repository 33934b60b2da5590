//! What the database says of itself: tables, indexes, damage.

use super::PgConnection;
use crate::backend::RawTx;
use rapport_model::{Column, Result};

fn lines(db: &mut PgConnection, sql: &str) -> Result<Vec<String>> {
    let mut out = Vec::new();
    db.query(sql, &[], &mut |row| {
        out.push(String::from_cell(row.cell(0)?)?);
        Ok(())
    })?;
    Ok(out)
}

/// Every table's own columns; the organisation's id, which all have, is not among them.
pub(super) fn columns(db: &mut PgConnection) -> Result<Vec<(String, String)>> {
    let sql = "SELECT t.relname::text, c.attname::text FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid \
               WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p') AND NOT t.relispartition \
               AND c.attnum > 0 AND NOT c.attisdropped AND c.attname <> 'org_id' ORDER BY 1, c.attnum";
    let mut out = Vec::new();
    db.query(sql, &[], &mut |row| {
        out.push((String::from_cell(row.cell(0)?)?, String::from_cell(row.cell(1)?)?));
        Ok(())
    })?;
    Ok(out)
}

/// Pages whose checksums were wrong when they were read, and indexes that are not in use.
pub(super) fn verify(db: &mut PgConnection) -> Result<Vec<String>> {
    let damaged = "SELECT 'pages with a wrong checksum: ' || checksum_failures::text FROM pg_stat_database \
                   WHERE datname = current_database() AND checksum_failures > 0";
    let unused = "SELECT 'an index that is not valid: ' || indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid";
    let mut found = lines(db, damaged)?;
    found.extend(lines(db, unused)?);
    Ok(found)
}

/// What a database that is distributed by the organisation's id would refuse: a unique index that does not begin with it, a
/// reference from one table to another, a counter that all would share.
pub(super) fn undistributable(db: &mut PgConnection) -> Result<Vec<String>> {
    let unique = "SELECT 'a unique index that does not begin with the organisation: ' || i.indexrelid::regclass::text \
                  FROM pg_index i JOIN pg_attribute o ON o.attrelid = i.indrelid AND o.attname = 'org_id' \
                  JOIN pg_class t ON t.oid = i.indrelid WHERE t.relnamespace = current_schema()::regnamespace AND i.indisunique \
                  AND t.relname <> 'directory' AND i.indkey[0] <> o.attnum ORDER BY 1";
    let shared = "SELECT 'a table without the organisation: ' || t.relname::text FROM pg_class t \
                  WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p') \
                  AND t.relname NOT IN ('directory', 'secrets', 'schema_migrations') AND NOT EXISTS \
                  (SELECT 1 FROM pg_attribute o WHERE o.attrelid = t.oid AND o.attname = 'org_id') ORDER BY 1";
    let foreign = "SELECT 'a reference between tables: ' || conname::text FROM pg_constraint \
                   WHERE connamespace = current_schema()::regnamespace AND contype = 'f' ORDER BY 1";
    let counters = "SELECT 'a counter: ' || relname::text FROM pg_class \
                    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'S' ORDER BY 1";
    let mut found = Vec::new();
    for sql in [unique, shared, foreign, counters] {
        found.extend(lines(db, sql)?);
    }
    Ok(found)
}
