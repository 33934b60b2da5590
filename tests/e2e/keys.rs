//! Keys by the names that people give them.

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;

/// Ctrl+a; with the next key typed the old text goes, and the page sees it happen.
pub const SELECT_ALL: &str = "\u{e009}a";
pub const BACKSPACE: char = '\u{e003}';
/// What ends a line: the driver types no line feeds.
pub const ENTER: &str = "\u{e007}";

/// The actions of a combination such as `Ctrl+Shift+s`, `Enter` or `g`.
pub fn actions(keys: &str) -> KeyActions {
    let codes: Vec<char> = split(keys).into_iter().map(code).collect();
    let mut actions = KeyActions::new("keyboard".to_owned());
    for value in &codes {
        actions = actions.then(KeyAction::Down { value: *value });
    }
    for value in codes.iter().rev() {
        actions = actions.then(KeyAction::Up { value: *value });
    }
    actions
}

/// The plus key itself is written alone or at the end: `+`, `Ctrl++`.
fn split(keys: &str) -> Vec<&str> {
    match keys.strip_suffix('+') {
        Some("") => vec!["+"],
        Some(rest) => rest.trim_end_matches('+').split('+').chain(["+"]).collect(),
        None => keys.split('+').collect(),
    }
}

fn code(name: &str) -> char {
    let key = match name {
        "Ctrl" => Key::Control,
        "Shift" => Key::Shift,
        "Alt" => Key::Alt,
        "Enter" => Key::Enter,
        "Esc" => Key::Escape,
        "Tab" => Key::Tab,
        "Space" => return ' ',
        "Backspace" => Key::Backspace,
        "Delete" => Key::Delete,
        "Home" => Key::Home,
        "End" => Key::End,
        "PageUp" => Key::PageUp,
        "PageDown" => Key::PageDown,
        "Up" => Key::Up,
        "Down" => Key::Down,
        "Left" => Key::Left,
        "Right" => Key::Right,
        _ => {
            let mut chars = name.chars();
            return match (chars.next(), chars.next()) {
                (Some(char), None) => char,
                _ => panic!("there is no key \"{name}\""),
            };
        }
    };
    char::from(key)
}

#[test]
fn combinations_are_split_at_the_plus() {
    assert_eq!(split("Ctrl+Shift+s"), ["Ctrl", "Shift", "s"]);
    assert_eq!(split("Ctrl++"), ["Ctrl", "+"]);
    assert_eq!(split("+"), ["+"]);
    assert_eq!(code("Enter"), '\u{e007}');
}
