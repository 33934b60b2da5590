//! The customer record itself: where it stands, since when, whose it is and what is known of it.

use super::Plan;
use super::dice::Dice;
use super::locale::{Entry, Locale, entry, fill, slug};
use super::name::Named;
use super::slot::Slot;
use rapport_model::customer::{Address, CustomerType, ExternalRef, Status};
use rapport_model::{Customer, Day, Id, Meta, Millis, Money};
use serde_json::{Map, Value, json};

pub const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;

const SOURCES: &[&str] = &[
    "Trade fair",
    "Trade fair",
    "Referral",
    "Referral",
    "Website",
    "Website",
    "Distributor",
    "Tender portal",
    "Cold call",
    "Webinar",
    "Former customer",
];

const TAGS: &[&str] = &[
    "confocal",
    "demo-unit",
    "distributor",
    "framework-contract",
    "key-account",
    "led",
    "newsletter",
    "objectives",
    "oem",
    "reference",
    "service-plan",
    "single-source",
    "slow-payer",
    "spare-parts",
    "tender",
    "trade-fair-2025",
    "training",
    "trial",
];

/// A customer without its computed fields.
pub fn customer(plan: &Plan, index: usize, slot: &Slot, named: &Named, dice: &mut Dice) -> Customer {
    let status = match dice.below(20) {
        0..5 => Status::Prospect,
        5..10 => Status::Lead,
        10..19 => Status::Active,
        _ => Status::Inactive,
    };
    let created = created(plan.now, status, dice);
    let owner = owner(plan, slot.locale, dice);
    let pool = matches!(status, Status::Prospect | Status::Lead) && dice.chance(8);
    let town = named.town.unwrap_or_else(|| entry(dice.pick(slot.locale.towns)));
    let domain = if named.person.is_some() { "post.example".to_owned() } else { format!("{}.example", cut(&named.slug, 60)) };
    let mut customer = Customer {
        meta: Meta {
            id: Id::v7(created.0, &dice.bytes()),
            created_at: created,
            updated_at: later(created, plan.now, 400, dice),
            created_by: owner,
            ..Meta::default()
        },
        name: named.name.clone(),
        status,
        r#type: slot.r#type,
        industry: Some(named.industry.to_owned()),
        source: dice.chance(80).then(|| dice.pick(SOURCES).to_owned()),
        phone: dice.chance(85).then(|| phone(slot.locale, dice)),
        address: Some(address(slot.locale, town, dice)),
        assigned_to: (!pool).then_some(owner),
        tags: tags(dice),
        ..Customer::default()
    };
    reach(&mut customer, named, &domain, dice);
    passages(&mut customer, plan.now, slot.locale, dice);
    figures(&mut customer, plan, index, slot, dice);
    customer
}

/// Mail and web address; a person rarely has a site.
fn reach(customer: &mut Customer, named: &Named, domain: &str, dice: &mut Dice) {
    if named.person.is_some() {
        customer.email = dice.chance(80).then(|| format!("{}@{domain}", named.slug));
        return;
    }
    customer.email = dice.chance(75).then(|| format!("{}@{domain}", dice.pick(&["info", "office", "mail", "contact"])));
    customer.website = dice.chance(80).then(|| format!("https://www.{domain}"));
}

/// Older for those who came further; between yesterday and five years ago.
fn created(now: Millis, status: Status, dice: &mut Dice) -> Millis {
    let months = dice.between(1, 18);
    let days = match status {
        Status::Prospect => dice.between(1, 30 * months),
        Status::Lead => dice.between(10, 40 * months),
        Status::Active => dice.between(45, 1800),
        Status::Inactive => dice.between(240, 1800),
    };
    office_hours(Millis(now.0 - days * DAY_MS), dice)
}

/// The same day, between 7 and 17 o'clock UTC; never later than given when that is at least a day ago.
pub fn office_hours(at: Millis, dice: &mut Dice) -> Millis {
    let opens = Day::of(at).ms() + 7 * HOUR_MS;
    Millis(opens + dice.between(0, 40) * HOUR_MS / 4)
}

/// Some time between two instants, at most `days` after the first.
pub fn later(from: Millis, to: Millis, days: i64, dice: &mut Dice) -> Millis {
    Millis(dice.between(from.0, to.0.min(from.0 + days * DAY_MS)))
}

/// Most customers belong to the owner who looks after the country.
fn owner(plan: &Plan, locale: &Locale, dice: &mut Dice) -> Id {
    let chosen = if dice.chance(60) { locale.home } else { dice.below(plan.owners.len()) };
    let count = plan.owners.len().max(1);
    plan.owners.get(chosen % count).copied().unwrap_or_default()
}

