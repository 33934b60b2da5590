//! On what the figures were taken.

use serde_json::{Value, json};
use std::process::{Command, Stdio};

pub struct Machine {
    cpu: String,
    cores: usize,
    memory_gib: Option<f64>,
    system: String,
    kernel: String,
    rustc: String,
    date: String,
}

impl Machine {
    pub fn read() -> Machine {
        Machine {
            cpu: cpu().unwrap_or_else(|| std::env::consts::ARCH.into()),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            memory_gib: memory_gib(),
            system: system(),
            kernel: said("uname", "-sr"),
            rustc: said("rustc", "--version"),
            date: said("date", "+%Y-%m-%d"),
        }
    }

    /// One line.
    pub fn line(&self) -> String {
        let Machine { cpu, cores, system, kernel, rustc, date, .. } = self;
        let memory = self.memory_gib.map_or("unknown".into(), |gib| format!("{gib:.1} GiB"));
        format!("machine: {cpu}, {cores} cores, {memory} memory, {system}, {kernel}, {rustc}, {date}")
    }

    pub fn json(&self) -> Value {
        json!({
            "cpu": self.cpu, "cores": self.cores, "memoryGib": self.memory_gib, "system": self.system,
            "kernel": self.kernel, "rustc": self.rustc, "date": self.date,
        })
    }
}

/// What a program prints on one line; "unknown" where there is no such program.
fn said(program: &str, arg: &str) -> String {
    let output = Command::new(program).arg(arg).stderr(Stdio::null()).output();
    let text = output.ok().and_then(|o| String::from_utf8(o.stdout).ok()).unwrap_or_default();
    if text.trim().is_empty() { "unknown".into() } else { text.trim().to_owned() }
}

fn cpu() -> Option<String> {
    if cfg!(target_os = "macos") {
        let output = Command::new("sysctl").args(["-n", "machdep.cpu.brand_string"]).output().ok()?;
        return Some(String::from_utf8(output.stdout).ok()?.trim().to_owned());
    }
    if cfg!(windows) {
        return std::env::var("PROCESSOR_IDENTIFIER").ok();
    }
    field(&std::fs::read_to_string("/proc/cpuinfo").ok()?, "model name")
}

fn memory_gib() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let kib: f64 = field(&text, "MemTotal")?.trim_end_matches(" kB").trim().parse().ok()?;
    Some(kib / 1024.0 / 1024.0)
}

fn system() -> String {
    let text = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    name.map_or(std::env::consts::OS, |name| name.trim_matches('"')).to_owned()
}

/// The value of a `name : value` line.
fn field(text: &str, name: &str) -> Option<String> {
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.trim() == name)
        .map(|(_, value)| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_from_the_lists_of_the_kernel() {
        let text = "processor\t: 0\nmodel name\t: A CPU\nMemTotal:  8192 kB\n";
        assert_eq!(field(text, "model name").as_deref(), Some("A CPU"));
        assert_eq!(field(text, "MemTotal").as_deref(), Some("8192 kB"));
        assert_eq!(field(text, "absent"), None);
    }

    #[test]
    fn the_machine_is_one_line() {
        assert_eq!(Machine::read().line().lines().count(), 1);
    }
}
