//! Accessibility of the page as axe-core sees it.

use serde::Deserialize;
use serde_json::Value;
use std::fmt;
use std::path::Path;

/// The rules of WCAG 2.2, levels A and AA, and axe's own best practice.
pub const RUN: &str = r#"
const done = arguments[arguments.length - 1];
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
// A colour on its way to another is neither.
const still = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity);
Promise.allSettled(still.map((one) => one.finished))
  .then(() => axe.run(document, { runOnly: tags, resultTypes: ["violations"] }))
  .then((result) => done({ violations: result.violations.map((it) => ({
    id: it.id, impact: it.impact || "", help: it.help, places: it.nodes.map((node) => node.html.slice(0, 200)),
  })) }))
  .catch((error) => done({ error: String(error) }));
"#;

#[derive(Clone, Debug, Deserialize)]
pub struct Violation {
    /// The rule, as axe names it.
    pub id: String,
    pub impact: String,
    pub help: String,
    /// The beginning of each element's HTML.
    pub places: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({}): {}", self.id, self.impact, self.help)?;
        self.places.iter().try_for_each(|place| write!(out, "\n    {place}"))
    }
}

/// axe-core as npm installed it, for the root or for the ui.
pub fn source() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places = ["node_modules/axe-core/axe.min.js", "ui/node_modules/axe-core/axe.min.js"];
    let path = places.iter().map(|place| root.join(place)).find(|path| path.exists());
    let path = path.expect("axe-core is in node_modules after npm ci");
    std::fs::read_to_string(path).expect("axe-core is text")
}

/// What `RUN` gave back.
pub fn violations(found: Value) -> Vec<Violation> {
    assert!(found["error"].is_null(), "axe failed: {}", found["error"]);
    serde_json::from_value(found["violations"].clone()).expect("the result has our own form")
}
