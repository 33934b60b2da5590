//! Taking the server's answer to a mutation: it leaves the outbox, its rows become base rows, what was lost becomes a card.

use crate::apply::{self, relay, take_base};
use rapport_model::card::AnyJson;
use rapport_model::mutation::{Change, Ending, Outcome};
use rapport_model::{Actor, Card, Code, Error, Id, Kind, Meta, Millis, Result, Source, customer_of, defect, title};
use rapport_store::Tx;
use rapport_store::history::ChangeLine;
use rapport_store::outbox::{Base, Waiting};
use std::collections::BTreeSet;

/// Takes one answer, given at `at`, server time. Returns whether the mutation was refused. The caller refreshes the customers that it
/// touched, all of a push together.
pub fn take(
    tx: &mut Tx<'_>,
    actor: Actor,
    source: &dyn Source,
    outcome: &Outcome,
    at: Millis,
    touched: &mut BTreeSet<Id>,
) -> Result<bool> {
    let Some(waiting) = tx.outbox_by_mutation(outcome.mutation_id)? else { return Ok(false) };
    let refusal;
    let mut outcome = outcome;
    if outcome.ending == Ending::Held || (outcome.ending == Ending::Refused && defect::on("refused is sent for ever")) {
        if comes(tx, outcome)? || defect::on("held for what never comes") {
            tx.outbox_hold(waiting.seq)?;
            return Ok(false);
        }
        refusal = never_comes(outcome);
        outcome = &refusal;
    }
    if matches!(outcome.ending, Ending::Applied | Ending::Merged) {
        // Until it is on the server's backup it may be lost there.
        tx.remember(&waiting, at)?;
    } else {
        tx.outbox_remove(waiting.seq)?;
    }
    let refused = matches!(outcome.ending, Ending::Refused | Ending::Late);
    let erased = erased_in(outcome);
    if !erased.is_empty() {
        let with_it = erase_all(tx, &waiting, &erased, source.now())?;
        for _ in 0..=with_it {
            tell_erased(tx, actor, source)?;
        }
    }
    if refused && !defect::on("refused without a card") {
        refuse(tx, actor, source, outcome, &waiting, &erased)?;
    }
    for seen in outcome.records.iter().filter(|seen| !erased.contains(&seen.id)) {
        let Some(kind) = Kind::parse(&seen.kind) else { continue };
        if seen.record.is_none() && outcome.ending == Ending::Late && defect::on("late drops the row at once") {
            apply::let_go(tx, kind, seen.id)?;
        } else if seen.record.is_none() && outcome.ending == Ending::Refused {
            keep_visible(tx, kind, seen.id)?;
            if outcome.error.as_ref().is_some_and(|error| error.code == Code::Gone.text()) {
                // It is not there any more, not only out of sight; a server that is restored is not offered its beginning.
                tx.remembered_drop(seen.id)?;
            }
        } else {
            // What is out of sight now goes when a pull says so: it may be in sight again by then, and a pull would not bring it.
            take_base(tx, kind, seen.id, seen.version, seen.record.clone(), touched)?;
            if seen.record.is_none() {
                apply::forget_if_gone(tx, kind, seen.id, false)?;
            }
        }
    }
    for change in waiting.changes.iter().filter(|change| !erased.contains(&change.id)) {
        settle(tx, change, touched)?;
    }
    log_overridden(tx, actor, source, outcome)?;
    Ok(refused)
}

/// The records that it names whose data an administrator has erased.
fn erased_in(outcome: &Outcome) -> Vec<Id> {
    let details = outcome.error.as_ref().and_then(|error| error.details.as_ref());
    details.and_then(|details| serde_json::from_value(details["erased"].clone()).ok()).unwrap_or_default()
}

/// Returns how many later edits of what was erased went with it: they would wait for ever.
fn erase_all(tx: &mut Tx<'_>, waiting: &Waiting, erased: &[Id], now: Millis) -> Result<usize> {
    let mut with_it = 0;
    for change in waiting.changes.iter().filter(|change| erased.contains(&change.id)) {
        let Some(kind) = Kind::parse(&change.kind) else { continue };
        let record = tx.find(kind, change.id)?;
        for later in tx.outbox_of(kind, change.id)? {
            if later.changes.iter().all(|change| erased.contains(&change.id)) {
                tx.outbox_remove(later.seq)?;
                with_it += 1;
            }
        }
        apply::remove(tx, kind, change.id, true)?;
        tx.refresh_customers(&Vec::from_iter(record.as_deref().and_then(customer_of)), now)?;
    }
    Ok(with_it)
}

/// The author is told, without a word of what was erased.
fn tell_erased(tx: &mut Tx<'_>, actor: Actor, source: &dyn Source) -> Result<()> {
    let now = source.now();
    let id = source.id();
    tx.put(&Card {
        meta: Meta { id, created_at: now, updated_at: now, created_by: actor.user, ..Meta::default() },
        user_id: actor.user,
        kind: "erased".to_owned(),
        record_kind: Kind::Cards.text().to_owned(),
        record_id: id,
        message: "You changed something that an administrator has erased for good. Your change went with it.".to_owned(),
        at: now,
        ..Card::default()
    })
}

