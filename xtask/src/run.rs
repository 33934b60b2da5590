//! `cargo xtask run`: from a fresh machine to the open app with a demo organisation.
//!
//! Owns the app's data under `target/run`; what a server or an app is stays in their crates.

use crate::children::{Guarded, first_to_end};
use crate::demo::{self, Company};
use crate::process::{command, root, target_dir};
use crate::{HELP, npm, server, system};
use std::path::PathBuf;

const NO_DISPLAY: &str = "\
There is no display here (DISPLAY and WAYLAND_DISPLAY are not set), so no window can open.
  cargo xtask run --virtual-display   opens it on a display in memory, with a keyring of its own
";

struct Options {
    virtual_display: bool,
    customers: u32,
}

struct Places {
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
    demo::build()?;
    let places = places(options.virtual_display)?;
    let company = Company::make(target_dir()?.join("run/server"), options.customers)?;
    let (mut server, address) = server::start(&company.serve()?)?;
    println!("The server listens on {address}; the demo organisation is Halvorsen Optics.");
    let mut app = open_app(&places, &company, &address, options.virtual_display)?;
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
    let mut options = Options { virtual_display: false, customers: demo::CUSTOMERS };
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

fn places(virtual_display: bool) -> Result<Places, String> {
    let run = target_dir()?.join("run");
    // The database key is in the keyring of its display, so each display has its own app data.
    let app = if virtual_display { "app-virtual" } else { "app" };
    Ok(Places { app_data: run.join(app), session: run.join("session") })
}

fn open_app(places: &Places, company: &Company, address: &str, virtual_display: bool) -> Result<Guarded, String> {
    let app = demo::binary("rapport")?;
    let mut open = if virtual_display {
        let mut session = command(root().join("tests/session.sh"));
        session.arg("--keep").arg(&places.session).arg("--").arg(app);
        session
    } else {
        command(app)
    };
    open.env("RAPPORT_DATA_DIR", &places.app_data);
    if !demo::has_profile(&places.app_data) {
        open.args(["--enrol", &company.link(address)?]);
    }
    Guarded::start(&open, false)
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
