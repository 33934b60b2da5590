//! What the test runners say at their end, summed up.

/// Tests that passed and failed.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// The tally of a line, where the line is the closing one of a runner.
pub fn of_line(line: &str) -> Option<Tally> {
    let line = without_colours(line);
    let line = line.trim();
    if let Some(tally) = of_node(line) {
        return Some(tally);
    }
    let counts = if let Some(rest) = line.strip_prefix("test result: ") {
        rest
    } else if line.starts_with("Summary [") {
        line.split_once("run:")?.1
    } else {
        // vitest: `Tests  1 failed | 11 passed (12)`; not `Test Files  …`.
        line.strip_prefix("Tests ")?
    };
    Some(Tally {
        passed: before(counts, "passed"),
        failed: before(counts, "failed") + before(counts, "timed out") + before(counts, "exec failed"),
    })
}

/// Node's runner closes with a line for each: `ℹ pass 4`, `ℹ fail 1`, `ℹ cancelled 0`.
fn of_node(line: &str) -> Option<Tally> {
    let (word, number) = line.strip_prefix("ℹ ")?.split_once(' ')?;
    let number = number.parse().ok()?;
    match word {
        "pass" => Some(Tally { passed: number, failed: 0 }),
        "fail" | "cancelled" => Some(Tally { passed: 0, failed: number }),
        _ => None,
    }
}

/// The number in front of a word.
fn before(text: &str, word: &str) -> u64 {
    let Some((head, _)) = text.split_once(word) else { return 0 };
    head.trim_end().rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut parts = line.split('\u{1b}');
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        plain.push_str(part.split_once('m').map_or(part, |(_, rest)| rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_lines_of_node_are_counted() {
        assert_eq!(of_line("ℹ pass 4"), Some(Tally { passed: 4, failed: 0 }));
        assert_eq!(of_line("ℹ cancelled 1"), Some(Tally { passed: 0, failed: 1 }));
        assert_eq!(of_line("ℹ duration_ms 35208.069"), None);
    }

    #[test]
    fn each_runner_is_understood() {
        let cases = [
            ("test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out", 3, 0),
            ("     Summary [   1.2s] 12 tests run: 12 passed (1 slow), 4 skipped", 12, 0),
            ("     Summary [   1.2s] 12/20 tests run: 9 passed, 2 failed, 1 timed out, 4 skipped", 9, 3),
            ("      Tests  1 failed | 11 passed (12)", 11, 1),
            ("\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m5 passed\u{1b}[39m\u{1b}[22m (5)", 5, 0),
        ];
        for (line, passed, failed) in cases {
            assert_eq!(of_line(line), Some(Tally { passed, failed }), "{line}");
        }
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(of_line(" Test Files  2 passed (2)"), None);
        assert_eq!(of_line("test tests::a ... ok"), None);
        assert_eq!(of_line("Tests are good"), Some(Tally::default()));
    }
}
