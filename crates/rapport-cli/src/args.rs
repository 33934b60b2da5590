//! What can be typed.

use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Rapport on the command line. Answers are JSON on stdout, errors JSON on stderr.
#[derive(Parser)]
#[command(name = "rapport-cli", version)]
pub struct Args {
    /// The data folder (default: RAPPORT_DATA_DIR, else the system's place for data)
    #[arg(long, global = true, value_name = "DIR")]
    pub store: Option<PathBuf>,
    /// Keep keys in this file, on machines without a keyring
    #[arg(long, global = true, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// Trust this certificate authority (PEM), too
    #[arg(long, global = true, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Sign in to a server, or start on this device alone
    Login(Login),
    /// Sign out and delete the data on this device
    Logout {
        /// Delete work that was not sent yet, too
        #[arg(long)]
        discard: bool,
    },
    /// Who is signed in, and how far sync is
    Status,
    /// Send and fetch now
    Sync {
        /// Go on, and print the status as it changes
        #[arg(long)]
        watch: bool,
    },
    /// Write everything that waits to a file, for `rapport-server take-in`, where the server cannot be reached
    Carry { file: PathBuf },
    /// One record
    Get { kind: String, id: String },
    /// A page of records
    List(List),
    /// Create, merge or save what stdin says: {"kind", "id"?, "fields": {…}} or {"changes": […]}
    Put,
    /// Move a record to the trash
    Delete { kind: String, id: String },
    /// Take a record out of the trash
    Restore { kind: String, id: String },
    /// Find by words or digits
    Search {
        text: String,
        #[arg(long)]
        limit: Option<usize>,
    },
    /// Import a file: CSV or vCard
    Import {
        file: PathBuf,
        /// Only say what would happen
        #[arg(long)]
        dry_run: bool,
        /// A column and where it goes, such as "Firm=name"; again for more (default: what its name says)
        #[arg(long, value_name = "COLUMN=FIELD")]
        map: Vec<String>,
        /// Write the rows that are refused, with reasons, to this file
        #[arg(long, value_name = "FILE")]
        refused: Option<PathBuf>,
    },
    /// Take a whole import back
    Revert { batch: String },
    /// Export records: .csv, .vcf or .json, by the file's name
    Export {
        kind: String,
        file: PathBuf,
        /// A field and the value it must have; again for more
        #[arg(long, value_name = "FIELD=VALUE")]
        filter: Vec<String>,
    },
    /// Run a command of the interface by its name
    Call {
        name: String,
        /// JSON
        #[arg(default_value = "{}")]
        args: String,
    },
}

#[derive(clap::Args)]
pub struct Login {
    /// The server's address, such as crm.example.com
    #[arg(long, requires = "email", required_unless_present_any = ["link", "local"])]
    pub server: Option<String>,
    #[arg(long, requires = "server")]
    pub email: Option<String>,
    /// Read the password from the first line of stdin (default: RAPPORT_PASSWORD)
    #[arg(long)]
    pub password_stdin: bool,
    /// An enrolment link, rapport://enrol?…
    #[arg(long, conflicts_with_all = ["server", "local"])]
    pub link: Option<String>,
    /// Start without a server
    #[arg(long, conflicts_with = "server", requires_all = ["name", "company"])]
    pub local: bool,
    /// Your name
    #[arg(long)]
    pub name: Option<String>,
    /// Your company's name
    #[arg(long)]
    pub company: Option<String>,
}

#[derive(clap::Args)]
pub struct List {
    pub kind: String,
    /// A field and the value it must have; again for more
    #[arg(long, value_name = "FIELD=VALUE")]
    pub filter: Vec<String>,
    /// name, -updatedAt, …
    #[arg(long, allow_hyphen_values = true)]
    pub sort: Option<String>,
    #[arg(long)]
    pub limit: Option<usize>,
    #[arg(long)]
    pub cursor: Option<String>,
    /// Words to search for
    #[arg(long)]
    pub q: Option<String>,
}
