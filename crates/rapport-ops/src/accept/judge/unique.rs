//! What is unique (names, numbers, the primary contact of a customer) is first come, and mended where two met.

use super::{Effects, Judge, Stop};
use crate::world::{Slot, World};
use rapport_model::figures::day_in;
use rapport_model::merge::{Logged, Lost};
use rapport_model::number::year;
use rapport_model::quote::QuoteStatus;
use rapport_model::rules::{self, Lookup};
use rapport_model::{Contact, Customer, Id, Kind, Quote, Result, defect, title, unit};
use rapport_store::log::Sequence;
use serde_json::Value;
use std::collections::BTreeSet;

impl Judge<'_, '_, '_> {
    /// What is unique is first come. Over REST the second is refused; by sync a name gets "(2)", a number is drawn anew, each
    /// with a card.
    pub(super) fn unique(&mut self, slot: &mut Slot, held: Option<&Slot>, effects: &mut Effects) -> Result<(), Stop> {
        if !self.strict && !defect::on("name clash refused") {
            self.name(slot, held, effects)?;
            self.number(slot, held, effects)?;
        }
        Ok(rules::unique(self.world, self.sight, held.map(|slot| slot.record.as_ref()), slot.record.as_ref())?)
    }

    /// A number that is taken: a draft gets the next free one, of two that went out both keep it and the second is marked.
    fn number(&mut self, slot: &mut Slot, held: Option<&Slot>, effects: &mut Effects) -> Result<(), Stop> {
        let before = held.map(|slot| slot.record.as_ref());
        let Some(other) = rules::same_number(self.world, before, slot.record.as_ref())? else { return Ok(()) };
        let (kind, id, user) = (slot.record.kind(), slot.record.meta().id, self.actor.user);
        let sent = slot.record.of_mut::<Quote>().filter(|quote| quote.status != QuoteStatus::Draft);
        let went_out = sent.map(|quote| quote.duplicate_of = Some(other)).is_some();
        let (Some(unit), Some(series)) = (kind.lists().number, kind.lists().series) else { return Ok(()) };
        let mine = unit::get(slot.record.as_ref(), unit)?;
        if !went_out {
            let today = day_in(&self.world.org()?.time_zone, self.at.now);
            let fresh = Value::String(self.world.next_number(series, year(today))?);
            unit::set(slot.record.as_mut(), unit, fresh.clone())?;
            let (before, unit) = (mine.clone(), unit.to_owned());
            effects.lines.push((kind, id, Logged { unit, before, after: fresh, overridden: false, lost_by: None }));
        }
        effects.joined = true;
        let theirs = Value::String(other.to_string());
        let lost = Lost { unit: unit.into(), loser: user, winner: user, mine, theirs, original: Value::Null };
        let what = if went_out { "duplicateNumber" } else { "renumbered" };
        let card = self.card(what, kind, id, &title(slot.record.as_ref()), lost);
        effects.cards.push(card);
        Ok(())
    }

    /// By sync the later customer of a name gets "(2)" and a card, so that its contacts and calls are safe at once.
    pub(super) fn name(&mut self, slot: &mut Slot, held: Option<&Slot>, effects: &mut Effects) -> Result<(), Stop> {
        let Some(customer) = slot.record.of::<Customer>() else { return Ok(()) };
        let before = held.and_then(|s| s.record.of::<Customer>());
        let same = before.is_some_and(|b| b.name_key == customer.name_key && b.meta.deleted_at.is_none());
        if same {
            return Ok(());
        }
        let Some(other) = rules::namesake(self.world, customer)? else { return Ok(()) };
        let (mine, id) = (customer.name.clone(), customer.meta.id);
        let free = rules::free_name(self.world, &mine)?;
        let logged = Logged {
            unit: "name".to_owned(),
            before: Value::String(mine.clone()),
            after: Value::String(free.clone()),
            overridden: false,
            lost_by: None,
        };
        let owner = self.world.record(Kind::Customers, other)?.and_then(|r| r.of::<Customer>().and_then(|c| c.assigned_to));
        let lost = Lost {
            unit: "name".to_owned(),
            loser: self.actor.user,
            winner: owner.unwrap_or(self.actor.user),
            mine: Value::String(mine),
            theirs: Value::String(other.to_string()),
            original: Value::Null,
        };
        if let Some(customer) = slot.record.of_mut::<Customer>() {
            customer.name = free.clone();
            customer.compute_own();
        }
        effects.joined = true;
        effects.lines.push((Kind::Customers, id, logged));
        let card = self.card("duplicate", Kind::Customers, id, &free, lost);
        effects.cards.push(card);
        Ok(())
    }
}

/// With at least one active contact exactly one is primary: the one that was chosen last, else the first.
pub(in crate::accept) fn mend_primaries(world: &mut World<'_, '_>, sequence: &mut Sequence) -> Result<()> {
    if defect::on("primary demotion dropped") {
        return Ok(());
    }
    let contacts = world.dirty().into_iter().filter_map(|slot| Some((slot.hung_on, slot.record.of::<Contact>()?)));
    let customers: BTreeSet<Id> =
        contacts.flat_map(|(before, contact)| before.into_iter().chain([contact.customer_id])).collect();
    for customer in customers {
        let slots = world.contacts(customer)?;
        let contact = |slot: &Slot| slot.record.of::<Contact>().cloned();
        let counting = || slots.iter().filter_map(|s| Some((s, contact(s)?))).filter(|(_, c)| c.counts());
        let chosen = counting().filter(|(_, c)| c.is_primary).max_by_key(|(s, c)| (s.stamps.of("isPrimary").rank(), c.meta.id));
        let primary = chosen.or_else(|| counting().min_by_key(|(_, c)| (c.meta.created_at, c.meta.id))).map(|(_, c)| c.meta.id);
        for slot in &slots {
            let mut slot = slot.clone();
            let Some(contact) = slot.record.of_mut::<Contact>() else { continue };
            if contact.meta.deleted_at.is_some() {
                continue;
            }
            let should = Some(contact.meta.id) == primary;
            if contact.is_primary == should {
                continue;
            }
            // The mended unit keeps its stamp and does not count as touched by others.
            contact.is_primary = should;
            contact.meta.version = sequence.draw();
            slot.dirty = Some(slot.dirty.unwrap_or(Id::NIL));
            world.put(slot);
        }
        world.keep();
    }
    Ok(())
}
