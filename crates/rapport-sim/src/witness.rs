//! What a story really met: the faults that happened, and the rules that had something to check from then on.
//!
//! A rule says so itself where it looks at something that could break it: `met`. A story is told on one thread.

use std::cell::RefCell;
use std::collections::BTreeSet;

/// Stands for a fault in what holds of all stories.
pub const EVERY_STORY: &str = "(every story)";

#[derive(Clone, Debug, Default)]
pub struct Witness {
    pub faults: BTreeSet<&'static str>,
    /// A fault, and a rule that had something to check when or after it happened.
    pub met: BTreeSet<(&'static str, &'static str)>,
}

thread_local! {
    static NOW: RefCell<Witness> = RefCell::default();
}

/// A story begins.
pub fn begin() {
    let faults = BTreeSet::from([EVERY_STORY]);
    NOW.replace(Witness { faults, met: BTreeSet::new() });
}

/// What it met.
pub fn end() -> Witness {
    NOW.take()
}

/// A fault happened.
pub fn fault(name: &'static str) {
    NOW.with_borrow_mut(|now| now.faults.insert(name));
}

/// A rule has something to check.
pub fn met(rule: &'static str) {
    NOW.with_borrow_mut(|now| {
        let Witness { faults, met } = now;
        met.extend(faults.iter().map(|fault| (*fault, rule)));
    });
}
