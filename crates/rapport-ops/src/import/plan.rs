//! Drafts to what is saved: which customer a card is about, what is new on it.
//!
//! A card goes to the customer that has everything on it already, else to the one it agrees with, else it makes one.

use super::Reading;
use super::absorb::{Pair, SYSTEM, absorb, limit};
use super::draft::{Draft, Subject};
use super::identity::{Reach, contact_key, is_called};
use super::pool::{Entry, Known, KnownCustomer, Pool};
use super::remark::{Note, Remark};
use super::report::{Report, Taken};
use super::rows::put_all;
use rapport_model::customer::{CustomerType, Status};
use rapport_model::text::name_key;
use rapport_model::{Contact, Customer, Id, Meta, Result};

/// Sentences that a report holds; more help nobody, and each is also in the notes of its customer.
const NOTES_MAX: usize = 100;

/// What an import saves, and its report.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Plan {
    pub creates: Vec<Creation>,
    pub completes: Vec<Completion>,
    pub report: Report,
}

/// A new customer with its contacts, the first of them primary. Ids are set, times and owners are not.
#[derive(Clone, Debug, PartialEq)]
pub struct Creation {
    pub customer: Customer,
    pub contacts: Vec<Contact>,
}

/// A customer that gets something. Fields that had a value keep it; only notes, tags, channels and references grow.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// Before and after may be equal when only contacts change.
    pub customer: Change<Customer>,
    pub contacts: Vec<Change<Contact>>,
    pub new_contacts: Vec<Contact>,
}

/// A record as it is and as it is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Change<T> {
    pub before: T,
    pub after: T,
}

/// Compares what was read with what is known. `mint` gives ids for new records.
pub fn plan(reading: Reading, known: &dyn Known, mint: &mut dyn FnMut() -> Id) -> Result<Plan> {
    let Reading { file_name, cards, drafts, skipped, notes } = reading;
    let report = Report { file_name, cards, skipped, notes, ..Report::default() };
    let mut planner = Planner { pool: Pool::new(known), mint, report };
    for draft in &drafts {
        planner.place(draft)?;
    }
    Ok(planner.finish())
}

struct Planner<'a> {
    pool: Pool<'a>,
    mint: &'a mut dyn FnMut() -> Id,
    report: Report,
}

/// How well a card fits a customer of its name or UID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Same,
    /// The name agrees and nothing speaks against it.
    Likely,
    Other,
}

/// A draft put onto an entry, as a trial.
struct Trial {
    pair: Pair,
    /// The contact it went to; `None` = a new one, or none.
    contact: Option<usize>,
    changes: bool,
}

