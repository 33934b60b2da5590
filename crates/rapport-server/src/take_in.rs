//! Work that comes in a file: opened with the key that its device was given, and judged as if the device had pushed it.

use crate::folder::{Folder, io_error};
use crate::token::Keys;
use rapport_model::mutation::{Mutation, Outcome};
use rapport_model::{Actor, Code, Error, Millis, Result, Source, User};
use rapport_ops::accept::{self, BATCH_MUTATIONS_MAX, Context};
use rapport_ops::parcel::{self, Head, PARCEL_BYTES_MAX, Work};
use rapport_store::Store;
use std::path::Path;
use std::sync::Arc;

/// A file that was opened.
#[derive(Debug)]
pub struct Parcel {
    pub head: Head,
    pub work: Work,
}

/// Reads and opens a file. Blocks.
pub fn read(folder: &Folder, path: &Path) -> Result<Parcel> {
    let size = std::fs::metadata(path).map_err(|e| io_error(path, &e))?.len();
    if size > PARCEL_BYTES_MAX {
        return Err(Error::new(Code::TooLarge, format!("{} is larger than such a file can be.", path.display())));
    }
    open(folder, &std::fs::read(path).map_err(|e| io_error(path, &e))?)
}

/// Opens what a file holds.
pub fn open(folder: &Folder, bytes: &[u8]) -> Result<Parcel> {
    let head = parcel::head_of(bytes)?;
    let key = Keys::of(&folder.directory()?)?.work(head.org, head.device)?;
    Ok(Parcel { work: parcel::open(bytes, &key)?, head })
}

/// Has it judged, as the work of whoever did it, in the role that she has now. A device that was signed out meanwhile did it while it
/// was not, so it is taken. What came before is answered the same. Blocks.
pub fn take_in(folder: &Folder, source: &Arc<dyn Source>, parcel: Parcel) -> Result<Vec<Outcome>> {
    let Parcel { head, work } = parcel;
    let store = folder.open_org(head.org)?;
    let actor = store.read(move |tx| author(tx, &head))?;
    let mut outcomes = Vec::with_capacity(work.mutations.len());
    for part in work.mutations.chunks(BATCH_MUTATIONS_MAX) {
        match judge(&store, source, actor, part.to_vec()) {
            Err(error) if error.code == Code::Internal => {
                // One of them fails for no reason of its own: it must not keep out the others.
                for one in part {
                    outcomes.extend(judge(&store, source, actor, vec![one.clone()])?);
                }
            }
            judged => outcomes.extend(judged?),
        }
    }
    Ok(outcomes)
}

fn author(tx: &mut rapport_store::Tx<'_>, head: &Head) -> Result<Actor> {
    let is_hers = tx.device_find(head.device)?.is_some_and(|device| device.user_id == head.user);
    let user = tx.find_as::<User>(head.user)?.filter(|_| is_hers);
    let user = user.ok_or_else(|| Error::new(Code::NotFound, "The device that this work comes from is not known here."))?;
    Ok(Actor { user: user.meta.id, role: user.role, device: head.device })
}

fn judge(store: &Store, source: &Arc<dyn Source>, actor: Actor, part: Vec<Mutation>) -> Result<Vec<Outcome>> {
    let source = source.clone();
    store.write(move |tx| {
        let now: Millis = source.now();
        accept::push(tx, &Context { actor, now, source: source.as_ref() }, part)
    })
}
