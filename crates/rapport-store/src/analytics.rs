//! The rows that analytics are made of: narrow, by period, without a rule. Whose customers count is not decided here.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::customer::{CustomerType, Status};
use rapport_model::interaction::InteractionType;
use rapport_model::order::OrderStatus;
use rapport_model::quote::QuoteStatus;
use rapport_model::{Cell, Column, Day, Error, Id, Millis, Money, Order, Quote, Result, Row};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;

/// From, inclusive, to, exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    pub from: Millis,
    pub to: Millis,
}

impl Period {
    pub fn holds(&self, at: Millis) -> bool {
        self.from <= at && at < self.to
    }

    fn params(&self) -> [Cell<'static>; 2] {
        [Cell::Int(self.from.0), Cell::Int(self.to.0)]
    }
}

const ORDERS: &str = "SELECT customer_id, order_date, currency, status, total_amount, refunded_amount FROM orders \
    WHERE {org_is}order_date >= ?1 AND order_date < ?2 AND deleted_at IS NULL";

const INTERACTIONS: &str = "SELECT customer_id, interaction_date, type, assigned_to, outcome FROM interactions \
    WHERE {org_is}interaction_date >= ?1 AND interaction_date < ?2 AND deleted_at IS NULL";

const FOLLOW_UPS: &str = "SELECT customer_id, follow_up_date, follow_up_done_at FROM interactions \
    WHERE {org_is}follow_up_date >= ?1 AND follow_up_date < ?2 AND follow_up_date IS NOT NULL AND deleted_at IS NULL";

const UNDATED: &str = "SELECT customer_id FROM interactions WHERE {org_is}requires_follow_up AND follow_up_date IS NULL \
    AND follow_up_done_at IS NULL AND deleted_at IS NULL";

const ANSWERS: &str = "SELECT customer_id, responded_at, status FROM quotes WHERE {org_is}responded_at >= ?1 AND responded_at < ?2 \
    AND responded_at IS NOT NULL AND deleted_at IS NULL";

const OPEN_QUOTES: &str = "SELECT customer_id, status, valid_until, total_amount, currency, superseded_by FROM quotes \
    WHERE {org_is}status IN ('sent', 'viewed') AND deleted_at IS NULL";

const STATUSES: &str = "SELECT record_id, at, before, after, by_user, overridden, lost_by FROM changes WHERE {org_is}kind = 'customers' \
    AND unit = 'status' AND at < ?1 ORDER BY record_id, at, id";

const ASSIGNED: &str = "SELECT record_id, MAX(at) FROM changes WHERE {org_is}kind = 'customers' AND unit = 'assignedTo' \
    AND at >= ?1 AND at < ?2 GROUP BY record_id";

const CUSTOMERS: &str = "SELECT id, assigned_to, created_at, status, type, source, converted_at, qualified_at, churned_at, \
    status_reason, archived_at, last_contact FROM customers WHERE {org_is}deleted_at IS NULL";

/// A customer that is not deleted; archived ones are among them.
#[derive(Clone, Debug)]
pub struct CustomerRow {
    pub id: Id,
    pub owner: Option<Id>,
    pub created_at: Millis,
    pub status: Status,
    pub r#type: CustomerType,
    pub source: Option<String>,
    pub converted_at: Option<Millis>,
    pub qualified_at: Option<Millis>,
    pub churned_at: Option<Millis>,
    pub reason: Option<String>,
    pub archived_at: Option<Millis>,
    pub last_contact: Option<Millis>,
}

/// An order that counts as revenue.
#[derive(Clone, Debug)]
pub struct OrderRow {
    pub customer: Id,
    pub at: Millis,
    pub currency: String,
    /// After refunds.
    pub net: Money,
}

#[derive(Clone, Debug)]
pub struct InteractionRow {
    pub customer: Id,
    pub at: Millis,
    pub r#type: InteractionType,
    pub user: Id,
    pub outcome: Option<String>,
}

/// A follow-up with a date.
#[derive(Clone, Debug)]
pub struct FollowUpRow {
    pub customer: Id,
    pub due: Day,
    pub done_at: Option<Millis>,
}

/// A quote that was accepted or rejected.
#[derive(Clone, Debug)]
pub struct AnswerRow {
    pub customer: Id,
    pub at: Millis,
    pub accepted: bool,
}

/// A change of a customer's status.
#[derive(Clone, Debug)]
pub struct StatusRow {
    pub customer: Id,
    pub at: Millis,
    pub before: Status,
    pub after: Status,
    pub reason: Option<String>,
}

