//! The server as its callers meet it: a real one on port 0, over HTTP.

mod auth;
mod commands;
mod http;
mod lists;
mod records;
mod support;
mod sync;
