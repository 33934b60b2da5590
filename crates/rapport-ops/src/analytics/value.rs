//! What customers are worth: revenue by currency, kind, source and month; what is still open.

use super::facts::{Facts, Frame};
use super::figure::{InCurrency, Revenue, Sums, add, amounts, revenues};
use super::zone::month_of;
use rapport_model::quote::QuoteStatus;
use serde::Serialize;

/// A figure that needs more than sums; it is computed elsewhere and never approximated here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct NotYet {
    pub value: Option<()>,
    pub reason: &'static str,
}

pub const NOT_YET: NotYet = NotYet { value: None, reason: "notYetComputed" };

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Value {
    /// One per currency; its key is the currency.
    pub totals: Vec<Revenue>,
    pub by_type: Vec<Revenue>,
    /// "" = no source is known.
    pub by_source: Vec<Revenue>,
    pub by_month: Vec<Revenue>,
    /// Quotes that wait for an answer now, by the month of their last day; "" = without one.
    pub pipeline: Vec<InCurrency>,
    pub predicted_value: NotYet,
    pub churn_risk: NotYet,
    pub score: NotYet,
}

pub fn value(facts: &Facts, frame: &Frame) -> Value {
    let (mut totals, mut by_type, mut by_source, mut by_month) = (Sums::new(), Sums::new(), Sums::new(), Sums::new());
    for order in &facts.orders {
        let Some(customer) = facts.customers.get(&order.customer) else { continue };
        add(&mut totals, &order.currency, &order.currency, order.net);
        add(&mut by_type, customer.r#type.text(), &order.currency, order.net);
        add(&mut by_source, customer.source.as_deref().unwrap_or_default().trim(), &order.currency, order.net);
        add(&mut by_month, &frame.zone.month(order.at), &order.currency, order.net);
    }
    Value {
        totals: revenues(totals),
        by_type: revenues(by_type),
        by_source: revenues(by_source),
        by_month: revenues(by_month),
        pipeline: pipeline(facts, frame),
        predicted_value: NOT_YET,
        churn_risk: NOT_YET,
        score: NOT_YET,
    }
}

fn pipeline(facts: &Facts, frame: &Frame) -> Vec<InCurrency> {
    let today = frame.today();
    let mut sums = Sums::new();
    for quote in &facts.quotes {
        let waits = matches!(quote.status_on(today), QuoteStatus::Sent | QuoteStatus::Viewed);
        if waits && quote.superseded_by.is_none() {
            let month = quote.valid_until.map(month_of).unwrap_or_default();
            add(&mut sums, &month, &quote.currency, quote.total_amount.unwrap_or_default());
        }
    }
    amounts(sums)
}
