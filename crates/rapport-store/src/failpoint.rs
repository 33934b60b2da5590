//! Places where a test can end the process as a power cut would: `RAPPORT_FAILPOINT=<name>:<n>` aborts at the n-th pass.
//!
//! Compiled into debug builds only.

/// Passes the place `name`.
#[cfg(debug_assertions)]
pub fn hit(name: &str) {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    static WANTED: LazyLock<Option<(String, u64)>> = LazyLock::new(|| {
        let wanted = std::env::var("RAPPORT_FAILPOINT").ok()?;
        let (name, n) = wanted.rsplit_once(':')?;
        Some((name.to_owned(), n.parse().ok()?))
    });
    static PASSES: AtomicU64 = AtomicU64::new(0);
    if let Some((wanted, n)) = &*WANTED
        && wanted == name
        && PASSES.fetch_add(1, Ordering::SeqCst) + 1 == *n
    {
        std::process::abort();
    }
}

/// Passes the place `name`.
#[cfg(not(debug_assertions))]
pub fn hit(_name: &str) {}
