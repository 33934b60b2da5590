//! The command line: what it takes, what it prints, how it ends.

mod place;
mod run;
mod token;

use clap::{Args, Parser, Subcommand, ValueEnum};
use rapport_model::Role;
use rapport_model::release::Release;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "rapport-server", version, about = "The central server of Rapport")]
struct Cli {
    /// The data folder. [default: ./rapport-data if it is there, else the system's place for data]
    #[arg(long, global = true, env = "RAPPORT_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// Keep directory and organisations in this PostgreSQL database instead of files; several servers may share it
    #[arg(long, global = true, env = "RAPPORT_DATABASE", hide_env_values = true, value_name = "URL")]
    database: Option<String>,
    /// Into how many partitions the tables of an empty database are divided; 0 = none, for Citus. [default: 16]
    #[arg(long, global = true, requires = "database", value_name = "COUNT")]
    partitions: Option<u32>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve (the default)
    Serve(Serve),
    /// Organisations
    #[command(subcommand)]
    Org(OrgCommand),
    /// People who sign in
    #[command(subcommand)]
    User(UserCommand),
    /// Print a link that signs one device in, once
    Enrol(Enrol),
    /// What machines sign in with
    #[command(subcommand)]
    Token(TokenCommand),
    /// Write every organisation and the directory to a new folder; the server may run
    Backup {
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Replace the data by a backup; what was there is moved aside, and devices load anew
    Restore {
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
    },
    /// Say that the PostgreSQL database was put back by what it cannot notice, such as a snapshot of its disk; devices load anew.
    /// A recovery to a point in time, a fail-over and a loaded dump are noticed by themselves
    Restored,
    /// Take organisations from files to a PostgreSQL database, or back; the old place stays as it is
    Move(Move),
    /// Take in work that comes in a file, carried by hand or rescued from a device that was wiped
    TakeIn {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Only print what is in it, as JSON
        #[arg(long)]
        show: bool,
    },
    /// Check files, directory, references and log; prints what is wrong
    Verify,
    /// Fill in a made-up company
    Demo(Demo),
}

#[derive(Args)]
struct Move {
    /// `sqlite:DIR` or `postgres://…`; contents of attachments are in DIR, or in the folder that --data names
    #[arg(long, value_name = "PLACE")]
    from: String,
    /// The same of the new place
    #[arg(long, value_name = "PLACE")]
    to: String,
    /// One organisation, by its id. [default: all]
    #[arg(long, value_name = "ID")]
    org: Option<String>,
}

#[derive(Args)]
struct Serve {
    /// Where to listen; beyond this machine it takes TLS or a proxy
    #[arg(long, default_value = "127.0.0.1:8787", value_name = "ADDRESS:PORT")]
    listen: String,
    /// Certificate chain (PEM)
    #[arg(long, requires = "tls_key", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// Key of the certificate (PEM)
    #[arg(long, requires = "tls_cert", value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// A proxy in front ends TLS and sets X-Forwarded-For
    #[arg(long)]
    behind_proxy: bool,
    /// Where devices reach this server; stands in links for people. [default: as the administrator reaches it]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// The version of the app that devices are told to have. [default: this server's own]
    #[arg(long, env = "RAPPORT_RECOMMENDED_APP", value_name = "VERSION")]
    recommended_app: Option<Release>,
    /// Also give /metrics here, plain HTTP, to whoever asks. Without it only programs on this machine get it
    #[arg(long, value_name = "ADDRESS:PORT")]
    metrics_listen: Option<String>,
    /// Let webhooks lead to this machine and into its network, and over plain HTTP
    #[arg(long)]
    webhooks_allow_private: bool,
    /// Read analytics and reports from this streaming replica of the database, or from the database itself while it cannot be used
    #[arg(long, env = "RAPPORT_ANALYTICS_DATABASE", hide_env_values = true, value_name = "URL")]
    analytics_database: Option<String>,
    /// How far the replica may be behind before the database itself is read
    #[arg(long, default_value_t = LAG_SECONDS, value_parser = clap::value_parser!(u64).range(1..=3600), value_name = "SECONDS")]
    analytics_lag_seconds: u64,
}

const LAG_SECONDS: u64 = 10;

impl Default for Serve {
    fn default() -> Serve {
        let listen = "127.0.0.1:8787".to_owned();
        Serve {
            listen,
            tls_cert: None,
            tls_key: None,
            behind_proxy: false,
            public_url: None,
            recommended_app: None,
            metrics_listen: None,
            webhooks_allow_private: false,
            analytics_database: None,
            analytics_lag_seconds: LAG_SECONDS,
        }
    }
}

#[derive(Subcommand)]
enum OrgCommand {
    /// Make an organisation with its first administrator
    Create(OrgCreate),
}

#[derive(Args)]
struct OrgCreate {
    #[arg(long)]
    name: String,
    /// Three capital letters, such as EUR
    #[arg(long, value_name = "CODE")]
    currency: String,
    /// Two capital letters, such as DE
    #[arg(long, value_name = "CODE")]
    country: String,
    /// Such as Europe/Berlin
    #[arg(long, value_name = "NAME")]
    time_zone: String,
    #[arg(long, value_name = "EMAIL")]
    admin_email: String,
    #[arg(long, value_name = "NAME")]
    admin_name: String,
    /// Read the password from the first line of standard input; without one, sign in by `enrol`
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Add somebody
    Add(UserAdd),
}

#[derive(Args)]
struct UserAdd {
    #[arg(long)]
    email: String,
    #[arg(long)]
    name: String,
    #[arg(long, value_enum)]
    role: GivenRole,
    /// A team's name; it is made if it is not there
    #[arg(long, value_name = "NAME")]
    team: Option<String>,
    /// The organisation's name or id, where there are several
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
    /// Read the password from the first line of standard input; without one, sign in by `enrol`
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum GivenRole {
    Admin,
    Sales,
    Support,
    Brand,
}

impl From<GivenRole> for Role {
    fn from(role: GivenRole) -> Role {
        match role {
            GivenRole::Admin => Role::Admin,
            GivenRole::Sales => Role::Sales,
            GivenRole::Support => Role::Support,
            GivenRole::Brand => Role::Brand,
        }
    }
}

#[derive(Args)]
struct Enrol {
    #[arg(long)]
    email: String,
    /// The address that the device reaches this server at
    #[arg(long, value_name = "URL")]
    server: String,
    /// Minutes that the link is good for
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(i64).range(1..=60))]
    minutes: i64,
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Make a token for REST and print it, this once
    Create(TokenCreate),
    /// Print every token's id, scope, user, end, last use and name; never the token
    List {
        /// The organisation's name or id, where there are several
        #[arg(long, value_name = "ORG")]
        org: Option<String>,
    },
    /// End a token at once
    Revoke {
        id: String,
        /// The organisation's name or id, where there are several
        #[arg(long, value_name = "ORG")]
        org: Option<String>,
    },
}

