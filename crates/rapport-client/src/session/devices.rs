//! The devices that the server knows: asked for there, never kept here.

use super::Client;
use super::ready::Reach;
use rapport_model::{Code, Error, Id, Result, Role};
use serde_json::{Value, json};

impl Client {
    /// `devices.list`: of everybody for an administrator, else one's own.
    pub(super) async fn devices(&self) -> Result<Value> {
        let ready = self.ready()?;
        let all = ready.actor().role == Role::Admin;
        reach(ready.remote.as_ref())?.keeper.devices(all).await
    }

    /// `devices.revoke`: signs a device out. It saves what waits on it in a file and deletes the rest.
    pub(super) async fn revoke_device(&self, id: Id) -> Result<Value> {
        let ready = self.ready()?;
        reach(ready.remote.as_ref())?.keeper.revoke_device(id).await?;
        Ok(json!({}))
    }
}

fn reach(remote: Option<&Reach>) -> Result<&Reach> {
    remote.ok_or_else(|| {
        let message = "This data is on this device alone; there is no server that knows of devices. Connect to one first.";
        Error::new(Code::InvalidValue, message)
    })
}
