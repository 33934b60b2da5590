//! What is said inside a transaction on PostgreSQL.

use super::fault::Fault;
use super::statement::{insert, parts, rows, run};
use super::value::{Many, One, PgRow};
use super::{PgConnection, catalogue, search, text};
use crate::backend::RawTx;
use crate::backend::sqlite::count;
use crate::memo::Memo;
use postgres::types::ToSql;
use rapport_model::derive::SearchText;
use rapport_model::{Cell, Code, Column, Error, Id, Result, Row};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

impl RawTx for PgConnection {
    fn execute(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<usize> {
        count(1);
        let own: Vec<One<'_>> = params.iter().map(One).collect();
        self.with(|session, org| run(sql, session, &own, org))
    }

    fn query(&mut self, sql: &str, params: &[Cell<'_>], each: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<()> {
        count(1);
        let own: Vec<One<'_>> = params.iter().map(One).collect();
        let found = self.with(|session, org| rows(sql, session, &own, org))?;
        found.iter().try_for_each(|row| each(&PgRow(row)))
    }

    fn put_many(&mut self, sql: &str, rows: &[Vec<Cell<'_>>]) -> Result<()> {
        count(1);
        if rows.is_empty() {
            return Ok(());
        }
        let is_insert = sql.starts_with("INSERT ") && rows.len() > 1;
        self.with(|session, org| {
            if !is_insert {
                return rows.iter().try_for_each(|row| {
                    let own: Vec<One<'_>> = row.iter().map(One).collect();
                    run(sql, session, &own, org).map(drop)
                });
            }
            let width = rows.first().map_or(0, Vec::len);
            let (one, _) = session.prepared(sql, width)?;
            let types: Vec<String> = one.params().iter().take(width).map(|ty| ty.name().to_owned()).collect();
            let many = text::insert_many(sql, &types).ok_or_else(|| Fault::Own(Error::internal("an insert without values")))?;
            parts(rows, sql.contains(" DO UPDATE ")).iter().try_for_each(|part| insert(&many, session, part, org))
        })
    }

    fn get_many(&mut self, sql: &str, ids: &[Id], each: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<()> {
        count(1);
        if ids.is_empty() {
            return Ok(());
        }
        let cells: Vec<Cell<'_>> = ids.iter().map(Column::to_cell).collect();
        let many = text::for_many(sql);
        let found = self.with(|session, org| {
            let (statement, shared) = session.prepared(&many, 1)?;
            let array = Many(cells.iter().collect());
            let org = org.map(|org| org.to_cell().into_owned());
            let org = org.as_ref().map(One);
            let mut all: Vec<&(dyn ToSql + Sync)> = vec![&array];
            if let (true, Some(org)) = (shared, &org) {
                all.push(org);
            }
            Ok(session.client.query(&statement, &all)?)
        })?;
        found.iter().try_for_each(|row| each(&PgRow(row)))
    }

    fn run_script(&mut self, sql: &str) -> Result<()> {
        let partitions = self.sessions.limits.partitions;
        let statements = text::script(sql, partitions);
        self.with(|session, _| Ok(session.client.batch_execute(&statements.join("; "))?))
    }

    fn search_put_many(&mut self, texts: &[(Id, Option<SearchText>)]) -> Result<()> {
        search::put_many(self, texts)
    }

    fn search_put_first(&mut self, texts: &[(Id, Option<SearchText>)]) -> Result<()> {
        search::put(self, texts, &BTreeSet::new())
    }

    fn search(&mut self, words: &[String], digits: &str, within: &str, params: &[Cell<'_>], limit: usize) -> Result<Vec<Id>> {
        search::search(self, words, digits, within, params, limit)
    }

    fn explain(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<Vec<String>> {
        let mut steps = Vec::new();
        self.query(&format!("EXPLAIN {sql}"), params, &mut |row| {
            steps.push(String::from_cell(row.cell(0)?)?);
            Ok(())
        })?;
        Ok(steps)
    }

    fn columns(&mut self) -> Result<Vec<(String, String)>> {
        catalogue::columns(self)
    }

    fn memo(&mut self) -> Result<Option<&mut Memo>> {
        Ok(self.recall.as_mut().map(|recall| &mut recall.memo))
    }

    fn behind(&self) -> Option<Duration> {
        self.behind
    }

    fn verify(&mut self) -> Result<Vec<String>> {
        catalogue::verify(self)
    }

    fn backup(&mut self, _: &Path) -> Result<()> {
        let message = "A PostgreSQL database is backed up by its own tools; docs/operations/backup.md tells how.";
        Err(Error::new(Code::InvalidValue, message))
    }
}
