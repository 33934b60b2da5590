//! Keeps the derived fields of customers, and what they are found by, in step with their children.

use crate::alike::{Called, Rank};
use crate::list::Where;
use crate::scope;
use crate::sql;
use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::derive::{ChildFacts, SEARCH_TEXT_VERSION, SearchText, derive_customer, follow_up_subject, search_text};
use rapport_model::interaction::CONTACT_TYPES;
use rapport_model::record::read_record;
use rapport_model::time::AHEAD_MS;
use rapport_model::{Cell, Column, Contact, Customer, Day, Id, Kind, Millis, Record, Result, Sight};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Where a device keeps the version of its search text.
pub(crate) const SEARCH_TEXT: &str = "searchText";
/// Customers that are indexed again in one transaction.
const SEARCH_AGAIN_ROWS: i64 = 200;

/// Customers whose children are read together.
const PART_CUSTOMERS: usize = 500;

/// A customer with its computed fields, and its contacts that count.
pub struct Derived {
    customer: Customer,
    contacts: Vec<Contact>,
}

impl Derived {
    /// One that is just being made, with contacts and nothing else that hangs on it.
    pub fn new(mut customer: Customer, mut contacts: Vec<Contact>) -> Derived {
        contacts.retain(Contact::counts);
        contacts.sort_by_key(|contact| (contact.meta.created_at, contact.meta.id));
        derive_customer(&mut customer, &ChildFacts { primary: primary(&contacts), ..ChildFacts::default() });
        Derived { customer, contacts }
    }

    pub fn customer(&self) -> &Customer {
        &self.customer
    }

    /// What it is found by; trashed ones are not found.
    fn text(&self) -> Option<SearchText> {
        self.customer.meta.deleted_at.is_none().then(|| search_text(&self.customer, &self.contacts))
    }

    /// What it is called; trashed ones are not found.
    fn called(&self) -> Option<Vec<Called>> {
        self.customer.meta.deleted_at.is_none().then(|| called(&self.customer, &self.contacts))
    }
}

/// The JSON names of the fields that differ.
fn differing(before: &Customer, after: &Customer) -> Vec<&'static str> {
    let fields = Kind::Customers.fields().iter().enumerate();
    fields.filter(|(index, _)| before.get(*index) != after.get(*index)).map(|(_, field)| field.json).collect()
}

