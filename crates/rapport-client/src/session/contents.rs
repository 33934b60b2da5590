//! `attachments.*`: the bytes of files, from the interface onto the shelf and from there to wherever they are wanted.

use super::Client;
use super::commands::{parse, write_file};
use super::ready::Ready;
use crate::disk;
use crate::tokens::blocking;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rapport_model::catalogue::CONTENT_BYTES_MAX;
use rapport_model::{Attachment, Code, Error, Id, Result};
use rapport_ops::attachments::{New, add, file_name, may_be_opened};
use rapport_store::copies::{Copy, Errand};
use rapport_store::shelf::digest_of;
use rapport_sync::contents::{BUDGET, budget, change, fetch, tidy};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::{Arc, PoisonError};

/// Bytes that a device may set aside at most: more is a mistake.
const BUDGET_MB_MAX: i64 = 100_000;

const MB: i64 = 1024 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Added {
    customer_id: Id,
    name: String,
    #[serde(default)]
    mime: String,
    /// In base 64.
    content: String,
}

#[derive(Deserialize)]
struct One {
    id: Id,
}

#[derive(Deserialize)]
struct SaveAs {
    id: Id,
    path: String,
}

#[derive(Deserialize)]
struct Keep {
    id: Id,
    on: bool,
}

#[derive(Deserialize)]
struct Budget {
    #[serde(default)]
    megabytes: Option<i64>,
}

impl Client {
    pub(super) async fn attachments(&self, name: &str, args: Value) -> Result<Value> {
        match name {
            "attachments.add" => self.add_file(parse(args)?).await,
            "attachments.open" => self.open_file(parse::<One>(args)?.id).await,
            "attachments.save" => {
                let SaveAs { id, path } = parse(args)?;
                let (_, bytes) = self.content_of(id).await?;
                blocking(move || write_file(Path::new(&path), &bytes).map(|()| json!({ "path": path }))).await
            }
            "attachments.keep" => self.keep_file(parse(args)?).await,
            _ => self.room(parse(args)?).await,
        }
    }

    async fn add_file(&self, added: Added) -> Result<Value> {
        let ready = self.ready()?;
        let ctx = ready.context(self);
        let size_max = usize::try_from(CONTENT_BYTES_MAX).unwrap_or(usize::MAX);
        blocking(move || {
            let Added { customer_id: customer, name, mime, content } = added;
            let too_large = || {
                let message = format!("A file is at most {} MB. It was not added.", CONTENT_BYTES_MAX / MB);
                Error::field(Code::TooLarge, "content", message).with(json!({ "bytesMax": CONTENT_BYTES_MAX }))
            };
            if content.len() / 4 * 3 > size_max + 2 {
                return Err(too_large());
            }
            let bytes = STANDARD.decode(content).map_err(|_| {
                Error::field(Code::Malformed, "content", "The content of the file did not arrive whole. Add it again.")
            })?;
            if bytes.len() > size_max {
                return Err(too_large());
            }
            if bytes.is_empty() {
                let message = "This file is empty, so it was not added. If it is a folder, pack it into a file first.";
                return Err(Error::field(Code::InvalidValue, "content", message));
            }
            let (sha256, size) = (digest_of(&bytes), i64::try_from(bytes.len()).unwrap_or(i64::MAX));
            let (digest, store) = (sha256.clone(), ctx.store.clone());
            let new = New { customer, name, mime, sha256, bytes: size };
            ready.shelf.lay_down(&store, &digest, &bytes, move |tx| add(tx, &ctx, new))
        })
        .await
    }

