//! Takes files over: what `import` planned, saved in bounded transactions under one batch id, and taken back as a whole.
//!
//! How far it is, and whether it was cancelled, stands in the store and commits with the rows: a crash in the middle leaves an
//! import that can be seen and taken back.

use crate::commands::Ctx;
use crate::import::columns::{self, TARGETS};
use crate::import::sheet::{self, Format, Sheet};
use crate::import::{
    self, Completion, Creation, Known, KnownCustomer, Note, Plan, Reading, Reason, Remark, Report, Skipped, rows,
};
use crate::save::{How, Saved, save};
use rapport_model::change::{creation, difference};
use rapport_model::mutation::{CHANGES_MAX, Change, Op};
use rapport_model::{Code, Contact, Customer, Error, Id, ImportBatch, Kind, Meta, Millis, Result, User, unit};
use rapport_store::Tx;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Mutations of one transaction at most, so that the app stays usable while an import runs.
const BATCH_MUTATIONS_MAX: usize = 50;
/// Where the import that runs says how far it is.
const RUNNING: &str = "import";
/// Where the rows that the last import refused are kept until they are saved.
const REFUSED: &str = "importRefused";
/// Customers that are named in an answer.
const NAMED_MAX: usize = 20;

/// Where the columns of a table go: their heads, and the names of targets.
pub type Mapping = BTreeMap<String, String>;

/// How far an import is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Running {
    batch_id: Id,
    done: usize,
    total: usize,
    cancelled: bool,
}

/// A file to take.
pub struct File<'a> {
    pub name: &'a str,
    pub bytes: &'a [u8],
    /// `None` = as it was mapped before, else as it is guessed.
    pub mapping: Option<Mapping>,
}

/// Takes a file of any format; a dry run reports what would be taken and saves nothing.
pub fn file(ctx: &Ctx, file: &File<'_>, dry_run: bool) -> Result<Value> {
    let format = sheet::format(file.bytes);
    if format == Format::Vcard {
        let mut report = vcards(ctx, file.bytes, file.name, dry_run)?;
        report["format"] = json!(format);
        return Ok(report);
    }
    let sheet = sheet::read(file.bytes)?;
    let targets = targets(ctx, &sheet, file.mapping.as_ref())?;
    let owners = ctx.store.read(|tx| tx.all::<User>())?;
    let owners: Vec<rows::Owner> =
        owners.into_iter().map(|user| rows::Owner { id: user.meta.id, name: user.name, email: user.email }).collect();
    let read = rows::read(&sheet, &targets, &owners);
    let notes = sheet.notes.iter().cloned().chain(read.notes).map(Note::from).collect();
    let reading =
        Reading { file_name: file.name.to_owned(), cards: sheet.rows.len(), drafts: read.drafts, skipped: read.skipped, notes };
    let plan = planned(ctx, reading)?;
    let mapping: Map<String, Value> =
        sheet.headers.iter().cloned().zip(targets.iter().map(|target| Value::String(target.clone()))).collect();
    let report = if dry_run { plan.report } else { save_all(ctx, plan, sheet.format, mapping)? };
    if !dry_run {
        keep_refused(ctx, file.name, &sheet, &report.skipped)?;
    }
    let mut answer = as_json(&report)?;
    answer["format"] = json!(sheet.format);
    answer["columns"] = json!(read.columns);
    answer["targets"] = json!(TARGETS);
    Ok(answer)
}

/// The bytes of a vCard file; a dry run reports what would be taken and saves nothing.
fn vcards(ctx: &Ctx, bytes: &[u8], file_name: &str, dry_run: bool) -> Result<Value> {
    let plan = planned(ctx, import::read(file_name, bytes))?;
    let report = if dry_run { plan.report } else { save_all(ctx, plan, Format::Vcard, Map::new())? };
    as_json(&report)
}

fn planned(ctx: &Ctx, reading: Reading) -> Result<Plan> {
    let source = ctx.source.clone();
    ctx.store.read(move |tx| {
        let known = InStore { refs: references(tx)?, tx: RefCell::new(tx) };
        import::plan(reading, &known, &mut || source.id())
    })
}

fn as_json(report: &Report) -> Result<Value> {
    serde_json::to_value(report).map_err(Error::internal)
}