#[derive(Args)]
struct TokenCreate {
    /// Which machine has it, and what for
    #[arg(long)]
    name: String,
    /// What it may do; write includes read
    #[arg(long, value_enum, value_delimiter = ',', required = true)]
    scope: Vec<GivenScope>,
    /// Days from now, or a date such as 2027-03-31; at most 366 days
    #[arg(long, value_name = "DAYS|DATE")]
    expires: String,
    /// Whom it acts as. [default: the only administrator]
    #[arg(long = "as", value_name = "EMAIL")]
    email: Option<String>,
    /// The organisation's name or id, where there are several and --as does not tell
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
}

/// What can be asked of a token.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum GivenScope {
    Read,
    Write,
}

#[derive(Args)]
struct Demo {
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(0..=1_000_000), value_name = "N")]
    customers: u64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The instant around which the story is told, ms since 1970 UTC. [default: 08:00 UTC today]
    #[arg(long, value_name = "MS")]
    now: Option<i64>,
    /// Read one password for everybody from the first line of standard input; without one, sign in by `enrol`
    #[arg(long)]
    password_stdin: bool,
}

/// Where the data is.
struct Place {
    data: PathBuf,
    database: Option<String>,
    partitions: Option<u32>,
}

/// Runs the program. Exit code 0 = done, 1 = refused or found something, 2 = wrong usage.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    start_log();
    hush_panics();
    let data = cli.data.unwrap_or_else(place::default_data);
    match run::run(
        &Place { data, database: cli.database, partitions: cli.partitions },
        cli.command.unwrap_or_else(|| Command::Serve(Serve::default())),
    ) {
        Ok(code) => code,
        Err(error) => {
            // Nothing is left to do where even stderr is closed.
            let _ = writeln!(std::io::stderr(), "{}: {}", error.code, error.message);
            ExitCode::from(1)
        }
    }
}

/// The log goes to stderr: readable at a terminal, JSON lines elsewhere. `RAPPORT_LOG` sets the level.
fn start_log() {
    use std::io::IsTerminal;
    let filter =
        tracing_subscriber::EnvFilter::try_from_env("RAPPORT_LOG").unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        log.init();
    } else {
        log.json().init();
    }
}

/// A panic is told by its place: what it says may hold customer data.
fn hush_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic");
    }));
}
