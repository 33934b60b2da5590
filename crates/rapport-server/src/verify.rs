//! Checks the whole folder: files, directory, references, names, primary contacts, and the log against the rows.

use crate::folder::Folder;
use rapport_model::wire::What;
use rapport_model::{Contact, Customer, Id, Interaction, Kind, Millis, Org, Record, Result, User};
use rapport_store::Tx;
use rapport_store::list::{PAGE_ROWS_MAX, Query};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Log entries read at once.
const LOG_PAGE: usize = 5000;

/// Everything that is wrong, one line each; empty = sound.
pub fn verify(folder: &Folder) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let directory = folder.directory()?;
    found.extend(directory.maintain(|raw| raw.verify())?.into_iter().map(|line| format!("directory: {line}")));
    let mut held: HashMap<String, Id> = directory.read(|tx| tx.directory_entries())?.into_iter().collect();
    for org in folder.org_ids()? {
        let store = match folder.open_org(org) {
            Ok(store) => store,
            Err(error) => {
                found.push(format!("org {org}: cannot be opened: {error}"));
                continue;
            }
        };
        let mut lines = store.maintain(|raw| raw.verify())?;
        let accounts = store.read(|tx| tx.accounts())?;
        for account in &accounts {
            match held.remove(&account.email_key) {
                Some(leads_to) if leads_to == org => {}
                Some(other) => lines.push(format!("the directory leads user {} to org {other}", account.user_id)),
                None => lines.push(format!("the directory does not know user {}", account.user_id)),
            }
        }
        // A file whose making was cut off holds nothing yet and is no fault.
        if accounts.is_empty() && store.read(move |tx| tx.find(Kind::Orgs, org))?.is_none() {
            continue;
        }
        lines.extend(store.read(move |tx| check_org(tx, org))?);
        found.extend(lines.into_iter().map(|line| format!("org {org}: {line}")));
    }
    found.extend(held.values().map(|org| format!("directory: an address leads to org {org}, which does not know it")));
    Ok(found)
}

/// What one pass over an org's rows remembers.
#[derive(Default)]
struct Seen {
    versions: HashMap<(Kind, Id), i64>,
    customers: HashSet<Id>,
    users: HashSet<Id>,
    /// Contact to its customer.
    contacts: HashMap<Id, Id>,
    /// Customer to its counting contacts, and how many of them are primary.
    counting: HashMap<Id, (usize, usize)>,
    names: HashMap<String, Id>,
    /// Purged, erased or merged.
    gone: HashSet<Id>,
    lines: Vec<String>,
}

fn check_org(tx: &mut Tx<'_>, org: Id) -> Result<Vec<String>> {
    let gone = tx.tombstones_before(Millis(i64::MAX), usize::MAX)?;
    let mut seen = Seen { gone: gone.into_iter().map(|stone| stone.record_id).collect(), ..Seen::default() };
    if tx.find_as::<Org>(org)?.is_none() {
        seen.lines.push("the organisation's own record is missing".to_owned());
    }
    // Parents before children, so that references can be looked up.
    for kind in Kind::ALL {
        each(tx, *kind, |record| seen.take(record))?;
    }
    for account in tx.accounts()? {
        if !seen.users.contains(&account.user_id) {
            seen.lines.push(format!("an account belongs to user {}, who is missing", account.user_id));
        }
    }
    for token in tx.tokens()? {
        if !seen.users.contains(&token.user_id) {
            seen.lines.push(format!("token {} acts as user {}, who is missing", token.id, token.user_id));
        }
    }
    seen.check_primaries();
    check_log(tx, &mut seen)?;
    Ok(seen.lines)
}

/// Every record of a kind, trashed ones included.
fn each(tx: &mut Tx<'_>, kind: Kind, mut take: impl FnMut(&dyn Record)) -> Result<()> {
    let mut query = Query { limit: PAGE_ROWS_MAX, changed_since: Some(-1), ..Query::default() };
    loop {
        let page = tx.list(kind, &query)?;
        page.items.iter().for_each(|record| take(record.as_ref()));
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => return Ok(()),
        }
    }
}

