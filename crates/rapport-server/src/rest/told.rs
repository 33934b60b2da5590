//! Answers as they are told, and kept under the key of their request: a request that comes twice has one effect.

use crate::caller::Caller;
use crate::http::Answer;
use axum::Json;
use axum::http::header::{CACHE_CONTROL, ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use rapport_model::{Code, Error, Millis, Record, Result, Sight};
use rapport_ops::accept::Context;
use rapport_ops::jobs::ANSWERS_MS;
use rapport_ops::today::Today;
use rapport_store::Tx;
use rapport_store::answers::Kept;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Characters of a key at most.
pub const KEY_CHARS_MAX: usize = 255;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Keys that lists sort and search by; they say nothing that the name does not.
const INNER_FIELDS: &[&str] = &["nameKey", "nameSort"];

/// How records are shown: as they read today, and what of them the caller sees.
pub struct View {
    pub today: Today,
    pub sight: Sight,
}

impl View {
    pub fn of(tx: &mut Tx<'_>, sight: &Sight, now: Millis) -> Result<View> {
        Ok(View { today: Today::of(tx, now)?, sight: sight.clone() })
    }

    pub fn of_writer(tx: &mut Tx<'_>, at: &Context<'_>) -> Result<View> {
        Ok(View { today: Today::of(tx, at.now)?, sight: tx.sight(&at.actor)? })
    }
}

/// A record as REST shows it.
pub fn shown(record: &dyn Record, view: &View) -> Value {
    // A record's JSON has text for names and no floats that JSON cannot hold.
    serde_json::to_value(Shown { record, view, contact: None }).unwrap_or_default()
}

/// The same, written without a tree of values in between: a page has thousands of them.
pub struct Shown<'a> {
    pub record: &'a dyn Record,
    pub view: &'a View,
    /// Of customers in lists: the primary contact, if there is one.
    pub contact: Option<Option<&'a dyn Record>>,
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let Shown { record, view, contact } = *self;
        let mut map = to.serialize_map(None)?;
        let status = view.today.status(record);
        record.try_each(|part, name, value| match status {
            _ if INNER_FIELDS.contains(&name) || !view.sight.shows(record, part) => Ok(()),
            Some(reads) if name == "status" => map.serialize_entry(name, reads),
            _ => map.serialize_entry(name, &value),
        })?;
        if let Some(contact) = contact {
            map.serialize_entry("primaryContact", &contact.map(|record| Shown { record, view, contact: None }))?;
        }
        map.end()
    }
}

/// An answer with a body.
#[derive(Debug, Serialize, Deserialize)]
pub struct Told {
    status: u16,
    body: Value,
    tag: Option<String>,
    location: Option<String>,
}

impl Told {
    pub fn json(body: Value) -> Told {
        Told { status: 200, body, tag: None, location: None }
    }

    /// Something that is no record and was made, at this address.
    pub fn made_at(body: Value, location: String) -> Told {
        Told { status: 201, location: Some(location), ..Told::json(body) }
    }

    /// A record with its tag, `"<version>-<digest>"`: the version for `If-Match`, the digest because computed fields move
    /// without a new version.
    pub fn record(record: &dyn Record, view: &View) -> Told {
        let body = shown(record, view);
        let digest: String = Sha256::digest(body.to_string().as_bytes()).iter().take(6).map(|b| format!("{b:02x}")).collect();
        let tag = format!("\"{}-{digest}\"", record.meta().version);
        Told { tag: Some(tag), ..Told::json(body) }
    }

    /// One that was made, below this path.
    pub fn made(record: &dyn Record, view: &View, collection: &str) -> Told {
        let location = Some(format!("{collection}/{}", record.meta().id));
        Told { status: 201, location, ..Told::record(record, view) }
    }
}

impl IntoResponse for Told {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.body)).into_response();
        for (name, value) in [(ETAG, self.tag), (LOCATION, self.location)] {
            if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
                response.headers_mut().insert(name, value);
            }
        }
        // May be kept by the caller, asked for every time.
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        response
    }
}

/// The key of a request, and what tells it from others.
pub struct Key {
    name: Option<String>,
    digest: String,
}

impl Key {
    /// 400 unless the header is there at most once, with 1 to 255 visible ASCII characters.
    pub fn of(headers: &HeaderMap, path: &str, body: &Value) -> Result<Key> {
        let wrong = || {
            let message = format!("Idempotency-Key is given once, with 1 to {KEY_CHARS_MAX} visible ASCII characters.");
            Error::field(Code::InvalidValue, "Idempotency-Key", message)
        };
        let mut given = headers.get_all(KEY).iter();
        let name = match (given.next(), given.next()) {
            (None, _) => None,
            (Some(_), Some(_)) => return Err(wrong()),
            (Some(one), None) => {
                let text = one.to_str().ok().filter(|text| text.bytes().all(|b| b.is_ascii_graphic()));
                let text = text.filter(|text| (1..=KEY_CHARS_MAX).contains(&text.len())).ok_or_else(wrong)?;
                Some(text.to_owned())
            }
        };
        let digest = Sha256::new().chain_update(path.as_bytes()).chain_update(b"\n").chain_update(body.to_string().as_bytes());
        let digest = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Key { name, digest })
    }
}

/// Writes as the caller; with a key only once. The answer is kept in the transaction of its effect, a refusal is not.
pub async fn once(
    caller: &Caller,
    key: Key,
    f: impl FnOnce(&mut Tx<'_>, &Context<'_>) -> Result<Told> + Clone + Send + 'static,
) -> Answer<Response> {
    let (told, again) = caller
        .write(move |tx, at| {
            let Some(name) = key.name else { return Ok((f(tx, at)?, false)) };
            // Whoever comes with the same key at the same time waits here.
            tx.sequence_take()?;
            let since = Millis(at.now.0.saturating_sub(ANSWERS_MS));
            if let Some(kept) = tx.answer_find(at.actor.user, &name, since)? {
                if kept.digest != key.digest {
                    let message = "This Idempotency-Key was used for another request. Nothing was written. Take a new key.";
                    return Err(Error::field(Code::KeyReused, "Idempotency-Key", message));
                }
                if kept.answer.is_empty() {
                    let message =
                        "What the request with this Idempotency-Key made was erased since. Nothing was written. Take a new key.";
                    return Err(Error::field(Code::KeyReused, "Idempotency-Key", message));
                }
                return Ok((serde_json::from_str(&kept.answer).map_err(Error::internal)?, true));
            }
            let told = f(tx, at)?;
            let answer = serde_json::to_string(&told).map_err(Error::internal)?;
            tx.answer_put(at.actor.user, &name, &Kept { digest: key.digest, answer }, at.now)?;
            Ok((told, false))
        })
        .await?;
    let mut response = told.into_response();
    if again {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}
