//! The rules of one record that need to look at others: each a function, the same on devices and on the server.
//!
//! Forms and REST are judged strictly. Sync refuses what breaks [`check`], and mends what breaks [`unique`] where it can.

mod beside;
mod unique;

use crate::access::{Sight, Write, permit};
use crate::contact::check_name;
use crate::customer::{self, Passage, Status, change_status, check_value};
use crate::desk;
use crate::figures::day_in;
use crate::interaction::{check_date, check_duration};
use crate::mutation::UnitEdit;
use crate::number::{Series, year};
use crate::order::{self, CustomerSnapshot, OrderStatus};
use crate::quote::{self, QuoteStatus, Sending};
use crate::{
    BoxedRecord, Code, Contact, Customer, Declared, Error, Id, ImportBatch, Interaction, Item, Kind, Millis, Order, Org, Owner,
    Quote, Record, Result, SavedView, Setting, Snippet, User, unit,
};
use serde_json::{Value, json};

pub use unique::{free_name, namesake, same_number, unique};

/// Who looks up records: the store of a device, or the world that `accept` judges in.
pub trait Lookup {
    fn record(&mut self, kind: Kind, id: Id) -> Result<Option<BoxedRecord>>;
    /// Records, trashed ones included, whose field (its JSON name) has this value. Asked of indexed fields only.
    fn having(&mut self, kind: Kind, field: &str, value: &Value) -> Result<Vec<Id>>;
    /// Records, trashed ones included, that carry this key of another system.
    fn referenced(&mut self, kind: Kind, system: &str, id: &str) -> Result<Vec<Id>>;
    fn org(&mut self) -> Result<Org>;
    /// Draws the next number of this end.
    fn next_number(&mut self, series: Series, year: i32) -> Result<String>;
}

/// One record on its way from `before` to `after`.
pub struct Passing<'a> {
    pub sight: &'a Sight,
    pub before: Option<&'a dyn Record>,
    /// From where a change of status is judged.
    pub from: From<'a>,
    /// When its author changed it.
    pub now: Millis,
    /// Work that was done offline.
    pub by_sync: bool,
    /// It goes along with its customer, which is merged into another one.
    pub moves: bool,
}

/// From where a change of status is judged.
#[derive(Clone, Copy)]
pub enum From<'a> {
    /// From the value that its author saw, else from what stood.
    Seen(Option<&'a UnitEdit>),
    /// It was judged before the merge.
    Judged,
}

impl<'a> Passing<'a> {
    fn before<T: Declared>(&self) -> Option<&'a T> {
        self.before.and_then(|before| before.of::<T>())
    }

    /// The status that a change of it is judged from; `None` if it was judged before, or there was none.
    fn seen(&self, stood: Option<&str>) -> Option<String> {
        let From::Seen(edit) = self.from else { return None };
        let stood = stood?;
        let base = edit.map(|edit| if edit.base.is_string() { &edit.base } else { &edit.base["status"] });
        Some(base.and_then(Value::as_str).unwrap_or(stood).to_owned())
    }

    fn deletes(&self, after: &dyn Record) -> bool {
        after.meta().deleted_at.is_some() && self.before.is_some_and(|before| before.meta().deleted_at.is_none())
    }
}

/// Checks and completes `after` by every rule of its kind, but for [`unique`] and primary contacts.
pub fn check(look: &mut dyn Lookup, after: &mut BoxedRecord, passing: &Passing<'_>) -> Result<()> {
    if passing.before.is_none() {
        complete(look, after, passing)?;
    }
    check_permit(look, after.as_ref(), passing)?;
    unit::check(after.as_ref())?;
    check_links(look, after.as_ref(), passing)?;
    match after.kind() {
        Kind::Customers => with(after, |customer| check_customer(look, customer, passing)),
        Kind::Contacts => with(after, |contact| check_name(contact)),
        Kind::Interactions => with(after, |interaction| check_interaction(look, interaction, passing)),
        Kind::Quotes => with(after, |quote| check_quote(look, quote, passing)),
        Kind::Orders => with(after, |order| check_order(look, order, passing)),
        Kind::Items => with(after, check_item),
        Kind::Attachments => with(after, |attachment| beside::check_attachment(look, attachment, passing)),
        _ => Ok(()),
    }
}

