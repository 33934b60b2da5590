//! Accept: the one way in which the server takes changes, for push and REST alike.
//!
//! The org's sequence row is taken first, so nobody else of the org writes meanwhile; rows are read in bulk, judged and merged
//! in memory, and written in bulk. A refusal writes nothing. Outcomes commit with their effect.

mod amend;
mod chain;
mod entitlement;
pub mod events;
mod fill;
mod follow;
mod join;
mod judge;
mod pull;

pub use crate::merging::joined::Side;
pub use amend::{Why, amend, archive, erase, family, purge};
pub use join::join;
pub use pull::pull;
pub(crate) use pull::{carries, shown};

use crate::world::{Slot, World};
use follow::{Touched, complete, refresh};
use judge::Judge;
use rapport_model::merge::Logged;
use rapport_model::mutation::{Change, Ending, Mutation, Op, Outcome, Seen};
use rapport_model::stamp::{Stamp, Stamps};
use rapport_model::wire::What;
use rapport_model::{
    Actor, BoxedRecord, Card, Code, Customer, Error, Id, Kind, Millis, Record, Result, Sight, Source, Version, access,
    customer_of, defect, rules,
};
use rapport_store::Tx;
use rapport_store::history::ChangeLine;
use rapport_store::log::LogEntry;
use rapport_store::tombstones::Tombstone;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Mutations of one transaction at most; a host cuts longer pushes.
pub const BATCH_MUTATIONS_MAX: usize = 250;

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
    let sight = tx.sight(&at.actor)?;
    let ids: Vec<Id> = mutations.iter().map(|m| m.mutation_id).collect();
    let mut known = tx.outcomes(&ids)?;
    chain::take(tx, at, &mutations, &known.keys().copied().collect())?;
    // A held mutation is judged again when it comes again.
    let waited: BTreeSet<Id> = known.extract_if(|_, outcome| outcome.ending == Ending::Held).map(|(id, _)| id).collect();
    let fresh: Vec<Mutation> = mutations.iter().filter(|m| !known.contains_key(&m.mutation_id)).cloned().collect();
    let mut parted = BTreeSet::new();
    let fresh = fresh.into_iter().map(|mutation| reparented(tx, mutation, &mut parted)).collect::<Result<Vec<_>>>()?;
    let fresh: Vec<&Mutation> = fresh.iter().collect();
    let lives = judge::lives_spoken_of(tx, &fresh, sequence.epoch)?;
    let mut world = World::load(tx, &named_by(&fresh))?;
    let mut trail = Trail::default();
    let mut judged: BTreeMap<Id, Outcome> = BTreeMap::new();
    for mutation in &fresh {
        if judged.contains_key(&mutation.mutation_id) {
            continue;
        }
        let actor = Actor { device: mutation.epoch, ..at.actor };
        let mut judge = Judge::new(&mut world, actor, &sight, at, &mut sequence, lives.as_ref(), false);
        judge.waited = waited.contains(&mutation.mutation_id);
        let outcome = judge.mutation(mutation, &mut trail)?;
        judged.insert(mutation.mutation_id, outcome);
    }
    let touched = write_back(&mut world, at, &mut sequence, trail)?;
    refresh(tx, &touched, &mut sequence, at.now)?;
    tx.sequence_put(&sequence)?;
    let stored: Vec<(i64, &Outcome)> = fresh.iter().filter_map(|m| judged.get(&m.mutation_id).map(|o| (m.n, o))).collect();
    let device = mutations.first().map_or(at.actor.device, |m| m.epoch);
    let mut seen = BTreeSet::new();
    let stored: Vec<_> = stored.into_iter().filter(|(_, o)| seen.insert(o.mutation_id)).collect();
    if !defect::on("outcome not stored") {
        tx.outcomes_add(device, at.now, &stored)?;
    }
    known.extend(judged);
    answer(tx, &sight, touched, &mutations, &known)
}

/// Notes that a mutation could not be judged: it waits on its device, and when it comes again it is no stranger.
pub fn note_held(tx: &mut Tx<'_>, at: &Context<'_>, mutation: &Mutation, outcome: &Outcome) -> Result<()> {
    tx.outcomes_add(mutation.epoch, at.now, &[(mutation.n, outcome)])
}

