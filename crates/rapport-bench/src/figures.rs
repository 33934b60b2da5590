//! Samples of rounds, and what is told of them: p50 and p99 within a round, their median and their worst over the rounds.

use crate::machine::Machine;
use rapport_model::Result;
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::{Duration, Instant};

/// One thing that is measured.
struct Figure {
    name: String,
    unit: &'static str,
    /// What is aimed at: the p99 below it, of a rate the median above it.
    aim: Option<f64>,
    /// Samples by round.
    rounds: Vec<Vec<f64>>,
}

/// Everything that was measured, in order of first mention.
#[derive(Default)]
pub struct Figures {
    round: usize,
    list: Vec<Figure>,
}

impl Figures {
    /// The samples to come are of this round.
    pub fn begin_round(&mut self, round: u32) {
        self.round = round as usize;
    }

    pub fn add(&mut self, name: &str, unit: &'static str, aim: Option<f64>, sample: f64) {
        let at = self.list.iter().position(|f| f.name == name).unwrap_or_else(|| {
            self.list.push(Figure { name: name.to_owned(), unit, aim, rounds: Vec::new() });
            self.list.len() - 1
        });
        let rounds = &mut self.list[at].rounds;
        rounds.resize_with(rounds.len().max(self.round + 1), Vec::new);
        rounds[self.round].push(sample);
    }

    pub fn add_ms(&mut self, name: &str, aim: Option<f64>, took: Duration) {
        self.add(name, "ms", aim, took.as_secs_f64() * 1000.0);
    }

    /// Takes the time of `f`, in ms.
    pub fn time<T>(&mut self, name: &str, aim: Option<f64>, f: impl FnOnce() -> Result<T>) -> Result<T> {
        let start = Instant::now();
        let result = f();
        self.add_ms(name, aim, start.elapsed());
        result
    }

    pub fn table(&self) -> String {
        let width = self.list.iter().map(|f| f.name.chars().count()).max().unwrap_or(0);
        let mut out = format!(
            "\n{:width$}  {:>5}  {:>9}  {:>9}  {:>9}  {:>9}  {:>7}  unit\n",
            "", "n", "p50", "p50 worst", "p99", "p99 worst", "aim"
        );
        for figure in &self.list {
            let told = figure.told();
            let aim =
                figure.aim.map_or(String::new(), |aim| format!("{} {aim}", if figure.more_is_better() { '>' } else { '<' }));
            let missed = if told.misses { "  MISSED" } else { "" };
            let _ = writeln!(
                out,
                "{:width$}  {:>5}  {:>9}  {:>9}  {:>9}  {:>9}  {aim:>7}  {}{missed}",
                figure.name,
                told.samples,
                number(told.p50.0),
                number(told.p50.1),
                number(told.p99.0),
                number(told.p99.1),
                figure.unit
            );
        }
        out
    }

    /// Takes over what was measured elsewhere, under longer names.
    pub fn append(&mut self, others: Figures, before: &str) {
        self.list.extend(others.list.into_iter().map(|figure| Figure { name: format!("{before}{}", figure.name), ..figure }));
    }

    /// What has the same name but for the word in brackets, side by side, as Markdown; times are told as p50 / p99.
    pub fn beside(&self, one: &str, other: &str) -> String {
        let mut out = format!("| | {one} | {other} | {other} / {one} |\n|---|--:|--:|--:|\n");
        let (one, other) = (format!(" [{one}]"), format!(" [{other}]"));
        for left in &self.list {
            let Some((name, rest)) = left.name.split_once(&one) else { continue };
            let Some(right) = self.list.iter().find(|f| f.name == format!("{name}{other}{rest}")) else { continue };
            let tell = |figure: &Figure| {
                let told = figure.told();
                match figure.unit {
                    "ms" => format!("{} / {} ms", number(told.p50.0), number(told.p99.0)),
                    "/s" => format!("{}/s", number(told.p50.0)),
                    unit => format!("{} {unit}", number(told.p50.0)),
                }
            };
            let ratio = right.told().p50.0 / left.told().p50.0;
            let _ = writeln!(out, "| {name}{rest} | {} | {} | {ratio:.2} |", tell(left), tell(right));
        }
        out
    }

