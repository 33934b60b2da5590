//! Accept: the one way in which the server takes changes, for push and REST alike.
//!
//! The org's sequence row is taken first, so nobody else of the org writes meanwhile; rows are read in bulk, judged and merged
//! in memory, and written in bulk. A refusal writes nothing. Outcomes commit with their effect.

mod judge;
mod pull;

pub use pull::pull;

use crate::world::World;
use judge::Judge;
use rapport_model::merge::Logged;
use rapport_model::mutation::{Change, Ending, Mutation, Outcome, Seen};
use rapport_model::stamp::{Stamp, Stamps};
use rapport_model::wire::What;
use rapport_model::{
    Actor, BoxedRecord, Card, Code, Contact, Customer, Error, Id, Interaction, Kind, Millis, Record, Result, Source,
};
use rapport_store::Tx;
use rapport_store::history::ChangeLine;
use rapport_store::log::LogEntry;
use std::collections::{BTreeMap, BTreeSet};

/// Mutations of one transaction at most; a host cuts longer pushes.
pub const BATCH_MUTATIONS_MAX: usize = 100;

/// Who changes, and when.
pub struct Context<'a> {
    pub actor: Actor,
    pub now: Millis,
    pub source: &'a dyn Source,
}

/// A line of history on its way: which record, what, by which mutation.
struct Line {
    kind: Kind,
    record: Id,
    logged: Logged,
    by: Id,
    mutation: Option<Id>,
}

/// What a batch leaves behind beside the rows.
#[derive(Default)]
struct Trail {
    lines: Vec<Line>,
    cards: Vec<Card>,
}

/// A device's push: every mutation gets an outcome, one that was judged before the same one again.
pub fn push(tx: &mut Tx<'_>, at: &Context<'_>, mutations: Vec<Mutation>) -> Result<Vec<Outcome>> {
    let mut sequence = tx.sequence_take()?;
    let ids: Vec<Id> = mutations.iter().map(|m| m.mutation_id).collect();
    let mut known = tx.outcomes(&ids)?;
    let fresh: Vec<&Mutation> = mutations.iter().filter(|m| !known.contains_key(&m.mutation_id)).collect();
    let mut world = World::load(tx, &named_by(&fresh))?;
    let mut trail = Trail::default();
    let mut judged: BTreeMap<Id, Outcome> = BTreeMap::new();
    for mutation in &fresh {
        if judged.contains_key(&mutation.mutation_id) {
            continue;
        }
        let actor = Actor { device: mutation.epoch, ..at.actor };
        let mut judge = Judge::new(&mut world, actor, at, &mut sequence, false);
        let outcome = judge.mutation(mutation, &mut trail)?;
        judged.insert(mutation.mutation_id, outcome);
    }
    let touched = write_back(&mut world, at, &mut sequence, trail)?;
    tx.sequence_put(&sequence)?;
    let stored: Vec<(i64, &Outcome)> = fresh
        .iter()
        .filter_map(|m| judged.get(&m.mutation_id).map(|o| (m.n, o)))
        // A held mutation is judged again when it comes again.
        .filter(|(_, o)| o.ending != Ending::Held)
        .collect();
    let device = mutations.first().map_or(at.actor.device, |m| m.epoch);
    let mut seen = BTreeSet::new();
    let stored: Vec<_> = stored.into_iter().filter(|(_, o)| seen.insert(o.mutation_id)).collect();
    tx.outcomes_add(device, at.now, &stored)?;
    tx.refresh_customers(&touched, at.now)?;
    known.extend(judged);
    answer(tx, &at.actor, &mutations, &known)
}

