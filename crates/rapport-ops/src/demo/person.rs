//! The people at a customer.

use super::Plan;
use super::account::{cut, later, mail, phone};
use super::dice::Dice;
use super::locale::entry;
use super::name::Named;
use super::slot::Slot;
use rapport_model::contact::Channel;
use rapport_model::customer::{CustomerType, Status};
use rapport_model::{Contact, Customer, Id, Meta, Millis};

/// One to four contacts, the first of them primary; an individual is their own contact.
pub fn contacts(plan: &Plan, slot: &Slot, named: &Named, customer: &Customer, dice: &mut Dice) -> Vec<Contact> {
    if let Some((first, last)) = &named.person {
        let mut own = blank(plan, customer, true, dice);
        (own.first_name, own.last_name) = (first.clone(), last.clone());
        own.email = customer.email.clone();
        own.phone = customer.phone.clone();
        own.mobile = dice.chance(60).then(|| dice.digits(slot.locale.mobile));
        return vec![own];
    }
    let count = match (slot.r#type, dice.below(100)) {
        (CustomerType::Enterprise, draw) => 2 + usize::from(draw >= 30) + usize::from(draw >= 75),
        (_, 0..22) => 1,
        (_, 22..60) => 2,
        (_, 60..86) => 3,
        _ => 4,
    };
    let domain = format!("{}.example", cut(&named.slug, 60));
    let mut all: Vec<Contact> = Vec::with_capacity(count);
    for n in 0..count {
        let mut contact = employee(plan, slot, customer, &domain, n == 0, dice);
        // Two people of one name at one company would only confuse.
        let taken = |c: &Contact| all.iter().any(|other| other.full_name() == c.full_name() || other.email == c.email);
        if contact.email.is_some() && taken(&contact) {
            contact = employee(plan, slot, customer, &domain, n == 0, dice);
        }
        all.push(contact);
    }
    all
}

fn blank(plan: &Plan, customer: &Customer, first: bool, dice: &mut Dice) -> Contact {
    let since = customer.meta.created_at;
    let born = if first { Millis((since.0 + 60_000).min(plan.now.0)) } else { later(since, plan.now, 300, dice) };
    Contact {
        meta: Meta {
            id: Id::v7(born.0, &dice.bytes()),
            created_at: born,
            updated_at: later(born, plan.now, 120, dice),
            created_by: customer.meta.created_by,
            ..Meta::default()
        },
        customer_id: customer.meta.id,
        is_primary: first,
        ..Contact::default()
    }
}

fn employee(plan: &Plan, slot: &Slot, customer: &Customer, domain: &str, first: bool, dice: &mut Dice) -> Contact {
    let l = slot.locale;
    let mut contact = blank(plan, customer, first, dice);
    let woman = dice.chance(50);
    let given = entry(dice.pick(if woman { l.women } else { l.men }));
    let family = entry(dice.pick(l.lasts));
    contact.first_name = given.text.to_owned();
    contact.last_name = l.last_of(family.text, woman);
    let talk = l.lang.talk();
    let (title, department) = talk.jobs[dice.below(talk.jobs.len())];
    contact.title = dice.chance(85).then(|| title.to_owned());
    contact.department = dice.chance(60).then(|| department.to_owned());
    contact.email = dice.chance(92).then(|| mail(given.latin, family.latin, domain));
    contact.phone = dice.chance(65).then(|| phone(l, dice));
    contact.mobile = dice.chance(40).then(|| dice.digits(l.mobile));
    if dice.chance(8) {
        contact.notes = Some(dice.pick(talk.people).to_owned());
    }
    if dice.chance(4) {
        let (label, value) = ("Reception", phone(l, dice));
        contact.channels.push(Channel { kind: "phone".into(), label: label.into(), value });
    }
    // Somebody leaves now and then, but never the primary contact.
    contact.is_active = first || customer.status == Status::Prospect || !dice.chance(6);
    contact
}
