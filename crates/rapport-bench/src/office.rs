//! The server as its own process, on a free port of this machine.

use crate::process;
use rapport_model::{Error, Result};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Ended when dropped.
pub struct Office {
    process: Child,
    /// `http://127.0.0.1:PORT`
    pub url: String,
}

impl Office {
    /// Starts the program that lies beside this one; its log goes into the data folder.
    pub fn open(data: &Path, database: Option<&str>) -> Result<Office> {
        let here = std::env::current_exe().map_err(Error::internal)?;
        let program = here.with_file_name(format!("rapport-server{}", std::env::consts::EXE_SUFFIX));
        let log = File::create(data.join("bench.log")).map_err(Error::internal)?;
        let mut process = Command::new(&program)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(database.map_or_else(Vec::new, |url| vec!["--database", url]))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(|error| Error::internal(format_args!("{}: {error}", program.display())))?;
        let mut line = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout).read_line(&mut line).map_err(Error::internal)?;
        }
        let url = line.trim().strip_prefix("listening on ").unwrap_or_default().to_owned();
        let office = Office { process, url };
        if office.url.is_empty() { Err(Error::internal("the server did not start")) } else { Ok(office) }
    }

    /// What it has had of the processors so far.
    pub fn processor_seconds(&self) -> Option<f64> {
        process::processor_seconds(&self.process.id().to_string())
    }

    /// What of it lies in memory.
    pub fn memory_bytes(&self) -> Option<f64> {
        process::memory_bytes(&self.process.id().to_string())
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
