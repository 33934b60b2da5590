//! A customer, and the rules of its life.

use crate::field::{amount, day, email, flag, instant, json, link, long_text, one_of, phone, tags, text, url};
use crate::{Code, Day, Error, Facet, Id, Kind, Merge, Millis, Money, Result, Role};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json as value};
use std::collections::BTreeMap;

crate::choice! {
    /// Where a customer stands.
    Status { Prospect "prospect", Lead "lead", Active "active", Inactive "inactive" }
}

crate::choice! {
    CustomerType { Individual "individual", Business "business", Enterprise "enterprise" }
}

/// A postal address; a missing part is "".
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Address {
    pub street: String,
    pub city: String,
    pub state: String,
    pub zip_code: String,
    pub country: String,
}

/// A key of the same thing in another system; unique per (org, system, id).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExternalRef {
    pub system: String,
    pub id: String,
}

/// Why a customer is in the trash that lives on in another one, and what it takes to part the two again.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Merged {
    /// Where it lives on.
    pub into: Id,
    /// What hung on it, by record type.
    pub moved: BTreeMap<String, Vec<Id>>,
    /// Units of the other one that were changed: as they were, and what they became.
    pub was: Map<String, Value>,
    pub became: Map<String, Value>,
}

/// The unit that says so.
pub const MERGED: &str = "merged";

/// The TypeScript of it.
pub const MERGED_TS: &str =
    "{ into: string; moved: Record<string, string[]>; was: Record<string, unknown>; became: Record<string, unknown> }";

crate::json_column!(Address, Merged, Vec<ExternalRef>);

/// The TypeScript of references.
pub const REFS_TS: &str = "{ system: string; id: string }[]";

/// The TypeScript of an address.
pub const ADDRESS_TS: &str = "{ street: string; city: string; state: string; zipCode: string; country: string }";

crate::record! {
    /// Somebody we sell to, or hope to: a person, a business or an enterprise.
    Customer of Customers {
        name: String = String::new() => text("Name", 200).required(),
        /// The uniqueness key of the name.
        name_key: String = String::new() => text("Name key", 0).computed(),
        /// What lists sort by and prefixes match.
        name_sort: String = String::new() => text("Sort key", 0).computed(),
        company_name: Option<String> = None => text("Company", 200),
        status: Status = Status::Prospect => one_of("Status", Status::NAMES).required().present().in_unit("status").merge(Merge::Card),
        status_reason: Option<String> = None => text("Reason", 500).in_unit("status").merge(Merge::Card),
        /// Usable in daily work; false hides it from lists and pickers.
        is_active: bool = true => flag("In daily use").in_unit("status").merge(Merge::Card),
        converted_at: Option<Millis> = None => instant("Became a lead").by_rule().in_unit("status").merge(Merge::Card),
        qualified_at: Option<Millis> = None => instant("Became active").by_rule().in_unit("status").merge(Merge::Card),
        churned_at: Option<Millis> = None => instant("Was lost").by_rule().in_unit("status").merge(Merge::Card),
        archived_at: Option<Millis> = None => instant("Archived").by_server(),
        r#type: CustomerType = CustomerType::Business => one_of("Type", CustomerType::NAMES).required().present(),
        industry: Option<String> = None => text("Industry", 120),
        source: Option<String> = None => text("Source", 120),
        website: Option<String> = None => url("Website"),
        phone: Option<String> = None => phone("Phone"),
        email: Option<String> = None => email("E-mail"),
        address: Option<Address> = None => json("Address", ADDRESS_TS),
        /// The town of the address, for lists and filters.
        city: String = String::new() => text("Town", 0).computed(),
        shipping_address: Option<Address> = None => json("Shipping address", ADDRESS_TS),
        value: Option<Money> = None => amount("Value").computed().facet(Facet::Figures).typed_as("valueEstimate"),
        value_estimate: Option<Money> = None => amount("Estimated value").facet(Facet::Figures),
        assigned_to: Option<Id> = None => link("Owner", Kind::Users).merge(Merge::Claim),
        tags: Vec<String> = Vec::new() => tags("Tags").facet(Facet::Private),
        notes: Option<String> = None => long_text("Notes", 50_000).facet(Facet::Private),
        last_contact: Option<Millis> = None => instant("Last contact").computed().typed_as("lastContactByHand"),
        last_contact_by_hand: Option<Millis> = None => instant("Last contact, by hand"),
        next_follow_up: Option<Day> = None => day("Next follow-up").computed().typed_as("nextFollowUpByHand"),
        next_follow_up_by_hand: Option<Day> = None => day("Next follow-up, by hand"),
        /// What the next follow-up is about.
        next_step: Option<String> = None => text("Next step", 0).computed().facet(Facet::Text),
        primary_contact_id: Option<Id> = None => link("Primary contact", Kind::Contacts).computed(),
        /// Active business without a primary contact: taken from imports and sync, asked for on Today.
        needs_primary: bool = false => flag("Needs a primary contact").computed(),
        preferences: Map<String, Value> = Map::new() => json("Preferences", "Record<string, unknown>"),
        qualification: Map<String, Value> = Map::new() => json("Qualification", "Record<string, unknown>").facet(Facet::Private),
        external_refs: Vec<ExternalRef> = Vec::new() => json("References", REFS_TS),
        /// It was made active without an order or an accepted quote, and that was confirmed.
        active_confirmed: bool = false => flag("Active without an order").in_unit("status").merge(Merge::Card),
        /// It is in the trash because it lives on in another one.
        merged: Option<Merged> = None => json("Merged into", MERGED_TS).by_rule().bytes(0).facet(Facet::Private),
    }
}

