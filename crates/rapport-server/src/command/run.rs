//! What each command does.

use super::{Command, Demo, Enrol, Move, OrgCommand, OrgCreate, Place, Serve, UserAdd, UserCommand, token};
use crate::account::{self, NewOrg, NewUser};
use crate::fill::{self, Fill};
use crate::relocate::{self, Went};
use crate::{Config, Folder, Replica, Stop, Tls, backup, check_binding, restore, serve, take_in, verify};
use rapport_model::{Code, Error, Id, Millis, Result, Role, Source};
use rapport_store::source::System;
use rapport_store::{Limits, Postgres};
use std::io::{self, BufRead, Write};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

const DAY_MS: i64 = 86_400_000;
const EIGHT_O_CLOCK_MS: i64 = 8 * 3_600_000;

pub fn run(place: &Place, command: Command) -> Result<ExitCode> {
    let source: Arc<dyn Source> = Arc::new(System);
    if let (Some(url), Some(partitions)) = (&place.database, place.partitions) {
        Postgres::open(url, Limits { partitions, ..Limits::default() })?;
    }
    let folder = || Folder::with_database(&place.data, place.database.as_deref());
    match command {
        Command::Serve(options) => run_serve(place, options),
        Command::Org(OrgCommand::Create(new)) => create_org(&folder()?, &source, new),
        Command::User(UserCommand::Add(new)) => add_user(&folder()?, &source, new),
        Command::Enrol(enrol) => enrol_link(&folder()?, &source, &enrol),
        Command::Token(command) => token::run(&folder()?, &source, command),
        Command::Backup { to } => {
            let manifest = backup::backup(&folder()?, &to, source.now())?;
            say(&format!("Backed up {} organisations to {}.", manifest.orgs.len(), to.display()))
        }
        Command::Restore { from } => {
            let restored = restore::restore(&folder()?, &from, &source)?;
            let aside = restored.aside.map(|path| format!(" What was there before lies in {}.", path.display()));
            say(&format!(
                "Restored {} organisations. Devices load anew and offer again what the backup lacks.{}",
                restored.orgs,
                aside.unwrap_or_default()
            ))
        }
        Command::Restored => {
            folder()?.restored()?;
            say("Every organisation begins a new life. Devices load anew and offer again what the database lacks.")
        }
        Command::Move(options) => run_move(place, &options),
        Command::TakeIn { file, show } => take_in(&folder()?, &source, &file, show),
        Command::Verify => {
            let found = verify::verify(&folder()?)?;
            if found.is_empty() {
                return say("Everything is sound.");
            }
            say(&found.join("\n"))?;
            Ok(ExitCode::from(1))
        }
        Command::Demo(demo) => run_demo(&folder()?, &source, &demo),
    }
}

fn take_in(folder: &Folder, source: &Arc<dyn Source>, file: &Path, show: bool) -> Result<ExitCode> {
    let parcel = take_in::read(folder, file)?;
    if show {
        return say(&serde_json::to_string_pretty(&parcel.work).map_err(Error::internal)?);
    }
    let outcomes = take_in::take_in(folder, source, parcel)?;
    for outcome in &outcomes {
        let why = outcome.error.as_ref().map(|error| format!(": {} {}", error.code, error.message)).unwrap_or_default();
        say(&format!("{} {}{why}", outcome.mutation_id, outcome.ending.text()))?;
    }
    say(&format!("{} changes were taken in. Their device is answered the same when it is online again.", outcomes.len()))
}

/// Prints to stdout, which is for answers only; the log goes elsewhere.
pub fn say(text: &str) -> Result<ExitCode> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(Error::internal)?;
    Ok(ExitCode::SUCCESS)
}

fn password(from_stdin: bool) -> Result<Option<String>> {
    if !from_stdin {
        return Ok(None);
    }
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(Error::internal)?;
    Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
}

fn create_org(folder: &Folder, source: &Arc<dyn Source>, new: OrgCreate) -> Result<ExitCode> {
    let password = password(new.password_stdin)?;
    let hint = enrol_hint(password.is_none(), &new.admin_email);
    let admin = NewUser { email: new.admin_email, name: new.admin_name, role: Role::Admin, team: None, password };
    let (name, currency, country) = (new.name, new.currency, new.country);
    let org = account::create_org(folder, source, &NewOrg { name, currency, country, time_zone: new.time_zone, admin })?;
    say(&format!("Organisation {org} was made.{hint}"))
}

fn add_user(folder: &Folder, source: &Arc<dyn Source>, new: UserAdd) -> Result<ExitCode> {
    let password = password(new.password_stdin)?;
    let hint = enrol_hint(password.is_none(), &new.email);
    let org = account::choose_org(folder, new.org.as_deref())?;
    let user = NewUser { email: new.email, name: new.name, role: new.role.into(), team: new.team, password };
    let id = account::add_user(folder, source, org, &user)?;
    say(&format!("User {id} was added.{hint}"))
}

fn enrol_hint(needed: bool, email: &str) -> String {
    let hint = format!(" Sign in with the link that `rapport-server enrol --email {email} --server URL` prints.");
    if needed { hint } else { String::new() }
}

fn enrol_link(folder: &Folder, source: &Arc<dyn Source>, enrol: &Enrol) -> Result<ExitCode> {
    let code = account::enrol(folder, source, &enrol.email, enrol.minutes)?;
    say(&account::link(&enrol.server, &code))
}

