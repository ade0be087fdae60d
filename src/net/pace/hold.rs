//! The vendor asked to be left alone: nothing leaves until then, and then one request first.

use super::Ready;
use super::chance::Chance;
use std::time::Duration;

/// The first wait after a refusal that names none; each further one without a success between is twice as long.
const FIRST: Duration = Duration::from_millis(250);

/// The longest such wait.
const LONGEST: Duration = Duration::from_secs(30);

/// Waits that a vendor named grow by up to a twentieth, and no more than this: others were told the same moment.
const SPREAD: Duration = Duration::from_millis(500);

/// Whether and until when the vendor is left alone.
#[derive(Debug, Default)]
pub(super) struct Hold {
    until: Option<Duration>,
    /// Refusals since something last got through.
    in_a_row: u32,
    /// The number of the first request that was not sent yet when it began.
    from: u64,
}

impl Hold {
    /// Request number `number` was refused. Gives whether that is news: those that were under way together are refused
    /// together.
    pub(super) fn refused(&mut self, number: u64, sent: u64) -> bool {
        let is_new = number >= self.from;
        if is_new {
            self.in_a_row += 1;
            self.from = sent;
        }
        is_new
    }

    /// Leaves the vendor alone for as long as it asked, or until what is spent comes back; without either, for a while
    /// that grows.
    pub(super) fn wait(&mut self, now: Duration, named: Option<Duration>, chance: &mut Chance) {
        let until = match named.filter(|until| *until > now) {
            Some(until) => until + chance.up_to(((until - now) / 20).min(SPREAD)),
            None => {
                let doubled = FIRST.saturating_mul(1 << self.in_a_row.saturating_sub(1).min(16)).min(LONGEST);
                now + doubled / 2 + chance.up_to(doubled / 2)
            }
        };
        self.until = self.until.max(Some(until));
    }

    /// Something got through that was sent after the wait.
    pub(super) fn passed(&mut self, number: u64) -> bool {
        let ends = self.until.is_some() && number >= self.from;
        if ends {
            self.until = None;
            self.in_a_row = 0;
        }
        ends
    }

    pub(super) fn ready(&self, now: Duration, in_flight: usize) -> Ready {
        match self.until {
            Some(until) if until > now => Ready::At(until),
            Some(_) if in_flight > 0 => Ready::AfterAnswer,
            _ => Ready::Now,
        }
    }

    /// Whether the wait is over and the next request is the first after it.
    pub(super) fn tries(&self, now: Duration) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_wait_that_was_named_is_kept_and_one_request_goes_first() {
        let (mut hold, mut chance) = (Hold::default(), Chance::new(1));
        assert!(hold.refused(3, 8));
        hold.wait(SECOND, Some(SECOND * 11), &mut chance);
        // Of those under way together, the one that asks for the longest wait decides.
        assert!(!hold.refused(4, 8));
        hold.wait(SECOND, Some(SECOND * 9), &mut chance);
        let Ready::At(until) = hold.ready(SECOND, 0) else { panic!() };
        assert!(until >= SECOND * 11 && until <= SECOND * 11 + SPREAD, "{until:?}");
        assert_eq!(hold.ready(SECOND * 12, 1), Ready::AfterAnswer);
        assert_eq!(hold.ready(SECOND * 12, 0), Ready::Now);
        assert!(!hold.passed(7), "it was sent before");
        assert!(hold.passed(8));
        assert_eq!(hold.ready(SECOND * 12, 5), Ready::Now);
    }

    #[test]
    fn waits_that_nobody_named_grow_until_something_gets_through() {
        let (mut hold, mut chance, mut now) = (Hold::default(), Chance::new(1), Duration::ZERO);
        let mut waits = Vec::new();
        for number in 0..9 {
            assert!(hold.refused(number, number + 1));
            hold.wait(now, None, &mut chance);
            let Ready::At(until) = hold.ready(now, 0) else { panic!() };
            waits.push(until - now);
            now = until;
        }
        for (at, wait) in waits.iter().enumerate() {
            let full = (FIRST * (1 << at)).min(LONGEST);
            assert!(*wait >= full / 2 && *wait <= full, "{at}: {wait:?}");
        }
    }
}
