//! The session's tokens: the access token in memory alone, the refresh token in the vault alone.

use crate::auth::{Remote, Renewed};
use crate::vault::{Name, Secret, Vault};
use rapport_model::{Code, Error, Result};
use rapport_sync::Tokens;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

/// A token this close to its end is renewed before it is used.
const BEFORE_END: Duration = Duration::from_secs(20);

/// Hands out access tokens, and renews them one at a time.
pub struct Keeper {
    remote: Remote,
    vault: Vault,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    access: Option<Access>,
    /// The refusal of the refresh token: until somebody signs in again, asking the server once more is of no use.
    refused: Option<Error>,
}

struct Access {
    token: Zeroizing<String>,
    ends: Instant,
}

impl Access {
    fn new(token: Zeroizing<String>, expires_in_ms: i64) -> Access {
        let lives = Duration::from_millis(u64::try_from(expires_in_ms).unwrap_or(0));
        Access { token, ends: Instant::now() + lives }
    }
}

impl Keeper {
    pub fn new(remote: Remote, vault: Vault) -> Keeper {
        Keeper { remote, vault, held: Mutex::new(Held::default()) }
    }

    /// Takes over what a sign-in gave. The refresh token is in the vault already.
    pub async fn take(&self, access_token: Zeroizing<String>, expires_in_ms: i64) {
        let mut held = self.held.lock().await;
        *held = Held { access: Some(Access::new(access_token, expires_in_ms)), refused: None };
    }

    /// Ends the device's session on the server; the tokens are worth nothing afterwards.
    pub async fn logout(&self) -> Result<()> {
        let token = self.access().await?;
        self.remote.logout(&token).await
    }

    async fn renewed(&self, held: &mut Held) -> Result<String> {
        if let Some(refused) = &held.refused {
            return Err(refused.clone());
        }
        let vault = self.vault.clone();
        let refresh = blocking(move || vault.get(Name::Refresh)).await?.ok_or_else(sign_in_again);
        let answer = match refresh {
            Ok(secret) => self.refresh(&secret).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(renewed) => {
                // Kept before it is used: from its first use on, the old one is worth nothing.
                keep_refresh(&self.vault, &renewed.refresh_token).await?;
                keep_work_key(&self.vault, &renewed.work_key).await?;
                let token = renewed.access_token.to_string();
                held.access = Some(Access::new(renewed.access_token, renewed.expires_in_ms));
                Ok(token)
            }
            Err(error) => {
                if error.code.status() == 401 {
                    held.refused = Some(error.clone());
                }
                Err(error)
            }
        }
    }

    async fn refresh(&self, secret: &Secret) -> Result<Renewed> {
        let text = std::str::from_utf8(secret.bytes()).map_err(|_| sign_in_again())?;
        self.remote.refresh(text).await
    }
}

impl Keeper {
    /// The devices that the server knows.
    pub async fn devices(&self, all: bool) -> Result<serde_json::Value> {
        self.remote.devices(&self.access().await?, all).await
    }

    /// Changes something of the caller's own at the server.
    pub async fn put(&self, path: &str, body: &serde_json::Value) -> Result<()> {
        self.remote.put(&self.access().await?, path, body).await
    }

    pub async fn revoke_device(&self, id: rapport_model::Id) -> Result<()> {
        self.remote.revoke_device(&self.access().await?, id).await
    }
}

impl Tokens for Keeper {
    fn access(&self) -> Pin<Box<dyn Future<Output = Result<String>> + Send + '_>> {
        Box::pin(async move {
            let mut held = self.held.lock().await;
            if let Some(access) = &held.access
                && access.ends > Instant::now() + BEFORE_END
            {
                return Ok(access.token.to_string());
            }
            self.renewed(&mut held).await
        })
    }

    fn renew(&self, refused: String) -> Pin<Box<dyn Future<Output = Result<String>> + Send + '_>> {
        Box::pin(async move {
            let refused = Zeroizing::new(refused);
            // Whoever comes second finds what the first one got.
            let mut held = self.held.lock().await;
            if let Some(access) = &held.access
                && *access.token != *refused
            {
                return Ok(access.token.to_string());
            }
            held.access = None;
            self.renewed(&mut held).await
        })
    }
}

/// Puts a refresh token into the vault; when this returns, it is on disk.
pub async fn keep_refresh(vault: &Vault, token: &str) -> Result<()> {
    let (vault, secret) = (vault.clone(), Secret::new(token.as_bytes().to_vec()));
    blocking(move || vault.set(Name::Refresh, &secret)).await
}

/// Keeps what seals work that leaves this device, where it is another one than before.
pub async fn keep_work_key(vault: &Vault, key: &str) -> Result<()> {
    if key.is_empty() {
        return Ok(());
    }
    let (vault, secret) = (vault.clone(), Secret::new(key.as_bytes().to_vec()));
    blocking(move || if vault.get(Name::Work)?.as_ref() == Some(&secret) { Ok(()) } else { vault.set(Name::Work, &secret) }).await
}

/// Runs a blocking call away from the async threads.
pub async fn blocking<T: Send + 'static>(f: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(f).await.map_err(|_| Error::internal("a blocking call ended without an answer"))?
}

fn sign_in_again() -> Error {
    Error::new(
        Code::Unauthorized,
        "This device is not signed in to the server any more. Your work is safe here and goes on. Sign in again to send it.",
    )
}
