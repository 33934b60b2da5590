//! The stage `api`: what the server's own document promises is tried on a started server, with right and wrong input.
//!
//! Owns the Python environment and the server that it is tried on; which requests, and what an answer has to be, is in tests/api.

use super::steps::Steps;
use crate::process::{self, FEATURES, cargo, command, output, read, root, target_dir};
use crate::server;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The names that a Python new enough may have; Ubuntu 22.04 calls an older one `python3`.
const PYTHONS: &[&str] = &["python3", "python", "python3.13", "python3.12", "python3.11"];
const PYTHON_MIN: (u32, u32) = (3, 11);

pub fn api(steps: &mut Steps) -> Result<(), String> {
    let home = target_dir()?.join("api");
    let python = environment(&home)?;
    // The same as the tests do, so that nothing is built twice.
    let mut build = cargo();
    process::run(build.args(["build", "--workspace", "--bins", "--examples", "--locked", "--features", FEATURES]))?;
    let program = target_dir()?.join("debug").join(format!("rapport-server{}", std::env::consts::EXE_SUFFIX));
    let data = home.join("data");
    let token = organisation(&program, &data)?;
    let mut serve = on(&program, &data);
    // A free port; every request of the tests seems to come from another address, as if through a proxy.
    serve.args(["serve", "--listen", "127.0.0.1:0", "--behind-proxy"]);
    let (mut server, address) = server::start(&serve)?;
    let mut tests = command(python);
    tests.arg(root().join("tests/api/run.py")).arg(&home);
    tests.env("RAPPORT_URL", address).env("RAPPORT_TOKEN", token).env("PYTHONDONTWRITEBYTECODE", "1");
    steps.runner(&mut tests);
    server.stop();
    // Whatever was asked of it, what it keeps is whole.
    steps.check(process::run(on(&program, &data).arg("verify")));
    Ok(())
}

/// The server's program on a data folder; its log says only what goes wrong.
fn on(program: &Path, data: &Path) -> Command {
    let mut server = command(program);
    server.env("RAPPORT_LOG", "warn").arg("--data").arg(data);
    server
}

/// A fresh organisation; returns a token of its administrator.
fn organisation(program: &Path, data: &Path) -> Result<String, String> {
    if data.exists() {
        std::fs::remove_dir_all(data).map_err(|error| format!("{}: {error}", data.display()))?;
    }
    let mut create = on(program, data);
    create.args(["org", "create", "--name", "Kvist", "--currency", "EUR", "--country", "NO", "--time-zone", "Europe/Oslo"]);
    process::run(create.args(["--admin-email", "ada@kvist.example", "--admin-name", "Ada"]))?;
    let mut token = on(program, data);
    token.args(["token", "create", "--name", "api stage", "--scope", "write", "--expires", "1"]);
    output(&mut token).map(|token| token.trim().to_owned())
}

/// The Python of an environment with exactly the packages of requirements.txt; made anew when they or Python change.
fn environment(home: &Path) -> Result<PathBuf, String> {
    let wanted = root().join("tests/api/requirements.txt");
    let (base, version) = base()?;
    let digest = Sha256::new().chain_update(read(&wanted)?).chain_update(version).finalize();
    let digest: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let folder = home.join("python");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let complete = folder.join("complete");
    if read(&complete).is_ok_and(|made| made == digest) {
        return Ok(python);
    }
    process::run(command(base).args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut install = command(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"]);
    process::run(install.arg(&wanted))?;
    process::run(command(&python).args(["-m", "pip", "--disable-pip-version-check", "check"]))?;
    process::write(&complete, &digest)?;
    Ok(python)
}

/// A Python of this machine that is new enough, and what it calls itself.
fn base() -> Result<(&'static str, String), String> {
    let versions = PYTHONS.iter().filter(|python| process::exists(python, "--version"));
    let mut versions = versions.filter_map(|python| Some((*python, output(command(python).arg("--version")).ok()?)));
    let (major, minor) = PYTHON_MIN;
    versions.find(|(_, version)| is_new_enough(version)).ok_or_else(|| {
        format!("The tests of the API need Python {major}.{minor} or newer, with venv. docs/install.md says where from.")
    })
}

fn is_new_enough(version: &str) -> bool {
    let numbers = version.trim().strip_prefix("Python ").unwrap_or_default();
    let mut numbers = numbers.split('.').map(|number| number.parse::<u32>().unwrap_or_default());
    (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default()) >= PYTHON_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_is_new_enough_by_its_numbers() {
        assert!(is_new_enough("Python 3.11.2\n") && is_new_enough("Python 4.0"));
        assert!(!is_new_enough("Python 3.10.12") && !is_new_enough("zsh: not found"));
    }
}
