//! The only SQL of Rapport: records, search, outbox, log, accounts, behind one small backend trait.
//!
//! Every call runs on the store's own bounded threads; a full queue answers `BUSY`. What a write touched is published after
//! its commit. No rule lives here.

pub mod accounts;
pub mod agree;
pub mod alike;
pub mod analytics;
pub mod answers;
mod arrival;
pub mod backend;
mod contents;
pub mod copies;
pub mod derived;
pub mod entitlements;
pub mod epochs;
pub mod failpoint;
pub mod follow_ups;
pub mod history;
pub mod imports;
pub mod jobs;
pub mod lanes;
pub mod likeness;
pub mod list;
pub mod lives;
pub mod log;
pub mod lookup;
mod memo;
pub mod migrate;
pub mod outbox;
pub mod people;
mod pool;
pub mod progress;
pub mod records;
pub mod remembered;
mod scope;
pub mod screens;
pub mod shelf;
pub mod snapshot;
pub mod source;
mod sql;
pub mod store;
pub mod tokens;
pub mod tombstones;
pub mod transfer;
mod value;
pub mod webhooks;

pub use backend::RawTx;
pub use backend::postgres::{Limits, Postgres};
pub use backend::sqlite::{Key, Sqlite, statements};
pub use shelf::Shelf;
pub use store::{Store, Touched, Tx};
