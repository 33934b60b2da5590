//! JSON Schema of records, from their declarations; the TypeScript of nested values is read as what it says.

use crate::rest::routes::{self, Gives, Route};
use rapport_model::{Code, Field, FieldKind, Kind, Merge, Owner};
use serde_json::{Map, Value, json};

/// The farthest instant: 100,000,000 days from 1970.
const FAR_MS: i64 = 8_640_000_000_000_000;

pub fn instant() -> Value {
    json!({ "type": "integer", "minimum": -FAR_MS, "maximum": FAR_MS })
}

fn id() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

pub fn record_name(kind: Kind) -> &'static str {
    kind.type_name()
}

/// Keys that lists sort and search by are not shown.
const INNER: &[&str] = &["nameKey", "nameSort"];

/// The kinds of records that have paths.
fn kinds() -> impl Iterator<Item = Kind> {
    let is_given = |kind: Kind| move |route: &Route| matches!(route.gives, Gives::Record(k) | Gives::Page(k) if k == kind);
    Kind::ALL.iter().copied().filter(move |kind| routes::all().any(is_given(*kind)))
}

/// Every schema: records as they are shown, as they are made, as they are changed; pages; the error.
pub fn records() -> Value {
    let mut out = Map::new();
    for kind in kinds() {
        let name = record_name(kind);
        out.insert(name.to_owned(), shown(kind));
        out.insert(format!("{name}Page"), page(kind));
        if kind.is_writable() {
            out.insert(format!("New{name}"), written(kind, true));
            out.insert(format!("{name}Change"), written(kind, false));
        }
    }
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.text()).collect();
    let error = json!({
        "type": "object",
        "required": ["code", "message", "traceId"],
        "properties": {
            "code": { "type": "string", "enum": codes },
            "message": { "type": "string", "description": "What happened and what to do." },
            "field": { "type": "string", "description": "The field that it is about." },
            "details": {},
            "traceId": { "type": "string", "description": "Ties the answer to the server's log." },
        },
    });
    out.insert("Error".to_owned(), error);
    Value::Object(out)
}

fn page(kind: Kind) -> Value {
    let mut item = json!({ "$ref": format!("#/components/schemas/{}", record_name(kind)) });
    if kind == Kind::Customers {
        let contact = json!({ "anyOf": [{ "$ref": "#/components/schemas/Contact" }, { "type": "null" }] });
        let more = json!({ "type": "object", "required": ["primaryContact"], "properties": { "primaryContact": contact } });
        item = json!({ "allOf": [item, more] });
    }
    json!({
        "type": "object",
        "required": ["items", "next", "total"],
        "properties": {
            "items": { "type": "array", "items": item },
            "next": { "type": ["string", "null"], "description": "The cursor of the next page." },
            "total": { "type": ["integer", "null"], "description": "Rows of the list; with the first page." },
            "changedSince": { "type": "string", "description": "Ask with this next time; with the first page." },
        },
    })
}

fn shown(kind: Kind) -> Value {
    let mut properties = json!({
        "_id": id(), "createdAt": instant(), "updatedAt": instant(), "createdBy": id(),
        "deletedAt": nullable(instant()), "version": { "type": "integer" },
    });
    for field in kind.fields().iter().filter(|field| !INNER.contains(&field.json)) {
        properties[field.json] = described(field, field.nullable);
    }
    let required: Vec<&String> = properties.as_object().map(|map| map.keys().collect()).unwrap_or_default();
    json!({ "type": "object", "required": required, "properties": properties })
}

