//! When something is wrong: what failed, what is safe, and one way on, in the words that people read.

use super::find::{Find, button, field, heading, role, row, text};
use super::steps::{self, connect, create_customer, customer, fill_in_local, open, open_without_keyring, paste_cards};
use super::steps::{go_to_customers, sign_in, start_alone};
use super::window::App;
use crate::support::programs::{Company, MARIT, PASSWORD};
use std::fs;
use std::path::{Path, PathBuf};

/// Everything that one message says, in one element of the screen.
async fn says(app: &App, place: &Find, sentences: &[&str]) {
    for sentence in sentences {
        app.see(&place.with_text(sentence)).await;
    }
}

#[tokio::test]
async fn a_wrong_password_and_a_server_that_is_not_there() {
    let mut company = Company::found();
    let folder = tempfile::tempdir().expect("a folder");
    let app = open(folder.path()).await;
    app.see(&heading("How do you want to start?")).await;
    connect(&app, &company.url, MARIT, "not the password").await;
    app.see(&text("E-mail and password do not match. Nothing on this device was changed.")).await;
    app.see(&text("Check both and try again.")).await;
    app.assert_accessible().await;

    company.shut();
    connect(&app, &company.url, MARIT, PASSWORD).await;
    let note = role("alert");
    let unreachable = format!("{} does not answer, or it is no Rapport server.", company.url);
    says(&app, &note, &[&unreachable, "All work is kept on this device."]).await;
    app.assert_accessible().await;

    company.open();
    app.click(&button("Try now").within(&note)).await;
    go_to_customers(&app).await;
    app.close().await;
}

#[tokio::test]
async fn an_address_that_is_none_and_a_link_that_is_spent() {
    let company = Company::found();
    let folder = tempfile::tempdir().expect("a folder");
    let app = open(folder.path()).await;
    app.see(&heading("How do you want to start?")).await;
    connect(&app, "http://crm.example.com", MARIT, PASSWORD).await;
    app.see(&text("This server does not use a secure connection, so no password is sent.")).await;
    app.see(&text("Use an address that starts with https.")).await;

    let link = company.link_for(MARIT);
    let other = tempfile::tempdir().expect("a folder");
    let first = open(other.path()).await;
    first.type_into(&field("Server"), &link).await;
    first.see(&text("This is an enrolment link. It needs no password.")).await;
    first.click(&button("Connect")).await;
    go_to_customers(&first).await;
    first.close().await;

    app.type_into(&field("Server"), &link).await;
    app.click(&button("Connect")).await;
    app.see(&text("This enrolment link has expired or was already used.")).await;
    app.see(&text("Ask for a new link.")).await;
    app.close().await;
}

#[tokio::test]
async fn without_a_keyring_a_passphrase_keeps_the_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = open_without_keyring(folder.path()).await;
    fill_in_local(&app).await;
    app.click(&button("Start empty")).await;
    let note = role("alert");
    says(&app, &note, &["This computer offers no keyring for the key to your data. Nothing was saved yet."]).await;
    app.click(&button("Set a passphrase").within(&note)).await;
    app.see(&heading("A passphrase is needed")).await;
    app.see(&text("Rapport has no safe place for the key to your data.")).await;
    app.see(&text("Nothing is lost. With a passphrase your data is just as encrypted")).await;
    app.assert_accessible().await;
    app.type_into(&field("New passphrase"), "seven hills and a sun").await;
    app.type_into(&field("Repeat the passphrase"), "seven hills and a moon").await;
    app.click(&button("Use this passphrase")).await;
    app.see(&text("The two do not match.")).await;
    app.type_into(&field("Repeat the passphrase"), "seven hills and a sun").await;
    app.click(&button("Use this passphrase")).await;
    app.click(&button("Start empty")).await;
    go_to_customers(&app).await;
    create_customer(&app, "Nordlys Optikk").await;
    app.close().await;

    let app = open_without_keyring(folder.path()).await;
    app.see(&heading("Rapport is locked")).await;
    app.see(&text("All work is on this device. It opens once the passphrase is right.")).await;
    app.assert_accessible().await;
    app.type_into(&field("Passphrase"), "seven hills and a moon").await;
    app.click(&button("Unlock")).await;
    app.see(&text("Your data is untouched")).await;
    app.see(&text("Type it again.")).await;
    app.type_into(&field("Passphrase"), "seven hills and a sun").await;
    app.click(&button("Unlock")).await;
    go_to_customers(&app).await;
    app.see(&customer("Nordlys Optikk")).await;
    app.close().await;
}

