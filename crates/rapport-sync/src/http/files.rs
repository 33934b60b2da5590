//! Contents of attachments as plain bodies, up to the limit that holds at both ends.

use super::{DOWNLOAD_TIMEOUT, HttpTransport, MARK, offline, read_answer};
use rapport_model::catalogue::CONTENT_BYTES_MAX;
use rapport_model::{Code, Error, Id, Result};
use std::time::Duration;

/// An answer that brings nothing for so long is given up.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn path(customer: Id, attachment: Id) -> String {
    format!("/api/customers/{customer}/attachments/{attachment}/content")
}

pub(super) async fn put(to: &HttpTransport, path: String, mime: String, bytes: Vec<u8>) -> Result<()> {
    let url = format!("{}{path}", to.server);
    let mime = if mime.is_empty() { "application/octet-stream".to_owned() } else { mime };
    // Shared, so that a second try after a refused token needs no copy.
    let body = bytes::Bytes::from(bytes);
    let response = to
        .authorised(|token| {
            let request = to.client.put(&url).bearer_auth(token).timeout(DOWNLOAD_TIMEOUT);
            request.header("content-type", &mime).body(body.clone())
        })
        .await?;
    read_answer::<serde_json::Value>(response).await.map(drop)
}

pub(super) async fn get(from: &HttpTransport, path: String) -> Result<Vec<u8>> {
    let url = format!("{}{path}", from.server);
    let mut response = from.authorised(|token| from.client.get(&url).bearer_auth(token).timeout(DOWNLOAD_TIMEOUT)).await?;
    if !response.status().is_success() || !response.headers().contains_key(MARK) {
        read_answer::<serde_json::Value>(response).await?;
        return Err(Error::new(Code::Offline, "The server's answer arrived damaged."));
    }
    let late = || Error::new(Code::Offline, "The file stands still on its way. It is fetched again.");
    let size_max = usize::try_from(CONTENT_BYTES_MAX).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    while let Some(chunk) = tokio::time::timeout(PATIENCE, response.chunk()).await.map_err(|_| late())?.map_err(offline)? {
        if bytes.len() + chunk.len() > size_max {
            return Err(Error::new(Code::TooLarge, "The server sends more than a file may hold. It was not taken."));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
