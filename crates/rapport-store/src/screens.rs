//! What the screens of a device read beside lists: sums of quotes, planned work, news, the trash. Rules are not here.

use crate::history::ChangeLine;
use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::interaction::InteractionType;
use rapport_model::quote::QuoteStatus;
use rapport_model::{Cell, Column, Day, Id, Kind, Millis, Result};

/// Rows that one of these reads gives at most.
pub const ROWS_MAX: usize = 2000;

/// Quotes of one status and currency that are not superseded.
#[derive(Clone, Debug, PartialEq)]
pub struct QuoteSum {
    pub status: QuoteStatus,
    /// Their last day has passed.
    pub over: bool,
    pub currency: String,
    pub count: i64,
    /// Ten-thousandths.
    pub amount: i64,
}

/// An interaction as a calendar shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedRow {
    pub id: Id,
    pub customer: Id,
    pub customer_name: String,
    pub r#type: InteractionType,
    pub subject: String,
    pub at: Millis,
    /// Minutes.
    pub duration: Option<i64>,
}

const SUMS: &str = "SELECT status, CASE WHEN valid_until < ?1 THEN 1 ELSE 0 END AS over, currency, COUNT(*), \
    CAST(SUM(COALESCE(total_amount, 0)) AS BIGINT) FROM quotes WHERE {org_is}deleted_at IS NULL AND superseded_by IS NULL";

const PLANNED: &str = "SELECT id, customer_id, (SELECT named.name FROM customers named WHERE {org_is}named.id = interactions.customer_id) \
    AS name, type, subject, interaction_date, duration FROM interactions WHERE {org_is}interaction_date >= ?1 AND interaction_date < ?2 \
    AND assigned_to = ?3 AND deleted_at IS NULL AND EXISTS (SELECT 1 FROM customers used WHERE {org_is}used.id = interactions.customer_id \
    AND used.deleted_at IS NULL) ORDER BY interaction_date, id LIMIT ?4";

/// Made after an instant by somebody else.
const OTHERS: &str = "created_at > ?2 AND created_by <> ?3 AND ?4 IS NOT NULL";

/// How long after it happened something is written down and still news.
const WRITTEN_LATE_MS: i64 = 14 * 86_400_000;

const ENDING: &str = "SELECT id FROM quotes WHERE {org_is}status IN ('sent', 'viewed') AND valid_until >= ?1 AND valid_until <= ?2 \
    AND superseded_by IS NULL AND deleted_at IS NULL AND customer_id IN (SELECT id FROM customers WHERE {org_is}assigned_to = ?3 \
    AND deleted_at IS NULL) ORDER BY valid_until, id LIMIT ?4";

