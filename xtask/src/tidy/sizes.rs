//! Files and functions that fit into a head: files <= 500 lines, functions <= 70, components <= 150.

use super::{File, is_handwritten, word_positions};

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;
const COMPONENT_LINES_MAX: usize = 150;

struct Function {
    name: String,
    line: usize,
    lines: usize,
}

pub fn check(file: &File) -> Vec<String> {
    let Some(source) = &file.source else { return Vec::new() };
    if !is_handwritten(&file.path) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let lines = file.text.lines().count();
    if lines > FILE_LINES_MAX {
        findings.push(format!("{}: {lines} lines, at most {FILE_LINES_MAX}", file.path));
    }
    let code = source.code();
    let functions = if file.is_rust() { rust_functions(&code) } else { script_functions(&code) };
    let is_tsx = file.path.ends_with(".tsx");
    // A suite in a test file is a list of tests, not a function to hold in mind.
    let is_suite = |function: &Function| file.path.contains(".test.") && function.name.is_empty();
    for function in functions.into_iter().filter(|function| !is_suite(function)) {
        let component = is_tsx && function.name.starts_with(char::is_uppercase);
        let most = if component { COMPONENT_LINES_MAX } else { FUNCTION_LINES_MAX };
        if function.lines > most {
            let Function { name, line, lines } = function;
            findings.push(format!("{}:{line}: function {name} has {lines} lines, at most {most}", file.path));
        }
    }
    findings
}

fn rust_functions(code: &str) -> Vec<Function> {
    word_positions(code, "fn")
        .into_iter()
        .filter_map(|start| {
            let name = identifier(&code[start + 2..]);
            let end = body_end(code, start + 2, |_| false).filter(|_| !name.is_empty())?;
            Some(function(name, code, start, end))
        })
        .collect()
}

fn script_functions(code: &str) -> Vec<Function> {
    let word = "function";
    let named = word_positions(code, word).into_iter().filter_map(|start| {
        let name = identifier(code[start + word.len()..].trim_start_matches(['*', ' ']));
        let end = body_end(code, start + word.len(), opens_a_type)?;
        Some(function(name, code, start, end))
    });
    let arrows = code.match_indices("=>").filter_map(|(start, _)| {
        let body = start + 2 + code[start + 2..].find(|char: char| !char.is_whitespace())?;
        let end = balanced_end(code, body)?;
        Some(function(arrow_name(code, start), code, start, end))
    });
    named.chain(arrows).collect()
}

fn function(name: &str, code: &str, start: usize, end: usize) -> Function {
    let line = File::line(code, start);
    Function { name: name.to_owned(), line, lines: File::line(code, end) - line + 1 }
}

fn identifier(text: &str) -> &str {
    let text = text.trim_start();
    let end = text.find(|char: char| !(char.is_alphanumeric() || char == '_')).unwrap_or(text.len());
    &text[..end]
}

/// The constant that an arrow function is given to, where it is written on the same line.
fn arrow_name(code: &str, arrow: usize) -> &str {
    let line = code[..arrow].rsplit('\n').next().unwrap_or_default().trim_start();
    let line = line.trim_start_matches("export ").trim_start_matches("default ");
    line.strip_prefix("const ").map(identifier).unwrap_or_default()
}

/// The end of the first body after a signature: past its brackets and braces within types.
fn body_end(code: &str, from: usize, opens_a_type: fn(&str) -> bool) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = &code[at..];
        let found = at + rest.find(['(', '[', '{', ';'])?;
        match code.as_bytes()[found] {
            b';' => return None,
            b'{' if !opens_a_type(&code[..found]) => return balanced_end(code, found),
            _ => at = balanced_end(code, found)?,
        }
    }
}

/// In a TypeScript signature `: {`, `<{`, `| {` and `& {` open a type.
fn opens_a_type(before: &str) -> bool {
    before.trim_end().ends_with([':', '<', '|', '&', ','])
}

/// Just past the bracket that closes the one at `open`.
fn balanced_end(code: &str, open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (offset, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth <= 1 => return (depth == 1).then_some(offset + 1),
            b')' | b']' | b'}' => depth -= 1,
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<String> {
        check(&File::new(path.into(), text.into()))
    }

    fn lines(count: usize) -> String {
        "    step(\"{ not a brace\"); // nor {\n".repeat(count)
    }

    #[test]
    fn a_rust_function_of_seventy_lines_is_good_and_one_more_is_not() {
        let good = format!("fn f<T>(x: [u8; 2]) -> T\nwhere T: A,\n{{\n{}}}\n", lines(66));
        let bad = format!("trait A {{ fn g(); }}\nfn f() {{\n{}}}\n", lines(69));
        assert!(findings("src/a.rs", &good).is_empty());
        assert_eq!(findings("src/a.rs", &bad), ["src/a.rs:2: function f has 71 lines, at most 70"]);
    }

    #[test]
    fn a_component_may_be_longer_than_a_function() {
        let body = lines(100);
        let component = format!("export function Page(p: {{ a: 1 }}): {{ b: 1 }} {{\n{body}}}\n");
        let arrow = format!("export const Page = () => (\n{body});\n");
        assert!(findings("ui/src/app/page.tsx", &component).is_empty());
        assert!(findings("ui/src/app/page.tsx", &arrow).is_empty());
        assert_eq!(findings("ui/src/app/page.ts", &component).len(), 1);
        assert_eq!(findings("ui/src/app/page.tsx", &arrow.replace("Page", "page")).len(), 1);
    }

    #[test]
    fn a_long_file_is_a_finding_unless_generated() {
        assert_eq!(findings("src/a.rs", &"//\n".repeat(501)).len(), 1);
        assert!(findings("src/a.rs", &"//\n".repeat(500)).is_empty());
        assert!(findings("ui/src/gen/a.ts", &"//\n".repeat(501)).is_empty());
    }
}
