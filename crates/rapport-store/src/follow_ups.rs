//! Open follow-ups by day: those of interactions, and days that were set on customers by hand.

use crate::list::Where;
use crate::scope;
use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::interaction::InteractionType;
use rapport_model::{Cell, Column, Day, Id, Kind, Millis, Result, Row, Sight};
use std::collections::BTreeSet;

/// Behind which follow-up a page begins: its date (`None` = undated, they come last) and the record's id.
pub type Behind = (Option<Millis>, Id);

/// Which follow-ups, from where.
#[derive(Clone, Debug, Default)]
pub struct Due {
    /// Whose; empty = everybody's.
    pub users: Vec<Id>,
    pub from: Option<Day>,
    /// The last day.
    pub to: Option<Day>,
    pub behind: Option<Behind>,
    pub limit: usize,
    /// Only what this actor sees; `None` = everything that is here.
    pub sight: Option<Sight>,
}

/// One of them, with what a list says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowUp {
    /// Interactions, or customers whose day was set by hand.
    pub kind: Kind,
    pub id: Id,
    pub customer: Id,
    pub customer_name: String,
    /// 00:00Z of its day, or the time on the wall of that day.
    pub date: Option<Millis>,
    pub has_time: bool,
    /// Of the interaction.
    pub r#type: Option<InteractionType>,
    pub subject: Option<String>,
    pub notes: Option<String>,
    pub assigned_to: Option<Id>,
}

impl FollowUp {
    /// Where it stands in the order.
    pub fn place(&self) -> Behind {
        (self.date, self.id)
    }

    pub fn day(&self) -> Option<Day> {
        self.date.map(Day::of)
    }

    /// Its time on the wall, in minutes after midnight.
    pub fn minute(&self) -> Option<i64> {
        let date = self.date.filter(|_| self.has_time)?;
        Some((date.0 - Day::of(date).ms()) / 60_000)
    }

    fn read(row: &dyn Row) -> Result<FollowUp> {
        let by_hand: bool = read(row, 0)?;
        Ok(FollowUp {
            kind: if by_hand { Kind::Customers } else { Kind::Interactions },
            date: read(row, 1)?,
            id: read(row, 2)?,
            customer: read(row, 3)?,
            has_time: read(row, 4)?,
            subject: read(row, 5)?,
            notes: read(row, 6)?,
            assigned_to: read(row, 7)?,
            r#type: read(row, 8)?,
            customer_name: read(row, 9)?,
        })
    }
}

/// Of customers in daily use; nobody follows up on others. Row by row, so that nobody's customers are gathered first.
const OPEN: &str = "requires_follow_up AND follow_up_done_at IS NULL AND deleted_at IS NULL AND EXISTS (SELECT 1 FROM customers used \
    WHERE {org_is}used.id = interactions.customer_id AND used.is_active AND used.deleted_at IS NULL)";
/// A day set by hand counts while no interaction says another one.
const BY_HAND: &str = "next_follow_up_by_hand IS NOT NULL AND next_step IS NULL AND is_active AND deleted_at IS NULL";

const OF_INTERACTIONS: &str = "SELECT 0 AS by_hand, follow_up_date AS day, id, customer_id, follow_up_has_time, subject, \
    follow_up_notes, assigned_to, type FROM interactions";
const OF_CUSTOMERS: &str = "SELECT 1 AS by_hand, next_follow_up_by_hand AS day, id, id AS customer_id, FALSE AS follow_up_has_time, \
    NULL AS subject, NULL AS follow_up_notes, assigned_to, NULL AS type FROM customers";
/// Names are looked up for those that are shown alone.
const NAMED: &str = "SELECT due.*, (SELECT named.name FROM customers named WHERE {org_is}named.id = due.customer_id) AS name";

/// Users of whom each has an index walked in order of day, up to the limit; the open follow-ups of more are gathered and sorted.
const USERS_APART_MAX: usize = 40;

/// Undated ones last.
const IN_ORDER: &str = "day IS NULL, day, id";

/// A statement of several parts and its parameters, in order.
#[derive(Default)]
struct Parts {
    texts: Vec<String>,
    params: Vec<Cell<'static>>,
}

impl Parts {
    /// Adds a part: its beginning, its condition, and its end with `?` for the last parameter.
    fn add(&mut self, select: &str, condition: Where, order: Option<(&str, usize)>) {
        let Where { text, params } = condition;
        self.params = params;
        let end = order.map(|(order, limit)| {
            self.params.push(Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX)));
            format!(" ORDER BY {order} LIMIT ?{}", self.params.len())
        });
        let part = format!("{select} WHERE {{org_is}}{text}{}", end.unwrap_or_default());
        self.texts.push(format!("SELECT * FROM ({part}) AS part_{}", self.texts.len()));
    }
}

impl Due {
    /// The beginning of a part's condition, behind the parameters of the parts before it.
    fn owned(&self, parts: &mut Parts, kind: Kind, head: &str) -> Where {
        let mut out = Where { params: std::mem::take(&mut parts.params), ..Where::default() };
        if let Some(sight) = &self.sight {
            scope::within(&mut out, sight, kind);
        }
        out.and(head, Vec::new());
        if !self.users.is_empty() {
            let places = vec!["?"; self.users.len()].join(", ");
            let users = self.users.iter().map(|id| id.to_cell().into_owned()).collect();
            out.and(&format!("assigned_to IN ({places})"), users);
        }
        out
    }

