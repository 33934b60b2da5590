//! The real window at work: how soon it can be used, keys, a long history, scrolling, memory over a stretch of use.
//!
//! The window is WebKit's on whatever display there is; `tests/session.sh` makes one in memory. Drawing is by software there.

#[path = "../../../tests/e2e/driver.rs"]
#[expect(dead_code, reason = "a measurement freezes and crashes nothing")]
mod driver;
mod memory;
mod page;

use crate::figures::Figures;
use crate::machine::Machine;
use crate::{say, tell};
use clap::Parser;
use driver::Driver;
use fantoccini::Client;
use fantoccini::wd::TimeoutConfiguration;
use page::Page;
use rapport_model::{Code, Error, Result};
use serde_json::Value;
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What a session of the made-up company's administrator holds: everything.
const EMAIL: &str = "ingrid@halvorsen.example";
const SEED: &str = "7";
const DOWNLOAD_MAX: Duration = Duration::from_secs(15 * 60);
/// The driver cuts a call of the page off after half a minute unless it is told otherwise; a long history takes longer to write.
const SCRIPT_MAX: Duration = Duration::from_secs(10 * 60);

/// Use before the first reading of memory.
const WARM_UP: Duration = Duration::from_secs(20);

#[derive(Parser)]
#[command(name = "rapport-bench ui")]
struct Cli {
    /// Customers in the store
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    customers: u32,
    /// Starts of each window, one after the other in turn
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Keys that are pressed
    #[arg(long, default_value_t = 120)]
    keys: usize,
    /// Entries in the long history
    #[arg(long, default_value_t = 5_000)]
    history: usize,
    /// Rows that are scrolled over
    #[arg(long, default_value_t = 10_000)]
    rows: usize,
    /// Minutes of use between the two readings of memory
    #[arg(long, default_value_t = 10)]
    minutes: u32,
    /// Write the figures as JSON, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

pub fn run(arguments: impl Iterator<Item = OsString>) -> Result<()> {
    let cli = Cli::parse_from(std::iter::once(OsString::from("rapport-bench ui")).chain(arguments));
    let machine = Machine::read();
    say(&machine.line());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::internal)?;
    let mut figures = Figures::default();
    runtime.block_on(measure(&cli, &mut figures))?;
    say(&figures.table());
    match &cli.json {
        Some(path) => crate::world::write(path, &figures.json(&machine)),
        None => Ok(()),
    }
}

async fn measure(cli: &Cli, figures: &mut Figures) -> Result<()> {
    let desk = Desk::open(cli.customers)?;
    desk.download().await?;
    for round in 0..cli.rounds {
        figures.begin_round(round);
        let empty = desk.start(&program("RAPPORT_EMPTY_BIN", "examples/empty_window"), &[]).await?;
        let app = desk.start(&desk.app, &desk.arguments()).await?;
        figures.add("start of an empty window", "ms", None, empty.took_ms);
        figures.add("start to usable", "ms", None, app.took_ms);
        figures.add("start to usable, beyond the empty window", "ms", Some(500.0), app.took_ms - empty.took_ms);
        for started in [empty, app] {
            started.end().await;
        }
    }
    figures.begin_round(0);
    let started = desk.start(&desk.app, &desk.arguments()).await?;
    let page = Page::new(&started.client);
    tell("keys");
    let pressed = page.keys(cli.keys).await?;
    shares(figures, "key press to painted result", "ms", 50.0, &pressed);
    tell("a long history");
    let opened = page.long_history(cli.history).await?;
    shares(figures, &format!("customer with {} entries opened", cli.history), "ms", 200.0, &opened);
    tell("scrolling");
    let frames = page.scroll(cli.rows).await?;
    shares(figures, &format!("frames over {} rows", cli.rows), "ms", 34.0, &frames);
    let late = frames.iter().filter(|ms| **ms > 25.0).count() as f64 / frames.len().max(1) as f64 * 100.0;
    figures.add("frames that came late (over 25 ms)", "%", Some(5.0), late);
    memory_over_use(cli, &started, &page, figures).await?;
    started.end().await;
    Ok(())
}

async fn memory_over_use(cli: &Cli, started: &Started, page: &Page<'_>, figures: &mut Figures) -> Result<()> {
    page.uses(WARM_UP).await?;
    let before = memory::megabytes(started.driver.id());
    let rounds = page.uses(Duration::from_mins(cli.minutes.into())).await?;
    // What is on its way out may go.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let after = memory::megabytes(started.driver.id());
    figures.add("memory before (all processes, shared pages divided)", "MB", None, before);
    figures.add(&format!("memory after {} minutes of use, {rounds} rounds of all screens", cli.minutes), "MB", None, after);
    figures.add("memory gained", "MB", Some(50.0), after - before);
    Ok(())
}

/// The middle of the samples, and what nineteen of twenty stay below.
fn shares(figures: &mut Figures, name: &str, unit: &'static str, aim: f64, samples: &[f64]) {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    for (share, called) in [(50, "p50"), (95, "p95")] {
        let rank = (sorted.len() * share).div_ceil(100).max(1) - 1;
        let aim = (share == 95).then_some(aim);
        figures.add(&format!("{name}, {called} of {}", sorted.len()), unit, aim, sorted.get(rank).copied().unwrap_or(f64::NAN));
    }
}

