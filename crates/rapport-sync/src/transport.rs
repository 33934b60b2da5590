//! What carries messages, and what lets them in.

use rapport_model::Result;
use rapport_model::wire::{PullAnswer, PullRequest, PushAnswer, PushRequest};
use std::future::Future;
use std::pin::Pin;

pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// The way to the server.
pub trait Transport: Send + Sync + 'static {
    fn push(&self, request: PushRequest) -> Answer<'_, PushAnswer>;
    fn pull(&self, request: PullRequest) -> Answer<'_, PullAnswer>;
}

/// Access tokens, kept by the session.
pub trait Tokens: Send + Sync + 'static {
    /// A token to try with.
    fn access(&self) -> Answer<'_, String>;
    /// The server refused this token: get another one, or fail with `UNAUTHORIZED`, `DEVICE_REVOKED` or `OFFLINE`.
    fn renew(&self, refused: String) -> Answer<'_, String>;
}
