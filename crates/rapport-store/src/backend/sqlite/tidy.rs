//! What is put off until nobody waits: merging in the search index, and folding the write-ahead log into the file.

use rusqlite::Connection;
use std::time::Duration;

/// How long a job waits for another program's transaction.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Pages of the log from which on it is folded into the file.
const LOG_PAGES: i64 = 128;

/// Pages at which a commit folds the log itself, so that it stays bounded while writes never pause: 64 MB on a device.
pub(super) const LOG_PAGES_MAX: i64 = 8192;

/// Pages that a folded log may keep: to write them over is faster than to let the file grow again.
const LOG_PAGES_KEPT: i64 = 1024;

/// Pages of the search index that one step of merging writes.
const MERGE_PAGES: i64 = 32;

/// The same of one step of writing it anew.
const SCRUB_PAGES: i64 = 256;

/// No commit merges, unless so many segments lie on one level that searching would suffer.
const SEARCH_SETTINGS: [(&str, i64); 2] = [("automerge", 0), ("crisismerge", 256)];

/// Brings the settings of the search index up to date; they are kept in the file.
pub(super) fn set_up_search(connection: &Connection) -> rusqlite::Result<()> {
    let mut is = connection.prepare("SELECT count(*) FROM search_config WHERE k = ?1 AND v = ?2")?;
    let mut set = connection.prepare("INSERT INTO search(search, rank) VALUES (?1, ?2)")?;
    for setting in SEARCH_SETTINGS {
        if is.query_row(setting, |row| row.get::<_, i64>(0))? == 0 {
            set.execute(setting)?;
        }
    }
    Ok(())
}

/// One small step. Returns whether there is more to do.
pub(super) fn step(connection: &Connection) -> rusqlite::Result<bool> {
    // Whoever comes next shall not wait behind this waiting for somebody else.
    connection.busy_timeout(Duration::ZERO)?;
    let more = merge_search(connection).and_then(|more| if more { Ok(true) } else { fold_log(connection).map(|()| false) });
    connection.busy_timeout(BUSY_TIMEOUT)?;
    more
}

fn merge_search(connection: &Connection) -> rusqlite::Result<bool> {
    let before = connection.total_changes();
    connection.prepare_cached("INSERT INTO search(search, rank) VALUES ('merge', ?1)")?.execute([MERGE_PAGES])?;
    // The statement itself counts as one change.
    Ok(connection.total_changes() - before >= 2)
}

/// A step of taking the traces of removed rows away: the search index is written anew, a part at a time, so that it holds no word of
/// them; pages that are free hold nothing; in the end the log is emptied. A reader that still needs the log leaves it for the next time.
pub(super) fn scrub(connection: &Connection, first: bool) -> rusqlite::Result<bool> {
    let before = connection.total_changes();
    // A negative number of pages begins to merge everything into one; what follows goes on with it.
    let pages = if first { -SCRUB_PAGES } else { SCRUB_PAGES };
    connection.prepare_cached("INSERT INTO search(search, rank) VALUES ('merge', ?1)")?.execute([pages])?;
    if connection.total_changes() - before >= 2 {
        return Ok(true);
    }
    connection.busy_timeout(Duration::ZERO)?;
    let emptied = checkpoint(connection, "TRUNCATE").map(drop);
    connection.busy_timeout(BUSY_TIMEOUT)?;
    emptied.map(|()| false)
}

fn fold_log(connection: &Connection) -> rusqlite::Result<()> {
    let (pages, folded) = checkpoint(connection, "NOOP")?;
    if pages - folded < LOG_PAGES && pages <= LOG_PAGES_KEPT {
        return Ok(());
    }
    // What a reader still needs stays for another time.
    let (pages, folded) = checkpoint(connection, "PASSIVE")?;
    if pages == folded && pages > LOG_PAGES_KEPT {
        checkpoint(connection, "TRUNCATE")?;
    }
    Ok(())
}

/// Pages in the log, and how many of them are in the file by now.
fn checkpoint(connection: &Connection, how: &str) -> rusqlite::Result<(i64, i64)> {
    connection.prepare_cached(&format!("PRAGMA wal_checkpoint({how})"))?.query_row([], |row| Ok((row.get(1)?, row.get(2)?)))
}
