//! `cargo xtask bench`: says which machine it is, then runs the measurements in release.
//! What is measured, and how, is in the crate rapport-bench.

use crate::npm;
use crate::process::{self, FEATURES, cargo, command, hand_over_binaries, output, root, target_dir};
use std::process::Command;

const PACKAGE: &str = "rapport-bench";

pub fn bench(args: &[&str]) -> Result<(), String> {
    if !root().join("crates").join(PACKAGE).exists() {
        return Err(format!("There is no crate {PACKAGE}, so there is nothing to measure."));
    }
    npm::install_if_stale()?;
    process::run(&mut npm::script("build"))?;
    let mut build = cargo();
    build.args(["build", "--release", "--workspace", "--bins", "--examples", "--locked"]);
    process::run(build.args(["--features", FEATURES]))?;
    println!("{}", machine());
    let bin = target_dir()?.join("release");
    let program = bin.join(format!("{PACKAGE}{}", std::env::consts::EXE_SUFFIX));
    process::run(hand_over_binaries(&mut command(program), &bin).args(args))
}

/// One line that says on what the numbers were taken.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let cpu = cpu().unwrap_or_else(|| std::env::consts::ARCH.into());
    let memory = memory_gib().map_or("unknown".into(), |gib| format!("{gib:.1} GiB"));
    let rustc = output(Command::new("rustc").arg("--version")).unwrap_or_default();
    format!("machine: {cpu}, {cores} cores, {memory} memory, {}, {}", system(), rustc.trim())
}

fn cpu() -> Option<String> {
    if cfg!(target_os = "macos") {
        let brand = output(Command::new("sysctl").args(["-n", "machdep.cpu.brand_string"])).ok()?;
        return Some(brand.trim().to_owned());
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
        assert_eq!(machine().lines().count(), 1);
    }
}
