//! Server: all rows of an organisation, table by table in the order of their keys, out of one database and into another one.
//! What is derived for one database alone (search, the last transactions of writers) stays behind and is made anew.

use crate::migrate::Schema;
use crate::store::Tx;
use rapport_model::{Cell, Error, Result};

/// A table of an organisation.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub name: String,
    pub columns: Vec<String>,
    /// Which of the columns are the key, in its order.
    pub key: Vec<usize>,
}

/// One row, its cells in the order of the table's columns.
pub type Line = Vec<Cell<'static>>;

/// The keys of the tables that migrations make.
fn keys() -> Vec<(String, Vec<String>)> {
    let mut out = Vec::new();
    for (_, script) in Schema::Server.migrations() {
        for statement in script.split(';') {
            let Some((_, made)) = statement.split_once("CREATE TABLE ") else { continue };
            let Some((name, body)) = made.split_once(" (") else { continue };
            let Some((_, key)) = body.split_once("PRIMARY KEY ({org_key}") else { continue };
            let key = key.split(')').next().unwrap_or_default();
            out.push((name.to_owned(), key.split(',').map(|column| column.trim().to_owned()).collect()));
        }
    }
    out
}

/// `?1, ?2, …`
fn places(count: usize) -> String {
    (1..=count).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ")
}

impl Tx<'_> {
    /// The tables of an organisation, by name.
    pub fn tables(&mut self) -> Result<Vec<Table>> {
        let there = self.raw().columns()?;
        let mut tables = Vec::new();
        for (name, key) in keys() {
            let mut columns: Vec<String> =
                there.iter().filter(|(table, _)| *table == name).map(|(_, column)| column.clone()).collect();
            columns.sort();
            let place = |column: &String| columns.iter().position(|one| one == column);
            let key: Option<Vec<usize>> = key.iter().map(place).collect();
            let key = key.ok_or_else(|| Error::internal(format_args!("the table {name} is not as it was made")))?;
            tables.push(Table { name, columns, key });
        }
        tables.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(tables)
    }

    /// The next rows of a table behind a row, in the order of its key.
    pub fn table_page(&mut self, table: &Table, after: Option<&Line>, limit: usize) -> Result<Vec<Line>> {
        let key = table.key.iter().filter_map(|at| table.columns.get(*at)).cloned().collect::<Vec<_>>().join(", ");
        let mut params: Line =
            after.map(|row| table.key.iter().filter_map(|at| row.get(*at)).cloned().collect()).unwrap_or_default();
        let behind = match params.len() {
            0 => "1 = 1".to_owned(),
            1 => format!("{key} > ?1"),
            count => format!("({key}) > ({})", places(count)),
        };
        params.push(Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX)));
        let (columns, last) = (table.columns.join(", "), params.len());
        let sql = format!("SELECT {columns} FROM {} WHERE {{org_is}}{behind} ORDER BY {key} LIMIT ?{last}", table.name);
        let width = table.columns.len();
        self.rows(&sql, &params, |row| (0..width).map(|at| row.cell(at).map(Cell::into_owned)).collect())
    }

    /// Puts rows into a table that does not have them.
    pub fn table_put(&mut self, table: &Table, rows: &[Line]) -> Result<()> {
        let (columns, places) = (table.columns.join(", "), places(table.columns.len()));
        let sql = format!("INSERT INTO {} ({{org_key}}{columns}) VALUES ({{org_value}}{places})", table.name);
        self.raw().put_many(&sql, rows)
    }

    /// Whether there is anything of the organisation here.
    pub fn is_founded(&mut self) -> Result<bool> {
        Ok(self.first("SELECT one FROM sequence WHERE {org_is}one = 1", &[], |_| Ok(()))?.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Sqlite, Store};
    use rapport_model::Kind;

    #[test]
    fn every_table_of_the_server_is_among_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(Sqlite { path: folder.path().join("org.db"), key: None }, Schema::Server).expect("opened");
        let there = store.maintain(|raw| raw.columns()).expect("columns");
        let tables = store.read(|tx| tx.tables()).expect("tables");
        assert!(Kind::ALL.iter().all(|kind| tables.iter().any(|table| table.name == kind.text())));
        let is_ours = |name: &str| !name.starts_with("search") && !name.starts_with("sqlite") && name != "schema_migrations";
        for (name, column) in there.iter().filter(|(name, _)| is_ours(name)) {
            let table = tables.iter().find(|table| table.name == *name).unwrap_or_else(|| panic!("{name} is left behind"));
            assert!(table.columns.contains(column));
        }
    }
}