    pub fn json(&self, machine: &Machine) -> Value {
        let figures: Vec<Value> = self.list.iter().map(Figure::json).collect();
        json!({ "machine": machine.json(), "figures": figures })
    }
}

/// What is told of a figure; pairs are (median, worst) over the rounds.
struct Told {
    samples: usize,
    p50: (f64, f64),
    p99: (f64, f64),
    misses: bool,
}

impl Figure {
    /// Of rates the worst is the smallest.
    fn more_is_better(&self) -> bool {
        self.unit.ends_with("/s")
    }

    fn told(&self) -> Told {
        let over = |share: f64| {
            let mut each: Vec<f64> = self.rounds.iter().filter(|r| !r.is_empty()).map(|r| percentile(r, share)).collect();
            each.sort_by(f64::total_cmp);
            let worst = if self.more_is_better() { each.first() } else { each.last() };
            (percentile(&each, 0.5), worst.copied().unwrap_or(0.0))
        };
        let (p50, p99) = (over(0.5), over(if self.more_is_better() { 0.01 } else { 0.99 }));
        let samples = self.rounds.iter().map(Vec::len).sum();
        let misses = self.aim.is_some_and(|aim| if self.more_is_better() { p50.0 <= aim } else { p99.0 >= aim });
        Told { samples, p50, p99, misses }
    }

    fn json(&self) -> Value {
        let told = self.told();
        json!({
            "name": self.name, "unit": self.unit, "aim": self.aim, "samples": told.samples, "rounds": self.rounds.len(),
            "p50": { "median": told.p50.0, "worst": told.p50.1 },
            "p99": { "median": told.p99.0, "worst": told.p99.1 },
        })
    }
}

/// The sample below which this share of them lies, by nearest rank.
fn percentile(samples: &[f64], share: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil().max(1.0) as usize;
    sorted.get(rank - 1).copied().unwrap_or(0.0)
}

fn number(value: f64) -> String {
    match value {
        v if v >= 1000.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples() {
        let samples: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!((percentile(&samples, 0.5), percentile(&samples, 0.99), percentile(&samples, 0.01)), (50.0, 99.0, 1.0));
        assert_eq!((percentile(&[7.0], 0.99), percentile(&[], 0.5)), (7.0, 0.0));
    }

    #[test]
    fn a_figure_tells_the_median_and_the_worst_of_its_rounds() {
        let mut figures = Figures::default();
        for (round, ms) in [1.0, 9.0, 2.0].into_iter().enumerate() {
            figures.begin_round(u32::try_from(round).expect("small"));
            figures.add("list", "ms", Some(2.0), ms);
            figures.add("pull", "records/s", None, ms);
        }
        let list = figures.list[0].told();
        assert_eq!((list.samples, list.p50, list.p99, list.misses), (3, (2.0, 9.0), (2.0, 9.0), true));
        assert_eq!(figures.list[1].told().p50, (2.0, 1.0));
        assert!(figures.table().contains("MISSED"));
    }

    #[test]
    fn two_stores_are_told_side_by_side() {
        let mut figures = Figures::default();
        for (name, rate) in [("get [a]", 100.0), ("get [b]", 50.0), ("alone [a]", 1.0)] {
            figures.add(name, "/s", None, rate);
        }
        figures.add_ms("get [a]: one", None, Duration::from_millis(2));
        figures.add_ms("get [b]: one", None, Duration::from_millis(3));
        let told = figures.beside("a", "b");
        assert!(told.contains("| get | 100.0/s | 50.0/s | 0.50 |"), "{told}");
        assert!(told.contains("| get: one | 2.00 / 2.00 ms | 3.00 / 3.00 ms | 1.50 |"), "{told}");
        assert!(!told.contains("alone"), "{told}");
    }
}
