//! A limit that nobody tells of, learnt from what gets through before the vendor refuses.
//!
//! Two kinds are common: so many in each second, and a bucket that fills up steadily and allows a burst. The first
//! refusal fits either, and the most that either allows is taken: for a bucket that is too much, which costs it
//! nothing but a second refusal, since its burst makes up for the wait. The second refusal tells them apart.

use super::Ready;
use super::periods;
use std::collections::VecDeque;
use std::time::Duration;

/// What is kept back of the rate that was found, so that the vendor's count and this one may differ a little.
const SHARE: f64 = 0.97;

/// The stretch that answers are counted in.
const STRETCH: Duration = Duration::from_secs(1);

/// For how long answers and refusals are remembered.
const MEMORY: Duration = Duration::from_secs(20);

/// As many answers are remembered.
const MOST: usize = 16_384;

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

/// How much while no rate was found too fast, and the first refusal may have been somebody else's doing.
const RECOVERY: f64 = 0.1;

/// How many requests must have got through for a first refusal to say anything of the limit.
const TELLING: u64 = 8;

/// The slowest rate, in requests a second.
const SLOWEST: f64 = 0.02;

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
    /// When refusals came, each the first of those that came together.
    refusals: VecDeque<Duration>,
    /// Since when, and how many passed since: the last refusal, or the end of a pause.
    since: Option<(Duration, u64)>,
    /// A refusal that nothing was learnt from yet, since others are still under way.
    hit: Option<Duration>,
    /// When the rate was found, and when it last rose.
    found: Duration,
    risen: Duration,
}

impl Learnt {
    /// An answer came that was no refusal.
    pub(super) fn passed(&mut self, now: Duration) {
        let old = |at: &Duration| *at + MEMORY < now;
        while self.passed.front().is_some_and(old) || self.passed.len() >= MOST {
            self.passed.pop_front();
        }
        while self.refusals.front().is_some_and(old) {
            self.refusals.pop_front();
        }
        self.passed.push_back(now);
        self.since.get_or_insert((now, 0)).1 += 1;
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
        if count > 0 && (self.rate.is_some() || count >= TELLING) {
            self.refusals.push_back(hit);
            let between = count as f64 / (hit.saturating_sub(since)).as_secs_f64().max(0.001);
            let found = self.find(hit, between);
            self.refused = self.rate;
            self.rate = Some(found.max(SLOWEST));
            (self.found, self.risen) = (now, now);
        }
        self.next = now;
    }

    /// The rate that a refusal teaches; `between` is what got through since the one before, in a second.
    fn find(&self, hit: Duration, between: f64) -> f64 {
        let lately =
            self.passed.iter().filter(|at| **at + STRETCH > hit).count() as f64 / STRETCH.as_secs_f64();
        let Some(rate) = self.rate else { return lately * SHARE };
        if let Some(each) = periods::each_second(&self.passed, &self.refusals) {
            return each as f64 * SHARE;
        }
        // Somebody else uses the limit up.
        if lately < rate * 0.9 {
            return lately * SHARE;
        }
        // A rate that held for long was not far off.
        let held = if hit.saturating_sub(self.found) >= CALM { rate * SHARE * 0.99 } else { 0.0 };
        (between.min(rate) * SHARE).max(held)
    }

    /// Rises slowly where nothing was refused for a while, since the limit may be higher than what was found.
    fn rise(&mut self, now: Duration) {
        let Some(rate) = self.rate else { return };
        let calm = now.saturating_sub(self.found);
        if calm < CALM {
            return;
        }
        let step = now.saturating_sub(self.risen.max(self.found + CALM)).as_secs_f64();
        let below = self.refused.map_or(f64::INFINITY, |refused| refused * BELOW);
        if rate < below {
            let rise = if self.refused.is_some() { RISE } else { RECOVERY };
            self.rate = Some((rate * (1.0 + rise * step)).min(below));
        } else if calm > LONG_CALM {
            self.rate = Some(rate * (1.0 + PROBE * step));
        }
        self.risen = now;
    }

    pub(super) fn ready(&self, now: Duration) -> Ready {
        if self.rate.is_some() && self.next > now { Ready::At(self.next) } else { Ready::Now }
    }
}