/// Where each column goes: as the caller says, as the last import of such a table said, as its head says.
fn targets(ctx: &Ctx, sheet: &Sheet, mapping: Option<&Mapping>) -> Result<Vec<String>> {
    let guessed = || columns::guess(&sheet.headers).into_iter().map(str::to_owned).collect::<Vec<_>>();
    if let Some(mapping) = mapping {
        let said = |header: &String| mapping.get(header).cloned().unwrap_or_default();
        let targets: Vec<String> = sheet.headers.iter().map(said).collect();
        let unknown = targets.iter().find(|name| rows::is_left_out(name) && !name.is_empty());
        return match unknown {
            Some(name) => Err(Error::field(Code::InvalidValue, "mapping", format!("There is no place called \"{name}\"."))),
            None => Ok(targets),
        };
    }
    let mut batches = ctx.store.read(|tx| tx.all::<ImportBatch>())?;
    batches.sort_by_key(|batch| std::cmp::Reverse(batch.meta.created_at));
    let same = |batch: &&ImportBatch| {
        batch.mapping.len() == sheet.headers.len() && sheet.headers.iter().all(|header| batch.mapping.contains_key(header))
    };
    let Some(batch) = batches.iter().find(same) else { return Ok(guessed()) };
    Ok(sheet.headers.iter().map(|header| batch.mapping[header].as_str().unwrap_or_default().to_owned()).collect())
}

/// One save of an import, and what it is about.
struct Part {
    name: String,
    changes: Vec<Change>,
}

fn save_all(ctx: &Ctx, plan: Plan, format: Format, mapping: Map<String, Value>) -> Result<Report> {
    let Plan { creates, completes, mut report } = plan;
    let (batch, now) = (ctx.source.id(), ctx.source.now());
    let mut parts = Vec::with_capacity(creates.len() + completes.len() + 1);
    let (made, changed) = (creates.len(), completes.len());
    for made in creates {
        let name = made.customer.name.clone();
        let split = split(created(made, ctx.actor.user, now)?);
        parts.extend(split.into_iter().map(|changes| Part { name: name.clone(), changes }));
    }
    for completed in completes {
        let name = completed.customer.before.name.clone();
        parts.extend(split(self::changed(completed, now)?).into_iter().map(|changes| Part { name: name.clone(), changes }));
    }
    parts.retain(|part| !part.changes.is_empty());
    if parts.is_empty() {
        return Ok(report);
    }
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let record = ImportBatch {
        meta: Meta { id: batch, created_at: now, updated_at: now, created_by: ctx.actor.user, ..Meta::default() },
        user_id: ctx.actor.user,
        source: report.file_name.chars().take(255).collect(),
        format: json!(format).as_str().unwrap_or_default().to_owned(),
        made: count(made),
        changed: count(changed),
        skipped: count(report.skipped.len()),
        mapping: if json!(mapping).to_string().len() < MAPPING_BYTES_MAX { mapping } else { Map::new() },
    };
    parts.insert(0, Part { name: record.source.clone(), changes: vec![creation(&record, now)?] });
    let total = parts.len();
    let mut running = Running { batch_id: batch, done: 0, total, cancelled: false };
    let begun = running.clone();
    ctx.store.write(move |tx| {
        tx.import_undo_trim()?;
        tx.set_progress(RUNNING, &begun)
    })?;
    while !parts.is_empty() && !running.cancelled {
        let rest = parts.split_off(parts.len().min(BATCH_MUTATIONS_MAX));
        let chunk = std::mem::replace(&mut parts, rest);
        running = save_chunk(ctx, chunk, running, &mut report)?;
    }
    ctx.store.write(|tx| tx.forget_progress(RUNNING))?;
    if running.cancelled {
        let left: usize = parts.len();
        report.notes.insert(0, Remark::Cancelled { count: left }.into());
    }
    report.batch_id = Some(batch);
    Ok(report)
}

/// Bytes of a mapping that is remembered.
const MAPPING_BYTES_MAX: usize = 16_000;

/// Saves a chunk in one transaction; if one of it is refused, all of it one by one, so that it holds up nothing else.
fn save_chunk(ctx: &Ctx, chunk: Vec<Part>, running: Running, report: &mut Report) -> Result<Running> {
    let (actor, now) = (ctx.actor, ctx.source.now());
    let write = |parts: Vec<Vec<Change>>, running: Running| {
        ctx.store.write(move |tx| {
            let cancelled = tx.progress::<Running>(RUNNING)?.is_some_and(|kept| kept.cancelled);
            if cancelled {
                return Ok(Running { cancelled, ..running });
            }
            let done = running.done + parts.len();
            for changes in parts {
                let Saved { undo, .. } = save(tx, actor, now, changes, Some(running.batch_id), How::Import)?;
                tx.import_undo_add(running.batch_id, &undo)?;
            }
            let running = Running { done, ..running };
            tx.set_progress(RUNNING, &running)?;
            Ok(running)
        })
    };
    let all = chunk.iter().map(|part| part.changes.clone()).collect();
    match write(all, running.clone()) {
        Ok(running) => return Ok(running),
        Err(error) if error.code.status() >= 500 => return Err(error),
        Err(_) => {}
    }
    let mut running = running;
    for part in chunk {
        match write(vec![part.changes], running.clone()) {
            Ok(next) => running = next,
            Err(error) if error.code.status() >= 500 => return Err(error),
            Err(error) => {
                running.done += 1;
                report.taken.customers = report.taken.customers.saturating_sub(1);
                report.skipped.push(Skipped {
                    index: 0,
                    line: 0,
                    name: part.name,
                    reason: Reason::BadValue,
                    message: error.message,
                });
            }
        }
        if running.cancelled {
            break;
        }
    }
    Ok(running)
}

