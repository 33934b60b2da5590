//! The development tasks of Rapport: `cargo xtask <task>`.
//!
//! Owns how the project is built, checked, tested and started by a developer. It holds no rule of
//! the product and is never shipped. Few dependencies, so that the first command starts in seconds.
#![expect(clippy::print_stdout, reason = "a command line tool speaks on stdout")]

mod bench;
mod bridge;
mod children;
mod demo;
mod generated;
mod licences;
mod npm;
mod package;
mod process;
mod run;
mod scan;
mod screens;
mod server;
mod simulate;
mod stages;
mod system;
mod tally;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <task>

  run [--virtual-display] [--customers N]
        install what is missing (asks first), build, start a server with a demo
        organisation and open the app signed in to it; Ctrl-C ends both
  bridge [--customers N] [--lang en|de]
        the same in an ordinary browser, signed in and synchronised; prints the address
  screens [FOLDER] [WORD]...
        a picture of every screen, light and dark, in English and German, narrow and
        wide, empty, full and with long names, each checked for overflow and contrast;
        WORDs take those whose name holds them all
  test [--only STAGE]...
        every check and test; stages: setup ui build lint clippy test postgres simulate
        api browser window
  gen [--check]
        write the generated files of the ui; --check only says which are stale
  tidy [--bless-migrations]
        house rules: crate and import arrows, sizes, names, words, migrations
  bench [NAME] [ARGS]...
        the measurements, in release with encryption on
  simulate [--seed S] [--runs N] [--bite]
        stories of devices and their server on simulated time, with every fault;
        --bite plants known defects and tells which rule caught each
  licences [--check]
        write THIRD-PARTY-NOTICES; --check compares it and the allow-list only
  package [--try] [--debug]
        the installer of this system (.deb, .msi and .exe, or .dmg); --try installs the
        .deb, starts it once in a virtual display and removes it; --debug of a debug build
  help  this text
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[&str]) -> Result<(), String> {
    let (task, rest) = args.split_first().unwrap_or((&"help", &[]));
    match *task {
        "run" => run::run(rest),
        "bridge" => bridge::bridge(rest),
        "screens" => screens::screens(rest),
        "test" => stages::test(rest),
        "gen" => generated::generate(rest),
        "tidy" => tidy::tidy(rest),
        "bench" => bench::bench(rest),
        "simulate" => simulate::simulate(rest),
        "package" => package::package(rest),
        "licences" => licences::licences(rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(format!("There is no task \"{other}\".\n\n{HELP}")),
    }
}

/// Reads arguments that are plain switches; anything else is an error that names it.
fn switches(args: &[&str], known: &[&str]) -> Result<Vec<bool>, String> {
    match args.iter().find(|arg| !known.contains(arg)) {
        Some(unknown) => Err(format!("Unknown argument {unknown}.\n\n{HELP}")),
        None => Ok(known.iter().map(|name| args.contains(name)).collect()),
    }
}
