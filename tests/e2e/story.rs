//! The story that Rapport is for: no network, an address book, a phone number, a call; and the colleague sees it.

use super::find::{button, field, heading, role, row, text};
use super::ipc::{self, Message};
use super::steps::{connect, customer, go_to_customers, open, palette, paste_cards, pill, sign_in};
use super::window::App;
use crate::support::programs::{Company, JONAS, Laptop, MARIT, PASSWORD, fed};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

const CARDS: &str = "BEGIN:VCARD
VERSION:3.0
N:Lind;Karin;;;
FN:Karin Lind
ORG:Nordlys Optikk AS
TITLE:Innkjøpssjef
TEL;TYPE=WORK:+47 55 10 20 30
TEL;TYPE=CELL:+47 912 34 567
EMAIL:karin@nordlys.example
ADR;TYPE=WORK:;;Strandgaten 4;Bergen;;5013;Norge
CATEGORIES:optiker
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Café Zürich GmbH
ORG:Café Zürich GmbH
TEL:+41 44 123 45 67
ADR:;;Bahnhofstrasse 1;Zürich;;8001;Schweiz
END:VCARD
BEGIN:VCARD
VERSION:3.0
N:Moreau;Inès;;;
FN:Inès Moreau
EMAIL:ines@moreau.example
END:VCARD
";
const OLD_NUMBER: &str = "+47 55 10 20 30";
const NEW_NUMBER: &str = "+47 55 10 20 39";
const CALL: &str = "Asked for the new frames";
const AGREED: &str = "Wants a price for 40 pieces before Friday.";

#[tokio::test]
async fn an_edit_made_without_a_network_reaches_the_colleague() {
    let mut company = Company::found();
    let laptop = tempfile::tempdir().expect("a folder");
    let marit = open(laptop.path()).await;
    marit.see(&heading("How do you want to start?")).await;
    marit.assert_accessible().await;
    marit.record_ipc().await;
    connect(&marit, &company.url, MARIT, PASSWORD).await;
    marit.see(&text("No customers yet")).await;

    company.shut();
    import(&marit).await;
    search(&marit).await;
    correct_the_number(&marit).await;
    log_a_call(&marit).await;
    what_waits_is_told(&marit).await;
    marit.screenshot("window-customer").await;
    go_to_customers(&marit).await;
    marit.see(&customer("Nordlys Optikk AS")).await;
    marit.screenshot("window-customers").await;
    other_screens_are_accessible(&marit).await;

    company.open();
    marit.press("Ctrl+Shift+s").await;
    marit.see(&pill("All saved")).await;
    assert_secrets_stay_in_rust(&marit.ipc().await, &refresh_token(laptop.path()));

    let other = tempfile::tempdir().expect("a folder");
    the_colleague_sees_it(&company, other.path()).await;
    the_command_line_sees_it(&company);
    marit.close().await;
}

async fn import(app: &App) {
    paste_cards(app, CARDS).await;
    app.see(&heading("Ready to import")).await;
    app.assert_accessible().await;
    app.click(&button("Import")).await;
    app.see(&heading("Imported")).await;
    app.click(&button("Open customers")).await;
    for name in ["Nordlys Optikk AS", "Café Zürich GmbH", "Inès Moreau"] {
        app.see(&customer(name)).await;
    }
    app.assert_accessible().await;
}

/// By the beginning of a word, without its accents; then by the palette.
async fn search(app: &App) {
    app.type_into(&field("Search"), "zuri").await;
    app.gone(&customer("Nordlys Optikk AS")).await;
    app.see(&customer("Café Zürich GmbH")).await;
    app.click(&button("Clear filters")).await;
    app.see(&customer("Nordlys Optikk AS")).await;
    app.press("Esc").await;
    palette(app, "karin").await;
    app.see(&role("option").with_text("Nordlys Optikk AS")).await;
    app.assert_accessible().await;
    app.press("Enter").await;
    app.see(&button("Edit Name: Nordlys Optikk AS")).await;
}

