//! Looking around: a made-up company on this device alone, with a conflict to solve, gone for good when it is left.

use super::Client;
use super::join::{Passphrase, Place, local_code};
use crate::tokens::blocking;
use rapport_model::card::AnyJson;
use rapport_model::{BoxedRecord, Card, Code, Customer, Error, Id, Kind, Meta, Millis, Record, Result, Role, User};
use rapport_ops::demo::{self, Plan};
use rapport_store::Tx;
use serde_json::{Value, json};

/// The progress key of a store that holds the made-up company.
pub(super) const SAMPLE: &str = "sample";

const CUSTOMERS: usize = 40;
/// Made-up companies to choose from: the one with most to do this week is shown.
const SEEDS: u64 = 12;
/// Days before and after today that count as this week.
const WEEK_DAYS: i64 = 7;
/// How long ago the two numbers were typed.
const CONFLICT_MS: i64 = 26 * 3_600_000;

impl Client {
    /// `session.lookAround`.
    pub(super) async fn look_around(&self, passphrase: Passphrase) -> Result<Value> {
        let _turn = self.inner.turn.lock().await;
        if self.ready().is_ok() {
            return Err(Error::new(Code::InvalidValue, "You are signed in already. Sign out first. Nothing was changed."));
        }
        self.check_vault("", None, &passphrase).await?;
        let source = &self.inner.options.source;
        let (now, device_id) = (source.now(), source.id());
        let mut plan = Plan { customers: CUSTOMERS, seed: 1, now, org: source.id(), owners: Vec::new() };
        let (org, teams, mut users) = demo::people(&plan);
        // Two share the work, so that whoever looks around finds some of her own.
        plan.owners = users.iter().filter(|user| user.role == Role::Sales).map(|user| user.meta.id).take(2).collect();
        let me = users.first_mut().ok_or_else(|| Error::internal("a company without people"))?;
        // Whoever looks around may look everywhere.
        me.role = Role::Admin;
        let me = me.clone();
        let busy = |seed: &u64| to_do(&Plan { seed: *seed, ..plan.clone() }, me.meta.id);
        plan.seed = (1..=SEEDS).max_by_key(busy).unwrap_or(plan.seed);
        let place = Place { server: None, org, user: me.clone(), device_id, device_code: local_code()? };
        let client = self.clone();
        let opened = blocking(move || {
            let opened = client.make_profile(place, passphrase.as_ref(), None)?;
            opened.store.write(move |tx| {
                tx.set_progress(SAMPLE, &true)?;
                teams.iter().try_for_each(|team| tx.put(team))?;
                users.iter().try_for_each(|user| tx.put(user))?;
                fill(tx, &plan, &me, now)
            })?;
            Ok(opened)
        })
        .await?;
        self.begin(opened, None).await
    }
}

/// Follow-ups of somebody that are due about now.
fn to_do(plan: &Plan, user: Id) -> usize {
    let bundles = (0..plan.customers).map(|index| demo::customer(plan, index));
    let due = bundles.flat_map(|bundle| bundle.interactions).filter(|one| one.assigned_to == user && one.has_open_follow_up());
    let near = due.filter_map(|one| one.follow_up_day()).filter(|day| (day.ms() - plan.now.0).abs() <= WEEK_DAYS * 86_400_000);
    near.count()
}

fn fill(tx: &mut Tx<'_>, plan: &Plan, me: &User, now: Millis) -> Result<()> {
    let mut records: Vec<BoxedRecord> = Vec::new();
    let mut customers = Vec::with_capacity(plan.customers);
    let mut disputed: Option<Customer> = None;
    for index in 0..plan.customers {
        let bundle = demo::customer(plan, index);
        let sales = demo::sales(plan, index, &bundle)?;
        customers.push(bundle.customer.meta.id);
        let mine = bundle.customer.assigned_to == Some(me.meta.id) && bundle.customer.phone.is_some();
        disputed = disputed.or_else(|| Some(bundle.customer.clone()).filter(|_| mine));
        records.push(Box::new(bundle.customer));
        records.extend(bundle.contacts.into_iter().map(|contact| Box::new(contact) as BoxedRecord));
        records.extend(bundle.interactions.into_iter().map(|one| Box::new(one) as BoxedRecord));
        records.extend(sales.quotes.into_iter().map(|quote| Box::new(quote) as BoxedRecord));
        records.extend(sales.orders.into_iter().map(|order| Box::new(order) as BoxedRecord));
    }
    for kind in Kind::ALL {
        let rows: Vec<&dyn Record> = records.iter().map(AsRef::as_ref).filter(|record| record.kind() == *kind).collect();
        if !rows.is_empty() {
            tx.put_many(*kind, &rows)?;
        }
    }
    tx.refresh_customers(&customers, now)?;
    let colleague = plan.owners.iter().find(|owner| **owner != me.meta.id).copied();
    disputed.map_or(Ok(()), |customer| tx.put(&conflict(&customer, me.meta.id, colleague, now)))
}

/// Two people typed another number while both were out; the later one stands.
fn conflict(customer: &Customer, me: Id, colleague: Option<Id>, now: Millis) -> Card {
    let theirs = customer.phone.clone().unwrap_or_default();
    let ending = |text: &str, digits: &str| {
        let kept = text.len().saturating_sub(digits.len());
        text.get(..kept).map_or_else(|| digits.to_owned(), |kept| format!("{kept}{digits}"))
    };
    let at = Millis(now.0 - CONFLICT_MS);
    let id = customer.meta.id.derived("conflict of the sample");
    Card {
        meta: Meta { id, created_at: at, updated_at: at, created_by: colleague.unwrap_or(me), ..Meta::default() },
        user_id: me,
        kind: "conflict".to_owned(),
        record_kind: Kind::Customers.text().to_owned(),
        record_id: customer.meta.id,
        unit: "phone".to_owned(),
        message: format!("{}: phone was changed by two people. The other value stands.", customer.name),
        mine: AnyJson(json!(ending(&theirs, "71"))),
        original: AnyJson(json!(ending(&theirs, "40"))),
        theirs: AnyJson(json!(theirs)),
        by_user: colleague,
        at,
        ..Card::default()
    }
}
