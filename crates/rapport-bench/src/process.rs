//! What the kernel tells of a process; Linux only.

use std::fs::read_to_string;

/// What a process, by its number or `self`, has had of the processors so far; the kernel counts in hundredths.
pub fn processor_seconds(process: &str) -> Option<f64> {
    let text = read_to_string(format!("/proc/{process}/stat")).ok()?;
    // Fields are counted from behind the program's name; user and system time are the 14th and 15th of all.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}

/// Its own memory that lies in RAM; files that it has mapped are the system's.
pub fn memory_bytes(process: &str) -> Option<f64> {
    let text = read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<f64>().ok().map(|kib| kib * 1024.0)
}
