//! Numbers that look random and are the same each time (SplitMix64).

pub struct Random(u64);

impl Random {
    /// Seeds that are neighbours give numbers that have nothing in common.
    pub fn new(seed: u64) -> Self {
        let start = Self(seed).next();
        Self(start)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        let index = self.below(choices.len() as u64);
        choices[usize::try_from(index).unwrap_or(0)]
    }

    pub fn hex(&mut self, digits: usize) -> String {
        self.text(digits, "0123456789abcdef")
    }

    pub fn letters(&mut self, count: usize) -> String {
        self.text(count, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    }

    pub fn uuid(&mut self) -> String {
        let parts = [8, 4, 4, 4, 12].map(|digits| self.hex(digits));
        parts.join("-")
    }

    fn text(&mut self, length: usize, alphabet: &str) -> String {
        let alphabet = alphabet.as_bytes();
        (0..length)
            .map(|_| {
                let index = self.below(alphabet.len() as u64);
                char::from(alphabet[usize::try_from(index).unwrap_or(0)])
            })
            .collect()
    }
}