fn run_demo(folder: &Folder, source: &Arc<dyn Source>, demo: &Demo) -> Result<ExitCode> {
    let today = source.now().0.div_euclid(DAY_MS) * DAY_MS + EIGHT_O_CLOCK_MS;
    let customers = usize::try_from(demo.customers).map_err(Error::internal)?;
    let password = password(demo.password_stdin)?;
    let enrolment_only = password.is_none();
    let wanted = Fill {
        customers,
        seed: demo.seed,
        now: Millis(demo.now.unwrap_or(today)),
        password,
        domain: fill::DOMAIN.into(),
        sales: true,
    };
    let progress = |done: usize| {
        if done.is_multiple_of(5000) {
            tracing::info!(customers = done, "filling in");
        }
    };
    let filled = fill::fill(folder, source, &wanted, progress)?;
    say(&format!("Organisation {} with {customers} customers, {} records.", filled.org, filled.records))?;
    for user in &filled.users {
        say(&format!("{} ({}, {})", user.email, user.name, user.role.text()))?;
    }
    if !enrolment_only {
        return Ok(ExitCode::SUCCESS);
    }
    say("Sign in as one of them: start the server, then open the link that this prints in Rapport, within five minutes:")?;
    let email = filled.users.first().map_or("", |user| user.email.as_str());
    say(&format!("  rapport-server enrol --email {email} --server http://127.0.0.1:8787"))
}

fn run_move(place: &Place, options: &Move) -> Result<ExitCode> {
    let open = |named: &str| match named.split_once(':') {
        Some(("sqlite", folder)) => Folder::open(folder),
        Some(("postgres" | "postgresql", _)) => Folder::with_database(&place.data, Some(named)),
        _ => Err(Error::field(Code::InvalidValue, "from", "A place is sqlite:DIR or the URL of a PostgreSQL database.")),
    };
    let wanted = options.org.as_deref().map(str::parse::<Id>).transpose();
    let only = wanted.map_err(|_| Error::field(Code::InvalidValue, "org", "Give the id of an organisation."))?;
    for (org, went) in relocate::relocate(&open(&options.from)?, &open(&options.to)?, only)? {
        match went {
            Went::Over { rows, took } => {
                let ms = took.as_millis();
                say(&format!("Organisation {org} went over: {rows} rows, read back and compared, unwritable for {ms} ms."))?
            }
            Went::There => say(&format!("Organisation {org} was there already, the same."))?,
        };
    }
    say("The old place is as it was. Serve the new one only: what is written at both cannot be joined.")
}

fn run_serve(place: &Place, options: Serve) -> Result<ExitCode> {
    let tls = options.tls_cert.zip(options.tls_key).map(|(cert, key)| Tls { cert, key });
    let scheme = if tls.is_some() { "https" } else { "http" };
    let mut config =
        Config { tls, behind_proxy: options.behind_proxy, public_url: options.public_url, ..Config::new(&place.data) };
    config.recommended_app = options.recommended_app.unwrap_or(config.recommended_app);
    config.database.clone_from(&place.database);
    let lag_max = Duration::from_secs(options.analytics_lag_seconds);
    config.analytics = options.analytics_database.map(|url| Replica { url, lag_max });
    config.webhooks.allow_private = options.webhooks_allow_private;
    // Before the port is open even for a moment.
    let checked = |address: &SocketAddr| check_binding(*address, &config);
    let listener = bind(&options.listen, "--listen", checked)?;
    if let Some(listen) = &options.metrics_listen {
        let scrapers = bind(listen, "--metrics-listen", |_| Ok(()))?;
        tracing::info!(address = ?scrapers.local_addr().ok(), "metrics are told here to whoever asks");
        config.metrics = Some(Arc::new(scrapers));
    }
    let runtime = tokio::runtime::Runtime::new().map_err(Error::internal)?;
    runtime.block_on(async move {
        let stop = Stop::new();
        tokio::spawn(stop_on_signal(stop.clone()));
        let heard = stop.clone();
        tokio::spawn(async move {
            if let Some(address) = heard.listening().await {
                // Whoever started us with a closed stdout does not want to know.
                let _ = say(&format!("listening on {scheme}://{address}"));
            }
        });
        serve(listener, config, stop).await
    })?;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

fn bind(listen: &str, option: &str, check: impl Fn(&SocketAddr) -> Result<()>) -> Result<TcpListener> {
    let cannot = |e: io::Error| {
        let message =
            format!("{listen} cannot be listened on: {e}. Stop the program that uses it, or choose another with {option}.");
        Error::new(Code::InvalidValue, message)
    };
    let addresses: Vec<SocketAddr> = listen.to_socket_addrs().map_err(cannot)?.collect();
    addresses.iter().try_for_each(check)?;
    TcpListener::bind(addresses.as_slice()).map_err(cannot)
}

#[cfg(unix)]
async fn stop_on_signal(stop: Stop) {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be heard");
            let _ = tokio::signal::ctrl_c().await;
        }
    }
    stop.stop();
}

#[cfg(not(unix))]
async fn stop_on_signal(stop: Stop) {
    let _ = tokio::signal::ctrl_c().await;
    stop.stop();
}
