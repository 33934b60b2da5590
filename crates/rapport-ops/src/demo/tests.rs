//! What a demonstration has to keep: names differ, rules hold, nothing depends on how many are made.

use super::locale::{entry, industry};
use super::words::LOCALES;
use super::*;
use rapport_model::access::Role;
use rapport_model::customer::{CustomerType, Status, check_value};
use rapport_model::interaction::{check_date, check_duration};
use rapport_model::{Day, contact, unit};
use std::collections::HashSet;

const NOW: Millis = Millis(1_795_347_000_000);

fn plan(customers: usize) -> Plan {
    let mut plan = Plan { customers, seed: 7, now: NOW, org: Id::from_bytes([9; 16]), owners: Vec::new() };
    let (_, _, users) = people(&plan);
    plan.owners = users.iter().filter(|u| u.role == Role::Sales).map(|u| u.meta.id).collect();
    plan
}

fn bundles(count: usize) -> impl Iterator<Item = Bundle> {
    let plan = plan(count);
    (0..count).map(move |index| customer(&plan, index))
}

fn named(seed: u64, index: u64) -> String {
    rapport_model::text::name_key(&name::of(&slot::of(seed, index), seed).name)
}

#[test]
fn names_are_unique() {
    for (seed, indices) in [(7, 0..200_000), (8, 0..50_000), (7, 960_000..1_000_000)] {
        let mut seen = HashSet::new();
        for index in indices {
            let key = named(seed, index);
            assert!(!key.is_empty() && seen.insert(key.clone()), "{key} at {index} of seed {seed}");
        }
    }
}

#[test]
#[cfg(not(debug_assertions))]
fn a_million_names_are_unique() {
    let mut seen = HashSet::new();
    for index in 0..1_000_000 {
        let key = named(7, index);
        assert!(seen.insert(key.clone()), "{key} at {index}");
    }
}

#[test]
fn an_index_gives_the_same_however_many_are_made() {
    let (few, many) = (plan(10), plan(100_000));
    for index in [0, 9, 4_711, 99_999] {
        assert_eq!(customer(&few, index), customer(&many, index));
    }
    assert_ne!(customer(&few, 3), customer(&Plan { seed: 8, ..plan(10) }, 3));
    assert_eq!(people(&few), people(&many));
}

#[test]
fn every_record_passes_the_rules() {
    let mut ids = HashSet::new();
    for Bundle { customer: c, contacts, interactions } in bundles(5_000) {
        assert!(unit::check(&c).is_ok() && check_value(&c).is_ok(), "{c:?}");
        assert!(!c.name.contains(['{', '#', '|', '/']) || c.name.contains("A/S") || c.name.contains("I/S"), "{}", c.name);
        assert!(c.email.iter().chain(&c.website).all(|text| text.is_ascii() && text.ends_with(".example")), "{c:?}");
        for record in &contacts {
            assert!(unit::check(record).is_ok() && contact::check_name(record).is_ok(), "{record:?}");
            assert!(record.email.as_ref().is_none_or(|e| e.is_ascii() && !e.contains("..") && !e.starts_with('.')), "{record:?}");
            assert!(record.meta.created_at >= c.meta.created_at && record.customer_id == c.meta.id);
        }
        for record in &interactions {
            assert!(unit::check(record).is_ok(), "{record:?}");
            assert!(check_date(record, NOW).is_ok() && check_duration(record).is_ok(), "{record:?}");
            let text = format!("{} {} {:?}", record.subject, record.description, record.outcome);
            assert!(!text.contains(['{', '}']), "{text}");
            assert!(record.contact_id.is_none_or(|id| contacts.iter().any(|x| x.meta.id == id)));
            assert!(record.follow_up_date.is_none() || record.requires_follow_up);
            assert!(record.interaction_date >= c.meta.created_at && record.customer_id == c.meta.id);
        }
        let metas = contacts.iter().map(|x| &x.meta).chain(interactions.iter().map(|x| &x.meta)).chain([&c.meta]);
        for meta in metas {
            assert!(ids.insert(meta.id), "{} twice", meta.id);
            assert!(meta.created_at <= meta.updated_at && meta.updated_at <= NOW, "{meta:?} in {c:?}");
            let bytes = meta.id.as_bytes();
            let stamp = bytes[..6].iter().fold(0, |n, b| n << 8 | i64::from(*b));
            assert_eq!((stamp, bytes[6] >> 4, bytes[8] >> 6), (meta.created_at.0, 7, 2));
        }
    }
}

