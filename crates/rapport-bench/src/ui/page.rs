//! The page under measurement: it is driven by true keys, and its own clock says when something was painted.

use super::number;
use fantoccini::Client;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use rapport_model::{Error, Result};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Functions of the page: `bench.*`.
const BENCH: &str = include_str!("bench.js");
/// So long nothing may change before a screen counts as done.
const QUIET_MS: u64 = 400;
/// How often a customer is opened.
const OPENED: usize = 20;

/// The page is asked every 10 ms, so that no limit of the driver's own cuts a slow start off.
const USABLE_TRIES: u32 = 12_000;

pub struct Page<'a> {
    client: &'a Client,
}

impl Page<'_> {
    pub fn new(client: &Client) -> Page<'_> {
        Page { client }
    }

    /// When the first screen could be used, ms since 1970 by the page's clock.
    pub async fn usable_at_ms(&self) -> Result<f64> {
        for _ in 0..USABLE_TRIES {
            let at = self.run("bench.usable()", Vec::new()).await?;
            if !at.is_null() {
                return number(&at);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err(Error::internal("the window cannot be used after two minutes"))
    }

    pub async fn is_synced(&self) -> Result<bool> {
        Ok(self.run("bench.synced()", Vec::new()).await? == true)
    }

    /// Types the beginnings of names into the palette, key by key. Gives what passed from each press to its result.
    pub async fn keys(&self, keys: usize) -> Result<Vec<f64>> {
        self.go("/customers").await?;
        let names: Vec<String> = self.list("bench.names(arguments[0])", keys.div_ceil(4)).await?;
        let mut took = Vec::new();
        for name in names {
            self.press(&[char::from(Key::Control), 'k']).await?;
            tokio::time::sleep(Duration::from_millis(QUIET_MS)).await;
            self.run("bench.watchKeys('[cmdk-list]')", Vec::new()).await?;
            for letter in name.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).take(4) {
                self.press(&[letter]).await?;
                tokio::time::sleep(Duration::from_millis(QUIET_MS)).await;
            }
            took.extend(self.list::<f64>("bench.pressed()", ()).await?);
            self.press(&[char::from(Key::Escape)]).await?;
        }
        took.truncate(keys);
        Ok(took)
    }

    /// Opens a customer with so many entries, from another screen and back.
    pub async fn long_history(&self, entries: usize) -> Result<Vec<f64>> {
        let id = self.run("bench.writeHistory(arguments[0])", vec![json!(entries)]).await?;
        let id = id.as_str().unwrap_or_default();
        while !self.is_synced().await? {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let mut took = Vec::new();
        for _ in 0..OPENED {
            self.go("/today").await?;
            took.push(self.go(&format!("/customers/{id}")).await?);
        }
        Ok(took)
    }

    /// Scrolls evenly over the list. Gives the time from frame to frame.
    pub async fn scroll(&self, rows: usize) -> Result<Vec<f64>> {
        self.go("/customers").await?;
        self.list("bench.scroll(arguments[0])", rows).await
    }

    /// What an account manager does, again and again.
    pub async fn uses(&self, time: Duration) -> Result<u32> {
        let began = Instant::now();
        let mut rounds = 0;
        let ids: Vec<String> = self.list("bench.ids(arguments[0])", 50).await?;
        for id in ids.iter().cycle().take_while(|_| began.elapsed() < time) {
            for place in ["/today", "/customers", &format!("/customers/{id}"), "/quotes", "/calendar", "/reports", "/inbox"] {
                self.go(place).await?;
            }
            self.press(&[char::from(Key::Control), 'k']).await?;
            for letter in "meyer".chars() {
                self.press(&[letter]).await?;
            }
            tokio::time::sleep(Duration::from_millis(QUIET_MS)).await;
            self.press(&[char::from(Key::Escape)]).await?;
            rounds += 1;
        }
        Ok(rounds)
    }

    /// Goes to a screen. Gives the ms until its last change was painted.
    async fn go(&self, place: &str) -> Result<f64> {
        number(&self.run("bench.go(arguments[0], arguments[1])", vec![json!(place), json!(QUIET_MS)]).await?)
    }

    async fn press(&self, codes: &[char]) -> Result<()> {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in codes {
            actions = actions.then(KeyAction::Down { value: *value });
        }
        for value in codes.iter().rev() {
            actions = actions.then(KeyAction::Up { value: *value });
        }
        self.client.perform_actions(actions).await.map_err(Error::internal)
    }

    async fn list<T: serde::de::DeserializeOwned>(&self, script: &str, arg: impl serde::Serialize) -> Result<Vec<T>> {
        serde_json::from_value(self.run(script, vec![json!(arg)]).await?).map_err(Error::internal)
    }

    /// Runs an expression of the page and waits for what it promises.
    async fn run(&self, script: &str, args: Vec<Value>) -> Result<Value> {
        let whole = format!(
            "{BENCH}\nconst done = arguments[arguments.length - 1];\
             Promise.resolve({script}).then((value) => done({{ value }}), (error) => done({{ error: String(error?.message ?? error) }}));"
        );
        let mut said = self.client.execute_async(&whole, args).await.map_err(Error::internal)?;
        if let Some(error) = said["error"].as_str() {
            return Err(Error::internal(format_args!("the page: {error} in {script}")));
        }
        Ok(said["value"].take())
    }
}