/// How far the import is that runs, if one does.
pub fn status(ctx: &Ctx) -> Result<Value> {
    let (running, undoable) = ctx.store.read(|tx| Ok((tx.progress::<Running>(RUNNING)?, tx.imports_undoable()?)))?;
    Ok(json!({ "running": running, "undoable": undoable }))
}

/// Ends the import that runs, behind the transaction that it is in.
pub fn cancel(ctx: &Ctx) -> Result<Value> {
    ctx.store.write(|tx| match tx.progress::<Running>(RUNNING)? {
        Some(running) => tx.set_progress(RUNNING, &Running { cancelled: true, ..running }),
        None => Ok(()),
    })?;
    Ok(json!({}))
}

/// Takes a whole import back. What somebody worked with since stays, and is named.
pub fn revert(ctx: &Ctx, batch: Id) -> Result<Value> {
    let steps = ctx.store.read(move |tx| tx.import_undo(batch))?;
    if steps.is_empty() {
        let message = "This import cannot be taken back here: it was made on another device, or too many came after it.";
        return Err(Error::new(Code::NotFound, message));
    }
    let made: BTreeSet<Id> = steps.iter().flatten().filter(|change| change.op == Op::Delete).map(|change| change.id).collect();
    let made = std::sync::Arc::new(made);
    let (actor, now) = (ctx.actor, ctx.source.now());
    let (mut reverted, mut kept) = (0, Vec::new());
    for chunk in steps.chunks(BATCH_MUTATIONS_MAX) {
        let (chunk, made) = (chunk.to_vec(), made.clone());
        let (count, names) = ctx.store.write(move |tx| {
            let (mut count, mut names) = (0, Vec::new());
            for step in chunk {
                let step = still_fitting(tx, step, &made, &mut names)?;
                if step.is_empty() {
                    continue;
                }
                count += step.iter().filter(|change| change.kind == Kind::Customers.text()).count();
                save(tx, actor, now, step, None, How::Import)?;
            }
            Ok((count, names))
        })?;
        reverted += count;
        kept.extend(names);
    }
    ctx.store.write(move |tx| tx.import_undo_forget(batch))?;
    let count = kept.len();
    kept.truncate(NAMED_MAX);
    Ok(json!({ "reverted": reverted, "kept": { "count": count, "names": kept } }))
}

/// Of what undoes one mutation that which nobody changed since.
fn still_fitting(tx: &mut Tx<'_>, step: Vec<Change>, made: &BTreeSet<Id>, kept: &mut Vec<String>) -> Result<Vec<Change>> {
    let mut out = Vec::with_capacity(step.len());
    let worked_with = step.iter().filter(|change| change.op == Op::Delete && change.kind == Kind::Customers.text());
    for customer in worked_with.map(|change| change.id).collect::<Vec<_>>() {
        if has_other_children(tx, customer, made)? {
            kept.extend(tx.find_as::<Customer>(customer)?.map(|customer| customer.name));
            return Ok(out);
        }
    }
    for mut change in step {
        let Some(kind) = Kind::parse(&change.kind) else { continue };
        let Some(record) = tx.find(kind, change.id)?.filter(|record| record.meta().deleted_at.is_none()) else { continue };
        if change.op == Op::Put {
            let stands = |name: &str| unit::get(record.as_ref(), name).unwrap_or_default();
            change.units.retain(|name, edit| stands(name) == edit.base);
            change.units.values_mut().for_each(|edit| edit.base_version = record.meta().version);
            if change.units.is_empty() {
                continue;
            }
        }
        out.push(change);
    }
    Ok(out)
}

