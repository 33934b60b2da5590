//! Server: the rows that a device of somebody holds, in the order of its first download, read a part at a time.
//!
//! Every part is found again by where the one before it ended, so no transaction outlives a part and any server goes on. Which rows
//! a device holds is what `Sight::carries` says, as SQL.

use crate::list::Where;
use crate::scope;
use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::{Cell, Column, Error, Facet, Id, Kind, Result, Row, Sight};

/// Rows of one part; fewer are the last ones. The plan depends on the number: for a few hundred, or where it is a parameter, SQLite
/// gathers and sorts everything that is left, for each part again.
pub const PART_ROWS: usize = 1024;

/// Where a part ended: of a kind that hangs on customers, the customer and the place among its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Of customers: whether those of the reader herself are still being read; they come first.
    pub own: bool,
    pub customer: Id,
    pub at: i64,
    pub id: Id,
}

impl Place {
    /// Before the first row of a kind.
    pub fn start() -> Place {
        let last = Id::from_bytes([0xff; 16]);
        Place { own: true, customer: last, at: i64::MAX, id: last }
    }
}

/// The column that the records of a customer are indexed by, behind the customer.
fn order_column(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Contacts | Kind::Quotes | Kind::Attachments => Some("created_at"),
        Kind::Orders => Some("order_date"),
        Kind::Interactions => Some("interaction_date"),
        _ => None,
    }
}

/// Whether rows of a kind are held as long as their customer is.
fn hangs(kind: Kind) -> bool {
    kind.is_child() || Kind::COMPUTED.contains(&kind)
}

/// The customers that devices of the actor hold: what is archived is on none.
pub(crate) fn held(sight: &Sight, out: &mut Where) {
    out.and("archived_at IS NULL", vec![]);
    // Judged row by row: the index of the order serves the download, and nobody's customers are gathered and sorted first.
    if let Some((text, params)) = scope::customers(sight, "{late}") {
        out.and(&text, params);
    }
}

/// A statement for the rows after a place; newest customers first. Behind the columns of the kind come the customer, the place
/// among its records, and the id.
fn statement(kind: Kind, sight: &Sight, after: &Place) -> (String, Vec<Cell<'static>>) {
    let table = kind.text();
    let names: Vec<&str> = kind.columns().collect();
    let columns = names.join(", ");
    let id = |id: Id| id.to_cell().into_owned();
    let mut filter = Where::default();
    let text = if hangs(kind) {
        held(sight, &mut filter);
        filter.and("id <= ?", vec![id(after.customer)]);
        let customers = format!("SELECT id AS holder FROM customers WHERE {{org_is}}{}", filter.text);
        let own: Vec<String> = names.iter().map(|name| format!("r.{name}")).collect();
        filter.text.clear();
        if kind == Kind::Quotes && sight.hides(Facet::Draft) {
            filter.and("r.status <> 'draft'", vec![]);
        }
        let order = match order_column(kind) {
            Some(column) => {
                let among = format!("(c.holder < ? OR r.{column} < ? OR (r.{column} = ? AND r.id < ?))");
                filter.and(&among, vec![id(after.customer), Cell::Int(after.at), Cell::Int(after.at), id(after.id)]);
                format!("r.{column}")
            }
            None => {
                filter.and("c.holder < ?", vec![id(after.customer)]);
                "0".to_owned()
            }
        };
        // What is computed of a customer has its id.
        let hung_on = if Kind::COMPUTED.contains(&kind) { "id" } else { "customer_id" };
        let by = if order == "0" { String::new() } else { format!(", {order} DESC, r.id DESC") };
        format!(
            "SELECT {}, c.holder, {order}, r.id FROM ({customers}) c JOIN (SELECT {columns} FROM {table} WHERE {{org_is}}1 = 1) r \
             ON r.{hung_on} = c.holder WHERE {} ORDER BY c.holder DESC{by}",
            own.join(", "),
            filter.text,
        )
    } else {
        filter.and("id < ?", vec![id(after.id)]);
        if kind == Kind::Customers {
            held(sight, &mut filter);
            let own = if after.own { "assigned_to = ?" } else { "(assigned_to IS NULL OR assigned_to <> ?)" };
            filter.and(own, vec![id(sight.user)]);
        } else {
            scope::within(&mut filter, sight, kind);
        }
        format!("SELECT {columns}, id, 0, id FROM {table} WHERE {{org_is}}{} ORDER BY id DESC", filter.text)
    };
    (format!("{text} LIMIT {PART_ROWS}"), filter.params)
}

impl Tx<'_> {
    /// Rows of a kind that devices of this sight hold, after a place. `each` gets the row and where it is.
    pub fn snapshot_rows(
        &mut self,
        kind: Kind,
        sight: &Sight,
        after: &Place,
        mut each: impl FnMut(&dyn Row, Place) -> Result<()>,
    ) -> Result<()> {
        if sight.hides_kind(kind) {
            return Ok(());
        }
        let (text, params) = statement(kind, sight, after);
        let behind = kind.columns().count();
        self.raw().query(&text, &params, &mut |row| {
            let place =
                Place { own: after.own, customer: read(row, behind)?, at: read(row, behind + 1)?, id: read(row, behind + 2)? };
            each(row, place)
        })
    }

    /// About how many rows devices of this sight hold, for telling how far a download is: exact for who sees everybody's.
    pub fn snapshot_total(&mut self, sight: &Sight, kinds: &[Kind]) -> Result<i64> {
        let mut filter = Where::default();
        held(sight, &mut filter);
        let mine = self.counted("customers", &filter.text, &filter.params)?;
        let all = self.counted("customers", "1 = 1", &[])?.max(1);
        let mut total = 0;
        for kind in kinds.iter().filter(|kind| !sight.hides_kind(**kind)) {
            total += match kind {
                Kind::Customers => mine,
                kind if hangs(*kind) => self.counted(kind.text(), "1 = 1", &[])?.saturating_mul(mine) / all,
                kind => {
                    let mut filter = Where::default();
                    filter.and("1 = 1", vec![]);
                    scope::within(&mut filter, sight, *kind);
                    self.counted(kind.text(), &filter.text, &filter.params)?
                }
            };
        }
        Ok(total)
    }

    fn counted(&mut self, table: &str, condition: &str, params: &[Cell<'_>]) -> Result<i64> {
        let statement = format!("SELECT COUNT(*) FROM {table} WHERE {{org_is}}{condition}");
        self.first(&statement, params, |row| read::<i64>(row, 0))?.ok_or_else(|| Error::internal("a count without an answer"))
    }

    /// The steps that the database plans for a part; tests assert that none sorts everything.
    pub fn explain_snapshot(&mut self, kind: Kind, sight: &Sight) -> Result<Vec<String>> {
        let (text, params) = statement(kind, sight, &Place::start());
        self.raw().explain(&text, &params)
    }
}
