//! Server: webhooks, the events that wait to be told, and the log of deliveries. A delivery names its record; what is sent is
//! read from the record when it is sent and kept nowhere.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::{Cell, Column, Error, Id, Kind, Millis, Result, Row};

/// One receiver. Its secrets are in here, so it is not `Debug`.
#[derive(Clone)]
pub struct Webhook {
    pub id: Id,
    pub name: String,
    pub url: String,
    pub events: Vec<String>,
    pub active: bool,
    pub secret: String,
    /// The secret before; signs as well until `old_until`.
    pub old_secret: String,
    pub old_until: Option<Millis>,
    pub created_at: Millis,
    pub created_by: Id,
    pub updated_at: Millis,
    /// Everything up to this version is among the deliveries.
    pub reached: i64,
    /// The first failure since something was delivered.
    pub failing_since: Option<Millis>,
    /// When the server itself made it inactive, and why.
    pub stopped_at: Option<Millis>,
    pub stopped_why: String,
}

/// Something that became of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub version: i64,
    /// Counts the events of one version.
    pub n: i64,
    pub word: String,
    pub kind: Kind,
    pub record_id: Id,
    pub at: Millis,
}

/// One event on its way to one receiver.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    pub id: Id,
    pub webhook_id: Id,
    pub version: i64,
    pub n: i64,
    pub word: String,
    /// Nothing for a ping.
    pub kind: Option<Kind>,
    pub record_id: Id,
    pub at: Millis,
    pub queued_at: Millis,
    pub state: State,
    pub attempts: i64,
    pub next_at: Option<Millis>,
    pub attempted_at: Option<Millis>,
    /// HTTP status of the last answer.
    pub status: Option<i64>,
    pub took_ms: Option<i64>,
    pub error: String,
}

rapport_model::choice! {
    State {
        /// Not tried yet.
        Waiting "waiting",
        /// Tried, and to be tried again.
        Retrying "retrying",
        Delivered "delivered",
        /// Given up.
        Failed "failed",
        /// Not sent, because there was nothing to send any more.
        Dropped "dropped",
    }
}

/// Where a page of the log goes on.
pub type LogPlace = (i64, i64, Id);

/// What waits for one receiver.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Queue {
    pub waiting: i64,
    pub retrying: i64,
    /// When the next retry is due.
    pub next_at: Option<Millis>,
}

const HOOK: &str = "id, name, url, events, active, secret, old_secret, old_until, created_at, created_by, updated_at, reached, \
                    failing_since, stopped_at, stopped_why";

fn hook(row: &dyn Row) -> Result<Webhook> {
    Ok(Webhook {
        id: read(row, 0)?,
        name: read(row, 1)?,
        url: read(row, 2)?,
        events: read::<String>(row, 3)?.split_whitespace().map(str::to_owned).collect(),
        active: read(row, 4)?,
        secret: read(row, 5)?,
        old_secret: read(row, 6)?,
        old_until: read(row, 7)?,
        created_at: read(row, 8)?,
        created_by: read(row, 9)?,
        updated_at: read(row, 10)?,
        reached: read(row, 11)?,
        failing_since: read(row, 12)?,
        stopped_at: read(row, 13)?,
        stopped_why: read(row, 14)?,
    })
}

const DELIVERY: &str = "id, webhook_id, version, n, word, kind, record_id, at, queued_at, state, attempts, next_at, attempted_at, \
                        status, took_ms, error";

fn delivery(row: &dyn Row) -> Result<Delivery> {
    Ok(Delivery {
        id: read(row, 0)?,
        webhook_id: read(row, 1)?,
        version: read(row, 2)?,
        n: read(row, 3)?,
        word: read(row, 4)?,
        kind: Kind::parse(&read::<String>(row, 5)?),
        record_id: read(row, 6)?,
        at: read(row, 7)?,
        queued_at: read(row, 8)?,
        state: read(row, 9)?,
        attempts: read(row, 10)?,
        next_at: read(row, 11)?,
        attempted_at: read(row, 12)?,
        status: read(row, 13)?,
        took_ms: read(row, 14)?,
        error: read(row, 15)?,
    })
}

fn cells(one: &Delivery) -> Vec<Cell<'_>> {
    vec![
        one.id.to_cell(),
        one.webhook_id.to_cell(),
        one.version.to_cell(),
        one.n.to_cell(),
        one.word.to_cell(),
        Cell::Text(one.kind.map_or("", Kind::text).into()),
        one.record_id.to_cell(),
        one.at.to_cell(),
        one.queued_at.to_cell(),
        one.state.to_cell(),
        one.attempts.to_cell(),
        one.next_at.to_cell(),
        one.attempted_at.to_cell(),
        one.status.to_cell(),
        one.took_ms.to_cell(),
        one.error.to_cell(),
    ]
}

