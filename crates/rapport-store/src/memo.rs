//! What was read a moment ago and still holds, so that it is not read again: who calls, what she sees, whose list it is.
//!
//! Every reading connection has its own. It is emptied as soon as anybody, in this process or another, has committed since, and
//! the database is asked for that inside the snapshot that is being read: an answer is never older than its snapshot.

use crate::store::Tx;
use rapport_model::{Id, Result, User};
use std::any::Any;
use std::collections::HashMap;

/// Entries at most; when there are more, all make room.
const ENTRIES_MAX: usize = 1024;

/// What a value is, and of which record.
type Of = (&'static str, Box<[u8]>);

/// Values as they were read.
#[derive(Default)]
pub struct Memo(HashMap<Of, Box<dyn Any + Send>>);

impl Memo {
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }

    fn find<T: Clone + 'static>(&self, what: &'static str, of: &[u8]) -> Option<T> {
        self.0.get(&(what, of.into()))?.downcast_ref::<T>().cloned()
    }

    fn keep<T: Send + 'static>(&mut self, what: &'static str, of: &[u8], value: T) {
        if self.0.len() >= ENTRIES_MAX {
            self.forget();
        }
        self.0.insert((what, of.into()), Box::new(value));
    }
}

impl Tx<'_> {
    /// What `read` says, or what it said before if nothing was committed since. Inside a write it is always read. What is kept
    /// depends on the snapshot, `what` and `of` alone: never on the time.
    pub fn recalled<T: Clone + Send + 'static>(
        &mut self,
        what: &'static str,
        of: &[u8],
        read: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        self.recall(false, what, of, read)
    }

    /// The same of what depends on the organisation, its users and teams alone: inside a write it holds until one of them is written.
    pub fn recalled_of_people<T: Clone + Send + 'static>(
        &mut self,
        what: &'static str,
        of: &[u8],
        read: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        self.recall(true, what, of, read)
    }

    fn recall<T: Clone + Send + 'static>(
        &mut self,
        of_people: bool,
        what: &'static str,
        of: &[u8],
        read: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        if let Some(found) = self.held(of_people)?.and_then(|memo| memo.find(what, of)) {
            return Ok(found);
        }
        let found: T = read(self)?;
        if let Some(memo) = self.held(of_people)? {
            memo.keep(what, of, found.clone());
        }
        Ok(found)
    }

    /// The memo that serves here: a reader's own, or in a write that of people.
    fn held(&mut self, of_people: bool) -> Result<Option<&mut Memo>> {
        if self.raw().memo()?.is_some() {
            return self.raw().memo();
        }
        Ok(of_people.then(|| self.of_people()))
    }

    /// A user, trashed ones included.
    pub fn user(&mut self, id: Id) -> Result<Option<User>> {
        self.recalled_of_people("user", id.as_bytes(), |tx| tx.find_as::<User>(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let mut memo = Memo::default();
        for n in 0..ENTRIES_MAX {
            memo.keep("n", &n.to_be_bytes(), n);
        }
        assert_eq!(memo.find::<usize>("n", &5_usize.to_be_bytes()), Some(5));
        assert_eq!(memo.find::<usize>("m", &5_usize.to_be_bytes()), None);
        memo.keep("m", &[], 1_usize);
        assert_eq!((memo.0.len(), memo.find::<usize>("m", &[])), (1, Some(1)));
    }
}
