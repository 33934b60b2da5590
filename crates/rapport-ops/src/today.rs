//! How records read today: a quote whose last day has passed is expired, wherever it is shown, listed or asked for.

use rapport_model::figures::day_in;
use rapport_model::{Day, Millis, Quote, Record, Result};
use rapport_store::Tx;
use rapport_store::list::Query;
use serde_json::Value;

/// The organisation's calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Today(pub Day);

impl Today {
    /// The day in the organisation's time zone.
    pub fn of(tx: &mut Tx<'_>, now: Millis) -> Result<Today> {
        Ok(Today(day_in(&tx.own_org()?.time_zone, now)))
    }

    /// A record as it reads today.
    pub fn json(self, record: &dyn Record) -> Value {
        let mut json = record.to_json();
        if let Some(reads) = self.status(record) {
            json["status"] = reads.into();
        }
        json
    }

    /// The status of a record that reads otherwise than it is kept.
    pub fn status(self, record: &dyn Record) -> Option<&'static str> {
        record.of::<Quote>().map(|quote| quote.status_on(self.0).text())
    }

    /// A query whose filter on a quote's status means how it reads today.
    pub fn query(self, query: Query) -> Query {
        Query { today: Some(self.0), ..query }
    }

    /// Takes the status out of a body that only says how the quote reads.
    pub fn unread(self, record: &dyn Record, body: &mut Value) {
        if let (Some(reads), Value::Object(map)) = (self.status(record), body)
            && map.get("status").is_some_and(|said| said == reads)
        {
            map.shift_remove("status");
        }
    }
}
