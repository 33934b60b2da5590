//! Chance that repeats: SplitMix64 and the few draws the generator needs. Not for secrets.

/// A sequence of draws that its two seeds decide.
pub struct Dice(u64);

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection of 64 bits that leaves no pattern.
pub fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

impl Dice {
    pub fn of(seed: u64, index: u64) -> Dice {
        Dice(mix(seed ^ 0x9e37_79b9_7f4a_7c15) ^ mix(index.wrapping_add(0x632b_e59b_d9b4_e019)))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// 0 to `n` - 1; 0 if `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    /// `from` to `to`, both included; `from` if they are the wrong way round.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        from + self.below((to - from + 1).max(0) as usize) as i64
    }

    /// True in `percent` of 100 draws.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of them; word lists are never empty (a test says so).
    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    /// `#` becomes any digit, `&` one from 2 to 9.
    pub fn digits(&mut self, pattern: &str) -> String {
        let mut out = String::with_capacity(pattern.len());
        for c in pattern.chars() {
            match c {
                '#' => out.push(char::from(b'0' + self.below(10) as u8)),
                '&' => out.push(char::from(b'2' + self.below(8) as u8)),
                c => out.push(c),
            }
        }
        out
    }

    /// A roughly log-normal amount around `median`; whole numbers only, so that every machine draws the same.
    pub fn amount(&mut self, median: i64) -> i64 {
        let steps = (0..6).map(|_| self.between(-8, 8)).sum::<i64>();
        let mut amount = median * 100;
        for _ in 0..steps.abs() {
            amount = if steps > 0 { amount * 109 / 100 } else { amount * 100 / 109 };
        }
        let amount = amount / 100 * self.between(90, 110) / 100;
        (amount / 10 * 10).max(100)
    }

    /// Random bytes of an id.
    pub fn bytes(&mut self) -> [u8; 10] {
        let (high, low) = (self.next().to_be_bytes(), self.next().to_be_bytes());
        [high[0], high[1], high[2], high[3], high[4], high[5], high[6], high[7], low[0], low[1]]
    }
}
