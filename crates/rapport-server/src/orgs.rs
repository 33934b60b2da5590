//! The organisations that are open: opened when first asked for, the longest unused closed beyond a limit.

use crate::folder::Folder;
use rapport_model::{Error, Id, Result};
use rapport_store::Store;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// Organisations open at once: two or three files and two to four threads each.
pub const OPEN_ORGS_MAX: usize = 400;

#[derive(Default)]
struct Open {
    /// Counts uses; the smallest is the longest unused.
    clock: u64,
    stores: HashMap<Id, (u64, Arc<OnceCell<Store>>)>,
}

pub struct Orgs {
    folder: Folder,
    open: Mutex<Open>,
    max: usize,
}

impl Orgs {
    pub fn new(folder: Folder, max: usize) -> Orgs {
        Orgs { folder, open: Mutex::default(), max }
    }

    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The store of an organisation. Opening one holds up only those who wait for the same.
    pub async fn get(&self, org: Id) -> Result<Store> {
        let cell = self.cell(org);
        let folder = self.folder.clone();
        let opened = cell
            .get_or_try_init(|| async move {
                tokio::task::spawn_blocking(move || folder.open_org(org)).await.map_err(Error::internal)?
            })
            .await;
        match opened {
            Ok(_) => self.close_beyond_limit(),
            Err(_) => self.forget(org, &cell),
        }
        opened.cloned()
    }

    /// The organisations that have a file here.
    pub async fn ids(&self) -> Result<Vec<Id>> {
        let folder = self.folder.clone();
        tokio::task::spawn_blocking(move || folder.org_ids()).await.map_err(Error::internal)?
    }

    /// Whether an organisation's file is open. Asking does not count as a use.
    pub fn is_open(&self, org: Id) -> bool {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).stores.contains_key(&org)
    }

    /// How many are open, and the jobs that wait in their queues, to write and to read.
    pub fn load(&self) -> (usize, usize, usize) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = open.stores.values().filter_map(|(_, cell)| cell.get()).map(Store::waiting);
        waiting.fold((0, 0, 0), |sum, (writing, reading)| (sum.0 + 1, sum.1 + writing, sum.2 + reading))
    }

    fn cell(&self, org: Id) -> Arc<OnceCell<Store>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.clock += 1;
        let now = open.clock;
        let entry = open.stores.entry(org).or_default();
        entry.0 = now;
        entry.1.clone()
    }

    /// Only after one was really opened: a made-up id must not close anybody's.
    fn close_beyond_limit(&self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        while open.stores.len() > self.max
            && let Some(oldest) = open.stores.iter().min_by_key(|(_, (used, _))| *used).map(|(id, _)| *id)
        {
            // Whoever still works on it holds a clone; its threads end with the last one.
            open.stores.remove(&oldest);
        }
    }

    fn forget(&self, org: Id, cell: &Arc<OnceCell<Store>>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.stores.get(&org).is_some_and(|(_, held)| Arc::ptr_eq(held, cell)) {
            open.stores.remove(&org);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_model::Code;

    #[tokio::test]
    async fn the_longest_unused_is_closed_and_opens_again() {
        let dir = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(dir.path()).expect("opens");
        let ids: Vec<Id> = (1..4).map(|n| Id::from_bytes([n; 16])).collect();
        for id in &ids {
            folder.create_org(*id).expect("a file");
        }
        let orgs = Orgs::new(folder, 2);
        for id in [ids[0], ids[1], ids[0], ids[2]] {
            orgs.get(id).await.expect("opens");
        }
        let held = || {
            let mut held: Vec<Id> = orgs.open.lock().expect("a lock").stores.keys().copied().collect();
            held.sort();
            held
        };
        assert_eq!(held(), [ids[0], ids[2]]);
        orgs.get(ids[1]).await.expect("opens again");
        assert_eq!(held(), [ids[1], ids[2]]);
        let unknown = orgs.get(Id::from_bytes([9; 16])).await.map(drop).map_err(|e| e.code);
        assert_eq!(unknown, Err(Code::NotFound));
        assert_eq!(held(), [ids[1], ids[2]], "an unknown organisation closes nobody's");
    }
}
