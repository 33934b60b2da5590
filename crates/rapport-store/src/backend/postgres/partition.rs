//! The partition of an organisation, which its statements name: named by their parents, all sixteen are opened and locked by every
//! statement that writes, and planned for by every connection.

use super::fault::Result;
use postgres::Client;
use rapport_model::Id;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The tables of one hash of organisations.
pub(super) struct Partition {
    /// Tells it from the others of this database; statements are prepared for each.
    pub name: String,
    /// By the name of the whole table.
    tables: HashMap<String, String>,
}

/// The partitions that this process has met.
#[derive(Default)]
pub(super) struct Partitions(Mutex<HashMap<String, Arc<Partition>>>);

/// Where the rows of an organisation are, once that is known. An organisation that is just made, or a database that is not divided
/// here, has none; its statements name whole tables, which is as right.
pub(super) type Home = Arc<OnceLock<Option<Arc<Partition>>>>;

const OWN: &str =
    "SELECT c.relname::text, c.relispartition FROM sequence s JOIN pg_class c ON c.oid = s.tableoid WHERE s.org_id = $1";

/// Every table that has a partition of the same bounds as this one.
const ALIKE: &str = "SELECT whole.relname::text, part.relname::text FROM pg_class own, pg_inherits i \
    JOIN pg_class part ON part.oid = i.inhrelid JOIN pg_class whole ON whole.oid = i.inhparent \
    WHERE own.relname = $1 AND own.relnamespace = current_schema()::regnamespace AND whole.relkind = 'p' \
    AND whole.relnamespace = own.relnamespace AND part.relnamespace = own.relnamespace AND part.relkind = 'r' \
    AND NOT i.inhdetachpending AND pg_get_expr(part.relpartbound, part.oid) = pg_get_expr(own.relpartbound, own.oid)";

impl Partitions {
    /// Finds out where an organisation is; leaves it open as long as it has no rows.
    pub(super) fn find(&self, client: &mut Client, org: Id, home: &Home) -> Result<()> {
        let Some(row) = client.query_opt(OWN, &[&&org.as_bytes()[..]])? else { return Ok(()) };
        let (name, is_part): (String, bool) = (row.get(0), row.get(1));
        // Somebody may have divided the tables in his own way.
        let found = if is_part && is_plain(&name) { Some(self.named(client, name)?) } else { None };
        home.get_or_init(|| found);
        Ok(())
    }

    fn named(&self, client: &mut Client, name: String) -> Result<Arc<Partition>> {
        let known =
            |all: &Mutex<HashMap<String, Arc<Partition>>>| all.lock().unwrap_or_else(PoisonError::into_inner).get(&name).cloned();
        if let Some(known) = known(&self.0) {
            return Ok(known);
        }
        let tables = client.query(ALIKE, &[&name])?;
        let tables =
            tables.iter().map(|row| (row.get(0), row.get(1))).filter(|(_, part): &(String, String)| is_plain(part)).collect();
        let partition = Arc::new(Partition { name: name.clone(), tables });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, partition.clone());
        Ok(partition)
    }
}

impl Partition {
    /// A statement with its tables named by this partition; each keeps its name for the rest of the statement.
    pub(super) fn expand(&self, sql: &str) -> String {
        let mut out = String::with_capacity(sql.len() + 32);
        let (mut rest, mut is_table) = (sql, false);
        while let Some(first) = rest.chars().next() {
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let end = rest.find(|c: char| is_word(c) != is_word(first)).unwrap_or(rest.len());
            let (part, behind) = rest.split_at(end);
            rest = behind;
            match self.tables.get(part).filter(|_| is_table) {
                Some(own) => {
                    out.push_str(own);
                    if !is_renamed(behind) {
                        out.push_str(" AS ");
                        out.push_str(part);
                    }
                }
                None => out.push_str(part),
            }
            if is_word(first) {
                is_table = matches!(part, "FROM" | "JOIN" | "INTO" | "UPDATE");
            } else if !part.trim().is_empty() {
                is_table = false;
            }
        }
        out
    }
}

/// Whether it is a name that needs no quotes.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Whether what stands behind a table is another name for it. Keywords are written in capitals, names never.
fn is_renamed(behind: &str) -> bool {
    let behind = behind.trim_start();
    behind.starts_with("AS ") || behind.starts_with(|c: char| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(sql: &str) -> String {
        let tables = ["customers", "log", "orders"].map(|table| (table.to_owned(), format!("{table}_p07")));
        Partition { name: "sequence_p07".to_owned(), tables: HashMap::from(tables) }.expand(sql)
    }

    #[test]
    fn tables_are_named_and_nothing_else() {
        for (sql, want) in [
            (
                "SELECT log, customers.id FROM customers WHERE a = $1",
                "SELECT log, customers.id FROM customers_p07 AS customers WHERE a = $1",
            ),
            (
                "SELECT 1 FROM customers c JOIN orders AS o ON o.a = c.b",
                "SELECT 1 FROM customers_p07 c JOIN orders_p07 AS o ON o.a = c.b",
            ),
            ("SELECT 1 FROM (SELECT id FROM log) log", "SELECT 1 FROM (SELECT id FROM log_p07 AS log) log"),
            (
                "INSERT INTO log (a) SELECT x FROM unnest($1) AS log (x)",
                "INSERT INTO log_p07 AS log (a) SELECT x FROM unnest($1) AS log (x)",
            ),
            ("UPDATE orders SET log = $1", "UPDATE orders_p07 AS orders SET log = $1"),
            ("INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET log = excluded.log", ""),
            (
                "DELETE FROM orders\n  WHERE EXISTS (SELECT 1 FROM elsewhere)",
                "DELETE FROM orders_p07 AS orders\n  WHERE EXISTS (SELECT 1 FROM elsewhere)",
            ),
            ("SELECT one FROM orders FOR UPDATE", "SELECT one FROM orders_p07 AS orders FOR UPDATE"),
        ] {
            assert_eq!(expand(sql), if want.is_empty() { sql } else { want });
        }
    }
}
