//! The outside pair of a comparison with other stacks: the true server and the true device behind a small contract of JSON lines.
//!
//! `pair server --listen ADDRESS --db FILE [--import FILE]` and `pair agent --db FILE --server URL`; docs/bench.md says how a harness
//! drives them. Documents of its data set are our records; what a field of theirs holds more than ours is kept as a foreign field.

mod agent;
mod document;
mod query;
mod server;

use clap::{Parser, Subcommand};
use rapport_model::Result;
use std::path::PathBuf;

const EMAIL: &str = "bench@pair.example";
const PASSWORD: &str = "a measured password";

#[derive(Parser)]
#[command(name = "rapport-bench pair")]
struct Pair {
    #[command(subcommand)]
    which: Which,
}

#[derive(Subcommand)]
enum Which {
    Server {
        #[arg(long)]
        listen: String,
        #[arg(long)]
        db: PathBuf,
        #[arg(long)]
        import: Option<PathBuf>,
    },
    Agent {
        #[arg(long)]
        db: PathBuf,
        #[arg(long)]
        server: String,
    },
}

/// Runs with the arguments behind `pair`.
pub fn run(arguments: impl Iterator<Item = std::ffi::OsString>) -> Result<()> {
    match Pair::parse_from(std::iter::once("pair".into()).chain(arguments)).which {
        Which::Server { listen, db, import } => server::run(&listen, &db, import.as_deref()),
        Which::Agent { db, server } => agent::run(&db, &server),
    }
}
