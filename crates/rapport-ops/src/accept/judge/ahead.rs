//! A stamp that lies ahead of the server's time is cut (`rapport_model::clock::cut`), and its author is told, once, if it is of
//! another day: less may come of stamps that the device has seen, which its own are never behind.

use super::{Effects, Judge};
use rapport_model::merge::Lost;
use rapport_model::mutation::Mutation;
use rapport_model::{Card, Kind, Millis, Result, title};
use serde_json::json;

/// How far a stamp is ahead before somebody is told that her clock is wrong.
const TOLD_MS: i64 = 24 * 60 * 60 * 1000;

/// The kind of the card.
const KIND: &str = "clock";

impl Judge<'_, '_, '_> {
    /// A card for the author of an edit whose stamp was cut, with what the stamp said and what counts; none while another such card
    /// waits for her.
    pub(super) fn tell_of_clock(&mut self, mutation: &Mutation, told: &[Card], effects: &mut Effects) -> Result<()> {
        let latest = Millis(self.at.now.0 + TOLD_MS);
        let ahead = mutation.changes.iter().find(|change| change.updated_at() > latest).filter(|_| !self.strict);
        let Some((change, kind)) = ahead.and_then(|change| Some((change, Kind::parse(&change.kind)?))) else { return Ok(()) };
        if told.iter().any(|card| self.is_told_by(card)) || self.was_told()? {
            return Ok(());
        }
        let unit = change.units.iter().find(|(_, edit)| edit.updated_at > latest).map(|(unit, _)| unit.clone());
        let Some(slot) = self.world.get(kind, change.id)? else { return Ok(()) };
        let unit = unit.unwrap_or_default();
        let (mine, theirs) = (json!(change.updated_at()), json!(slot.stamps.of(&unit).updated_at));
        let (loser, winner) = (self.actor.user, self.actor.user);
        let lost = Lost { unit, loser, winner, mine, theirs, original: serde_json::Value::Null };
        let card = self.card(KIND, kind, change.id, &title(slot.record.as_ref()), lost);
        effects.cards.push(card);
        Ok(())
    }

    fn is_told_by(&self, card: &Card) -> bool {
        card.kind == KIND && card.user_id == self.actor.user && card.resolved_at.is_none()
    }

    fn was_told(&mut self) -> Result<bool> {
        let hers = self.world.tx.having(Kind::Cards, "userId", &json!(self.actor.user))?;
        let cards = self.world.tx.find_many(Kind::Cards, &hers)?;
        Ok(cards.values().filter_map(|record| record.of::<Card>()).any(|card| self.is_told_by(card)))
    }
}
