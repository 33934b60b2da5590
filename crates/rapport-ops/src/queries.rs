//! What the interfaces read: lists, one record with what lies under it, a customer's page, search.

use crate::today::Today;
use rapport_model::text::words;
use rapport_model::{BoxedRecord, Card, Code, Contact, Customer, Error, Id, Kind, Millis, Org, Record, Result, Team, User};
use rapport_store::Tx;
use rapport_store::list::{PAGE_ROWS_MAX, Query};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// `records.list`.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListArgs {
    pub kind: String,
    #[serde(default)]
    pub filter: Map<String, Value>,
    #[serde(default)]
    pub sort: String,
    #[serde(default)]
    pub cursor: Option<String>,
    #[serde(default)]
    pub limit: Option<usize>,
    #[serde(default)]
    pub customer_id: Option<Id>,
}

pub fn kind_of(text: &str) -> Result<Kind> {
    Kind::parse(text).ok_or_else(|| Error::field(Code::InvalidValue, "kind", format!("There is no record type \"{text}\".")))
}

/// A page of records, each with whether it waits to be sent.
pub fn list(tx: &mut Tx<'_>, mut args: ListArgs, now: Millis) -> Result<Value> {
    let today = Today::of(tx, now)?;
    let kind = kind_of(&args.kind)?;
    let take = |filter: &mut Map<String, Value>, name: &str| filter.shift_remove(name);
    let text = take(&mut args.filter, "q").and_then(|q| q.as_str().map(str::to_owned)).filter(|q| !q.trim().is_empty());
    let include_inactive = take(&mut args.filter, "includeInactive") == Some(Value::Bool(true));
    let trashed = take(&mut args.filter, "trashed") == Some(Value::Bool(true));
    if let Some(customer) = args.customer_id {
        args.filter.insert("customerId".into(), Value::String(customer.to_string()));
    }
    if let Some(text) = text {
        return searched(tx, kind, &text, args.limit.unwrap_or(100), &args.filter, today);
    }
    let query = Query {
        filter: args.filter,
        sort: args.sort,
        cursor: args.cursor,
        limit: args.limit.unwrap_or(100),
        include_inactive,
        trashed,
        ..Query::default()
    };
    let page = tx.list(kind, &today.query(query))?;
    let records: Vec<&dyn Record> = page.items.iter().map(AsRef::as_ref).collect();
    Ok(object([("items", listed(tx, kind, &records, today)?), ("next", page.next.into()), ("total", page.total.into())]))
}

/// Rows of a search that are read at a time.
const FOUND_PART_ROWS: usize = 50;

fn searched(tx: &mut Tx<'_>, kind: Kind, text: &str, limit: usize, filter: &Map<String, Value>, today: Today) -> Result<Value> {
    let records = found(tx, kind, text, limit, filter)?;
    let page: Vec<&dyn Record> = records.iter().map(AsRef::as_ref).collect();
    Ok(object([("items", listed(tx, kind, &page, today)?), ("next", Value::Null), ("total", page.len().into())]))
}

/// The records that a search finds and that meet the filter.
pub(crate) fn found(
    tx: &mut Tx<'_>,
    kind: Kind,
    text: &str,
    limit: usize,
    filter: &Map<String, Value>,
) -> Result<Vec<BoxedRecord>> {
    if kind != Kind::Customers {
        return Err(Error::field(Code::InvalidValue, "filter.q", "Only customers can be searched by words."));
    }
    let ids = tx.search_customers(text, PAGE_ROWS_MAX, None)?;
    let fits = |record: &dyn Record| {
        filter.iter().all(|(name, wanted)| {
            let value = kind.index_of(name).map(|index| record.get(index)).unwrap_or_default();
            match wanted {
                Value::Array(any) if any.is_empty() => true,
                Value::Array(any) => any.contains(&value),
                one => *one == value,
            }
        })
    };
    let limit = limit.clamp(1, PAGE_ROWS_MAX);
    let mut records = Vec::with_capacity(limit);
    // No more rows are read than are shown.
    for part in ids.chunks(FOUND_PART_ROWS) {
        let mut found = tx.find_many(kind, part)?;
        records.extend(part.iter().filter_map(|id| found.remove(id)).filter(|r| fits(r.as_ref())));
        if records.len() >= limit {
            records.truncate(limit);
            break;
        }
    }
    Ok(records)
}

