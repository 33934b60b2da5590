//! An order: what was bought, and how far it has come.

use crate::customer::{Address, ExternalRef, REFS_TS};
use crate::field::{amount, factor, instant, json, link, long_text, one_of, text};
use crate::lines::{Figures, LINES_TS, Line, settle};
use crate::money::Factor;
use crate::{Code, Error, Facet, Id, Kind, Merge, Millis, Money, Result};
use serde::{Deserialize, Serialize};
use serde_json::json as value;

crate::choice! {
    OrderStatus {
        Draft "draft", Confirmed "confirmed", Shipped "shipped", Delivered "delivered", Cancelled "cancelled",
        Returned "returned",
    }
}

/// The customer as it was when the order was made.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CustomerSnapshot {
    pub name: String,
    pub address: Option<Address>,
}

crate::json_column!(CustomerSnapshot);

crate::record! {
    /// What a customer bought.
    Order of Orders {
        customer_id: Id = Id::NIL => link("Customer", Kind::Customers).required(),
        contact_id: Option<Id> = None => link("Contact", Kind::Contacts),
        quote_id: Option<Id> = None => link("Quote", Kind::Quotes),
        order_number: String = String::new() => text("Number", 60),
        status: OrderStatus = OrderStatus::Draft => one_of("Status", OrderStatus::NAMES).required().merge(Merge::Card),
        items: Vec<Line> = Vec::new() => json("Lines", LINES_TS).bytes(200_000).present().in_unit("items").merge(Merge::Card),
        discount_amount: Option<Money> = None => amount("Discount").in_unit("items").merge(Merge::Card),
        subtotal: Option<Money> = None => amount("Subtotal").follows().in_unit("items").merge(Merge::Card),
        tax_amount: Option<Money> = None => amount("Tax").follows().in_unit("items").merge(Merge::Card),
        total_amount: Option<Money> = None => amount("Total").follows().in_unit("items").merge(Merge::Card),
        /// ISO 4217; the organisation's if none is given.
        currency: String = String::new() => text("Currency", 3).in_unit("items").merge(Merge::Card),
        refunded_amount: Option<Money> = None => amount("Refunded").merge(Merge::Card),
        /// What one unit of its currency is worth in the organisation's; from the organisation's rates at confirmation.
        fx_to_base: Option<Factor> = None => factor("Exchange rate"),
        order_date: Millis = Millis(0) => instant("Ordered").required(),
        customer_snapshot: CustomerSnapshot = CustomerSnapshot::default() =>
            json("Customer at the time", SNAPSHOT_TS).by_rule(),
        notes: Option<String> = None => long_text("Notes", 50_000).facet(Facet::Private),
        external_refs: Vec<ExternalRef> = Vec::new() => json("References", REFS_TS),
    }
}

/// The TypeScript of a snapshot.
const SNAPSHOT_TS: &str =
    "{ name: string; address: { street: string; city: string; state: string; zipCode: string; country: string } | null }";

impl Order {
    /// Whether it counts as revenue.
    pub fn counts(&self) -> bool {
        use OrderStatus::{Confirmed, Delivered, Returned, Shipped};
        matches!(self.status, Confirmed | Shipped | Delivered | Returned) && self.meta.deleted_at.is_none()
    }

    /// What is left of it after refunds.
    pub fn net(&self) -> Money {
        Money(self.total_amount.unwrap_or_default().0 - self.refunded_amount.unwrap_or_default().0)
    }

    pub fn settle(&mut self) -> Result<()> {
        settle(Figures {
            items: &mut self.items,
            discount: self.discount_amount,
            subtotal: &mut self.subtotal,
            tax: &mut self.tax_amount,
            total: &mut self.total_amount,
            currency: &self.currency,
        })
    }
}

/// The statuses that may follow.
pub fn legal_statuses(from: OrderStatus) -> &'static [OrderStatus] {
    use OrderStatus::{Cancelled, Confirmed, Delivered, Draft, Returned, Shipped};
    match from {
        Draft => &[Confirmed, Cancelled],
        Confirmed => &[Shipped, Delivered, Cancelled],
        Shipped => &[Delivered, Returned],
        Delivered => &[Returned],
        Cancelled => &[Draft, Confirmed],
        Returned => &[],
    }
}

/// The order life: judges a change of status from the one its author saw. Creation and import may use any.
pub fn change_status(seen: OrderStatus, order: &Order) -> Result<()> {
    let legal = legal_statuses(seen);
    if seen == order.status || legal.contains(&order.status) {
        return Ok(());
    }
    let names: Vec<&str> = legal.iter().map(|s| s.text()).collect();
    let ways = if names.is_empty() { "Nothing follows".to_owned() } else { format!("Possible: {}", names.join(", ")) };
    let message = format!("{} cannot follow {} of an order. {ways}.", order.status.text(), seen.text());
    Err(Error::field(Code::IllegalTransition, "status", message).with(value!({ "legal": names })))
}

/// The refund rule: nothing to the whole amount.
pub fn check_refund(order: &Order) -> Result<()> {
    let refunded = order.refunded_amount.unwrap_or_default();
    if refunded.0 < 0 || refunded > order.total_amount.unwrap_or_default().max(Money(0)) {
        return Err(Error::field(Code::InvalidValue, "refundedAmount", "A refund is 0 to the order's total."));
    }
    Ok(())
}

/// The id of the order that a quote becomes, the same on every device that converts it.
pub fn id_from_quote(quote: Id) -> Id {
    quote.derived("order")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_an_order_s_life_holds() {
        use OrderStatus::{Cancelled, Confirmed, Delivered, Draft, Returned, Shipped};
        let all = [Draft, Confirmed, Shipped, Delivered, Cancelled, Returned];
        let legal = [
            (Draft, Confirmed),
            (Draft, Cancelled),
            (Confirmed, Shipped),
            (Confirmed, Delivered),
            (Confirmed, Cancelled),
            (Shipped, Delivered),
            (Shipped, Returned),
            (Delivered, Returned),
            (Cancelled, Draft),
            (Cancelled, Confirmed),
        ];
        for from in all {
            for to in all {
                let result = change_status(from, &Order { status: to, ..Order::default() });
                assert_eq!(result.is_ok(), from == to || legal.contains(&(from, to)), "{from:?} to {to:?}");
            }
        }
    }

    #[test]
    fn refunds_are_part_of_the_total() {
        for (refund, ok) in [(-1, false), (0, true), (100, true), (101, false)] {
            let order = Order { total_amount: Some(Money(100)), refunded_amount: Some(Money(refund)), ..Order::default() };
            assert_eq!(check_refund(&order).is_ok(), ok, "{refund}");
        }
    }

    #[test]
    fn a_quote_becomes_one_order_wherever_it_is_converted() {
        let (a, b) = (Id::from_bytes([1; 16]), Id::from_bytes([2; 16]));
        assert_eq!(id_from_quote(a), id_from_quote(a));
        assert_ne!(id_from_quote(a), id_from_quote(b));
    }
}
