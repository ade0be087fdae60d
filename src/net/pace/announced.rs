//! Limits that the vendor tells with its answers: what is left is spent, and then the reset is waited for.

use super::Ready;
use std::collections::BTreeMap;
use std::time::Duration;

/// Every limit that the vendor told of.
#[derive(Debug, Default)]
pub(super) struct Announced {
    windows: BTreeMap<String, Window>,
}

/// As many limits are kept; a vendor that names its limits anew each time is not to fill the memory.
const MOST_WINDOWS: usize = 16;

#[derive(Debug)]
struct Window {
    most: Option<u64>,
    /// What was left when the newest answer was given. Whatever is under way may not have been counted by then.
    left: u64,
    /// The number of the first request that was not sent yet when that answer came.
    known: u64,
    reset: Option<Duration>,
    /// Whether it was seen to be whole again after a reset. That of a bucket is not, and one request shows how far.
    whole: bool,
    /// The number of the first request after the last reset, until its answer came.
    renewed: Option<u64>,
}

/// One limit as an answer tells it, with its reset by this machine's clock.
#[derive(Debug, Clone)]
pub(super) struct News {
    pub(super) name: String,
    pub(super) most: Option<u64>,
    pub(super) left: u64,
    pub(super) reset: Option<Duration>,
}

impl Announced {
    pub(super) fn is_empty(&self) -> bool {
        self.windows.is_empty()
    }

    /// The answer to request number `number` came when `sent` requests had been sent, and told all this.
    pub(super) fn heard(&mut self, now: Duration, number: u64, sent: u64, news: Vec<News>) {
        self.renew(now, sent);
        // Another endpoint has other limits. One of which nothing is known, and which is not spoken of, holds nobody up.
        self.windows
            .retain(|name, window| window.reset.is_some() || news.iter().any(|one| one.name == *name));
        if news.is_empty() {
            self.spent_unseen();
        }
        for one in news {
            self.told(now, number, sent, one);
        }
    }

    fn told(&mut self, now: Duration, number: u64, sent: u64, news: News) {
        self.renew(now, sent);
        if let Some(window) = self.windows.get_mut(&news.name) {
            window.told(number, sent, &news);
        } else if self.windows.len() < MOST_WINDOWS {
            let News { name, most, left, reset } = news;
            self.windows.insert(name, Window::new((most, left), sent, reset));
        }
    }

    /// A request's answer told nothing or never came, and it may have been counted.
    pub(super) fn spent_unseen(&mut self) {
        for window in self.windows.values_mut() {
            window.left = window.left.saturating_sub(1);
        }
    }

    /// When what is spent comes back; none where nothing is known to be spent.
    pub(super) fn reset(&self) -> Option<Duration> {
        self.windows.values().filter(|window| window.left == 0).filter_map(|window| window.reset).max()
    }

    /// Whether one more request may leave.
    pub(super) fn ready(&mut self, now: Duration, sent: u64, in_flight: usize) -> Ready {
        self.renew(now, sent);
        let in_flight = in_flight as u64;
        let each = self.windows.values().map(|window| match window.reset {
            _ if window.left > in_flight => Ready::Now,
            Some(reset) => Ready::At(reset),
            None if in_flight > 0 => Ready::AfterAnswer,
            // Nothing says when there will be more; the answer to one request will.
            None => Ready::Now,
        });
        each.max().unwrap_or(Ready::Now)
    }

    /// Limits whose reset has passed are whole again, or unknown where their size is.
    fn renew(&mut self, now: Duration, sent: u64) {
        self.windows.retain(|_, window| match (window.reset, window.most) {
            (Some(reset), Some(most)) if reset <= now => {
                window.left = if window.whole { most } else { most.min(1) };
                (window.known, window.reset, window.renewed) = (sent, None, Some(sent));
                true
            }
            (Some(reset), None) => reset > now,
            _ => true,
        });
    }
}

impl Window {
    fn new((most, left): (Option<u64>, u64), known: u64, reset: Option<Duration>) -> Self {
        Self { most, left, known, reset, whole: false, renewed: None }
    }