#[test]
fn quotes_and_orders_pass_the_rules_and_add_up() {
    use rapport_model::order::check_refund;
    use rapport_model::quote::QuoteStatus;
    use rapport_model::{Meta, Order, Quote, Record};
    let plan = plan(3_000);
    let (mut ids, mut numbers) = (HashSet::new(), HashSet::new());
    let mut sound = |meta: &Meta, record: &dyn Record, number: &str| {
        assert!(unit::check(record).is_ok() && ids.insert(meta.id) && numbers.insert(number.to_owned()), "{record:?}");
        assert!(meta.created_at <= meta.updated_at && meta.updated_at <= NOW, "{record:?}");
    };
    let (mut quotes, mut orders) = (0, 0);
    for index in 0..3_000 {
        let bundle = customer(&plan, index);
        let told = sales(&plan, index, &bundle).expect("amounts that add up");
        assert_eq!(told, sales(&Plan { customers: 1, ..plan.clone() }, index, &bundle).expect("the same again"));
        let c = &bundle.customer;
        for order in &told.orders {
            sound(&order.meta, order, &order.order_number);
            let mut again = Order { items: order.items.clone(), ..order.clone() };
            again.settle().expect("settled");
            assert!(&again == order && check_refund(order).is_ok(), "{order:?}");
            assert!(c.qualified_at.is_some_and(|since| since <= order.order_date), "{order:?} of {c:?}");
        }
        for quote in &told.quotes {
            sound(&quote.meta, quote, &quote.quote_number);
            let mut again = Quote { items: quote.items.clone(), ..quote.clone() };
            again.settle().expect("settled");
            assert!(&again == quote && c.meta.created_at <= quote.meta.created_at, "{quote:?} of {c:?}");
            assert_eq!(quote.sent_at.is_some(), quote.status != QuoteStatus::Draft, "{quote:?}");
            assert!(quote.responded_at.is_none_or(|at| Some(at) >= quote.sent_at), "{quote:?}");
        }
        quotes += told.quotes.len();
        orders += told.orders.len();
    }
    assert!((2_000..5_000).contains(&quotes) && (3_000..5_000).contains(&orders), "{quotes} quotes, {orders} orders");
}

