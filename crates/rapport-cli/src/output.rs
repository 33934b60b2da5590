//! Stdout, stderr and the exit code.

use rapport_client::{Code, Error};
use serde_json::Value;
use std::io::Write;
use std::process::ExitCode;

/// Why the program ends without success.
pub struct Failure {
    error: Error,
    exit: u8,
}

const REFUSED: u8 = 1;
const USAGE: u8 = 2;
const NO_NETWORK: u8 = 3;

impl Failure {
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure { error: Error::new(Code::InvalidValue, message), exit: USAGE }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let exit = if error.code == Code::Offline { NO_NETWORK } else { REFUSED };
        Failure { error, exit }
    }
}

/// The answer, on one line.
pub fn answer(value: &Value) {
    text(&format!("{value}\n"));
}

/// A reader that went away wants no more.
pub fn text(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

pub fn fail(failure: &Failure) -> ExitCode {
    let body = failure.error.body(String::new());
    let line = serde_json::to_string(&body).unwrap_or_else(|_| failure.error.to_string());
    let _ = writeln!(std::io::stderr().lock(), "{line}");
    ExitCode::from(failure.exit)
}

/// Stderr carries the error alone, unless `RAPPORT_LOG` asks for more.
pub fn start_log() {
    let Ok(filter) = std::env::var("RAPPORT_LOG") else { return };
    let filter = tracing_subscriber::EnvFilter::new(filter);
    // A second start in one process cannot be: main calls it once.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
