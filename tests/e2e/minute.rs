//! The 60-second test: somebody new, no manual, no network, no mouse. Every key is counted.

use super::find::{button, field, heading, role, text};
use super::steps::open;
use super::window::App;
use serde_json::json;
use std::time::{Duration, Instant};

/// Keys that the whole of it may take.
const KEYS_MAX: usize = 60;
const TIME_MAX: Duration = Duration::from_secs(60);
/// Tabs until somebody gives up.
const TABS_MAX: usize = 12;

/// Whoever sits there: her hands stay on the keyboard.
struct Typist<'a> {
    app: &'a App,
    keys: usize,
}

impl Typist<'_> {
    async fn press(&mut self, keys: &str) {
        self.keys += 1;
        self.app.press(keys).await;
    }

    async fn types(&mut self, words: &str) {
        for letter in words.chars() {
            self.press(&if letter == ' ' { "Space".to_owned() } else { letter.to_string() }).await;
        }
    }

    /// Tab until the focus is where a selector leads.
    async fn tabs_to(&mut self, selector: &str) {
        let script = "return document.activeElement?.closest(arguments[0]) !== null";
        for _ in 0..TABS_MAX {
            if self.app.script(script, vec![json!(selector)]).await == true {
                return;
            }
            self.press("Tab").await;
        }
        panic!("{TABS_MAX} tabs do not lead to {selector}");
    }
}

#[tokio::test]
async fn in_a_minute_somebody_new_has_a_customer_a_call_and_a_follow_up() {
    let laptop = tempfile::tempdir().expect("a folder");
    let app = open(laptop.path()).await;
    app.see(&heading("How do you want to start?")).await;
    app.script("window.clicks = 0; addEventListener('pointerdown', () => { window.clicks += 1; }, true)", vec![]).await;
    let began = Instant::now();
    let mut marit = Typist { app: &app, keys: 0 };
    app.has_focus(&button("Look around")).await;
    marit.press("Enter").await;
    app.see(&text("This company is made up.")).await;

    marit.press("Ctrl+k").await;
    marit.types("Nordlyx").await;
    app.see(&role("option").with_text("Create customer")).await;
    marit.press("End").await;
    marit.press("Enter").await;
    app.has_focus(&field("Name")).await;
    marit.tabs_to("[name=firstName]").await;
    marit.types("Kari").await;
    marit.tabs_to("[name=contactPhone]").await;
    marit.types("41234567").await;
    marit.press("Ctrl+Enter").await;
    app.see(&text("Nordlyx created.")).await;

    app.see(&button("Log call")).await;
    marit.press("l").await;
    app.has_focus(&field("Subject")).await;
    marit.types("Frames").await;
    marit.tabs_to("[aria-label='Follow-up']").await;
    marit.press("3").await;
    app.has_focus(&button("Save call")).await;
    marit.press("Ctrl+Enter").await;
    app.see(&text("Call saved.")).await;

    marit.press("g").await;
    marit.press("t").await;
    app.see(&role("main").with_text("Nordlyx")).await;
    let took = began.elapsed();
    app.screenshot("minute").await;
    assert_eq!(app.script("return window.clicks", vec![]).await, 0, "no click");
    assert!(marit.keys <= KEYS_MAX, "{} keys", marit.keys);
    assert!(took <= TIME_MAX, "{took:?}");
    eprintln!("{} keys, {took:?}", marit.keys);
    app.close().await;
}