/// Fills outcomes with the records as they stand now.
fn answer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    mutations: &[Mutation],
    known: &std::collections::HashMap<Id, Outcome>,
) -> Result<Vec<Outcome>> {
    let mut out = Vec::with_capacity(mutations.len());
    for mutation in mutations {
        let Some(outcome) = known.get(&mutation.mutation_id) else { continue };
        let mut outcome = outcome.clone();
        for change in &mutation.changes {
            let Some(kind) = Kind::parse(&change.kind) else { continue };
            let record = tx.find(kind, change.id)?.filter(|record| pull::may_see(actor, record.as_ref()));
            outcome.records.push(Seen {
                kind: change.kind.clone(),
                id: change.id,
                version: record.as_ref().map_or(0, |r| r.meta().version),
                record: record.map(|r| r.to_json()),
            });
        }
        out.push(outcome);
    }
    Ok(out)
}

/// One edit over REST: strict, all or nothing. Returns the records as they stand.
pub fn edit(tx: &mut Tx<'_>, at: &Context<'_>, changes: Vec<Change>) -> Result<Vec<BoxedRecord>> {
    let mut sequence = tx.sequence_take()?;
    let mutation =
        Mutation { mutation_id: at.source.id(), epoch: at.actor.device, n: 0, prev: String::new(), batch_id: None, changes };
    let mut world = World::load(tx, &named_by(&[&mutation]))?;
    let mut trail = Trail::default();
    let before = wanting_primary(&mut world, &mutation)?;
    let mut judge = Judge::new(&mut world, at.actor, at, &mut sequence, true);
    let outcome = judge.mutation(&mutation, &mut trail)?;
    if let Some(error) = outcome.error {
        return Err(error.into());
    }
    let touched = write_back(&mut world, at, &mut sequence, trail)?;
    tx.sequence_put(&sequence)?;
    tx.refresh_customers(&touched, at.now)?;
    for customer in touched {
        let Some(after) = tx.find_as::<Customer>(customer)? else { continue };
        let was = before.get(&customer);
        crate::rules::primary_required(was, &after, was.is_some_and(|c| c.primary_contact_id.is_some()))?;
    }
    mutation
        .changes
        .iter()
        .map(|change| {
            let kind = Kind::parse(&change.kind).ok_or_else(|| Error::internal("an unknown kind was accepted"))?;
            tx.get(kind, change.id)
        })
        .collect()
}

/// The customers that a mutation touches, as they were.
fn wanting_primary(world: &mut World<'_, '_>, mutation: &Mutation) -> Result<BTreeMap<Id, Customer>> {
    let mut out = BTreeMap::new();
    for change in &mutation.changes {
        let Some(kind) = Kind::parse(&change.kind) else { continue };
        let owner = match world.get(kind, change.id)? {
            Some(slot) => customer_of(slot.record.as_ref()),
            None => None,
        };
        let owner = owner.or_else(|| parent_said(change));
        if let Some(owner) = owner
            && let Some(slot) = world.get(Kind::Customers, owner)?
            && let Some(customer) = slot.record.of::<Customer>()
        {
            out.insert(owner, customer.clone());
        }
    }
    Ok(out)
}

/// Writes records of the server's own (organisation, teams, users) and bulk data: stamped and logged, no rules.
pub fn write_server(tx: &mut Tx<'_>, at: &Context<'_>, mut records: Vec<BoxedRecord>) -> Result<()> {
    let mut sequence = tx.sequence_take()?;
    let mut log = Vec::with_capacity(records.len());
    let mut by_kind: BTreeMap<Kind, Vec<(BoxedRecord, Stamps)>> = BTreeMap::new();
    for mut record in records.drain(..) {
        let version = sequence.draw();
        record.meta_mut().version = version;
        let updated_at = record.meta().updated_at;
        let stamp = Stamp { version, updated_at, device: at.actor.device, user: at.actor.user };
        log.push(LogEntry { version, kind: record.kind(), record_id: record.meta().id, what: What::Record, mutation_id: None });
        by_kind.entry(record.kind()).or_default().push((record, Stamps::created(stamp)));
    }
    for (kind, rows) in &by_kind {
        let rows: Vec<(&dyn Record, &Stamps)> = rows.iter().map(|(r, s)| (r.as_ref(), s)).collect();
        tx.put_stamped(*kind, &rows)?;
    }
    tx.log_add(&log)?;
    tx.sequence_put(&sequence)
}

