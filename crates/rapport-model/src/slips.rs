//! How many slips of the pen lie between two texts: a letter too many, too few or wrong, or two that changed places.

/// From 0, nothing in common, to 1, the same: the letters of the longer one that are no slip; 0 as well if it is less than `least`.
pub fn alike(one: &str, other: &str, least: f64) -> f64 {
    if !one.is_ascii() || !other.is_ascii() {
        let longer = one.chars().count().max(other.chars().count());
        return share(strsim::osa_distance(one, other), longer, least);
    }
    let longer = one.len().max(other.len());
    let (one, other) = differing(one, other);
    if share(Letters::of(one).apart(&Letters::of(other)), longer, least) <= 0.0 {
        return 0.0;
    }
    share(in_table(one, other), longer, least)
}

/// How many slips there are.
pub fn slips(one: &str, other: &str) -> usize {
    if !one.is_ascii() || !other.is_ascii() {
        return strsim::osa_distance(one, other);
    }
    let (one, other) = differing(one, other);
    in_table(one, other)
}

/// Texts of ASCII without what both begin and end with: that costs nothing, and the rest tells sooner that they are far apart.
fn differing<'a>(one: &'a str, other: &'a str) -> (&'a str, &'a str) {
    let front = one.bytes().zip(other.bytes()).take_while(|(mine, theirs)| mine == theirs).count();
    let (one, other) = (&one[front..], &other[front..]);
    let back = one.bytes().rev().zip(other.bytes().rev()).take_while(|(mine, theirs)| mine == theirs).count();
    (&one[..one.len() - back], &other[..other.len() - back])
}

fn share(slips: usize, longer: usize, least: f64) -> f64 {
    let likeness = if longer == 0 { 1.0 } else { 1.0 - slips as f64 / longer as f64 };
    if likeness < least { 0.0 } else { likeness }
}

/// Slips between two texts of ASCII.
fn in_table(one: &str, other: &str) -> usize {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if short.len() <= 1 && long.len() <= 1 || short.is_empty() {
        return if short == long { 0 } else { long.len() };
    }
    if short.len() > u64::BITS as usize {
        return strsim::osa_distance(short, long);
    }
    let mut places = [0_u64; 128];
    short.bytes().enumerate().for_each(|(at, byte)| places[usize::from(byte & 127)] |= 1 << at);
    let mut column = Column::of(short.len());
    long.bytes().fold(short.len(), |distance, byte| {
        distance.saturating_add_signed(column.step(places[usize::from(byte & 127)], Begin::Here).into())
    })
}

/// Where a text has to begin to be held against a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// With the pattern.
    Here = 1,
    Anywhere = 0,
}

/// A column of the table of distances between a pattern of up to 64 letters and a text, as differences from row to row, a bit each
/// (Myers 1999, with swaps after Hyyrö 2003).
pub struct Column {
    up: u64,
    down: u64,
    /// Where the diagonal is the same.
    same: u64,
    /// Where the letter before stands in the pattern.
    before: u64,
    last: u64,
}

impl Column {
    pub fn of(pattern: usize) -> Column {
        Column { up: u64::MAX, down: 0, same: 0, before: 0, last: 1 << (pattern - 1) }
    }

    /// Takes the text's next letter, which stands at these places of the pattern. Gives what that adds to the distance of the whole
    /// pattern, which is its length in front of the first letter.
    #[inline]
    pub fn step(&mut self, places: u64, begin: Begin) -> i8 {
        let swapped = ((!self.same & places) << 1) & self.before;
        self.same = ((places & self.up).wrapping_add(self.up) ^ self.up) | places | self.down | swapped;
        let (more, less) = (self.down | !(self.same | self.up), self.same & self.up);
        let change = i8::from(more & self.last != 0) - i8::from(less & self.last != 0);
        let (more, less) = (more << 1 | begin as u64, less << 1);
        self.up = less | !(self.same | more);
        self.down = self.same & more;
        self.before = places;
        change
    }
}

/// Kinds of letters that are told apart: `a` to `z`, the digits, and four for all others.
const LETTER_KINDS: usize = 40;

/// How often a text has each letter: how alike two texts are at most, for a part of what comparing them takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Letters {
    counts: [u8; LETTER_KINDS],
    chars: usize,
}

impl Default for Letters {
    fn default() -> Letters {
        Letters { counts: [0; LETTER_KINDS], chars: 0 }
    }
}

impl Letters {
    pub fn of(text: &str) -> Letters {
        let mut out = Letters::default();
        for c in text.chars() {
            let kind = match c {
                'a'..='z' => c as usize - 'a' as usize,
                '0'..='9' => 26 + c as usize - '0' as usize,
                other => 36 + other as usize % 4,
            };
            out.counts[kind] = out.counts[kind].saturating_add(1);
            out.chars += 1;
        }
        out
    }

    /// Slips between two texts at least: a letter that only one of them has is one.
    fn apart(&self, other: &Letters) -> usize {
        let longer = self.chars.max(other.chars);
        if longer > usize::from(u8::MAX) {
            return 0;
        }
        let shared: u32 = self.counts.iter().zip(&other.counts).map(|(mine, theirs)| u32::from(*mine.min(theirs))).sum();
        longer - shared as usize
    }

    /// No two texts of these letters are more alike.
    pub fn likeness_max(&self, other: &Letters) -> f64 {
        share(self.apart(other), self.chars.max(other.chars), 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{alike, in_table, share, slips};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn slips_are_counted_as_in_the_whole_table(one in "[a-d]{0,10}", other in "[a-d]{0,12}", long in "[ab]{60,70}") {
            prop_assert_eq!(slips(&one, &other), strsim::osa_distance(&one, &other));
            let longer = format!("{one}{long}");
            prop_assert_eq!(in_table(&one, &other), strsim::osa_distance(&one, &other));
            prop_assert_eq!(in_table(&long, &longer), strsim::osa_distance(&long, &longer));
        }

        #[test]
        fn likeness_is_that_of_the_whole_texts(one in "[a-cé]{0,8}", other in "[a-cé]{0,8}", least in 0.0..1.0) {
            let longer = one.chars().count().max(other.chars().count());
            prop_assert_eq!(alike(&one, &other, least), share(strsim::osa_distance(&one, &other), longer, least));
        }
    }

    #[test]
    fn two_letters_that_changed_places_are_one_slip() {
        assert_eq!(slips("nordstern", "nrodstern"), 1);
        assert_eq!(slips("huber", "hubert"), 1);
        assert_eq!(slips("", "abc"), 3);
    }
}