impl Tx<'_> {
    /// Recomputes the derived fields of these customers and their search text, in this transaction. Returns those that
    /// moved.
    pub fn refresh_customers(&mut self, customers: &[Id], now: Millis) -> Result<Vec<Id>> {
        let mut moved = Vec::new();
        let customers: Vec<Id> = customers.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let mut texts = Vec::with_capacity(customers.len());
        let mut named = Vec::new();
        let names_wanted = self.names_wanted();
        for part in customers.chunks(PART_CUSTOMERS) {
            self.derive(part, now, |before, derived| {
                let id = before.meta.id;
                if before != derived.customer() {
                    moved.push(id);
                }
                texts.push((id, derived.text()));
                if names_wanted {
                    named.push((id, derived.called()));
                }
            })?;
        }
        self.raw().search_put_many(&texts)?;
        named.into_iter().for_each(|one| self.note_name(|| one));
        Ok(moved)
    }

    /// Makes customers that were just written findable for the first time.
    pub fn introduce(&mut self, made: &[Derived]) -> Result<()> {
        let texts: Vec<_> = made.iter().map(|one| (one.customer.meta.id, one.text())).collect();
        made.iter().for_each(|one| self.note_name(|| (one.customer.meta.id, one.called())));
        self.raw().search_put_first(&texts)
    }

    /// Puts the derived fields and figures of these customers right. Each is handed over, whether it changed or not.
    fn derive(&mut self, part: &[Id], now: Millis, mut each: impl FnMut(&Customer, &Derived)) -> Result<()> {
        let mut facts = self.child_facts(part, now)?;
        let mut contacts = self.contacts_of(part)?;
        let mut worth = self.refresh_values(part, now)?;
        let mut found = self.find_many(Kind::Customers, part)?;
        for &id in part {
            let record = found.remove(&id);
            let Some(before) = record.as_ref().and_then(|record| record.of::<Customer>()) else { continue };
            let contacts = contacts.remove(&id).unwrap_or_default();
            let (primary, worth) = (primary(&contacts), worth.remove(&id));
            let facts = ChildFacts { primary, worth, ..facts.remove(&id).unwrap_or_default() };
            let mut customer = before.clone();
            if derive_customer(&mut customer, &facts) {
                self.put_over(before, &customer)?;
            }
            each(before, &Derived { customer, contacts });
        }
        Ok(())
    }

    /// Server: compares what is stored of these customers with what their records say. Returns the JSON names of what differed;
    /// it is right now.
    pub fn recheck_customers(&mut self, customers: &[Id], now: Millis) -> Result<BTreeMap<Id, Vec<&'static str>>> {
        let mut out: BTreeMap<Id, Vec<&'static str>> = BTreeMap::new();
        let mut texts = Vec::new();
        let figures = self.find_many(Kind::CustomerValues, customers)?;
        self.derive(customers, now, |before, derived| {
            let names = differing(before, derived.customer());
            if !names.is_empty() {
                texts.push((before.meta.id, derived.text()));
                out.insert(before.meta.id, names);
            }
        })?;
        for (id, now) in self.find_many(Kind::CustomerValues, customers)? {
            if figures.get(&id).is_none_or(|before| before.to_json() != now.to_json()) {
                out.entry(id).or_default().push("customerValue");
            }
        }
        self.raw().search_put_many(&texts)?;
        Ok(out)
    }

    /// Device: whether the search text of this store was made by an earlier version.
    pub fn search_is_old(&mut self) -> Result<bool> {
        Ok(self.progress::<i64>(SEARCH_TEXT)? != Some(SEARCH_TEXT_VERSION))
    }

    /// Device: makes the search text of the customers behind `after` anew, a part of them; `None` = all are done.
    pub fn search_again(&mut self, after: Option<Id>, now: Millis) -> Result<Option<Id>> {
        let statement = "SELECT id FROM customers WHERE {org_is}id > ?1 ORDER BY id LIMIT ?2";
        let params = [after.unwrap_or(Id::NIL).to_cell().into_owned(), Cell::Int(SEARCH_AGAIN_ROWS)];
        let part = self.rows(statement, &params, |row| read::<Id>(row, 0))?;
        self.refresh_customers(&part, now)?;
        if part.is_empty() {
            self.set_progress(SEARCH_TEXT, &SEARCH_TEXT_VERSION)?;
        }
        Ok(part.last().copied())
    }

    /// Takes a customer that is no more out of the search.
    pub fn drop_search(&mut self, customer: Id) -> Result<()> {
        self.note_name(|| (customer, None));
        self.raw().search_put_many(&[(customer, None)])
    }

    /// The contacts of these customers that count, in order of creation.
    pub fn contacts_of(&mut self, customers: &[Id]) -> Result<HashMap<Id, Vec<Contact>>> {
        let statement = format!(
            "SELECT {} FROM contacts WHERE {{org_is}}customer_id = ?1 ORDER BY created_at, id",
            sql::of(Kind::Contacts).columns
        );
        let mut out: HashMap<Id, Vec<Contact>> = HashMap::with_capacity(customers.len());
        self.raw().get_many(&statement, customers, &mut |row| {
            let contact: Contact = read_record(row, 0)?;
            if contact.counts() {
                out.entry(contact.customer_id).or_default().push(contact);
            }
            Ok(())
        })?;
        Ok(out)
    }

    /// What the interactions of these customers say.
    fn child_facts(&mut self, customers: &[Id], now: Millis) -> Result<HashMap<Id, ChildFacts>> {
        let mut out: HashMap<Id, ChildFacts> = HashMap::with_capacity(customers.len());
        // Types are words of the declaration, so they may stand in the text. The instant may not: every save would be planned anew.
        let types = CONTACT_TYPES.iter().map(|t| format!("'{}'", t.text())).collect::<Vec<_>>().join(", ");
        let latest = format!(
            "SELECT interaction_date FROM interactions WHERE {{org_is}}customer_id = ?1 AND interaction_date <= ?2 \
             AND type IN ({types}) AND deleted_at IS NULL ORDER BY interaction_date DESC LIMIT 1"
        );
        for customer in customers {
            let params = [customer.to_cell(), Cell::Int(now.0 + AHEAD_MS)];
            let at = self.first(&latest, &params, |row| read::<Millis>(row, 0))?;
            out.entry(*customer).or_default().latest_contact = at;
        }
        let next = "SELECT customer_id, follow_up_date, subject, follow_up_notes FROM interactions \
                    WHERE {org_is}customer_id = ?1 AND follow_up_date IS NOT NULL AND follow_up_done_at IS NULL \
                    AND deleted_at IS NULL ORDER BY follow_up_date, id LIMIT 1";
        self.raw().get_many(next, customers, &mut |row| {
            let (subject, notes): (String, Option<String>) = (read(row, 2)?, read(row, 3)?);
            let about = follow_up_subject(&subject, notes.as_deref());
            out.entry(read(row, 0)?).or_default().next_follow_up = Some((Day::of(read(row, 1)?), about));
            Ok(())
        })?;
        Ok(out)
    }

    /// Customers that the actor sees in which every word of `query` starts a word (of few rows every telling one), or whose numbers start with its digits;
    /// those whose name starts with the query first.
    pub fn search_customers(&mut self, query: &str, limit: usize, sight: Option<&Sight>) -> Result<Vec<Id>> {
        let key = rapport_model::text::sort_key(query);
        let mut found = Vec::new();
        if let (false, Some(end)) = (key.is_empty(), rapport_model::text::prefix_end(&key)) {
            let mut filter = Where::default();
            filter.and("name_sort >= ? AND name_sort < ?", vec![key.to_cell().into_owned(), end.to_cell().into_owned()]);
            filter.and("deleted_at IS NULL", vec![]);
            if let Some((text, params)) = sight.and_then(|sight| scope::customers(sight, "{late}")) {
                filter.and(&text, params);
            }
            let Where { text, mut params } = filter;
            params.push(Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX)));
            let last = params.len();
            let statement = format!("SELECT id FROM customers WHERE {{org_is}}{text} ORDER BY name_sort, id LIMIT ?{last}");
            found = self.rows(&statement, &params, |row| read::<Id>(row, 0))?;
        }
        let all = rapport_model::text::words(query);
        let all = if limit <= FEW { telling(all) } else { all };
        // Words hold tags as well, which a brand user never sees.
        let words_too = sight.is_none_or(|sight| !sight.hides(rapport_model::Facet::Private));
        if found.len() < limit && words_too {
            let numeric = query.chars().all(|c| c.is_ascii_digit() || " +-()/.".contains(c));
            let digits = if numeric { rapport_model::text::digits(query) } else { String::new() };
            let mut filter = Where::default();
            if let Some((text, params)) = sight.and_then(|sight| scope::customers(sight, "c.")) {
                filter.and(&text, params);
            }
            let more = self.raw().search(&all, &digits, &filter.text, &filter.params, limit)?;
            let seen: std::collections::HashSet<Id> = found.iter().copied().collect();
            found.extend(more.into_iter().filter(|id| !seen.contains(id)));
            found.truncate(limit);
        }
        if sight.is_none() && found.len() < limit.min(NEARLY_ROWS) {
            let more = self.called_nearly(query, NEARLY_ROWS);
            found.extend(
                more.into_iter().filter(|id| !found.contains(id)).take(limit.min(NEARLY_ROWS) - found.len()).collect::<Vec<_>>(),
            );
        }
        Ok(found)
    }

    /// Hands over what every customer that is not trashed is called.
    pub(crate) fn each_called(&mut self, each: &mut dyn FnMut(Id, &[Called])) -> Result<()> {
        let mut people: HashMap<Id, Vec<Called>> = HashMap::new();
        let statement = "SELECT customer_id, first_name, last_name, email FROM contacts \
                         WHERE {org_is}deleted_at IS NULL AND is_active = 1";
        self.raw().query(statement, &[], &mut |row| {
            let (first, last): (String, String) = (read(row, 1)?, read(row, 2)?);
            let list = people.entry(read(row, 0)?).or_default();
            list.extend(named_so(Rank::Person, Some(format!("{first} {last}"))));
            list.extend(named_so(Rank::Mail, read(row, 3)?));
            Ok(())
        })?;
        let statement = "SELECT id, name, company_name, email FROM customers WHERE {org_is}deleted_at IS NULL";
        self.raw().query(statement, &[], &mut |row| {
            let id: Id = read(row, 0)?;
            let own = [(Rank::Name, 1), (Rank::Company, 2), (Rank::Mail, 3)];
            let mut called = Vec::with_capacity(4);
            for (rank, at) in own {
                called.extend(named_so(rank, read(row, at)?));
            }
            called.extend(people.remove(&id).unwrap_or_default());
            each(id, &called);
            Ok(())
        })
    }
}