/// Fills outcomes with the records as they stand now, each read once however many edits name it.
fn answer(
    tx: &mut Tx<'_>,
    sight: &Sight,
    touched: Touched,
    mutations: &[Mutation],
    known: &HashMap<Id, Outcome>,
) -> Result<Vec<Outcome>> {
    let mut held = touched.into_records();
    let named = mutations.iter().flat_map(|m| &m.changes).filter_map(|c| Some((Kind::parse(&c.kind)?, c.id)));
    read_missing(tx, &mut held, named)?;
    let owners: Vec<Id> = held.values().filter_map(|record| customer_of(record.as_ref())).collect();
    read_missing(tx, &mut held, owners.into_iter().map(|id| (Kind::Customers, id)))?;
    let mut out = Vec::with_capacity(mutations.len());
    for mutation in mutations {
        let Some(outcome) = known.get(&mutation.mutation_id) else { continue };
        let mut outcome = outcome.clone();
        for change in &mutation.changes {
            let Some(kind) = Kind::parse(&change.kind) else { continue };
            let carried = |record: &&BoxedRecord| {
                let owner = customer_of(record.as_ref()).and_then(|id| held.get(&(Kind::Customers, id))?.of::<Customer>());
                sight.carries(record.as_ref(), owner) || defect::on("answer shows what may not be seen")
            };
            let record = held.get(&(kind, change.id)).filter(carried);
            let version = record.map_or(0, |r| r.meta().version);
            let record = record.map(|r| pull::shown(sight, r.as_ref()));
            outcome.records.push(Seen { kind: change.kind.clone(), id: change.id, version, record });
        }
        out.push(outcome);
    }
    Ok(out)
}

/// Reads what is not there yet.
fn read_missing(
    tx: &mut Tx<'_>,
    held: &mut HashMap<(Kind, Id), BoxedRecord>,
    wanted: impl Iterator<Item = (Kind, Id)>,
) -> Result<()> {
    let missing: BTreeSet<(Kind, Id)> = wanted.filter(|key| !held.contains_key(key)).collect();
    for kind in Kind::ALL {
        let ids: Vec<Id> = missing.iter().filter(|(k, _)| k == kind).map(|(_, id)| *id).collect();
        if ids.is_empty() {
            continue;
        }
        held.extend(tx.find_many(*kind, &ids)?.into_iter().map(|(id, record)| ((*kind, id), record)));
    }
    Ok(())
}

