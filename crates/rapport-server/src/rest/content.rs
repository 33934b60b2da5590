//! The content of attachments: files beside the organisation's database, named by their digest, never changed.

use super::place::{Place, not_there};
use super::told::{Told, View};
use crate::caller::Caller;
use crate::contents::{INCOMING, place_of};
use crate::folder::io_error;
use crate::http::{Answer, Shared};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use rapport_model::access::{Write, permit};
use rapport_model::catalogue::CONTENT_BYTES_MAX;
use rapport_model::{Attachment, Code, Customer, Error, Kind, Record, Result};
use rapport_ops::{accept, rest};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// A caller that sends nothing for that long is given up.
const SILENCE: Duration = Duration::from_secs(30);

/// A file on its way; what is not finished is removed.
struct Incoming(PathBuf);

impl Drop for Incoming {
    fn drop(&mut self) {
        // It was renamed, or never made.
        let _ = std::fs::remove_file(&self.0);
    }
}

fn too_large() -> Error {
    Error::new(Code::TooLarge, format!("A file is at most {CONTENT_BYTES_MAX} bytes. Nothing was kept."))
}

/// Takes the content of an attachment that was announced.
pub async fn take(State(office): State<Shared>, caller: Caller, place: Place, request: Request) -> Answer<Told> {
    let held: Attachment = caller
        .read(move |tx, sight| {
            let held = place.find_as::<Attachment>(tx, sight)?;
            let customer = tx.find_as::<Customer>(held.customer_id)?;
            let (before, units) = (Some(&held as &dyn Record), ["sha256".to_owned()]);
            permit(sight, &Write { before, after: &held, customer: customer.as_ref(), units: &units, by_sync: false })?;
            Ok(held)
        })
        .await?;
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|n| n.parse::<i64>().ok());
    if length.is_some_and(|length| length > CONTENT_BYTES_MAX) {
        return Err(too_large().into());
    }
    let mime = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let files = office.orgs.folder().files(caller.org);
    tokio::fs::create_dir_all(&files).await.map_err(|e| io_error(&files, &e))?;
    let incoming = Incoming(files.join(format!("{INCOMING}{}", office.source.id())));
    let (sha256, bytes) = receive(&incoming.0, request.into_body()).await?;
    if !held.sha256.is_empty() && held.sha256 != sha256 {
        let message = "This is not the content whose digest was announced. Nothing was kept. Send it again.";
        let error = Error::field(Code::InvalidValue, "sha256", message);
        return Err(error.with(json!({ "announced": held.sha256, "received": sha256 })).into());
    }
    let target = place_of(&files, &sha256);
    if let Some(parent) = target.parent() {
        tokio::fs::create_dir_all(parent).await.map_err(|e| io_error(parent, &e))?;
    }
    let told = caller
        .write_once(move |tx, at| {
            std::fs::rename(&incoming.0, &target).map_err(|e| io_error(&target, &e))?;
            let view = View::of_writer(tx, at)?;
            let record = place.find(tx, Kind::Attachments, &view.sight)?;
            let mut body = json!({ "sha256": sha256, "bytes": bytes });
            if held.mime.is_empty() {
                body["mime"] = mime.chars().take(120).collect::<String>().into();
            }
            if let Some(change) = rest::update(record.as_ref(), body, &[], at.now)? {
                accept::edit(tx, at, vec![change])?;
            }
            Ok(Told::record(place.find(tx, Kind::Attachments, &view.sight)?.as_ref(), &view))
        })
        .await?;
    Ok(told)
}

/// Writes a body to a new file; returns its digest in hex and its size.
async fn receive(path: &Path, mut body: Body) -> Result<(String, i64)> {
    let mut file = tokio::fs::File::create(path).await.map_err(|e| io_error(path, &e))?;
    let (mut digest, mut bytes) = (Sha256::new(), 0_i64);
    let late = |_| Error::new(Code::Malformed, "The content did not arrive in time. Send it again.");
    while let Some(frame) = tokio::time::timeout(SILENCE, body.frame()).await.map_err(late)? {
        let frame = frame.map_err(|e| Error::new(Code::Malformed, format!("The content ended early: {e}.")))?;
        let Ok(data) = frame.into_data() else { continue };
        bytes += i64::try_from(data.len()).unwrap_or(i64::MAX);
        if bytes > CONTENT_BYTES_MAX {
            return Err(too_large());
        }
        digest.update(&data);
        file.write_all(&data).await.map_err(|e| io_error(path, &e))?;
    }
    file.sync_all().await.map_err(|e| io_error(path, &e))?;
    Ok((digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect(), bytes))
}

/// Gives the content, to be kept as a file: a browser never shows it as a page of ours.
pub async fn give(State(office): State<Shared>, caller: Caller, place: Place) -> Answer<Response> {
    let held: Attachment = caller.read(move |tx, sight| place.find_as(tx, sight)).await?;
    if held.sha256.is_empty() {
        return Err(not_there().into());
    }
    let path = place_of(&office.orgs.folder().files(caller.org), &held.sha256);
    let file = tokio::fs::File::open(&path).await.map_err(|_| {
        Error::new(Code::NotFound, "The content of this file was not sent to the server yet. Ask whoever added it.")
    })?;
    let bytes = file.metadata().await.map_err(|e| io_error(&path, &e))?.len();
    let mut response = Body::from_stream(tokio_util::io::ReaderStream::new(file)).into_response();
    fill(response.headers_mut(), &held, bytes);
    Ok(response)
}

fn fill(headers: &mut HeaderMap, held: &Attachment, bytes: u64) {
    let name: String = held
        .name
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() || b"-._".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    let fields: [(HeaderName, String); 5] = [
        (CONTENT_TYPE, held.mime.clone()),
        (CONTENT_LENGTH, bytes.to_string()),
        (CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
        (ETAG, format!("\"{}\"", held.sha256)),
        (CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    for (name, value) in fields {
        let value = HeaderValue::from_str(&value).ok().filter(|value| !value.is_empty());
        headers.insert(name, value.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    }
}
