//! Organisations from one place to another: files to a database, or back. Each goes over whole and is read back before it counts;
//! what is at the old place stays as it is. Ids, versions and the life of the data stay, so devices go on as if nothing had been.

use crate::backup::copy_files;
use crate::folder::Folder;
use crate::token;
use rapport_model::{Cell, Code, Error, Id, Result};
use rapport_store::transfer::{Line, Table};
use rapport_store::{Store, Tx};
use sha2::{Digest, Sha256};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Rows that are read at once, and parts of them that wait to be written.
const PART_ROWS: usize = 500;
const PARTS_WAITING: usize = 4;

/// How it went with one organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Went {
    Over {
        rows: usize,
        /// Until then nobody could write at the old place.
        took: Duration,
    },
    /// It was there already, the same.
    There,
}

/// What goes over.
enum Part {
    Rows(Table, Vec<Line>),
    /// The digest of all that was sent.
    End(Sum),
}

/// A digest of rows in the order of their keys, and their number.
type Sum = ([u8; 32], usize);

/// Moves one organisation, or all. Nobody may write at the old place meanwhile: files are locked, and in a database the writes of an
/// organisation wait while it goes over.
pub fn relocate(from: &Folder, to: &Folder, only: Option<Id>) -> Result<Vec<(Id, Went)>> {
    let _locks = (from.lock()?, to.lock()?);
    let orgs: Vec<Id> = from.org_ids()?.into_iter().filter(|org| only.is_none_or(|only| only == *org)).collect();
    if orgs.is_empty() {
        return Err(Error::new(Code::NotFound, "There is no such organisation at the old place. Nothing was changed."));
    }
    take_secret(from, to)?;
    let mut out = Vec::with_capacity(orgs.len());
    for org in orgs {
        let went = over(from.open_org(org)?, &to.create_org(org)?, org)?;
        if from.root() != to.root() {
            copy_files(&from.files(org), &to.files(org))?;
        }
        out.push((org, went));
    }
    to.repair_directory(&to.directory()?)?;
    Ok(out)
}

/// Devices stay signed in only if their tokens are checked with the same secret.
fn take_secret(from: &Folder, to: &Folder) -> Result<()> {
    let fresh = token::random::<32>()?;
    let theirs = from.directory()?.write(move |tx| tx.server_secret("tokens", fresh))?;
    let secret: [u8; 32] = theirs.clone().try_into().map_err(|_| Error::internal("a secret of another length"))?;
    if to.directory()?.write(move |tx| tx.server_secret("tokens", secret))? == theirs {
        return Ok(());
    }
    let message = "The new place already serves others with a secret of its own; those who move would have to sign in again. \
                   Nothing was changed. Name an empty place.";
    Err(Error::new(Code::InvalidValue, message))
}

fn over(from: Store, to: &Store, org: Id) -> Result<Went> {
    let (send, receive) = sync_channel(PARTS_WAITING);
    // As a write, so that nobody else writes until it is over.
    let reading = std::thread::spawn(move || from.write(move |tx| send_all(tx, &send)));
    let went = to.write(move |tx| if tx.is_founded()? { compare(tx, &receive, org) } else { take_all(tx, &receive, org) });
    let read = reading.join().map_err(|_| Error::internal("reading the old place panicked"))?;
    // What the new place says is why the other end was let go.
    let went = went?;
    read.map(|()| went)
}

fn each_part(tx: &mut Tx<'_>, mut each: impl FnMut(&Table, Vec<Line>) -> Result<()>) -> Result<Sum> {
    let (mut digest, mut count) = (Sha256::new(), 0);
    for table in tx.tables()? {
        digest.update(table.name.as_bytes());
        let mut after: Option<Line> = None;
        loop {
            let rows = tx.table_page(&table, after.as_ref(), PART_ROWS)?;
            let Some(last) = rows.last() else { break };
            after = Some(last.clone());
            count += rows.len();
            rows.iter().flatten().for_each(|cell| add(&mut digest, cell));
            each(&table, rows)?;
        }
    }
    Ok((digest.finalize().into(), count))
}

/// A cell with its type and length, so that no two rows read the same.
fn add(digest: &mut Sha256, cell: &Cell<'_>) {
    let mut bytes = |kind: u8, bytes: &[u8]| {
        digest.update([kind]);
        digest.update(bytes.len().to_be_bytes());
        digest.update(bytes);
    };
    match cell {
        Cell::Null => bytes(0, &[]),
        Cell::Int(n) => bytes(1, &n.to_be_bytes()),
        Cell::Real(n) => bytes(2, &n.to_be_bytes()),
        Cell::Text(text) => bytes(3, text.as_bytes()),
        Cell::Blob(blob) => bytes(4, blob),
    }
}

fn send_all(tx: &mut Tx<'_>, send: &SyncSender<Part>) -> Result<()> {
    let gone = |_| Error::internal("the new place takes no more");
    let sum = each_part(tx, |table, rows| send.send(Part::Rows(table.clone(), rows)).map_err(gone))?;
    send.send(Part::End(sum)).map_err(gone)
}

fn cut_off() -> Error {
    Error::internal("the old place could not be read to its end")
}

/// Writes all rows and reads them back.
fn take_all(tx: &mut Tx<'_>, receive: &Receiver<Part>, org: Id) -> Result<Went> {
    let begun = Instant::now();
    loop {
        match receive.recv().map_err(|_| cut_off())? {
            Part::Rows(table, rows) => tx.table_put(&table, &rows)?,
            Part::End(sent) => {
                let kept = each_part(tx, |_, _| Ok(()))?;
                if kept != sent {
                    let message =
                        format!("What was written of organisation {org} does not read as it was sent. Nothing was kept.");
                    return Err(Error::new(Code::StoreDamaged, message));
                }
                tx.search_fill(Id::NIL, usize::MAX)?;
                tx.touch_all();
                return Ok(Went::Over { rows: sent.1, took: begun.elapsed() });
            }
        }
    }
}

fn compare(tx: &mut Tx<'_>, receive: &Receiver<Part>, org: Id) -> Result<Went> {
    loop {
        if let Part::End(sent) = receive.recv().map_err(|_| cut_off())? {
            if each_part(tx, |_, _| Ok(()))? == sent {
                return Ok(Went::There);
            }
            let message =
                format!("The new place holds organisation {org} already, and not as it is at the old one. Nothing was changed.");
            return Err(Error::new(Code::InvalidValue, message));
        }
    }
}