impl Seen {
    fn take(&mut self, record: &dyn Record) {
        let meta = record.meta();
        // What is computed on every end stands in no log.
        if !Kind::COMPUTED.contains(&record.kind()) {
            self.versions.insert((record.kind(), meta.id), meta.version);
        }
        if let Some(customer) = record.of::<Customer>() {
            self.take_customer(customer);
        } else if let Some(contact) = record.of::<Contact>() {
            self.take_contact(contact);
        } else if let Some(interaction) = record.of::<Interaction>() {
            self.take_interaction(interaction);
        } else if let Some(user) = record.of::<User>() {
            self.users.insert(user.meta.id);
        }
    }

    /// A reference to what is gone for good is no fault.
    fn wants(&mut self, there: bool, what: &str, of: Id, missing: Id) {
        if !there && !self.gone.contains(&missing) {
            self.lines.push(format!("{what} {of} names {missing}, which is missing or another's"));
        }
    }

    fn take_customer(&mut self, customer: &Customer) {
        let id = customer.meta.id;
        self.customers.insert(id);
        if let Some(owner) = customer.assigned_to {
            self.wants(self.users.contains(&owner), "customer", id, owner);
        }
        if customer.meta.deleted_at.is_none()
            && let Some(other) = self.names.insert(customer.name_key.clone(), id)
        {
            self.lines.push(format!("customers {other} and {id} have the same name"));
        }
        if customer.name_key != rapport_model::text::name_key(&customer.name) {
            self.lines.push(format!("customer {id} has the key of another name"));
        }
    }

    fn take_contact(&mut self, contact: &Contact) {
        let (id, customer) = (contact.meta.id, contact.customer_id);
        self.contacts.insert(id, customer);
        self.wants(self.customers.contains(&customer), "contact", id, customer);
        if contact.counts() {
            let counting = self.counting.entry(customer).or_default();
            counting.0 += 1;
            counting.1 += usize::from(contact.is_primary);
        }
    }

    fn take_interaction(&mut self, interaction: &Interaction) {
        let (id, customer) = (interaction.meta.id, interaction.customer_id);
        self.wants(self.customers.contains(&customer), "interaction", id, customer);
        self.wants(self.users.contains(&interaction.assigned_to), "interaction", id, interaction.assigned_to);
        if let Some(contact) = interaction.contact_id {
            self.wants(self.contacts.get(&contact) == Some(&customer), "interaction", id, contact);
        }
    }

    fn check_primaries(&mut self) {
        let wrong: BTreeMap<&Id, &(usize, usize)> = self.counting.iter().filter(|(_, (_, primary))| *primary != 1).collect();
        let told = wrong.into_iter().map(|(customer, (contacts, primary))| {
            format!("customer {customer} has {contacts} active contacts, {primary} of them primary")
        });
        let told: Vec<String> = told.collect();
        self.lines.extend(told);
    }
}

/// The last entry of a record in the log carries the record's version, and no version is beyond the sequence.
fn check_log(tx: &mut Tx<'_>, seen: &mut Seen) -> Result<()> {
    let end = tx.sequence()?.version();
    let mut last: HashMap<(Kind, Id), (i64, What)> = HashMap::new();
    let mut after = -1;
    loop {
        let page = tx.log_after(after, LOG_PAGE)?;
        let Some(end_of_page) = page.last() else { break };
        after = end_of_page.version;
        last.extend(page.into_iter().map(|e| ((e.kind, e.record_id), (e.version, e.what))));
    }
    if after > end {
        seen.lines.push(format!("the log goes to {after}, beyond the sequence at {end}"));
    }
    for ((kind, id), version) in seen.versions.iter().filter(|((kind, _), _)| !Kind::COMPUTED.contains(kind)) {
        match last.get(&(*kind, *id)) {
            Some((logged, _)) if logged == version => {}
            Some((logged, _)) => {
                seen.lines.push(format!("{} {id} is at {version}, the log at {logged}", kind.text()));
            }
            None => seen.lines.push(format!("{} {id} is not in the log", kind.text())),
        }
    }
    for ((kind, id), (_, what)) in &last {
        if *what == What::Record && !seen.versions.contains_key(&(*kind, *id)) {
            seen.lines.push(format!("the log names {} {id}, which is missing", kind.text()));
        }
    }
    Ok(())
}
