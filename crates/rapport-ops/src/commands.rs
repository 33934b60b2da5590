//! The commands that an interface calls: one table, one dispatch, the same over the window's bridge and on the command line.

use crate::agenda::calendar::RangeArgs;
use crate::agenda::{self, TodayArgs};
use crate::attachments::{self, OfCustomer};
use crate::bulk::{BulkArgs, bulk};
use crate::duplicates::{self, DuplicatesArgs, LikeArgs};
use crate::import;
use crate::merging::{self, MergeArgs, PartArgs};
use crate::queries::{self, ListArgs, kind_of};
use crate::reminders;
use crate::reports::{self, ReportArgs};
use crate::sales::board::{self, BoardArgs};
use crate::sales::page::{self, PageArgs};
use crate::sales::{self, ActArgs, ListArgs as SalesArgs, TotalsArgs};
use crate::save::{How, save};
use crate::screen;
use crate::sending;
use crate::take;
use crate::trash::{self, RestoreArgs, TrashArgs};
use crate::{cards, save::Saved};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rapport_model::mutation::Change;
use rapport_model::{Actor, Code, Error, Id, Result, Source};
use rapport_store::{Store, Tx};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::Arc;

/// What a command works with: the open store, who acts, where time and ids come from.
#[derive(Clone)]
pub struct Ctx {
    pub store: Store,
    pub actor: Actor,
    pub source: Arc<dyn Source>,
}

/// Ids that one call mints at most.
const MINT_MAX: usize = 1000;

macro_rules! commands {
    ($($name:literal $args:ident $handler:path),+ $(,)?) => {
        /// Every command of this crate.
        pub const NAMES: &[&str] = &[$($name),+];

        /// Runs a command by name. Blocks.
        pub fn run(name: &str, args: Value, ctx: &Ctx) -> Result<Value> {
            match name {
                $($name => $handler(parse::<$args>(args)?, ctx),)+
                _ => Err(Error::new(Code::NotFound, format!("There is no command \"{name}\"."))),
            }
        }
    };
}

commands! {
    "records.list" ListArgs list,
    "records.get" RecordArgs get,
    "records.ids" ListArgs list_ids,
    "records.history" RecordArgs history,
    "records.save" SaveArgs save_edits,
    "records.bulk" BulkArgs bulk,
    "ids.mint" MintArgs mint,
    "customers.page" IdArgs customer_page,
    "customers.lanes" FilterArgs lanes,
    "customers.duplicates" DuplicatesArgs duplicates::list,
    "customers.like" LikeArgs duplicates::like,
    "customers.merge" MergeArgs merging::merge,
    "customers.part" PartArgs merging::part,
    "search.query" SearchArgs search,
    "org.overview" NoArgs overview,
    "sync.waiting" NoArgs sending::waiting,
    "sync.merges" NoArgs sending::merges,
    "attachments.list" OfCustomer attachments::list,
    "cards.list" NoArgs list_cards,
    "cards.resolve" ResolveArgs resolve_card,
    "import.read" FileArgs import_read,
    "import.take" FileArgs import_take,
    "import.status" NoArgs import_status,
    "import.cancel" NoArgs import_cancel,
    "import.revert" RevertArgs import_revert,
    "today.page" TodayArgs agenda::today,
    "today.due" NoArgs today_due,
    "calendar.range" RangeArgs agenda::calendar::range,
    "sales.list" SalesArgs sales::list,
    "sales.totals" TotalsArgs sales::add_up,
    "quotes.board" BoardArgs board::board,
    "quotes.page" PageArgs page::quote,
    "quotes.act" ActArgs sales::act,
    "orders.page" PageArgs page::order,
    "reports.get" ReportArgs reports::get,
    "trash.list" TrashArgs trash::list,
    "trash.restore" RestoreArgs trash::restore,
}

fn parse<T: DeserializeOwned>(args: Value) -> Result<T> {
    let args = if args.is_null() { json!({}) } else { args };
    serde_json::from_value(args).map_err(|e| Error::new(Code::Malformed, format!("The arguments do not fit: {e}.")))
}

#[derive(Deserialize)]
pub struct NoArgs {}

#[derive(Deserialize)]
struct RecordArgs {
    kind: String,
    id: Id,
}

