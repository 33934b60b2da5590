//! What customers were offered and what they bought: quotes and orders of the past 18 months.

use super::account::{DAY_MS, office_hours};
use super::dice::Dice;
use super::talk::PRODUCTS;
use super::{Bundle, Plan};
use rapport_model::customer::{Customer, Status};
use rapport_model::lines::Line;
use rapport_model::money::Factor;
use rapport_model::number::{Series, number, year};
use rapport_model::order::{CustomerSnapshot, OrderStatus};
use rapport_model::quote::{Channel, QuoteStatus};
use rapport_model::{Contact, Day, Id, Meta, Millis, Money, Order, Percent, Quantity, Quote, Result};

/// The past that is told, in days.
const PAST_DAYS: i64 = 548;

/// Days that a quote can be accepted.
const VALID_DAYS: i64 = 30;

/// Stands where a device's code stands in a number; shorter than any of them.
const CODE: &str = "D";

/// Quotes and orders of one customer, in order of their dates.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sales {
    pub quotes: Vec<Quote>,
    pub orders: Vec<Order>,
}

/// What was offered to the customer at `index`, and what it bought; by draws of its own, so that nothing else depends on it.
pub fn sales(plan: &Plan, index: usize, bundle: &Bundle) -> Result<Sales> {
    let c = &bundle.customer;
    let mut dice = Dice::of(plan.seed.rotate_left(17) ^ 0x5a1e5, index as u64);
    let (orders, quotes) = match c.status {
        Status::Active => (dice.below(5) + dice.below(3), dice.below(3)),
        Status::Inactive => (if c.qualified_at.is_some() { dice.below(2) } else { 0 }, dice.below(2)),
        Status::Lead => (0, dice.below(3)),
        Status::Prospect => (0, 0),
    };
    let mut told = Sales::default();
    for n in 0..orders {
        told.orders.push(order(plan, (index, n), c, &bundle.contacts, &mut dice)?);
    }
    for n in 0..quotes {
        told.quotes.push(quote(plan, (index, n), c, &bundle.contacts, &mut dice)?);
    }
    told.orders.sort_by_key(|order| (order.order_date, order.meta.id));
    told.quotes.sort_by_key(|quote| (quote.meta.created_at, quote.meta.id));
    Ok(told)
}

/// A day at work between `since`, or 18 months ago, and yesterday, or when the customer left.
fn moment(plan: &Plan, c: &Customer, since: Millis, dice: &mut Dice) -> Millis {
    let end = if c.status == Status::Inactive { c.meta.updated_at.0 } else { plan.now.0 - DAY_MS };
    let start = since.0.max(plan.now.0 - PAST_DAYS * DAY_MS).min(end);
    let at = office_hours(Millis(dice.between(start, end)), dice);
    Millis(at.0.clamp(start, end))
}

fn meta(at: Millis, updated_at: Millis, by: Id, dice: &mut Dice) -> Meta {
    Meta { id: Id::v7(at.0, &dice.bytes()), created_at: at, updated_at, created_by: by, ..Meta::default() }
}

/// One to four lines in whole units of the currency.
fn lines(dice: &mut Dice) -> Vec<Line> {
    (0..=dice.below(4))
        .map(|n| {
            let product = dice.below(PRODUCTS.len());
            Line {
                line_id: (n + 1).to_string(),
                sku: format!("HO-{:03}", product + 1),
                description: PRODUCTS[product].to_owned(),
                quantity: Quantity(dice.between(1, 6) * Quantity::ONE.0),
                unit_price: Money(dice.amount(1_800) * 10_000),
                discount_percent: dice.chance(20).then(|| Percent(dice.between(1, 3) * 50_000)),
                tax_rate: dice.chance(60).then_some(Percent(190_000)),
                ..Line::default()
            }
        })
        .collect()
}

