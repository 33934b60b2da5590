//! Who sees and writes what: one answer for REST, sync, search, analytics and devices.

use crate::customer::Status;
use crate::quote::QuoteStatus;
use crate::record::Part;
use crate::{
    Card, Code, Customer, Error, Facet, Field, Id, ImportBatch, Interaction, Kind, Quote, Record, Result, SavedView, Setting,
    Snippet,
};
use serde_json::Value;

crate::choice! {
    Role { Admin "admin", Sales "sales", Support "support", Brand "brand" }
}

crate::choice! {
    /// What a machine's token may do, within what the user may that it acts as.
    Scope {
        Read "read",
        /// Reads and writes.
        Write "write",
    }
}

/// Who makes a request: the user, the role it has now, and the device epoch it writes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    pub user: Id,
    pub role: Role,
    pub device: Id,
}

/// What an actor may see, as of now: a set of places and facets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    pub user: Id,
    pub role: Role,
    pub device: Id,
    /// Sales: herself and who is in her team.
    pub team: Vec<Id>,
    /// Brand: the customers that are named to her.
    pub customers: Vec<Id>,
}

impl Sight {
    /// Sees and writes everything: the server's own work.
    pub fn everything(actor: Actor) -> Sight {
        Sight { user: actor.user, role: Role::Admin, device: actor.device, team: Vec::new(), customers: Vec::new() }
    }

    pub fn actor(&self) -> Actor {
        Actor { user: self.user, role: self.role, device: self.device }
    }

    pub fn sees_customer(&self, customer: &Customer) -> bool {
        match self.role {
            Role::Admin => true,
            Role::Sales => customer.assigned_to.map_or(in_pool(customer), |owner| self.team.contains(&owner)),
            Role::Support => customer.archived_at.is_none(),
            Role::Brand => self.customers.contains(&customer.meta.id),
        }
    }

    /// Whether the actor sees a record; `customer` is the one that it hangs on.
    pub fn sees(&self, record: &dyn Record, customer: Option<&Customer>) -> bool {
        let kind = record.kind();
        if self.hides_kind(kind) {
            return false;
        }
        let mine = |user: Id, shared: bool| user == self.user || (shared && self.role != Role::Brand);
        if kind == Kind::Customers || kind.is_child() || Kind::COMPUTED.contains(&kind) {
            let draft = record.of::<Quote>().is_some_and(|quote| quote.status == QuoteStatus::Draft);
            return customer.is_some_and(|c| self.sees_customer(c)) && !(draft && self.hides(Facet::Draft));
        }
        match kind {
            Kind::Cards => record.of::<Card>().is_some_and(|card| card.user_id == self.user),
            Kind::SavedViews => record.of::<SavedView>().is_some_and(|view| mine(view.user_id, view.shared)),
            Kind::Snippets => record.of::<Snippet>().is_some_and(|snippet| mine(snippet.user_id, snippet.shared)),
            Kind::ImportBatches => {
                self.role == Role::Admin || record.of::<ImportBatch>().is_some_and(|batch| batch.user_id == self.user)
            }
            Kind::Settings => record.of::<Setting>().is_some_and(|setting| self.reads_setting(setting)),
            Kind::Users => self.role != Role::Brand || record.meta().id == self.user,
            _ => true,
        }
    }

    fn reads_setting(&self, setting: &Setting) -> bool {
        setting.scope == crate::desk::Scope::Org || setting.owner_id == Some(self.user) || setting.owner_id == Some(self.device)
    }

    /// Kinds of which the actor sees nothing.
    pub fn hides_kind(&self, kind: Kind) -> bool {
        match kind {
            Kind::CustomerValues | Kind::LeadScores => self.hides(Facet::Figures),
            Kind::Items | Kind::Teams | Kind::Templates => self.role == Role::Brand,
            _ => false,
        }
    }

    /// Facets that the actor never sees.
    pub fn hides(&self, facet: Facet) -> bool {
        match self.role {
            Role::Admin | Role::Sales => false,
            Role::Support => matches!(facet, Facet::Figures | Facet::Draft),
            Role::Brand => facet != Facet::Core,
        }
    }

    /// Whether a field of a kind may not be asked for: filters and orders tell as much as the field itself.
    pub fn hides_field(&self, field: &Field) -> bool {
        self.hides(field.facet)
    }

    /// Whether the actor sees a field of a record that she sees; `shared` says it of an interaction.
    pub fn shows_field(&self, field: &Field, shared: bool) -> bool {
        !self.hides_field(field) || (field.facet == Facet::Text && shared)
    }

    /// What a newer end added has no facet yet.
    pub fn shows_extra(&self) -> bool {
        self.role != Role::Brand
    }

