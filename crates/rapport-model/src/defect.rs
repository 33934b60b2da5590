//! Defects that the simulation plants by name, one at a time, to show that its checks bite.
//!
//! Compiled into debug builds only: in a release nothing can be planted, and every question is answered with no.

#[cfg(debug_assertions)]
mod planted {
    use std::sync::OnceLock;

    static PLANTED: OnceLock<String> = OnceLock::new();

    /// Plants a defect for the rest of this process; the first one stays.
    pub fn plant(name: &str) {
        PLANTED.get_or_init(|| name.to_owned());
    }

    /// Whether this defect is planted.
    pub fn on(name: &str) -> bool {
        PLANTED.get().is_some_and(|planted| planted == name)
    }
}

#[cfg(debug_assertions)]
pub use planted::{on, plant};

/// Whether this defect is planted: never.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub const fn on(_name: &str) -> bool {
    false
}
