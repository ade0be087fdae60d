//! All that is known of one vendor's limits, and whether one more request may leave: values, and time as an argument.

use super::Ready;
use super::announced::{Announced, News};
use super::chance::Chance;
use super::documented::Documented;
use super::headers::{Moment, Told};
use super::hold::Hold;
use super::learnt::Learnt;
use super::server_time::ServerTime;
use super::width::Width;
use crate::connector::Limits;
use jiff::Timestamp;
use std::time::Duration;

/// The longest wait that is believed. Nobody means more, and time reckoned with more would overflow.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

#[derive(Debug)]
pub(super) struct Gate {
    /// How many requests left so far; each has its number from it.
    sent: u64,
    in_flight: usize,
    width: Width,
    hold: Hold,
    announced: Announced,
    documented: Option<Documented>,
    learnt: Learnt,
    server: ServerTime,
    chance: Chance,
}

/// A request that has left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    number: u64,
    at: Duration,
}

/// A moment by both of this machine's clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    pub(super) elapsed: Duration,
    pub(super) wall: Timestamp,
}

impl Gate {
    pub(super) fn new(limits: &Limits, seed: u64) -> Self {
        Self {
            sent: 0,
            in_flight: 0,
            width: Width::new(limits.side_by_side),
            hold: Hold::default(),
            announced: Announced::default(),
            documented: limits.requests.map(Documented::new),
            learnt: Learnt::default(),
            server: ServerTime::default(),
            chance: Chance::new(seed),
        }
    }

    /// Whether one more request may leave, or when.
    pub(super) fn ready(&mut self, now: Duration) -> Ready {
        let documented = self.documented.as_mut().map(|limit| limit.ready(now, self.in_flight));
        let parts = [
            self.hold.ready(now, self.in_flight),
            self.width.ready(now, self.in_flight),
            self.announced.ready(now, self.sent, self.in_flight),
            documented.unwrap_or(Ready::Now),
            self.learnt.ready(now),
        ];
        parts.into_iter().max().unwrap_or(Ready::Now)
    }

    /// A request leaves.
    pub(super) fn leaves(&mut self, now: Duration) -> Sent {
        if self.hold.tries(now) {
            self.learnt.settle(now);
        }
        self.learnt.leaves(now, self.in_flight);
        let sent = Sent { number: self.sent, at: now };
        self.sent += 1;
        self.in_flight += 1;
        sent
    }

    /// Its answer began, with this status and these headers. Gives how long the vendor asked to wait.
    pub(super) fn answered(&mut self, now: Now, sent: Sent, status: u16, told: &Told) -> Option<Duration> {
        let at = now.elapsed;
        if let Some(date) = told.date {
            self.server.heard(date, sent.at, at);
        }
        let news = told.limits.iter().filter_map(|limit| {
            let reset = limit.reset.map(|reset| self.local(now, reset));
            Some(News { name: limit.name.clone(), most: limit.most, left: limit.left?, reset })
        });
        let news = news.collect();
        self.announced.heard(at, sent.number, self.sent, news);
        let named = told.retry_after.map(|moment| self.local(now, moment));
        if status == 429 || (status == 503 && named.is_some()) {
            self.refused(at, sent, status, named);
        } else {
            self.hold.passed(sent.number);
            self.learnt.passed(at);
        }
        named.map(|until| until.saturating_sub(at))
    }

    fn refused(&mut self, now: Duration, sent: Sent, status: u16, named: Option<Duration>) {
        if self.hold.refused(sent.number, self.sent) {
            // One request alone that is refused says nothing of how many may go together.
            if self.in_flight > 1 {
                self.width.lower(now);
            }
            if status == 429 && self.announced.is_empty() {
                self.learnt.refused(now);
            }
        }
        self.hold.wait(now, named.or_else(|| self.announced.reset()), &mut self.chance);
    }

    /// Nothing is under way any more for this request; `answered` where its answer began.
    pub(super) fn over(&mut self, now: Duration, answered: bool) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if !answered {
            self.announced.spent_unseen();
        }
        if let Some(documented) = &mut self.documented {
            documented.answered(now);
        }
    }

    /// When it is `moment`, by this machine's clock; surely, where the server's is another.
    fn local(&self, now: Now, moment: Moment) -> Duration {
        let wait = match moment {
            Moment::In(wait) => wait,
            Moment::At(at) => match self.server.reaches(at) {
                Some(reached) => reached.saturating_sub(now.elapsed),
                None => {
                    let wall = u64::try_from(now.wall.as_second()).unwrap_or_default();
                    Duration::from_secs(at.saturating_sub(wall))
                }
            },
        };
        now.elapsed + wait.min(LONGEST_WAIT)
    }

    /// Somewhere from half of `wait` to all of it.
    pub(super) fn spread(&mut self, wait: Duration) -> Duration {
        wait / 2 + self.chance.up_to(wait / 2)
    }
}
