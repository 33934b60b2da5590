//! Field history and merge log in one: who changed what, and which value did not stand.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::{Cell, Column, Error, Id, Kind, Millis, Result, Row};
use serde::Serialize;
use serde_json::Value;

/// One line of history.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeLine {
    pub id: Id,
    #[serde(skip)]
    pub kind: Option<Kind>,
    pub record_id: Id,
    pub unit: String,
    pub before: Value,
    pub after: Value,
    pub by: Id,
    pub at: Millis,
    pub mutation_id: Option<Id>,
    /// `before` is a value that did not stand although its author had not seen it overwritten.
    pub overridden: bool,
    /// Who wrote the value that did not stand.
    pub lost_by: Option<Id>,
}

/// Lines of one record that a page of history shows.
pub const HISTORY_LINES_MAX: usize = 200;

impl Tx<'_> {
    pub fn history_add(&mut self, lines: &[ChangeLine]) -> Result<()> {
        let texts = lines.iter().map(|l| Ok((text(&l.before)?, text(&l.after)?))).collect::<Result<Vec<_>>>()?;
        let rows: Vec<Vec<Cell<'_>>> = lines
            .iter()
            .zip(&texts)
            .map(|(line, (before, after))| {
                vec![
                    line.id.to_cell(),
                    Cell::Text(line.kind.map_or("", Kind::text).into()),
                    line.record_id.to_cell(),
                    line.unit.to_cell(),
                    before.to_cell(),
                    after.to_cell(),
                    line.by.to_cell(),
                    line.at.to_cell(),
                    line.mutation_id.to_cell(),
                    line.overridden.to_cell(),
                    line.lost_by.to_cell(),
                ]
            })
            .collect();
        let sql = "INSERT INTO changes ({org_key}id, kind, record_id, unit, before, after, by_user, at, mutation_id, overridden, lost_by) \
                   VALUES ({org_value}?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT ({org_key}id) DO NOTHING";
        self.raw().put_many(sql, &rows)
    }

    /// The newest lines of a record.
    pub fn history_of(&mut self, record: Id) -> Result<Vec<ChangeLine>> {
        let sql = format!("SELECT {LINE} FROM changes WHERE {{org_is}}record_id = ?1 ORDER BY at DESC, id DESC LIMIT ?2");
        let limit = Cell::Int(i64::try_from(HISTORY_LINES_MAX).unwrap_or(i64::MAX));
        self.rows(&sql, &[record.to_cell(), limit], line)
    }

    /// The newest values that did not stand.
    pub fn history_overridden(&mut self, limit: usize) -> Result<Vec<ChangeLine>> {
        self.history_where("overridden", vec![Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX))])
    }

    /// The newest lines that meet a condition; the limit is the last parameter.
    pub(crate) fn history_where(&mut self, condition: &str, params: Vec<Cell<'_>>) -> Result<Vec<ChangeLine>> {
        let sql =
            format!("SELECT {LINE} FROM changes WHERE {{org_is}}{condition} ORDER BY at DESC, id DESC LIMIT ?{}", params.len());
        self.rows(&sql, &params, line)
    }

    /// Lines of a customer and of what hangs on it, of these kinds, newest first, from behind `after`.
    pub fn history_page(
        &mut self,
        customer: Id,
        kinds: &[Kind],
        after: Option<(Millis, Id)>,
        limit: usize,
    ) -> Result<Vec<ChangeLine>> {
        let mut params = Vec::new();
        let mut sources = Vec::new();
        for kind in kinds {
            params.push(customer.to_cell());
            let column = if *kind == Kind::Customers { "id" } else { "customer_id" };
            sources.push(format!("SELECT id FROM {} WHERE {{org_is}}{column} = ?{}", kind.text(), params.len()));
        }
        let mut behind = String::new();
        if let Some((at, id)) = &after {
            behind = format!(" AND (at, id) < (?{}, ?{})", params.len() + 1, params.len() + 2);
            params.extend([at.to_cell(), id.to_cell()]);
        }
        params.push(Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX)));
        let sql = format!(
            "SELECT {LINE} FROM changes WHERE {{org_is}}record_id IN ({}){behind} ORDER BY at DESC, id DESC LIMIT ?{}",
            sources.join(" UNION ALL "),
            params.len(),
        );
        self.rows(&sql, &params, line)
    }
}

/// The columns that [`line`] reads.
const LINE: &str = "id, kind, record_id, unit, before, after, by_user, at, mutation_id, overridden, lost_by";

fn line(row: &dyn Row) -> Result<ChangeLine> {
    Ok(ChangeLine {
        id: read(row, 0)?,
        kind: Kind::parse(&read::<String>(row, 1)?),
        record_id: read(row, 2)?,
        unit: read(row, 3)?,
        before: value(&read::<String>(row, 4)?)?,
        after: value(&read::<String>(row, 5)?)?,
        by: read(row, 6)?,
        at: read(row, 7)?,
        mutation_id: read(row, 8)?,
        overridden: read(row, 9)?,
        lost_by: read(row, 10)?,
    })
}

fn text(value: &Value) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

fn value(text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(Error::internal)
}