/// Rows that are found by nearly what was typed: they fill a short list up, and no more.
const NEARLY_ROWS: usize = 10;

/// Rows of a list that somebody picks one from; a longer one is taken by its word.
const FEW: usize = 20;

/// Words without single letters of ours, which begin half of all words and tell little: initials, "S.r.l.". One that is being typed stays.
fn telling(mut words: Vec<String>) -> Vec<String> {
    let single = |word: &String| matches!(word.as_bytes(), [letter] if letter.is_ascii_alphabetic());
    let singles = words.iter().filter(|word| single(word)).count();
    let typed = singles == 1 && words.last().is_some_and(single);
    if singles < words.len() && !typed {
        words.retain(|word| !single(word));
    }
    words
}

fn named_so(rank: Rank, text: Option<String>) -> Option<Called> {
    text.filter(|text| !text.trim().is_empty()).map(|text| Called { rank, text })
}

/// What a customer is called, and its people. [`Tx::each_called`] says the same of all.
fn called(customer: &Customer, contacts: &[Contact]) -> Vec<Called> {
    let own = [
        (Rank::Name, Some(customer.name.clone())),
        (Rank::Company, customer.company_name.clone()),
        (Rank::Mail, customer.email.clone()),
    ];
    let people = contacts.iter().flat_map(|c| [(Rank::Person, Some(c.full_name())), (Rank::Mail, c.email.clone())]);
    own.into_iter().chain(people).filter_map(|(rank, text)| named_so(rank, text)).collect()
}

/// The contact marked primary; of several the one that was written last.
fn primary(contacts: &[Contact]) -> Option<Id> {
    let marked = contacts.iter().filter(|contact| contact.is_primary);
    marked.max_by_key(|contact| (contact.meta.updated_at, contact.meta.id)).map(|contact| contact.meta.id)
}
