//! One way to fold text for uniqueness, one for sorting and searching.

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The key of a unique name: NFKC, full case fold, trimmed, inner spaces collapsed. Accents count.
pub fn name_key(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let folded: String = caseless::default_case_fold_str(&name.nfkc().collect::<String>()).nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Letters that decomposition leaves alone but that people type without their stroke.
const STROKES: &[(char, &str)] =
    &[('ß', "ss"), ('æ', "ae"), ('œ', "oe"), ('ø', "o"), ('đ', "d"), ('ð', "d"), ('ł', "l"), ('ħ', "h"), ('ı', "i"), ('þ', "th")];

/// Folds for search and sorting: no case, no accents, no strokes; "MÜLLER" and "Müller" are "muller".
pub fn fold(text: &str) -> String {
    // Most texts, and many times as fast: such letters have no accents and one way to be small.
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    for c in caseless::default_case_fold_str(text).nfkd().filter(|c| !is_combining_mark(*c)) {
        match STROKES.iter().find(|(from, _)| *from == c) {
            Some((_, to)) => out.push_str(to),
            None => out.push(c),
        }
    }
    out
}

/// The sort key of a text: folded words, so that plain byte order is the order people expect.
pub fn sort_key(text: &str) -> String {
    fold(text).split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The words of a text as the search index holds them.
pub fn words(text: &str) -> Vec<String> {
    fold(text).split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// Whether a text anywhere in a value has the character NUL, which other databases and many programs end a text at.
pub fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(map) => map.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}

/// The digits of a phone number.
pub fn digits(text: &str) -> String {
    text.chars().filter_map(|c| c.to_digit(10)).filter_map(|d| char::from_digit(d, 10)).collect()
}

/// The first text after every text that starts with `prefix` in byte order; `None` = no upper bound.
pub fn prefix_end(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        let next = match last {
            '\u{D7FF}' => Some('\u{E000}'),
            c => char::from_u32(u32::from(c) + 1),
        };
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_count_for_names_and_not_for_search() {
        assert_eq!(name_key("  ACME \u{a0} GmbH "), name_key("acme gmbh"));
        assert_eq!(name_key("Straße"), name_key("STRASSE"));
        assert_ne!(name_key("Muller"), name_key("Müller"));
        for (text, folded) in
            [("MÜLLER", "muller"), ("České", "ceske"), ("Kjær & Sønner", "kjaer & sonner"), ("Łódź", "lodz"), ("İzmir", "izmir")]
        {
            assert_eq!(fold(text), folded);
        }
        assert_eq!(sort_key("O’Rourke  Diagnostics"), "o rourke diagnostics");
    }

    #[test]
    fn plain_letters_are_folded_as_all_are() {
        let all: String = (0..128_u8).map(char::from).collect();
        let slowly: String = caseless::default_case_fold_str(&all).nfkd().collect();
        assert_eq!(fold(&all), slowly);
        let key: String = caseless::default_case_fold_str(&all.nfkc().collect::<String>()).nfkc().collect();
        assert_eq!(name_key(&all), key.split_whitespace().collect::<Vec<_>>().join(" "));
    }

    #[test]
    fn digits_are_digits_in_every_script() {
        assert_eq!(digits("+49 (711) 218-40"), "4971121840");
    }

    #[test]
    fn the_end_of_a_prefix_is_after_all_its_texts() {
        assert_eq!(prefix_end("ab").as_deref(), Some("ac"));
        assert_eq!(prefix_end("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(prefix_end(""), None);
        assert!("ab\u{10FFFF}z" < prefix_end("ab").expect("a bound").as_str());
    }
}
