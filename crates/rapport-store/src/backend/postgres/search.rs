//! Words that customers are found by, in a table of their own: a prefix is a range of its key, within one organisation.

use super::PgConnection;
use crate::backend::RawTx;
use rapport_model::derive::SearchText;
use rapport_model::{Cell, Column, Id, Result};
use std::collections::BTreeSet;

/// Digits of a number that are looked for at least.
const DIGITS_MIN: usize = 3;

/// In front of what is the beginning of a number.
fn number(digits: &str) -> String {
    format!("#{digits}")
}

/// Replaces what customers are found by; only what differs is written.
pub(super) fn put_many(db: &mut PgConnection, texts: &[(Id, Option<SearchText>)]) -> Result<()> {
    let ids: Vec<Id> = texts.iter().map(|(id, _)| *id).collect();
    let mut held: BTreeSet<(Id, String)> = BTreeSet::new();
    db.get_many("SELECT customer_id, word FROM search_words WHERE {org_is}customer_id = ?1", &ids, &mut |row| {
        held.insert((Id::from_cell(row.cell(0)?)?, String::from_cell(row.cell(1)?)?));
        Ok(())
    })?;
    put(db, texts, &held)
}

/// The same where it is known what is `held`.
pub(super) fn put(db: &mut PgConnection, texts: &[(Id, Option<SearchText>)], held: &BTreeSet<(Id, String)>) -> Result<()> {
    let mut wanted: BTreeSet<(Id, String)> = BTreeSet::new();
    for (id, text) in texts {
        let Some(text) = text else { continue };
        wanted.extend(text.words.iter().map(|word| (*id, word.clone())));
        wanted.extend(text.numbers.iter().map(|digits| (*id, number(digits))));
    }
    for (id, word) in held.difference(&wanted) {
        let sql = "DELETE FROM search_words WHERE {org_is}word = ?1 AND customer_id = ?2";
        db.execute(sql, &[word.to_cell(), id.to_cell()])?;
    }
    let new: Vec<Vec<Cell<'_>>> = wanted.difference(held).map(|(id, word)| vec![word.to_cell(), id.to_cell()]).collect();
    let sql = "INSERT INTO search_words ({org_key}word, customer_id) VALUES ({org_value}?1, ?2) \
               ON CONFLICT ({org_key}word, customer_id) DO NOTHING";
    db.put_many(sql, &new)
}

/// Customers in which every word starts a word, or the digits start a number, and that meet a condition.
pub(super) fn search(
    db: &mut PgConnection,
    words: &[String],
    digits: &str,
    within: &str,
    given: &[Cell<'_>],
    limit: usize,
) -> Result<Vec<Id>> {
    let mut params = given.to_vec();
    let mut range = |prefix: &str| {
        let end = rapport_model::text::prefix_end(prefix).unwrap_or_default();
        params.extend([Cell::Text(prefix.to_owned().into()), Cell::Text(end.into())]);
        format!("{{org_is}}word >= ?{} AND word < ?{}", params.len() - 1, params.len())
    };
    let mut any = Vec::new();
    if let Some((first, others)) = words.split_first() {
        let mut all = format!("SELECT customer_id FROM search_words WHERE {}", range(first));
        for (n, word) in others.iter().enumerate() {
            let also = range(word);
            all.push_str(&format!(
                " AND EXISTS (SELECT 1 FROM search_words w{n} WHERE {also} AND w{n}.customer_id = search_words.customer_id)"
            ));
        }
        any.push(all);
    }
    if digits.len() >= DIGITS_MIN {
        any.push(format!("SELECT customer_id FROM search_words WHERE {}", range(&number(digits))));
    }
    if any.is_empty() {
        return Ok(Vec::new());
    }
    params.push(Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX)));
    let (found, last) = (any.join(" UNION "), params.len());
    let sql = if within.is_empty() {
        format!("SELECT DISTINCT customer_id FROM ({found}) AS found LIMIT ?{last}")
    } else {
        format!("SELECT c.id FROM customers c WHERE {{org_is}}{within} AND c.id IN ({found}) LIMIT ?{last}")
    };
    let mut out = Vec::new();
    db.query(&sql, &params, &mut |row| {
        out.push(Id::from_cell(row.cell(0)?)?);
        Ok(())
    })?;
    Ok(out)
}
