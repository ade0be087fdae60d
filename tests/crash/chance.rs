//! Chance that can be repeated.

use std::time::Duration;

/// The generator known as SplitMix64: a counter, well stirred.
pub(super) struct Chance(u64);

impl Chance {
    /// The chance of one round of a seed.
    pub(super) fn new(seed: u64, round: u64) -> Self {
        let mut chance = Self(seed);
        chance.0 = chance.next() ^ round;
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// Whether something happens that happens once in so many times.
    pub(super) fn once_in(&mut self, times: u64) -> bool {
        self.next().is_multiple_of(times)
    }

    /// A moment between the start and the end of that time.
    pub(super) fn moment(&mut self, of: Duration) -> Duration {
        let micros = u64::try_from(of.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(self.next() % micros.max(1))
    }
}
