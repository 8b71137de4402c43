//! Which bytes of a JSON text a backslash escapes: sixty-four at a time, a bit for each, the lowest being the first.

/// What a block of a text leaves to the next one: 1 if that one's first byte is escaped.
#[derive(Debug, Default)]
pub(super) struct Escapes(u64);

impl Escapes {
    /// The bytes of the next block that are escaped, given its backslashes. In a run of backslashes every second one is
    /// itself escaped.
    #[inline]
    pub(super) fn of(&mut self, backslashes: u64) -> u64 {
        const ODD: u64 = 0xaaaa_aaaa_aaaa_aaaa;
        if backslashes | self.0 == 0 {
            return 0;
        }
        let starting = backslashes & !self.0;
        // The subtraction carries through a run, so that its end lands on the parity of its beginning.
        let runs = ((starting << 1) | ODD).wrapping_sub(starting) ^ ODD;
        let escaped = runs ^ (backslashes | self.0);
        self.0 = (runs & backslashes) >> (u64::BITS - 1);
        escaped
    }
}
