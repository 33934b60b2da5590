//! What all requests share: the folder and its lock, the directory, the open organisations, keys, passwords, throttles.

use crate::aside::Aside;
use crate::bodies::Bodies;
use crate::config::Config;
use crate::events::Listeners;
use crate::folder::{Folder, Lock};
use crate::metrics::Metrics;
use crate::orgs::{OPEN_ORGS_MAX, Orgs};
use crate::password::Passwords;
use crate::same::Same;
use crate::throttle::Throttle;
use crate::token::Keys;
use crate::webhooks::Hooks;
use rapport_model::release::Release;
use rapport_model::{Id, Millis, Result, Source};
use rapport_store::Store;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::watch;

/// Tries of one account at once, and ms until the next one after that.
const ACCOUNT_TRIES: (i64, i64) = (10, 30_000);

/// The same of one address: an office behind one address signs in together on Monday morning.
const ADDRESS_TRIES: (i64, i64) = (50, 5_000);

pub struct Office {
    pub directory: Store,
    pub orgs: Orgs,
    pub keys: Keys,
    pub passwords: Passwords,
    pub by_account: Throttle<String>,
    pub by_address: Throttle<IpAddr>,
    pub metrics: Metrics,
    pub bodies: Arc<Bodies>,
    pub analytics: crate::rest::analytics::Kept,
    /// Where analytics are read while it can be used.
    pub replica: Option<Aside>,
    pub hooks: Hooks,
    pub listeners: Listeners,
    pub same: Same,
    /// Says that the server stops.
    pub closing: watch::Sender<bool>,
    pub source: Arc<dyn Source>,
    pub behind_proxy: bool,
    pub tls: bool,
    pub public_url: Option<String>,
    pub recommended_app: Release,
    /// This process, among those that run jobs.
    pub runner: Id,
    _lock: Lock,
}

impl Office {
    /// Opens the folder for serving. Blocks.
    pub fn open(config: &Config) -> Result<Office> {
        let folder = Folder::with_database(&config.data, config.database.as_deref())?;
        let lock = folder.lock()?;
        let directory = folder.directory()?;
        let repaired = folder.repair_directory(&directory)?;
        if repaired > 0 {
            tracing::warn!(repaired, "the directory was put right from the organisations");
        }
        let keys = Keys::of(&directory)?;
        let replica = config.analytics.as_ref().map(|at| folder.on_replica(&at.url, at.lag_max).map(Aside::new)).transpose()?;
        Ok(Office {
            directory,
            orgs: Orgs::new(folder, OPEN_ORGS_MAX),
            keys,
            passwords: Passwords::default(),
            by_account: Throttle::new(ACCOUNT_TRIES.0, ACCOUNT_TRIES.1),
            by_address: Throttle::new(ADDRESS_TRIES.0, ADDRESS_TRIES.1),
            metrics: Metrics::new(config.source.now()),
            bodies: Arc::default(),
            analytics: crate::rest::analytics::Kept::default(),
            replica,
            hooks: Hooks::new(config.webhooks.clone()),
            listeners: Listeners::default(),
            same: Same::default(),
            closing: crate::events::closing(),
            source: config.source.clone(),
            behind_proxy: config.behind_proxy,
            tls: config.tls.is_some(),
            public_url: config.public_url.clone(),
            recommended_app: config.recommended_app,
            runner: config.source.id(),
            _lock: lock,
        })
    }

    pub fn now(&self) -> Millis {
        self.source.now()
    }
}
