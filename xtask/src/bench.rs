//! `cargo xtask bench`: builds the measurements in release and runs them.
//! What is measured, and how, is in the crate rapport-bench.

use crate::process::{self, cargo, command, target_dir};

const PACKAGE: &str = "rapport-bench";

/// Runs as a process of its own, beside it.
const SERVER: &str = "rapport-server";

pub fn bench(args: &[&str]) -> Result<(), String> {
    process::run(cargo().args(["build", "--release", "--locked", "-p", PACKAGE, "-p", SERVER]))?;
    let program = target_dir()?.join("release").join(format!("{PACKAGE}{}", std::env::consts::EXE_SUFFIX));
    process::run(command(program).args(args))
}
