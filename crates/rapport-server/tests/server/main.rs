//! The server as its callers meet it: a real one on port 0, over HTTP.

#![expect(clippy::unwrap_used, reason = "what helps a test may stop at the first surprise, as the test may")]

mod auth;
mod commands;
mod http;
mod lists;
mod records;
mod support;
mod sync;