#[test]
fn life_is_consistent() {
    for Bundle { customer: c, contacts, interactions } in bundles(5_000) {
        assert_eq!(contacts.iter().filter(|x| x.is_primary && x.is_active).count(), 1);
        assert!(!c.needs_primary && c.primary_contact_id == Some(contacts[0].meta.id));
        assert!(c.r#type != CustomerType::Individual || contacts.len() == 1);
        let dates = [Some(c.meta.created_at), c.converted_at, c.qualified_at, c.churned_at];
        assert!(dates.iter().flatten().is_sorted() && dates.iter().flatten().all(|at| *at <= NOW), "{dates:?} {:?}", c.status);
        let inactive = c.status == Status::Inactive;
        assert_eq!((c.is_active, c.status_reason.is_some()), (!inactive, inactive));
        assert_eq!(c.converted_at.is_some(), c.status != Status::Prospect);
        assert!(c.qualified_at.is_some() || c.status != Status::Active);
        assert_eq!(c.churned_at.is_some(), inactive && c.qualified_at.is_some());
        assert!(!inactive || interactions.iter().all(|i| !i.has_open_follow_up() && i.interaction_date <= c.meta.updated_at));
        assert!(c.assigned_to.is_some() || matches!(c.status, Status::Prospect | Status::Lead));
    }
}

#[test]
fn the_mix_is_as_planned() {
    let all: Vec<Bundle> = bundles(20_000).collect();
    let part = |of: &dyn Fn(&Bundle) -> bool| all.iter().filter(|b| of(b)).count() as f64 / all.len() as f64;
    let near = |what: &str, is: f64, want: f64, by: f64| assert!((is - want).abs() <= by, "{what}: {is}, not {want}");
    for (status, want) in [(Status::Prospect, 0.25), (Status::Lead, 0.25), (Status::Active, 0.45), (Status::Inactive, 0.05)] {
        near(status.text(), part(&|b| b.customer.status == status), want, 0.012);
    }
    for (kind, want) in [(CustomerType::Business, 0.75), (CustomerType::Enterprise, 0.1), (CustomerType::Individual, 0.15)] {
        near(kind.text(), part(&|b| b.customer.r#type == kind), want, 0.005);
    }
    near("with a value", part(&|b| b.customer.value.is_some()), 0.7, 0.02);
    near("unassigned", part(&|b| b.customer.assigned_to.is_none()), 0.04, 0.01);
    near("contacts", all.iter().map(|b| b.contacts.len()).sum::<usize>() as f64 / 20_000.0, 2.2, 0.15);
    near("interactions", all.iter().map(|b| b.interactions.len()).sum::<usize>() as f64 / 20_000.0, 5.3, 0.25);
    assert!(all.iter().all(|b| b.interactions.len() <= 20 && (1..=4).contains(&b.contacts.len())));
    let today = Day::of(NOW);
    let open = |wanted: &dyn Fn(i64) -> bool| {
        let days = all.iter().filter_map(|b| b.customer.next_follow_up);
        days.filter(|day| wanted(day.ms() - today.ms())).count()
    };
    assert!(open(&|ahead| ahead < 0) > 300 && open(&|ahead| ahead == 0) > 150 && open(&|ahead| ahead > 0) > 1_000);
    assert!(all.iter().flat_map(|b| &b.interactions).filter(|i| i.is_planned(NOW)).count() > 500);
    let countries: HashSet<_> = all.iter().filter_map(|b| Some(b.customer.address.as_ref()?.country.clone())).collect();
    assert_eq!(countries.len(), LOCALES.len());
}

#[test]
fn every_list_can_be_read() {
    for l in LOCALES {
        for list in [l.forms, l.groups, l.institutions, l.words, l.brands, l.lasts, l.men, l.women, l.towns, l.streets, l.phones]
        {
            assert!(!list.is_empty() && list.iter().collect::<HashSet<_>>().len() * 2 >= list.len(), "{}", l.country);
        }
        assert!(l.institutions.iter().chain(l.words).all(|w| !industry(entry(w).more).is_empty()), "{}", l.country);
        assert!(l.towns.iter().all(|t| !entry(t).more.is_empty()), "{}", l.country);
        assert!(l.institutions.iter().all(|i| i.contains("{t}")) && !l.groups.iter().any(|g| l.forms.contains(g)));
        let latin = l.lasts.iter().chain(l.men).chain(l.women).chain(l.brands).chain(l.words).chain(l.towns);
        assert!(latin.into_iter().all(|text| !locale::slug(entry(text).latin).is_empty()), "{}", l.country);
        let distinct: HashSet<_> = l.lasts.iter().chain(l.brands).map(|r| entry(r).text.to_lowercase()).collect();
        assert_eq!(distinct.len() as u64, l.roots(), "{}", l.country);
    }
}

#[test]
fn the_company_has_its_people() {
    let (org, teams, users) = people(&plan(1));
    for record in [&org as &dyn rapport_model::Record, &teams[0], &teams[1]] {
        unit::check(record).expect("a record");
    }
    assert_eq!((org.name.as_str(), org.currency.as_str(), teams.len(), users.len()), ("Halvorsen Optics", "EUR", 2, 6));
    assert_eq!(users.iter().filter(|u| u.role == Role::Admin).map(|u| u.name.as_str()).collect::<Vec<_>>(), ["Ingrid Halvorsen"]);
    assert!(users.iter().all(|u| u.email.ends_with("@halvorsen.example") && u.team_id.is_some()));
}

#[test]
fn only_who_has_bought_orders_or_needs_support() {
    use rapport_model::interaction::InteractionType::{Order, Support};
    for Bundle { customer: c, interactions, .. } in bundles(3_000) {
        for one in interactions.iter().filter(|i| matches!(i.r#type, Order | Support)) {
            assert!(c.qualified_at.is_some_and(|since| since <= one.interaction_date), "{one:?}");
        }
    }
}