/// A program of this build: where the command says, else beside this one.
fn program(variable: &str, name: &str) -> PathBuf {
    let beside = || std::env::current_exe().unwrap_or_default().with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    std::env::var_os(variable).map_or_else(beside, PathBuf::from)
}

/// The server with its company, and the laptop that is measured.
struct Desk {
    app: PathBuf,
    folder: tempfile::TempDir,
    server: Child,
    link: String,
}

/// An app that can be used, and how long that took from the start of its process.
struct Started {
    client: Client,
    driver: Driver,
    took_ms: f64,
}

impl Started {
    async fn end(self) {
        // One that is gone already needs no end; the driver takes the rest along.
        let _ = self.client.close().await;
    }
}

impl Desk {
    fn open(customers: u32) -> Result<Desk> {
        let server = program("RAPPORT_SERVER_BIN", "rapport-server");
        let data = server.with_file_name(format!("bench-ui-{customers}"));
        if !data.exists() {
            tell("making the company");
            let fresh = data.with_extension("new");
            let _ = std::fs::remove_dir_all(&fresh);
            let made = Command::new(&server)
                .args(["demo", "--customers", &customers.to_string(), "--seed", SEED, "--data"])
                .arg(&fresh)
                .stdout(Stdio::null())
                .status();
            if !made.is_ok_and(|status| status.success()) {
                return Err(Error::internal("the company was not made"));
            }
            std::fs::rename(&fresh, &data).map_err(Error::internal)?;
        }
        let mut process = Command::new(&server)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(Error::internal)?;
        let mut line = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout).read_line(&mut line).map_err(Error::internal)?;
        }
        let folder = tempfile::tempdir().map_err(Error::internal)?;
        let mut desk = Desk { app: program("RAPPORT_BIN", "rapport"), folder, server: process, link: String::new() };
        let url = line.trim().strip_prefix("listening on ").ok_or_else(|| Error::internal("the server does not listen"))?;
        let enrol = Command::new(&server).args(["enrol", "--email", EMAIL, "--server", url, "--data"]).arg(&data).output();
        let said = enrol.map_err(Error::internal)?.stdout;
        let said = String::from_utf8_lossy(&said);
        desk.link = said.lines().find(|line| line.starts_with("rapport://")).unwrap_or_default().to_owned();
        Ok(desk)
    }

    fn arguments(&self) -> Vec<String> {
        vec!["--data-dir".to_owned(), self.folder.path().join("data").display().to_string()]
    }

    /// The first download; what is measured later begins with a full store.
    async fn download(&self) -> Result<()> {
        tell("the first download");
        let began = Instant::now();
        let arguments = [self.arguments(), vec!["--enrol".to_owned(), self.link.clone()]].concat();
        let started = self.start(&self.app, &arguments).await?;
        let page = Page::new(&started.client);
        while !page.is_synced().await? {
            if began.elapsed() > DOWNLOAD_MAX {
                return Err(Error::new(Code::Offline, "the first download does not come to its end"));
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        tell(&format!("downloaded in {:.1} s", began.elapsed().as_secs_f64()));
        // The search text and the names are made ready behind it.
        tokio::time::sleep(Duration::from_secs(5)).await;
        started.end().await;
        Ok(())
    }

    /// Starts a program and waits until its page says that it can be used. The time is taken when the process begins.
    async fn start(&self, program: &Path, arguments: &[String]) -> Result<Started> {
        let (wrapper, noted) = (self.folder.path().join("start.sh"), self.folder.path().join("started"));
        let script = "#!/bin/sh\ndate +%s%N > \"$RAPPORT_BENCH_STARTED\"\nexec \"$RAPPORT_BENCH_PROGRAM\" \"$@\"\n";
        std::fs::write(&wrapper, script).map_err(Error::internal)?;
        let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&wrapper, executable).map_err(Error::internal)?;
        let (noted_text, program) = (noted.display().to_string(), program.display().to_string());
        let environment = [("RAPPORT_BENCH_STARTED", noted_text.as_str()), ("RAPPORT_BENCH_PROGRAM", program.as_str())];
        let driver = Driver::start(&environment, &self.folder.path().join("driver.log")).await;
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let client = driver.open(&wrapper, &arguments).await;
        let patient = TimeoutConfiguration::new(Some(SCRIPT_MAX), None, None);
        client.update_timeouts(patient).await.map_err(Error::internal)?;
        let usable = Page::new(&client).usable_at_ms().await?;
        let began = std::fs::read_to_string(&noted).map_err(Error::internal)?;
        let began_ms = began.trim().parse::<f64>().map_err(Error::internal)? / 1e6;
        Ok(Started { client, driver, took_ms: usable - began_ms })
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // A server that has ended already needs no end.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A number that the page gave.
fn number(value: &Value) -> Result<f64> {
    value.as_f64().ok_or_else(|| Error::internal(format_args!("the page gave {value} instead of a number")))
}