/// The customer that a record hangs on, as it stands.
fn customer_of(look: &mut dyn Lookup, record: &dyn Record) -> Result<Option<Customer>> {
    let Some(id) = crate::customer_of(record) else { return Ok(None) };
    Ok(look.record(Kind::Customers, id)?.and_then(|c| c.of::<Customer>().cloned()))
}

/// Whether the actor sees a record.
pub fn sees(look: &mut dyn Lookup, sight: &Sight, record: &dyn Record) -> Result<bool> {
    let customer = customer_of(look, record)?;
    Ok(sight.sees(record, customer.as_ref()))
}

fn check_permit(look: &mut dyn Lookup, after: &dyn Record, passing: &Passing<'_>) -> Result<()> {
    let customer = match passing.before {
        Some(before) if before.kind() == Kind::Customers => before.of::<Customer>().cloned(),
        _ => customer_of(look, after)?,
    };
    let units: Vec<String> = match passing.before {
        Some(before) => unit::differences(before, after)?.into_keys().collect(),
        None => Vec::new(),
    };
    let (before, by_sync) = (passing.before, passing.by_sync);
    if let Some(before) = before.filter(|_| passing.moves) {
        // Whoever takes something away from a customer may change it there, too.
        let customer = customer_of(look, before)?;
        permit(
            passing.sight,
            &Write { before: Some(before), after: before, customer: customer.as_ref(), units: &units, by_sync },
        )?;
    }
    permit(passing.sight, &Write { before, after, customer: customer.as_ref(), units: &units, by_sync })
}

fn with<T: Declared>(record: &mut BoxedRecord, f: impl FnOnce(&mut T) -> Result<()>) -> Result<()> {
    record.of_mut::<T>().map_or(Ok(()), f)
}

/// A new record of this kind as its author finds it, before anything is typed: her own work.
pub fn begun(kind: Kind, sight: &Sight, now: Millis) -> BoxedRecord {
    let mut record = kind.blank();
    if let Some(interaction) = record.of_mut::<Interaction>() {
        interaction.interaction_date = now;
        interaction.assigned_to = sight.user;
    }
    if let Some(customer) = record.of_mut::<Customer>().filter(|_| sight.role == crate::Role::Sales) {
        // Who brings a customer looks after it, unless she leaves it to the pool on purpose.
        customer.assigned_to = Some(sight.user);
    }
    record
}

/// What a new record gets where its author said nothing.
fn complete(look: &mut dyn Lookup, after: &mut BoxedRecord, passing: &Passing<'_>) -> Result<()> {
    let me = passing.sight.user;
    match after.kind() {
        Kind::Quotes => with(after, |quote: &mut Quote| {
            let org = look.org()?;
            let today = day_in(&org.time_zone, passing.now);
            if quote.quote_number.is_empty() {
                quote.quote_number = look.next_number(Series::Quote, year(today))?;
            }
            quote.valid_until.get_or_insert(today.plus(QUOTE_DAYS));
            or_else(&mut quote.currency, org.currency);
            Ok(())
        }),
        Kind::Orders => with(after, |order: &mut Order| {
            let org = look.org()?;
            if order.order_number.is_empty() {
                order.order_number = look.next_number(Series::Order, year(day_in(&org.time_zone, passing.now)))?;
            }
            if order.order_date == Millis(0) {
                order.order_date = passing.now;
            }
            or_else(&mut order.currency, org.currency);
            if let Some(customer) = look.record(Kind::Customers, order.customer_id)?.as_ref().and_then(|c| c.of::<Customer>()) {
                let snapshot = CustomerSnapshot { name: customer.name.clone(), address: customer.address.clone() };
                order.customer_snapshot = snapshot;
            }
            Ok(())
        }),
        Kind::Items => with(after, |item: &mut Item| {
            or_else(&mut item.currency, look.org()?.currency);
            Ok(())
        }),
        Kind::SavedViews => with(after, |view: &mut SavedView| mine(&mut view.user_id, me)),
        Kind::Snippets => with(after, |snippet: &mut Snippet| mine(&mut snippet.user_id, me)),
        Kind::ImportBatches => with(after, |batch: &mut ImportBatch| mine(&mut batch.user_id, me)),
        Kind::Settings => with(after, |setting: &mut Setting| {
            let owner = match setting.scope {
                desk::Scope::Device => Some(passing.sight.device),
                desk::Scope::User => Some(me),
                desk::Scope::Org => None,
            };
            setting.owner_id = setting.owner_id.or(owner);
            Ok(())
        }),
        _ => Ok(()),
    }
}