/// An object of values that are moved into it; `json!` would copy them.
pub(crate) fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

pub(crate) fn listed(tx: &mut Tx<'_>, kind: Kind, records: &[&dyn Record], today: Today) -> Result<Value> {
    let ids: Vec<Id> = records.iter().map(|r| r.meta().id).collect();
    let waiting = tx.waiting_among(kind, &ids)?;
    let with_waiting = |record: &&dyn Record| {
        let mut json = today.json(*record);
        json["waiting"] = waiting.contains(&record.meta().id).into();
        json
    };
    Ok(Value::Array(records.iter().map(with_waiting).collect()))
}

/// One record as a form needs it: the record, the version it was seen at, what lies under pending edits.
pub fn held(tx: &mut Tx<'_>, kind: Kind, id: Id, now: Millis) -> Result<Value> {
    let today = Today::of(tx, now)?;
    let record = tx.get(kind, id)?;
    let base = tx.base_find(kind, id)?;
    let waiting = base.is_some();
    Ok(object([
        ("record", today.json(record.as_ref())),
        ("version", record.meta().version.into()),
        ("waiting", waiting.into()),
        ("base", base.and_then(|b| b.record).into()),
    ]))
}

/// Interactions that a customer's page begins with; older ones are listed when they are asked for.
const INTERACTIONS_FIRST: usize = 100;

/// Quotes, orders and attachments that a customer's page shows at most, of each.
const BESIDE_MAX: usize = 500;

/// Everything that the page of one customer shows first, in one snapshot.
pub fn customer_page(tx: &mut Tx<'_>, id: Id, now: Millis) -> Result<Value> {
    let today = Today::of(tx, now)?;
    let customer = held(tx, Kind::Customers, id, now)?;
    let mut contacts = tx.children::<Contact>(id)?;
    contacts.retain(|c| c.meta.deleted_at.is_none());
    contacts.sort_by_key(|c| (!c.is_primary, !c.is_active, c.meta.created_at, c.meta.id));
    let contacts: Vec<&dyn Record> = contacts.iter().map(|c| c as &dyn Record).collect();
    let children = |tx: &mut Tx<'_>, kind: Kind, limit: usize| -> Result<(Value, Option<String>, Option<i64>)> {
        let filter = Map::from_iter([("customerId".to_owned(), Value::String(id.to_string()))]);
        let page = tx.list(kind, &Query { filter, limit, ..Query::default() })?;
        let records: Vec<&dyn Record> = page.items.iter().map(AsRef::as_ref).collect();
        Ok((listed(tx, kind, &records, today)?, page.next, page.total))
    };
    let (interactions, older, total) = children(tx, Kind::Interactions, INTERACTIONS_FIRST)?;
    let computed = |tx: &mut Tx<'_>, kind| Ok::<Value, Error>(tx.find(kind, id)?.map_or(Value::Null, |found| found.to_json()));
    Ok(object([
        ("customer", customer),
        ("contacts", listed(tx, Kind::Contacts, &contacts, today)?),
        ("interactions", interactions),
        ("older", older.into()),
        ("interactionsTotal", total.into()),
        ("quotes", children(tx, Kind::Quotes, BESIDE_MAX)?.0),
        ("orders", children(tx, Kind::Orders, BESIDE_MAX)?.0),
        ("attachments", children(tx, Kind::Attachments, BESIDE_MAX)?.0),
        ("value", computed(tx, Kind::CustomerValues)?),
        ("score", computed(tx, Kind::LeadScores)?),
        ("changes", json!(tx.history_of(id)?)),
    ]))
}

/// For the palette: quotes and orders whose number starts so, then customers: what they are called, and where.
pub fn search(tx: &mut Tx<'_>, text: &str, limit: usize) -> Result<Value> {
    let limit = limit.clamp(1, PAGE_ROWS_MAX);
    let mut hits = numbered(tx, text, limit.min(NUMBERS_MAX))?;
    let ids = tx.search_customers(text, limit - hits.len().min(limit), None)?;
    let mut found = tx.find_many(Kind::Customers, &ids)?;
    let (mut people, words) = (tx.contacts_of(&ids)?, words(text));
    hits.extend(ids.iter().filter_map(|id| found.remove(id)).filter_map(|record| {
        let customer = record.of::<Customer>()?;
        let id = customer.meta.id;
        let person = person_called(customer, &people.remove(&id).unwrap_or_default(), &words);
        let (title, subtitle) = (&customer.name, &customer.city);
        Some(json!({ "kind": "customers", "id": id, "customerId": id, "title": title, "person": person, "subtitle": subtitle }))
    }));
    Ok(json!({ "hits": hits }))
}

