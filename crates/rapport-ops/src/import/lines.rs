//! Text to cards and unfolded lines. Tolerant: whatever is wrong inside a card stays inside that card.

/// A card longer than this is not an address any more; 4 MiB leaves room for a photo.
pub const CARD_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The lines of one card, between BEGIN and END.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Card {
    /// 1 for the first card of the file.
    pub index: usize,
    /// The line of its BEGIN in the file, 1 for the first.
    pub line: usize,
    /// One property each, unfolded; what is none is kept as it is, see [`is_property`].
    pub lines: Vec<String>,
    /// It is longer than [`CARD_BYTES_MAX`]; its lines are not kept.
    pub too_large: bool,
}

/// A file taken apart.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Split {
    pub cards: Vec<Card>,
    /// Numbers of the lines that stand outside of any card.
    pub stray: Vec<usize>,
}

/// Splits a text into cards; a card that is not closed ends where the next one begins.
pub fn split(text: &str) -> Split {
    let mut splitter = Splitter::default();
    for (number, line) in physical_lines(text) {
        splitter.take(number, line);
    }
    splitter.close();
    splitter.out
}

/// Lines ended by LF, CRLF or a lone CR, with their numbers.
fn physical_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    lines.flat_map(|line| line.split('\r')).enumerate().map(|(n, line)| (n + 1, line))
}

#[derive(Default)]
struct Splitter {
    out: Split,
    open: Option<Card>,
    /// White space before the card's BEGIN, which all its lines then have.
    indent: String,
    bytes: usize,
    /// Blank lines since the last line with text.
    blank: usize,
    /// How many cards inside this one (the AGENT of vCard 2.1) are open.
    nested: usize,
}

impl Splitter {
    fn take(&mut self, number: usize, line: &str) {
        let trimmed = line.trim_start_matches('\u{feff}');
        if self.open.is_none() {
            match marker(trimmed) {
                Some("BEGIN") => self.begin(number, trimmed),
                _ if trimmed.trim().is_empty() => {}
                _ => self.out.stray.push(number),
            }
            return;
        }
        let line = trimmed.strip_prefix(&self.indent).unwrap_or(trimmed);
        let marked = if line.starts_with([' ', '\t']) { None } else { marker(line) };
        match marked {
            Some("BEGIN") if self.nested > 0 || self.expects_agent() => self.nested += 1,
            Some("BEGIN") => {
                self.close();
                self.begin(number, trimmed);
                return;
            }
            Some(_) if self.nested > 0 => {
                self.nested -= 1;
                return;
            }
            Some(_) => return self.close(),
            None => {}
        }
        self.bytes += line.len() + 1;
        if let Some(card) = &mut self.open {
            if self.bytes > CARD_BYTES_MAX {
                card.too_large = true;
                card.lines.clear();
            } else if self.nested > 0 {
                nest(card, line);
            } else {
                add(card, line, &mut self.blank);
            }
        }
    }

    fn begin(&mut self, number: usize, line: &str) {
        let index = self.out.cards.len() + 1;
        self.indent = line.chars().take_while(|c| c.is_whitespace()).collect();
        (self.bytes, self.blank, self.nested) = (0, 0, 0);
        self.open = Some(Card { index, line: number, ..Card::default() });
    }

    fn close(&mut self) {
        self.out.cards.extend(self.open.take());
        self.nested = 0;
    }

    fn expects_agent(&self) -> bool {
        let last = self.open.as_ref().and_then(|card| card.lines.last());
        last.is_some_and(|line| name(line) == "AGENT" && value(line).trim().is_empty())
    }
}

/// "BEGIN" or "END" for a line that opens or closes a card.
fn marker(line: &str) -> Option<&'static str> {
    if line.len() > 40 {
        return None;
    }
    let text: String = line.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
    match text.as_str() {
        "BEGIN:VCARD" => Some("BEGIN"),
        "END:VCARD" => Some("END"),
        _ => None,
    }
}

