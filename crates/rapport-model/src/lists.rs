//! What lists of a kind may be asked for: orders, numbers, words, states that end by themselves. The store makes SQL of it.

use crate::Kind;
use crate::number::Series;

/// An order of a list.
#[derive(Debug)]
pub struct Sorting {
    /// What it is asked for by.
    pub name: &'static str,
    /// The field (JSON name) whose value is the key.
    pub field: &'static str,
    /// The key of a record that has no value; `None` = all have one.
    pub absent: Option<i64>,
}

/// A state that is not written when its last day has passed: records in `lasting` read as `over` from then on.
#[derive(Debug)]
pub struct Ending {
    pub field: &'static str,
    pub last_day: &'static str,
    pub lasting: &'static [&'static str],
    pub over: &'static str,
}

/// What is declared of the lists of a kind.
#[derive(Debug)]
pub struct Lists {
    pub sorts: &'static [Sorting],
    /// The order of a list that asks for none; `-` in front turns it round.
    pub own_sort: &'static str,
    /// Fields that the words of a search are looked for in, where there is no full text.
    pub found_by: &'static [&'static str],
    /// The field that holds the number by which people call it.
    pub number: Option<&'static str>,
    /// Who draws that number.
    pub series: Option<Series>,
    pub ending: Option<Ending>,
    /// What webhooks call one of them; `None` = they do not tell.
    pub noun: Option<&'static str>,
}

const fn by(field: &'static str) -> Sorting {
    Sorting { name: field, field, absent: None }
}

const fn by_some(field: &'static str, absent: i64) -> Sorting {
    Sorting { name: field, field, absent: Some(absent) }
}

const fn plain(sorts: &'static [Sorting], own_sort: &'static str) -> Lists {
    Lists { sorts, own_sort, found_by: &[], number: None, series: None, ending: None, noun: None }
}

/// Later than every day and instant, and exact in JavaScript.
const LAST: i64 = 9_007_199_254_740_991;

static CUSTOMERS: Lists = Lists {
    noun: Some("customer"),
    ..plain(
        &[
            Sorting { name: "name", field: "nameSort", absent: None },
            by("updatedAt"),
            by("status"),
            by_some("lastContact", 0),
            by_some("nextFollowUp", LAST),
            by_some("value", 0),
        ],
        "name",
    )
};
static CONTACTS: Lists =
    Lists { found_by: &["firstName", "lastName", "email"], noun: Some("contact"), ..plain(&[by("createdAt")], "createdAt") };
static INTERACTIONS: Lists =
    Lists { found_by: &["subject"], noun: Some("interaction"), ..plain(&[by("interactionDate")], "-interactionDate") };
static QUOTES: Lists = Lists {
    found_by: &["quoteNumber", "subject"],
    number: Some("quoteNumber"),
    series: Some(Series::Quote),
    ending: Some(Ending { field: "status", last_day: "validUntil", lasting: &["sent", "viewed"], over: "expired" }),
    noun: Some("quote"),
    ..plain(&[by("createdAt"), by("updatedAt")], "-createdAt")
};
static ORDERS: Lists = Lists {
    found_by: &["orderNumber"],
    number: Some("orderNumber"),
    series: Some(Series::Order),
    noun: Some("order"),
    ..plain(&[by("orderDate")], "-orderDate")
};
static ITEMS: Lists = Lists { number: Some("sku"), ..plain(&[by("sku")], "sku") };
static CARDS: Lists = plain(&[by("at")], "-at");
static OTHERS: Lists = plain(&[by("createdAt")], "createdAt");

impl Kind {
    pub fn lists(self) -> &'static Lists {
        match self {
            Kind::Customers => &CUSTOMERS,
            Kind::Contacts => &CONTACTS,
            Kind::Interactions => &INTERACTIONS,
            Kind::Quotes => &QUOTES,
            Kind::Orders => &ORDERS,
            Kind::Items => &ITEMS,
            Kind::Cards => &CARDS,
            _ => &OTHERS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quote::QuoteStatus;
    use crate::{Day, Quote};

    #[test]
    fn what_is_declared_of_lists_are_fields() {
        for kind in Kind::ALL.iter().copied() {
            let lists = kind.lists();
            let is_field = |name: &str| kind.field(name).is_some() || ["createdAt", "updatedAt"].contains(&name);
            assert!(lists.sorts.iter().all(|sort| is_field(sort.field)), "{kind:?}");
            assert!(lists.sorts.iter().any(|sort| sort.name == lists.own_sort.trim_start_matches('-')), "{kind:?}");
            assert!(lists.found_by.iter().chain(&lists.number).all(|name| is_field(name)), "{kind:?}");
        }
    }

    #[test]
    fn a_quote_reads_as_its_ending_says() {
        let ending = QUOTES.ending.as_ref().expect("quotes end");
        let today = Day::EPOCH;
        for status in QuoteStatus::NAMES.iter().filter_map(|name| QuoteStatus::parse(name)) {
            for (last, over) in [(today.plus(-1), true), (today, false)] {
                let reads = Quote { status, valid_until: Some(last), ..Quote::default() }.status_on(today);
                let ends = over && ending.lasting.contains(&status.text());
                assert_eq!(reads.text(), if ends { ending.over } else { status.text() });
            }
        }
    }
}
