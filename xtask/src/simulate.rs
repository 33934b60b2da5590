//! `cargo xtask simulate`: plays stories of devices and their server. What is played is in the crate rapport-sim.

use crate::process::{self, FEATURES, cargo, command, target_dir};
use std::process::Command;

const PROGRAM: &str = "rapport-sim";

/// Builds the simulation as all builds do, in debug: only there defects can be planted. To plant them all takes thousands of
/// stories, so for that the program is optimised, which is built in three minutes and saves hours.
pub fn simulate(args: &[&str]) -> Result<(), String> {
    let mut build = cargo();
    if args.contains(&"--bite") {
        build.args(["build", "--workspace", "--bin", PROGRAM]).env("CARGO_PROFILE_DEV_OPT_LEVEL", "2");
    } else {
        build.args(["build", "--workspace", "--all-targets"]);
    }
    process::run(build.args(["--locked", "--features", FEATURES]))?;
    process::run(program()?.args(args))
}

/// The program that was built before.
pub fn program() -> Result<Command, String> {
    let path = target_dir()?.join("debug").join(format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX));
    Ok(command(path))
}
