//! The first download over HTTP: one answer carries block after block; each is read in a transaction of its own while the one
//! before it travels.

use crate::caller::{Caller, SignedIn};
use crate::http::{Answer, body};
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use rapport_model::wire::snapshot::{BLOCK_BYTES_MAX, BLOCKS_TYPE, Block, SnapshotRequest};
use rapport_model::{Error, Result};
use std::time::Duration;
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio_util::io::ReaderStream;

/// Bytes of a request's body at most.
const REQUEST_BYTES_MAX: usize = 16 * 1024;

/// A device that does not take a block for so long is let go; it comes again from where it is.
const PATIENCE: Duration = Duration::from_secs(60);

pub async fn snapshot(SignedIn(caller, _): SignedIn, request: Request) -> Answer<Response> {
    let request: SnapshotRequest = body(request, REQUEST_BYTES_MAX).await?;
    // The first one is made before anything is answered, so that a refusal is one.
    let first = one(&caller, request.clone()).await?;
    let (to, from) = tokio::io::duplex(BLOCK_BYTES_MAX);
    tokio::spawn(async move {
        if let Err(error) = send(&caller, request, first, to).await {
            tracing::debug!(code = %error.code, "a download broke off");
        }
    });
    // Blocks are compressed already; what says so is not compressed again.
    let headers = [(CONTENT_TYPE, BLOCKS_TYPE), (CONTENT_ENCODING, "identity")];
    let stream = ReaderStream::with_capacity(from, BLOCK_BYTES_MAX / 4);
    Ok((headers, Body::from_stream(stream)).into_response())
}

async fn one(caller: &Caller, request: SnapshotRequest) -> Result<Block> {
    let now = caller.now();
    let unsealed = caller.read(move |tx, sight| rapport_ops::snapshot::snapshot(tx, sight, &request, now)).await?;
    tokio::task::spawn_blocking(move || unsealed.seal()).await.map_err(Error::internal)?
}

async fn send(caller: &Caller, request: SnapshotRequest, first: Block, mut to: DuplexStream) -> Result<()> {
    let mut block = first;
    loop {
        let bytes = block.to_bytes()?;
        let sending = tokio::time::timeout(PATIENCE, to.write_all(&bytes));
        let Some(from) = block.head.next.clone() else {
            sending.await.map_err(Error::internal)?.map_err(Error::internal)?;
            return to.shutdown().await.map_err(Error::internal);
        };
        let (sent, next) = tokio::join!(sending, one(caller, SnapshotRequest { from: Some(from), ..request.clone() }));
        sent.map_err(Error::internal)?.map_err(Error::internal)?;
        block = next?;
    }
}
