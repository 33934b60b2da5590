//! What a customer says of itself, made comparable: folded, without what a company is in law, numbers as digits.

use crate::slips::{Letters, alike};
use crate::text::fold;
use crate::{Contact, Customer};

/// What stands behind or before a name and tells nobody apart.
const IN_LAW: &[&str] = &[
    "ab",
    "ag",
    "and",
    "as",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "doo",
    "dr",
    "e",
    "eg",
    "ek",
    "eu",
    "ev",
    "gbr",
    "gesmbh",
    "gmbh",
    "group",
    "gruppe",
    "herr",
    "frau",
    "holding",
    "inc",
    "incorporated",
    "kft",
    "kg",
    "kgaa",
    "limited",
    "llc",
    "llp",
    "ltd",
    "mbh",
    "mr",
    "mrs",
    "ms",
    "nv",
    "oe",
    "og",
    "ohg",
    "oy",
    "oyj",
    "plc",
    "prof",
    "sa",
    "sarl",
    "sas",
    "se",
    "sl",
    "spa",
    "sro",
    "srl",
    "the",
    "u",
    "ug",
    "und",
    "zoo",
];

/// Digits at the end of a phone number that tell it apart; before them stand a country, an area, or nothing.
pub(super) const PHONE_DIGITS: usize = 7;
/// Digits that a phone number has at least.
const PHONE_DIGITS_MIN: usize = 6;

/// Letters of a word that two names share at least.
const SHARED_LETTERS_MIN: usize = 4;

/// A name, taken apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Name {
    /// Its words, in the order of the alphabet.
    pub words: Vec<String>,
    /// As it stands, and by the alphabet: joined.
    written: String,
    sorted: String,
    letters: Letters,
}

impl Name {
    fn of(text: &str) -> Option<Name> {
        let folded = plain(text);
        let all: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let telling: Vec<&str> = all.iter().copied().filter(|word| !IN_LAW.contains(word)).collect();
        let words = if telling.is_empty() { all } else { telling };
        let written = words.concat();
        let mut words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        words.sort_unstable();
        (!written.is_empty()).then(|| Name { sorted: words.concat(), letters: Letters::of(&written), words, written })
    }

    /// Whether a word of it is one of the other's, but for a slip of the pen.
    pub fn shares_word(&self, other: &Name) -> bool {
        let long = |word: &&String| word.len() >= SHARED_LETTERS_MIN;
        let near = |one: &str, other: &str| alike(one, other, 0.8) > 0.0;
        self.words.iter().filter(long).any(|one| other.words.iter().filter(long).any(|two| near(one, two)))
    }

    /// From 0, nothing in common, to 1, the same words in whatever order; 0 as well if it is less than `least`.
    pub fn likeness(&self, other: &Name, least: f64) -> f64 {
        if self.sorted == other.sorted || self.written == other.written {
            return 1.0;
        }
        if self.likeness_max(other) < least {
            return 0.0;
        }
        alike(&self.written, &other.written, least).max(alike(&self.sorted, &other.sorted, least)).min(0.99)
    }

    /// How alike they are at most.
    pub(super) fn likeness_max(&self, other: &Name) -> f64 {
        self.letters.likeness_max(&other.letters)
    }
}

/// What can be compared of one customer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// What it is called itself.
    pub names: Vec<Name>,
    /// What its people are called.
    pub people: Vec<Name>,
    pub mails: Vec<String>,
    /// The digits without zeros in front.
    pub phones: Vec<String>,
    /// Of the website.
    pub host: String,
    pub street: String,
    /// The numbers in it.
    pub houses: Vec<String>,
    pub zip: String,
    pub town: String,
}

impl Facts {
    pub fn of(customer: &Customer, contacts: &[Contact]) -> Facts {
        let people: Vec<&Contact> = contacts.iter().filter(|contact| contact.counts()).collect();
        let own = [Some(customer.name.clone()), customer.company_name.clone()];
        let mails = people.iter().map(|contact| &contact.email).chain([&customer.email]);
        let phones = people.iter().flat_map(|contact| [&contact.phone, &contact.mobile]).chain([&customer.phone]);
        let address = customer.address.clone().unwrap_or_default();
        Facts {
            names: own.into_iter().flatten().filter_map(|text| Name::of(&text)).collect(),
            people: people.iter().filter_map(|contact| Name::of(&contact.full_name())).collect(),
            mails: mails.flatten().map(|mail| mail.trim().to_lowercase()).filter(|mail| mail.contains('@')).collect(),
            phones: phones.flatten().filter_map(|phone| phone_digits(phone)).collect(),
            host: customer.website.as_deref().map(host).unwrap_or_default(),
            street: joined(&address.street),
            houses: numbers(&address.street),
            zip: joined(&address.zip_code),
            town: joined(&address.city),
        }
    }
}

/// The words of a name that tell it apart, as they are written.
pub fn telling_words(name: &str) -> Vec<&str> {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.filter(|word| !IN_LAW.contains(&plain(word).as_str())).collect()
}

/// Folded, with ä, ö and ü as they are written where the keys are missing.
fn plain(text: &str) -> String {
    let spelt: String = text
        .chars()
        .flat_map(|c| {
            let (letter, more) = match c {
                'ä' | 'Ä' | 'æ' | 'Æ' => ('a', Some('e')),
                'ö' | 'Ö' | 'ø' | 'Ø' => ('o', Some('e')),
                'ü' | 'Ü' => ('u', Some('e')),
                other => (other, None),
            };
            [Some(letter), more].into_iter().flatten()
        })
        .collect();
    fold(&spelt)
}

/// Letters and digits alone; a street is a street however it is cut short.
fn joined(text: &str) -> String {
    let letters: String = plain(text).chars().filter(|c| c.is_alphanumeric()).collect();
    letters.replace("strasse", "str").replace("street", "st")
}

fn numbers(street: &str) -> Vec<String> {
    street.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty()).map(str::to_owned).collect()
}

fn phone_digits(phone: &str) -> Option<String> {
    // "+49 (0)30": dialled from within or from abroad, never both.
    let digits = crate::text::digits(&phone.replace("(0", "("));
    let digits = digits.trim_start_matches('0');
    (digits.len() >= PHONE_DIGITS_MIN).then(|| digits.to_owned())
}

fn host(website: &str) -> String {
    let bare = website.trim().to_lowercase();
    let bare = bare.split_once("://").map_or(bare.as_str(), |(_, rest)| rest);
    let host = bare.split(['/', '?', '#', ':']).next().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host).to_owned()
}

#[cfg(test)]
mod tests {
    use super::Name;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_names_are_more_alike_than_their_letters_allow(one in "[a-f ß0-1é]{1,12}", other in "[a-f ß0-1é]{1,12}") {
            let (Some(one), Some(other)) = (Name::of(&one), Name::of(&other)) else { return Ok(()) };
            prop_assert!(one.likeness(&other, 0.0) <= one.likeness_max(&other));
        }
    }
}
