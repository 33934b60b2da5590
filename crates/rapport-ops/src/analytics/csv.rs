//! An answer as CSV: one figure per line, so that a spreadsheet can filter and pivot it.

use rapport_model::{Error, Result};
use serde_json::Value;

const HEAD: [&str; 6] = ["section", "key", "name", "currency", "figure", "value"];

/// Text that a spreadsheet would take for a formula gets an apostrophe in front. Numbers stay numbers.
fn safe(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}") } else { text.to_owned() }
}

/// Where a figure stands.
#[derive(Clone, Default)]
struct Place {
    section: String,
    key: String,
    name: String,
    currency: String,
}

impl Place {
    fn within(&self, part: &str) -> Place {
        let section = if self.section.is_empty() { part.to_owned() } else { format!("{}.{part}", self.section) };
        Place { section, ..self.clone() }
    }

    /// The place of one item of a list: what it is told apart by.
    fn item(&self, item: &Value) -> Place {
        let said = |name: &str, outer: &String| item[name].as_str().map_or_else(|| outer.clone(), str::to_owned);
        let key = match (item["key"].as_str(), self.key.as_str()) {
            // Sums by currency inside an owner's line: the owner is the key.
            (_, outer) if !outer.is_empty() => outer.to_owned(),
            (inner, _) => inner.unwrap_or_default().to_owned(),
        };
        Place { section: self.section.clone(), key, name: said("name", &self.name), currency: said("currency", &self.currency) }
    }
}

pub fn csv(answer: &Value) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(HEAD).map_err(Error::internal)?;
    write(&mut writer, &Place::default(), answer)?;
    writer.into_inner().map_err(Error::internal)
}

fn write(to: &mut csv::Writer<Vec<u8>>, place: &Place, value: &Value) -> Result<()> {
    let Value::Object(map) = value else { return Ok(()) };
    for (name, value) in map {
        match value {
            Value::Object(_) => write(to, &place.within(name), value)?,
            Value::Array(items) => {
                let within = place.within(name);
                items.iter().try_for_each(|item| write(to, &within.item(item), item))?;
            }
            _ if matches!(name.as_str(), "key" | "name" | "currency") && !place.section.is_empty() => {}
            _ => line(to, place, name, value)?,
        }
    }
    Ok(())
}

fn line(to: &mut csv::Writer<Vec<u8>>, place: &Place, figure: &str, value: &Value) -> Result<()> {
    let value = match value {
        Value::Null => String::new(),
        // A sum of more digits than a number has: it is one all the same.
        Value::String(text) if text.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit() || b == b'.') => text.clone(),
        Value::String(text) => safe(text),
        other => other.to_string(),
    };
    let cells = [&safe(&place.section), &safe(&place.key), &safe(&place.name), &safe(&place.currency), figure, &value];
    to.write_record(cells).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_figure_has_its_line_and_no_formula_survives() {
        let answer = json!({
            "asOf": 5,
            "totals": [{ "key": "EUR", "currency": "EUR", "revenue": -12.5 }],
            "bySource": [{ "key": "=HYPERLINK(\"x\")", "currency": "EUR", "revenue": "100000000000.0001" }, { "key": "-a, \"b\"", "revenue": 1 }],
            "owners": [{ "key": "u1", "name": "@Ada", "wins": { "rate": null }, "revenue": [{ "key": "JPY", "currency": "JPY", "revenue": 3 }] }],
        });
        let text = String::from_utf8(csv(&answer).expect("csv")).expect("text");
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(
            lines,
            [
                "section,key,name,currency,figure,value",
                ",,,,asOf,5",
                "totals,EUR,,EUR,revenue,-12.5",
                "bySource,\"'=HYPERLINK(\"\"x\"\")\",,EUR,revenue,100000000000.0001",
                "bySource,\"'-a, \"\"b\"\"\",,,revenue,1",
                "owners.wins,u1,'@Ada,,rate,",
                "owners.revenue,u1,'@Ada,JPY,revenue,3",
                ""
            ]
        );
        assert_eq!(["=1", "+1", "-1", "@a", "\t=1", "1"].map(safe), ["'=1", "'+1", "'-1", "'@a", "'\t=1", "1"]);
    }
}
