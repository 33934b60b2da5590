//! The commands of this crate, and the way of all others to rapport-ops.

use super::Client;
use crate::choices::{self, Choice};
use crate::files;
use crate::tokens::blocking;
use rapport_model::mutation::Change;
use rapport_model::{Code, Error, Id, Kind, Result};
use rapport_ops::reports::ReportArgs;
use rapport_ops::{Ctx, rest};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use zeroize::Zeroizing;

/// Bytes of an address book at most.
const IMPORT_BYTES_MAX: u64 = 50 * 1024 * 1024;

#[derive(Deserialize)]
struct Connect {
    server: String,
    email: String,
    password: String,
    #[serde(default)]
    passphrase: Option<String>,
}

#[derive(Deserialize)]
struct Enrol {
    link: String,
    #[serde(default)]
    passphrase: Option<String>,
}

#[derive(Deserialize)]
struct StartLocal {
    name: String,
    company: String,
    #[serde(default)]
    passphrase: Option<String>,
}

#[derive(Deserialize)]
struct LookAround {
    #[serde(default)]
    passphrase: Option<String>,
}

#[derive(Deserialize)]
struct Unlock {
    /// Missing = only try again (the keyring may be open by now).
    #[serde(default)]
    passphrase: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignOut {
    #[serde(default)]
    discard_waiting: bool,
}

#[derive(Deserialize)]
struct WorkOffline {
    on: bool,
}

#[derive(Deserialize)]
struct TableFile {
    path: String,
    #[serde(default)]
    mapping: Option<rapport_ops::take::Mapping>,
}

#[derive(Deserialize)]
struct OfDevice {
    id: Id,
}

#[derive(Deserialize)]
struct ToFile {
    path: String,
}

#[derive(Deserialize)]
struct Put {
    kind: String,
    #[serde(default)]
    id: Option<Id>,
    fields: Map<String, Value>,
}

/// What Rapport is made of and under which licences, as it was when this program was built.
const NOTICES: &str = include_str!("../../../../THIRD-PARTY-NOTICES");

impl Client {
    pub(super) async fn dispatch(&self, name: &str, args: Value) -> Result<Value> {
        match name {
            "session.status" => self.status().await,
            "session.connect" => {
                let Connect { server, email, password, passphrase } = parse(args)?;
                self.connect(&server, &email, Zeroizing::new(password), given(passphrase)).await
            }
            "session.enrol" => {
                let Enrol { link, passphrase } = parse(args)?;
                self.enrol(&link, given(passphrase)).await
            }
            "session.startLocal" => {
                let StartLocal { name, company, passphrase } = parse(args)?;
                self.start_local(&name, &company, given(passphrase)).await
            }
            "session.lookAround" => self.look_around(given(parse::<LookAround>(args)?.passphrase)).await,
            "session.unlock" => {
                let Unlock { passphrase } = parse(args)?;
                let _turn = self.inner.turn.lock().await;
                self.reopen(given(passphrase)).await?;
                self.status().await
            }
            "session.signOut" => self.sign_out(parse::<SignOut>(args)?.discard_waiting).await,
            "sync.status" => self.sync_status().await,
            "sync.now" => self.sync_now().await,
            "sync.carry" => self.carry(&parse::<ToFile>(args)?.path).await,
            "devices.list" => self.devices().await,
            "devices.revoke" => self.revoke_device(parse::<OfDevice>(args)?.id).await,
            "sync.workOffline" => self.work_offline(parse::<WorkOffline>(args)?.on).await,
            "attachments.add" | "attachments.open" | "attachments.save" | "attachments.keep" | "attachments.room" => {
                self.attachments(name, args).await
            }
            "app.info" => Ok(self.info()),
            "profile.save" => self.save_profile(args).await,
            "org.save" => self.save_org(args).await,
            "app.choices" => self.choices(Choice::default()).await,
            "app.choose" => self.choices(parse(args)?).await,
            "app.notices" => Ok(json!({ "text": NOTICES })),
            "import.read" | "import.take" if args.get("path").is_some_and(|path| !path.is_null()) => {
                let TableFile { path, mapping } = parse(args)?;
                let dry_run = name == "import.read";
                self.with_context(move |ctx| take_file(ctx, Path::new(&path), mapping, dry_run)).await
            }
            "import.saveRefused" => self.save_refused(parse::<ToFile>(args)?.path).await,
            "export.write" => self.with_context(move |ctx| export(ctx, args)).await,
            "calendar.save" => {
                self.with_context(|ctx| {
                    let text = rapport_ops::agenda::calendar::file(ctx)?;
                    files::save(&files::downloads(), "rapport.ics", text.as_bytes())
                })
                .await
            }
            "reports.save" => {
                let name = format!("rapport-{}.csv", args["what"].as_str().unwrap_or("report"));
                let args: ReportArgs = parse(args)?;
                self.with_context(move |ctx| files::save(&files::downloads(), &name, &rapport_ops::reports::file(args, ctx)?))
                    .await
            }
            _ => {
                let name = name.to_owned();
                self.with_context(move |ctx| rapport_ops::run(&name, args, ctx)).await
            }
        }
    }

