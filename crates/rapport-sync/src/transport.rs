//! What carries messages, and what lets them in.

use rapport_model::wire::agree::{DigestAnswer, DigestRequest, FamilyAnswer, FamilyRequest, RemovalsAnswer, RemovalsRequest};
use rapport_model::wire::snapshot::{Block, SnapshotRequest};
use rapport_model::wire::{PullAnswer, PullRequest, PushAnswer, PushRequest};
use rapport_model::{Code, Error, Id, Result};
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::pin::Pin;
use tokio::sync::mpsc;

pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// Blocks as they come in. They may end before the last one: the next request goes on behind what came.
pub type Blocks = mpsc::Receiver<Result<Block>>;

/// The way to the server.
pub trait Transport: Send + Sync + 'static {
    fn push(&self, request: PushRequest) -> Answer<'_, PushAnswer>;
    fn pull(&self, request: PullRequest) -> Answer<'_, PullAnswer>;
    /// The first download from a place on; `NOT_FOUND` = this server has none.
    fn snapshot(&self, _request: SnapshotRequest) -> Answer<'_, Blocks> {
        Box::pin(async { Err(Error::new(Code::NotFound, "This server has no blocks.")) })
    }

    /// What should be held here of some customers.
    fn digest(&self, _request: DigestRequest) -> Answer<'_, DigestAnswer> {
        Box::pin(async { Err(not_offered()) })
    }
    /// Everything of one customer.
    fn family(&self, _request: FamilyRequest) -> Answer<'_, FamilyAnswer> {
        Box::pin(async { Err(not_offered()) })
    }
    /// Which of some records shall really go.
    fn removals(&self, _request: RemovalsRequest) -> Answer<'_, RemovalsAnswer> {
        Box::pin(async { Err(not_offered()) })
    }

    /// Sends the content of an attachment that the server knows.
    fn put_content(&self, _customer: Id, _attachment: Id, _mime: String, _bytes: Vec<u8>) -> Answer<'_, ()> {
        Box::pin(async { Err(not_offered()) })
    }
    /// The content of an attachment, all of it.
    fn get_content(&self, _customer: Id, _attachment: Id) -> Answer<'_, Vec<u8>> {
        Box::pin(async { Err(not_offered()) })
    }

    /// Listens: says `()` whenever the server accepted something. Ends when the line does.
    fn listen(&self, _heard: mpsc::Sender<()>) -> Answer<'_, ()> {
        Box::pin(std::future::pending())
    }
}

fn not_offered() -> Error {
    Error::new(Code::NotFound, "This server does not offer that.")
}

/// What is noted outside the store of how far it has sealed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    pub epoch: Id,
    pub n: i64,
}

/// Keeps marks outside the store, so that a restored or copied store can be told from this one.
pub trait Marker: Send + Sync + 'static {
    /// When this returns, the mark is kept.
    fn note(&self, mark: Mark) -> Answer<'_, ()>;
}

/// Keeps none: the server alone notices.
pub struct Unmarked;

impl Marker for Unmarked {
    fn note(&self, _: Mark) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// Access tokens, kept by the session.
pub trait Tokens: Send + Sync + 'static {
    /// A token to try with.
    fn access(&self) -> Answer<'_, String>;
    /// The server refused this token: get another one, or fail with `UNAUTHORIZED`, `DEVICE_REVOKED` or `OFFLINE`.
    fn renew(&self, refused: String) -> Answer<'_, String>;
}
