//! Each command as a call of the session.

use crate::args::{Args, Command, List, Login};
use crate::output::{self, Failure};
use rapport_client::{Client, Code, Error, Event, Options};
use serde_json::{Map, Value, json};
use std::io::Read;
use std::path::Path;

/// Bytes that stdin may hold: a save of 200 changes with long texts.
const STDIN_BYTES_MAX: u64 = 16 * 1024 * 1024;

pub async fn run(args: Args) -> Result<(), Failure> {
    let watch = matches!(args.command, Command::Sync { watch: true });
    let options = Options { data: args.store, key_file: args.key_file, ca: args.ca, drive: watch, ..Options::default() };
    let client = Client::open(options).await?;
    unlock(&client).await?;
    let result = if watch { follow(&client).await } else { one(&client, args.command).await };
    client.close().await;
    result
}

/// A passphrase in the environment opens what is locked.
async fn unlock(client: &Client) -> Result<(), Failure> {
    let status = client.call("session.status", json!({})).await?;
    if status["state"] == "locked"
        && let Some(passphrase) = passphrase()
    {
        client.call("session.unlock", json!({ "passphrase": passphrase })).await?;
    }
    Ok(())
}

async fn one(client: &Client, command: Command) -> Result<(), Failure> {
    let answer = match command {
        Command::Login(login) => sign_in(client, login).await?,
        Command::Logout { discard } => client.call("session.signOut", json!({ "discardWaiting": discard })).await?,
        Command::Status => status(client).await?,
        Command::Sync { .. } => client.sync_once().await?,
        Command::Carry { file } => client.call("sync.carry", json!({ "path": path_text(&file)? })).await?,
        Command::Get { kind, id } => client.call("records.get", json!({ "kind": kind, "id": id })).await?,
        Command::List(list) => client.call("records.list", list_args(list)?).await?,
        Command::Put => put(client).await?,
        Command::Delete { kind, id } => change(client, "delete", &kind, &id).await?,
        Command::Restore { kind, id } => change(client, "restore", &kind, &id).await?,
        Command::Search { text, limit } => client.call("search.query", json!({ "q": text, "limit": limit })).await?,
        Command::Import { file, dry_run, map, refused } => import(client, &file, dry_run, &map, refused.as_deref()).await?,
        Command::Revert { batch } => client.call("import.revert", json!({ "batchId": batch })).await?,
        Command::Export { kind, file, filter } => {
            let format = match file.extension().and_then(|end| end.to_str()) {
                Some("vcf") => "vcard",
                Some(end @ ("csv" | "json")) => end,
                _ => return Err(Failure::usage("The file's name ends in .csv, .vcf or .json.")),
            };
            let args = json!({ "path": path_text(&file)?, "kind": kind, "filter": pairs(&filter)?, "format": format });
            client.call("export.write", args).await?
        }
        Command::Call { name, args } => {
            let args = serde_json::from_str(&args).map_err(|e| Failure::usage(format!("The arguments are not JSON: {e}.")))?;
            client.call(&name, args).await?
        }
    };
    output::answer(&answer);
    Ok(())
}

async fn sign_in(client: &Client, login: Login) -> Result<Value, Failure> {
    let passphrase = passphrase();
    if let Some(link) = login.link {
        return Ok(client.call("session.enrol", json!({ "link": link, "passphrase": passphrase })).await?);
    }
    if login.local {
        let args = json!({ "name": login.name, "company": login.company, "passphrase": passphrase });
        return Ok(client.call("session.startLocal", args).await?);
    }
    let password = if login.password_stdin {
        stdin()?.lines().next().unwrap_or_default().to_owned()
    } else {
        std::env::var("RAPPORT_PASSWORD")
            .map_err(|_| Failure::usage("Give the password: --password-stdin, or RAPPORT_PASSWORD."))?
    };
    let args = json!({ "server": login.server, "email": login.email, "password": password, "passphrase": passphrase });
    Ok(client.call("session.connect", args).await?)
}

async fn status(client: &Client) -> Result<Value, Failure> {
    let session = client.call("session.status", json!({})).await?;
    let sync = if session["state"] == "ready" { client.call("sync.status", json!({})).await? } else { Value::Null };
    Ok(json!({ "session": session, "sync": sync, "app": client.call("app.info", json!({})).await? }))
}

