//! What the app and everything that it started take of the memory; pages that several share are divided among them.

use std::collections::HashMap;
use std::fs::read_to_string;

/// The sum over all that descend from the driver, without the driver itself.
pub fn megabytes(driver: u32) -> f64 {
    let parents = parents();
    let descends = |mut process: u32| {
        while let Some(parent) = parents.get(&process) {
            if *parent == driver {
                return true;
            }
            process = *parent;
        }
        false
    };
    parents.keys().filter(|process| descends(**process)).map(|process| proportional_kb(*process)).sum::<f64>() / 1000.0
}

fn parents() -> HashMap<u32, u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return HashMap::new() };
    let processes = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    processes
        .filter_map(|process| {
            let stat = read_to_string(format!("/proc/{process}/stat")).ok()?;
            // `pid (name) state parent …`; a name may hold anything.
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            Some((process, parent))
        })
        .collect()
}

fn proportional_kb(process: u32) -> f64 {
    let text = read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0.0)
}
