//! What must hold: always, and when everything has come to rest.

use crate::laptop::Laptop;
use crate::model::{Model, Rows};
use crate::server::Server;
use crate::wire::Reply;
use crate::witness;
use rapport_model::access::Role;
use rapport_model::mutation::Op;
use rapport_model::wire::{Entry, What};
use rapport_model::{BoxedRecord, Card, Contact, Cursor, Customer, Id, Interaction, Kind, customer_of, unit};
use serde_json::Value;
use std::collections::BTreeMap;

/// The name of a rule and how it was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub rule: &'static str,
    pub detail: String,
}

impl Violation {
    pub fn new(rule: &'static str, detail: String) -> Violation {
        Violation { rule, detail }
    }
}

/// All rules, for the tables.
pub const RULES: &[&str] = &[
    "what was saved waits",
    "nothing typed is lost",
    "whole or not at all",
    "what is refused is shown",
    "one effect",
    "answers in order",
    "causality",
    "what was seen stays what was seen",
    "a stamp is the moment of typing",
    "what was deleted stays deleted",
    "a delete takes no unseen edit along",
    "the server is as the model says",
    "the cursor goes forward",
    "the cursor is not ahead of the rows",
    "what waits is what is shown",
    "nothing out of scope is sent",
    "what somebody held and may not is told",
    "devices are as the server",
    "nothing is repaired without a fault",
    "one primary contact",
    "references hold",
    "files are sound",
    "all drains",
    "rounds end well",
    "what can be taken is taken",
];

const KINDS: [Kind; 3] = [Kind::Customers, Kind::Contacts, Kind::Interactions];

pub fn rows_of(server: &Server) -> Rows {
    KINDS.iter().flat_map(|kind| server.rows(*kind).into_iter().map(|(id, record)| ((*kind, id), record))).collect()
}

/// Whether a laptop of this user may hold a customer: written down apart from the product's own answer.
fn may_hold(laptop: &Laptop, customer: &Customer) -> bool {
    if customer.archived_at.is_some() {
        return false;
    }
    let status = customer.status.text();
    match (laptop.role, customer.assigned_to) {
        (Role::Sales, Some(owner)) => owner == laptop.user || laptop.mates.contains(&owner),
        (Role::Sales, None) => status == "prospect" || status == "lead",
        (Role::Brand, _) => false,
        (Role::Admin | Role::Support, _) => true,
    }
}

fn is_held(laptop: &Laptop, record: &BoxedRecord, rows: &Rows) -> bool {
    let customer = customer_of(record.as_ref()).and_then(|id| rows.get(&(Kind::Customers, id)));
    customer.and_then(|customer| customer.of::<Customer>()).is_some_and(|customer| may_hold(laptop, customer))
}

/// What each end computes from its own clock: a call is planned while its time is still to come.
const MOVES_WITH_TIME: [&str; 2] = ["lastContact", "nextFollowUp"];

/// What support never sees of a customer.
const HIDDEN: [&str; 2] = ["value", "valueEstimate"];

/// The server's row as this laptop may see it, without what each end computes for itself.
fn as_seen(laptop: &Laptop, record: &BoxedRecord) -> Value {
    let mut json = record.to_json();
    if let Value::Object(map) = &mut json {
        MOVES_WITH_TIME.iter().for_each(|name| drop(map.shift_remove(*name)));
    }
    if laptop.role == Role::Support
        && record.kind() == Kind::Customers
        && let Value::Object(map) = &mut json
    {
        HIDDEN.iter().for_each(|name| drop(map.shift_remove(*name)));
    }
    json
}

/// Everything in an answer is for this laptop's eyes.
pub fn scope(laptop: &Laptop, reply: &Reply, rows: &Rows) -> Result<(), Violation> {
    let mut sent: Vec<(Kind, Id, Value)> = Vec::new();
    let told = |entries: &[Entry]| -> Vec<(Kind, Id, Value)> {
        let whole = entries.iter().filter(|entry| !entry.record.is_null() && entry.what == What::Record);
        whole.filter_map(|entry| Some((Kind::parse(&entry.kind)?, entry.id, entry.record.clone()))).collect()
    };
    match reply {
        Reply::Pull(answer) => sent.extend(told(&answer.entries)),
        Reply::Family(answer) => sent.extend(told(&answer.entries)),
        // That there is such a customer, and no more.
        Reply::Digest(answer) => sent.extend(answer.each.iter().map(|(id, _)| (Kind::Customers, *id, Value::Null))),
        Reply::Removals(_) => {}
        Reply::Push(answer) => {
            let seen = answer.outcomes.iter().flat_map(|outcome| &outcome.records);
            sent.extend(seen.filter_map(|seen| Some((Kind::parse(&seen.kind)?, seen.id, seen.record.clone()?))));
        }
        Reply::Snapshot(blocks) => {
            for table in blocks.iter().flat_map(|block| block.open().unwrap_or_default()) {
                let Some(kind) = Kind::parse(&table.kind) else { continue };
                let rows = table.rows_of(kind);
                let records = (0..rows.rows).filter_map(|row| rows.record(row).ok());
                sent.extend(records.map(|record| (kind, record.meta().id, record.to_json())));
            }
        }
    }
    for (kind, id, json) in sent.iter().filter(|(kind, ..)| KINDS.contains(kind)) {
        let Some(record) = rows.get(&(*kind, *id)) else { continue };
        witness::met("nothing out of scope is sent");
        if !is_held(laptop, record, rows) {
            return Err(Violation::new("nothing out of scope is sent", format!("{} {id}", kind.text())));
        }
        let private = laptop.role == Role::Support && *kind == Kind::Customers;
        if private && HIDDEN.iter().any(|name| !json[*name].is_null()) {
            return Err(Violation::new("nothing out of scope is sent", format!("the figures of {id}")));
        }
    }
    Ok(())
}

