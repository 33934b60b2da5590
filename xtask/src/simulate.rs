//! `cargo xtask simulate`: plays stories of devices and their server. What is played is in the crate rapport-sim.

use crate::process::{self, FEATURES, cargo, command, target_dir};
use std::process::Command;

const PROGRAM: &str = "rapport-sim";

/// Builds the simulation as all builds do, in debug: only there defects can be planted.
pub fn simulate(args: &[&str]) -> Result<(), String> {
    process::run(cargo().args(["build", "--workspace", "--all-targets", "--locked", "--features", FEATURES]))?;
    process::run(program()?.args(args))
}

/// The program that was built before.
pub fn program() -> Result<Command, String> {
    let path = target_dir()?.join("debug").join(format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX));
    Ok(command(path))
}
