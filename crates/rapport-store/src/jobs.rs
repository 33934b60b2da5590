//! Server: leases, the progress of jobs, and the marks that they leave.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::{Cell, Column, Day, Error, Id, Kind, Millis, Result, Row};
use serde_json::Value;

/// One job of an organisation, as far as it is.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct JobRow {
    pub name: String,
    pub next_at: Millis,
    pub started_at: Option<Millis>,
    /// Nothing while it runs.
    pub finished_at: Option<Millis>,
    /// Where it goes on.
    pub place: Value,
    pub report: Value,
    pub error: String,
}

const JOB: &str = "name, next_at, started_at, finished_at, place, report, error";

fn job(row: &dyn Row) -> Result<JobRow> {
    let json = |at| serde_json::from_str(&read::<String>(row, at)?).map_err(Error::internal);
    Ok(JobRow {
        name: read(row, 0)?,
        next_at: read(row, 1)?,
        started_at: read(row, 2)?,
        finished_at: read(row, 3)?,
        place: json(4)?,
        report: json(5)?,
        error: read(row, 6)?,
    })
}

fn rows(limit: usize) -> Cell<'static> {
    Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX))
}

impl Tx<'_> {
    /// Takes a lease, or keeps one that is ours. `false` = somebody else holds it.
    pub fn lease_take(&mut self, name: &str, holder: Id, until: Millis, now: Millis) -> Result<bool> {
        let sql = "INSERT INTO leases ({org_key}name, holder, until) VALUES ({org_value}?1, ?2, ?3) \
                   ON CONFLICT ({org_key}name) DO UPDATE SET holder = excluded.holder, until = excluded.until \
                   WHERE leases.holder = excluded.holder OR leases.until <= ?4 RETURNING holder";
        let params = [Cell::Text(name.into()), holder.to_cell(), until.to_cell(), now.to_cell()];
        Ok(self.first(sql, &params, |_| Ok(()))?.is_some())
    }

    /// Gives a lease back, if it is still ours.
    pub fn lease_free(&mut self, name: &str, holder: Id) -> Result<()> {
        let sql = "DELETE FROM leases WHERE {org_is}name = ?1 AND holder = ?2";
        self.execute(sql, &[Cell::Text(name.into()), holder.to_cell()]).map(drop)
    }

    pub fn job_find(&mut self, name: &str) -> Result<Option<JobRow>> {
        self.first(&format!("SELECT {JOB} FROM jobs WHERE {{org_is}}name = ?1"), &[Cell::Text(name.into())], job)
    }

    pub fn job_put(&mut self, row: &JobRow) -> Result<()> {
        let sql = "INSERT INTO jobs ({org_key}name, next_at, started_at, finished_at, place, report, error) \
                   VALUES ({org_value}?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT ({org_key}name) DO UPDATE SET \
                   next_at = excluded.next_at, started_at = excluded.started_at, finished_at = excluded.finished_at, \
                   place = excluded.place, report = excluded.report, error = excluded.error";
        let (place, report) = (row.place.to_string(), row.report.to_string());
        let params = [
            row.name.to_cell(),
            row.next_at.to_cell(),
            row.started_at.to_cell(),
            row.finished_at.to_cell(),
            place.to_cell(),
            report.to_cell(),
            row.error.to_cell(),
        ];
        self.execute(sql, &params).map(drop)
    }

    /// Marks a record; one that is marked keeps its instant.
    pub fn mark_put(&mut self, job: &str, record: Id, at: Millis) -> Result<()> {
        let sql = "INSERT INTO marks ({org_key}job, record_id, at) VALUES ({org_value}?1, ?2, ?3) \
                   ON CONFLICT ({org_key}job, record_id) DO NOTHING";
        self.execute(sql, &[Cell::Text(job.into()), record.to_cell(), at.to_cell()]).map(drop)
    }

    pub fn mark_find(&mut self, job: &str, record: Id) -> Result<Option<Millis>> {
        let sql = "SELECT at FROM marks WHERE {org_is}job = ?1 AND record_id = ?2";
        self.first(sql, &[Cell::Text(job.into()), record.to_cell()], |row| read(row, 0))
    }

    pub fn mark_remove(&mut self, job: &str, record: Id) -> Result<()> {
        let sql = "DELETE FROM marks WHERE {org_is}job = ?1 AND record_id = ?2";
        self.execute(sql, &[Cell::Text(job.into()), record.to_cell()]).map(drop)
    }

    /// Marked records after an id, in order of their ids, each with its instant.
    pub fn marks(&mut self, job: &str, after: Id, limit: usize) -> Result<Vec<(Id, Millis)>> {
        let sql = "SELECT record_id, at FROM marks WHERE {org_is}job = ?1 AND record_id > ?2 ORDER BY record_id LIMIT ?3";
        self.rows(sql, &[Cell::Text(job.into()), after.to_cell(), rows(limit)], |row| Ok((read(row, 0)?, read(row, 1)?)))
    }

    /// Ids of a kind after one, in order.
    pub fn ids_after(&mut self, kind: Kind, after: Id, limit: usize) -> Result<Vec<Id>> {
        let sql = format!("SELECT id FROM {} WHERE {{org_is}}id > ?1 ORDER BY id LIMIT ?2", kind.text());
        self.rows(&sql, &[after.to_cell(), rows(limit)], |row| read(row, 0))
    }

    /// Sent quotes whose last day lies before `today` and that are not marked by `job`.
    pub fn quotes_over(&mut self, job: &str, today: Day, limit: usize) -> Result<Vec<Id>> {
        let sql = "SELECT id FROM quotes WHERE {org_is}status IN ('sent', 'viewed') AND valid_until < ?1 AND deleted_at IS NULL \
                   AND superseded_by IS NULL AND NOT EXISTS \
                   (SELECT 1 FROM marks WHERE {org_is}job = ?2 AND record_id = quotes.id) ORDER BY valid_until, id LIMIT ?3";
        self.rows(sql, &[Cell::Int(today.ms()), Cell::Text(job.into()), rows(limit)], |row| read(row, 0))
    }

    /// Customers that are inactive and not archived, after an id.
    pub fn customers_inactive(&mut self, after: Id, limit: usize) -> Result<Vec<Id>> {
        let sql = "SELECT id FROM customers WHERE {org_is}status = 'inactive' AND deleted_at IS NULL AND archived_at IS NULL \
                   AND id > ?1 ORDER BY id LIMIT ?2";
        self.rows(sql, &[after.to_cell(), rows(limit)], |row| read(row, 0))
    }

    /// The latest order or interaction of a customer.
    pub fn latest_dealing(&mut self, customer: Id) -> Result<Option<Millis>> {
        let mut latest = None;
        for (table, column) in [("orders", "order_date"), ("interactions", "interaction_date")] {
            let sql = format!(
                "SELECT {column} FROM {table} WHERE {{org_is}}customer_id = ?1 AND deleted_at IS NULL ORDER BY {column} DESC LIMIT 1"
            );
            latest = latest.max(self.first(&sql, &[customer.to_cell()], |row| read::<Millis>(row, 0))?);
        }
        Ok(latest)
    }

    /// Whether a customer has a follow-up that is not done, dated or not.
    pub fn has_open_follow_up(&mut self, customer: Id) -> Result<bool> {
        let sql = "SELECT 1 FROM interactions WHERE {org_is}customer_id = ?1 AND requires_follow_up AND follow_up_done_at IS NULL \
                   AND deleted_at IS NULL LIMIT 1";
        Ok(self.first(sql, &[customer.to_cell()], |_| Ok(()))?.is_some())
    }

    /// Outcomes that were stored before an instant, taken away. Returns how many.
    pub fn outcomes_forget(&mut self, before: Millis, limit: usize) -> Result<usize> {
        let sql = "DELETE FROM outcomes WHERE {org_is}mutation_id IN \
                   (SELECT mutation_id FROM outcomes WHERE {org_is}at < ?1 ORDER BY at, mutation_id LIMIT ?2)";
        self.execute(sql, &[before.to_cell(), rows(limit)])
    }

    /// Links that have run out, taken away.
    pub fn enrolments_expire(&mut self, now: Millis) -> Result<usize> {
        self.execute("DELETE FROM enrolments WHERE {org_is}expires_at <= ?1", &[now.to_cell()])
    }
}
