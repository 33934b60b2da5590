//! The only SQL of Rapport: records, search, outbox, log, accounts, behind one small backend trait.
//!
//! Every call runs on the store's own bounded threads; a full queue answers `BUSY`. What a write touched is published after
//! its commit. No rule lives here.

pub mod accounts;
pub mod backend;
pub mod derived;
pub mod failpoint;
pub mod history;
pub mod list;
pub mod log;
pub mod migrate;
pub mod outbox;
mod pool;
pub mod progress;
pub mod records;
pub mod source;
mod sql;
pub mod store;

pub use backend::RawTx;
pub use backend::sqlite::{Key, Sqlite};
pub use store::{Store, Touched, Tx};
