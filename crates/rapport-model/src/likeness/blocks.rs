//! Not everybody is held against everybody: only those who share something that survives a slip of the pen.

use super::facts::PHONE_DIGITS;
use super::{Facts, Likeness, compare};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Customers that share a key at most; what more of them share tells nobody apart.
const BLOCK_MAX: usize = 64;

/// Every two that may be one, by their places in `all`; the most alike first.
pub fn pairs(all: &[Facts]) -> Vec<(usize, usize, Likeness)> {
    let mut blocks: HashMap<u64, Vec<u32>> = HashMap::new();
    for (at, facts) in all.iter().enumerate() {
        let Ok(at) = u32::try_from(at) else { break };
        for key in keys(facts) {
            let block = blocks.entry(key).or_default();
            if block.len() <= BLOCK_MAX {
                block.push(at);
            }
        }
    }
    let mut seen: HashSet<(u32, u32)> = HashSet::new();
    let mut out = Vec::new();
    for block in blocks.values().filter(|block| block.len() > 1 && block.len() <= BLOCK_MAX) {
        for (n, one) in block.iter().enumerate() {
            for other in &block[n + 1..] {
                if one == other || !seen.insert((*one, *other)) {
                    continue;
                }
                let (one, other) = (*one as usize, *other as usize);
                let likeness = compare(&all[one], &all[other]);
                if likeness.is_enough() {
                    out.push((one, other, likeness));
                }
            }
        }
    }
    out.sort_by(|a, b| b.2.points.total_cmp(&a.2.points).then((a.0, a.1).cmp(&(b.0, b.1))));
    out
}

/// What two records of one customer most likely share, though each may be misspelt in one place.
fn keys(facts: &Facts) -> HashSet<u64> {
    let mut out = HashSet::new();
    let mut put = |what: &str, one: &str, two: &str| {
        let mut hasher = DefaultHasher::new();
        (what, one, two).hash(&mut hasher);
        out.insert(hasher.finish());
    };
    facts.mails.iter().for_each(|mail| put("mail", mail, ""));
    for phone in &facts.phones {
        put("phone", &phone[phone.len().saturating_sub(PHONE_DIGITS)..], "");
    }
    if !facts.host.is_empty() {
        put("host", &facts.host, "");
    }
    let start = |text: &str, letters: usize| text.chars().take(letters).collect::<String>();
    let number: String = facts.street.chars().filter(char::is_ascii_digit).collect();
    for name in facts.names.iter().chain(&facts.people) {
        let sounds: Vec<String> = name.words.iter().map(|word| sound(word)).collect();
        let mut sorted = sounds.clone();
        sorted.sort_unstable();
        put("name", &sorted.join(" "), "");
        // A word may be lost, glued to another, or wrong: any two of the rest still meet.
        for (at, one) in sounds.iter().enumerate() {
            for two in sounds.iter().skip(at + 1).take(4) {
                put("words", one.min(two), one.max(two));
            }
            if !facts.zip.is_empty() {
                put("zip", one, &facts.zip);
            }
            if !facts.town.is_empty() {
                put("town", one, &start(&facts.town, 4));
            }
            if !number.is_empty() {
                put("number", one, &number);
            }
        }
        if let [word] = name.words.as_slice() {
            put("start", &start(word, 5), "");
            put("sound", &sound(word), "");
        }
    }
    if !facts.street.is_empty() {
        put("street", &start(&facts.street, 8), &facts.zip);
        put("corner", &number, &start(&facts.street.replace(|c: char| c.is_ascii_digit(), ""), 6));
        put("house", &number, &facts.zip);
    }
    out
}

/// How a word sounds, by the rules of Soundex (Odell and Russell 1918), with a digit more; digits stay.
fn sound(word: &str) -> String {
    let code = |c: char| match c {
        'b' | 'f' | 'p' | 'v' => '1',
        'c' | 'g' | 'j' | 'k' | 'q' | 's' | 'x' | 'z' => '2',
        'd' | 't' => '3',
        'l' => '4',
        'm' | 'n' => '5',
        'r' => '6',
        'h' | 'w' => '-',
        _ => '0',
    };
    let mut chars = word.chars();
    let Some(first) = chars.next() else { return String::new() };
    let mut out = String::from(first);
    let mut last = code(first);
    for c in chars {
        if c.is_ascii_digit() || !c.is_ascii() {
            out.push(c);
            continue;
        }
        let this = code(c);
        if this != '-' {
            if this != '0' && this != last {
                out.push(this);
            }
            last = this;
        }
        if out.chars().count() >= 5 {
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::sound;

    #[test]
    fn what_sounds_alike_meets() {
        assert_eq!(sound("meier"), sound("meyer"));
        assert_eq!(sound("schmidt"), sound("schmitt"));
        assert_ne!(sound("weber"), sound("huber"));
    }
}