/// Whether what a held mutation waits for is on this device; what a restored server has lost is offered.
fn comes(tx: &mut Tx<'_>, outcome: &Outcome) -> Result<bool> {
    for id in &outcome.need {
        offer(tx, *id)?;
        if !is_here(tx, *id)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a record is on this device, sent or not.
fn is_here(tx: &mut Tx<'_>, id: Id) -> Result<bool> {
    for kind in Kind::ALL.iter().filter(|kind| !Kind::COMPUTED.contains(kind)) {
        if tx.find(*kind, id)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What it waits for is neither on the server nor here any more, so that nothing brings it: its author decides.
fn never_comes(outcome: &Outcome) -> Outcome {
    let message = "What it belongs to is not there any more, on the server or on this device.";
    let error = Error::new(Code::InvalidReference, message).body(outcome.mutation_id.to_string());
    Outcome { ending: Ending::Refused, error: Some(error), ..outcome.clone() }
}

/// What a restored server has lost and others' work needs there is offered from the copy that was kept.
fn offer(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let Some((kind, json)) = tx.lost_row_take(id)? else { return Ok(()) };
    if let Some(record) = tx.find(kind, id)? {
        // Its own work waits for it: as it is shown, so that what waits stays shown until the answer.
        let unknown = tx.base_find(kind, id)?.is_some_and(|base| base.version == 0 && base.record.is_none());
        let made = tx.outbox_of(kind, id)?.iter().flat_map(|one| &one.changes).any(|change| change.id == id && change.creates());
        if !unknown || made {
            return Ok(());
        }
        let change = rapport_model::change::creation(record.as_ref(), record.meta().updated_at)?;
        return tx.outbox_add(None, &[change]).map(drop);
    }
    let mut record = kind.from_json(json)?;
    record.meta_mut().version = 0;
    let change = rapport_model::change::creation(record.as_ref(), record.meta().updated_at)?;
    tx.put(record.as_ref())?;
    tx.base_put(kind, id, &Base { version: 0, record: None })?;
    tx.outbox_add(None, &[change]).map(drop)
}

/// A record without an answer of its own still loses its pending edit.
fn settle(tx: &mut Tx<'_>, change: &Change, touched: &mut BTreeSet<Id>) -> Result<()> {
    let Some(kind) = Kind::parse(&change.kind) else { return Ok(()) };
    match tx.base_find(kind, change.id)? {
        Some(base) if base.record.is_some() || base.version > 0 => relay(tx, kind, change.id, base, touched),
        _ => Ok(()),
    }
}

/// A refused create stays visible until its card is resolved: its row stays, marked as waiting by its base row.
fn keep_visible(tx: &mut Tx<'_>, kind: Kind, id: Id) -> Result<()> {
    if tx.outbox_of(kind, id)?.is_empty() {
        tx.base_put(kind, id, &Base { version: 0, record: None })?;
        tx.touch(kind, id);
    }
    Ok(())
}

fn refuse(tx: &mut Tx<'_>, actor: Actor, source: &dyn Source, outcome: &Outcome, waiting: &Waiting, erased: &[Id]) -> Result<()> {
    let kept = || waiting.changes.iter().filter(|change| !erased.contains(&change.id));
    let Some(change) = kept().next() else { return Ok(()) };
    let error = outcome.error.clone();
    let kind = Kind::parse(&change.kind);
    let record = kind.map(|kind| tx.find(kind, change.id)).transpose()?.flatten();
    let title = record.as_deref().map(title).unwrap_or_default();
    let why = error.as_ref().map_or("The server did not take it.", |e| e.message.as_str());
    let now = source.now();
    for change in kept() {
        let card = Card {
            meta: Meta { id: source.id(), created_at: now, updated_at: now, created_by: actor.user, ..Meta::default() },
            user_id: actor.user,
            kind: "refused".to_owned(),
            record_kind: change.kind.clone(),
            record_id: change.id,
            code: error.as_ref().map(|e| e.code.clone()).unwrap_or_default(),
            message: format!("Your change of {title} was not taken. {why} Your version is kept here."),
            mine: AnyJson(serde_json::to_value(change).map_err(rapport_model::Error::internal)?),
            at: now,
            ..Card::default()
        };
        tx.put(&card)?;
    }
    Ok(())
}

/// Values that did not stand are kept in the device's own history at once; the full log is the server's.
fn log_overridden(tx: &mut Tx<'_>, actor: Actor, source: &dyn Source, outcome: &Outcome) -> Result<()> {
    let lines: Vec<ChangeLine> = outcome
        .overridden
        .iter()
        .map(|o| ChangeLine {
            id: source.id(),
            kind: Kind::parse(&o.kind),
            record_id: o.id,
            unit: o.unit.clone(),
            before: o.lost.clone(),
            after: o.stands.clone(),
            by: actor.user,
            at: if o.at == Millis(0) { source.now() } else { o.at },
            mutation_id: Some(outcome.mutation_id),
            overridden: true,
            lost_by: Some(o.by),
        })
        .collect();
    tx.history_add(&lines)
}