impl Planner<'_> {
    fn place(&mut self, draft: &Draft) -> Result<()> {
        let owner = match &draft.uid {
            Some(uid) => self.pool.owner(uid)?,
            None => None,
        };
        let (named, free_name) = self.named(draft)?;
        let mut fits: Vec<(usize, Fit)> = Vec::new();
        for index in owner.into_iter().chain(named) {
            if !fits.iter().any(|(i, _)| *i == index) {
                let entry = &self.pool.entries[index];
                fits.push((index, fit(entry, draft, owner == Some(index))));
            }
        }
        fits.retain(|(_, fit)| *fit != Fit::Other);
        let owns = |index: usize| owner.is_none_or(|o| o == index);
        let nothing_new = fits.iter().any(|(i, _)| !try_on(&self.pool.entries[*i], draft, owns(*i)).changes);
        if nothing_new {
            self.report.already += 1;
            return Ok(());
        }
        let best = fits.iter().find(|(_, f)| *f == Fit::Same).or_else(|| fits.first()).map(|(index, _)| *index);
        let index = match best {
            Some(index) => {
                self.report.merged += usize::from(self.pool.entries[index].before.is_some());
                index
            }
            None => self.make(draft, free_name),
        };
        let trial = try_on(&self.pool.entries[index], draft, owns(index));
        self.remark(draft, index, &trial.pair.lost);
        self.commit(draft, index, trial);
        Ok(())
    }

    /// The customers called like the draft, or "Name (2)" and so on, and the first such name that is free.
    fn named(&mut self, draft: &Draft) -> Result<(Vec<usize>, String)> {
        let mut out = Vec::new();
        let mut name = draft.name.clone();
        let mut n = 1;
        loop {
            let found = self.pool.named(&name_key(&name))?;
            if found.is_empty() {
                return Ok((out, name));
            }
            out.extend(found);
            n += 1;
            name = numbered(&draft.name, n);
        }
    }

    fn make(&mut self, draft: &Draft, name: String) -> usize {
        if name != draft.name {
            let remark = Remark::NameTaken { name: draft.name.clone(), free: name.clone() };
            self.report.notes.push(Note::of_card(draft.index, draft.label(), remark));
        }
        let kind = match draft.subject {
            Subject::Individual => CustomerType::Individual,
            Subject::Business => CustomerType::Business,
        };
        let from_table = !draft.fields.is_empty();
        let mut customer = Customer {
            meta: Meta { id: (self.mint)(), ..Meta::default() },
            name,
            r#type: kind,
            status: Status::Prospect,
            source: (!from_table).then(|| "Address book".to_owned()),
            ..Customer::default()
        };
        // What does not fit was refused when the row was read.
        let _ = put_all(&mut customer, &draft.fields);
        self.pool.make(customer)
    }

    /// What the user should know of this card.
    fn remark(&mut self, draft: &Draft, index: usize, lost: &[Remark]) {
        let customer = &self.pool.entries[index].customer.name;
        let otherwise = (!is_called(customer, &draft.name))
            .then(|| Remark::Recognised { said: draft.name.clone(), customer: customer.clone() });
        let remarks = draft.remarks.iter().chain(lost).cloned().chain(otherwise);
        self.report.notes.extend(remarks.map(|remark| Note::of_card(draft.index, draft.label(), remark)));
    }

    fn commit(&mut self, draft: &Draft, index: usize, trial: Trial) {
        let entry = &mut self.pool.entries[index];
        entry.customer = trial.pair.customer;
        match (trial.pair.contact, trial.contact) {
            (Some(contact), Some(at)) => entry.contacts[at] = contact,
            (Some(mut contact), None) => {
                contact.meta.id = (self.mint)();
                contact.customer_id = entry.customer.meta.id;
                contact.is_primary = !entry.contacts.iter().any(Contact::counts);
                entry.contact_keys.push(contact_key(&contact));
                entry.contacts.push(contact);
            }
            (None, _) => {}
        }
        if let Some(uid) = draft.uid.as_deref().filter(|uid| has_uid(&entry.customer, uid)) {
            self.pool.note_uid(uid, index);
        }
    }

    fn finish(self) -> Plan {
        let mut plan = Plan { report: self.report, ..Plan::default() };
        for entry in self.pool.entries.into_iter().filter(Entry::is_changed) {
            let Entry { before, mut customer, contacts, .. } = entry;
            match before {
                None => {
                    customer.compute_own();
                    plan.creates.push(Creation { customer, contacts });
                }
                Some(before) => plan.completes.push(completion(before, customer, contacts)),
            }
        }
        let new = |c: &Completion| c.new_contacts.len();
        let contacts = plan.creates.iter().map(|c| c.contacts.len()).chain(plan.completes.iter().map(new)).sum();
        plan.report.taken = Taken { customers: plan.creates.len(), contacts };
        let notes = &mut plan.report.notes;
        if notes.len() > NOTES_MAX {
            let more = notes.len() - NOTES_MAX;
            notes.truncate(NOTES_MAX);
            notes.push(Remark::More { count: more }.into());
        }
        plan
    }
}