    /// Whether the actor sees this of a record that she sees. The words of a shared interaction are for everybody.
    pub fn shows(&self, record: &dyn Record, part: Part<'_>) -> bool {
        match part {
            Part::Meta => true,
            Part::Field(field) => self.shows_field(field, record.of::<Interaction>().is_some_and(|one| one.shared)),
            Part::Extra => self.shows_extra(),
        }
    }

    /// Takes out of a record's JSON what the actor does not see.
    pub fn project(&self, record: &dyn Record, json: &mut Value) {
        if matches!(self.role, Role::Admin | Role::Sales) {
            return;
        }
        let Value::Object(map) = json else { return };
        let fields = record.kind().fields().iter().filter(|field| !self.shows(record, Part::Field(field)));
        fields.for_each(|field| drop(map.shift_remove(field.json)));
        if !self.shows(record, Part::Extra) {
            record.meta().extra.keys().for_each(|name| drop(map.shift_remove(name)));
        }
    }

    /// Whether the actor's devices hold customers of this place.
    pub fn holds(&self, place: &str) -> bool {
        match (self.role, place.strip_prefix("own:")) {
            (_, None) if place == ARCHIVED => false,
            (Role::Admin | Role::Support, _) => true,
            (Role::Sales, Some(owner)) => owner.parse::<Id>().is_ok_and(|owner| self.team.contains(&owner)),
            (Role::Sales, None) => place == POOL,
            (Role::Brand, _) => false,
        }
    }

    /// Whether the actor's devices hold this record: what is archived is on none.
    pub fn carries(&self, record: &dyn Record, customer: Option<&Customer>) -> bool {
        customer.is_none_or(|c| c.archived_at.is_none()) && self.sees(record, customer)
    }
}

const POOL: &str = "pool";
const ARCHIVED: &str = "archived";

/// Unassigned prospects and leads are anybody's to claim.
pub fn in_pool(customer: &Customer) -> bool {
    customer.assigned_to.is_none() && matches!(customer.status, Status::Prospect | Status::Lead)
}

/// Where a customer belongs; what devices hold is decided by it.
pub fn place(customer: &Customer) -> String {
    match customer.assigned_to {
        _ if customer.archived_at.is_some() => ARCHIVED.to_owned(),
        Some(owner) => format!("own:{owner}"),
        None if in_pool(customer) => POOL.to_owned(),
        None => "none".to_owned(),
    }
}

/// One write to be judged.
pub struct Write<'a> {
    /// As it stood; `None` = it is made.
    pub before: Option<&'a dyn Record>,
    pub after: &'a dyn Record,
    /// The customer that it hangs on, as it stood.
    pub customer: Option<&'a Customer>,
    /// The units that change.
    pub units: &'a [String],
    /// Work that was done offline: what somebody wrote for a customer that she has lost meanwhile is taken.
    pub by_sync: bool,
}

/// Whether the actor may write this: 404 for what she does not see, 403 for what she may only read.
pub fn permit(sight: &Sight, write: &Write<'_>) -> Result<()> {
    let kind = write.after.kind();
    if !kind.is_writable() {
        return Err(forbidden(kind));
    }
    if let Some(before) = write.before
        && !sight.sees(before, write.customer)
    {
        return Err(Error::new(Code::NotFound, "There is no such record here."));
    }
    let hangs = kind.is_child() && write.before.is_none();
    let known = write.by_sync && matches!(kind, Kind::Contacts | Kind::Interactions) && sight.role == Role::Sales;
    if hangs && !known && write.customer.is_some_and(|customer| !sight.sees_customer(customer)) {
        return Err(Error::new(Code::NotFound, "There is no such record here."));
    }
    let own = |user: Id| user == sight.user;
    let desk = match write.after {
        record if kind == Kind::Cards => record.of::<Card>().is_some_and(|card| own(card.user_id) && write.before.is_some()),
        record if kind == Kind::SavedViews => record.of::<SavedView>().is_some_and(|r| own(r.user_id)),
        record if kind == Kind::Snippets => record.of::<Snippet>().is_some_and(|r| own(r.user_id)),
        record if kind == Kind::ImportBatches => record.of::<ImportBatch>().is_some_and(|r| own(r.user_id)),
        record if kind == Kind::Settings => {
            record.of::<Setting>().is_some_and(|r| r.scope != crate::desk::Scope::Org && sight.reads_setting(r))
        }
        _ => false,
    };
    let allowed = desk
        || match sight.role {
            Role::Admin => kind != Kind::Cards,
            Role::Sales => sales_writes(sight, write, known),
            Role::Support => return support_writes(sight, write),
            Role::Brand => brand_writes(write),
        };
    if allowed { Ok(()) } else { Err(forbidden(kind)) }
}

