//! What each stage of `cargo xtask test` runs. Owns the commands, not their order or budget.

use crate::process::{self, FEATURES, cargo, command, exists, hand_over_binaries, not_started};
use crate::process::{root, shown, target_dir};
use crate::tally::{self, Tally};
use crate::{generated, licences, npm, simulate, system, tidy};
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

/// The tests of the real window: this module of the one integration binary.
const WINDOW_TESTS: &str = "e2e::";

/// Tests that need a PostgreSQL server; the stage `postgres` starts one.
pub const ON_POSTGRES: &str = "on_postgres::";

/// What happened in a stage.
#[derive(Default)]
pub struct Steps {
    pub tally: Tally,
    pub problems: Vec<String>,
}

impl Steps {
    /// A check that is no test runner fails as one.
    fn fail(&mut self, problem: String) {
        self.problems.push(problem);
        self.tally.failed += 1;
    }

    /// A check that may fail without stopping its stage.
    pub fn check(&mut self, result: Result<(), String>) {
        if let Err(problem) = result {
            self.fail(problem);
        }
    }

    /// Runs a test runner and counts what it says.
    pub fn runner(&mut self, command: &mut Command) {
        match counted(command) {
            Ok((tally, success)) => {
                self.tally.add(tally);
                let name = shown(command);
                match (success, tally) {
                    (true, Tally { passed: 0, .. }) => self.fail(format!("`{name}` ran no test")),
                    (false, Tally { failed: 0, .. }) => self.fail(format!("`{name}` failed")),
                    (false, _) => self.problems.push(format!("`{name}` has failed tests")),
                    (true, _) => {}
                }
            }
            Err(problem) => self.fail(problem),
        }
    }
}

pub fn setup(_: &mut Steps) -> Result<(), String> {
    system::ensure(true)?;
    npm::install_if_stale()
}

pub fn ui(steps: &mut Steps) -> Result<(), String> {
    for script in ["lint", "contrast"] {
        steps.check(process::run(&mut npm::script(script)));
    }
    steps.runner(&mut npm::script("test"));
    // Checks the types, bundles and compares the size with its limit. The app embeds the result.
    process::run(&mut npm::script("build"))
}

pub fn build(_: &mut Steps) -> Result<(), String> {
    let mut build = cargo();
    build.args(["build", "--workspace", "--all-targets", "--locked", "--features", FEATURES]);
    process::run(&mut build)
}

pub fn lint(steps: &mut Steps) -> Result<(), String> {
    steps.check(process::run(cargo().args(["fmt", "--all", "--check"])));
    steps.check(tidy::tidy(&[]));
    steps.check(generated::generate(&["--check"]));
    steps.check(licences::licences(&["--check"]));
    Ok(())
}

pub fn clippy(_: &mut Steps) -> Result<(), String> {
    let mut clippy = cargo();
    clippy.args(["clippy", "--workspace", "--all-targets", "--locked", "--features", FEATURES]);
    process::run(clippy.args(["--", "-D", "warnings"]))
}

pub fn test(steps: &mut Steps) -> Result<(), String> {
    let mut tests = cargo();
    if has_nextest() {
        tests.args(["nextest", "run", "--workspace", "--locked", "--features", FEATURES]);
        tests.args(["--no-fail-fast", "-E", &format!("not test(/^({WINDOW_TESTS}|{ON_POSTGRES})/)")]);
    } else {
        tests.args(["test", "--workspace", "--locked", "--features", FEATURES, "--no-fail-fast"]);
        tests.args(["--lib", "--bins", "--tests", "--", "--skip", WINDOW_TESTS, "--skip", ON_POSTGRES]);
    }
    steps.runner(hand_over_binaries(&mut tests, &target_dir()?.join("debug")));
    Ok(())
}

/// Flows and screens in a headless browser, against the real core through rapport-bridge.
pub fn browser(steps: &mut Steps) -> Result<(), String> {
    let folder = root().join("tests/browser");
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".test.mjs"));
    files.sort();
    let mut tests = command("node");
    tests.args(["--test", "--test-reporter=spec", "--test-concurrency=2"]).args(files);
    steps.runner(hand_over_binaries(&mut tests, &target_dir()?.join("debug")));
    Ok(())
}

/// The stories of a run that everybody makes; more of them on demand.
const STORIES: &str = "2000";

pub fn simulate(steps: &mut Steps) -> Result<(), String> {
    let result = process::run(simulate::program()?.args(["--runs", STORIES]));
    steps.tally.passed += u64::from(result.is_ok());
    steps.check(result);
    Ok(())
}

/// The real window runs where a display, a bus and a keyring can be made: on Linux.
pub fn window(steps: &mut Steps) -> Result<(), String> {
    if !cfg!(target_os = "linux") {
        println!("The tests of the real window run on Linux only.");
        return Ok(());
    }
    let mut tests = command(root().join("tests/session.sh"));
    process::forget_own_package(&mut tests);
    tests.arg("--").arg(cargo().get_program());
    if has_nextest() {
        tests.args(["nextest", "run", "--workspace", "--locked", "--features", FEATURES]);
        tests.args(["--test", "rapport-tests", "--no-fail-fast", "--test-threads", "1"]);
        tests.args(["-E", &format!("test(/^{WINDOW_TESTS}/)")]);
    } else {
        tests.args(["test", "--workspace", "--locked", "--features", FEATURES, "--no-fail-fast"]);
        tests.args(["--test", "rapport-tests", "--", "--test-threads", "1", WINDOW_TESTS]);
    }
    steps.runner(hand_over_binaries(&mut tests, &target_dir()?.join("debug")));
    Ok(())
}

pub fn has_nextest() -> bool {
    exists("cargo-nextest", "--version")
}

/// Runs a test runner, shows its output and adds up its closing lines.
fn counted(command: &mut Command) -> Result<(Tally, bool), String> {
    println!("$ {}", shown(command));
    let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().map_err(|error| not_started(command, &error))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let reader = std::thread::spawn(move || stderr.map(show_and_count).unwrap_or_default());
    let mut tally = stdout.map(show_and_count).unwrap_or_default();
    let status = child.wait().map_err(|error| format!("`{}`: {error}", shown(command)))?;
    tally.add(reader.join().map_err(|_| "The output could not be read".to_owned())?);
    Ok((tally, status.success()))
}

fn show_and_count(output: impl Read) -> Tally {
    let mut tally = Tally::default();
    let mut lines = BufReader::new(output);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
        let text = String::from_utf8_lossy(&line);
        print!("{text}");
        tally.add(tally::of_line(&text).unwrap_or_default());
        line.clear();
    }
    tally
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Steps {
        let mut steps = Steps::default();
        steps.runner(Command::new("sh").args(["-c", script]));
        steps
    }

    #[test]
    fn both_outputs_of_a_runner_are_counted() {
        let steps = shell("echo 'test result: ok. 2 passed; 0 failed'; echo 'Tests  3 passed (3)' >&2");
        assert_eq!(steps.tally, Tally { passed: 5, failed: 0 });
        assert!(steps.problems.is_empty());
    }

    #[test]
    fn a_runner_that_dies_or_runs_nothing_is_a_failure() {
        assert_eq!(shell("exit 3").tally.failed, 1);
        assert_eq!(shell("true").tally.failed, 1);
        assert_eq!(shell("echo 'test result: FAILED. 1 passed; 2 failed'; exit 1").tally.failed, 2);
    }
}