/// What a body may hold: what people type, computed fields that set a typed one, and what is only sent back.
fn written(kind: Kind, new: bool) -> Value {
    let mut properties = Map::new();
    let read_back = |schema: Value| {
        let mut schema = schema;
        schema["description"] = "Written by the server; may be sent back.".into();
        schema
    };
    properties.insert("_id".to_owned(), id());
    for name in ["createdAt", "updatedAt", "deletedAt", "version", "orgId"] {
        properties.insert(name.to_owned(), read_back(json!({})));
    }
    properties.insert("createdBy".to_owned(), read_back(id()));
    let mut required = Vec::new();
    for field in kind.fields() {
        let typed = field.typed_as.and_then(|name| kind.field(name)).unwrap_or(field);
        let schema = match typed.owner {
            Owner::User => with_defaults(kind, typed, typed_in(typed, new && field.present)),
            _ => read_back(json!({})),
        };
        properties.insert(field.json.to_owned(), schema);
        if new && field.present {
            required.push(field.json);
        }
    }
    if kind == Kind::Customers {
        let contact = if new {
            json!({ "$ref": "#/components/schemas/NewContact" })
        } else {
            let about =
                "What it says changes the primary contact, or makes the first one; as a list shows it, it may be sent back.";
            json!({ "anyOf": [{ "$ref": "#/components/schemas/ContactChange" }, { "type": "null" }], "description": about })
        };
        properties.insert("primaryContact".to_owned(), contact);
    }
    json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false })
}

/// What people type into a field. A text that is needed is more than blanks; one that has to be there may be empty.
fn typed_in(field: &Field, present: bool) -> Value {
    let mut schema = described(field, !field.required && !present);
    if field.required && schema["type"] == "string" && schema.get("enum").is_none() && schema.get("format").is_none() {
        schema["pattern"] = r"\S".into();
    }
    schema
}

/// A nested object as a body may hold it: without what is filled in where it is missing, which is what reading does not miss.
fn with_defaults(kind: Kind, field: &Field, mut schema: Value) -> Value {
    let reads = |value: Value| kind.index_of(field.json).is_some_and(|index| kind.blank().set(index, value).is_ok());
    if matches!(field.kind, FieldKind::Json(_)) && (reads(json!({})) || reads(json!([{}]))) {
        forget_required(&mut schema);
    }
    schema
}

fn forget_required(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            map.retain(|name, _| name != "required");
            map.values_mut().for_each(forget_required);
        }
        Value::Array(values) => values.iter_mut().for_each(forget_required),
        _ => {}
    }
}