/// One in ten documents is in another currency than the company's.
fn currency(dice: &mut Dice) -> &'static str {
    if dice.chance(10) { dice.pick(&["NOK", "SEK", "USD", "GBP"]) } else { "EUR" }
}

/// The counter of the n-th document of a customer.
fn counter(index: usize, n: usize) -> i64 {
    i64::try_from(index * 10 + n + 1).unwrap_or(i64::MAX)
}

fn contact(contacts: &[Contact], dice: &mut Dice) -> Option<Id> {
    contacts.get(dice.below(contacts.len())).map(|contact| contact.meta.id)
}

fn order(plan: &Plan, (index, n): (usize, usize), c: &Customer, contacts: &[Contact], dice: &mut Dice) -> Result<Order> {
    let at = moment(plan, c, c.qualified_at.unwrap_or(c.meta.created_at), dice);
    let is_recent = plan.now.0 - at.0 < 20 * DAY_MS;
    let status = match dice.below(20) {
        0 => OrderStatus::Cancelled,
        1 => OrderStatus::Returned,
        _ if is_recent => [OrderStatus::Draft, OrderStatus::Confirmed, OrderStatus::Shipped][dice.below(3)],
        _ => OrderStatus::Delivered,
    };
    let currency = currency(dice);
    let done = Millis((at.0 + dice.between(1, 14) * DAY_MS).min(plan.now.0));
    let by = c.assigned_to.unwrap_or(c.meta.created_by);
    let mut order = Order {
        meta: meta(at, done, by, dice),
        customer_id: c.meta.id,
        contact_id: contact(contacts, dice),
        order_number: number(Series::Order, year(Day::of(at)), CODE, counter(index, n)),
        status,
        items: lines(dice),
        currency: currency.to_owned(),
        fx_to_base: (currency == "EUR").then_some(Factor::ONE),
        order_date: at,
        customer_snapshot: CustomerSnapshot { name: c.name.clone(), address: c.address.clone() },
        ..Order::default()
    };
    order.settle()?;
    if status == OrderStatus::Returned {
        order.refunded_amount = order.total_amount;
    }
    Ok(order)
}

fn quote(plan: &Plan, (index, n): (usize, usize), c: &Customer, contacts: &[Contact], dice: &mut Dice) -> Result<Quote> {
    let at = moment(plan, c, c.meta.created_at, dice);
    let (sent, answered) =
        (Millis((at.0 + DAY_MS / 2).min(plan.now.0)), Millis((at.0 + dice.between(2, 20) * DAY_MS).min(plan.now.0)));
    let status = match dice.below(10) {
        0 | 1 => QuoteStatus::Draft,
        2..=4 => QuoteStatus::Sent,
        5 => QuoteStatus::Viewed,
        6 | 7 => QuoteStatus::Accepted,
        _ => QuoteStatus::Rejected,
    };
    let (is_out, is_answered) = (status != QuoteStatus::Draft, matches!(status, QuoteStatus::Accepted | QuoteStatus::Rejected));
    let by = c.assigned_to.unwrap_or(c.meta.created_by);
    let items = lines(dice);
    let mut quote = Quote {
        meta: meta(at, if is_answered { answered } else { sent }, by, dice),
        customer_id: c.meta.id,
        contact_id: contact(contacts, dice),
        quote_number: number(Series::Quote, year(Day::of(at)), CODE, counter(index, n)),
        status,
        sent_at: is_out.then_some(sent),
        sent_by: is_out.then_some(Channel::Email),
        viewed_at: (status == QuoteStatus::Viewed).then_some(sent),
        responded_at: is_answered.then_some(answered),
        accepted_at: (status == QuoteStatus::Accepted).then_some(answered),
        subject: items.first().map(|line| line.description.clone()).unwrap_or_default(),
        items,
        currency: currency(dice).to_owned(),
        valid_until: Some(Day::of(at).plus(VALID_DAYS)),
        ..Quote::default()
    };
    quote.settle()?;
    Ok(quote)
}