    fn within_days(&self, out: &mut Where, day: &str) {
        let cell = |day: Day| vec![Cell::Int(day.ms())];
        self.from.iter().for_each(|from| out.and(&format!("{day} >= ?"), cell(*from)));
        self.to.iter().for_each(|to| out.and(&format!("{day} < ?"), cell(to.plus(1))));
    }

    fn is_bounded(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    /// The same of each user by herself.
    fn of_each(&self) -> Vec<Due> {
        let users: BTreeSet<Id> = self.users.iter().copied().collect();
        if (1..=USERS_APART_MAX).contains(&users.len()) {
            users.into_iter().map(|user| Due { users: vec![user], ..self.clone() }).collect()
        } else {
            vec![self.clone()]
        }
    }

    /// One page; one row more than the limit tells that there are more.
    fn page(&self) -> (String, Vec<Cell<'static>>) {
        let (mut parts, rows) = (Parts::default(), self.limit + 1);
        for due in self.of_each() {
            due.add_page(&mut parts, rows);
        }
        parts.params.push(Cell::Int(i64::try_from(rows).unwrap_or(i64::MAX)));
        let (texts, limit) = (parts.texts.join(" UNION ALL "), parts.params.len());
        let due = format!("SELECT * FROM ({texts}) AS due ORDER BY {IN_ORDER} LIMIT ?{limit}");
        (format!("{NAMED} FROM ({due}) AS due ORDER BY {IN_ORDER}"), parts.params)
    }

    fn add_page(&self, parts: &mut Parts, rows: usize) {
        if self.behind.is_none_or(|(day, _)| day.is_some()) {
            let dated = format!("follow_up_date IS NOT NULL AND {OPEN}");
            for (kind, head, day, select) in [
                (Kind::Interactions, dated.as_str(), "follow_up_date", OF_INTERACTIONS),
                (Kind::Customers, BY_HAND, "next_follow_up_by_hand", OF_CUSTOMERS),
            ] {
                let mut condition = self.owned(parts, kind, head);
                self.within_days(&mut condition, day);
                if let Some((Some(last), id)) = self.behind {
                    condition.and(&format!("({day}, id) > (?, ?)"), vec![Cell::Int(last.0), id.to_cell().into_owned()]);
                }
                parts.add(select, condition, Some((&format!("{day}, id"), rows)));
            }
        }
        if !self.is_bounded() {
            let mut condition = self.owned(parts, Kind::Interactions, &format!("follow_up_date IS NULL AND {OPEN}"));
            if let Some((None, id)) = self.behind {
                condition.and("id > ?", vec![id.to_cell().into_owned()]);
            }
            parts.add(OF_INTERACTIONS, condition, Some(("id", rows)));
        }
    }

    /// How many lie before a day, on it, behind it, and on none.
    fn counts(&self, today: Day) -> (String, Vec<Cell<'static>>) {
        let mut parts = Parts { params: vec![Cell::Int(today.ms()), Cell::Int(today.plus(1).ms())], ..Parts::default() };
        for (kind, head, day) in
            [(Kind::Interactions, OPEN, "follow_up_date"), (Kind::Customers, BY_HAND, "next_follow_up_by_hand")]
        {
            let mut condition = self.owned(&mut parts, kind, head);
            self.within_days(&mut condition, day);
            parts.add(&format!("SELECT {day} AS day FROM {}", kind.text()), condition, None);
        }
        let columns = ["day < ?1", "day >= ?1 AND day < ?2", "day >= ?2", "day IS NULL"]
            .map(|one| format!("COUNT(*) FILTER (WHERE {one})"));
        (format!("SELECT {} FROM ({}) AS due", columns.join(", "), parts.texts.join(" UNION ALL ")), parts.params)
    }
}

impl Tx<'_> {
    /// Follow-ups in order of day and id, the undated ones last; one more than the limit tells that there are more.
    pub fn follow_ups(&mut self, due: &Due) -> Result<Vec<FollowUp>> {
        let (statement, params) = due.page();
        if due.is_bounded() && matches!(due.behind, Some((None, _))) {
            return Ok(Vec::new());
        }
        self.rows(&statement, &params, FollowUp::read)
    }

    /// How many follow-ups lie before a day, on it, behind it, and on none, wherever the page begins.
    pub fn follow_up_counts(&mut self, due: &Due, today: Day) -> Result<[i64; 4]> {
        let (statement, params) = due.counts(today);
        let counts = self.first(&statement, &params, |row| Ok([read(row, 0)?, read(row, 1)?, read(row, 2)?, read(row, 3)?]))?;
        Ok(counts.unwrap_or_default())
    }

    /// The steps that the database plans for a page and for its counts; tests assert that none scans a table.
    pub fn explain_follow_ups(&mut self, due: &Due) -> Result<Vec<String>> {
        let mut steps = Vec::new();
        for (statement, params) in [due.page(), due.counts(Day::default())] {
            steps.extend(self.raw().explain(&statement, &params)?);
        }
        Ok(steps)
    }
}
