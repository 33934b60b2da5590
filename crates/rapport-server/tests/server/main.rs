//! The server as its callers meet it: a real one on port 0, over HTTP.

#![expect(clippy::unwrap_used, reason = "what helps a test may stop at the first surprise, as the test may")]

mod analytics;
mod api;
mod auth;
mod bad;
mod commands;
mod document;
mod examples;
mod hostile;
mod http;
mod jobs;
mod lists;
mod metrics;
mod people;
mod reads;
mod records;
mod scope;
mod support;
mod sync;
mod table;
mod tokens;
mod webhooks;
mod wrong;
