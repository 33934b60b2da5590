//! Rapport on the command line: the same session as the window's, JSON out, errors as JSON on stderr.
//!
//! Exit codes: 0 done, 1 refused, 2 wrong usage, 3 the server could not be reached.

mod args;
mod commands;
mod output;

use args::Args;
use clap::Parser;
use clap::error::ErrorKind;
use output::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return explain(&error),
    };
    output::start_log();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output::fail(&rapport_client::Error::internal(error).into()),
    };
    match runtime.block_on(commands::run(args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output::fail(&failure),
    }
}

/// Help and version are answers; everything else is wrong usage.
fn explain(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        output::text(&error.to_string());
        return ExitCode::SUCCESS;
    }
    output::fail(&Failure::usage(error.to_string().trim()))
}