/// A card within a card is kept as the text of the line that announced it.
fn nest(card: &mut Card, line: &str) {
    if let Some(last) = card.lines.last_mut().filter(|_| marker(line).is_none() && !line.trim().is_empty()) {
        last.push_str("\\n");
        last.push_str(line.trim_start());
    }
}

fn add(card: &mut Card, line: &str, blank: &mut usize) {
    if line.trim().is_empty() {
        *blank += 1;
        return;
    }
    let blank = std::mem::take(blank);
    let Some(last) = card.lines.last_mut() else { return card.lines.push(line.to_owned()) };
    let soft_break = is_quoted_printable(last) && last.ends_with('=');
    let folded = line.strip_prefix([' ', '\t']);
    if soft_break || folded.is_some() {
        if soft_break {
            last.pop();
        }
        last.push_str(folded.unwrap_or(line));
    } else if blank == 0 && is_base64(last) && line.bytes().all(is_base64_byte) {
        last.push_str(line);
    } else if is_start(line) {
        card.lines.push(line.to_owned());
    } else {
        add_unindented(card, line, blank);
    }
}

/// Some programs break long values without indenting the rest; a line that is no property belongs to the value before it.
fn add_unindented(card: &mut Card, line: &str, blank: usize) {
    let last = card.lines.last_mut().filter(|l| is_property(l) && !is_quoted_printable(l));
    match last {
        Some(last) if matches!(name(last).as_str(), "NOTE" | "LABEL") => {
            last.push_str(&"\\n".repeat(blank + 1));
            last.push_str(&line.replace('\\', "\\\\"));
        }
        Some(last) if blank == 0 && value(last).contains("://") => last.push_str(line),
        _ => card.lines.push(line.to_owned()),
    }
}

/// What stands before the colon that starts the value: group, name, parameters.
pub fn head(line: &str) -> &str {
    let mut quoted = false;
    let end = line.bytes().position(|b| {
        quoted ^= b == b'"';
        b == b':' && !quoted
    });
    // An unpaired quote must not swallow the value.
    &line[..end.or_else(|| line.find(':')).unwrap_or(line.len())]
}

/// What stands after the colon.
pub fn value(line: &str) -> &str {
    line.get(head(line).len() + 1..).unwrap_or_default()
}

/// The property's name in capitals, without its group.
pub fn name(line: &str) -> String {
    let name = head(line).split(';').next().unwrap_or_default();
    name.rsplit('.').next().unwrap_or_default().trim().to_ascii_uppercase()
}

/// Whether a whole line looks like `NAME:value`.
pub fn is_property(line: &str) -> bool {
    let Some(end) = line.find([':', ';']) else { return false };
    let (name, rest) = line.split_at(end);
    let named = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/'));
    // "https://…" at the start of a line is text.
    let is_link = rest.starts_with("://") && matches!(name.to_ascii_lowercase().as_str(), "http" | "https" | "ftp" | "file");
    named && !name.is_empty() && name.len() <= 80 && rest.contains(':') && !is_link
}

/// Whether a property starts on this line; its colon may only come on a folded one.
fn is_start(line: &str) -> bool {
    let capitals = |name: &str| name.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b'-' | b'.' | b'0'..=b'9'));
    is_property(line) || line.split_once(';').is_some_and(|(name, _)| !name.is_empty() && capitals(name))
}

pub fn is_quoted_printable(line: &str) -> bool {
    head(line).to_ascii_uppercase().contains("QUOTED-PRINTABLE")
}

pub fn is_base64(line: &str) -> bool {
    let params = head(line).to_ascii_uppercase();
    let named = params.split(';').skip(1).any(|p| matches!(p, "BASE64" | "ENCODING=B" | "ENCODING=BASE64" | "ENCODING=\"B\""));
    named || value(line).get(..5).is_some_and(|v| v.eq_ignore_ascii_case("data:"))
}

fn is_base64_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')
}
