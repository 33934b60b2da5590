//! Prints every generated file as one JSON object {path: content}; `cargo xtask gen` writes them.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let files = serde_json::json!({
        "ui/src/gen/records.ts": rapport_model::typescript::records(),
        "ui/src/gen/fields.ts": rapport_model::typescript::fields(),
        "ui/src/gen/commands.ts": rapport_ops::contract::typescript(),
    });
    std::io::stdout().write_all(files.to_string().as_bytes())
}
