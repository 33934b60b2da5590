//! `cargo xtask test`: every check and test in stages, each with its time and budget.
//!
//! A stage that takes longer than its budget fails: slow checks are checks that nobody runs.

mod api;
mod postgres;
mod steps;

use crate::HELP;
use crate::tally::Tally;
use std::time::{Duration, Instant};
use steps::Steps;

const MINUTE: u64 = 60;
/// Everything together, on two cores.
const BUDGET: Duration = Duration::from_secs(55 * MINUTE);
/// A slower machine sets a factor for all budgets.
const FACTOR_VARIABLE: &str = "RAPPORT_BUDGET_FACTOR";

struct Stage {
    name: &'static str,
    minutes: u64,
    /// When it breaks, nothing after it can run.
    vital: bool,
    steps: fn(&mut Steps) -> Result<(), String>,
}

const STAGES: &[Stage] = &[
    Stage { name: "setup", minutes: 4, vital: true, steps: steps::setup },
    Stage { name: "ui", minutes: 4, vital: true, steps: steps::ui },
    Stage { name: "build", minutes: 15, vital: true, steps: steps::build },
    Stage { name: "lint", minutes: 2, vital: false, steps: steps::lint },
    Stage { name: "clippy", minutes: 8, vital: false, steps: steps::clippy },
    Stage { name: "test", minutes: 10, vital: false, steps: steps::test },
    Stage { name: "postgres", minutes: 10, vital: false, steps: postgres::postgres },
    Stage { name: "simulate", minutes: 16, vital: false, steps: steps::simulate },
    Stage { name: "api", minutes: 4, vital: false, steps: api::api },
    Stage { name: "browser", minutes: 5, vital: false, steps: steps::browser },
    Stage { name: "window", minutes: 5, vital: false, steps: steps::window },
];

struct Row {
    name: &'static str,
    took: Duration,
    budget: Duration,
    tally: Tally,
    problems: Vec<String>,
    /// It could not go on to its end.
    broken: bool,
}

pub fn test(args: &[&str]) -> Result<(), String> {
    let chosen = chosen(args)?;
    let factor = factor(std::env::var(FACTOR_VARIABLE).ok().as_deref())?;
    let started = Instant::now();
    let mut rows: Vec<Row> = Vec::new();
    for stage in chosen {
        let row = play(stage, factor);
        let broken = row.broken;
        rows.push(row);
        if broken && stage.vital {
            println!("\nThe stages after {} were not run.", stage.name);
            break;
        }
    }
    close(&rows, started.elapsed(), BUDGET.mul_f64(factor))
}

fn chosen(args: &[&str]) -> Result<Vec<&'static Stage>, String> {
    let mut names = Vec::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match (*arg, args.next()) {
            ("--only", Some(name)) if STAGES.iter().any(|stage| stage.name == *name) => names.push(*name),
            ("--only", Some(name)) => return Err(format!("There is no stage \"{name}\".\n\n{HELP}")),
            _ => return Err(format!("Unknown argument {arg}.\n\n{HELP}")),
        }
    }
    Ok(STAGES.iter().filter(|stage| names.is_empty() || names.contains(&stage.name)).collect())
}

fn factor(setting: Option<&str>) -> Result<f64, String> {
    let Some(text) = setting else { return Ok(1.0) };
    let factor = text.parse().ok().filter(|factor| (1.0..=100.0).contains(factor));
    factor.ok_or_else(|| format!("{FACTOR_VARIABLE} is a number from 1 to 100, not \"{text}\""))
}

fn play(stage: &Stage, factor: f64) -> Row {
    println!("\n== {} ==", stage.name);
    let budget = Duration::from_secs(stage.minutes * MINUTE).mul_f64(factor);
    let started = Instant::now();
    let mut steps = Steps::default();
    let result = (stage.steps)(&mut steps);
    let broken = result.is_err();
    steps.check(result);
    let took = started.elapsed();
    let Steps { mut tally, mut problems } = steps;
    if took > budget {
        problems.push(format!("took {}, its budget is {}", shown(took), shown(budget)));
        tally.failed += 1;
    }
    Row { name: stage.name, took, budget, tally, problems, broken }
}

fn close(rows: &[Row], took: Duration, budget: Duration) -> Result<(), String> {
    println!("\nstage       time   budget   passed  failed");
    let mut sum = Tally::default();
    for row in rows {
        let Tally { passed, failed } = row.tally;
        let (time, most) = (shown(row.took), shown(row.budget));
        println!("{:<8} {time:>7}  {most:>7}  {passed:>7} {failed:>7}", row.name);
        sum.add(row.tally);
    }
    println!("{:<8} {:>7}  {:>7}", "all", shown(took), shown(budget));
    for row in rows {
        row.problems.iter().for_each(|problem| println!("{}: {problem}", row.name));
    }
    if took > budget {
        println!("all: over its budget");
        sum.failed += 1;
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    if sum.failed == 0 { Ok(()) } else { std::process::exit(1) }
}

fn shown(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{}:{:02}", seconds / MINUTE, seconds % MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_chosen_by_name_and_run_in_order() {
        let names = |args: &[&str]| -> Vec<&str> { chosen(args).unwrap().iter().map(|stage| stage.name).collect() };
        assert_eq!(names(&["--only", "test", "--only", "lint"]), ["lint", "test"]);
        assert_eq!(names(&[]).len(), STAGES.len());
        assert!(chosen(&["--only", "nothing"]).is_err());
        assert!(chosen(&["--all"]).is_err());
    }

    #[test]
    fn a_failed_step_counts_once_and_is_named() {
        let failing = |steps: &mut Steps| {
            steps.tally.add(Tally { passed: 3, failed: 0 });
            Err("broken".into())
        };
        let stage = Stage { name: "lint", minutes: 1, vital: false, steps: failing };
        let row = play(&stage, 1.0);
        assert_eq!(row.tally, Tally { passed: 3, failed: 1 });
        assert_eq!(row.problems, ["broken"]);
        assert!(row.broken);
    }

    #[test]
    fn a_stage_over_its_budget_fails() {
        let stage = Stage { name: "lint", minutes: 0, vital: false, steps: |_| Ok(()) };
        assert_eq!(play(&stage, 1.0).tally.failed, 1);
    }

    #[test]
    fn the_factor_only_makes_budgets_longer() {
        assert_eq!(factor(None), Ok(1.0));
        assert_eq!(factor(Some("2.5")), Ok(2.5));
        assert!(factor(Some("0.5")).is_err());
    }
}
