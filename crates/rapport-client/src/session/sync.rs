//! `sync.*`: what the driver says, or what the store says where there is no driver.

use super::Client;
use super::identity::Noted;
use super::ready::Ready;
use rapport_model::{Code, Error, Kind, Result};
use rapport_store::list::Query;
use serde_json::{Value, json};
use std::sync::{Arc, PoisonError};

impl Client {
    /// `sync.status`.
    pub(super) async fn sync_status(&self) -> Result<Value> {
        let ready = self.ready()?;
        let driven = {
            let driver = ready.driver.lock().unwrap_or_else(PoisonError::into_inner);
            driver.as_ref().map(|driver| serde_json::to_value(driver.status()))
        };
        match driven {
            Some(status) => status.map_err(Error::internal),
            None => undriven(&ready).await,
        }
    }

    /// `sync.now`: wakes the driver, or makes one round where there is none.
    pub(super) async fn sync_now(&self) -> Result<Value> {
        let ready = self.ready()?;
        let driven = {
            let driver = ready.driver.lock().unwrap_or_else(PoisonError::into_inner);
            driver.as_ref().map(|driver| driver.sync_now()).is_some()
        };
        if !driven && ready.remote.is_some() {
            self.sync_once().await?;
        }
        self.sync_status().await
    }

    /// `sync.workOffline`.
    pub(super) async fn work_offline(&self, on: bool) -> Result<Value> {
        let ready = self.ready()?;
        {
            let driver = ready.driver.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(driver) = driver.as_ref() {
                driver.work_offline(on);
            }
        }
        self.sync_status().await
    }

    /// One round with the server, to its end; for hosts without a driver.
    pub async fn sync_once(&self) -> Result<Value> {
        let ready = self.ready()?;
        let reach = ready.remote.as_ref().ok_or_else(|| {
            Error::new(
                Code::InvalidValue,
                "This data is on this device alone, so there is nothing to synchronise with. It is safe. Connect to a server first.",
            )
        })?;
        let source = self.inner.options.source.clone();
        let marker = Noted::new(ready.vault.clone(), ready.store.clone());
        let report = rapport_sync::round::run(&ready.store, reach.transport.as_ref(), source, &marker, &|_, _| {}).await;
        if report.is_ok() {
            let source = self.inner.options.source.as_ref();
            let files = rapport_sync::contents::exchange(&ready.store, &ready.shelf, reach.transport.as_ref(), source).await;
            if let Err(error) = files {
                // The records are there; files are tried again with the next round.
                tracing::info!(code = %error.code, "files wait for the next round");
            }
        }
        if let Err(error) = &report {
            drop(marker);
            drop(ready);
            self.heed(error).await;
        }
        serde_json::to_value(report?).map_err(Error::internal)
    }
}

async fn undriven(ready: &Arc<Ready>) -> Result<Value> {
    let phase = if ready.remote.is_none() { "localOnly" } else { "stopped" };
    let me = ready.actor().user;
    ready
        .store
        .read_async(move |tx| {
            let waiting = tx.waiting_count()?;
            let filter = json!({ "userId": me.to_string(), "resolvedAt": null });
            let filter = filter.as_object().cloned().unwrap_or_default();
            let cards = tx.list(Kind::Cards, &Query { filter, limit: 1, ..Query::default() })?.total;
            let key = rapport_sync::seal::key::REPAIRS;
            let repairs = tx.progress::<rapport_sync::compare::Repairs>(key)?.unwrap_or_default();
            Ok(json!({
                "phase": phase,
                "waiting": waiting,
                "done": 0,
                "total": 0,
                "cards": cards.unwrap_or(0),
                "lastSuccess": tx.progress::<i64>(rapport_sync::seal::key::LAST_SUCCESS)?,
                "offlineSince": null,
                "workOffline": false,
                "repaired": repairs.customers,
                "repairedAt": repairs.last_at,
            }))
        })
        .await
}
