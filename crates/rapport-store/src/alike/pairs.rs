//! Which pairs of neighbours the names have, pair by pair: who asks reads the few pairs that he is after, of hundreds of names at once.

/// Names side by side.
pub(super) const NAMES: usize = 512;
/// Pairs are told apart so far. A name has two dozen: in 64 places strangers would meet in every third.
const PLACES: usize = 128;

/// A bit for each name of a block.
pub(super) type Bits = [u64; NAMES / 64];

pub(super) const NONE: Bits = [0; NAMES / 64];
const ALL: Bits = [u64::MAX; NAMES / 64];

/// The places of the pairs of a text, each once.
pub(super) fn places(text: &[u8]) -> Vec<u8> {
    let place = |two: &[u8]| {
        (u32::from(two[0]).wrapping_mul(0x9E37).wrapping_add(u32::from(two[1]).wrapping_mul(0x85EB)) >> 7) % PLACES as u32
    };
    let mut out: Vec<u8> = text.windows(2).map(|two| place(two) as u8).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// The names that have a pair, for each pair.
#[derive(Clone)]
pub(super) struct Block([Bits; PLACES]);

impl Block {
    /// Those that have all of these pairs.
    pub fn with_all(&self, places: &[u8]) -> Bits {
        places.iter().fold(ALL, |all, place| and(&all, &self.0[usize::from(*place)]))
    }

    /// How many of these pairs each of them lacks.
    pub fn lacking(&self, places: &[u8]) -> Lacking {
        let mut sum = Lacking { digits: [NONE; 3], many: NONE };
        for place in places {
            let mut carry = self.0[usize::from(*place)].map(|has| !has);
            for digit in &mut sum.digits {
                let over = and(digit, &carry);
                digit.iter_mut().zip(&carry).for_each(|(digit, carry)| *digit ^= carry);
                carry = over;
            }
            sum.many = or(&sum.many, &carry);
        }
        sum
    }
}

/// Counts of a block, as the digits of binary numbers that lie side by side.
pub(super) struct Lacking {
    digits: [Bits; 3],
    /// More than three digits tell.
    many: Bits,
}

impl Lacking {
    /// Of one name; `None` = eight or more.
    pub fn of(&self, name: usize) -> Option<u32> {
        let bit = |bits: &Bits| (bits[name / 64] >> (name % 64) & 1) as u32;
        (bit(&self.many) == 0).then(|| self.digits.iter().rev().fold(0, |sum, digit| sum << 1 | bit(digit)))
    }
}

pub(super) fn and(one: &Bits, other: &Bits) -> Bits {
    std::array::from_fn(|at| one[at] & other[at])
}

pub(super) fn or(one: &Bits, other: &Bits) -> Bits {
    std::array::from_fn(|at| one[at] | other[at])
}

/// The names whose bit is set.
pub(super) fn members(bits: &Bits) -> impl Iterator<Item = usize> {
    bits.iter().enumerate().flat_map(|(at, word)| {
        let mut left = *word;
        std::iter::from_fn(move || {
            let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(at * 64 + bit)
        })
    })
}

/// The pairs of all names, in their order.
#[derive(Default)]
pub(super) struct Pairs {
    blocks: Vec<Block>,
    count: usize,
}

impl Pairs {
    pub fn push(&mut self, text: &[u8]) {
        let name = self.count % NAMES;
        if name == 0 {
            self.blocks.push(Block([NONE; PLACES]));
        }
        if let Some(block) = self.blocks.last_mut() {
            places(text).iter().for_each(|place| block.0[usize::from(*place)][name / 64] |= 1 << (name % 64));
        }
        self.count += 1;
    }

    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter()
    }

    pub fn bytes(&self) -> usize {
        self.blocks.capacity() * size_of::<Block>()
    }

    pub fn shrink(&mut self) {
        self.blocks.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lie_side_by_side_and_are_told_apart() {
        let names: Vec<String> = (0..1300).map(|n| format!("name{n}of")).collect();
        let mut pairs = Pairs::default();
        names.iter().for_each(|name| pairs.push(name.as_bytes()));
        let asked = places(b"name7");
        let mut with_all = Vec::new();
        for (at, block) in pairs.blocks().enumerate() {
            with_all.extend(members(&block.with_all(&asked)).map(|name| at * NAMES + name));
            let lacking = block.lacking(&asked);
            for name in (0..NAMES).filter(|name| at * NAMES + name < names.len()) {
                let own = places(names[at * NAMES + name].as_bytes());
                let lacks = asked.iter().filter(|place| !own.contains(place)).count() as u32;
                assert_eq!(lacking.of(name), Some(lacks));
            }
        }
        let has_all = |name: &String| asked.iter().all(|place| places(name.as_bytes()).contains(place));
        assert_eq!(with_all, (0..names.len()).filter(|at| has_all(&names[*at])).collect::<Vec<_>>());
    }

    #[test]
    fn eight_and_more_are_many() {
        let mut pairs = Pairs::default();
        pairs.push(b"");
        let asked = places(b"thequickbrownfoxjumps");
        assert!(asked.len() > 16, "{}", asked.len());
        let lacking = |n: usize| pairs.blocks().next().and_then(|block| block.lacking(&asked[..n]).of(0));
        assert_eq!((lacking(0), lacking(7), lacking(8), lacking(16)), (Some(0), Some(7), None, None));
    }
}