    async fn save_refused(&self, path: String) -> Result<Value> {
        self.with_context(move |ctx| {
            write_file(Path::new(&path), rapport_ops::take::refused(ctx)?.as_bytes())?;
            Ok(json!({ "path": path }))
        })
        .await
    }

    /// Creates or merges a record by its fields' names, as a REST body would; for hosts without forms.
    pub async fn put(&self, body: Value) -> Result<Value> {
        let Put { kind, id, fields } = parse(body)?;
        let kind = Kind::parse(&kind)
            .ok_or_else(|| Error::field(Code::InvalidValue, "kind", format!("There is no record type \"{kind}\".")))?;
        self.with_context(move |ctx| {
            let changes = changes_of(ctx, kind, id, Value::Object(fields))?;
            rapport_ops::run("records.save", json!({ "changes": changes }), ctx)
        })
        .await
    }

    async fn with_context(&self, f: impl FnOnce(&Ctx) -> Result<Value> + Send + 'static) -> Result<Value> {
        let ready = self.ready()?;
        let ctx = ready.context(self);
        blocking(move || f(&ctx)).await
    }

    /// Makes a choice for this installation; tells all of them. What only the window's host can do it adds by itself.
    async fn choices(&self, choice: Choice) -> Result<Value> {
        let folder = self.inner.folder.path().to_owned();
        let chosen = blocking(move || choices::choose(&folder, &choice)).await?;
        let mut out = serde_json::to_value(chosen).map_err(Error::internal)?;
        out["reminders"] = json!(self.reminding_state());
        Ok(out)
    }

    fn info(&self) -> Value {
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "dataFolder": self.inner.folder.path(),
            "os": std::env::consts::OS,
        })
    }
}

/// The arguments are not repeated in the message: they may hold a password.
pub(super) fn parse<T: DeserializeOwned>(args: Value) -> Result<T> {
    let args = if args.is_null() { json!({}) } else { args };
    serde_json::from_value(args).map_err(|e| {
        let what = e.to_string();
        let told = if what.starts_with("missing field") { what } else { "a value has the wrong type".to_owned() };
        Error::new(Code::Malformed, format!("The arguments do not fit: {told}. Nothing was changed."))
    })
}

fn given(passphrase: Option<String>) -> Option<Zeroizing<String>> {
    passphrase.map(Zeroizing::new).filter(|p| !p.is_empty())
}

fn changes_of(ctx: &Ctx, kind: Kind, id: Option<Id>, fields: Value) -> Result<Vec<Change>> {
    let Some(id) = id else {
        let actor = ctx.actor;
        let sight = ctx.store.read(move |tx| tx.sight(&actor))?;
        return rest::create(kind, fields, &[], &sight, ctx.source.as_ref());
    };
    let record = ctx.store.read(move |tx| tx.get(kind, id))?;
    let change = rest::update(record.as_ref(), fields, &[], ctx.source.now())?;
    Ok(change.into_iter().collect())
}

fn take_file(ctx: &Ctx, path: &Path, mapping: Option<rapport_ops::take::Mapping>, dry_run: bool) -> Result<Value> {
    let bytes = read_limited(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    rapport_ops::take::file(ctx, &rapport_ops::take::File { name: &name, bytes: &bytes, mapping }, dry_run)
}

fn export(ctx: &Ctx, mut args: Value) -> Result<Value> {
    let path: ToFile = parse(args.clone())?;
    if let Some(map) = args.as_object_mut() {
        map.shift_remove("path");
    }
    let written = rapport_ops::export::write(ctx, parse(args)?)?;
    write_file(Path::new(&path.path), &written.bytes)?;
    Ok(json!({ "path": path.path, "rows": written.rows, "bytes": written.bytes.len() }))
}

/// The whole file or none of it: what stood there stays until the new one is complete.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = |error: std::io::Error| {
        let message = format!("{} cannot be written: {error}. Choose another place.", path.display());
        Error::field(Code::Unreadable, "path", message)
    };
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    let part = path.with_file_name(name);
    std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, path)).map_err(|error| {
        let _ = std::fs::remove_file(&part);
        failed(error)
    })
}

/// The file's bytes; the size is checked as it is read, so that a file that grows does no harm.
fn read_limited(path: &Path) -> Result<Vec<u8>> {
    let shown = path.display();
    let file = File::open(path).map_err(|e| unreadable(path, &e))?;
    let mut bytes = Vec::new();
    file.take(IMPORT_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|e| unreadable(path, &e))?;
    if bytes.len() as u64 > IMPORT_BYTES_MAX {
        let mib = IMPORT_BYTES_MAX / 1024 / 1024;
        return Err(Error::field(
            Code::TooLarge,
            "path",
            format!("{shown} is larger than {mib} MiB. Nothing was imported. Export the address book in parts and import those."),
        ));
    }
    Ok(bytes)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let why = match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "you may not read it".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    };
    let message = format!("{} cannot be read: {why}. Nothing was imported. Choose another file.", path.display());
    Error::field(Code::Unreadable, "path", message)
}
