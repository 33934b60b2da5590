//! What people do in many stories, in their words.

use super::find::{self, Find, button, field, heading, role, text};
use super::window::App;
use crate::support::programs::{Company, PASSWORD, program};
use std::path::Path;

/// Opens the app of this build on a data folder.
pub async fn open(data: &Path) -> App {
    App::open(&program("RAPPORT_BIN", "rapport"), data, &[]).await
}

/// The same where there is no message bus, and so no keyring.
pub async fn open_without_keyring(data: &Path) -> App {
    let nowhere = [("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")];
    App::open_with(&program("RAPPORT_BIN", "rapport"), data, &[], &nowhere).await
}

/// Fills in the connection form and sends it.
pub async fn connect(app: &App, server: &str, email: &str, password: &str) {
    app.type_into(&field("Server"), server).await;
    app.type_into(&field("E-mail"), email).await;
    app.type_into(&field("Password"), password).await;
    app.click(&button("Connect")).await;
}

/// Signs in and goes to the customers.
pub async fn sign_in(app: &App, company: &Company, email: &str) {
    app.see(&heading("How do you want to start?")).await;
    connect(app, &company.url, email, PASSWORD).await;
    go_to_customers(app).await;
}

/// Starts on this device alone and goes to the customers.
pub async fn start_alone(app: &App) {
    fill_in_local(app).await;
    app.click(&button("Start empty")).await;
    go_to_customers(app).await;
}

pub async fn fill_in_local(app: &App) {
    app.see(&heading("How do you want to start?")).await;
    app.type_into(&field("Name"), "Marit Solheim").await;
    app.type_into(&field("Company"), "Solheim").await;
}

/// Creates a customer with the keyboard, up to the key that saves it.
pub async fn enter_customer(app: &App, name: &str) {
    app.press("c").await;
    app.type_into(&field("Name"), name).await;
    app.press("Ctrl+Enter").await;
}

/// Creates a customer and waits until the app says that it is saved; its page is open then.
pub async fn create_customer(app: &App, name: &str) {
    enter_customer(app, name).await;
    app.see(&text(&format!("{name} created."))).await;
    app.see(&button("Log call")).await;
}

/// Pastes vCards and looks at what would happen.
pub async fn paste_cards(app: &App, cards: &str) {
    app.click(&find::link("Import / Export")).await;
    app.type_into(&field("Or paste a table or vCards"), cards).await;
    app.click(&button("Show what would happen")).await;
}

/// The customers' table row with this name.
pub fn customer(name: &str) -> Find {
    find::link(name).within(&role("grid"))
}

pub async fn go_to_customers(app: &App) {
    app.click(&find::link("Customers")).await;
    app.see(&heading("Customers")).await;
}

/// What the pill in the status bar says.
pub fn pill(says: &str) -> Find {
    role("status").with_text(says)
}

/// Opens the list of what can be done, and takes an entry.
pub async fn palette(app: &App, typed: &str) {
    app.press("Ctrl+k").await;
    app.type_into(&field("Type a name or an action"), typed).await;
}
