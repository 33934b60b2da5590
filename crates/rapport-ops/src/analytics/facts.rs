//! The rows of one answer, and what several analyses ask of them.

use super::scope::Whose;
use super::zone::Zone;
use rapport_model::customer::Status;
use rapport_model::interaction::CONTACT_TYPES;
use rapport_model::time::AHEAD_MS;
use rapport_model::{Day, Id, Millis, Quote};
use rapport_store::analytics::{AnswerRow, CustomerRow, FollowUpRow, InteractionRow, OrderRow, Period, StatusRow};
use std::collections::HashMap;

/// Rows of the customers that count, and of nobody else. Which lists are filled depends on the analysis.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub customers: HashMap<Id, CustomerRow>,
    pub orders: Vec<OrderRow>,
    pub interactions: Vec<InteractionRow>,
    pub follow_ups: Vec<FollowUpRow>,
    /// Customers of open follow-ups without a date.
    pub undated: Vec<Id>,
    pub answers: Vec<AnswerRow>,
    pub quotes: Vec<Quote>,
    /// Oldest first.
    pub statuses: HashMap<Id, Vec<StatusRow>>,
    pub assigned: HashMap<Id, Millis>,
}

/// What every analysis is asked with.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    pub period: Period,
    pub zone: Zone,
    pub now: Millis,
}

impl Frame {
    pub fn today(&self) -> Day {
        self.zone.day(self.now)
    }

    /// The calendar days whose beginning lies in the period.
    pub fn days(&self) -> (Day, Day) {
        let first = |at: Millis| {
            let day = self.zone.day(at);
            if self.zone.start(day) < at { day.plus(1) } else { day }
        };
        (first(self.period.from), first(self.period.to))
    }

    pub fn is_planned(&self, at: Millis) -> bool {
        at.0 > self.now.0 + AHEAD_MS
    }
}

impl Facts {
    /// Keeps what hangs on customers that count.
    pub fn of(customers: Vec<CustomerRow>, whose: &Whose) -> Facts {
        let counted = customers.into_iter().filter(|customer| whose.counts(customer));
        Facts { customers: counted.map(|customer| (customer.id, customer)).collect(), ..Facts::default() }
    }

    pub fn keep<T>(&self, rows: Vec<T>, customer: impl Fn(&T) -> Id) -> Vec<T> {
        rows.into_iter().filter(|row| self.customers.contains_key(&customer(row))).collect()
    }

    /// The instants of contacts of each customer, in order: done ones of the types that count as contact.
    pub fn contacts(&self, frame: &Frame) -> HashMap<Id, Vec<Millis>> {
        let mut out: HashMap<Id, Vec<Millis>> = HashMap::new();
        for row in self.interactions.iter().filter(|i| CONTACT_TYPES.contains(&i.r#type) && !frame.is_planned(i.at)) {
            out.entry(row.customer).or_default().push(row.at);
        }
        out.values_mut().for_each(|all| all.sort_unstable());
        out
    }

    /// How a customer went through its statuses: since when it had which. What was written before there was a history is told
    /// by the first times that the customer carries.
    pub fn stages(&self, customer: &CustomerRow) -> Vec<(Millis, Status)> {
        let changes = self.statuses.get(&customer.id).map(Vec::as_slice).unwrap_or_default();
        let Some(first) = changes.first() else { return derived(customer) };
        let mut out = vec![(customer.created_at.min(first.at), first.before)];
        out.extend(changes.iter().map(|change| (change.at, change.after)));
        out
    }

    /// The status that a customer had just before an instant; `None` before it was made.
    pub fn status_before(&self, customer: &CustomerRow, at: Millis) -> Option<Status> {
        self.stages(customer).into_iter().take_while(|(since, _)| *since < at).last().map(|(_, status)| status)
    }
}

fn derived(customer: &CustomerRow) -> Vec<(Millis, Status)> {
    let steps =
        [(customer.converted_at, Status::Lead), (customer.qualified_at, Status::Active), (customer.churned_at, Status::Inactive)];
    let known: Vec<(Millis, Status)> = steps.into_iter().filter_map(|(at, status)| at.map(|at| (at, status))).collect();
    let Some((_, first)) = known.first() else { return vec![(customer.created_at, customer.status)] };
    let before = match first {
        Status::Lead => Status::Prospect,
        Status::Active => Status::Lead,
        _ => Status::Active,
    };
    let mut out: Vec<(Millis, Status)> = vec![(customer.created_at, before)];
    for (at, status) in known {
        let at = at.max(out.last().map_or(at, |(last, _)| *last));
        // Straight from prospect to active: no time was spent as a lead.
        if out.last().is_some_and(|(since, _)| *since == at) && out.len() > 1 {
            out.pop();
        }
        out.push((at, status));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_model::customer::CustomerType;
    use rapport_store::analytics::StatusRow;

    pub fn row(status: Status, [converted, qualified, churned]: [Option<i64>; 3]) -> CustomerRow {
        CustomerRow {
            id: Id::NIL,
            owner: None,
            created_at: Millis(10),
            status,
            r#type: CustomerType::Business,
            source: None,
            converted_at: converted.map(Millis),
            qualified_at: qualified.map(Millis),
            churned_at: churned.map(Millis),
            reason: None,
            archived_at: None,
            last_contact: None,
        }
    }

    #[test]
    fn stages_come_from_the_history_or_from_first_times() {
        use Status::{Active, Inactive, Lead, Prospect};
        let m = Millis;
        let facts = Facts::default();
        let table = [
            (row(Lead, [None; 3]), vec![(m(10), Lead)]),
            (row(Lead, [Some(20), None, None]), vec![(m(10), Prospect), (m(20), Lead)]),
            (row(Active, [Some(20), Some(20), None]), vec![(m(10), Prospect), (m(20), Active)]),
            (row(Inactive, [None, Some(20), Some(30)]), vec![(m(10), Lead), (m(20), Active), (m(30), Inactive)]),
            (row(Active, [None, Some(5), None]), vec![(m(10), Lead), (m(10), Active)]),
        ];
        for (customer, stages) in table {
            assert_eq!(facts.stages(&customer), stages, "{customer:?}");
        }
        let change = |at, before, after| StatusRow { customer: Id::NIL, at: m(at), before, after, reason: None };
        let mut facts = Facts::default();
        facts.statuses.insert(Id::NIL, vec![change(40, Lead, Inactive), change(50, Inactive, Active)]);
        let customer = row(Active, [Some(20), Some(50), None]);
        assert_eq!(facts.stages(&customer), [(m(10), Lead), (m(40), Inactive), (m(50), Active)]);
        let before = |at| facts.status_before(&customer, m(at));
        assert_eq!(
            [before(10), before(11), before(40), before(41), before(51)],
            [None, Some(Lead), Some(Lead), Some(Inactive), Some(Active)]
        );
    }

    #[test]
    fn days_of_a_period_are_those_that_begin_in_it() {
        let zone = Zone::parse("Europe/Berlin").expect("a zone");
        let day = Day::of(m(1_777_939_200_000));
        let (start, end) = (zone.start(day), zone.start(day.plus(2)));
        let frame = |from, to| Frame { period: Period { from: m(from), to: m(to) }, zone, now: m(0) };
        assert_eq!(frame(start.0, end.0).days(), (day, day.plus(2)));
        assert_eq!(frame(start.0 + 1, end.0 + 1).days(), (day.plus(1), day.plus(3)));
    }

    fn m(at: i64) -> Millis {
        Millis(at)
    }
}