async fn correct_the_number(app: &App) {
    let person = row("Karin Lind");
    app.see(&text(OLD_NUMBER).within(&person)).await;
    app.click(&button("Karin Lind").within(&person)).await;
    app.see(&heading("Edit contact")).await;
    app.type_into(&field("Phone"), NEW_NUMBER).await;
    app.click(&button("Save contact")).await;
    app.see(&text("Karin Lind saved.")).await;
    app.see(&text(NEW_NUMBER).within(&person)).await;
}

async fn log_a_call(app: &App) {
    app.press("l").await;
    app.has_focus(&field("Subject")).await;
    app.type_into(&field("Subject"), CALL).await;
    app.type_into(&field("Description"), AGREED).await;
    app.click(&button("3 days")).await;
    app.has_focus(&button("Save call")).await;
    app.press("Ctrl+Enter").await;
    app.see(&text("Call saved.")).await;
    app.see(&text(CALL).within(&role("article"))).await;
    app.see(&button("Mark done")).await;
    app.assert_accessible().await;
}

/// Without the server: the pill says so, its details count, and the record carries the mark.
async fn what_waits_is_told(app: &App) {
    app.see(&text("Waits to be sent")).await;
    app.see(&pill("Offline")).await;
    app.see(&text("All work is kept on this device")).await;
    app.click(&role("button").with_text("Offline").within(&role("status"))).await;
    // Three customers, two contacts, one call.
    app.see(&role("dialog").with_text("Records waiting to be sent7")).await;
    app.press("Esc").await;
    app.gone(&text("Records waiting to be sent")).await;
}

async fn other_screens_are_accessible(app: &App) {
    for (keys, title) in [("s", "Settings"), ("i", "Inbox"), ("m", "Import / Export"), ("c", "Customers")] {
        app.press("g").await;
        app.press(keys).await;
        app.see(&heading(title)).await;
        app.assert_accessible().await;
    }
    app.press("?").await;
    app.see(&heading("Keyboard shortcuts")).await;
    app.assert_accessible().await;
    app.press("Esc").await;
}

/// The one call that may hold the password is the one that she typed it for; its answer may not.
fn assert_secrets_stay_in_rust(log: &[Message], token: &str) {
    assert!(token.len() > 20, "a refresh token is long");
    assert!(log.iter().any(|message| message.sent.contains("session.connect")), "the sign-in is in the record");
    let log: Vec<Message> = log
        .iter()
        .map(|message| match message.sent.contains("session.connect") {
            true => Message { sent: String::new(), ..message.clone() },
            false => message.clone(),
        })
        .collect();
    ipc::assert_no_secret(&log, &[token, PASSWORD]);
}

/// As it lies in the keyring.
fn refresh_token(data: &Path) -> String {
    let current = std::fs::read_to_string(data.join("current.json")).expect("the profile in use is noted");
    let current: Value = serde_json::from_str(&current).expect("JSON");
    let entry = format!("{}/refresh", current["profile"].as_str().expect("a profile is in use"));
    let output = fed(Command::new("secret-tool").args(["lookup", "service", "rapport", "username", &entry]), "");
    String::from_utf8(output.stdout).expect("a token is text")
}

async fn the_colleague_sees_it(company: &Company, data: &Path) {
    let jonas = open(data).await;
    sign_in(&jonas, company, JONAS).await;
    jonas.click(&customer("Nordlys Optikk AS")).await;
    jonas.see(&text(NEW_NUMBER).within(&row("Karin Lind"))).await;
    jonas.see(&text(CALL).within(&role("article"))).await;
    jonas.see(&text(AGREED).within(&role("article"))).await;
    jonas.see(&pill("All saved")).await;
    jonas.close().await;
}

fn the_command_line_sees_it(company: &Company) {
    let laptop = Laptop::signed_in(company, JONAS);
    laptop.run(&["sync"], "");
    let contacts = laptop.run(&["list", "contacts"], "");
    let phones: Vec<&Value> = contacts["items"].as_array().expect("a list").iter().map(|it| &it["phone"]).collect();
    assert!(phones.iter().any(|phone| **phone == NEW_NUMBER), "{phones:?}");
    let calls = laptop.run(&["list", "interactions"], "");
    assert_eq!(calls["items"][0]["subject"], CALL);
    assert_eq!(calls["items"][0]["requiresFollowUp"], true);
}
