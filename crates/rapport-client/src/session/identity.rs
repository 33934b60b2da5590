//! What is noted of this store outside it: its epoch, how far it has sealed, how often it was opened, which numbers it may have
//! given. A store that knows less than its note was restored from a backup: it goes on as a new device, and never gives a number
//! twice.

use crate::tokens::blocking;
use crate::vault::{Name, Secret, Vault};
use rapport_model::{Error, Id, Result, Source};
use rapport_store::{Store, Tx};
use rapport_sync::seal::key;
use rapport_sync::transport::Answer;
use rapport_sync::{Mark, Marker, identity};
use serde::{Deserialize, Serialize};

/// How often this store was opened.
const OPENED: &str = "opened";

/// Numbers that are noted ahead, so that none is given before it is noted.
const AHEAD: i64 = 50;

/// Numbers left of those at which more are noted.
const AHEAD_MIN: i64 = 25;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Note {
    #[serde(default)]
    epoch: Option<Id>,
    #[serde(default)]
    n: i64,
    #[serde(default)]
    opened: i64,
    /// Series, year, and the last number that may have been given.
    #[serde(default)]
    numbers: Vec<(String, i64, i64)>,
}

fn read(vault: &Vault) -> Result<Option<Note>> {
    let Some(secret) = vault.get(Name::Epoch)? else { return Ok(None) };
    // A note that cannot be read says nothing; it is written anew.
    Ok(serde_json::from_slice(secret.bytes()).ok())
}

fn write(vault: &Vault, note: &Note) -> Result<()> {
    let text = serde_json::to_vec(note).map_err(Error::internal)?;
    vault.set(Name::Epoch, &Secret::new(text))
}

/// What the store says of itself.
fn of_store(tx: &mut Tx<'_>) -> Result<Note> {
    let end = identity::chain_end(tx)?;
    Ok(Note {
        epoch: tx.progress::<Id>(key::EPOCH)?,
        n: end.map_or(0, |end| end.n),
        opened: tx.progress::<i64>(OPENED)?.unwrap_or(0),
        numbers: tx.numbers()?,
    })
}

/// Compares a store that was just opened with its note. Blocks. Returns whether it was restored.
pub(super) fn opened(vault: &Vault, store: &Store, source: &dyn Source) -> Result<bool> {
    let held = store.read(of_store)?;
    let noted = read(vault)?.unwrap_or_default();
    let same = noted.epoch.is_none() || noted.epoch == held.epoch;
    let restored = !same || held.n < noted.n || held.opened < noted.opened;
    let fresh = source.id();
    let count = held.opened.max(noted.opened) + 1;
    let numbers = noted.numbers;
    let now = store.write(move |tx| {
        if restored {
            tracing::warn!("this store was restored or copied; it goes on under a new epoch");
            identity::fork(tx, &Fixed(fresh))?;
            tx.numbers_raise(&numbers)?;
        }
        tx.set_progress(OPENED, &count)?;
        of_store(tx)
    })?;
    if write(vault, &ahead(now)).is_err() {
        // Nobody is kept from her data by that; what is sealed is noted again before it is sent.
        tracing::warn!("how far this store is could not be noted");
    }
    Ok(restored)
}

/// With room for the numbers of the next while.
fn ahead(mut note: Note) -> Note {
    note.numbers.iter_mut().for_each(|(_, _, last)| *last += AHEAD);
    note
}

/// One id, drawn before the transaction that needs it.
struct Fixed(Id);

impl Source for Fixed {
    fn now(&self) -> rapport_model::Millis {
        rapport_model::Millis(0)
    }

    fn id(&self) -> Id {
        self.0
    }
}

/// Keeps the note in the vault.
pub(super) struct Noted {
    vault: Vault,
    store: Store,
}

impl Noted {
    pub fn new(vault: Vault, store: Store) -> Noted {
        Noted { vault, store }
    }
}

impl Marker for Noted {
    fn note(&self, mark: Mark) -> Answer<'_, ()> {
        Box::pin(async move {
            let note = Note { epoch: Some(mark.epoch), n: mark.n, ..self.store.read_async(of_store).await? };
            let vault = self.vault.clone();
            blocking(move || {
                if read(&vault)?.is_some_and(|kept| kept.n == note.n && kept.epoch == note.epoch) {
                    return Ok(());
                }
                write(&vault, &ahead(note))
            })
            .await
        })
    }
}

/// Numbers were given: notes more ahead, when few of those noted are left.
pub(super) async fn note_numbers(vault: &Vault, store: &Store) -> Result<()> {
    let held = store.read_async(of_store).await?;
    let vault = vault.clone();
    blocking(move || {
        let noted = read(&vault)?.unwrap_or_default();
        let room = |(series, year, last): &(String, i64, i64)| {
            let noted = noted.numbers.iter().find(|(s, y, _)| (s, y) == (series, year));
            noted.is_some_and(|(_, _, noted)| noted - last >= AHEAD_MIN)
        };
        if held.numbers.iter().all(room) { Ok(()) } else { write(&vault, &ahead(held)) }
    })
    .await
}
