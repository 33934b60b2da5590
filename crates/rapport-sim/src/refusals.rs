//! Why the server did not take something. Every refusal has a reason that the story knows, written down apart from the product's rules.

use crate::check::Violation;
use crate::laptop::Laptop;
use crate::model::Rows;
use crate::server::{Judged, Server};
use crate::witness;
use rapport_model::access::Role;
use rapport_model::mutation::{Ending, Mutation, Op};
use rapport_model::{Customer, Id, Kind, customer_of};

const RULE: &str = "what can be taken is taken";

/// Asks for the reason of everything that a push came to and that was not taken. `wrong` are the records that were made against the
/// rules by hand.
pub fn have_reasons(laptop: &Laptop, server: &Server, judged: &Judged, rows: &Rows, wrong: &[Id]) -> Result<(), Violation> {
    for (mutation, outcome) in judged.mutations.iter().zip(&judged.outcomes) {
        let is_known = judged.known.contains(&mutation.mutation_id);
        if is_known || !matches!(outcome.ending, Ending::Refused | Ending::Late) {
            continue;
        }
        witness::met(RULE);
        let (code, message) = outcome.error.as_ref().map_or(("", ""), |error| (&error.code, &error.message));
        let customers = customers_of(mutation, rows);
        let names = || mutation.changes.iter().map(|change| change.id).chain(customers.iter().copied());
        let of = |id: &Id| rows.get(&(Kind::Customers, *id)).and_then(|row| row.of::<Customer>());
        let has_reason = match code {
            _ if mutation.changes.iter().any(|change| wrong.contains(&change.id)) => true,
            "GONE" => mutation.parted || laptop.is_rotten || is_unborn(mutation) || names().any(|id| server.is_buried(id)),
            // The day of a call is what the laptop's clock says.
            "INVALID_DATE" => true,
            "FORBIDDEN" | "NOT_FOUND" | "FIELD_NOT_ALLOWED" => match laptop.role {
                Role::Admin => false,
                Role::Sales => customers.iter().filter_map(of).any(|one| one.assigned_to != Some(laptop.user)),
                Role::Support | Role::Brand => true,
            },
            "CUSTOMER_DELETED" => customers.iter().filter_map(of).any(|one| one.meta.deleted_at.is_some()),
            _ => false,
        };
        if !has_reason {
            let detail = format!("laptop {}: {} {}: {:?}", laptop.number, code, message, mutation.changes);
            return Err(Violation::new(RULE, detail));
        }
    }
    Ok(())
}

/// A delete of what the server never had: its create waits, or was refused.
fn is_unborn(mutation: &Mutation) -> bool {
    mutation.changes.iter().any(|change| change.op != Op::Put && change.base_version() == 0)
}

/// The customers that a mutation is about.
fn customers_of(mutation: &Mutation, rows: &Rows) -> Vec<Id> {
    let said = mutation.changes.iter().filter_map(|change| change.units.get("customerId")?.value.as_str()?.parse().ok());
    let held = mutation.changes.iter().filter_map(|change| {
        let kind = Kind::parse(&change.kind)?;
        customer_of(rows.get(&(kind, change.id))?.as_ref())
    });
    said.chain(held).collect()
}
