//! The true device: a session with its encrypted store, told what to do by JSON lines.

use super::document::{document, kind_of, read_line, units};
use super::{EMAIL, PASSWORD, query};
use crate::say;
use crate::world::runtime;
use rapport_client::{Client, Options};
use rapport_model::mutation::{Change, Op, UnitEdit};
use rapport_model::{BoxedRecord, Code, Error, Id, Kind, Merge, Millis, Result, unit};
use rapport_ops::Ctx;
use rapport_ops::save::{How, save};
use serde_json::{Map, Value, json};
use sha1::{Digest, Sha1};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// Edits, each a mutation of its own, that are saved in one transaction.
const SAVES: usize = 250;

/// Records that are loaded in one transaction.
const LOADS: usize = 5000;

pub fn run(db: &Path, server: &str) -> Result<()> {
    let runtime = runtime()?;
    let client = runtime.block_on(open(db, server))?;
    say(&json!({ "ready": true }).to_string());
    for line in std::io::stdin().lock().lines() {
        let request: Value = serde_json::from_str(&line.map_err(Error::internal)?).map_err(Error::internal)?;
        let answer = match runtime.block_on(answer(&client, &request)) {
            Ok(mut answer) => {
                answer["ok"] = true.into();
                answer
            }
            Err(error) => json!({ "ok": false, "error": format!("{}: {}", error.code, error.message) }),
        };
        say(&answer.to_string());
    }
    runtime.block_on(client.close());
    Ok(())
}

/// Signed in, with nothing in the store; alone where there is no server.
async fn open(db: &Path, server: &str) -> Result<Client> {
    let data = PathBuf::from(format!("{}.data", db.display()));
    let options = Options { key_file: Some(data.join("keys.json")), data: Some(data), drive: false, ..Options::default() };
    let client = Client::open(options).await?;
    let login = json!({ "server": server, "email": EMAIL, "password": PASSWORD });
    match client.call("session.connect", login).await {
        Err(error) if error.code == Code::Offline => {
            client.call("session.startLocal", json!({ "name": "Bench", "company": "Pair" })).await?;
        }
        other => drop(other?),
    }
    Ok(client)
}

async fn answer(client: &Client, request: &Value) -> Result<Value> {
    let file = || PathBuf::from(request["file"].as_str().unwrap_or_default());
    match request["cmd"].as_str().unwrap_or_default() {
        "sync" => client.sync_once().await,
        "edit" => edit(&client.context()?, &file()),
        "load" => load(&client.context()?, &file()),
        "count" => count(&client.context()?),
        "getMany" => get_many(&client.context()?, &request["keys"]),
        "alternates" => alternates(&client.context()?, &request["keys"], request["field"].as_str().unwrap_or_default()),
        "prepare" => Ok(json!({})),
        "bench" => bench(&client.context()?, request),
        other => Err(Error::internal(format_args!("there is no command {other}"))),
    }
}

fn lines(file: &Path) -> Result<impl Iterator<Item = Result<String>>> {
    let lines = BufReader::new(File::open(file).map_err(Error::internal)?).lines();
    Ok(lines.map(|line| line.map_err(Error::internal)).filter(|line| line.as_ref().map_or(true, |line| !line.is_empty())))
}

/// Offline edits of a user, each a mutation.
fn edit(ctx: &Ctx, file: &Path) -> Result<Value> {
    let edits = lines(file)?
        .map(|line| serde_json::from_str::<Value>(&line?).map_err(Error::internal))
        .collect::<Result<Vec<Value>>>()?;
    for part in edits.chunks(SAVES) {
        let (part, actor, source) = (part.to_vec(), ctx.actor, ctx.source.clone());
        ctx.store.write(move |tx| {
            for edit in &part {
                let (kind, id) = (kind_of(&edit["t"])?, key(&edit["id"])?);
                let seen = tx.get(kind, id)?;
                let mut changed = std::collections::BTreeMap::new();
                for (theirs, value) in edit["set"].as_object().into_iter().flatten() {
                    for (name, value) in units(kind, theirs, value) {
                        let base = unit::get(seen.as_ref(), name)?;
                        let base_version = seen.meta().version;
                        let edit = UnitEdit { value, base, base_version, updated_at: Millis(0), seen: Millis(0) };
                        changed.insert(name.to_owned(), edit);
                    }
                }
                let change = Change { kind: kind.text().into(), id, op: Op::Put, units: changed };
                save(tx, actor, source.now(), vec![change], None, How::Form)?;
            }
            Ok(())
        })?;
    }
    Ok(json!({ "edits": edits.len() }))
}

