//! The portable text as PostgreSQL takes it: the organisation's id in every row and key, numbered places, partitions by hash.

/// A statement with so many parameters of its own. Behind them stands the organisation's id, if the second value says so.
pub(super) fn expand(sql: &str, own: usize) -> (String, bool) {
    let org = own + 1;
    let mut out = sql.replace('?', "$");
    let is_shared = out.contains("{org_");
    if out.contains('{') {
        for (token, text) in [
            ("{org_key}", "org_id, ".to_owned()),
            ("{org_value}", format!("${org}, ")),
            ("{org_is}", format!("org_id = ${org} AND ")),
            ("{late}", String::new()),
        ] {
            out = out.replace(token, &text);
        }
    }
    (out, is_shared)
}

/// A select by one id for many ids (`$1`): one row of ids after the other where each answers for itself, else all at once.
pub(super) fn for_many(sql: &str) -> String {
    if sql.contains(" LIMIT ") || sql.contains(" ORDER BY ") {
        let one = sql.replace("?1", "ids.id");
        return format!("SELECT answers.* FROM unnest(?1::bytea[]) AS ids (id) CROSS JOIN LATERAL ({one}) AS answers");
    }
    sql.replace("= ?1", "= ANY(?1)")
}

/// An insert of one row as an insert of many, each parameter being the array of a column; `None` if it is no insert.
pub(super) fn insert_many(sql: &str, types: &[String]) -> Option<String> {
    let (head, rest) = sql.split_once("VALUES (")?;
    // Places and literals hold no brackets.
    let (tuple, tail) = rest.split_once(')')?;
    let arrays: Vec<String> = types.iter().enumerate().map(|(n, name)| format!("?{}::{name}[]", n + 1)).collect();
    let names: Vec<String> = (1..=types.len()).map(|n| format!("c{n}")).collect();
    let tuple = tuple.replace('?', "given.c");
    Some(format!("{head}SELECT {tuple} FROM unnest({}) AS given ({}){tail}", arrays.join(", "), names.join(", ")))
}

/// The statements of a migration. Tables of organisations lie in so many partitions; 0 = undivided.
pub(super) fn script(sql: &str, partitions: u32) -> Vec<String> {
    let bare: Vec<&str> = sql.lines().map(|line| line.split_once("--").map_or(line, |(code, _)| code)).collect();
    let mut out = Vec::new();
    for statement in bare.join("\n").split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
        let is_table = statement.starts_with("CREATE TABLE") && statement.contains("{org_column}");
        let mut text = words(statement);
        for (token, with) in [("{org_column}", "org_id BYTEA NOT NULL, "), ("{org_key}", "org_id, ")] {
            text = text.replace(token, with);
        }
        if !is_table || partitions == 0 {
            out.push(text);
            continue;
        }
        let table = statement.trim_start_matches("CREATE TABLE").split_whitespace().next().unwrap_or_default();
        out.push(format!("{text} PARTITION BY HASH (org_id)"));
        out.extend((0..partitions).map(|n| {
            format!("CREATE TABLE {table}_p{n:02} PARTITION OF {table} FOR VALUES WITH (MODULUS {partitions}, REMAINDER {n})")
        }));
    }
    out
}

/// Bytes have another name here, and text is compared byte by byte, whatever language the database was made in.
fn words(statement: &str) -> String {
    let mut out = String::with_capacity(statement.len() + 64);
    let mut word = String::new();
    for c in statement.chars().chain([' ']) {
        if c.is_ascii_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        out.push_str(match word.as_str() {
            "BLOB" => "BYTEA",
            "TEXT" => "TEXT COLLATE \"C\"",
            word => word,
        });
        word.clear();
        out.push(c);
    }
    out.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_organisation_stands_behind_a_statements_own_parameters() {
        let sql = "SELECT a FROM t WHERE {org_is}b = ?1 AND {late}c IN (SELECT d FROM u WHERE {org_is}e > ?2)";
        let want = "SELECT a FROM t WHERE org_id = $3 AND b = $1 AND c IN (SELECT d FROM u WHERE org_id = $3 AND e > $2)";
        assert_eq!(expand(sql, 2), (want.to_owned(), true));
        assert_eq!(expand("SELECT a FROM directory WHERE b = ?1", 1), ("SELECT a FROM directory WHERE b = $1".to_owned(), false));
    }

    #[test]
    fn an_insert_of_one_row_takes_the_columns_of_many() {
        let one = "INSERT INTO t ({org_key}a, b) VALUES ({org_value}?1, ?2) ON CONFLICT ({org_key}a) DO NOTHING";
        let many = insert_many(one, &["bytea".to_owned(), "int8".to_owned()]).expect("an insert");
        assert_eq!(
            expand(&many, 2).0,
            "INSERT INTO t (org_id, a, b) SELECT $3, given.c1, given.c2 FROM unnest($1::bytea[], $2::int8[]) AS given (c1, c2) \
             ON CONFLICT (org_id, a) DO NOTHING"
        );
    }

    #[test]
    fn a_limit_is_one_of_each_id() {
        let all = "SELECT a FROM t WHERE {org_is}id = ?1";
        assert_eq!(expand(&for_many(all), 1).0, "SELECT a FROM t WHERE org_id = $2 AND id = ANY($1)");
        let first = "SELECT a FROM t WHERE {org_is}id = ?1 ORDER BY a LIMIT 1";
        assert!(for_many(first).contains("id = ids.id ORDER BY a LIMIT 1"));
    }

    #[test]
    fn tables_of_organisations_are_divided_and_others_are_not() {
        let sql = "-- Notes; with a sign.\nCREATE TABLE t (\n  {org_column}a BLOB NOT NULL, -- why; not\n  b TEXT,\n  PRIMARY KEY ({org_key}a)\n);\nCREATE TABLE d (e TEXT NOT NULL PRIMARY KEY);";
        let made = script(sql, 2);
        assert_eq!(made.len(), 4, "{made:#?}");
        assert!(made[0].contains("org_id BYTEA NOT NULL, a BYTEA NOT NULL"), "{made:#?}");
        assert!(made[0].contains("b TEXT COLLATE \"C\"") && made[0].ends_with("PARTITION BY HASH (org_id)"), "{made:#?}");
        assert_eq!(made[2], "CREATE TABLE t_p01 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1)");
        assert_eq!(script(sql, 0).len(), 2);
    }
}
