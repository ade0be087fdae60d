//! A limit that the vendor documents, kept without being told.

use super::Ready;
use crate::connector::Rate;
use std::collections::VecDeque;
use std::time::Duration;

/// So many requests in any stretch of so long, wherever the vendor's own count begins: each counts from the moment at
/// which its answer came, which is later than the vendor's.
#[derive(Debug)]
pub(super) struct Documented {
    rate: Rate,
    answered: VecDeque<Duration>,
}

impl Documented {
    pub(super) fn new(rate: Rate) -> Self {
        Self { rate, answered: VecDeque::new() }
    }

    pub(super) fn answered(&mut self, now: Duration) {
        self.answered.push_back(now);
    }

    pub(super) fn ready(&mut self, now: Duration, in_flight: usize) -> Ready {
        while self.answered.front().is_some_and(|at| *at + self.rate.per <= now) {
            self.answered.pop_front();
        }
        match self.answered.front() {
            _ if self.answered.len() + in_flight < self.rate.requests.max(1) => Ready::Now,
            Some(oldest) => Ready::At(*oldest + self.rate.per),
            None => Ready::AfterAnswer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_stretch_holds_more_than_the_limit() {
        let second = Duration::from_secs(1);
        let mut limit = Documented::new(Rate { requests: 2, per: second * 60 });
        assert_eq!(limit.ready(second, 1), Ready::Now);
        assert_eq!(limit.ready(second, 2), Ready::AfterAnswer);
        limit.answered(second);
        assert_eq!(limit.ready(second * 30, 1), Ready::At(second * 61));
        assert_eq!(limit.ready(second * 61, 1), Ready::Now);
    }
}
