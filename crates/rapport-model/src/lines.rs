//! Lines of a quote or an order, and what they add up to.

use crate::money::{exponent, step};
use crate::{Code, Error, Money, Percent, Quantity, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// One line. Rates and discounts are per cent: 19 is 19 %.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Line {
    /// Names the line within its document.
    pub line_id: String,
    pub sku: String,
    pub description: String,
    pub quantity: Quantity,
    pub unit_price: Money,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_percent: Option<Percent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_rate: Option<Percent>,
    /// The line's net after its discount; filled in where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_price: Option<Money>,
}

crate::json_column!(Vec<Line>);

/// The TypeScript of lines.
pub const LINES_TS: &str = "{ lineId: string; sku: string; description: string; quantity: number; unitPrice: number; \
     discountPercent?: number; discountAmount?: number; taxRate?: number; totalPrice?: number }[]";

/// Lines of one document at most.
pub const LINES_MAX: usize = 500;

/// What a document adds up to.
#[derive(Clone, Debug, PartialEq)]
pub struct Totals {
    /// Each line's net.
    pub lines: Vec<Money>,
    /// Σ of the lines' nets.
    pub subtotal: Money,
    pub tax: Money,
    /// Subtotal less the document's discount, plus tax.
    pub total: Money,
}

/// The figures of a document, given or to be filled in.
pub struct Figures<'a> {
    pub items: &'a mut Vec<Line>,
    pub discount: Option<Money>,
    pub subtotal: &'a mut Option<Money>,
    pub tax: &'a mut Option<Money>,
    pub total: &'a mut Option<Money>,
    pub currency: &'a str,
}

const HUNDRED_PERCENT: i128 = 1_000_000;

fn too_large(field: &str) -> Error {
    Error::field(Code::InvalidValue, field, "The amount is larger than 99,999,999,999.9999.")
}

fn invalid(at: usize, field: &str, message: &str) -> Error {
    Error::field(Code::InvalidValue, &format!("items[{at}].{field}"), message)
}

/// A line's net: quantity × unit price, less the discount, rounded to the currency's smallest unit.
fn net(at: usize, line: &Line, exponent: u32) -> Result<Money> {
    if line.quantity.0 <= 0 {
        return Err(invalid(at, "quantity", "A quantity is more than 0."));
    }
    if line.discount_percent.is_some_and(|d| !(0..=HUNDRED_PERCENT).contains(&i128::from(d.0))) {
        return Err(invalid(at, "discountPercent", "A discount is 0 to 100 per cent."));
    }
    if line.tax_rate.is_some_and(|rate| !(0..=HUNDRED_PERCENT).contains(&i128::from(rate.0))) {
        return Err(invalid(at, "taxRate", "A tax rate is 0 to 100 per cent."));
    }
    if line.discount_percent.is_some() && line.discount_amount.is_some() {
        return Err(invalid(at, "discountAmount", "Give a line's discount as a percentage or as an amount, not both."));
    }
    let thousandth = i128::from(Quantity::ONE.0);
    let gross = i128::from(line.quantity.0) * i128::from(line.unit_price.0);
    let large = || too_large(&format!("items[{at}].totalPrice"));
    let Some(discount) = line.discount_amount else {
        let kept = HUNDRED_PERCENT - line.discount_percent.map_or(0, |d| i128::from(d.0));
        return Money::of(gross * kept, thousandth * HUNDRED_PERCENT, exponent).ok_or_else(large);
    };
    let gross = Money::of(gross, thousandth, exponent).ok_or_else(large)?;
    if discount.0 < 0 || discount > gross || discount != discount.rounded(exponent) {
        return Err(invalid(at, "discountAmount", "A discount is 0 to the line's price, in the currency's own decimals."));
    }
    Ok(Money(gross.0 - discount.0))
}

/// Shares a discount among groups in proportion to their nets, by largest remainder; the shares add up to it exactly.
fn shares(nets: &[i128], discount: i128, step: i128) -> Vec<i128> {
    let sum: i128 = nets.iter().sum();
    if sum <= 0 {
        return vec![0; nets.len()];
    }
    let units = discount / step;
    let mut out: Vec<i128> = nets.iter().map(|net| (units * net).div_euclid(sum)).collect();
    let mut by_remainder: Vec<usize> = (0..nets.len()).collect();
    by_remainder.sort_by_key(|at| (std::cmp::Reverse((units * nets[*at]).rem_euclid(sum)), *at));
    let left = units - out.iter().sum::<i128>();
    for at in by_remainder.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        out[at] += 1;
    }
    out.into_iter().map(|units| units * step).collect()
}

