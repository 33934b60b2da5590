//! The verbs of Rapport: one `save` on devices, one `accept` on the server, and the commands that the interfaces call.
//!
//! Blocking, no HTTP, no window; time and ids are handed in. The SQL is rapport-store's, the rules are rapport-model's.

pub mod accept;
pub mod agenda;
pub mod agree;
pub mod analytics;
pub mod attachments;
pub mod bulk;
pub mod cards;
pub mod commands;
pub mod contract;
pub mod demo;
pub mod duplicates;
pub mod export;
pub mod handover;
pub mod import;
pub mod jobs;
pub mod merging;
pub mod parcel;
pub mod queries;
pub mod reminders;
pub mod reports;
pub mod rest;
pub mod sales;
pub mod save;
pub mod screen;
mod sending;
pub mod snapshot;
pub mod take;
pub mod today;
pub mod trash;
mod unborn;
pub mod verbs;
pub mod webhooks;
mod world;

pub use commands::{Ctx, run};