#[derive(Deserialize)]
struct FilterArgs {
    #[serde(default)]
    filter: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
struct IdArgs {
    id: Id,
}

#[derive(Deserialize)]
struct SaveArgs {
    changes: Vec<Change>,
}

#[derive(Deserialize)]
struct MintArgs {
    count: usize,
}

#[derive(Deserialize)]
struct SearchArgs {
    q: String,
    #[serde(default)]
    limit: Option<usize>,
}

#[derive(Deserialize)]
struct ResolveArgs {
    id: Id,
    choice: String,
}

/// Text that was pasted, or a file that was dropped: its bytes in base 64.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FileArgs {
    #[serde(default)]
    text: String,
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    file_name: Option<String>,
    #[serde(default)]
    mapping: Option<take::Mapping>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RevertArgs {
    batch_id: Id,
}

fn list(args: ListArgs, ctx: &Ctx) -> Result<Value> {
    let now = ctx.source.now();
    if args.filter.get("q").is_some_and(|q| q.as_str().is_some_and(|q| !q.trim().is_empty())) {
        return found(ctx, "items", move |tx| queries::list(tx, args.clone(), now));
    }
    ctx.store.read(move |tx| queries::list(tx, args, now))
}

/// Hits that leave no room for guesses.
const ENOUGH_HITS: usize = 10;

/// Searches; where little is found, the names are learnt first, so that a mistyped one is found as well.
fn found(ctx: &Ctx, hits: &str, search: impl Fn(&mut Tx<'_>) -> Result<Value> + Send + Sync + 'static) -> Result<Value> {
    let search = Arc::new(search);
    let again = search.clone();
    let answer = ctx.store.read(move |tx| search(tx))?;
    if ctx.store.knows_names() || answer[hits].as_array().is_some_and(|hits| hits.len() >= ENOUGH_HITS) {
        return Ok(answer);
    }
    ctx.store.learn_names()?;
    ctx.store.read(move |tx| again(tx))
}

fn list_ids(args: ListArgs, ctx: &Ctx) -> Result<Value> {
    let now = ctx.source.now();
    ctx.store.read(move |tx| screen::ids(tx, args, now))
}

fn lanes(args: FilterArgs, ctx: &Ctx) -> Result<Value> {
    ctx.store.read(move |tx| screen::lanes(tx, args.filter))
}

fn history(args: RecordArgs, ctx: &Ctx) -> Result<Value> {
    let kind = kind_of(&args.kind)?;
    ctx.store.read(move |tx| screen::history(tx, kind, args.id))
}

fn get(args: RecordArgs, ctx: &Ctx) -> Result<Value> {
    let kind = kind_of(&args.kind)?;
    let now = ctx.source.now();
    ctx.store.read(move |tx| queries::held(tx, kind, args.id, now))
}

fn save_edits(args: SaveArgs, ctx: &Ctx) -> Result<Value> {
    let (actor, now) = (ctx.actor, ctx.source.now());
    ctx.store.write(move |tx| {
        let Saved { records, undo } = save(tx, actor, now, args.changes, None, How::Form)?;
        let saved = records.into_iter().map(|(kind, id)| queries::held(tx, kind, id, now)).collect::<Result<Value>>()?;
        Ok(queries::object([("saved", saved), ("undo", json!(undo))]))
    })
}

fn mint(args: MintArgs, ctx: &Ctx) -> Result<Value> {
    let ids: Vec<Id> = (0..args.count.min(MINT_MAX)).map(|_| ctx.source.id()).collect();
    Ok(json!({ "ids": ids }))
}

fn customer_page(args: IdArgs, ctx: &Ctx) -> Result<Value> {
    let now = ctx.source.now();
    ctx.store.read(move |tx| queries::customer_page(tx, args.id, now))
}

fn search(args: SearchArgs, ctx: &Ctx) -> Result<Value> {
    found(ctx, "hits", move |tx| queries::search(tx, &args.q, args.limit.unwrap_or(20)))
}

fn overview(_: NoArgs, ctx: &Ctx) -> Result<Value> {
    let me = ctx.actor.user;
    ctx.store.read(move |tx| queries::overview(tx, me))
}

fn list_cards(_: NoArgs, ctx: &Ctx) -> Result<Value> {
    let me = ctx.actor.user;
    ctx.store.read(move |tx| queries::cards(tx, me))
}

fn resolve_card(args: ResolveArgs, ctx: &Ctx) -> Result<Value> {
    let (actor, now) = (ctx.actor, ctx.source.now());
    ctx.store.write(move |tx| cards::resolve(tx, actor, now, args.id, &args.choice))?;
    Ok(json!({}))
}

fn import_read(args: FileArgs, ctx: &Ctx) -> Result<Value> {
    import_text(&args, ctx, true)
}

fn import_take(args: FileArgs, ctx: &Ctx) -> Result<Value> {
    import_text(&args, ctx, false)
}

fn import_text(args: &FileArgs, ctx: &Ctx, dry_run: bool) -> Result<Value> {
    let name = args.file_name.as_deref().unwrap_or("");
    let decoded = args.content.as_ref().map(|content| STANDARD.decode(content)).transpose();
    let decoded = decoded.map_err(|_| {
        Error::field(Code::Malformed, "content", "The file did not arrive whole. Nothing was imported. Drop it again.")
    })?;
    let bytes = decoded.as_deref().unwrap_or(args.text.as_bytes());
    if bytes.len() > import::FILE_BYTES_MAX {
        let mib = import::FILE_BYTES_MAX / 1024 / 1024;
        let message = format!("This file is larger than {mib} MiB. Nothing was imported. Split it and import the parts.");
        return Err(Error::field(Code::TooLarge, "content", message));
    }
    take::file(ctx, &take::File { name, bytes, mapping: args.mapping.clone() }, dry_run)
}

fn import_status(_: NoArgs, ctx: &Ctx) -> Result<Value> {
    take::status(ctx)
}

fn today_due(_: NoArgs, ctx: &Ctx) -> Result<Value> {
    let [overdue, today] = reminders::counts(ctx)?;
    Ok(json!({ "overdue": overdue, "today": today }))
}

fn import_cancel(_: NoArgs, ctx: &Ctx) -> Result<Value> {
    take::cancel(ctx)
}

fn import_revert(args: RevertArgs, ctx: &Ctx) -> Result<Value> {
    take::revert(ctx, args.batch_id)
}