impl Customer {
    /// The columns that follow from typed ones of the same row.
    pub fn compute_own(&mut self) {
        self.name_key = crate::text::name_key(&self.name);
        self.name_sort = crate::text::sort_key(&self.name);
        self.city = self.address.as_ref().map(|a| a.city.clone()).unwrap_or_default();
        self.value = self.value_estimate;
    }

    /// Whether the rule asks for a primary contact.
    pub fn wants_primary(&self) -> bool {
        self.status == Status::Active && self.r#type != CustomerType::Individual
    }
}

/// What the lifecycle rule needs to know beside the two states.
#[derive(Clone, Copy, Debug, Default)]
pub struct Passage {
    pub has_orders: bool,
    /// There is an order or an accepted quote, or "make it active all the same" was confirmed.
    pub confirmed: bool,
    pub role: Option<Role>,
}

/// The statuses that may follow `from`.
pub fn legal_statuses(from: Status, passage: Passage) -> Vec<Status> {
    let back = passage.role == Some(Role::Admin) && !passage.has_orders;
    match from {
        Status::Prospect => vec![Status::Lead, Status::Active, Status::Inactive],
        Status::Lead => vec![Status::Prospect, Status::Active, Status::Inactive],
        Status::Active if back => vec![Status::Prospect, Status::Lead, Status::Inactive],
        Status::Active => vec![Status::Inactive],
        Status::Inactive => vec![Status::Prospect, Status::Lead, Status::Active],
    }
}

/// Whether a change of status says why.
pub fn needs_reason(from: Status, to: Status) -> bool {
    to == Status::Inactive || (from == Status::Lead && to == Status::Prospect)
}

/// The lifecycle rule: judges a change of status from the value its author saw, and stamps first times.
///
/// Creation and import may use any status; a status sent unchanged is no change.
pub fn change_status(from: Status, customer: &mut Customer, passage: Passage, at: Millis) -> Result<()> {
    let to = customer.status;
    if from == to {
        return Ok(());
    }
    let legal = legal_statuses(from, passage);
    if !legal.contains(&to) {
        let names: Vec<&str> = legal.iter().map(|s| s.text()).collect();
        let message = format!("{} cannot follow {}. Possible are: {}.", to.text(), from.text(), names.join(", "));
        return Err(Error::field(Code::IllegalTransition, "status", message).with(value!({ "legal": names })));
    }
    if from == Status::Prospect && to == Status::Active && !passage.confirmed {
        let message = "There is no order and no accepted quote yet. Confirm that it is active all the same.";
        return Err(Error::field(Code::ConfirmationRequired, "activeConfirmed", message));
    }
    if needs_reason(from, to) && customer.status_reason.as_deref().is_none_or(|r| r.trim().is_empty()) {
        let message = format!("Give a reason for the change to {}.", to.text());
        return Err(Error::field(Code::ReasonRequired, "statusReason", message));
    }
    if from == Status::Prospect && matches!(to, Status::Lead | Status::Active) {
        customer.converted_at.get_or_insert(at);
    }
    if to == Status::Active && from != Status::Inactive {
        customer.qualified_at.get_or_insert(at);
    }
    if from == Status::Active && to == Status::Inactive {
        customer.churned_at.get_or_insert(at);
    }
    if to == Status::Inactive {
        customer.is_active = false;
    } else if from == Status::Inactive {
        customer.is_active = true;
    }
    Ok(())
}

/// The value rule: positive or empty.
pub fn check_value(customer: &Customer) -> Result<()> {
    match customer.value_estimate {
        Some(Money(n)) if n <= 0 => {
            Err(Error::field(Code::ValueNotPositive, "value", "A value is more than 0. Leave it empty if it is not known."))
        }
        _ => Ok(()),
    }
}

