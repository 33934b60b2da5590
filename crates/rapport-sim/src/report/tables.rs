//! The table of faults and rules, as it stands in docs/simulation.md.

use super::Tally;
use crate::check::RULES;

/// Every rule is checked in every story, so that a fault met each of them in as many stories as it happened in.
pub fn faults(tally: &Tally) {
    println!("| fault | stories with it, each checked by all {} rules |\n|---|--:|", RULES.len());
    for (fault, stories) in &tally.faults {
        println!("| {fault} | {stories} |");
    }
}