fn key(id: &Value) -> Result<Id> {
    serde_json::from_value(id.clone()).map_err(Error::internal)
}

/// Records as they are, with derived fields and search, as an import writes them.
fn load(ctx: &Ctx, file: &Path) -> Result<Value> {
    let mut batch: Vec<BoxedRecord> = Vec::new();
    let mut count = 0;
    for line in lines(file)? {
        let record = read_line(&line?)?;
        if record.kind() == Kind::Customers && batch.len() >= LOADS {
            put(ctx, std::mem::take(&mut batch))?;
        }
        batch.push(record);
        count += 1;
    }
    put(ctx, batch)?;
    Ok(json!({ "n": count }))
}

fn put(ctx: &Ctx, records: Vec<BoxedRecord>) -> Result<()> {
    let now = ctx.source.now();
    ctx.store.write(move |tx| {
        for kind in Kind::ALL {
            let of_kind: Vec<_> = records.iter().filter(|record| record.kind() == *kind).map(AsRef::as_ref).collect();
            tx.put_many(*kind, &of_kind)?;
        }
        let customers: Vec<Id> = records.iter().filter(|r| r.kind() == Kind::Customers).map(|r| r.meta().id).collect();
        tx.refresh_customers(&customers, now).map(drop)
    })
}

const KINDS: [Kind; 4] = [Kind::Customers, Kind::Contacts, Kind::Interactions, Kind::Quotes];

fn count(ctx: &Ctx) -> Result<Value> {
    let counts =
        ctx.store.read(|tx| KINDS.iter().map(|kind| Ok((kind.text(), tx.ids(*kind)?.len()))).collect::<Result<Vec<_>>>())?;
    let counts: Map<String, Value> = counts.into_iter().map(|(kind, count)| (kind.to_owned(), count.into())).collect();
    Ok(json!({ "counts": counts }))
}

fn keys(keys: &Value) -> Result<Vec<(Kind, Id)>> {
    keys.as_array().into_iter().flatten().map(|one| Ok((kind_of(&one[0])?, key(&one[1])?))).collect()
}

fn get_many(ctx: &Ctx, wanted: &Value) -> Result<Value> {
    let wanted = keys(wanted)?;
    let get = move |tx: &mut rapport_store::Tx<'_>| {
        let find = |(kind, id): &(Kind, Id)| Ok(tx.find(*kind, *id)?.map(|record| document(record.as_ref())));
        wanted.iter().map(find).collect::<Result<Vec<Option<Value>>>>()
    };
    Ok(json!({ "docs": ctx.store.read(get)? }))
}

/// What the history of a record still has of a field beside the value that stands.
fn alternates(ctx: &Ctx, wanted: &Value, field: &str) -> Result<Value> {
    let (wanted, field) = (keys(wanted)?, field.to_owned());
    let alternates = ctx.store.read(move |tx| {
        let mut out = Vec::with_capacity(wanted.len());
        for (kind, id) in wanted {
            let names: Vec<&str> = units(kind, &field, &Value::Null).into_iter().map(|(name, _)| name).collect();
            let stands = match (tx.find(kind, id)?, names.first()) {
                (Some(record), Some(name)) => unit::get(record.as_ref(), name)?,
                _ => Value::Null,
            };
            let lines = tx.history_of(id)?.into_iter().filter(|line| names.contains(&line.unit.as_str()));
            let values = lines.flat_map(|line| [line.before, line.after]).filter(|value| *value != stands && !value.is_null());
            let mut values: Vec<Value> = values.collect();
            if names.first().and_then(|name| unit::merge_rule(kind, name)) == Some(Merge::Text) {
                // Words of several people that were joined stand below each other: each can be read for itself.
                let words: Vec<&str> = stands.as_str().unwrap_or_default().lines().collect();
                values.extend(words.iter().filter(|_| words.len() > 1).map(|line| json!(line)));
            }
            out.push(values);
        }
        Ok(out)
    })?;
    Ok(json!({ "alts": alternates }))
}

fn bench(ctx: &Ctx, request: &Value) -> Result<Value> {
    let name = request["q"].as_str().unwrap_or_default();
    let (mut samples, mut rows, mut digest) = (Vec::new(), Vec::new(), Sha1::new());
    for params in request["params"].as_array().into_iter().flatten() {
        let Some(found) = query::run(&ctx.store, name, params)? else { return Ok(json!({ "na": true })) };
        samples.push(found.ms);
        rows.push(found.ids.len());
        digest.update(format!("{};", found.ids.join(",")));
    }
    let check: String = digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    Ok(json!({ "samples": samples, "n": rows, "check": check }))
}
