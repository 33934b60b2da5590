//! `cargo xtask bridge`: the app in an ordinary browser, with the demo company and a device that is signed in to it.
//!
//! Owns the data under `target/bridge`; the bridge itself is the crate rapport-bridge.

use crate::children::{Guarded, first_to_end};
use crate::demo::{self, Company};
use crate::process::{self, command, root, target_dir};
use crate::{HELP, npm, server, system};
use std::net::TcpListener;
use std::path::Path;

const LISTENING: &str = "bridge on ";

struct Options {
    customers: u32,
    language: String,
}

pub fn bridge(args: &[&str]) -> Result<(), String> {
    let options = options(args)?;
    system::ensure(true)?;
    npm::install_if_stale()?;
    demo::build()?;
    let folder = target_dir()?.join("bridge");
    let place = folder.join(format!("company-{}", options.customers));
    std::fs::create_dir_all(&place).map_err(|error| format!("{}: {error}", place.display()))?;
    let company = Company::make(place.join("server"), options.customers)?;
    let mut serve = company.serve()?;
    serve.args(["--listen", &listen_on(&place.join("listen"))?]);
    let (mut server, address) = server::start(&serve)?;
    let device = place.join("device");
    let mut open = command(demo::binary("rapport-bridge")?);
    open.arg("--data").arg(&device).arg("--ui").arg(root().join("ui/dist"));
    if !demo::has_profile(&device) {
        open.args(["--enrol", &company.link(&address)?]);
    }
    let (mut bridge, url) = server::start_saying(&open, LISTENING)?;
    let url = format!("{url}&language={}", options.language);
    // Where `ui/scripts/shot.mjs` finds it.
    process::write(&folder.join("url"), &url)?;
    println!("The app, signed in: {url}\nPress Ctrl-C to end it and its server.");
    let (index, status) = first_to_end(&mut [&mut server, &mut bridge])?;
    Guarded::stop(&mut bridge);
    Guarded::stop(&mut server);
    Err(format!("The {} ended ({status}).", ["server", "bridge"][index]))
}

fn options(args: &[&str]) -> Result<Options, String> {
    let mut options = Options { customers: demo::CUSTOMERS, language: "en".into() };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match (*arg, args.next()) {
            ("--customers", Some(number)) => {
                options.customers = number.parse().map_err(|_| "--customers needs a number")?;
            }
            ("--lang", Some(language @ (&"en" | &"de"))) => options.language = (*language).to_owned(),
            _ => return Err(format!("Unknown argument {arg}.\n\n{HELP}")),
        }
    }
    Ok(options)
}

/// The device remembers where its server was, so the server comes back there: on a port that was free the first time.
fn listen_on(file: &Path) -> Result<String, String> {
    if let Ok(address) = process::read(file) {
        return Ok(address);
    }
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = free.map_err(|error| format!("No free port: {error}"))?.to_string();
    process::write(file, &address)?;
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read_and_wrong_ones_named() {
        let good = options(&["--customers", "40", "--lang", "de"]).unwrap();
        assert_eq!((good.customers, good.language.as_str()), (40, "de"));
        assert!(options(&["--lang", "fr"]).is_err());
        assert!(options(&["--customers"]).is_err());
    }
}
