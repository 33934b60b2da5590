//! Blocks out of the bytes of one long answer.

use super::offline;
use crate::transport::Blocks;
use rapport_model::wire::snapshot::Block;
use rapport_model::{Code, Error, Result};
use reqwest::Response;
use std::time::Duration;
use tokio::sync::mpsc;

/// Blocks that wait for whoever opens them.
const WAITING_BLOCKS: usize = 2;

/// An answer that brings nothing for so long is given up; the download goes on with another one.
const PATIENCE: Duration = Duration::from_secs(60);

/// Reads an answer to its end, or until nobody takes what it brings.
pub(super) fn read(response: Response) -> Blocks {
    let (to, from) = mpsc::channel(WAITING_BLOCKS);
    tokio::spawn(async move {
        if let Err(error) = pass_on(response, &to).await {
            // Nobody waits for it any more.
            let _ = to.send(Err(error)).await;
        }
    });
    from
}

async fn pass_on(mut response: Response, to: &mpsc::Sender<Result<Block>>) -> Result<()> {
    let late = || Error::new(Code::Offline, "The download stands still. What was loaded is kept, and it goes on from there.");
    let mut bytes: Vec<u8> = Vec::new();
    while let Some(chunk) = tokio::time::timeout(PATIENCE, response.chunk()).await.map_err(|_| late())?.map_err(offline)? {
        bytes.extend_from_slice(&chunk);
        while let Some((block, taken)) = Block::take(&bytes)? {
            bytes.drain(..taken);
            if to.send(Ok(block)).await.is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}
