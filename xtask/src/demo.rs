//! The made-up company that a developer looks at: its data, its server, the links that sign a device in.

use crate::npm;
use crate::process::{self, FEATURES, cargo, command, output, target_dir};
use std::path::{Path, PathBuf};
use std::process::Command;

/// How many customers it has, unless somebody asks for another number.
pub const CUSTOMERS: u32 = 300;

const USER: &str = "marit@halvorsen.example";
const SEED: &str = "7";

pub struct Company {
    data: PathBuf,
}

impl Company {
    /// Makes its data beside their place and moves them there, so that a stop in between leaves nothing half done.
    pub fn make(data: PathBuf, customers: u32) -> Result<Company, String> {
        if data.exists() {
            println!("The demo data is there; delete {} to make it anew.", data.display());
            return Ok(Company { data });
        }
        let fresh = data.with_extension("new");
        if fresh.exists() {
            std::fs::remove_dir_all(&fresh).map_err(|error| format!("{}: {error}", fresh.display()))?;
        }
        let mut demo = command(binary("rapport-server")?);
        demo.args(["demo", "--customers", &customers.to_string(), "--seed", SEED, "--data"]);
        process::run(demo.arg(&fresh))?;
        std::fs::rename(&fresh, &data).map_err(|error| format!("{}: {error}", data.display()))?;
        Ok(Company { data })
    }

    /// Its server, on its usual address.
    pub fn serve(&self) -> Result<Command, String> {
        let mut serve = command(binary("rapport-server")?);
        serve.args(["serve", "--data"]).arg(&self.data);
        Ok(serve)
    }

    /// A link that signs one device in, once.
    pub fn link(&self, address: &str) -> Result<String, String> {
        let mut enrol = command(binary("rapport-server")?);
        enrol.args(["enrol", "--data"]).arg(&self.data);
        let text = output(enrol.args(["--email", USER, "--server", address]))?;
        let link = text.lines().find(|line| line.starts_with("rapport://")).map(str::to_owned);
        link.ok_or_else(|| format!("The server gave no enrolment link but: {}", text.trim()))
    }
}

/// The ui and the programs, with the features of everything else.
pub fn build() -> Result<(), String> {
    process::run(&mut npm::script("build"))?;
    // `--examples` brings in the dev-dependencies, as the tests do: with another set of features
    // the shared crates would be built twice.
    let mut build = cargo();
    build.args(["build", "--workspace", "--bins", "--examples", "--locked", "--features", FEATURES]);
    process::run(&mut build)
}

/// A program that was built.
pub fn binary(name: &str) -> Result<PathBuf, String> {
    Ok(target_dir()?.join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

/// A device that was enrolled once has its store below the data folder.
pub fn has_profile(dir: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(dir) else { return false };
    entries.flatten().map(|entry| entry.path()).any(|path| {
        let store = path.extension().is_some_and(|it| it == "db" || it == "sqlite");
        store || (path.is_dir() && has_profile(&path))
    })
}
