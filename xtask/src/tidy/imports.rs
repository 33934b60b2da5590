//! Imports of the ui: layers in one direction, and few direct npm packages.

use super::File;
use crate::scan::Class;
use serde_json::Value;

const ROOT: &str = "ui/src/";
const NPM_MAX: usize = 25;

/// Each layer may import itself and what stands before it. Files beside the folders are the app.
const LAYERS: &[&str] = &["gen", "messages", "lib", "components", "record", "features", "app"];
/// Folders that are no layer: styles are not code, and tests may know all.
const NO_LAYER: &[&str] = &["styles", "assets", "testing"];

pub fn check(file: &File) -> Vec<String> {
    let Some(inner) = file.path.strip_prefix(ROOT) else { return Vec::new() };
    let Some(source) = &file.source else { return Vec::new() };
    if inner.contains(".test.") || NO_LAYER.contains(&first(inner)) {
        return Vec::new();
    }
    let Some(from) = layer(inner) else {
        return vec![format!("{}: \"{}\" is no layer of the ui", file.path, first(inner))];
    };
    let text = source.only(&[Class::Code, Class::Text]);
    specifiers(&text)
        .into_iter()
        .filter_map(|specifier| resolve(inner, specifier))
        .filter(|target| layer(target).is_some_and(|to| to > from))
        .map(|target| format!("{}: {} must not import {target}", file.path, LAYERS[from]))
        .collect()
}

/// The ui's package.json has few direct dependencies.
pub fn check_count(package_json: &str) -> Vec<String> {
    let Ok(package) = serde_json::from_str::<Value>(package_json) else {
        return vec!["ui/package.json: not JSON".into()];
    };
    let count = package["dependencies"].as_object().map_or(0, serde_json::Map::len);
    if count <= NPM_MAX {
        return Vec::new();
    }
    vec![format!("ui/package.json: {count} dependencies, at most {NPM_MAX}")]
}

fn first(path: &str) -> &str {
    path.split_once('/').map_or("", |(first, _)| first)
}

fn layer(path: &str) -> Option<usize> {
    let folder = if path.contains('/') { first(path) } else { "app" };
    LAYERS.iter().position(|layer| *layer == folder)
}

/// What stands in quotes after `from`, `import` and `import(`.
fn specifiers(text: &str) -> Vec<&str> {
    ["from", "import"]
        .iter()
        .flat_map(|word| super::word_positions(text, word).into_iter().map(|at| at + word.len()))
        .filter_map(|after| {
            let rest = text[after..].trim_start_matches(['(', ' ', '\n']);
            let quote = rest.chars().next().filter(|char| "\"'".contains(*char))?;
            rest[1..].split_once(quote).map(|(specifier, _)| specifier)
        })
        .collect()
}

/// The path of an import below `ui/src`; packages have none.
fn resolve(from: &str, specifier: &str) -> Option<String> {
    if let Some(rest) = specifier.strip_prefix("@/") {
        return Some(rest.to_owned());
    }
    if !specifier.starts_with('.') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in specifier.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<String> {
        check(&File::new(path.into(), text.into()))
    }

    #[test]
    fn imports_along_the_arrow_are_allowed() {
        let text =
            "import { call } from \"../../lib/call.ts\";\nimport type { Customer } from '@/gen/records';\nimport \"react\";";
        assert!(findings("ui/src/features/customers/page.tsx", text).is_empty());
        assert!(findings("ui/src/main.tsx", "import { App } from \"./app/app\";").is_empty());
    }

    #[test]
    fn imports_against_the_arrow_are_findings() {
        assert_eq!(findings("ui/src/lib/call.ts", "import { x } from \"../features/x\";").len(), 1);
        assert_eq!(findings("ui/src/record/form.tsx", "const x = import('@/app/x');").len(), 1);
        assert_eq!(findings("ui/src/stuff/x.ts", "").len(), 1);
    }

    #[test]
    fn an_import_in_a_comment_is_none() {
        assert!(findings("ui/src/lib/a.ts", "// import x from '../app/x'").is_empty());
    }

    #[test]
    fn too_many_packages_are_a_finding() {
        let many: Vec<String> = (0..26).map(|n| format!("\"p{n}\": \"1\"")).collect();
        assert_eq!(check_count(&format!("{{\"dependencies\": {{{}}}}}", many.join(","))).len(), 1);
        assert!(check_count("{\"dependencies\": {\"react\": \"19\"}}").is_empty());
    }
}
