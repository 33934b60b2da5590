//! Whether a device is who it was: the counter and the hash chain of its mutations. A store that was restored from a backup, or a
//! disk that was copied, shows as a fork; the device then goes on under a new epoch, with everything that waits.

use super::Context;
use rapport_model::mutation::Mutation;
use rapport_model::wire::ChainEnd;
use rapport_model::{Actor, Code, Error, Id, Result};
use rapport_store::Tx;
use rapport_store::epochs::Epoch;
use std::collections::HashSet;

fn forked() -> Error {
    let message = "The data of this device was restored from a backup, or copied. Nothing is lost: it goes on as a new device.";
    Error::new(Code::NewEpoch, message)
}

fn strangers() -> Error {
    Error::new(Code::Forbidden, "This work is of somebody else's device. Sign in as whoever did it.")
}

/// What a device says of its chain before it pulls, against what came from it.
pub(super) fn compare(tx: &mut Tx<'_>, actor: &Actor, said: &ChainEnd) -> Result<()> {
    let Some(known) = tx.epoch_find(said.epoch)? else { return Ok(()) };
    if known.user_id != actor.user {
        return Err(strangers());
    }
    let behind = said.n < known.n;
    let other = said.n == known.n && !known.hash.starts_with(&said.hash);
    if behind || other { Err(forked()) } else { Ok(()) }
}

/// Takes the numbers of a push. `judged` are the mutations that came before, whatever became of them.
pub(super) fn take(tx: &mut Tx<'_>, at: &Context<'_>, mutations: &[Mutation], judged: &HashSet<Id>) -> Result<()> {
    let mut seen: HashSet<Id> = judged.clone();
    let mut ends: Vec<Epoch> = Vec::new();
    for mutation in mutations {
        let place = match ends.iter().position(|end| end.epoch == mutation.epoch) {
            Some(place) => place,
            None => {
                ends.push(begun(tx, at, mutation)?);
                ends.len() - 1
            }
        };
        let Some(end) = ends.get_mut(place) else { continue };
        let again = !seen.insert(mutation.mutation_id);
        // Only the first of a chain has nothing before it; what says nothing of a chain is not held against one.
        let unchained = mutation.prev.is_empty() && mutation.n != 1;
        if mutation.n > end.n {
            if mutation.n == end.n + 1 && end.n > 0 && !unchained && !again && mutation.prev != end.hash {
                return Err(forked());
            }
            (end.n, end.hash) = (mutation.n, mutation.hash()?);
        } else if !again && !unchained {
            return Err(forked());
        }
    }
    for end in ends {
        tx.epoch_put(&Epoch { device_id: at.actor.device, at: at.now, ..end })?;
    }
    Ok(())
}

fn begun(tx: &mut Tx<'_>, at: &Context<'_>, mutation: &Mutation) -> Result<Epoch> {
    let (epoch, user_id) = (mutation.epoch, at.actor.user);
    match tx.epoch_find(epoch)? {
        Some(known) if known.user_id != user_id => Err(strangers()),
        Some(known) => Ok(known),
        None => Ok(Epoch { epoch, user_id, device_id: at.actor.device, n: 0, hash: String::new(), at: at.now }),
    }
}