/// Every row that a batch names: the records, and the customers that children say they hang on.
fn named_by(mutations: &[&Mutation]) -> BTreeSet<(Kind, Id)> {
    let mut out = BTreeSet::new();
    for change in mutations.iter().flat_map(|m| &m.changes) {
        let Some(kind) = Kind::parse(&change.kind) else { continue };
        out.insert((kind, change.id));
        out.extend(parent_said(change).map(|id| (Kind::Customers, id)));
    }
    out
}

fn parent_said(change: &Change) -> Option<Id> {
    change.units.get("customerId").and_then(|edit| edit.value.as_str()).and_then(|text| text.parse().ok())
}

/// The customer that a record hangs on; a customer hangs on itself.
fn customer_of(record: &dyn Record) -> Option<Id> {
    let child = record.of::<Contact>().map(|c| c.customer_id).or_else(|| record.of::<Interaction>().map(|i| i.customer_id));
    child.or_else(|| (record.kind() == Kind::Customers).then_some(record.meta().id))
}

/// Mends what crosses records, then writes rows, log, history and cards. Returns the customers whose derived fields follow.
fn write_back(
    world: &mut World<'_, '_>,
    at: &Context<'_>,
    sequence: &mut rapport_store::log::Sequence,
    mut trail: Trail,
) -> Result<Vec<Id>> {
    judge::mend_primaries(world, sequence)?;
    let dirty: Vec<_> = world.dirty().into_iter().cloned().collect();
    let mut log = Vec::with_capacity(dirty.len());
    let mut customers = BTreeSet::new();
    for kind in Kind::ALL {
        let rows: Vec<(&dyn Record, &Stamps)> =
            dirty.iter().filter(|s| s.record.kind() == *kind).map(|s| (s.record.as_ref(), &s.stamps)).collect();
        if !rows.is_empty() {
            world.tx.put_stamped(*kind, &rows)?;
        }
    }
    for slot in &dirty {
        let meta = slot.record.meta();
        customers.extend(customer_of(slot.record.as_ref()));
        let entry = LogEntry {
            version: meta.version,
            kind: slot.record.kind(),
            record_id: meta.id,
            what: What::Record,
            mutation_id: slot.dirty.filter(|id| !id.is_nil()),
        };
        log.push(entry);
    }
    let mut card_rows = Vec::new();
    for mut card in trail.cards.drain(..) {
        let version = sequence.draw();
        card.meta.version = version;
        let stamp = Stamp { version, updated_at: at.now, device: Id::NIL, user: card.user_id };
        log.push(LogEntry { version, kind: Kind::Cards, record_id: card.meta.id, what: What::Record, mutation_id: None });
        card_rows.push((card, Stamps::created(stamp)));
    }
    let rows: Vec<(&dyn Record, &Stamps)> = card_rows.iter().map(|(c, s)| (c as &dyn Record, s)).collect();
    world.tx.put_stamped(Kind::Cards, &rows)?;
    log.sort_by_key(|entry| entry.version);
    world.tx.log_add(&log)?;
    let lines: Vec<ChangeLine> = trail.lines.into_iter().map(|line| history_line(line, at)).collect();
    world.tx.history_add(&lines)?;
    Ok(customers.into_iter().collect())
}

fn history_line(line: Line, at: &Context<'_>) -> ChangeLine {
    ChangeLine {
        id: at.source.id(),
        kind: Some(line.kind),
        record_id: line.record,
        unit: line.logged.unit,
        before: line.logged.before,
        after: line.logged.after,
        by: line.by,
        at: at.now,
        mutation_id: line.mutation,
        overridden: line.logged.overridden,
        lost_by: line.logged.lost_by,
    }
}

/// The error of a change that the server cannot place.
fn gone(kind: &str, id: Id) -> Error {
    Error::new(
        Code::Gone,
        format!("The server does not know this record ({kind} {id}) any more. Create it again from your copy."),
    )
}
