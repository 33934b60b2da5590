//! Takes an address book over: what `import` planned, saved in bounded transactions under one batch id.

use crate::commands::Ctx;
use crate::import::{self, Completion, Creation, Known, KnownCustomer, Plan, Report};
use crate::save::{How, save};
use rapport_model::change::{creation, difference};
use rapport_model::mutation::{CHANGES_MAX, Change};
use rapport_model::{Contact, Customer, Id, Kind, Millis, Result};
use rapport_store::Tx;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;

/// Mutations of one transaction at most, so that the app stays usable while an import runs.
const BATCH_MUTATIONS_MAX: usize = 50;

/// Imports the bytes of a vCard file; a dry run reports what would be taken and saves nothing.
pub fn vcards(ctx: &Ctx, bytes: &[u8], file_name: &str, dry_run: bool) -> Result<Value> {
    let reading = import::read(file_name, bytes);
    let source = ctx.source.clone();
    let Plan { creates, completes, mut report } = ctx.store.read(move |tx| {
        let known = InStore { refs: references(tx)?, tx: RefCell::new(tx) };
        import::plan(reading, &known, &mut || source.id())
    })?;
    if !dry_run {
        report.batch_id = save_all(ctx, creates, completes)?;
    }
    as_json(&report)
}

fn as_json(report: &Report) -> Result<Value> {
    serde_json::to_value(report).map_err(rapport_model::Error::internal)
}

fn save_all(ctx: &Ctx, creates: Vec<Creation>, completes: Vec<Completion>) -> Result<Option<Id>> {
    let (batch, now, actor) = (ctx.source.id(), ctx.source.now(), ctx.actor);
    let mut mutations = Vec::with_capacity(creates.len() + completes.len());
    for made in creates {
        mutations.extend(split(created(made, actor.user, now)?));
    }
    for completed in completes {
        mutations.extend(split(changed(completed, now)?));
    }
    mutations.retain(|changes| !changes.is_empty());
    let any = !mutations.is_empty();
    while !mutations.is_empty() {
        let rest = mutations.split_off(mutations.len().min(BATCH_MUTATIONS_MAX));
        let chunk = std::mem::replace(&mut mutations, rest);
        ctx.store.write(move |tx| {
            for changes in chunk {
                save(tx, actor, now, changes, Some(batch), How::Import)?;
            }
            Ok(())
        })?;
    }
    Ok(any.then_some(batch))
}

/// A company with hundreds of contacts is several mutations; parents come first, so order is enough.
fn split(mut changes: Vec<Change>) -> Vec<Vec<Change>> {
    let mut out = Vec::new();
    while changes.len() > CHANGES_MAX / 2 {
        let rest = changes.split_off(CHANGES_MAX / 2);
        out.push(std::mem::replace(&mut changes, rest));
    }
    out.push(changes);
    out
}

fn created(made: Creation, owner: Id, now: Millis) -> Result<Vec<Change>> {
    let mut customer = made.customer;
    customer.assigned_to.get_or_insert(owner);
    let mut changes = vec![creation(&customer, now)?];
    for mut contact in made.contacts {
        contact.customer_id = customer.meta.id;
        changes.push(creation(&contact, now)?);
    }
    Ok(changes)
}

fn changed(completed: Completion, now: Millis) -> Result<Vec<Change>> {
    let customer = &completed.customer;
    let mut changes: Vec<Change> = difference(&customer.before, &customer.after, now)?.into_iter().collect();
    for contact in &completed.contacts {
        changes.extend(difference(&contact.before, &contact.after, now)?);
    }
    for mut contact in completed.new_contacts {
        contact.customer_id = customer.before.meta.id;
        changes.push(creation(&contact, now)?);
    }
    Ok(changes)
}

/// The store as the plan asks it, in one snapshot.
struct InStore<'a, 'b> {
    tx: RefCell<&'a mut Tx<'b>>,
    refs: HashMap<(String, String), Id>,
}

fn references(tx: &mut Tx<'_>) -> Result<HashMap<(String, String), Id>> {
    let all = tx.customer_refs()?;
    Ok(all.into_iter().flat_map(|(id, refs)| refs.into_iter().map(move |r| ((r.system, r.id), id))).collect())
}

impl InStore<'_, '_> {
    fn known(&self, customer: Customer) -> Result<KnownCustomer> {
        let mut contacts = self.tx.borrow_mut().children::<Contact>(customer.meta.id)?;
        contacts.retain(|c| c.meta.deleted_at.is_none());
        Ok(KnownCustomer { customer, contacts })
    }
}

impl Known for InStore<'_, '_> {
    fn by_name_key(&self, key: &str) -> Result<Vec<KnownCustomer>> {
        let found = self.tx.borrow_mut().customers_by_name_key(key)?;
        found.iter().filter_map(|r| r.of::<Customer>().cloned()).map(|c| self.known(c)).collect()
    }

    fn by_ref(&self, system: &str, id: &str) -> Result<Option<KnownCustomer>> {
        let Some(customer) = self.refs.get(&(system.to_owned(), id.to_owned())) else { return Ok(None) };
        let found = self.tx.borrow_mut().find(Kind::Customers, *customer)?;
        found.and_then(|r| r.of::<Customer>().cloned()).map(|c| self.known(c)).transpose()
    }
}