impl Tx<'_> {
    /// Customers; of one owner, if one is given.
    pub fn customer_rows(&mut self, owner: Option<Id>) -> Result<Vec<CustomerRow>> {
        let sql = match owner {
            Some(_) => Cow::Owned(format!("{CUSTOMERS} AND assigned_to = ?1")),
            None => Cow::Borrowed(CUSTOMERS),
        };
        let params: Vec<Cell<'_>> = owner.iter().map(Column::to_cell).collect();
        self.rows(&sql, &params, |row| {
            Ok(CustomerRow {
                id: read(row, 0)?,
                owner: read(row, 1)?,
                created_at: read(row, 2)?,
                status: read(row, 3)?,
                r#type: read(row, 4)?,
                source: read(row, 5)?,
                converted_at: read(row, 6)?,
                qualified_at: read(row, 7)?,
                churned_at: read(row, 8)?,
                reason: read(row, 9)?,
                archived_at: read(row, 10)?,
                last_contact: read(row, 11)?,
            })
        })
    }

    /// Orders of a period that count as revenue.
    pub fn order_rows(&mut self, period: &Period) -> Result<Vec<OrderRow>> {
        let rows = self.rows(ORDERS, &period.params(), |row| {
            let (status, total_amount, refunded_amount): (OrderStatus, _, _) = (read(row, 3)?, read(row, 4)?, read(row, 5)?);
            let order = Order { status, total_amount, refunded_amount, ..Order::default() };
            let found = OrderRow { customer: read(row, 0)?, at: read(row, 1)?, currency: read(row, 2)?, net: order.net() };
            Ok(order.counts().then_some(found))
        })?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// Interactions dated in a period, planned ones too.
    pub fn interaction_rows(&mut self, period: &Period) -> Result<Vec<InteractionRow>> {
        self.rows(INTERACTIONS, &period.params(), |row| {
            Ok(InteractionRow {
                customer: read(row, 0)?,
                at: read(row, 1)?,
                r#type: read(row, 2)?,
                user: read(row, 3)?,
                outcome: read(row, 4)?,
            })
        })
    }

    /// Follow-ups due from a day to before another one.
    pub fn follow_up_rows(&mut self, from: Day, to: Day) -> Result<Vec<FollowUpRow>> {
        self.rows(FOLLOW_UPS, &[Cell::Int(from.ms()), Cell::Int(to.ms())], |row| {
            Ok(FollowUpRow { customer: read(row, 0)?, due: Day::of(read(row, 1)?), done_at: read(row, 2)? })
        })
    }

    /// The customer of each open follow-up without a date.
    pub fn undated_rows(&mut self) -> Result<Vec<Id>> {
        self.rows(UNDATED, &[], |row| read(row, 0))
    }

    /// Quotes answered in a period.
    pub fn answer_rows(&mut self, period: &Period) -> Result<Vec<AnswerRow>> {
        let rows = self.rows(ANSWERS, &period.params(), |row| {
            let accepted = match read::<QuoteStatus>(row, 2)? {
                QuoteStatus::Accepted => true,
                QuoteStatus::Rejected => false,
                _ => return Ok(None),
            };
            Ok(Some(AnswerRow { customer: read(row, 0)?, at: read(row, 1)?, accepted }))
        })?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// Quotes that may be open: as they are stored, with what decides how they read on a day.
    pub fn open_quote_rows(&mut self) -> Result<Vec<Quote>> {
        self.rows(OPEN_QUOTES, &[], |row| {
            Ok(Quote {
                customer_id: read(row, 0)?,
                status: read(row, 1)?,
                valid_until: read(row, 2)?,
                total_amount: read(row, 3)?,
                currency: read(row, 4)?,
                superseded_by: read(row, 5)?,
                ..Quote::default()
            })
        })
    }

    /// Every change of a customer's status until an instant, by customer, oldest first. What did not stand is no change.
    pub fn status_rows(&mut self, until: Millis) -> Result<Vec<StatusRow>> {
        let rows = self.rows(STATUSES, &[Cell::Int(until.0)], status_row)?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// When each customer was last given to its owner of today, if that was in a period.
    pub fn assigned_rows(&mut self, period: &Period) -> Result<HashMap<Id, Millis>> {
        Ok(self.rows(ASSIGNED, &period.params(), |row| Ok((read(row, 0)?, read(row, 1)?)))?.into_iter().collect())
    }

    /// The names of customers.
    pub fn customer_names(&mut self, ids: &[Id]) -> Result<HashMap<Id, String>> {
        let mut out = HashMap::with_capacity(ids.len());
        let sql = "SELECT id, name FROM customers WHERE {org_is}id = ?1";
        self.raw().get_many(sql, ids, &mut |row| {
            out.insert(read(row, 0)?, read(row, 1)?);
            Ok(())
        })?;
        Ok(out)
    }

    /// What the database plans for each of these reads; tests assert that none scans a table.
    pub fn explain_analytics(&mut self) -> Result<Vec<String>> {
        let reads = [CUSTOMERS, ORDERS, INTERACTIONS, FOLLOW_UPS, UNDATED, ANSWERS, OPEN_QUOTES, STATUSES, ASSIGNED];
        let mut plans = Vec::with_capacity(reads.len());
        for sql in reads {
            let params = vec![Cell::Int(1); sql.matches('?').count()];
            plans.push(self.raw().explain(sql, &params)?.join("; "));
        }
        Ok(plans)
    }
}

fn status_row(row: &dyn Row) -> Result<Option<StatusRow>> {
    let json = |index| serde_json::from_str::<Value>(&read::<String>(row, index)?).map_err(Error::internal);
    let (before, after) = (json(2)?, json(3)?);
    let (by, overridden, lost_by): (Id, bool, Option<Id>) = (read(row, 4)?, read(row, 5)?, read(row, 6)?);
    if overridden && lost_by == Some(by) {
        return Ok(None);
    }
    let status = |value: &Value| value["status"].as_str().and_then(Status::parse);
    let (Some(from), Some(to)) = (status(&before), status(&after)) else { return Ok(None) };
    if from == to {
        return Ok(None);
    }
    let reason = after["statusReason"].as_str().map(str::to_owned);
    Ok(Some(StatusRow { customer: read(row, 0)?, at: read(row, 1)?, before: from, after: to, reason }))
}
