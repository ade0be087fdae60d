//! How many requests are under way together.

use super::Ready;
use std::time::Duration;

/// How long after a refusal one more request is allowed, and after each further such time another.
const RISE: Duration = Duration::from_secs(1);

/// The number of requests that may be under way: halved when the vendor refuses, then slowly raised again.
#[derive(Debug)]
pub(super) struct Width {
    most: usize,
    lowered: Option<(usize, Duration)>,
}

impl Width {
    pub(super) fn new(most: usize) -> Self {
        Self { most: most.max(1), lowered: None }
    }

    /// How many now.
    pub(super) fn at(&self, now: Duration) -> usize {
        let Some((to, at)) = self.lowered else { return self.most };
        let risen = now.saturating_sub(at).as_millis() / RISE.as_millis();
        to.saturating_add(usize::try_from(risen).unwrap_or(usize::MAX)).min(self.most)
    }

    /// The vendor refused.
    pub(super) fn lower(&mut self, now: Duration) {
        self.lowered = Some(((self.at(now) / 2).max(1), now));
    }

    pub(super) fn ready(&self, now: Duration, in_flight: usize) -> Ready {
        if in_flight < self.at(now) { Ready::Now } else { Ready::AfterAnswer }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_halves_at_a_refusal_and_rises_by_one_a_second() {
        let at = Duration::from_secs;
        let mut width = Width::new(8);
        assert_eq!(width.at(at(0)), 8);
        width.lower(at(10));
        width.lower(at(10));
        assert_eq!([10, 11, 15, 90].map(|now| width.at(at(now))), [2, 3, 7, 8]);
        for _ in 0..9 {
            width.lower(at(100));
        }
        assert_eq!(width.at(at(100)), 1);
        assert_eq!(Width::new(0).at(at(0)), 1);
    }
}
