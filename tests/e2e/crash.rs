//! The power goes: what the app said is saved is there when it opens again.

use super::find::text;
use super::steps::{customer, enter_customer, go_to_customers, open, start_alone};
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

const ROUNDS: usize = 10;
/// Longer than a save takes here, so that the power goes before, within and after it.
const MOMENT_MS_MAX: u64 = 250;

#[tokio::test]
async fn what_was_told_as_saved_survives_sigkill() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = open(folder.path()).await;
    start_alone(&app).await;
    app.close().await;
    let mut saved: Vec<String> = Vec::new();
    for round in 0..ROUNDS {
        let app = open(folder.path()).await;
        go_to_customers(&app).await;
        for name in &saved {
            app.see(&customer(name)).await;
        }
        let name = format!("Customer of round {round}");
        enter_customer(&app, &name).await;
        if round % 2 == 0 {
            app.see(&text(&format!("{name} created."))).await;
            saved.push(name);
        } else {
            // No condition to wait for: the point is that the moment is any.
            tokio::time::sleep(Duration::from_millis(RandomState::new().hash_one(round) % MOMENT_MS_MAX)).await;
        }
        app.crash();
    }
    let app = open(folder.path()).await;
    go_to_customers(&app).await;
    for name in &saved {
        app.see(&customer(name)).await;
    }
    app.close().await;
}

#[tokio::test]
async fn an_app_that_is_started_while_a_killed_one_is_dying_opens() {
    let folder = tempfile::tempdir().expect("a folder");
    let dying = open(folder.path()).await;
    start_alone(&dying).await;
    enter_customer(&dying, "Kept").await;
    dying.see(&text("Kept created.")).await;
    dying.freeze();
    let end = async {
        // Time for the new one to find the name taken and ask; where it is later than that, there is nothing to prove.
        tokio::time::sleep(Duration::from_secs(4)).await;
        dying.crash();
    };
    let ((), app) = tokio::join!(end, open(folder.path()));
    go_to_customers(&app).await;
    app.see(&customer("Kept")).await;
    app.close().await;
}
