//! Full text, outside the portable schema: a contentless index, and the map from its rows to customers.

use super::tidy;
use rapport_model::Id;
use rapport_model::derive::SearchText;
use rapport_model::text::prefix_end;
use rusqlite::{Connection, OptionalExtension, Result};
use std::hash::{DefaultHasher, Hash, Hasher};

const DDL: &str = "
CREATE TABLE IF NOT EXISTS search_docs (doc INTEGER PRIMARY KEY, customer_id BLOB NOT NULL UNIQUE, hash INTEGER NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5(
  words, numbers, content='', contentless_delete=1, detail=column, prefix='2 3', tokenize='unicode61 remove_diacritics 0');
";

/// Finds customers `c` that meet a condition ("" = any) of so many parameters; behind them come the query and the limit.
pub(super) fn find(within: &str, params: usize) -> String {
    let (join, and) = match within {
        "" => ("", String::new()),
        within => ("JOIN customers c ON c.id = d.customer_id ", format!("AND {within} ")),
    };
    let (query, limit) = (params + 1, params + 2);
    format!(
        "SELECT d.customer_id FROM search s JOIN search_docs d ON d.doc = s.rowid {join}WHERE search MATCH ?{query} {and}LIMIT ?{limit}"
    )
}

/// Makes the index if there is none, and brings its settings up to date.
pub(super) fn set_up(connection: &Connection) -> Result<()> {
    let there: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'search_docs'", [], |row| row.get(0))?;
    if there == 0 {
        connection.execute_batch(&format!("BEGIN IMMEDIATE; {DDL} COMMIT;"))?;
    }
    tidy::set_up_search(connection)
}

/// Names the terms of the index on this connection, without reading what they lead to.
const TERMS: &str = "CREATE VIRTUAL TABLE temp.search_terms USING fts5vocab('main', 'search', 'instance')";

pub(super) fn name_terms(connection: &Connection) -> Result<()> {
    connection.execute_batch(TERMS)
}

/// What to ask the index for, word by word; `None` = some word begins no term. One that is mistyped mostly begins none, and then nothing
/// has to be gathered for the others, of which some may begin a word of half the customers. Of a word that begins no longer term it is
/// asked as a whole ("GmbH"), which is read row by row instead of being gathered first.
pub(super) fn terms(connection: &Connection, words: &[String]) -> Result<Option<Vec<String>>> {
    let mut any = connection.prepare_cached("SELECT 1 FROM temp.search_terms WHERE term >= ?1 AND term < ?2 LIMIT 1")?;
    let mut terms = Vec::with_capacity(words.len());
    for word in words {
        let begins_longer = match prefix_end(word) {
            Some(end) if !any.exists([word.as_str(), end.as_str()])? => return Ok(None),
            Some(end) => any.exists([format!("{word}\u{1}"), end])?,
            None => true,
        };
        // Words hold letters and digits only, so quoting them is safe.
        terms.push(format!("words:\"{word}\"{}", if begins_longer { "*" } else { "" }));
    }
    Ok(Some(terms))
}

/// What all these terms, or the digits, ask for; `None` = nothing.
pub(super) fn query(terms: &[String], digits: &str) -> Option<String> {
    let mut any = Vec::new();
    if !terms.is_empty() {
        any.push(format!("({})", terms.join(" AND ")));
    }
    if digits.len() >= 3 {
        any.push(format!("(numbers:\"{digits}\"*)"));
    }
    (!any.is_empty()).then(|| any.join(" OR "))
}

/// The text of one customer as the index takes it.
struct Text {
    words: String,
    numbers: String,
    hash: i64,
}

impl Text {
    fn of(text: &SearchText) -> Text {
        let (words, numbers) = (text.words.join(" "), text.numbers.join(" "));
        let mut hasher = DefaultHasher::new();
        (&words, &numbers).hash(&mut hasher);
        Text { words, numbers, hash: hasher.finish().cast_signed() }
    }
}

/// Replaces what customers are found by, where it changed.
pub(super) fn put_many(connection: &Connection, texts: &[(Id, Option<SearchText>)]) -> Result<()> {
    let mut held = connection.prepare_cached("SELECT doc, hash FROM search_docs WHERE customer_id = ?1")?;
    let mut again = Vec::new();
    let mut new = Vec::new();
    for (id, text) in texts {
        let held: Option<(i64, i64)> = held.query_row([id.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        match (held, text.as_ref().map(Text::of)) {
            (Some((_, hash)), Some(text)) if hash == text.hash => {}
            (Some((doc, _)), text) => again.push((doc, text)),
            (None, Some(text)) => new.push((id, text)),
            (None, None) => {}
        }
    }
    // In ascending order the index gathers all of a transaction in one segment; a step back would begin another.
    again.sort_by_key(|(doc, _)| *doc);
    let mut insert = connection.prepare_cached("INSERT INTO search (rowid, words, numbers) VALUES (?1, ?2, ?3)")?;
    for (doc, text) in again {
        connection.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([doc])?;
        if let Some(text) = text {
            connection.prepare_cached("UPDATE search_docs SET hash = ?1 WHERE doc = ?2")?.execute([text.hash, doc])?;
            insert.execute((doc, text.words, text.numbers))?;
        } else {
            connection.prepare_cached("DELETE FROM search_docs WHERE doc = ?1")?.execute([doc])?;
        }
    }
    for (id, text) in new {
        let mut add = connection.prepare_cached("INSERT INTO search_docs (customer_id, hash) VALUES (?1, ?2)")?;
        let doc = add.insert((id.as_bytes(), text.hash))?;
        insert.execute((doc, text.words, text.numbers))?;
    }
    Ok(())
}
