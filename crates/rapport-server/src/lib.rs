//! The central server: accounts, devices, sync and REST over one folder with one database file per organisation.
//!
//! It hosts the verbs of rapport-ops and owns what only a server has: sign-in, tokens, HTTP, backup and restore. No rule of
//! the domain and no SQL lives here. Answers are never older than an acknowledged write: who calls and what she may do is
//! read in the transaction that does the work.

pub mod account;
mod aside;
mod auth;
pub mod backup;
mod bodies;
mod caller;
pub mod command;
pub mod config;
mod contents;
pub mod events;
pub mod fill;
pub mod folder;
mod http;
mod jobs;
pub mod machine;
mod metrics;
mod office;
pub mod openapi;
mod orgs;
mod password;
mod people;
pub mod relocate;
pub mod rest;
pub mod restore;
mod same;
mod serve;
mod session;
mod snapshot;
mod sync;
pub mod take_in;
mod throttle;
mod token;
pub mod verify;
pub mod webhooks;

pub use config::{Config, Replica, Tls, check_binding};
pub use folder::Folder;
pub use serve::{Stop, serve};
