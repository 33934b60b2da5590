//! The simulation: devices, the server's own code, people, network and disks in one process, on simulated time.
//!
//! Owns the faults, the model and the rules that must hold; what runs between them is the product's own code. The same seed tells the
//! same story and leaves the same trace.
#![expect(clippy::print_stdout, reason = "a command line tool speaks on stdout")]

mod check;
mod deeds;
mod dice;
mod disk;
mod laptop;
mod ledger;
mod machine;
mod model;
mod refusals;
mod report;
mod run;
mod seals;
mod server;
mod shrink;
mod story;
mod wire;
mod witness;

use clap::Parser;
use std::process::ExitCode;

#[derive(Parser)]
#[command(about = "Plays stories of devices and their server on simulated time, and checks what must hold")]
pub struct Arguments {
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Stories; each has the seed after the one before.
    #[arg(long, default_value_t = 2000)]
    runs: u64,
    /// Stories that are played at once.
    #[arg(long, default_value_t = 2)]
    threads: u64,
    /// Tells everything that happens in the first story.
    #[arg(long)]
    loud: bool,
    /// Plants a defect of this name and ends with success at the first rule that it breaks.
    #[arg(long)]
    defect: Option<String>,
    /// Plants every known defect in turn and tells which rule caught it after how many stories.
    #[arg(long)]
    bite: bool,
    /// Prints the tables of docs/simulation.md.
    #[arg(long)]
    tables: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = report::run(&arguments);
    machine::clean_up();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
