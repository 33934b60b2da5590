//! Derived fields and search text of many customers at once are those of each alone.

use crate::{customer, id, open};
use rapport_model::derive::{ChildFacts, bears, derive_customer, follow_up_subject, search_text};
use rapport_model::interaction::{CONTACT_TYPES, InteractionType};
use rapport_model::record::Record;
use rapport_model::time::AHEAD_MS;
use rapport_model::{BoxedRecord, Contact, Customer, CustomerValue, Id, Interaction, Kind, Meta, Millis, Order, Quote, Result};
use rapport_store::Tx;
use serde_json::{Value, json};

const CUSTOMERS: u16 = 700;
const CHILDREN: u16 = 4000;
const NOW: Millis = Millis(2_000_000_000_000);

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u16) -> u16 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        u16::try_from((z ^ (z >> 31)) % u64::from(end)).expect("below")
    }

    fn one_in(&mut self, n: u16) -> bool {
        self.below(n) == 0
    }

    /// Around now, with few values, so that some are equal.
    fn instant(&mut self) -> Millis {
        Millis(NOW.0 + AHEAD_MS + (i64::from(self.below(20)) - 15) * 3_600_000)
    }
}

fn contact(n: u16, random: &mut Random) -> Contact {
    let mut c = Contact { meta: Meta { id: id(n), updated_at: random.instant(), ..Meta::default() }, ..Contact::default() };
    c.meta.deleted_at = random.one_in(6).then_some(NOW);
    c.customer_id = id(random.below(CUSTOMERS));
    c.first_name = format!("person{}", random.below(500));
    c.is_primary = random.one_in(2);
    c.is_active = !random.one_in(5);
    c.phone = random.one_in(3).then(|| format!("+41 44 {:07}", random.below(u16::MAX)));
    c
}

fn interaction(n: u16, random: &mut Random) -> Interaction {
    let mut i = Interaction { meta: Meta { id: id(n), ..Meta::default() }, ..Interaction::default() };
    i.meta.deleted_at = random.one_in(6).then_some(NOW);
    i.customer_id = id(random.below(CUSTOMERS));
    i.r#type = InteractionType::parse(random_of(InteractionType::NAMES, random)).expect("a type");
    i.subject = format!("subject {n}");
    i.interaction_date = random.instant();
    i.follow_up_has_time = random.one_in(2);
    i.follow_up_date = random.one_in(3).then(|| random.instant());
    i.compute_own();
    i.follow_up_done_at = random.one_in(4).then_some(NOW);
    i.follow_up_notes = random.one_in(2).then(|| format!(" notes {n} "));
    i
}

fn random_of<'a>(items: &[&'a str], random: &mut Random) -> &'a str {
    items[usize::from(random.below(u16::try_from(items.len()).expect("few")))]
}

