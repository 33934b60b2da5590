//! How a laptop and the office agree: a pure engine decides, a driver does the I/O, a transport carries.
//!
//! Sealing and applying are here; merging is the server's. Pull never waits for push, and 4xx never loops.

pub mod apply;
pub mod brake;
pub mod compare;
pub mod contents;
pub mod download;
pub mod driver;
pub mod engine;
pub mod http;
pub mod identity;
pub mod outcome;
pub mod reset;
pub mod round;
mod scrub;
pub mod seal;
pub mod status;
pub mod transport;

pub use driver::Driver;
pub use http::{HttpTransport, http_client};
pub use round::{Report, sync_once};
pub use status::{Phase, Status};
pub use transport::{Mark, Marker, Tokens, Transport};
