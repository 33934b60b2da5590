//! What a country lends to its customers: names, towns, streets, numbers. The lists are in `words`.

use super::talk::Lang;
use rapport_model::text::fold;

/// How a person's name is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Order {
    /// Anna Weber.
    Given,
    /// Kovács Anna.
    Family,
    /// 김민준.
    Joined,
}

/// One country.
///
/// List entries are `text`, `text|latin` where the script is not Latin, `text/more` where more is known.
pub struct Locale {
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// How many of all customers, relative to the other countries.
    pub share: u64,
    /// Which owner looks after most of the country.
    pub home: usize,
    pub lang: Lang,
    /// {r} root, {w} word, {f} legal form.
    pub company: &'static str,
    /// The same with {t}, a town.
    pub company_of_town: &'static str,
    /// Between the two names of a partnership.
    pub joint: &'static str,
    pub forms: &'static [&'static str],
    /// The legal forms of large companies; none of them in `forms`.
    pub groups: &'static [&'static str],
    /// `pattern with {t}|latin/industry letter`.
    pub institutions: &'static [&'static str],
    /// `word|latin/industry letter`.
    pub words: &'static [&'static str],
    pub brands: &'static [&'static str],
    /// Family names; no two countries of one language share one, which keeps company names apart.
    pub lasts: &'static [&'static str],
    pub men: &'static [&'static str],
    pub women: &'static [&'static str],
    /// `town|latin/zip pattern/state`.
    pub towns: &'static [&'static str],
    pub streets: &'static [&'static str],
    /// {s} street, {n} number.
    pub street: &'static str,
    pub phones: &'static [&'static str],
    pub mobile: &'static str,
    /// Endings of family names as women bear them; the first that fits.
    pub female: &'static [(&'static str, &'static str)],
    pub order: Order,
}

/// One entry of a word list, taken apart.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub text: &'static str,
    pub latin: &'static str,
    /// Industry letter or zip pattern.
    pub more: &'static str,
    pub state: &'static str,
}

/// Takes an entry apart; see [`Locale`].
pub fn entry(from: &'static str) -> Entry {
    let mut parts = from.splitn(3, '/');
    let first = parts.next().unwrap_or_default();
    let (text, latin) = first.split_once('|').unwrap_or((first, first));
    Entry { text, latin, more: parts.next().unwrap_or_default(), state: parts.next().unwrap_or_default() }
}

/// The industry behind a letter of a word list.
pub fn industry(letter: &str) -> &'static str {
    match letter {
        "o" => "Optics",
        "r" => "Opticians",
        "d" => "Diagnostics",
        "l" => "Laboratories",
        "h" => "Hospitals",
        "u" => "Universities",
        "p" => "Precision engineering",
        "m" => "Medical devices",
        "f" => "Pharmaceuticals",
        "b" => "Biotechnology",
        "v" => "Veterinary",
        "c" => "Clinics",
        "s" => "Semiconductors",
        "t" => "Distribution",
        _ => "",
    }
}

impl Locale {
    /// Company root `n`: family names first, then brands.
    pub fn root(&self, n: u64) -> Entry {
        let n = n as usize;
        match self.lasts.get(n) {
            Some(last) => entry(last),
            None => entry(self.brands[(n - self.lasts.len()) % self.brands.len()]),
        }
    }

    pub fn roots(&self) -> u64 {
        (self.lasts.len() + self.brands.len()) as u64
    }

    /// The family name as this person bears it.
    pub fn last_of(&self, last: &str, woman: bool) -> String {
        let changed =
            self.female.iter().filter(|_| woman).find_map(|(from, to)| Some(format!("{}{to}", last.strip_suffix(from)?)));
        changed.unwrap_or_else(|| last.to_owned())
    }

    /// The name as one reads it on an envelope.
    pub fn full_name(&self, first: &str, last: &str) -> String {
        match self.order {
            Order::Given => format!("{first} {last}"),
            Order::Family => format!("{last} {first}"),
            Order::Joined => format!("{last}{first}"),
        }
    }
}

/// Replaces `{x}` by the text given for x.
pub fn fill(pattern: &str, with: &[(char, &str)]) -> String {
    let mut out = String::with_capacity(pattern.len() + 40);
    let mut rest = pattern;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        let (name, after) = rest[at + 1..].split_once('}').unwrap_or((&rest[at + 1..], ""));
        out.push_str(with.iter().find(|(key, _)| name.starts_with(*key)).map_or("", |(_, text)| text));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The text as part of a mail or web address: lower-case ASCII letters and digits, one hyphen between words.
pub fn slug(text: &str) -> String {
    let folded = if text.is_ascii() { text.to_ascii_lowercase() } else { fold(text) };
    let mut out = String::with_capacity(folded.len());
    for c in folded.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => out.push(c),
            '\'' | '’' => {}
            _ if out.is_empty() || out.ends_with('-') => {}
            _ => out.push('-'),
        }
    }
    out.trim_end_matches('-').to_owned()
}
