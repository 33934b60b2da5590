//! What Rapport's speed is: figures of the real code in release, with encryption on, over interleaved rounds.
//!
//! Every figure is told as the median and the worst of its rounds. docs/bench.md says what each one is.

mod client;
mod figures;
mod first_rows;
mod likeness;
mod load;
mod machine;
mod office;
mod pair;
mod process;
mod pull;
mod random;
mod screens;
mod server;
mod stand;
#[cfg(target_os = "linux")]
mod ui;
mod wire;
mod world;

use clap::{Parser, ValueEnum};
use figures::Figures;
use rapport_model::Result;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "rapport-bench", about = "Measures Rapport")]
struct Cli {
    /// What to measure
    #[arg(value_enum, default_value = "all")]
    what: What,
    /// Rounds; five are the least that a figure is told from
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Customers in the store; 10,000 for `pull` and 100,000 for the others unless given
    #[arg(long, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    customers: Option<u32>,
    /// Seed of the made-up company
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Of `server`: 10,000, 100,000 and 1,000,000 customers, one after the other
    #[arg(long, conflicts_with = "customers")]
    growth: bool,
    /// Of `server`: organisations that share the customers
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    orgs: u32,
    /// Of `server`: on files and on a PostgreSQL server of the measurement's own, side by side
    #[arg(long)]
    both: bool,
    /// Build the stores anew, even if there are some of this size
    #[arg(long)]
    fresh: bool,
    /// Write the figures as JSON, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Of `first-rows`: what to open
    #[arg(hide = true, required_if_eq("what", "first-rows"), required_if_eq("what", "first-session"))]
    data: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// A device with a full store: start, lists, search, pages, saves
    Client,
    /// The first download
    Pull,
    /// Mistyped names on a device with a full store: how many are found among the first ten, and how soon
    Typos,
    /// Files out of a device: 20,000 customers in each form
    Files,
    /// What each screen asks for, on a device with a full store
    Screens,
    /// A server of many organisations under the requests of 16 clients
    Server,
    All,
    /// One cold start: opens the store of a data folder and reads the first page
    #[value(hide = true)]
    FirstRows,
    /// One cold start of the whole session
    #[value(hide = true)]
    FirstSession,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let first = arguments.next().unwrap_or_default();
    let done = match first.to_str() {
        Some("pair") => pair::run(arguments),
        #[cfg(target_os = "linux")]
        Some("ui") => ui::run(arguments),
        Some("likeness") => likeness::run(arguments),
        _ => run(&Cli::parse()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&format!("{}: {}", error.code, error.message));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> Result<()> {
    let data = cli.data.as_deref().unwrap_or_else(|| "".as_ref());
    match cli.what {
        What::FirstRows => return first_rows::of_store(data),
        What::FirstSession => return first_rows::of_session(data),
        _ => {}
    }
    let machine = machine::Machine::read();
    say(&machine.line());
    let mut figures = Figures::default();
    let world = world::Place::new(cli.seed, cli.fresh)?;
    let wants = |what: What| matches!(cli.what, What::All) || cli.what == what;
    if wants(What::Client) {
        client::measure(&world, cli.customers.unwrap_or(100_000) as usize, cli.rounds, &mut figures)?;
    }
    if cli.what == What::Typos {
        client::measure_typos(&world, cli.customers.unwrap_or(100_000) as usize, cli.rounds, &mut figures)?;
    }
    if cli.what == What::Files {
        client::measure_files(&world, cli.customers.unwrap_or(20_000) as usize, cli.rounds, &mut figures)?;
    }
    if cli.what == What::Screens {
        screens::measure(&world, cli.customers.unwrap_or(100_000) as usize, cli.rounds, &mut figures)?;
    }
    if wants(What::Pull) {
        pull::measure(&world, cli.customers.unwrap_or(10_000) as usize, cli.rounds, &mut figures)?;
    }
    if wants(What::Server) {
        let sizes: &[usize] =
            if cli.growth { &[10_000, 100_000, 1_000_000] } else { &[cli.customers.unwrap_or(100_000) as usize] };
        for &customers in sizes {
            let task = server::Task { customers, orgs: cli.orgs as usize, rounds: cli.rounds, both: cli.both };
            let mut of_size = Figures::default();
            server::measure(&world, &task, &mut of_size)?;
            if cli.both {
                say(&of_size.beside(stand::FILES, stand::POSTGRES));
            }
            figures.append(of_size, &format!("{customers}: "));
        }
    }
    say(&figures.table());
    match &cli.json {
        Some(path) => world::write(path, &figures.json(&machine)),
        None => Ok(()),
    }
}

/// A line on stdout. Nobody reading it is no reason to stop.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// A line on stderr: what is going on.
fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
