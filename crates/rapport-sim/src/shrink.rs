//! From a story that breaks a rule to the shortest one that still breaks the same.

use crate::run::play;
use crate::story::Story;

/// Plays that a shrinking may take.
const PLAYS_MAX: usize = 400;

/// Leaves out events, first many at once, then one by one, as long as the same rule is broken.
pub fn shrink(story: &Story, rule: &str) -> Story {
    let mut shortest = story.clone();
    let mut plays = 0;
    let mut part = shortest.events.len() / 2;
    while part > 0 && plays < PLAYS_MAX {
        let mut at = 0;
        let mut shorter = false;
        while at < shortest.events.len() && plays < PLAYS_MAX {
            let mut trial = shortest.clone();
            let end = (at + part).min(trial.events.len());
            trial.events.drain(at..end);
            plays += 1;
            if play(&trial, false).broken.is_some_and(|broken| broken.rule == rule) {
                shortest = trial;
                shorter = true;
            } else {
                at += part;
            }
        }
        if part == 1 && !shorter {
            break;
        }
        part = if part == 1 { 1 } else { part / 2 };
    }
    shortest
}
