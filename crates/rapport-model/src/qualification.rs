//! Whether a lead is worth it: budget, authority, need, timeline (BANT). Typed here, kept as a JSON object in the customer.

use crate::{Code, Day, Error, Id, Money, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

crate::choice! {
    #[derive(Default)]
    Level { #[default] Unknown "unknown", No "no", Partial "partial", Yes "yes" }
}

/// Characters of a note at most.
pub const NOTE_CHARS_MAX: usize = 2000;

#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Budget {
    pub level: Level,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Authority {
    pub level: Level,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Need {
    pub level: Level,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timeline {
    pub level: Level,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Qualification {
    pub budget: Budget,
    pub authority: Authority,
    pub need: Need,
    pub timeline: Timeline,
}

/// Names of the four parts.
pub const PARTS: &[&str] = &["budget", "authority", "need", "timeline"];

fn part<T: DeserializeOwned + Default>(json: &Map<String, Value>, name: &str) -> Result<T> {
    let value = json.get(name).filter(|value| !value.is_null());
    value.map_or_else(|| Ok(T::default()), |value| serde_json::from_value(value.clone())).map_err(|e: serde_json::Error| {
        Error::field(Code::InvalidValue, &format!("qualification.{name}"), format!("{name} cannot be read: {e}."))
    })
}

impl Qualification {
    /// Reads and checks the object; a missing part is unknown.
    pub fn parse(json: &Map<String, Value>) -> Result<Qualification> {
        if let Some(name) = json.keys().find(|name| !PARTS.contains(&name.as_str())) {
            let message = format!("A qualification has no part \"{name}\". Its parts are {}.", PARTS.join(", "));
            return Err(Error::field(Code::InvalidValue, &format!("qualification.{name}"), message));
        }
        let read = Qualification {
            budget: part(json, "budget")?,
            authority: part(json, "authority")?,
            need: part(json, "need")?,
            timeline: part(json, "timeline")?,
        };
        if read.budget.amount.is_some_and(|amount| amount.0 < 0) {
            let message = "A budget is 0 or more. Leave it out if it is not known.";
            return Err(Error::field(Code::InvalidValue, "qualification.budget.amount", message));
        }
        let notes = [&read.budget.note, &read.authority.note, &read.need.note, &read.timeline.note];
        for (name, note) in PARTS.iter().zip(notes) {
            if note.as_ref().is_some_and(|note| note.chars().count() > NOTE_CHARS_MAX || note.contains('\0')) {
                let message = format!("A note holds at most {NOTE_CHARS_MAX} characters.");
                return Err(Error::field(Code::InvalidValue, &format!("qualification.{name}.note"), message));
            }
        }
        Ok(read)
    }

    /// All four are yes or partial; a date that has passed counts as no.
    pub fn is_qualified(&self, today: Day) -> bool {
        let good = |level: Level| matches!(level, Level::Yes | Level::Partial);
        let in_time = good(self.timeline.level) && self.timeline.date.is_none_or(|date| date >= today);
        good(self.budget.level) && good(self.authority.level) && good(self.need.level) && in_time
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Millis;
    use serde_json::json;

    fn parse(value: Value) -> Result<Qualification, Option<String>> {
        let Value::Object(map) = value else { panic!("an object") };
        Qualification::parse(&map).map_err(|error| error.field)
    }

    #[test]
    fn four_good_levels_qualify_and_a_date_in_the_past_does_not() {
        let today = Day::of(Millis(1_777_939_200_000));
        let with = |level: &str, date: i64| {
            let part = json!({ "level": "partial" });
            let parts = json!({ "budget": part, "authority": part, "need": { "level": level }, "timeline": { "level": "yes", "date": date } });
            parse(parts).expect("good").is_qualified(today)
        };
        assert!(with("yes", today.ms()));
        assert!(!with("yes", today.plus(-1).ms()));
        assert!(!with("no", today.ms()));
        assert!(!with("unknown", today.ms()));
        assert!(!parse(json!({})).expect("empty").is_qualified(today));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (bad, field) in [
            (json!({ "mood": {} }), "qualification.mood"),
            (json!({ "need": { "level": "maybe" } }), "qualification.need"),
            (json!({ "need": { "level": "yes", "amount": 1 } }), "qualification.need"),
            (json!({ "budget": { "amount": -1 } }), "qualification.budget.amount"),
            (json!({ "timeline": { "note": "x".repeat(2001) } }), "qualification.timeline.note"),
        ] {
            assert_eq!(parse(bad.clone()), Err(Some(field.to_owned())), "{bad}");
        }
    }
}
