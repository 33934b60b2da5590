//! The rules of one record that need to look at others. Forms and REST are judged strictly; sync mends instead of refusing.

use rapport_model::access::permit_write;
use rapport_model::contact::check_name;
use rapport_model::customer::{self, Passage, Status, change_status, check_value, name_taken};
use rapport_model::interaction::{check_date, check_duration};
use rapport_model::mutation::UnitEdit;
use rapport_model::{
    Actor, BoxedRecord, Code, Contact, Customer, Error, Id, Interaction, Kind, Millis, Record, Result, User, unit,
};
use rapport_store::Tx;

/// Who looks up records: the store of a device, or the world that `accept` judges in.
pub(crate) trait Lookup {
    fn record(&mut self, kind: Kind, id: Id) -> Result<Option<BoxedRecord>>;
    /// Customers not deleted with this name key.
    fn named(&mut self, key: &str) -> Result<Vec<Id>>;
}

impl Lookup for Tx<'_> {
    fn record(&mut self, kind: Kind, id: Id) -> Result<Option<BoxedRecord>> {
        self.find(kind, id)
    }

    fn named(&mut self, key: &str) -> Result<Vec<Id>> {
        Ok(self.customers_by_name_key(key)?.iter().map(|c| c.meta().id).collect())
    }
}

/// One record on its way from `before` to `after`.
pub(crate) struct Passing<'a> {
    pub actor: &'a Actor,
    pub before: Option<&'a dyn Record>,
    /// From where a change of status is judged.
    pub from: From<'a>,
    pub now: Millis,
}

/// From where a change of status is judged.
#[derive(Clone, Copy)]
pub(crate) enum From<'a> {
    /// From the value that its author saw, else from what stood.
    Seen(Option<&'a UnitEdit>),
    /// It was judged before the merge.
    Judged,
}

/// Checks and completes `after` by every rule of its kind, but for unique names and primary contacts.
pub(crate) fn check(look: &mut dyn Lookup, after: &mut BoxedRecord, passing: &Passing<'_>) -> Result<()> {
    permit_write(passing.actor, after.kind())?;
    unit::check(after.as_ref())?;
    match after.kind() {
        Kind::Customers => {
            let Some(customer) = after.of_mut::<Customer>() else { return Ok(()) };
            check_customer(look, customer, passing)
        }
        Kind::Contacts => {
            let Some(contact) = after.of_mut::<Contact>() else { return Ok(()) };
            check_name(contact)?;
            let before = passing.before.and_then(|b| b.of::<Contact>()).map(|b| b.customer_id);
            check_parent(look, contact.customer_id, before)
        }
        Kind::Interactions => {
            let Some(interaction) = after.of_mut::<Interaction>() else { return Ok(()) };
            check_interaction(look, interaction, passing)
        }
        _ => Ok(()),
    }
}

fn check_customer(look: &mut dyn Lookup, customer: &mut Customer, passing: &Passing<'_>) -> Result<()> {
    customer.compute_own();
    check_value(customer)?;
    let before = passing.before.and_then(|b| b.of::<Customer>());
    if let (Some(before), From::Seen(edit)) = (before, passing.from) {
        let seen = edit.and_then(|edit| edit.base.get("status")).and_then(|s| s.as_str()).and_then(Status::parse);
        let passage = Passage { role: Some(passing.actor.role), ..Passage::default() };
        change_status(seen.unwrap_or(before.status), customer, passage, passing.now)?;
    }
    if customer.status == Status::Inactive {
        customer.is_active = false;
    }
    let assigned_before = before.and_then(|b| b.assigned_to);
    match customer.assigned_to {
        Some(user) if Some(user) != assigned_before => check_assignee(look, user, "assignedTo"),
        _ => Ok(()),
    }
}

