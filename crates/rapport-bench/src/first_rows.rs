//! A cold start: a process that opens what is on the device, reads the first page, and says so.

use crate::figures::Figures;
use crate::say;
use crate::world::{Profile, options, runtime};
use rapport_model::{Error, Result};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Starts of each kind in one round.
const STARTS: usize = 5;

fn first_page() -> Value {
    json!({ "kind": "customers", "filter": { "isActive": true }, "sort": "name", "limit": 100 })
}

/// Tells the starter that the rows are there; it stops its clock at this line.
fn there(page: &Value) {
    say(&format!("{} of {}", page["items"].as_array().map_or(0, Vec::len), page["total"]));
}

/// `rapport-bench first-rows DATA`: the store alone.
pub fn of_store(data: &Path) -> Result<()> {
    let ctx = Profile::of(data)?.open()?;
    there(&rapport_ops::run("records.list", first_page(), &ctx)?);
    // A process ends with its connections closed, as an app that is closed does.
    ctx.store.close();
    Ok(())
}

/// `rapport-bench first-session DATA`: as the app and the command line start.
pub fn of_session(data: &Path) -> Result<()> {
    runtime()?.block_on(async {
        let client = rapport_client::Client::open(options(data)).await?;
        there(&client.call("records.list", first_page()).await?);
        client.close().await;
        Ok(())
    })
}

/// From before the process starts until its line is here.
fn start(what: &str, data: &Path) -> Result<std::time::Duration> {
    let program = std::env::current_exe().map_err(Error::internal)?;
    let clock = Instant::now();
    let mut child = Command::new(program).arg(what).arg(data).stdout(Stdio::piped()).spawn().map_err(Error::internal)?;
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut line).map_err(Error::internal)?;
    }
    let took = clock.elapsed();
    let ended = child.wait().map_err(Error::internal)?;
    if ended.success() && line.starts_with("100 of ") {
        return Ok(took);
    }
    Err(Error::internal(format_args!("the started process found no first page: {ended}, {line}")))
}

/// Asks the kernel to forget the file's pages: the disk is read again. Only Linux has this for everybody.
fn evict(store: &Path) -> bool {
    if !cfg!(target_os = "linux") {
        return false;
    }
    let mut dd = Command::new("dd");
    dd.arg(format!("if={}", store.display())).args(["iflag=nocache", "count=0"]);
    dd.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Starts of one round.
pub fn measure(data: &Path, figures: &mut Figures) -> Result<()> {
    let store = Profile::of(data)?.store;
    for _ in 0..STARTS {
        figures.add_ms("cold start: store to first rows", None, start("first-rows", data)?);
        figures.add_ms("cold start: session to first rows", None, start("first-session", data)?);
        if evict(&store) {
            figures.add_ms("cold start: session, file not in memory", None, start("first-session", data)?);
        }
    }
    Ok(())
}
