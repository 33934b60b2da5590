//! Reads JSON bodies, with a limit of bytes and of time.

use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use rapport_model::{Code, Error, Result, text};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::error::Error as _;
use std::time::Duration;

/// A body that has not arrived by then is given up.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);

/// The body as `T`: 415 unless it says that it is JSON, 413 beyond `bytes_max` (unpacked), 400 if it cannot be read.
pub async fn body<T: DeserializeOwned>(request: Request, bytes_max: usize) -> Result<T> {
    check_type(&request)?;
    parse(&bytes(request, bytes_max).await?)
}

/// The same for what a device sends: a text with NUL in it is judged with its own change and holds up no other.
pub async fn message<T: DeserializeOwned>(request: Request, bytes_max: usize) -> Result<T> {
    check_type(&request)?;
    read(&bytes(request, bytes_max).await?)
}

async fn bytes(request: Request, bytes_max: usize) -> Result<axum::body::Bytes> {
    let read = tokio::time::timeout(BODY_TIMEOUT, axum::body::to_bytes(request.into_body(), bytes_max)).await;
    let late = || Error::new(Code::Malformed, "The body did not arrive in time. Send the request again.");
    read.map_err(|_| late())?.map_err(|e| unread(&e, bytes_max))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    // Only this escape brings it in; a NUL as such is no JSON.
    if bytes.windows(6).any(|six| six == br"\u0000") {
        check_nul(&read(bytes)?)?;
    }
    read(bytes)
}

/// 400 if a text has the character NUL, which no database and no window is glad of.
fn check_nul(body: &Value) -> Result<()> {
    let Value::Object(fields) = body else { return Ok(()) };
    match fields.iter().find(|(name, value)| name.contains('\0') || text::has_nul(value)) {
        Some((name, _)) => Err(Error::field(Code::InvalidValue, name, "Texts hold no NUL character. Leave it out.")),
        None => Ok(()),
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    // A list would pass for an object of which everything is left out.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(Error::new(Code::Malformed, "The body is a list. Send a JSON object."));
    }
    serde_json::from_slice(bytes)
        .map_err(|e| Error::new(Code::Malformed, format!("The body cannot be read as JSON of this form: {e}.")))
}

/// The body as a JSON object; no body at all is an empty one.
pub async fn object_or_nothing(request: Request, bytes_max: usize) -> Result<Value> {
    let typed = check_type(&request);
    let bytes = bytes(request, bytes_max).await?;
    if bytes.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    typed?;
    parse::<Map<String, Value>>(&bytes).map(Value::Object)
}

/// The body as a JSON object.
pub async fn object(request: Request, bytes_max: usize) -> Result<Value> {
    let map: Map<String, Value> = body(request, bytes_max).await?;
    Ok(Value::Object(map))
}

fn check_type(request: &Request) -> Result<()> {
    let given = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json")) {
        return Ok(());
    }
    Err(Error::new(Code::UnsupportedMediaType, "Send JSON, with the header Content-Type: application/json."))
}

fn unread(error: &axum::Error, bytes_max: usize) -> Error {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.to_string() == "length limit exceeded" {
            let message = format!("The body is larger than {bytes_max} bytes. Send it in parts.");
            return Error::new(Code::TooLarge, message);
        }
        cause = inner.source();
    }
    Error::new(Code::Malformed, format!("The body ended early or is packed wrongly: {error}."))
}
