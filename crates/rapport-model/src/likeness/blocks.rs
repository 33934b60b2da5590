//! Not everybody is held against everybody: only those who share something that survives a slip of the pen.

use super::facts::PHONE_DIGITS;
use super::{Facts, Likeness, compare_enough};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Customers that share a key at most; what more of them share tells nobody apart, a mailbox or a phone number as well.
const BLOCK_MAX: usize = 64;

/// Every two that may be one, by their places in `all`; the most alike first.
pub fn pairs(all: &[Facts]) -> Vec<(usize, usize, Likeness)> {
    let blocks = Blocks::of(all);
    let mut out = in_parts(all.len(), |part| {
        let mut out = Vec::new();
        let mut others = Vec::new();
        for one in part {
            blocks.others(one, &mut others);
            let alike = |Other { at, unreached }: &Other| {
                let other = *at as usize;
                compare_enough(&all[one], &all[other], *unreached).map(|likeness| (one, other, likeness))
            };
            out.extend(others.iter().filter_map(alike));
        }
        out
    });
    out.sort_by(|a, b| b.2.points.total_cmp(&a.2.points).then((a.0, a.1).cmp(&(b.0, b.1))));
    out
}

/// Does a part of the work on each processor; parts are alike in length, as each takes every so manieth.
fn in_parts<T: Send>(len: usize, work: impl Fn(std::iter::StepBy<std::ops::Range<usize>>) -> Vec<T> + Sync) -> Vec<T> {
    let parts = std::thread::available_parallelism().map_or(1, usize::from);
    let work = &work;
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..parts).map(|part| scope.spawn(move || work((part..len).step_by(parts)))).collect();
        let done = running.into_iter().map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        done.flatten().collect()
    })
}

/// Who shares a key with whom.
struct Blocks {
    /// Customers, block by block, in each block in their order.
    members: Vec<Other>,
    /// For each customer, its blocks: where those begin in `members` that come behind it, and where the block ends.
    of: Vec<Vec<(u32, u32)>>,
}

/// Somebody who shares a key: first the place in the list, then whether it is a name or place alone that they share.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Other {
    at: u32,
    unreached: bool,
}

impl Blocks {
    fn of(all: &[Facts]) -> Blocks {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let mut entries: Vec<(u64, Other)> = in_parts(all.len(), |part| {
            let of = |at: usize| {
                let entry = move |(key, unreached)| (key, Other { at: place(at), unreached });
                keys(&all[at]).into_iter().map(entry)
            };
            part.flat_map(of).collect()
        });
        entries.sort_unstable();
        let mut out = Blocks { members: Vec::new(), of: vec![Vec::new(); all.len()] };
        for block in entries.chunk_by(|one, other| one.0 == other.0) {
            if block.len() < 2 || block.len() > BLOCK_MAX {
                continue;
            }
            let end = place(out.members.len() + block.len());
            for (_, member) in block {
                out.members.push(*member);
                out.of[member.at as usize].push((place(out.members.len()), end));
            }
        }
        out
    }

    /// Those behind `one` that share a key with it, each once.
    fn others(&self, one: usize, out: &mut Vec<Other>) {
        out.clear();
        for (from, end) in &self.of[one] {
            out.extend_from_slice(&self.members[*from as usize..*end as usize]);
        }
        out.sort_unstable();
        out.dedup_by_key(|other| other.at);
    }
}

/// What two records of one customer most likely share, though each may be misspelt in one place; and whether it is no way
/// to reach them.
fn keys(facts: &Facts) -> HashSet<(u64, bool)> {
    let mut out = HashSet::new();
    let mut put = |what: &str, one: &str, two: &str| {
        let mut hasher = DefaultHasher::new();
        (what, one, two).hash(&mut hasher);
        out.insert((hasher.finish(), !matches!(what, "mail" | "phone" | "host")));
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
        for one in sounds.iter().filter(|_| !facts.zip.is_empty()) {
            put("zip", one, &facts.zip);
        }
    }
    // One of many people in one town says nothing of two firms: so much of a name counts for what a customer is called itself.
    for name in &facts.names {
        let sounds: Vec<String> = name.words.iter().map(|word| sound(word)).collect();
        // A word may be lost, glued to another, or wrong: any two of the rest still meet.
        for (at, one) in sounds.iter().enumerate() {
            for two in sounds.iter().skip(at + 1).take(4) {
                put("words", one.min(two), one.max(two));
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
