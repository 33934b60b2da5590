//! The table of faults and rules, as it stands in docs/simulation.md.

use super::Tally;
use crate::check::RULES;

/// For each fault the stories in which it happened, and in how many of them each rule had something to check from then on. The rules
/// are numbered as they stand in the table above it.
pub fn faults(tally: &Tally) {
    let numbers: Vec<String> = (1..=RULES.len()).map(|number| number.to_string()).collect();
    println!("| fault | stories | {} |\n|---|--:|{}", numbers.join(" | "), "--:|".repeat(RULES.len()));
    for (fault, stories) in &tally.faults {
        let met = |rule: &&'static str| tally.met.get(&(*fault, *rule)).copied().unwrap_or(0).to_string();
        let counts: Vec<String> = RULES.iter().map(met).collect();
        println!("| {fault} | {stories} | {} |", counts.join(" | "));
    }
}
