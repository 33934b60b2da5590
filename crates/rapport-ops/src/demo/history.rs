//! What happened with a customer in the past 18 months, and what is planned for the next three weeks.

use super::Plan;
use super::account::{DAY_MS, later, office_hours};
use super::dice::Dice;
use super::locale::fill;
use super::slot::Slot;
use super::talk::{Lang, Line, PRODUCTS, Talk};
use rapport_model::customer::{Customer, Status};
use rapport_model::interaction::InteractionType;
use rapport_model::{Contact, Day, Id, Interaction, Meta, Millis};

/// The past that is told, in days: 18 months.
const PAST_DAYS: i64 = 548;

/// Up to 20 interactions in order of their date.
pub fn interactions(plan: &Plan, slot: &Slot, c: &Customer, contacts: &[Contact], dice: &mut Dice) -> Vec<Interaction> {
    let end = if c.status == Status::Inactive { c.meta.updated_at.0 } else { plan.now.0 };
    let start = c.meta.created_at.0.max(plan.now.0 - PAST_DAYS * DAY_MS);
    let mut days: Vec<i64> = (0..count(c.status, dice)).map(|_| dice.between(start, end - 1)).collect();
    days.sort_unstable();
    let last = days.len().saturating_sub(1);
    let mut told: Vec<Interaction> = Vec::with_capacity(days.len() + 1);
    for (n, at) in days.into_iter().enumerate() {
        let desk = office_hours(Millis(at), dice).0;
        let at = Millis(if (start..end).contains(&desk) { desk } else { at });
        let mut one = past(plan, slot, c, contacts, at, dice);
        follow_up(plan, c, &mut one, n == last, slot.locale.lang.talk(), dice);
        told.push(one);
    }
    if c.status != Status::Inactive && told.len() < 20 && dice.chance(7) {
        told.push(planned(plan, slot, c, contacts, dice));
    }
    told.sort_by_key(|i| (i.interaction_date, i.meta.id));
    told
}

/// About 5.3 on average over all customers.
fn count(status: Status, dice: &mut Dice) -> usize {
    match status {
        Status::Active if dice.chance(4) => 15 + dice.below(6),
        Status::Active => dice.below(11) + dice.below(5),
        Status::Lead => dice.below(7) + dice.below(5),
        Status::Prospect => dice.below(5),
        Status::Inactive => dice.below(9),
    }
}

/// Some colleagues write English whatever the country.
fn talk_of(lang: Lang, dice: &mut Dice) -> &'static Talk {
    if dice.chance(15) { Lang::En.talk() } else { lang.talk() }
}

fn past(plan: &Plan, slot: &Slot, c: &Customer, contacts: &[Contact], at: Millis, dice: &mut Dice) -> Interaction {
    let talk = talk_of(slot.locale.lang, dice);
    // Who has not bought yet neither orders nor needs support.
    let bought = c.qualified_at.is_some_and(|since| since <= at);
    let lines = if bought && dice.chance(45) { talk.sold } else { talk.lines };
    let line = &lines[dice.below(lines.len())];
    let written = Millis((at.0 + dice.between(0, 90) * 60_000).min(plan.now.0));
    write(plan, c, contacts, line, (at, written), dice)
}

fn planned(plan: &Plan, slot: &Slot, c: &Customer, contacts: &[Contact], dice: &mut Dice) -> Interaction {
    let talk = talk_of(slot.locale.lang, dice);
    let line = &talk.plans[dice.below(talk.plans.len())];
    let at = office_hours(Millis(plan.now.0 + dice.between(1, 21) * DAY_MS), dice);
    let since = c.meta.created_at.max(Millis(plan.now.0 - 14 * DAY_MS));
    let written = later(since, plan.now, 14, dice);
    write(plan, c, contacts, line, (at, written), dice)
}

/// An interaction of a line; `when` is its date and when it was written down.
fn write(plan: &Plan, c: &Customer, contacts: &[Contact], line: &Line, when: (Millis, Millis), dice: &mut Dice) -> Interaction {
    let &(kind, subject, text, outcome) = line;
    let (at, written) = when;
    let there = |x: &&Contact| x.meta.created_at <= written;
    let known: Vec<&Contact> = contacts.iter().filter(there).collect();
    let contact = known.get(dice.below(known.len())).copied().filter(|_| dice.chance(85));
    let owner = c.assigned_to.unwrap_or(c.meta.created_by);
    let author = if dice.chance(85) { owner } else { plan.owners.get(dice.below(plan.owners.len())).copied().unwrap_or(owner) };
    let who = contact.or(contacts.first()).map(Contact::full_name).unwrap_or_default();
    let (number, product) = ((2 + dice.below(10)).to_string(), dice.pick(PRODUCTS));
    let town = c.address.as_ref().map_or("", |a| a.city.as_str());
    let with = [('c', who.as_str()), ('p', product), ('n', number.as_str()), ('t', town)];
    Interaction {
        meta: Meta {
            id: Id::v7(written.0, &dice.bytes()),
            created_at: written,
            updated_at: written,
            created_by: author,
            ..Meta::default()
        },
        customer_id: c.meta.id,
        contact_id: contact.map(|x| x.meta.id),
        r#type: kind,
        subject: fill(subject, &with),
        description: fill(text, &with),
        outcome: (!outcome.is_empty()).then(|| fill(outcome, &with)),
        interaction_date: at,
        duration: minutes(kind, dice),
        assigned_to: author,
        shared: dice.chance(10),
        ..Interaction::default()
    }
}

fn minutes(kind: InteractionType, dice: &mut Dice) -> Option<i64> {
    match kind {
        InteractionType::Call => Some(dice.between(1, 9) * 5),
        InteractionType::Meeting => Some(dice.between(2, 8) * 15),
        InteractionType::Visit => Some(dice.between(2, 12) * 30),
        InteractionType::Support => dice.chance(60).then(|| dice.between(1, 12) * 10),
        _ => None,
    }
}

/// Every third asks for a follow-up. Old ones are done.
///
/// The latest may be open: overdue, today, ahead, or without a day.
fn follow_up(plan: &Plan, c: &Customer, i: &mut Interaction, latest: bool, talk: &Talk, dice: &mut Dice) {
    let open = latest && c.status != Status::Inactive && dice.chance(32);
    if !open && !dice.chance(30) {
        return;
    }
    i.requires_follow_up = true;
    i.follow_up_notes = dice.chance(85).then(|| dice.pick(talk.steps).to_owned());
    if !open {
        let done = later(i.meta.created_at, plan.now, 25, dice);
        i.follow_up_date = Some(Millis(Day::of(i.interaction_date).plus(dice.between(1, 20)).ms()));
        i.follow_up_done_at = Some(done);
        i.meta.updated_at = done;
        return;
    }
    let ahead = match dice.below(100) {
        0..6 => return,
        6..22 => dice.between(-12, -1),
        22..32 => 0,
        32..70 => dice.between(1, 7),
        _ => dice.between(8, 28),
    };
    // None is due before its interaction.
    let day = Day::of(plan.now).plus(ahead);
    i.follow_up_date = Some(Millis(day.max(Day::of(i.interaction_date)).ms()));
}
