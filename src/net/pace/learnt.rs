//! A limit that nobody tells of, learnt from what gets through before the vendor refuses.
//!
//! Two kinds are common: so many in each second, and a bucket that fills up steadily and allows a burst. What got
//! through in the last second is right for the one and too much for the other, by the burst; what got through since
//! the refusal before is right for the other, and too little for the one, by the wait. The first refusal is answered
//! by the former, which costs a bucket nothing but a second refusal, since its burst makes up for the wait.

use super::Ready;
use std::collections::VecDeque;
use std::time::Duration;

/// What is kept back of the rate that was found, so that the vendor's count and this one may differ a little.
const SHARE: f64 = 0.97;

/// The stretch that answers are counted in.
const STRETCH: Duration = Duration::from_secs(1);

/// How much later than its turn a request may leave and the next ones still make up for it. More would be a burst.
const CREDIT: Duration = Duration::from_millis(10);

/// How long nothing is refused before the rate rises, and before it rises past what was refused.
const CALM: Duration = Duration::from_secs(10);
const LONG_CALM: Duration = Duration::from_secs(60);

/// How far below a refused rate it stays until then.
const BELOW: f64 = 0.96;

/// How much the rate rises in a second: while it is below what was refused, and beyond.
const RISE: f64 = 0.05;
const PROBE: f64 = 0.005;

/// The slowest rate, in requests a second.
const SLOWEST: f64 = 0.02;

/// As many answers are remembered of a stretch.
const MEMORY: usize = 16_384;

/// The rate at which requests leave, once a refusal has taught one.
#[derive(Debug, Default)]
pub(super) struct Learnt {
    /// Requests a second.
    rate: Option<f64>,
    /// The rate that was last found too fast.
    refused: Option<f64>,
    /// When the next request may leave.
    next: Duration,
    /// When the answers came that were no refusals.
    passed: VecDeque<Duration>,
    /// Since when, and how many passed since: the last refusal, or the end of a pause.
    since: Option<(Duration, u64)>,
    /// A refusal that nothing was learnt from yet, since others are still under way.
    hit: Option<Duration>,
    /// When the rate last rose or was found.
    changed: Duration,
    found: Duration,
}

impl Learnt {
    /// An answer came that was no refusal.
    pub(super) fn passed(&mut self, now: Duration) {
        let from = self.hit.unwrap_or(now).saturating_sub(STRETCH);
        while self.passed.front().is_some_and(|at| *at < from) || self.passed.len() >= MEMORY {
            self.passed.pop_front();
        }
        self.passed.push_back(now);
        match &mut self.since {
            Some((_, count)) => *count += 1,
            None => self.since = Some((now, 1)),
        }
        if self.hit.is_none() {
            self.rise(now);
        }
    }

    /// The vendor refused, and told no limit.
    pub(super) fn refused(&mut self, now: Duration) {
        self.hit.get_or_insert(now);
    }

    /// A request leaves. Where nothing was under way for long, the stretch before says nothing of the limit.
    pub(super) fn leaves(&mut self, now: Duration, in_flight: usize) {
        let idle = self.passed.back().is_none_or(|last| *last + STRETCH * 2 < now);
        if in_flight == 0 && idle && self.hit.is_none() && self.rate.is_none_or(|rate| rate > 1.0) {
            self.since = Some((now, 0));
        }
        if let Some(rate) = self.rate {
            self.next = self.next.max(now.saturating_sub(CREDIT)) + Duration::from_secs_f64(1.0 / rate);
        }
    }

    /// The wait after a refusal is over: what it taught is heeded from now on.
    pub(super) fn settle(&mut self, now: Duration) {
        let Some(hit) = self.hit.take() else { return };
        let (since, count) = self.since.replace((hit, 0)).unwrap_or((hit, 0));
        if count > 0 {
            self.find(now, hit, count as f64 / (hit.saturating_sub(since)).as_secs_f64().max(0.001));
        }
        self.next = now;
    }

    fn find(&mut self, now: Duration, hit: Duration, between: f64) {
        let from = hit.saturating_sub(STRETCH);
        let lately = self.passed.iter().filter(|at| **at > from).count() as f64 / STRETCH.as_secs_f64();
        let found = match self.rate {
            None => lately * SHARE,
            // Somebody else uses the limit up, or a period of the vendor's was cut short before.
            Some(rate) if lately < rate * 0.9 => lately * SHARE,
            Some(rate) => {
                // A rate that held for long was no fault.
                let held = if hit.saturating_sub(self.found) >= CALM { rate * SHARE * 0.99 } else { 0.0 };
                (between.min(rate) * SHARE).max(held)
            }
        };
        self.refused = self.rate;
        self.rate = Some(found.max(SLOWEST));
        (self.found, self.changed) = (now, now);
    }

    /// Rises slowly where nothing was refused for a while, since the limit may be higher than what was found.
    fn rise(&mut self, now: Duration) {
        let Some(rate) = self.rate else { return };
        let calm = now.saturating_sub(self.found);
        let below = self.refused.map_or(f64::INFINITY, |refused| refused * BELOW);
        let step = now.saturating_sub(self.changed.max(self.found + CALM)).as_secs_f64();
        if calm < CALM {
            return;
        }
        if rate < below {
            self.rate = Some((rate * (1.0 + RISE * step)).min(below));
        } else if calm > LONG_CALM {
            self.rate = Some(rate * (1.0 + PROBE * step));
        }
        self.changed = now;
    }

    pub(super) fn ready(&self, now: Duration) -> Ready {
        if self.rate.is_some() && self.next > now { Ready::At(self.next) } else { Ready::Now }
    }
}
