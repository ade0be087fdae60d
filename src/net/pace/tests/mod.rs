//! A vendor with a limit, and several clients behind one gate: no socket, and time that is a number.

mod limits;
mod waits;

use super::Ready;
use super::gate::{Gate, Now, Sent};
use super::headers::{Limit, Moment, Told};
use crate::connector::Limits;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

pub(super) const MS: Duration = Duration::from_millis(1);
pub(super) const SECOND: Duration = Duration::from_secs(1);

/// How a vendor tells of its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tells {
    Nothing,
    RetryAfter,
    Epoch,
    Wait,
}

/// A vendor that answers so many requests in a second.
#[derive(Debug, Clone)]
pub(super) struct Vendor {
    pub(super) rate: u64,
    pub(super) bucket: bool,
    pub(super) tells: Tells,
    /// How far into one of its seconds the first request comes.
    pub(super) phase: Duration,
    /// The way there, and the way back.
    pub(super) way: Duration,
    tokens: f64,
    counted: Duration,
    pub(super) refused: u64,
}

impl Vendor {
    pub(super) fn new(rate: u64, bucket: bool, tells: Tells) -> Self {
        let (phase, way) = (MS * 300, MS);
        Self { rate, bucket, tells, phase, way, tokens: rate as f64, counted: Duration::ZERO, refused: 0 }
    }

    /// Answers what arrives at `now`.
    fn answer(&mut self, now: Duration) -> (u16, Told) {
        let now = now + self.phase;
        let rate = self.rate as f64;
        if self.bucket {
            let filled = (now - self.counted).as_secs_f64() * rate;
            self.tokens = (self.tokens + filled).min(rate);
        } else if now.as_secs() != self.counted.as_secs() {
            self.tokens = rate;
        }
        self.counted = now;
        let passes = self.tokens >= 1.0;
        self.tokens -= if passes { 1.0 } else { 0.0 };
        self.refused += u64::from(!passes);
        (if passes { 200 } else { 429 }, self.told(now, passes))
    }

    fn told(&self, now: Duration, passes: bool) -> Told {
        // The vendor's clock began long before.
        let epoch = 1_800_000_000 + now.as_secs();
        let limit = |reset| Limit {
            name: "x".to_owned(),
            most: Some(self.rate),
            left: Some(self.tokens as u64),
            reset: Some(reset),
        };
        let limits = match self.tells {
            Tells::Epoch => vec![limit(Moment::At(epoch + 1))],
            Tells::Wait => vec![limit(Moment::In(SECOND))],
            Tells::Nothing | Tells::RetryAfter => Vec::new(),
        };
        let retry_after = (!passes && self.tells == Tells::RetryAfter).then_some(Moment::In(SECOND));
        Told { retry_after, date: Some(epoch), limits }
    }
}

#[derive(Debug)]
enum Event {
    Arrives(Sent),
    Answered(Sent, u16, Told),
}

/// What came of a run.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) took: Duration,
    pub(super) widest: usize,
}

pub(super) fn gate(side_by_side: usize) -> Gate {
    Gate::new(&Limits { side_by_side, ..Limits::NARROW }, 7)
}

pub(super) fn now(elapsed: Duration) -> Now {
    Now { elapsed, wall: Timestamp::UNIX_EPOCH }
}

/// Sends until `wanted` requests got through.
pub(super) fn run(gate: &mut Gate, vendor: &mut Vendor, wanted: u64) -> Ran {
    let mut events: BTreeMap<(Duration, u64), Event> = BTreeMap::new();
    let (mut at, mut number, mut done, mut under_way, mut widest) = (Duration::ZERO, 0, 0, 0, 0);
    let begun = at;
    let mut closed = Duration::ZERO;
    while done < wanted {
        let ready = gate.ready(at);
        let next = events.keys().next().map(|(when, _)| *when);
        match ready {
            Ready::Now if done + (under_way as u64) < wanted => {
                assert!(at >= closed, "it was asked to wait until {closed:?}");
                events.insert((at + vendor.way, number), Event::Arrives(gate.leaves(at)));
                (number, under_way) = (number + 1, under_way + 1);
                widest = widest.max(under_way);
                continue;
            }
            Ready::At(when) if next.is_none_or(|next| when < next) => {
                assert!(when > at, "it waits for what has passed");
                at = when;
                continue;
            }
            _ => {}
        }
        let ((when, _), event) = events.pop_first().unwrap();
        at = when.max(at);
        match event {
            Event::Arrives(sent) => {
                let (status, told) = vendor.answer(at);
                events.insert((at + vendor.way, number), Event::Answered(sent, status, told));
                number += 1;
            }
            Event::Answered(sent, status, told) => {
                if let Some(Moment::In(wait)) = told.retry_after {
                    closed = closed.max(at + wait);
                }
                gate.answered(now(at), sent, status, &told);
                gate.over(at, true);
                under_way -= 1;
                done += u64::from(status == 200);
            }
        }
    }
    Ran { took: at - begun, widest }
}