fn completion(before: KnownCustomer, customer: Customer, mut contacts: Vec<Contact>) -> Completion {
    let new_contacts = contacts.split_off(before.contacts.len());
    let pairs = before.contacts.into_iter().zip(contacts).filter(|(before, after)| before != after);
    Completion {
        customer: Change { before: before.customer, after: customer },
        contacts: pairs.map(|(before, after)| Change { before, after }).collect(),
        new_contacts,
    }
}

/// "Name (2)", cut so that it fits the field.
fn numbered(name: &str, n: usize) -> String {
    let suffix = format!(" ({n})");
    let room = limit::<Customer>("name").saturating_sub(suffix.len());
    format!("{}{suffix}", name.chars().take(room).collect::<String>().trim_end())
}

fn has_uid(customer: &Customer, uid: &str) -> bool {
    customer.external_refs.iter().any(|r| r.system == SYSTEM && r.id == uid)
}

/// The identity rule. A company is its name. A person is name and a shared address or number, or name alone when there is
/// nothing to compare. A UID counts if anything else agrees: some programs give every card the same.
fn fit(entry: &Entry, draft: &Draft, owns_uid: bool) -> Fit {
    let is_individual = entry.customer.r#type == CustomerType::Individual;
    if owns_uid {
        let person = draft.person.as_ref().map(|p| name_key(&p.full()));
        if is_called(&entry.customer.name, &draft.name) || person.is_some_and(|key| entry.contact_keys.contains(&key)) {
            return Fit::Same;
        }
    } else if draft.subject == Subject::Business && !is_individual {
        return Fit::Same;
    }
    let reach = Reach::of_customer(&entry.customer, &entry.contacts);
    let theirs = Reach::of_draft(draft);
    if reach.shares(&theirs) {
        Fit::Same
    } else if !owns_uid && draft.subject == Subject::Individual && is_individual && reach.agrees(&theirs) {
        Fit::Likely
    } else {
        Fit::Other
    }
}

/// Puts a draft onto an entry without keeping it: onto the contact that has it all, else onto the person's, else a new one.
fn try_on(entry: &Entry, draft: &Draft, owns_uid: bool) -> Trial {
    let Some(person) = &draft.person else { return put_on(entry, draft, owns_uid, None) };
    let key = name_key(&person.full());
    let theirs = Reach::of_draft(draft);
    let is_person = draft.subject == Subject::Individual && entry.customer.r#type == CustomerType::Individual;
    let shares = |at: usize| Reach::of_contact(&entry.contacts[at]).shares(&theirs);
    let agrees = |at: usize| is_person || Reach::of_contact(&entry.contacts[at]).agrees(&theirs);
    // The contact of a person may have been given another name since.
    let candidates: Vec<usize> =
        (0..entry.contacts.len()).filter(|at| entry.contact_keys[*at] == key || (is_person && shares(*at))).collect();
    for at in &candidates {
        let trial = put_on(entry, draft, owns_uid, Some(*at));
        if !trial.changes {
            return trial;
        }
    }
    let same = candidates.iter().copied().find(|at| shares(*at)).or_else(|| candidates.iter().copied().find(|at| agrees(*at)));
    put_on(entry, draft, owns_uid, same)
}

fn put_on(entry: &Entry, draft: &Draft, owns_uid: bool, contact: Option<usize>) -> Trial {
    let there = contact.and_then(|at| entry.contacts.get(at));
    let new = || {
        draft.person.as_ref().map(|p| Contact { first_name: p.first.clone(), last_name: p.last.clone(), ..Contact::default() })
    };
    let before = Pair { customer: entry.customer.clone(), contact: there.cloned().or_else(new), lost: Vec::new() };
    let mut pair = before.clone();
    absorb(&mut pair, draft, owns_uid);
    let is_new = there.is_none() && pair.contact.is_some();
    let changes = is_new || pair.customer != before.customer || pair.contact != before.contact;
    Trial { pair, contact, changes }
}
