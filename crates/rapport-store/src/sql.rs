//! Statement text made from the declarations, once per kind.

use rapport_model::Kind;
use std::sync::LazyLock;

pub(crate) struct KindSql {
    /// Column names, comma-separated, as `Kind::read` expects them.
    pub columns: String,
    /// One record by id.
    pub get: String,
    /// The same with the server's stamps behind the columns.
    pub get_stamped: String,
    pub put: String,
    pub put_stamped: String,
}

static ALL: LazyLock<Vec<KindSql>> = LazyLock::new(|| Kind::ALL.iter().map(|kind| make(*kind)).collect());

pub(crate) fn of(kind: Kind) -> &'static KindSql {
    let index = Kind::ALL.iter().position(|k| *k == kind).expect("ALL lists every kind");
    &ALL[index]
}

fn make(kind: Kind) -> KindSql {
    let names: Vec<&str> = kind.columns().collect();
    let columns = names.join(", ");
    let table = kind.text();
    let stamped: Vec<&str> = names.iter().copied().chain(["stamps"]).collect();
    KindSql {
        get: format!("SELECT {columns} FROM {table} WHERE {{org_is}}id = ?1"),
        get_stamped: format!("SELECT {}, id FROM {table} WHERE {{org_is}}id = ?1", stamped.join(", ")),
        put: upsert(table, &names),
        put_stamped: upsert(table, &stamped),
        columns,
    }
}

fn upsert(table: &str, names: &[&str]) -> String {
    let places = (1..=names.len()).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ");
    let sets = names.iter().filter(|n| **n != "id").map(|n| format!("{n} = excluded.{n}")).collect::<Vec<_>>().join(", ");
    let columns = names.join(", ");
    format!(
        "INSERT INTO {table} ({{org_key}}{columns}) VALUES ({{org_value}}{places}) ON CONFLICT ({{org_key}}id) DO UPDATE SET {sets}"
    )
}