/// The name rule's error; the owner is named only if the caller may see the other customer.
pub fn name_taken(existing: Option<(Id, Option<&str>)>) -> Error {
    let owner = existing.and_then(|(_, owner)| owner);
    let message = match owner {
        Some(owner) => {
            format!("There is already a customer with this name, owned by {owner}. Your entries are kept.")
        }
        None => "There is already a customer with this name in your company. Your entries are kept.".to_owned(),
    };
    let error = Error::field(Code::NameTaken, "name", message);
    match existing {
        Some((id, owner)) => error.with(value!({ "existingId": id, "ownerName": owner })),
        None => error,
    }
}

/// The primary contact rule's error.
pub fn primary_contact_required() -> Error {
    Error::field(
        Code::PrimaryContactRequired,
        "primaryContact",
        "An active business needs a primary contact. Add a contact first, then make it active.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer(status: Status, reason: Option<&str>) -> Customer {
        Customer { status, status_reason: reason.map(str::to_owned), ..Customer::default() }
    }

    #[test]
    fn the_lifecycle_table_holds() {
        use Status::{Active, Inactive, Lead, Prospect};
        let admin = Passage { role: Some(Role::Admin), confirmed: true, ..Passage::default() };
        let sales = Passage { role: Some(Role::Sales), ..admin };
        let table = [
            (Prospect, Lead, true, true),
            (Prospect, Active, true, true),
            (Prospect, Inactive, true, true),
            (Lead, Prospect, true, true),
            (Lead, Active, true, true),
            (Lead, Inactive, true, true),
            (Active, Prospect, false, true),
            (Active, Lead, false, true),
            (Active, Inactive, true, true),
            (Inactive, Prospect, true, true),
            (Inactive, Lead, true, true),
            (Inactive, Active, true, true),
        ];
        for (from, to, by_sales, by_admin) in table {
            for (passage, legal) in [(sales, by_sales), (admin, by_admin)] {
                let result = change_status(from, &mut customer(to, Some("because")), passage, Millis(5));
                assert_eq!(result.is_ok(), legal, "{from:?} to {to:?}");
                if let Err(error) = result {
                    assert_eq!(error.code, Code::IllegalTransition);
                    assert!(error.details.is_some_and(|d| d["legal"].is_array()));
                }
            }
        }
        let with_orders = Passage { has_orders: true, ..admin };
        assert!(change_status(Active, &mut customer(Lead, None), with_orders, Millis(5)).is_err());
    }

    #[test]
    fn a_reason_is_asked_for_where_the_table_says_so() {
        for (from, to) in
            [(Status::Lead, Status::Prospect), (Status::Active, Status::Inactive), (Status::Prospect, Status::Inactive)]
        {
            let error = change_status(from, &mut customer(to, Some("  ")), Passage::default(), Millis(5)).expect_err("no reason");
            assert_eq!((error.code, error.field.as_deref()), (Code::ReasonRequired, Some("statusReason")));
        }
    }

    #[test]
    fn first_times_are_stamped_once_and_activity_follows_status() {
        let mut c = customer(Status::Active, None);
        let unconfirmed = change_status(Status::Prospect, &mut c, Passage::default(), Millis(5)).expect_err("nothing bought");
        assert_eq!((unconfirmed.code, unconfirmed.field.as_deref()), (Code::ConfirmationRequired, Some("activeConfirmed")));
        let confirmed = Passage { confirmed: true, ..Passage::default() };
        change_status(Status::Prospect, &mut c, confirmed, Millis(5)).expect("legal");
        assert_eq!((c.converted_at, c.qualified_at, c.is_active), (Some(Millis(5)), Some(Millis(5)), true));
        c.status = Status::Inactive;
        c.status_reason = Some("closed down".into());
        change_status(Status::Active, &mut c, Passage::default(), Millis(6)).expect("legal");
        assert_eq!((c.churned_at, c.is_active), (Some(Millis(6)), false));
        c.status = Status::Active;
        change_status(Status::Inactive, &mut c, Passage::default(), Millis(7)).expect("legal");
        assert_eq!((c.qualified_at, c.churned_at, c.is_active), (Some(Millis(5)), Some(Millis(6)), true));
    }

    #[test]
    fn zero_and_less_is_no_value() {
        for (amount, ok) in [(-1, false), (0, false), (1, true)] {
            let c = Customer { value_estimate: Some(Money(amount)), ..Customer::default() };
            assert_eq!(check_value(&c).map_err(|e| e.code), if ok { Ok(()) } else { Err(Code::ValueNotPositive) });
        }
    }
}