/// The store of somebody else's device stands where ours was; once ours is back, "Try again" opens it.
#[tokio::test]
async fn a_key_that_does_not_fit_deletes_nothing() {
    let (ours, theirs) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    for (folder, name) in [(&ours, "Ours"), (&theirs, "Theirs")] {
        let app = open(folder.path()).await;
        start_alone(&app).await;
        create_customer(&app, name).await;
        app.close().await;
    }
    let aside = tempfile::tempdir().expect("a folder");
    move_store(&store_folder(ours.path()), aside.path());
    move_store(&store_folder(theirs.path()), &store_folder(ours.path()));

    let app = open(ours.path()).await;
    app.see(&heading("Your data cannot be opened")).await;
    app.see(&text("The key in this computer’s keyring does not fit the data on this device.")).await;
    app.see(&text("The data is untouched and still encrypted.")).await;
    app.see(&text("Bring back the old keyring, then try again.")).await;
    app.see(&text(ours.path().to_str().expect("UTF-8"))).await;
    app.assert_accessible().await;
    app.click(&button("Try again")).await;
    app.see(&heading("Your data cannot be opened")).await;

    move_store(&store_folder(ours.path()), aside_of(theirs.path()).as_path());
    move_store(aside.path(), &store_folder(ours.path()));
    app.click(&button("Try again")).await;
    go_to_customers(&app).await;
    app.see(&customer("Ours")).await;
    app.close().await;
}

#[tokio::test]
async fn a_store_that_another_program_has_open_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = open(folder.path()).await;
    start_alone(&app).await;
    create_customer(&app, "Nordlys Optikk").await;
    app.close().await;
    let held = fs::File::open(store_folder(folder.path()).join("lock")).expect("the profile's lock");
    held.lock().expect("nobody has it");

    let app = open(folder.path()).await;
    app.see(&heading("Your data cannot be opened")).await;
    app.see(&text("Another Rapport on this computer has the data open.")).await;
    app.see(&text("The data is safe. Close the other window, then try again.")).await;
    drop(held);
    app.click(&button("Try again")).await;
    go_to_customers(&app).await;
    app.see(&customer("Nordlys Optikk")).await;
    app.close().await;
}

#[tokio::test]
async fn bad_cards_are_told_and_never_stop_the_good_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = open(folder.path()).await;
    start_alone(&app).await;
    paste_cards(&app, "This is a shopping list\nmilk\nbread\n").await;
    app.see(&heading("Nothing to import in here")).await;
    app.click(&button("Choose another file")).await;

    let cards = "BEGIN:VCARD\nVERSION:3.0\nNOTE:nobody\nEND:VCARD\n\
                 BEGIN:VCARD\nVERSION:4.0\nFN:Inès Moreau\nTEL:+33 1 23 45 67 89\nEND:VCARD\n\
                 BEGIN:VCARD\nVERSION:9\nFN;;;=:Broken\nORG:Half a card\n";
    paste_cards(&app, cards).await;
    app.see(&heading("Ready to import")).await;
    app.see(&text("The others are not affected.")).await;
    let nameless = row("There is no name, no e-mail address and no phone number.");
    app.see(&text("Give it a name and import it again.").within(&nameless)).await;
    app.assert_accessible().await;
    app.click(&button("Import")).await;
    app.see(&heading("Imported")).await;
    app.click(&button("Open customers")).await;
    app.see(&customer("Inès Moreau")).await;

    paste_cards(&app, cards).await;
    app.see(&heading("Nothing new in here")).await;
    app.close().await;
}

#[tokio::test]
async fn a_form_names_the_field_and_keeps_what_was_typed() {
    let company = Company::found();
    let folder = tempfile::tempdir().expect("a folder");
    let app = open(folder.path()).await;
    sign_in(&app, &company, MARIT).await;
    create_customer(&app, "Nordlys Optikk").await;
    steps::enter_customer(&app, "  nordlys   OPTIKK ").await;
    app.see(&text("There is already a customer with this name, owned by Marit Solheim. Your entries are kept.")).await;
    app.assert_accessible().await;
    assert_eq!(app.value_of(&field("Name")).await.trim(), "nordlys   OPTIKK");
    app.click(&button("Open that customer")).await;
    app.see(&button("Edit Name: Nordlys Optikk")).await;
    app.close().await;
}

/// The folder of the one profile below a data folder.
fn store_folder(data: &Path) -> PathBuf {
    let mut profiles = fs::read_dir(data.join("profiles")).expect("profiles");
    let profile = profiles.next().expect("one profile").expect("a folder").path();
    assert!(profiles.next().is_none(), "there is one profile");
    profile
}

fn aside_of(data: &Path) -> PathBuf {
    let aside = data.join("aside");
    fs::create_dir_all(&aside).expect("a folder");
    aside
}

/// The store with what its journal holds.
fn move_store(from: &Path, to: &Path) {
    for name in ["store.db", "store.db-wal", "store.db-shm"] {
        let file = from.join(name);
        if file.exists() {
            fs::rename(&file, to.join(name)).expect("a file can be moved");
        }
    }
}
