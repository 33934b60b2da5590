//! Customers in memory, for the tests of the import.

use super::absorb::SYSTEM;
use super::{Known, KnownCustomer, Plan, Reading, plan, read_text};
use rapport_model::text::name_key;
use rapport_model::{Contact, Customer, Id, Result};

/// A store of customers that plans are applied to.
#[derive(Default)]
pub struct Memory {
    pub all: Vec<KnownCustomer>,
    minted: u64,
}

impl Known for Memory {
    fn by_name_key(&self, key: &str) -> Result<Vec<KnownCustomer>> {
        Ok(self.all.iter().filter(|k| name_key(&k.customer.name) == key).cloned().collect())
    }

    fn by_ref(&self, system: &str, id: &str) -> Result<Option<KnownCustomer>> {
        let has = |k: &&KnownCustomer| k.customer.external_refs.iter().any(|r| r.system == system && r.id == id);
        Ok(self.all.iter().find(has).cloned())
    }
}

impl Memory {
    pub fn plan(&mut self, reading: Reading) -> Plan {
        let mut minted = self.minted;
        let made = plan(reading, &*self, &mut || {
            minted += 1;
            Id::from_bytes(u128::from(minted).to_be_bytes())
        });
        self.minted = minted;
        made.expect("memory does not fail")
    }

    pub fn import(&mut self, reading: Reading) -> Plan {
        let plan = self.plan(reading);
        self.apply(&plan);
        plan
    }

    pub fn import_text(&mut self, text: &str) -> Plan {
        self.import(read_text("test.vcf", text))
    }

    /// Adds a customer as a person would have typed it.
    pub fn add(&mut self, mut customer: Customer, contacts: Vec<Contact>) {
        self.minted += 1;
        customer.meta.id = Id::from_bytes(u128::from(self.minted).to_be_bytes());
        self.all.push(KnownCustomer { customer, contacts });
    }

    fn apply(&mut self, plan: &Plan) {
        for made in &plan.creates {
            self.all.push(KnownCustomer { customer: made.customer.clone(), contacts: made.contacts.clone() });
        }
        for done in &plan.completes {
            let id = done.customer.after.meta.id;
            let known = self.all.iter_mut().find(|k| k.customer.meta.id == id).expect("a known customer");
            known.customer = done.customer.after.clone();
            for change in &done.contacts {
                let at = known.contacts.iter().position(|c| c.meta.id == change.after.meta.id).expect("a known contact");
                known.contacts[at] = change.after.clone();
            }
            known.contacts.extend(done.new_contacts.iter().cloned());
        }
        self.check();
    }

    /// The rules that hold whatever is imported.
    fn check(&self) {
        let mut names: Vec<String> = self.all.iter().map(|k| name_key(&k.customer.name)).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count, "a name is taken twice");
        let mut uids: Vec<&str> = self.all.iter().flat_map(|k| &k.customer.external_refs).map(|r| r.id.as_str()).collect();
        let count = uids.len();
        uids.sort_unstable();
        uids.dedup();
        assert_eq!(uids.len(), count, "a reference of {SYSTEM} is there twice");
        for known in &self.all {
            assert!(!name_key(&known.customer.name).is_empty());
            let primary = known.contacts.iter().filter(|c| c.is_primary && c.counts()).count();
            assert_eq!(primary, usize::from(known.contacts.iter().any(Contact::counts)), "{}", known.customer.name);
            for contact in &known.contacts {
                assert!(rapport_model::contact::check_name(contact).is_ok());
                assert_eq!(contact.customer_id, known.customer.meta.id);
            }
        }
    }

    pub fn named(&self, name: &str) -> &KnownCustomer {
        self.all.iter().find(|k| k.customer.name == name).unwrap_or_else(|| panic!("no customer {name}"))
    }
}

/// A card around some lines.
pub fn card(lines: &str) -> String {
    format!("BEGIN:VCARD\nVERSION:3.0\n{lines}\nEND:VCARD\n")
}

/// The only customer that a card with these lines makes.
pub fn customer_of(lines: &str) -> (Customer, Vec<Contact>) {
    let mut plan = Memory::default().import_text(&card(lines));
    assert_eq!(plan.creates.len(), 1, "{:?}", plan.report);
    let made = plan.creates.remove(0);
    (made.customer, made.contacts)
}

/// A person's customer and contact.
pub fn person_of(lines: &str) -> (Customer, Contact) {
    let (customer, mut contacts) = customer_of(lines);
    assert_eq!(contacts.len(), 1, "one contact");
    (customer, contacts.remove(0))
}

pub fn channels(contact: &Contact) -> Vec<(&str, &str, &str)> {
    contact.channels.iter().map(|c| (c.kind.as_str(), c.label.as_str(), c.value.as_str())).collect()
}

/// Whether the notes have this line.
pub fn has_line(notes: &Option<String>, line: &str) -> bool {
    notes.as_deref().is_some_and(|n| n.lines().any(|l| l == line))
}
