//! Words that must not stand in some or any place: unfinished work, skipped tests, SQL and Tauri
//! outside their homes, paths of somebody's machine.

use super::{File, is_handwritten, word_positions};
use crate::scan::Class;

/// Calls of code that is not written yet; each is followed by `!`.
const UNFINISHED: &[&str] = &["todo", "unimplemented"];
const SKIPS: &[&str] = &[".skip(", ".only(", ".todo("];
const SQL: &[&str] = &["SELECT ", "INSERT INTO ", "DELETE FROM "];
const SQL_HOMES: &[&str] = &["crates/rapport-store/", "migrations/", "tests/store/", "xtask/", "crates/rapport-cluster/"];
const TAURI_HOMES: &[&str] = &["src-tauri/", "ui/src/lib/call.ts"];
/// Texts by others, which keep their words.
const FOREIGN: &[&str] = &["THIRD-PARTY-NOTICES", "LICENSE-APACHE", "LICENSE-MIT"];
/// Where packages may come from, by lock file.
const SOURCES: &[(&str, &str, &str)] = &[
    ("Cargo.lock", "source = \"", "registry+https://github.com/rust-lang/crates.io-index"),
    ("package-lock.json", "\"resolved\": \"", "https://registry.npmjs.org/"),
];

/// Written in two halves, so that this file does not find itself.
const PRIVATE_PATHS: &[(&str, &str)] = &[("/wo", "rk/"), ("/ro", "ot/"), ("/Use", "rs/"), ("/tmp/", "w/"), ("C:\\", "Users")];
const PRIVATE_FOLDER: (&str, &str) = ("shar", "ed/");

pub fn check(file: &File) -> Vec<String> {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    if FOREIGN.contains(&name) {
        return Vec::new();
    }
    if let Some((_, field, source)) = SOURCES.iter().find(|(lock, ..)| *lock == name) {
        return check_lock(file, field, source);
    }
    let mut findings = check_places(file);
    if !is_handwritten(&file.path) {
        return findings;
    }
    findings.extend(if file.is_rust() { check_rust(file) } else { check_script(file) });
    findings.extend(check_sql(file));
    findings
}

fn finding(file: &File, text: &str, position: usize, what: &str) -> String {
    format!("{}:{}: {what}", file.path, File::line(text, position))
}

/// Every package of a lock file comes from the public registry.
fn check_lock(file: &File, field: &str, source: &str) -> Vec<String> {
    let foreign = |line: &&str| {
        let value = line.split_once(field).map(|(_, value)| value);
        value.is_some_and(|value| !value.starts_with(source) && !value.starts_with("ui"))
    };
    let line = file.text.lines().find(foreign);
    line.map(|line| format!("{}: not from the public registry: {}", file.path, line.trim())).into_iter().collect()
}

fn check_places(file: &File) -> Vec<String> {
    let private = PRIVATE_PATHS.iter().flat_map(|(a, b)| {
        let path = format!("{a}{b}");
        let found = file.text.match_indices(&path).map(|(position, _)| position).collect::<Vec<_>>();
        // Such a path begins a word: `docs/work/x` is another one.
        found.into_iter().filter(|at| begins_word(&file.text, *at)).map(move |at| (at, path.clone()))
    });
    let folder = format!("{}{}", PRIVATE_FOLDER.0, PRIVATE_FOLDER.1);
    let folders = file.text.match_indices(&folder).map(|(at, _)| at);
    let folders = folders.filter(|at| begins_word(&file.text, *at)).map(|at| (at, folder.clone()));
    private.chain(folders).map(|(at, what)| finding(file, &file.text, at, &format!("{what} is a place of one machine"))).collect()
}

fn begins_word(text: &str, position: usize) -> bool {
    let before = text[..position].chars().next_back();
    !before.is_some_and(|char| char.is_alphanumeric() || "_-./@}*".contains(char))
}

fn check_rust(file: &File) -> Vec<String> {
    let Some(source) = &file.source else { return Vec::new() };
    let code = source.code();
    let mut findings = Vec::new();
    for word in UNFINISHED {
        let calls = word_positions(&code, word).into_iter();
        let calls = calls.filter(|at| code[at + word.len()..].starts_with('!'));
        findings.extend(calls.map(|at| finding(file, &code, at, &format!("{word}! is unfinished work"))));
    }
    let ignored = code.match_indices("#[ignore");
    findings.extend(ignored.map(|(at, _)| finding(file, &code, at, "an ignored test")));
    if !is_home(file, TAURI_HOMES) {
        let tauri = word_positions(&code, "tauri").into_iter();
        let tauri = tauri.filter(|at| code[at + 5..].starts_with("::"));
        findings.extend(tauri.map(|at| finding(file, &code, at, "only src-tauri knows Tauri")));
    }
    findings
}

