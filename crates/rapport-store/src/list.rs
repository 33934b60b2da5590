//! Lists in pages by keyset: stable while rows come and go, and as fast on page 1,000 as on page 1.

use crate::scope;
use crate::sql;
use crate::store::Tx;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rapport_model::cell::read;
use rapport_model::lists::Ending;
use rapport_model::{BoxedRecord, Cell, Code, Column, Day, Error, FieldKind, Id, Kind, Result, Row, Sight};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::hash::{Hash, Hasher};

/// Rows of one page at most.
pub const PAGE_ROWS_MAX: usize = 500;

/// What to list, in which order, from where.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Field (JSON name) and the value it must have; a list of values means any of them.
    pub filter: Map<String, Value>,
    /// A sort name; `-` in front turns it round. Empty = the kind's own.
    pub sort: String,
    pub cursor: Option<String>,
    pub limit: usize,
    /// Customers that are not in daily use, too.
    pub include_inactive: bool,
    /// Trashed records only.
    pub trashed: bool,
    /// Only what the server accepted after this version.
    pub changed_since: Option<i64>,
    /// Only what the server accepted with this version or later.
    pub accepted_since: Option<i64>,
    /// The organisation's day, so that a filter on a state that ends by itself means how it reads today.
    pub today: Option<Day>,
    /// Only what its number starts with.
    pub number: Option<String>,
    /// Only what this actor sees; `None` = everything that is here.
    pub sight: Option<Sight>,
    /// Customers with their primary contacts.
    pub with_primaries: bool,
    /// Only what hangs on customers of this owner.
    pub of_owner: Option<Id>,
}

pub struct Page<T = BoxedRecord> {
    pub items: Vec<T>,
    pub next: Option<String>,
    /// Rows of the whole list; counted with the first page only.
    pub total: Option<i64>,
}

/// The names that a kind is sorted by.
pub fn sorts(kind: Kind) -> impl Iterator<Item = &'static str> {
    kind.lists().sorts.iter().map(|sort| sort.name)
}

#[derive(Serialize, Deserialize)]
struct Place {
    sort: String,
    key: Value,
    id: Id,
}

/// A sort: its name, and the key expression, never NULL; rows without a value come last in the direction people use.
struct Sort {
    name: String,
    expression: String,
    descending: bool,
}

impl Sort {
    /// SQLite looks a pair up in an index of columns, but only a single value in the index of an expression: there the key is
    /// asked for once more alone.
    fn is_computed(&self) -> bool {
        self.expression.contains('(')
    }
}

fn sort_of(kind: Kind, asked: &str) -> Result<Sort> {
    let asked = if asked.is_empty() { kind.lists().own_sort } else { asked };
    let (name, descending) = asked.strip_prefix('-').map_or((asked, false), |name| (name, true));
    let Some(known) = kind.lists().sorts.iter().find(|sort| sort.name == name) else {
        let names: Vec<&str> = sorts(kind).collect();
        return Err(Error::field(
            Code::InvalidValue,
            "sort",
            format!("Sort by one of {}, with - in front to turn it round.", names.join(", ")),
        ));
    };
    let column = column_of(kind, known.field)?;
    let expression = known.absent.map_or_else(|| column.to_owned(), |absent| format!("COALESCE({column}, {absent})"));
    Ok(Sort { name: format!("{}{name}", if descending { "-" } else { "" }), expression, descending })
}

/// The column of a field by its JSON name.
fn column_of(kind: Kind, json: &str) -> Result<&'static str> {
    match json {
        "createdAt" => Ok("created_at"),
        "updatedAt" => Ok("updated_at"),
        _ => kind.field(json).map(|field| field.name).ok_or_else(|| Error::internal(format_args!("{json} of {}", kind.text()))),
    }
}

/// Columns that every order's index of the customers carries; filters on them pass rows over there.
const CARRIED: &[&str] = &["is_active", "status", "assigned_to"];

