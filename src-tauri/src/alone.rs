//! One app per data folder. A start that meets one which is just dying waits for its end and takes its place.

use serde_json::Value;
use std::error::Error;
use std::time::Duration;
use tauri::plugin::Plugin;
use tauri::{AppHandle, Wry};

/// What an app that was killed needs to be gone, also on a machine that is short of breath.
const PAUSES_MS: [u64; 3] = [200, 1000, 3000];

/// What the app that is there does when another one is started: with its arguments, in its folder.
type SecondStart = fn(&AppHandle, Vec<String>, String);

/// The plugin of Tauri, asked again.
pub struct Alone {
    pub instance: String,
    pub second_start: SecondStart,
}

impl Plugin<Wry> for Alone {
    fn name(&self) -> &'static str {
        "single-instance"
    }

    /// It fails where the app that holds the name does not answer: it was killed, and the bus has not noticed yet.
    fn initialize(&mut self, app: &AppHandle, config: Value) -> Result<(), Box<dyn Error>> {
        for pause_ms in PAUSES_MS {
            let Err(error) = self.plugin().initialize(app, config.clone()) else { return Ok(()) };
            tracing::warn!(%error, pause_ms, "the app that is there does not answer; trying again");
            std::thread::sleep(Duration::from_millis(pause_ms));
        }
        self.plugin().initialize(app, config)
    }
}

impl Alone {
    fn plugin(&self) -> impl Plugin<Wry> + use<> {
        tauri_plugin_single_instance::Builder::new().dbus_id(&self.instance).callback(self.second_start).build()
    }
}