fn check_script(file: &File) -> Vec<String> {
    let Some(source) = &file.source else { return Vec::new() };
    let is_test = file.path.contains(".test.") || file.path.contains("/testing/");
    let text = source.only(&[Class::Code, Class::Text]);
    let code = source.code();
    let mut findings = Vec::new();
    if is_test {
        let skips = SKIPS.iter().flat_map(|skip| code.match_indices(skip));
        findings.extend(skips.map(|(at, _)| finding(file, &code, at, "a skipped or lone test")));
    } else if !is_home(file, TAURI_HOMES) {
        let tauri = text.match_indices("@tauri-apps/");
        findings.extend(tauri.map(|(at, _)| finding(file, &text, at, "only lib/call.ts knows Tauri")));
    }
    findings
}

fn check_sql(file: &File) -> Vec<String> {
    let Some(source) = file.source.as_ref().filter(|_| !is_home(file, SQL_HOMES)) else {
        return Vec::new();
    };
    let text = source.only(&[Class::Text]);
    let found = SQL.iter().flat_map(|word| text.match_indices(word));
    found.map(|(at, _)| finding(file, &text, at, "only rapport-store contains SQL")).collect()
}

fn is_home(file: &File, homes: &[&str]) -> bool {
    homes.iter().any(|home| file.path.starts_with(home))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> usize {
        check(&File::new(path.into(), text.into())).len()
    }

    #[test]
    fn unfinished_work_is_a_finding_in_code_only() {
        assert_eq!(findings("src/a.rs", "fn f() { todo!() }"), 1);
        assert_eq!(findings("src/a.rs", "// todo!()\nlet a = \"unimplemented!\"; todo();"), 0);
    }

    #[test]
    fn a_skipped_test_is_a_finding() {
        assert_eq!(findings("tests/a.rs", "#[test]\n#[ignore = \"slow\"]\nfn f() {}"), 1);
        assert_eq!(findings("tests/a.rs", "let a = list.iter().skip(2);"), 0);
        assert_eq!(findings("ui/src/lib/a.test.ts", "it.only(\"a\", f)"), 1);
        assert_eq!(findings("ui/src/lib/a.test.ts", "it(\"a .skip( b\", f)"), 0);
    }

    #[test]
    fn sql_has_one_home() {
        assert_eq!(findings("crates/rapport-ops/src/a.rs", "run(\"SELECT 1\")"), 1);
        assert_eq!(findings("crates/rapport-ops/src/a.rs", "// SELECT and INSERT INTO x"), 0);
        assert_eq!(findings("crates/rapport-store/src/a.rs", "run(\"SELECT 1\")"), 0);
    }

    #[test]
    fn tauri_has_one_home_on_each_side() {
        assert_eq!(findings("crates/rapport-client/src/a.rs", "use tauri::App;"), 1);
        assert_eq!(findings("src-tauri/src/a.rs", "use tauri::App;"), 0);
        assert_eq!(findings("ui/src/app/a.ts", "import { invoke } from \"@tauri-apps/api/core\""), 1);
        assert_eq!(findings("ui/src/lib/call.ts", "import { invoke } from \"@tauri-apps/api/core\""), 0);
    }

    #[test]
    fn places_of_one_machine_are_findings() {
        let path = format!("see {}{}x and `{}{}a.md`", "/wo", "rk/", "shar", "ed/");
        assert_eq!(findings("docs/a.md", &path), 2);
        assert_eq!(findings("docs/a.md", "see docs/work/x, /worker and a/shared/x"), 0);
    }

    #[test]
    fn packages_come_from_the_public_registry() {
        let good = "\"resolved\": \"https://registry.npmjs.org/a.tgz\"\n\"resolved\": \"ui\"";
        assert_eq!(findings("package-lock.json", good), 0);
        assert_eq!(findings("package-lock.json", "\"resolved\": \"https://mirror.example/a.tgz\""), 1);
        assert_eq!(findings("Cargo.lock", "source = \"git+https://example.org/a\""), 1);
    }
}
