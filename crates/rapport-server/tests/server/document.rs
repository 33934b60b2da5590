//! The OpenAPI document says what is so: it is whole, it is sound, and it is made of the table that the router is made of.

use rapport_model::Code;
use rapport_server::openapi::{EXAMPLES, document};
use rapport_server::rest::routes;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Every operation: method, path, itself, the parameters of its path.
pub fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut out = Vec::new();
    for (path, entry) in document["paths"].as_object().unwrap() {
        for (method, operation) in entry.as_object().unwrap().iter().filter(|(name, _)| *name != "parameters") {
            let mut operation = operation.clone();
            let shared = entry["parameters"].as_array().unwrap().clone();
            operation["parameters"].as_array_mut().unwrap().extend(shared);
            out.push((method.to_uppercase(), path.clone(), operation));
        }
    }
    out
}

/// A schema of the document on its own.
pub fn validator(document: &Value, schema: &Value) -> jsonschema::Validator {
    let whole = json!({ "allOf": [schema], "components": document["components"] });
    jsonschema::options().should_validate_formats(true).build(&whole).unwrap()
}

fn walk(value: &Value, see: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| {
            see(name, value);
            walk(value, see);
        }),
        Value::Array(values) => values.iter().for_each(|value| walk(value, see)),
        _ => {}
    }
}

#[test]
fn references_resolve_and_names_are_given_once() {
    let document = document();
    let mut references = 0;
    walk(&document, &mut |name, value| {
        if let (true, Some(text)) = (name == "$ref", value.as_str()) {
            references += 1;
            assert!(document.pointer(text.trim_start_matches('#')).is_some(), "{text} leads nowhere");
        }
    });
    assert!(references > 300, "{references}");
    let mut seen = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap().to_owned();
        assert!(seen.insert(id.clone()), "{id} is there twice");
        let mut names = BTreeSet::new();
        for parameter in operation["parameters"].as_array().unwrap() {
            let name = (parameter["in"].as_str().unwrap(), parameter["name"].as_str().unwrap());
            assert!(names.insert(name), "{method} {path}: {name:?} is declared twice");
            assert!(parameter["schema"].is_object(), "{method} {path}: {name:?}");
        }
        let declared: BTreeSet<&str> = names.iter().filter(|(place, _)| *place == "path").map(|(_, name)| *name).collect();
        let parts = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        assert_eq!(declared, parts.collect(), "{method} {path}");
    }
    assert_eq!(seen.len(), routes::all().count());
}

#[test]
fn every_status_is_one_that_the_server_has() {
    let document = document();
    let known: BTreeSet<String> = Code::ALL.iter().map(|code| code.status().to_string()).collect();
    for (method, path, operation) in operations(&document) {
        let responses = operation["responses"].as_object().unwrap();
        let good: Vec<&String> = responses.keys().filter(|status| status.starts_with('2')).collect();
        assert_eq!(good.len(), 1, "{method} {path}");
        let open = operation["security"] == json!([]);
        for (status, response) in responses {
            let refusal = status.starts_with(['4', '5']);
            assert!(!refusal || known.contains(status), "{method} {path}: {status}");
            assert_eq!(refusal, response["$ref"] == format!("#/components/responses/{status}"), "{method} {path}: {status}");
        }
        for status in ["500", "503"] {
            assert!(responses.contains_key(status), "{method} {path}: {status}");
        }
        assert!(open || responses.contains_key("401") && responses.contains_key("403"), "{method} {path}");
        assert_eq!(path.contains('{'), responses.contains_key("404"), "{method} {path}");
        let takes_json = operation["requestBody"]["content"]["application/json"].is_object();
        assert_eq!(takes_json, responses.contains_key("415"), "{method} {path}");
    }
}

#[test]
fn every_schema_is_one_and_examples_fit() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        jsonschema::meta::validate(schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let mut examples = 0;
    for (method, path, operation) in operations(&document) {
        for (kind, media) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
            if kind == "application/json" {
                examples += 1;
                let example = &media["example"];
                assert!(!example.to_string().contains("\"{"), "{method} {path}: {example}");
                let found: Vec<String> =
                    validator(&document, &media["schema"]).iter_errors(example).map(|error| error.to_string()).collect();
                assert!(found.is_empty(), "{method} {path}: {found:?}");
            }
        }
        for parameter in operation["parameters"].as_array().unwrap().iter().filter(|one| one["in"] == "path") {
            let fits = validator(&document, &parameter["schema"]).is_valid(&parameter["example"]);
            assert!(fits, "{method} {path}: {parameter}");
        }
    }
    assert!(examples > 35, "{examples}");
    let values: BTreeSet<&str> = EXAMPLES.iter().map(|(_, value)| *value).collect();
    assert_eq!(values.len(), EXAMPLES.len(), "each stands for one thing");
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            sources(&entry, out);
        } else {
            out.push(entry);
        }
    }
}

/// The router is a loop over the table, so it cannot have a route that the document lacks, as long as nobody mounts one beside it.
#[test]
fn nothing_is_mounted_beside_the_table() {
    let mut paths = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut paths);
    let mut found = Vec::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|it| it == "rs")) {
        let text = std::fs::read_to_string(path).unwrap();
        for mounted in [".route(", ".nest(", ".route_service(", ".nest_service("] {
            let behind = text.split(mounted).skip(1).map(|rest| rest.split([',', ')']).next().unwrap_or_default().to_owned());
            found.extend(behind);
        }
    }
    found.sort();
    // What is for a program beside the server, an answer that never ends, and a question that is known by its tag.
    assert_eq!(found, ["\"/api/sync/events\"", "\"/api/sync/same/{tag}\"", "\"/metrics\"", "\"/metrics\"", "route.path"]);
}
