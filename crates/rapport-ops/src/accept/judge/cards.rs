//! Cards: what somebody has to see of a judgement.

use super::{Effects, Judge, Stop};
use crate::world::Slot;
use rapport_model::card::AnyJson;
use rapport_model::merge::{Judged, Lost};
use rapport_model::mutation::Change;
use rapport_model::rules::Lookup;
use rapport_model::{Card, Code, Customer, Error, Id, Kind, Meta, customer_of, title, unit};
use serde_json::Value;

impl Judge<'_, '_, '_> {
    pub(super) fn note(&mut self, kind: Kind, id: Id, slot: &Slot, judged: Judged, effects: &mut Effects) {
        effects.lines.extend(judged.log.into_iter().map(|logged| (kind, id, logged)));
        for lost in judged.cards {
            let what = if lost.unit == unit::DELETED { "restored" } else { "conflict" };
            effects.cards.push(self.card(what, kind, id, &title(slot.record.as_ref()), lost));
        }
    }

    pub(super) fn card(&self, what: &str, kind: Kind, id: Id, title: &str, lost: Lost) -> Card {
        let message = match what {
            "restored" => format!("{title} was deleted and changed at the same time. It was brought back with the change."),
            "late" => {
                format!("{title} was changed offline by somebody who does not own it any more. Nothing was written; look at it.")
            }
            "clock" => format!(
                "{title} was changed on a device whose clock was ahead. The change counts from when it arrived. Put that clock right."
            ),
            "renumbered" => format!("The number was taken already. This one is {title} now."),
            "duplicateNumber" => format!("{title} went out twice under one number. Both stand; the later one is marked."),
            "duplicate" => format!("{title} may be there twice: another customer had this name first."),
            _ => format!("{title}: {} was changed by two people. The other value stands.", lost.unit),
        };
        Card {
            meta: Meta {
                id: self.at.source.id(),
                created_at: self.at.now,
                updated_at: self.at.now,
                created_by: lost.winner,
                ..Meta::default()
            },
            user_id: lost.loser,
            kind: what.to_owned(),
            record_kind: kind.text().to_owned(),
            record_id: id,
            unit: lost.unit,
            code: String::new(),
            message,
            mine: AnyJson(lost.mine),
            theirs: AnyJson(lost.theirs),
            original: AnyJson(lost.original),
            by_user: Some(lost.winner),
            at: self.at.now,
            resolved_at: None,
        }
    }

    /// What its author could do when she saw it last and may not any more: her work goes to who owns it now.
    pub(super) fn late(&mut self, held: &Slot, change: &Change, stop: Stop) -> Stop {
        let Stop::Refused(error) = stop else { return stop };
        let lost = matches!(error.code, Code::Forbidden | Code::NotFound | Code::FieldNotAllowed);
        if self.strict || !lost || change.base_version() == 0 {
            return Stop::Refused(error);
        }
        let customer = customer_of(held.record.as_ref()).and_then(|id| self.world.record(Kind::Customers, id).ok().flatten());
        let owner = customer.as_ref().and_then(|c| c.of::<Customer>()).and_then(|c| c.assigned_to);
        let Some(owner) = owner.filter(|owner| *owner != self.actor.user) else { return Stop::Refused(error) };
        let mine = serde_json::to_value(change).unwrap_or_default();
        let lost =
            Lost { unit: String::new(), loser: owner, winner: self.actor.user, mine, theirs: Value::Null, original: Value::Null };
        let title = title(held.record.as_ref());
        let card = self.card("late", held.record.kind(), held.record.meta().id, &title, lost);
        Stop::Late(error, Box::new(card))
    }

    /// People change their own cards only, and make none.
    pub(super) fn own_card(&self, held: Option<&Slot>) -> Result<(), Stop> {
        let own = held.and_then(|s| s.record.of::<Card>()).is_some_and(|c| c.user_id == self.actor.user);
        if own { Ok(()) } else { Err(Error::new(Code::NotFound, "There is no such card here.").into()) }
    }
}
