//! What a device had on its own, offered to the server that it connects to: every record as a create, parents first.
//!
//! Records keep their ids, so doing it twice offers nothing twice. The local file stays as it is.

use crate::profile::{Folder, Profile};
use rapport_model::change::creation;
use rapport_model::mutation::{CHANGES_MAX, Change};
use rapport_model::{BoxedRecord, FieldKind, Id, Kind, Result, User, customer_of};
use rapport_store::copies::Copy;
use rapport_store::list::{PAGE_ROWS_MAX, Query};
use rapport_store::outbox::Base;
use rapport_store::{Shelf, Store, Tx};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The local session that is left.
pub(super) struct Local {
    store: Store,
    profile: Id,
    user: Id,
}

/// Records of the local session as they are to be in the new one.
pub(super) struct Handed {
    records: Vec<BoxedRecord>,
    batch: Id,
}

impl Local {
    pub fn of(store: &Store, profile: &Profile) -> Local {
        Local { store: store.clone(), profile: profile.id, user: profile.user }
    }

    /// Blocks. Lays the contents of its attachments beside the other store, to be sent from there.
    pub fn carry_files(&self, folder: &Folder, store: &Store, shelf: &Shelf) -> Result<()> {
        let from = Shelf::open(&self.store, folder.contents(self.profile))?;
        for copy in self.store.read(|tx| tx.copies())?.into_iter().filter(|copy| copy.here) {
            let Some(bytes) = from.get(&copy.sha256)? else { continue };
            let digest = copy.sha256.clone();
            shelf.lay_down(store, &digest, &bytes, move |tx| {
                if tx.copy_find(&copy.sha256)?.is_some() {
                    return Ok(());
                }
                tx.copy_put(&Copy { wanted: true, unsent: true, ..copy })
            })?;
        }
        Ok(())
    }

    /// Blocks. Everything that is not in the trash, with this user in the place of the local one.
    pub fn read(self, user: &User) -> Result<Handed> {
        let mut records = Vec::new();
        for kind in Kind::ALL.iter().copied().filter(|kind| kind.is_writable() && *kind != Kind::Cards) {
            let mut cursor = None;
            loop {
                let query = Query { cursor, limit: PAGE_ROWS_MAX, include_inactive: true, ..Query::default() };
                let page = self.store.read(move |tx| tx.list(kind, &query))?;
                records.extend(page.items);
                match page.next {
                    Some(next) => cursor = Some(next),
                    None => break,
                }
            }
        }
        let there: BTreeSet<Id> = records.iter().map(|r| r.meta().id).collect();
        // What hangs on something in the trash stays with it.
        records.retain(|record| customer_of(record.as_ref()).is_none_or(|customer| there.contains(&customer)));
        for record in &mut records {
            adopt(record, self.user, user.meta.id, &there)?;
        }
        let batch = rapport_model::Source::id(&rapport_store::source::System);
        Ok(Handed { records, batch })
    }
}

/// Puts the new user's id wherever the local one's stands, and lets go of what lies in the trash.
fn adopt(record: &mut BoxedRecord, local: Id, user: Id, there: &BTreeSet<Id>) -> Result<()> {
    record.meta_mut().version = 0;
    if record.meta().created_by == local {
        record.meta_mut().created_by = user;
    }
    for (index, field) in record.kind().fields().iter().enumerate() {
        let FieldKind::Ref(to) = field.kind else { continue };
        let Ok(id) = serde_json::from_value::<Id>(record.get(index)) else { continue };
        if to == Kind::Users && id == local {
            record.set(index, json!(user))?;
        } else if to.is_child() && field.nullable && !there.contains(&id) {
            record.set(index, Value::Null)?;
        }
    }
    Ok(())
}

/// Puts what is not there yet: row, base and outbox alike, as a save would.
pub(super) fn put(tx: &mut Tx<'_>, handed: Handed) -> Result<()> {
    let mut changes: BTreeMap<Id, Vec<Change>> = BTreeMap::new();
    let mut now = rapport_model::Millis(0);
    for record in handed.records {
        let (kind, id) = (record.kind(), record.meta().id);
        if tx.find(kind, id)?.is_some() {
            continue;
        }
        now = now.max(record.meta().updated_at);
        let change = creation(record.as_ref(), record.meta().updated_at)?;
        changes.entry(customer_of(record.as_ref()).unwrap_or(id)).or_default().push(change);
        tx.put(record.as_ref())?;
        tx.base_put(kind, id, &Base { version: 0, record: None })?;
    }
    // One customer with what hangs on it is one mutation, so that one that is refused holds up no other.
    for part in changes.values().flat_map(|changes| changes.chunks(CHANGES_MAX / 2)) {
        tx.outbox_add(Some(handed.batch), part)?;
    }
    let customers: Vec<Id> = changes.into_keys().collect();
    tx.refresh_customers(&customers, now).map(drop)
}
