//! Customers that may be there twice: the list of them, and those that look like one that is being typed.

use crate::commands::Ctx;
use crate::queries::object;
use rapport_model::customer::Address;
use rapport_model::likeness::{Facts, Likeness, Reason, compare, pairs, telling_words};
use rapport_model::{Contact, Customer, Id, Kind, Record, Result, Setting};
use rapport_store::Tx;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashSet};

/// Pairs of one answer at most.
const PAIRS_SHOWN_MAX: usize = 200;
/// The setting that names pairs of which somebody said that they are two: a list of `"<id> <id>"`, the lower id first.
const APART: &str = "duplicates.apart";
/// Points from which something that is being typed looks like a customer: a name alone may be enough.
const TYPED_POINTS_MIN: f64 = 3.0;
/// Customers that are held against what is typed.
const TYPED_HITS_MAX: usize = 20;
/// Words of a name that are looked for one by one.
const TYPED_WORDS_MAX: usize = 3;
/// Customers shown to who types.
const TYPED_SHOWN_MAX: usize = 3;

#[derive(Deserialize)]
pub struct DuplicatesArgs {}

/// `customers.duplicates`: the most alike first; of two the one to keep first, which is the one with more to it. A large company takes
/// seconds to compare, and no snapshot is held meanwhile: whoever is gone when the pairs are shown is left out.
pub fn list(_: DuplicatesArgs, ctx: &Ctx) -> Result<Value> {
    let (apart, ids, facts) = ctx.store.read(|tx| {
        let (ids, facts) = tx.facts_of_all()?;
        Ok((said_to_be_two(tx)?, ids, facts))
    })?;
    let mut found = pairs(&facts);
    found.retain(|(one, other, _)| !apart.contains(&pair_key(ids[*one], ids[*other])));
    let total = found.len();
    found.truncate(PAIRS_SHOWN_MAX);
    ctx.store.read(move |tx| {
        let mut shown = Vec::with_capacity(found.len());
        for (one, other, likeness) in &found {
            shown.extend(pair(tx, ids[*one], ids[*other], likeness)?);
        }
        Ok(object([("pairs", Value::Array(shown)), ("total", total.into())]))
    })
}

fn pair_key(one: Id, other: Id) -> String {
    format!("{} {}", one.min(other), one.max(other))
}

fn said_to_be_two(tx: &mut Tx<'_>) -> Result<HashSet<String>> {
    let settings = tx.all::<Setting>()?;
    let lists = settings.into_iter().filter(|setting| setting.name == APART).map(|setting| setting.value.0);
    Ok(lists.filter_map(|list| serde_json::from_value::<Vec<String>>(list).ok()).flatten().collect())
}

/// One of two, and how much hangs on it.
struct Side {
    customer: Customer,
    counts: Vec<(Kind, i64)>,
}

fn side(tx: &mut Tx<'_>, id: Id) -> Result<Option<Side>> {
    let Some(customer) = tx.find_as::<Customer>(id)?.filter(|customer| customer.meta.deleted_at.is_none()) else {
        return Ok(None);
    };
    let kinds = [Kind::Contacts, Kind::Interactions, Kind::Quotes, Kind::Orders];
    let counts = kinds.iter().map(|kind| Ok((*kind, tx.count_of(*kind, id)?))).collect::<Result<Vec<_>>>()?;
    Ok(Some(Side { customer, counts }))
}

impl Side {
    fn json(&self) -> Value {
        let mut out = json!({ "customer": (&self.customer as &dyn Record).to_json() });
        self.counts.iter().for_each(|(kind, count)| out[kind.text()] = (*count).into());
        out
    }

    fn weight(&self) -> i64 {
        self.counts.iter().map(|(_, count)| count).sum()
    }
}

fn pair(tx: &mut Tx<'_>, one: Id, other: Id, likeness: &Likeness) -> Result<Option<Value>> {
    let (Some(one), Some(other)) = (side(tx, one)?, side(tx, other)?) else { return Ok(None) };
    let mut sides = [one, other];
    sides.sort_by_key(|side| (-side.weight(), side.customer.meta.created_at, side.customer.meta.id));
    let sides: Vec<Value> = sides.iter().map(Side::json).collect();
    Ok(Some(object([("reasons", words(&likeness.reasons)), ("sides", Value::Array(sides))])))
}

fn words(reasons: &[Reason]) -> Value {
    reasons.iter().map(|reason| reason.text()).collect::<Vec<_>>().into()
}

/// What is typed so far of a new customer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LikeArgs {
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    city: String,
}

/// `customers.like`: customers that look like what is typed.
pub fn like(args: LikeArgs, ctx: &Ctx) -> Result<Value> {
    if args.name.trim().len() + args.email.trim().len() + args.phone.trim().len() > 2 {
        ctx.store.learn_names()?;
    }
    ctx.store.read(move |tx| {
        let mut hits: BTreeSet<Id> = BTreeSet::new();
        let telling = telling_words(&args.name);
        let asked = [args.name.as_str(), &args.email, &args.phone].into_iter().chain(telling.into_iter().take(TYPED_WORDS_MAX));
        for text in asked.filter(|text| text.trim().chars().count() > 2) {
            hits.extend(tx.search_customers(text, TYPED_HITS_MAX, None)?);
        }
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let typed = Customer {
            name: args.name.trim().to_owned(),
            email: filled(&args.email),
            phone: filled(&args.phone),
            address: filled(&args.city).map(|city| Address { city, ..Address::default() }),
            ..Customer::default()
        };
        let typed = Facts::of(&typed, &[]);
        let mut found = Vec::new();
        for id in hits {
            let customer = tx.get_as::<Customer>(id)?;
            let contacts = tx.children::<Contact>(id)?;
            let likeness = compare(&typed, &Facts::of(&customer, &contacts));
            if likeness.points >= TYPED_POINTS_MIN {
                found.push((likeness, customer));
            }
        }
        found.sort_by(|(one, _), (other, _)| other.points.total_cmp(&one.points));
        found.truncate(TYPED_SHOWN_MAX);
        let told = |(likeness, customer): &(Likeness, Customer)| {
            json!({
                "id": customer.meta.id, "name": customer.name, "city": customer.city, "assignedTo": customer.assigned_to,
                "reasons": words(&likeness.reasons),
            })
        };
        Ok(object([("found", found.iter().map(told).collect())]))
    })
}
