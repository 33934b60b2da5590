//! What a board says above its lanes: how many customers stand there, and what they are worth together.

use crate::list::{Query, conditions};
use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::{Kind, Money, Result};

/// One lane of the board.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// The status that its customers have.
    pub status: String,
    pub customers: i64,
    /// In the organisation's currency; customers without a value count as nothing.
    pub value: Money,
}

impl Tx<'_> {
    /// The lanes of the customers that a list with this query shows; a lane without customers is left out.
    pub fn customer_lanes(&mut self, query: &Query) -> Result<Vec<Lane>> {
        let filter = conditions(Kind::Customers, query)?.in_no_order();
        let statement = format!(
            "SELECT status, COUNT(*), CAST(COALESCE(SUM(value), 0) AS BIGINT) FROM customers WHERE {{org_is}}{} GROUP BY status",
            filter.text
        );
        self.rows(&statement, &filter.params, |row| {
            Ok(Lane { status: read(row, 0)?, customers: read(row, 1)?, value: read(row, 2)? })
        })
    }
}
