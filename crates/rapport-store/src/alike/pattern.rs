//! What was typed as a pattern, and how names are ruled out before they are compared letter by letter.

use super::pairs::{Bits, Block, NONE, and, members, or, places};
use memchr::memmem::Finder;
use rapport_model::slips::{Begin, Column};
use rapport_model::text::fold;

/// Letters that are compared; what is longer is cut.
const LETTERS_MAX: usize = 64;
/// Letters that must be typed: fewer fit nearly everything.
pub(super) const LETTERS_MIN: usize = 4;

/// One letter as one byte, so that one wrong letter is one wrong byte in every script.
fn letter(c: char) -> u8 {
    if c.is_ascii_alphanumeric() { c as u8 } else { 128 | (u32::from(c) % 128) as u8 }
}

/// Letters and digits, folded and joined: a missing space is no error.
pub(super) fn letters(text: &str) -> Vec<u8> {
    fold(text).chars().filter(|c| c.is_alphanumeric()).map(letter).take(LETTERS_MAX).collect()
}

/// Which letters a text has.
pub(super) fn signature(text: &[u8]) -> u64 {
    let bit = |byte: u8| match byte {
        b'a'..=b'z' => byte - b'a',
        b'0'..=b'9' => 26 + (byte - b'0'),
        other => 36 + other % 28,
    };
    text.iter().fold(0, |all, byte| all | 1 << bit(*byte))
}

/// Whether a set has no more members than that. Counting them all takes longer where the processor has no instruction for it.
fn has_at_most(mut set: u64, count: u32) -> bool {
    for _ in 0..count {
        set &= set.wrapping_sub(1);
    }
    set == 0
}

/// What was typed, ready to be compared.
pub(super) struct Pattern<'a> {
    /// Where each letter stands.
    places: [u64; 256],
    length: usize,
    letters: u64,
    pairs: Vec<u8>,
    wrong_max: u32,
    whole: Whole<'a>,
}

/// What of the typed letters must stand in a name as it is: one of some parts, or both of two.
struct Whole<'a> {
    any: Vec<Part<'a>>,
    both: Option<[Part<'a>; 2]>,
}

struct Part<'a> {
    pairs: Vec<u8>,
    finder: Finder<'a>,
}

impl<'a> Part<'a> {
    fn of(letters: &'a [u8]) -> Part<'a> {
        Part { pairs: places(letters), finder: Finder::new(letters) }
    }

    fn is_in(&self, text: &[u8]) -> bool {
        self.finder.find(text).is_some()
    }
}

impl<'a> Whole<'a> {
    /// One wrong letter leaves a half as it is, or both but for the two letters in the middle that are swapped. Two leave a third, unless
    /// one is a swap where two thirds meet: that is seldom enough.
    fn of(typed: &'a [u8], wrong_max: u32) -> Whole<'a> {
        let parts = wrong_max as usize + 1;
        let cut = |n: usize| n * typed.len() / parts;
        let any = (0..parts).map(|n| Part::of(&typed[cut(n)..cut(n + 1)])).collect();
        let both = (parts == 2).then(|| [Part::of(&typed[..cut(1) - 1]), Part::of(&typed[cut(1) + 1..])]);
        Whole { any, both }
    }

    /// The names that have the pairs of what must stand.
    fn may_stand(&self, block: &Block) -> Bits {
        let any = self.any.iter().fold(NONE, |any, part| or(&any, &block.with_all(&part.pairs)));
        match &self.both {
            Some([first, last]) => or(&any, &and(&block.with_all(&first.pairs), &block.with_all(&last.pairs))),
            None => any,
        }
    }

    fn stands_in(&self, text: &[u8]) -> bool {
        self.any.iter().any(|part| part.is_in(text))
            || self.both.as_ref().is_some_and(|both| both.iter().all(|part| part.is_in(text)))
    }
}

impl<'a> Pattern<'a> {
    pub fn of(typed: &'a [u8], wrong_max: u32) -> Option<Pattern<'a>> {
        if typed.len() < LETTERS_MIN {
            return None;
        }
        let mut at_places = [0; 256];
        for (at, byte) in typed.iter().enumerate() {
            at_places[usize::from(*byte)] |= 1 << at;
        }
        let whole = Whole::of(typed, wrong_max);
        let (letters, pairs) = (signature(typed), places(typed));
        Some(Pattern { places: at_places, length: typed.len(), letters, pairs, wrong_max, whole })
    }

    pub fn length(&self) -> usize {
        self.length
    }

    /// The names of a block that may fit, by their pairs and their letters. Most fail here, so it has to be quick.
    pub fn may_fit(&self, block: &Block, letters: &[u64]) -> Vec<usize> {
        let may_stand = self.whole.may_stand(block);
        if may_stand == NONE {
            return Vec::new();
        }
        let lacking = block.lacking(&self.pairs);
        let fits = |name: &usize| {
            // The last block has room for more names.
            let Some(letters) = letters.get(*name) else { return false };
            let strange = self.letters & !letters;
            // A wrong letter takes itself and two pairs away, two that are swapped take three pairs and no letter.
            has_at_most(strange, self.wrong_max)
                && lacking.of(*name).is_some_and(|lacks| lacks <= 3 * self.wrong_max - strange.count_ones().min(self.wrong_max))
        };
        members(&may_stand).filter(fits).collect()
    }

    /// How many letters are wrong in the part of a text that fits best, if they are few enough; dropped, added, replaced and swapped ones
    /// count one.
    pub fn wrong_in(&self, text: &[u8]) -> Option<u32> {
        if !self.whole.stands_in(text) {
            return None;
        }
        let mut column = Column::of(self.length);
        let mut wrong = self.length as u32;
        let mut best = wrong;
        for byte in text {
            wrong = wrong.saturating_add_signed(column.step(self.places[usize::from(*byte)], Begin::Anywhere).into());
            best = best.min(wrong);
        }
        (best <= self.wrong_max).then_some(best)
    }
}
