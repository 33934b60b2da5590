//! Figures of a customer in rows of their own, so that a nightly run floods no log: its value and its score.

use crate::field::{amount, factor, instant, integer, json, link};
use crate::money::{Factor, Percent, divide};
use crate::{Day, Facet, Id, Kind, Millis, Money, Order, Result};
use serde_json::{Map, Value};

crate::record! {
    /// What a customer has bought, in the organisation's currency. Its id is the customer's.
    CustomerValue of CustomerValues {
        customer_id: Id = Id::NIL => link("Customer", Kind::Customers).computed(),
        total_revenue: Money = Money(0) => amount("Revenue").computed().facet(Facet::Figures),
        total_orders: i64 = 0 => integer("Orders").computed().facet(Facet::Figures),
        average_order_value: Money = Money(0) => amount("Average order").computed().facet(Facet::Figures),
        last_order_date: Option<Millis> = None => instant("Last order").computed().facet(Facet::Figures),
        /// Counted orders in another currency without a rate: they are in no figure.
        excluded_orders: i64 = 0 => integer("Orders left out").computed().facet(Facet::Figures),
        predicted_value: Option<Money> = None => amount("Predicted").computed().facet(Facet::Figures),
        /// Per cent.
        churn_risk: Option<Percent> = None => factor("Churn risk").computed().facet(Facet::Figures),
        last_calculated: Millis = Millis(0) => instant("Calculated").computed(),
    }
}

crate::record! {
    /// How promising a lead is. Its id is the customer's.
    LeadScore of LeadScores {
        customer_id: Id = Id::NIL => link("Customer", Kind::Customers).computed(),
        score: Option<i64> = None => integer("Score").computed().facet(Facet::Figures),
        factors: Vec<Map<String, Value>> = Vec::new() =>
            json("Factors", "{ factor: string; weight: number; value: number }[]").computed().facet(Facet::Figures),
        last_calculated: Millis = Millis(0) => instant("Calculated").computed(),
    }
}

crate::json_column!(Vec<Map<String, Value>>);

/// What one order adds, in the currency of the organisation; `None` if its currency has no rate.
pub fn in_base(order: &Order, base: &str, exponent: u32) -> Option<Money> {
    let net = order.net();
    if order.currency == base {
        return Some(net);
    }
    let factor = order.fx_to_base?;
    Money::of(i128::from(net.0) * i128::from(factor.0), i128::from(Factor::ONE.0), exponent)
}

/// The value of a customer from its orders. What it is predicted to buy is left as it was.
pub fn customer_value(before: &CustomerValue, orders: &[Order], base: &str, exponent: u32, now: Millis) -> Result<CustomerValue> {
    let counted: Vec<&Order> = orders.iter().filter(|order| order.counts()).collect();
    let amounts: Vec<i128> = counted.iter().filter_map(|o| in_base(o, base, exponent)).map(|m| i128::from(m.0)).collect();
    let (sum, count) = (amounts.iter().sum::<i128>(), amounts.len());
    let limited =
        |n: i128| Money(i64::try_from(n).unwrap_or(i64::MAX).clamp(-crate::money::MONEY_MAX.0, crate::money::MONEY_MAX.0));
    let average = if count == 0 { 0 } else { divide(sum, count as i128) };
    let mut after = before.clone();
    after.total_revenue = limited(sum);
    after.total_orders = i64::try_from(count).unwrap_or(i64::MAX);
    after.average_order_value = limited(average).rounded(exponent);
    after.excluded_orders = i64::try_from(counted.len() - count).unwrap_or(i64::MAX);
    after.last_order_date = counted.iter().map(|o| o.order_date).max();
    if after != *before || before.last_calculated == Millis(0) {
        after.last_calculated = now;
        after.meta.updated_at = now;
    }
    Ok(after)
}

/// The calendar day in a time zone (IANA name; UTC if there is none of that name).
pub fn day_in(zone: &str, at: Millis) -> Day {
    use chrono::{Offset, TimeZone};
    let Ok(zone) = zone.parse::<chrono_tz::Tz>() else { return Day::of(at) };
    let Some(utc) = chrono::DateTime::from_timestamp_millis(at.0) else { return Day::of(at) };
    let ahead = zone.offset_from_utc_datetime(&utc.naive_utc()).fix().local_minus_utc();
    Day::of(Millis(at.0 + i64::from(ahead) * 1000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::OrderStatus;

    fn order(status: OrderStatus, total: i64, currency: &str, at: i64) -> Order {
        Order { status, total_amount: Some(Money(total)), currency: currency.into(), order_date: Millis(at), ..Order::default() }
    }

    #[test]
    fn counted_orders_net_of_refunds_make_the_value() {
        let orders = [
            order(OrderStatus::Confirmed, 1_000_000, "EUR", 1),
            Order { refunded_amount: Some(Money(500_000)), ..order(OrderStatus::Returned, 1_000_000, "EUR", 5) },
            order(OrderStatus::Cancelled, 9_000_000, "EUR", 9),
            order(OrderStatus::Draft, 9_000_000, "EUR", 9),
            Order { fx_to_base: Factor::parse("0.5"), ..order(OrderStatus::Delivered, 1_000_000, "USD", 3) },
            order(OrderStatus::Shipped, 1_000_000, "JPY", 4),
        ];
        let value = customer_value(&CustomerValue::default(), &orders, "EUR", 2, Millis(10)).expect("a value");
        assert_eq!((value.total_revenue, value.total_orders, value.excluded_orders), (Money(2_000_000), 3, 1));
        assert_eq!((value.average_order_value, value.last_order_date), (Money(666_700), Some(Millis(5))));
        let again = customer_value(&value, &orders, "EUR", 2, Millis(99)).expect("a value");
        assert_eq!(again.last_calculated, Millis(10), "nothing changed, so nothing was calculated");
        let none = customer_value(&CustomerValue::default(), &[], "EUR", 2, Millis(10)).expect("a value");
        assert_eq!(
            (none.total_revenue, none.total_orders, none.average_order_value, none.last_order_date),
            (Money(0), 0, Money(0), None)
        );
    }

    #[test]
    fn a_day_is_the_one_on_the_wall() {
        // 2026-05-04T22:30Z is 5 May in Berlin (summer) and 4 May in New York.
        let at = Millis(1_777_933_800_000);
        assert_eq!(day_in("Europe/Berlin", at).ms(), 1_777_939_200_000);
        assert_eq!(day_in("America/New_York", at).ms(), 1_777_852_800_000);
        assert_eq!(day_in("Nowhere/Land", at), Day::of(at));
    }
}