fn has_other_children(tx: &mut Tx<'_>, customer: Id, made: &BTreeSet<Id>) -> Result<bool> {
    for kind in Kind::CHILDREN {
        if tx.having(*kind, "customerId", &json!(customer))?.iter().any(|id| !made.contains(id)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Keeps the refused rows as a table of their own, with a column that says why.
fn keep_refused(ctx: &Ctx, name: &str, sheet: &Sheet, skipped: &[Skipped]) -> Result<()> {
    let rows: Vec<(&Skipped, &sheet::Row)> =
        skipped.iter().filter_map(|one| Some((one, sheet.rows.get(one.index.checked_sub(1)?)?))).collect();
    if rows.is_empty() {
        return ctx.store.write(|tx| tx.forget_progress(REFUSED));
    }
    let mut writer = csv::Writer::from_writer(b"\xEF\xBB\xBF".to_vec());
    let head = sheet.headers.iter().map(String::as_str).chain(["Line", "Reason"]);
    writer.write_record(head.map(|cell| crate::export::safe(cell).into_owned())).map_err(Error::internal)?;
    for (one, row) in rows {
        let line = one.line.to_string();
        let cells = row.cells.iter().map(String::as_str).chain([line.as_str(), one.message.as_str()]);
        writer.write_record(cells.map(|cell| crate::export::safe(cell).into_owned())).map_err(Error::internal)?;
    }
    let text = String::from_utf8(writer.into_inner().map_err(Error::internal)?).map_err(Error::internal)?;
    let kept = json!({ "name": name, "text": text });
    ctx.store.write(move |tx| tx.set_progress(REFUSED, &kept))
}

/// The rows that the last import refused, as a CSV file.
pub fn refused(ctx: &Ctx) -> Result<String> {
    let kept = ctx.store.read(|tx| tx.progress::<Value>(REFUSED))?;
    let text = kept.and_then(|kept| kept["text"].as_str().map(str::to_owned));
    text.ok_or_else(|| Error::new(Code::NotFound, "The last import refused no row."))
}

/// A company with hundreds of contacts is several mutations; parents come first, so order is enough.
fn split(mut changes: Vec<Change>) -> Vec<Vec<Change>> {
    let mut out = Vec::new();
    while changes.len() > CHANGES_MAX / 2 {
        let rest = changes.split_off(CHANGES_MAX / 2);
        out.push(std::mem::replace(&mut changes, rest));
    }
    out.push(changes);
    out
}

fn created(made: Creation, owner: Id, now: Millis) -> Result<Vec<Change>> {
    let mut customer = made.customer;
    customer.assigned_to.get_or_insert(owner);
    let mut changes = vec![creation(&customer, now)?];
    for mut contact in made.contacts {
        contact.customer_id = customer.meta.id;
        changes.push(creation(&contact, now)?);
    }
    Ok(changes)
}

fn changed(completed: Completion, now: Millis) -> Result<Vec<Change>> {
    let customer = &completed.customer;
    let mut changes: Vec<Change> = difference(&customer.before, &customer.after, now)?.into_iter().collect();
    for contact in &completed.contacts {
        changes.extend(difference(&contact.before, &contact.after, now)?);
    }
    for mut contact in completed.new_contacts {
        contact.customer_id = customer.before.meta.id;
        changes.push(creation(&contact, now)?);
    }
    Ok(changes)
}

/// The store as the plan asks it, in one snapshot.
struct InStore<'a, 'b> {
    tx: RefCell<&'a mut Tx<'b>>,
    refs: HashMap<(String, String), Id>,
}

fn references(tx: &mut Tx<'_>) -> Result<HashMap<(String, String), Id>> {
    let all = tx.customer_refs()?;
    Ok(all.into_iter().flat_map(|(id, refs)| refs.into_iter().map(move |r| ((r.system, r.id), id))).collect())
}

impl InStore<'_, '_> {
    fn known(&self, customer: Customer) -> Result<KnownCustomer> {
        let mut contacts = self.tx.borrow_mut().children::<Contact>(customer.meta.id)?;
        contacts.retain(|c| c.meta.deleted_at.is_none());
        Ok(KnownCustomer { customer, contacts })
    }
}

impl Known for InStore<'_, '_> {
    fn by_name_key(&self, key: &str) -> Result<Vec<KnownCustomer>> {
        let found = self.tx.borrow_mut().customers_by_name_key(key)?;
        found.iter().filter_map(|r| r.of::<Customer>().cloned()).map(|c| self.known(c)).collect()
    }

    fn by_ref(&self, system: &str, id: &str) -> Result<Option<KnownCustomer>> {
        let Some(customer) = self.refs.get(&(system.to_owned(), id.to_owned())) else { return Ok(None) };
        let found = self.tx.borrow_mut().find(Kind::Customers, *customer)?;
        found.and_then(|r| r.of::<Customer>().cloned()).map(|c| self.known(c)).transpose()
    }
}
