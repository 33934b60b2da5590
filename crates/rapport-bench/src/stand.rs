//! Where the organisations lie whose server is measured: in files, or in a PostgreSQL database of the measurement's own.

use crate::office::Office;
use crate::tell;
use crate::world::{Place, clear};
use rapport_cluster::Cluster;
use rapport_model::{Error, Result};
use rapport_server::Folder;
use rapport_server::relocate::relocate;
use std::path::PathBuf;
use std::time::Instant;

pub const FILES: &str = "files";
pub const POSTGRES: &str = "PostgreSQL";

/// What somebody who runs it for an office would set; the rest is as it comes. Commits wait for the disk.
const SETTINGS: &[&str] = &[
    "fsync=on",
    "shared_buffers=2GB",
    "effective_cache_size=8GB",
    "max_wal_size=4GB",
    "checkpoint_timeout=15min",
    "wal_compression=lz4",
];

/// A server that runs on a copy of the organisations.
pub struct Stand {
    pub store: &'static str,
    pub office: Office,
    data: PathBuf,
    /// Declared behind the office, so that it outlives it.
    cluster: Option<Cluster>,
}

impl Stand {
    /// `look` reads what there is to ask for, before the server starts.
    pub fn on_files<T>(
        place: &Place,
        customers: usize,
        orgs: usize,
        look: impl FnOnce(&Folder) -> Result<T>,
    ) -> Result<(Stand, T)> {
        let data = place.copy(&place.offices(customers, orgs)?, "office")?;
        let seen = look(&Folder::open(&data)?)?;
        let office = Office::open(&data, None)?;
        Ok((Stand { store: FILES, office, data, cluster: None }, seen))
    }

    /// The same organisations, moved as an operator moves them.
    pub fn on_postgres<T>(
        place: &Place,
        customers: usize,
        orgs: usize,
        look: impl FnOnce(&Folder) -> Result<T>,
    ) -> Result<(Stand, T)> {
        let kept = place.offices(customers, orgs)?;
        let cluster = Cluster::start_with(SETTINGS).map_err(Error::internal)?;
        let url = cluster.url("postgres");
        let data = place.scratch("office-of-database")?;
        let folder = Folder::with_database(&data, Some(&url))?;
        let begun = Instant::now();
        let moved = relocate(&Folder::open(&kept)?, &folder, None)?;
        tell(&format!("moved: {} organisations in {:.0} s", moved.len(), begun.elapsed().as_secs_f64()));
        cluster.tidy("postgres").map_err(Error::internal)?;
        let seen = look(&folder)?;
        drop(folder);
        let office = Office::open(&data, Some(&url))?;
        Ok((Stand { store: POSTGRES, office, data, cluster: Some(cluster) }, seen))
    }

    /// What server and database have had of the processors so far.
    pub fn processor_seconds(&self) -> Option<f64> {
        let database = match &self.cluster {
            Some(cluster) => cluster.process().and_then(crate::process::processor_seconds_of_all)?,
            None => 0.0,
        };
        Some(self.office.processor_seconds()? + database)
    }

    pub fn end(self) -> Result<()> {
        let Stand { office, data, .. } = self;
        drop(office);
        clear(&data)
    }
}