/// Rows of a list that are sooner looked up and sorted than passed over for in the order's index.
const FEW_ROWS: i64 = 500;

/// A condition under construction: its text, and its parameters in order.
#[derive(Default)]
pub(crate) struct Where {
    pub text: String,
    pub params: Vec<Cell<'static>>,
}

impl Where {
    /// Adds a condition in which each `?` is the next parameter.
    pub(crate) fn and(&mut self, condition: &str, params: Vec<Cell<'static>>) {
        let mut params = params.into_iter();
        if !self.text.is_empty() {
            self.text.push_str(" AND ");
        }
        for c in condition.chars() {
            self.text.push(c);
            if c == '?'
                && let Some(param) = params.next()
            {
                self.params.push(param);
                self.text.push_str(&self.params.len().to_string());
            }
        }
    }
}

impl Where {
    /// The same where no order is to be served: the index of the filters is the one to look in.
    pub(crate) fn in_no_order(&self) -> Where {
        Where { text: self.text.replace("{late}", ""), params: self.params.clone() }
    }
}

fn filter_cell(kind: Kind, name: &str, value: &Value) -> Result<Cell<'static>> {
    let bad = || Error::field(Code::InvalidValue, name, format!("\"{name}\" cannot be filtered by {value}."));
    let field = kind.field(name).ok_or_else(bad)?;
    Ok(match (field.kind, value) {
        (FieldKind::Ref(_), Value::String(text)) => text.parse::<Id>().map_err(|_| bad())?.to_cell().into_owned(),
        (FieldKind::Bool, Value::Bool(b)) => Cell::Int(i64::from(*b)),
        (FieldKind::Bool, Value::String(text)) => Cell::Int(i64::from(text.parse::<bool>().map_err(|_| bad())?)),
        (FieldKind::Choice(names), Value::String(text)) if names.contains(&text.as_str()) => Cell::Text(text.clone().into()),
        (FieldKind::Text | FieldKind::Email | FieldKind::Phone, Value::String(text)) => Cell::Text(text.clone().into()),
        _ => return Err(bad()),
    })
}

/// A field that the actor never sees is not asked for either: a filter or an order would tell what it holds.
pub fn check_asked(kind: Kind, query: &Query) -> Result<()> {
    let Some(sight) = &query.sight else { return Ok(()) };
    let sort = query.sort.trim_start_matches('-');
    let asked = query.filter.keys().map(String::as_str).chain((!sort.is_empty()).then_some(sort));
    for name in asked {
        if kind.field(name).is_some_and(|field| sight.hides_field(field)) {
            let message = format!("Your role does not see \"{name}\", so it cannot be asked for.");
            return Err(Error::field(Code::FieldNotAllowed, name, message));
        }
    }
    Ok(())
}