fn cursor_of(laptop: &Laptop) -> Option<Cursor> {
    let text = laptop.store.read(|tx| tx.progress::<String>("cursor")).ok()??;
    Cursor::parse(&text).ok()
}

/// The cursor goes forward within an epoch, and everything up to it is here.
pub fn progress(laptop: &Laptop, last: &mut Option<Cursor>, rows: &Rows, server: &Server) -> Result<(), Violation> {
    let epoch = server.store.read(|tx| tx.sequence()).expect("the server's sequence").epoch_id;
    let Some(cursor) = cursor_of(laptop) else { return Ok(()) };
    let same_life = last.as_ref().filter(|before| before.epoch_id == cursor.epoch_id);
    if same_life.is_some() {
        witness::met("the cursor goes forward");
    }
    if let Some(before) = same_life.filter(|before| before.version > cursor.version) {
        let detail = format!("from {} back to {}", before.version, cursor.version);
        return Err(Violation::new("the cursor goes forward", detail));
    }
    // What a new set of hers brings is still on its way until the cursor has reached that set.
    let arrived = cursor.back_fill.is_empty() && cursor.entitlement == server.entitlement(laptop.user);
    if cursor.epoch_id == epoch && arrived {
        for ((kind, id), record) in rows {
            let version = record.meta().version;
            if version > cursor.version || !is_held(laptop, record, rows) {
                continue;
            }
            witness::met("the cursor is not ahead of the rows");
            if held_version(laptop, *kind, *id) < version {
                let detail = format!("{} {id} at {version}, the cursor at {}", kind.text(), cursor.version);
                return Err(Violation::new("the cursor is not ahead of the rows", detail));
            }
        }
    }
    *last = Some(cursor);
    Ok(())
}

/// The version of the server's row that a laptop holds, under pending edits or plain.
fn held_version(laptop: &Laptop, kind: Kind, id: Id) -> i64 {
    let read = laptop.store.read(move |tx| {
        let base = tx.base_find(kind, id)?.map(|base| base.version);
        Ok(base.max(tx.find(kind, id)?.map(|record| record.meta().version)))
    });
    read.expect("a laptop's rows").unwrap_or(-1)
}

/// Of every plain field with edits in line the last one is shown. What a restored server was offered again, it has judged before:
/// it is shown as it was decided then.
pub fn shown(laptop: &Laptop, poison: &[Id], model: &Model) -> Result<(), Violation> {
    let mut wanted: BTreeMap<(Kind, Id, String), Value> = BTreeMap::new();
    let mut line = laptop.outbox();
    line.sort_by_key(|waiting| waiting.seq);
    line.retain(|waiting| waiting.seal.as_ref().is_none_or(|seal| !model.has_judged(seal.mutation_id)));
    for change in line.iter().flat_map(|waiting| &waiting.changes).filter(|change| change.op == Op::Put) {
        let Some(kind) = Kind::parse(&change.kind) else { continue };
        for name in ["industry", "source", "companyName", "title", "mobile", "subject", "outcome"] {
            if let Some(edit) = change.units.get(name) {
                wanted.insert((kind, change.id, name.to_owned()), edit.value.clone());
            }
        }
    }
    for ((kind, id, name), value) in wanted.into_iter().filter(|((_, id, _), _)| !poison.contains(id)) {
        witness::met("what waits is what is shown");
        let shown = laptop.store.read(move |tx| tx.find(kind, id)).expect("a laptop's rows");
        if shown.is_none() && laptop.cards().iter().any(|card| card.kind == "erased") {
            // What was erased is shown no more; the edits of it that were not in the refused push are refused with the next one.
            continue;
        }
        let shown = shown.and_then(|record| unit::get(record.as_ref(), &name).ok());
        if shown.as_ref() != Some(&value) {
            let detail = format!("{} {id} {name}: {value} waits, {shown:?} is shown", kind.text());
            return Err(Violation::new("what waits is what is shown", detail));
        }
    }
    Ok(())
}

