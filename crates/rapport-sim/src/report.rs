//! Many stories at once, and what is told of them.

mod bite;
mod tables;

use crate::Arguments;
use crate::check::Violation;
use crate::run::{Ending, play};
use crate::shrink::shrink;
use crate::story::Story;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

/// What many stories came to.
#[derive(Default)]
struct Tally {
    played: u64,
    /// How often each fault happened, in stories.
    faults: BTreeMap<&'static str, u64>,
    /// In how many of them each rule had something to check from then on.
    met: BTreeMap<(&'static str, &'static str), u64>,
    broken: Vec<(u64, Violation)>,
    /// One number for all traces: the same runs give the same.
    traces: BTreeMap<u64, String>,
}

pub fn run(arguments: &Arguments) -> Result<(), String> {
    let started = Instant::now();
    if arguments.loud {
        let ending = play(&Story::tell(arguments.seed), true);
        return told(arguments.seed, &ending);
    }
    if arguments.bite {
        return bite::bite(arguments);
    }
    if let Some(defect) = &arguments.defect {
        return bite::caught(arguments, defect);
    }
    let tally = play_many(arguments);
    if arguments.tables {
        tables::faults(&tally);
    }
    let seconds = started.elapsed().as_secs_f64();
    println!("{} stories in {seconds:.1} s, {} broken", tally.played, tally.broken.len());
    let Some((seed, broken)) = tally.broken.iter().min_by_key(|(seed, _)| *seed) else {
        println!("traces {}", digest(&tally.traces));
        return same_again(arguments.seed, &tally);
    };
    let mut by_rule: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    tally.broken.iter().for_each(|(seed, broken)| by_rule.entry(broken.rule).or_default().push(*seed));
    by_rule.iter().for_each(|(rule, seeds)| println!("{rule}: {seeds:?}"));
    let shortest = shrink(&Story::tell(*seed), broken.rule);
    let events: Vec<String> = shortest.events.iter().map(|event| format!("  {event:?}")).collect();
    let ending = play(&shortest, true);
    let last = ending.broken.unwrap_or_else(|| broken.clone());
    Err(format!("seed {seed} breaks \"{}\": {}\nlaptops {:?}\n{}", last.rule, last.detail, shortest.laptops, events.join("\n")))
}

fn told(seed: u64, ending: &Ending) -> Result<(), String> {
    println!("trace {}", ending.trace);
    match &ending.broken {
        Some(broken) => Err(format!("seed {seed} breaks \"{}\": {}", broken.rule, broken.detail)),
        None => Ok(()),
    }
}

/// The first stories are played once more: the same seed leaves the same trace.
fn same_again(first: u64, tally: &Tally) -> Result<(), String> {
    for (seed, trace) in tally.traces.range(first..).take(20) {
        if play(&Story::tell(*seed), false).trace != *trace {
            return Err(format!("seed {seed} left another trace the second time"));
        }
    }
    Ok(())
}

fn digest(traces: &BTreeMap<u64, String>) -> String {
    use sha2::{Digest, Sha256};
    let mut all = Sha256::new();
    traces.values().for_each(|trace| all.update(trace.as_bytes()));
    all.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn play_many(arguments: &Arguments) -> Tally {
    let tally = Mutex::new(Tally::default());
    let next = AtomicU64::new(0);
    let enough = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..arguments.threads {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::SeqCst);
                    if n >= arguments.runs || enough.load(Ordering::SeqCst) {
                        return;
                    }
                    let seed = arguments.seed + n;
                    let ending = play(&Story::tell(seed), false);
                    let mut tally = tally.lock().expect("the tally");
                    tally.played += 1;
                    ending.witness.faults.iter().for_each(|fault| *tally.faults.entry(fault).or_default() += 1);
                    ending.witness.met.iter().for_each(|pair| *tally.met.entry(*pair).or_default() += 1);
                    tally.traces.insert(seed, ending.trace);
                    tally.broken.extend(ending.broken.map(|broken| (seed, broken)));
                    if tally.broken.len() >= if arguments.defect.is_some() { 1 } else { 20 } {
                        enough.store(true, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    tally.into_inner().expect("the tally")
}
