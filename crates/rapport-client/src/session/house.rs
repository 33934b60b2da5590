//! What somebody changes about herself and her company: at the server where there is one, else in the store of this device.

use super::Client;
use rapport_model::house::{House, Profile};
use rapport_model::{Kind, Org, Result, Role, User};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::PoisonError;

impl Client {
    /// `profile.save`.
    pub(super) async fn save_profile(&self, args: Value) -> Result<Value> {
        let me = self.ready()?.actor().user;
        self.save_house("me", args, move |tx, said: Profile| Ok(Box::new(said.onto(&tx.get_as::<User>(me)?)?) as _)).await
    }

    /// `org.save`.
    pub(super) async fn save_org(&self, args: Value) -> Result<Value> {
        let (org, role) = {
            let ready = self.ready()?;
            (ready.profile.org, ready.actor().role)
        };
        if role != Role::Admin {
            let message = "Only an administrator may change the company. Ask one. Nothing was changed.";
            return Err(rapport_model::Error::new(rapport_model::Code::Forbidden, message));
        }
        self.save_house("org", args, move |tx, said: House| {
            let has_sales = tx.has_any(Kind::Quotes)? || tx.has_any(Kind::Orders)?;
            Ok(Box::new(said.onto(&tx.get_as::<Org>(org)?, has_sales)?) as _)
        })
        .await
    }

    async fn save_house<T: DeserializeOwned + Send + 'static>(
        &self,
        path: &'static str,
        args: Value,
        change: impl Fn(&mut rapport_store::Tx<'_>, T) -> Result<rapport_model::BoxedRecord> + Clone + Send + Sync + 'static,
    ) -> Result<Value> {
        let ready = self.ready()?;
        if let Some(reach) = &ready.remote {
            reach.keeper.put(path, &args).await?;
            // It comes back as everything does that the server wrote.
            let driver = ready.driver.lock().unwrap_or_else(PoisonError::into_inner);
            driver.iter().for_each(|driver| driver.sync_now());
            return Ok(serde_json::json!({}));
        }
        let said: T = super::commands::parse(args)?;
        let now = self.inner.options.source.now();
        let write = move |tx: &mut rapport_store::Tx<'_>| {
            let mut record = change(tx, said)?;
            record.meta_mut().updated_at = now;
            tx.put(record.as_ref())
        };
        let store = ready.store.clone();
        crate::tokens::blocking(move || store.write(write)).await?;
        Ok(serde_json::json!({}))
    }
}