/// When everything has come to rest.
pub fn at_rest(server: &Server, laptops: &[Laptop]) -> Result<(), Violation> {
    let rows = rows_of(server);
    references(&rows)?;
    primary(&rows)?;
    for laptop in laptops {
        same(laptop, &rows)?;
        if !laptop.is_rotten {
            witness::met("nothing is repaired without a fault");
        }
        if !laptop.is_rotten && laptop.repairs() > 0 {
            let detail = format!("laptop {} read {} customers anew", laptop.number, laptop.repairs());
            return Err(Violation::new("nothing is repaired without a fault", detail));
        }
        cards(laptop, server)?;
    }
    let files = laptops.iter().map(|laptop| &laptop.store).chain([&server.store]);
    witness::met("files are sound");
    for store in files {
        let problems = store.maintain(|tx| tx.verify()).unwrap_or_else(|error| vec![error.message]);
        if let Some(problem) = problems.first() {
            return Err(Violation::new("files are sound", problem.clone()));
        }
    }
    Ok(())
}

fn references(rows: &Rows) -> Result<(), Violation> {
    for ((kind, id), record) in rows.iter().filter(|((kind, _), _)| kind.is_child()) {
        witness::met("references hold");
        let customer = customer_of(record.as_ref());
        if customer.is_none_or(|customer| !rows.contains_key(&(Kind::Customers, customer))) {
            return Err(Violation::new("references hold", format!("{} {id} hangs on nothing", kind.text())));
        }
        if let Some(contact) = record.of::<Interaction>().and_then(|one| one.contact_id)
            && !rows.contains_key(&(Kind::Contacts, contact))
        {
            return Err(Violation::new("references hold", format!("{id} names contact {contact}")));
        }
    }
    Ok(())
}

fn primary(rows: &Rows) -> Result<(), Violation> {
    let mut by_customer: BTreeMap<Id, Vec<&Contact>> = BTreeMap::new();
    for contact in rows.values().filter_map(|record| record.of::<Contact>()).filter(|contact| contact.meta.deleted_at.is_none()) {
        by_customer.entry(contact.customer_id).or_default().push(contact);
    }
    if !by_customer.is_empty() {
        witness::met("one primary contact");
    }
    for (customer, contacts) in by_customer {
        let active = contacts.iter().any(|contact| contact.is_active);
        let primaries = contacts.iter().filter(|contact| contact.is_primary).count();
        if primaries != usize::from(active) {
            return Err(Violation::new("one primary contact", format!("{customer} has {primaries}")));
        }
    }
    Ok(())
}

/// A laptop holds exactly what it may, and what it holds is what the server has.
fn same(laptop: &Laptop, rows: &Rows) -> Result<(), Violation> {
    for kind in KINDS {
        let held = laptop.rows(kind);
        let waiting: Vec<Id> = laptop.outbox().iter().flat_map(|one| &one.changes).map(|change| change.id).collect();
        // What was refused stays visible, with its card.
        let cards = laptop.cards();
        let refused = |id: &Id| cards.iter().any(|card| card.record_id == *id && card.kind == "refused");
        let unborn = |id: &Id| held_version(laptop, kind, *id) == 0 || waiting.contains(id) || refused(id);
        if !held.is_empty() {
            witness::met("devices are as the server");
        }
        if rows.iter().any(|((one, _), record)| *one == kind && !is_held(laptop, record, rows)) {
            witness::met("what somebody held and may not is told");
        }
        for (id, record) in &held {
            let theirs = rows.get(&(kind, *id)).filter(|theirs| is_held(laptop, theirs, rows));
            match theirs {
                None if unborn(id) => {}
                None => return Err(Violation::new("what somebody held and may not is told", format!("{} {id}", kind.text()))),
                Some(theirs) if !waiting.contains(id) => {
                    let (mut mine, mut theirs) = (as_seen(laptop, record), as_seen(laptop, theirs));
                    let first = record.of::<Customer>().and_then(|customer| customer.primary_contact_id);
                    // A contact that was refused stays visible, and may be the first one that her customer has here.
                    if first.is_some_and(|contact| held_version(laptop, Kind::Contacts, contact) == 0 || refused(&contact)) {
                        mine["primaryContactId"].take();
                        theirs["primaryContactId"].take();
                    }
                    if mine != theirs {
                        let detail = format!("laptop {} {} {id}:\n  {mine}\n  {theirs}", laptop.number, kind.text());
                        return Err(Violation::new("devices are as the server", detail));
                    }
                }
                Some(_) => {}
            }
        }
        for ((_, id), _) in rows.iter().filter(|((one, _), record)| *one == kind && is_held(laptop, record, rows)) {
            if !held.contains_key(id) {
                let detail = format!("laptop {} lacks {} {id}", laptop.number, kind.text());
                return Err(Violation::new("devices are as the server", detail));
            }
        }
    }
    Ok(())
}

/// Cards of the server for a user are on her laptops.
fn cards(laptop: &Laptop, server: &Server) -> Result<(), Violation> {
    let theirs = server.store.read(|tx| tx.all::<Card>()).expect("the server's cards");
    let mine: Vec<Id> = laptop.cards().iter().map(|card| card.meta.id).collect();
    match theirs.iter().find(|card| card.user_id == laptop.user && !mine.contains(&card.meta.id)) {
        Some(card) => {
            Err(Violation::new("devices are as the server", format!("laptop {} lacks card {}", laptop.number, card.meta.id)))
        }
        None => Ok(()),
    }
}
