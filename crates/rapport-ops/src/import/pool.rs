//! The customers that cards are compared with: those that are known, and those that this import makes.

use super::absorb::SYSTEM;
use super::identity::contact_key;
use rapport_model::text::name_key;
use rapport_model::{Contact, Customer, Id, Result};
use std::collections::HashMap;

/// A customer that is there, with its contacts; neither in the trash.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownCustomer {
    pub customer: Customer,
    pub contacts: Vec<Contact>,
}

/// What the import asks the store.
pub trait Known {
    /// The customers of this name key; archived ones count.
    fn by_name_key(&self, key: &str) -> Result<Vec<KnownCustomer>>;

    /// The customer with this external reference.
    fn by_ref(&self, system: &str, id: &str) -> Result<Option<KnownCustomer>>;
}

/// One customer as the cards so far left it.
pub struct Entry {
    /// As it was before; `None` if this import makes it.
    pub before: Option<KnownCustomer>,
    pub customer: Customer,
    pub contacts: Vec<Contact>,
    /// The name keys of the contacts, in the same order.
    pub contact_keys: Vec<String>,
}

impl Entry {
    pub fn is_changed(&self) -> bool {
        let before = self.before.as_ref();
        before.is_none_or(|b| b.customer != self.customer || b.contacts != self.contacts)
    }
}

/// Entries by name and by UID; each known customer is asked for once.
pub struct Pool<'a> {
    known: &'a dyn Known,
    pub entries: Vec<Entry>,
    by_id: HashMap<Id, usize>,
    by_key: HashMap<String, Vec<usize>>,
    by_uid: HashMap<String, usize>,
    asked_uids: HashMap<String, Option<usize>>,
}

impl<'a> Pool<'a> {
    pub fn new(known: &'a dyn Known) -> Pool<'a> {
        Pool {
            known,
            entries: Vec::new(),
            by_id: HashMap::new(),
            by_key: HashMap::new(),
            by_uid: HashMap::new(),
            asked_uids: HashMap::new(),
        }
    }

    pub fn named(&mut self, key: &str) -> Result<Vec<usize>> {
        if !self.by_key.contains_key(key) {
            let found = self.known.by_name_key(key)?;
            let indices = found.into_iter().map(|k| self.enter_known(k)).collect();
            self.by_key.insert(key.to_owned(), indices);
        }
        Ok(self.by_key.get(key).cloned().unwrap_or_default())
    }

    /// The customer that has this UID.
    pub fn owner(&mut self, uid: &str) -> Result<Option<usize>> {
        if let Some(index) = self.by_uid.get(uid) {
            return Ok(Some(*index));
        }
        if !self.asked_uids.contains_key(uid) {
            let found = self.known.by_ref(SYSTEM, uid)?;
            let index = found.map(|k| self.enter_known(k));
            self.asked_uids.insert(uid.to_owned(), index);
        }
        Ok(self.asked_uids.get(uid).copied().flatten())
    }

    fn enter_known(&mut self, known: KnownCustomer) -> usize {
        if let Some(index) = self.by_id.get(&known.customer.meta.id) {
            return *index;
        }
        let KnownCustomer { customer, contacts } = known.clone();
        self.push(Entry { before: Some(known), contact_keys: contacts.iter().map(contact_key).collect(), customer, contacts })
    }

    fn push(&mut self, entry: Entry) -> usize {
        let index = self.entries.len();
        self.by_id.insert(entry.customer.meta.id, index);
        self.entries.push(entry);
        index
    }

    /// Enters a customer that this import makes; nobody has its name.
    pub fn make(&mut self, customer: Customer) -> usize {
        let key = name_key(&customer.name);
        let index = self.push(Entry { before: None, customer, contacts: Vec::new(), contact_keys: Vec::new() });
        self.by_key.entry(key).or_default().push(index);
        index
    }

    /// Makes a UID findable that an entry has got.
    pub fn note_uid(&mut self, uid: &str, index: usize) {
        self.by_uid.entry(uid.to_owned()).or_insert(index);
    }
}