pub(crate) fn conditions(kind: Kind, query: &Query) -> Result<Where> {
    let mut out = Where::default();
    check_asked(kind, query)?;
    if let Some(sight) = &query.sight {
        scope::within(&mut out, sight, kind);
    }
    if query.changed_since.is_none() {
        out.and(if query.trashed { "deleted_at IS NOT NULL" } else { "deleted_at IS NULL" }, vec![]);
    }
    let hides_inactive = !query.include_inactive && !query.trashed && query.changed_since.is_none();
    if kind == Kind::Customers && hides_inactive && !query.filter.contains_key("isActive") {
        // A filter on a status shows what has that status, whatever daily use says.
        let asks_inactive = query.filter.get("status").is_some_and(|v| v.to_string().contains("inactive"));
        if !asks_inactive {
            out.and("is_active", vec![]);
        }
    }
    for (name, value) in &query.filter {
        if let (Some(ending), Some(today)) = (&kind.lists().ending, query.today)
            && ending.field == name
        {
            and_reads(&mut out, kind, ending, value, today)?;
            continue;
        }
        let column = kind.field(name).map(|f| f.name).ok_or_else(|| {
            Error::field(Code::InvalidValue, name, format!("{} have no field \"{name}\" to filter by.", kind.text()))
        })?;
        let late = if kind == Kind::Customers && CARRIED.contains(&column) { "{late}" } else { "" };
        let column = format!("{late}{column}");
        match value {
            Value::Null => out.and(&format!("{column} IS NULL"), vec![]),
            Value::Array(values) if values.is_empty() => {}
            Value::Array(values) => {
                let cells = values.iter().map(|v| filter_cell(kind, name, v)).collect::<Result<Vec<_>>>()?;
                let places = vec!["?"; cells.len()].join(", ");
                out.and(&format!("{column} IN ({places})"), cells);
            }
            one => out.and(&format!("{column} = ?"), vec![filter_cell(kind, name, one)?]),
        }
    }
    for after in query.changed_since.into_iter().chain(query.accepted_since.map(|version| version.saturating_sub(1))) {
        match kind {
            // Also those whose computed fields alone moved.
            Kind::Customers => out.and("(version > ? OR moved > ?)", vec![Cell::Int(after), Cell::Int(after)]),
            _ => out.and("version > ?", vec![Cell::Int(after)]),
        }
    }
    if let Some(owner) = &query.of_owner {
        let cell = vec![owner.to_cell().into_owned()];
        out.and("customer_id IN (SELECT id FROM customers WHERE {org_is}assigned_to = ?)", cell);
    }
    if let Some(prefix) = &query.number {
        and_number(&mut out, kind, prefix)?;
    }
    Ok(out)
}

/// Records whose state reads as one of `wanted` on the day `today`: one that lasts is over once its last day has passed.
fn and_reads(out: &mut Where, kind: Kind, ending: &Ending, wanted: &Value, today: Day) -> Result<()> {
    let wanted = match wanted {
        Value::Array(words) => words.as_slice(),
        one => std::slice::from_ref(one),
    };
    let (state, last_day) = (column_of(kind, ending.field)?, column_of(kind, ending.last_day)?);
    let (mut ways, mut params) = (Vec::new(), Vec::new());
    for word in wanted {
        let cell = filter_cell(kind, ending.field, word)?;
        let word = word.as_str().unwrap_or_default();
        if word == ending.over {
            let lasting = vec!["?"; ending.lasting.len()].join(", ");
            ways.push(format!("({state} IN ({lasting}) AND {last_day} < ?)"));
            params.extend(ending.lasting.iter().map(|state| Cell::Text((*state).into())));
            params.push(Cell::Int(today.ms()));
        } else if ending.lasting.contains(&word) {
            ways.push(format!("({state} = ? AND ({last_day} IS NULL OR {last_day} >= ?))"));
            params.extend([cell, Cell::Int(today.ms())]);
        } else {
            ways.push(format!("{state} = ?"));
            params.push(cell);
        }
    }
    if !ways.is_empty() {
        out.and(&format!("({})", ways.join(" OR ")), params);
    }
    Ok(())
}

/// Numbers are made of capitals; one that is typed small is meant all the same.
fn and_number(out: &mut Where, kind: Kind, prefix: &str) -> Result<()> {
    let number = kind.lists().number.ok_or_else(|| Error::internal(format_args!("{} have no number", kind.text())))?;
    let column = column_of(kind, number)?;
    let mut params = Vec::new();
    for prefix in [prefix.to_owned(), prefix.to_uppercase()] {
        let end = rapport_model::text::prefix_end(&prefix).unwrap_or_default();
        params.extend([Cell::Text(prefix.into()), Cell::Text(end.into())]);
    }
    out.and(&format!("(({column} >= ? AND {column} < ?) OR ({column} >= ? AND {column} < ?))"), params);
    Ok(())
}

