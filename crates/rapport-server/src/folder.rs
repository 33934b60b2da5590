//! The data folder: `directory.db`, `orgs/<org id>.db`, and a lock that a serving process holds. Where there is a PostgreSQL
//! database, directory and organisations are in that, the folder holds the contents of attachments, and servers share both.

use rapport_model::{Code, Error, Id, Result};
use rapport_store::migrate::Schema;
use rapport_store::{Limits, Postgres, Sqlite, Store};
use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A data folder that exists.
#[derive(Clone)]
pub struct Folder {
    root: PathBuf,
    database: Option<Postgres>,
    /// The database is a replica.
    reads_only: bool,
}

/// Held while a server runs on a folder, or while a restore replaces it.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "the open file is the lock")] Option<File>);

/// A file or folder operation that failed, told with its path.
pub(crate) fn io_error(path: &Path, error: &io::Error) -> Error {
    let code = match error.kind() {
        io::ErrorKind::StorageFull => Code::DiskFull,
        io::ErrorKind::NotFound => Code::NotFound,
        _ => Code::Unreadable,
    };
    Error::new(code, format!("{}: {error}. Check the path, its permissions and the space on the disk.", path.display()))
}

impl Folder {
    /// Opens the folder, makes it if it is not there, and finishes a restore that was cut off.
    pub fn open(root: impl Into<PathBuf>) -> Result<Folder> {
        let folder = Folder { root: root.into(), database: None, reads_only: false };
        folder.make()?;
        crate::restore::settle(&folder)?;
        Ok(folder)
    }

    /// The same, or a folder beside a PostgreSQL database if one is given.
    pub fn with_database(root: impl Into<PathBuf>, database: Option<&str>) -> Result<Folder> {
        let Some(url) = database else { return Folder::open(root) };
        let database = Some(Postgres::open(url, Limits::default())?);
        let folder = Folder { root: root.into(), database, reads_only: false };
        folder.make()?;
        Ok(folder)
    }

    /// The same organisations on a streaming replica of the database, at most so far behind.
    pub fn on_replica(&self, url: &str, lag_max: Duration) -> Result<Folder> {
        let Some(database) = &self.database else {
            let message = "A database for analytics is a replica of the one that --database names. The server was not started.";
            return Err(Error::field(Code::InvalidValue, "analytics-database", message));
        };
        let limits = Limits { connections_max: 8, wait: Duration::from_secs(2), ..Limits::default() };
        let replica = database.replica(url, limits, lag_max)?;
        Ok(Folder { root: self.root.clone(), database: Some(replica), reads_only: true })
    }

    fn make(&self) -> Result<()> {
        fs::create_dir_all(self.orgs()).map_err(|e| io_error(&self.root, &e))?;
        private(&self.root)
    }

    /// Whether other servers may work on the same data.
    pub fn is_shared(&self) -> bool {
        self.database.is_some()
    }

    /// Says that something works on files alone.
    pub fn files_only(&self, what: &str) -> Result<()> {
        if self.database.is_none() {
            return Ok(());
        }
        let message = format!("{what} is for data in files. docs/operations/postgresql.md tells how it is done for a database.");
        Err(Error::new(Code::InvalidValue, message))
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn orgs(&self) -> PathBuf {
        self.root.join("orgs")
    }

    pub fn directory_path(&self) -> PathBuf {
        self.root.join("directory.db")
    }

    pub fn org_path(&self, org: Id) -> PathBuf {
        self.orgs().join(format!("{org}.db"))
    }

    /// Where the contents of an organisation's attachments lie.
    pub fn files(&self, org: Id) -> PathBuf {
        self.orgs().join(format!("{org}.files"))
    }

    /// Takes the folder for this process, or says that another one has it.
    pub fn lock(&self) -> Result<Lock> {
        if self.database.is_some() {
            return Ok(Lock(None));
        }
        let path = self.root.join("lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(|e| io_error(&path, &e))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(Some(file))),
            Err(TryLockError::WouldBlock) => Err(Error::new(
                Code::StoreInUse,
                format!("A server runs on {}. Nothing was changed. Stop it first.", self.root.display()),
            )),
            Err(TryLockError::Error(e)) => Err(io_error(&path, &e)),
        }
    }

    pub fn directory(&self) -> Result<Store> {
        match &self.database {
            Some(database) => Store::over(database.directory()),
            None => Store::open(Sqlite { path: self.directory_path(), key: None }, Schema::Directory),
        }
    }

    /// The organisations that are here, in order of their ids.
    pub fn org_ids(&self) -> Result<Vec<Id>> {
        if let Some(database) = &self.database {
            return database.org_ids();
        }
        let orgs = self.orgs();
        let mut ids = Vec::new();
        for entry in fs::read_dir(&orgs).map_err(|e| io_error(&orgs, &e))? {
            let path = entry.map_err(|e| io_error(&orgs, &e))?.path();
            if path.extension().is_some_and(|e| e == "db")
                && let Some(id) = path.file_stem().and_then(|s| s.to_str()).and_then(|s| s.parse().ok())
            {
                ids.push(id);
            }
        }
        ids.sort();
        Ok(ids)
    }

    /// Opens an organisation that is here.
    pub fn open_org(&self, org: Id) -> Result<Store> {
        let is_here = match &self.database {
            Some(database) => database.has_org(org)?,
            None => self.org_path(org).is_file(),
        };
        if !is_here {
            return Err(Error::new(Code::NotFound, format!("There is no organisation {org} in this folder.")));
        }
        self.create_org(org)
    }

    /// Opens an organisation, and makes its place if there is none.
    pub fn create_org(&self, org: Id) -> Result<Store> {
        match &self.database {
            Some(database) if self.reads_only => Store::reading(database.org(org)),
            Some(database) => Store::over(database.org(org)),
            None => Store::open(Sqlite { path: self.org_path(org), key: None }, Schema::Server),
        }
    }

    /// Makes the directory say what the organisations say; theirs is the truth. Returns the addresses put right.
    pub fn repair_directory(&self, directory: &Store) -> Result<usize> {
        let mut truth: HashMap<String, Id> = HashMap::new();
        for org in self.org_ids()? {
            for account in self.open_org(org)?.read(|tx| tx.accounts())? {
                truth.insert(account.email_key, org);
            }
        }
        // Another server on the same database may just be adding somebody, whose address is reserved before it is in use.
        let alone = self.database.is_none();
        directory.write(move |tx| {
            let held: HashMap<String, Id> = tx.directory_entries()?.into_iter().collect();
            let stale: Vec<&String> = held.keys().filter(|email| alone && !truth.contains_key(*email)).collect();
            let missing: Vec<(&String, &Id)> = truth.iter().filter(|(e, org)| held.get(*e) != Some(org)).collect();
            for email in &stale {
                tx.directory_remove(email)?;
            }
            for (email, org) in &missing {
                tx.directory_put(email, **org)?;
            }
            Ok(stale.len() + missing.len())
        })
    }
}

/// Other users of the machine have no business in here.
#[cfg(unix)]
fn private(root: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(root, fs::Permissions::from_mode(0o700)).map_err(|e| io_error(root, &e))
}

#[cfg(not(unix))]
fn private(_root: &Path) -> Result<()> {
    Ok(())
}