fn forbidden(kind: Kind) -> Error {
    let message =
        format!("Your role may not change these {}. Ask their owner or an administrator.", kind.text().replace('_', " "));
    Error::new(Code::Forbidden, message)
}

/// Whether somebody wrote the interaction or it is hers to do.
fn own_interaction(sight: &Sight, record: &dyn Record) -> bool {
    let mine = |i: &Interaction| i.meta.created_by == sight.user || i.assigned_to == sight.user;
    record.of::<Interaction>().is_some_and(mine)
}

fn sales_writes(sight: &Sight, write: &Write<'_>, known: bool) -> bool {
    let own = |customer: &Customer| customer.assigned_to == Some(sight.user);
    match write.after.kind() {
        Kind::Customers => {
            let claims = write.after.of::<Customer>().is_some_and(own);
            write.before.and_then(|b| b.of::<Customer>()).is_none_or(|before| own(before) || (in_pool(before) && claims))
        }
        Kind::Interactions => {
            write.customer.is_some_and(own) || known || write.before.is_none_or(|before| own_interaction(sight, before))
        }
        Kind::Contacts if known => true,
        kind if kind.is_child() => write.customer.is_some_and(own),
        _ => false,
    }
}

/// Support may correct a contact's phone and e-mail, and keeps its own interactions.
fn support_writes(sight: &Sight, write: &Write<'_>) -> Result<()> {
    let kind = write.after.kind();
    match (kind, write.before) {
        (Kind::Contacts, Some(_)) => {
            let open = |unit: &&String| !matches!(unit.as_str(), "phone" | "mobile" | "email");
            match write.units.iter().find(open) {
                Some(unit) => {
                    let message = "Support may correct a contact's phone and e-mail only. Ask the owner for the rest.";
                    Err(Error::field(Code::FieldNotAllowed, unit, message))
                }
                None => Ok(()),
            }
        }
        (Kind::Interactions, None) => Ok(()),
        (Kind::Interactions, Some(before)) if own_interaction(sight, before) => Ok(()),
        _ => Err(forbidden(kind)),
    }
}