/// The one of its people by whose name a customer was found, where its own name does not tell.
fn person_called(customer: &Customer, people: &[Contact], typed: &[String]) -> Option<String> {
    let begins = |name: &[String], word: &String| name.iter().any(|part| part.starts_with(word.as_str()));
    let mut own = words(&customer.name);
    own.extend(customer.company_name.iter().flat_map(|name| words(name)));
    let rest: Vec<&String> = typed.iter().filter(|word| !begins(&own, word)).collect();
    let mut names = people.iter().map(Contact::full_name);
    names.find(|name| !rest.is_empty() && rest.iter().all(|word| begins(&words(name), word)))
}

/// Quotes and orders of one search at most, together.
const NUMBERS_MAX: usize = 5;

/// Quotes and orders whose number starts with what was typed, if that looks like the start of a number.
fn numbered(tx: &mut Tx<'_>, text: &str, limit: usize) -> Result<Vec<Value>> {
    let text = text.trim();
    let looks = text.len() >= 3 && text.contains(|c: char| c.is_ascii_digit()) && !text.contains(char::is_whitespace);
    let mut hits = Vec::new();
    if !looks {
        return Ok(hits);
    }
    for (kind, name) in [(Kind::Quotes, "quoteNumber"), (Kind::Orders, "orderNumber")] {
        let page = tx.list(kind, &Query { number: Some(text.to_owned()), limit, ..Query::default() })?;
        for record in page.items {
            let Some(customer) = rapport_model::customer_of(record.as_ref()) else { continue };
            let called = tx.find_as::<Customer>(customer)?.map(|customer| customer.name);
            let number = kind.index_of(name).map(|index| record.get(index));
            let id = record.meta().id;
            hits.push(json!({ "kind": kind, "id": id, "customerId": customer, "title": number, "subtitle": called }));
        }
    }
    hits.truncate(limit);
    Ok(hits)
}

/// Who we are: the people of the org, and how many customers there are.
pub fn overview(tx: &mut Tx<'_>, me: Id) -> Result<Value> {
    let users = tx.all::<User>()?;
    let orgs = tx.all::<Org>()?;
    let customers = tx.list(Kind::Customers, &Query { limit: 1, ..Query::default() })?.total;
    Ok(json!({
        "me": users.iter().find(|u| u.meta.id == me),
        "users": users,
        "teams": tx.all::<Team>()?,
        "org": orgs.first(),
        "counts": { "customers": customers },
    }))
}

/// Cards that wait for a decision, newest first.
pub fn cards(tx: &mut Tx<'_>, me: Id) -> Result<Value> {
    let mut cards = tx.all::<Card>()?;
    cards.retain(|card| card.user_id == me && card.resolved_at.is_none());
    cards.sort_by_key(|card| std::cmp::Reverse((card.at, card.meta.id)));
    Ok(json!({ "items": cards }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_named_where_the_customer_is_not_called_so() {
        let of = |name: &str, company: Option<&str>| Customer {
            name: name.into(),
            company_name: company.map(str::to_owned),
            ..Customer::default()
        };
        let person = |first: &str, last: &str| Contact { first_name: first.into(), last_name: last.into(), ..Contact::default() };
        let people = [person("Anna", "Weber"), person("Jörg", "Anders")];
        let called = |customer: &Customer, typed: &str| person_called(customer, &people, &words(typed));
        let acme = of("Acme", None);
        assert_eq!(called(&acme, "web").as_deref(), Some("Anna Weber"));
        assert_eq!(called(&acme, "acme jorg").as_deref(), Some("Jörg Anders"));
        assert_eq!(called(&acme, "an we").as_deref(), Some("Anna Weber"));
        assert_eq!(called(&acme, "acme"), None);
        assert_eq!(called(&acme, "stuttgart"), None);
        assert_eq!(called(&of("Acme", Some("Weber Holding")), "web"), None);
    }
}