/// The same by reading every child of one customer.
fn alone(tx: &mut Tx<'_>, mut customer: Customer) -> Result<(Customer, Option<Vec<String>>)> {
    let mut contacts = tx.children::<Contact>(customer.meta.id)?;
    contacts.retain(Contact::counts);
    let mut interactions = tx.children::<Interaction>(customer.meta.id)?;
    interactions.retain(|i| i.meta.deleted_at.is_none());
    let made = interactions.iter().filter(|i| CONTACT_TYPES.contains(&i.r#type) && i.interaction_date.0 <= NOW.0 + AHEAD_MS);
    let open = interactions.iter().filter(|i| i.follow_up_done_at.is_none() && i.follow_up_date.is_some());
    let next = open.min_by_key(|i| (i.follow_up_date, i.meta.id));
    let primary = contacts.iter().filter(|c| c.is_primary).max_by_key(|c| (c.meta.updated_at, c.meta.id));
    let facts = ChildFacts {
        latest_contact: made.map(|i| i.interaction_date).max(),
        next_follow_up: next
            .and_then(|i| Some((i.follow_up_day()?, follow_up_subject(&i.subject, i.follow_up_notes.as_deref())))),
        primary: primary.map(|c| c.meta.id),
        worth: None,
    };
    derive_customer(&mut customer, &facts);
    let words = customer.meta.deleted_at.is_none().then(|| search_text(&customer, &contacts).words);
    Ok((customer, words))
}

fn check(tx: &mut Tx<'_>, customers: &[Id]) -> Result<()> {
    for &id in customers {
        let stored = tx.get_as::<Customer>(id)?;
        let (wanted, words) = alone(tx, stored.clone())?;
        assert_eq!(stored, wanted);
        match words {
            Some(words) => assert!(tx.search_customers(&words.join(" "), 10, None)?.contains(&id), "{words:?}"),
            None => assert!(!tx.search_customers(&stored.name, 10, None)?.contains(&id)),
        }
    }
    Ok(())
}

#[test]
fn many_at_once_are_each_alone() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    let mut random = Random(7);
    let all: Vec<Id> = (0..CUSTOMERS).map(id).collect();
    store
        .write(move |tx| {
            for n in 0..CUSTOMERS {
                tx.put(&customer(n, &format!("Firm{n}")))?;
            }
            tx.refresh_customers(&all, NOW)?;
            for round in 0..3 {
                let from = CUSTOMERS + round * CHILDREN / 2;
                let contacts: Vec<Contact> = (from..from + CHILDREN).step_by(2).map(|n| contact(n, &mut random)).collect();
                let interactions: Vec<Interaction> =
                    (from + 1..from + CHILDREN).step_by(2).map(|n| interaction(n, &mut random)).collect();
                tx.put_many(Kind::Contacts, &contacts.iter().map(|c| c as &dyn Record).collect::<Vec<_>>())?;
                tx.put_many(Kind::Interactions, &interactions.iter().map(|i| i as &dyn Record).collect::<Vec<_>>())?;
                let mut gone = tx.get_as::<Customer>(id(random.below(CUSTOMERS)))?;
                gone.meta.deleted_at = Some(NOW);
                tx.put(&gone)?;
                // Some are named twice, and one is not there.
                let asked: Vec<Id> = all.iter().rev().chain(&all[..9]).copied().chain([id(u16::MAX)]).collect();
                tx.refresh_customers(&asked, NOW)?;
                check(tx, &all)?;
            }
            Ok(())
        })
        .expect("as each alone");
}

#[test]
fn a_customer_with_nothing_but_a_draft_was_worked_out_as_well() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    let value = store
        .write(|tx| {
            tx.put(&customer(1, "Huber"))?;
            tx.put(&Order { meta: Meta { id: id(2), ..Meta::default() }, customer_id: id(1), ..Order::default() })?;
            tx.refresh_customers(&[id(1)], NOW)?;
            tx.get_as::<CustomerValue>(id(1))
        })
        .expect("worked out");
    assert_eq!((value.total_orders, value.last_calculated), (0, NOW));
}

/// Values of which one fits most fields.
fn others(value: &Value) -> Vec<Value> {
    let text = value.as_str().map(|text| json!(format!("{text}x")));
    let number = value.as_i64().map(|n| json!(n + 1));
    let flag = value.as_bool().map(|flag| json!(!flag));
    let any = [json!("another"), json!(7), json!(["one"]), json!(1_900_000_000_000_i64), json!(id(9)), json!(true)];
    text.into_iter().chain(number).chain(flag).chain(any).collect()
}

#[test]
fn what_bears_on_no_customer_changes_nothing_of_it() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    let (owner, mut random) = (id(1), Random(11));
    let mut children: Vec<BoxedRecord> = vec![
        Box::new(Contact { customer_id: owner, is_active: true, is_primary: true, ..contact(2, &mut random) }),
        Box::new(Interaction { customer_id: owner, r#type: InteractionType::Call, ..interaction(3, &mut random) }),
        Box::new(Quote { meta: Meta { id: id(4), ..Meta::default() }, customer_id: owner, ..Quote::default() }),
    ];
    children.iter_mut().for_each(|child| child.meta_mut().deleted_at = None);
    store
        .write(move |tx| {
            tx.put(&customer(1, "Acme"))?;
            children.iter().try_for_each(|child| tx.put(child.as_ref()))?;
            tx.refresh_customers(&[owner], NOW)?;
            let as_it_is = tx.get_as(owner)?;
            let before = alone(tx, as_it_is)?;
            let mut changed = 0;
            for child in &children {
                let fields = child.kind().fields().iter().enumerate();
                for (index, field) in fields.filter(|(_, field)| !bears(child.kind(), field.name)) {
                    let mut other = child.clone();
                    let fits = |value: Value| other.set(index, value).is_ok() && other.get(index) != child.get(index);
                    if others(&child.get(index)).into_iter().any(fits) {
                        changed += 1;
                        tx.put(other.as_ref())?;
                        let as_it_is = tx.get_as(owner)?;
                        assert_eq!(alone(tx, as_it_is)?, before, "{:?}.{}", child.kind(), field.name);
                        assert_eq!(tx.refresh_customers(&[owner], NOW)?, [], "{:?}.{}", child.kind(), field.name);
                        tx.put(child.as_ref())?;
                    }
                }
            }
            assert!(changed > 25, "{changed} fields were changed");
            Ok(())
        })
        .expect("nothing changed");
}
