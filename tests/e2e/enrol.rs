//! A new device that a link signs in: the company's customers are on it.

use super::find::{button, field, text};
use super::steps::{go_to_customers, pill};
use super::window::App;
use crate::support::programs::{Company, INGRID, program};

/// The made-up company on a fresh device.
#[tokio::test]
async fn a_link_brings_the_customers_of_the_company() {
    let company = Company::demo(300);
    let folder = tempfile::tempdir().expect("a folder");
    let bin = program("RAPPORT_BIN", "rapport");
    let app = App::open(&bin, folder.path(), &["--enrol", &company.link_for(INGRID)]).await;
    go_to_customers(&app).await;
    app.see(&pill("All saved")).await;
    app.click(&field("Include inactive")).await;
    app.see(&text("300")).await;
    app.click(&field("Include inactive")).await;
    app.gone(&text("300")).await;
    app.assert_accessible().await;
    app.screenshot("company-customers").await;
    app.press("j").await;
    app.press("j").await;
    app.press("Enter").await;
    app.see(&button("Log call")).await;
    app.assert_accessible().await;
    app.screenshot("company-customer").await;
    app.close().await;
}
