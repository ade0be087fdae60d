//! How fast one vendor is asked: what it documents, tells with its answers, or shows by refusing.
//!
//! One [`Pace`] is shared by everything that speaks to a vendor. Each request passes it before it leaves, and tells it
//! what came back; so a wait that one request was asked for is kept by all of them.

mod announced;
mod chance;
mod documented;
mod gate;
mod headers;
mod hold;
mod learnt;
mod periods;
mod server_time;
#[cfg(test)]
mod tests;
mod width;

use super::Clock;
use super::trace::waits;
use crate::connector::Limits;
use gate::{Gate, Now, Sent};
use headers::Told;
use reqwest::header::HeaderMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Whether one more request may leave. The greatest of several is the one to heed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ready {
    Now,
    /// At this moment of the clock's own count, or once an answer says otherwise.
    At(Duration),
    /// Only an answer can tell.
    AfterAnswer,
}

/// How fast one vendor is asked, shared by its reader and its writers.
pub struct Pace {
    clock: Arc<dyn Clock>,
    gate: Mutex<Gate>,
    /// Whoever is next waits alone, and the others behind it in the order in which they came.
    turn: tokio::sync::Mutex<()>,
    news: Notify,
    /// Who is asked, for people.
    whom: OnceLock<String>,
}

impl std::fmt::Debug for Pace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pace").field("gate", &self.gate).finish_non_exhaustive()
    }
}

impl Pace {
    /// A vendor that nothing is known of but its limits. What is left to chance, so that many who were told to wait do
    /// not come back at once, follows from `seed`.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, limits: &Limits, seed: u64) -> Arc<Self> {
        let gate = Mutex::new(Gate::new(limits, seed));
        Arc::new(Self {
            clock,
            gate,
            turn: tokio::sync::Mutex::default(),
            news: Notify::new(),
            whom: OnceLock::new(),
        })
    }

    /// The clock that it waits by.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Says who is asked, for people who are told of a long wait. Only the first call has an effect.
    pub(crate) fn asks(&self, whom: &str) {
        let _ = self.whom.set(whom.to_owned());
    }

    /// Waits until one more request may leave.
    ///
    /// # Errors
    /// How long it would be, where that is after `until` by the clock's own count; then nothing was waited for.
    pub(crate) async fn enter(&self, until: Duration) -> Result<Permit<'_>, Duration> {
        let _turn = self.turn.lock().await;
        let mut told = false;
        loop {
            let now = self.clock.elapsed();
            let ready = self.gate().ready(now);
            match ready {
                Ready::Now if now >= until => return Err(Duration::ZERO),
                Ready::Now => {
                    let sent = self.gate().leaves(now);
                    return Ok(Permit { pace: self, sent, answered: AtomicBool::new(false) });
                }
                Ready::At(at) if at > until => return Err(at.saturating_sub(now)),
                Ready::At(at) => {
                    let wait = at.saturating_sub(now);
                    let whom = self.whom.get().map_or("a vendor", String::as_str);
                    told = told || waits(whom, wait);
                    tokio::select! {
                        biased;
                        () = self.news.notified() => {}
                        () = self.clock.sleep(wait) => {}
                    }
                }
                Ready::AfterAnswer => self.news.notified().await,
            }
        }
    }

    /// A wait between two attempts, spread so that several that failed together do not come back together.
    pub(crate) fn spread(&self, wait: Duration) -> Duration {
        self.gate().spread(wait)
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leave to send one request. It counts as under way until this is dropped.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    pace: &'a Pace,
    sent: Sent,
    answered: AtomicBool,
}

impl Permit<'_> {
    /// The answer has begun. Gives how long the vendor asked to wait, by `Retry-After`.
    pub(crate) fn answered(&self, status: u16, headers: &HeaderMap) -> Option<Duration> {
        self.answered.store(true, Ordering::Relaxed);
        let now = Now { elapsed: self.pace.clock.elapsed(), wall: self.pace.clock.now() };
        self.pace.gate().answered(now, self.sent, status, &Told::of(headers))
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let now = self.pace.clock.elapsed();
        self.pace.gate().over(now, self.answered.load(Ordering::Relaxed));
        self.pace.news.notify_one();
    }
}