fn key_value(cell: Cell<'_>) -> Value {
    match cell {
        Cell::Int(n) => n.into(),
        Cell::Text(text) => text.into_owned().into(),
        _ => Value::Null,
    }
}

fn key_cell(value: &Value) -> Cell<'static> {
    match value {
        Value::String(text) => Cell::Text(text.clone().into()),
        other => Cell::Int(other.as_i64().unwrap_or(0)),
    }
}

fn page_sql(kind: Kind, sort: &Sort, filter: &Where, more: bool) -> String {
    let direction = if sort.descending { "DESC" } else { "ASC" };
    let expression = &sort.expression;
    let after = filter.params.len();
    let compare = if sort.descending { "<" } else { ">" };
    let mut condition = filter.text.clone();
    if more {
        let and = if condition.is_empty() { "" } else { " AND " };
        condition.push_str(&format!("{and}({expression}, id) {compare} (?{}, ?{})", after + 1, after + 2));
        if sort.is_computed() {
            condition.push_str(&format!(" AND {expression} {compare}= ?{}", after + 3));
        }
    }
    let limit = after + if more { 3 + usize::from(sort.is_computed()) } else { 1 };
    let condition = if condition.is_empty() { "1 = 1".to_owned() } else { condition };
    format!(
        "SELECT {}, {expression} AS place FROM {} WHERE {{org_is}}{condition} ORDER BY {expression} {direction}, id {direction} LIMIT ?{limit}",
        sql::of(kind).columns,
        kind.text(),
    )
}

/// The page of customers with the columns of their primary contacts behind it.
fn with_primaries(page: &str, sort: &Sort) -> String {
    let direction = if sort.descending { "DESC" } else { "ASC" };
    let contact = &sql::of(Kind::Contacts).columns;
    let columns: Vec<String> = contact.split(", ").map(|column| format!("p.{column}")).collect();
    format!(
        "SELECT q.*, {} FROM ({page}) q LEFT JOIN (SELECT {contact} FROM contacts WHERE {{org_is}}deleted_at IS NULL) p \
         ON p.id = q.primary_contact_id ORDER BY q.place {direction}, q.id {direction}",
        columns.join(", ")
    )
}

/// A row of a list before anything is made of it.
pub struct ListRow<'a> {
    row: &'a dyn Row,
    kind: Kind,
    /// Where the columns of the primary contact begin, if there are any.
    contact_at: Option<usize>,
}

impl ListRow<'_> {
    pub fn record(&self) -> Result<BoxedRecord> {
        self.kind.read(self.row, 0)
    }

    /// The primary contact, if it was asked for and there is one.
    pub fn contact(&self) -> Result<Option<BoxedRecord>> {
        let Some(at) = self.contact_at else { return Ok(None) };
        let is_there = !matches!(self.row.cell(at + id_at(Kind::Contacts))?, Cell::Null);
        is_there.then(|| Kind::Contacts.read(self.row, at)).transpose()
    }

    /// Everything that record and contact are read from.
    pub fn hash(&self, to: &mut impl Hasher) -> Result<()> {
        self.kind.text().hash(to);
        let contact = self.contact_at.map(|at| at..at + Kind::Contacts.columns().count());
        for index in (0..self.kind.columns().count()).chain(contact.into_iter().flatten()) {
            match self.row.cell(index)? {
                Cell::Null => 0_u8.hash(to),
                Cell::Int(n) => (1_u8, n).hash(to),
                Cell::Real(n) => (2_u8, n.to_bits()).hash(to),
                Cell::Text(text) => (3_u8, text).hash(to),
                Cell::Blob(bytes) => (4_u8, bytes).hash(to),
            }
        }
        Ok(())
    }
}

/// Where a kind's rows have their id.
fn id_at(kind: Kind) -> usize {
    kind.columns().position(|column| column == "id").unwrap_or_default()
}

