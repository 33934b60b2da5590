//! `cargo xtask bench`: builds the measurements in release and runs them.
//! What is measured, and how, is in the crate rapport-bench.

use crate::process::{self, FEATURES, cargo, command, hand_over_binaries, root, target_dir};
use crate::{npm, system};

const PACKAGE: &str = "rapport-bench";

/// Runs as a process of its own, beside it.
const SERVER: &str = "rapport-server";

pub fn bench(args: &[&str]) -> Result<(), String> {
    if args.first() == Some(&"ui") {
        return ui(&args[1..]);
    }
    process::run(cargo().args(["build", "--release", "--locked", "-p", PACKAGE, "-p", SERVER]))?;
    let program = target_dir()?.join("release").join(format!("{PACKAGE}{}", std::env::consts::EXE_SUFFIX));
    process::run(command(program).args(args))
}

/// The real window on a display in memory. `--debug` tries the measurement itself out; its figures say nothing.
fn ui(args: &[&str]) -> Result<(), String> {
    if !cfg!(target_os = "linux") {
        return Err("The window is measured on Linux only: elsewhere it has no driver.".into());
    }
    let (debug, rest): (Vec<&str>, Vec<&str>) = args.iter().partition(|arg| **arg == "--debug");
    system::ensure(true)?;
    npm::install_if_stale()?;
    // The build says how large the ui is, and fails where it is larger than its limit.
    process::run(&mut npm::script("build"))?;
    let mut build = cargo();
    build.args(["build", "--workspace", "--bins", "--examples", "--locked", "--features", FEATURES]);
    if debug.is_empty() {
        build.arg("--release");
    }
    process::run(&mut build)?;
    let folder = target_dir()?.join(if debug.is_empty() { "release" } else { "debug" });
    let mut bench = command(root().join("tests/session.sh"));
    bench.arg("--").arg(folder.join(PACKAGE)).arg("ui").args(rest);
    process::run(hand_over_binaries(&mut bench, &folder))
}