/// Days that a quote is valid unless somebody says otherwise.
const QUOTE_DAYS: i64 = 30;

fn or_else(text: &mut String, otherwise: String) {
    if text.trim().is_empty() {
        *text = otherwise;
    }
}

fn mine(user: &mut Id, me: Id) -> Result<()> {
    if user.is_nil() {
        *user = me;
    }
    Ok(())
}

/// References: the customer and everything else that a record points to is here, and belongs to the same customer.
fn check_links(look: &mut dyn Lookup, after: &dyn Record, passing: &Passing<'_>) -> Result<()> {
    let kind = after.kind();
    let customer = kind.is_child().then(|| crate::customer_of(after)).flatten();
    if let Some(customer) = customer {
        check_parent(look, customer, passing.before.filter(|_| !passing.moves).and_then(crate::customer_of))?;
    }
    for (index, field) in kind.fields().iter().enumerate() {
        let crate::FieldKind::Ref(to) = field.kind else { continue };
        if field.owner != Owner::User || matches!(to, Kind::Users | Kind::Customers) {
            continue;
        }
        let Ok(id) = serde_json::from_value::<Id>(after.get(index)) else { continue };
        if passing.before.is_some_and(|before| before.get(index) == after.get(index)) {
            continue;
        }
        let found = look.record(to, id)?;
        // What she does not see is not there for her.
        let found = match found {
            Some(found) if !passing.by_sync && !sees(look, passing.sight, found.as_ref())? => None,
            found => found,
        };
        match found {
            None => return Err(bad_reference(field.json, id, to).with(json!({ "missing": id, "kind": to.text() }))),
            Some(found) if to.is_child() && crate::customer_of(found.as_ref()) != customer => {
                return Err(bad_reference(field.json, id, to));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn bad_reference(field: &str, id: Id, to: Kind) -> Error {
    let what = to.type_name().to_lowercase();
    let of = if to.is_child() { " of this customer" } else { "" };
    let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    Error::field(Code::InvalidReference, field, format!("{id} is not {article} {what}{of}. Choose another one."))
}

/// A child stays with its customer, and the customer exists.
fn check_parent(look: &mut dyn Lookup, customer: Id, before: Option<Id>) -> Result<()> {
    if before.is_some_and(|before| before != customer) {
        let message = "A record stays with its customer. Make a new one there.";
        return Err(Error::field(Code::InvalidReference, "customerId", message));
    }
    let found = look.record(Kind::Customers, customer)?;
    let missing = || {
        let message = format!("{customer} is not a customer here. Choose another one.");
        Error::field(Code::InvalidReference, "customerId", message)
    };
    found.map(drop).ok_or_else(missing)
}

fn check_customer(look: &mut dyn Lookup, customer: &mut Customer, passing: &Passing<'_>) -> Result<()> {
    customer.compute_own();
    // Whoever comes back is nobody's other name.
    customer.merged = customer.merged.take().filter(|_| customer.meta.deleted_at.is_some());
    check_value(customer)?;
    let before = passing.before::<Customer>();
    let deletes = passing.deletes(customer);
    let seen = passing.seen(before.map(|b| b.status.text())).as_deref().and_then(Status::parse);
    if deletes || seen.is_some_and(|seen| seen != customer.status) {
        let dealings = dealings(look, customer.meta.id)?;
        if deletes && dealings.any() {
            let message = "This customer has orders or accepted quotes, so it stays. Archive it instead.";
            return Err(Error::new(Code::HasHistory, message).with(json!({ "instead": "archive" })));
        }
        let passage = Passage {
            has_orders: dealings.orders,
            confirmed: customer.active_confirmed || dealings.any(),
            role: Some(passing.sight.role),
        };
        if let Some(seen) = seen {
            change_status(seen, customer, passage, passing.now)?;
        }
    }
    if customer.status == Status::Inactive || customer.archived_at.is_some() {
        customer.is_active = false;
    }
    if before.is_none_or(|b| b.qualification != customer.qualification) {
        beside::check_qualification(look, customer)?;
    }
    match customer.assigned_to {
        Some(user) if Some(user) != before.and_then(|b| b.assigned_to) => check_assignee(look, user, "assignedTo"),
        _ => Ok(()),
    }
}

/// What a customer has bought or agreed to.
#[derive(Clone, Copy, Debug, Default)]
struct Dealings {
    orders: bool,
    accepted: bool,
}

impl Dealings {
    fn any(self) -> bool {
        self.orders || self.accepted
    }
}

fn dealings(look: &mut dyn Lookup, customer: Id) -> Result<Dealings> {
    let of = json!(customer);
    let mut out = Dealings::default();
    for id in look.having(Kind::Orders, "customerId", &of)? {
        out.orders |= look.record(Kind::Orders, id)?.is_some_and(|o| o.meta().deleted_at.is_none());
    }
    for id in look.having(Kind::Quotes, "customerId", &of)? {
        let quote = look.record(Kind::Quotes, id)?;
        let accepted = |q: &Quote| q.status == QuoteStatus::Accepted && q.meta.deleted_at.is_none();
        out.accepted |= quote.as_ref().and_then(|q| q.of::<Quote>()).is_some_and(accepted);
    }
    Ok(out)
}

fn check_interaction(look: &mut dyn Lookup, interaction: &mut Interaction, passing: &Passing<'_>) -> Result<()> {
    interaction.compute_own();
    let before = passing.before::<Interaction>();
    if before.is_none_or(|b| b.interaction_date != interaction.interaction_date) {
        check_date(interaction, passing.now)?;
    }
    check_duration(interaction)?;
    if before.is_none_or(|b| b.assigned_to != interaction.assigned_to) {
        check_assignee(look, interaction.assigned_to, "assignedTo")?;
    }
    Ok(())
}

fn check_quote(look: &mut dyn Lookup, quote: &mut Quote, passing: &Passing<'_>) -> Result<()> {
    let before = passing.before::<Quote>();
    if let Some(before) = before {
        let changed = unit::differences(before, quote)?;
        let units = changed.keys().map(String::as_str).filter(|unit| !(passing.moves && *unit == "customerId"));
        quote::check_lock(before, units)?;
    }
    quote.settle()?;
    // A quote that was made and sent before anybody heard of it was a draft once.
    let was = before.map_or(QuoteStatus::Draft, |b| b.status);
    let made_sent = before.is_none() && quote.status == QuoteStatus::Sent;
    let Some(seen) = passing.seen((before.is_some() || made_sent).then_some(was.text())) else { return Ok(()) };
    let seen = QuoteStatus::parse(&seen).unwrap_or(was);
    if was == QuoteStatus::Accepted && quote.status == QuoteStatus::Rejected
        || was == QuoteStatus::Rejected && quote.status == QuoteStatus::Accepted
    {
        let message = format!("This quote was answered already: it is {}. The first answer stands.", was.text());
        return Err(Error::field(Code::IllegalTransition, "status", message).with(json!({ "legal": [] })));
    }
    if seen == quote.status {
        return Ok(());
    }
    let today = day_in(&look.org()?.time_zone, passing.now);
    let has_primary = has_primary(look, quote.customer_id)?;
    quote::change_status(seen, quote, Sending { today, has_primary }, passing.now)
}

/// Whether a customer has a primary contact or needs none. With an active contact it has one.
fn has_primary(look: &mut dyn Lookup, customer: Id) -> Result<bool> {
    let record = look.record(Kind::Customers, customer)?;
    if record.as_ref().and_then(|c| c.of::<Customer>()).is_some_and(|c| c.r#type == customer::CustomerType::Individual) {
        return Ok(true);
    }
    for id in look.having(Kind::Contacts, "customerId", &json!(customer))? {
        if look.record(Kind::Contacts, id)?.as_ref().and_then(|c| c.of::<Contact>()).is_some_and(Contact::counts) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn check_order(look: &mut dyn Lookup, order: &mut Order, passing: &Passing<'_>) -> Result<()> {
    let before = passing.before::<Order>();
    order.settle()?;
    order::check_refund(order)?;
    if let Some(id) = order.quote_id.filter(|id| before.and_then(|b| b.quote_id) != Some(*id)) {
        let quote = look.record(Kind::Quotes, id)?;
        if quote.as_ref().and_then(|q| q.of::<Quote>()).is_some_and(|q| q.status != QuoteStatus::Accepted) {
            let message = "Only an accepted quote becomes an order. Accept the quote first.";
            return Err(Error::field(Code::IllegalTransition, "quoteId", message));
        }
    }
    if passing.deletes(order) && order.status != OrderStatus::Draft {
        let message = "An order that was confirmed is part of the customer's history. Cancel it instead.";
        return Err(Error::new(Code::HasHistory, message).with(json!({ "instead": "cancel" })));
    }
    if let Some(seen) = passing.seen(before.map(|b| b.status.text())).as_deref().and_then(OrderStatus::parse) {
        order::change_status(seen, order)?;
    }
    let confirmed = order.counts() && before.is_none_or(|b| !b.counts());
    if confirmed && order.fx_to_base.is_none() {
        let org = look.org()?;
        if org.currency != order.currency {
            let rate = org.settings.get("exchangeRates").map(|rates| rates[&order.currency].clone());
            order.fx_to_base = rate.and_then(|rate| serde_json::from_value(rate).ok());
        }
    }
    if order.fx_to_base.is_some_and(|factor| factor.0 <= 0) {
        return Err(Error::field(Code::InvalidValue, "fxToBase", "An exchange rate is more than 0."));
    }
    Ok(())
}

fn check_item(item: &mut Item) -> Result<()> {
    if crate::money::exponent(&item.currency).is_none() {
        let message = format!("\"{}\" is no currency. Give its three letters (ISO 4217), such as EUR.", item.currency);
        return Err(Error::field(Code::InvalidValue, "currency", message));
    }
    if item.tax_rate.is_some_and(|rate| !(0..=1_000_000).contains(&rate.0)) {
        return Err(Error::field(Code::InvalidValue, "taxRate", "A tax rate is 0 to 100 per cent."));
    }
    Ok(())
}

/// The assignee is an active user who may own it.
fn check_assignee(look: &mut dyn Lookup, user: Id, field: &str) -> Result<()> {
    let found = look.record(Kind::Users, user)?;
    match found.as_ref().and_then(|u| u.of::<User>()) {
        Some(user) if !user.is_active || user.meta.deleted_at.is_some() => {
            let message = format!("{} does not work here any more. Choose somebody else.", user.name);
            Err(Error::field(Code::InvalidAssignment, field, message))
        }
        Some(user) if user.role == crate::Role::Brand => {
            let message = format!("{} is a guest and owns no work. Choose somebody else.", user.name);
            Err(Error::field(Code::InvalidAssignment, field, message))
        }
        Some(_) => Ok(()),
        None => Err(Error::field(Code::InvalidAssignment, field, "This person is not in your company. Choose somebody else.")),
    }
}

/// A body sets a quote's status no further than draft: that is for the verbs.
pub fn by_verb_only(before: Option<&dyn Record>, after: &dyn Record) -> Result<()> {
    let status = |record: &dyn Record| record.of::<Quote>().map(|quote| quote.status);
    match status(after) {
        Some(to) if to != QuoteStatus::Draft && before.and_then(status) != Some(to) => {
            let message = "A quote's status is changed by its verbs: POST …/send, view, accept, reject, revise.";
            Err(Error::field(Code::IllegalTransition, "status", message).with(json!({ "verbs": crate::verbs::NAMES })))
        }
        _ => Ok(()),
    }
}

/// The strict form of the primary contact rule: becoming active, or losing the last contact, needs one.
pub fn primary_required(before: Option<&Customer>, after: &Customer, had_primary: bool) -> Result<()> {
    let wanted = before.is_some_and(Customer::wants_primary) && !had_primary;
    if after.meta.deleted_at.is_none() && after.wants_primary() && after.primary_contact_id.is_none() && !wanted {
        return Err(customer::primary_contact_required());
    }
    Ok(())
}