impl Tx<'_> {
    /// One page of a list.
    pub fn list(&mut self, kind: Kind, query: &Query) -> Result<Page> {
        self.list_with(kind, query, |row| row.record())
    }

    /// The same, made of each row by `make`.
    pub fn list_with<T>(
        &mut self,
        kind: Kind,
        query: &Query,
        mut make: impl FnMut(&ListRow<'_>) -> Result<T>,
    ) -> Result<Page<T>> {
        let sort = sort_of(kind, &query.sort)?;
        let limit = query.limit.clamp(1, PAGE_ROWS_MAX);
        let filter = conditions(kind, query)?;
        let place = query.cursor.as_deref().map(|text| parse_place(text, &sort)).transpose()?;
        let total = if place.is_none() { Some(self.count(kind, &filter)?) } else { None };
        let few = total.is_some_and(|total| total <= FEW_ROWS) && query.filter.contains_key("assignedTo");
        let filter = if few { filter.in_no_order() } else { filter };
        let statement = page_sql(kind, &sort, &filter, place.is_some());
        let mut params = filter.params;
        if let Some(place) = &place {
            params.push(key_cell(&place.key));
            params.push(place.id.to_cell().into_owned());
            if sort.is_computed() {
                params.push(key_cell(&place.key));
            }
        }
        // One row more tells whether there is a next page.
        params.push(Cell::Int(i64::try_from(limit + 1).unwrap_or(i64::MAX)));
        let key_at = kind.columns().count();
        let primaries = kind == Kind::Customers && query.with_primaries;
        let statement = if primaries { with_primaries(&statement, &sort) } else { statement };
        let (own_id, contact_at) = (id_at(kind), primaries.then_some(key_at + 1));
        let (mut items, mut last, mut more) = (Vec::new(), None, false);
        self.rows(&statement, &params, |row| {
            more = items.len() == limit;
            if !more {
                last = Some((key_value(row.cell(key_at)?), read::<Id>(row, own_id)?));
                items.push(make(&ListRow { row, kind, contact_at })?);
            }
            Ok(())
        })?;
        let next = last.filter(|_| more).map(|(key, id)| write_place(&sort, &key, id));
        Ok(Page { items, next, total })
    }

    fn count(&mut self, kind: Kind, filter: &Where) -> Result<i64> {
        let filter = filter.in_no_order();
        let condition = if filter.text.is_empty() { "1 = 1" } else { &filter.text };
        let statement = format!("SELECT COUNT(*) FROM {} WHERE {{org_is}}{condition}", kind.text());
        // Counting passes over all that the filter takes; whoever sorts the list anew or comes back to it need not wait for that again.
        let of = format!("{statement} {:?}", filter.params);
        self.recalled("count", of.as_bytes(), |tx| {
            Ok(tx.first(&statement, &filter.params, |row| read::<i64>(row, 0))?.unwrap_or(0))
        })
    }

    /// The steps that the database plans for a page; tests assert that none scans a table.
    pub fn explain_list(&mut self, kind: Kind, query: &Query) -> Result<Vec<String>> {
        let sort = sort_of(kind, &query.sort)?;
        let filter = conditions(kind, query)?;
        let statement = page_sql(kind, &sort, &filter, false);
        let statement = if query.with_primaries { with_primaries(&statement, &sort) } else { statement };
        let mut params = filter.params;
        params.push(Cell::Int(1));
        self.raw().explain(&statement, &params)
    }
}

fn write_place(sort: &Sort, key: &Value, id: Id) -> String {
    let place = Place { sort: sort.name.clone(), key: key.clone(), id };
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&place).unwrap_or_default())
}

fn parse_place(text: &str, sort: &Sort) -> Result<Place> {
    let bad =
        || Error::field(Code::InvalidValue, "cursor", "The cursor is not one that this list gave. Start from the first page.");
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| bad())?;
    let place: Place = serde_json::from_slice(&bytes).map_err(|_| bad())?;
    if place.sort == sort.name { Ok(place) } else { Err(bad()) }
}
