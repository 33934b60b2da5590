//! Where time and ids come from. Handed in, so that tests and simulations decide them.

use crate::{Id, Millis};

pub trait Source: Send + Sync {
    /// The wall clock, ms UTC.
    fn now(&self) -> Millis;
    /// A fresh id.
    fn id(&self) -> Id;
}
