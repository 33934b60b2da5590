//! A made-up company with customers all over the world, for demonstrations and for measuring.
//!
//! Pure: the same plan gives the same records, whatever the clock says and however many are asked for. Every
//! customer can be made alone. Names, numbers and addresses are invented; mail and web addresses end in `.example`.

mod account;
mod dice;
mod history;
mod locale;
mod name;
mod person;
mod sales;
mod slot;
mod talk;
mod team;
#[cfg(test)]
mod tests;
mod words;

pub use sales::{Sales, sales};
pub use team::people;

use dice::Dice;
use rapport_model::derive::{ChildFacts, derive_customer, follow_up_subject};
use rapport_model::interaction::CONTACT_TYPES;
use rapport_model::{Contact, Customer, Id, Interaction, Millis};

/// What to make. A customer depends on `seed`, `now`, `owners` and its index, not on `customers`.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many customers are wanted; names are unique for indices below 1,000,000.
    pub customers: usize,
    pub seed: u64,
    /// The instant around which the story is told: the past 18 months and the next three weeks.
    pub now: Millis,
    pub org: Id,
    /// The users who own customers and write the notes; at least one.
    pub owners: Vec<Id>,
}

/// A customer with all that hangs on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    pub customer: Customer,
    /// In order of creation; the first is the primary one.
    pub contacts: Vec<Contact>,
    /// In order of their date.
    pub interactions: Vec<Interaction>,
}

/// The customer at `index`, always the same for the same plan. Computed fields are filled in.
pub fn customer(plan: &Plan, index: usize) -> Bundle {
    let mut dice = Dice::of(plan.seed, index as u64);
    let slot = slot::of(plan.seed, index as u64);
    let named = name::of(&slot, plan.seed);
    let mut customer = account::customer(plan, index, &slot, &named, &mut dice);
    let contacts = person::contacts(plan, &slot, &named, &customer, &mut dice);
    let interactions = history::interactions(plan, &slot, &customer, &contacts, &mut dice);
    let facts = facts(plan.now, &contacts, &interactions);
    if customer.status != rapport_model::customer::Status::Inactive {
        let touched = interactions.iter().map(|i| i.meta.updated_at).max();
        customer.meta.updated_at = touched.map_or(customer.meta.updated_at, |at| at.max(customer.meta.updated_at));
    }
    derive_customer(&mut customer, &facts);
    Bundle { customer, contacts, interactions }
}

fn facts(now: Millis, contacts: &[Contact], interactions: &[Interaction]) -> ChildFacts {
    let done = interactions.iter().filter(|i| !i.is_planned(now) && CONTACT_TYPES.contains(&i.r#type));
    let open = interactions.iter().filter(|i| i.has_open_follow_up());
    let next = open.filter_map(|i| i.follow_up_day().map(|day| (day, i))).min_by_key(|(day, i)| (*day, i.meta.id));
    ChildFacts {
        latest_contact: done.map(|i| i.interaction_date).max(),
        next_follow_up: next.map(|(day, i)| (day, follow_up_subject(&i.subject, i.follow_up_notes.as_deref()))),
        primary: contacts.iter().find(|c| c.is_primary && c.counts()).map(|c| c.meta.id),
        worth: None,
    }
}
