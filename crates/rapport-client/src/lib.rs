//! A signed-in session: where secrets live, which store is open, who acts, and the driver that brings work to the server.
//!
//! The window's shell and the command line are thin hosts of [`Client::call`]. No rule and no SQL lives here, and no token
//! ever leaves: not in an answer, an event, a log line or a `Debug`.

pub mod address;
pub mod auth;
pub mod choices;
mod disk;
mod event;
mod files;
pub mod host;
pub mod profile;
mod session;
pub mod tokens;
pub mod vault;
pub mod words;

pub use event::Event;
pub use rapport_model::{Code, Error, ErrorBody, Result};
pub use rapport_store::source::System;
pub use session::{Client, Options, Teller};
