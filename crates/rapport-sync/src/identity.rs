//! Who this store is: its epoch, and the chain of what it sealed. Noted here and outside the store before it is used, so that a
//! restored backup or a copied disk is noticed, and goes on as a new device with all that waits.

use crate::seal::{Chain, key, sealed};
use rapport_model::wire::ChainEnd;
use rapport_model::{Id, Result, Source};
use rapport_store::Tx;
use rapport_store::lookup::DEVICE_CODE;
use rapport_store::outbox::Seal;

/// Characters of a hash that are told in a handshake: enough to tell two apart, few to send each time.
const HASH_CHARS: usize = 16;

/// The end of the chain, as the server is told before the first pull of a run; `None` = nothing was sealed yet.
pub fn chain_end(tx: &mut Tx<'_>) -> Result<Option<ChainEnd>> {
    let Some(epoch) = tx.progress::<Id>(key::EPOCH)? else { return Ok(None) };
    let Chain { n, hash } = tx.progress::<Chain>(key::CHAIN)?.unwrap_or_default();
    let hash = hash.chars().take(HASH_CHARS).collect();
    Ok((n > 0).then_some(ChainEnd { epoch, n, hash }))
}

/// The letters of a code in numbers: Crockford's base 32.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// This store was restored or copied: it begins a new life, and gives numbers under a code of its own. The server's codes have two
/// letters, those that a device draws have three, so neither is ever the other's.
pub fn fork(tx: &mut Tx<'_>, source: &dyn Source) -> Result<()> {
    renew(tx, source)?;
    let epoch = tx.progress::<Id>(key::EPOCH)?.unwrap_or_default();
    let code: String = epoch.as_bytes()[13..].iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    tx.set_progress(DEVICE_CODE, &code)
}

/// Begins a new life of this store. What was sealed keeps its id and its stamps, so that what the server has had already has one
/// effect; only its place in the chain is new.
pub fn renew(tx: &mut Tx<'_>, source: &dyn Source) -> Result<()> {
    let epoch = source.id();
    let mut chain = Chain::default();
    tx.outbox_release()?;
    for waiting in tx.outbox_sealed()? {
        let Some(seal) = &waiting.seal else { continue };
        let seal = Seal { mutation_id: seal.mutation_id, n: chain.n + 1, prev: chain.hash.clone() };
        tx.outbox_seal(waiting.seq, &waiting.changes, &seal)?;
        chain = Chain { n: seal.n, hash: sealed(epoch, &waiting, &seal).hash()? };
    }
    tx.set_progress(key::EPOCH, &epoch)?;
    tx.set_progress(key::CHAIN, &chain)
}
