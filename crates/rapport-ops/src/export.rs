//! Export of a view: every record that it lists, as CSV, Excel workbook, vCard 4.0 or JSON. What customers are exported as is what an
//! import takes back.

mod tables;
mod vcard;
mod workbook;

use crate::commands::Ctx;
use crate::queries::kind_of;
use crate::today::Today;
use rapport_model::{Code, Contact, Customer, Error, Id, Kind, Record, Result, User};
use rapport_store::Tx;
use rapport_store::list::{PAGE_ROWS_MAX, Query};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Rows of one export at most.
pub const ROWS_MAX: usize = 200_000;

/// What to export.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Wanted {
    pub kind: String,
    #[serde(default)]
    pub filter: Map<String, Value>,
    #[serde(default)]
    pub sort: String,
    pub format: Form,
}

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    Csv,
    Xlsx,
    Vcard,
    Json,
}

/// A written export.
pub struct Written {
    pub bytes: Vec<u8>,
    pub rows: usize,
}

/// A customer with its people, the primary one first.
struct Family {
    customer: Customer,
    contacts: Vec<Contact>,
}

/// Writes an export.
pub fn write(ctx: &Ctx, wanted: Wanted) -> Result<Written> {
    let kind = kind_of(&wanted.kind)?;
    let form = wanted.format;
    if form == Form::Vcard && kind != Kind::Customers {
        return Err(Error::field(Code::InvalidValue, "format", "Only customers can be written as vCards. Choose a table."));
    }
    let now = ctx.source.now();
    ctx.store.read(move |tx| {
        let today = Today::of(tx, now)?;
        let records = all(tx, kind, wanted, today)?;
        let owners: HashMap<Id, String> = tx
            .all::<User>()?
            .into_iter()
            .map(|user| (user.meta.id, if user.email.is_empty() { user.name } else { user.email }))
            .collect();
        let rows = records.len();
        let bytes = match (form, kind) {
            (Form::Json, _) => json_of(tx, kind, records, today)?,
            (Form::Vcard, _) => vcard::write(&families(tx, records)?),
            (_, Kind::Customers) => tables::customers(form, &families(tx, records)?, &owners)?,
            _ => tables::plain(form, tx, kind, &records, today, &owners)?,
        };
        Ok(Written { bytes, rows })
    })
}

/// Everything that a view lists, page by page in one snapshot.
fn all(tx: &mut Tx<'_>, kind: Kind, wanted: Wanted, today: Today) -> Result<Vec<rapport_model::BoxedRecord>> {
    let mut filter = wanted.filter;
    let mut flag = |name: &str| filter.shift_remove(name) == Some(Value::Bool(true));
    let (include_inactive, trashed) = (flag("includeInactive"), flag("trashed"));
    let text = filter.shift_remove("q").and_then(|q| q.as_str().map(str::to_owned)).filter(|q| !q.trim().is_empty());
    if let Some(text) = text {
        return crate::queries::found(tx, kind, &text, PAGE_ROWS_MAX, &filter);
    }
    let mut out = Vec::new();
    let mut cursor = None;
    loop {
        let query = Query {
            filter: filter.clone(),
            sort: wanted.sort.clone(),
            cursor,
            limit: PAGE_ROWS_MAX,
            include_inactive,
            trashed,
            ..Query::default()
        };
        let page = tx.list(kind, &today.query(query))?;
        out.extend(page.items);
        if out.len() > ROWS_MAX {
            let message = format!("This view has more than {ROWS_MAX} rows. Narrow it down and export the parts.");
            return Err(Error::new(Code::TooLarge, message));
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(out);
        }
    }
}

/// From so many customers on their people are read in one go.
const MANY: usize = 200;

fn families(tx: &mut Tx<'_>, records: Vec<rapport_model::BoxedRecord>) -> Result<Vec<Family>> {
    let many = records.len() >= MANY;
    let mut all = if many { everybody(tx)? } else { HashMap::new() };
    let mut out = Vec::with_capacity(records.len());
    for record in records {
        let Some(customer) = record.of::<Customer>().cloned() else { continue };
        let contacts = match many {
            true => in_order(all.remove(&customer.meta.id).unwrap_or_default()),
            false => people(tx, customer.meta.id)?,
        };
        out.push(Family { contacts, customer });
    }
    Ok(out)
}

/// The people of all customers.
fn everybody(tx: &mut Tx<'_>) -> Result<HashMap<Id, Vec<Contact>>> {
    let (mut all, mut after) = (HashMap::<Id, Vec<Contact>>::new(), Id::NIL);
    loop {
        let page = tx.records_after(Kind::Contacts, after, PAGE_ROWS_MAX)?;
        let Some(last) = page.last() else { return Ok(all) };
        after = last.meta().id;
        for contact in page.iter().filter_map(|record| record.of::<Contact>()) {
            all.entry(contact.customer_id).or_default().push(contact.clone());
        }
    }
}

fn people(tx: &mut Tx<'_>, customer: Id) -> Result<Vec<Contact>> {
    Ok(in_order(tx.children::<Contact>(customer)?))
}

/// Who is there, the primary one first.
fn in_order(mut contacts: Vec<Contact>) -> Vec<Contact> {
    contacts.retain(|contact| contact.meta.deleted_at.is_none());
    contacts.sort_by_key(|contact| (!contact.is_primary, contact.meta.created_at, contact.meta.id));
    contacts
}

/// Records as the API says them; customers with their contacts.
fn json_of(tx: &mut Tx<'_>, kind: Kind, records: Vec<rapport_model::BoxedRecord>, today: Today) -> Result<Vec<u8>> {
    let out: Vec<Value> = if kind == Kind::Customers {
        let family = |family: Family| {
            let mut json = today.json(&family.customer);
            json["contacts"] = family.contacts.iter().map(|contact| (contact as &dyn Record).to_json()).collect();
            json
        };
        families(tx, records)?.into_iter().map(family).collect()
    } else {
        records.iter().map(|record| today.json(record.as_ref())).collect()
    };
    serde_json::to_vec_pretty(&json!({ "kind": kind, "records": out })).map_err(Error::internal)
}

/// A cell that no spreadsheet takes for a formula: one that could be one gets an apostrophe in front, which our import takes
/// off again. Numbers, phone numbers among them, can do no harm and stay as they are.
pub(crate) fn safe(cell: &str) -> std::borrow::Cow<'_, str> {
    let risky = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let number = cell.chars().all(|c| c.is_ascii_digit() || " +-()/.,".contains(c)) && !cell.starts_with('=');
    // An apostrophe that is there already must not be taken for ours.
    let quoted = cell.strip_prefix('\'').is_some_and(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']));
    if (risky && !number) || quoted { format!("'{cell}").into() } else { cell.into() }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn formulas_are_texts_and_numbers_stay() {
        for cell in ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "\tx", "=", "'=x"] {
            assert!(safe(cell).starts_with('\''), "{cell}");
        }
        for cell in ["+49 (711) 218-40", "-12.5", "a=b", "O'Rourke", "", "'s-Hertogenbosch"] {
            assert_eq!(safe(cell), cell);
        }
    }
}