    /// Answers overtake one another. Less than was known to be left is newer; more is only if it was asked for later.
    fn told(&mut self, number: u64, sent: u64, news: &News) {
        if news.left >= self.left && number < self.known {
            return;
        }
        // A wait in whole seconds is rounded up, so that the earliest of one period is the nearest to the truth.
        let goes_on = news.left <= self.left;
        self.reset = match self.reset {
            Some(known) if goes_on => Some(news.reset.map_or(known, |reset| reset.min(known))),
            _ => news.reset,
        };
        if let Some(renewed) = self.renewed.take_if(|renewed| number >= *renewed) {
            // What a server announces may be any number.
            let since = sent.saturating_sub(renewed);
            self.whole = news.most.is_some_and(|most| news.left.saturating_add(since) >= most);
        }
        self.most = news.most.or(self.most);
        (self.left, self.known) = (news.left, sent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn news(left: u64, reset: u32) -> News {
        News { name: "x".to_owned(), most: Some(10), left, reset: Some(SECOND * reset) }
    }

    #[test]
    fn what_is_left_is_spent_and_the_reset_waited_for() {
        let mut limits = Announced::default();
        limits.told(SECOND, 0, 1, news(2, 5));
        assert_eq!(limits.ready(SECOND, 1, 1), Ready::Now);
        // Two are left, and two may not have been counted yet.
        assert_eq!(limits.ready(SECOND, 3, 2), Ready::At(SECOND * 5));
        // The first request after it shows whether there are as many again.
        assert_eq!(limits.ready(SECOND * 5, 3, 0), Ready::Now);
        assert_eq!(limits.ready(SECOND * 5, 4, 1), Ready::AfterAnswer);
        limits.told(SECOND * 5, 3, 4, news(9, 6));
        assert_eq!(limits.ready(SECOND * 5, 4, 8), Ready::Now);
        // There were, and from now on that is believed.
        assert_eq!(limits.ready(SECOND * 6, 4, 9), Ready::Now);
        assert_eq!(limits.ready(SECOND * 6, 4, 10), Ready::AfterAnswer);
    }

    #[test]
    fn a_limit_that_is_told_no_more_holds_nobody_up() {
        let mut limits = Announced::default();
        limits.heard(SECOND, 0, 1, vec![news(0, 2)]);
        limits.heard(SECOND, 1, 2, Vec::new());
        assert_eq!(limits.ready(SECOND, 2, 0), Ready::At(SECOND * 2));
        assert_eq!(limits.ready(SECOND * 2, 3, 1), Ready::AfterAnswer);
        limits.heard(SECOND * 2, 2, 3, vec![News { name: "other".to_owned(), ..news(5, 9) }]);
        assert_eq!(limits.ready(SECOND * 2, 3, 4), Ready::Now);
    }

    #[test]
    fn a_number_without_measure_is_not_added_to() {
        let mut limits = Announced::default();
        limits.told(SECOND, 0, 1, news(0, 2));
        assert_eq!(limits.ready(SECOND * 2, 1, 0), Ready::Now);
        limits.told(SECOND * 2, 1, 2, news(u64::MAX, 3));
        assert_eq!(limits.ready(SECOND * 2, 2, 1000), Ready::Now);
    }

    #[test]
    fn a_bucket_is_not_believed_to_be_full() {
        let mut limits = Announced::default();
        limits.told(SECOND, 0, 1, news(0, 2));
        assert_eq!(limits.ready(SECOND * 2, 1, 0), Ready::Now);
        limits.told(SECOND * 2, 1, 2, news(4, 3));
        assert_eq!(limits.ready(SECOND * 2, 2, 3), Ready::Now);
        assert_eq!(limits.ready(SECOND * 3, 2, 1), Ready::AfterAnswer);
    }

    #[test]
    fn an_answer_that_was_overtaken_is_not_believed() {
        let mut limits = Announced::default();
        limits.told(SECOND, 1, 4, news(0, 5));
        limits.told(SECOND, 0, 4, news(1, 5));
        assert_eq!(limits.ready(SECOND, 4, 0), Ready::At(SECOND * 5));
        // Asked for since, so that the limit was reset earlier than it was said to be.
        limits.told(SECOND, 4, 5, news(9, 6));
        assert_eq!(limits.ready(SECOND, 5, 0), Ready::Now);
    }

    #[test]
    fn the_strictest_of_several_limits_decides() {
        let mut limits = Announced::default();
        limits.told(SECOND, 0, 1, news(5, 5));
        limits.told(SECOND, 0, 1, News { name: "day".to_owned(), ..news(0, 90) });
        assert_eq!(limits.ready(SECOND, 1, 0), Ready::At(SECOND * 90));
        assert_eq!(limits.reset(), Some(SECOND * 90));
    }

    #[test]
    fn a_limit_that_is_named_anew_each_time_fills_no_memory() {
        let mut limits = Announced::default();
        for number in 0..1000 {
            limits.told(SECOND, number, number, News { name: number.to_string(), ..news(5, 5) });
        }
        assert_eq!(limits.windows.len(), MOST_WINDOWS);
    }
}