    /// The content of a file, fetched if it does not lie here.
    async fn content_of(&self, id: Id) -> Result<(Attachment, Vec<u8>)> {
        let ready = self.ready()?;
        let now = self.inner.options.source.now();
        let held = ready.store.read_async(move |tx| tx.get_as::<Attachment>(id)).await?;
        if held.sha256.is_empty() {
            let message = "This file has a name but no content yet. Whoever added it has to send it.";
            return Err(Error::new(Code::NotFound, message));
        }
        let (shelf, sha256) = (ready.shelf.clone(), held.sha256.clone());
        if let Some(bytes) = blocking(move || shelf.get(&sha256)).await? {
            let sha256 = held.sha256.clone();
            ready.store.write_async(move |tx| change(tx, sha256, |copy| copy.used_at = now)).await?;
            return Ok((held, bytes));
        }
        let reach = ready.remote.as_ref().ok_or_else(|| {
            Error::new(Code::NotFound, "The content of this file is not on this device, and there is no server to fetch it from.")
        })?;
        let sha256 = held.sha256.clone();
        let known = ready.store.read_async(move |tx| tx.copy_find(&sha256)).await?;
        let copy = known.unwrap_or(Copy { sha256: held.sha256.clone(), ..Copy::default() });
        let errand = Errand { copy, attachment: id, customer: held.customer_id, mime: held.mime.clone() };
        let bytes = fetch(&ready.store, &ready.shelf, reach.transport.as_ref(), &errand, now).await?;
        tidy(&ready.store, &ready.shelf).await?;
        Ok((held, bytes))
    }

    /// Lays a readable copy where the program that shows it finds it; it goes with the session.
    async fn open_file(&self, id: Id) -> Result<Value> {
        let ready = self.ready()?;
        let held = ready.store.read_async(move |tx| tx.get_as::<Attachment>(id)).await?;
        may_be_opened(&held.name)?;
        let (held, bytes) = self.content_of(id).await?;
        let folder = self.inner.folder.opened(ready.profile.id).join(id.to_string());
        blocking(move || {
            disk::make_folder(&folder)?;
            let path = folder.join(file_name(&held.name));
            disk::write_atomically(&path, &bytes)?;
            Ok(json!({ "path": path }))
        })
        .await
    }

    async fn keep_file(&self, keep: Keep) -> Result<Value> {
        let ready = self.ready()?;
        let Keep { id, on } = keep;
        let now = self.inner.options.source.now();
        ready
            .store
            .write_async(move |tx| {
                let held = tx.get_as::<Attachment>(id)?;
                let copy = tx.copy_find(&held.sha256)?.unwrap_or_default();
                if !on && copy.unsent {
                    let message = "This copy is the only one: the server has it not yet. It goes once it is sent.";
                    return Err(Error::new(Code::WorkWaiting, message));
                }
                change(tx, held.sha256, |copy| {
                    (copy.kept, copy.wanted, copy.bytes) = (on, on, held.bytes);
                    copy.here = copy.here && on;
                    (copy.used_at, copy.tries, copy.next_at) = (now, 0, rapport_model::Millis(0));
                    copy.refusal.clear();
                })
            })
            .await?;
        tidy(&ready.store, &ready.shelf).await?;
        wake(&ready);
        Ok(json!({}))
    }

    /// How much may lie here, and how much does; sets it if a number is given.
    async fn room(&self, room: Budget) -> Result<Value> {
        let ready = self.ready()?;
        if let Some(megabytes) = room.megabytes {
            if !(0..=BUDGET_MB_MAX).contains(&megabytes) {
                let message = format!("Set aside 0 to {BUDGET_MB_MAX} MB. Nothing was changed.");
                return Err(Error::field(Code::InvalidValue, "megabytes", message));
            }
            ready.store.write_async(move |tx| tx.set_progress(BUDGET, &(megabytes * MB))).await?;
            tidy(&ready.store, &ready.shelf).await?;
            wake(&ready);
        }
        ready.store.read_async(|tx| Ok(json!({ "megabytes": budget(tx)? / MB, "bytesHere": tx.copies_bytes()? }))).await
    }
}

fn wake(ready: &Arc<Ready>) {
    if let Some(driver) = ready.driver.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
        driver.sync_now();
    }
}
