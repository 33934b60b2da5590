//! What the kernel tells of a process; Linux only.

use std::fs::{read_dir, read_to_string};
use std::ops::Range;

/// What a process, by its number or `self`, has had of the processors so far; the kernel counts in hundredths.
pub fn processor_seconds(process: &str) -> Option<f64> {
    seconds(&fields(process)?, 11..13)
}

/// The same of a process, of its children and of those that have ended already.
pub fn processor_seconds_of_all(parent: u32) -> Option<f64> {
    let own = seconds(&fields(&parent.to_string())?, 11..15)?;
    let others = read_dir("/proc").ok()?.flatten().filter_map(|entry| fields(entry.file_name().to_str()?));
    let children = others.filter(|fields| fields.get(1).and_then(|of| of.parse().ok()) == Some(parent));
    Some(own + children.filter_map(|fields| seconds(&fields, 11..15)).sum::<f64>())
}

/// What is told of a process behind its name: its state, its parent, and from the 12th on its user and system time, then those of
/// its ended children.
fn fields(process: &str) -> Option<Vec<String>> {
    let text = read_to_string(format!("/proc/{process}/stat")).ok()?;
    Some(text.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

fn seconds(fields: &[String], of: Range<usize>) -> Option<f64> {
    let ticks: Option<Vec<f64>> = fields.get(of)?.iter().map(|field| field.parse().ok()).collect();
    Some(ticks?.iter().sum::<f64>() / 100.0)
}

/// Its own memory that lies in RAM; files that it has mapped are the system's.
pub fn memory_bytes(process: &str) -> Option<f64> {
    let text = read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<f64>().ok().map(|kib| kib * 1024.0)
}
