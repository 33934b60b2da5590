//! What a customer has bought: its figures, in a row of their own.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::figures::customer_value;
use rapport_model::money::exponent;
use rapport_model::{CustomerValue, Id, Meta, Millis, Money, Order, Result};
use std::collections::{BTreeSet, HashMap};

impl Tx<'_> {
    /// Recomputes the figures of these customers from their orders. Returns what each is worth of whom anything counts.
    pub(crate) fn refresh_values(&mut self, customers: &[Id], now: Millis) -> Result<HashMap<Id, Money>> {
        let mut dealing: BTreeSet<Id> = BTreeSet::new();
        for statement in [
            "SELECT customer_id FROM orders WHERE {org_is}customer_id = ?1 LIMIT 1",
            "SELECT customer_id FROM customer_values WHERE {org_is}id = ?1",
        ] {
            self.raw().get_many(statement, customers, &mut |row| {
                dealing.insert(read(row, 0)?);
                Ok(())
            })?;
        }
        let mut out = HashMap::new();
        for customer in dealing {
            if let Some(worth) = self.refresh_value(customer, now)? {
                out.insert(customer, worth);
            }
        }
        Ok(out)
    }

    /// Recomputes the figures of a customer from its orders. Returns what it is worth; `None` while nothing counts.
    fn refresh_value(&mut self, customer: Id, now: Millis) -> Result<Option<Money>> {
        let orders = self.children::<Order>(customer)?;
        let held = self.find_as::<CustomerValue>(customer)?;
        let org = self.own_org()?;
        let fresh = || CustomerValue {
            meta: Meta { id: customer, created_at: now, updated_at: now, ..Meta::default() },
            customer_id: customer,
            ..CustomerValue::default()
        };
        let before = held.clone().unwrap_or_else(fresh);
        let after = customer_value(&before, &orders, &org.currency, exponent(&org.currency).unwrap_or(2), now)?;
        if held.as_ref() != Some(&after) {
            self.put(&after)?;
        }
        let predicted = after.predicted_value.unwrap_or_default();
        Ok((after.total_orders > 0).then_some(Money(after.total_revenue.0.saturating_add(predicted.0))))
    }
}
