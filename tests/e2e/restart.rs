//! Undo, and what is there when the app is started again.

use super::find::{button, heading, option, text};
use super::steps::{create_customer, customer, go_to_customers, open, pill, sign_in};
use crate::support::programs::{Company, MARIT, program};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

#[tokio::test]
async fn what_was_deleted_comes_back_with_one_key() {
    let company = Company::found();
    let folder = tempfile::tempdir().expect("a folder");
    let app = open(folder.path()).await;
    sign_in(&app, &company, MARIT).await;
    create_customer(&app, "Nordlys Optikk").await;
    app.click(&button("More about this customer")).await;
    app.click(&option("Move to trash")).await;
    app.see(&text("Nordlys Optikk moved to trash.")).await;
    app.see(&text("No customers yet")).await;
    app.press("Ctrl+z").await;
    app.see(&text("Change undone.")).await;
    app.see(&customer("Nordlys Optikk")).await;
    app.press("Ctrl+Shift+z").await;
    app.see(&text("Change made again.")).await;
    app.see(&text("No customers yet")).await;
    app.press("Ctrl+z").await;
    app.see(&customer("Nordlys Optikk")).await;
    app.see(&pill("All saved")).await;
    app.close().await;
}

#[tokio::test]
async fn a_second_morning_needs_neither_password_nor_server() {
    let mut company = Company::found();
    let folder = tempfile::tempdir().expect("a folder");
    let app = open(folder.path()).await;
    sign_in(&app, &company, MARIT).await;
    create_customer(&app, "Nordlys Optikk").await;
    app.see(&pill("All saved")).await;
    app.close().await;
    company.shut();

    let app = open(folder.path()).await;
    go_to_customers(&app).await;
    app.see(&customer("Nordlys Optikk")).await;
    app.see(&button("Signed in as Marit Solheim. Open settings")).await;
    app.see(&pill("Offline")).await;
    create_customer(&app, "Fjellsyn").await;

    company.open();
    app.press("Ctrl+Shift+s").await;
    app.see(&pill("All saved")).await;
    app.close().await;
}

/// What a person sees who starts Rapport twice: the window that is there. A link goes to it, too.
#[tokio::test]
async fn a_second_start_hands_over_to_the_first() {
    let company = Company::found();
    let folder = tempfile::tempdir().expect("a folder");
    let app = open(folder.path()).await;
    app.see(&heading("How do you want to start?")).await;
    assert!(second_start(folder.path(), &[]).success());
    app.see(&heading("How do you want to start?")).await;
    assert!(second_start(folder.path(), &["--enrol", &company.link_for(MARIT)]).success());
    go_to_customers(&app).await;
    app.close().await;
}

/// Starts the app as a menu entry does and waits until it has ended.
fn second_start(data: &Path, args: &[&str]) -> ExitStatus {
    const PATIENCE: Duration = Duration::from_secs(20);
    let mut start = Command::new(program("RAPPORT_BIN", "rapport"));
    start.arg("--data-dir").arg(data).args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut second = start.spawn().expect("the app starts");
    let started = Instant::now();
    loop {
        if let Some(status) = second.try_wait().expect("the app can be waited for") {
            return status;
        }
        if started.elapsed() > PATIENCE {
            let _ = second.kill();
            panic!("the second start is still there after {} s", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
