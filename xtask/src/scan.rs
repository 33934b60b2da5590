//! A small reader of Rust and TypeScript text: tells code from strings and comments.
//!
//! Not a parser: it knows just enough to count braces and to look for words in the right places.

/// What a character belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Code,
    Text,
    Comment,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Rust,
    TypeScript,
}

/// A source file split into characters, each with its class.
pub struct Source {
    chars: Vec<char>,
    classes: Vec<Class>,
}

impl Source {
    pub fn new(text: &str, language: Language) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let classes = Reader { chars: &chars, classes: vec![Class::Code; chars.len()], language }.read();
        Self { chars, classes }
    }

    /// The text with everything but the kept classes blanked; lines and columns stay.
    pub fn only(&self, kept: &[Class]) -> String {
        let shown = |(char, class): (&char, &Class)| {
            if *char == '\n' || kept.contains(class) { *char } else { ' ' }
        };
        self.chars.iter().zip(&self.classes).map(shown).collect()
    }

    pub fn code(&self) -> String {
        self.only(&[Class::Code])
    }
}

struct Reader<'a> {
    chars: &'a [char],
    classes: Vec<Class>,
    language: Language,
}

impl Reader<'_> {
    fn read(mut self) -> Vec<Class> {
        self.code(0, false);
        self.classes
    }

    fn at(&self, index: usize) -> char {
        self.chars.get(index).copied().unwrap_or('\0')
    }

    fn starts(&self, index: usize, word: &str) -> bool {
        word.chars().enumerate().all(|(offset, char)| self.at(index + offset) == char)
    }

    /// Reads code from `index`; inside `${…}` of a template it ends at the closing brace.
    fn code(&mut self, mut index: usize, in_template: bool) -> usize {
        let mut depth = 0usize;
        while index < self.chars.len() {
            let rust = self.language == Language::Rust;
            index = match self.at(index) {
                '/' if self.at(index + 1) == '/' => self.line_comment(index),
                '/' if self.at(index + 1) == '*' => self.block_comment(index),
                '/' if !rust && self.begins_regex(index) => self.regex(index),
                '"' => self.quoted(index, '"', rust),
                '\'' if rust => self.char_or_lifetime(index),
                '\'' => self.quoted(index, '\'', false),
                '`' if !rust => self.template(index),
                'r' if rust && self.begins_raw(index) => self.raw(index),
                '{' => {
                    depth += 1;
                    index + 1
                }
                '}' if in_template && depth == 0 => return index,
                '}' => {
                    depth = depth.saturating_sub(1);
                    index + 1
                }
                _ => index + 1,
            };
        }
        index
    }

    fn mark(&mut self, from: usize, to: usize, class: Class) -> usize {
        let to = to.min(self.chars.len());
        self.classes[from.min(to)..to].fill(class);
        to
    }

    fn line_comment(&mut self, from: usize) -> usize {
        let length = self.chars[from..].iter().take_while(|char| **char != '\n').count();
        self.mark(from, from + length, Class::Comment)
    }

    fn block_comment(&mut self, from: usize) -> usize {
        let (mut index, mut depth) = (from + 2, 1);
        while depth > 0 && index < self.chars.len() {
            if self.starts(index, "*/") {
                depth -= 1;
                index += 2;
            } else if self.language == Language::Rust && self.starts(index, "/*") {
                depth += 1;
                index += 2;
            } else {
                index += 1;
            }
        }
        self.mark(from, index, Class::Comment)
    }

    /// A quoted text; in TypeScript it ends with its line, so that an apostrophe in JSX does no harm.
    fn quoted(&mut self, from: usize, quote: char, many_lines: bool) -> usize {
        let mut index = from + 1;
        while index < self.chars.len() {
            match self.at(index) {
                '\\' => index += 1,
                '\n' if !many_lines => return self.mark(from, index, Class::Text),
                char if char == quote => break,
                _ => {}
            }
            index += 1;
        }
        self.mark(from, index + 1, Class::Text)
    }

    fn template(&mut self, from: usize) -> usize {
        let (mut start, mut index) = (from, from + 1);
        while index < self.chars.len() {
            match self.at(index) {
                '\\' => index += 2,
                '`' => break,
                '$' if self.at(index + 1) == '{' => {
                    self.mark(start, index + 2, Class::Text);
                    index = self.code(index + 2, true);
                    start = index;
                }
                _ => index += 1,
            }
        }
        self.mark(start, index + 1, Class::Text)
    }

    fn begins_regex(&self, index: usize) -> bool {
        let before = self.chars[..index].iter().rev().find(|char| !char.is_whitespace());
        before.is_some_and(|char| "(,=:[!&|?{;".contains(*char))
    }

    fn regex(&mut self, from: usize) -> usize {
        let (mut index, mut in_set) = (from + 1, false);
        loop {
            match self.at(index) {
                '\0' | '\n' => return self.mark(from, from + 1, Class::Code),
                '\\' => index += 1,
                '[' => in_set = true,
                ']' => in_set = false,
                '/' if !in_set => return self.mark(from, index + 1, Class::Text),
                _ => {}
            }
            index += 1;
        }
    }

    fn char_or_lifetime(&mut self, from: usize) -> usize {
        if self.at(from + 1) == '\\' {
            let length = self.chars.iter().skip(from + 3).take_while(|char| **char != '\'').count();
            return self.mark(from, from + 4 + length, Class::Text);
        }
        if self.at(from + 2) == '\'' { self.mark(from, from + 3, Class::Text) } else { from + 1 }
    }

    fn begins_raw(&self, index: usize) -> bool {
        let before = index.checked_sub(1).map_or('\0', |before| self.at(before));
        let free = !(before.is_alphanumeric() || before == '_') || "bc".contains(before);
        let hashes = self.hashes(index + 1);
        free && self.at(index + 1 + hashes) == '"'
    }

    fn hashes(&self, index: usize) -> usize {
        self.chars.iter().skip(index).take_while(|char| **char == '#').count()
    }

    fn raw(&mut self, from: usize) -> usize {
        let hashes = self.hashes(from + 1);
        let end = format!("\"{}", "#".repeat(hashes));
        let mut index = from + 2 + hashes;
        while index < self.chars.len() && !self.starts(index, &end) {
            index += 1;
        }
        self.mark(from, index + end.len(), Class::Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rust(text: &str) -> String {
        Source::new(text, Language::Rust).code().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn typescript(text: &str) -> String {
        let source = Source::new(text, Language::TypeScript);
        source.code().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn rust_strings_and_comments_are_no_code() {
        assert_eq!(rust("a(\"{ \\\" {\") // {\nb /* { /* { */ */ c"), "a( ) b c");
        assert_eq!(rust("x(r#\"{ \" {\"#, br\"{\", '{', '\\'', '\\u{1f}') y"), "x( , b , , , ) y");
        assert_eq!(rust("fn f<'a>(s: &'a str) { var\"{\" }"), "fn f<'a>(s: &'a str) { var }");
    }

    #[test]
    fn typescript_templates_keep_the_code_inside() {
        assert_eq!(typescript("a(`{ ${b({c: `}`})} {`) + d"), "a( b({c: }) ) + d");
        assert_eq!(typescript("x = /[/}]{/.test(y); z = a / b / c"), "x = .test(y); z = a / b / c");
        assert_eq!(typescript("<p>Don't {\n}</p>"), "<p>Don }</p>");
    }

    #[test]
    fn text_can_be_kept_without_comments() {
        let source = Source::new("\"kept\" // gone", Language::Rust);
        assert_eq!(source.only(&[Class::Code, Class::Text]).trim_end(), "\"kept\"");
    }
}