/// A brand user may answer a quote that was sent.
fn brand_writes(write: &Write<'_>) -> bool {
    let answers = write.after.of::<Quote>().is_some_and(|q| matches!(q.status, QuoteStatus::Accepted | QuoteStatus::Rejected));
    answers && write.before.is_some() && write.units.iter().all(|unit| unit == "status")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Contact, Item, Meta};

    const ME: Id = Id::from_bytes([1; 16]);
    const MATE: Id = Id::from_bytes([2; 16]);
    const OTHER: Id = Id::from_bytes([3; 16]);

    fn sight(role: Role) -> Sight {
        Sight { user: ME, role, device: Id::NIL, team: vec![ME, MATE], customers: vec![Id::from_bytes([9; 16])] }
    }

    fn customer(owner: Option<Id>, status: Status) -> Customer {
        Customer { assigned_to: owner, status, ..Customer::default() }
    }

    fn writes(role: Role, before: Option<&dyn Record>, after: &dyn Record, of: Option<&Customer>, units: &[&str]) -> Result<()> {
        let units: Vec<String> = units.iter().map(|u| (*u).to_owned()).collect();
        permit(&sight(role), &Write { before, after, customer: of, units: &units, by_sync: false })
    }

    #[test]
    fn each_role_sees_its_places() {
        let table = [
            (Some(ME), Status::Active, [true, true, true, false]),
            (Some(MATE), Status::Active, [true, true, true, false]),
            (Some(OTHER), Status::Active, [true, false, true, false]),
            (None, Status::Lead, [true, true, true, false]),
            (None, Status::Active, [true, false, true, false]),
        ];
        for (owner, status, seen) in table {
            let c = customer(owner, status);
            for (role, seen) in [Role::Admin, Role::Sales, Role::Support, Role::Brand].into_iter().zip(seen) {
                assert_eq!(sight(role).sees_customer(&c), seen, "{role:?} {owner:?} {status:?}");
                assert_eq!(sight(role).holds(&place(&c)), seen, "{role:?} holds {}", place(&c));
            }
        }
        let mut named = customer(Some(OTHER), Status::Active);
        named.meta.id = Id::from_bytes([9; 16]);
        assert!(sight(Role::Brand).sees_customer(&named));
        named.archived_at = Some(crate::Millis(1));
        assert!(!sight(Role::Support).sees_customer(&named) && sight(Role::Admin).sees_customer(&named));
        assert!(!sight(Role::Admin).carries(&named, Some(&named)), "what is archived is on no device");
    }

    #[test]
    fn sales_writes_own_claims_from_the_pool_and_reads_the_team_s() {
        let (mine, team, pool) =
            (customer(Some(ME), Status::Lead), customer(Some(MATE), Status::Lead), customer(None, Status::Lead));
        let update = |before: &Customer, after: &Customer| writes(Role::Sales, Some(before), after, Some(before), &["name"]);
        assert!(update(&mine, &mine).is_ok());
        assert_eq!(update(&team, &team).map_err(|e| e.code), Err(Code::Forbidden));
        assert_eq!(update(&pool, &pool).map_err(|e| e.code), Err(Code::Forbidden));
        assert!(update(&pool, &mine).is_ok(), "a claim");
        let other = customer(Some(OTHER), Status::Lead);
        assert_eq!(update(&other, &other).map_err(|e| e.code), Err(Code::NotFound));
        let contact = Contact::default();
        assert!(writes(Role::Sales, None, &contact, Some(&mine), &[]).is_ok());
        assert_eq!(writes(Role::Sales, None, &contact, Some(&team), &[]).map_err(|e| e.code), Err(Code::Forbidden));
        assert_eq!(writes(Role::Sales, None, &contact, Some(&other), &[]).map_err(|e| e.code), Err(Code::NotFound));
        let call = Interaction { meta: Meta { created_by: ME, ..Meta::default() }, ..Interaction::default() };
        assert!(writes(Role::Sales, None, &call, Some(&team), &[]).is_ok());
        let hers = Interaction { meta: Meta { created_by: MATE, ..Meta::default() }, ..call.clone() };
        assert!(writes(Role::Sales, Some(&hers), &hers, Some(&team), &["subject"]).is_err());
        assert!(writes(Role::Sales, None, &Item::default(), None, &[]).is_err());
    }

    #[test]
    fn support_corrects_a_phone_and_nothing_else() {
        let (c, contact) = (customer(Some(OTHER), Status::Active), Contact::default());
        let update = |unit: &str| writes(Role::Support, Some(&contact), &contact, Some(&c), &[unit]);
        assert!(update("phone").is_ok() && update("email").is_ok());
        assert_eq!(update("lastName").map_err(|e| (e.code, e.field)), Err((Code::FieldNotAllowed, Some("lastName".into()))));
        assert_eq!(writes(Role::Support, Some(&c), &c, Some(&c), &["name"]).map_err(|e| e.code), Err(Code::Forbidden));
        let draft = Quote::default();
        assert!(!sight(Role::Support).sees(&draft, Some(&c)));
        assert!(sight(Role::Support).sees(&Quote { status: QuoteStatus::Sent, ..draft }, Some(&c)));
    }

    #[test]
    fn hidden_fields_leave_the_json() {
        let c = Customer {
            notes: Some("secret".into()),
            tags: vec!["vip".into()],
            value: Some(crate::Money(1)),
            ..Customer::default()
        };
        let shown = |role| {
            let mut json = (&c as &dyn Record).to_json();
            sight(role).project(&c, &mut json);
            json
        };
        assert_eq!(shown(Role::Sales)["notes"], "secret");
        let support = shown(Role::Support);
        assert!(support.get("value").is_none() && support.get("valueEstimate").is_none() && support["notes"] == "secret");
        let brand = shown(Role::Brand);
        for name in ["notes", "tags", "value", "valueEstimate"] {
            assert!(brand.get(name).is_none(), "{name}");
        }
        let text = |shared| {
            let call = Interaction { subject: "s".into(), description: "words".into(), shared, ..Interaction::default() };
            let mut json = (&call as &dyn Record).to_json();
            sight(Role::Brand).project(&call, &mut json);
            (json["subject"] == "s", json["description"] == "words")
        };
        assert_eq!((text(false), text(true)), ((true, false), (true, true)));
    }

    #[test]
    fn a_brand_user_answers_a_quote_and_writes_nothing_else() {
        let mut c = customer(Some(OTHER), Status::Active);
        c.meta.id = Id::from_bytes([9; 16]);
        let sent = Quote { status: QuoteStatus::Sent, ..Quote::default() };
        let accepted = Quote { status: QuoteStatus::Accepted, ..Quote::default() };
        assert!(writes(Role::Brand, Some(&sent), &accepted, Some(&c), &["status"]).is_ok());
        assert!(writes(Role::Brand, Some(&sent), &accepted, Some(&c), &["status", "items"]).is_err());
        assert!(writes(Role::Brand, None, &Interaction::default(), Some(&c), &[]).is_err());
    }

    #[test]
    fn people_are_written_by_the_server_alone() {
        assert!(writes(Role::Admin, None, &crate::User::default(), None, &[]).is_err());
        assert!(writes(Role::Admin, None, &Item::default(), None, &[]).is_ok());
    }
}
