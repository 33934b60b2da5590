//! Open follow-ups by day: those of interactions, and days that were set on customers by hand.

use crate::list::Where;
use crate::scope;
use crate::sql;
use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::record::read_record;
use rapport_model::{BoxedRecord, Cell, Column, Customer, Day, Id, Interaction, Kind, Result, Sight};

/// Behind which follow-up a page begins: its day (`None` = undated, they come last) and the record's id.
pub type Behind = (Option<Day>, Id);

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

/// Customers in daily use; nobody follows up on others.
const IN_USE: &str = "customer_id IN (SELECT id FROM customers WHERE {org_is}is_active AND deleted_at IS NULL)";
const OPEN: &str = "requires_follow_up AND follow_up_done_at IS NULL AND deleted_at IS NULL";
/// A day set by hand counts while no interaction says another one.
const BY_HAND: &str = "next_follow_up_by_hand IS NOT NULL AND next_step IS NULL AND is_active AND deleted_at IS NULL";

impl Due {
    fn dated(&self, kind: Kind, head: &str, day: &str) -> Where {
        let mut out = self.owned(kind, head);
        let cell = |day: Day| Cell::Int(day.ms());
        self.from.iter().for_each(|from| out.and(&format!("{day} >= ?"), vec![cell(*from)]));
        self.to.iter().for_each(|to| out.and(&format!("{day} <= ?"), vec![cell(*to)]));
        if let Some((Some(last), id)) = self.behind {
            out.and(&format!("({day}, id) > (?, ?)"), vec![cell(last), id.to_cell().into_owned()]);
        }
        out
    }

    /// Everything that concerns whose follow-ups these are.
    fn owned(&self, kind: Kind, head: &str) -> Where {
        let mut out = Where::default();
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
}

impl Tx<'_> {
    /// Follow-ups in order of day and id, the undated ones last; one more than the limit tells that there are more.
    pub fn follow_ups(&mut self, due: &Due) -> Result<Vec<BoxedRecord>> {
        let mut out: Vec<(Option<Day>, Id, BoxedRecord)> = Vec::new();
        if due.behind.is_none_or(|(day, _)| day.is_some()) {
            let head = format!("follow_up_date IS NOT NULL AND {OPEN} AND {IN_USE}");
            for one in
                self.due::<Interaction>(due.dated(Kind::Interactions, &head, "follow_up_date"), "follow_up_date, id", due.limit)?
            {
                out.push((one.follow_up_date, one.meta.id, Box::new(one)));
            }
            let by_hand = due.dated(Kind::Customers, BY_HAND, "next_follow_up_by_hand");
            for one in self.due::<Customer>(by_hand, "next_follow_up_by_hand, id", due.limit)? {
                out.push((one.next_follow_up_by_hand, one.meta.id, Box::new(one)));
            }
            out.sort_by_key(|(day, id, _)| (*day, *id));
        }
        if out.len() <= due.limit && due.from.is_none() && due.to.is_none() {
            let mut undated = due.owned(Kind::Interactions, &format!("follow_up_date IS NULL AND {OPEN} AND {IN_USE}"));
            if let Some((None, id)) = due.behind {
                undated.and("id > ?", vec![id.to_cell().into_owned()]);
            }
            for one in self.due::<Interaction>(undated, "id", due.limit)? {
                out.push((None, one.meta.id, Box::new(one)));
            }
        }
        out.truncate(due.limit + 1);
        Ok(out.into_iter().map(|(_, _, record)| record).collect())
    }

    fn due<T: rapport_model::Declared>(&mut self, condition: Where, order: &str, limit: usize) -> Result<Vec<T>> {
        let Where { text: condition, mut params } = condition;
        params.push(Cell::Int(i64::try_from(limit + 1).unwrap_or(i64::MAX)));
        let statement = format!(
            "SELECT {} FROM {} WHERE {{org_is}}{condition} ORDER BY {order} LIMIT ?{}",
            sql::of(T::KIND).columns,
            T::KIND.text(),
            params.len()
        );
        self.rows(&statement, &params, |row| read_record::<T>(row, 0))
    }

    /// How many follow-ups lie before a day, on it, behind it, and on none.
    pub fn follow_up_counts(&mut self, due: &Due, today: Day) -> Result<[i64; 4]> {
        let mut counts = [0; 4];
        let whole = Due { behind: None, ..due.clone() };
        let parts = [
            (Kind::Interactions, format!("follow_up_date IS NOT NULL AND {OPEN} AND {IN_USE}"), "follow_up_date"),
            (Kind::Customers, BY_HAND.to_owned(), "next_follow_up_by_hand"),
        ];
        for (kind, head, day) in parts {
            for (at, compare) in ["<", "=", ">"].iter().enumerate() {
                let mut condition = whole.dated(kind, &head, day);
                condition.and(&format!("{day} {compare} ?"), vec![Cell::Int(today.ms())]);
                counts[at] += self.count_of(kind, &condition)?;
            }
        }
        if due.from.is_none() && due.to.is_none() {
            let undated = whole.owned(Kind::Interactions, &format!("follow_up_date IS NULL AND {OPEN} AND {IN_USE}"));
            counts[3] = self.count_of(Kind::Interactions, &undated)?;
        }
        Ok(counts)
    }

    fn count_of(&mut self, kind: Kind, condition: &Where) -> Result<i64> {
        let statement = format!("SELECT COUNT(*) FROM {} WHERE {{org_is}}{}", kind.text(), condition.text);
        Ok(self.first(&statement, &condition.params, |row| read::<i64>(row, 0))?.unwrap_or(0))
    }
}