/// The dates of the way so far, in order; why and since when for those who left.
fn passages(c: &mut Customer, now: Millis, locale: &Locale, dice: &mut Dice) {
    let created = c.meta.created_at;
    let was_active = c.status == Status::Active || (c.status == Status::Inactive && dice.chance(65));
    if c.status != Status::Prospect {
        c.converted_at = Some(later(created, Millis(now.0 - DAY_MS), 90, dice));
    }
    if let Some(converted) = c.converted_at.filter(|_| was_active) {
        let before = if c.status == Status::Inactive { 120 } else { 2 };
        c.qualified_at = Some(later(converted, Millis(now.0 - before * DAY_MS), 60, dice).max(converted));
    }
    if c.status == Status::Inactive {
        c.is_active = false;
        c.status_reason = Some(dice.pick(locale.lang.talk().reasons).to_owned());
        let left = Millis(now.0 - dice.between(5, 80) * DAY_MS);
        c.churned_at = was_active.then_some(left);
        c.meta.updated_at = left;
    }
    let last = [c.converted_at, c.qualified_at, c.churned_at].into_iter().flatten().max();
    c.meta.updated_at = last.map_or(c.meta.updated_at, |at| at.max(c.meta.updated_at));
}

/// What is known beside name and place.
fn figures(c: &mut Customer, plan: &Plan, index: usize, slot: &Slot, dice: &mut Dice) {
    let median = match slot.r#type {
        CustomerType::Individual => 3_200,
        CustomerType::Business => 18_500,
        CustomerType::Enterprise => 84_000,
    };
    c.value_estimate = dice.chance(70).then(|| Money(dice.amount(median) * 10_000));
    let talk = slot.locale.lang.talk();
    if dice.chance(45) {
        let sentences = 1 + dice.below(3) + if dice.chance(15) { dice.below(5) } else { 0 };
        let from = dice.below(talk.notes.len());
        let chosen = (0..sentences.min(talk.notes.len())).map(|n| talk.notes[(from + n) % talk.notes.len()]);
        c.notes = Some(chosen.collect::<Vec<_>>().join(if sentences > 3 { "\n" } else { " " }));
    }
    if dice.chance(35) {
        c.preferences = preferences(talk.code, dice);
    }
    if c.status == Status::Lead && dice.chance(60) {
        c.qualification = qualification(plan.now, dice);
    }
    if c.status == Status::Active && dice.chance(30) {
        c.external_refs = vec![ExternalRef { system: "erp".into(), id: format!("D{:07}", 1_000_000 + index) }];
    }
    if c.r#type != CustomerType::Individual && dice.chance(8) {
        c.shipping_address = c.address.clone().map(|a| Address { street: street(slot.locale, dice), ..a });
    }
    if c.status != Status::Inactive && dice.chance(4) {
        c.next_follow_up_by_hand = Some(Day::of(plan.now).plus(dice.between(-6, 24)));
    }
}

fn preferences(language: &str, dice: &mut Dice) -> Map<String, Value> {
    let mut answer = || *["yes", "yes", "no", "unknown"].get(dice.below(4)).unwrap_or(&"unknown");
    let (email, phone, sms) = (answer(), answer(), answer());
    let out = json!({
        "email": email, "phone": phone, "sms": sms, "language": language,
        "doNotContact": false, "poRequired": dice.chance(30),
    });
    if let Value::Object(map) = out { map } else { Map::new() }
}

/// Budget, authority, need, timeline, as far as they were asked.
fn qualification(now: Millis, dice: &mut Dice) -> Map<String, Value> {
    let mut out = Map::new();
    for part in ["budget", "authority", "need", "timeline"] {
        let level = *["unknown", "no", "partial", "yes", "yes"].get(dice.below(5)).unwrap_or(&"unknown");
        let mut entry = json!({ "level": level });
        if part == "timeline" && level != "unknown" {
            entry["date"] = Day::of(now).plus(dice.between(10, 240)).ms().into();
        }
        if part == "budget" && matches!(level, "yes" | "partial") {
            entry["amount"] = dice.amount(20_000).into();
        }
        out.insert(part.to_owned(), entry);
    }
    out
}

fn tags(dice: &mut Dice) -> Vec<String> {
    let count = dice.below(3) + usize::from(dice.chance(20));
    let mut tags: Vec<String> = (0..count).map(|_| dice.pick(TAGS).to_owned()).collect();
    tags.sort();
    tags.dedup();
    tags
}

fn street(locale: &Locale, dice: &mut Dice) -> String {
    let number = (1 + dice.below(30) * (1 + dice.below(5))).to_string();
    fill(locale.street, &[('s', dice.pick(locale.streets)), ('n', &number)])
}

fn address(locale: &Locale, town: Entry, dice: &mut Dice) -> Address {
    Address {
        street: street(locale, dice),
        city: town.text.to_owned(),
        state: town.state.to_owned(),
        zip_code: dice.digits(town.more),
        country: locale.country.to_owned(),
    }
}

/// A number of the country that nobody has, as far as the country keeps such numbers.
pub fn phone(locale: &Locale, dice: &mut Dice) -> String {
    let pattern = dice.pick(locale.phones);
    dice.digits(pattern)
}

/// At most `max` bytes of a slug, a label of a domain name.
pub fn cut(slug: &str, max: usize) -> &str {
    slug.get(..max).unwrap_or(slug).trim_end_matches('-')
}

/// A person's mail address at a company.
pub fn mail(first: &str, last: &str, domain: &str) -> String {
    format!("{}.{}@{domain}", slug(first), slug(last))
}
