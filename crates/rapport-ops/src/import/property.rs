//! One unfolded line to a property, by calcard. Each line is parsed on its own, so that a bad one costs nothing but itself.

use super::lines::{head, is_base64, is_quoted_printable, name, value};
use calcard::vcard::{VCard, VCardEntry, VCardParameterName, VCardValue};
use encoding_rs::WINDOWS_1252;

/// Properties whose value, when encoded, is a picture, a sound or a key.
const BINARY: &[&str] = &["PHOTO", "LOGO", "SOUND", "KEY"];

/// A property as the mapping sees it.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Property {
    pub group: Option<String>,
    /// In capitals.
    pub name: String,
    /// TYPE words in small letters, without "pref" and "internet".
    pub types: Vec<String>,
    pub preferred: bool,
    /// Parameters with words of their own: LABEL, USERNAME, SERVICE-TYPE and X-….
    pub extra: Vec<(String, String)>,
    /// The parts of the value, unescaped; one for properties without structure.
    pub parts: Vec<String>,
    pub binary: Option<Binary>,
}

/// Embedded data, of which only this is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Binary {
    pub mime: String,
    pub bytes: usize,
}

impl Property {
    /// The whole value as one text.
    pub fn text(&self) -> String {
        match self.parts.as_slice() {
            [one] => one.trim().to_owned(),
            parts => parts.iter().map(|p| p.trim()).filter(|p| !p.is_empty()).collect::<Vec<_>>().join("; "),
        }
    }

    pub fn part(&self, index: usize) -> &str {
        self.parts.get(index).map_or("", |p| p.trim())
    }

    pub fn has_type(&self, word: &str) -> bool {
        self.types.iter().any(|t| t == word)
    }
}

/// Parses a line; `None` if it is no property. `version` is the card's, as dates and media types were written differently.
pub fn parse(line: &str, version: &str) -> Option<Property> {
    let name = name(line);
    let line = normalised(line);
    let source = format!("BEGIN:VCARD\nVERSION:{version}\n{line}\nEND:VCARD\n");
    let card = VCard::parse(&source).ok()?;
    let entry = card.entries.into_iter().nth(1)?;
    let mut out = Property { group: entry.group.clone(), name, ..Property::default() };
    read_params(&entry, &mut out);
    out.binary = binary(&entry, &out.name, &line);
    if out.binary.is_none() {
        out.parts = parts(entry.values, &line);
    }
    Some(out)
}

/// Puts right what calcard takes literally: a bare QUOTED-PRINTABLE, a missing charset, a soft break before nothing.
fn normalised(line: &str) -> String {
    if !is_quoted_printable(line) {
        return line.to_owned();
    }
    let mut params: Vec<String> = head(line).split(';').map(str::to_owned).collect();
    for param in params.iter_mut().skip(1).filter(|p| p.eq_ignore_ascii_case("QUOTED-PRINTABLE")) {
        *param = "ENCODING=QUOTED-PRINTABLE".to_owned();
    }
    let value = value(line).trim_end_matches('=');
    let declared = params.iter().position(|p| p.to_ascii_uppercase().starts_with("CHARSET="));
    // Phones declare nothing, or something else than they write: what is UTF-8 is UTF-8.
    let charset = if std::str::from_utf8(&quoted_bytes(value)).is_ok() { "UTF-8" } else { "windows-1252" };
    match declared {
        Some(at) if charset == "UTF-8" => params[at] = "CHARSET=UTF-8".to_owned(),
        Some(_) => {}
        None => params.push(format!("CHARSET={charset}")),
    }
    format!("{}:{value}", params.join(";"))
}

/// The bytes behind `=C3=BC`; what is not well formed stays as it is.
fn quoted_bytes(value: &str) -> Vec<u8> {
    let bytes = value.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |i: usize| bytes.get(i).and_then(|b| char::from(*b).to_digit(16));
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'=', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

fn read_params(entry: &VCardEntry, out: &mut Property) {
    for param in &entry.params {
        let text = param.value.as_text().unwrap_or_default().trim();
        match &param.name {
            VCardParameterName::Type if text.eq_ignore_ascii_case("pref") => out.preferred = true,
            VCardParameterName::Type if text.is_empty() || text.eq_ignore_ascii_case("internet") => {}
            VCardParameterName::Type => out.types.push(text.to_lowercase()),
            VCardParameterName::Pref => out.preferred = true,
            VCardParameterName::Other(name) if text.is_empty() && name.eq_ignore_ascii_case("pref") => out.preferred = true,
            VCardParameterName::Other(name) if text.is_empty() && name.eq_ignore_ascii_case("internet") => {}
            // vCard 2.1 writes types without "TYPE=".
            VCardParameterName::Other(name) if text.is_empty() => out.types.push(name.to_lowercase()),
            VCardParameterName::Other(name) => out.extra.push((name.to_uppercase(), text.to_owned())),
            VCardParameterName::Label | VCardParameterName::Username | VCardParameterName::ServiceType => {
                out.extra.push((param.name.as_str().to_uppercase(), text.to_owned()));
            }
            _ => {}
        }
    }
}

fn binary(entry: &VCardEntry, name: &str, line: &str) -> Option<Binary> {
    let param = |name| entry.params.iter().find(|p| p.name == name).and_then(|p| p.value.as_text());
    let mime = |own: Option<&str>| {
        let said = own.or(param(VCardParameterName::Mediatype)).or(param(VCardParameterName::Type));
        let whole = said.filter(|m| m.contains('/')).or(seen(value(line)));
        whole.or(said).unwrap_or("unknown type").to_lowercase()
    };
    if let Some(VCardValue::Binary(data)) = entry.values.first() {
        let is_text = data.content_type.is_none() && is_quoted_printable(line);
        return (!is_text).then(|| Binary { mime: mime(data.content_type.as_deref()), bytes: data.data.len() });
    }
    let embedded = BINARY.contains(&name) && is_base64(line) && !value(line).trim().is_empty();
    embedded.then(|| Binary { mime: mime(None), bytes: value(line).len() / 4 * 3 })
}

/// The type of a picture by how its base64 begins; many cards do not say it.
fn seen(base64: &str) -> Option<&'static str> {
    let known = [("/9j/", "image/jpeg"), ("iVBORw0KGgo", "image/png"), ("R0lGOD", "image/gif")];
    known.iter().find(|(start, _)| base64.trim_start().starts_with(start)).map(|(_, mime)| *mime)
}

/// The parts of a value as texts; what calcard reads as a date, a number or a flag is kept as it was written.
fn parts(values: Vec<VCardValue>, line: &str) -> Vec<String> {
    let texts = values.into_iter().map(|value| match value {
        VCardValue::Text(text) => Some(text),
        VCardValue::Component(words) => Some(words.iter().map(|w| w.trim()).collect::<Vec<_>>().join(", ")),
        VCardValue::Binary(data) => Some(WINDOWS_1252.decode_without_bom_handling(&data.data).0.into_owned()),
        _ => None,
    });
    match texts.collect::<Option<Vec<String>>>() {
        Some(texts) => texts.iter().map(|t| clean(t)).collect(),
        None => vec![clean(value(line))],
    }
}

/// Line ends as LF, and no control characters, which no database and no window is glad of.
pub fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect()
}