fn check_interaction(look: &mut dyn Lookup, interaction: &mut Interaction, passing: &Passing<'_>) -> Result<()> {
    interaction.compute_own();
    let before = passing.before.and_then(|b| b.of::<Interaction>());
    if before.is_none_or(|b| b.interaction_date != interaction.interaction_date) {
        check_date(interaction, passing.now)?;
    }
    check_duration(interaction)?;
    check_parent(look, interaction.customer_id, before.map(|b| b.customer_id))?;
    if before.is_none_or(|b| b.assigned_to != interaction.assigned_to) {
        check_assignee(look, interaction.assigned_to, "assignedTo")?;
    }
    let Some(id) = interaction.contact_id.filter(|id| before.and_then(|b| b.contact_id) != Some(*id)) else { return Ok(()) };
    let contact = look.record(Kind::Contacts, id)?;
    match contact.as_ref().and_then(|c| c.of::<Contact>()) {
        Some(contact) if contact.customer_id == interaction.customer_id => Ok(()),
        _ => Err(bad_reference("contactId", id, "a contact of this customer")),
    }
}

fn bad_reference(field: &str, id: Id, what: &str) -> Error {
    Error::field(Code::InvalidReference, field, format!("{id} is not {what}. Choose another one."))
}

/// A child stays with its customer, and the customer exists.
fn check_parent(look: &mut dyn Lookup, customer: Id, before: Option<Id>) -> Result<()> {
    if before.is_some_and(|before| before != customer) {
        return Err(Error::field(
            Code::InvalidReference,
            "customerId",
            "A record stays with its customer. Make a new one there.",
        ));
    }
    let found = look.record(Kind::Customers, customer)?;
    found.map(drop).ok_or_else(|| bad_reference("customerId", customer, "a customer here"))
}

/// The assignee is an active user who may own it.
fn check_assignee(look: &mut dyn Lookup, user: Id, field: &str) -> Result<()> {
    let found = look.record(Kind::Users, user)?;
    match found.as_ref().and_then(|u| u.of::<User>()) {
        Some(user) if user.is_active && user.meta.deleted_at.is_none() => Ok(()),
        Some(user) => {
            let message = format!("{} does not work here any more. Choose somebody else.", user.name);
            Err(Error::field(Code::InvalidAssignment, field, message))
        }
        None => Err(Error::field(Code::InvalidAssignment, field, "This person is not in your company. Choose somebody else.")),
    }
}

/// Another customer that is not deleted and has the same name.
pub(crate) fn namesake(look: &mut dyn Lookup, customer: &Customer) -> Result<Option<Id>> {
    if customer.meta.deleted_at.is_some() {
        return Ok(None);
    }
    Ok(look.named(&customer.name_key)?.into_iter().find(|id| *id != customer.meta.id))
}

/// The strict form of the name rule. Everybody who may write customers here may see them, so the owner is named.
pub(crate) fn unique_name(look: &mut dyn Lookup, customer: &Customer) -> Result<()> {
    let Some(other) = namesake(look, customer)? else { return Ok(()) };
    let record = look.record(Kind::Customers, other)?;
    let owner = record.as_ref().and_then(|r| r.of::<Customer>()).and_then(|c| c.assigned_to);
    let owner = owner.map(|id| look.record(Kind::Users, id)).transpose()?.flatten();
    let owner = owner.as_ref().and_then(|u| u.of::<User>()).map(|u| u.name.as_str());
    Err(name_taken(Some((other, owner))))
}

/// The lowest free "Name (2)".
pub(crate) fn free_name(look: &mut dyn Lookup, name: &str) -> Result<String> {
    // Long names are cut, so that the number fits behind them.
    let name: String = name.chars().take(190).collect();
    for n in 2.. {
        let candidate = format!("{name} ({n})");
        if look.named(&rapport_model::text::name_key(&candidate))?.is_empty() {
            return Ok(candidate);
        }
    }
    Err(Error::internal("there is no free name"))
}

/// The strict form of the primary contact rule: becoming active, or losing the last contact, needs one.
pub(crate) fn primary_required(before: Option<&Customer>, after: &Customer, had_primary: bool) -> Result<()> {
    let wanted = before.is_some_and(Customer::wants_primary) && !had_primary;
    if after.meta.deleted_at.is_none() && after.wants_primary() && after.primary_contact_id.is_none() && !wanted {
        return Err(customer::primary_contact_required());
    }
    Ok(())
}