/// One edit over REST: strict, all or nothing. Returns the records as they stand.
pub fn edit(tx: &mut Tx<'_>, at: &Context<'_>, changes: Vec<Change>) -> Result<Vec<BoxedRecord>> {
    let mut sequence = tx.sequence_take()?;
    let sight = tx.sight(&at.actor)?;
    let mutation = Mutation {
        mutation_id: at.source.id(),
        epoch: at.actor.device,
        n: 0,
        prev: String::new(),
        batch_id: None,
        parted: false,
        changes,
    };
    let mut world = World::load(tx, &named_by(&[&mutation]))?;
    let mut trail = Trail::default();
    let before = wanting_primary(&mut world, &mutation)?;
    let mut judge = Judge::new(&mut world, at.actor, &sight, at, &mut sequence, None, true);
    let outcome = judge.mutation(&mutation, &mut trail)?;
    if let Some(mut error) = outcome.error {
        if error.code == Code::InvalidReference.text() {
            // Whether it is missing or out of her sight is the same to the caller.
            error.details = None;
        }
        return Err(error.into());
    }
    let touched = write_back(&mut world, at, &mut sequence, trail)?;
    refresh(tx, &touched, &mut sequence, at.now)?;
    tx.sequence_put(&sequence)?;
    for after in touched.customers(tx)? {
        let was = before.get(&after.meta.id);
        rules::primary_required(was, &after, was.is_some_and(|c| c.primary_contact_id.is_some()))?;
    }
    mutation
        .changes
        .iter()
        .map(|change| {
            let kind = Kind::parse(&change.kind).ok_or_else(|| Error::internal("an unknown kind was accepted"))?;
            touched.record(tx, kind, change.id)
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
    let people = records.iter().any(|record| record.kind() == Kind::Users);
    if people {
        entitlement::before(tx)?;
    }
    let mut log = Vec::with_capacity(records.len());
    let mut by_kind: BTreeMap<Kind, Vec<(BoxedRecord, Stamps)>> = BTreeMap::new();
    for mut record in records.drain(..) {
        let version = sequence.draw();
        record.meta_mut().version = version;
        let updated_at = record.meta().updated_at;
        let stamp = Stamp { version, updated_at, device: at.actor.device, user: at.actor.user };
        log.push(LogEntry {
            version,
            kind: record.kind(),
            record_id: record.meta().id,
            what: What::Record,
            mutation_id: None,
            place: String::new(),
        });
        by_kind.entry(record.kind()).or_default().push((record, Stamps::created(stamp)));
    }
    for (kind, rows) in &by_kind {
        let rows: Vec<(&dyn Record, &Stamps)> = rows.iter().map(|(r, s)| (r.as_ref(), s)).collect();
        tx.put_stamped(*kind, &rows)?;
    }
    tx.log_add(&log, at.now)?;
    if people {
        entitlement::after(tx, Version(sequence.draw()))?;
    }
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

/// What hangs on a customer that was merged meanwhile hangs on the one that it lives on in. `parted` are those that are
/// brought back by this push: what is moved to them stays theirs.
fn reparented(tx: &mut Tx<'_>, mut mutation: Mutation, parted: &mut BTreeSet<Id>) -> Result<Mutation> {
    for change in &mut mutation.changes {
        if change.op == Op::Restore {
            parted.insert(change.id);
        }
        let Some(said) = parent_said(change).filter(|said| !parted.contains(said)) else { continue };
        let lives_on = living_on(tx, said)?;
        if lives_on != said
            && let Some(edit) = change.units.get_mut("customerId")
        {
            edit.value = serde_json::json!(lives_on);
        }
    }
    Ok(mutation)
}

/// Merges that follow one another at most; the limit is for a circle.
const MERGES_MAX: usize = 100;

/// The customer that this one lives on in, however often that was merged again; itself if it was not.
fn living_on(tx: &mut Tx<'_>, customer: Id) -> Result<Id> {
    let mut id = customer;
    for _ in 0..MERGES_MAX {
        let next = match tx.find_as::<Customer>(id)? {
            None => tx.survivor_of(id)?,
            Some(held) if held.meta.deleted_at.is_some() => held.merged.map_or(id, |merged| merged.into),
            Some(_) => id,
        };
        if next == id {
            break;
        }
        id = next;
    }
    Ok(id)
}

fn parent_said(change: &Change) -> Option<Id> {
    change.units.get("customerId").and_then(|edit| edit.value.as_str()).and_then(|text| text.parse().ok())
}

/// Mends what crosses records, then writes rows, log, history and cards. Returns the customers whose derived fields follow.
fn write_back(
    world: &mut World<'_, '_>,
    at: &Context<'_>,
    sequence: &mut rapport_store::log::Sequence,
    mut trail: Trail,
) -> Result<Touched> {
    judge::mend_primaries(world, sequence)?;
    let mut log = moved(world, sequence)?;
    events::note(world, at.now)?;
    let mut dirty: Vec<_> = world.dirty().into_iter().cloned().collect();
    let made = complete(&mut dirty);
    let people = dirty.iter().any(|slot| slot.record.kind() == Kind::Users);
    if people {
        entitlement::before(world.tx)?;
    }
    let quiet = write(world.tx, &dirty)?;
    for slot in &dirty {
        let meta = slot.record.meta();
        let entry = LogEntry {
            version: meta.version,
            kind: slot.record.kind(),
            record_id: meta.id,
            what: What::Record,
            mutation_id: slot.dirty.filter(|id| !id.is_nil()),
            place: String::new(),
        };
        log.push(entry);
    }
    let mut card_rows = Vec::new();
    for mut card in trail.cards.drain(..) {
        let version = sequence.draw();
        card.meta.version = version;
        let stamp = Stamp { version, updated_at: at.now, device: Id::NIL, user: card.user_id };
        log.push(LogEntry {
            version,
            kind: Kind::Cards,
            record_id: card.meta.id,
            what: What::Record,
            mutation_id: None,
            place: String::new(),
        });
        card_rows.push((card, Stamps::created(stamp)));
    }
    let rows: Vec<(&dyn Record, &Stamps)> = card_rows.iter().map(|(c, s)| (c as &dyn Record, s)).collect();
    world.tx.add_stamped(Kind::Cards, &rows)?;
    log.sort_by_key(|entry| entry.version);
    world.tx.log_add(&log, at.now)?;
    if people {
        entitlement::after(world.tx, Version(sequence.draw()))?;
    }
    let lines: Vec<ChangeLine> = trail.lines.into_iter().map(|line| history_line(line, at)).collect();
    world.tx.history_add(&lines)?;
    Ok(Touched::by(dirty, made, &quiet))
}

fn rows<'a>(slots: &[&'a Slot]) -> Vec<(&'a dyn Record, &'a Stamps)> {
    slots.iter().map(|slot| (slot.record.as_ref(), &slot.stamps)).collect()
}

/// Writes the rows. Returns those of which nothing moved that bears on their customers.
fn write(tx: &mut Tx<'_>, dirty: &[Slot]) -> Result<HashSet<Id>> {
    let mut quiet = HashSet::new();
    for kind in Kind::ALL {
        let (held, new): (Vec<&Slot>, Vec<&Slot>) =
            dirty.iter().filter(|slot| slot.record.kind() == *kind).partition(|slot| slot.stored);
        if !held.is_empty() {
            quiet.extend(tx.put_stamped(*kind, &rows(&held))?);
        }
        if !new.is_empty() {
            tx.add_stamped(*kind, &rows(&new))?;
        }
    }
    Ok(quiet)
}

/// A customer that changed its place takes along what hangs on it: those who held it hear that it left, and everything is
/// logged anew behind that, for those who gain it.
fn moved(world: &mut World<'_, '_>, sequence: &mut rapport_store::log::Sequence) -> Result<Vec<LogEntry>> {
    let mut log = Vec::new();
    let movers: Vec<(Id, String)> = world.dirty().iter().filter_map(|slot| Some((slot.record.meta().id, slot.left()?))).collect();
    taken_along(world, sequence, &mut log)?;
    for (customer, place) in movers {
        let mut slots = if defect::on("child left behind") { Vec::new() } else { world.children(customer)? };
        slots.extend(world.get(Kind::Customers, customer)?);
        for slot in slots.iter().filter(|_| !defect::on("leave not logged")) {
            let (kind, record_id) = (slot.record.kind(), slot.record.meta().id);
            let (what, version) = (What::Leave, sequence.draw());
            log.push(LogEntry { version, kind, record_id, what, mutation_id: None, place: place.clone() });
        }
        for mut slot in slots {
            slot.record.meta_mut().version = sequence.draw();
            slot.dirty = Some(slot.dirty.unwrap_or(Id::NIL));
            world.put(slot);
        }
        world.keep();
    }
    Ok(log)
}

/// What went along with a merged customer to one in another place: those who held it there hear that it left.
fn taken_along(world: &mut World<'_, '_>, sequence: &mut rapport_store::log::Sequence, log: &mut Vec<LogEntry>) -> Result<()> {
    let dirty = world.dirty();
    let went = dirty.into_iter().filter_map(|slot| Some((slot.clone(), slot.hung_on?, customer_of(slot.record.as_ref())?)));
    let went: Vec<_> = went.filter(|(_, before, now)| before != now).collect();
    for (mut slot, before, now) in went {
        let before = world.get(Kind::Customers, before)?.and_then(|customer| customer.place);
        let now = world.get(Kind::Customers, now)?.and_then(|customer| customer.record.of::<Customer>().map(access::place));
        let Some(place) = before.filter(|before| Some(before) != now.as_ref()) else { continue };
        let (kind, record_id, version) = (slot.record.kind(), slot.record.meta().id, sequence.draw());
        log.push(LogEntry { version, kind, record_id, what: What::Leave, mutation_id: None, place });
        slot.record.meta_mut().version = sequence.draw();
        world.put(slot);
    }
    world.keep();
    Ok(())
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
fn gone(kind: &str, id: Id, stone: Option<&Tombstone>) -> Error {
    let message = match stone.map(|stone| stone.why.as_str()) {
        Some("erased") => "An administrator erased this record for good. It cannot be brought back.".to_owned(),
        _ => format!("The server does not know this record ({kind} {id}) any more. Create it again from your copy."),
    };
    Error::new(Code::Gone, message)
}
