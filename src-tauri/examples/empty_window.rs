//! A window of Tauri with nothing in it: what a start costs before Rapport does anything. `cargo xtask bench ui` starts it.

use tauri::{WebviewUrl, WebviewWindowBuilder};

/// The same mark that the ui sets.
const MARK: &str = "requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('usable')));";

fn main() {
    let mut context = tauri::generate_context!();
    context.config_mut().app.windows.clear();
    let app = tauri::Builder::default().setup(|app| {
        // A file of a few lines: on about:blank the script would not run.
        let page = WebviewUrl::App("theme.js".into());
        let window = WebviewWindowBuilder::new(app, "main", page).title("Rapport").inner_size(1280.0, 800.0);
        window.initialization_script(MARK).build()?;
        Ok(())
    });
    if let Err(error) = app.run(context) {
        eprintln!("{error}");
    }
}