/// Adds up a document. Where no line carries a tax rate, the tax is `given_tax` (0 if none is given).
pub fn totals(items: &[Line], discount: Option<Money>, given_tax: Option<Money>, exponent: u32) -> Result<Totals> {
    if items.len() > LINES_MAX {
        return Err(Error::field(Code::InvalidValue, "items", format!("A document has at most {LINES_MAX} lines.")));
    }
    let lines = items.iter().enumerate().map(|(at, line)| net(at, line, exponent)).collect::<Result<Vec<Money>>>()?;
    let subtotal: i128 = lines.iter().map(|net| i128::from(net.0)).sum();
    let off = discount.map_or(0, |d| i128::from(d.0));
    if off < 0 || (off > 0 && off > subtotal) || off % step(exponent) != 0 {
        let message = "A discount is 0 to the subtotal, in the currency's own decimals.";
        return Err(Error::field(Code::InvalidValue, "discountAmount", message));
    }
    let tax = if items.iter().any(|line| line.tax_rate.is_some()) {
        let mut groups: BTreeMap<Percent, i128> = BTreeMap::new();
        for (line, net) in items.iter().zip(&lines) {
            *groups.entry(line.tax_rate.unwrap_or_default()).or_default() += i128::from(net.0);
        }
        let nets: Vec<i128> = groups.values().copied().collect();
        let shares = shares(&nets, off, step(exponent));
        let taxes = groups.keys().zip(nets.iter().zip(shares)).map(|(rate, (net, share))| {
            Money::of((net - share) * i128::from(rate.0), HUNDRED_PERCENT, exponent).map(|tax| i128::from(tax.0))
        });
        taxes.sum::<Option<i128>>().ok_or_else(|| too_large("taxAmount"))?
    } else {
        match given_tax.unwrap_or_default() {
            Money(tax) if tax < 0 => return Err(Error::field(Code::InvalidValue, "taxAmount", "A tax is 0 or more.")),
            Money(tax) => i128::from(tax),
        }
    };
    let amount = |n: i128, field: &str| Money::of(n, 1, 4).ok_or_else(|| too_large(field));
    Ok(Totals {
        lines,
        subtotal: amount(subtotal, "subtotal")?,
        tax: amount(tax, "taxAmount")?,
        total: amount(subtotal - off + tax, "totalAmount")?,
    })
}

fn same(given: Option<Money>, computed: Money, field: &str) -> Result<()> {
    match given {
        Some(given) if given != computed => {
            let message =
                format!("{field} is given as {given}, but the lines add up to {computed}. Correct the lines or leave it out.");
            Err(Error::field(Code::TotalsMismatch, field, message).with(json!({ "given": given, "computed": computed })))
        }
        _ => Ok(()),
    }
}

/// The totals rule: figures that are given agree with the lines, those that are missing are filled in; lines get their names.
pub fn settle(figures: Figures<'_>) -> Result<()> {
    let unknown = || {
        let message = format!("\"{}\" is no currency. Give its three letters (ISO 4217), such as EUR.", figures.currency);
        Error::field(Code::InvalidValue, "currency", message)
    };
    let exponent = exponent(figures.currency).ok_or_else(unknown)?;
    let sums = totals(figures.items, figures.discount, *figures.tax, exponent)?;
    for (at, (line, net)) in figures.items.iter_mut().zip(&sums.lines).enumerate() {
        same(line.total_price, *net, &format!("items[{at}].totalPrice"))?;
        line.total_price = Some(*net);
    }
    for (given, computed, field) in [
        (*figures.subtotal, sums.subtotal, "subtotal"),
        (*figures.tax, sums.tax, "taxAmount"),
        (*figures.total, sums.total, "totalAmount"),
    ] {
        same(given, computed, field)?;
    }
    (*figures.subtotal, *figures.tax, *figures.total) = (Some(sums.subtotal), Some(sums.tax), Some(sums.total));
    name_lines(figures.items)
}

/// Every line has a name of its own.
fn name_lines(items: &mut [Line]) -> Result<()> {
    let mut taken: std::collections::BTreeSet<String> = std::collections::BTreeSet::new();
    for (at, line) in items.iter().enumerate().filter(|(_, line)| !line.line_id.is_empty()) {
        if line.line_id.len() > 60 || !taken.insert(line.line_id.clone()) {
            return Err(invalid(at, "lineId", "Every line has a lineId of its own, of at most 60 characters."));
        }
    }
    let mut next = 1;
    for line in items.iter_mut().filter(|line| line.line_id.is_empty()) {
        while !taken.insert(next.to_string()) {
            next += 1;
        }
        line.line_id = next.to_string();
    }
    Ok(())
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
