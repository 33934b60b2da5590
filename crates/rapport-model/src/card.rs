//! A card: something that a person has to see or decide. It follows its user to every device.

use crate::field::{instant, json, link, text};
use crate::{Id, Kind, Millis};
use serde_json::Value;

/// Any JSON, null included, as a column.
#[derive(Clone, Debug, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct AnyJson(pub Value);

crate::json_column!(AnyJson);

crate::record! {
    /// Something that a person has to see or decide: a refused edit, a lost value, a possible duplicate.
    Card of Cards {
        user_id: Id = Id::NIL => link("For", Kind::Users).required(),
        /// refused, conflict, restored, duplicate.
        kind: String = String::new() => text("Kind", 40).required(),
        record_kind: String = String::new() => text("Record type", 40),
        record_id: Id = Id::NIL => text("Record", 0),
        /// The unit that the values belong to, or "".
        unit: String = String::new() => text("Unit", 120),
        code: String = String::new() => text("Code", 60),
        message: String = String::new() => text("Message", 2000),
        mine: AnyJson = AnyJson::default() => json("Mine", "unknown"),
        theirs: AnyJson = AnyJson::default() => json("Theirs", "unknown"),
        original: AnyJson = AnyJson::default() => json("Original", "unknown"),
        by_user: Option<Id> = None => link("By", Kind::Users),
        at: Millis = Millis(0) => instant("At"),
        resolved_at: Option<Millis> = None => instant("Resolved"),
    }
}
