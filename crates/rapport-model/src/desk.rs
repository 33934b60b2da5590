//! What people arrange for themselves and their house: views, snippets, templates, imports, settings.

use crate::card::AnyJson;
use crate::field::{flag, integer, json, link, long_text, one_of, text};
use crate::{Id, Kind};
use serde_json::{Map, Value};

crate::choice! {
    /// Whom a setting or a view is for.
    Scope { Device "device", User "user", Org "org" }
}

crate::record! {
    /// A list as somebody wants it: filter, order, columns.
    SavedView of SavedViews {
        user_id: Id = Id::NIL => link("Of", Kind::Users),
        /// Others of the organisation see it too.
        shared: bool = false => flag("Shared"),
        name: String = String::new() => text("Name", 120).required(),
        /// The kind that it lists.
        record_kind: String = String::new() => text("Records", 40).required(),
        definition: Map<String, Value> = Map::new() => json("Definition", "Record<string, unknown>"),
    }
}

crate::record! {
    /// A piece of text that is typed often.
    Snippet of Snippets {
        user_id: Id = Id::NIL => link("Of", Kind::Users),
        shared: bool = false => flag("Shared"),
        /// What expands to it.
        shortcut: String = String::new() => text("Shortcut", 40).required(),
        body: String = String::new() => long_text("Text", 20_000),
    }
}

crate::record! {
    /// How a document of the house looks and reads.
    Template of Templates {
        name: String = String::new() => text("Name", 120).required(),
        /// What it is for, such as quote or mail.
        purpose: String = String::new() => text("For", 40).required(),
        language: String = String::new() => text("Language", 20),
        body: String = String::new() => long_text("Text", 100_000),
        definition: Map<String, Value> = Map::new() => json("Definition", "Record<string, unknown>"),
    }
}

crate::record! {
    /// One import: where it came from and what it did. The records that it made carry its id as their batch.
    ImportBatch of ImportBatches {
        user_id: Id = Id::NIL => link("By", Kind::Users),
        source: String = String::new() => text("Source", 255),
        format: String = String::new() => text("Format", 40),
        made: i64 = 0 => integer("Made"),
        changed: i64 = 0 => integer("Changed"),
        skipped: i64 = 0 => integer("Skipped"),
        mapping: Map<String, Value> = Map::new() => json("Mapping", "Record<string, unknown>"),
    }
}

crate::record! {
    /// One choice of a device, a user or the organisation.
    Setting of Settings {
        scope: Scope = Scope::User => one_of("Scope", Scope::NAMES).required(),
        /// The user, or the device; nothing for the organisation.
        owner_id: Option<Id> = None => text("Of", 0),
        name: String = String::new() => text("Name", 120).required(),
        value: AnyJson = AnyJson::default() => json("Value", "unknown"),
    }
}
