//! File names that say nothing are not allowed.

const EMPTY_WORDS: &[&str] = &["util", "utils", "helper", "helpers", "misc", "common", "stuff"];

pub fn check(path: &str) -> Vec<String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_code = [".rs", ".ts", ".tsx"].iter().any(|ending| name.ends_with(ending));
    if !is_code {
        return Vec::new();
    }
    if name == "mod.rs" {
        return vec![format!("{path}: name the file after its module, not mod.rs")];
    }
    let mut words = path.split(['/', '.', '_', '-']);
    match words.find(|word| EMPTY_WORDS.contains(&word.to_lowercase().as_str())) {
        Some(word) => vec![format!("{path}: \"{word}\" does not say what is inside")],
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_says_what_is_inside_is_good() {
        assert!(check("crates/rapport-model/src/date.rs").is_empty());
        assert!(check("docs/misc.md").is_empty());
    }

    #[test]
    fn an_empty_name_is_a_finding() {
        assert_eq!(check("crates/rapport-model/src/mod.rs").len(), 1);
        assert_eq!(check("ui/src/lib/date-utils.ts").len(), 1);
        assert_eq!(check("crates/rapport-store/src/helper.rs").len(), 1);
    }
}