fn path_text(path: &Path) -> Result<&str, Failure> {
    path.to_str().ok_or_else(|| Failure::usage("The file's name is not Unicode."))
}

async fn import(client: &Client, file: &Path, dry: bool, map: &[String], refused: Option<&Path>) -> Result<Value, Failure> {
    let path = path_text(file)?;
    let seen = client.call("import.read", json!({ "path": path })).await?;
    let mut args = json!({ "path": path });
    if !map.is_empty() {
        let columns = seen["columns"].as_array().into_iter().flatten();
        let mut mapping: Map<String, Value> =
            columns.filter_map(|column| Some((column["header"].as_str()?.to_owned(), column["target"].clone()))).collect();
        mapping.extend(pairs(map)?);
        args["mapping"] = Value::Object(mapping);
    }
    let report = client.call(if dry { "import.read" } else { "import.take" }, args).await?;
    if report["cards"] == 0 {
        let message = format!("{path} holds nothing to import. Nothing was imported. Choose a CSV or vCard file.");
        return Err(Error::field(Code::Unreadable, "path", message).into());
    }
    if let (Some(refused), false, true) = (refused, dry, report["skipped"].as_array().is_some_and(|rows| !rows.is_empty())) {
        client.call("import.saveRefused", json!({ "path": path_text(refused)? })).await?;
    }
    Ok(report)
}

/// FIELD=VALUE, one by one.
fn pairs(list: &[String]) -> Result<Map<String, Value>, Failure> {
    let mut out = Map::new();
    for pair in list {
        let (field, value) = pair.split_once('=').ok_or_else(|| Failure::usage(format!("\"{pair}\" is not FIELD=VALUE.")))?;
        let value = match value {
            "true" | "false" => Value::Bool(value == "true"),
            "null" => Value::Null,
            text => Value::String(text.to_owned()),
        };
        out.insert(field.to_owned(), value);
    }
    Ok(out)
}

fn list_args(list: List) -> Result<Value, Failure> {
    let mut filter = pairs(&list.filter)?;
    if let Some(q) = list.q {
        filter.insert("q".to_owned(), Value::String(q));
    }
    let mut args = json!({ "kind": list.kind, "filter": filter });
    for (name, value) in [("sort", list.sort.map(Value::from)), ("cursor", list.cursor.map(Value::from))] {
        if let Some(value) = value {
            args[name] = value;
        }
    }
    if let Some(limit) = list.limit {
        args["limit"] = limit.into();
    }
    Ok(args)
}

async fn put(client: &Client) -> Result<Value, Failure> {
    let body: Value = serde_json::from_str(&stdin()?)
        .map_err(|e| Error::new(Code::Malformed, format!("Stdin is not JSON: {e}. Nothing was saved.")))?;
    if body.get("changes").is_some() {
        return Ok(client.call("records.save", body).await?);
    }
    Ok(client.put(body).await?)
}

async fn change(client: &Client, op: &str, kind: &str, id: &str) -> Result<Value, Failure> {
    let change = json!({ "kind": kind, "id": id, "op": op, "units": {} });
    Ok(client.call("records.save", json!({ "changes": [change] })).await?)
}

/// Prints the status of sync whenever it changes, until Ctrl-C.
async fn follow(client: &Client) -> Result<(), Failure> {
    let mut events = client.events();
    let mut last = client.call("sync.status", json!({})).await?;
    output::answer(&last);
    let stop = tokio::signal::ctrl_c();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            _ = &mut stop => return Ok(()),
            event = events.recv() => {
                // One that was missed is told by the next.
                if matches!(event, Ok(Event::Touched { .. } | Event::Session)) {
                    continue;
                }
            }
        }
        let now = client.call("sync.status", json!({})).await?;
        if now != last {
            output::answer(&now);
            last = now;
        }
    }
}

fn stdin() -> Result<String, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(STDIN_BYTES_MAX + 1).read_to_string(&mut text);
    read.map_err(|e| Error::new(Code::Malformed, format!("Stdin cannot be read: {e}. Nothing was saved.")))?;
    if text.len() as u64 > STDIN_BYTES_MAX {
        return Err(Error::new(Code::TooLarge, "Stdin holds too much for one save. Nothing was saved.").into());
    }
    Ok(text)
}

fn passphrase() -> Option<String> {
    std::env::var("RAPPORT_PASSPHRASE").ok().filter(|p| !p.is_empty())
}
