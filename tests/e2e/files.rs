//! Files in the real web view: dropped on a customer, read by WebKit, and opened by the program that the system has for them.
//!
//! The drop is an event of the page with a file in it, for no driver moves a file in from outside; from there on all is real.

use super::find::{button, text};
use super::steps::{create_customer, start_alone};
use super::window::App;
use crate::support::programs::program;
use serde_json::json;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

const NAME: &str = "Grundriss Halle 2.pdf";
const WORDS: &str = "Two lines, and an ü.\n";

/// Sends what dragging a file over the page and letting go of it sends.
const DRAG: &str = "const [name, words, kind] = arguments;\
    const dataTransfer = new DataTransfer();\
    dataTransfer.items.add(new File([words], name, { type: 'application/pdf' }));\
    const event = new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true });\
    return document.querySelector('main').dispatchEvent(event);";

/// A program of the name that is asked to open files; it notes which.
fn opener(folder: &Path) -> std::path::PathBuf {
    let noted = folder.join("opened");
    let script = format!("#!/bin/sh\nprintf '%s' \"$1\" > '{0}.new' && mv '{0}.new' '{0}'\n", noted.display());
    let path = folder.join("xdg-open");
    std::fs::write(&path, script).expect("written");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("may be run");
    noted
}

fn path_that_was_opened(noted: &Path) -> String {
    let began = Instant::now();
    loop {
        match std::fs::read_to_string(noted) {
            Ok(path) => return path,
            Err(error) => assert!(began.elapsed() < Duration::from_secs(20), "nothing was opened: {error}"),
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[tokio::test]
async fn a_file_that_is_dropped_is_kept_and_opens_in_its_program() {
    let (data, programs) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let noted = opener(programs.path());
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", programs.path().display());
    let app = App::open_with(&program("RAPPORT_BIN", "rapport"), data.path(), &[], &[("PATH", &path)]).await;
    start_alone(&app).await;
    create_customer(&app, "Nordlys Optikk").await;

    for kind in ["dragenter", "dragover"] {
        let taken = app.script(DRAG, vec![json!(NAME), json!(WORDS), json!(kind)]).await;
        assert_eq!(taken, json!(kind == "dragenter"), "what is dragged over the page is taken");
    }
    app.see(&text("Drop to add beside Nordlys Optikk")).await;
    app.script(DRAG, vec![json!(NAME), json!(WORDS), json!("drop")]).await;
    app.see(&text("1 file added.")).await;
    app.gone(&text("Drop to add beside Nordlys Optikk")).await;

    // The driver scrolls no farther than to the edge, where the status bar lies over it.
    app.script("document.querySelector('section[aria-label=Files]').scrollIntoView({ block: 'center' })", Vec::new()).await;
    app.click(&button(NAME)).await;
    let opened = path_that_was_opened(&noted);
    assert!(opened.ends_with(NAME), "{opened}");
    assert_eq!(std::fs::read_to_string(&opened).expect("a readable copy"), WORDS);
    app.close().await;
}
