//! What rules look up in a store: records by a field, by a key of another system, the next number.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::number::{Series, number};
use rapport_model::rules::Lookup;
use rapport_model::{BoxedRecord, Cell, Column, Error, FieldKind, Id, Kind, Org, Record, Result};
use serde_json::Value;

/// Where a device keeps the code in its numbers.
pub const DEVICE_CODE: &str = "deviceCode";

/// The code in numbers that the server itself makes; no device gets it.
pub const SERVER_CODE: &str = "S0";

/// The text of a series in its table.
fn word(series: Series) -> String {
    series.letter().to_string()
}

impl Tx<'_> {
    /// Draws the next counter of a series and year on this end; never the same twice.
    pub fn number_draw(&mut self, series: Series, year: i32, code: &str) -> Result<String> {
        let sql = "INSERT INTO numbers ({org_key}series, year, last) VALUES ({org_value}?1, ?2, 1) \
                   ON CONFLICT ({org_key}series, year) DO UPDATE SET last = numbers.last + 1 RETURNING last";
        let params = [Cell::Text(word(series).into()), Cell::Int(i64::from(year))];
        let last = self.first(sql, &params, |row| read::<i64>(row, 0))?;
        Ok(number(series, year, code, last.ok_or_else(|| Error::internal("no number was drawn"))?))
    }

    /// The counters of this end, as (series, year, last).
    pub fn numbers(&mut self) -> Result<Vec<(String, i64, i64)>> {
        let sql = "SELECT series, year, last FROM numbers WHERE {org_is}1 = 1 ORDER BY series, year";
        self.rows(sql, &[], |row| Ok((read(row, 0)?, read(row, 1)?, read(row, 2)?)))
    }

    /// Counters go on above these: numbers up to them may have been used.
    pub fn numbers_raise(&mut self, counters: &[(String, i64, i64)]) -> Result<()> {
        let sql = "INSERT INTO numbers ({org_key}series, year, last) VALUES ({org_value}?1, ?2, ?3) \
                   ON CONFLICT ({org_key}series, year) DO UPDATE SET last = excluded.last WHERE numbers.last < excluded.last";
        for (series, year, last) in counters {
            self.execute(sql, &[series.to_cell(), Cell::Int(*year), Cell::Int(*last)])?;
        }
        Ok(())
    }

    /// The organisation of this store.
    pub fn own_org(&mut self) -> Result<Org> {
        self.recalled_of_people("org", &[], |tx| Ok(tx.all::<Org>()?.into_iter().next().unwrap_or_default()))
    }

    /// Records, trashed ones included, whose column has this value.
    pub fn having(&mut self, kind: Kind, field: &str, value: &Value) -> Result<Vec<Id>> {
        let known = kind.field(field).ok_or_else(|| Error::internal(format_args!("{} have no {field}", kind.text())))?;
        let cell = match (known.kind, value) {
            (FieldKind::Ref(_), Value::String(text)) => {
                text.parse::<Id>().map_err(|_| Error::internal("an id that is none"))?.to_cell().into_owned()
            }
            (_, Value::String(text)) => Cell::Text(text.clone().into()),
            _ => return Err(Error::internal("only texts and ids are looked up")),
        };
        let sql = format!("SELECT id FROM {} WHERE {{org_is}}{} = ?1 ORDER BY id", kind.text(), known.name);
        self.rows(&sql, &[cell], |row| read(row, 0))
    }

    /// Records, trashed ones included, that carry this key of another system.
    pub fn referenced(&mut self, kind: Kind, system: &str, id: &str) -> Result<Vec<Id>> {
        let sql = "SELECT record_id FROM refs WHERE {org_is}kind = ?1 AND system = ?2 AND ref_id = ?3";
        let params = [Cell::Text(kind.text().into()), Cell::Text(system.into()), Cell::Text(id.into())];
        self.rows(sql, &params, |row| read(row, 0))
    }

    /// Takes the keys of other systems out of records that were written.
    pub(crate) fn note_refs(&mut self, kind: Kind, records: &[&dyn Record]) -> Result<()> {
        let ids: Vec<Vec<Cell<'_>>> = records.iter().map(|record| vec![record.meta().id.to_cell()]).collect();
        self.forget_refs(kind, &ids)?;
        self.add_refs(kind, records)
    }

    /// Forgets the keys of other systems of these records.
    pub(crate) fn forget_refs(&mut self, kind: Kind, ids: &[Vec<Cell<'_>>]) -> Result<()> {
        match kind.index_of("externalRefs") {
            Some(_) => self.raw().put_many("DELETE FROM refs WHERE {org_is}record_id = ?1", ids),
            None => Ok(()),
        }
    }

    /// The same of records of which none are known.
    pub(crate) fn add_refs(&mut self, kind: Kind, records: &[&dyn Record]) -> Result<()> {
        let Some(index) = kind.index_of("externalRefs") else { return Ok(()) };
        let mut rows: Vec<Vec<Cell<'static>>> = Vec::new();
        for record in records {
            for one in record.get(index).as_array().into_iter().flatten() {
                let text = |name: &str| Cell::Text(one[name].as_str().unwrap_or_default().to_owned().into());
                let id = record.meta().id.to_cell().into_owned();
                rows.push(vec![Cell::Text(kind.text().into()), text("system"), text("id"), id]);
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        let note = "INSERT INTO refs ({org_key}kind, system, ref_id, record_id) VALUES ({org_value}?1, ?2, ?3, ?4) \
                    ON CONFLICT ({org_key}kind, system, ref_id, record_id) DO NOTHING";
        self.raw().put_many(note, &rows)
    }
}

impl Lookup for Tx<'_> {
    fn record(&mut self, kind: Kind, id: Id) -> Result<Option<BoxedRecord>> {
        self.find(kind, id)
    }

    fn having(&mut self, kind: Kind, field: &str, value: &Value) -> Result<Vec<Id>> {
        Tx::having(self, kind, field, value)
    }

    fn referenced(&mut self, kind: Kind, system: &str, id: &str) -> Result<Vec<Id>> {
        Tx::referenced(self, kind, system, id)
    }

    fn org(&mut self) -> Result<Org> {
        self.own_org()
    }

    fn next_number(&mut self, series: Series, year: i32) -> Result<String> {
        let code = self.progress::<String>(DEVICE_CODE)?.unwrap_or_else(|| SERVER_CODE.to_owned());
        self.number_draw(series, year, &code)
    }
}
