//! `cargo xtask run`: from a fresh machine to the open app with a demo organisation.
//!
//! Owns the demo data under `target/run`; what a server or an app is stays in their crates.

use crate::children::{Guarded, first_to_end};
use crate::process::{self, FEATURES, cargo, command, output, root, target_dir};
use crate::{HELP, npm, server, system};
use std::path::{Path, PathBuf};

const DEMO_USER: &str = "marit@halvorsen.example";
const DEMO_SEED: &str = "7";
const DEMO_CUSTOMERS: u32 = 300;

const NO_DISPLAY: &str = "\
There is no display here (DISPLAY and WAYLAND_DISPLAY are not set), so no window can open.
  cargo xtask run --virtual-display   opens it on a display in memory, with a keyring of its own
";

struct Options {
    virtual_display: bool,
    customers: u32,
}

struct Places {
    bin: PathBuf,
    server_data: PathBuf,
    app_data: PathBuf,
    session: PathBuf,
}

pub fn run(args: &[&str]) -> Result<(), String> {
    let options = options(args)?;
    if !options.virtual_display && !system::has_display() {
        return Err(NO_DISPLAY.into());
    }
    system::ensure(options.virtual_display)?;
    npm::install_if_stale()?;
    build()?;
    let places = places(options.virtual_display)?;
    make_demo(&places, options.customers)?;
    let mut serve = command(binary(&places, "rapport-server"));
    serve.args(["serve", "--data"]).arg(&places.server_data);
    let (mut server, address) = server::start(&serve)?;
    println!("The server listens on {address}; the demo organisation is Halvorsen Optics.");
    let mut app = open_app(&places, &address, options.virtual_display)?;
    println!("The app is open. Close its window or press Ctrl-C to end both.");
    let (index, status) = first_to_end(&mut [&mut server, &mut app])?;
    let name = ["server", "app"][index];
    app.stop();
    server.stop();
    if name == "app" && status.success() {
        println!("The window was closed; the server is stopped.");
        return Ok(());
    }
    Err(format!("The {name} ended ({status})."))
}

fn options(args: &[&str]) -> Result<Options, String> {
    let mut options = Options { virtual_display: false, customers: DEMO_CUSTOMERS };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match *arg {
            "--virtual-display" => options.virtual_display = true,
            "--customers" => {
                let number = args.next().and_then(|number| number.parse().ok());
                options.customers = number.ok_or("--customers needs a number")?;
            }
            other => return Err(format!("Unknown argument {other}.\n\n{HELP}")),
        }
    }
    Ok(options)
}

fn build() -> Result<(), String> {
    process::run(&mut npm::script("build"))?;
    // `--examples` brings in the dev-dependencies, as the tests do: with another set of features
    // the shared crates would be built twice.
    let mut build = cargo();
    build.args(["build", "--workspace", "--bins", "--examples", "--locked", "--features", FEATURES]);
    process::run(&mut build)
}

fn places(virtual_display: bool) -> Result<Places, String> {
    let target = target_dir()?;
    let run = target.join("run");
    // The database key is in the keyring of its display, so each display has its own app data.
    let app = if virtual_display { "app-virtual" } else { "app" };
    Ok(Places {
        bin: target.join("debug"),
        server_data: run.join("server"),
        app_data: run.join(app),
        session: run.join("session"),
    })
}

fn binary(places: &Places, name: &str) -> PathBuf {
    places.bin.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Makes the demo organisation beside its place and moves it there, so that a stop in between
/// leaves nothing half done.
fn make_demo(places: &Places, customers: u32) -> Result<(), String> {
    if places.server_data.exists() {
        println!("The demo data is there; delete {} to make it anew.", places.server_data.display());
        return Ok(());
    }
    let fresh = places.server_data.with_extension("new");
    if fresh.exists() {
        std::fs::remove_dir_all(&fresh).map_err(|error| format!("{}: {error}", fresh.display()))?;
    }
    let mut demo = command(binary(places, "rapport-server"));
    demo.args(["demo", "--customers", &customers.to_string(), "--seed", DEMO_SEED, "--data"]);
    process::run(demo.arg(&fresh))?;
    std::fs::rename(&fresh, &places.server_data).map_err(|error| format!("{}: {error}", places.server_data.display()))
}

fn open_app(places: &Places, address: &str, virtual_display: bool) -> Result<Guarded, String> {
    let app = binary(places, "rapport");
    let mut open = if virtual_display {
        let mut session = command(root().join("tests/session.sh"));
        session.arg("--keep").arg(&places.session).arg("--").arg(app);
        session
    } else {
        command(app)
    };
    open.env("RAPPORT_DATA_DIR", &places.app_data);
    if !has_profile(&places.app_data) {
        open.args(["--enrol", &enrolment_link(places, address)?]);
    }
    Guarded::start(&open, false)
}

/// An app that was enrolled once has its store below the data folder.
fn has_profile(dir: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(dir) else { return false };
    entries.flatten().map(|entry| entry.path()).any(|path| {
        let store = path.extension().is_some_and(|it| it == "db" || it == "sqlite");
        store || (path.is_dir() && has_profile(&path))
    })
}

fn enrolment_link(places: &Places, address: &str) -> Result<String, String> {
    let mut enrol = command(binary(places, "rapport-server"));
    enrol.args(["enrol", "--data"]).arg(&places.server_data);
    let text = output(enrol.args(["--email", DEMO_USER, "--server", address]))?;
    text.lines()
        .find(|line| line.starts_with("rapport://"))
        .map(str::to_owned)
        .ok_or_else(|| format!("The server gave no enrolment link but: {}", text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read_and_wrong_ones_named() {
        let good = options(&["--customers", "40", "--virtual-display"]).unwrap();
        assert!(good.virtual_display);
        assert_eq!(good.customers, 40);
        assert!(options(&["--customers", "many"]).is_err());
        assert!(options(&["--fast"]).err().is_some_and(|message| message.contains("--fast")));
    }
}