const PUT: &str = "INSERT INTO webhook_deliveries ({org_key}id, webhook_id, version, n, word, kind, record_id, at, queued_at, state, \
                   attempts, next_at, attempted_at, status, took_ms, error) \
                   VALUES ({org_value}?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) \
                   ON CONFLICT ({org_key}id) ";

fn rows(limit: usize) -> Cell<'static> {
    Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX))
}

impl Tx<'_> {
    /// Every webhook, in the order of their making.
    pub fn webhooks(&mut self) -> Result<Vec<Webhook>> {
        self.rows(&format!("SELECT {HOOK} FROM webhooks WHERE {{org_is}}1 = 1 ORDER BY created_at, id"), &[], hook)
    }

    pub fn webhook_find(&mut self, id: Id) -> Result<Option<Webhook>> {
        self.first(&format!("SELECT {HOOK} FROM webhooks WHERE {{org_is}}id = ?1"), &[id.to_cell()], hook)
    }

    /// Whether anybody wants to hear of anything.
    pub fn webhooks_listen(&mut self) -> Result<bool> {
        Ok(self.first("SELECT 1 FROM webhooks WHERE {org_is}active LIMIT 1", &[], |_| Ok(()))?.is_some())
    }

    pub fn webhook_put(&mut self, one: &Webhook) -> Result<()> {
        let sql = format!(
            "INSERT INTO webhooks ({{org_key}}{HOOK}) VALUES ({{org_value}}?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, \
             ?14, ?15) ON CONFLICT ({{org_key}}id) DO UPDATE SET name = excluded.name, url = excluded.url, events = excluded.events, \
             active = excluded.active, secret = excluded.secret, old_secret = excluded.old_secret, old_until = excluded.old_until, \
             updated_at = excluded.updated_at, reached = excluded.reached, failing_since = excluded.failing_since, \
             stopped_at = excluded.stopped_at, stopped_why = excluded.stopped_why"
        );
        let params = [
            one.id.to_cell(),
            one.name.to_cell(),
            one.url.to_cell(),
            Cell::Text(one.events.join(" ").into()),
            one.active.to_cell(),
            one.secret.to_cell(),
            one.old_secret.to_cell(),
            one.old_until.to_cell(),
            one.created_at.to_cell(),
            one.created_by.to_cell(),
            one.updated_at.to_cell(),
            one.reached.to_cell(),
            one.failing_since.to_cell(),
            one.stopped_at.to_cell(),
            one.stopped_why.to_cell(),
        ];
        self.execute(&sql, &params).map(drop)
    }

    /// Takes a webhook away with its log.
    pub fn webhook_remove(&mut self, id: Id) -> Result<()> {
        self.execute("DELETE FROM webhook_deliveries WHERE {org_is}webhook_id = ?1", &[id.to_cell()])?;
        self.execute("DELETE FROM webhooks WHERE {org_is}id = ?1", &[id.to_cell()]).map(drop)
    }

    pub fn events_add(&mut self, events: &[Event]) -> Result<()> {
        let row = |e: &Event| {
            let kind = Cell::Text(e.kind.text().into());
            [e.version.to_cell(), e.n.to_cell(), e.word.to_cell(), kind, e.record_id.to_cell(), e.at.to_cell()]
                .map(Cell::into_owned)
                .to_vec()
        };
        let rows: Vec<Vec<Cell<'_>>> = events.iter().map(row).collect();
        let sql = "INSERT INTO webhook_events ({org_key}version, n, word, kind, record_id, at) \
                   VALUES ({org_value}?1, ?2, ?3, ?4, ?5, ?6)";
        self.raw().put_many(sql, &rows)
    }

    /// Events after a version, in order.
    pub fn events_after(&mut self, version: i64, limit: usize) -> Result<Vec<Event>> {
        let sql = "SELECT version, n, word, kind, record_id, at FROM webhook_events WHERE {org_is}version > ?1 \
                   ORDER BY version, n LIMIT ?2";
        self.rows(sql, &[version.to_cell(), rows(limit)], |row| {
            let kind: String = read(row, 3)?;
            Ok(Event {
                version: read(row, 0)?,
                n: read(row, 1)?,
                word: read(row, 2)?,
                kind: Kind::parse(&kind).ok_or_else(|| Error::internal("an event of an unknown kind"))?,
                record_id: read(row, 4)?,
                at: read(row, 5)?,
            })
        })
    }

    /// The version of the last event that waits.
    pub fn events_end(&mut self) -> Result<Option<i64>> {
        self.first("SELECT version FROM webhook_events WHERE {org_is}1 = 1 ORDER BY version DESC LIMIT 1", &[], |row| {
            read(row, 0)
        })
    }

    /// Takes away the events that everybody has heard of.
    pub fn events_forget(&mut self, through: i64) -> Result<()> {
        self.execute("DELETE FROM webhook_events WHERE {org_is}version <= ?1", &[through.to_cell()]).map(drop)
    }

    /// Queues deliveries; one that is there stays as it is.
    pub fn deliveries_add(&mut self, deliveries: &[Delivery]) -> Result<()> {
        let rows: Vec<Vec<Cell<'_>>> = deliveries.iter().map(cells).collect();
        self.raw().put_many(&format!("{PUT}DO NOTHING"), &rows)
    }

    /// Writes down how a delivery goes.
    pub fn delivery_put(&mut self, one: &Delivery) -> Result<()> {
        let sql = format!(
            "{PUT}DO UPDATE SET state = excluded.state, attempts = excluded.attempts, next_at = excluded.next_at, \
             attempted_at = excluded.attempted_at, status = excluded.status, took_ms = excluded.took_ms, error = excluded.error"
        );
        self.execute(&sql, &cells(one)).map(drop)
    }

    pub fn delivery_find(&mut self, id: Id) -> Result<Option<Delivery>> {
        self.first(&format!("SELECT {DELIVERY} FROM webhook_deliveries WHERE {{org_is}}id = ?1"), &[id.to_cell()], delivery)
    }

    /// What has not been tried yet and was accepted first; pings before everything.
    pub fn delivery_fresh(&mut self, webhook: Id, pings_only: bool) -> Result<Option<Delivery>> {
        let which = if pings_only { "AND kind = '' " } else { "" };
        let sql = format!(
            "SELECT {DELIVERY} FROM webhook_deliveries WHERE {{org_is}}webhook_id = ?1 AND state = 'waiting' {which}\
             ORDER BY kind <> '', version, n, id LIMIT 1"
        );
        self.first(&sql, &[webhook.to_cell()], delivery)
    }

    /// What is to be tried again and is due the longest.
    pub fn delivery_due(&mut self, webhook: Id, now: Millis) -> Result<Option<Delivery>> {
        let sql = format!(
            "SELECT {DELIVERY} FROM webhook_deliveries WHERE {{org_is}}webhook_id = ?1 AND state = 'retrying' AND next_at <= ?2 \
             ORDER BY next_at, version, n, id LIMIT 1"
        );
        self.first(&sql, &[webhook.to_cell(), now.to_cell()], delivery)
    }

    pub fn delivery_queue(&mut self, webhook: Id) -> Result<Queue> {
        let sql = "SELECT state, COUNT(*), MIN(next_at) FROM webhook_deliveries WHERE {org_is}webhook_id = ?1 \
                   AND state IN ('waiting', 'retrying') GROUP BY state ORDER BY state";
        let mut queue = Queue::default();
        for (state, count, next_at) in
            self.rows(sql, &[webhook.to_cell()], |row| Ok((read::<State>(row, 0)?, read(row, 1)?, read(row, 2)?)))?
        {
            match state {
                State::Waiting => queue.waiting = count,
                _ => (queue.retrying, queue.next_at) = (count, next_at),
            }
        }
        Ok(queue)
    }

    /// Everything that waits for a receiver is not sent.
    pub fn deliveries_drop(&mut self, webhook: Id, why: &str) -> Result<()> {
        let sql = "UPDATE webhook_deliveries SET state = 'dropped', next_at = NULL, error = ?1 \
                   WHERE {org_is}webhook_id = ?2 AND state IN ('waiting', 'retrying')";
        self.execute(sql, &[Cell::Text(why.into()), webhook.to_cell()]).map(drop)
    }

    /// A page of the log, newest first.
    pub fn deliveries_page(&mut self, webhook: Id, after: Option<LogPlace>, limit: usize) -> Result<Vec<Delivery>> {
        let (version, n, id) = after.unwrap_or((i64::MAX, i64::MAX, Id::from_bytes([0xff; 16])));
        let sql = format!(
            "SELECT {DELIVERY} FROM webhook_deliveries WHERE {{org_is}}webhook_id = ?1 AND (version, n, id) < (?2, ?3, ?4) \
             ORDER BY version DESC, n DESC, id DESC LIMIT ?5"
        );
        let params = [webhook.to_cell(), version.to_cell(), n.to_cell(), id.to_cell(), rows(limit)];
        self.rows(&sql, &params, delivery)
    }

    /// Deliveries that are over and were queued before an instant, taken away. Returns how many.
    pub fn deliveries_forget(&mut self, before: Millis, limit: usize) -> Result<usize> {
        let sql = "DELETE FROM webhook_deliveries WHERE {org_is}id IN (SELECT id FROM webhook_deliveries \
                   WHERE {org_is}queued_at < ?1 AND state NOT IN ('waiting', 'retrying') ORDER BY queued_at, id LIMIT ?2)";
        self.execute(sql, &[before.to_cell(), rows(limit)])
    }
}