impl Tx<'_> {
    /// Quotes by status and currency; of one owner's customers, if one is given.
    pub fn quote_sums(&mut self, today: Day, owner: Option<Id>) -> Result<Vec<QuoteSum>> {
        let mut params = vec![Cell::Int(today.ms())];
        let mut sql = SUMS.to_owned();
        if let Some(owner) = &owner {
            sql.push_str(" AND customer_id IN (SELECT id FROM customers WHERE {org_is}assigned_to = ?2)");
            params.push(owner.to_cell());
        }
        sql.push_str(" GROUP BY status, over, currency ORDER BY status, over, currency");
        self.rows(&sql, &params, |row| {
            let over: i64 = read(row, 1)?;
            Ok(QuoteSum {
                status: read(row, 0)?,
                over: over != 0,
                currency: read(row, 2)?,
                count: read(row, 3)?,
                amount: read(row, 4)?,
            })
        })
    }

    /// Somebody's interactions dated from an instant to before another one.
    pub fn planned_rows(&mut self, user: Id, from: Millis, to: Millis) -> Result<Vec<PlannedRow>> {
        let params = [Cell::Int(from.0), Cell::Int(to.0), user.to_cell(), limit(ROWS_MAX)];
        self.rows(PLANNED, &params, |row| {
            Ok(PlannedRow {
                id: read(row, 0)?,
                customer: read(row, 1)?,
                customer_name: read(row, 2)?,
                r#type: read(row, 3)?,
                subject: read(row, 4)?,
                at: read(row, 5)?,
                duration: read(row, 6)?,
            })
        })
    }

    /// Quotes of somebody's customers that wait for an answer and end within these days.
    pub fn quotes_ending(&mut self, owner: Id, from: Day, to: Day, rows: usize) -> Result<Vec<Id>> {
        let params = [Cell::Int(from.ms()), Cell::Int(to.ms()), owner.to_cell(), limit(rows)];
        self.rows(ENDING, &params, |row| read(row, 0))
    }

    /// Records of a kind that others made or answered since an instant, of somebody's customers, newest first.
    pub fn news_of(&mut self, kind: Kind, me: Id, since: Millis, rows: usize) -> Result<Vec<Id>> {
        let mine = "deleted_at IS NULL AND customer_id IN (SELECT id FROM customers WHERE {org_is}assigned_to = ?5 AND deleted_at IS NULL)";
        // What is written down later than it happened is still news.
        let back = Cell::Int(since.0 - WRITTEN_LATE_MS);
        let since = || Cell::Int(since.0);
        let (recent, fresh, params) = match kind {
            Kind::Quotes => (
                "updated_at",
                "(created_at > ?2 OR viewed_at > ?3 OR responded_at > ?4)",
                [since(), since(), since(), since(), me.to_cell(), limit(rows)],
            ),
            Kind::Orders => ("order_date", OTHERS, [back, since(), me.to_cell(), me.to_cell(), me.to_cell(), limit(rows)]),
            _ => ("interaction_date", OTHERS, [back, since(), me.to_cell(), me.to_cell(), me.to_cell(), limit(rows)]),
        };
        let sql = format!(
            "SELECT id FROM {} WHERE {{org_is}}{recent} > ?1 AND {fresh} AND {mine} ORDER BY {recent} DESC, id LIMIT ?6",
            kind.text()
        );
        self.rows(&sql, &params, |row| read(row, 0))
    }

    /// Changes of owners and statuses that others made since an instant, newest first.
    pub fn news_of_customers(&mut self, me: Id, since: Millis, rows: usize) -> Result<Vec<ChangeLine>> {
        let condition = "kind = 'customers' AND unit IN ('assignedTo', 'status') AND at > ?1 AND by_user <> ?2";
        self.history_where(condition, vec![Cell::Int(since.0), me.to_cell(), limit(rows)])
    }

    /// Records of a kind in the trash, the latest first.
    pub fn trashed(&mut self, kind: Kind, rows: usize) -> Result<Vec<Id>> {
        let sql =
            format!("SELECT id FROM {} WHERE {{org_is}}deleted_at IS NOT NULL ORDER BY deleted_at DESC LIMIT ?1", kind.text());
        self.rows(&sql, &[limit(rows)], |row| read(row, 0))
    }

    /// Whether there is a record of a kind, in the trash or not.
    pub fn has_any(&mut self, kind: Kind) -> Result<bool> {
        let sql = format!("SELECT id FROM {} WHERE {{org_is}}id IS NOT NULL LIMIT 1", kind.text());
        Ok(self.first(&sql, &[], |row| read::<Id>(row, 0))?.is_some())
    }

    /// How many records of a kind hang on a customer.
    pub fn count_of(&mut self, kind: Kind, customer: Id) -> Result<i64> {
        let sql = format!("SELECT COUNT(*) FROM {} WHERE {{org_is}}customer_id = ?1 AND deleted_at IS NULL", kind.text());
        Ok(self.first(&sql, &[customer.to_cell()], |row| read(row, 0))?.unwrap_or_default())
    }
}

fn limit(rows: usize) -> Cell<'static> {
    Cell::Int(i64::try_from(rows.min(ROWS_MAX)).unwrap_or(i64::MAX))
}
