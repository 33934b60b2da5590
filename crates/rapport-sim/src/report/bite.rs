//! Whether the simulation bites: defects are planted one by one, and each must break a rule.

use super::play_many;
use crate::Arguments;
use rapport_model::defect;
use std::process::{Command, Stdio};

/// Every defect that can be planted, as it is named in the product's code.
pub const DEFECTS: &[&str] = &[
    "base version ignored",
    "last arrival wins",
    "claim goes to the later",
    "text join loses a side",
    "lost value not logged",
    "history forgotten",
    "delete wins over an unseen edit",
    "every edit brings back",
    "parent stays in the trash",
    "outcome not stored",
    "half a mutation stays",
    "answer shows what may not be seen",
    "out of scope is sent",
    "child left behind",
    "leave not logged",
    "leave forgotten",
    "tombstone dropped",
    "name clash refused",
    "primary demotion dropped",
    "cursor before rows",
    "cursor skips one",
    "echo over a pending edit",
    "pending edits not laid again",
    "purge without rescue",
    "base row not kept",
    "joins what is sealed",
    "joining moves the base",
    "sealed anew",
    "stamp moved by a pull",
    "skew not taken out",
    "out of line before the answer",
    "refused is sent for ever",
    "refused without a card",
    "held never judged again",
    "brake does not hold",
    "extra rows are not healed",
    "lost is not offered again",
    "late drops the row at once",
    "held for what never comes",
    "seen and lost is not told",
    "a part is done by itself",
    "edit of what is lost is refused",
];

/// Plants a defect in this process and plays until a rule is broken.
pub fn caught(arguments: &Arguments, name: &str) -> Result<(), String> {
    if !DEFECTS.contains(&name) {
        return Err(format!("There is no defect \"{name}\". Known are: {}.", DEFECTS.join(", ")));
    }
    plant(name)?;
    let tally = play_many(arguments);
    let first = tally.broken.iter().min_by_key(|(seed, _)| *seed);
    let (seed, broken) = first.ok_or_else(|| format!("\"{name}\" was not caught in {} stories", tally.played))?;
    eprintln!("seed {seed}: {}", broken.detail);
    println!("{}\t{}", broken.rule, tally.played);
    Ok(())
}

#[cfg(debug_assertions)]
fn plant(name: &str) -> Result<(), String> {
    defect::plant(name);
    if defect::on(name) { Ok(()) } else { Err("Another defect is planted already.".to_owned()) }
}

#[cfg(not(debug_assertions))]
fn plant(name: &str) -> Result<(), String> {
    Err(format!("\"{name}\" can be planted in debug builds only; planted here: {}", defect::on(name)))
}

/// Plants each of them in a process of its own, and tells what caught it.
pub fn bite(arguments: &Arguments) -> Result<(), String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut missed = Vec::new();
    println!("| defect | caught by | stories |\n|---|---|--:|");
    for name in DEFECTS {
        let mut command = Command::new(&program);
        command.args(["--defect", name, "--runs", &arguments.runs.to_string(), "--seed", &arguments.seed.to_string()]);
        command.args(["--threads", &arguments.threads.to_string()]).stderr(Stdio::null());
        let output = command.output().map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&output.stdout);
        match text.trim().rsplit('\n').next().and_then(|line| line.split_once('\t')) {
            Some((rule, stories)) if output.status.success() => println!("| {name} | {rule} | {stories} |"),
            _ => {
                println!("| {name} | **not caught** | {} |", arguments.runs);
                missed.push(*name);
            }
        }
    }
    if missed.is_empty() { Ok(()) } else { Err(format!("not caught: {}", missed.join(", "))) }
}
