//! A reminder comes while the window is closed to the tray, and leads to its customer. Closing, starting and quitting around it.

use super::desk::{Desk, close_windows, see_windows, wait, windows_shown};
use super::find::{button, field, heading, link};
use super::steps::{create_customer, open, sign_in, start_alone};
use super::window::App;
use crate::support::programs::{Company, JONAS, Laptop, MARIT, program};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const NAME: &str = "Kjær & <b>Sønner";

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_millis()).expect("this century")
}

fn put(laptop: &Laptop, kind: &str, fields: &Value) -> String {
    let saved = laptop.run(&["put"], &json!({ "kind": kind, "fields": fields }).to_string());
    saved["saved"][0]["record"]["_id"].as_str().expect("an id").to_owned()
}

/// A colleague plans a meeting for her, ten minutes from now, and a follow-up for some days ago.
fn colleague_plans(company: &Company) {
    let jonas = Laptop::signed_in(company, JONAS);
    jonas.run(&["sync"], "");
    let users = jonas.run(&["list", "users"], "");
    let marit = users["items"].as_array().expect("users").iter().find(|user| user["email"] == MARIT).expect("Marit");
    let marit = marit["_id"].clone();
    let customer = put(&jonas, "customers", &json!({ "name": NAME, "assignedTo": marit }));
    let meeting = json!({
        "customerId": customer, "type": "meeting", "subject": "Fitting", "interactionDate": now() + 10 * 60_000, "assignedTo": marit,
    });
    put(&jonas, "interactions", &meeting);
    let call = json!({
        "customerId": customer, "type": "call", "subject": "Ask for the frames", "interactionDate": now() - 7 * 86_400_000,
        "followUpDate": now() - 5 * 86_400_000, "assignedTo": marit,
    });
    put(&jonas, "interactions", &call);
    jonas.run(&["sync"], "");
}

async fn keep_in_tray(app: &App) {
    app.click(&link("Settings")).await;
    app.see(&heading("Window")).await;
    // The driver scrolls no farther than to the edge, where the status bar lies over it.
    let show = "document.querySelector('section[aria-label=Window]').scrollIntoView({ block: 'center' })";
    app.script(show, Vec::new()).await;
    app.click(&field("Keep in the tray")).await;
}

#[tokio::test]
async fn a_reminder_comes_while_the_window_is_closed_and_leads_to_its_customer() {
    let (company, desk) = (Company::found(), Desk::open());
    let folder = tempfile::tempdir().expect("a folder");
    let marit = open(folder.path()).await;
    sign_in(&marit, &company, MARIT).await;
    keep_in_tray(&marit).await;
    marit.assert_accessible().await;
    marit.screenshot("window-settings").await;
    desk.see_in_tray("No follow-ups due");
    assert_eq!(close_windows(), 1);
    see_windows(0);

    colleague_plans(&company);
    let meeting = desk.notification(NAME);
    assert!(meeting.body.ends_with("Fitting") || meeting.body.ends_with("Ask for the frames"), "{meeting:?}");
    desk.see_in_tray("1 follow-up overdue");
    // Nobody presses before the app listens; a test may.
    let shown = wait(|| {
        desk.press(&meeting);
        std::thread::sleep(Duration::from_millis(300));
        (windows_shown() == 1).then_some(())
    });
    assert!(shown.is_some(), "the window is shown");
    marit.see(&button("Log call")).await;
    marit.see(&button(&format!("Edit Name: {NAME}"))).await;

    close_windows();
    see_windows(0);
    desk.choose("1 follow-up overdue");
    see_windows(1);
    marit.see(&heading("Today")).await;
    let titles: Vec<String> = desk.notifications().into_iter().map(|one| one.title).collect();
    assert_eq!(titles, [NAME, NAME], "each was told once: the meeting, and the follow-up");
    desk.choose("Quit Rapport");
    see_windows(0);
}

#[tokio::test]
async fn a_hidden_start_waits_in_the_tray_and_the_window_keeps_its_size() {
    let desk = Desk::open();
    let folder = tempfile::tempdir().expect("a folder");
    let app = open(folder.path()).await;
    start_alone(&app).await;
    create_customer(&app, "Nordlys Optikk").await;
    app.client().set_window_size(1100, 720).await.expect("the window takes another size");
    app.until_sized(1100).await;
    keep_in_tray(&app).await;
    app.click(&field("Start with the computer")).await;
    let entry = config_home().join("autostart/Rapport.desktop");
    let written = wait(|| std::fs::read_to_string(&entry).ok()).expect("an entry for the start of the session");
    assert!(written.contains("--hidden") && written.contains(folder.path().to_str().expect("Unicode")), "{written}");
    app.click(&field("Start with the computer")).await;
    assert!(wait(|| (!entry.exists()).then_some(())).is_some(), "and it goes again");
    desk.choose("Quit Rapport");
    see_windows(0);
    app.crash();

    let hidden = start(folder.path(), &["--hidden"]);
    desk.see_in_tray("Open Rapport");
    see_windows(0);
    desk.choose("Open Rapport");
    see_windows(1);
    desk.choose("Quit Rapport");
    ended(hidden);

    let app = open(folder.path()).await;
    app.until_sized(1100).await;
    app.close().await;
}

/// Where the plugin writes; it takes the usual place below the home, whatever XDG_CONFIG_HOME says.
fn config_home() -> PathBuf {
    std::env::home_dir().expect("the session has a home").join(".config")
}

fn start(data: &Path, args: &[&str]) -> std::process::Child {
    let mut start = Command::new(program("RAPPORT_BIN", "rapport"));
    start.arg("--data-dir").arg(data).args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    start.spawn().expect("the app starts")
}

fn ended(mut app: std::process::Child) {
    see_windows(0);
    for _ in 0..400 {
        if app.try_wait().expect("the app can be waited for").is_some() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let _ = app.kill();
    panic!("the app was told to end and did not");
}