fn nullable(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

fn described(field: &Field, null: bool) -> Value {
    let mut schema = of_kind(field);
    schema["description"] = field.label.into();
    if null { nullable(schema) } else { schema }
}

fn of_kind(field: &Field) -> Value {
    let text = || {
        let mut schema = json!({ "type": "string" });
        if field.max > 0 {
            schema["maxLength"] = field.max.into();
        }
        schema
    };
    match field.kind {
        FieldKind::Text | FieldKind::LongText | FieldKind::Email | FieldKind::Phone | FieldKind::Url => text(),
        FieldKind::Choice(names) => json!({ "type": "string", "enum": names }),
        FieldKind::Bool => json!({ "type": "boolean" }),
        FieldKind::Integer => json!({ "type": "integer", "format": "int64" }),
        FieldKind::Money => json!({ "type": "number", "minimum": -99_999_999_999.0, "maximum": 99_999_999_999.0 }),
        FieldKind::Number => json!({ "type": "number" }),
        FieldKind::Instant | FieldKind::Day => instant(),
        FieldKind::Ref(_) => id(),
        FieldKind::Tags => json!({
            "type": "array", "maxItems": 100,
            "items": { "type": "string", "minLength": 1, "maxLength": if field.merge == Merge::Set { field.max } else { 60 } },
        }),
        FieldKind::Json(ts) => typescript(ts),
    }
}

/// The schema of an object that has no other names.
pub fn closed(text: &str) -> Value {
    let mut schema = typescript(text);
    schema["additionalProperties"] = false.into();
    schema
}

/// The schema of a TypeScript type, in the subset that declarations use: primitives, words, objects, lists, unions; and `Id`,
/// `Instant` and the names of record types.
pub fn typescript(text: &str) -> Value {
    let mut reader = Reader { rest: text.trim() };
    let schema = reader.union();
    debug_assert!(reader.rest.is_empty(), "left over: {}", reader.rest);
    schema
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn eat(&mut self, word: &str) -> bool {
        match self.rest.strip_prefix(word) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn union(&mut self) -> Value {
        let mut ways = vec![self.list()];
        while self.eat("|") {
            ways.push(self.list());
        }
        if ways.len() == 1 {
            return ways.remove(0);
        }
        let words: Option<Vec<&Value>> = ways.iter().map(|way| way.get("const")).collect();
        match words {
            Some(words) => json!({ "type": "string", "enum": words }),
            None => json!({ "anyOf": ways }),
        }
    }

    fn list(&mut self) -> Value {
        let mut schema = self.single();
        while self.eat("[]") {
            schema = json!({ "type": "array", "items": schema });
        }
        schema
    }

    fn single(&mut self) -> Value {
        if self.eat("{") {
            return self.object();
        }
        if self.eat("Record<string,") {
            let values = self.union();
            self.eat(">");
            let any = values.as_object().is_some_and(Map::is_empty);
            return if any { json!({ "type": "object" }) } else { json!({ "type": "object", "additionalProperties": values }) };
        }
        if self.eat("\"") {
            let (word, rest) = self.rest.split_once('"').unwrap_or((self.rest, ""));
            let schema = json!({ "const": word });
            self.rest = rest.trim_start();
            return schema;
        }
        for (word, schema) in [
            ("string", json!({ "type": "string" })),
            ("number", json!({ "type": "number" })),
            ("boolean", json!({ "type": "boolean" })),
            ("null", json!({ "type": "null" })),
            ("unknown", json!({})),
            ("Instant", instant()),
            ("Id", id()),
        ] {
            if self.eat(word) {
                return schema;
            }
        }
        if let Some(kind) = kinds().find(|kind| self.eat(record_name(*kind))) {
            return json!({ "$ref": format!("#/components/schemas/{}", record_name(kind)) });
        }
        self.rest = "";
        json!({})
    }

    fn object(&mut self) -> Value {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        while !self.eat("}") && !self.rest.is_empty() {
            let end = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest.len());
            let name = self.rest[..end].to_owned();
            self.rest = self.rest[end..].trim_start();
            let optional = self.eat("?");
            self.eat(":");
            properties.insert(name.clone(), self.union());
            if !optional {
                required.push(name);
            }
            self.eat(";");
        }
        json!({ "type": "object", "properties": properties, "required": required })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typescript_reads_as_what_it_says() {
        assert_eq!(typescript("string[]"), json!({ "type": "array", "items": { "type": "string" } }));
        assert_eq!(typescript("\"a\" | \"b\""), json!({ "type": "string", "enum": ["a", "b"] }));
        let object = typescript("{ a: string; b?: { c: number | null }[] }");
        assert_eq!(object["required"], json!(["a"]));
        assert_eq!(object["properties"]["b"]["items"]["properties"]["c"]["anyOf"][1], json!({ "type": "null" }));
        assert_eq!(typescript("Record<string, unknown>"), json!({ "type": "object" }));
        let sides = typescript("Record<string, \"a\" | \"b\">[]");
        assert_eq!(sides["items"]["additionalProperties"]["enum"], json!(["a", "b"]));
        assert_eq!(typescript("{ user: User; at?: Instant | null }")["required"], json!(["user"]));
        assert_eq!(typescript("User[]")["items"]["$ref"], "#/components/schemas/User");
        assert_eq!(closed("{ id: Id }")["additionalProperties"], json!(false));
    }

    #[test]
    fn every_nested_field_is_understood() {
        for field in Kind::ALL.iter().flat_map(|kind| kind.fields()) {
            if let FieldKind::Json(ts) = field.kind {
                let mut reader = Reader { rest: ts };
                reader.union();
                assert_eq!(reader.rest, "", "{}: {ts}", field.json);
            }
        }
    }
}
