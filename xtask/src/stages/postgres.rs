//! The suites of the server once more, with its data in PostgreSQL: a cluster of our own is started once and thrown away.

use super::steps::{Steps, has_nextest};
use crate::process::{self, FEATURES, cargo, command, hand_over_binaries, target_dir};
use rapport_cluster::{Cluster, VARIABLE};
use std::path::Path;
use std::process::Command;

/// The test programs with a server in them.
const PROGRAMS: &[&str] = &["postgres", "store", "server", "statements", "all", "rapport-tests"];

/// What is about files, and why it is not asked of a database.
const FILES_ONLY: &[&str] = &[
    // `backup` and `restore` copy files; docs/operations/backup.md tells how a database is backed up.
    "commands::a_restore_or_backup_that_is_cut_off_is_whole_or_not_there",
    "commands::backup_restore_and_verify_say_what_they_did",
    "reads::a_backup_holds_the_files",
    "sync::a_restored_server_says_reset_and_the_old_data_lies_aside",
    "tokens::a_backup_keeps_it_and_verify_knows_whom_it_acts_as",
    "webhooks::lists::a_restored_server_goes_on_where_the_backup_was",
    // Encryption, backup and folding of the log are a file's.
    "a_backup_opens_with_the_same_key",
    "a_newer_store_is_left_alone",
    "a_wrong_key_is_told_and_changes_nothing",
    "no_list_scans_its_table",
    "tidy::",
    // Devices alone learn the names that a misspelt one is looked up among.
    "typos::a_mistyped_name",
    // A server that shares a database leaves addresses alone that another one may just be adding.
    "commands::the_directory_is_put_right_at_start",
    // The window does not ask where its server keeps data.
    "e2e::",
];

pub fn postgres(steps: &mut Steps) -> Result<(), String> {
    if !cfg!(target_os = "linux") {
        println!("The tests on PostgreSQL run on Linux only.");
        return Ok(());
    }
    let bin = target_dir()?.join("debug");
    let cluster = Cluster::start()?;
    prepare(&bin, &cluster)?;
    let mut tests = suites();
    tests.env(VARIABLE, cluster.url("postgres"));
    steps.runner(hand_over_binaries(&mut tests, &bin));
    Ok(())
}

/// Every new database is a copy of this one: tests need not wait until its tables are made. They are not divided, since hundreds of
/// databases are made; the store's own tests divide them as it is done in earnest.
fn prepare(bin: &Path, cluster: &Cluster) -> Result<(), String> {
    let mut server = command(bin.join(format!("rapport-server{}", std::env::consts::EXE_SUFFIX)));
    server.args(["--database", &cluster.url("template1"), "--partitions", "0", "--data"]).arg(target_dir()?.join("postgres"));
    process::run(server.env("RAPPORT_LOG", "warn").arg("verify"))
}

fn suites() -> Command {
    let mut tests = cargo();
    let programs = PROGRAMS.iter().flat_map(|name| ["--test", name]);
    if has_nextest() {
        tests.args(["nextest", "run", "--workspace", "--locked", "--features", FEATURES, "--no-fail-fast"]).args(programs);
        let skipped: Vec<String> = FILES_ONLY.iter().map(|name| format!("test(/^{name}/)")).collect();
        tests.args(["-E", &format!("not ({})", skipped.join(" | "))]);
    } else {
        tests.args(["test", "--workspace", "--locked", "--features", FEATURES, "--no-fail-fast"]).args(programs);
        tests.arg("--").args(FILES_ONLY.iter().flat_map(|name| ["--skip", name]));
    }
    tests
}
