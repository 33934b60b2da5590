//! Keeps the derived fields of customers, and what they are found by, in step with their children.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::derive::{ChildFacts, derive_customer, follow_up_subject, search_text};
use rapport_model::interaction::CONTACT_TYPES;
use rapport_model::time::AHEAD_MS;
use rapport_model::{Cell, Column, Contact, Customer, Day, Id, Millis, Result};

impl Tx<'_> {
    /// Recomputes the derived fields of these customers and their search text, in this transaction.
    pub fn refresh_customers(&mut self, customers: &[Id], now: Millis) -> Result<()> {
        for id in customers {
            let Some(mut customer) = self.find_as::<Customer>(*id)? else { continue };
            let facts = self.child_facts(*id, now)?;
            if derive_customer(&mut customer, &facts) {
                self.put(&customer)?;
            }
            self.refresh_search(&customer)?;
        }
        Ok(())
    }

    /// Takes a customer that is no more out of the search.
    pub fn drop_search(&mut self, customer: Id) -> Result<()> {
        self.raw().search_put(customer, None)
    }

    /// Replaces what a customer is found by; trashed ones are not found.
    pub fn refresh_search(&mut self, customer: &Customer) -> Result<()> {
        let id = customer.meta.id;
        if customer.meta.deleted_at.is_some() {
            return self.raw().search_put(id, None);
        }
        let mut contacts = self.children::<Contact>(id)?;
        contacts.retain(Contact::counts);
        self.raw().search_put(id, Some(&search_text(customer, &contacts)))
    }

    fn child_facts(&mut self, customer: Id, now: Millis) -> Result<ChildFacts> {
        // Types are words of the declaration, so they may stand in the text.
        let types = CONTACT_TYPES.iter().map(|t| format!("'{}'", t.text())).collect::<Vec<_>>().join(", ");
        let latest = format!(
            "SELECT interaction_date FROM interactions WHERE {{org_is}}customer_id = ?1 AND interaction_date <= ?2 \
             AND type IN ({types}) AND deleted_at IS NULL ORDER BY interaction_date DESC LIMIT 1"
        );
        let until = Cell::Int(now.0 + AHEAD_MS);
        let latest_contact = self.first(&latest, &[customer.to_cell(), until], |row| read::<Millis>(row, 0))?;
        let next = "SELECT follow_up_date, subject, follow_up_notes FROM interactions WHERE {org_is}customer_id = ?1 \
                    AND follow_up_date IS NOT NULL AND follow_up_done_at IS NULL AND deleted_at IS NULL \
                    ORDER BY follow_up_date, id LIMIT 1";
        let next_follow_up = self.first(next, &[customer.to_cell()], |row| {
            let notes: Option<String> = read(row, 2)?;
            Ok((read::<Day>(row, 0)?, follow_up_subject(&read::<String>(row, 1)?, notes.as_deref())))
        })?;
        let primary = "SELECT id FROM contacts WHERE {org_is}customer_id = ?1 AND is_primary AND is_active AND deleted_at IS NULL \
                       ORDER BY updated_at DESC, id DESC LIMIT 1";
        let primary = self.first(primary, &[customer.to_cell()], |row| read::<Id>(row, 0))?;
        Ok(ChildFacts { latest_contact, next_follow_up, primary })
    }

    /// Customers in which every word of `query` starts a word, or whose numbers start with its digits; those whose name
    /// starts with the query first.
    pub fn search_customers(&mut self, query: &str, limit: usize) -> Result<Vec<Id>> {
        let key = rapport_model::text::sort_key(query);
        let mut found = Vec::new();
        if let (false, Some(end)) = (key.is_empty(), rapport_model::text::prefix_end(&key)) {
            let statement = "SELECT id FROM customers WHERE {org_is}name_sort >= ?1 AND name_sort < ?2 AND deleted_at IS NULL \
                             ORDER BY name_sort, id LIMIT ?3";
            let params = [key.to_cell(), end.to_cell(), Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX))];
            found = self.rows(statement, &params, |row| read::<Id>(row, 0))?;
        }
        if found.len() < limit {
            let words = rapport_model::text::words(query);
            let numeric = query.chars().all(|c| c.is_ascii_digit() || " +-()/.".contains(c));
            let digits = if numeric { rapport_model::text::digits(query) } else { String::new() };
            let more = self.raw().search(&words, &digits, limit)?;
            let seen: std::collections::HashSet<Id> = found.iter().copied().collect();
            found.extend(more.into_iter().filter(|id| !seen.contains(id)));
            found.truncate(limit);
        }
        Ok(found)
    }
}
